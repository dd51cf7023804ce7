#!/usr/bin/env python3
"""Simple rules: what anybody would try first. A detector is worth only what it does better than these.

usage: rules.py WORLD [--view facts|nofacts|metadata] [--json FILE] [--findings DIR]

WORLD is a folder with exchanges.jsonl, accounts.jsonl and labels.jsonl (plain, .gz or .zst). Prints, for each view (or
the one asked for), recall by account, macro recall over campaigns, and false flags per benign account, as Markdown.
--findings writes one findings file per rule and view, so that the scorer can judge them like any other detector.
A rule that needs what a view lacks finds nothing there. Python's standard library only.

The volume rule alone looks at labels, for its threshold (the 99th percentile of honest accounts): it is an upper bound.
"""
import argparse, array, collections, json, os, re, statistics, sys
from world import die, find, labels, payments, prompt_of, records, seconds

REASONING = re.compile(r"reasoning|step by step|think", re.I)
HEAD, SHORT_HEAD = 120, 60
VIEWS = ("facts", "nofacts", "metadata")
SESSION_GAP = 1800


class Account:
    """what the rules need to know of one account"""
    __slots__ = ("times", "reasoning", "single", "ips", "nets", "heads", "short", "paid")

    def __init__(self):
        self.times = array.array("d")
        self.reasoning = self.single = 0
        self.ips, self.nets, self.heads, self.short, self.paid = set(), set(), set(), set(), []


def read(world):
    accounts = collections.defaultdict(Account)
    for x in records(find(world, "exchanges") or die(f"no exchanges in {world}")):
        a = accounts[x["account"]]
        a.times.append(seconds(x["ts"]))
        system, users, answers = prompt_of(x.get("request"))
        first = users[0] if users else ""
        text = system or first
        a.single += len(users) <= 1 and answers == 0
        a.reasoning += bool(REASONING.search(system) or REASONING.search(first))
        ip = x.get("ip")
        net = None
        if isinstance(ip, str):
            net = ip.rpartition(".")[0] or ":".join(ip.split(":")[:3])
            a.ips.add(ip)
        if text:
            a.heads.add(text[:HEAD])
            a.short.add((text[:SHORT_HEAD], net))
    facts = find(world, "accounts")
    for name, paid in payments(facts).items() if facts else ():
        if name in accounts:
            accounts[name].paid = paid
    return accounts


def shared(accounts, keys, least):
    """{account: key} of those that share a key with least - 1 others; the key that most share names the group"""
    users = collections.defaultdict(set)
    for name, a in accounts.items():
        for key in keys(a):
            users[key].add(name)
    out = {}
    for key in sorted(users, key=lambda k: (-len(users[k]), repr(k))):
        if len(users[key]) >= least:
            for name in users[key]:
                out.setdefault(name, key)
    return out


def volume(accounts, view, label):
    counts = sorted(len(accounts[x].times) for x, r in label.items() if r["world"] == "benign" and x in accounts)
    bar = counts[int(.99 * len(counts))] if counts else 0
    return {x: x for x, a in accounts.items() if len(a.times) > bar}


def payment(accounts, view, label):
    return shared(accounts, lambda a: a.paid, 3) if view == "facts" else {}


def address(accounts, view, label):
    return shared(accounts, lambda a: a.ips, 3)


def head(accounts, view, label, least=20):
    return shared(accounts, lambda a: a.heads, least) if view != "metadata" else {}


def reasoning(accounts, view, label):
    return {x: "words" for x, a in accounts.items() if view != "metadata" and 2 * a.reasoning > len(a.times)}


def payment_and_head(accounts, view, label):
    other = head(accounts, view, label, 3)
    return {x: k for x, k in payment(accounts, view, label).items() if x in other}


def spread_head(accounts, view, label):
    if view == "metadata":
        return {}
    single = {x: a for x, a in accounts.items() if 10 * a.single >= 9 * len(a.times)}
    nets = collections.defaultdict(set)
    for a in single.values():
        for text, net in a.short:
            nets[text].add(net)
    return shared(single, lambda a: {t for t, _ in a.short if len(nets[t]) >= 4}, 12)


def spread_or_paid(accounts, view, label):
    words = reasoning(accounts, view, label)
    paid = {x: k for x, k in payment(accounts, view, label).items() if x in words}
    return {**paid, **spread_head(accounts, view, label)}


def pauses(times):
    t = sorted(times)
    return [y - x for x, y in zip(t, t[1:]) if y - x > SESSION_GAP]


def regular(accounts, view, label):
    out = {}
    for x, a in accounts.items():
        p = pauses(a.times)
        if len(p) >= 8 and statistics.pstdev(p) < .45 * statistics.fmean(p):
            out[x] = x
    return out


RULES = (
    ("volume above the 99th percentile of honest accounts", volume),
    ("payment shared by 3 or more", payment),
    ("address shared by 3 or more", address),
    (f"prompt head ({HEAD} characters) shared by 20 or more", head),
    ("reasoning words in over half the prompts", reasoning),
    ("payment shared by 3, prompt head by 3", payment_and_head),
    (f"head of {SHORT_HEAD} shared by 12 or more on 4 or more networks, single-turn", spread_head),
    ("that, or payment and reasoning words", spread_or_paid),
    ("regular sessions (CV of pauses below 0.45)", regular),
)


def judge(flagged, label):
    groups, false, benign = collections.defaultdict(lambda: [0, 0]), 0, 0
    for x, r in label.items():
        if r["world"] == "campaign":
            groups[r["group"]][0] += 1
            groups[r["group"]][1] += x in flagged
        elif r["world"] == "benign":
            benign += 1
            false += x in flagged
    bad = sum(n for n, _ in groups.values())
    return {"recall": sum(k for _, k in groups.values()) / max(1, bad),
            "recall_macro": sum(k / n for n, k in groups.values()) / max(1, len(groups)),
            "false_flags": false, "false_flag_rate": false / max(1, benign)}


def write_findings(path, flagged, name, n_accounts):
    """findings in the shape of the contract, one campaign a group"""
    groups = collections.defaultdict(list)
    for x, key in flagged.items():
        groups[repr(key)].append(x)
    with open(path, "w") as out:
        put = lambda row: out.write(json.dumps(row) + "\n")
        put({"schema": "retort.finding/1", "type": "run", "version": name, "accounts": n_accounts})
        ids = {key: f"rule-{i}" for i, key in enumerate(sorted(groups))}
        for key in sorted(groups):
            put({"type": "campaign", "campaign": ids[key], "verdict": "distillation", "members": len(groups[key])})
        for key in sorted(groups):
            for x in sorted(groups[key]):
                put({"type": "member", "campaign": ids[key], "account": x, "role": "harvest"})


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("world")
    ap.add_argument("--view", choices=VIEWS)
    ap.add_argument("--json")
    ap.add_argument("--findings")
    a = ap.parse_args()
    label = labels(find(a.world, "labels") or die(f"no labels in {a.world}"))
    accounts, rows = read(a.world), []
    if a.findings:
        os.makedirs(a.findings, exist_ok=True)
    for view in (a.view,) if a.view else VIEWS:
        print(f"\n| rule ({view}) | recall | macro | false flags | per benign account |\n|---|---|---|---|---|")
        for i, (name, rule) in enumerate(RULES):
            flagged = rule(accounts, view, label)
            row = {"view": view, "rule": name, **judge(flagged, label)}
            rows.append(row)
            print(f'| {name} | {row["recall"]:.3f} | {row["recall_macro"]:.3f} | {row["false_flags"]} | {row["false_flag_rate"]:.3f} |')
            if a.findings:
                write_findings(os.path.join(a.findings, f"{view}-{i}.jsonl"), flagged, name, len(accounts))
    if a.json:
        with open(a.json, "w") as out:
            json.dump(rows, out, indent=1)


if __name__ == "__main__":
    main()
