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

/* fills p with exp(logit - most), returns its sum; *weighted is the sum of p * its exponent */
static double exponentials(const rt_targets_info *info, const float *logits, float most, float *p,
                           double *weighted)
{
  double sum = 0, by = 1 / (double)info->temperature;
  *weighted = 0;
  for (uint32_t i = 0; i < info->vocab; i++) {
    double x = (double)(logits[i] - most) * by;
    double e = x < -100 ? 0 : exp(x);
    p[i] = (float)e;
    sum += (double)p[i];
    if (e > 0)
      *weighted += (double)p[i] * x;
  }
  return sum;
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
