"""Worlds as digests: made once, scanned often. A scan of digests finds what a scan of the logs finds, in a tenth of the room.

World(...) makes a world by `retort simulate`, digests its two kinds of view (with text, metadata only), and deletes the
logs. A stamp keeps the command, the spec and a fingerprint of simulator and digester (the digest of a tiny world): the same
world is not made again. Detection has no part in what is kept.
"""
import functools, hashlib, json, os, shutil, tempfile
from runner import Run, side_files
from views import metadata


@functools.cache
def fingerprint(retort):
    with tempfile.TemporaryDirectory() as t:
        made = os.path.join(t, "tiny.rtd")
        Run([retort, "simulate", "--preset", "tiny", "--quiet", "--out", t]).must()
        Run([retort, "digest", os.path.join(t, "exchanges.jsonl"), "--out", made]).must()
        with open(made, "rb") as f:
            return hashlib.sha256(f.read()).hexdigest()[:16]


class World:
    def __init__(self, retort, folder, seed, spec=None, preset=None, scale=1, texts=None, views=("facts", "nofacts", "metadata")):
        self.retort, self.folder, self.views, self.seed = retort, folder, views, seed
        if isinstance(spec, dict):
            spec = self.written(spec)
        kind = ["--spec", spec] if spec else ["--preset", preset]
        command = ["simulate", *kind, "--seed", str(seed), "--scale", str(scale), *(["--texts", texts] if texts else []), "--quiet"]
        stamp = json.dumps([fingerprint(retort), command, open(spec).read() if spec else None, [k for k in ("text", "metadata") if self.needs(k)]])
        if self.stamped() != stamp:
            self.make(command)
            with open(self.path("stamp"), "w") as f:
                f.write(stamp)

    def path(self, name):
        return os.path.join(self.folder, name)

    def written(self, spec):
        os.makedirs(os.path.dirname(self.folder), exist_ok=True)
        path = self.folder + ".spec.json"
        with open(path, "w") as f:
            json.dump(spec, f)
        return path

    def stamped(self):
        if not os.path.exists(self.path("stamp")):
            return None
        with open(self.path("stamp")) as f:
            return f.read()

    def needs(self, kind):
        return any((v == "metadata") == (kind == "metadata") for v in self.views)

    def make(self, command):
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        Run([self.retort, *command, "--out", self.folder]).must()
        logs = self.path("exchanges.jsonl")
        if self.needs("text"):
            Run([self.retort, "digest", logs, "--out", self.path("text.rtd")]).must()
        if self.needs("metadata"):
            bare = self.path("bare.jsonl")
            metadata(logs, bare, False)
            Run([self.retort, "digest", bare, "--out", self.path("metadata.rtd")]).must()
            os.remove(bare)
        os.remove(logs)

    def scan(self, view, *options):
        """(report of the scorer, findings as objects, the finished run)"""
        findings, report = self.path(view + ".findings.jsonl"), self.path(view + ".json")
        digests = self.path("metadata.rtd" if view == "metadata" else "text.rtd")
        side = side_files(self.folder, view == "facts")
        run = Run([self.retort, "scan", digests, *side, "--out", findings, *options]).must()
        Run([self.retort, "eval", "--labels", self.path("labels.jsonl"), "--findings", findings, "--format", "json",
             "--out", report]).must()
        with open(report) as f, open(findings) as g:
            return json.load(f), [json.loads(line) for line in g], run

    def labels(self):
        with open(self.path("labels.jsonl")) as f:
            return {x["account"]: x for x in map(json.loads, f)}

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)
