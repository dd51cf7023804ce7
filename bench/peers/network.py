"""Accounts that are active at the same times: TF-IDF over half-hour bins, cosine similarity (Pacheco et al., 2021).

A bin is a word, an account a document. An account's score is its largest cosine with another account; the groups are
the connected components of the pairs above the bar. Accounts with fewer than `LEAST` active bins are left out, as
in the original, for they are alike by chance.
"""
import collections
import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfTransformer
from common import components

BIN, LEAST, BLOCK = 1800, 4, 1024


def matrix(accounts):
    names = sorted(x for x, a in accounts.items() if len({int(t // BIN) for t in a.times}) >= LEAST)
    bins = {}
    rows, cols, data = [], [], []
    for i, x in enumerate(names):
        for b, n in collections.Counter(int(t // BIN) for t in accounts[x].times).items():
            rows.append(i)
            cols.append(bins.setdefault(b, len(bins)))
            data.append(n)
    counts = sparse.csr_matrix((data, (rows, cols)), shape=(len(names), len(bins)), dtype=np.float64)
    return names, TfidfTransformer().fit_transform(counts)


def pairs(names, m):
    """(cosine, a, b) of each account with its nearest few"""
    for start in range(0, len(names), BLOCK):
        block = (m[start:start + BLOCK] @ m.T).toarray()
        block[np.arange(block.shape[0]), np.arange(start, start + block.shape[0])] = -1
        near = np.argpartition(-block, 15, axis=1)[:, :15]
        for i, row in enumerate(near):
            for j in row:
                yield float(block[i, j]), names[start + i], names[j]


def run(accounts, view, judge):
    if view != "metadata":  # it looks at times only: the same in each view
        return
    names, m = matrix(accounts)
    near = sorted(pairs(names, m), reverse=True) if len(names) > 16 else []
    score = {}
    for s, a, b in near:
        score[a] = max(score.get(a, 0), s)
        score[b] = max(score.get(b, 0), s)
    judge.add("same half-hours (TF-IDF cosine)", view, score,
              lambda bar: components((a, b) for s, a, b in near if s > bar))
