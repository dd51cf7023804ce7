"""The query-window detector (arXiv 2606.05725): does a window of prompts come from another distribution than honest ones?
Maximum mean discrepancy (MMD) with four Gaussian kernels (0.5, 1, 2, 4 times the median distance) on sentence embeddings.

The original pools windows of 1,500 prompts and has a clean reference. Accounts here have a few dozen prompts, so a
window is up to `WINDOW` prompts of one account, and a window's MMD is held against those of honest windows of its own
size. Subsampled, since embedding is the cost: all accounts of campaigns and pools, `HONEST` honest ones to be judged, and
`REFERENCE` other honest ones as reference. The reference is clean by the labels: a gift that no operator has.
"""
import os, random, sys
from common import alone

WINDOW, LEAST, HONEST, REFERENCE, DRAWS = 8, 3, 1000, 300, 200
CACHE = os.environ.get("RETORT_EMBEDDINGS", "build/peers/embeddings.npz")


def embeddings(texts):
    """{text hash: vector}, from the cache where it has them"""
    import numpy as np
    import minilm
    known = {}
    if os.path.exists(CACHE):
        with np.load(CACHE) as z:
            known = dict(zip(z["keys"].tolist(), z["vectors"].astype(np.float32)))
    new = [(h.hex(), t) for h, t in sorted(texts.items()) if h.hex() not in known]
    model = minilm.Model() if new else None
    for start in range(0, len(new), 2000):  # saved as it goes: a run that is cut off is not lost
        part = new[start:start + 2000]
        known.update(zip([h for h, _ in part], model.embed([t for _, t in part])))
        os.makedirs(os.path.dirname(CACHE) or ".", exist_ok=True)
        np.savez(CACHE, keys=np.array(list(known)), vectors=np.array(list(known.values()), dtype=np.float16))
    return known


class Discrepancy:
    """squared MMD of a window against a fixed reference"""

    def __init__(self, reference):
        import numpy as np
        self.np, self.reference = np, reference
        d = self.distances(reference, reference)
        self.scales = [2 * (k * np.sqrt(np.median(d[d > 1e-9]))) ** 2 for k in (.5, 1, 2, 4)]
        self.within = self.mean(d, True)

    def distances(self, a, b):
        return self.np.maximum(0, 2 - 2 * (a @ b.T))  # unit vectors

    def mean(self, d, square):
        n, total = d.shape[0], 0.0
        for s in self.scales:
            k = self.np.exp(-d / s)
            total += (k.sum() - n) / (n * (n - 1)) if square else k.mean()
        return total

    def of(self, window):
        d = self.distances(window, window)
        return self.mean(d, True) + self.within - 2 * self.mean(self.distances(window, self.reference), False)


def run(accounts, view, judge):
    if view != "nofacts":  # it reads prompts only: the same with facts, nothing without text
        return
    import numpy as np
    rng = random.Random(7)
    enough = [x for x in sorted(accounts) if len(accounts[x].prompts) >= LEAST and x in judge.label]
    honest = [x for x in enough if judge.label[x]["world"] == "benign"]
    if len(honest) <= REFERENCE:  # nobody would be left to be flagged wrongly: a recall without its price
        print(f"query windows: {len(honest)} honest accounts have {LEAST} prompts, more than {REFERENCE} are needed", file=sys.stderr)
        return
    rng.shuffle(honest)
    reference, judged = honest[:REFERENCE], honest[REFERENCE:REFERENCE + HONEST]
    judged += [x for x in enough if judge.label[x]["world"] != "benign"]
    prompts = {x: sorted(accounts[x].prompts)[:WINDOW] for x in reference + judged}
    vectors = embeddings({h: accounts[x].prompts[h] for x, p in prompts.items() for h in p})
    window = {x: np.array([vectors[h.hex()] for h in p]) for x, p in prompts.items()}
    test = Discrepancy(np.concatenate([window[x][:2] for x in reference]))
    null = {}  # honest windows of each size, drawn from accounts of the reference
    for size in range(LEAST, WINDOW + 1):
        whole = [window[x][:size] for x in reference if len(window[x]) >= size]
        null[size] = np.array([test.of(w) for w in rng.sample(whole, min(DRAWS, len(whole)))])
    score = {x: float((test.of(window[x]) - null[len(window[x])].mean()) / (null[len(window[x])].std() + 1e-9)) for x in judged}
    missed = [x for x, r in judge.label.items() if r["world"] != "benign" and x not in score]
    over = set(judged) | set(missed)
    judge.add("query windows (MMD on MiniLM)", view, score, alone(score), over,
              f"{sum(x in set(honest) for x in judged)} honest accounts sampled")
