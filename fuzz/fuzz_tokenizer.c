/* Any bytes as a GGUF file with a tokenizer, or as a tokenizer.json; one that passes encodes text
 * and must give ids of its own vocabulary, and its files must be ones that it reads again. */
#include "distill/tokenizer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use(const rt_tokenizer *t)
{
  static const char text[] = "a ab  <s>\n12'll \xC3\xA9\xFF";
  rt_ids ids;
  rt__buf out;
  rt_ids_init(&ids, rt_alloc_default(), 1000);
  rt__buf_init(&out, rt_alloc_default(), 1 << 20);
  if (rt_tokenizer_encode(t, rt__slice(text, sizeof text), RT_ENCODE_SPECIAL | RT_ENCODE_BOS, &ids,
                          NULL) == RT_OK) {
    for (size_t i = 0; i < ids.n; i++)
      if (ids.p[i] >= rt_tokenizer_size(t))
        __builtin_trap();
    if (rt_tokenizer_decode(t, ids.p, ids.n, true, &out) == RT_E_ARG)
      __builtin_trap();
  }
  rt_ids_free(&ids);
  rt__buf_free(&out);
}

static void write_and_read(const rt_tokenizer *t)
{
  rt__buf json, config;
  rt_tokenizer *again;
  rt__buf_init(&json, rt_alloc_default(), 1 << 24);
  rt__buf_init(&config, rt_alloc_default(), 1 << 24);
  /* broken UTF-8 in a vocabulary has no form in JSON: what is written then may be refused, never
   * crash */
  if (rt_tokenizer_to_json(t, &json, &config, NULL) == RT_OK &&
      rt_tokenizer_from_json(rt_alloc_default(), rt__buf_slice(&json), rt__buf_slice(&config),
                             &again, NULL) == RT_OK)
    rt_tokenizer_free(again);
  rt__buf_free(&json);
  rt__buf_free(&config);
}

static void try_json(const uint8_t *data, size_t size)
{
  rt_tokenizer *t;
  if (rt_tokenizer_from_json(rt_alloc_default(), rt__slice(data, size), (rt_slice){0}, &t, NULL))
    return;
  use(t);
  write_and_read(t);
  rt_tokenizer_free(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  rt_gguf *g;
  rt_tokenizer *t;
  if (rt_gguf_from_memory(rt_alloc_default(), data, size, &g, NULL)) {
    try_json(data, size);
    return 0;
  }
  if (rt_tokenizer_from_gguf(rt_alloc_default(), g, &t, NULL) == RT_OK) {
    use(t);
    write_and_read(t);
    rt_tokenizer_free(t);
  }
  rt_gguf_free(g);
  return 0;
}
