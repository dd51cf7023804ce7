#include "retort/retort.h"

#include "campaign/detect.h"
#include "campaign/remember.h"
#include "campaign/replay.h"
#include "campaign/spooled.h"

#include <math.h>

#define SINKS_MAX    256
#define MEMORY_USUAL ((size_t)1 << 30)
#define RELEASES_MAX 256
#define ARENA_MAX    ((size_t)8 << 30)

struct rt_scan {
  rt_alloc alloc;
  rt_scan_options options;
  rt__set *sets[SINKS_MAX]; /* one a producer; the first takes the others in */
  size_t n_sets;
  rt__facts facts;
  rt__release releases[RELEASES_MAX];
  size_t n_releases;
  rt_findings findings;
  bool ran;
};

const char *rt_version(void)
{
  return RT_VERSION;
}

void rt_scan_options_default(rt_scan_options *o)
{
  *o = (rt_scan_options){.memory_max = MEMORY_USUAL, .prior = 0.01, .decoys = 20};
  (void)rt_key_default(&o->key);
}

rt_code rt_scan_new(const rt_alloc *alloc, const rt_scan_options *o, rt_scan **out, rt_error *err)
{
  if (!alloc)
    alloc = rt_alloc_default();
  rt_scan *s = rt__calloc(alloc, 1, sizeof *s);
  if (!s)
    return rt__fail(err, RT_E_NOMEM, "no memory for a scan");
  s->alloc = *alloc;
  if (o)
    s->options = *o;
  else
    rt_scan_options_default(&s->options);
  if (s->options.memory_max == 0)
    s->options.memory_max = MEMORY_USUAL;
  if (!(s->options.prior > 0 && s->options.prior < 1))
    s->options.prior = 0.01;
  rt__facts_init(&s->facts, &s->alloc);
  if (rt__arena_new(&s->alloc, ARENA_MAX, &s->findings.arena) != RT_OK) {
    rt__free(alloc, s, sizeof *s);
    return rt__fail(err, RT_E_NOMEM, "no memory for a scan");
  }
  *out = s;
  return RT_OK;
}

void rt_scan_free(rt_scan *s)
{
  if (!s)
    return;
  rt_alloc a = s->alloc;
  for (size_t i = 0; i < s->n_sets; i++)
    rt__set_free(s->sets[i]);
  rt__facts_free(&s->facts);
  rt__arena_free(s->findings.arena);
  rt__free(&a, s, sizeof *s);
}

rt_code rt__scan_sink_spooled(rt_scan *s, size_t memory_max, const rt__spool *spool,
                              rt_digest_sink *sink, rt_error *err)
{
  if (s->ran)
    return rt__fail(err, RT_E_ARG, "the scan has run");
  if (s->n_sets == SINKS_MAX)
    return rt__fail(err, RT_E_LIMIT, "at most %d producers", SINKS_MAX);
  rt_code c = rt__set_new(&s->alloc, memory_max, spool, &s->sets[s->n_sets], err);
  if (c == RT_OK)
    *sink = rt__set_sink(s->sets[s->n_sets++]);
  return c;
}

rt_code rt_scan_sink(rt_scan *s, rt_digest_sink *sink, rt_error *err)
{
  return rt__scan_sink_spooled(s, s->options.memory_max, NULL, sink, err);
}

rt_code rt_scan_add_facts(rt_scan *s, const rt_facts *f, rt_error *err)
{
  return rt__facts_add(&s->facts, &s->options.key, f, err);
}

rt_code rt_scan_add_event(rt_scan *s, const rt_event *e, rt_error *err)
{
  if (e->kind != RT_EVENT_MODEL_RELEASE || !e->model.p || e->model.n == 0)
    return RT_OK; /* enforcement is kept for the issue on history; it changes no finding yet */
  if (s->n_releases == RELEASES_MAX)
    return rt__fail(err, RT_E_LIMIT, "more than %d model releases", RELEASES_MAX);
  s->releases[s->n_releases++] =
      (rt__release){rt_key_hash(&s->options.key, "model", e->model), e->time_us};
  return RT_OK;
}

static rt_code one_set(rt_scan *s, rt_error *err)
{
  if (s->n_sets == 0) {
    rt_digest_sink none;
    rt_code c = rt_scan_sink(s, &none, err);
    if (c != RT_OK)
      return c;
  }
  for (size_t i = 1; i < s->n_sets; i++) {
    rt_code c = rt__set_absorb(s->sets[0], s->sets[i], err);
    if (c != RT_OK)
      return c;
  }
  return rt__set_seal(s->sets[0], err);
}

rt_code rt_scan_run(rt_scan *s, rt_error *err)
{
  if (s->ran)
    return rt__fail(err, RT_E_ARG, "the scan has run");
  rt_code c = one_set(s, err);
  s->ran = true; /* not before: a scan without a producer gets a sink there */
  if (c == RT_OK && s->facts.n)
    c = rt__facts_seal(&s->facts, s->sets[0], err);
  if (c != RT_OK)
    return c;
  rt__detection d = {.alloc = &s->alloc,
                     .options = &s->options,
                     .set = s->sets[0],
                     .facts = s->facts.n ? &s->facts : NULL,
                     .releases = s->releases,
                     .n_releases = s->n_releases};
  c = rt__detect(&d, err);
  s->findings.prior = s->options.prior;
  if (c == RT_OK)
    c = rt__describe(&d, &s->findings, err);
  rt__detection_free(&d);
  return c;
}

rt_code rt_scan_replay(rt_scan *s, rt_error *err)
{
  if (!s->ran)
    return rt__fail(err, RT_E_ARG, "the scan has not run");
  const rt__replay r = {.alloc = &s->alloc,
                        .options = &s->options,
                        .set = s->sets[0],
                        .facts = s->facts.n ? &s->facts : NULL,
                        .releases = s->releases,
                        .n_releases = s->n_releases};
  return rt__replay_run(&r, &s->findings, err);
}

const rt_findings *rt_scan_findings(const rt_scan *s)
{
  return s && s->ran ? &s->findings : NULL;
}

rt_code rt__scan_remember(rt_scan *s, const rt__remembrance *r, rt_error *err)
{
  return s->ran ? rt__findings_remember(&s->findings, r, err)
                : rt__fail(err, RT_E_ARG, "the scan has not run");
}

const rt__set *rt__scan_set(const rt_scan *s)
{
  return s && s->ran && s->n_sets ? s->sets[0] : NULL;
}

int64_t rt__scan_closed_us(const rt_scan *s, uint64_t account)
{
  const uint64_t *at = s->facts.n ? rt__map_get(&s->facts.index, account) : NULL;
  return at ? s->facts.f[*at].closed_us : 0;
}
