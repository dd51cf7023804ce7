/* margins - what a table of counts would be by its margins alone: each row's weight times each
 * column's, in what the row has seen of the column. By iterative proportional fitting (Deming and
 * Stephan, 1940).
 */
#ifndef RT_LINK_MARGINS_H
#define RT_LINK_MARGINS_H

#include <stddef.h>

/* count and seen: n rows of `columns` each; a cell that a row has not seen (seen <= 0) is left out.
 * Fills row and col, so that row * col * seen is what to expect of a cell. O(n * columns) */
void rt__margins_fit(const float *count, const float *seen, size_t n, size_t columns, double *row,
                     double *col);

#endif
