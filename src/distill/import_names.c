#include "distill/import_names.h"

#include <stdio.h>

typedef enum rotary { STILL, Q, K } rotary;

static const struct names {
  const char *own, *gguf, *hf;
  rotary turns;
} whole[] = {{"embed", "token_embd.weight", "model.embed_tokens.weight", STILL},
             {"head", "output.weight", "lm_head.weight", STILL},
             {"out_norm", "output_norm.weight", "model.norm.weight", STILL}},
  layer[] = {{"attn_norm", "attn_norm.weight", "input_layernorm.weight", STILL},
             {"attn_q", "attn_q.weight", "self_attn.q_proj.weight", Q},
             {"attn_k", "attn_k.weight", "self_attn.k_proj.weight", K},
             {"attn_v", "attn_v.weight", "self_attn.v_proj.weight", STILL},
             {"attn_q_bias", "attn_q.bias", "self_attn.q_proj.bias", Q},
             {"attn_k_bias", "attn_k.bias", "self_attn.k_proj.bias", K},
             {"attn_v_bias", "attn_v.bias", "self_attn.v_proj.bias", STILL},
             {"attn_q_norm", "attn_q_norm.weight", "self_attn.q_norm.weight", STILL},
             {"attn_k_norm", "attn_k_norm.weight", "self_attn.k_norm.weight", STILL},
             {"attn_o", "attn_output.weight", "self_attn.o_proj.weight", STILL},
             {"ffn_norm", "ffn_norm.weight", "post_attention_layernorm.weight", STILL},
             {"ffn_gate", "ffn_gate.weight", "mlp.gate_proj.weight", STILL},
             {"ffn_up", "ffn_up.weight", "mlp.up_proj.weight", STILL},
             {"ffn_down", "ffn_down.weight", "mlp.down_proj.weight", STILL}};

static const struct names *find(const struct names *rows, size_t n, const char *own)
{
  for (size_t i = 0; i < n; i++)
    if (strcmp(rows[i].own, own) == 0)
      return &rows[i];
  return NULL;
}

bool rt__names_of(const rt_model_config *c, const char *tensor, rt__file_names *out)
{
  unsigned number;
  int end = 0;
  bool in_layer = sscanf(tensor, "layers.%u.%n", &number, &end) == 1 && end > 0;
  const struct names *row = in_layer ? find(layer, RT__ARRAY_LEN(layer), tensor + end)
                                     : find(whole, RT__ARRAY_LEN(whole), tensor);
  if (!row)
    return false;
  if (in_layer) {
    (void)snprintf(out->gguf, sizeof out->gguf, "blk.%u.%s", number, row->gguf);
    (void)snprintf(out->hf, sizeof out->hf, "model.layers.%u.%s", number, row->hf);
  } else {
    (void)snprintf(out->gguf, sizeof out->gguf, "%s", row->gguf);
    (void)snprintf(out->hf, sizeof out->hf, "%s", row->hf);
  }
  out->rotary_heads = row->turns == Q ? c->heads : row->turns == K ? c->kv_heads : 0;
  return true;
}

uint32_t rt__unpaired(uint32_t r, uint32_t head_dim)
{
  uint32_t in_head = r % head_dim;
  return r - in_head + in_head % 2 * (head_dim / 2) + in_head / 2;
}
