/* score_stat - intervals, precision at a prevalence, calibration. */
#include "world/score_data.h"

#include <math.h>

#define Z 1.96

void rt__wilson(double k, double n, double *low, double *high)
{
  if (n <= 0) {
    *low = 0;
    *high = 1;
    return;
  }
  double p = k / n;
  double mid = p + Z * Z / (2 * n);
  double half = Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n));
  double width = 1 + Z * Z / n;
  *low = fmax(0.0, (mid - half) / width);
  *high = fmin(1.0, (mid + half) / width);
}

rt__rate rt__rate_of(uint64_t k, uint64_t n)
{
  rt__rate r = {.value = n ? (double)k / (double)n : 0.0, .n = n};
  rt__wilson((double)k, (double)n, &r.low, &r.high);
  return r;
}

rt__rate rt__rate_mean(double value, uint64_t n)
{
  rt__rate r = {.value = value, .n = n};
  rt__wilson(value * (double)n, (double)n, &r.low, &r.high);
  return r;
}

/* ---- precision at a prevalence */

static double precision_at(double prevalence, double hit, double alarm)
{
  double good = prevalence * hit, flagged = good + (1 - prevalence) * alarm;
  return flagged > 0 ? good / flagged : 1.0;
}

void rt__score_prevalences(rt__score_report *r)
{
  static const double prevalence[RT__SCORE_PREVALENCES] = {0.1, 0.01, 0.001};
  const rt__rate *hit = &r->recall, *alarm = &r->false_flag_rate;
  for (size_t i = 0; i < RT__SCORE_PREVALENCES; i++) {
    double p = prevalence[i];
    r->prevalence[i] = (rt__score_prevalence){
        .prevalence = p,
        .precision = precision_at(p, hit->value, alarm->value),
        .low = precision_at(p, hit->low, alarm->high),
        .high = precision_at(p, hit->high, alarm->low),
    };
  }
}

/* ---- calibration: of 100 things with score 0.8, do 80 come true? */

typedef struct tally {
  rt__score_calibration *out;
  double score[RT__SCORE_BINS];
  uint64_t hits[RT__SCORE_BINS];
  double squares;
} tally;

static void add(tally *t, double score, bool came_true)
{
  if (!(score >= 0 && score <= 1))
    return;
  double miss = score - (came_true ? 1.0 : 0.0);
  size_t bin = (size_t)(score * RT__SCORE_BINS);
  bin = bin < RT__SCORE_BINS ? bin : RT__SCORE_BINS - 1;
  t->score[bin] += score;
  t->hits[bin] += came_true;
  t->squares += miss * miss;
  t->out->bins[bin].n++;
  t->out->n++;
}

static void finish(tally *t, const char *name)
{
  rt__score_calibration *c = t->out;
  double n = (double)c->n, gap = 0, score = 0, hits = 0;
  for (size_t i = 0; i < RT__SCORE_BINS; i++) {
    c->bins[i].observed = rt__rate_of(t->hits[i], c->bins[i].n);
    c->bins[i].mean_score = c->bins[i].n ? t->score[i] / (double)c->bins[i].n : NAN;
    gap += fabs(t->score[i] - (double)t->hits[i]);
    score += t->score[i];
    hits += (double)t->hits[i];
  }
  c->name = name;
  c->brier = c->n ? t->squares / n : NAN;
  c->ece = c->n ? gap / n : NAN;
  c->mean_score = c->n ? score / n : NAN;
  c->observed = c->n ? hits / n : NAN;
}

/* does the verdict hold: are most of its accounts what it says? */
static bool holds(const rt__found *f)
{
  static const int says[RT__VERDICTS] = {RT__IS_CAMPAIGN, RT__IS_CAMPAIGN, RT__IS_POOLED,
                                         RT__IS_BENIGN, RT__IS_OTHER};
  uint64_t all = 0;
  for (size_t w = 0; w < RT__WORLDS; w++)
    all += f->members[w];
  return 2 * (uint64_t)f->members[says[f->verdict]] > all;
}

static void calibrate_campaigns(const rt__score *s, rt__score_report *r)
{
  tally t = {.out = &r->calibration[0]};
  for (uint32_t i = 0; i < s->campaigns.n; i++)
    if (s->found[i].verdict != RT__V_OTHER)
      add(&t, s->found[i].score, holds(&s->found[i]));
  finish(&t, "campaigns");
}

/* members of distillation campaigns and, with --all, the accounts outside */
static void calibrate_members(const rt__score *s, rt__score_report *r)
{
  tally t = {.out = &r->calibration[1]};
  for (uint32_t i = 0; i < s->n_scored; i++) {
    const rt__scored *m = &s->scored[i];
    uint32_t label = s->seen[m->account].label;
    bool counts = m->campaign == RT__NO_NAME || s->found[m->campaign].verdict == RT__V_DISTILLATION;
    if (counts && label != RT__NO_NAME)
      add(&t, m->score, s->labels[label].world == RT__IS_CAMPAIGN);
  }
  finish(&t, "members");
}

void rt__score_calibrate(const rt__score *s, rt__score_report *r)
{
  calibrate_campaigns(s, r);
  calibrate_members(s, r);
}
