#!/usr/bin/env python3
"""The rows of what detection must reach that no single world shows; one command a row, one table a row.

usage: proof.py ROW... [--seeds 1,2,3] [--texts FILE] [--retort FILE] [--out DIR] [--scale X] [--into FILE]

    smallest      L2 campaigns of 4 to 12 accounts, four of each in a world: from what size are they found?
    balancers     L0 to L3 behind balancers that pick 20 and 50 % at random
    solos         36 harvesters of one account among honest accounts as heavy, at a review load of 0.5 %
    lookalikes    each honest kind alone, grown to 20, 200 and 2,000 accounts (--kinds, --sizes)
    swap          a campaign's words on honest behaviour, honest words on a campaign's behaviour
    same-question an exam run once a model, against the same exam harvested five times
    framing       a campaign copies strangers' words, VPN and hours
    null          no campaign at all: 4,000 honest accounts times --scale
    chance        unrelated strangers: how often do not_chance_p and decoy_fdr claim what chance made? (a world a seed)
    families      the ladder with each family of evidence switched off, and precision at the prevalence of real life
    replay        the ladder scanned with --replay: hours and exchanges before each campaign could be flagged

Each row prints Markdown and leaves OUT/<row>.json; --into puts the table between the marks `<!-- proof-<row> -->` of a
document. Worlds stay in OUT/worlds as digests, so that a second run costs the scans alone.
"""
import argparse, json, os, sys
from digested import World
from eval import band, share
from runner import ROOT, Page, families, revision, table
from views import VIEWS

REVIEW = .005  # review load at which single harvesters are looked for
HALF = .5      # of its accounts: a campaign counts as found
MOST = .9      # of the campaigns of a size: the size counts as found


class Bench:
    """what the rows need: options, worlds, a place for results"""

    def __init__(self, a):
        self.a, self.page = a, Page()
        self.retort = os.path.abspath(a.retort)
        self.seeds = [int(s) for s in a.seeds.split(",")]

    def world(self, name, seed, spec=None, preset=None, scale=1, views=VIEWS):
        if spec is None and preset is None:
            spec = os.path.join(ROOT, "bench", "specs", name + ".json")
        return World(self.retort, os.path.join(self.a.out, "worlds", f"{name}-{seed}"), seed, spec, preset, scale, self.a.texts, views)

    def scans(self, name, views=VIEWS, seeds=None, options=(), **how):
        """(seed, view, report, findings, world) of every seed and view"""
        for seed in seeds or self.seeds:
            w = self.world(name, seed, views=views, **how)
            for view in views:
                report, findings, run = w.scan(view, *options)
                say(f"{name} {seed} {view}: macro {share(report['recall_macro'])}, {report['false_flags']} false flags, "
                    f"{report['false_campaigns']} false campaigns, {report['review_load']:.4f} review, {run.seconds:.1f} s")
                yield seed, view, report, findings, w

    def keep(self, row, results):
        os.makedirs(self.a.out, exist_ok=True)
        with open(os.path.join(self.a.out, row + ".json"), "w") as f:
            json.dump({"row": row, "revision": revision(self.retort), "seeds": self.seeds, "texts": self.a.texts, "results": results}, f, indent=1)

    def about(self, what):
        texts = f"texts of {os.path.basename(self.a.texts)}" if self.a.texts else "built-in texts"
        self.page.say(f"{what} Seeds {self.a.seeds}, {texts}{revision(self.retort)}.", "")


def say(line):
    print(line, file=sys.stderr, flush=True)


def mean(values):
    values = list(values)
    return sum(values) / len(values) if values else None


def by(rows, *keys):
    """rows grouped by the values of some keys, in order of appearance"""
    out = {}
    for r in rows:
        out.setdefault(tuple(r[k] for k in keys), []).append(r)
    return out


def campaigns(b, row, **how):
    """one record a labelled campaign, seed and view; the name in the spec is cut at its dashes"""
    out = []
    for seed, view, report, _, _ in b.scans(row, **how):
        for c in report["by_campaign"]:
            out.append({"seed": seed, "view": view, "group": c["group"], "parts": c["group"].split("-"), "level": c["kind"],
                        **{k: c[k] for k in ("accounts", "found", "suspect", "pooled", "exchanges", "recall", "pieces")}})
        b.keep(row, out)
    return out


def fraction(rows):
    return f'{sum(r["recall"] >= HALF for r in rows)} of {len(rows)} ({share(mean(r["recall"] for r in rows))})'


def smallest(b):
    rows = campaigns(b, "smallest")
    for r in rows:
        r["size"] = int(r["parts"][0].removeprefix("size"))
    cells, sizes = by(rows, "size", "view"), sorted({r["size"] for r in rows})
    b.about("Campaigns of which at least half the accounts were found (mean share of accounts found).")
    b.page.say(table(["L2, accounts", *VIEWS], [[n, *(fraction(cells[n, v]) for v in VIEWS)] for n in sizes]))
    least = {}
    for view in VIEWS:
        good = [mean(r["recall"] >= HALF for r in cells[n, view]) >= MOST for n in sizes]
        from_here = [n for i, n in enumerate(sizes) if all(good[i:])]
        least[view] = from_here[0] if from_here else None
    b.page.say("Smallest size from which nine in ten are found: " + ", ".join(f"{v}: {n or 'none up to 12'}" for v, n in least.items()) + ".")
    b.keep("smallest", {"campaigns": rows, "smallest": least})


def balancers(b):
    rows = campaigns(b, "balancers")
    for r in rows:
        r["random"] = int(r["parts"][1].removeprefix("random"))
    cells = by(rows, "random", "level", "view")
    lines = [[f"{k} %", level, *(fraction(cells[k, level, v]) for v in VIEWS)] for k in (20, 50) for level in ("L0", "L1", "L2", "L3")]
    total = by(rows, "random", "view")
    lines += [[f"{k} %", "**L0-L3**", *(f'**{share(mean(r["recall"] for r in total[k, v]))}**' for v in VIEWS)] for k in (20, 50)]
    b.about("Campaigns found (mean share of accounts found).")
    b.page.say(table(["picked at random", "level", *VIEWS], lines))
    b.keep("balancers", rows)


def at_review_load(report, findings, labels):
    """suspects by falling score until honest accounts under review pass REVIEW of all: (solos found, honest reviewed)"""
    verdict = {f["campaign"]: f for f in findings if f["type"] == "campaign"}
    lines = sorted((-f["score"], f["account"]) for f in findings
                   if f["type"] == "member" and verdict[f["campaign"]]["verdict"] == "suspect")
    found, honest, most = 0, 0, int(REVIEW * report["benign"])
    for _, account in lines:
        if labels[account]["world"] == "benign":
            if honest == most:
                break
            honest += 1
        found += labels[account]["kind"] == "L0-solo"
    return found, honest


def solos(b):
    rows = []
    for seed, view, report, findings, w in b.scans("solos"):
        labels = w.labels()
        alone = [x for x in labels.values() if x["kind"] == "L0-solo"]
        heavy = [x for x in labels.values() if x["world"] == "benign" and x["exchanges"] >= min(s["exchanges"] for s in alone)]
        found, honest = at_review_load(report, findings, labels)
        sizes = {s: [c["recall"] for c in report["by_campaign"] if c["group"].startswith(f"solo{s}-")] for s in (400, 700, 1000)}
        rows.append({"seed": seed, "view": view, "solos": len(alone), "heavy": len(heavy), "found_in_all": sum(sum(s) for s in sizes.values()),
                     "found": found, "honest_reviewed": honest, "review_load": report["review_load"], "benign": report["benign"],
                     "suspects_by_kind": {k["kind"]: k["suspect"] for k in report["by_kind"] if k["suspect"]},
                     "by_volume": {s: mean(v) for s, v in sizes.items()}})
        b.keep("solos", rows)
    b.about("At a review load of 0.5 % at most, the highest scores first.")
    b.page.say(table(["view", "solos", "honest as heavy", "found as suspect", "found whatever the load", "review load then",
                      "of 400 requests", "of 700", "of 1,000"],
                     [[v, sum(r["solos"] for r in g), sum(r["heavy"] for r in g), share(sum(r["found"] for r in g) / sum(r["solos"] for r in g)),
                       share(sum(r["found_in_all"] for r in g) / sum(r["solos"] for r in g)), f'{mean(r["review_load"] for r in g):.4f}',
                       *(share(mean(r["by_volume"][s] for r in g)) for s in (400, 700, 1000))] for (v,), g in by(rows, "view").items()]))


PRESETS = {"swap": ("{script,plugin,heavy} with a campaign's words; pools with honest words", ("script", "plugin", "heavy")),
           "same-question": ("An exam run once a model: {evaluator,day-one,nightly-eval}; the same harvested: L2", ("evaluator", "day-one", "nightly-eval")),
           "framing": ("Strangers whom a campaign copies: framed", ("framed",))}


def preset(name):
    def run(b):
        what, mine = PRESETS[name]
        rows = []
        for seed, view, r, _, _ in b.scans(name, preset=name):
            kinds = {k: [x for x in r["by_kind"] if x["kind"] == k and x["world"] == "benign"] for k in mine}
            rows.append({"seed": seed, "view": view, "recall": {c["group"]: c["recall"] for c in r["by_campaign"]},
                         "mine": {k: {f: sum(x[f] for x in v) for f in ("accounts", "flagged", "suspect", "pooled")} for k, v in kinds.items()},
                         "pools": {x["kind"]: [x["flagged"], x["accounts"]] for x in r["groups"] if x["world"] == "pooled"},
                         "false_flags": r["false_flags"], "benign": r["benign"], "false_campaigns": r["false_campaigns"],
                         "flagged_kinds": {k["kind"]: k["flagged"] for k in r["by_kind"] if k["flagged"]}})
            b.keep(name, rows)
        def line(view, g):
            asked = [m for r in g for m in r["mine"].values()]
            pools = [p for r in g for p in r["pools"].values()]
            recall = [x for r in g for x in r["recall"].values()]
            return [view, f'{sum(m["flagged"] for m in asked)} of {sum(m["accounts"] for m in asked)}', sum(m["suspect"] + m["pooled"] for m in asked),
                    f"{sum(p[0] for p in pools)} of {sum(p[1] for p in pools)}" if pools else "-", share(mean(recall)),
                    f'{sum(r["false_flags"] for r in g)} of {sum(r["benign"] for r in g)}']
        b.about(what + ".")
        b.page.say(table(["view", "these called distillation", "these called suspect or pooled", "pools called distillation",
                          "campaigns, macro", "all false flags"], [line(v, g) for (v,), g in by(rows, "view").items()]))
    return run


def kinds_table():
    """(name, fewest and most in a group, requests a day) of the simulator's honest kinds, from its one table"""
    import re
    with open(os.path.join(ROOT, "src", "world", "kinds.c")) as f:
        found = re.findall(r'\{"([\w-]+)", ([\d.]+), (\d+), (\d+), P\(\w+\), C\(\w+\), ([\d.]+), ([\d.]+), ([\d.]+)', f.read())
    return [(name, int(most), float(rate) * float(on)) for name, _, _, most, rate, _, on in found if name != "framed"]


LARGE, ENOUGH = 1000, 10  # of so many accounts, busy kinds are slowed to so many requests a day


ORDINARY = {"chat": .4, "popular-app": .2, "plugin": .1, "script": .1, "backend": .1, "coding-agent": .1}


def grown(kind, most, daily, size):
    """The kind alone beside 500 ordinary accounts. Kinds that come in groups grow as one group; friends become many groups."""
    spec = {"count": size}
    if most > 5:
        spec["group"] = size
    if size >= LARGE and daily > ENOUGH:
        spec["rate"] = round(ENOUGH / daily, 3)
    return {"name": f"{kind}-{size}", "days": 7, "benign": 500, "release_day": 3.2, "only_named": True,
            "background": {**{k: {"share": v} for k, v in ORDINARY.items() if k != kind}, kind: spec}}


def lookalikes(b):
    rows, wanted = [], b.a.kinds.split(",") if b.a.kinds else None
    for size in [int(s) for s in b.a.sizes.split(",")]:
        for kind, most, daily in kinds_table():
            if wanted and kind not in wanted:
                continue
            name = f"alone-{kind}-{size}"
            for seed, view, r, _, w in b.scans(name, spec=grown(kind, most, daily, size)):
                mine = [k for k in r["by_kind"] if k["kind"] == kind]
                rows.append({"kind": kind, "size": size, "seed": seed, "view": view, "false_campaigns": r["false_campaigns"], "false_flags": r["false_flags"],
                             **{f: sum(k[f] for k in mine) for f in ("accounts", "flagged", "suspect", "pooled")}})
                b.keep("lookalikes", rows)
                if r["false_flags"]:
                    say(f"FIRED {rows[-1]}")
            if size >= LARGE:
                w.remove()
    fired = [r for r in rows if r["false_flags"] or r["false_campaigns"]]
    runs = by(rows, "size", "view")
    b.about(f"{len({r['kind'] for r in rows})} kinds, each alone beside 500 ordinary accounts.")
    b.page.say(table(["accounts", *(f"{v}: worlds that fired; accounts called distillation" for v in VIEWS)],
                     [[n, *(f'{sum(r["false_campaigns"] > 0 for r in runs[n, v])} of {len(runs[n, v])}; {sum(r["false_flags"] for r in runs[n, v])}' for v in VIEWS)]
                      for n in sorted({r["size"] for r in rows})]))
    if fired:
        b.page.say(table(["what fired", "accounts", "view", "seed", "flagged of this kind", "flagged in all"],
                         [[r["kind"], r["size"], r["view"], r["seed"], f'{r["flagged"]} of {r["accounts"]}', r["false_flags"]] for r in fired]))
    reviewed = [(k, n, v, g) for (k, n, v), g in by(rows, "kind", "size", "view").items() if sum(r["suspect"] + r["pooled"] for r in g) >= .05 * sum(r["accounts"] for r in g)]
    if reviewed:
        b.page.say(table(["under review in one case of twenty or more", "accounts", "view", "suspect", "pooled"],
                         [[k, n, v, sum(r["suspect"] for r in g), sum(r["pooled"] for r in g)] for k, n, v, g in reviewed]))


def null(b):
    rows = []
    for seed, view, r, _, _ in b.scans("null", scale=float(b.a.scale)):
        rows.append({"seed": seed, "view": view, "flagged_kinds": {k["kind"]: k["flagged"] for k in r["by_kind"] if k["flagged"]},
                     "reviewed_kinds": {k["kind"]: k["suspect"] + k["pooled"] for k in r["by_kind"] if k["suspect"] + k["pooled"]},
                     **{k: r[k] for k in ("benign", "false_flags", "false_campaigns", "review_load", "false_flag_interval", "false_campaigns_per_30000_benign")}})
        b.keep("null", rows)
    b.about("Honest accounts only, three days, every kind in the usual mix.")
    b.page.say(table(["view", "honest accounts", "false campaigns", "false campaigns per 30,000", "false flags", "per account", "review load", "flagged kinds"],
                     [[v, sum(r["benign"] for r in g), sum(r["false_campaigns"] for r in g), f'{mean(r["false_campaigns_per_30000_benign"] for r in g):.2f}',
                       sum(r["false_flags"] for r in g), f'{mean(r["false_flags"] / r["benign"] for r in g):.1e}', f'{mean(r["review_load"] for r in g):.4f}',
                       ", ".join(f"{k} {n}" for r in g for k, n in r["flagged_kinds"].items()) or "-"] for (v,), g in by(rows, "view").items()]))


def wilson(k, n, z=1.959964):
    p, d = k / n, 1 + z * z / n
    half = z / d * (p * (1 - p) / n + z * z / (4 * n * n)) ** .5
    centre = (p + z * z / (2 * n)) / d
    return max(0, centre - half), min(1, centre + half)


def chance(b):
    """In such a world nothing is coordinated: the share of worlds with any claim at level q is at most q if the figure is honest."""
    rows = []
    for seed, view, r, findings, _ in b.scans("strangers", options=("--all",)):
        of = [f for f in findings if f["type"] == "campaign"]
        least = lambda key: min((f["significance"][key] for f in of if f["significance"].get(key) is not None), default=None)
        rows.append({"seed": seed, "view": view, "campaigns": len(of), "accounts": r["benign"], "reported": sum(f["verdict"] != "benign" for f in of),
                     "distillation": sum(f["verdict"] == "distillation" for f in of), "p": least("not_chance_p"), "fdr": least("decoy_fdr")})
        b.keep("chance", rows)
    def line(view, key, q, g):
        k = sum(r[key] is not None and r[key] <= q for r in g)
        low, high = wilson(k, len(g))
        return [view, {"p": "not_chance_p", "fdr": "decoy_fdr"}[key], q, f"{k} of {len(g)}", f"{low:.3f} to {high:.3f}", "yes" if low <= q else "**no**"]
    b.about(f"Worlds of {mean(r['accounts'] for r in rows):,.0f} unrelated strangers; benign campaigns (--all) count too.")
    b.page.say(table(["view", "figure", "level q", "worlds with a claim at q or below", "95 %", "consistent with at most q"],
                     [line(v, key, q, g) for (v,), g in by(rows, "view").items() for key in ("p", "fdr") for q in (.05, .1, .2)]))


def families_off(b):
    rows = []
    for family in [None, *families()]:
        for seed, view, r, _, _ in b.scans("ladder", preset="ladder", options=("--without", family) if family else ()):
            if family in ("money", "provision") and view != "facts":
                continue
            rows.append({"without": family or "nothing", "seed": seed, "view": view, "bands": {n: band(r, n) for n in ("L0-L3", "L4", "L5", "L6")},
                         "precision": [[p["prevalence"], p["precision"], p["interval"]] for p in r["precision_at_prevalence"]],
                         **{k: r[k] for k in ("false_flags", "benign", "false_campaigns", "b3_f1_l0_l5", "pooled_found", "recall", "false_flag_rate")}})
            b.keep("families", rows)
    b.about("Preset ladder: macro recall with one family of evidence switched off.")
    groups = by(rows, "view", "without")
    b.page.say(table(["view", "switched off", "L0-L3", "L4", "L5", "L6", "false flags", "false campaigns", "resold found", "B-cubed F1, L0-L5"],
                     [[v, f, *(share(mean(r["bands"][n] for r in g)) for n in ("L0-L3", "L4", "L5", "L6")), sum(r["false_flags"] for r in g),
                       sum(r["false_campaigns"] for r in g), share(mean(r["pooled_found"] for r in g)), share(mean(r["b3_f1_l0_l5"] for r in g))]
                      for (v, f), g in groups.items()]))
    b.page.say(table(["view", *(f"precision at {100 * p[0]:g} %" for p in rows[0]["precision"]), "recall", "false flags per honest account"],
                     [[v, *(f'{mean(r["precision"][i][1] for r in g):.3f} ({min(r["precision"][i][2][0] for r in g):.2f}-{max(r["precision"][i][2][1] for r in g):.2f})'
                            for i in range(len(rows[0]["precision"]))), share(mean(r["recall"] for r in g)), f'{mean(r["false_flag_rate"] for r in g):.1e}']
                      for (v, f), g in groups.items() if f == "nothing"]))


def replay(b):
    rows = []
    for seed, view, r, _, _ in b.scans("ladder", preset="ladder", options=("--replay",)):
        rows += [{"seed": seed, "view": view, "group": c["group"], "level": c["kind"], "accounts": c["accounts"], "found": c["found"],
                  "exchanges": c["exchanges"], "hours": c["hours_to_flag"], "leaked": c["leaked"]} for c in r["by_campaign"]]
        b.keep("replay", rows)
    def line(level, view, g):
        found = [r for r in g if r["hours"] is not None]
        hours = sorted(r["hours"] for r in found)
        got = sum(r["leaked"] if r in found else r["exchanges"] for r in g)
        return [level, view, len(g), len(found), *([f"{hours[0]:.0f}", f"{hours[len(hours) // 2]:.0f}", f"{hours[-1]:.0f}"] if found else ["-"] * 3),
                share(mean(r["leaked"] / max(r["exchanges"], 1) for r in found)), f"{got:,.0f}", f'{sum(r["exchanges"] for r in g):,}']
    b.about("Preset ladder, a week: what got away before a campaign could have been flagged; one that is never flagged gets all.")
    b.page.say(table(["level", "view", "campaigns", "flagged", "hours: least", "median", "most", "share gone by then, mean", "exchanges gone", "of"],
                     [line(level, v, g) for (level, v), g in sorted(by(rows, "level", "view").items(), key=lambda x: (x[0][0], VIEWS.index(x[0][1])))]))


ROWS = {"smallest": smallest, "balancers": balancers, "solos": solos, "lookalikes": lookalikes, "null": null, "chance": chance,
        "families": families_off, "replay": replay, **{name: preset(name) for name in PRESETS}}


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("rows", nargs="+", choices=list(ROWS), metavar="ROW")
    for name, value in (("seeds", "1,2,3"), ("texts", None), ("retort", "build/retort"), ("out", "build/proof"), ("scale", "1"),
                        ("kinds", None), ("sizes", "20,200"), ("into", None)):
        ap.add_argument("--" + name, default=value)
    a = ap.parse_args()
    for name in a.rows:
        b = Bench(a)
        ROWS[name](b)
        if a.into:
            b.page.put_into(a.into, "proof-" + name)


if __name__ == "__main__":
    main()
