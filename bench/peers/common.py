"""What the peers share: one reading of a world, thresholds, findings, scores."""
import array, collections, hashlib, json, os, subprocess, sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), ".."))
from rules import REASONING, judge, pauses, write_findings
from world import die, find, labels, prompt_of, records, seconds

PROMPTS_KEPT, PROMPT_BYTES = 32, 600
TARGETS = (1e-2, 1e-3, 1e-4)  # false flags per honest account


class Account:
    """the traffic of one account as the peers see it"""

    def __init__(self):
        self.times = array.array("d")
        self.ips, self.nets, self.asns = collections.Counter(), collections.Counter(), collections.Counter()
        self.clients, self.systems, self.models = collections.Counter(), collections.Counter(), []
        self.knobs = collections.Counter()
        self.reasoning, self.tokens_out = 0, 0
        self.prompts = {}  # hash: text; the PROMPTS_KEPT smallest hashes, a sample that depends on nothing else
        self.facts = {}

    def keep_prompt(self, text):
        h = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()
        self.prompts[h] = text
        if len(self.prompts) > PROMPTS_KEPT:
            del self.prompts[max(self.prompts)]


def add(a, x, with_text):
    t = seconds(x["ts"])
    request = x.get("request") if isinstance(x.get("request"), dict) else {}
    usage = x.get("usage") or (x.get("response") or {}).get("usage") or {}
    a.times.append(t)
    if isinstance(x.get("ip"), str):
        a.ips[x["ip"]] += 1
        a.nets[x["ip"].rpartition(".")[0] or ":".join(x["ip"].split(":")[:3])] += 1
    a.asns[x.get("asn")] += 1
    a.clients[(x.get("user_agent"), x.get("ja4"))] += 1
    a.knobs[(request.get("max_tokens"), request.get("temperature"))] += 1
    a.models.append((t, x.get("model") or request.get("model")))
    a.tokens_out += usage.get("output") or usage.get("completion_tokens") or usage.get("output_tokens") or 0
    if with_text:
        system, users, _ = prompt_of(request)
        a.systems[system[:PROMPT_BYTES]] += bool(system)
        a.reasoning += bool(REASONING.search(system) or users and REASONING.search(users[0]))
        if users and users[-1]:
            a.keep_prompt(users[-1][:PROMPT_BYTES])


def read(world, view):
    accounts = collections.defaultdict(Account)
    for x in records(find(world, "exchanges") or die(f"no exchanges in {world}")):
        add(accounts[x["account"]], x, view != "metadata")
    facts = find(world, "accounts") if view == "facts" else None
    for r in records(facts) if facts else ():
        if r.get("account") in accounts:
            accounts[r["account"]].facts = r
    return dict(accounts)


def threshold(score, label, target):
    """the lowest bar at which at most `target` of the scored honest accounts are flagged; ties go above the bar"""
    honest = sorted((score.get(x, float("-inf")) for x, r in label.items() if r["world"] == "benign"), reverse=True)
    allowed = int(target * len(honest))
    return honest[allowed] if allowed < len(honest) else float("-inf")


def components(pairs):
    """{node: smallest node of its component}"""
    parent = {}

    def root(x):
        while parent.setdefault(x, x) != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    for a, b in pairs:
        ra, rb = root(a), root(b)
        parent[max(ra, rb)] = min(ra, rb)
    return {x: root(x) for x in parent}


class Judge:
    """scores a peer at each target with retort's own scorer"""

    def __init__(self, retort, label, folder):
        self.retort, self.label, self.folder, self.rows = retort, label, folder, []
        os.makedirs(folder, exist_ok=True)

    def labels_file(self, name, label):
        path = os.path.join(self.folder, name + ".labels.jsonl")
        with open(path, "w") as f:
            f.writelines(json.dumps(r) + "\n" for r in label.values())
        return path

    def report(self, name, flagged, label):
        findings = os.path.join(self.folder, name + ".findings.jsonl")
        write_findings(findings, flagged, name, len(label))
        done = subprocess.run([self.retort, "eval", "--labels", self.labels_file(name, label), "--findings", findings,
                               "--format", "json"], capture_output=True, text=True)
        if done.returncode != 0:
            die(done.stderr.strip())
        return json.loads(done.stdout)

    def add(self, peer, view, score, groups, over=None, note=""):
        """`groups(bar)` gives {account: group} of those above the bar; `over`: the accounts that were looked at"""
        label = {x: r for x, r in self.label.items() if over is None or x in over}
        for target in TARGETS:
            bar = threshold(score, label, target)
            flagged = {x: g for x, g in groups(bar).items() if score.get(x, bar) > bar}
            r = self.report(f"{view}-{peer}-{target:g}".replace(" ", "_").replace("/", "_"), flagged, label)
            self.rows.append({"peer": peer, "view": view, "target": target, "bar": bar, "note": note,
                              "campaign_accounts": r["campaign_accounts"], "benign": r["benign"],
                              **{k: r[k] for k in ("recall", "recall_macro", "false_flags", "false_flag_rate", "b3_f1",
                                                   "pooled_called_distillation", "recall_by_level")},
                              "L0-L3": next((b["recall_macro"] for b in r["by_band"] if b["name"] == "L0-L3"), None)})


def alone(score):
    """groups for a peer that knows no groups"""
    return lambda bar: {x: "all" for x, s in score.items() if s > bar}
