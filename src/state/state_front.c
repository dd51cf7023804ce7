/* The block in front of a state's digests: 4 bytes of version, 4 of zero, 8 of the size of what
 * follows: the calendar, then the memory. Where that is more than a block holds it goes on in
 * further blocks of the same type, without that head. */
#include "state/state_impl.h"

#define HEAD      16
#define FRONT_MAX ((size_t)256 << 20)

typedef struct front {
  rt__buf content;
  uint64_t wanted;
  bool begun, past; /* the first block was there; something else came */
} front;

static rt_code past_front(void *ctx)
{
  front *f = ctx;
  f->past = true;
  return RT_E_STOPPED; /* enough was seen */
}

static rt_code see_account(void *ctx, uint64_t hash, rt_slice name, rt_error *err)
{
  (void)hash, (void)name, (void)err;
  return past_front(ctx);
}

static rt_code see_segment(void *ctx, const rt_segment *s, rt_error *err)
{
  (void)s, (void)err;
  return past_front(ctx);
}

static rt_code see_record(void *ctx, const rt_digest *d, rt_error *err)
{
  (void)d, (void)err;
  return past_front(ctx);
}

static rt_code take_head(front *f, rt__in *in, rt_error *err)
{
  uint64_t version = rt__in_le(in, 4), zero = rt__in_le(in, 4);
  if (!in->bad && version > RT__STATE_VERSION)
    return rt__fail(err, RT_E_VERSION, "state of version %u; this program knows up to version %d",
                    (unsigned)version, RT__STATE_VERSION);
  f->wanted = rt__in_le(in, 8);
  f->begun = true;
  if (in->bad || zero || version != RT__STATE_VERSION || f->wanted > FRONT_MAX)
    return rt__fail(err, RT_E_FORMAT, "the front of the state is not readable");
  return RT_OK;
}

static rt_code take_own(void *ctx, uint8_t type, rt_slice payload, rt_error *err)
{
  front *f = ctx;
  const unsigned char *p = (const unsigned char *)payload.p;
  rt__in in = {p, payload.n ? p + payload.n : p, false};
  if (type != RT__STATE_BLOCK)
    return RT_OK;
  rt_code c = f->begun ? RT_OK : take_head(f, &in, err);
  if (c != RT_OK)
    return c;
  size_t n = rt__in_left(&in);
  if (n > f->wanted - f->content.n)
    return rt__fail(err, RT_E_FORMAT, "the front of the state is longer than it says");
  if (rt__buf_add(&f->content, in.p, n) != RT_OK)
    return rt__fail(err, RT_E_NOMEM, "no memory for the front of the state");
  return f->content.n == f->wanted ? past_front(f) : RT_OK;
}

static rt_code judge(rt__state *s, const front *f, rt_code c, rt_error *err)
{
  if (c != RT_OK && !f->past)
    return c;
  if (!f->begun) {
    s->plain = true;
    return RT_OK;
  }
  if (f->content.n != f->wanted)
    return rt__fail(err, RT_E_FORMAT, "the front of the state is shorter than it says");
  const unsigned char *p = (const unsigned char *)f->content.p;
  rt__in in = {p, f->content.n ? p + f->content.n : p, false};
  rt__calendar_get(&in, &s->calendar);
  if (in.bad)
    return rt__fail(err, RT_E_FORMAT, "the calendar of the state is not readable");
  return rt__memory_decode(rt__slice(in.p, rt__in_left(&in)), &s->memory, err);
}

rt_code rt__state_read_front(rt__state *s, rt_error *err)
{
  front f = {.begun = false};
  const rt_digest_sink sink = {&f, see_account, see_segment, see_record};
  rt__file_reader *r;
  rt_code c = rt__file_reader_new(rt_alloc_default(), &s->key, &sink, &r, err);
  if (c != RT_OK)
    return c;
  rt__buf_init(&f.content, rt_alloc_default(), FRONT_MAX);
  rt__file_reader_own(r, take_own, &f);
  c = rt__state_feed(s, r, err);
  c = judge(s, &f, c, err);
  rt__file_reader_free(r);
  rt__buf_free(&f.content);
  return c;
}

/* ---- writing */

static rt_code put_blocks(rt__file_writer *w, rt_slice all, rt_error *err)
{
  rt_code c = RT_OK;
  for (size_t at = 0; at < all.n && c == RT_OK; at += RT__FILE_BLOCK_MAX) {
    size_t n = all.n - at < RT__FILE_BLOCK_MAX ? all.n - at : RT__FILE_BLOCK_MAX;
    c = rt__file_writer_own(w, RT__STATE_BLOCK, rt__slice(all.p + at, n), err);
  }
  return c;
}

static rt_code put_calendar(rt__out *o, const rt__set *set)
{
  rt__calendar *c = rt__calloc(rt_alloc_default(), 1, sizeof *c);
  if (!c)
    return RT_E_NOMEM;
  rt__calendar_add(c, set);
  rt__calendar_put(c, o);
  rt__free(rt_alloc_default(), c, sizeof *c);
  return o->code;
}

rt_code rt__state_write_front(rt__file_writer *w, const rt__memory *m, const rt__set *set,
                              rt_error *err)
{
  rt__out o = {.code = RT_OK};
  rt__buf_init(&o.buf, rt_alloc_default(), FRONT_MAX + HEAD);
  rt__out_le(&o, RT__STATE_VERSION, 4);
  rt__out_le(&o, 0, 4);
  rt__out_le(&o, 0, 8);
  rt_code c = put_calendar(&o, set);
  if (c == RT_OK)
    c = rt__memory_encode(m, &o);
  if (c != RT_OK) {
    c = rt__fail(err, c, "what the state remembers of campaigns has no room");
  } else {
    rt__le_put((unsigned char *)o.buf.p + 8, o.buf.n - HEAD, 8);
    c = put_blocks(w, rt__buf_slice(&o.buf), err);
  }
  rt__buf_free(&o.buf);
  return c;
}
