/* A model goes into a GGUF file and into a folder and comes back; the order of rotary rows against
 * its definition; files that ask for something else are refused by name. */
#include "distill/bpe_train.h"
#include "distill/export.h"
#include "distill/export_file.h"
#include "distill/hfconfig.h"
#include "distill/import.h"
#include "distill/import_names.h"
#include "distill/safetensors.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64], file[80];

static int set_up(void **state)
{
  (void)state;
  (void)snprintf(folder, sizeof folder, "/tmp/rt_test_import_%ld", (long)getpid());
  (void)snprintf(file, sizeof file, "%s.gguf", folder);
  return 0;
}

static int tear_down(void **state)
{
  static const char *const names[] = {"config.json",           "generation_config.json",
                                      "tokenizer.json",        "model.safetensors",
                                      "tokenizer_config.json", "a.safetensors",
                                      "b.safetensors",         "model.safetensors.index.json"};
  char path[160];
  (void)state;
  (void)remove(file);
  for (size_t i = 0; i < RT__ARRAY_LEN(names); i++) {
    (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
    (void)remove(path);
  }
  (void)rmdir(folder);
  return 0;
}

static rt_tokenizer *tokenizer(void)
{
  rt_bpe_trainer *tr;
  rt_tokenizer *t;
  rt_bpe_options o = {.vocab = 270};
  assert_int_equal(rt_bpe_trainer_new(rt_alloc_default(), &o, &tr, NULL), RT_OK);
  assert_int_equal(rt_bpe_trainer_add(tr, RT__LIT("one two one two three one two three"), NULL),
                   RT_OK);
  assert_int_equal(rt_bpe_trainer_finish(tr, &t, NULL), RT_OK);
  rt_bpe_trainer_free(tr);
  return t;
}

static rt_model_config config_of(const char *arch, bool tied)
{
  rt_model_config c;
  rt_model_config_default(&c);
  c.arch = rt_arch_find(rt__cstr(arch));
  c.vocab = 272;
  c.layers = 2;
  c.d_model = 64;
  c.heads = 4;
  c.kv_heads = 2;
  c.head_dim = 16;
  c.d_ff = 96;
  c.tied = tied;
  return c;
}

static rt_model *model_of(const rt_model_config *c)
{
  rt_model *m;
  assert_int_equal(rt_model_new(rt_alloc_default(), c, 0, &m, NULL), RT_OK);
  rt_model_random(m, 5);
  for (size_t i = 0; i < m->n_tensors; i++) { /* norms and biases: every element another */
    const rt_tensor *t = &m->tensors[i];
    for (uint32_t k = 0; !t->matrix && k < t->cols; k++)
      rt_model_at(m, t)[k] += (float)k / 64;
  }
  return m;
}

static void same_weights(const rt_model *a, const rt_model *b, float within)
{
  assert_int_equal(a->n_tensors, b->n_tensors);
  for (size_t i = 0; i < a->n_tensors; i++) {
    const rt_tensor *t = &a->tensors[i], *u = &b->tensors[i];
    assert_string_equal(t->name, u->name);
    for (size_t k = 0; k < (size_t)t->rows * t->cols; k++)
      assert_true(fabsf(rt_model_at(a, t)[k] - rt_model_at(b, u)[k]) <= within);
  }
}

static void same_shape(const rt_model_config *a, const rt_model_config *b)
{
  assert_ptr_equal(a->arch, b->arch);
  assert_int_equal(a->vocab, b->vocab);
  assert_int_equal(a->layers, b->layers);
  assert_int_equal(a->d_model, b->d_model);
  assert_int_equal(a->heads, b->heads);
  assert_int_equal(a->kv_heads, b->kv_heads);
  assert_int_equal(a->head_dim, b->head_dim);
  assert_int_equal(a->d_ff, b->d_ff);
  assert_int_equal(a->context, b->context);
  assert_int_equal(a->tied, b->tied);
  assert_true(a->rms_eps == b->rms_eps && a->rope_theta == b->rope_theta);
  float x[RT_MODEL_HEAD_DIM_MAX / 2], y[RT_MODEL_HEAD_DIM_MAX / 2];
  rt_model_rope(a, x);
  rt_model_rope(b, y);
  for (uint32_t i = 0; i < a->head_dim / 2; i++)
    assert_true(fabsf(x[i] - y[i]) <= 1e-6f * x[i]);
}

static void comes_back(const rt_model *m, const rt_tokenizer *t, const char *path, float within)
{
  rt_imported in;
  rt_error err = {0};
  if (rt_import(rt_alloc_default(), path, 0, &in, &err))
    fail_msg("%s", err.message);
  same_shape(&m->config, &in.model->config);
  same_weights(m, in.model, within);
  assert_memory_equal(rt_tokenizer_hash(t), rt_tokenizer_hash(in.tokenizer), 32);
  rt_imported_free(&in);
}

static void export_both(const rt_model *m, const rt_tokenizer *t, const char *type)
{
  const rt_quant *q = rt_quant_named(rt__cstr(type));
  assert_int_equal(rt_export_gguf(m, t, q, file, NULL), RT_OK);
  if (q->block == 1)
    assert_int_equal(rt_export_folder(m, t, q, folder, NULL), RT_OK);
}

static void every_architecture_comes_back(void **state)
{
  (void)state;
  rt_tokenizer *t = tokenizer();
  for (size_t i = 0; i < rt_arch_count(); i++)
    for (int tied = 0; tied < 2; tied++) {
      rt_model_config c = config_of(rt_arch_at(i)->name, tied);
      rt_model *m = model_of(&c);
      export_both(m, t, "F32");
      comes_back(m, t, file, 0);
      comes_back(m, t, folder, 0);
      rt_model_free(m);
    }
  rt_tokenizer_free(t);
}

static void smaller_types_come_back_nearly(void **state)
{
  (void)state;
  static const struct {
    const char *type;
    float within;
  } rows[] = {{"F16", 1e-4f}, {"BF16", 5e-4f}, {"Q8_0", 5e-4f}};
  rt_tokenizer *t = tokenizer();
  rt_model_config c = config_of("llama", true);
  rt_model *m = model_of(&c);
  for (size_t i = 0; i < m->n_tensors;
       i++) /* norms in F16 folders lose digits too: keep them exact */
    for (uint32_t k = 0; !m->tensors[i].matrix && k < m->tensors[i].cols; k++)
      rt_model_at(m, &m->tensors[i])[k] = 1;
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++) {
    export_both(m, t, rows[i].type);
    comes_back(m, t, file, rows[i].within);
    if (i < 2)
      comes_back(m, t, folder, rows[i].within);
  }
  rt_model_free(m);
  rt_tokenizer_free(t);
}

static void rope_scalings_come_back(void **state)
{
  (void)state;
  rt_tokenizer *t = tokenizer();
  for (int kind = RT_ROPE_LINEAR; kind <= RT_ROPE_TABLE; kind++) {
    rt_model_config c = config_of("llama", true);
    c.rope_kind = (rt_rope_kind)kind;
    c.rope_factor = 8;
    c.rope_low = 1;
    c.rope_high = 4;
    c.rope_context = 64;
    for (uint32_t i = 0; i < c.head_dim / 2; i++)
      c.rope_divisor[i] = 1 + (float)i;
    rt_model *m = model_of(&c);
    rt_error err;
    const rt_quant *f32 = rt_quant_find(RT_QUANT_F32);
    assert_int_equal(rt_export_gguf(m, t, f32, file, NULL), RT_OK);
    comes_back(m, t, file, 0);
    assert_int_equal(rt_export_folder(m, t, f32, folder, &err),
                     kind == RT_ROPE_TABLE ? RT_E_ARG : RT_OK);
    if (kind != RT_ROPE_TABLE)
      comes_back(m, t, folder, 0);
    rt_model_free(m);
  }
  rt_tokenizer_free(t);
}

/* ---- rotary rows. By definition: seen as [heads][2][head_dim/2], the model's order, the two
 * middle axes of a head are swapped, so that partners i and i + head_dim/2 become neighbours 2i and
 * 2i + 1. */

static void rotary_rows_by_definition(void **state)
{
  (void)state;
  enum { HEADS = 3, DIM = 8 };
  for (uint32_t h = 0; h < HEADS; h++)
    for (uint32_t half = 0; half < 2; half++)
      for (uint32_t i = 0; i < DIM / 2; i++) {
        uint32_t model_row = (h * 2 + half) * (DIM / 2) + i;
        uint32_t file_row = (h * (DIM / 2) + i) * 2 + half;
        assert_int_equal(rt__unpaired(file_row, DIM), model_row);
      }
}

static float first_of_row(const rt_gguf *g, const char *name, uint32_t row)
{
  const rt_gguf_tensor *t = rt_gguf_tensor_find(g, rt__cstr(name));
  assert_non_null(t);
  float v;
  t->type->decode(t->data + row * t->dims[0] * 4, &v, 1);
  return v;
}

/* in the files themselves: llama's q and k are turned in GGUF, v isn't, nothing is in a folder, nor
 * qwen2's */
static void rotary_rows_in_files(void **state)
{
  (void)state;
  rt_tokenizer *t = tokenizer();
  for (int a = 0; a < 2; a++) {
    rt_model_config c = config_of(a ? "qwen2" : "llama", true);
    rt_model *m = model_of(&c);
    rt_gguf *g;
    export_both(m, t, "F32");
    assert_int_equal(rt_gguf_open(rt_alloc_default(), file, &g, NULL), RT_OK);
    static const char *const own[] = {"layers.1.attn_q", "layers.1.attn_k", "layers.1.attn_v"};
    static const char *const other[] = {"blk.1.attn_q.weight", "blk.1.attn_k.weight",
                                        "blk.1.attn_v.weight"};
    for (int i = 0; i < 3; i++) {
      const rt_tensor *w = rt_model_find(m, rt__cstr(own[i]));
      for (uint32_t r = 0; r < w->rows; r++) {
        uint32_t from = a == 0 && i < 2 ? r / 16 * 16 + r % 2 * 8 + r % 16 / 2 : r;
        assert_true(first_of_row(g, other[i], r) == rt_model_at(m, w)[(size_t)from * w->cols]);
      }
    }
    rt_gguf_free(g);
    rt_safetensors *s;
    char path[160];
    (void)snprintf(path, sizeof path, "%s/model.safetensors", folder);
    assert_int_equal(rt_safetensors_open(rt_alloc_default(), path, &s, NULL), RT_OK);
    const rt_safetensor *q =
        rt_safetensors_find(s, RT__LIT("model.layers.1.self_attn.q_proj.weight"));
    const rt_tensor *w = rt_model_find(m, RT__LIT("layers.1.attn_q"));
    assert_memory_equal(q->data, rt_model_at(m, w), q->bytes);
    rt_safetensors_free(s);
    rt_model_free(m);
  }
  rt_tokenizer_free(t);
}

/* ---- refusals */

static void refused(const char *path, uint64_t bytes_max, rt_code code, const char *word)
{
  rt_imported in;
  rt_error err = {0};
  rt_code got = rt_import(rt_alloc_default(), path, bytes_max, &in, &err);
  if (got != code || !strstr(err.message, word))
    fail_msg("%s: \"%s\" instead of \"%s\"", rt_code_name(got), err.message, word);
  assert_null(in.model);
  assert_null(in.tokenizer);
}

/* a model's tensors by hand: `skip` is left out, `more` is added, `wrong` gets a row too many */
static void write_gguf(const rt_model *m, const rt_tokenizer *t, const char *arch, const char *key,
                       const char *skip, const char *more, const char *wrong)
{
  rt_gguf_writer *w;
  static float zeros[300 * 100];
  assert_int_equal(rt_gguf_writer_new(rt_alloc_default(), &w, NULL), RT_OK);
  rt_gguf_put_str(w, "general.architecture", rt__cstr(arch));
  rt_gguf_put_u32(w, "llama.block_count", m->config.layers);
  rt_gguf_put_u32(w, "llama.embedding_length", m->config.d_model);
  rt_gguf_put_u32(w, "llama.feed_forward_length", m->config.d_ff);
  rt_gguf_put_u32(w, "llama.context_length", m->config.context);
  rt_gguf_put_u32(w, "llama.attention.head_count", m->config.heads);
  rt_gguf_put_u32(w, "llama.attention.head_count_kv", m->config.kv_heads);
  rt_gguf_put_f32(w, "llama.attention.layer_norm_rms_epsilon", 1e-5f);
  if (key)
    rt_gguf_put_u32(w, key, 3);
  assert_int_equal(rt_tokenizer_to_gguf(t, w, m->config.vocab, NULL), RT_OK);
  size_t n = 0;
  for (size_t i = 0; i < m->n_tensors; i++) {
    rt__file_names names;
    assert_true(rt__names_of(&m->config, m->tensors[i].name, &names));
    uint64_t dims[2] = {m->tensors[i].cols, m->tensors[i].rows};
    if (skip && strcmp(skip, names.gguf) == 0)
      continue;
    dims[1] += wrong && strcmp(wrong, names.gguf) == 0;
    rt_gguf_declare(w, names.gguf, rt_quant_find(RT_QUANT_F32), m->tensors[i].matrix ? 2 : 1, dims);
    n++;
  }
  uint64_t one = 1;
  if (more)
    rt_gguf_declare(w, more, rt_quant_find(RT_QUANT_F32), 1, &one);
  assert_int_equal(rt_gguf_begin(w, file, NULL), RT_OK);
  for (size_t i = 0; i < n + (more != NULL); i++)
    assert_int_equal(rt_gguf_write(w, zeros, NULL), RT_OK);
  assert_int_equal(rt_gguf_finish(w, NULL), RT_OK);
  rt_gguf_writer_free(w);
}

static void gguf_files_that_are_refused(void **state)
{
  (void)state;
  rt_tokenizer *t = tokenizer();
  rt_model_config c = config_of("llama", true);
  rt_model *m = model_of(&c);
  rt_imported in;
  write_gguf(m, t, "llama", NULL, NULL, NULL, NULL);
  assert_int_equal(rt_import(rt_alloc_default(), file, 0, &in, NULL), RT_OK);
  rt_imported_free(&in);
  refused(file, 1000, RT_E_LIMIT, "");
  write_gguf(m, t, "mamba", NULL, NULL, NULL, NULL);
  refused(file, 0, RT_E_FORMAT, "\"mamba\"");
  write_gguf(m, t, "llama", NULL, "blk.1.ffn_up.weight", NULL, NULL);
  refused(file, 0, RT_E_NOTFOUND, "blk.1.ffn_up.weight");
  write_gguf(m, t, "llama", NULL, NULL, "blk.0.ffn_gate_exps.weight", NULL);
  refused(file, 0, RT_E_FORMAT, "ffn_gate_exps");
  write_gguf(m, t, "llama", NULL, NULL, NULL, "blk.0.attn_k.weight");
  refused(file, 0, RT_E_FORMAT, "32 rows of 64");
  write_gguf(m, t, "llama", "llama.expert_count", NULL, NULL, NULL);
  refused(file, 0, RT_E_FORMAT, "expert_count");
  write_gguf(m, t, "llama", "llama.attention.sliding_window", NULL, NULL, NULL);
  refused(file, 0, RT_E_FORMAT, "sliding_window");
  write_gguf(m, t, "llama", NULL, "token_embd.weight", NULL, NULL);
  refused(file, 0, RT_E_FORMAT, "token_embd.weight");
  refused("/no/such/model", 0, RT_E_IO, "/no/such/model");
  rt_model_free(m);
  rt_tokenizer_free(t);
}

/* one matrix of the file in `file` becomes one of another type, by its number in GGUF */
static void retype(const char *name, unsigned char type)
{
  static char bytes[1 << 20];
  FILE *f = fopen(file, "r+b");
  assert_non_null(f);
  size_t n = fread(bytes, 1, sizeof bytes, f), length = strlen(name), at = 0;
  assert_true(n < sizeof bytes);
  while (at + length < n && memcmp(bytes + at, name, length) != 0)
    at++;
  assert_true(at + length < n);
  at += length + 4 + 2 * 8; /* behind it: how many dimensions, and two of them */
  assert_int_equal(fseek(f, (long)at, SEEK_SET), 0);
  assert_int_equal(fputc(type, f), type);
  assert_int_equal(fclose(f), 0);
}

static void a_tokenizer_among_weights_that_cant_be_read(void **state)
{
  (void)state;
  rt_tokenizer *t = tokenizer(), *got = NULL;
  rt_model_config c = config_of("llama", true);
  rt_model *m = model_of(&c);
  write_gguf(m, t, "mamba", NULL, NULL, NULL, NULL);
  retype("blk.0.ffn_up.weight", 6);
  refused(file, 0, RT_E_FORMAT, "Q5_0");
  assert_int_equal(rt_import_tokenizer(rt_alloc_default(), file, &got, NULL), RT_OK);
  assert_memory_equal(rt_tokenizer_hash(got), rt_tokenizer_hash(t), 32);
  rt_tokenizer_free(got);
  rt_model_free(m);
  rt_tokenizer_free(t);
}

static void weights_that_arent_numbers(void **state)
{
  (void)state;
  rt_tokenizer *t = tokenizer();
  rt_model_config c = config_of("llama", true);
  rt_model *m = model_of(&c);
  rt_model_at(m, rt_model_find(m, RT__LIT("layers.1.ffn_up")))[7] = NAN;
  export_both(m, t, "F32");
  refused(file, 0, RT_E_FORMAT, "layers.1.ffn_up");
  refused(folder, 0, RT_E_FORMAT, "layers.1.ffn_up");
  rt_model_free(m);
  rt_tokenizer_free(t);
}

static void put_file(const char *name, const char *text)
{
  char path[160];
  (void)snprintf(path, sizeof path, "%s/%s", folder, name);
  assert_int_equal(rt__out_whole(rt_alloc_default(), path, rt__cstr(text), NULL), RT_OK);
}

static void folders_that_are_refused(void **state)
{
  (void)state;
  rt_tokenizer *t = tokenizer();
  rt_model_config c = config_of("llama", true);
  rt_model *m = model_of(&c);
  export_both(m, t, "F32");
  char path[160];
  (void)snprintf(path, sizeof path, "%s/model.safetensors", folder);
  assert_int_equal(remove(path), 0);
  refused(folder, 0, RT_E_IO, "model.safetensors");
  put_file("model.safetensors", "\4\0\0\0\0\0\0");
  refused(folder, 0, RT_E_TRUNCATED, "safetensors");
  put_file("model.safetensors.index.json", "{\"weight_map\":{\"x\":\"../other.safetensors\"}}");
  refused(folder, 0, RT_E_FORMAT, "impossible file");
  put_file("model.safetensors.index.json", "{}");
  refused(folder, 0, RT_E_FORMAT, "names no file");
  put_file("config.json", "{\"architectures\":[\"GPT2LMHeadModel\"]}");
  refused(folder, 0, RT_E_FORMAT, "GPT2LMHeadModel");
  put_file("config.json", "{]");
  refused(folder, 0, RT_E_FORMAT, "config.json");
  rt_model_free(m);
  rt_tokenizer_free(t);
}

/* the tensors of one file, dealt over two */
static void deal(const rt_model *m)
{
  char path[160];
  rt_safetensors_writer *w;
  rt__buf index;
  rt__buf_init(&index, rt_alloc_default(), 1 << 16);
  assert_int_equal(rt__buf_printf(&index, "{\"weight_map\":{\"\":\"a.safetensors\""), RT_OK);
  for (size_t half = 0; half < 2; half++) {
    assert_int_equal(
        rt_safetensors_writer_new(rt_alloc_default(), rt_quant_find(RT_QUANT_F32), &w, NULL),
        RT_OK);
    for (size_t i = half; i < m->n_tensors; i += 2) {
      rt__file_names names;
      const rt_tensor *t = &m->tensors[i];
      uint64_t dims[2] = {t->rows, t->cols};
      assert_true(rt__names_of(&m->config, t->name, &names));
      assert_int_equal(
          rt_safetensors_declare(w, names.hf, t->matrix ? 2 : 1, t->matrix ? dims : dims + 1, NULL),
          RT_OK);
      assert_int_equal(
          rt__buf_printf(&index, ",\"%s\":\"%c.safetensors\"", names.hf, half ? 'b' : 'a'), RT_OK);
    }
    (void)snprintf(path, sizeof path, "%s/%c.safetensors", folder, half ? 'b' : 'a');
    assert_int_equal(rt_safetensors_begin(w, path, NULL), RT_OK);
    for (size_t i = half; i < m->n_tensors; i += 2)
      assert_int_equal(rt_safetensors_write(w, rt_model_at(m, &m->tensors[i]), NULL), RT_OK);
    assert_int_equal(rt_safetensors_finish(w, NULL), RT_OK);
    rt_safetensors_writer_free(w);
  }
  assert_int_equal(rt__buf_add(&index, "}}\0", 3), RT_OK);
  put_file("model.safetensors.index.json", index.p);
  rt__buf_free(&index);
}

static void several_files_are_read_as_one(void **state)
{
  (void)state;
  rt_tokenizer *t = tokenizer();
  rt_model_config c = config_of("qwen3", false);
  rt_model *m = model_of(&c);
  export_both(m, t, "F32");
  deal(m);
  comes_back(m, t, folder, 0);
  rt_model_free(m);
  rt_tokenizer_free(t);
}

/* ---- config.json */

#define SIZES                                                                                      \
  "\"model_type\":\"llama\",\"vocab_size\":100,\"num_hidden_layers\":2,\"hidden_size\":64,"        \
  "\"intermediate_size\":96,\"num_attention_heads\":4,\"max_position_embeddings\":128,"            \
  "\"rms_norm_eps\":1e-5"

static rt_code read_config(const char *text, rt_model_config *c, rt_error *err)
{
  json_t *json;
  assert_int_equal(rt__json_read(rt__cstr(text), 4096, "config.json", &json, NULL), RT_OK);
  rt_code code = rt__hfconfig_read(json, c, err);
  json_decref(json);
  return code;
}

static void config_defaults(void **state)
{
  (void)state;
  rt_model_config c;
  assert_int_equal(read_config("{" SIZES "}", &c, NULL), RT_OK);
  assert_int_equal(c.kv_heads, 4);
  assert_int_equal(c.head_dim, 16);
  assert_true(c.rope_theta == 10000);
  assert_false(c.tied);
  assert_int_equal(
      read_config("{" SIZES ",\"rope_parameters\":{\"rope_type\":\"default\",\"rope_theta\":5e5}}",
                  &c, NULL),
      RT_OK);
  assert_true(c.rope_theta == 5e5f);
}

static void configs_that_are_refused(void **state)
{
  (void)state;
  static const char *const rows[][2] = {
      {"{}", "no architecture"},
      {"{\"model_type\":\"llama\"}", "\"vocab_size\" is missing"},
      {"{" SIZES ",\"attention_bias\":true}", "attention_bias"},
      {"{" SIZES ",\"hidden_act\":\"gelu\"}", "gelu"},
      {"{" SIZES ",\"quantization_config\":{}}", "quantised"},
      {"{" SIZES ",\"num_key_value_heads\":-1}", "num_key_value_heads"},
      {"{" SIZES ",\"num_key_value_heads\":3}", "heads"},
      {"{" SIZES ",\"head_dim\":\"x\"}", "head_dim"},
      {"{" SIZES ",\"rope_scaling\":{\"type\":\"yarn\",\"factor\":4}}", "yarn"},
      {"{" SIZES ",\"rope_scaling\":{\"type\":\"linear\"}}", "factor"},
  };
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++) {
    rt_model_config c;
    rt_error err = {0};
    assert_int_not_equal(read_config(rows[i][0], &c, &err), RT_OK);
    if (!strstr(err.message, rows[i][1]))
      fail_msg("\"%s\" doesn't say \"%s\"", err.message, rows[i][1]);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(every_architecture_comes_back, set_up, tear_down),
      cmocka_unit_test_setup_teardown(smaller_types_come_back_nearly, set_up, tear_down),
      cmocka_unit_test_setup_teardown(rope_scalings_come_back, set_up, tear_down),
      cmocka_unit_test(rotary_rows_by_definition),
      cmocka_unit_test_setup_teardown(rotary_rows_in_files, set_up, tear_down),
      cmocka_unit_test_setup_teardown(gguf_files_that_are_refused, set_up, tear_down),
      cmocka_unit_test_setup_teardown(a_tokenizer_among_weights_that_cant_be_read, set_up,
                                      tear_down),
      cmocka_unit_test_setup_teardown(weights_that_arent_numbers, set_up, tear_down),
      cmocka_unit_test_setup_teardown(folders_that_are_refused, set_up, tear_down),
      cmocka_unit_test_setup_teardown(several_files_are_read_as_one, set_up, tear_down),
      cmocka_unit_test(config_defaults),
      cmocka_unit_test(configs_that_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
