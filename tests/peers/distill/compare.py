#!/usr/bin/env python3
"""Holds retort's file readers against their references. Part `files` of `make bench-distill` runs it: the references
are packages.

    compare.py PROBE quant                             against `gguf`: random blocks of every type that is read
    compare.py PROBE llama MODEL.gguf TEXT [LINES]     ids against llama.cpp (`xllamacpp`)
    compare.py PROBE hf TOKENIZER.json TEXT [LINES]    ids against `tokenizers`
    compare.py PROBE spm PIECES.model TEXT [LINES]     ids against `sentencepiece`, through a GGUF made of it

PROBE is the program of probe.c. A line is printed for each comparison; the exit status says whether all agree.
"""
import os
import random
import subprocess
import sys
import tempfile

LINES = 100_000
ODD = ["'s", "'LL", "'ſ", " ", "  ", "\t", "\n", "\r\n", "\u00a0", "\u3000", "\u2028", "1", "12", "1234567", "½", "Ⅷ", "٣",
       "é", "e\u0301", "ß", "Ж", "漢字", "ひら", "한글", "क्षि", "ไทย", "😀", "👩‍👩‍👧", "—", "…", "$", "+", "<|", "|>", "_", "@",
       "\u200b", "\ufeff", "\U000e0041", "\U0001f1e9\U0001f1ea", "ﬁ", "ǆ", "a", "Hello", " world", "(", ")", "`", "^", "=="]


def lines_of(path, count):
    """half lines of the text, half made of odd pieces"""
    with open(path, encoding="utf-8", errors="replace", newline="\n") as f:
        text = [line.rstrip("\n") for line in f if line.strip()]
    rng = random.Random(1)
    lines = rng.sample(text, min(count // 2, len(text)))
    while len(lines) < count:
        lines.append("".join(rng.choice(ODD) for _ in range(rng.randrange(1, 24))))
    return [line.replace("\0", "") for line in lines]


def probe_ids(probe, path, lines, special=False):
    args = [probe, "tokens", path] + (["special"] if special else [])
    given = "".join(line.encode().hex() + "\n" for line in lines)
    out = subprocess.run(args, input=given, capture_output=True, text=True, check=True).stdout
    return [[int(x) for x in line.split()] for line in out.split("\n")[:len(lines)]]


def report(name, lines, ours, theirs):
    bad = [i for i, (a, b) in enumerate(zip(ours, theirs)) if list(a) != list(b)]
    print("%s: %d lines, %d differ" % (name, len(lines), len(bad)))
    for i in bad[:5]:
        print("  %r\n    retort    %s\n    reference %s" % (lines[i][:200], ours[i][:40], list(theirs[i])[:40]))
    return not bad


def quant(probe):
    import numpy
    from gguf import GGMLQuantizationType as kinds
    from gguf import quants
    good = True
    rng = numpy.random.default_rng(1)
    for name, size in (("F16", 2), ("BF16", 2), ("Q8_0", 34), ("Q4_0", 18), ("Q4_1", 20), ("Q4_K", 144), ("Q6_K", 210)):
        blocks = rng.integers(0, 256, (2000, size), dtype=numpy.uint8)
        for at in {"Q8_0": [0], "Q4_0": [0], "Q4_1": [0, 2], "Q4_K": [0, 2], "Q6_K": [208]}.get(name, [0]):
            blocks[:, at + 1] &= 0xBB  # scales that are finite
        want = quants.dequantize(blocks, kinds[name]).astype(numpy.float32).ravel()
        out = subprocess.run([probe, "floats", name], input=blocks.tobytes(), capture_output=True, check=True).stdout
        got = numpy.frombuffer(out, numpy.float32)
        far = float(numpy.max(numpy.abs(got - want) / (1e-30 + numpy.abs(want)))) if got.size == want.size else 1
        print("%s: %d floats, largest relative difference %g" % (name, want.size, far))
        good = good and far <= 1e-6
    return good


def llama(probe, path, text, count=LINES):
    """MODEL must be a whole model"""
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "bench", "distill"))
    from llama import Model
    model, lines, good = Model(path, 64), lines_of(text, int(count)), True
    for special in (False, True):
        theirs = [model.tokens(line, special=special) for line in lines]
        name = "%s against llama.cpp%s" % (path, ", special tokens" if special else "")
        good = report(name, lines, probe_ids(probe, path, lines, special), theirs) and good
    return good


def hf(probe, path, text, count=LINES):
    from tokenizers import Tokenizer
    lines = lines_of(text, int(count))
    reference = Tokenizer.from_file(path)
    theirs = [e.ids for e in reference.encode_batch(lines, add_special_tokens=False)]
    return report("%s against tokenizers" % path, lines, probe_ids(probe, path, lines, True), theirs)


def spm(probe, path, text, count=LINES):
    import gguf
    import sentencepiece
    reference = sentencepiece.SentencePieceProcessor(model_file=path)
    size = reference.vocab_size()
    kinds = [6 if reference.is_byte(i) else 2 if reference.is_unknown(i) else 3 if reference.is_control(i)
             else 5 if reference.is_unused(i) else 1 for i in range(size)]
    with tempfile.NamedTemporaryFile(suffix=".gguf") as f:
        w = gguf.GGUFWriter(f.name, "llama")
        w.add_tokenizer_model("llama")
        w.add_token_list([reference.id_to_piece(i) for i in range(size)])
        w.add_token_scores([reference.get_score(i) for i in range(size)])
        w.add_token_types(kinds)
        w.add_unk_token_id(reference.unk_id())
        w.write_header_to_file()
        w.write_kv_data_to_file()
        w.close()
        lines = lines_of(text, int(count))
        return report("%s against sentencepiece" % path, lines, probe_ids(probe, f.name, lines), reference.encode(lines))


def main():
    probe, what, *rest = sys.argv[1:]
    good = {"quant": quant, "llama": llama, "hf": hf, "spm": spm}[what](probe, *rest)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
