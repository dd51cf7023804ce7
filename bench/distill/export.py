"""export - what retort writes in the hands of others, and what others wrote in retort's: logits and perplexity beside
llama.cpp (F32 key-value cache, no flash attention) and transformers."""
import os
import subprocess

import llama
from common import history, manual, smollm2, table

SEQ, BAR_LOGITS, BAR_PERPLEXITY = 128, 1e-3, 1e-3
SHAPES = {  # every way in which the architectures differ
    "llama": {"arch": "llama", "kv_heads": 2},
    "llama-untied": {"arch": "llama", "kv_heads": 4, "tied": "false"},
    "qwen2": {"arch": "qwen2", "kv_heads": 2},
    "qwen3": {"arch": "qwen3", "kv_heads": 2, "head_dim": 64},
}


def own_logits(probe, model, sequences, words):
    import numpy
    given = "".join(" ".join(map(str, s)) + "\n" for s in sequences)
    out = subprocess.run([probe, "logits", model], input=given.encode(), capture_output=True, check=True).stdout
    return numpy.frombuffer(out, numpy.float32).reshape(-1, words)


def far(a, b):
    """the largest difference of logits"""
    import numpy
    return float(numpy.abs(a - b).max())


def log_loss(logits, labels):
    import numpy
    z = logits.astype(numpy.float64)
    top = z.max(1, keepdims=True)
    return numpy.log(numpy.exp(z - top).sum(1)) + top[:, 0] - z[numpy.arange(len(labels)), labels]


def windows(ids):
    """(tokens, labels); the last may be short"""
    return [(ids[i:i + SEQ][:len(ids) - 1 - i], ids[i + 1:i + SEQ + 1]) for i in range(0, len(ids) - 1, SEQ)]


def text_ids(m, path):
    """as retort makes a document of a text: its end is a token too"""
    with open(path, encoding="utf-8") as f:
        return m.tokens(f.read(), add_special=True) + [m.eos]


def perplexities(shop, m, path, text):
    """retort's eval and llama.cpp on the same positions of a text"""
    import numpy
    loss = numpy.concatenate([log_loss(m.logits(t), labels) for t, labels in windows(text_ids(m, text))])
    own = shop.evaluate(path, text, "--seq", SEQ)
    if own["positions"] != len(loss):
        raise RuntimeError(f"retort counts {own['positions']} positions, llama.cpp {len(loss)}")
    return own["student_perplexity"], float(numpy.exp(loss.mean()))


def transformers_logits(folder, sequences):
    import numpy
    import torch
    from transformers import AutoModelForCausalLM
    m = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    with torch.no_grad():
        return numpy.concatenate([m(torch.tensor([s])).logits[0].numpy() for s in sequences])


def beside_llama(probe, own, m, sequences):
    """retort's logits of a file, and llama.cpp's of what it has open"""
    import numpy
    return own_logits(probe, own, sequences, m.words), numpy.concatenate([m.logits(s) for s in sequences])


def one_shape(shop, probe, name, shape, text, held):
    """a small model of this shape, some steps old, in all hands"""
    settings = {"vocab": 2048, "layers": 3, "d_model": 128, "heads": 4, "d_ff": 352, "context": 512, "seq": SEQ,
                "batch": 8, "steps": 60, "rate": 0.004, **shape}
    run = shop.train("export-" + name, "--text", text, **settings)
    gguf, folder = shop.export(run), shop.path(f"export-{name}-hf")
    shop.retort("export", "--run", run, "--hf", folder)
    m = llama.Model(gguf, SEQ, exact=True)
    sequences = [t for t, _ in windows(text_ids(m, held))[:8]]
    own, theirs = beside_llama(probe, gguf, m, sequences)
    perplexity = perplexities(shop, m, gguf, held)
    m.close()
    return {"loss": history(run)[-1]["ce"], "llama.cpp": far(own, theirs), "perplexity": perplexity,
            "transformers": far(own, transformers_logits(folder, sequences))}


def published(shop, probe, held):
    """SmolLM2's file, read by both. llama.cpp rounds activations to 8 bits before products with Q4_1: so also the same
    weights as F32, written by retort, where it does not"""
    import numpy
    path, f32 = smollm2(shop), shop.path("smollm2-f32.gguf")
    subprocess.run([probe, "convert", path, f32, "F32"], check=True, capture_output=True)
    out = {}
    for name, file in (("the file itself", path), ("its weights as F32", f32)):
        m = llama.Model(file, SEQ, exact=True)
        cut = windows(text_ids(m, held))[:3]
        own, theirs = beside_llama(probe, path, m, [t for t, _ in cut])
        m.close()
        labels = [x for _, l in cut for x in l]
        out[name] = {"logits": far(own, theirs), "same_first": float((own.argmax(1) == theirs.argmax(1)).mean()),
                     "perplexity_ratio": float(numpy.exp((log_loss(own, labels) - log_loss(theirs, labels)).mean()))}
    os.remove(f32)
    return out


def export(shop):
    import transformers
    probe = shop.probe()
    text, held = manual(shop, 300_000, 16_000, "export")
    shapes = {name: one_shape(shop, probe, name, shape, text, held) for name, shape in SHAPES.items()}
    known = published(shop, probe, held)
    good = all(s["llama.cpp"] <= BAR_LOGITS and s["transformers"] <= BAR_LOGITS and
               abs(s["perplexity"][0] / s["perplexity"][1] - 1) <= BAR_PERPLEXITY for s in shapes.values())
    return {"xllamacpp": llama.XLLAMACPP, "transformers": transformers.__version__, "shapes": shapes,
            "published": known, "met": good and known["its weights as F32"]["logits"] <= BAR_LOGITS}


def page(r):
    head = ["exported, F32", "largest difference of logits, llama.cpp", "transformers", "perplexity, retort",
            "llama.cpp"]
    lines = [f"llama.cpp of xllamacpp {r['xllamacpp']}, transformers {r['transformers']}; bars 1e-3 and 0.1 %:", ""]
    lines += table(head, [[name, f"{s['llama.cpp']:.1e}", f"{s['transformers']:.1e}", f"{s['perplexity'][0]:.4f}",
                           f"{s['perplexity'][1]:.4f}"] for name, s in r["shapes"].items()])
    head = ["SmolLM2-135M-Instruct, Q4_1, read by retort; llama.cpp on", "largest difference of logits",
            "same first choice", "perplexity, ratio"]
    lines += ["", "With 4-bit weights llama.cpp rounds activations to 8 bits before each product and retort doesn't: the "
              "first row below shows that, the second the files' reading.", ""]
    return lines + table(head, [[name, f"{s['logits']:.1e}", f"{s['same_first']:.3f}",
                                        f"{s['perplexity_ratio']:.4f}"] for name, s in r["published"].items()])
