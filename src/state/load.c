#include "state/load.h"

#include "digest/record.h"

/* ---- all but one account's */

typedef struct filter {
  rt_digest_sink to;
  uint64_t without;
  uint64_t dropped;
} filter;

static rt_code pass_account(void *ctx, uint64_t hash, rt_slice name, rt_error *err)
{
  const filter *f = ctx;
  return hash == f->without ? RT_OK : f->to.account(f->to.ctx, hash, name, err);
}

static rt_code pass_segment(void *ctx, const rt_segment *s, rt_error *err)
{
  const filter *f = ctx;
  return f->to.segment(f->to.ctx, s, err);
}

static rt_code pass_record(void *ctx, const rt_digest *d, rt_error *err)
{
  filter *f = ctx;
  if (d->account != f->without)
    return f->to.record(f->to.ctx, d, err);
  f->dropped++;
  return RT_OK;
}

rt_code rt__state_load(const rt__state *s, size_t memory_max, const rt__spool *spool,
                       uint64_t without, rt__loaded *out, rt_error *err)
{
  *out = (rt__loaded){0};
  rt_code c = rt__set_new(rt_alloc_default(), memory_max, spool, &out->set, err);
  if (c != RT_OK)
    return c;
  filter f = {.to = rt__set_sink(out->set), .without = without};
  const rt_digest_sink sink = {&f, pass_account, pass_segment, pass_record};
  c = rt__state_read(s, &sink, err);
  if (c == RT_OK)
    c = rt__set_seal(out->set, err);
  out->dropped = f.dropped;
  if (c == RT_OK)
    return c;
  rt__set_free(out->set);
  out->set = NULL;
  return c;
}

/* ---- what a list of digests adds up to */

static rt_code add_record(void *ctx, const rt_digest *d, rt_error *err)
{
  rt__tally_of *t = ctx;
  uint64_t packed[RT__RECORD_MAX / sizeof(uint64_t)];
  rt_code c = rt__record_check(d, err);
  if (c != RT_OK)
    return c;
  size_t n = rt__record_pack(d, (unsigned char *)packed);
  t->sum = rt__mix2(t->sum, rt__checksum(packed, n));
  t->sum = rt__mix2(t->sum, rt__mix2(d->account, (uint64_t)d->time_us));
  t->n++;
  t->of_account += d->account == t->account;
  return RT_OK;
}

rt_digest_sink rt__tally_sink(rt__tally_of *t)
{
  return (rt_digest_sink){.ctx = t, .record = add_record};
}
