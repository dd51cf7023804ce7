"""The simple rules with their number as a dial: volume, shared payment, shared address, shared prompt head, regular sessions."""
import collections, statistics
from common import alone, pauses


def share_score(accounts, keys):
    """how many accounts share the most shared key of each"""
    users = collections.defaultdict(set)
    for x, a in accounts.items():
        for k in keys(a):
            users[k].add(x)
    return {x: max((len(users[k]) for k in keys(a)), default=0) for x, a in accounts.items()}


def regularity(a):
    p = pauses(a.times)
    return -statistics.pstdev(p) / statistics.fmean(p) if len(p) >= 8 else float("-inf")


def payments(a):
    several = a.facts.get("payments")
    return {p for p in [a.facts.get("payment"), *(several if isinstance(several, list) else [])] if p}


def run(accounts, view, judge):
    dials = [("volume", {x: len(a.times) for x, a in accounts.items()}),
             ("address shared by", share_score(accounts, lambda a: set(a.ips))),
             ("regular sessions", {x: regularity(a) for x, a in accounts.items()})]
    if view == "facts":
        dials.append(("payment shared by", share_score(accounts, payments)))
    if view != "metadata":
        dials.append(("prompt head shared by", share_score(accounts, lambda a: {p[:120] for p in a.prompts.values()})))
    for name, score in dials:
        judge.add(name, view, score, alone(score))
