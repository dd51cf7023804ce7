/* Any bytes as a safetensors file, and as a config.json. */
#include "distill/hfconfig.h"
#include "distill/safetensors.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_tensors(const rt_safetensors *s)
{
  for (size_t i = 0; i < rt_safetensors_count(s); i++) {
    const rt_safetensor *t = rt_safetensors_at(s, i);
    float out;
    if (!t->type || t->n == 0)
      continue;
    t->type->decode(t->data, &out, 1);
    t->type->decode(t->data + (t->n - 1) * t->type->bytes, &out, 1);
  }
}

static void read_config(rt_slice bytes)
{
  json_t *json;
  rt_model_config c;
  if (rt__json_read(bytes, 1 << 20, "config.json", &json, NULL))
    return;
  if (rt__hfconfig_read(json, &c, NULL) == RT_OK && rt_model_config_check(&c, NULL))
    __builtin_trap();
  json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  rt_safetensors *s;
  if (rt_safetensors_from_memory(rt_alloc_default(), data, size, &s, NULL) == RT_OK) {
    read_tensors(s);
    rt_safetensors_free(s);
  }
  read_config(rt__slice(data, size));
  return 0;
}
