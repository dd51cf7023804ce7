"""bench - retort distill beside PyTorch: the same steps, and how fast. Results as JSON.

    bench.py RETORT WORK [parity] [speed]     parts; all of them without
"""
import json
import os
import random
import shutil
import statistics
import subprocess
import sys

import peer_torch as peer
import torch

THREADS = 2
SIZES = {  # bar: retort's tokens a second over the better of PyTorch's
    "2.2M": {"set": ["layers=4", "d_model=192", "heads=6", "kv_heads=6", "d_ff=512"], "bar": 1.5},
    "21M": {"set": ["layers=6", "d_model=512", "heads=8", "kv_heads=8", "d_ff=1408"], "bar": 1.0},
}


def retort(binary, *arguments):
    subprocess.run([binary, "distill", *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def sets(values):
    return [x for v in values for x in ("--set", v)]


def history(folder):
    with open(os.path.join(folder, "metrics.jsonl"), encoding="utf-8") as f:
        rows = [json.loads(line) for line in f]
    return [r for r in rows if r["kind"] == "step"]


def fresh(path):
    shutil.rmtree(path, ignore_errors=True)
    return path


def base(binary, work, text, name, size):
    """a random model of this size with a tokenizer of 2,048 words, as a folder"""
    run, folder = fresh(f"{work}/{name}-run"), f"{work}/{name}"
    retort(binary, "train", "--text", text, *sets(size["set"]), *sets(
        ["vocab=2048", "seq=128", "batch=1", "steps=1", "warmup=0", "rate=1e-9", "held_out=0", "context=512"]),
        "--out", run)
    retort(binary, "export", "--run", run, "--hf", folder)
    return folder


def parity(binary, work, text):
    """ten steps on one batch from the same weights: losses and gradients' norms, 1e-4 relative"""
    shape = {"set": ["layers=3", "d_model=96", "heads=6", "kv_heads=2", "d_ff=160"]}
    folder = base(binary, work, text, "parity", shape)
    vocab, n, docs = 2048, 65, 8
    pick = random.Random(3)
    tokens = [[pick.randrange(vocab) for _ in range(n)] for _ in range(docs)]
    # log-probabilities that 16 bits hold exactly
    tops = [[[[i, -2.0 - 0.25 * r] for r, i in enumerate(pick.sample(range(vocab), 12))] for _ in range(n - 1)]
            for _ in range(docs)]
    with open(f"{work}/parity.jsonl", "w", encoding="utf-8") as f:
        for t, p in zip(tokens, tops):
            f.write(json.dumps({"tokens": t, "top": p + [None]}) + "\n")
    retort(binary, "cache", "--from-logits", f"{work}/parity.jsonl", "--tokenizer", folder, "--top", "12", "--tail",
           "0", "--out", f"{work}/parity.kdt")
    all_tokens = torch.tensor(tokens)
    ids = torch.tensor([[[x[0] for x in row] for row in doc] for doc in tops])
    weights = torch.tensor([[[x[1] for x in row] for row in doc] for doc in tops]).exp()
    worst = 0.0
    for mix, loss in ((0.0, "ce"), (0.7, "kl")):
        run = fresh(f"{work}/parity-{loss}")
        retort(binary, "train", "--targets", f"{work}/parity.kdt", "--tokenizer", folder, "--student", os.devnull,
               "--teacher", folder, *sets(["start=teacher", "layers=3", f"batch={docs}", "steps=10", "warmup=0",
                                           "rate=0.002", "rate_floor=1", "held_out=0", f"loss={loss}", f"mix={mix}"]),
               "--out", run)
        own = history(run)
        other = peer.steps(peer.Model(folder), 0.002, 10, lambda i: all_tokens[:, :-1],
                           lambda z, i, mix=mix: peer.sparse_loss(z, all_tokens[:, 1:], ids, weights, mix))
        for a, b in zip(own, other):
            worst = max(worst, abs(a["ce"] / b[1] - 1), abs(a["norm"] / b[2] - 1))
    return {"worst_relative": worst, "bar": 1e-4, "met": worst <= 1e-4}


def own_speed(binary, work, folder, text, name, size):
    run = fresh(f"{work}/{name}-speed")
    retort(binary, "train", "--text", text, "--tokenizer", folder, *sets(size["set"]), *sets(
        ["seq=128", "batch=16", f"steps={size['steps']}", "held_out=0", "context=512"]), "--threads", str(THREADS),
        "--out", run)
    return statistics.median(r["tokens_per_s"] for r in history(run)[3:])


def speed(binary, work, text, seconds=12, rounds=5):
    torch.set_num_threads(THREADS)
    out = {}
    for name, size in SIZES.items():
        folder = base(binary, work, text, "speed-" + name, size)
        size["steps"] = 40 if name == "2.2M" else 8
        rows = {"retort": [], "torch": [], "torch.compile": []}
        for _ in range(rounds):
            rows["retort"].append(own_speed(binary, work, folder, text, name, size))
            rows["torch"].append(peer.speed(folder, 16, 128, seconds, False))
            try:
                rows["torch.compile"].append(peer.speed(folder, 16, 128, seconds, True))
            except Exception as e:  # no compiler on this machine: say so, go on
                rows["torch.compile"].append(0.0)
                print("torch.compile:", str(e).split("\n")[0][:120], file=sys.stderr)
        median = {k: statistics.median(v) for k, v in rows.items()}
        ratio = median["retort"] / max(median["torch"], median["torch.compile"])
        out[name] = {"tokens_per_s": median, "all": rows, "ratio": ratio, "bar": size["bar"], "met": ratio >= size["bar"]}
    return out


def main():
    binary, work, parts = sys.argv[1], sys.argv[2], sys.argv[3:] or ["parity", "speed"]
    os.makedirs(work, exist_ok=True)
    here = os.path.dirname(os.path.abspath(__file__))
    text = f"{work}/text.txt"
    with open(text, "w", encoding="utf-8") as f:  # words of this repository: enough for 2,048 tokens
        for folder, _, names in sorted(os.walk(os.path.join(here, "..", "..", "src"))):
            for name in sorted(names):
                if name.endswith((".c", ".h")):
                    with open(os.path.join(folder, name), encoding="utf-8") as g:
                        f.write(g.read())
    path = f"{work}/bench-distill.json"
    results = {}
    if os.path.exists(path):
        with open(path, encoding="utf-8") as f:
            results = json.load(f)
    results["versions"] = {"torch": torch.__version__, "cpu": torch.backends.cpu.get_cpu_capability()}
    for part in parts:
        results[part] = {"parity": parity, "speed": speed}[part](binary, work, text)
        with open(path, "w", encoding="utf-8") as f:
            json.dump(results, f, indent=1)
        print(part, json.dumps(results[part]))


main()
