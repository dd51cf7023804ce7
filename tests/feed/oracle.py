"""A slow second opinion on the feed: reads the same lines with another JSON parser and says what an exchange is.

Usage: oracle.py DUMP FILE...    DUMP is the test program that prints what the feed reads.
Compares field by field the members that carry the meaning; exit status 1 with the first difference.
"""
import datetime
import json
import subprocess
import sys


def clean(text):
    """A text, or None if it is blank. The marks of loggers have a test of their own."""
    return text if isinstance(text, str) and text.strip(" \t\r\n") else None


def texts(content):
    if isinstance(content, (str, dict)):
        content = [content]
    found = []
    for part in content or []:
        if isinstance(part, dict):
            if part.get("type") not in (None, "text", "input_text", "output_text"):
                continue
            part = part.get("text")
        if clean(part):
            found.append(part)
    return found


def joined(pieces):
    return "\n".join(pieces) if pieces else None


def role_of(turn):
    role = turn.get("role")
    if role:
        return {"developer": "system", "function": "tool", "model": "assistant", "human": "user"}.get(role, role)
    kind = turn.get("type", "")
    if kind.endswith(("_output", "_response")):
        return "tool"
    return "assistant" if kind.endswith(("_call", "reasoning", "item_reference", "compaction")) else ""


def is_tool_turn(content):
    return bool(isinstance(content, list) and content
                and all(isinstance(p, dict) and p.get("type") == "tool_result" for p in content))


def signatures(turn):
    found = []
    for key in ("content", "thinking_blocks", "reasoning_details"):
        for part in turn.get(key) or [] if isinstance(turn.get(key), list) else []:
            if isinstance(part, dict):
                found.append(part.get("signature"))
                if part.get("type") in ("thinking", "redacted_thinking", "reasoning.encrypted"):
                    found.append(part.get("data"))
                found.append(part.get("encrypted_content"))
    found.append(turn.get("encrypted_content"))
    return [s for s in found if isinstance(s, str) and len(s) >= 8 and s != "skip_thought_signature_validator"]


def read_turns(request, x, system):
    turns, bare = request.get("messages"), False
    if turns is None:
        turns = request.get("input")
    if turns is None and not isinstance(request.get("prompt"), dict):
        turns, bare = request.get("prompt"), True
    if turns is None:
        return
    x["has_messages"] = True
    if isinstance(turns, str) or bare:
        turns = [{"role": "user", "content": turns}]
    users, kept = [], []
    for turn in turns:
        role = role_of(turn)
        content = turn.get("content")
        if role == "user" and is_tool_turn(content):
            role = "tool"
        if role == "system":
            system += texts(content)
        elif role == "user":
            users.append(joined(texts(content)))
        elif role in ("assistant", "tool"):
            x["n_" + role] = x.get("n_" + role, 0) + 1
        if role == "assistant":
            kept += signatures(turn)
    counts = {"n_messages": len(turns), "n_user": len(users), "n_signatures": len(kept)}
    x.update({k: v for k, v in counts.items() if v})
    if kept:
        x["signatures"] = kept[:16]
    if users and users[0]:
        x["first_user"] = users[0]
    with_text = [u for u in users if u]
    if with_text:
        x["last_user"] = with_text[-1]


def read_output(response, x):
    pieces = []
    for item in (response.get("choices") or []) + (response.get("output") or []):
        pieces += texts(item.get("text")) + texts(item.get("content")) + texts((item.get("message") or {}).get("content"))
    pieces += texts(response.get("content"))
    if not pieces:
        pieces = texts(response.get("output_text"))
    if pieces:
        x["output"] = joined(pieces)


def tokens(line, response):
    uses = [u for u in (line.get("usage"), response.get("usage")) if isinstance(u, dict)]
    out = {}
    for u in uses:
        own = {}
        if "input" in u or "input_tokens" in u:
            own["tokens_in"] = u.get("input", u.get("input_tokens")) + (u.get("cache_read_input_tokens") or 0) + \
                (u.get("cache_creation_input_tokens") or 0)
        elif "prompt_tokens" in u:
            own["tokens_in"] = u["prompt_tokens"]
        details = {**(u.get("prompt_tokens_details") or {}), **(u.get("input_tokens_details") or {}),
                   **(u.get("completion_tokens_details") or {}), **(u.get("output_tokens_details") or {})}
        names = {"tokens_out": ("output", "output_tokens", "completion_tokens"),
                 "tokens_cached": ("cached", "cached_tokens", "cache_read_input_tokens"),
                 "tokens_reasoning": ("reasoning", "reasoning_tokens")}
        for name, spellings in names.items():
            for value in [u.get(s) for s in spellings] + [details.get(s) for s in spellings]:
                if value is not None:
                    own.setdefault(name, value)
        for name, value in own.items():
            out.setdefault(name, value)
    return out


def micros(ts):
    if isinstance(ts, str):
        when = datetime.datetime.fromisoformat(ts.upper().replace("Z", "+00:00"))
        since = when - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
        return (since.days * 86400 + since.seconds) * 1000000 + since.microseconds
    return round(ts * 1e6)


def expected(line):
    request, response = line.get("request") or {}, line.get("response") or {}
    response = response if isinstance(response, dict) else {}
    x = {"account": line["account"], "time_us": micros(line["ts"]), "has_messages": False}
    for key in ("id", "org", "ip", "country", "endpoint", "user_agent", "session"):
        if clean(line.get(key)):
            x[key] = line[key]
    model = line.get("model") or request.get("model") or response.get("model")
    if model:
        x["model"] = model
    limit = [request[k] for k in ("max_completion_tokens", "max_output_tokens", "max_tokens") if request.get(k) is not None]
    if limit:
        x["max_tokens"] = limit[0]
    if request.get("temperature") is not None:
        x["temperature_milli"] = int(request["temperature"] * 1000 + 0.5)
    system = texts(request.get("system")) + texts(request.get("instructions"))
    read_turns(request, x, system)
    if system:
        x["system"] = joined(system)
    tools = request.get("tools") or request.get("functions")
    if tools:
        x["tools"] = tools
    read_output(response, x)
    x.update(tokens(line, response))
    return x


MEMBERS = ("account time_us has_messages id org ip country endpoint user_agent model max_tokens temperature_milli system tools "
           "first_user last_user output n_messages n_user n_assistant n_tool n_signatures signatures "
           "tokens_in tokens_out tokens_cached tokens_reasoning").split()


def main():
    dump, files = sys.argv[1], sys.argv[2:]
    checked = 0
    for name in files:
        printed = subprocess.run([dump, name], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
        got = [json.loads(l) for l in printed.decode().split("\n") if l]
        lines = [json.loads(l) for l in open(name, encoding="utf-8") if l.strip()]
        if len(got) != len(lines):
            sys.exit(f"{name}: {len(lines)} lines, {len(got)} exchanges")
        for i, (line, x) in enumerate(zip(lines, got)):
            want = json.loads(json.dumps(expected(line)).encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
            if "tools" in x:
                x["tools"] = json.loads(x["tools"])
            for member in MEMBERS:
                a, b = want.get(member), x.get(member)
                if isinstance(a, str):
                    a = a.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
                if a != b:
                    sys.exit(f"{name}:{i + 1}: {member}: expected {a!r}, got {b!r}")
            checked += 1
    if not checked:
        sys.exit("nothing was checked")
    print(f"{checked} exchanges agree")


main()
