/* Whose material fills the slots, against a slow version; one list against material of one's own;
 * how prompts are re-used. */
#include "support/failing_alloc.h"
#include "support/small_starts.h"
#include "template/slots.h"

/* n accounts with `starts` slots of 14 words each, out of [from + i * step, … + many) */
static void add(world *w, luck *r, const char *group, unsigned n, unsigned starts, unsigned from,
                unsigned step, unsigned many)
{
  for (unsigned i = 0; i < n; i++)
    for (unsigned k = 0; k < starts; k++) {
      char text[WORLD_TXT];
      words_text(r, from + i * step, many, 14, text, sizeof text);
      world_say(w, (call){.who = world_name(w, group, i), .at = luck_unit(r) * DAY, .user = text});
    }
}

static rt__group all_named(const laid_out *l, const char *prefix)
{
  uint32_t *all = calloc(l->s.n_accounts + 1, sizeof *all), n = 0;
  rt__group g;
  for (uint32_t a = 0; a < l->s.n_accounts; a++)
    if (rt__slice_starts(rt__set_name(l->set, a), slice_of(prefix)))
      all[n++] = a;
  assert_int_equal(rt__group_of_accounts(&l->s, all, n, &g), RT_OK);
  free(all);
  return g;
}

static size_t own_of(const rt__starts *s, const rt__idf *f, const rt__group *g, rt__own *out)
{
  size_t n;
  assert_int_equal(rt__slots_own(s, f, g, out, &n), RT_OK);
  return n;
}

static size_t reference_of(const rt__starts *s, const rt__idf *f, double *out, size_t max)
{
  size_t n;
  assert_int_equal(rt__slots_reference(s, f, out, NULL, max, &n), RT_OK);
  return n;
}

static rt__idf rarity_of(const laid_out *l)
{
  rt__idf f;
  assert_int_equal(rt__idf_build(rt_alloc_default(), &l->s, &f), RT_OK);
  return f;
}

/* ---- how rare a word is */

static void test_idf_against_plain(void **state)
{
  (void)state;
  world *w = world_new();
  luck r = {1};
  add(w, &r, "a", 20, 6, 0, 10, 60);
  laid_out l = lay_out(w, 0, false);
  rt__idf f = rarity_of(&l);
  for (uint32_t row = 0; row < l.s.n; row += 7) {
    uint32_t mine[2 * RT_WORDS_MAX], theirs[2 * RT_WORDS_MAX];
    size_t n = rt__starts_words(&l.s, row, mine);
    for (size_t i = 0; i < n; i++) {
      uint32_t users = 0, last = UINT32_MAX;
      for (uint32_t o = 0; o < l.s.n; o++) {
        size_t m = rt__starts_words(&l.s, o, theirs);
        for (size_t k = 0; k < m; k++)
          if (theirs[k] % RT__WORD_SPACE == mine[i] % RT__WORD_SPACE && l.s.account[o] != last) {
            users++;
            last = l.s.account[o];
          }
      }
      double want = log(20.0 / users);
      assert_true(fabs((double)f.weight[mine[i] % RT__WORD_SPACE] - want) < 1e-5);
    }
  }
  rt__idf_free(&f);
  take_away(&l);
  world_free(w);
}

/* ---- own neighbours, slowly: small groups, in which every slot is looked at */

#define SLOTS 200
#define WIDE  (2 * RT_WORDS_MAX)

typedef struct plain {
  uint32_t account, n, word[WIDE];
  uint64_t prompt;
  double w[WIDE];
} plain;

static bool has(const plain *x, uint32_t word)
{
  for (uint32_t i = 0; i < x->n; i++)
    if (x->word[i] == word)
      return true;
  return false;
}

static double alike(const plain *x, const plain *y)
{
  double sum = 0;
  for (uint32_t i = 0; i < x->n; i++)
    for (uint32_t j = 0; j < y->n; j++)
      sum += x->word[i] == y->word[j] ? x->w[i] * y->w[j] : 0;
  return sum;
}

static void weigh_plain(plain *v, size_t n, const rt__idf *f)
{
  for (size_t i = 0; i < n; i++) {
    double square = 0;
    for (uint32_t k = 0; k < v[i].n; k++) {
      double all = 0, own = 0, per = 0;
      for (size_t j = 0; j < n; j++) {
        bool in = has(&v[j], v[i].word[k]), same = v[j].account == v[i].account;
        all += in;
        own += in && same;
        per += same;
      }
      bool frame = all > fmax(2, 0.25 * (double)n) || own > fmax(2, 0.4 * per);
      v[i].w[k] = frame ? 0 : (double)f->weight[v[i].word[k] % RT__WORD_SPACE];
      square += v[i].w[k] * v[i].w[k];
    }
    for (uint32_t k = 0; k < v[i].n && square > 0; k++)
      v[i].w[k] /= sqrt(square);
  }
}

static size_t load_plain(const laid_out *l, const rt__group *g, plain *v)
{
  size_t n = 0;
  for (uint32_t k = 0; k < g->at[g->n]; k++) {
    uint32_t row = g->row[k];
    bool seen = false;
    for (size_t j = 0; j < n; j++)
      seen |= v[j].account == l->s.account[row] && v[j].prompt == l->s.slot[row];
    if (seen)
      continue;
    assert_true(n < SLOTS);
    v[n].account = l->s.account[row];
    v[n].prompt = l->s.slot[row];
    v[n].n = (uint32_t)rt__starts_words(&l->s, row, v[n].word);
    n++;
  }
  return n;
}

/* *doubtful counts slots whose two nearest are too close to call in single precision */
static void own_plain(const plain *v, size_t n, uint32_t account, uint32_t *slots, uint32_t *own,
                      uint32_t *doubtful)
{
  *slots = *own = *doubtful = 0;
  for (size_t i = 0; i < n; i++) {
    double best = 0, other = 0;
    bool mine = false;
    for (size_t j = 0; v[i].account == account && j < n; j++) {
      double a = v[j].prompt != v[i].prompt ? alike(&v[i], &v[j]) : 0;
      bool same = v[j].account == account;
      if (a > best) {
        other = same != mine ? best : other;
        best = a;
        mine = same;
      } else if (same != mine && a > other) {
        other = a;
      }
    }
    *slots += best > 0;
    *own += best > 0 && mine;
    *doubtful += best > 0 && best - other < 1e-5;
  }
}

static void test_own_against_slow(void **state)
{
  (void)state;
  static plain v[SLOTS];
  static rt__own got[RT__SLOTS_MAX];
  for (uint64_t seed = 1; seed <= 12; seed++) {
    world *w = world_new();
    luck r = {seed};
    add(w, &r, "g", 4 + luck_below(&r, 8), 3 + luck_below(&r, 8), 0, luck_below(&r, 30), 50);
    for (unsigned i = 0; i < 4; i++) /* some send one prompt again, some share one */
      for (int k = 0; k < 2; k++)
        world_say(w, (call){.who = world_name(w, "g", i), .at = DAY, .user = "the same question"});
    add(w, &r, "other", 30, 3, 0, 20, 60);
    laid_out l = lay_out(w, 0, false);
    rt__idf f = rarity_of(&l);
    rt__group g = all_named(&l, "g_");
    size_t n = load_plain(&l, &g, v), k = own_of(&l.s, &f, &g, got);
    weigh_plain(v, n, &f);
    assert_int_equal(k, g.n);
    for (size_t i = 0; i < k; i++) {
      uint32_t slots, own, doubtful, per = 0;
      own_plain(v, n, g.account[i], &slots, &own, &doubtful);
      for (size_t j = 0; j < n; j++)
        per += v[j].account == g.account[i];
      assert_int_equal(got[i].account, g.account[i]);
      assert_int_equal(got[i].slots, slots);
      assert_true(fabs(got[i].chance - (per - 1.0) / ((double)n - 1)) < 1e-12);
      assert_in_range(got[i].own + doubtful, own, own + 2 * doubtful);
    }
    rt__group_free(rt_alloc_default(), &g);
    rt__idf_free(&f);
    take_away(&l);
    world_free(w);
  }
}

/* ---- one list or one's own */

/* mean share of own neighbours beyond chance */
static double excess(const laid_out *l, const char *group)
{
  static rt__own own[RT__SLOTS_MAX];
  rt__idf f = rarity_of(l);
  rt__group g = all_named(l, group);
  size_t n = own_of(&l->s, &f, &g, own);
  double sum = 0;
  assert_true(n > 0);
  for (size_t i = 0; i < n; i++) {
    assert_true(own[i].slots <= RT__SLOTS_PER_ACCOUNT && own[i].own <= own[i].slots);
    sum += own[i].slots ? ((double)own[i].own / own[i].slots - own[i].chance) / (1 - own[i].chance)
                        : 0;
  }
  rt__group_free(rt_alloc_default(), &g);
  rt__idf_free(&f);
  return sum / (double)n;
}

static void test_one_list_or_own_material(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= 4; seed++) {
    world *w = world_new();
    luck r = {seed};
    add(w, &r, "dealt", 12, 15, 0, 0, 400);     /* one list for all */
    add(w, &r, "tool", 12, 15, 1000, 60, 60);   /* a tool: each has a trade */
    add(w, &r, "blend", 12, 15, 3000, 25, 100); /* trades that overlap */
    add(w, &r, "other", 40, 10, 6000, 40, 60);
    laid_out l = lay_out(w, 0, false);
    double dealt = excess(&l, "dealt_"), tool = excess(&l, "tool_"), blend = excess(&l, "blend_");
    /* not quite 0: rarity counts accounts, so a word twice in one account is rarer than in two */
    assert_true(fabs(dealt) < 0.15);
    assert_true(tool > 0.8);
    assert_true(blend > dealt + 0.1 && blend < tool);
    take_away(&l);
    world_free(w);
  }
}

/* a template's own words, the same in every slot, must not make slots alike */
static void test_frames_do_not_count(void **state)
{
  (void)state;
  world *w = world_new();
  luck r = {5};
  for (unsigned i = 0; i < 12; i++)
    for (unsigned k = 0; k < 15; k++) {
      char slot[300], own[300], text[WORLD_TXT];
      luck mine = {i + 100}; /* a private frame: the same words each time */
      words_text(&mine, 500 + 20 * i, 20, 6, own, sizeof own);
      words_text(&r, 0, 400, 12, slot, sizeof slot);
      snprintf(text, sizeof text, "%s\nPlease translate the following carefully.\n%s", own, slot);
      world_say(w,
                (call){.who = world_name(w, "dealt", i), .at = luck_unit(&r) * DAY, .user = text});
    }
  add(w, &r, "other", 40, 10, 6000, 40, 60);
  laid_out l = lay_out(w, 0, false);
  assert_true(fabs(excess(&l, "dealt_")) < 0.12);
  take_away(&l);
  world_free(w);
}

/* groups too large to be compared whole: a sample says the same */
static void test_large_groups(void **state)
{
  (void)state;
  world *w = world_new();
  luck r = {6};
  static rt__own own[RT__SLOTS_MAX];
  add(w, &r, "dealt", 300, 8, 0, 0, 900);
  add(w, &r, "tool", 300, 8, 2000, 40, 40);
  laid_out l = lay_out(w, 0, false);
  assert_true(fabs(excess(&l, "dealt_")) < 0.08);
  assert_true(excess(&l, "tool_") > 0.8);
  rt__idf f = rarity_of(&l);
  rt__group g = all_named(&l, "dealt_");
  size_t n = own_of(&l.s, &f, &g, own), slots = 0;
  for (size_t i = 0; i < n; i++) {
    assert_true(i == 0 || own[i].account > own[i - 1].account);
    slots += own[i].slots;
  }
  assert_true(slots <= RT__SLOTS_MAX && slots > RT__SLOTS_MAX / 2);
  rt__group_free(rt_alloc_default(), &g);
  rt__idf_free(&f);
  take_away(&l);
  world_free(w);
}

static void test_reference(void **state)
{
  (void)state;
  world *w = world_new();
  luck r = {7};
  double ref[RT__SLOTS_MAX], again[RT__SLOTS_MAX];
  add(w, &r, "tool", 60, 12, 0, 60, 60);
  laid_out l = lay_out(w, 0, false), shuffled = lay_out(w, 9, false);
  rt__idf f = rarity_of(&l), f2 = rarity_of(&shuffled);
  size_t n = reference_of(&l.s, &f, ref, RT__SLOTS_MAX);
  assert_true(n >= 48 && n <= 60); /* five deals of twelve */
  for (size_t i = 0; i < n; i++)
    assert_true(ref[i] >= 0 && ref[i] <= 0.98 && (i == 0 || ref[i] >= ref[i - 1]));
  assert_true(ref[n / 2] > 0.8); /* unrelated owners keep to their own */
  assert_int_equal(reference_of(&shuffled.s, &f2, again, RT__SLOTS_MAX), n);
  assert_memory_equal(ref, again, n * sizeof *ref);
  assert_int_equal(reference_of(&l.s, &f, again, 7), 7);
  rt__idf_free(&f);
  rt__idf_free(&f2);
  take_away(&l);
  take_away(&shuffled);
  world_free(w);
}

/* ---- re-use */

static rt__reuse reuse_of(world *w)
{
  laid_out l = lay_out(w, 0, false);
  rt__group g = all_named(&l, "g_");
  rt__reuse u;
  assert_int_equal(rt__slots_reuse(&l.s, &g, &u), RT_OK);
  rt__group_free(rt_alloc_default(), &g);
  take_away(&l);
  world_free(w);
  return u;
}

static void ask(world *w, unsigned who, unsigned question, double at)
{
  char text[60];
  snprintf(text, sizeof text, "question %c%c%c", 'a' + question / 676, 'a' + question / 26 % 26,
           'a' + question % 26);
  world_say(w, (call){.who = world_name(w, "g", who), .at = at, .user = text});
}

/* a list dealt once, or to k accounts each: no popular question, none by chance */
static void test_dealt_k_times(void **state)
{
  (void)state;
  for (unsigned k = 1; k <= 5; k++) {
    world *w = world_new();
    unsigned turn = 0;
    for (unsigned q = 0; q < 300; q++)
      for (unsigned x = 0; x < k; x++, turn++)
        ask(w, turn % 13, q, turn);
    rt__reuse u = reuse_of(w);
    assert_true(u.users == k && u.shared == (k > 1));
    assert_true(u.within == 0 && u.fresh == 1);
    assert_true(k == 1 ? u.dispersion == 1 : fabs(u.dispersion) < 1e-9);
  }
}

/* people draw from what is in fashion: few questions take most of the askings */
static void test_popular_prompts(void **state)
{
  (void)state;
  world *w = world_new();
  luck r = {8};
  for (unsigned i = 0; i < 30; i++)
    for (int k = 0; k < 20; k++)
      ask(w, i, (unsigned)(1000 * pow(luck_unit(&r), 4)), k);
  rt__reuse u = reuse_of(w);
  assert_true(u.dispersion > 1.5);
  assert_true(u.users > 1.2 && u.shared > 0.05 && u.within > 0.02);
}

/* drawing lots from a list: a question's askers are counted by chance alone */
static void test_chance_meetings(void **state)
{
  (void)state;
  world *w = world_new();
  luck r = {9};
  for (unsigned i = 0; i < 200; i++)
    for (int k = 0; k < 10; k++)
      ask(w, i, luck_below(&r, 2000), k);
  rt__reuse u = reuse_of(w);
  assert_true(u.dispersion > 0.8 && u.dispersion < 1.5);
  assert_true(u.users > 1.3 && u.users < 1.8); /* 1 / (1 - 1 / e) */
}

/* a list that lasts for nine tenths of the work is begun again: no question comes to three */
static void test_begun_again(void **state)
{
  (void)state;
  world *w = world_new();
  luck r = {12};
  for (unsigned k = 0; k < 1000; k++)
    ask(w, luck_below(&r, 25), k % 900, k);
  rt__reuse u = reuse_of(w);
  assert_true(u.thrice == 0 && u.met > 5 && u.partners > 0.7);
  assert_true(fabs(u.met - 900 * (u.users - 1) * (u.users - 1) * 2 / 3) < 1e-9);
}

/* what chance would leave is what chance leaves; two keys of one person meet each other only */
static void test_met_by_chance(void **state)
{
  (void)state;
  luck r = {13};
  double thrice = 0, met = 0;
  for (int round = 0; round < 10; round++) {
    world *w = world_new();
    for (unsigned k = 0; k < 1000; k++)
      ask(w, luck_below(&r, 25), luck_below(&r, 4000), k);
    rt__reuse u = reuse_of(w);
    thrice += u.thrice;
    met += u.met;
    assert_true(u.partners > 0.7);
  }
  assert_true(met > 60 && fabs(thrice / met - 1) < 0.3);
  world *w = world_new();
  for (unsigned k = 0; k < 600; k++)
    for (unsigned key = 0; key < 2; key++)
      ask(w, 2 * (k % 10) + key, k, k);
  assert_true(reuse_of(w).partners < 0.05);
}

/* an exam: everybody has every question, again each night */
static void test_exam(void **state)
{
  (void)state;
  world *w = world_new();
  for (unsigned i = 0; i < 8; i++)
    for (unsigned k = 0; k < 100; k++)
      ask(w, i, k % 50, k);
  rt__reuse u = reuse_of(w);
  assert_true(u.users == 8 && u.shared == 1);
  assert_true(u.within == 0.5 && u.fresh == 0.5);
}

static void test_reuse_of_nothing(void **state)
{
  (void)state;
  world *w = world_new();
  world_say(w, (call){.who = "g_1", .at = 1, .blind = true});
  rt__reuse u = reuse_of(w);
  assert_true(u.users == 1 || u.users == 0);
  assert_true(u.shared == 0 && u.within == 0 && u.fresh == 1);
}

/* ---- no memory */

static void test_no_memory(void **state)
{
  (void)state;
  world *w = world_new();
  luck r = {10};
  static rt__own own[RT__SLOTS_MAX];
  double ref[40];
  add(w, &r, "g", 13, 8, 0, 10, 60);
  laid_out l = lay_out(w, 0, false);
  rt__idf f = rarity_of(&l);
  rt__group g = all_named(&l, "g_");
  for (test_alloc t = {0}; test_alloc_again(&t);) {
    rt_alloc a = test_alloc_of(&t);
    rt__starts s = l.s;
    rt__idf mine;
    rt__reuse u;
    s.alloc = &a;
    rt_code c = rt__idf_build(&a, &s, &mine);
    bool built = c == RT_OK;
    size_t n;
    if (c == RT_OK)
      c = rt__slots_own(&s, &f, &g, own, &n);
    if (c == RT_OK)
      c = rt__slots_reuse(&s, &g, &u);
    if (c == RT_OK)
      c = rt__slots_reference(&s, &f, ref, NULL, 40, &n);
    if (built)
      rt__idf_free(&mine);
    assert_survived(&t, c);
  }
  rt__group_free(rt_alloc_default(), &g);
  rt__idf_free(&f);
  take_away(&l);
  world_free(w);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_idf_against_plain),
      cmocka_unit_test(test_own_against_slow),
      cmocka_unit_test(test_one_list_or_own_material),
      cmocka_unit_test(test_frames_do_not_count),
      cmocka_unit_test(test_large_groups),
      cmocka_unit_test(test_reference),
      cmocka_unit_test(test_dealt_k_times),
      cmocka_unit_test(test_popular_prompts),
      cmocka_unit_test(test_chance_meetings),
      cmocka_unit_test(test_exam),
      cmocka_unit_test(test_begun_again),
      cmocka_unit_test(test_met_by_chance),
      cmocka_unit_test(test_reuse_of_nothing),
      cmocka_unit_test(test_no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
