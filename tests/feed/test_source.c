/* Where bytes come from: packings, what is broken in them, directories, paths that lead nowhere. */
#include "feed/source.h"
#include "scratch.h"

#include "base/hash.h"

#include <fcntl.h>

/* everything of one input, read in pieces of odd sizes; up to `cap` bytes are kept */
static size_t drink(rt__input *in, char *to, size_t cap)
{
  rt__source *s;
  size_t n = 0, got = 0, step = 1;
  char piece[5000];
  assert_int_equal(rt__source_new(rt_alloc_default(), &s), RT_OK);
  if (rt__source_open(s, in) == RT_OK) {
    rt_code c = RT_OK;
    do {
      step = step * 7 % 4999 + 1;
      c = rt__source_read(s, piece, step, &got);
      size_t keep = n + got <= cap ? got : cap - n;
      memcpy(to + n, piece, keep);
      n += keep;
    } while (c == RT_OK && got > 0);
  }
  rt__source_close(s);
  rt__source_free(s);
  return n;
}

static rt__input one_input(const char *path, rt__inputs *list)
{
  const char *paths[] = {path};
  assert_int_equal(rt__inputs_list(rt_alloc_default(), paths, 1, list, NULL), RT_OK);
  assert_int_equal(list->n, 1);
  return list->v[0];
}

static void check_whole(const char *path, const char *want, size_t n, rt__packing packing)
{
  char *got = malloc(n + 100);
  rt__inputs list;
  rt__input in = one_input(path, &list);
  assert_non_null(got);
  size_t k = drink(&in, got, n + 100);
  if (in.code != RT_OK)
    fail_msg("%s", in.message);
  assert_int_equal(in.packing, packing);
  assert_int_equal(k, n);
  assert_memory_equal(got, want, n);
  assert_int_equal(in.unpacked, n);
  assert_int_equal(in.bytes, in.size);
  rt__inputs_free(&list);
  free(got);
}

/* text that packs, but not to nothing */
static char *some_text(size_t n)
{
  char *p = malloc(n);
  rt__rng rng = {7, 0};
  assert_non_null(p);
  for (size_t i = 0; i < n; i++)
    p[i] = (char)("abcdefgh \n"[rt__rng_below(&rng, 10)]);
  return p;
}

static void packings_by_magic_not_by_name(void **state)
{
  const size_t n = 300000;
  char *text = some_text(n);
  size_t gz_n, zs_n;
  unsigned char *gz = pack_gzip(text, n, &gz_n), *zs = pack_zstd(text, n, &zs_n);
  (void)state;
  check_whole(scratch_put("plain.zst", text, n), text, n, RT__PLAIN);
  check_whole(scratch_put("packed.txt", gz, gz_n), text, n, RT__GZIP);
  check_whole(scratch_put("packed.gz", zs, zs_n), text, n, RT__ZSTD);
  check_whole(scratch_put("empty", "", 0), "", 0, RT__PLAIN);
  check_whole(scratch_put("three", "abc", 3), "abc", 3, RT__PLAIN);
  free(text);
  free(gz);
  free(zs);
}

static void members_and_frames_in_a_row(void **state)
{
  const size_t n = 50000;
  char *text = some_text(2 * n);
  static const unsigned char skippable[] = {0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 'x', 'y', 'z'};
  size_t a_n, b_n;
  (void)state;
  for (int kind = 0; kind < 2; kind++) {
    unsigned char *(*pack)(const void *, size_t, size_t *) = kind ? pack_zstd : pack_gzip;
    unsigned char *a = pack(text, n, &a_n), *b = pack(text + n, n, &b_n);
    unsigned char *both = calloc(1, a_n + b_n + sizeof skippable + 10);
    assert_non_null(both);
    memcpy(both, a, a_n);
    memcpy(both + a_n, b, b_n);
    check_whole(scratch_put("both", both, a_n + b_n), text, 2 * n, kind ? RT__ZSTD : RT__GZIP);
    if (kind) { /* a skippable frame in front */
      memcpy(both, skippable, sizeof skippable);
      memcpy(both + sizeof skippable, a, a_n);
      check_whole(scratch_put("skip", both, a_n + sizeof skippable), text, n, RT__ZSTD);
    } else { /* zeros behind */
      memset(both + a_n, 0, 10);
      check_whole(scratch_put("padded", both, a_n + 10), text, n, RT__GZIP);
    }
    free(a);
    free(b);
    free(both);
  }
  free(text);
}

static void check_trouble(const char *path, rt_code code, const char *part, size_t at_least)
{
  static char got[1 << 20];
  rt__inputs list;
  rt__input in = one_input(path, &list);
  size_t n = drink(&in, got, sizeof got);
  assert_int_equal(in.code, code);
  if (!strstr(in.message, part))
    fail_msg("\"%s\" does not say \"%s\"", in.message, part);
  assert_true(n >= at_least);
  rt__inputs_free(&list);
}

static void truncated_streams_give_what_they_have(void **state)
{
  const size_t n = 900000;
  char *text = some_text(n);
  (void)state;
  for (int kind = 0; kind < 2; kind++) {
    size_t k;
    unsigned char *p = kind ? pack_zstd(text, n, &k) : pack_gzip(text, n, &k);
    const char *says = kind ? "zstd stream ends early, at byte" : "gzip stream ends early, at byte";
    check_trouble(scratch_put("cut", p, k - 1), RT_E_TRUNCATED, says, n / 2);
    check_trouble(scratch_put("half", p, k / 2), RT_E_TRUNCATED, says, n / 4);
    check_trouble(scratch_put("stump", p, 6), RT_E_TRUNCATED, says, 0);
    free(p);
  }
  free(text);
}

static void garbage_in_streams_is_said(void **state)
{
  const size_t n = 200000;
  char *text = some_text(n);
  (void)state;
  for (int kind = 0; kind < 2; kind++) {
    size_t k;
    unsigned char *p = kind ? pack_zstd(text, n, &k) : pack_gzip(text, n, &k);
    unsigned char *q = malloc(k + 20);
    assert_non_null(q);
    memcpy(q, p, k);
    memset(q + k, 'x', 20);
    check_trouble(scratch_put("tail", q, k + 20), RT_E_FORMAT, kind ? "zstd: " : "gzip: ", n);
    memset(q + k / 2, 0xff, 64);
    check_trouble(scratch_put("flip", q, k), RT_E_FORMAT, "near byte", 0);
    free(p);
    free(q);
  }
  free(text);
}

/* a frame that asks for a window of 2^28 bytes */
static void a_window_too_large_is_refused(void **state)
{
  static const unsigned char frame[] = {0x28, 0xb5, 0x2f, 0xfd, 0x00, 18 << 3, 1, 0, 0, 0, 0, 0};
  (void)state;
  check_trouble(scratch_put("window", frame, sizeof frame), RT_E_FORMAT, "zstd: ", 0);
}

/* 600 MB of zeros in some 20 KB */
static void a_bomb_is_given_up(void **state)
{
  const size_t piece = (size_t)100 << 20;
  char *zeros = calloc(1, piece);
  size_t k;
  (void)state;
  assert_non_null(zeros);
  unsigned char *p = pack_zstd(zeros, piece, &k);
  FILE *f = fopen(scratch_path("bomb"), "wb");
  assert_non_null(f);
  for (int i = 0; i < 6; i++)
    assert_int_equal(fwrite(p, 1, k, f), k);
  assert_int_equal(fclose(f), 0);
  check_trouble(scratch_path("bomb"), RT_E_LIMIT, "1000 times its size", 0);
  free(zeros);
  free(p);
}

static void paths_that_lead_nowhere(void **state)
{
  (void)state;
  check_trouble(scratch_path("missing"), RT_E_IO, "No such file", 0);
  (void)scratch_text("file", "x\n");
  check_trouble(scratch_path("file/below"), RT_E_IO, "Not a directory", 0);
  assert_int_equal(mkdir(scratch_path("locked"), 0700), 0);
  (void)scratch_text("locked/inside", "x\n");
  assert_int_equal(chmod(scratch_path("locked"), 0), 0);
  if (geteuid() != 0) /* root reads everything */
    check_trouble(scratch_path("locked"), RT_E_IO, "Permission denied", 0);
  assert_int_equal(chmod(scratch_path("locked"), 0700), 0);
}

static void a_directory_is_its_files_in_order(void **state)
{
  rt__inputs list;
  (void)state;
  assert_int_equal(mkdir(scratch_path("dir"), 0700), 0);
  assert_int_equal(mkdir(scratch_path("dir/b-sub"), 0700), 0);
  assert_int_equal(mkdir(scratch_path("none"), 0700), 0);
  (void)scratch_text("dir/c", "3");
  (void)scratch_text("dir/a", "1");
  (void)scratch_text("dir/B", "0");
  (void)scratch_text("dir/.hidden", "h");
  const char *paths[] = {scratch_path("dir/c"), scratch_path("dir/"), scratch_path("none"), "-"};
  assert_int_equal(rt__inputs_list(rt_alloc_default(), paths, 4, &list, NULL), RT_OK);
  static const char *const ends[] = {"dir/c", "dir/B", "dir/a", "dir/b-sub", "dir/c", "none", "-"};
  assert_int_equal(list.n, RT__ARRAY_LEN(ends));
  for (size_t i = 0; i < list.n; i++) {
    size_t n = strlen(list.v[i].path), k = strlen(ends[i]);
    assert_true(n >= k);
    assert_string_equal(list.v[i].path + n - k, ends[i]);
    assert_int_equal(list.v[i].code, RT_OK);
    assert_int_equal(list.v[i].skipped, i == 3 || i == 5);
  }
  assert_non_null(strstr(list.v[3].message, "directory"));
  rt__inputs_free(&list);
}

/* the bytes as stored are what is hashed */
static void reports_size_and_hash(void **state)
{
  const size_t n = 100000;
  char *text = some_text(n), *sink = malloc(n);
  size_t k;
  unsigned char *p = pack_zstd(text, n, &k);
  rt__inputs list;
  rt__input in = one_input(scratch_put("hashed", p, k), &list);
  (void)state;
  assert_non_null(sink);
  assert_int_equal(drink(&in, sink, n), n);
  assert_int_equal(in.bytes, k);
  assert_true(in.xxh3 == rt__checksum(p, k));
  rt__inputs_free(&list);
  free(text);
  free(sink);
  free(p);
}

static void standard_input_is_a_dash(void **state)
{
  char got[16];
  rt__inputs list;
  (void)state;
  int fd = open(scratch_text("in", "from a pipe"), O_RDONLY), kept = dup(0);
  assert_true(fd > 0 && kept > 0);
  assert_int_equal(dup2(fd, 0), 0);
  rt__input in = one_input("-", &list);
  assert_int_equal(drink(&in, got, sizeof got), 11);
  assert_memory_equal(got, "from a pipe", 11);
  assert_int_equal(dup2(kept, 0), 0);
  (void)close(fd);
  (void)close(kept);
  rt__inputs_free(&list);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(packings_by_magic_not_by_name),
      cmocka_unit_test(members_and_frames_in_a_row),
      cmocka_unit_test(truncated_streams_give_what_they_have),
      cmocka_unit_test(garbage_in_streams_is_said),
      cmocka_unit_test(a_window_too_large_is_refused),
      cmocka_unit_test(a_bomb_is_given_up),
      cmocka_unit_test(paths_that_lead_nowhere),
      cmocka_unit_test(a_directory_is_its_files_in_order),
      cmocka_unit_test(reports_size_and_hash),
      cmocka_unit_test(standard_input_is_a_dash),
  };
  return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
