"""The three views of a world; scripts/make-view is the command. Standard library; orjson makes it faster where it is there."""
import json, os, sys
from world import Lines, die, find

VIEWS = ("facts", "nofacts", "metadata")
# top-level fields that are neither text nor derived from text
TOP = {"id", "ts", "account", "model", "provider", "endpoint", "status", "stream", "latency_ms", "usage", "outcome",
       "org", "project", "tenant", "api_key", "end_user", "session", "batch_id", "trace_id", "span_id", "ip",
       "forwarded_for", "asn", "country", "user_agent", "headers", "fingerprints", "ja4"}
# request fields that carry text or tools even where their value is a scalar
TEXT = {"system", "instructions", "input", "prompt", "suffix", "tools", "tool_choice", "functions", "function_call",
        "messages", "contents", "stop", "stop_sequences", "prediction", "response_format", "text"}
# parameters that are objects of scalars
OBJECTS = {"thinking", "reasoning", "stream_options", "generation_config"}
RESPONSE = {"id", "object", "type", "model", "usage", "status", "stop_reason", "stop_sequence", "created",
            "created_at", "service_tier", "incomplete_details"}
SHAPE = {"role", "type"}


def scalar(v):
    return v is None or isinstance(v, (str, int, float, bool))


def flat(v):
    return isinstance(v, dict) and all(scalar(x) for x in v.values())


def blank(v, key=None):
    """the same shape with every string emptied, but for those that name a shape"""
    if isinstance(v, str):
        return v if key in SHAPE else ""
    if isinstance(v, list):
        return [blank(x, key) for x in v]
    if isinstance(v, dict):
        return {k: blank(x, k) for k, x in v.items()}
    return v


def strip_request(r, keep_shape):
    if not isinstance(r, dict):
        return None
    out = {k: v for k, v in r.items() if k not in TEXT and (scalar(v) or k in OBJECTS and flat(v))}
    if keep_shape:
        out.update({k: blank(r[k], k) for k in ("messages", "system", "input", "instructions", "contents") if k in r})
    return out


def strip_response(r):
    if not isinstance(r, dict):
        return None
    out = {k: v for k, v in r.items() if k in RESPONSE}
    if isinstance(r.get("choices"), list):
        out["choices"] = [{k: c[k] for k in ("index", "finish_reason") if k in c}
                          for c in r["choices"] if isinstance(c, dict)]
    if isinstance(r.get("error"), dict):
        out["error"] = {k: v for k, v in r["error"].items() if k in ("type", "code", "status")}
    return out


def strip(x, keep_shape):
    out = {k: v for k, v in x.items() if k in TOP}
    for key, made in (("request", strip_request(x.get("request"), keep_shape)),
                      ("response", strip_response(x.get("response")))):
        if made is not None:
            out[key] = made
    return out


def codec():
    try:
        import orjson
        return orjson.loads, orjson.dumps
    except ImportError:
        dump = json.JSONEncoder(separators=(",", ":")).encode
        return json.loads, lambda x: dump(x).encode()


def metadata(source, target, keep_shape):
    bad, (load, dump) = 0, codec()
    with open(target + ".part", "wb", buffering=1 << 20) as out:
        for line in Lines(source):
            try:
                x = load(line)
            except ValueError:
                bad += 1
                continue
            if isinstance(x, dict):
                out.write(dump(strip(x, keep_shape)) + b"\n")
            else:
                bad += 1
    os.rename(target + ".part", target)
    if bad:
        print(f"{source}: {bad} lines are not JSON objects and were left out", file=sys.stderr)


def clear(folder):
    """an earlier view in this folder must not shine through"""
    os.makedirs(folder, exist_ok=True)
    for what in ("exchanges", "accounts", "events", "labels"):
        for end in ("", ".gz", ".zst"):
            if os.path.lexists(os.path.join(folder, f"{what}.jsonl{end}")):
                os.remove(os.path.join(folder, f"{what}.jsonl{end}"))


def link(source, target):
    os.symlink(os.path.abspath(source), target)


def ending(path):
    return next((end for end in (".gz", ".zst") if path.endswith(end)), "")


def make_view(view, world, out, keep_shape=False):
    exchanges = find(world, "exchanges")
    if not exchanges:
        die(f"no exchanges.jsonl in {world}")
    if os.path.isdir(out) and os.path.samefile(world, out):
        die(f"the view would overwrite the world {world}")
    clear(out)
    if view == "metadata":
        metadata(exchanges, os.path.join(out, "exchanges.jsonl"), keep_shape)
    else:
        link(exchanges, os.path.join(out, "exchanges.jsonl" + ending(exchanges)))
    for what in ("labels", "events") + (("accounts",) if view == "facts" else ()):
        path = find(world, what)
        if path:
            link(path, os.path.join(out, f"{what}.jsonl{ending(path)}"))
