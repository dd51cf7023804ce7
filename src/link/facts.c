#include "link/facts.h"

#include "digest/name.h"
#include "exchange/address.h"
#include "sketch/stats.h"

void rt__facts_init(rt__facts *f, const rt_alloc *a)
{
  *f = (rt__facts){.alloc = a};
  rt__map_init(&f->index, a, SIZE_MAX, 11);
  rt__map_init(&f->payments, a, SIZE_MAX, 12);
  rt__map_init(&f->mails, a, SIZE_MAX, 13);
}

/* what belongs to one set */
static void unseal(rt__facts *f)
{
  rt__map_free(&f->payments);
  rt__map_free(&f->mails);
  rt__free(f->alloc, f->of, f->n_of * sizeof *f->of);
  rt__free(f->alloc, f->born, f->cap_born * sizeof *f->born);
  f->of = NULL;
  f->born = NULL;
  f->n_of = f->n_known = f->n_born = f->cap_born = 0;
}

void rt__facts_free(rt__facts *f)
{
  unseal(f);
  rt__map_free(&f->index);
  rt__free(f->alloc, f->f, f->cap * sizeof *f->f);
  *f = (rt__facts){.alloc = f->alloc};
}

static uint64_t hashed(const rt__keyring *k, const char *kind, rt_slice s)
{
  return s.p && s.n ? rt__keyring_hash(k, kind, s) : 0;
}

/* as the digester does it, so that a sign-up's address can be compared with those of calls */
static uint64_t hashed_address(const rt__keyring *k, rt_slice s)
{
  rt__address a;
  char text[RT__ADDRESS_TEXT];
  return hashed(k, "ip", rt__address_read(s, &a) ? rt__address_host(&a, text) : s);
}

/* the number in "rc-0123456789abcdef" */
static bool campaign_number(rt_slice s, uint64_t *out)
{
  static const char digits[] = "0123456789abcdef";
  *out = 0;
  if (s.n != 19 || memcmp(s.p, "rc-", 3) != 0)
    return false;
  for (size_t i = 3; i < s.n; i++) {
    const char *d = memchr(digits, s.p[i], 16);
    if (!d)
      return false;
    *out = *out << 4 | (uint64_t)(d - digits);
  }
  return *out != 0;
}

static rt__fact pack(const rt__keyring *k, const rt_facts *x)
{
  char joined[RT_NAME_MAX];
  rt__fact f = {.account = hashed(k, "account", rt__name_join(x->account, x->tenant, joined)),
                .name = hashed(k, "account", x->account),
                .as_of_us = x->as_of_us,
                .created_us = x->created_us,
                .closed_us = x->closed_us,
                .cleared_us = x->cleared_us,
                .cleared_at_us = x->cleared_at_us,
                .org = hashed(k, "org", x->org),
                .tenant = hashed(k, "tenant", x->tenant),
                .mail = hashed(k, "mail", x->email_domain),
                .bin = hashed(k, "bin", x->card_bin),
                .phone = hashed(k, "phone", x->phone_prefix),
                .signup_ip = hashed_address(k, x->signup_ip),
                .signup_device = hashed(k, "device", x->signup_device),
                .referrer = hashed(k, "referrer", x->referrer),
                .plan = hashed(k, "plan", x->plan),
                .line = hashed(k, "line", x->line),
                .line2 = hashed(k, "line2", x->line),
                .signup_asn = x->signup_asn,
                .risk = x->risk >= 0 && x->risk <= 1 ? (float)x->risk : -1,
                .verified = (int8_t)x->verified};
  f.confirmed_id = x->confirmed.p && campaign_number(x->confirmed, &f.confirmed);
  if (!f.confirmed_id)
    f.confirmed = hashed(k, "confirmed", x->confirmed);
  for (uint32_t i = 0; i < x->n_payments && i < RT_PAYMENTS_MAX; i++)
    f.payment[f.n_payments++] = hashed(k, "payment", x->payments[i]);
  return f;
}

static bool newer(const rt__fact *a, const rt__fact *b)
{
  if (a->as_of_us != b->as_of_us)
    return a->as_of_us > b->as_of_us;
  return a->line != b->line ? a->line > b->line : a->line2 > b->line2;
}

/* before the index knows the account, so that a refused line leaves no trace */
static rt_code make_room(rt__facts *f)
{
  if (f->n < f->cap)
    return RT_OK;
  size_t cap = f->cap ? f->cap * 2 : 256;
  rt__fact *p = rt__realloc(f->alloc, f->f, f->cap, cap, sizeof *p);
  if (!p)
    return RT_E_NOMEM;
  f->f = p;
  f->cap = cap;
  return RT_OK;
}

static rt_code check(rt__facts *f, const rt_key *key, const rt_facts *x, rt_error *err)
{
  if (!x->account.p || x->account.n == 0)
    return rt__fail(err, RT_E_ARG, "account facts without an account");
  if (memchr(x->account.p, '\0', x->account.n) ||
      x->account.n + x->tenant.n + (x->tenant.n > 0) > RT_NAME_MAX)
    return rt__fail(err, RT_E_ARG, "account facts with a NUL in the name, or too long a one");
  return f->ring.id ? RT_OK : rt__keyring_init(&f->ring, key, err);
}

rt_code rt__facts_add(rt__facts *f, const rt_key *key, const rt_facts *x, rt_error *err)
{
  rt_code c = check(f, key, x, err);
  if (c != RT_OK)
    return c;
  if (make_room(f) != RT_OK)
    return rt__fail(err, RT_E_NOMEM, "no memory for account facts");
  rt__fact fact = pack(&f->ring, x);
  bool fresh;
  uint64_t *at = rt__map_put(&f->index, fact.account, &fresh);
  if (!at)
    return rt__fail(err, RT_E_NOMEM, "no memory for account facts");
  if (!fresh) {
    if (newer(&fact, &f->f[*at]))
      f->f[*at] = fact;
    return RT_OK;
  }
  *at = f->n;
  f->f[f->n++] = fact;
  return RT_OK;
}

/* ---- lined up with a set */

/* name -> newest line with a tenant, for exchanges that name none */
static rt_code by_name(const rt__facts *f, rt__map *names)
{
  for (size_t i = 0; i < f->n; i++) {
    bool fresh;
    if (!f->f[i].tenant)
      continue;
    uint64_t *at = rt__map_put(names, f->f[i].name, &fresh);
    if (!at)
      return RT_E_NOMEM;
    if (fresh || newer(&f->f[i], &f->f[*at]))
      *at = i;
  }
  return RT_OK;
}

/* entry + 1, 0 if nothing is known */
static uint32_t entry_of(const rt__facts *f, const rt__map *names, const rt__set *set, size_t a)
{
  uint64_t account = rt__set_account(set, a);
  const uint64_t *at = rt__map_get(&f->index, account);
  rt_slice name = rt__set_name(set, a);
  if (!at && rt__name_tenant(name).p)
    at = rt__map_get(&f->index, hashed(&f->ring, "account", rt__name_account(name)));
  else if (!at)
    at = rt__map_get(names, account);
  return at ? (uint32_t)*at + 1 : 0;
}

static rt_code count_values(rt__facts *f, const rt__fact *x)
{
  bool ok = !x->mail || rt__map_count(&f->mails, x->mail);
  for (uint32_t i = 0; i < x->n_payments; i++)
    ok = ok && (!x->payment[i] || rt__map_count(&f->payments, x->payment[i]));
  if (x->created_us)
    f->born[f->n_born++] = (double)x->created_us * 1e-6;
  return ok ? RT_OK : RT_E_NOMEM;
}

rt_code rt__facts_seal(rt__facts *f, const rt__set *set, rt_error *err)
{
  rt__map names;
  unseal(f);
  f->n_of = rt__set_accounts(set);
  f->of = rt__calloc(f->alloc, f->n_of, sizeof *f->of);
  f->cap_born = f->n_of;
  f->born = rt__calloc(f->alloc, f->cap_born, sizeof *f->born);
  rt__map_init(&names, f->alloc, SIZE_MAX, 14);
  rt_code c = f->of && f->born ? by_name(f, &names) : RT_E_NOMEM;
  for (size_t a = 0; c == RT_OK && a < f->n_of; a++) {
    f->of[a] = entry_of(f, &names, set, a);
    f->n_known += f->of[a] != 0;
    if (f->of[a])
      c = count_values(f, &f->f[f->of[a] - 1]);
  }
  rt__map_free(&names);
  if (c != RT_OK)
    return rt__fail(err, c, "no memory for account facts");
  rt__sort_doubles(f->born, f->n_born);
  return RT_OK;
}

const rt__fact *rt__facts_of(const rt__facts *f, uint32_t account)
{
  return f && f->of && account < f->n_of && f->of[account] ? &f->f[f->of[account] - 1] : NULL;
}

bool rt__fact_cleared(const rt__fact *f, int64_t now_us)
{
  return f && f->cleared_us && f->cleared_us >= now_us;
}

int64_t rt__fact_cleared_at(const rt__fact *f)
{
  int64_t at = f->cleared_at_us ? f->cleared_at_us : f->as_of_us;
  return at ? at : INT64_MAX;
}

/* ---- whom a card pays for: group and number of accounts in one value of a map */

rt_code rt__payers_add(rt__map *payers, const rt__fact *f, uint32_t group, bool others)
{
  for (uint32_t i = 0; i < f->n_payments; i++) {
    bool fresh;
    uint64_t *v = rt__map_put(payers, f->payment[i], &fresh);
    if (!v)
      return RT_E_NOMEM;
    if (fresh)
      *v = (uint64_t)group << 32;
    *v += others || *v >> 32 == group;
  }
  return RT_OK;
}

rt__payer rt__payer_of(const rt__map *payers, const rt__facts *f, uint64_t card)
{
  const uint64_t *v = rt__map_get(payers, card), *all = rt__map_get(&f->payments, card);
  return v && all ? (rt__payer){(uint32_t)(*v >> 32), (uint32_t)*v, (double)*all} : (rt__payer){0};
}
