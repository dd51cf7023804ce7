/* score_json - the report for programs. Keys of the plain scorer first, then everything else. */
#include "base/json.h"
#include "world/score.h"

#include <math.h>

static void interval(rt__json *j, const char *key, const rt__rate *r)
{
  rt__json_key(j, key);
  rt__json_open(j, '[');
  rt__json_num(j, r->low);
  rt__json_num(j, r->high);
  rt__json_close(j, ']');
}

static void totals(rt__json *j, const rt__score_report *r)
{
#define COUNT(name, what) rt__json_put_u64(j, #name, r->name);
  RT__SCORE_COUNT_MAP(COUNT)
#undef COUNT
#define RATE(name, what) rt__json_put_num(j, #name, r->name.value);
  RT__SCORE_RATE_MAP(RATE)
#undef RATE
#define NUMBER(name, what) rt__json_put_num(j, #name, r->name);
  RT__SCORE_NUMBER_MAP(NUMBER)
#undef NUMBER
  interval(j, "false_flag_interval", &r->false_flag_rate);
  rt__json_key(j, "intervals");
  rt__json_open(j, '{');
#define RATE(name, what) interval(j, #name, &r->name);
  RT__SCORE_RATE_MAP(RATE)
#undef RATE
  rt__json_close(j, '}');
}

static void levels(rt__json *j, const rt__score_report *r)
{
  rt__json_key(j, "recall_by_level");
  rt__json_open(j, '{');
  for (size_t i = 0; i < r->n_levels; i++) {
    char name[128];
    rt_slice kind = r->levels[i].name;
    size_t n = kind.n < sizeof name ? kind.n : sizeof name - 1;
    memcpy(name, kind.p, n);
    name[n] = '\0';
    rt__json_put_num(j, name, r->levels[i].macro.value);
  }
  rt__json_close(j, '}');
}

static void rows(rt__json *j, const rt__score_report *r)
{
  rt__json_key(j, "groups");
  rt__json_open(j, '[');
  for (size_t i = 0; i < r->n_rows; i++) {
    const rt__score_row *row = &r->rows[i];
    rt__json_open(j, '{');
    rt__json_put_str(j, "world", row->world);
    rt__json_put_str(j, "kind", row->kind);
    rt__json_put_u64(j, "accounts", row->accounts);
    rt__json_put_u64(j, "flagged", row->flagged);
    rt__json_put_u64(j, "suspect", row->suspect);
    rt__json_put_u64(j, "pooled", row->pooled);
    rt__json_close(j, '}');
  }
  rt__json_close(j, ']');
}

static void sets(rt__json *j, const char *key, const rt__score_set *set, size_t n)
{
  rt__json_key(j, key);
  rt__json_open(j, '[');
  for (size_t i = 0; i < n; i++, set++) {
    rt__json_open(j, '{');
    rt__json_put_str(j, "name", set->name);
    rt__json_put_u64(j, "campaigns", set->campaigns);
    rt__json_put_u64(j, "accounts", set->accounts);
    rt__json_put_u64(j, "found", set->found);
    rt__json_put_num(j, "recall_macro", set->macro.value);
    interval(j, "interval", &set->macro);
    rt__json_put_num(j, "recall_worst", set->worst);
    rt__json_put_num(j, "recall_macro_of_8_or_more", set->macro_8.n ? set->macro_8.value : NAN);
    rt__json_put_u64(j, "campaigns_of_8_or_more", set->macro_8.n);
    rt__json_close(j, '}');
  }
  rt__json_close(j, ']');
}

static void campaigns(rt__json *j, const rt__score_report *r)
{
  rt__json_key(j, "by_campaign");
  rt__json_open(j, '[');
  for (size_t i = 0; i < r->n_campaign_rows; i++) {
    const rt__score_campaign *c = &r->campaign_rows[i];
    rt__json_open(j, '{');
    rt__json_put_str(j, "group", c->group);
    rt__json_put_str(j, "kind", c->kind);
    rt__json_put_u64(j, "accounts", c->accounts);
    rt__json_put_u64(j, "found", c->found);
    rt__json_put_u64(j, "flagged", c->flagged);
    rt__json_put_u64(j, "suspect", c->suspect);
    rt__json_put_u64(j, "pooled", c->pooled);
    rt__json_put_num(j, "recall", c->recall.value);
    interval(j, "interval", &c->recall);
    rt__json_put_u64(j, "exchanges", c->exchanges);
    rt__json_put_u64(j, "exchanges_found", c->exchanges_found);
    rt__json_put_u64(j, "pieces", c->pieces);
    rt__json_put_num(j, "hours_to_flag", c->hours);
    rt__json_put_num(j, "leaked", c->leaked);
    rt__json_close(j, '}');
  }
  rt__json_close(j, ']');
}

static void kinds(rt__json *j, const rt__score_report *r)
{
  rt__json_key(j, "by_kind");
  rt__json_open(j, '[');
  for (size_t i = 0; i < r->n_kinds; i++) {
    const rt__score_kind *k = &r->kinds[i];
    rt__json_open(j, '{');
    rt__json_put_str(j, "world", k->world);
    rt__json_put_str(j, "kind", k->kind);
    rt__json_put_u64(j, "accounts", k->accounts);
    rt__json_put_u64(j, "groups", k->groups);
    rt__json_put_u64(j, "flagged", k->flagged);
    rt__json_put_num(j, "rate", k->rate.value);
    interval(j, "interval", &k->rate);
    rt__json_put_u64(j, "suspect", k->suspect);
    rt__json_put_u64(j, "pooled", k->pooled);
    rt__json_put_u64(j, "false_campaigns", k->false_campaigns);
    rt__json_close(j, '}');
  }
  rt__json_close(j, ']');
}

static void prevalence(rt__json *j, const rt__score_report *r)
{
  rt__json_key(j, "precision_at_prevalence");
  rt__json_open(j, '[');
  for (size_t i = 0; i < RT__SCORE_PREVALENCES; i++) {
    const rt__score_prevalence *p = &r->prevalence[i];
    rt__rate ends = {.low = p->low, .high = p->high};
    rt__json_open(j, '{');
    rt__json_put_num(j, "prevalence", p->prevalence);
    rt__json_put_num(j, "precision", p->precision);
    interval(j, "interval", &ends);
    rt__json_close(j, '}');
  }
  rt__json_close(j, ']');
}

static void curve(rt__json *j, const rt__score_calibration *c)
{
  rt__json_key(j, "curve");
  rt__json_open(j, '[');
  for (size_t b = 0; b < RT__SCORE_BINS; b++) {
    rt__json_open(j, '{');
    rt__json_put_num(j, "from", (double)b / RT__SCORE_BINS);
    rt__json_put_num(j, "to", (double)(b + 1) / RT__SCORE_BINS);
    rt__json_put_u64(j, "n", c->bins[b].n);
    rt__json_put_num(j, "mean_score", c->bins[b].mean_score);
    rt__json_put_num(j, "observed", c->bins[b].n ? c->bins[b].observed.value : NAN);
    interval(j, "interval", &c->bins[b].observed);
    rt__json_close(j, '}');
  }
  rt__json_close(j, ']');
}

static void calibration(rt__json *j, const rt__score_report *r)
{
  rt__json_key(j, "calibration");
  rt__json_open(j, '{');
  for (size_t i = 0; i < RT__ARRAY_LEN(r->calibration); i++) {
    const rt__score_calibration *c = &r->calibration[i];
    rt__json_key(j, c->name);
    rt__json_open(j, '{');
    rt__json_put_u64(j, "n", c->n);
    rt__json_put_num(j, "brier", c->brier);
    rt__json_put_num(j, "ece", c->ece);
    rt__json_put_num(j, "mean_score", c->mean_score);
    rt__json_put_num(j, "observed", c->observed);
    curve(j, c);
    rt__json_close(j, '}');
  }
  rt__json_close(j, '}');
}

static void fit(rt__json *j, const rt__score_report *r)
{
  rt__json_key(j, "fit");
  rt__json_open(j, '{');
  rt__json_put_str(j, "view", r->view);
  rt__json_put_str(j, "version", r->version);
  rt__json_put_u64(j, "named_accounts", r->named_accounts);
  rt__json_put_u64(j, "named_unlabelled", r->named_unlabelled);
  rt__json_put_u64(j, "scanned_accounts", r->scanned_accounts);
  rt__json_put_u64(j, "scanned_exchanges", r->scanned_exchanges);
  rt__json_put_u64(j, "labelled_exchanges", r->labelled_exchanges);
  rt__json_close(j, '}');
}

rt_code rt__score_json(const rt__score_report *r, rt__buf *out)
{
  rt__json j;
  rt__json_init(&j, out);
  rt__json_open(&j, '{');
  totals(&j, r);
  levels(&j, r);
  rows(&j, r);
  sets(&j, "by_level", r->levels, r->n_levels);
  sets(&j, "by_band", r->bands, r->n_bands);
  sets(&j, "by_size", r->sizes, r->n_sizes);
  campaigns(&j, r);
  kinds(&j, r);
  prevalence(&j, r);
  calibration(&j, r);
  fit(&j, r);
  rt__json_close(&j, '}');
  return j.code == RT_OK ? rt__buf_add(out, "\n", 1) : j.code;
}
