/* score_clusters - do the found campaigns cut the harvest the way the labels do? B-cubed and the
 * adjusted Rand index over the accounts of campaigns of two or more; an unflagged one is alone. */
#include "world/score_data.h"

#include <math.h>

typedef struct table { /* contingency table of truth and cluster */
  rt__map cells, truth, cluster;
} table;

static uint64_t cell_key(uint32_t truth, uint64_t cluster)
{
  return ((uint64_t)truth << 32) | cluster;
}

/* an account's cluster: the campaign that flagged it, or a number of its own above all campaigns */
static uint64_t cluster_of(const rt__score *s, const rt__label *l)
{
  uint32_t into = rt__into(s, l, RT__V_DISTILLATION);
  return into != RT__NO_NAME ? into : RT__SCORE_CAMPAIGNS_MAX + (uint64_t)l->account;
}

static bool takes_part(const rt__score *s, const rt__label *l, bool with_l6)
{
  return l->world == RT__IS_CAMPAIGN && !rt__is_solo(s, l) &&
         (with_l6 || !rt__slice_starts(rt__word(s, l->kind), RT__LIT("L6")));
}

static rt_code fill(const rt__score *s, bool with_l6, table *t)
{
  for (uint32_t i = 0; i < s->n_labels; i++) {
    const rt__label *l = &s->labels[i];
    uint64_t cluster = takes_part(s, l, with_l6) ? cluster_of(s, l) : 0;
    if (takes_part(s, l, with_l6) &&
        (!rt__map_count(&t->truth, l->group) || !rt__map_count(&t->cluster, cluster) ||
         !rt__map_count(&t->cells, cell_key(l->group, cluster))))
      return RT_E_NOMEM;
  }
  return RT_OK;
}

static double count(const rt__map *m, uint64_t key)
{
  const uint64_t *at = rt__map_get(m, key);
  return at ? (double)*at : 0.0;
}

/* in the order of the labels, so that the sums are those of the plain definition to the last bit */
static void b_cubed(const rt__score *s, bool with_l6, const table *t, double out[3])
{
  double precision = 0, recall = 0, n = 0;
  for (uint32_t i = 0; i < s->n_labels; i++) {
    const rt__label *l = &s->labels[i];
    if (!takes_part(s, l, with_l6))
      continue;
    uint64_t cluster = cluster_of(s, l);
    double both = count(&t->cells, cell_key(l->group, cluster));
    precision += both / count(&t->cluster, cluster);
    recall += both / count(&t->truth, l->group);
    n++;
  }
  out[0] = precision / (n > 0 ? n : 1);
  out[1] = recall / (n > 0 ? n : 1);
  double sum = out[0] + out[1];
  out[2] = sum > 0 ? 2 * out[0] * out[1] / sum : 0;
}

/* pairs within the entries of a map; whole numbers, so the order of the map does not matter */
static double pairs(const rt__map *m)
{
  uint64_t sum = 0;
  for (size_t i = 0; i < m->cap; i++)
    if (m->used[i])
      sum += m->vals[i] * (m->vals[i] - 1) / 2;
  return (double)sum;
}

static double ari(const table *t)
{
  double n = 0;
  for (size_t i = 0; i < t->truth.cap; i++)
    n += t->truth.used[i] ? (double)t->truth.vals[i] : 0;
  double all = n * (n - 1) / 2;
  if (all <= 0)
    return NAN;
  double a = pairs(&t->truth), b = pairs(&t->cluster), both = pairs(&t->cells);
  double chance = a * b / all, top = (a + b) / 2;
  return top - chance == 0 ? 1.0 : (both - chance) / (top - chance);
}

static rt_code judge(const rt__score *s, bool with_l6, double b3[3], double *rand)
{
  table t;
  size_t max = RT__SCORE_ACCOUNTS_MAX;
  rt__map_init(&t.cells, &s->alloc, max, 1);
  rt__map_init(&t.truth, &s->alloc, max, 2);
  rt__map_init(&t.cluster, &s->alloc, max, 3);
  rt_code c = fill(s, with_l6, &t);
  if (c == RT_OK) {
    b_cubed(s, with_l6, &t, b3);
    *rand = ari(&t);
  }
  rt__map_free(&t.cells);
  rt__map_free(&t.truth);
  rt__map_free(&t.cluster);
  return c;
}

rt_code rt__score_clusters(rt__score *s, rt__score_report *r)
{
  double b3[3], without[3], unused;
  rt_code c = judge(s, true, b3, &r->ari);
  if (c == RT_OK)
    c = judge(s, false, without, &unused);
  if (c != RT_OK)
    return c;
  r->b3_precision = b3[0];
  r->b3_recall = b3[1];
  r->b3_f1 = b3[2];
  r->b3_f1_l0_l5 = without[2];
  return RT_OK;
}
