#include "link/doors.h"

#include "sketch/stats.h"

#include <stdlib.h>

#define ROWS_READ 32
#define PAYS      0.6 /* share of a firm's accounts that its card pays for, at least */
#define LEAST     3   /* accounts of a firm */

typedef struct door {
  bool org;           /* the place is an organisation: whoever pays */
  uint64_t net, card; /* the place: a network, or that */
} door;

static int by_net(const void *a, const void *b)
{
  const door *x = a, *y = b;
  if (x->org != y->org)
    return x->org ? -1 : 1;
  if (x->net != y->net)
    return x->net < y->net ? -1 : 1;
  return x->card < y->card ? -1 : x->card > y->card;
}

static int by_value(const void *a, const void *b)
{
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return x < y ? -1 : x > y;
}

/* the network of most of the starts that are read; 0: none */
static uint64_t main_net(const rt__reference *r, const rt__group *g, uint32_t i)
{
  uint32_t rows[ROWS_READ];
  uint64_t net[ROWS_READ], best = 0;
  size_t n = rt__sample(0xd00, g->row + g->at[i], rt__group_rows(g, i), ROWS_READ, rows), most = 0;
  for (size_t k = 0; k < n; k++) {
    rt_digest d;
    rt__set_get(r->set, r->starts->record[rows[k]], &d);
    net[k] = d.net;
  }
  qsort(net, n, sizeof *net, by_value);
  for (size_t k = 0, j; k < n; k = j) {
    for (j = k; j < n && net[j] == net[k]; j++)
      ;
    if (net[k] && j - k > most) {
      most = j - k;
      best = net[k];
    }
  }
  return best;
}

/* accounts of doors d[0] … d[n - 1], all of one network, if they are a firm's; else 0 */
static size_t firm(const door *d, size_t n)
{
  size_t most = 0;
  for (size_t i = 0, j; i < n; i = j) {
    for (j = i; j < n && d[j].card == d[i].card; j++)
      ;
    if (d[i].card && j - i > most)
      most = j - i;
  }
  return n >= LEAST && (d[0].org || (double)most >= PAYS * (double)n) ? n : 0;
}

static size_t largest_firms(const door *d, size_t n)
{
  size_t top[RT__DOORS] = {0}, sum = 0;
  for (size_t i = 0, j; i < n; i = j) {
    for (j = i; j < n && d[j].net == d[i].net && d[j].org == d[i].org; j++)
      ;
    size_t x = d[i].net ? firm(d + i, j - i) : 0;
    for (size_t k = 0; k < RT__DOORS; k++)
      if (x > top[k]) {
        size_t less = top[k];
        top[k] = x;
        x = less;
      }
  }
  for (size_t k = 0; k < RT__DOORS; k++)
    sum += top[k];
  return sum;
}

rt_code rt__doors(const rt__reference *r, const rt__group *g, double *share)
{
  *share = 0;
  if (!r->facts || r->nets.n == 0)
    return RT_OK;
  door *d = rt__calloc(r->alloc, g->n, sizeof *d);
  if (!d)
    return RT_E_NOMEM;
  for (uint32_t i = 0; i < g->n; i++) {
    const rt__fact *f = rt__facts_of(r->facts, g->account[i]);
    d[i] = f && f->org ? (door){true, f->org, 0}
                       : (door){false, main_net(r, g, i), f && f->n_payments ? f->payment[0] : 0};
  }
  qsort(d, g->n, sizeof *d, by_net);
  *share = (double)largest_firms(d, g->n) / g->n;
  rt__free(r->alloc, d, g->n * sizeof *d);
  return RT_OK;
}
