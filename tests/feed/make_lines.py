"""Random log lines of all three APIs, keys in any order: make_lines.py COUNT SEED > lines.jsonl"""
import json
import random
import sys

WORDS = "heron tide shell moss lantern gravel ferry ö 漢字 🦆 \"quoted\" back\\slash new\nline tab\tstop \ud83e".split(" ")


def text(r):
    return r.choice(["", "  "]) if r.random() < 0.1 else " ".join(r.choice(WORDS) for _ in range(r.randint(1, 30)))


def part(r, kinds=("text", "input_text", "output_text", "image", "thinking", "redacted_thinking", "tool_use", None)):
    kind = r.choice(kinds)
    p = {"text": text(r)}
    if kind:
        p["type"] = kind
    if kind == "thinking":
        p = {"type": kind, "thinking": "...", "signature": r.choice(["", "sig-" + str(r.random())])}
    if kind == "redacted_thinking":
        p = {"type": kind, "data": "data-" + str(r.random())}
    return p


def content(r):
    shape = r.random()
    if shape < 0.5:
        return text(r)
    if shape < 0.6:
        return [{"type": "tool_result", "content": text(r)} for _ in range(r.randint(1, 2))]
    return [part(r) for _ in range(r.randint(0, 4))]


def turn(r):
    if r.random() < 0.15:
        return r.choice([{"type": "reasoning", "encrypted_content": "enc-" + str(r.random())},
                         {"type": "function_call", "name": "f"}, {"type": "function_call_output", "output": "1"},
                         {"type": "item_reference", "id": "x"}])
    t = {"role": r.choice(["user", "user", "assistant", "system", "developer", "tool", "critic"]), "content": content(r)}
    if t["role"] == "assistant" and r.random() < 0.3:
        t["thinking_blocks"] = [part(r, ("thinking", "redacted_thinking"))]
    return shuffled(r, t)


def shuffled(r, d):
    keys = list(d)
    r.shuffle(keys)
    return {k: d[k] for k in keys}


def maybe(r, d, key, make, chance=0.5):
    if r.random() < chance:
        d[key] = make()


def usage(r):
    u = r.choice([{"input": r.randint(0, 9999), "output": 3}, {"prompt_tokens": 5, "completion_tokens": r.randint(0, 99)},
                  {"input_tokens": 7, "cache_read_input_tokens": r.randint(0, 99), "output_tokens": 0}, {}])
    maybe(r, u, "prompt_tokens_details", lambda: {"cached_tokens": r.randint(0, 9)}, 0.3)
    maybe(r, u, "output_tokens_details", lambda: {"reasoning_tokens": r.randint(0, 9)}, 0.3)
    return u


def request(r):
    q = {"model": "m-%d" % r.randint(1, 3)}
    maybe(r, q, "system", lambda: r.choice([text(r), [part(r, ("text",)) for _ in range(2)]]), 0.3)
    maybe(r, q, "instructions", lambda: text(r), 0.2)
    maybe(r, q, r.choice(["messages", "input"]), lambda: [turn(r) for _ in range(r.randint(0, 6))], 0.8)
    maybe(r, q, "prompt", lambda: r.choice([text(r), [text(r), text(r)], {"id": "p"}]), 0.1)
    maybe(r, q, "tools", lambda: [{"name": text(r), "deep": [[1, 2.5, None], {"a": {}}]}], 0.3)
    for key in ("max_tokens", "max_output_tokens", "max_completion_tokens"):
        maybe(r, q, key, lambda: r.choice([None, r.randint(1, 99999)]), 0.3)
    maybe(r, q, "temperature", lambda: r.choice([0, 1, 0.25, 1.5]), 0.5)
    maybe(r, q, "stop", lambda: ["a"], 0.2)
    return shuffled(r, q)


def response(r):
    a = {}
    maybe(r, a, "choices", lambda: [{"message": {"content": content(r)}, "finish_reason": "stop"} for _ in range(2)], 0.4)
    maybe(r, a, "output", lambda: [{"type": "message", "content": content(r)}], 0.3)
    maybe(r, a, "content", lambda: content(r), 0.3)
    maybe(r, a, "output_text", lambda: text(r), 0.2)
    maybe(r, a, "usage", lambda: usage(r))
    return shuffled(r, a)


def line(r, i):
    x = {"id": "id%d" % i, "account": "acct_%d" % r.randint(1, 50),
         "ts": r.choice(["2026-03-01T08:15:30.25Z", "2026-03-01T08:15:30+05:30", 1772352930, 1772352930.125])}
    for key in ("org", "ip", "country", "endpoint", "user_agent", "session", "model"):
        maybe(r, x, key, lambda: r.choice(["", None, key + "-value"]), 0.4)
    maybe(r, x, "request", lambda: request(r), 0.9)
    maybe(r, x, "response", lambda: response(r), 0.7)
    maybe(r, x, "usage", lambda: usage(r), 0.3)
    maybe(r, x, "unknown", lambda: [{"a": [1, -2e5, True, None]}, "x"], 0.2)
    return shuffled(r, x)


def main():
    count, seed = int(sys.argv[1]), int(sys.argv[2])
    r = random.Random(seed)
    for i in range(count):
        ascii_only = r.random() < 0.5
        s = json.dumps(line(r, i), ensure_ascii=True)
        if not ascii_only:  # raw UTF-8, except for the half pair that UTF-8 can't hold
            s = json.dumps(json.loads(s.replace("\\ud83e\"", "\"").replace("\\ud83e ", " ").replace("\\ud83e\\n", "\\n")), ensure_ascii=False)
            s = s.encode("utf-8", "replace").decode()
        print(s)


main()
