/* score_json - the report for programs. Keys of the plain scorer first, then everything else. */
#include "base/json.h"
#include "world/score.h"

#include <math.h>

static void key_u64(rt__json *j, const char *key, uint64_t v)
{
  rt__json_key(j, key);
  rt__json_u64(j, v);
}

static void key_num(rt__json *j, const char *key, double v)
{
  rt__json_key(j, key);
  rt__json_num(j, v);
}

static void key_str(rt__json *j, const char *key, rt_slice v)
{
  rt__json_key(j, key);
  rt__json_str(j, v);
}

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
#define COUNT(name, what) key_u64(j, #name, r->name);
  RT__SCORE_COUNT_MAP(COUNT)
#undef COUNT
#define RATE(name, what) key_num(j, #name, r->name.value);
  RT__SCORE_RATE_MAP(RATE)
#undef RATE
#define NUMBER(name, what) key_num(j, #name, r->name);
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
    key_num(j, name, r->levels[i].macro.value);
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
    key_str(j, "world", row->world);
    key_str(j, "kind", row->kind);
    key_u64(j, "accounts", row->accounts);
    key_u64(j, "flagged", row->flagged);
    key_u64(j, "suspect", row->suspect);
    key_u64(j, "pooled", row->pooled);
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
    key_str(j, "name", set->name);
    key_u64(j, "campaigns", set->campaigns);
    key_u64(j, "accounts", set->accounts);
    key_u64(j, "found", set->found);
    key_num(j, "recall_macro", set->macro.value);
    interval(j, "interval", &set->macro);
    key_num(j, "recall_worst", set->worst);
    key_num(j, "recall_macro_of_8_or_more", set->macro_8.n ? set->macro_8.value : NAN);
    key_u64(j, "campaigns_of_8_or_more", set->macro_8.n);
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
    key_str(j, "group", c->group);
    key_str(j, "kind", c->kind);
    key_u64(j, "accounts", c->accounts);
    key_u64(j, "found", c->found);
    key_u64(j, "flagged", c->flagged);
    key_u64(j, "suspect", c->suspect);
    key_u64(j, "pooled", c->pooled);
    key_num(j, "recall", c->recall.value);
    interval(j, "interval", &c->recall);
    key_u64(j, "exchanges", c->exchanges);
    key_u64(j, "exchanges_found", c->exchanges_found);
    key_u64(j, "pieces", c->pieces);
    key_num(j, "hours_to_flag", c->hours);
    key_num(j, "leaked", c->leaked);
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
    key_str(j, "world", k->world);
    key_str(j, "kind", k->kind);
    key_u64(j, "accounts", k->accounts);
    key_u64(j, "groups", k->groups);
    key_u64(j, "flagged", k->flagged);
    key_num(j, "rate", k->rate.value);
    interval(j, "interval", &k->rate);
    key_u64(j, "suspect", k->suspect);
    key_u64(j, "pooled", k->pooled);
    key_u64(j, "false_campaigns", k->false_campaigns);
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
    key_num(j, "prevalence", p->prevalence);
    key_num(j, "precision", p->precision);
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
    key_num(j, "from", (double)b / RT__SCORE_BINS);
    key_num(j, "to", (double)(b + 1) / RT__SCORE_BINS);
    key_u64(j, "n", c->bins[b].n);
    key_num(j, "mean_score", c->bins[b].mean_score);
    key_num(j, "observed", c->bins[b].n ? c->bins[b].observed.value : NAN);
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
    key_u64(j, "n", c->n);
    key_num(j, "brier", c->brier);
    key_num(j, "ece", c->ece);
    key_num(j, "mean_score", c->mean_score);
    key_num(j, "observed", c->observed);
    curve(j, c);
    rt__json_close(j, '}');
  }
  rt__json_close(j, '}');
}

static void fit(rt__json *j, const rt__score_report *r)
{
  rt__json_key(j, "fit");
  rt__json_open(j, '{');
  key_str(j, "view", r->view);
  key_str(j, "version", r->version);
  key_u64(j, "named_accounts", r->named_accounts);
  key_u64(j, "named_unlabelled", r->named_unlabelled);
  key_u64(j, "scanned_accounts", r->scanned_accounts);
  key_u64(j, "scanned_exchanges", r->scanned_exchanges);
  key_u64(j, "labelled_exchanges", r->labelled_exchanges);
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
