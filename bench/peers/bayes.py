"""A text classifier: word-level naive Bayes on single prompts, trained with labels; whole campaigns held out.

An account's score is the mean log odds of its prompts. A campaign is scored by a model that has seen the other campaigns,
an honest or resold account by one that has seen the other half of the honest ones. It shows what the style of prompts
alone gives away; labels are a gift that no operator has.
"""
import zlib
import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.naive_bayes import MultinomialNB
from common import alone


def part_of(x, r):
    """the part in which an account is held out: its campaign, or one of two halves"""
    return r["group"] if r["world"] == "campaign" else zlib.crc32(x.encode()) % 2


def run(accounts, view, judge):
    if view != "nofacts":  # it reads prompts only
        return
    names = [x for x in sorted(accounts) if accounts[x].prompts and x in judge.label]
    who = np.array([i for i, x in enumerate(names) for _ in accounts[x].prompts])
    words = HashingVectorizer(n_features=2**18, alternate_sign=False, norm=None, binary=True).transform(
        accounts[x].prompts[h] for x in names for h in sorted(accounts[x].prompts))
    part = [part_of(x, judge.label[x]) for x in names]
    row_part = np.array([repr(part[i]) for i in who])
    bad = np.array([judge.label[names[i]]["world"] == "campaign" for i in who])
    resold = np.array([judge.label[names[i]]["world"] == "pooled" for i in who])
    odds = np.zeros(len(who))
    for held in sorted(set(row_part)):
        train = (row_part != held) & ~resold
        if len(set(bad[train])) < 2:
            continue
        model = MultinomialNB(class_prior=[.5, .5]).fit(words[train], bad[train])
        p = model.predict_log_proba(words[row_part == held])
        odds[row_part == held] = p[:, 1] - p[:, 0]
    total = np.bincount(who, odds, len(names)) / np.bincount(who, minlength=len(names))
    score = dict(zip(names, total.tolist()))
    judge.add("prompt classifier (naive Bayes)", view, score, alone(score), note="trained with labels, whole campaigns held out")
