#!/usr/bin/env python3
"""Times retort on a world: wall time, exchanges a second, largest resident set; the median of five after a warm-up.

usage: bench.py [WORLD] [--retort FILE] [--out FILE] [--runs N]

Writes OUT (build/bench.json); its keys are stable, schema "retort.bench/1". Without WORLD it makes one by
`retort simulate`.
"""
import argparse, json, os, platform, statistics, tempfile
from runner import Run, own_world, run_line, side_files
from world import die, find


def cpu():
    try:
        with open("/proc/cpuinfo") as f:
            return next((line.split(":", 1)[1].strip() for line in f if line.startswith("model name")), platform.machine())
    except OSError:
        return platform.machine()


def measure(command, runs):
    Run(command).must()
    return [Run(command).must() for _ in range(runs)]


def entry(name, runs, exchanges, input_bytes):
    wall = statistics.median(r.seconds for r in runs)
    return {"name": name, "wall_s": round(wall, 4), "wall_s_all": [round(r.seconds, 4) for r in runs],
            "cpu_s": round(statistics.median(r.cpu for r in runs), 4), "max_rss_bytes": max(r.rss for r in runs), "exchanges_per_s": round(exchanges / wall),
            "input_bytes": input_bytes, "input_mb_per_s": round(input_bytes / wall / 1e6, 1)}


def jobs(retort, world, folder):
    """(name, command, its input) of what is timed; later ones use what earlier ones made"""
    logs, findings, rtd = find(world, "exchanges"), os.path.join(folder, "f.jsonl"), os.path.join(folder, "d.rtd")
    facts = side_files(world, True)
    yield "scan", [retort, "scan", logs, *facts, "--out", findings], logs
    yield "scan_1_thread", [retort, "scan", logs, *facts, "--threads", "1", "--out", findings], logs
    yield "scan_no_facts", [retort, "scan", logs, "--out", findings], logs
    yield "digest", [retort, "digest", logs, "--out", rtd], logs
    yield "scan_digests", [retort, "scan", rtd, *facts, "--out", findings], rtd


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("world", nargs="?")
    ap.add_argument("--retort", default="build/retort")
    ap.add_argument("--out", default="build/bench.json")
    ap.add_argument("--runs", type=int, default=5)
    a = ap.parse_args()
    retort, rows, exchanges = os.path.abspath(a.retort), [], 0
    with tempfile.TemporaryDirectory(prefix="retort-bench-") as folder:
        world = a.world or own_world(retort, os.path.join(folder, "world"))
        if not find(world, "exchanges"):
            die(f"no exchanges in {world}")
        for name, command, source in jobs(retort, world, folder):
            runs = measure(command, a.runs)
            if name == "scan":
                exchanges = run_line(os.path.join(folder, "f.jsonl"))["exchanges"]
            rows.append(entry(name, runs, exchanges, os.path.getsize(source)))
            print(f'{name:16}{rows[-1]["wall_s"]:9.2f} s{rows[-1]["exchanges_per_s"]:12,} exchanges/s'
                  f'{rows[-1]["max_rss_bytes"] / 2**20:9.0f} MiB', flush=True)
    out = {"schema": "retort.bench/1", "machine": {"cpu": cpu(), "cpus": os.cpu_count(), "system": platform.system()},
           "world": {"name": os.path.basename(os.path.abspath(a.world)) if a.world else "own", "exchanges": exchanges},
           "runs": a.runs, "results": rows}
    os.makedirs(os.path.dirname(os.path.abspath(a.out)), exist_ok=True)
    with open(a.out, "w") as f:
        json.dump(out, f, indent=1)
        f.write("\n")


if __name__ == "__main__":
    main()
