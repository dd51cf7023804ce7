"""gemma - a teacher of an architecture that retort does not know: Gemma 3 270M in llama.cpp, its answers through
`cache --from-logits` (both kinds of file), and a student of its words taught from them."""
import json
import os
import struct

import llama
from common import THREADS, manual, table
from draft import prompts_of

SEQ, DOCS, TOP, BASE_CHUNKS, PROMPTS, ANSWER, DRAFT = 128, 48, 48, 1, 6, 32, 4
STUDENT = {"layers": 2, "d_model": 32, "heads": 2, "kv_heads": 2, "d_ff": 96, "context": 512, "batch": 4,
           "steps": 60, "warmup": 6, "rate": 0.008, "held_out": 0}


def model(shop):
    return os.path.join(shop.peers, "gemma", "gemma-3-270m-q4_k_m.gguf")


def log_softmax(z):
    import numpy
    z = z.astype(numpy.float64)
    z -= z.max(1, keepdims=True)
    return z - numpy.log(numpy.exp(z).sum(1, keepdims=True))


def json_lines(m, documents, path):
    """top log-probabilities of every position"""
    import numpy
    entropy = 0.0
    with open(path, "w", encoding="utf-8") as f:
        for ids in documents:
            logp = log_softmax(m.logits(ids)[:-1])
            top = numpy.argpartition(-logp, TOP, axis=1)[:, :TOP]
            rows = [[[int(i), float(row[i])] for i in best] for row, best in zip(logp, top)]
            f.write(json.dumps({"tokens": ids, "top": rows + [None]}) + "\n")
            entropy -= float((numpy.exp(logp) * logp).sum(1).mean()) / len(documents)
    return entropy


def base_file(m, documents, path):
    """as llama.cpp's perplexity tool writes with --kl-divergence-base: the second half of each chunk, 16 bits a word"""
    import numpy
    with open(path, "wb") as f:
        f.write(b"_logits_" + struct.pack("<iii", SEQ, m.words, len(documents)))
        for ids in documents:
            f.write(struct.pack(f"<{SEQ}i", *ids))
        for ids in documents:
            for logp in log_softmax(m.logits(ids)[SEQ // 2:-1]).astype(numpy.float32):
                low = max(float(logp.min()), float(logp.max()) - 16)
                scale = (float(logp.max()) - low) / 65535
                rank = numpy.clip(numpy.rint((logp - low) / scale), 0, 65535).astype("<u2")
                f.write(struct.pack("<ff", scale, low) + rank.tobytes() + b"\0\0" * (m.words % 2))


def gemma(shop):
    path = model(shop)
    text, held = manual(shop, SEQ * DOCS * 8, 16_000, "gemma")
    m = llama.Model(path, SEQ)
    with open(text, encoding="utf-8", errors="replace") as f:
        ids = m.tokens(f.read(), add_special=True)
    documents = [ids[i * SEQ:(i + 1) * SEQ] for i in range(DOCS)]
    documents = [d for d in documents if len(d) == SEQ]
    entropy = json_lines(m, documents, shop.path("gemma.jsonl"))
    base_file(m, documents[:BASE_CHUNKS], shop.path("gemma.base"))
    out = {"words": m.words, "documents": len(documents), "entropy": entropy, "top": TOP}
    m.close()
    shop.retort("cache", "--from-logits", shop.path("gemma.base"), "--tokenizer", path, "--out", shop.fresh("gemma-base.kdt"))
    out["base_file"] = {"bytes": os.path.getsize(shop.path("gemma.base")),
                        "kept": os.path.getsize(shop.path("gemma-base.kdt"))}
    targets = shop.fresh("gemma.kdt")
    shop.retort("cache", "--from-logits", shop.path("gemma.jsonl"), "--tokenizer", path, "--top", TOP, "--tail", 0,
                "--out", targets)
    prompts = prompts_of(held)[:PROMPTS]
    for name, settings in (("before", {"steps": 1, "warmup": 0, "rate": 1e-9}), ("ce", {"loss": "ce"}),
                           ("kl", {"loss": "kl"})):
        run = shop.train("gemma-" + name, "--targets", targets, "--tokenizer", path, **{**STUDENT, **settings})
        student = shop.export(run, "F16")
        there = llama.speculate(path, student, prompts, DRAFT, ANSWER, THREADS)
        out[name] = {"loss": shop.evaluate(student, held, "--seq", SEQ)["student_ce"],
                     "accepted_per_step": there["accepted_per_step"], "steps": there["steps"]}
    return out


def page(r):
    head = ["student of two layers, random at first", "held-out loss, nats", "accepted a step in llama.cpp, greedy"]
    return [f"Gemma 3 270M (Q4_K_M, {r['words']} words) as a teacher through `--from-logits`: {r['documents']} windows of "
            f"{SEQ} tokens, top {r['top']} as JSON lines; llama.cpp's own kind of file is read too "
            f"({r['base_file']['bytes'] >> 20} MB become {r['base_file']['kept'] >> 10} KB). So little text makes no useful "
            "draft, and a few words in some 180 steps are no figure to compare: the part shows the way.", ""] + table(
        head, [[what, f"{r[key]['loss']:.3f}", f"{r[key]['accepted_per_step']:.2f}"] for key, what in
               (("before", "before"), ("ce", "text alone"), ("kl", "the teacher's answers"))])
