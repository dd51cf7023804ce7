"""bench - what docs/distill.md promises, measured beside others on this machine. Results as JSON, one file a part.

    bench.py BUILD [PART...]     parts of the table below; all of them without
    bench.py BUILD page          docs/distill.md's block, made anew from what was kept
"""
import json
import os
import sys
import time

from common import ROOT, Shop


def parts():
    """name: (measure, page); imported late, for a part needs only its own packages"""
    import cache
    import draft
    import export
    import files
    import gemma
    import steps
    import targets
    return {
        "parity": (steps.parity, steps.parity_page), "speed": (steps.speed, steps.speed_page),
        "cache": (cache.cache, cache.page), "export": (export.export, export.page),
        "files": (files.files, files.page), "targets": (targets.targets, targets.page),
        "draft": (draft.draft, draft.page), "gemma": (gemma.gemma, gemma.page)}


TITLES = {"parity": "Parity", "speed": "Speed of training", "cache": "Speed of the cache", "export": "Export and import",
          "files": "Tokenizers and blocks", "targets": "Sampled targets", "draft": "A draft model",
          "gemma": "Another architecture"}
BEGIN, END = "<!-- bench-distill: begin -->", "<!-- bench-distill: end -->"


def block(shop):
    lines = []
    for name, (_, page) in parts().items():
        result = shop.kept(name)
        if result:
            lines += ["", f"### {TITLES[name]}", ""] + page(result)
            bars = {True: "What was promised is met. ", False: "What was promised is NOT met. "}.get(result.get("met"), "")
            lines += ["", bars + f"({result['when']}, {result['minutes']:.1f} min, load of the machine {result['load'][0]:.1f} "
                      f"at the start and {result['load'][1]:.1f} at the end)"]
    return lines


def write_page(shop):
    path = os.path.join(ROOT, "docs", "distill.md")
    with open(path, encoding="utf-8") as f:
        text = f.read()
    head, rest = text.split(BEGIN)
    tail = rest.split(END)[1]
    with open(path, "w", encoding="utf-8") as f:
        f.write(head + BEGIN + "\n".join(block(shop)) + "\n\n" + END + tail)


def measure(shop, name, run):
    begun, load = time.time(), os.getloadavg()[0]
    result = run(shop)
    result.update(when=time.strftime("%Y-%m-%d", time.gmtime()), minutes=(time.time() - begun) / 60,
                  load=[load, os.getloadavg()[0]])
    shop.keep(name, result)
    verdict = {True: "met", False: "NOT met"}.get(result.get("met"), "reported")
    print(f"bench-distill {name}: {verdict}, {result['minutes']:.1f} min", flush=True)
    print(json.dumps(result), file=sys.stderr, flush=True)


def main():
    shop, known = Shop(os.path.abspath(sys.argv[1])), parts()
    wanted = sys.argv[2:] or list(known)
    if wanted == ["page"]:
        return write_page(shop)
    for name in wanted:
        if name not in known:
            raise SystemExit(f"bench-distill: no part {name}; there are {', '.join(known)}, page")
    failed = []
    for name in wanted:
        try:
            measure(shop, name, known[name][0])
        except Exception as e:  # the other parts can still be measured
            failed.append(name)
            print(f"bench-distill {name}: {e}", file=sys.stderr, flush=True)
    return f"bench-distill: failed: {', '.join(failed)}" if failed else None


sys.exit(main())
