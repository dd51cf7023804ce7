#include "digest/set_impl.h"

size_t rt__set_count(const rt__set *s)
{
  return s->n_records;
}

size_t rt__set_duplicates(const rt__set *s)
{
  return s->n_duplicates;
}

size_t rt__set_accounts(const rt__set *s)
{
  return s->n_owners;
}

size_t rt__set_bytes(const rt__set *s)
{
  return s->whole ? s->whole->held : s->held;
}

/* the run that holds record k: one in memory, or one of a few parts */
static const rt__run *run_of(const rt__set *s, size_t k)
{
  size_t low = 0, high = s->n_runs;
  while (high - low > 1) {
    size_t mid = (low + high) / 2;
    if (s->runs[mid].first <= k)
      low = mid;
    else
      high = mid;
  }
  return &s->runs[low];
}

void rt__set_get(const rt__set *s, size_t k, rt_digest *out)
{
  if (s->whole) {
    rt__set_get(s->whole, s->rows[k], out);
    return;
  }
  const rt__run *r = run_of(s, k);
  size_t i = k - r->first;
  const unsigned char *p =
      r->base ? r->base + (size_t)r->ats[i] * RT__PILE_UNIT : rt__pile_at(&s->pile, r->ats[i]);
  rt__record_unpack(p, s->owners[r->accounts[i]].account, r->times[i], out);
}

int64_t rt__set_time(const rt__set *s, size_t k)
{
  if (s->whole)
    return rt__set_time(s->whole, s->rows[k]);
  const rt__run *r = run_of(s, k);
  return r->times[k - r->first];
}

void rt__set_range(const rt__set *s, size_t i, size_t *first, size_t *count)
{
  *first = s->owners[i].first;
  *count = s->owners[i + 1].first - *first;
}

uint64_t rt__set_account(const rt__set *s, size_t i)
{
  return s->owners[i].account;
}

bool rt__set_find(const rt__set *s, uint64_t account, size_t *i)
{
  size_t low = 0, high = s->n_owners;
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    if (s->owners[mid].account < account)
      low = mid + 1;
    else
      high = mid;
  }
  *i = low;
  return low < s->n_owners && s->owners[low].account == account;
}
