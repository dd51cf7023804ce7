/* Packed and plain files, bent, through the fuzz target of streams. */
#include "scratch.h"

#include "../../fuzz/fuzz_line_stream.c"
#include "mutate.h"

/* two choosing bytes in front, as the target wants them */
static void check_stream(const unsigned char *p, size_t n, uint64_t seed)
{
  unsigned char *whole = malloc(n + 2);
  assert_non_null(whole);
  memcpy(whole + 2, p, n);
  static const unsigned char sizes[][2] = {{0, 2}, {3, 1}, {255, 255}};
  for (size_t i = 0; i < RT__ARRAY_LEN(sizes); i++) {
    memcpy(whole, sizes[i], 2);
    with_mutants(whole, n + 2, 300, seed + i, LLVMFuzzerTestOneInput);
  }
  free(whole);
}

static void bent_streams(void **state)
{
  char text[3000];
  rt__rng rng = {5, 0};
  size_t g, z;
  (void)state;
  for (size_t i = 0; i < sizeof text; i++)
    text[i] = "abc \n{}"[rt__rng_below(&rng, 7)];
  unsigned char *gz = pack_gzip(text, sizeof text, &g), *zs = pack_zstd(text, sizeof text, &z);
  check_stream((unsigned char *)text, sizeof text, 1);
  check_stream(gz, g, 10);
  check_stream(zs, z, 20);
  free(gz);
  free(zs);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(bent_streams)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
