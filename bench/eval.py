#!/usr/bin/env python3
"""Evaluates retort on a labelled world: three views, each family of evidence switched off in turn, simple rules beside.

usage: eval.py [WORLD] [--retort FILE] [--out DIR] [--views facts,nofacts,metadata] [--no-families] [--no-rules]
               [--into FILE --block NAME]

Prints Markdown; docs/evaluation.md holds such pages. Writes OUT/<view>.json and OUT/<view>.html (the scorer's report),
OUT/<view>.findings.jsonl, OUT/<view>-without-<family>.json, OUT/rules.json and OUT/summary.json. Without WORLD it makes
one by `retort simulate`. Labels are read by the scorer only. View `blanked` is metadata whose lists of messages are
kept with every string empty. --into replaces the lines between `<!-- NAME -->` and `<!-- /NAME -->` of a document.

How: each view is scanned from its logs, timed. Families are switched off on scans of the view's digests, which give
the same findings as its logs (that they do is checked here too).
"""
import argparse, json, os, sys, time
from runner import OWN_WORLD, Page, Run, families, own_world, revision, run_line, side_files, table
from views import VIEWS, make_view
from world import die, find, labels
import rules



class Evaluation:
    def __init__(self, retort, world, out):
        self.retort, self.world, self.out = retort, world, out
        self.labels = find(world, "labels") or die(f"no labels in {world}")
        os.makedirs(out, exist_ok=True)

    def path(self, name):
        return os.path.join(self.out, name)

    def scan(self, source, side, findings, *options):
        return Run([self.retort, "scan", source, *side, "--out", findings, *options]).must()

    def score(self, findings, name, *options):
        made = self.path(name + ".json")
        Run([self.retort, "eval", "--labels", self.labels, "--findings", findings, "--format", "json", "--out", made,
             *options]).must()
        with open(made) as f:
            return json.load(f)

    def view(self, view):
        """one view, scanned from its logs"""
        folder = self.path("view-" + view)
        make_view("metadata" if view == "blanked" else view, self.world, folder, keep_shape=view == "blanked")
        logs, side = find(folder, "exchanges"), side_files(folder, True)
        findings = self.path(view + ".findings.jsonl")
        run = self.scan(logs, side, findings)
        report = self.score(findings, view, "--html", self.path(view + ".html"))
        return {"view": view, "report": report, "seconds": run.seconds, "cpu": run.cpu, "rss": run.rss, "findings": findings,
                "logs": logs, "side": side}

    def digests(self, v):
        """the digests of a view; views that differ in facts only share them"""
        made = self.path(f'{"text" if v["view"] in ("facts", "nofacts") else v["view"]}.rtd')
        if not os.path.exists(made):
            Run([self.retort, "digest", v["logs"], "--out", made]).must()
        return made

    def without(self, v, family):
        name = f'{v["view"]}-without-{family}'
        findings = self.path(name + ".findings.jsonl")
        self.scan(self.digests(v), v["side"], findings, "--without", family)
        report = self.score(findings, name)
        os.remove(findings)
        return report

    def same_from_digests(self, v):
        """do the digests give the findings of the logs, but for the run line?"""
        again = self.path("again.findings.jsonl")
        self.scan(self.digests(v), v["side"], again)
        with open(again) as a, open(v["findings"]) as b:
            a.readline(), b.readline()
            same = a.read() == b.read()
        os.remove(again)
        return same


# ---- Markdown

def share(x):
    """three digits, and 1 only where it is 1"""
    if x is None:
        return "-"
    return f"{min(x, .999):.3f}" if 0 < x < 1 else f"{x:.0f}"


def band(report, name):
    for b in report["by_band"]:
        if b["name"] == name:
            return b["recall_macro"]
    return None


def solo(report):
    return report["recall_by_level"].get("L0-solo")


def headline(views):
    bands = [b for b in ("L4", "L5", "L6") if any(band(v["report"], b) is not None for v in views)]
    head = ["view", "L0-L3", *bands, "solo", "false flags", "false campaigns", "resold called distillation",
            "resold found as pooled", "B-cubed F1", "ARI", "benign suspects", "benign pooled"]
    rows = []
    for v in views:
        r = v["report"]
        rows.append([v["view"], share(band(r, "L0-L3")), *(share(band(r, b)) for b in bands), share(solo(r)),
                     f'{r["false_flags"]} of {r["benign"]} ({share_small(r["false_flag_interval"])})', r["false_campaigns"],
                     share(r["pooled_called_distillation"]), share(r["pooled_found"]), share(r["b3_f1"]),
                     share(r["ari"]), r["benign_suspects"], r["benign_pooled"]])
    return table(head, rows)


def share_small(interval):
    return f"95 %: {interval[0]:.1e} to {interval[1]:.1e}"


def campaigns(views):
    by = {}
    for v in views:
        for c in v["report"]["by_campaign"]:
            by.setdefault((c["group"], c["kind"], c["accounts"], c["exchanges"]), {})[v["view"]] = c
    def cell(c):
        extra = [f'{c[k]} {k}' for k in ("suspect", "pooled") if c[k]]
        pieces = [f'{c["pieces"]} pieces'] if c["pieces"] > 1 else []
        return share(c["recall"]) + (f' ({", ".join(pieces + extra)})' if pieces + extra else "")
    rows = [[*k, *(cell(d[v["view"]]) for v in views)] for k, d in sorted(by.items())]
    return table(["campaign", "level", "accounts", "exchanges", *(v["view"] for v in views)], rows)


def kinds(views):
    by = {}
    for v in views:
        for k in v["report"]["by_kind"]:
            by.setdefault((k["world"], k["kind"], k["accounts"], k["groups"]), {})[v["view"]] = k
    cell = lambda k: f'{k["flagged"]} / {k["suspect"]} / {k["pooled"]}'
    rows = [[*k, *(cell(d[v["view"]]) for v in views)] for k, d in sorted(by.items())]
    return table(["world", "kind", "accounts", "groups", *(v["view"] + ": flagged / suspect / pooled" for v in views)], rows)


def precision(views):
    rows = []
    for v in views:
        r = v["report"]
        at = [f'{p["precision"]:.3f} ({p["interval"][0]:.2f}-{p["interval"][1]:.2f})' for p in r["precision_at_prevalence"]]
        cal = [f'{c["n"]}; {c["brier"]:.4f}; {c["ece"]:.4f}' if c["n"] else "-" for c in r["calibration"].values()]
        rows.append([v["view"], share(r["precision"]), *at, f'{r["review_load"]:.4f}', *cal])
    return table(["view", "precision here", "at 10 %", "at 1 %", "at 0.1 %", "review load",
                  "campaign scores: n; Brier; ECE", "member scores: n; Brier; ECE"], rows)


def ablation(view, whole, parts):
    def row(name, r):
        return [name, share(band(r, "L0-L3")), share(band(r, "L4")), share(solo(r)), r["false_flags"], r["false_campaigns"],
                share(r["pooled_called_distillation"]), share(r["pooled_found"]), share(r["b3_f1"])]
    return table([f"switched off ({view})", "L0-L3", "L4", "solo", "false flags", "false campaigns",
                  "resold called distillation", "resold found", "B-cubed F1"],
                 [row("nothing", whole)] + [row(n, r) for n, r in parts])


def baseline(views, rows):
    """each rule beside retort; a rule wins where it finds more at no more false flags"""
    out = []
    for v in views:
        r = v["report"]
        out.append([f'**retort**, {v["view"]}', share(r["recall"]), share(r["recall_macro"]), r["false_flags"],
                    f'{r["false_flag_rate"]:.4f}', ""])
        for x in (x for x in rows if x["view"] == v["view"] and (x["recall"] or x["false_flags"])):
            wins = x["recall_macro"] > r["recall_macro"] or x["recall"] > r["recall"]
            fewer = x["false_flags"] <= r["false_flags"]
            verdict = "**better**" if wins and fewer else "finds more, flags more" if wins else "flags fewer" if fewer and x["false_flags"] < r["false_flags"] else ""
            out.append([f'{x["rule"]}, {v["view"]}', share(x["recall"]), share(x["recall_macro"]), x["false_flags"],
                        f'{x["false_flag_rate"]:.4f}', verdict])
    return table(["rule, view", "recall", "macro", "false flags", "per honest account", "against retort"], out)


def silent(view, family):
    """has this family nothing to look at in this view?"""
    return view != "facts" and family in ("money", "provision")


def as_rules(view):
    return "metadata" if view == "blanked" else view


def flagged(findings):
    verdict, out = {}, set()
    with open(findings) as f:
        for line in f:
            r = json.loads(line)
            if r["type"] == "campaign":
                verdict[r["campaign"]] = r["verdict"]
            elif r["type"] == "member" and r.get("role") != "bystander" and verdict[r["campaign"]] == "distillation":
                out.add(r["account"])
    return out


def monotone(views, label):
    """campaign accounts that a poorer view flags and a richer one does not"""
    found = {v["view"]: {x for x in flagged(v["findings"]) if label.get(x, {}).get("world") == "campaign"} for v in views}
    rows = []
    for richer, poorer in (("facts", "nofacts"), ("nofacts", "metadata"), ("facts", "metadata")):
        if richer in found and poorer in found:
            lost = {}
            for x in found[poorer] - found[richer]:
                lost[label[x]["group"]] = lost.get(label[x]["group"], 0) + 1
            rows.append([f"{poorer}, not {richer}", sum(lost.values()), ", ".join(f"{g}: {n}" for g, n in sorted(lost.items())) or "-"])
    return table(["found in", "accounts", "of"], rows)


def costs(views):
    rows = []
    for v in views:
        n = run_line(v["findings"])["exchanges"]
        rows.append([v["view"], n, f'{v["seconds"]:.2f} s', f'{v["cpu"]:.2f} s', f'{n / v["seconds"]:,.0f}', f'{v["rss"] / 2**20:.0f} MiB'])
    return table(["view", "exchanges", "scan, wall", "scan, processor", "exchanges/s", "largest resident set"], rows)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("world", nargs="?")
    ap.add_argument("--retort", default="build/retort")
    ap.add_argument("--out", default="build/eval")
    ap.add_argument("--views", default=",".join(VIEWS))
    ap.add_argument("--no-families", action="store_true")
    ap.add_argument("--no-rules", action="store_true")
    ap.add_argument("--into")
    ap.add_argument("--block")
    a = ap.parse_args()
    a.retort = os.path.abspath(a.retort)
    for old in ("text.rtd", "metadata.rtd", "blanked.rtd"):
        if os.path.exists(os.path.join(a.out, old)):
            os.remove(os.path.join(a.out, old))
    world = a.world or own_world(a.retort, os.path.join(a.out, "world"))
    e, start = Evaluation(a.retort, world, a.out), time.monotonic()
    label = labels(e.labels)
    views = [e.view(v) for v in a.views.split(",")]
    r, page = views[0]["report"], Page()
    say = page.say
    say(f'retort {r["fit"]["version"]}{revision(a.retort)}. World: {a.world and os.path.basename(os.path.abspath(a.world)) or "of its own (" + " ".join(OWN_WORLD) + ")"}: {r["accounts"]} accounts: {r["benign"]} honest '
        f'({r["benign_groups"]} groups), {r["campaign_accounts"]} in {r["campaigns"]} campaigns, {r["pooled_accounts"]} resold.', "",
        "### Three views", "", headline(views), "### Each campaign", "", "Share of its accounts found.", "", campaigns(views),
        "### Honest and resold accounts", "", kinds(views), "### Precision and calibration", "", precision(views),
        "### Monotone views", "", monotone(views, label), "### Cost", "", costs(views))
    summary = {"views": {v["view"]: v["report"] for v in views}, "without": {}}
    if not a.no_rules:
        accounts = rules.read(world)
        rows = [{"view": v["view"], "rule": n, **rules.judge(rule(accounts, as_rules(v["view"]), label), label)}
                for v in views for n, rule in rules.RULES]
        with open(e.path("rules.json"), "w") as f:
            json.dump(rows, f, indent=1)
        say("### Simple rules beside it", "", baseline(views, rows))
        summary["rules"] = rows
    if not a.no_families:
        say("### Families switched off in turn", "")
        for v in views:
            if not e.same_from_digests(v):
                say(f'**The digests of view {v["view"]} gave other findings than its logs.**', "")
            parts = [(f, e.without(v, f)) for f in families() if not silent(v["view"], f)]
            summary["without"][v["view"]] = dict(parts)
            say(ablation(v["view"], v["report"], parts))
    with open(e.path("summary.json"), "w") as f:
        json.dump(summary, f, indent=1, sort_keys=True)
    if a.into:
        page.put_into(a.into, a.block or "eval")
    print(f"make eval: {time.monotonic() - start:.0f} s; reports in {a.out}", file=sys.stderr)


if __name__ == "__main__":
    main()
