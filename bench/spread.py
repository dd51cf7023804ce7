#!/usr/bin/env python3
"""The same kind of world with several seeds: each aim as mean and spread. A figure of one world is an anecdote.

usage: spread.py [--preset NAME] [--seeds 1,2,3] [--scale X] [--texts FILE] [--spec FILE] [--views NAMES] [--retort FILE]
                 [--out DIR] [--keep] [--into FILE --block NAME]

For each seed: makes the world, scans its views, scores them; prints one table a view, mean (smallest to largest), and
writes OUT/spread.json. Worlds are removed afterwards unless --keep is given.
"""
import argparse, json, os, shutil
from eval import Evaluation, band, share
from runner import Page, Run, revision, table
from views import VIEWS


def made(a, seed):
    folder = os.path.join(a.out, f"seed-{seed}")
    os.makedirs(folder, exist_ok=True)
    kind = ["--spec", a.spec] if a.spec else ["--preset", a.preset]
    more = ["--texts", a.texts] if a.texts else []
    Run([a.retort, "simulate", *kind, "--seed", str(seed), "--scale", str(a.scale), *more, "--quiet", "--out", folder]).must()
    return folder


def smallest(level):
    """the fewest accounts at and above which every campaign of the level has at least half its accounts found"""
    def of(r):
        mine = sorted((c for c in r["by_campaign"] if c["kind"] == level), key=lambda c: -c["accounts"])
        least = None
        for c in mine:
            if 2 * c["found"] < c["accounts"]:
                break
            least = c["accounts"]
        return least
    return of


def of_eight(name):
    def of(r):
        return next((b["recall_macro_of_8_or_more"] for b in r["by_band"] if b["name"] == name), None)
    return of


AIMS = (
    ("L0-L3, macro, 8 or more accounts", of_eight("L0-L3"), share),
    ("L4, macro", lambda r: band(r, "L4"), share),
    ("L5, macro", lambda r: band(r, "L5"), share),
    ("L6, macro", lambda r: band(r, "L6"), share),
    ("solo", lambda r: r["recall_by_level"].get("L0-solo"), share),
    ("recall, worst campaign", lambda r: r["recall_worst"] if r["campaigns"] else None, share),
    ("false flags per honest account", lambda r: r["false_flag_rate"], lambda v: f"{v:.1e}"),
    ("false flags", lambda r: r["false_flags"], lambda v: f"{v:.1f}"),
    ("false campaigns per 30,000 honest", lambda r: r["false_campaigns_per_30000_benign"], lambda v: f"{v:.1f}"),
    ("resold called distillation", lambda r: r["pooled_called_distillation"] if r["pooled_accounts"] else None, share),
    ("resold found as pooled", lambda r: r["pooled_found"] if r["pooled_accounts"] else None, share),
    ("B-cubed F1, L0-L5", lambda r: r["b3_f1_l0_l5"] if r["campaigns"] else None, share),
    ("smallest L2 found", smallest("L2"), lambda v: f"{v:.0f}"),
    ("review load", lambda r: r["review_load"], lambda v: f"{v:.4f}"),
    ("campaign scores: ECE", lambda r: r["calibration"]["campaigns"]["ece"], share),
    ("member scores: ECE", lambda r: r["calibration"]["members"]["ece"], share),
)


def cell(reports, of, show):
    values = [v for v in map(of, reports) if v is not None]
    if not values:
        return "-"
    mean = sum(values) / len(values)
    return show(mean) if min(values) == max(values) else f"{show(mean)} ({show(min(values))} to {show(max(values))})"


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in (("preset", "ladder"), ("seeds", "1,2,3"), ("scale", "1"), ("texts", None), ("spec", None),
                        ("views", ",".join(VIEWS)), ("retort", "build/retort"), ("out", "build/spread"), ("into", None),
                        ("block", "spread")):
        ap.add_argument("--" + name, default=value)
    ap.add_argument("--keep", action="store_true")
    a = ap.parse_args()
    a.retort = os.path.abspath(a.retort)
    views, by, page = a.views.split(","), {}, Page()
    for seed in a.seeds.split(","):
        world = made(a, seed)
        e = Evaluation(a.retort, world, os.path.join(a.out, f"eval-{seed}"))
        for view in views:
            v = e.view(view)
            by.setdefault(view, []).append(v["report"])
            v["report"]["scan_seconds"] = v["seconds"]
            print(f'seed {seed}, {view}: macro {share(v["report"]["recall_macro"])}, {v["report"]["false_flags"]} false flags, '
                  f'{v["seconds"]:.1f} s', flush=True)
        if not a.keep:
            shutil.rmtree(world)
            shutil.rmtree(os.path.join(a.out, f"eval-{seed}"))
    first = by[views[0]][0]
    page.say(f'retort {first["fit"]["version"]}{revision(a.retort)}. {"Spec " + a.spec if a.spec else "Preset " + a.preset}, scale {a.scale}, seeds {a.seeds}, '
             f'{"texts of " + os.path.basename(a.texts) if a.texts else "built-in texts"}; {first["benign"]} honest accounts, {first["campaigns"]} campaigns. '
             "Mean over seeds (smallest to largest).", "",
             table(["", *views], [[name, *(cell(by[v], of, show) for v in views)] for name, of, show in AIMS]))
    with open(os.path.join(a.out, "spread.json"), "w") as f:
        json.dump(by, f, indent=1)
    if a.into:
        page.put_into(a.into, a.block)


if __name__ == "__main__":
    main()
