/* targets_draw - from a row of logits to what is kept of it. */
#include "distill/targets_in.h"

#include "base/hash.h"
#include "distill/quant.h"

#include <float.h>
#include <math.h>

#define STEP     (UINT64_C(1) << 40) /* places of a draw: m * STEP stays exact in a double */
#define NEARLY_1 (1 - 4 * DBL_EPSILON)

/* ---- drawing */

uint64_t rt__systematic_end(double cumulative, double total, uint32_t m, uint64_t step)
{
  double places = (double)m * (double)step;
  double end = floor(cumulative / total * places);
  return end >= places ? (uint64_t)places : (uint64_t)end;
}

void rt__systematic(const float *weights, uint32_t n, double total, uint32_t m, uint64_t step,
                    uint64_t offset, uint32_t *out)
{
  double cumulative = 0, scale = (double)m * (double)step / total;
  double want = (double)offset * NEARLY_1;
  uint32_t drawn = 0, last = 0;
  for (uint32_t id = 0; id < n && drawn < m; id++) {
    if (weights[id] <= 0)
      continue;
    last = id;
    cumulative += (double)weights[id];
    if (cumulative * scale <=
        want) /* surely not there yet, whatever was rounded; the exact test follows */
      continue;
    uint64_t end = rt__systematic_end(cumulative, total, m, step);
    for (; drawn < m && offset + drawn * step < end; drawn++)
      out[drawn] = id;
    want = (double)(offset + drawn * step) * NEARLY_1;
  }
  while (drawn < m) /* the last places, where rounding of the sum fell short */
    out[drawn++] = last;
}

/* ---- the top */

typedef struct ranked {
  float p;
  uint32_t id;
} ranked;

static bool above(ranked a, ranked b)
{
  return a.p > b.p || (a.p == b.p && a.id < b.id);
}

/* heap[0] is the lowest of the k kept */
static void sink(ranked *heap, uint32_t k, ranked v)
{
  uint32_t i = 0;
  for (uint32_t child = 1; child < k; child = 2 * i + 1) {
    if (child + 1 < k && above(heap[child], heap[child + 1]))
      child++;
    if (!above(v, heap[child]))
      break;
    heap[i] = heap[child];
    i = child;
  }
  heap[i] = v;
}

static void select_top(const float *p, uint32_t n, uint32_t k, ranked *best)
{
  for (uint32_t i = 0; i < k; i++)
    best[i] = (ranked){-1, UINT32_MAX};
  for (uint32_t id = 0; id < n; id++)
    if (p[id] > best[0].p)
      sink(best, k, (ranked){p[id], id});
  for (uint32_t left = k; left > 1; left--) { /* the heap becomes a falling list */
    ranked lowest = best[0], v = best[left - 1];
    sink(best, left - 1, v);
    best[left - 1] = lowest;
  }
}

/* ---- the row */

static rt_code largest(const rt_targets_info *info, const float *logits, float *most, rt_error *err)
{
  *most = -INFINITY;
  for (uint32_t i = 0; i < info->vocab; i++) {
    if (!(logits[i] <= FLT_MAX))
      return rt__fail(err, RT_E_FORMAT, "the teacher's logit of token %u is NaN or infinite", i);
    *most = logits[i] > *most ? logits[i] : *most;
  }
  if (*most == -INFINITY)
    return rt__fail(err, RT_E_FORMAT, "all of the teacher's logits are minus infinity");
  return RT_OK;
}

/* Exponents are 0 or less; from 87 on they count as minus infinity. What follows has no branches
 * and no libm, so that compilers make it four or eight at a time, and gives the same bits
 * everywhere. */
#define FLOOR_BITS 0x42AE0000u /* 87 as a float */

static inline uint32_t bits_of(float f)
{
  uint32_t u;
  memcpy(&u, &f, sizeof u);
  return u;
}

static inline float float_of(uint32_t u)
{
  float f;
  memcpy(&f, &u, sizeof f);
  return f;
}

/* x, or -87 where it is lower; of numbers below 0 the larger bits are the lower number */
static inline float floored(float x)
{
  uint32_t size = bits_of(x) & 0x7fffffff;
  return -float_of(size < FLOOR_BITS ? size : FLOOR_BITS);
}

/* exp(x) to within 2e-7 of its value; 0 where x is floored */
static inline float exponential(float x)
{
  float shifted =
      x * 1.44269504f + 12582912.0f; /* the nearest whole power of two, in the low bits */
  float n = shifted - 12582912.0f;
  float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  float e =
      1 + r * (1 + r * (0.5f + r * (1.0f / 6 + r * (1.0f / 24 + r * (1.0f / 120 + r / 720)))));
  uint32_t keep = (bits_of(x) & 0x7fffffff) < FLOOR_BITS ? UINT32_MAX : 0;
  return float_of((bits_of(e) + (bits_of(shifted) << 23)) & keep);
}

/* fills p with exp(logit - most), returns its sum; *weighted is the sum of p * its exponent */
static double exponentials(const rt_targets_info *info, const float *logits, float most, float *p,
                           double *weighted)
{
  float by = 1 / info->temperature;
  uint32_t n = info->vocab;
  double sums[4] = {0}, weights[4] = {0};
  for (uint32_t i = 0; i < n; i++)
    p[i] = exponential(floored((logits[i] - most) * by));
  for (uint32_t i = 0; i < n; i += 4) /* four sums, so that none waits for the one before */
    for (uint32_t k = 0; k < 4 && i + k < n; k++) {
      sums[k] += (double)p[i + k];
      weights[k] += (double)p[i + k] * (double)floored((logits[i + k] - most) * by);
    }
  *weighted = (weights[0] + weights[1]) + (weights[2] + weights[3]);
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

static uint16_t half_below(double logp)
{
  if (logp <= -60000)
    return 0xfc00; /* minus infinity */
  float f = (float)logp;
  return rt_f32_to_f16_down((double)f > logp ? nextafterf(f, -INFINITY) : f);
}

/* keeps the k most likely, leaves in p what they don't cover */
static void keep_top(const rt_targets_info *info, float *p, double sum, rt_targets_row *row)
{
  ranked best[RT_TARGETS_TOP_MAX];
  select_top(p, info->vocab, info->top, best);
  for (uint32_t i = 0; i < info->top; i++) {
    double logp = best[i].p > 0 ? log((double)best[i].p / sum) : -INFINITY;
    row->top[i] = best[i].id;
    row->logp[i] = half_below(fmin(logp, 0));
    double left = (double)best[i].p / sum - exp((double)rt_f16_to_f32(row->logp[i]));
    p[best[i].id] = left > 0 ? (float)(left * sum) : 0;
  }
}

static uint64_t offset_of(const rt_targets_info *info, uint64_t document, uint32_t position)
{
  return rt__mix2(rt__mix2(info->seed, document), position) & (STEP - 1);
}

static void draw_tail(const rt_targets_info *info, const float *p, uint64_t offset,
                      rt_targets_row *row)
{
  double total = 0;
  for (uint32_t i = 0; i < info->vocab; i++)
    total += (double)p[i];
  if (total > 0)
    rt__systematic(p, info->vocab, total, info->tail, STEP, offset, row->tail);
  else /* the top covers all: the tail weighs nothing, whatever it is */
    for (uint32_t i = 0; i < info->tail; i++)
      row->tail[i] = row->top[0];
}

rt_code rt_targets_draw(const rt_targets_info *info, const float *logits, uint64_t document,
                        uint32_t position, float *scratch, rt_targets_row *row, rt_error *err)
{
  float most;
  rt_code code = largest(info, logits, &most, err);
  if (code)
    return code;
  double weighted, sum = exponentials(info, logits, most, scratch, &weighted);
  row->entropy = rt_f32_to_f16((float)(log(sum) - weighted / sum));
  keep_top(info, scratch, sum, row);
  if (info->tail)
    draw_tail(info, scratch, offset_of(info, document, position), row);
  return RT_OK;
}
