#include "link/margins.h"

#define ROUNDS 20

/* the weight of a row (or a column): its cells are `step` apart, other holds the other side's */
static double weight(const float *count, const float *seen, size_t n, size_t step,
                     const double *other)
{
  double sum = 0, expect = 0;
  for (size_t i = 0; i < n; i++)
    if (seen[i * step] > 0) {
      sum += (double)count[i * step];
      expect += (double)seen[i * step] * other[i];
    }
  return sum / (expect > 1e-9 ? expect : 1e-9);
}

void rt__margins_fit(const float *count, const float *seen, size_t n, size_t columns, double *row,
                     double *col)
{
  for (size_t d = 0; d < columns; d++)
    col[d] = 1;
  for (int round = 0; round < ROUNDS; round++) {
    for (size_t i = 0; i < n; i++)
      row[i] = weight(count + i * columns, seen + i * columns, columns, 1, col);
    for (size_t d = 0; d < columns; d++)
      col[d] = weight(count + d, seen + d, n, columns, row);
  }
}
