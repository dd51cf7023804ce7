/* Files of logits made by hand: llama.cpp's, whole and damaged, and JSON lines. */
#include "distill/import_logits.h"

#include "base/hash.h"
#include "distill/import_bytes.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum { CONTEXT = 8, VOCAB = 7, CHUNKS = 2, ROW = (VOCAB + 1) / 2 * 4 + 8, HEAD = 20 };
enum { SIZE = HEAD + CHUNKS * CONTEXT * 4 + CHUNKS * 3 * ROW };

static char in_path[64], out_path[80];

static int set_up(void **state)
{
  (void)state;
  (void)snprintf(in_path, sizeof in_path, "/tmp/rt_test_logits_%ld", (long)getpid());
  (void)snprintf(out_path, sizeof out_path, "%s.kdt", in_path);
  return 0;
}

static int tear_down(void **state)
{
  (void)state;
  (void)remove(in_path);
  (void)remove(out_path);
  return 0;
}

static void save(const void *p, size_t n)
{
  FILE *f = fopen(in_path, "wb");
  assert_non_null(f);
  assert_int_equal(fwrite(p, 1, n, f), n);
  assert_int_equal(fclose(f), 0);
}

static rt_from_logits options(uint32_t top, uint32_t tail)
{
  return (rt_from_logits){
      .info = {.vocab = VOCAB, .top = top, .tail = tail, .temperature = 1, .seed = 3},
      .bos = UINT32_MAX};
}

static rt_code convert(const rt_from_logits *o, rt_error *err)
{
  (void)remove(out_path);
  rt_code code = rt_import_logits(rt_alloc_default(), in_path, o, out_path, err);
  assert_int_equal(access(out_path, F_OK) == 0, code == RT_OK);
  return code;
}

/* ---- llama.cpp's: 16-bit steps between the lowest and the highest log-probability */

static void put_float(unsigned char *p, float f)
{
  uint32_t u;
  memcpy(&u, &f, sizeof u);
  rt__put32(p, u);
}

static uint32_t step_of(uint32_t row, uint32_t id)
{
  return id == row % VOCAB ? 65535 : id == (row + 1) % VOCAB ? 0 : 40000 + 1000 * id;
}

static const float scale = 16.0f / 65535, low = -16.25f;

static void make_base(unsigned char *p)
{
  memset(p, 0, SIZE);
  memcpy(p, "_logits_", 8);
  rt__put32(p + 8, CONTEXT);
  rt__put32(p + 12, VOCAB);
  rt__put32(p + 16, CHUNKS);
  for (uint32_t i = 0; i < CHUNKS * CONTEXT; i++)
    rt__put32(p + HEAD + 4 * i, i % VOCAB);
  unsigned char *row = p + HEAD + CHUNKS * CONTEXT * 4;
  for (uint32_t r = 0; r < CHUNKS * 3; r++, row += ROW) {
    put_float(row, scale);
    put_float(row + 4, low);
    for (uint32_t i = 0; i < VOCAB; i++) {
      row[8 + 2 * i] = (unsigned char)(step_of(r, i) & 255);
      row[9 + 2 * i] = (unsigned char)(step_of(r, i) >> 8);
    }
  }
}

static void check_base_row(const rt_targets_document *d, uint32_t r, uint32_t chunk)
{
  double p[VOCAB], got[VOCAB] = {0}, sum = 0;
  for (uint32_t i = 0; i < VOCAB; i++) {
    uint32_t v = step_of(chunk * 3 + r, i);
    sum += p[i] = v ? exp((double)low + (double)scale * v) : 0;
  }
  for (uint32_t i = 0; i < d->width; i++)
    got[d->ids[r * d->width + i]] += (double)d->weights[r * d->width + i];
  for (uint32_t i = 0; i < VOCAB; i++) /* the six that are possible are all in the top */
    assert_true(fabs(got[i] - p[i] / sum) < 3e-3);
}

static void base_file_becomes_targets(void **state)
{
  (void)state;
  unsigned char p[SIZE];
  rt_targets *t;
  rt_targets_document d;
  rt_from_logits o = options(6, 2);
  o.bos = 5;
  make_base(p);
  save(p, sizeof p);
  assert_int_equal(convert(&o, NULL), RT_OK);
  assert_int_equal(rt_targets_open(rt_alloc_default(), out_path, &t, NULL), RT_OK);
  const rt_targets_info *info = rt_targets_about(t);
  assert_int_equal(info->documents, CHUNKS);
  assert_int_equal(info->rows, CHUNKS * 3);
  assert_true(info->tail_known);
  unsigned char hash[32];
  assert_int_equal(rt__sha256(p, sizeof p, hash), RT_OK);
  assert_memory_equal(info->teacher, hash, 32);
  for (uint32_t c = 0; c < CHUNKS; c++) {
    assert_int_equal(rt_targets_read(t, c, &d, NULL), RT_OK);
    assert_int_equal(d.n, CONTEXT);
    assert_int_equal(d.tokens[0], 5); /* BOS took the first one's place */
    assert_int_equal(d.tokens[1], (c * CONTEXT + 1) % VOCAB);
    for (uint32_t i = 0; i < CONTEXT; i++)
      assert_int_equal(d.mask[i], i >= 4 && i < 7);
    for (uint32_t r = 0; r < 3; r++)
      check_base_row(&d, r, c);
  }
  rt_targets_free(t);
}

static void base_files_that_are_refused(void **state)
{
  (void)state;
  unsigned char good[SIZE], p[SIZE];
  rt_error err;
  rt_from_logits o = options(4, 2);
  make_base(good);
  for (size_t n = 1; n < SIZE; n += n < 24 ? 1 : 17) {
    save(good, n);
    assert_int_not_equal(convert(&o, &err), RT_OK);
  }
  const struct {
    size_t at;
    uint32_t v;
    const char *word;
  } rows[] = {{8, 0, "range"},
              {8, UINT32_MAX, "range"},
              {12, UINT32_MAX, "range"},
              {12, 6, "6 words"},
              {16, 0, "range"},
              {16, 3, "ends before"},
              {16, 1 << 24, "ends"},
              {8, 1 << 20, "ends"},
              {HEAD, VOCAB, "outside the vocabulary"},
              {SIZE - ROW, 0x7fc00000, "scale"},
              {SIZE - ROW + 4, 0x3f800000, "scale"}};
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++) {
    memcpy(p, good, SIZE);
    rt__put32(p + rows[i].at, rows[i].v);
    save(p, SIZE);
    assert_int_not_equal(convert(&o, &err), RT_OK);
    if (!strstr(err.message, rows[i].word))
      fail_msg("\"%s\" doesn't say \"%s\"", err.message, rows[i].word);
  }
  o.info.vocab = 99;
  save(good, SIZE);
  assert_int_equal(convert(&o, &err), RT_E_ARG);
}

/* ---- JSON lines */

static const char lines[] = "{\"tokens\":[1,2,3],\"top\":[[[5,-0.25],[6,-2]],null]}\n\n"
                            "{\"tokens\":[4,0],\"top\":[[[2,-3],[1,-1],[0,-2]],[[1,-1]]]}";

static void json_lines_become_targets(void **state)
{
  (void)state;
  rt_targets *t;
  rt_targets_document d;
  rt_from_logits o = options(2, 0);
  save(lines, sizeof lines - 1);
  assert_int_equal(convert(&o, NULL), RT_OK);
  assert_int_equal(rt_targets_open(rt_alloc_default(), out_path, &t, NULL), RT_OK);
  assert_false(rt_targets_about(t)->tail_known);
  assert_int_equal(rt_targets_about(t)->context, 3);
  assert_int_equal(rt_targets_read(t, 0, &d, NULL), RT_OK);
  assert_int_equal(d.n_rows, 1);
  assert_int_equal(d.mask[0], 1);
  assert_int_equal(d.mask[1], 0);
  assert_int_equal(d.ids[0], 5);
  assert_true(fabs((double)d.weights[0] - exp(-0.25)) < 1e-4);
  assert_true(fabs((double)d.rest[0] - (1 - exp(-0.25) - exp(-2))) < 1e-3);
  assert_int_equal(rt_targets_read(t, 1, &d, NULL), RT_OK);
  assert_int_equal(d.n_rows, 1); /* nothing follows the last token */
  assert_int_equal(d.ids[0], 1);
  assert_int_equal(d.ids[1], 0); /* the best two, whatever their order was */
  rt_targets_free(t);
}

static void whole_lists_may_be_drawn_from(void **state)
{
  (void)state;
  const char whole[] =
      "{\"tokens\":[1,2],\"top\":[[[0,-1.9459],[1,-1.9459],[2,-1.9459],[3,-1.9459],"
      "[4,-1.9459],[5,-1.9459],[6,-1.9460]]]}\n";
  rt_targets *t;
  rt_targets_document d;
  rt_from_logits o = options(1, 4);
  save(whole, sizeof whole - 1);
  assert_int_equal(convert(&o, NULL), RT_OK);
  assert_int_equal(rt_targets_open(rt_alloc_default(), out_path, &t, NULL), RT_OK);
  assert_int_equal(rt_targets_read(t, 0, &d, NULL), RT_OK);
  assert_true(d.rest[0] == 0);
  assert_true(fabs((double)d.weights[1] - 6.0 / 7 / 4) < 1e-3);
  rt_targets_free(t);
}

static void json_lines_that_are_refused(void **state)
{
  (void)state;
  static const struct {
    const char *text;
    uint32_t tail;
    const char *word;
  } rows[] = {
      {" \n", 0, "empty"},
      {"{\"tokens\":[]}", 0, "1 to"},
      {"{\"top\":[]}", 0, "1 to"},
      {"{\"tokens\":[7,1],\"top\":[[[1,-1]]]}", 0, "below the vocabulary"},
      {"{\"tokens\":[-1,1],\"top\":[[[1,-1]]]}", 0, "below the vocabulary"},
      {"{\"tokens\":[1,1],\"top\":[[[7,-1]]]}", 0, "pair"},
      {"{\"tokens\":[1,1],\"top\":[[[1,0.5]]]}", 0, "pair"},
      {"{\"tokens\":[1,1],\"top\":[[[1]]]}", 0, "pair"},
      {"{\"tokens\":[1,1],\"top\":[[]]}", 0, "list"},
      {"{\"tokens\":[1,1],\"top\":[[[1,-0.1],[2,-0.1]]]}", 0, "sum"},
      {"{\"tokens\":[1,1],\"top\":[[[1,-2],[1,-2]]]}", 0, "twice"},
      {"{\"tokens\":[1,1],\"top\":[]}", 0, "as long as"},
      {"{\"tokens\":[1,1],\"top\":[[[1,-1]]]}", 2, "doesn't cover the vocabulary"},
      {"{\"tokens\":[1,1],\"top\":[null]}", 0, "masked"},
      {"{\"tokens\":[1,", 0, "JSON"},
  };
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++) {
    rt_error err = {0};
    rt_from_logits o = options(2, rows[i].tail);
    save(rows[i].text, strlen(rows[i].text));
    assert_int_not_equal(convert(&o, &err), RT_OK);
    if (!strstr(err.message, rows[i].word))
      fail_msg("\"%s\" doesn't say \"%s\"", err.message, rows[i].word);
  }
  rt_error err = {0};
  rt_from_logits o = options(2, 0);
  o.info.temperature = 2;
  save(lines, sizeof lines - 1);
  assert_int_equal(convert(&o, &err), RT_E_ARG);
  assert_non_null(strstr(err.message, "temperature"));
}

static void errors_name_the_line(void **state)
{
  (void)state;
  const char text[] =
      "{\"tokens\":[1,1],\"top\":[[[1,-1]]]}\n\n{\"tokens\":[1,1],\"top\":[[[1,3]]]}\n";
  rt_error err = {0};
  rt_from_logits o = options(2, 0);
  save(text, sizeof text - 1);
  assert_int_equal(convert(&o, &err), RT_E_FORMAT);
  assert_int_equal(err.line, 3);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(base_file_becomes_targets),
      cmocka_unit_test(base_files_that_are_refused),
      cmocka_unit_test(json_lines_become_targets),
      cmocka_unit_test(whole_lists_may_be_drawn_from),
      cmocka_unit_test(json_lines_that_are_refused),
      cmocka_unit_test(errors_name_the_line),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
