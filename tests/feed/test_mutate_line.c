/* The samples and thousands of bent copies of them through the fuzz target of lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../fuzz/fuzz_line.c"
#include "mutate.h"

static void check_file(const char *name, int rounds)
{
  static char text[MUTANT_MAX];
  char path[512];
  (void)snprintf(path, sizeof path, "%s/feed/%s", RT_TEST_DATA, name);
  FILE *f = fopen(path, "rb");
  assert_non_null(f);
  size_t n = fread(text, 1, sizeof text, f);
  assert_true(n > 0);
  (void)fclose(f);
  /* each line alone, so that strokes meet it often */
  for (const char *p = text, *end; (end = memchr(p, '\n', n - (size_t)(p - text))); p = end + 1)
    with_mutants(p, (size_t)(end - p), rounds, (uint64_t)(p - text), LLVMFuzzerTestOneInput);
  with_mutants(text, n, rounds, 1, LLVMFuzzerTestOneInput);
}

static void bent_samples(void **state)
{
  static const char *const names[] = {"chat.jsonl", "responses.jsonl", "messages.jsonl",
                                      "metadata.jsonl"};
  (void)state;
  for (size_t i = 0; i < RT__ARRAY_LEN(names); i++)
    check_file(names[i], 1500);
}

static void bent_dialects(void **state)
{
  static const char *const names[] = {
      "litellm/payload.jsonl",      "litellm/array.jsonl",    "spendlog/strings.jsonl",
      "otlp/spans.jsonl",           "otlp/halves.jsonl",      "otlp/message-events.jsonl",
      "otlp/flattened.jsonl",       "otlp/span-events.jsonl", "openinference/otlp.jsonl",
      "openinference/nested.jsonl", "bedrock/models.jsonl",   "bedrock/native-stream.jsonl",
      "bedrock/cloudwatch.jsonl",   "vertex/more.jsonl",      "apim/table.jsonl",
      "apim/records.jsonl",         "envoy/access.jsonl",     "envelope/streams.jsonl"};
  (void)state;
  for (size_t i = 0; i < RT__ARRAY_LEN(names); i++)
    check_file(names[i], 200);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(bent_samples),
                                     cmocka_unit_test(bent_dialects)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
