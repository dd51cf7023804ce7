#include "state/merge.h"

void rt__merge_init(rt__merge *m, const rt__set *today, int64_t from_us, const rt__memory *memory,
                    const rt_digest_sink *to)
{
  m->k = 0;
  m->to = *to;
  m->from_us = from_us;
  m->memory = memory;
  m->n_state = m->n_expired = 0;
  m->any = false;
  rt__pour_init(&m->today, today, to);
}

void rt__merge_free(rt__merge *m)
{
  rt__pour_free(&m->today);
}

static bool is_expired(rt__merge *m, const rt_digest *d)
{
  bool gone = d->time_us < m->from_us && !(m->memory && rt__memory_holds(m->memory, d->account));
  m->n_expired += gone;
  return gone;
}

static rt_code pour_today(rt__merge *m, const rt_digest *d, rt_error *err)
{
  return is_expired(m, d) ? RT_OK : rt__pour_one(&m->today, m->k, err);
}

/* today's records before d, which may be NULL; one that equals it is the same exchange read again
 */
static rt_code catch_up(rt__merge *m, const rt_digest *d, rt_error *err)
{
  rt_code c = RT_OK;
  for (; c == RT_OK && m->k < rt__set_count(m->today.set); m->k++) {
    rt_digest mine;
    rt__set_get(m->today.set, m->k, &mine);
    int order = d ? rt_digest_cmp(&mine, d) : -1;
    if (order > 0)
      return RT_OK;
    if (order == 0) {
      m->k++;
      return RT_OK;
    }
    c = pour_today(m, &mine, err);
  }
  return c;
}

static void keep_last(rt__merge *m, const rt_digest *d)
{
  (void)rt__record_pack(d, m->packed);
  (void)rt__record_unpack(m->packed, d->account, d->time_us, &m->last);
  m->any = true;
}

static rt_code take_record(void *ctx, const rt_digest *d, rt_error *err)
{
  rt__merge *m = ctx;
  rt_code c = rt__record_check(d, err);
  if (c != RT_OK)
    return c;
  if (m->any && rt_digest_cmp(&m->last, d) > 0)
    return rt__fail(err, RT_E_FORMAT,
                    "its digests are out of order: other files were put behind it");
  keep_last(m, d);
  m->n_state++;
  c = catch_up(m, d, err);
  return c != RT_OK || is_expired(m, d) ? c : m->to.record(m->to.ctx, d, err);
}

static rt_code take_account(void *ctx, uint64_t hash, rt_slice name, rt_error *err)
{
  rt__merge *m = ctx;
  return m->to.account ? m->to.account(m->to.ctx, hash, name, err) : RT_OK;
}

static rt_code take_segment(void *ctx, const rt_segment *s, rt_error *err)
{
  rt__merge *m = ctx;
  return m->to.segment ? m->to.segment(m->to.ctx, s, err) : RT_OK;
}

rt_digest_sink rt__merge_sink(rt__merge *m)
{
  return (rt_digest_sink){m, take_account, take_segment, take_record};
}

rt_code rt__merge_end(rt__merge *m, rt_error *err)
{
  return catch_up(m, NULL, err);
}
