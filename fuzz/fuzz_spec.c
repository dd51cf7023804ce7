/* fuzz_spec - any bytes as a spec: what is taken keeps its bounds, and if it is a small world, the
 * plan and the first events of it are made. */
#include "world/kinds.h"
#include "world/spec.h"
#include "world/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define SMALL  3000 /* accounts and customers together */
#define EVENTS 200

static void must(bool ok)
{
  if (!ok)
    __builtin_trap();
}

static bool ends(const char *name)
{
  return memchr(name, '\0', RT__SPEC_NAME) != NULL;
}

static bool within(double v, double least, double most)
{
  return v >= least && v <= most;
}

static double check_campaign(const rt__campaign_spec *c, double days)
{
  must(ends(c->name) && ends(c->intent) && ends(c->corpus));
  must(within(c->level, 0, RT__LEVELS - 1) && within(c->accounts, 1, RT__SPEC_ACCOUNTS));
  must(within(c->from, 0, days) && within(c->days, 0, 3650) && within(c->cover, 0, 1));
  must(within(c->steps, 1, 24) && within(c->framed, 0, RT__SPEC_ACCOUNTS));
  return c->accounts * (1 + c->customers) + c->framed;
}

/* checks the spec; returns an upper bound of its accounts and customers */
static double check(const rt__spec *s)
{
  double honest = 0, all = 0;
  must(ends(s->name) && s->n_campaigns <= RT__CAMPAIGNS_MAX);
  must(within(s->days, 0.01, 3650) && within(s->benign, 0, RT__SPEC_ACCOUNTS));
  for (uint32_t k = 0; k < rt__kinds(); k++) {
    must(within(s->kinds[k].rate, 0, 100) && within(s->kinds[k].group, 0, RT__SPEC_ACCOUNTS));
    honest += rt__spec_count(s, k);
  }
  for (size_t i = 0; i < s->n_campaigns; i++)
    all += check_campaign(&s->campaigns[i], s->days);
  must(honest <= RT__SPEC_ACCOUNTS + rt__kinds()); /* each is rounded */
  return honest + all;
}

static void make(const rt__spec *s)
{
  static rt__texts *texts;
  rt__plan *plan;
  rt__stream *stream;
  rt__event e;
  if (!texts)
    must(rt__texts_new(rt_alloc_default(), 1, &texts, NULL) == RT_OK);
  must(rt__plan_make(rt_alloc_default(), s, texts, 1, &plan, NULL) == RT_OK);
  must(rt__stream_new(plan, NULL, &stream) == RT_OK);
  int64_t t = INT64_MIN;
  for (int i = 0; i < EVENTS && rt__stream_next(stream, &e) == 1; i++) {
    must(e.t >= t && e.account < plan->n_accounts && e.source < plan->n_sources);
    t = e.t;
  }
  rt__stream_free(stream);
  rt__plan_free(plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
  rt__spec s;
  if (rt__spec_parse(rt_alloc_default(), rt__slice(p, n), &s, NULL) != RT_OK)
    return 0;
  if (check(&s) <= SMALL)
    make(&s);
  rt__spec_free(rt_alloc_default(), &s);
  return 0;
}
