#include "cli/previous.h"

#include "cli/findings_file.h"
#include "digest/key.h"
#include "digest/name.h"

#include <stdlib.h>

static bool verdict_of(rt_slice name, rt_verdict *v)
{
  for (int i = 0; i < RT_VERDICT_COUNT; i++)
    if (rt__slice_eq(name, rt__cstr(rt_verdict_name((rt_verdict)i)))) {
      *v = (rt_verdict)i;
      return true;
    }
  return false;
}

static int by_hash(const void *a, const void *b)
{
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return x < y ? -1 : x > y;
}

static int by_id(const void *pa, const void *pb)
{
  const rt__remembered *a = pa, *b = pb;
  return a->id < b->id ? -1 : a->id > b->id;
}

/* An account is its name within its tenant, but for one whose tenant only its facts tell: so both
 * are members, of which one has no record and counts for nothing. */
static size_t hashes_of(const rt__case_member *m, rt__sipkey kind, uint64_t out[2])
{
  char joined[RT_NAME_MAX];
  if (m->account.n == 0 || rt__slice_eq(m->role, RT__LIT("bystander")))
    return 0;
  out[0] = rt__kind_hash(kind, m->account);
  out[1] = rt__kind_hash(kind, rt__name_join(m->account, m->tenant, joined));
  return 2;
}

static bool take_members(const rt__case *k, rt__sipkey kind, rt__arena *arena, rt__remembered *to)
{
  uint64_t *m = rt__arena_take(arena, 2 * (k->n_members + 1) * sizeof *m);
  to->members = m;
  for (size_t i = 0; m && i < k->n_members; i++)
    to->n_members += hashes_of(&k->members[i], kind, m + to->n_members);
  if (!m)
    return false;
  qsort(m, to->n_members, sizeof *m, by_hash);
  size_t kept = 0;
  for (size_t i = 0; i < to->n_members; i++)
    if (kept == 0 || m[i] != m[kept - 1])
      m[kept++] = m[i];
  to->n_members = kept;
  return true;
}

static bool take_changes(const rt__case *k, rt__arena *arena, rt__remembered *to)
{
  size_t n = k->n_changes < RT__CHANGES_MAX ? k->n_changes : RT__CHANGES_MAX;
  rt_change *v = rt__arena_take(arena, (n + 1) * sizeof *v);
  to->changes = v;
  to->n_changes = v ? n : 0;
  if (v && n)
    memcpy(v, k->changes, n * sizeof *v);
  return v != NULL;
}

static int take_campaigns(const cli_args *a, const char *path, const cli_findings *f,
                          rt__sipkey kind, rt__memory *m)
{
  rt__remembered *all = rt__arena_take(m->arena, (f->n_campaigns + 1) * sizeof *all);
  bool ok = all != NULL;
  m->campaigns = all;
  for (size_t i = 0; i < f->n_campaigns && ok; i++) {
    const rt__case *k = &f->campaigns[i].file;
    rt__remembered c = {.first_us = k->row.first_us};
    if (k->row.last_us > m->as_of_us)
      m->as_of_us = k->row.last_us;
    if (!verdict_of(k->row.verdict, &c.verdict) || !rt__campaign_number(k->row.campaign, &c.id))
      return cli_unusable(a, "%s: campaign '%.*s' has no id or verdict of retort's", path,
                          (int)k->row.campaign.n, k->row.campaign.p);
    if (c.verdict == RT_VERDICT_BENIGN)
      continue;
    ok = take_members(k, kind, m->arena, &c) && take_changes(k, m->arena, &c);
    all[m->n_campaigns++] = c;
  }
  if (!ok)
    return cli_failed(a, "no memory for the campaigns of %s", path);
  qsort(all, m->n_campaigns, sizeof *all, by_id);
  for (size_t i = 1; i < m->n_campaigns; i++)
    if (all[i].id == all[i - 1].id)
      return cli_unusable(a, "%s: two campaigns have the same id", path);
  return CLI_DONE;
}

static int take_all(const cli_args *a, const char *path, const rt_key *key, const cli_findings *f,
                    rt__memory *out)
{
  rt_error err = {0};
  rt__keyring ring;
  rt_code c = rt__keyring_init(&ring, key, &err);
  if (c == RT_OK)
    c = rt__memory_init(out, &err);
  if (c != RT_OK)
    return cli_error(a, NULL, &err);
  out->as_of_us = f->until_us;
  int status = take_campaigns(a, path, f, rt__keyring_kind(&ring, "account"), out);
  if (status != CLI_DONE)
    rt__memory_free(out);
  return status;
}

int cli_previous_read(const cli_args *a, const char *path, const rt_key *key, rt__memory *out)
{
  const cli_wanted wanted = {.campaign = ""}; /* every id starts so */
  cli_findings f;
  int status = cli_findings_read(a, path, &wanted, &f);
  if (status == CLI_DONE)
    status = take_all(a, path, key, &f, out);
  cli_findings_free(&f);
  return status;
}
