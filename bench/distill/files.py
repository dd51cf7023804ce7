"""files - retort's readers of tokenizers and of quantised blocks beside their references, on 100,000 lines."""
import os
import re
import subprocess
import sys

from common import ROOT, manual, smollm2

LINES = 100_000


def compare(shop, probe, *arguments):
    """what the comparison printed; it fails where something differs"""
    script = os.path.join(ROOT, "tests", "peers", "distill", "compare.py")
    done = subprocess.run([sys.executable, script, probe, *map(str, arguments)], capture_output=True, text=True,
                          check=False)
    return done.returncode == 0, [line for line in done.stdout.splitlines() if line] or [done.stderr.strip()[-400:]]


def pieces(shop, text):
    """a SentencePiece model of the text"""
    import sentencepiece
    prefix = shop.path("pieces")
    sentencepiece.SentencePieceTrainer.train(
        input=text, model_prefix=prefix, vocab_size=8000, model_type="bpe", byte_fallback=True,
        normalization_rule_name="identity", remove_extra_whitespaces=False, character_coverage=0.999, split_digits=True,
        input_sentence_size=60000, num_threads=1, allow_whitespace_only_pieces=True, minloglevel=2)
    return prefix + ".model"


def files(shop):
    probe, model = shop.probe(), smollm2(shop)
    text, _ = manual(shop, 30_000_000, 1000, "files")
    with open(shop.path("smollm2.json"), "wb") as f:
        f.write(subprocess.run([probe, "json", model], capture_output=True, check=True).stdout)
    good, said = True, []
    for arguments in (["quant"], ["hf", shop.path("smollm2.json"), text, LINES], ["llama", model, text, LINES],
                      ["spm", pieces(shop, text), text, LINES]):
        fine, lines = compare(shop, probe, *arguments)
        good, said = good and fine, said + [re.sub(r"\S*/", "", line) for line in lines]
    return {"lines": said, "met": good}


def page(r):
    return ["Readers beside their references (`gguf`, `tokenizers`, `sentencepiece`, llama.cpp):", ""] + \
        ["- " + line for line in r["lines"]]
