"""cache - how fast a teacher's answers are kept, beside llama.cpp's prompt evaluation on the same file."""
import statistics

import llama
from common import THREADS, manual, smollm2, table

SEQ, WINDOWS, ROUNDS, BAR = 512, 4, 5, 0.5


def cache(shop):
    teacher = smollm2(shop)
    text, _ = manual(shop, SEQ * WINDOWS * 3, 1000, "cache")
    m = llama.Model(teacher, SEQ, THREADS)
    with open(text, encoding="utf-8", errors="replace") as f:
        ids = m.tokens(f.read())[:SEQ]
    rows = {"retort": [], "last": [], "every": []}
    for _ in range(ROUNDS):  # in turns, so that all see the same weather
        rows["retort"].append(shop.cache(teacher, text, "cache.kdt", "--seq", SEQ, "--batch", 4)[2])
        rows["last"] += m.speed(ids, False, 2)
        rows["every"] += m.speed(ids, True, 2)
    info = m.info()
    m.close()
    median = {k: statistics.median(v) for k, v in rows.items()}
    ratio = median["retort"] / median["last"]
    return {"xllamacpp": llama.XLLAMACPP, "llama.cpp": info, "tokens_per_s": median, "all": rows, "ratio": ratio,
            "ratio_every": median["retort"] / median["every"], "bar": BAR, "met": ratio >= BAR}


def page(r):
    s = r["tokens_per_s"]
    return [f"SmolLM2-135M-Instruct (Q4_1), {SEQ} tokens at a time, {THREADS} threads; llama.cpp computes with the file's "
            f"4 bits, retort in fp32, and keeps 16 words and 16 draws of each position (xllamacpp {r['xllamacpp']}):", ""] \
        + table(["tokens/s", "", "retort's share"], [
            ["retort distill cache", f"{s['retort']:.0f}", ""],
            ["llama.cpp, logits of the last position", f"{s['last']:.0f}", f"{r['ratio']:.2f} (bar {r['bar']})"],
            ["llama.cpp, logits of every position", f"{s['every']:.0f}", f"{r['ratio_every']:.2f}"]])
