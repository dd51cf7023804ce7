/* score_text - the report for a terminal. */
#include "world/score.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

typedef struct page {
  rt__buf *out;
  rt_code code;
} page;

static void say(page *p, const char *fmt, ...) RT__PRINTF(2, 3);
static void say(page *p, const char *fmt, ...)
{
  char t[512];
  va_list ap;
  va_start(ap, fmt);
  int n = vsnprintf(t, sizeof t, fmt, ap);
  va_end(ap);
  if (p->code == RT_OK && n > 0)
    p->code = rt__buf_add(p->out, t, (size_t)n < sizeof t ? (size_t)n : sizeof t - 1);
}

#define PUT(n)  (unsigned long long)(n)
#define WORD(s) (int)((s).n < 60 ? (s).n : 60), (s).p

static void rows(page *p, const rt__score_report *r)
{
  say(p, "%-9s%-34s%9s%9s%9s%8s\n", "world", "kind", "accounts", "flagged", "suspect", "pooled");
  for (size_t i = 0; i < r->n_rows; i++) {
    const rt__score_row *w = &r->rows[i];
    say(p, "%-9.*s%-34.*s%9llu%9llu%9llu%8llu\n", WORD(w->world), WORD(w->kind), PUT(w->accounts),
        PUT(w->flagged), PUT(w->suspect), PUT(w->pooled));
  }
}

static void totals(page *p, const rt__score_report *r)
{
  say(p, "\n");
#define COUNT(name, what) say(p, "%-40s%12llu   %s\n", #name, PUT(r->name), what);
  RT__SCORE_COUNT_MAP(COUNT)
#undef COUNT
#define RATE(name, what)                                                                           \
  say(p, "%-40s%12.5g   %s [%.4g, %.4g]\n", #name, r->name.value, what, r->name.low, r->name.high);
  RT__SCORE_RATE_MAP(RATE)
#undef RATE
#define NUMBER(name, what)                                                                         \
  if (!isnan(r->name))                                                                             \
    say(p, "%-40s%12.5g   %s\n", #name, r->name, what);
  RT__SCORE_NUMBER_MAP(NUMBER)
#undef NUMBER
}

static void sets(page *p, const char *title, const rt__score_set *set, size_t n)
{
  say(p, "\n%-12s%10s%10s%8s%8s%8s%18s\n", title, "campaigns", "accounts", "found", "macro",
      "worst", "8 or more: macro");
  for (size_t i = 0; i < n; i++, set++) {
    say(p, "%-12.*s%10llu%10llu%8llu%8.3f%8.3f", WORD(set->name), PUT(set->campaigns),
        PUT(set->accounts), PUT(set->found), set->macro.value, set->worst);
    if (set->macro_8.n)
      say(p, "%18.3f\n", set->macro_8.value);
    else
      say(p, "%18s\n", "-");
  }
}

/* only of findings with --replay */
static void moments(page *p, const rt__score_report *r)
{
  if (isnan(r->hours_to_flag))
    return;
  say(p, "\n%-34s%10s%8s%10s%15s%10s\n", "before it could be flagged", "accounts", "found", "hours",
      "exchanges got", "of all");
  for (size_t i = 0; i < r->n_campaign_rows; i++) {
    const rt__score_campaign *c = &r->campaign_rows[i];
    say(p, "%-34.*s%10llu%8llu", WORD(c->group), PUT(c->accounts), PUT(c->found));
    if (isnan(c->hours) || isnan(c->leaked))
      say(p, "%10s%15llu%10llu\n", "never", PUT(c->exchanges), PUT(c->exchanges));
    else
      say(p, "%10.1f%15.0f%10llu\n", c->hours, c->leaked, PUT(c->exchanges));
  }
}

static void kinds(page *p, const rt__score_report *r)
{
  say(p, "\n%-20s%10s%8s%9s%9s%8s%18s   %s\n", "honest, resold", "accounts", "groups", "flagged",
      "suspect", "pooled", "false campaigns", "flagged, 95 %");
  for (size_t i = 0; i < r->n_kinds; i++) {
    const rt__score_kind *k = &r->kinds[i];
    say(p, "%-20.*s%10llu%8llu%9llu%9llu%8llu%18llu   [%.4g, %.4g]\n", WORD(k->kind),
        PUT(k->accounts), PUT(k->groups), PUT(k->flagged), PUT(k->suspect), PUT(k->pooled),
        PUT(k->false_campaigns), k->rate.low, k->rate.high);
  }
}

static void prevalence(page *p, const rt__score_report *r)
{
  say(p, "\nprecision if this share of accounts harvested\n");
  for (size_t i = 0; i < RT__SCORE_PREVALENCES; i++)
    say(p, "%11.1f %%%10.4f   [%.4g, %.4g]\n", 100 * r->prevalence[i].prevalence,
        r->prevalence[i].precision, r->prevalence[i].low, r->prevalence[i].high);
}

static void calibration(page *p, const rt__score_report *r)
{
  for (size_t i = 0; i < RT__ARRAY_LEN(r->calibration); i++) {
    const rt__score_calibration *c = &r->calibration[i];
    if (c->n == 0)
      continue;
    say(p, "\ncalibration of %s: %llu scores, Brier %.4f, ECE %.4f\n", c->name, PUT(c->n), c->brier,
        c->ece);
    for (size_t b = 0; b < RT__SCORE_BINS; b++)
      if (c->bins[b].n)
        say(p, "  %.1f-%.1f%8llu   said %.3f, held %.3f [%.3f, %.3f]\n", (double)b / RT__SCORE_BINS,
            (double)(b + 1) / RT__SCORE_BINS, PUT(c->bins[b].n), c->bins[b].mean_score,
            c->bins[b].observed.value, c->bins[b].observed.low, c->bins[b].observed.high);
  }
}

rt_code rt__score_text(const rt__score_report *r, rt__buf *out)
{
  page p = {out, RT_OK};
  rows(&p, r);
  totals(&p, r);
  sets(&p, "level", r->levels, r->n_levels);
  sets(&p, "band", r->bands, r->n_bands);
  sets(&p, "accounts", r->sizes, r->n_sizes);
  moments(&p, r);
  kinds(&p, r);
  prevalence(&p, r);
  calibration(&p, r);
  return p.code;
}
