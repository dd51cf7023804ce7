/* some accounts of a set: their numbers and their records' numbers, and nothing else of its own */
#include "digest/set_impl.h"

void rt__set_view_free(rt__set *s)
{
  rt_alloc a = s->outer;
  rt__free(&a, s->owners, s->cap_owners * sizeof *s->owners);
  rt__free(&a, s->rows, s->n_records * sizeof *s->rows);
  rt__free(&a, s, sizeof *s);
}

/* an account's records are in order of time */
static size_t first_after(const rt__set *whole, uint32_t account, const int64_t *after_us)
{
  size_t lo = whole->owners[account].first, hi = whole->owners[account + 1].first;
  while (after_us && lo < hi) {
    size_t mid = lo + (hi - lo) / 2;
    if (rt__set_time(whole, mid) > after_us[account])
      hi = mid;
    else
      lo = mid + 1;
  }
  return lo;
}

static size_t records_of(const rt__set *whole, const uint32_t *accounts, size_t n,
                         const int64_t *after_us)
{
  size_t sum = 0;
  for (size_t i = 0; i < n; i++)
    sum += whole->owners[accounts[i] + 1].first - first_after(whole, accounts[i], after_us);
  return sum;
}

static void take_account(rt__set *s, uint32_t account, const int64_t *after_us)
{
  const rt__owner *o = &s->whole->owners[account];
  s->owners[s->n_owners++] = (rt__owner){o->account, s->n_records};
  for (size_t k = first_after(s->whole, account, after_us); k < o[1].first; k++)
    s->rows[s->n_records++] = (uint32_t)k;
}

rt_code rt__set_view(const rt__set *whole, const uint32_t *accounts, size_t n,
                     const int64_t *after_us, rt__set **out, rt_error *err)
{
  if (!whole->sealed || whole->whole || whole->n_records > UINT32_MAX)
    return rt__fail(err, RT_E_ARG, "no view of this set of digests");
  size_t records = records_of(whole, accounts, n, after_us);
  rt_alloc a = whole->outer;
  rt__set *s = rt__calloc(&a, 1, sizeof *s);
  rt__owner *owners = rt__calloc(&a, n + 1, sizeof *owners);
  uint32_t *rows = rt__calloc(&a, records, sizeof *rows);
  if (!s || !owners || !rows) {
    rt__free(&a, s, sizeof *s);
    rt__free(&a, owners, (n + 1) * sizeof *owners);
    rt__free(&a, rows, records * sizeof *rows);
    return rt__fail(err, RT_E_NOMEM, "no memory for a tenant's accounts");
  }
  *s = (rt__set){.outer = a,
                 .whole = whole,
                 .rows = rows,
                 .owners = owners,
                 .cap_owners = n + 1,
                 .sealed = true};
  for (size_t i = 0; i < n; i++)
    take_account(s, accounts[i], after_us);
  s->owners[n] = (rt__owner){0, s->n_records};
  *out = s;
  return RT_OK;
}
