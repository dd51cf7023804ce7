/* fuzz_line - any bytes as log lines: nothing may crash, and what comes out is whole. */
#include "feed/settle.h"
#include "feed/worker.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static uint64_t sum; /* what was read goes somewhere */

static void must(bool holds)
{
  if (!holds)
    abort();
}

/* reads every byte of a slice: a sanitizer sees one that points nowhere */
static void touch(rt_slice s)
{
  must(s.p || s.n == 0);
  for (size_t i = 0; i < s.n; i++)
    sum += (unsigned char)s.p[i];
}

/* names are bounded, and what is there says something */
static void touch_name(rt_slice s)
{
  touch(s);
  must(s.n <= RT_NAME_MAX && (!s.p || s.n > 0));
}

static rt_code check(void *ctx, unsigned thread, const rt_exchange *x, const rt__place *at,
                     rt_error *err)
{
  const rt_slice names[] = {x->account,
                            x->org,
                            x->project,
                            x->tenant,
                            x->api_key,
                            x->end_user,
                            x->id,
                            x->session,
                            x->batch_id,
                            x->trace_id,
                            x->span_id,
                            x->response_id,
                            x->previous_response_id,
                            x->ip,
                            x->forwarded_for,
                            x->country,
                            x->model,
                            x->provider,
                            x->endpoint,
                            x->prompt_hash,
                            x->system_hash,
                            x->finish_reason};
  const rt_slice texts[] = {x->user_agent, x->fingerprint, x->headers,   x->other_knobs, x->system,
                            x->tools,      x->first_user,  x->last_user, x->output};
  (void)ctx;
  (void)thread;
  must(rt_exchange_check(x, err) == RT_OK);
  must(at->line > 0);
  for (size_t i = 0; i < RT__ARRAY_LEN(names); i++)
    touch_name(names[i]);
  for (size_t i = 0; i < RT__ARRAY_LEN(texts); i++)
    touch(texts[i]);
  for (uint32_t i = 0; i < x->n_signatures && i < RT_SIGNATURES_MAX; i++)
    touch(x->signatures[i]);
  must(x->n_user + x->n_assistant + x->n_tool <= x->n_messages);
  must(x->has_messages || x->n_messages == 0);
  must(!x->first_user.p || x->last_user.p);
  must(x->choices >= 1 && x->outcome < RT_OUTCOME_COUNT);
  return RT_OK;
}

/* spans and events that wait are put together, as at a run's end */
static void settle(rt__worker *w)
{
  rt__hold *holds[] = {&w->hold};
  rt__join j;
  must(rt__hold_seal(&w->hold, NULL) == RT_OK);
  for (unsigned p = 0; w->hold.total && p < RT__HOLD_PARTS; p++) {
    must(rt__join_init(&j, w->alloc, holds, 1, p, NULL) == RT_OK);
    must(rt__settle(w, &j, 0, j.n) == RT_OK);
    rt__join_free(&j);
  }
  rt__hold_free(&w->hold);
  rt__hold_init(&w->hold, w->alloc, NULL, 1 << 20);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
  static const rt__feed_callbacks cb = {.exchange = check};
  static rt__worker *w;
  rt__batch b = {(char *)(uintptr_t)p, n, n, {0, 1, 0}};
  if (!w) {
    w = calloc(1, sizeof *w);
    must(w != NULL);
    w->alloc = rt_alloc_default();
    w->cb = &cb;
    w->line_max = 1 << 20;
    w->hold_memory = 1 << 20;
    must(rt__worker_init(w) == RT_OK);
  }
  must(rt__worker_batch(w, &b) == RT_OK);
  settle(w);
  must(w->lines >= w->blank);
  return 0;
}
