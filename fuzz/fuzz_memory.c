/* fuzz_memory - what a state remembers of campaigns, under libFuzzer: the bytes behind its
 * checksums. What is taken must be in order, and come out equal after being written again. */
#include "state/memory.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
  if (!ok)
    abort();
}

static rt__out written(const rt__memory *m)
{
  rt__out o = {.code = RT_OK};
  rt__buf_init(&o.buf, rt_alloc_default(), (size_t)64 << 20);
  must(rt__memory_encode(m, &o) == RT_OK);
  return o;
}

static void look_at(const rt__memory *m)
{
  for (size_t i = 0; i < m->n_held; i++)
    must(rt__memory_holds(m, m->held[i]) && (i == 0 || m->held[i] > m->held[i - 1]));
  for (size_t i = 0; i < m->n_campaigns; i++) {
    const rt__remembered *c = &m->campaigns[i];
    must(i == 0 || c->id > m->campaigns[i - 1].id);
    must((unsigned)c->verdict < RT_VERDICT_COUNT);
    for (size_t k = 1; k < c->n_members; k++)
      must(c->members[k] > c->members[k - 1]);
    for (size_t k = 0; k < c->n_changes; k++)
      must((unsigned)c->changes[k].kind < RT_CHANGE_COUNT);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  rt__memory m, again;
  must(rt__memory_init(&m, NULL) == RT_OK && rt__memory_init(&again, NULL) == RT_OK);
  if (rt__memory_decode(rt__slice(data, size), &m, NULL) == RT_OK) {
    look_at(&m);
    rt__out a = written(&m);
    must(rt__memory_decode(rt__buf_slice(&a.buf), &again, NULL) == RT_OK);
    rt__out b = written(&again);
    must(a.buf.n == b.buf.n && memcmp(a.buf.p, b.buf.p, a.buf.n) == 0);
    rt__buf_free(&a.buf);
    rt__buf_free(&b.buf);
  }
  rt__memory_free(&m);
  rt__memory_free(&again);
  return 0;
}
