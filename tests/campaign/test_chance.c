/* not_chance_p is what it says: of groups that chance made, a share q has a p of q or less. Groups
 * are drawn at random from the accounts of honest worlds, so whatever they have in common is luck.
 */
#include "campaign/significance.h"
#include "sketch/stats.h"

#include "support/small_campaign.h"
#include "support/small_starts.h"

#define GROUPS 60
#define WORLDS 3
#define WIDE   3.3 /* standard deviations: a false alarm in a thousand */

/* accounts of like volume, none in a campaign, none of people who read and write on: from whom the
 * draws of a group of that median are taken, too */
static size_t alike(const rt__detection *d, double rows, uint32_t *out)
{
  size_t n = 0;
  for (uint32_t a = 0; a < d->starts.n_accounts; a++) {
    double k = rt__starts_count(&d->starts, a);
    if (!d->drafts.of[a] && k >= rows / 2 && k <= rows * 2 &&
        rt__starts_followed(&d->starts, a) < 0.2)
      out[n++] = a;
  }
  return n;
}

static double p_of_luck(const rt__detection *d, luck *r, rt__origin origin)
{
  uint32_t pool[400], pick[8];
  rt__chance chance;
  rt__group g;
  size_t n = alike(d, 40 + luck_below(r, 60), pool);
  if (n < 12)
    return NAN;
  size_t m = rt__sample(luck_next(r), pool, n, 6, pick);
  assert_int_equal(rt__group_of_accounts(&d->starts, pick, m, &g), RT_OK);
  g.origin = origin;
  rt__crowd crowd;
  assert_int_equal(rt__crowd_of(d, &crowd), RT_OK);
  assert_int_equal(rt__not_chance(d, &crowd, &g, &chance), RT_OK);
  rt__crowd_free(&crowd);
  rt__group_free(d->alloc, &g);
  return chance.p;
}

/* p of random groups of some worlds, into p; returns how many there are */
static size_t draw_all(rt__origin origin, bool blind, double *p)
{
  size_t n = 0;
  rt_scan_options o;
  rt_scan_options_default(&o);
  for (uint64_t seed = 1; seed <= WORLDS; seed++) {
    luck r = {seed};
    world *w = world_new();
    add_people(w, &r, 10);
    add_back_ends(w, &r, 80);
    for (size_t i = 0; i < w->n; i++)
      w->calls[i].blind = blind;
    laid_out l = lay_out(w, 0, false);
    rt__detection d = {.alloc = rt_alloc_default(), .options = &o, .set = l.set};
    assert_int_equal(rt__detect(&d, NULL), RT_OK);
    for (size_t i = 0; i < GROUPS; i++) {
      double x = p_of_luck(&d, &r, origin);
      if (!isnan(x))
        p[n++] = x;
    }
    rt__detection_free(&d);
    take_away(&l);
    world_free(w);
  }
  return n;
}

/* Where many draws tie, as where nothing is shared at all, a p is larger than it need be: only
 * claims that are too many are false then. */
static void check_rates(const double *p, size_t n, bool ties)
{
  static const double levels[] = {0.05, 0.1, 0.2, 0.5, 0.8};
  for (size_t q = 0; q < sizeof levels / sizeof *levels; q++) {
    double claims = 0, most = (double)n * levels[q];
    for (size_t i = 0; i < n; i++)
      claims += p[i] <= levels[q];
    double room = WIDE * sqrt(most * (1 - levels[q]));
    if (claims > most + room || (!ties && claims < most - room))
      fail_msg("%.0f of %zu groups have a p of %.2f or less", claims, n, levels[q]);
  }
}

static void test_even_days(void **state)
{
  (void)state;
  double p[GROUPS * WORLDS];
  size_t n = draw_all(RT__FROM_SKELETON, false, p);
  assert_true(n > GROUPS * WORLDS / 2);
  check_rates(p, n, false);
}

static void test_one_list(void **state)
{
  (void)state;
  double p[GROUPS * WORLDS];
  size_t n = draw_all(RT__FROM_CLOCK, false, p);
  assert_true(n > GROUPS * WORLDS / 2);
  check_rates(p, n, true);
}

static void test_same_sizes(void **state)
{
  (void)state;
  double p[GROUPS * WORLDS];
  size_t n = draw_all(RT__FROM_CLOCK, true, p);
  assert_true(n > GROUPS * WORLDS / 2);
  check_rates(p, n, false);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_even_days),
      cmocka_unit_test(test_one_list),
      cmocka_unit_test(test_same_sizes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
