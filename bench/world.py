"""Reading a world (a folder of exchanges, account facts, labels) for the scripts beside this file. Standard library only."""
import gzip, json, os, subprocess, sys


def die(message):
    """one line, exit status 2: unusable arguments or input"""
    print(f"{os.path.basename(sys.argv[0])}: {message}", file=sys.stderr)
    sys.exit(2)


def find(world, what):
    """the one file of a world that holds `what` (exchanges, accounts, events, labels), or None"""
    if not os.path.isdir(world):
        die(f"{world} is not a folder")
    names = [n for n in sorted(os.listdir(world)) for end in ("", ".gz", ".zst")
             if n == f"{what}.jsonl{end}" or n.endswith(f".{what}.jsonl{end}")]
    if len(names) > 1:
        die(f"{world} has more than one file of {what}: {', '.join(names)}")
    return os.path.join(world, names[0]) if names else None


class Lines:
    """Lines of a plain, gzip or zstd file, as bytes. A stream that breaks off ends the program: half a world is none."""

    def __init__(self, path):
        self.path, self.child = path, None
        if path.endswith(".zst"):
            self.child = subprocess.Popen(["zstd", "-dcq", "--", path], stdout=subprocess.PIPE)
            self.file = self.child.stdout
        else:
            self.file = gzip.open(path, "rb") if path.endswith(".gz") else open(path, "rb")

    def __iter__(self):
        try:
            yield from self.file
        except (EOFError, OSError) as e:
            die(f"{self.path}: {e}")
        if self.child and self.child.wait() != 0:
            die(f"{self.path}: zstd could not read it")


def records(path):
    """the JSON objects of a file; what is not one is left out and counted on standard error"""
    bad = 0
    for line in Lines(path):
        try:
            x = json.loads(line)
        except ValueError:
            x = None
        if isinstance(x, dict):
            yield x
        elif line.strip():
            bad += 1
    if bad:
        print(f"{path}: {bad} lines are not JSON objects and were left out", file=sys.stderr)


def text_of(content):
    """the text of a message: a string, or parts with text in them"""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(p["text"] for p in content if isinstance(p, dict) and isinstance(p.get("text"), str))
    return ""


def prompt_of(request):
    """(system text, user texts, number of answers by the model) of a request body in any of the three dialects"""
    if not isinstance(request, dict):
        return "", [], 0
    system = text_of(request.get("system")) or text_of(request.get("instructions"))
    messages = request.get("messages") or request.get("input") or []
    if isinstance(messages, str):
        messages = [{"role": "user", "content": messages}]
    users, answers = [], 0
    for m in messages if isinstance(messages, list) else []:
        role = m.get("role") if isinstance(m, dict) else None
        if role in ("system", "developer"):
            system += text_of(m.get("content"))
        elif role == "user":
            users.append(text_of(m.get("content")))
        elif role == "assistant":
            answers += 1
    return system, users, answers


def seconds(ts):
    """Unix seconds of a time stamp in either form of the contract"""
    if isinstance(ts, (int, float)):
        return float(ts)
    from datetime import datetime
    return datetime.fromisoformat(ts.replace("Z", "+00:00")).timestamp()


def labels(path):
    return {r["account"]: r for r in records(path)}


def payments(path):
    """{account: payment tokens}; the latest facts of an account win"""
    latest = {}
    for r in records(path):
        a, when = r.get("account"), str(r.get("as_of", ""))
        if a is not None and (a not in latest or when >= latest[a][0]):
            several = r.get("payments") if isinstance(r.get("payments"), list) else []
            latest[a] = (when, [p for p in [r.get("payment"), *several] if p])
    return {a: p for a, (_, p) in latest.items()}
