#include "world/score.h"

#include "world/score_data.h"

#include <stdio.h>

bool rt__is_solo(const rt__score *s, const rt__label *l)
{
  rt_slice kind = rt__word(s, l->kind);
  return kind.n >= 4 && memcmp(kind.p + kind.n - 4, "solo", 4) == 0;
}

bool rt__is_found(const rt__score *s, const rt__label *l)
{
  return rt__into(s, l, RT__V_DISTILLATION) != RT__NO_NAME ||
         (rt__is_solo(s, l) && rt__into(s, l, RT__V_SUSPECT) != RT__NO_NAME);
}

/* ---- do they belong together? */

static void count_named(const rt__score *s, rt__score_report *r)
{
  for (uint32_t i = 0; i < s->accounts.n; i++) {
    r->named_accounts += s->seen[i].named;
    r->named_unlabelled += s->seen[i].named && s->seen[i].label == RT__NO_NAME;
  }
  for (uint32_t i = 0; i < s->n_labels; i++)
    r->labelled_exchanges += s->labels[i].exchanges;
}

/* one or two strangers are a mismatch to mention; a majority of them is another world */
static rt_code check_fit(const rt__score_report *r, rt_error *err)
{
  if (r->accounts == 0)
    return rt__fail(err, RT_E_ARG, "there are no labels");
  if (2 * r->named_unlabelled > r->named_accounts)
    return rt__fail(err, RT_E_ARG,
                    "labels and findings do not belong together: %llu of the %llu accounts in the "
                    "findings have no label (%llu accounts are labelled)",
                    (unsigned long long)r->named_unlabelled, (unsigned long long)r->named_accounts,
                    (unsigned long long)r->accounts);
  uint64_t scanned = r->scanned_accounts;
  if (r->named_accounts == 0 && scanned && (scanned > 2 * r->accounts || r->accounts > 2 * scanned))
    return rt__fail(err, RT_E_ARG,
                    "labels and findings do not belong together: the scan read %llu accounts, the "
                    "labels name %llu",
                    (unsigned long long)scanned, (unsigned long long)r->accounts);
  return RT_OK;
}

bool rt__score_mismatch(const rt__score_report *r, char *out, size_t size)
{
  bool other_accounts = r->scanned_accounts && r->scanned_accounts != r->accounts;
  bool other_exchanges = r->scanned_exchanges && r->labelled_exchanges &&
                         r->scanned_exchanges != r->labelled_exchanges;
  if (!r->named_unlabelled && !other_accounts && !other_exchanges)
    return false;
  (void)snprintf(out, size,
                 "labels and findings differ: %llu of %llu accounts in the findings have no label; "
                 "scanned %llu accounts and %llu exchanges, labelled %llu and %llu",
                 (unsigned long long)r->named_unlabelled, (unsigned long long)r->named_accounts,
                 (unsigned long long)r->scanned_accounts, (unsigned long long)r->scanned_exchanges,
                 (unsigned long long)r->accounts, (unsigned long long)r->labelled_exchanges);
  return true;
}

/* ---- the whole */

static void count_found(const rt__score *s, rt__score_report *r)
{
  uint64_t *const counts[] = {&r->found_distillation, &r->found_suspect, &r->found_pooled};
  for (uint32_t i = 0; i < s->campaigns.n; i++)
    if (s->found[i].verdict < RT__ARRAY_LEN(counts))
      ++*counts[s->found[i].verdict];
}

/* flagged accounts that are campaign accounts; an account without a label is no such thing */
static void precision(const rt__score *s, rt__score_report *r)
{
  uint64_t flagged = 0, right = 0;
  for (uint32_t i = 0; i < s->accounts.n; i++) {
    if (s->seen[i].into[RT__V_DISTILLATION] == RT__NO_NAME)
      continue;
    uint32_t label = s->seen[i].label;
    flagged++;
    right += label != RT__NO_NAME && s->labels[label].world == RT__IS_CAMPAIGN;
  }
  r->precision = rt__rate_of(right, flagged);
}

rt_code rt__score_compute(rt__score *s, const rt__score_report **out, rt_error *err)
{
  rt__score_report *r = &s->report;
  r->accounts = s->n_labels;
  count_named(s, r);
  rt_code c = check_fit(r, err);
  if (c != RT_OK)
    return c;
  count_found(s, r);
  precision(s, r);
  c = rt__score_groups(s, r);
  if (c == RT_OK)
    c = rt__score_kinds(s, r);
  if (c == RT_OK)
    c = rt__score_clusters(s, r);
  if (c != RT_OK)
    return rt__fail(err, c, "no memory for the report");
  rt__score_prevalences(r);
  rt__score_calibrate(s, r);
  *out = r;
  return RT_OK;
}
