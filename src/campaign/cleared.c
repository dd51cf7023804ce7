/* What a person has cleared. Exchanges that were there when the clearance was given were looked at:
 * while it holds they are no evidence, neither against the account nor against others. What an
 * account does later counts by itself. If that puts it beside accounts which nobody cleared, it is
 * flagged again; a campaign that is mostly made of cleared accounts is what the person has seen. */
#include "campaign/detect.h"

static int64_t last_of(const rt__set *set, const uint32_t *accounts, size_t n)
{
  int64_t last = INT64_MIN;
  for (size_t i = 0; i < n; i++) {
    size_t first, count;
    rt__set_range(set, accounts[i], &first, &count);
    int64_t t = count ? rt__set_time(set, first + count - 1) : INT64_MIN;
    last = t > last ? t : last;
  }
  return last;
}

void rt__cleared(const rt__set *set, const rt__facts *facts, const uint32_t *accounts, size_t n,
                 int64_t *after_us, bool *cleared, bool *any)
{
  int64_t now = last_of(set, accounts, n);
  for (size_t i = 0; i < n; i++) {
    uint32_t a = accounts[i];
    const rt__fact *f = rt__facts_of(facts, a);
    cleared[a] = rt__fact_cleared(f, now);
    after_us[a] = cleared[a] ? rt__fact_cleared_at(f) : INT64_MIN;
    *any |= cleared[a];
  }
}

static bool is_cleared(const rt__detection *d, const rt__draft *x)
{
  size_t k = 0;
  for (uint32_t i = 0; i < x->n; i++)
    k += d->cleared[x->account[i]];
  return 2 * k >= x->n;
}

/* what a person has seen is not looked at again */
void rt__clear_drafts(rt__detection *d)
{
  for (size_t i = 0; i < d->drafts.n; i++) {
    rt__draft *x = &d->drafts.d[i];
    x->gone = is_cleared(d, x) && x->verdict != RT_VERDICT_BENIGN;
  }
  rt__drafts_drop(&d->drafts, d->options->all);
}
