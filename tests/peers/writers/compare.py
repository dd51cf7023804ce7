"""What retort read of a writer's files against what the stub server saw.

    compare.py TRUTH EXCHANGES [--without MEMBER]... [--no-text] [--no-failures]

TRUTH is the stub's own record, EXCHANGES the probe's output. Both are turned into the members that count (account,
model, tokens, texts, turns, parameters, tools, outcome) and compared as multisets. Exit status 1 with the first
differences.
"""
import argparse
import collections
import json
import sys


def texts(content):
    if isinstance(content, str):
        return content
    return "\n".join(part["text"] for part in content)


def of_truth(line):
    messages = line["messages"]
    users = [texts(m["content"]) for m in messages if m["role"] == "user"]
    system = [texts(m["content"]) for m in messages if m["role"] == "system"]
    usage = line["usage"] or {}
    return {"account": line["user"], "model": line["model"], "system": "\n".join(system) or None, "first": users[0],
            "last": users[-1], "users": len(users), "assistants": sum(m["role"] == "assistant" for m in messages),
            "in": usage.get("prompt_tokens"), "out": usage.get("completion_tokens"), "max": line["max_tokens"],
            "temperature": None if line["temperature"] is None else round(line["temperature"] * 1000),
            "tools": json.dumps(line["tools"]) if line["tools"] else None,
            "outcome": "ok" if line["status"] == 200 else "failed"}


def of_exchange(x):
    tools = x.get("tools")
    outcome = x["outcome"]
    return {"account": x["account"], "model": x.get("model"), "system": x.get("system"), "first": x.get("first_user"),
            "last": x.get("last_user"), "users": x.get("n_user", 0), "assistants": x.get("n_assistant", 0),
            "in": x.get("tokens_in"), "out": x.get("tokens_out"), "max": x.get("max_tokens"),
            "temperature": x.get("temperature_milli"), "tools": json.dumps(json.loads(tools)) if tools else None,
            "outcome": "failed" if outcome in ("error", "rate_limited") else outcome}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("truth")
    parser.add_argument("exchanges")
    parser.add_argument("--without", action="append", default=[])
    parser.add_argument("--no-text", action="store_true", help="texts must be missing")
    parser.add_argument("--no-failures", action="store_true", help="the writer says nothing of failed calls")
    args = parser.parse_args()
    truth = [of_truth(json.loads(l)) for l in open(args.truth, encoding="utf-8")]
    got = [of_exchange(json.loads(l)) for l in open(args.exchanges, encoding="utf-8")]
    if args.no_failures:
        truth = [t for t in truth if t["outcome"] == "ok"]
        got = [g for g in got if g["outcome"] == "ok"]
    for t in truth:
        if args.no_text:
            t.update(system=None, first=None, last=None)
    drop = lambda m: tuple(sorted((k, v) for k, v in m.items() if k not in args.without and v is not None))
    want, have = collections.Counter(map(drop, truth)), collections.Counter(map(drop, got))
    if not truth:
        sys.exit("the stub saw nothing")
    if want != have:
        for what, some in (("missing", want - have), ("too much", have - want)):
            for m in list(some)[:3]:
                print(f"  {what}: {dict(m)}")
        sys.exit(f"{sum((want - have).values())} of {len(truth)} calls are not as the stub saw them")
    print(f"  {len(truth)} calls of {len({t['account'] for t in truth})} accounts, "
          f"{sum(t['in'] or 0 for t in truth)} and {sum(t['out'] or 0 for t in truth)} tokens: the same")


main()
