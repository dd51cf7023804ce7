/* Any bytes as a GGUF file: what passes is read whole, down to the last byte of each tensor. */
#include "distill/import_gguf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_tensors(const rt_gguf *g)
{
  float out[256];
  for (size_t i = 0; i < rt_gguf_tensors(g); i++) {
    const rt_gguf_tensor *t = rt_gguf_tensor_at(g, i);
    t->type->decode(t->data, out, 1);
    t->type->decode(t->data + t->bytes - t->type->bytes, out, 1);
    if (rt_gguf_tensor_find(g, t->name) != t)
      __builtin_trap();
  }
}

static void read_metadata(const rt_gguf *g)
{
  rt_gguf_array a;
  rt_model_config c;
  size_t total = 0;
  if (rt_gguf_list(g, "tokenizer.ggml.tokens", RT_GGUF_STRING, &a, NULL) == RT_OK)
    for (uint64_t i = 0; i < a.n; i++)
      total += rt_gguf_next_str(&a).n;
  if (rt_gguf_list(g, "tokenizer.ggml.token_type", RT_GGUF_I32, &a, NULL) == RT_OK)
    for (uint64_t i = 0; i < a.n; i++)
      total += (size_t)(rt_gguf_next_int(&a) & 1);
  if (rt__import_gguf_config(g, &c, NULL) == RT_OK && rt_model_config_check(&c, NULL))
    __builtin_trap();
  if (total == SIZE_MAX)
    __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  rt_gguf *g;
  if (rt_gguf_from_memory(rt_alloc_default(), data, size, &g, NULL))
    return 0;
  read_tensors(g);
  read_metadata(g);
  rt_gguf_free(g);
  return 0;
}
