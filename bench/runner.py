"""Running retort from scripts: time, memory, worlds of one's own. Standard library only."""
import json, os, re, subprocess, sys, time
from world import die, find

ROOT = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
OWN_WORLD = ("--preset", "ladder", "--seed", "7")


class Run:
    """one finished command: status, seconds by the wall and of all processors, largest resident set in bytes"""

    def __init__(self, command, quiet=True):
        start = time.monotonic()
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL if quiet else None, stderr=subprocess.PIPE, text=True)
        self.said = child.stderr.read()
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = self.status = os.waitstatus_to_exitcode(status)
        self.seconds, self.rss = time.monotonic() - start, used.ru_maxrss * 1024
        self.cpu = used.ru_utime + used.ru_stime
        self.command = command

    def must(self):
        if self.status != 0:
            die(f"exit status {self.status} of {' '.join(self.command)}\n{self.said[-2000:]}")
        return self


def families():
    """the families of evidence, from the one table that lists them"""
    with open(os.path.join(ROOT, "include", "retort", "scan.h")) as f:
        return re.findall(r'X\(RT_FAMILY_\w+, "(\w+)"', f.read())


def git(*words):
    done = subprocess.run(["git", "-C", ROOT, *words], capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else None


def revision(retort):
    """", commit abc1234" where the program can be that commit's: sources unchanged, and built after it"""
    head, made = git("rev-parse", "--short", "HEAD"), git("log", "-1", "--format=%ct", "--", "src", "include")
    clean = git("status", "--porcelain", "--", "src", "include") == ""
    return f", commit {head}" if head and made and clean and os.path.getmtime(retort) > int(made) else ""


def own_world(retort, folder):
    """a world by retort simulate, made afresh"""
    os.makedirs(folder, exist_ok=True)
    print(f"making a world in {folder} (retort simulate {' '.join(OWN_WORLD)})", file=sys.stderr)
    Run([retort, "simulate", *OWN_WORLD, "--out", folder]).must()
    return folder


def run_line(findings):
    with open(findings) as f:
        return json.loads(f.readline())


def side_files(world, facts):
    """options of scan for what lies beside the exchanges"""
    out = []
    for what, option in (("accounts", "--accounts"), ("events", "--events")):
        path = find(world, what)
        if path and (facts or what == "events"):
            out += [option, path]
    return out


class Page:
    """Markdown as it is made: printed at once, and kept for a document"""

    def __init__(self):
        self.lines = []

    def say(self, *parts):
        for p in parts:
            for line in ([p] if isinstance(p, str) else p):
                self.lines.append(line)
                print(line, flush=True)

    def put_into(self, path, block):
        with open(path) as f:
            text = f.read()
        begin, end = f"<!-- {block} -->", f"<!-- /{block} -->"
        if begin not in text or end not in text:
            die(f"{path} has no block {block}")
        head, tail = text.split(begin, 1)[0], text.split(end, 1)[1]
        with open(path, "w") as f:
            f.write(head + begin + "\n" + "\n".join(self.lines).strip() + "\n" + end + tail)


def table(head, rows):
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for r in rows:
        yield "| " + " | ".join(str(x) for x in r) + " |"
    yield ""
