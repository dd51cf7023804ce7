/* A firm's accounts with strangers among them: what remains without these is one organisation. */
#include "campaign/detect.h"
#include "support/failing_alloc.h"
#include "support/small_campaign.h"
#include "support/small_starts.h"

enum { STRANGERS = 8 };

/* one who shares the prompt only: parameters, sizes and pace are his own, and he comes back to old
 * prompts */
static void add_stranger(world *w, luck *r, unsigned i)
{
  const char *who = world_name(w, "harvest_z", i);
  for (double t = HOUR * (1 + i); t < DAYS_IN_ALL * DAY; t += 500 * (0.8 + 0.4 * luck_unit(r))) {
    char text[WORLD_TXT];
    luck own = {900 + 10 * i + luck_below(r, 5)};
    words_text(&own, WORDS_TASKS + 7000, 900, 16, text, sizeof text);
    world_say(w, (call){.who = who,
                        .at = t,
                        .system = HARVEST_FRAME,
                        .user = text,
                        .client = "requests/2",
                        .model = "m-large",
                        .ip = "203.0.113.5",
                        .temperature = 1000 + 50 * (int)i,
                        .max_tokens = 3000 + 10 * i,
                        .in = 80,
                        .out = 1500 + luck_below(r, 100)});
  }
}

typedef struct bench {
  world *w;
  laid_out l;
  rt__facts f;
  rt__fact fact[512];
  uint32_t of[512], account[HARVEST + STRANGERS], n;
  rt__candidate lead;
  rt__group g;
  rt_scan_options options;
  rt__detection d;
} bench;

/* firm: share of the harvesting accounts that one organisation has, in percent */
static bench *set_up(unsigned firm)
{
  luck r;
  bench *b = calloc(1, sizeof *b);
  assert_non_null(b);
  b->w = honest_world(3, &r);
  add_harvest(b->w, &r, HARVEST, 150);
  for (unsigned i = 0; i < STRANGERS; i++)
    add_stranger(b->w, &r, i);
  b->l = lay_out(b->w, 0, false);
  uint32_t n = (uint32_t)b->l.s.n_accounts;
  assert_true(n <= RT__ARRAY_LEN(b->of));
  for (uint32_t a = 0; a < n; a++) {
    rt_slice name = rt__set_name(b->l.set, a);
    b->of[a] = a + 1;
    b->fact[a] = (rt__fact){.account = a + 1, .risk = -1, .verified = -1, .org = 1000 + a};
    if (!rt__slice_starts(name, slice_of("harvest_")))
      continue;
    bool stranger = rt__slice_starts(name, slice_of("harvest_z"));
    if (!stranger && b->n * 100 < firm * HARVEST)
      b->fact[a].org = 1;
    b->account[b->n++] = a;
  }
  assert_int_equal(b->n, HARVEST + STRANGERS);
  b->f = (rt__facts){
      .alloc = rt_alloc_default(), .f = b->fact, .n = n, .of = b->of, .n_of = n, .n_known = n};
  rt__map_init(&b->f.payments, b->f.alloc, SIZE_MAX, 1);
  rt__map_init(&b->f.mails, b->f.alloc, SIZE_MAX, 2);
  rt_scan_options_default(&b->options);
  b->d = (rt__detection){.alloc = rt_alloc_default(),
                         .options = &b->options,
                         .set = b->l.set,
                         .facts = &b->f,
                         .starts = b->l.s};
  assert_int_equal(
      rt__reference_build(rt_alloc_default(), &b->d.starts, &b->f, 0, &b->d.reference, NULL),
      RT_OK);
  assert_int_equal(rt__group_of_accounts(&b->l.s, b->account, b->n, &b->g), RT_OK);
  b->lead.g = &b->g;
  return b;
}

static void draft_again(bench *b)
{
  b->d.drafts = (rt__drafts){.alloc = rt_alloc_default(), .n_accounts = b->l.s.n_accounts};
  b->d.drafts.of = calloc(b->l.s.n_accounts, sizeof(uint32_t));
  b->d.drafts.by = calloc(b->l.s.n_accounts, sizeof(rt__candidate *));
  assert_int_equal(
      rt__drafts_add(&b->d.drafts, RT_VERDICT_DISTILLATION, &b->lead, b->account, b->n), RT_OK);
}

static void put_away(bench *b)
{
  rt__group_free(rt_alloc_default(), &b->g);
  rt__reference_free(&b->d.reference);
  rt__map_free(&b->f.payments);
  rt__map_free(&b->f.mails);
  take_away(&b->l);
  world_free(b->w);
  free(b);
}

/* 14 of 22 are no firm; 14 of those who stay are one, and 7 of 14 are none */
static void test_what_remains_is_a_firm(void **state)
{
  (void)state;
  static const unsigned share[] = {100, 50};
  for (size_t i = 0; i < 2; i++)
    for (int all = 0; all < 2; all++) {
      bench *b = set_up(share[i]);
      bool firm = share[i] == 100;
      rt__bits bits;
      assert_int_equal(rt__evidence(&b->d.reference, &b->g, &bits, NULL), RT_OK);
      b->lead.b = bits;
      assert_false(rt__candidate_in_the_open(&b->lead)); /* with the strangers it shows not */
      b->options.all = all;
      draft_again(b);
      assert_int_equal(rt__ask_remains(&b->d, NULL), RT_OK);
      assert_int_equal(b->d.drafts.n, firm && !all ? 0 : 1);
      for (uint32_t k = 0; k < b->n; k++)
        assert_int_equal(b->d.drafts.of[b->account[k]], b->d.drafts.n);
      if (b->d.drafts.n)
        assert_int_equal(b->d.drafts.d[0].verdict,
                         firm ? RT_VERDICT_BENIGN : RT_VERDICT_DISTILLATION);
      rt__drafts_free(&b->d.drafts);
      put_away(b);
    }
}

static void test_no_memory(void **state)
{
  (void)state;
  bench *b = set_up(100);
  for (size_t k = 1, last = 0; !last; k += 1 + k / 8) {
    test_alloc t = {.fail_at = k};
    rt_alloc a = test_alloc_of(&t);
    draft_again(b);
    b->d.alloc = b->d.starts.alloc = b->d.reference.alloc = &a;
    rt_code c = rt__ask_remains(&b->d, NULL);
    assert_int_equal(c, t.failed ? RT_E_NOMEM : RT_OK);
    assert_int_equal(t.held + t.wrong_sizes, 0);
    last = !t.failed;
    b->d.alloc = b->d.starts.alloc = b->d.reference.alloc = rt_alloc_default();
    rt__drafts_free(&b->d.drafts);
  }
  put_away(b);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_what_remains_is_a_firm),
      cmocka_unit_test(test_no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
