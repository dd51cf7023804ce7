/* Small files by hand: one that passes, and everything around it that doesn't. */
#include "distill/safetensors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* header and n bytes of data, in memory of the exact size */
static unsigned char *make(const char *header, size_t n, size_t *size)
{
  size_t h = strlen(header);
  *size = 8 + h + n;
  unsigned char *p = calloc(*size, 1);
  assert_non_null(p);
  for (int i = 0; i < 8; i++)
    p[i] = (unsigned char)((uint64_t)h >> (8 * i));
  memcpy(p + 8, header, h);
  for (size_t i = 0; i < n; i++)
    p[8 + h + i] = (unsigned char)i;
  return p;
}

static rt_code read_header(const char *header, size_t n, rt_error *err)
{
  size_t size;
  unsigned char *p = make(header, n, &size);
  rt_safetensors *s = NULL;
  rt_code code = rt_safetensors_from_memory(rt_alloc_default(), p, size, &s, err);
  rt_safetensors_free(s);
  free(p);
  return code;
}

#define ONE "{\"a\":{\"dtype\":\"F16\",\"shape\":[2,3],\"data_offsets\":[0,12]}"

static void reads_a_file(void **state)
{
  (void)state;
  size_t size;
  unsigned char *p = make(ONE ",\"__metadata__\":{\"x\":\"y\"},"
                              "\"s\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[12,16]},"
                              "\"i\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[16,24]}}",
                          24, &size);
  rt_safetensors *s;
  assert_int_equal(rt_safetensors_from_memory(rt_alloc_default(), p, size, &s, NULL), RT_OK);
  assert_int_equal(rt_safetensors_count(s), 3);
  const rt_safetensor *t = rt_safetensors_find(s, RT__LIT("a"));
  assert_non_null(t);
  assert_int_equal(t->n, 6);
  assert_int_equal(t->dims[0], 2);
  assert_int_equal(t->data[11], 11);
  assert_string_equal(t->type->name, "F16");
  assert_int_equal(rt_safetensors_find(s, RT__LIT("s"))->n, 1);
  assert_null(rt_safetensors_find(s, RT__LIT("i"))->type); /* listed, not read */
  assert_null(rt_safetensors_find(s, RT__LIT("b")));
  rt_safetensors_free(s);
  free(p);
}

static void hostile_headers(void **state)
{
  (void)state;
  static const struct {
    const char *header;
    size_t n;
    const char *word;
  } rows[] = {
      {ONE "}", 11, "outside"},
      {"{\"a\":{\"dtype\":\"F16\",\"shape\":[2,3],\"data_offsets\":[4,12]}}", 12,
       "as long as its shape"},
      {"{\"a\":{\"dtype\":\"F16\",\"shape\":[2,3],\"data_offsets\":[12,0]}}", 12, "outside"},
      {"{\"a\":{\"dtype\":\"F16\",\"shape\":[2,3],\"data_offsets\":[-12,0]}}", 12, "outside"},
      {"{\"a\":{\"dtype\":\"F16\",\"shape\":[2,3],\"data_offsets\":[0]}}", 12, "outside"},
      {"{\"a\":{\"dtype\":\"F16\",\"shape\":[2,-3],\"data_offsets\":[0,12]}}", 12, "shape"},
      {"{\"a\":{\"dtype\":\"F16\",\"shape\":[4611686018427387903,4611686018427387903],\"data_"
       "offsets\":[0,12]}}",
       12, "shape"},
      {"{\"a\":{\"dtype\":\"F16\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,2]}}", 12,
       "8 dimensions"},
      {"{\"a\":{\"dtype\":\"F16\",\"shape\":3,\"data_offsets\":[0,12]}}", 12, "shape"},
      {"{\"a\":{\"shape\":[2,3],\"data_offsets\":[0,12]}}", 12, "type"},
      {"{\"a\":7}", 12, "type"},
      {ONE ",\"a\":{\"dtype\":\"F16\",\"shape\":[2,3],\"data_offsets\":[0,12]}}", 12, "JSON"},
      {ONE ",\"b\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[10,12]}}", 12, "overlaps"},
      {"[]", 0, "object"},
      {"{", 0, "JSON"},
      {"", 0, "JSON"},
  };
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++) {
    rt_error err = {0};
    assert_int_not_equal(read_header(rows[i].header, rows[i].n, &err), RT_OK);
    if (!strstr(err.message, rows[i].word))
      fail_msg("\"%s\" doesn't say \"%s\"", err.message, rows[i].word);
  }
}

static void header_sizes_that_lie(void **state)
{
  (void)state;
  static const uint64_t sizes[] = {9, UINT64_MAX, UINT64_MAX - 7, RT_SAFETENSORS_HEADER_MAX + 1,
                                   RT_SAFETENSORS_HEADER_MAX};
  for (size_t i = 0; i < RT__ARRAY_LEN(sizes); i++) {
    unsigned char *p = calloc(16, 1);
    rt_safetensors *s = NULL;
    assert_non_null(p);
    for (int k = 0; k < 8; k++)
      p[k] = (unsigned char)(sizes[i] >> (8 * k));
    assert_int_not_equal(rt_safetensors_from_memory(rt_alloc_default(), p, 16, &s, NULL), RT_OK);
    free(p);
  }
  for (size_t n = 0; n < 8; n++) {
    unsigned char *p = calloc(n + 1, 1);
    rt_safetensors *s = NULL;
    assert_int_equal(rt_safetensors_from_memory(rt_alloc_default(), p, n, &s, NULL),
                     RT_E_TRUNCATED);
    free(p);
  }
}

static void writes_what_it_reads(void **state)
{
  (void)state;
  char path[64];
  (void)snprintf(path, sizeof path, "/tmp/rt_test_safetensors_%ld", (long)getpid());
  const float a[6] = {1, 2, 3, 4, 5, 6}, b[2] = {-0.5f, 0.25f};
  const uint64_t dims[2] = {2, 3}, two = 2;
  rt_safetensors_writer *w;
  rt_safetensors *s;
  assert_int_equal(
      rt_safetensors_writer_new(rt_alloc_default(), rt_quant_find(RT_QUANT_BF16), &w, NULL), RT_OK);
  assert_int_equal(rt_safetensors_declare(w, "z \"a\"", 2, dims, NULL), RT_OK);
  assert_int_equal(rt_safetensors_declare(w, "b", 1, &two, NULL), RT_OK);
  assert_int_equal(rt_safetensors_begin(w, path, NULL), RT_OK);
  assert_int_equal(rt_safetensors_write(w, a, NULL), RT_OK);
  assert_int_equal(rt_safetensors_write(w, b, NULL), RT_OK);
  assert_int_equal(rt_safetensors_write(w, b, NULL), RT_E_ARG);
  assert_int_equal(rt_safetensors_finish(w, NULL), RT_OK);
  rt_safetensors_writer_free(w);
  assert_int_equal(rt_safetensors_open(rt_alloc_default(), path, &s, NULL), RT_OK);
  const rt_safetensor *t = rt_safetensors_find(s, RT__LIT("z \"a\""));
  float back[6];
  assert_non_null(t);
  assert_int_equal(t->dims[1], 3);
  t->type->decode(t->data, back, 6);
  assert_memory_equal(back, a, sizeof a);
  rt_safetensors_free(s);
  assert_int_equal(remove(path), 0);
}

static void quantised_types_cant_be_written(void **state)
{
  (void)state;
  rt_safetensors_writer *w;
  assert_int_equal(
      rt_safetensors_writer_new(rt_alloc_default(), rt_quant_find(RT_QUANT_Q8_0), &w, NULL),
      RT_E_ARG);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(reads_a_file),
      cmocka_unit_test(hostile_headers),
      cmocka_unit_test(header_sizes_that_lie),
      cmocka_unit_test(writes_what_it_reads),
      cmocka_unit_test(quantised_types_cant_be_written),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
