"""llama - llama.cpp out of the PyPI package `xllamacpp`: logits through its C interface, drafts through its server.

    llama.py speculate < JSON > JSON     in a process of its own: the server's threads don't end by themselves

Caveats: the structures below are those of XLLAMACPP's version; their default values are compared before use, so that
another version is refused and not misread.
"""
import ctypes
import json
import os
import subprocess
import sys
import time

XLLAMACPP = "2026.10.11549"
F32, F16 = 0, 1  # kinds of the key-value cache
_kept = []  # callbacks that C holds


class ContextParams(ctypes.Structure):
    _fields_ = [(n, ctypes.c_uint32) for n in (
        "n_ctx", "n_batch", "n_ubatch", "n_seq_max", "n_rs_seq", "n_outputs_max", "n_outputs_max_seq")] + [
        (n, ctypes.c_int32) for n in ("n_threads", "n_threads_batch", "ctx_type", "rope_scaling", "pooling",
                                      "attention", "flash_attn")] + [
        ("rope", ctypes.c_uint32 * 8), ("callback", ctypes.c_void_p), ("callback_data", ctypes.c_void_p),
        ("type_k", ctypes.c_int32), ("type_v", ctypes.c_int32), ("rest", ctypes.c_uint32 * 64)]


class Opaque(ctypes.Structure):  # larger than the real one, which is passed in memory: the excess isn't looked at
    _fields_ = [("words", ctypes.c_uint64 * 40)]


class Batch(ctypes.Structure):
    _fields_ = [("n", ctypes.c_int32), ("token", ctypes.POINTER(ctypes.c_int32)), ("embd", ctypes.c_void_p),
                ("pos", ctypes.POINTER(ctypes.c_int32)), ("n_seq", ctypes.POINTER(ctypes.c_int32)),
                ("seq", ctypes.POINTER(ctypes.POINTER(ctypes.c_int32))), ("logits", ctypes.POINTER(ctypes.c_int8))]


def library():
    import xllamacpp
    if xllamacpp.__version__.lstrip("v") != XLLAMACPP:
        print("llama: xllamacpp is", xllamacpp.__version__, "not", XLLAMACPP, file=sys.stderr)
    lib = ctypes.CDLL(os.path.join(os.path.dirname(xllamacpp.__file__), "xllamacpp.abi3.so"))
    pointer = ctypes.c_void_p
    for name, result, arguments in (
            ("llama_context_default_params", ContextParams, []), ("llama_model_default_params", Opaque, []),
            ("llama_model_load_from_file", pointer, [ctypes.c_char_p, Opaque]),
            ("llama_init_from_model", pointer, [pointer, ContextParams]),
            ("llama_model_get_vocab", pointer, [pointer]), ("llama_vocab_n_tokens", ctypes.c_int32, [pointer]),
            ("llama_batch_init", Batch, [ctypes.c_int32] * 3), ("llama_batch_free", None, [Batch]),
            ("llama_decode", ctypes.c_int32, [pointer, Batch]), ("llama_synchronize", None, [pointer]),
            ("llama_get_logits_ith", ctypes.POINTER(ctypes.c_float), [pointer, ctypes.c_int32]),
            ("llama_get_memory", pointer, [pointer]), ("llama_memory_clear", None, [pointer, ctypes.c_bool]),
            ("llama_n_ctx", ctypes.c_uint32, [pointer]), ("llama_n_threads", ctypes.c_int32, [pointer]),
            ("llama_tokenize", ctypes.c_int32, [pointer, ctypes.c_char_p, ctypes.c_int32,
                                                ctypes.POINTER(ctypes.c_int32), ctypes.c_int32, ctypes.c_bool,
                                                ctypes.c_bool]),
            ("llama_vocab_eos", ctypes.c_int32, [pointer]), ("llama_free", None, [pointer]), ("llama_model_free", None, [pointer]),
            ("llama_print_system_info", ctypes.c_char_p, []), ("llama_backend_init", None, [])):
        f = getattr(lib, name)
        f.restype, f.argtypes = result, arguments
    quiet = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)(lambda level, text, data: None)
    _kept.append(quiet)
    lib.llama_log_set(quiet, None)
    d = lib.llama_context_default_params()
    found = (d.n_ctx, d.n_batch, d.n_ubatch, d.n_seq_max, d.n_threads, d.flash_attn, d.type_k, d.type_v)
    if found != (512, 2048, 512, 1, 4, -1, F16, F16):
        raise SystemExit(f"llama: structures of another version than {XLLAMACPP}: {found}")
    lib.llama_backend_init()
    return lib


class Model:
    """a GGUF in llama.cpp; exact: F32 key-value cache, no flash attention"""

    def __init__(self, path, context=512, threads=1, exact=False):
        self.lib = library()
        self.model = self.lib.llama_model_load_from_file(os.fsencode(path), self.lib.llama_model_default_params())
        if not self.model:
            raise RuntimeError(f"llama.cpp does not load {path}")
        p = self.lib.llama_context_default_params()
        p.n_ctx = p.n_batch = p.n_ubatch = p.n_outputs_max = context
        p.n_threads = p.n_threads_batch = threads
        if exact:
            p.type_k, p.type_v, p.flash_attn = F32, F32, 0
        self.ctx = self.lib.llama_init_from_model(self.model, p)
        if not self.ctx or self.lib.llama_n_threads(self.ctx) != threads:
            raise RuntimeError("llama.cpp makes no such context")
        self.vocab = self.lib.llama_model_get_vocab(self.model)
        self.eos = self.lib.llama_vocab_eos(self.vocab)
        self.words = self.lib.llama_vocab_n_tokens(self.vocab)
        self.batch = self.lib.llama_batch_init(context, 0, 1)

    def close(self):
        self.lib.llama_batch_free(self.batch)
        self.lib.llama_free(self.ctx)
        self.lib.llama_model_free(self.model)

    def info(self):
        return self.lib.llama_print_system_info().decode()

    def tokens(self, text, add_special=False, special=False):
        data = text.encode()
        room = (ctypes.c_int32 * (len(data) + 8))()
        n = self.lib.llama_tokenize(self.vocab, data, len(data), room, len(room), add_special, special)
        if n < 0:
            raise RuntimeError("llama.cpp does not take the text apart")
        return list(room[:n])

    def run(self, ids, every):
        """one pass over ids from an empty memory; logits for every position or for the last alone"""
        b = self.batch
        for i, t in enumerate(ids):
            b.token[i], b.pos[i], b.n_seq[i] = t, i, 1
            b.seq[i][0] = 0
            b.logits[i] = every or i + 1 == len(ids)
        b.n = len(ids)
        self.lib.llama_memory_clear(self.lib.llama_get_memory(self.ctx), True)
        if self.lib.llama_decode(self.ctx, b):
            raise RuntimeError("llama.cpp does not decode")
        self.lib.llama_synchronize(self.ctx)

    def logits(self, ids):
        import numpy
        self.run(ids, True)
        return numpy.stack([numpy.ctypeslib.as_array(self.lib.llama_get_logits_ith(self.ctx, i), (self.words,)).copy()
                            for i in range(len(ids))])

    def speed(self, ids, every, times):
        """tokens a second of passes over ids, a list"""
        self.run(ids, every)
        out = []
        for _ in range(times):
            t = time.perf_counter()
            self.run(ids, every)
            out.append(len(ids) / (time.perf_counter() - t))
        return out


# ---- drafts: the server that is in the package serves a model, with another beside it to draft


def serve(job):
    import urllib.request

    import xllamacpp
    p = xllamacpp.CommonParams()
    p.model.path, p.n_ctx, p.n_parallel, p.warmup, p.verbosity = job["model"], 512, 1, False, 0
    p.cpuparams.n_threads = p.cpuparams_batch.n_threads = job["threads"]
    if job.get("draft"):
        p.speculative.types = [xllamacpp.common_speculative_type.COMMON_SPECULATIVE_TYPE_DRAFT_SIMPLE]
        d = p.speculative.draft
        d.mparams.path, d.n_max, d.n_min, d.p_min = job["draft"], job["words"], 0, 0.0
        d.cpuparams.n_threads = d.cpuparams_batch.n_threads = job["threads"]
    server = xllamacpp.Server(p)
    total = {"tokens": 0, "drafted": 0, "accepted": 0, "ms": 0.0, "answers": []}
    for prompt in job["prompts"]:
        body = {"prompt": prompt, "n_predict": job["n_predict"], "temperature": 0, "seed": 1,
                "cache_prompt": False, "ignore_eos": True, "return_tokens": True}
        request = urllib.request.Request(server.listening_address + "/completion", json.dumps(body).encode(),
                                         {"Content-Type": "application/json"})
        answer = json.load(urllib.request.urlopen(request))
        t = answer["timings"]
        total["tokens"] += t["predicted_n"]
        total["ms"] += t["predicted_ms"]
        total["drafted"] += t.get("draft_n", 0)
        total["accepted"] += t.get("draft_n_accepted", 0)
        total["answers"].append(answer["tokens"])
    return total


def speculate(model, draft, prompts, words=4, n_predict=64, threads=2):
    """greedy completions of model with draft beside it (None: alone): tokens, drafted, accepted, steps, per_step"""
    job = {"model": model, "draft": draft, "prompts": prompts, "words": words, "n_predict": n_predict,
           "threads": threads}
    done = subprocess.run([sys.executable, os.path.abspath(__file__), "speculate"], input=json.dumps(job), text=True,
                          capture_output=True, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not lines:
        raise RuntimeError("llama.cpp's server: " + done.stderr[-600:])
    t = json.loads(lines[-1])
    steps = t["tokens"] - t["accepted"]  # a step gives one word of the model's own and those accepted
    return {"tokens": t["tokens"], "drafted": t["drafted"], "accepted": t["accepted"], "steps": steps,
            "accepted_per_step": t["accepted"] / steps, "tokens_per_s": 1000 * t["tokens"] / t["ms"],
            "answers": t["answers"]}


if __name__ == "__main__":
    print(json.dumps(serve(json.load(sys.stdin))), flush=True)
    os._exit(0)
