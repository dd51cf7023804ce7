#include "link/seats.h"

#include "sketch/stats.h"

#include <math.h>

#define CHANCE   1.0  /* gaps by chance are as uneven as they are long … */
#define SCATTER  0.25 /* … and honest people's more or less so, beside sampling */
#define LEAST_SD 0.05
#define EVENER   0.85 /* seats' mean, at most; else all are one heap */
#define MUCH     1.5  /* nats by which a stranger goes */
#define ROUNDS   20

typedef struct heap {
  double mean, var, share;
} heap;

/* log density of what an account shows, if it is of that heap; its own gaps make it scatter, too */
static double fits(const heap *h, double uneven, double gaps)
{
  double var = h->var + uneven * uneven / (2 * (gaps > 1 ? gaps : 1)), z = uneven - h->mean;
  return -0.5 * z * z / var - 0.5 * log(var);
}

static heap strangers_of(const heap *seats)
{
  return (heap){CHANCE, SCATTER * SCATTER, 1 - seats->share};
}

/* nats for a stranger; beyond chance all are */
static double stranger(const heap *seats, double uneven, double gaps)
{
  heap h = strangers_of(seats);
  return uneven > CHANCE ? fits(&h, CHANCE, gaps) - fits(seats, uneven, gaps)
                         : fits(&h, uneven, gaps) - fits(seats, uneven, gaps);
}

/* one step of expectation and maximisation; false if nobody is left */
static bool step(const double *uneven, const double *gaps, size_t n, heap *seats)
{
  double all = 0, sum = 0, sq = 0, known = 0;
  for (size_t i = 0; i < n; i++) {
    if (isnan(uneven[i]))
      continue;
    double nats = stranger(seats, uneven[i], gaps[i]) + log((1 - seats->share) / seats->share);
    double w = 1 / (1 + exp(rt__clip(nats, -50, 50)));
    double z = uneven[i] - seats->mean;
    sum += w * uneven[i];
    sq += w * fmax(z * z - uneven[i] * uneven[i] / (2 * (gaps[i] > 1 ? gaps[i] : 1)), 0);
    all += w;
    known++;
  }
  if (!(all > 0))
    return false;
  *seats =
      (heap){sum / all, fmax(sq / all, LEAST_SD * LEAST_SD), rt__clip(all / known, 0.05, 0.95)};
  return true;
}

double rt__seats_keep(const double *uneven, const double *gaps, size_t n, bool *keep)
{
  double least = INFINITY;
  for (size_t i = 0; i < n; i++)
    least = uneven[i] < least ? uneven[i] : least;
  heap seats = {0.5 * (least + fmin(CHANCE, EVENER)), 0.04, 0.5};
  bool ok = least < EVENER;
  for (int round = 0; ok && round < ROUNDS; round++)
    ok = step(uneven, gaps, n, &seats);
  if (!ok || !(seats.mean < EVENER))
    return CHANCE;
  for (size_t i = 0; i < n; i++)
    keep[i] &= isnan(uneven[i]) || stranger(&seats, uneven[i], gaps[i]) < MUCH;
  return seats.mean;
}
