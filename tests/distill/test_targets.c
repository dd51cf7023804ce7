/* The promise: over the generator's offsets the expected target is the teacher's distribution. Then
 * the file: what goes in comes out, and no damaged or foreign one is read. */
#include "distill/targets_in.h"

#include "base/hash.h"
#include "distill/quant.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- drawing */

/* every offset there is: each id is drawn exactly as often as its places say, and they say its
 * weight */
static void all_offsets_draw_each_id_by_its_weight(void **state)
{
  (void)state;
  enum { N = 12, M = 5, STEP = 4096 };
  for (uint64_t seed = 0; seed < 20; seed++) {
    rt__rng r = {seed, 0};
    float w[N];
    double total = 0, cumulative = 0;
    for (int i = 0; i < N; i++) {
      w[i] = rt__rng_below(&r, 4) ? (float)pow(rt__rng_unit(&r), 6) : 0;
      total += (double)w[i];
    }
    uint32_t counts[N] = {0}, out[M];
    for (uint64_t offset = 0; offset < STEP; offset++) {
      rt__systematic(w, N, total, M, STEP, offset, out);
      for (int i = 0; i < M; i++) {
        assert_true(i == 0 || out[i] >= out[i - 1]);
        counts[out[i]]++;
      }
    }
    uint64_t before = 0;
    for (int i = 0; i < N; i++) {
      cumulative += (double)w[i];
      uint64_t end = rt__systematic_end(cumulative, total, M, STEP);
      assert_int_equal(counts[i], end - before);
      assert_true(fabs((double)counts[i] / (M * STEP) - (double)w[i] / total) <= 1.0 / (M * STEP));
      before = end;
    }
    assert_int_equal(before, M * STEP);
  }
}

static rt_targets_info info_of(uint32_t vocab, uint32_t top, uint32_t tail)
{
  return (rt_targets_info){.vocab = vocab,
                           .top = top,
                           .tail = tail,
                           .temperature = 1,
                           .context = 64,
                           .tail_known = true,
                           .seed = 7,
                           .tokenizer = {1},
                           .teacher = {2},
                           .corpus = {3}};
}

static void softmax(const float *logits, uint32_t n, double temperature, double *p)
{
  double sum = 0;
  for (uint32_t i = 0; i < n; i++)
    sum += p[i] = exp((double)logits[i] / temperature);
  for (uint32_t i = 0; i < n; i++)
    p[i] /= sum;
}

/* the expected target of a row, exactly: the top as kept, and the tail's mass by its places on the
 * line */
static void expected_target(const rt_targets_info *info, const double *p, const rt_targets_row *row,
                            double *target)
{
  double left[64], total = 0, kept = 0, cumulative = 0, places = info->tail * 0x1p40;
  memset(target, 0, info->vocab * sizeof *target);
  memcpy(left, p, info->vocab * sizeof *left);
  for (uint32_t i = 0; i < info->top; i++) {
    double q = exp((double)rt_f16_to_f32(row->logp[i]));
    target[row->top[i]] += q;
    left[row->top[i]] -= q;
    kept += q;
  }
  for (uint32_t i = 0; i < info->vocab; i++)
    total += left[i];
  uint64_t before = 0;
  for (uint32_t i = 0; i < info->vocab; i++) {
    cumulative += left[i];
    uint64_t end = rt__systematic_end(cumulative, total, info->tail, UINT64_C(1) << 40);
    target[i] += (1 - kept) * (double)(end - before) / places;
    before = end;
  }
}

/* gradient of cross entropy by the logits of a student: softmax minus target. Dense against
 * expected. */
static void expected_gradient_is_the_dense_one(void **state)
{
  (void)state;
  enum { V = 24 };
  for (uint64_t seed = 0; seed < 50; seed++) {
    rt__rng r = {seed, 0};
    rt_targets_info info = info_of(V, 3, 4);
    info.temperature = seed % 2 ? 1.0f : 2.5f;
    float logits[V], scratch[V];
    double p[V], target[V];
    for (int i = 0; i < V; i++)
      logits[i] = (float)(rt__rng_unit(&r) * 16 - 8);
    rt_targets_row row;
    assert_int_equal(rt_targets_draw(&info, logits, seed, 0, scratch, &row, NULL), RT_OK);
    softmax(logits, V, (double)info.temperature, p);
    expected_target(&info, p, &row, target);
    for (int i = 0; i < V; i++)
      assert_true(fabs(target[i] - p[i]) < 1e-7); /* floats hold the weights */
  }
}

/* the same with real draws: the mean over many positions approaches the teacher, plain top-k
 * doesn't */
static void mean_of_draws_approaches_the_teacher(void **state)
{
  (void)state;
  enum { V = 20, N = 20000 };
  rt_targets_info info = info_of(V, 2, 3);
  float logits[V], scratch[V];
  double p[V], mean[V] = {0}, top[V] = {0}, far = 0, far_top = 0;
  for (int i = 0; i < V; i++)
    logits[i] = (float)(-0.2 * i);
  softmax(logits, V, 1, p);
  for (uint32_t n = 0; n < N; n++) {
    rt_targets_row row;
    assert_int_equal(rt_targets_draw(&info, logits, n / 100, n % 100, scratch, &row, NULL), RT_OK);
    double kept = 0;
    for (int i = 0; i < 2; i++) {
      double q = exp((double)rt_f16_to_f32(row.logp[i]));
      mean[row.top[i]] += q / N;
      top[row.top[i]] += q / N;
      kept += q;
    }
    for (int i = 0; i < 3; i++)
      mean[row.tail[i]] += (1 - kept) / 3 / N;
  }
  double all = top[0] + top[1];
  for (int i = 0; i < V; i++) {
    far = fmax(far, fabs(mean[i] - p[i]));
    far_top = fmax(far_top, fabs(top[i] / all - p[i]));
  }
  assert_true(far < 0.005);
  assert_true(far_top > 0.1);
}

static void top_is_the_largest_and_ties_go_to_smaller_ids(void **state)
{
  (void)state;
  rt_targets_info info = info_of(8, 4, 0);
  const float logits[8] = {1, 3, 2, 3, -5, 2, 2, 0};
  float scratch[8];
  rt_targets_row row;
  assert_int_equal(rt_targets_draw(&info, logits, 0, 0, scratch, &row, NULL), RT_OK);
  const uint32_t want[4] = {1, 3, 2, 5};
  for (int i = 0; i < 4; i++)
    assert_int_equal(row.top[i], want[i]);
}

static void entropy_is_the_teachers(void **state)
{
  (void)state;
  rt_targets_info info = info_of(8, 1, 1);
  float logits[8] = {0}, scratch[8];
  rt_targets_row row;
  assert_int_equal(rt_targets_draw(&info, logits, 0, 0, scratch, &row, NULL), RT_OK);
  assert_true(fabs((double)rt_f16_to_f32(row.entropy) - log(8)) < 1e-3);
  logits[3] = 200;
  assert_int_equal(rt_targets_draw(&info, logits, 0, 0, scratch, &row, NULL), RT_OK);
  assert_true(rt_f16_to_f32(row.entropy) == 0);
  assert_int_equal(row.top[0], 3);
  assert_int_equal(row.tail[0], 3); /* nothing is left: the draw weighs nothing */
}

static void logits_that_arent(void **state)
{
  (void)state;
  rt_targets_info info = info_of(3, 1, 1);
  float scratch[3];
  rt_targets_row row;
  rt_error err;
  const float bad[][3] = {{0, NAN, 0}, {INFINITY, 0, 0}, {-INFINITY, -INFINITY, -INFINITY}};
  for (size_t i = 0; i < 3; i++)
    assert_int_equal(rt_targets_draw(&info, bad[i], 0, 0, scratch, &row, &err), RT_E_FORMAT);
  const float fine[3] = {-INFINITY, 0, -3e38f};
  assert_int_equal(rt_targets_draw(&info, fine, 0, 0, scratch, &row, &err), RT_OK);
}

/* ---- the file */

enum { DOCUMENTS = 300, VOCAB = 1000 };

typedef struct document {
  uint32_t n, tokens[64], n_rows;
  unsigned char mask[64];
  rt_targets_row rows[64];
} document;

static void make_path(char *path, size_t n)
{
  (void)snprintf(path, n, "/tmp/rt_test_targets_%ld.kdt", (long)getpid());
}

static void make_document(const rt_targets_info *info, uint64_t i, document *d)
{
  rt__rng r = {i, 99};
  float logits[VOCAB], scratch[VOCAB];
  d->n = 1 + (uint32_t)rt__rng_below(&r, 64);
  d->n_rows = 0;
  for (uint32_t k = 0; k < d->n; k++) {
    d->tokens[k] = (uint32_t)rt__rng_below(&r, info->vocab);
    d->mask[k] = rt__rng_below(&r, 3) > 0;
    if (k + 1 == d->n || !d->mask[k])
      continue;
    for (uint32_t v = 0; v < info->vocab; v++)
      logits[v] = (float)(rt__rng_unit(&r) * 12);
    assert_int_equal(rt_targets_draw(info, logits, i, k, scratch, &d->rows[d->n_rows++], NULL),
                     RT_OK);
  }
}

static void write_file(const char *path, const rt_targets_info *info)
{
  rt_targets_writer *w;
  static document d;
  assert_int_equal(rt_targets_create(rt_alloc_default(), path, info, &w, NULL), RT_OK);
  for (uint64_t i = 0; i < DOCUMENTS; i++) {
    make_document(info, i, &d);
    assert_int_equal(rt_targets_add(w, d.tokens, d.n, d.mask, d.rows, NULL), RT_OK);
  }
  assert_int_equal(rt_targets_finish(w, NULL), RT_OK);
  rt_targets_writer_free(w);
}

static void check_row(const rt_targets_info *info, const rt_targets_document *got, uint32_t r,
                      const rt_targets_row *want)
{
  double sum = 0;
  const uint32_t *ids = got->ids + (size_t)r * got->width;
  const float *weights = got->weights + (size_t)r * got->width;
  for (uint32_t i = 0; i < info->top; i++) {
    assert_int_equal(ids[i], want->top[i]);
    assert_true(fabs((double)weights[i] - exp((double)rt_f16_to_f32(want->logp[i]))) < 1e-7);
  }
  for (uint32_t i = 0; i < info->tail; i++)
    assert_int_equal(ids[info->top + i], want->tail[i]);
  for (uint32_t i = 0; i < got->width; i++)
    sum += (double)weights[i];
  assert_true(fabs(sum - 1) < 1e-5);
  assert_true(got->entropy[r] == rt_f16_to_f32(want->entropy));
}

static void check_document(const rt_targets_info *info, rt_targets *t, uint64_t i)
{
  static document want;
  rt_targets_document got;
  make_document(info, i, &want);
  assert_int_equal(rt_targets_read(t, i, &got, NULL), RT_OK);
  assert_int_equal(got.n, want.n);
  assert_int_equal(got.n_rows, want.n_rows);
  assert_memory_equal(got.tokens, want.tokens, want.n * sizeof *want.tokens);
  for (uint32_t k = 0; k < want.n; k++)
    assert_int_equal(got.mask[k], k + 1 < want.n && want.mask[k]);
  for (uint32_t r = 0; r < want.n_rows; r++)
    check_row(info, &got, r, &want.rows[r]);
}

static void comes_out_as_it_went_in(void **state)
{
  (void)state;
  char path[64];
  make_path(path, sizeof path);
  rt_targets_info info = info_of(VOCAB, 6, 5);
  write_file(path, &info);
  rt_targets *t;
  assert_int_equal(rt_targets_open(rt_alloc_default(), path, &t, NULL), RT_OK);
  const rt_targets_info *got = rt_targets_about(t);
  assert_int_equal(got->documents, DOCUMENTS);
  assert_int_equal(got->seed, 7);
  assert_memory_equal(got->tokenizer, info.tokenizer, 32);
  for (uint64_t i = 0; i < DOCUMENTS; i++)
    check_document(&info, t, i);
  rt__rng r = {1, 0};
  for (int i = 0; i < 100; i++) /* in any order */
    check_document(&info, t, rt__rng_below(&r, DOCUMENTS));
  rt_targets_document d;
  assert_int_equal(rt_targets_read(t, DOCUMENTS, &d, NULL), RT_E_ARG);
  rt_targets_free(t);
  assert_int_equal(remove(path), 0);
}

static void the_same_bytes_every_time(void **state)
{
  (void)state;
  char path[64];
  unsigned char sums[2][32];
  make_path(path, sizeof path);
  rt_targets_info info = info_of(VOCAB, 6, 5);
  for (int i = 0; i < 2; i++) {
    write_file(path, &info);
    static char bytes[1 << 22];
    FILE *f = fopen(path, "rb");
    size_t n = fread(bytes, 1, sizeof bytes, f);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(rt__sha256(bytes, n, sums[i]), RT_OK);
  }
  assert_memory_equal(sums[0], sums[1], 32);
  assert_int_equal(remove(path), 0);
}

static void others_are_refused(void **state)
{
  (void)state;
  const unsigned char other[32] = {9};
  rt_targets_info info = info_of(VOCAB, 6, 5);
  rt_error err;
  const struct {
    rt_targets_want want;
    const char *word;
  } rows[] = {{{.tokenizer = other}, "tokenizer"},
              {{.vocab = 999}, "999"},
              {{.corpus = other}, "corpus"},
              {{.teacher = other}, "teacher"}};
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++) {
    assert_int_equal(rt_targets_match(&info, &rows[i].want, &err), RT_E_ARG);
    assert_non_null(strstr(err.message, rows[i].word));
  }
  rt_targets_want same = {VOCAB, info.tokenizer, info.teacher, info.corpus};
  assert_int_equal(rt_targets_match(&info, &same, &err), RT_OK);
}

/* ---- damage */

static size_t load(const char *path, unsigned char *bytes, size_t max)
{
  FILE *f = fopen(path, "rb");
  assert_non_null(f);
  size_t n = fread(bytes, 1, max, f);
  assert_int_equal(fclose(f), 0);
  return n;
}

static void save(const char *path, const unsigned char *bytes, size_t n)
{
  FILE *f = fopen(path, "wb");
  assert_non_null(f);
  assert_int_equal(fwrite(bytes, 1, n, f), n);
  assert_int_equal(fclose(f), 0);
}

/* opens and reads all; the first error */
static rt_code read_all(const char *path)
{
  rt_targets *t;
  rt_error err = {0};
  rt_code code = rt_targets_open(rt_alloc_default(), path, &t, &err);
  if (code == RT_OK) {
    rt_targets_document d;
    for (uint64_t i = 0; i < rt_targets_about(t)->documents && code == RT_OK; i++)
      code = rt_targets_read(t, i, &d, &err);
    rt_targets_free(t);
  }
  assert_true(code == RT_OK || err.message[0]);
  return code;
}

static void damage_is_seen(void **state)
{
  (void)state;
  char path[64];
  make_path(path, sizeof path);
  rt_targets_info info = info_of(VOCAB, 6, 5);
  write_file(path, &info);
  static unsigned char good[1 << 22], bad[1 << 22];
  size_t n = load(path, good, sizeof good);
  assert_int_equal(read_all(path), RT_OK);
  rt__rng r = {3, 0};
  for (int i = 0; i < 150; i++) { /* any bit: the first and last bytes more often */
    size_t at = i < 50    ? rt__rng_below(&r, 256)
                : i < 100 ? n - 1 - rt__rng_below(&r, 200)
                          : rt__rng_below(&r, n);
    memcpy(bad, good, n);
    bad[at] ^= (unsigned char)(1u << rt__rng_below(&r, 8));
    save(path, bad, n);
    assert_int_not_equal(read_all(path), RT_OK);
  }
  for (int i = 0; i < 60; i++) { /* any length */
    save(path, good, i < 30 ? (size_t)i * 10 : rt__rng_below(&r, n));
    assert_int_not_equal(read_all(path), RT_OK);
  }
  assert_int_equal(remove(path), 0);
}

/* counts that lie under a checksum that is right */
static void hostile_headers(void **state)
{
  (void)state;
  char path[64];
  make_path(path, sizeof path);
  rt_targets_info info = info_of(VOCAB, 6, 5);
  write_file(path, &info);
  static unsigned char good[1 << 22], bad[1 << 22];
  size_t n = load(path, good, sizeof good);
  const struct {
    size_t at;
    uint32_t v;
  } lies[] = {{RT__KDT_VOCAB, 1},
              {RT__KDT_VOCAB, UINT32_MAX},
              {RT__KDT_TOP, 0},
              {RT__KDT_TOP, 65},
              {RT__KDT_TAIL, 65},
              {RT__KDT_MASK, 9},
              {RT__KDT_CONTEXT, 0},
              {RT__KDT_TEMPERATURE, 0},
              {RT__KDT_TEMPERATURE, 0x7fc00000},
              {RT__KDT_DOCUMENTS, 0},
              {RT__KDT_DOCUMENTS + 4, 1},
              {RT__KDT_ROWS, 0},
              {RT__KDT_TOKENS + 4, 1},
              {RT__KDT_BLOCKS, 0},
              {RT__KDT_BLOCKS + 4, 1},
              {RT__KDT_INDEX, 0},
              {RT__KDT_FILE, 1},
              {RT__KDT_VERSION, 2},
              {RT__KDT_VOCAB, 600},
              {RT__KDT_TOP, 5},
              {RT__KDT_CONTEXT, 3}};
  for (size_t i = 0; i < RT__ARRAY_LEN(lies); i++) {
    memcpy(bad, good, n);
    rt__put32(bad + lies[i].at, lies[i].v);
    rt__put64(bad + RT__KDT_SUM, rt__checksum(bad, RT__KDT_SUM));
    save(path, bad, n);
    /* 4 bytes of tokens counted too many are harmless */
    if (lies[i].at != RT__KDT_TOKENS + 4)
      assert_int_not_equal(read_all(path), RT_OK);
  }
  assert_int_equal(remove(path), 0);
}

static void what_cant_be_written(void **state)
{
  (void)state;
  char path[64];
  make_path(path, sizeof path);
  rt_targets_writer *w = NULL;
  rt_error err;
  rt_targets_info bad = info_of(VOCAB, 0, 5);
  assert_int_equal(rt_targets_create(rt_alloc_default(), path, &bad, &w, &err), RT_E_ARG);
  bad = info_of(VOCAB, 4, 4);
  bad.tail_known = false;
  assert_int_equal(rt_targets_create(rt_alloc_default(), path, &bad, &w, &err), RT_E_ARG);
  rt_targets_info info = info_of(VOCAB, 6, 5);
  assert_int_equal(rt_targets_create(rt_alloc_default(), path, &info, &w, &err), RT_OK);
  const uint32_t tokens[2] = {1, VOCAB};
  const unsigned char mask[2] = {0, 0};
  assert_int_equal(rt_targets_add(w, tokens, 2, mask, NULL, &err), RT_E_ARG);
  assert_int_equal(rt_targets_add(w, tokens, 0, mask, NULL, &err), RT_E_ARG);
  assert_int_equal(rt_targets_add(w, tokens, 65, mask, NULL, &err), RT_E_ARG);
  assert_int_equal(rt_targets_finish(w, &err), RT_E_ARG);
  assert_non_null(strstr(err.message, "empty"));
  rt_targets_writer_free(w);
  assert_int_not_equal(access(path, F_OK), 0);
}

static void bits_come_back(void **state)
{
  (void)state;
  for (uint32_t bits = 1; bits <= 21; bits++) {
    unsigned char bytes[256] = {0};
    rt__rng r = {bits, 0}, again = r;
    for (uint64_t i = 0; i < 90; i++)
      rt__bits_put(bytes, i, bits, (uint32_t)rt__rng_below(&r, UINT64_C(1) << bits));
    for (uint64_t i = 0; i < 90; i++)
      assert_int_equal(rt__bits_get(bytes, i, bits), rt__rng_below(&again, UINT64_C(1) << bits));
  }
  assert_int_equal(rt__kdt_bits(2), 1);
  assert_int_equal(rt__kdt_bits(256), 8);
  assert_int_equal(rt__kdt_bits(257), 9);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(all_offsets_draw_each_id_by_its_weight),
      cmocka_unit_test(expected_gradient_is_the_dense_one),
      cmocka_unit_test(mean_of_draws_approaches_the_teacher),
      cmocka_unit_test(top_is_the_largest_and_ties_go_to_smaller_ids),
      cmocka_unit_test(entropy_is_the_teachers),
      cmocka_unit_test(logits_that_arent),
      cmocka_unit_test(comes_out_as_it_went_in),
      cmocka_unit_test(the_same_bytes_every_time),
      cmocka_unit_test(others_are_refused),
      cmocka_unit_test(damage_is_seen),
      cmocka_unit_test(hostile_headers),
      cmocka_unit_test(what_cant_be_written),
      cmocka_unit_test(bits_come_back),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
