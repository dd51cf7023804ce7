#include "account/starts.h"

#include "base/time.h"

#include <math.h>

#define COLUMNS(X)                                                                                 \
  X(account)                                                                                       \
  X(record)                                                                                        \
  X(t)                                                                                             \
  X(bundle)                                                                                        \
  X(prompt)                                                                                        \
  X(slot)                                                                                          \
  X(log_in)                                                                                        \
  X(log_out)                                                                                       \
  X(temperature)                                                                                   \
  X(max_tokens)                                                                                    \
  X(model)                                                                                         \
  X(flags)

static rt_code take_columns(rt__starts *s, size_t n)
{
  s->cap = n;
#define TAKE(name) s->name = rt__realloc(s->alloc, NULL, 0, n, sizeof *s->name);
  COLUMNS(TAKE)
#undef TAKE
  bool ok = true;
#define CHECK(name) ok = ok && s->name;
  COLUMNS(CHECK)
#undef CHECK
  s->first = rt__calloc(s->alloc, s->n_accounts + 1, sizeof *s->first);
  return ok && s->first ? RT_OK : RT_E_NOMEM;
}

void rt__starts_free(rt__starts *s)
{
#define DROP(name)                                                                                 \
  rt__free(s->alloc, s->name, s->cap * sizeof *s->name);                                           \
  s->name = NULL;
  COLUMNS(DROP)
#undef DROP
  rt__free(s->alloc, s->first, (s->n_accounts + 1) * sizeof *s->first);
  s->first = NULL;
}

static bool answered(const rt_digest *g)
{
  return g->outcome == RT_OUTCOME_OK || (g->outcome == RT_OUTCOME_UNKNOWN && g->finish != 4);
}

static uint64_t bundle_of(const rt_digest *g)
{
  uint64_t h = rt__mix2(g->max_tokens, (uint64_t)(int64_t)g->temperature_milli);
  return rt__mix2(h, g->knobs) | 1;
}

static uint32_t known(uint32_t count)
{
  return count == RT_UNSET_U32 ? 0 : count;
}

/* inferred: the same program goes on with a longer prompt */
static bool continues(const rt_digest *before, const rt_digest *g, double gap)
{
  return gap < RT__TURN_S && known(g->tokens_in) > known(before->tokens_in) &&
         bundle_of(before) == bundle_of(g) && before->client == g->client;
}

static void add_row(rt__starts *s, uint32_t account, size_t record, const rt_digest *g)
{
  size_t i = s->n++;
  s->account[i] = account;
  s->record[i] = (uint32_t)record;
  s->t[i] = (double)(g->time_us - s->t0_us) * 1e-6;
  s->bundle[i] = bundle_of(g);
  s->prompt[i] = g->prompt;
  s->slot[i] = g->last_user;
  s->log_in[i] = (float)log((double)known(g->tokens_in) + 1);
  s->log_out[i] = (float)log((double)known(g->tokens_out) + 1);
  s->temperature[i] = g->temperature_milli;
  s->max_tokens[i] = g->max_tokens;
  s->model[i] = g->model;
  s->flags[i] = (uint8_t)((g->flags & RT_F_MUST_MAX ? RT__S_MUST_MAX : 0) |
                          (g->flags & RT_F_TEXT ? RT__S_TEXT : 0) |
                          (g->flags & RT_F_BATCH ? RT__S_BATCHED : 0));
  s->batched |= (g->flags & RT_F_BATCH) != 0;
  s->text |= (g->flags & RT_F_TEXT) != 0;
  if (s->t[i] > s->t1)
    s->t1 = s->t[i];
}

/* the conversations of an account that were open last, by their first user turn */
#define OPEN_MAX 16

typedef struct talk {
  uint64_t key;
  int64_t last_us;
  size_t row;
  uint16_t turns; /* messages at that time */
} talk;

typedef struct talks {
  talk t[OPEN_MAX];
  size_t n, next;
} talks;

static talk *find_talk(talks *k, uint64_t key)
{
  for (size_t i = 0; key && i < k->n; i++)
    if (k->t[i].key == key)
      return &k->t[i];
  return NULL;
}

/* a start opens a conversation; the same first turn again opens it anew */
static void open_talk(talks *k, const rt_digest *g, size_t row)
{
  talk *t = find_talk(k, g->first_user);
  if (!g->first_user)
    return;
  if (!t) {
    t = &k->t[k->next];
    k->next = (k->next + 1) % OPEN_MAX;
    k->n += k->n < OPEN_MAX;
  }
  *t = (talk){g->first_user, g->time_us, row, g->turns};
}

/* how long somebody took for one turn; of a sample, as if the turns in between had been even */
static double per_turn(const rt__starts *s, const talk *t, const rt_digest *g)
{
  int more = g->turns > t->turns && s->sampled < 1 ? (g->turns - t->turns) / 2 : 1;
  return (double)(g->time_us - t->last_us) * 1e-6 / (more > 1 ? more : 1);
}

/* a person wrote on: in the conversation that the call names or, where none can be told, the last
 * one */
static void follow_up(rt__starts *s, talks *k, const rt_digest *g, bool seen, double gap)
{
  talk *t = seen ? find_talk(k, g->first_user) : NULL;
  if (t) {
    if (per_turn(s, t, g) > RT__READING_S)
      s->flags[t->row] |= RT__S_FOLLOWED;
    t->last_us = g->time_us;
    t->turns = g->turns;
  } else if (!(seen && g->first_user) && gap > RT__READING_S) {
    s->flags[s->n - 1] |= RT__S_FOLLOWED;
  }
}

static void one_account(rt__starts *s, uint32_t account, bool blind)
{
  size_t lo, n;
  rt__set_range(s->set, account, &lo, &n);
  rt_digest before = {0};
  talks open = {.n = 0};
  bool any = false, last_was_start = false;
  for (size_t k = lo; k < lo + n; k++) {
    rt_digest g;
    rt__set_get(s->set, k, &g);
    if (!answered(&g))
      continue;
    double gap = any ? (double)(g.time_us - before.time_us) * 1e-6 : 1e9;
    bool seen = !blind && (g.flags & RT_F_MESSAGES), job = (g.flags & RT_F_BATCH) != 0;
    bool start = seen ? (g.flags & RT_F_START) != 0 : job || !(any && continues(&before, &g, gap));
    if (last_was_start && gap > RT__LONE_S)
      s->flags[s->n - 1] |= RT__S_LONE;
    if (!start && !job && s->n > s->first[account])
      follow_up(s, &open, &g, seen, gap);
    if (start) {
      add_row(s, account, k, &g);
      open_talk(&open, &g, s->n - 1);
    }
    last_was_start = start;
    any = true;
    before = g;
  }
  if (last_was_start)
    s->flags[s->n - 1] |= RT__S_LONE;
}

/* Where an account's user texts repeat while its prompts do not, the slot sits in the system text.
 * The test is on neighbours in time: enough to tell "Go." from a question. */
static void choose_slots(rt__starts *s, uint32_t account)
{
  uint32_t lo = s->first[account], hi = (uint32_t)s->n, user = 0, prompt = 0;
  for (uint32_t i = lo + 1; i < hi; i++) {
    user += s->slot[i] == s->slot[i - 1];
    prompt += s->prompt[i] == s->prompt[i - 1];
  }
  bool in_system = hi - lo > 2 && 2 * user > hi - lo && 2 * prompt < user;
  for (uint32_t i = lo; i < hi; i++)
    if (in_system || s->slot[i] == 0)
      s->slot[i] = s->prompt[i];
}

static int64_t earliest_day(const rt__set *set)
{
  int64_t first = INT64_MAX;
  for (size_t k = 0; k < rt__set_count(set); k++)
    if (rt__set_time(set, k) < first)
      first = rt__set_time(set, k);
  return first == INT64_MAX ? 0 : first - first % RT__DAY_US;
}

rt_code rt__starts_build(const rt_alloc *a, const rt__set *set, bool blind, rt__starts *out,
                         rt_error *err)
{
  return rt__starts_build_sampled(a, set, blind, 1, out, err);
}

rt_code rt__starts_build_sampled(const rt_alloc *a, const rt__set *set, bool blind, double sampled,
                                 rt__starts *out, rt_error *err)
{
  *out =
      (rt__starts){.alloc = a, .set = set, .n_accounts = rt__set_accounts(set), .sampled = sampled};
  if (rt__set_count(set) >= UINT32_MAX || out->n_accounts >= UINT32_MAX)
    return rt__fail(err, RT_E_LIMIT, "more than 2^32 exchanges: scan them in parts");
  if (take_columns(out, rt__set_count(set) + 1) != RT_OK) {
    rt__starts_free(out);
    return rt__fail(err, RT_E_NOMEM, "no memory for the table of starts");
  }
  out->t0_us = earliest_day(set);
  for (uint32_t i = 0; i < out->n_accounts; i++) {
    out->first[i] = (uint32_t)out->n;
    one_account(out, i, blind);
    choose_slots(out, i);
  }
  out->first[out->n_accounts] = (uint32_t)out->n;
  return RT_OK;
}

static double followed_share(const rt__starts *s, size_t seen, size_t n)
{
  double share = n ? (double)seen / (double)n / s->sampled : 0;
  return share < 1 ? share : 1;
}

double rt__starts_followed(const rt__starts *s, uint32_t account)
{
  uint32_t n = rt__starts_count(s, account), k = 0;
  for (uint32_t i = s->first[account]; i < s->first[account + 1]; i++)
    k += s->flags[i] & RT__S_FOLLOWED ? 1 : 0;
  return followed_share(s, k, n);
}

double rt__starts_followed_of(const rt__starts *s, const uint32_t *row, size_t n)
{
  size_t k = 0;
  for (size_t i = 0; i < n; i++)
    k += s->flags[row[i]] & RT__S_FOLLOWED ? 1 : 0;
  return followed_share(s, k, n);
}

size_t rt__starts_words(const rt__starts *s, uint32_t row, uint32_t *out)
{
  rt_digest g;
  rt__set_get(s->set, s->record[row], &g);
  const rt_segment *sys = g.system ? rt__set_segment(s->set, g.system) : NULL;
  size_t i = 0, j = 0, n = 0, m = sys ? sys->n_words : 0;
  while (i < g.n_words || j < m) {
    uint32_t a = i < g.n_words ? g.words[i] : UINT32_MAX, b = j < m ? sys->words[j] : UINT32_MAX;
    out[n++] = a < b ? a : b;
    i += a <= b;
    j += b <= a;
  }
  return n;
}

size_t rt__starts_chunks(const rt__starts *s, uint32_t row, uint32_t *out)
{
  rt_digest g;
  rt__set_get(s->set, s->record[row], &g);
  const rt_segment *sys = g.system ? rt__set_segment(s->set, g.system) : NULL;
  size_t n = 0;
  for (size_t i = 0; sys && i < sys->n_chunks; i++)
    out[n++] = sys->chunks[i];
  for (size_t i = 0; i < g.n_chunks; i++)
    out[n++] = g.chunks[i];
  return n;
}
