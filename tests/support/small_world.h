/* small_world - traffic of a few dozen accounts, made call by call, for the tests of detection.
 *
 *   world *w = world_new();
 *   world_say(w, (call){.who = "ada", .at = 60, .user = "a question", .out = 200});
 *   ... world_set (small_starts.h) or world_scan, as often as liked ...
 *   world_free(w);
 *
 * Calls are kept, so that one world can be played in many orders and through many sinks. Only the
 * public headers are used here. The words of the texts are made up, syllable by syllable: word k is
 * the same everywhere, and a *trade* is a range of words.
 */
#ifndef TEST_SMALL_WORLD_H
#define TEST_SMALL_WORLD_H

#include "retort/retort.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* after the three above */
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORLD_T0  INT64_C(1772409600000000) /* 2026-03-02, a midnight */
#define HOUR      3600.0
#define DAY       86400.0
#define WORLD_TXT 1600 /* bytes of a text, with its NUL */

/* ---- luck: small, and the same everywhere */

typedef struct luck {
  uint64_t state;
} luck;

static inline uint64_t luck_next(luck *l)
{
  uint64_t z = l->state += UINT64_C(0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

static inline unsigned luck_below(luck *l, unsigned n)
{
  return (unsigned)((luck_next(l) >> 32) * n >> 32);
}

static inline double luck_unit(luck *l) /* (0, 1) */
{
  return ((double)(luck_next(l) >> 12) + 0.5) * 0x1p-52;
}

static inline double luck_wait(luck *l, double mean) /* exponential: Poisson arrivals */
{
  return -mean * log(luck_unit(l));
}

static inline double luck_normal(luck *l)
{
  double r = sqrt(-2 * log(luck_unit(l)));
  return r * cos(6.283185307179586 * luck_unit(l));
}

static inline void luck_shuffle(luck *l, size_t *v, size_t n)
{
  for (size_t i = n; i > 1; i--) {
    size_t j = luck_below(l, (unsigned)i), t = v[i - 1];
    v[i - 1] = v[j];
    v[j] = t;
  }
}

/* ---- words */

/* word k: six letters, distinct for k < 343000 */
static inline void word_text(unsigned k, char out[12])
{
  static const char front[] = "bdfgklmnprstvz", vowel[] = "aeiou";
  /* 2654435761 and 14^3 5^3 have no common factor: no two words are equal */
  unsigned x = (unsigned)((uint64_t)k * 2654435761u % 343000u);
  for (int i = 0; i < 3; i++, x /= 70) {
    out[2 * i] = front[x % 14];
    out[2 * i + 1] = vowel[x / 14 % 5];
  }
  out[6] = 0;
}

/* n words out of [from, from + many), each as likely as another */
static inline void words_text(luck *l, unsigned from, unsigned many, unsigned n, char *out,
                              size_t room)
{
  size_t at = 0;
  for (unsigned i = 0; i < n && at + 16 < room; i++) {
    char w[12];
    word_text(from + luck_below(l, many), w);
    at += (size_t)snprintf(out + at, room - at, i ? " %s" : "%s", w);
  }
}

/* ---- calls */

typedef struct call {
  const char *who; /* the account; the only field that must be there */
  double at;       /* seconds since WORLD_T0 */
  const char *system, *user;
  const char *first; /* first user turn where that is another than `user` */
  unsigned turn;     /* how often the model has spoken before: 0 is a start */
  unsigned in, out;  /* tokens; 0 = not stated */
  const char *ip, *client, *model, *knobs, *org, *id, *signature, *prompt_hash;
  const char *tenant, *batch;
  int temperature;     /* thousandths; 0 = not set */
  unsigned max_tokens; /* 0 = not set */
  bool blind;          /* no message list: a metadata-only log */
  rt_outcome failed;   /* 0 = it was answered */
  rt_api api;
} call;

typedef struct world {
  call *calls;
  rt_facts *facts;
  char **kept;
  size_t n, cap, n_facts, cap_facts, n_kept, cap_kept;
} world;

static inline world *world_new(void)
{
  world *w = calloc(1, sizeof *w);
  assert_non_null(w);
  return w;
}

static inline void world_free(world *w)
{
  for (size_t i = 0; i < w->n_kept; i++)
    free(w->kept[i]);
  free(w->kept);
  free(w->calls);
  free(w->facts);
  free(w);
}

static inline void *world_grow(void *p, size_t n, size_t *cap, size_t size)
{
  if (n < *cap)
    return p;
  *cap = *cap ? 2 * *cap : 256;
  p = realloc(p, *cap * size);
  assert_non_null(p);
  return p;
}

static inline const char *world_keep(world *w, const char *s)
{
  if (!s)
    return NULL;
  w->kept = world_grow(w->kept, w->n_kept, &w->cap_kept, sizeof *w->kept);
  size_t n = strlen(s) + 1;
  char *copy = malloc(n);
  assert_non_null(copy);
  w->kept[w->n_kept++] = memcpy(copy, s, n);
  return copy;
}

/* the name of an account, kept */
static inline const char *world_name(world *w, const char *group, unsigned i)
{
  char t[64];
  snprintf(t, sizeof t, "%s_%03u", group, i);
  return world_keep(w, t);
}

static inline void world_say(world *w, call c)
{
  const char **texts[] = {&c.who,       &c.system,      &c.user,   &c.first, &c.ip,
                          &c.client,    &c.model,       &c.knobs,  &c.org,   &c.id,
                          &c.signature, &c.prompt_hash, &c.tenant, &c.batch};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    *texts[i] = world_keep(w, *texts[i]);
  w->calls = world_grow(w->calls, w->n, &w->cap, sizeof *w->calls);
  w->calls[w->n++] = c;
}

/* strings of the facts must outlive the world (literals, or world_keep) */
static inline void world_fact(world *w, rt_facts f)
{
  w->facts = world_grow(w->facts, w->n_facts, &w->cap_facts, sizeof *w->facts);
  w->facts[w->n_facts++] = f;
}

static inline rt_slice slice_of(const char *s)
{
  return (rt_slice){s, s ? strlen(s) : 0};
}

static inline rt_exchange exchange_of(const call *c)
{
  rt_exchange x;
  rt_exchange_clear(&x);
  x.account = slice_of(c->who);
  x.time_us = WORLD_T0 + (int64_t)llround(c->at * 1e6);
  x.id = slice_of(c->id);
  x.org = slice_of(c->org);
  x.tenant = slice_of(c->tenant);
  x.batch_id = slice_of(c->batch);
  x.ip = slice_of(c->ip);
  x.user_agent = slice_of(c->client);
  x.model = slice_of(c->model);
  x.other_knobs = slice_of(c->knobs);
  x.prompt_hash = slice_of(c->prompt_hash);
  x.api = c->api;
  x.outcome = c->failed ? c->failed : RT_OUTCOME_OK;
  x.tokens_in = c->in ? c->in : RT_UNSET_U32;
  x.tokens_out = c->out ? c->out : RT_UNSET_U32;
  x.max_tokens = c->max_tokens ? c->max_tokens : RT_UNSET_U32;
  x.temperature_milli = c->temperature ? c->temperature : RT_UNSET_I32;
  x.signatures[0] = slice_of(c->signature);
  x.n_signatures = c->signature != NULL;
  if (c->blind)
    return x;
  x.has_messages = true;
  x.system = slice_of(c->system);
  x.last_user = slice_of(c->user);
  x.first_user = c->first ? slice_of(c->first) : x.last_user;
  x.n_user = c->turn + 1;
  x.n_assistant = c->turn;
  x.n_messages = x.n_user + x.n_assistant + (c->system != NULL);
  return x;
}

/* plays the calls in an order that `shuffle` chooses (0: as they were said), dealt over the sinks
 * by the same luck, each with a digester of its own */
static inline rt_code world_play(const world *w, const rt_alloc *a, const rt_key *key,
                                 const rt_digest_sink *sinks, size_t n_sinks, uint64_t shuffle,
                                 rt_error *err)
{
  rt_digester *d[8] = {NULL};
  size_t *order = calloc(w->n + 1, sizeof *order);
  luck l = {shuffle};
  assert_non_null(order);
  assert_true(n_sinks >= 1 && n_sinks <= 8);
  for (size_t i = 0; i < w->n; i++)
    order[i] = i;
  if (shuffle)
    luck_shuffle(&l, order, w->n);
  rt_code c = RT_OK;
  for (size_t i = 0; i < n_sinks && c == RT_OK; i++)
    c = rt_digester_new(a, key, (size_t)8 << 20, &d[i], err);
  for (size_t i = 0; i < w->n && c == RT_OK; i++) {
    rt_exchange x = exchange_of(&w->calls[order[i]]);
    size_t k = n_sinks > 1 ? luck_below(&l, (unsigned)n_sinks) : 0;
    c = rt_digester_add(d[k], &x, &sinks[k], err);
  }
  for (size_t i = 0; i < n_sinks; i++)
    rt_digester_free(d[i]);
  free(order);
  return c;
}

/* ---- scans */

typedef struct scan_way {
  const rt_alloc *alloc;
  rt_scan_options options; /* memory_max 0: the default ones */
  size_t sinks;            /* 0 = 1 */
  uint64_t shuffle;
  bool without_facts;
} scan_way;

static inline rt_code add_facts(const world *w, rt_scan *s, luck *l, bool shuffled, rt_error *err)
{
  size_t *order = calloc(w->n_facts + 1, sizeof *order);
  rt_code c = RT_OK;
  assert_non_null(order);
  for (size_t i = 0; i < w->n_facts; i++)
    order[i] = i;
  if (shuffled)
    luck_shuffle(l, order, w->n_facts);
  for (size_t i = 0; i < w->n_facts && c == RT_OK; i++)
    c = rt_scan_add_facts(s, &w->facts[order[i]], err);
  free(order);
  return c;
}

/* the whole way through the public functions; *out is NULL or to be freed, whatever the code */
static inline rt_code world_try(const world *w, scan_way how, rt_scan **out, rt_error *err)
{
  rt_digest_sink sinks[8];
  size_t n = how.sinks ? how.sinks : 1;
  luck l = {how.shuffle ^ 0xfac7};
  if (how.options.memory_max == 0)
    rt_scan_options_default(&how.options);
  *out = NULL;
  rt_code c = rt_scan_new(how.alloc, &how.options, out, err);
  if (c != RT_OK)
    return c;
  for (size_t i = 0; i < n && c == RT_OK; i++)
    c = rt_scan_sink(*out, &sinks[i], err);
  if (c == RT_OK)
    c = world_play(w, how.alloc, &how.options.key, sinks, n, how.shuffle, err);
  if (c == RT_OK && !how.without_facts)
    c = add_facts(w, *out, &l, how.shuffle != 0, err);
  return c == RT_OK ? rt_scan_run(*out, err) : c;
}

static inline rt_scan *world_scan(const world *w, scan_way how)
{
  rt_error err = {.message = ""};
  rt_scan *s;
  rt_code c = world_try(w, how, &s, &err);
  if (c != RT_OK)
    fail_msg("scan: %s", err.message);
  return s;
}

#endif
