"""draft - a draft model cut out of SmolLM2-135M-Instruct: what it is accepted for before training, after the teacher's
answers, and after the text alone, by `retort distill eval` and by llama.cpp itself.

Small on purpose: some 20 minutes. Both kinds of training see the same windows in the same order for as many steps."""
import os

import llama
from common import THREADS, manual, mean, smollm2, spread, table

LAYERS, SEQ, BATCH, STEPS, RATE, SEEDS = 6, 128, 4, 60, 0.001, (1, 2, 3)
DRAFT = 4
PROMPTS, PROMPT_BYTES, ANSWER = 12, 400, 48


def prompts_of(path):
    """pieces of the held-out text, far from each other, each the beginning of a line"""
    with open(path, encoding="utf-8", errors="replace") as f:
        text = f.read()
    out = []
    for i in range(PROMPTS):
        at = text.find("\n", i * (len(text) - 2 * PROMPT_BYTES) // PROMPTS) + 1
        out.append(text[at:at + PROMPT_BYTES].rsplit(" ", 1)[0])
    return out


def measure(shop, teacher, student, held, prompts):
    own = shop.evaluate(student, held, "--teacher", teacher, "--seq", SEQ, "--draft", DRAFT)
    theirs = llama.speculate(teacher, student, prompts, DRAFT, ANSWER, THREADS)
    theirs.pop("answers")
    return {"eval": own, "llama.cpp": theirs}


def train(shop, teacher, targets, loss, seed, steps=STEPS, rate=RATE):
    run = shop.train(f"draft-{loss}-{seed}", "--targets", targets, "--teacher", teacher, start="teacher", layers=LAYERS,
                     choose="importance", context=2048, batch=BATCH, steps=steps, warmup=max(steps // 10, 1), rate=rate,
                     held_out=0, loss=loss, seed=seed)
    return run, shop.export(run, "Q8_0")


def draft(shop):
    teacher = smollm2(shop)
    text, held = manual(shop, 4 * SEQ * BATCH * STEPS, 20_000, "draft")
    prompts = prompts_of(manual(shop, 1, 10**7, "draft-prompts")[1])
    targets, size, speed = shop.cache(teacher, text, "draft.kdt", "--seq", SEQ, "--top", 16, "--tail", 16)
    alone = llama.speculate(teacher, None, prompts, DRAFT, ANSWER, THREADS)
    alone.pop("answers")
    out = {"layers": LAYERS, "steps": STEPS, "tokens": STEPS * BATCH * SEQ, "rate": RATE, "draft": DRAFT,
           "xllamacpp": llama.XLLAMACPP, "bytes_per_token": size, "cache_tokens_per_s": speed, "alone": alone,
           "kl": [], "ce": []}
    for seed in SEEDS:
        for loss in ("kl", "ce"):
            run, student = train(shop, teacher, targets, loss, seed)
            if "before" not in out:  # the layers as they were cut: the same for all runs
                out["before"] = measure(shop, teacher, os.path.join(run, "start.gguf"), held, prompts)
            out[loss].append(measure(shop, teacher, student, held, prompts))
            shop.keep("draft", out)
    per = {k: [x["llama.cpp"]["accepted_per_step"] for x in out[k]] for k in ("kl", "ce")}
    out["real"] = all(a > b for a, b in zip(per["kl"], per["ce"])) and \
        min(per["kl"]) > out["before"]["llama.cpp"]["accepted_per_step"]
    return out


def row(name, measured):
    own = [m["eval"] for m in measured]
    theirs = [m["llama.cpp"]["accepted_per_step"] for m in measured]
    speed = mean([m["llama.cpp"]["tokens_per_s"] for m in measured])
    more = f" ± {spread(theirs) / 2:.2f}" if len(theirs) > 1 else ""
    return [name, f"{mean([x['overlap'] for x in own]):.3f}", f"{mean([x['accepted'] for x in own]):.2f}",
            f"{mean([x['greedy'] for x in own]):.2f}", f"{mean(theirs):.2f}{more}", f"{speed:.1f}"]


def page(r):
    head = ["", "accepted, chance of a word (eval)", f"of a draft of {r['draft']}, sampling (eval)", "greedy (eval)",
            "accepted a step in llama.cpp, greedy", "tokens/s there"]
    verdict = "better than text alone and than before in each of the seeds" if r["real"] else \
        "NOT better in each of the seeds"
    return [f"SmolLM2-135M-Instruct (Q4_1), {r['layers']} of its 30 layers, {r['tokens']} tokens of Perl's manual in "
            f"{r['steps']} steps, three seeds (± half of the range); alone the teacher gives "
            f"{r['alone']['tokens_per_s']:.1f} tokens/s in llama.cpp (xllamacpp {r['xllamacpp']}):", ""] + \
        table(head, [row("as cut", [r["before"]]), row("text alone", r["ce"]), row("teacher's answers", r["kl"])]) + \
        ["", f"The teacher's answers are {verdict}. Both kinds of training take the same steps on the same windows; keeping "
         f"the answers costs the teacher one pass over the text, once for all runs, and {r['bytes_per_token']:.0f} bytes a "
         "token. So small a teacher is not made faster by a draft of a third of its size: what counts here is what is "
         "accepted."]
