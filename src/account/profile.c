#include "account/profile.h"

#include "base/time.h"

#include <math.h>

static void count_hour(uint16_t *h, uint32_t more)
{
  uint32_t sum = *h + more;
  *h = sum > UINT16_MAX ? UINT16_MAX : (uint16_t)sum;
}

/* the first 6 bits choose a register, which keeps the longest run of zeros of the rest */
static void sketch_add(uint8_t *registers, uint64_t hash)
{
  uint64_t h = rt__mix(hash);
  uint8_t run = 1;
  for (uint64_t rest = h << 6; run < 59 && !(rest >> 63); rest <<= 1)
    run++;
  uint8_t *r = &registers[h >> 58];
  *r = run > *r ? run : *r;
}

static size_t gap_bin(int64_t us)
{
  size_t bin = 0;
  for (int64_t s = us / RT__US; s > 0 && bin + 1 < RT__PROFILE_GAPS; s /= 2)
    bin++;
  return bin;
}

void rt__profile_add(rt__profile *p, const rt_digest *g)
{
  int64_t hour = g->time_us / (3600 * RT__US) + 72; /* 1970 began on a Thursday */
  if (p->exchanges && g->time_us >= p->last_us)
    p->gap[gap_bin(g->time_us - p->last_us)]++;
  p->first_us = p->exchanges == 0 || g->time_us < p->first_us ? g->time_us : p->first_us;
  p->last_us = p->exchanges == 0 || g->time_us > p->last_us ? g->time_us : p->last_us;
  p->exchanges++;
  p->answered += g->outcome == RT_OUTCOME_OK;
  p->tokens_in += g->tokens_in == RT_UNSET_U32 ? 0 : g->tokens_in;
  p->tokens_out += g->tokens_out == RT_UNSET_U32 ? 0 : g->tokens_out;
  count_hour(&p->hour[(size_t)(hour % RT__PROFILE_HOURS)], 1);
  if (g->net)
    sketch_add(p->networks, g->net);
  if (g->client)
    sketch_add(p->clients, g->client);
  if (g->model)
    sketch_add(p->models, g->model);
}

static void sketch_merge(uint8_t *r, const uint8_t *other)
{
  for (size_t i = 0; i < RT__PROFILE_SKETCH; i++)
    r[i] = r[i] > other[i] ? r[i] : other[i];
}

void rt__profile_merge(rt__profile *p, const rt__profile *o)
{
  if (o->exchanges == 0)
    return;
  p->first_us = p->exchanges == 0 || o->first_us < p->first_us ? o->first_us : p->first_us;
  p->last_us = p->exchanges == 0 || o->last_us > p->last_us ? o->last_us : p->last_us;
  p->exchanges += o->exchanges;
  p->answered += o->answered;
  p->tokens_in += o->tokens_in;
  p->tokens_out += o->tokens_out;
  for (size_t i = 0; i < RT__PROFILE_HOURS; i++)
    count_hour(&p->hour[i], o->hour[i]);
  for (size_t i = 0; i < RT__PROFILE_GAPS; i++)
    p->gap[i] += o->gap[i];
  sketch_merge(p->networks, o->networks);
  sketch_merge(p->clients, o->clients);
  sketch_merge(p->models, o->models);
}

void rt__profile_of(const rt__set *s, size_t account, rt__profile *out)
{
  size_t first, n;
  *out = (rt__profile){0};
  rt__set_range(s, account, &first, &n);
  for (size_t k = first; k < first + n; k++) {
    rt_digest g;
    rt__set_get(s, k, &g);
    rt__profile_add(out, &g);
  }
}

double rt__profile_distinct(const uint8_t registers[RT__PROFILE_SKETCH])
{
  double m = RT__PROFILE_SKETCH, sum = 0, empty = 0;
  for (size_t i = 0; i < RT__PROFILE_SKETCH; i++) {
    sum += ldexp(1, -registers[i]);
    empty += registers[i] == 0;
  }
  double raw = 0.709 * m * m / sum;
  return raw <= 2.5 * m && empty > 0 ? m * log(m / empty) : raw;
}
