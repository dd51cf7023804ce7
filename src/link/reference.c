#include "link/evidence.h"

#include "account/timed.h"

#include "sketch/stats.h"
#include "template/skeleton.h"

#include <math.h>
#include <stdlib.h>

/* ---- spread of rates and sizes among machine-like accounts */

static double half_spread(double *v, size_t n, double fallback)
{
  rt__sort_doubles(v, n);
  double d = (rt__quantile_sorted(v, n, 0.84) - rt__quantile_sorted(v, n, 0.16)) / 2;
  return n >= 12 && d > 0.05 ? d : fallback;
}

static rt_code spreads(rt__reference *r)
{
  const rt__starts *s = r->starts;
  double *v = rt__calloc(r->alloc, s->n_accounts, 3 * sizeof *v);
  size_t n_rate = 0, n_size = 0;
  if (!v)
    return RT_E_NOMEM;
  double *rate = v, *out = v + s->n_accounts, *in = v + 2 * s->n_accounts;
  for (uint32_t a = 0; a < s->n_accounts; a++) {
    uint32_t n = rt__starts_count(s, a), lo = s->first[a];
    if (n < 6 || rt__starts_followed(s, a) >= 0.2 || rt__timed_not(s, a))
      continue;
    double life = s->t[lo + n - 1] - s->t[lo], o = 0, i = 0;
    rate[n_rate++] = log((n - 1) / (life > 3600 ? life : 3600));
    if (n < 8)
      continue;
    for (uint32_t k = lo; k < lo + n; k++) {
      o += (double)s->log_out[k];
      i += (double)s->log_in[k];
    }
    out[n_size] = o / n;
    in[n_size++] = i / n;
  }
  r->rate_sd = half_spread(rate, n_rate, 1);
  r->tau[0] = half_spread(out, n_size, 0.7);
  r->tau[1] = half_spread(in, n_size, 0.9);
  rt__free(r->alloc, v, s->n_accounts * 3 * sizeof *v);
  return RT_OK;
}

#define OTHERS_LEAST 12

size_t rt__reference_without(const rt__sample_of *s, const rt__group *g,
                             double out[RT__REFERENCE_GRID])
{
  double v[RT__REFERENCE_MAX];
  size_t n = 0;
  for (size_t i = 0; i < s->n; i++)
    if (!rt__group_has(g, s->account[i]))
      v[n++] = s->v[i];
  if (n < OTHERS_LEAST) {
    memcpy(v, s->v, s->n * sizeof *v);
    n = s->n;
  }
  rt__sort_doubles(v, n);
  size_t k = n < RT__REFERENCE_GRID ? n : RT__REFERENCE_GRID;
  for (size_t i = 0; i < k; i++)
    out[i] = rt__quantile_sorted(v, n, ((double)i + 0.5) / (double)k);
  return k;
}

/* ---- the model that appeared: first seen after 15 % of the time, and used most since */

static rt_code find_new_model(rt__reference *r)
{
  const rt__starts *s = r->starts;
  rt__map first, uses; /* model -> bits of its first time; model -> starts */
  rt_code c = RT_OK;
  rt__map_init(&first, r->alloc, SIZE_MAX, 51);
  rt__map_init(&uses, r->alloc, SIZE_MAX, 52);
  for (uint32_t i = 0; i < s->n && c == RT_OK; i++) {
    bool fresh;
    uint64_t *t = rt__map_put(&first, s->model[i], &fresh),
             *n = rt__map_put(&uses, s->model[i], NULL);
    if (!t || !n) {
      c = RT_E_NOMEM;
      break;
    }
    uint64_t us = (uint64_t)(s->t[i] * 1e6);
    if (fresh || us < *t)
      *t = us;
    (*n)++;
  }
  uint64_t most = 0;
  for (size_t i = 0; c == RT_OK && i < uses.cap; i++) {
    if (!uses.used[i] || !uses.keys[i])
      continue;
    double t = (double)*rt__map_get(&first, uses.keys[i]) * 1e-6;
    bool better = uses.vals[i] > most || (uses.vals[i] == most && uses.keys[i] < r->new_model);
    if (t > 0.15 * s->t1 && better) {
      most = uses.vals[i];
      r->new_model = uses.keys[i];
      r->released = t;
    }
  }
  rt__map_free(&first);
  rt__map_free(&uses);
  return c;
}

/* ---- reasoning signatures under several accounts */

typedef struct carried {
  uint64_t key;
  uint32_t account;
} carried;

static int by_key(const void *a, const void *b)
{
  const carried *x = a, *y = b;
  if (x->key != y->key)
    return x->key < y->key ? -1 : 1;
  return x->account < y->account ? -1 : x->account > y->account;
}

typedef struct carried_list {
  carried *v;
  size_t n, cap;
} carried_list;

static rt_code carry(const rt__reference *r, carried_list *l, const rt_digest *d, uint32_t account)
{
  for (uint8_t i = 0; i < d->n_signatures; i++) {
    if (l->n == l->cap) {
      size_t cap = l->cap ? 2 * l->cap : 256;
      carried *p = rt__realloc(r->alloc, l->v, l->cap, cap, sizeof *p);
      if (!p)
        return RT_E_NOMEM;
      l->v = p;
      l->cap = cap;
    }
    l->v[l->n++] = (carried){d->signatures[i], account};
  }
  return RT_OK;
}

/* all of them, by key and account; l->v is the caller's to free, whatever is returned */
static rt_code gather(const rt__reference *r, carried_list *l)
{
  rt_code c = RT_OK;
  *l = (carried_list){NULL, 0, 0};
  for (size_t a = 0; a < rt__set_accounts(r->set) && c == RT_OK; a++) {
    size_t lo, count;
    rt_digest d;
    rt__set_range(r->set, a, &lo, &count);
    for (size_t k = lo; k < lo + count && c == RT_OK; k++) {
      rt__set_get(r->set, k, &d);
      c = carry(r, l, &d, (uint32_t)a);
    }
  }
  if (l->n)
    qsort(l->v, l->n, sizeof *l->v, by_key);
  return c;
}

static rt_code find_shared_keys(rt__reference *r)
{
  carried_list l;
  rt_code c = gather(r, &l);
  const carried *v = l.v;
  size_t n = l.n, k = 0;
  r->key_cap = (uint32_t)n;
  r->key_at = rt__calloc(r->alloc, n + 1, sizeof *r->key_at);
  r->key_account = rt__calloc(r->alloc, n, sizeof *r->key_account);
  c = c == RT_OK && r->key_at && r->key_account ? RT_OK : RT_E_NOMEM;
  for (size_t i = 0, j; c == RT_OK && i < n; i = j) {
    size_t from = k;
    for (j = i; j < n && v[j].key == v[i].key; j++)
      if (j == i || v[j].account != v[j - 1].account)
        r->key_account[k++] = v[j].account;
    if (k - from < 2)
      k = from;
    else
      r->key_at[++r->n_keys] = (uint32_t)k;
  }
  rt__free(r->alloc, l.v, l.cap * sizeof *l.v);
  return c;
}

/* ---- how many accounts use a network */

static rt_code count_nets(rt__reference *r)
{
  rt__map mine;
  rt__map_init(&mine, r->alloc, SIZE_MAX, 53);
  rt_code c = RT_OK;
  for (uint32_t a = 0; a < r->starts->n_accounts && c == RT_OK; a++) {
    rt__map_clear(&mine);
    for (uint32_t i = r->starts->first[a]; i < r->starts->first[a + 1] && c == RT_OK; i++) {
      rt_digest d;
      bool fresh;
      rt__set_get(r->set, r->starts->record[i], &d);
      if (!d.net)
        continue;
      if (!rt__map_put(&mine, d.net, &fresh) || (fresh && !rt__map_count(&r->nets, d.net)))
        c = RT_E_NOMEM;
    }
  }
  rt__map_free(&mine);
  return c;
}

void rt__reference_free(rt__reference *r)
{
  rt__idf_free(&r->idf);
  rt__map_free(&r->nets);
  rt__free(r->alloc, r->key_at, ((size_t)r->key_cap + 1) * sizeof *r->key_at);
  rt__free(r->alloc, r->key_account, r->key_cap * sizeof *r->key_account);
  r->key_at = r->key_account = NULL;
}

/* no group and no account alone: many a tenant is like that, and weights of words are large */
static bool nothing_to_find(const rt__starts *s)
{
  uint32_t accounts = 0;
  for (uint32_t a = 0; a < s->n_accounts; a++)
    accounts += rt__starts_count(s, a) > 0;
  return accounts < RT__SKEL_MIN_ACCOUNTS && (double)s->n < RT__ALONE_STARTS * s->sampled;
}

rt_code rt__reference_build(const rt_alloc *a, const rt__starts *s, const rt__facts *facts,
                            const bool *without, rt__reference *out, rt_error *err)
{
  *out =
      (rt__reference){.alloc = a, .starts = s, .set = s->set, .facts = facts, .without = without};
  out->idf.alloc = a;
  rt__map_init(&out->nets, a, SIZE_MAX, 54);
  rt_code c = spreads(out);
  if (c == RT_OK)
    c = find_new_model(out);
  if (c == RT_OK)
    c = find_shared_keys(out);
  if (c == RT_OK)
    c = count_nets(out);
  if (c == RT_OK && s->text && !nothing_to_find(s))
    c = rt__idf_build(a, s, &out->idf);
  if (c == RT_OK && out->idf.weight)
    c = rt__slots_reference(s, &out->idf, out->own.v, out->own.account, RT__REFERENCE_MAX,
                            &out->own.n);
  if (c == RT_OK)
    c = rt__swing_reference(s, out->swing.v, out->swing.account, RT__REFERENCE_MAX, &out->swing.n);
  if (c != RT_OK) {
    rt__reference_free(out);
    return rt__fail(err, c, "no memory for references");
  }
  return RT_OK;
}

void rt__reference_releases(rt__reference *r, const rt__release *v, size_t n)
{
  int64_t latest = INT64_MIN;
  for (size_t i = 0; i < n; i++) {
    double t = (double)(v[i].time_us - r->starts->t0_us) * 1e-6;
    bool used = false;
    for (size_t k = 0; k < r->starts->n && !used; k++)
      used = r->starts->model[k] == v[i].model;
    if (!used || t < 0 || t > r->starts->t1)
      continue;
    if (v[i].time_us > latest || (v[i].time_us == latest && v[i].model < r->new_model)) {
      latest = v[i].time_us;
      r->new_model = v[i].model;
      r->released = t;
    }
  }
}
