"""peer_torch - the same Llama-style model in PyTorch, for parity and for speed."""
import json
import os
import statistics
import time

import torch
import torch.nn.functional as F
from safetensors.torch import load_file


class Model(torch.nn.Module):
    """weights by the names of transformers, so that an exported folder is all it needs"""

    def __init__(self, folder):
        super().__init__()
        with open(os.path.join(folder, "config.json"), encoding="utf-8") as f:
            self.c = json.load(f)
        weights = load_file(os.path.join(folder, "model.safetensors"))
        self.names = sorted(weights)
        self.w = torch.nn.ParameterList([torch.nn.Parameter(weights[n].float()) for n in self.names])
        self.at = {n: i for i, n in enumerate(self.names)}
        half = self.head_dim() // 2
        freq = self.c["rope_theta"] ** (-torch.arange(half).float() * 2 / self.head_dim())
        angle = torch.arange(self.c["max_position_embeddings"])[:, None] * freq[None]
        self.register_buffer("cos", torch.cat([angle.cos(), angle.cos()], -1))
        self.register_buffer("sin", torch.cat([angle.sin(), angle.sin()], -1))

    def head_dim(self):
        return self.c.get("head_dim") or self.c["hidden_size"] // self.c["num_attention_heads"]

    def get(self, name):
        return self.w[self.at[name]]

    def norm(self, x, name):
        return F.rms_norm(x, (x.shape[-1],), self.get(name), self.c["rms_norm_eps"])

    def turn(self, x):
        n, half = x.shape[-2], x.shape[-1] // 2
        other = torch.cat([-x[..., half:], x[..., :half]], -1)
        return x * self.cos[:n] + other * self.sin[:n]

    def layer(self, x, i):
        p = f"model.layers.{i}."
        b, n, _ = x.shape
        heads, kv, hd = self.c["num_attention_heads"], self.c["num_key_value_heads"], self.head_dim()
        h = self.norm(x, p + "input_layernorm.weight")
        q = (h @ self.get(p + "self_attn.q_proj.weight").T).view(b, n, heads, hd).transpose(1, 2)
        k = (h @ self.get(p + "self_attn.k_proj.weight").T).view(b, n, kv, hd).transpose(1, 2)
        v = (h @ self.get(p + "self_attn.v_proj.weight").T).view(b, n, kv, hd).transpose(1, 2)
        q, k = self.turn(q), self.turn(k)
        if kv != heads:
            k, v = k.repeat_interleave(heads // kv, 1), v.repeat_interleave(heads // kv, 1)
        a = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(b, n, heads * hd)
        x = x + a @ self.get(p + "self_attn.o_proj.weight").T
        h = self.norm(x, p + "post_attention_layernorm.weight")
        g = F.silu(h @ self.get(p + "mlp.gate_proj.weight").T) * (h @ self.get(p + "mlp.up_proj.weight").T)
        return x + g @ self.get(p + "mlp.down_proj.weight").T

    def forward(self, tokens):
        embed = self.get("model.embed_tokens.weight")
        x = F.embedding(tokens, embed)
        for i in range(self.c["num_hidden_layers"]):
            x = self.layer(x, i)
        x = self.norm(x, "model.norm.weight")
        head = self.get("lm_head.weight") if "lm_head.weight" in self.at else embed
        return x @ head.T


def optimiser(model, rate, fused=True):
    matrices = [p for p in model.parameters() if p.dim() == 2]
    rest = [p for p in model.parameters() if p.dim() != 2]
    return torch.optim.AdamW([{"params": matrices, "weight_decay": 0.1}, {"params": rest, "weight_decay": 0.0}],
                             lr=rate, betas=(0.9, 0.95), eps=1e-8, fused=fused)


def sparse_loss(logits, labels, ids, weights, mix):
    """cross entropy with the text and with kept answers, as retort mixes them; also the former alone"""
    logp = F.log_softmax(logits, -1)
    ce = -logp.gather(-1, labels[..., None]).squeeze(-1)
    teacher = -(logp.gather(-1, ids) * weights).sum(-1)
    return ((1 - mix) * ce + mix * teacher).mean(), ce.mean()


def steps(model, rate, count, batch_of, loss_of):
    """(loss, ce, norm of the gradient) of each step, constant rate"""
    opt = optimiser(model, rate)
    rows = []
    for i in range(count):
        opt.zero_grad()
        batch = batch_of(i)
        loss, ce = loss_of(model(batch), i)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        opt.step()
        rows.append((loss.item(), ce.item(), norm.item()))
    return rows


def speed(folder, batch, seq, seconds, compiled, clock=time.perf_counter):
    """median tokens a second of steps by that clock, after a few to warm up"""
    model = Model(folder)
    run = torch.compile(model) if compiled else model
    opt = optimiser(model, 1e-3)
    vocab = model.c["vocab_size"]
    times = []
    begun = time.perf_counter()
    for i in range(100000):
        tokens = torch.randint(0, vocab, (batch, seq + 1))
        t = clock()
        opt.zero_grad(set_to_none=True)
        loss = F.cross_entropy(run(tokens[:, :-1]).reshape(-1, vocab), tokens[:, 1:].reshape(-1))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        opt.step()
        loss.item()
        if i >= 3:
            times.append(clock() - t)
        if i == 3:
            begun = time.perf_counter()
        if i > 5 and time.perf_counter() - begun > seconds:
            break
    return batch * seq / statistics.median(times)
