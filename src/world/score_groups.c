/* score_groups - recall by campaign, and by sets of campaigns: level, band of levels, size. */
#include "world/score_data.h"

#include <math.h>
#include <stdlib.h>

/* ---- one campaign */

static rt_code number_groups(rt__score *s, rt__map *of, uint32_t *n)
{
  *n = 0;
  for (uint32_t i = 0; i < s->n_labels; i++) {
    bool fresh = false;
    uint64_t *at =
        s->labels[i].world == RT__IS_CAMPAIGN ? rt__map_put(of, s->labels[i].group, &fresh) : NULL;
    if (s->labels[i].world == RT__IS_CAMPAIGN && !at)
      return RT_E_NOMEM;
    if (fresh)
      *at = (*n)++;
  }
  return RT_OK;
}

static void count_account(const rt__score *s, const rt__label *l, rt__score_campaign *row)
{
  bool found = rt__is_found(s, l);
  row->group = rt__word(s, l->group);
  row->kind = rt__word(s, l->kind);
  row->accounts++;
  row->found += found;
  row->flagged += rt__into(s, l, RT__V_DISTILLATION) != RT__NO_NAME;
  row->suspect += rt__into(s, l, RT__V_SUSPECT) != RT__NO_NAME;
  row->pooled += rt__into(s, l, RT__V_POOLED) != RT__NO_NAME;
  row->exchanges += l->exchanges;
  row->exchanges_found += found ? l->exchanges : 0;
}

static double share(uint64_t k, uint64_t n)
{
  return n ? (double)k / (double)n : 0.0;
}

/* which found campaigns its accounts are in, each once: (group, campaign) pairs in a map */
static rt_code count_pieces(const rt__score *s, const rt__map *of, rt__score_campaign *rows)
{
  rt__map seen;
  rt_code c = RT_OK;
  rt__map_init(&seen, &s->alloc, RT__SCORE_ACCOUNTS_MAX, 4);
  for (uint32_t i = 0; i < s->n_labels && c == RT_OK; i++) {
    const rt__label *l = &s->labels[i];
    uint32_t into = l->world == RT__IS_CAMPAIGN ? rt__into(s, l, RT__V_DISTILLATION) : RT__NO_NAME;
    if (into == RT__NO_NAME)
      continue;
    bool fresh = false;
    uint64_t g = *rt__map_get(of, l->group);
    if (!rt__map_put(&seen, (g << 32) | into, &fresh))
      c = RT_E_NOMEM;
    rt__score_campaign *row = &rows[g];
    const rt__found *f = &s->found[into];
    row->pieces += fresh;
    if (f->flaggable_us && f->first_us) {
      double hours = (double)(f->flaggable_us - f->first_us) / 3.6e9;
      row->hours = isnan(row->hours) || hours < row->hours ? hours : row->hours;
    }
  }
  rt__map_free(&seen);
  return c;
}

/* exchanges that got away before a campaign could be flagged */
static void count_leaks(const rt__score *s, const rt__map *of, rt__score_campaign *rows)
{
  for (uint32_t i = 0; i < s->n_labels; i++) {
    const rt__label *l = &s->labels[i];
    double leaked = s->seen[l->account].leaked;
    if (l->world != RT__IS_CAMPAIGN || isnan(leaked))
      continue;
    rt__score_campaign *row = &rows[*rt__map_get(of, l->group)];
    row->leaked = (isnan(row->leaked) ? 0 : row->leaked) + leaked;
  }
}

static rt_code make_rows(rt__score *s, const rt__map *of, uint32_t n, rt__score_report *r)
{
  rt__score_campaign *rows = rt__arena_take(s->arena, (n ? n : 1) * sizeof *rows);
  if (!rows)
    return RT_E_NOMEM;
  for (uint32_t g = 0; g < n; g++)
    rows[g].hours = rows[g].leaked = NAN;
  for (uint32_t i = 0; i < s->n_labels; i++)
    if (s->labels[i].world == RT__IS_CAMPAIGN)
      count_account(s, &s->labels[i], &rows[*rt__map_get(of, s->labels[i].group)]);
  for (uint32_t g = 0; g < n; g++)
    rows[g].recall = rt__rate_of(rows[g].found, rows[g].accounts);
  r->campaign_rows = rows;
  r->n_campaign_rows = n;
  count_leaks(s, of, rows);
  return count_pieces(s, of, rows);
}

static double mean_leak(const rt__score_report *r)
{
  double sum = 0, n = 0;
  for (size_t g = 0; g < r->n_campaign_rows; g++) {
    const rt__score_campaign *c = &r->campaign_rows[g];
    if (!isnan(c->leaked) && c->exchanges_found) {
      sum += c->leaked / (double)c->exchanges_found;
      n++;
    }
  }
  return n > 0 ? sum / n : NAN;
}

/* ---- totals over campaigns */

static int by_value(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static rt_code median_hours(rt__score *s, rt__score_report *r)
{
  size_t n = 0;
  double *h = rt__arena_take(s->arena, (r->n_campaign_rows + 1) * sizeof *h);
  if (!h)
    return RT_E_NOMEM;
  for (size_t g = 0; g < r->n_campaign_rows; g++)
    if (!isnan(r->campaign_rows[g].hours))
      h[n++] = r->campaign_rows[g].hours;
  qsort(h, n, sizeof *h, by_value);
  r->hours_to_flag = n == 0 ? NAN : n % 2 ? h[n / 2] : (h[n / 2 - 1] + h[n / 2]) / 2;
  return RT_OK;
}

static void totals(rt__score_report *r)
{
  uint64_t n = r->n_campaign_rows, accounts = 0, found = 0, exchanges = 0, exchanges_found = 0;
  double macro = 0, macro_exchanges = 0, worst = n ? 1 : 0;
  for (size_t g = 0; g < n; g++) {
    const rt__score_campaign *c = &r->campaign_rows[g];
    accounts += c->accounts;
    found += c->found;
    exchanges += c->exchanges;
    exchanges_found += c->exchanges_found;
    macro += c->recall.value;
    macro_exchanges += share(c->exchanges_found, c->exchanges);
    worst = c->recall.value < worst ? c->recall.value : worst;
    r->campaigns_half_found += 2 * c->found >= c->accounts;
  }
  double m = n ? (double)n : 1;
  r->campaigns = n;
  r->campaign_accounts = accounts;
  r->recall = rt__rate_of(found, accounts);
  r->recall_macro = rt__rate_mean(macro / m, n);
  r->recall_by_exchanges = rt__rate_mean(share(exchanges_found, exchanges), n);
  r->recall_by_exchanges_macro = rt__rate_mean(macro_exchanges / m, n);
  r->leaked_before_flag = mean_leak(r);
  r->recall_worst = rt__rate_mean(worst, 0);
  for (size_t g = 0; g < n; g++)
    if (r->campaign_rows[g].recall.value <= worst)
      r->recall_worst = r->campaign_rows[g].recall;
}

/* ---- sets of campaigns */

typedef struct set_sum {
  double macro, macro_8;
  uint64_t n_8;
} set_sum;

static void set_add(rt__score_set *set, set_sum *sum, const rt__score_campaign *c)
{
  set->worst = set->campaigns == 0 || c->recall.value < set->worst ? c->recall.value : set->worst;
  set->campaigns++;
  set->accounts += c->accounts;
  set->found += c->found;
  sum->macro += c->recall.value;
  if (c->accounts >= 8) {
    sum->macro_8 += c->recall.value;
    sum->n_8++;
  }
}

static void set_finish(rt__score_set *set, const set_sum *sum)
{
  double n = (double)set->campaigns, n_8 = (double)sum->n_8;
  set->macro = rt__rate_mean(n > 0 ? sum->macro / n : 0, set->campaigns);
  set->macro_8 = rt__rate_mean(n_8 > 0 ? sum->macro_8 / n_8 : 0, sum->n_8);
}

/* the set of the campaigns that `in` takes, in their order; false if it is empty */
static bool make_set(const rt__score_report *r, rt_slice name,
                     bool (*in)(const rt__score_campaign *c, const void *arg), const void *arg,
                     rt__score_set *set)
{
  set_sum sum = {0, 0, 0};
  *set = (rt__score_set){.name = name};
  for (size_t g = 0; g < r->n_campaign_rows; g++)
    if (in(&r->campaign_rows[g], arg))
      set_add(set, &sum, &r->campaign_rows[g]);
  set_finish(set, &sum);
  return set->campaigns > 0;
}

static bool of_kind(const rt__score_campaign *c, const void *arg)
{
  return rt__slice_eq(c->kind, *(const rt_slice *)arg);
}

static int kind_order(const void *a, const void *b)
{
  return rt__slice_cmp(*(const rt_slice *)a, *(const rt_slice *)b);
}

static rt_code make_levels(rt__score *s, rt__score_report *r)
{
  size_t n = r->n_campaign_rows, kept = 0;
  rt_slice *kinds = rt__arena_take(s->arena, (n + 1) * sizeof *kinds);
  rt__score_set *sets = rt__arena_take(s->arena, (n + 1) * sizeof *sets);
  if (!kinds || !sets)
    return RT_E_NOMEM;
  for (size_t g = 0; g < n; g++)
    kinds[g] = r->campaign_rows[g].kind;
  qsort(kinds, n, sizeof *kinds, kind_order);
  for (size_t i = 0; i < n; i++)
    if (i == 0 || !rt__slice_eq(kinds[i], kinds[i - 1]))
      kept += make_set(r, kinds[i], of_kind, &kinds[i], &sets[kept]);
  r->levels = sets;
  r->n_levels = kept;
  return RT_OK;
}

static bool ends_in_solo(rt_slice kind)
{
  return kind.n >= 4 && memcmp(kind.p + kind.n - 4, "solo", 4) == 0;
}

/* levels 0 to 3 are one band: that is how the aims are stated */
static const struct band {
  const char *name;
  char from, to;
} bands[] = {{"L0-L3", '0', '3'}, {"L4", '4', '4'}, {"L5", '5', '5'}, {"L6", '6', '6'}};

static bool in_band(const rt__score_campaign *c, const void *arg)
{
  const struct band *b = arg;
  return c->kind.n >= 2 && c->kind.p[0] == 'L' && c->kind.p[1] >= b->from &&
         c->kind.p[1] <= b->to && !ends_in_solo(c->kind);
}

static const struct bucket {
  const char *name;
  uint64_t from, to;
} buckets[] = {{"1", 1, 1},
               {"2-7", 2, 7},
               {"8-15", 8, 15},
               {"16-63", 16, 63},
               {"64-255", 64, 255},
               {"256-1023", 256, 1023},
               {"1024+", 1024, UINT64_MAX}};

static bool in_bucket(const rt__score_campaign *c, const void *arg)
{
  const struct bucket *b = arg;
  return c->accounts >= b->from && c->accounts <= b->to;
}

static rt_code make_bands_and_sizes(rt__score *s, rt__score_report *r)
{
  size_t n_bands = 0, n_sizes = 0;
  rt__score_set *b = rt__arena_take(s->arena, RT__ARRAY_LEN(bands) * sizeof *b);
  rt__score_set *z = rt__arena_take(s->arena, RT__ARRAY_LEN(buckets) * sizeof *z);
  if (!b || !z)
    return RT_E_NOMEM;
  for (size_t i = 0; i < RT__ARRAY_LEN(bands); i++)
    n_bands += make_set(r, rt__cstr(bands[i].name), in_band, &bands[i], &b[n_bands]);
  for (size_t i = 0; i < RT__ARRAY_LEN(buckets); i++)
    n_sizes += make_set(r, rt__cstr(buckets[i].name), in_bucket, &buckets[i], &z[n_sizes]);
  r->bands = b;
  r->n_bands = n_bands;
  r->sizes = z;
  r->n_sizes = n_sizes;
  return RT_OK;
}

rt_code rt__score_groups(rt__score *s, rt__score_report *r)
{
  rt__map of; /* group word to its row, in the order of first appearance */
  uint32_t n = 0;
  rt__map_init(&of, &s->alloc, RT__SCORE_CAMPAIGNS_MAX, 5);
  rt_code c = number_groups(s, &of, &n);
  if (c == RT_OK)
    c = make_rows(s, &of, n, r);
  rt__map_free(&of);
  if (c != RT_OK)
    return c;
  totals(r);
  c = median_hours(s, r);
  if (c == RT_OK)
    c = make_levels(s, r);
  return c == RT_OK ? make_bands_and_sizes(s, r) : c;
}
