"""The signal list of Glasswally (a log scanner of 2026) as rules, each signal as the rank of an account among all.

Signals: reasoning words, requests in the busiest hour, even sessions, output tokens a request, few client settings
(entropy), shared payment, shared address, shared /24, shared client fingerprint, shared system prompt, starts in
crowded minutes, and a move to a new model within six hours of five or more others. Its weights are not published in a
form that could be taken over; here all count the same, and the sum is cut at the bar.
"""
import collections, math
from common import alone
from simple import payments, regularity, share_score


def ranks(score):
    """value to share of accounts below it; ties get the lowest rank, so a common value says little"""
    order = sorted(score.values())
    below = {}
    for i, v in enumerate(order):
        below.setdefault(v, i / len(order))
    return {x: below[v] for x, v in score.items()}


def busiest_hour(a):
    return max(collections.Counter(int(t // 3600) for t in a.times).values())


def entropy(counter):
    n = sum(counter.values())
    return -sum(k / n * math.log2(k / n) for k in counter.values() if k)


def bursts(accounts):
    """share of an account's requests in minutes that many accounts share, by the median crowd"""
    crowd = collections.defaultdict(set)
    for x, a in accounts.items():
        for t in a.times:
            crowd[int(t // 60)].add(x)
    return {x: sum(len(crowd[int(t // 60)]) for t in a.times) / len(a.times) for x, a in accounts.items()}


def pivots(accounts):
    """how many accounts moved to the same new model within six hours, where there are five or more"""
    moves = collections.defaultdict(list)
    for x, a in accounts.items():
        seen = set()
        for t, model in sorted(a.models, key=lambda m: m[0]):
            if seen and model not in seen:
                moves[model, int(t // 21600)].append(x)
            seen.add(model)
    out = dict.fromkeys(accounts, 0)
    for who in moves.values():
        for x in who if len(who) >= 5 else ():
            out[x] = max(out[x], len(who))
    return out


def all_signals(accounts, view):
    each = lambda f: {x: f(a) for x, a in accounts.items()}
    yield each(busiest_hour)
    yield each(regularity)
    yield each(lambda a: a.tokens_out / len(a.times))
    yield each(lambda a: -entropy(a.knobs))
    yield share_score(accounts, lambda a: set(a.ips))
    yield share_score(accounts, lambda a: set(a.nets))
    yield share_score(accounts, lambda a: set(a.clients))
    yield bursts(accounts)
    yield pivots(accounts)
    if view != "metadata":
        yield each(lambda a: a.reasoning / len(a.times))
        yield share_score(accounts, lambda a: {s for s in a.systems if s})
    if view == "facts":
        yield share_score(accounts, payments)


def run(accounts, view, judge):
    score = collections.Counter()
    for signal in all_signals(accounts, view):
        for x, r in ranks(signal).items():
            score[x] += r
    judge.add("signal list", view, score, alone(score))
