/* Margins: a table that is its margins is found again, unseen cells say nothing, and a fitted table
 * has the margins of the counts. */
#include "base/hash.h"
#include "link/margins.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after the four above */
#include <cmocka.h>

enum { ROWS = 7, COLUMNS = 9 };

static float count[ROWS * COLUMNS], seen[ROWS * COLUMNS];
static double row[ROWS], col[COLUMNS];

static double expected(size_t i, size_t d)
{
  return (double)seen[i * COLUMNS + d] * row[i] * col[d];
}

static void test_a_table_of_margins(void **state)
{
  (void)state;
  for (size_t i = 0; i < ROWS; i++)
    for (size_t d = 0; d < COLUMNS; d++) {
      seen[i * COLUMNS + d] = (i + d) % 4 == 0 ? 0 : 1 - 0.1f * (float)(d % 3);
      count[i * COLUMNS + d] = (float)((i + 1) * (d + 2)) * seen[i * COLUMNS + d];
      if (seen[i * COLUMNS + d] <= 0)
        count[i * COLUMNS + d] = 1000; /* nobody looks */
    }
  rt__margins_fit(count, seen, ROWS, COLUMNS, row, col);
  for (size_t i = 0; i < ROWS; i++)
    for (size_t d = 0; d < COLUMNS; d++)
      if (seen[i * COLUMNS + d] > 0)
        assert_true(fabs(expected(i, d) - (double)count[i * COLUMNS + d]) < 1e-3);
}

static void test_margins_stay(void **state)
{
  (void)state;
  rt__rng rng = {5, 0};
  for (size_t k = 0; k < ROWS * COLUMNS; k++) {
    count[k] = (float)rt__rng_below(&rng, 20);
    seen[k] = 0.2f + (float)rt__rng_below(&rng, 8) / 10;
  }
  rt__margins_fit(count, seen, ROWS, COLUMNS, row, col);
  for (size_t i = 0; i < ROWS; i++) {
    double sum = 0, expect = 0;
    for (size_t d = 0; d < COLUMNS; d++) {
      sum += (double)count[i * COLUMNS + d];
      expect += expected(i, d);
    }
    assert_true(fabs(sum - expect) < 0.05);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_table_of_margins),
      cmocka_unit_test(test_margins_stay),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
