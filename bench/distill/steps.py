"""steps - retort's training beside PyTorch: the same steps (parity), and how many a second (speed)."""
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import time

from common import HERE, ROOT, THREADS, history, sets, table

SIZES = {  # bar: retort's tokens a second over the better of PyTorch's
    "2.2M": {"set": {"layers": 4, "d_model": 192, "heads": 6, "kv_heads": 6, "d_ff": 512}, "bar": 1.5, "steps": 40},
    "21M": {"set": {"layers": 6, "d_model": 512, "heads": 8, "kv_heads": 8, "d_ff": 1408}, "bar": 1.0, "steps": 8},
}


def own_text(shop):
    """words of this repository: enough for 2,048 tokens"""
    path = shop.path("text.txt")
    with open(path, "w", encoding="utf-8") as f:
        for folder, _, names in sorted(os.walk(os.path.join(ROOT, "src"))):
            for name in sorted(names):
                if name.endswith((".c", ".h")):
                    with open(os.path.join(folder, name), encoding="utf-8") as g:
                        f.write(g.read())
    return path


def base(shop, text, name, size):
    """a random model of this size with a tokenizer of 2,048 words, as a folder"""
    run = shop.train(name + "-run", "--text", text, **size, vocab=2048, seq=128, batch=1, steps=1, warmup=0, rate=1e-9,
                     held_out=0, context=512)
    folder = shop.path(name)
    shop.retort("export", "--run", run, "--hf", folder)
    return folder


def parity_targets(shop, folder, vocab=2048, n=65, docs=8):
    """tokens, and log-probabilities that 16 bits hold exactly; also as a .kdt"""
    pick = random.Random(3)
    tokens = [[pick.randrange(vocab) for _ in range(n)] for _ in range(docs)]
    tops = [[[[i, -2.0 - 0.25 * r] for r, i in enumerate(pick.sample(range(vocab), 12))] for _ in range(n - 1)]
            for _ in range(docs)]
    with open(shop.path("parity.jsonl"), "w", encoding="utf-8") as f:
        for t, p in zip(tokens, tops):
            f.write(json.dumps({"tokens": t, "top": p + [None]}) + "\n")
    shop.retort("cache", "--from-logits", shop.path("parity.jsonl"), "--tokenizer", folder, "--top", 12, "--tail", 0,
                "--out", shop.path("parity.kdt"))
    return tokens, tops


def parity(shop):
    """ten steps on one batch from the same weights: losses and gradients' norms, 1e-4 relative"""
    import peer_torch as peer
    import torch
    folder = base(shop, own_text(shop), "parity", {"layers": 3, "d_model": 96, "heads": 6, "kv_heads": 2, "d_ff": 160})
    tokens, tops = parity_targets(shop, folder)
    all_tokens = torch.tensor(tokens)
    ids = torch.tensor([[[x[0] for x in row] for row in doc] for doc in tops])
    weights = torch.tensor([[[x[1] for x in row] for row in doc] for doc in tops]).exp()
    worst = 0.0
    for mix, loss in ((0.0, "ce"), (0.7, "kl")):
        run = shop.train("parity-" + loss, "--targets", shop.path("parity.kdt"), "--tokenizer", folder, "--student",
                         os.devnull, "--teacher", folder, start="teacher", layers=3, batch=len(tokens), steps=10,
                         warmup=0, rate=0.002, rate_floor=1, held_out=0, loss=loss, mix=mix)
        other = peer.steps(peer.Model(folder), 0.002, 10, lambda i: all_tokens[:, :-1],
                           lambda z, i, mix=mix: peer.sparse_loss(z, all_tokens[:, 1:], ids, weights, mix))
        for a, b in zip(history(run), other):
            worst = max(worst, abs(a["ce"] / b[1] - 1), abs(a["norm"] / b[2] - 1))
    return {"torch": torch.__version__, "worst_relative": worst, "bar": 1e-4, "met": worst <= 1e-4}


def parity_page(r):
    return [f"Ten AdamW steps on one batch beside PyTorch {r['torch']}: losses and norms of gradients differ by at most "
            f"{r['worst_relative']:.1e} relative (bar {r['bar']:g})."]


def own_speed(shop, folder, text, name, size):
    run = shop.train(name + "-speed", "--text", text, "--tokenizer", folder, **size["set"], seq=128, batch=16,
                     steps=size["steps"], held_out=0, context=512)
    return statistics.median(r["tokens_per_s"] for r in history(run)[3:])


def peak(shop):
    """fp32 operations a second that THREADS cores of this processor can do at most"""
    path = shop.path("peak")
    subprocess.run(["cc", "-O3", "-march=native", "-ffp-contract=fast", "-D_POSIX_C_SOURCE=200809L",
                    os.path.join(HERE, "peak.c"), "-o", path], check=True)
    return THREADS * 1e9 * float(subprocess.run([path], capture_output=True, text=True, check=True).stdout)


def work(size, words=2048, seq=128):
    """operations of a token's step that are products: forward, and twice that back"""
    d, layers = size["d_model"], size["layers"]
    weights = layers * (4 * d * d + 3 * d * size["d_ff"]) + words * d  # as many keys as heads in SIZES
    return 6 * weights + 3 * layers * 4 * d * (seq + 1) / 2


def processor_time():
    r = resource.getrusage(resource.RUSAGE_CHILDREN)
    return r.ru_utime + r.ru_stime


def thrift(shop, peer, torch, folder, text, size, steps):
    """tokens for a second of one thread's processor time: a busy machine hardly changes it"""
    took = []
    for n in (2, 2 + steps):  # the difference is steps alone
        begun = processor_time()
        shop.retort("train", "--text", text, "--tokenizer", folder, *sets(size["set"]), *sets(
            {"seq": 128, "batch": 16, "steps": n, "held_out": 0, "context": 512}), "--threads", 1, "--out",
            shop.fresh("thrift"))
        took.append(processor_time() - begun)
    torch.set_num_threads(1)
    out = {"retort": steps * 16 * 128 / (took[1] - took[0])}
    for name, compiled in (("torch", False), ("torch.compile", True)):
        try:
            out[name] = peer.speed(folder, 16, 128, 6, compiled, time.process_time)
        except Exception as e:  # as in speed
            out[name] = 0.0
            print("torch.compile:", str(e).split("\n")[0][:120], file=sys.stderr)
    torch.set_num_threads(THREADS)
    return out


def speed(shop, seconds=12, rounds=5):
    """tokens a second, in turns, so that all see the same weather"""
    import peer_torch as peer
    import torch
    torch.set_num_threads(THREADS)
    text, sizes, most = own_text(shop), {}, peak(shop)
    for name, size in SIZES.items():
        folder = base(shop, text, "speed-" + name, size["set"])
        rows = {"retort": [], "torch": [], "torch.compile": []}
        for _ in range(rounds):
            rows["retort"].append(own_speed(shop, folder, text, name, size))
            rows["torch"].append(peer.speed(folder, 16, 128, seconds, False))
            try:
                rows["torch.compile"].append(peer.speed(folder, 16, 128, seconds, True))
            except Exception as e:  # no compiler on this machine: say so, go on
                rows["torch.compile"].append(0.0)
                print("torch.compile:", str(e).split("\n")[0][:120], file=sys.stderr)
        median = {k: statistics.median(v) for k, v in rows.items()}
        ratio = median["retort"] / max(median["torch"], median["torch.compile"])
        best = {k: max(v) for k, v in rows.items()}
        sizes[name] = {"tokens_per_s": median, "all": rows, "ratio": ratio, "bar": size["bar"],
                       "met": ratio >= size["bar"],
                       "ratio_of_best": best["retort"] / max(best["torch"], best["torch.compile"]),
                       "per_processor_second": thrift(shop, peer, torch, folder, text, size, size["steps"] // 2),
                       "share_of_peak": {k: v * work(size["set"]) / most for k, v in best.items()}}
    return {"torch": torch.__version__, "cpu": torch.backends.cpu.get_cpu_capability(), "peak_flops": most,
            "sizes": sizes, "met": all(s["met"] for s in sizes.values())}


def speed_page(r):
    names = ("retort", "torch", "torch.compile")
    head = ["tokens/s, 2 threads, 2,048 words, batch 16 x 128", "retort", "eager", "compiled", "ratio to the better",
            "bar", "ratio of the best rounds"]
    lines = [f"PyTorch {r['torch']} ({r['cpu']}), in turns, medians of five:", ""] + table(head, [
        [name + " parameters"] + [f"{s['tokens_per_s'][k]:.0f}" for k in names] +
        [f"{s['ratio']:.2f}", f"{s['bar']:g}", f"{s['ratio_of_best']:.2f}"] for name, s in r["sizes"].items()])
    lines += ["", f"The two cores can do {r['peak_flops'] / 1e9:.0f} GFLOP/s in fp32 at most. Of that, in their best rounds:"]
    for name, s in r["sizes"].items():
        shares = s["share_of_peak"]
        lines.append(f"at {name} retort {shares['retort']:.0%}, eager {shares['torch']:.0%}, compiled "
                     f"{shares['torch.compile']:.0%}: no program could be more than "
                     f"{1 / max(shares['torch'], shares['torch.compile']):.2f} times as fast as the better.")
    thrifty = [(n, s["per_processor_second"]) for n, s in r["sizes"].items() if "per_processor_second" in s]
    lines += ["", "For a second of one thread's processor time (neighbours hardly change that):", ""] + table(
        ["tokens", "retort", "eager", "compiled", "ratio to the better"],
        [[name] + [f"{p[k]:.0f}" for k in names] + [f"{p['retort'] / max(p['torch'], p['torch.compile']):.2f}"]
         for name, p in thrifty])
    return lines
