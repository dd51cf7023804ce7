#include "link/facts.h"

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
  rt__free(f->alloc, f->born, f->n * sizeof *f->born);
  f->of = NULL;
  f->born = NULL;
  f->n_of = f->n_born = 0;
}

void rt__facts_free(rt__facts *f)
{
  unseal(f);
  rt__map_free(&f->index);
  rt__free(f->alloc, f->f, f->cap * sizeof *f->f);
  *f = (rt__facts){.alloc = f->alloc};
}

static uint64_t hashed(const rt_key *key, const char *kind, rt_slice s)
{
  return s.p && s.n ? rt_key_hash(key, kind, s) : 0;
}

/* as the digester does it, so that a sign-up's address can be compared with those of calls */
static uint64_t hashed_address(const rt_key *key, rt_slice s)
{
  rt__address a;
  char text[RT__ADDRESS_TEXT];
  return hashed(key, "ip", rt__address_read(s, &a) ? rt__address_host(&a, text) : s);
}

static rt__fact pack(const rt_key *key, const rt_facts *x)
{
  rt__fact f = {.account = rt_key_hash(key, "account", x->account),
                .as_of_us = x->as_of_us,
                .created_us = x->created_us,
                .closed_us = x->closed_us,
                .cleared_us = x->cleared_us,
                .org = hashed(key, "org", x->org),
                .tenant = hashed(key, "tenant", x->tenant),
                .mail = hashed(key, "mail", x->email_domain),
                .bin = hashed(key, "bin", x->card_bin),
                .phone = hashed(key, "phone", x->phone_prefix),
                .signup_ip = hashed_address(key, x->signup_ip),
                .signup_device = hashed(key, "device", x->signup_device),
                .referrer = hashed(key, "referrer", x->referrer),
                .plan = hashed(key, "plan", x->plan),
                .line = hashed(key, "line", x->line),
                .line2 = hashed(key, "line2", x->line),
                .signup_asn = x->signup_asn,
                .risk = x->risk >= 0 && x->risk <= 1 ? (float)x->risk : -1,
                .verified = (int8_t)x->verified};
  for (uint32_t i = 0; i < x->n_payments && i < RT_PAYMENTS_MAX; i++)
    f.payment[f.n_payments++] = hashed(key, "payment", x->payments[i]);
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

rt_code rt__facts_add(rt__facts *f, const rt_key *key, const rt_facts *x, rt_error *err)
{
  if (!x->account.p || x->account.n == 0)
    return rt__fail(err, RT_E_ARG, "account facts without an account");
  if (make_room(f) != RT_OK)
    return rt__fail(err, RT_E_NOMEM, "no memory for account facts");
  rt__fact fact = pack(key, x);
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

static bool count_one(rt__map *m, uint64_t value)
{
  uint64_t *v = value ? rt__map_put(m, value, NULL) : NULL;
  if (v)
    (*v)++;
  return !value || v;
}

rt_code rt__facts_seal(rt__facts *f, const rt__set *set, rt_error *err)
{
  unseal(f);
  f->n_of = rt__set_accounts(set);
  f->of = rt__calloc(f->alloc, f->n_of, sizeof *f->of);
  f->born = rt__calloc(f->alloc, f->n, sizeof *f->born);
  bool ok = f->of && f->born;
  for (size_t a = 0; ok && a < f->n_of; a++) {
    uint64_t *at = rt__map_get(&f->index, rt__set_account(set, a));
    if (!at)
      continue;
    const rt__fact *x = &f->f[*at];
    f->of[a] = (uint32_t)*at + 1;
    for (uint32_t i = 0; i < x->n_payments; i++)
      ok = ok && count_one(&f->payments, x->payment[i]);
    ok = ok && count_one(&f->mails, x->mail);
    if (x->created_us)
      f->born[f->n_born++] = (double)x->created_us * 1e-6;
  }
  if (!ok)
    return rt__fail(err, RT_E_NOMEM, "no memory for account facts");
  rt__sort_doubles(f->born, f->n_born);
  return RT_OK;
}

const rt__fact *rt__facts_of(const rt__facts *f, uint32_t account)
{
  return f && f->of && account < f->n_of && f->of[account] ? &f->f[f->of[account] - 1] : NULL;
}
