/* A small file is made byte by byte; each refusal is one byte away from a file that passes. */
#include "distill/gguf.h"
#include "distill/gguf_write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- bytes by hand */

typedef struct bytes {
  unsigned char p[4096];
  size_t n;
} bytes;

static void le(bytes *b, uint64_t v, int n)
{
  for (int i = 0; i < n; i++)
    b->p[b->n++] = (unsigned char)(v >> (8 * i));
}

static void str(bytes *b, const char *s)
{
  le(b, strlen(s), 8);
  memcpy(b->p + b->n, s, strlen(s));
  b->n += strlen(s);
}

static void start(bytes *b, uint32_t version, uint64_t tensors, uint64_t values)
{
  b->n = 0;
  memcpy(b->p, "GGUF", 4);
  b->n = 4;
  le(b, version, 4);
  le(b, tensors, 8);
  le(b, values, 8);
}

static void u32(bytes *b, const char *key, uint32_t v)
{
  str(b, key);
  le(b, RT_GGUF_U32, 4);
  le(b, v, 4);
}

static void tensor(bytes *b, const char *name, uint32_t type, uint64_t d0, uint64_t d1,
                   uint64_t offset)
{
  str(b, name);
  le(b, 2, 4);
  le(b, d0, 8);
  le(b, d1, 8);
  le(b, type, 4);
  le(b, offset, 8);
}

static void data(bytes *b, size_t n)
{
  while (b->n % 32)
    le(b, 0, 1);
  for (size_t i = 0; i < n; i++)
    le(b, i, 1);
}

static rt_code read_bytes(const bytes *b, rt_gguf **g, rt_error *err)
{
  /* a copy of the exact size, so that the sanitizer sees a step too far */
  static unsigned char *exact;
  free(exact);
  exact = malloc(b->n ? b->n : 1);
  memcpy(exact, b->p, b->n);
  return rt_gguf_from_memory(rt_alloc_default(), exact, b->n, g, err);
}

static void refused(const bytes *b, rt_code code, const char *word)
{
  rt_gguf *g = NULL;
  rt_error err = {0};
  assert_int_equal(read_bytes(b, &g, &err), code);
  assert_null(g);
  if (!strstr(err.message, word))
    fail_msg("\"%s\" doesn't say \"%s\"", err.message, word);
}

/* ---- what passes */

static void whole_file(bytes *b, uint32_t version)
{
  start(b, version, 2, 3);
  u32(b, "a.number", 7);
  str(b, "a.list");
  le(b, RT_GGUF_ARRAY, 4);
  le(b, RT_GGUF_STRING, 4);
  le(b, 2, 8);
  str(b, "first");
  str(b, "");
  str(b, "a.name");
  le(b, RT_GGUF_STRING, 4);
  str(b, "thing");
  tensor(b, "w", RT_QUANT_F32, 4, 2, 0);
  tensor(b, "q", RT_QUANT_Q8_0, 32, 1, 32);
  data(b, 32 + 34);
}

static void reads_versions_2_and_3(void **state)
{
  (void)state;
  for (uint32_t version = 2; version <= 3; version++) {
    bytes b;
    rt_gguf *g;
    rt_error err;
    whole_file(&b, version);
    assert_int_equal(read_bytes(&b, &g, &err), RT_OK);
    assert_int_equal(rt_gguf_version(g), version);
    uint32_t v;
    assert_int_equal(rt_gguf_u32(g, "a.number", &v, &err), RT_OK);
    assert_int_equal(v, 7);
    rt_slice s;
    assert_int_equal(rt_gguf_str(g, "a.name", &s, &err), RT_OK);
    assert_true(rt__slice_eq(s, RT__LIT("thing")));
    rt_gguf_array a;
    assert_int_equal(rt_gguf_list(g, "a.list", RT_GGUF_STRING, &a, &err), RT_OK);
    assert_int_equal(a.n, 2);
    assert_true(rt__slice_eq(rt_gguf_next_str(&a), RT__LIT("first")));
    assert_int_equal(rt_gguf_next_str(&a).n, 0);
    const rt_gguf_tensor *t = rt_gguf_tensor_find(g, RT__LIT("q"));
    assert_non_null(t);
    assert_int_equal(t->bytes, 34);
    assert_int_equal(t->data[0], 32);
    assert_null(rt_gguf_tensor_find(g, RT__LIT("absent")));
    assert_ptr_equal(rt_gguf_tensor_at(g, 1), t);
    rt_gguf_free(g);
  }
}

static void asks_by_kind(void **state)
{
  (void)state;
  bytes b;
  rt_gguf *g;
  rt_error err;
  float f;
  rt_slice s;
  uint32_t v;
  rt_gguf_array a;
  whole_file(&b, 3);
  assert_int_equal(read_bytes(&b, &g, &err), RT_OK);
  assert_int_equal(rt_gguf_u32(g, "no.such", &v, &err), RT_E_NOTFOUND);
  assert_non_null(strstr(err.message, "no.such"));
  assert_int_equal(rt_gguf_str(g, "a.number", &s, &err), RT_E_FORMAT);
  assert_int_equal(rt_gguf_f32(g, "a.number", &f, &err), RT_E_FORMAT);
  assert_int_equal(rt_gguf_u32(g, "a.name", &v, &err), RT_E_FORMAT);
  assert_int_equal(rt_gguf_list(g, "a.list", RT_GGUF_F32, &a, &err), RT_E_FORMAT);
  assert_int_equal(rt_gguf_list(g, "a.number", RT_GGUF_I32, &a, &err), RT_E_FORMAT);
  rt_gguf_free(g);
}

/* ---- what doesn't: every prefix, every hostile count */

static void every_prefix_is_refused(void **state)
{
  (void)state;
  bytes whole;
  whole_file(&whole, 3);
  for (size_t n = 0; n < whole.n; n++) {
    bytes b = whole;
    rt_gguf *g = NULL;
    rt_error err = {0};
    b.n = n;
    assert_int_not_equal(read_bytes(&b, &g, &err), RT_OK);
    assert_int_not_equal(err.message[0], 0);
  }
}

static void hostile_counts(void **state)
{
  (void)state;
  bytes b;
  start(&b, 3, 1000000000, 0);
  refused(&b, RT_E_LIMIT, "tensors");
  start(&b, 3, 0, UINT64_MAX);
  refused(&b, RT_E_LIMIT, "keys");
  start(&b, 3, 0, 1); /* an array of 2^61 numbers of 8 bytes: the product overflows */
  str(&b, "k");
  le(&b, RT_GGUF_ARRAY, 4);
  le(&b, RT_GGUF_U64, 4);
  le(&b, UINT64_C(1) << 61, 8);
  refused(&b, RT_E_TRUNCATED, "array");
  b.n -= 12; /* as many strings */
  le(&b, RT_GGUF_STRING, 4);
  le(&b, UINT64_MAX, 8);
  refused(&b, RT_E_TRUNCATED, "strings");
  start(&b, 3, 0, 1);
  le(&b, UINT64_MAX - 3, 8);
  le(&b, 0, 8);
  refused(&b, RT_E_TRUNCATED, "string");
}

static void hostile_names(void **state)
{
  (void)state;
  bytes b;
  char longer[RT_GGUF_KEY_MAX + 2];
  memset(longer, 'x', sizeof longer);
  longer[sizeof longer - 1] = 0;
  start(&b, 3, 0, 1);
  u32(&b, longer, 1);
  refused(&b, RT_E_LIMIT, "key");
  start(&b, 3, 0, 2);
  u32(&b, "twice", 1);
  u32(&b, "twice", 2);
  refused(&b, RT_E_FORMAT, "twice");
  longer[RT_GGUF_NAME_MAX + 1] = 0;
  start(&b, 3, 1, 0);
  tensor(&b, longer, 0, 1, 1, 0);
  data(&b, 4);
  refused(&b, RT_E_LIMIT, "tensor name");
  start(&b, 3, 2, 0);
  tensor(&b, "same", 0, 8, 1, 0);
  tensor(&b, "same", 0, 8, 1, 0);
  data(&b, 32);
  refused(&b, RT_E_FORMAT, "\"same\" is there twice");
}

static void hostile_values(void **state)
{
  (void)state;
  bytes b;
  start(&b, 3, 0, 1);
  str(&b, "k");
  le(&b, 13, 4);
  le(&b, 0, 8);
  refused(&b, RT_E_FORMAT, "unknown type");
  start(&b, 3, 0, 1);
  str(&b, "k");
  le(&b, RT_GGUF_BOOL, 4);
  le(&b, 2, 1);
  refused(&b, RT_E_FORMAT, "neither 0 nor 1");
  start(&b, 3, 0, 1);
  str(&b, "k");
  le(&b, RT_GGUF_ARRAY, 4);
  le(&b, RT_GGUF_ARRAY, 4);
  le(&b, 1, 8);
  refused(&b, RT_E_FORMAT, "arrays of arrays");
  start(&b, 3, 0, 1);
  u32(&b, "general.alignment", 24);
  refused(&b, RT_E_FORMAT, "alignment");
}

static void one_tensor(bytes *b, uint32_t type, uint64_t d0, uint64_t d1, uint64_t offset)
{
  start(b, 3, 1, 0);
  tensor(b, "t", type, d0, d1, offset);
  data(b, 64);
}

static void hostile_tensors(void **state)
{
  (void)state;
  bytes b;
  rt_gguf *g;
  one_tensor(&b, 0, 16, 1, 0);
  assert_int_equal(read_bytes(&b, &g, NULL), RT_OK);
  rt_gguf_free(g);
  one_tensor(&b, 0, 17, 1, 0);
  refused(&b, RT_E_TRUNCATED, "outside");
  one_tensor(&b, 0, 8, 1, 64);
  refused(&b, RT_E_TRUNCATED, "outside");
  one_tensor(&b, 0, 8, 1, UINT64_MAX - 31);
  refused(&b, RT_E_TRUNCATED, "outside");
  one_tensor(&b, 0, 8, 1, 4);
  refused(&b, RT_E_FORMAT, "alignment");
  one_tensor(&b, 0, UINT64_C(1) << 33, UINT64_C(1) << 33, 0);
  refused(&b, RT_E_LIMIT, "dimension");
  one_tensor(&b, 0, UINT64_C(1) << 29, UINT64_C(1) << 29, 0);
  refused(&b, RT_E_TRUNCATED, "outside");
  one_tensor(&b, 0, 0, 1, 0);
  refused(&b, RT_E_LIMIT, "dimension of 0");
  one_tensor(&b, RT_QUANT_Q8_0, 16, 2, 0);
  refused(&b, RT_E_FORMAT, "blocks");
  one_tensor(&b, 13, 256, 1, 0);
  refused(&b, RT_E_FORMAT, "Q5_K");
  one_tensor(&b, 4000, 16, 1, 0);
  refused(&b, RT_E_FORMAT, "4000");
  start(&b, 3, 1, 0);
  str(&b, "t");
  le(&b, 5, 4);
  data(&b, 64);
  refused(&b, RT_E_FORMAT, "dimensions");
}

static void wrong_versions(void **state)
{
  (void)state;
  bytes b;
  start(&b, 1, 0, 0);
  refused(&b, RT_E_VERSION, "version 1");
  start(&b, 4, 0, 0);
  refused(&b, RT_E_VERSION, "version 4");
  start(&b, 0x03000000, 0, 0);
  refused(&b, RT_E_VERSION, "big-endian");
  b.p[0] = 'X';
  refused(&b, RT_E_FORMAT, "GGUF");
}

/* ---- writing: what comes out reads back */

static void make_path(char *path, size_t n)
{
  (void)snprintf(path, n, "/tmp/rt_test_gguf_%ld.gguf", (long)getpid());
}

static rt_gguf_writer *writer_with(const rt_quant *type, uint32_t columns)
{
  rt_gguf_writer *w;
  assert_int_equal(rt_gguf_writer_new(rt_alloc_default(), &w, NULL), RT_OK);
  rt_gguf_put_u32(w, "u", 4000000000u);
  rt_gguf_put_f32(w, "f", 0.25f);
  rt_gguf_put_bool(w, "b", true);
  rt_gguf_put_str(w, "s", RT__LIT("text"));
  rt_slice words[2] = {RT__LIT("one"), RT__LIT("two")};
  rt_gguf_put_strs(w, "words", words, 2);
  int32_t ints[3] = {-1, 0, 5};
  rt_gguf_put_i32s(w, "ints", ints, 3);
  float floats[2] = {-1.5f, 3};
  rt_gguf_put_f32s(w, "floats", floats, 2);
  uint64_t one[1] = {3}, dims[2] = {columns, 2};
  rt_gguf_declare(w, "norm", rt_quant_find(RT_QUANT_F32), 1, one);
  rt_gguf_declare(w, "matrix", type, 2, dims);
  return w;
}

static void check_written(const rt_gguf *g)
{
  uint32_t u;
  float f;
  bool yes;
  rt_slice s;
  rt_gguf_array a;
  rt_error err;
  assert_int_equal(rt_gguf_u32(g, "u", &u, &err), RT_OK);
  assert_int_equal(u, 4000000000u);
  assert_int_equal(rt_gguf_f32(g, "f", &f, &err), RT_OK);
  assert_true(f == 0.25f);
  assert_int_equal(rt_gguf_bool(g, "b", &yes, &err), RT_OK);
  assert_true(yes);
  assert_int_equal(rt_gguf_str(g, "s", &s, &err), RT_OK);
  assert_true(rt__slice_eq(s, RT__LIT("text")));
  assert_int_equal(rt_gguf_list(g, "ints", RT_GGUF_I32, &a, &err), RT_OK);
  assert_int_equal(rt_gguf_next_int(&a), -1);
  assert_int_equal(rt_gguf_next_int(&a), 0);
  assert_int_equal(rt_gguf_next_int(&a), 5);
  assert_int_equal(rt_gguf_list(g, "floats", RT_GGUF_F32, &a, &err), RT_OK);
  assert_true(rt_gguf_next_f32(&a) == -1.5f);
}

static void writes_what_it_reads(void **state)
{
  (void)state;
  char path[64];
  make_path(path, sizeof path);
  float norm[3] = {1, 2, 3}, matrix[128], back[128];
  for (int i = 0; i < 128; i++)
    matrix[i] = (float)(i - 64) / 8;
  const uint32_t types[] = {RT_QUANT_F32, RT_QUANT_F16, RT_QUANT_BF16, RT_QUANT_Q8_0};
  for (size_t i = 0; i < RT__ARRAY_LEN(types); i++) {
    rt_gguf_writer *w = writer_with(rt_quant_find(types[i]), 64);
    assert_int_equal(rt_gguf_begin(w, path, NULL), RT_OK);
    assert_int_equal(rt_gguf_write(w, norm, NULL), RT_OK);
    assert_int_equal(rt_gguf_write(w, matrix, NULL), RT_OK);
    assert_int_equal(rt_gguf_finish(w, NULL), RT_OK);
    rt_gguf_writer_free(w);
    rt_gguf *g;
    assert_int_equal(rt_gguf_open(rt_alloc_default(), path, &g, NULL), RT_OK);
    check_written(g);
    const rt_gguf_tensor *t = rt_gguf_tensor_find(g, RT__LIT("matrix"));
    assert_int_equal(t->dims[0], 64);
    t->type->decode(t->data, back, (size_t)t->n / t->type->block);
    for (int k = 0; k < 128; k++)
      assert_true(back[k] - matrix[k] < 0.05f && matrix[k] - back[k] < 0.05f);
    rt_gguf_free(g);
  }
  assert_int_equal(remove(path), 0);
}

static void half_a_file_never_appears(void **state)
{
  (void)state;
  char path[64];
  make_path(path, sizeof path);
  float norm[3] = {1, 2, 3};
  rt_gguf_writer *w = writer_with(rt_quant_find(RT_QUANT_F32), 64);
  assert_int_equal(rt_gguf_begin(w, path, NULL), RT_OK);
  assert_int_equal(rt_gguf_write(w, norm, NULL), RT_OK);
  assert_int_equal(rt_gguf_finish(w, NULL), RT_E_ARG); /* a tensor is missing */
  rt_gguf_writer_free(w);
  assert_int_not_equal(access(path, F_OK), 0);
}

static void shapes_that_cant_be_written(void **state)
{
  (void)state;
  rt_error err = {0};
  rt_gguf_writer *w = writer_with(rt_quant_find(RT_QUANT_Q8_0), 33);
  assert_int_equal(rt_gguf_begin(w, "/tmp/never", &err), RT_E_ARG);
  rt_gguf_writer_free(w);
  w = writer_with(rt_quant_find(RT_QUANT_Q4_K), 256);
  assert_int_equal(rt_gguf_begin(w, "/tmp/never", &err), RT_E_ARG);
  rt_gguf_writer_free(w);
  w = writer_with(rt_quant_find(RT_QUANT_F32), 8);
  assert_int_equal(rt_gguf_begin(w, "/no/such/folder/x.gguf", &err), RT_E_IO);
  assert_non_null(strstr(err.message, "/no/such/folder"));
  rt_gguf_writer_free(w);
}

static void files_that_arent(void **state)
{
  (void)state;
  rt_gguf *g = NULL;
  rt_error err;
  assert_int_equal(rt_gguf_open(rt_alloc_default(), "/no/such/file", &g, &err), RT_E_IO);
  assert_int_equal(rt_gguf_open(rt_alloc_default(), "/tmp", &g, &err), RT_E_IO);
  assert_int_equal(rt_gguf_open(rt_alloc_default(), "/dev/null", &g, &err), RT_E_IO);
  assert_null(g);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(reads_versions_2_and_3),
      cmocka_unit_test(asks_by_kind),
      cmocka_unit_test(every_prefix_is_refused),
      cmocka_unit_test(hostile_counts),
      cmocka_unit_test(hostile_names),
      cmocka_unit_test(hostile_values),
      cmocka_unit_test(hostile_tensors),
      cmocka_unit_test(wrong_versions),
      cmocka_unit_test(writes_what_it_reads),
      cmocka_unit_test(half_a_file_never_appears),
      cmocka_unit_test(shapes_that_cant_be_written),
      cmocka_unit_test(files_that_arent),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
