#include "world/simulate.h"

#include "base/hash.h"
#include "world/press.h"
#include "world/render.h"
#include "world/wording.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#define PATH_MAX_ 4096
#define TEXT_MAX  ((size_t)1 << 31)

enum { EXCHANGES, ACCOUNTS, EVENTS, LABELS, FILES };
static const char *const names[FILES] = {"exchanges.jsonl", "accounts.jsonl", "events.jsonl",
                                         "labels.jsonl"};

typedef struct output {
  const char *dir;
  FILE *f[FILES];
} output;

static int path_of(char *out, const char *dir, const char *name, bool part)
{
  int n = snprintf(out, PATH_MAX_, "%s/%s%s%s", dir, part ? "." : "", name, part ? ".part" : "");
  return n > 0 && n < PATH_MAX_ ? 0 : -1;
}

static rt_code open_all(output *o, const char *dir, rt_error *err)
{
  char path[PATH_MAX_];
  o->dir = dir;
  if (!dir)
    return RT_OK;
  if (mkdir(dir, 0777) != 0 && errno != EEXIST)
    return rt__fail(err, RT_E_IO, "%s: %s", dir, strerror(errno));
  for (int i = 0; i < FILES; i++) {
    if (path_of(path, dir, names[i], true) != 0)
      return rt__fail(err, RT_E_LIMIT, "the path of the folder is too long");
    o->f[i] = fopen(path, "wb");
    if (!o->f[i])
      return rt__fail(err, RT_E_IO, "%s: %s", path, strerror(errno));
  }
  return RT_OK;
}

/* into place if all went well, else away */
static rt_code close_all(output *o, rt_code c, rt_error *err)
{
  char part[PATH_MAX_], whole[PATH_MAX_];
  for (int i = 0; i < FILES; i++) {
    if (!o->f[i])
      continue;
    bool bad = fclose(o->f[i]) != 0;
    if (path_of(part, o->dir, names[i], true) != 0 || path_of(whole, o->dir, names[i], false) != 0)
      continue;
    if (c == RT_OK && (bad || rename(part, whole) != 0))
      c = rt__fail(err, RT_E_IO, "%s: %s", whole, strerror(errno));
    if (c != RT_OK)
      (void)remove(part);
  }
  return c;
}

/* ---- lines by account, in the order of names: the order of the plan would tell kinds apart */

typedef rt_code (*line_fn)(const rt__plan *p, uint32_t i, uint64_t n, rt__buf *out);

static rt_code account_line(const rt__plan *p, uint32_t i, uint64_t n, rt__buf *out)
{
  (void)n;
  return rt__render_account(p, i, out);
}

static rt_code label_line(const rt__plan *p, uint32_t i, uint64_t n, rt__buf *out)
{
  return n ? rt__render_label(p, i, n, out) : RT_OK;
}

static rt_code write_lines(const rt__plan *p, const uint64_t *counts, line_fn line, FILE *f,
                           rt_error *err)
{
  size_t n = p->n_accounts;
  rt__pair *order = rt__calloc(&p->alloc, n * 2 + 1, sizeof *order);
  rt__buf b;
  rt__buf_init(&b, &p->alloc, TEXT_MAX);
  rt_code c = order ? RT_OK : RT_E_NOMEM;
  for (size_t i = 0; order && i < n; i++)
    order[i] = (rt__pair){rt__account_name(p, (uint32_t)i), i};
  if (order)
    rt__sort_pairs(order, order + n, n);
  for (size_t i = 0; c == RT_OK && i < n; i++) {
    rt__buf_clear(&b);
    c = line(p, (uint32_t)order[i].val, counts[order[i].val], &b);
    if (c == RT_OK && b.n && fwrite(b.p, 1, b.n, f) != b.n)
      c = RT_E_IO;
  }
  rt__buf_free(&b);
  rt__free(&p->alloc, order, (n * 2 + 1) * sizeof *order);
  return c == RT_OK ? c : rt__fail(err, c, "accounts: %s", rt_code_text(c));
}

static rt_code write_events(const rt__plan *p, FILE *f, rt_error *err)
{
  rt__buf b;
  rt__buf_init(&b, &p->alloc, TEXT_MAX);
  rt_code c = rt__render_events(p, &b);
  if (c == RT_OK && b.n && fwrite(b.p, 1, b.n, f) != b.n)
    c = RT_E_IO;
  rt__buf_free(&b);
  return c == RT_OK ? c : rt__fail(err, c, "events: %s", rt_code_text(c));
}

/* ---- how hard the rewording is */

#define SAMPLE 600
#define RUN    8

static const rt__text_ref *reworded(const rt__source *s)
{
  const rt__text_ref *t = s->program.inject.kind   ? &s->program.inject
                          : s->program.before.kind ? &s->program.before
                                                   : &s->program.after;
  bool yes = s->harvest && t->kind == RT__TEXT_INTENT && t->wording == RT__WORDING_REQUEST;
  return yes ? t : NULL;
}

static void say_overlap(const rt__plan *p, const rt__source *s, const rt__text_ref *t,
                        const rt__sim_options *o)
{
  uint64_t variant[SAMPLE];
  char line[200];
  uint32_t n = s->arrival.limit < SAMPLE ? (uint32_t)s->arrival.limit : SAMPLE;
  for (uint32_t k = 0; k < n; k++)
    variant[k] = rt__mix2(t->seed, rt__draw(s->seed, 0x636f6e76, k, 0));
  double share = rt__word_overlap(t->intent, variant, n, RUN, rt__texts_lexicon(p->texts));
  const rt__account *a = &p->accounts[p->seats[p->dispatches[s->dispatch].first_seat].first];
  (void)snprintf(line, sizeof line,
                 "%s: %.2f %% of %u request pairs share %d words in a row outside their slots",
                 p->groups[a->group], 100 * share, n * (n - 1) / 2, RUN);
  o->say(o->ctx, line);
}

static void say_overlaps(const rt__plan *p, const rt__sim_options *o)
{
  for (size_t i = 0; o->say && i < p->n_sources; i++) {
    const rt__text_ref *t = reworded(&p->sources[i]);
    if (t)
      say_overlap(p, &p->sources[i], t, o);
  }
}

/* ---- the whole */

static rt_code write_world(const rt__plan *p, const rt__traces *traces, const rt__sim_options *o,
                           output *out, rt__sim_report *rep, rt_error *err)
{
  rt__stream *s = NULL;
  FILE *const to[2] = {out->f[EXCHANGES], o->pipe};
  uint64_t *counts = rt__calloc(&p->alloc, p->n_accounts + 1, sizeof *counts);
  rt_code c = counts ? rt__stream_new(p, traces, &s) : RT_E_NOMEM;
  if (c != RT_OK)
    c = rt__fail(err, c, "this world does not fit into memory");
  else
    c = rt__press(p, s, to, o->threads, counts, &rep->exchanges, &rep->bytes, err);
  if (c == RT_OK && out->f[ACCOUNTS])
    c = write_lines(p, counts, account_line, out->f[ACCOUNTS], err);
  if (c == RT_OK && out->f[LABELS])
    c = write_lines(p, counts, label_line, out->f[LABELS], err);
  if (c == RT_OK && out->f[EVENTS])
    c = write_events(p, out->f[EVENTS], err);
  rep->accounts = p->n_accounts;
  for (size_t i = 0; counts && i < p->n_accounts; i++)
    rep->active += counts[i] > 0;
  rt__stream_free(s);
  rt__free(&p->alloc, counts, (p->n_accounts + 1) * sizeof *counts);
  return c;
}

rt_code rt__simulate(const rt_alloc *a, const rt__spec *spec, const rt__sim_options *o,
                     rt__sim_report *report, rt_error *err)
{
  rt__texts *texts = NULL;
  rt__traces *traces = NULL;
  rt__plan *plan = NULL;
  output out = {0};
  *report = (rt__sim_report){0};
  rt_code c = o->texts ? rt__texts_load(a, o->texts, o->seed, &texts, err)
                       : rt__texts_new(a, o->seed, &texts, err);
  if (c == RT_OK && o->traces)
    c = rt__traces_load(a, o->traces, &traces, err);
  if (c == RT_OK)
    c = rt__plan_make(a, spec, texts, o->seed, &plan, err);
  if (c == RT_OK)
    say_overlaps(plan, o);
  if (c == RT_OK)
    c = open_all(&out, o->dir, err);
  if (c == RT_OK)
    c = write_world(plan, traces, o, &out, report, err);
  c = close_all(&out, c, err);
  rt__plan_free(plan);
  rt__traces_free(a, traces);
  rt__texts_free(texts);
  return c;
}
