#!/usr/bin/env python3
"""Runs the peers on a world and scores them like retort, at the same false-flag rate.

usage: run.py WORLD [--retort FILE] [--out DIR] [--only NAMES] [--views NAMES] [--own DIR] [--into FILE --block NAME]

Prints one table as Markdown and writes OUT/peers.json. Each peer gives every account a score; its bar is the lowest at
which at most 1e-3 (or 1e-4) of the honest accounts are flagged, chosen on the very world it is scored on: a peer is
shown at its best. With --own DIR (what `make eval` left) retort's rows stand first; its bar is not tuned.
"""
import argparse, importlib, json, os, sys, time
from common import Judge, die, find, labels, read
from runner import Page, table

PEERS = ("simple", "bayes", "signals", "network", "linkage", "window")
VIEWS = ("facts", "nofacts", "metadata")


def own_rows(folder):
    for view in VIEWS:
        path = os.path.join(folder, view + ".json")
        if os.path.exists(path):
            with open(path) as f:
                r = json.load(f)
            yield {"peer": "**retort**", "view": view, "target": None, "note": "", **r,
                   "L0-L3": next((b["recall_macro"] for b in r["by_band"] if b["name"] == "L0-L3"), None)}


def digits(v):
    return "-" if v is None else f"{v:.3f}"


def rows_of(own, judged):
    """one line a method and view: macro recall at each target, details at the middle one"""
    for r in own:
        yield [r["peer"], r["view"], f'{digits(r["recall_macro"])} at {r["false_flag_rate"]:.1e}', "", "", digits(r["L0-L3"]),
               digits(r["recall_by_level"].get("L4")), digits(r["pooled_called_distillation"]), digits(r["b3_f1"]), r["note"]]
    by = {}
    for r in judged:
        by.setdefault((r["peer"], r["view"]), []).append(r)
    for (peer, view), at in by.items():
        mid = at[1]
        yield [peer, view, *(f'{digits(r["recall_macro"])} ({r["false_flags"]})' for r in at), digits(mid["L0-L3"]),
               digits(mid["recall_by_level"].get("L4")), digits(mid["pooled_called_distillation"]), digits(mid["b3_f1"]), mid["note"]]


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("world")
    ap.add_argument("--retort", default="build/retort")
    ap.add_argument("--out", default="build/peers/results")
    ap.add_argument("--only", default=",".join(PEERS))
    ap.add_argument("--views", default=",".join(VIEWS))
    ap.add_argument("--own")
    ap.add_argument("--into")
    ap.add_argument("--block", default="peers")
    a = ap.parse_args()
    label = labels(find(a.world, "labels") or die(f"no labels in {a.world}"))
    judge = Judge(os.path.abspath(a.retort), label, a.out)
    for view in a.views.split(","):
        accounts = read(a.world, view)
        for name in a.only.split(","):
            start = time.monotonic()
            importlib.import_module(name).run(accounts, view, judge)
            print(f"{view} {name}: {time.monotonic() - start:.1f} s", file=sys.stderr)
    head = ["method", "view", "macro recall (false flags) at 1e-2", "at 1e-3", "at 1e-4", "L0-L3 at 1e-3", "L4", "resold flagged",
            "B-cubed F1", "note"]
    page = Page()
    page.say(table(head, rows_of(list(own_rows(a.own)) if a.own else [], judge.rows)))
    with open(os.path.join(a.out, "peers.json"), "w") as f:
        json.dump(judge.rows, f, indent=1)
    if a.into:
        page.put_into(a.into, a.block)


if __name__ == "__main__":
    main()
