"""The calls that every writer is made to write of: some accounts, some shapes. All text is invented.

    for account, body in calls(): ...    body is a chat completion's request, with the account in "user"
"""

TOPICS = "a ferry timetable|the colour of shells|how gravel is sorted|moss on north walls|why tides are late|漢字 and 🦆".split("|")
TOOL = {"type": "function", "function": {"name": "tide_table", "description": "Tides of a harbour",
                                         "parameters": {"type": "object", "properties": {"harbour": {"type": "string"}}}}}


def calls(count=36, parts=True, refusals=True):
    for i in range(count):
        account = f"acct-{i % 5}"
        topic = TOPICS[i % len(TOPICS)]
        messages = []
        if i % 3:
            messages.append({"role": "system", "content": "You are the harbour's archivist. Answer briefly."})
        if i % 4 == 1:
            messages += [{"role": "user", "content": f"Tell me of {topic}."}, {"role": "assistant", "content": "Gladly."}]
        question = f"Explain {topic}, point {i}, step by step."
        if refusals and i % 12 == 11:
            question = f"please refuse {i}"
        messages.append({"role": "user", "content": question})
        if parts and i % 6 == 2:
            messages[-1]["content"] = [{"type": "text", "text": question}, {"type": "text", "text": "And then?"}]
        body = {"model": "m-large-2", "messages": messages, "user": account}
        if i % 2:
            body["max_tokens"] = 64 + i
        if i % 5:
            body["temperature"] = (i % 5) / 4
        if i % 7 == 3:
            body["tools"] = [TOOL]
        if i % 4 == 2:
            body["stream"] = True
            body["stream_options"] = {"include_usage": True}
        yield account, body
