#include "cli/daily.h"

#include "base/time.h"
#include "campaign/remember.h"
#include "campaign/spooled.h"
#include "cli/previous.h"
#include "cli/state_tool.h"
#include "state/merge.h"
#include "state/seen.h"

#include <stdlib.h>

/* ---- before */

static int read_keep(const cli_args *a, int64_t *us)
{
  static const struct {
    char unit;
    int64_t us;
  } units[] = {{'d', RT__DAY_US}, {'w', 7 * RT__DAY_US}};
  const char *text = cli_text(a, "keep", NULL);
  char *end = NULL;
  if (!text)
    return CLI_DONE;
  if (!cli_given(a, "state"))
    return cli_unusable(a, "--keep is about a state: give --state, too");
  unsigned long n = text[0] >= '0' && text[0] <= '9' ? strtoul(text, &end, 10) : 0;
  for (size_t i = 0; i < RT__ARRAY_LEN(units) && end; i++)
    if (end[0] == units[i].unit && end[1] == '\0' && n > 0 && n <= 100000) {
      *us = (int64_t)n * units[i].us;
      return CLI_DONE;
    }
  return cli_unusable(a, "--keep '%s' is no number of days or weeks such as 90d or 12w", text);
}

static bool is_same_file(const char *x, const char *y)
{
  char *a = realpath(x, NULL), *b = realpath(y, NULL);
  bool same = a && b && strcmp(a, b) == 0;
  free(a);
  free(b);
  return same;
}

static int check_paths(const cli_args *a, const char *state)
{
  const char *out = cli_text(a, "out", NULL);
  for (size_t i = 0; i < cli_operands(a); i++)
    if (is_same_file(cli_operand(a, i), state))
      return cli_unusable(a, "%s is the state; it is read without being named twice", state);
  if (out && is_same_file(out, state))
    return cli_unusable(a, "%s is the state; findings would overwrite it", state);
  return CLI_DONE;
}

/* a state that has seen a run knows more than findings do */
static int read_previous(const cli_args *a, const rt_key *key, cli_daily *d)
{
  const char *path = cli_text(a, "previous", NULL);
  if (!path)
    return CLI_DONE;
  if (d->state && rt__state_memory(d->state)->as_of_us)
    return cli_unusable(a, "the state remembers campaigns itself: leave --previous out");
  int status = cli_previous_read(a, path, key, &d->previous);
  d->has_previous = status == CLI_DONE;
  return status;
}

int cli_daily_open(const cli_args *a, const rt_key *key, cli_daily *d)
{
  const char *path = cli_text(a, "state", NULL);
  int status = read_keep(a, &d->keep_us);
  if (status == CLI_DONE && path)
    status = check_paths(a, path);
  if (status == CLI_DONE && path)
    status = cli_state_open(a, path, key, &d->state);
  return status == CLI_DONE ? read_previous(a, key, d) : status;
}

/* ---- two sides, one scan */

int cli_daily_sinks(const cli_args *a, cli_daily *d, cli_ingest *in, rt_scan *scan)
{
  rt_error err = {0};
  for (unsigned i = 0; i <= in->threads; i++) {
    rt__spool spool;
    size_t memory;
    rt_code c;
    int status = cli_ingest_spool(a, in, i, &spool, &memory);
    if (status != CLI_DONE)
      return status;
    if (!d->state) {
      c = rt__scan_sink_spooled(scan, memory, &spool, &in->sinks[i], &err);
    } else {
      c = rt__set_new(rt_alloc_default(), memory / 2 + 1, &spool, &d->today[i], &err);
      if (c == RT_OK)
        in->sinks[i] = rt__set_sink(d->today[i]);
    }
    if (c != RT_OK)
      return cli_error(a, NULL, &err);
  }
  return CLI_DONE;
}

static rt_code join_today(cli_daily *d, rt_error *err)
{
  rt_code c = RT_OK;
  for (size_t i = 1; i < RT__ARRAY_LEN(d->today) && d->today[i] && c == RT_OK; i++)
    c = rt__set_absorb(d->today[0], d->today[i], err);
  return c == RT_OK ? rt__set_seal(d->today[0], err) : c;
}

/* a place on disk behind set `i` of the two, and its share of the memory */
static rt_code spool_for(const cli_args *a, cli_daily *d, int i, rt__spool *spool, size_t *memory,
                         rt_error *err)
{
  const char *dir = getenv("TMPDIR");
  *memory = (size_t)cli_size(a, "memory-limit", CLI_INGEST_MEMORY) / 2 + 1;
  rt_code c =
      rt__spool_files_new(rt_alloc_default(), dir && *dir ? dir : "/var/tmp", &d->spools[i], err);
  if (c == RT_OK)
    *spool = rt__spool_files_callbacks(d->spools[i]);
  return c;
}

/* a plain digest file may be in any order, and does not say how far it goes */
static rt_code load_old(const cli_args *a, cli_daily *d, rt_error *err)
{
  rt__spool spool;
  size_t memory;
  rt_code c = spool_for(a, d, 0, &spool, &memory, err);
  if (c != RT_OK)
    return c;
  rt__loaded all;
  c = rt__state_load(d->state, memory, &spool, 0, &all, err);
  d->old = all.set;
  return c;
}

/* what is older is left out: whole days, against the last one that counts */
static int64_t first_kept(const cli_daily *d)
{
  static rt__calendar all, one; /* large for a stack */
  if (!d->keep_us)
    return INT64_MIN;
  all = *rt__state_calendar(d->state);
  memset(&one, 0, sizeof one);
  rt__calendar_add(&one, d->today[0]);
  rt__calendar_most(&all, &one);
  if (d->old)
    rt__calendar_add(&all, d->old);
  return rt__calendar_end(&all) - d->keep_us;
}

static rt_code merge(cli_daily *d, const rt_digest_sink *to, rt_error *err)
{
  static rt__merge m; /* holds a whole record: large for a stack */
  int64_t from = first_kept(d);
  rt__merge_init(&m, d->today[0], from, rt__state_memory(d->state), to);
  const rt_digest_sink sink = rt__merge_sink(&m);
  rt_code c = d->old ? rt__pour_all(d->old, &sink, err) : rt__state_read(d->state, &sink, err);
  if (c == RT_OK)
    c = rt__merge_end(&m, err);
  d->expired = m.n_expired;
  rt__merge_free(&m);
  return c;
}

static void free_sides(cli_daily *d)
{
  for (size_t i = 0; i < RT__ARRAY_LEN(d->today); i++) {
    rt__set_free(d->today[i]);
    d->today[i] = NULL;
  }
  rt__set_free(d->old);
  d->old = NULL;
}

static rt_code join(const cli_args *a, cli_daily *d, rt_scan *scan, rt_error *err)
{
  rt__spool spool;
  size_t memory;
  rt_digest_sink to;
  rt_code c = join_today(d, err);
  if (c == RT_OK && rt__state_is_plain(d->state))
    c = load_old(a, d, err);
  if (c == RT_OK)
    c = spool_for(a, d, 1, &spool, &memory, err);
  if (c == RT_OK)
    c = rt__scan_sink_spooled(scan, memory, &spool, &to, err);
  if (c != RT_OK)
    return c;
  c = merge(d, &to, err);
  free_sides(d); /* the scan has it all */
  return c;
}

int cli_daily_join(const cli_args *a, cli_daily *d, rt_scan *scan)
{
  rt_error err = {0};
  if (!d->state || join(a, d, scan, &err) == RT_OK)
    return CLI_DONE;
  return cli_error(a, cli_text(a, "state", NULL), &err);
}

/* ---- campaigns by yesterday's names */

static bool is_here(void *ctx, uint64_t account)
{
  size_t i;
  return rt__set_find(rt__scan_set(ctx), account, &i);
}

static int64_t closed_us(void *ctx, uint64_t account)
{
  return rt__scan_closed_us(ctx, account);
}

static const rt__memory *memory_of(const cli_daily *d)
{
  return d->has_previous ? &d->previous : rt__state_memory(d->state);
}

static rt_code rename_all(const cli_daily *d, rt_scan *scan, size_t n, rt_error *err)
{
  rt__remembrance *r = rt__arena_take(d->followed.memory.arena, (n + 1) * sizeof *r);
  if (!r)
    return rt__fail(err, RT_E_NOMEM, "no memory for the history of campaigns");
  for (size_t i = 0; i < n; i++) {
    const rt__remembered *k = d->followed.known[i];
    rt__campaign_name(d->followed.ids[i], r[i].id);
    r[i].changes = k ? k->changes : NULL;
    r[i].n_changes = k ? k->n_changes : 0;
  }
  return rt__scan_remember(scan, r, err);
}

static rt_code follow(cli_daily *d, rt_scan *scan, rt__arena *arena, rt_error *err)
{
  const rt_findings *f = rt_scan_findings(scan);
  const rt__today today = {
      .ctx = scan, .at_us = d->until_us, .is_here = is_here, .closed_us = closed_us};
  rt__seen *seen;
  size_t n = rt_findings_campaigns(f);
  rt_code c = rt__see(f, arena, &seen, err);
  if (c == RT_OK) {
    d->has_followed = true;
    c = rt__follow(memory_of(d), seen, n, &today, &d->followed, err);
  }
  return c == RT_OK ? rename_all(d, scan, n, err) : c;
}

static rt_code make_news(cli_daily *d, rt_error *err)
{
  size_t n = d->followed.n_changes;
  d->news = rt__arena_take(d->followed.memory.arena, (n + 1) * sizeof *d->news);
  if (!d->news)
    return rt__fail(err, RT_E_NOMEM, "no memory for the history of campaigns");
  for (size_t i = 0; i < n; i++) {
    rt__campaign_name(d->followed.changes[i].id, d->news[i].campaign);
    d->news[i].change = d->followed.changes[i].change;
  }
  return RT_OK;
}

int cli_daily_follow(const cli_args *a, cli_daily *d, rt_scan *scan)
{
  rt_error err = {0};
  rt__arena *arena = NULL;
  rt_code c = rt__newest(rt__scan_set(scan), &d->until_us, &err);
  if (c == RT_OK && !d->state && !d->has_previous)
    return CLI_DONE;
  if (c == RT_OK)
    c = rt__arena_new(rt_alloc_default(), RT__MEMORY_MAX, &arena);
  if (c == RT_OK)
    c = follow(d, scan, arena, &err);
  if (c == RT_OK)
    c = make_news(d, &err);
  rt__arena_free(arena);
  return c == RT_OK ? CLI_DONE : cli_error(a, NULL, &err);
}

/* ---- after */

int cli_daily_keep(const cli_args *a, cli_daily *d, rt_scan *scan)
{
  rt_error err = {0};
  if (!d->state)
    return CLI_DONE;
  if (d->expired && cli_given(a, "stats"))
    cli_say(a, "%llu exchange%s older than --keep %s left the state",
            (unsigned long long)d->expired, d->expired == 1 ? "" : "s", cli_text(a, "keep", ""));
  if (rt__state_replace(d->state, rt__scan_set(scan), &d->followed.memory, &err) == RT_OK)
    return CLI_DONE;
  return cli_failed(a, "%s", err.message);
}

void cli_daily_summary(const cli_daily *d, rt__summary *s)
{
  s->since_us = d->has_followed ? memory_of(d)->as_of_us : 0;
  s->news = d->news;
  s->n_news = d->followed.n_changes;
}

void cli_daily_free(cli_daily *d)
{
  free_sides(d);
  for (size_t i = 0; i < RT__ARRAY_LEN(d->spools); i++)
    rt__spool_files_free(d->spools[i]);
  if (d->has_followed)
    rt__followed_free(&d->followed);
  if (d->has_previous)
    rt__memory_free(&d->previous);
  rt__state_close(d->state);
  *d = (cli_daily){0};
}
