/* Communities, held against the best of all partitions on small graphs and against what must be
 * true of any result on larger ones. */
#include "link/leiden.h"
#include "support/failing_alloc.h"
#include "support/small_world.h"

#define NODES 400
#define EDGES 20000

typedef struct net {
  uint32_t n;
  size_t m;
  rt__edge e[EDGES];
} net;

static void link_two(net *g, uint32_t a, uint32_t b, double w)
{
  assert_true(g->m < EDGES);
  g->e[g->m++] = (rt__edge){a, b, w};
}

/* the quality that leiden.h defines */
static double quality(const net *g, const uint32_t *label, double resolution)
{
  double q = 0;
  for (size_t i = 0; i < g->m; i++)
    q += label[g->e[i].a] == label[g->e[i].b] ? g->e[i].w : 0;
  for (uint32_t i = 0; i < g->n; i++)
    for (uint32_t j = 0; j < i; j++)
      q -= label[i] == label[j] ? resolution : 0;
  return q;
}

static uint32_t run(const net *g, double resolution, uint32_t *label)
{
  uint32_t k = 99;
  assert_int_equal(rt__leiden(rt_alloc_default(), g->n, g->e, g->m, resolution, label, &k), RT_OK);
  return k;
}

/* labels 0 … k - 1, numbered by their smallest node */
static void assert_numbered(const net *g, const uint32_t *label, uint32_t k)
{
  uint32_t next = 0;
  for (uint32_t i = 0; i < g->n; i++) {
    assert_true(label[i] <= next);
    next += label[i] == next;
  }
  assert_int_equal(next, k);
}

/* nodes reached from the first of its own community must be all of it */
static void assert_connected(const net *g, const uint32_t *label, uint32_t k)
{
  for (uint32_t c = 0; c < k; c++) {
    bool in[NODES] = {false};
    uint32_t first = 0;
    while (label[first] != c)
      first++;
    in[first] = true;
    for (bool grown = true; grown;) {
      grown = false;
      for (size_t i = 0; i < g->m; i++) {
        uint32_t a = g->e[i].a, b = g->e[i].b;
        if (label[a] == c && label[b] == c && in[a] != in[b])
          in[a] = in[b] = grown = true;
      }
    }
    for (uint32_t i = 0; i < g->n; i++)
      assert_true(label[i] != c || in[i]);
  }
}

static void components(const net *g, uint32_t *label)
{
  for (uint32_t i = 0; i < g->n; i++)
    label[i] = i;
  for (bool changed = true; changed;) {
    changed = false;
    for (size_t i = 0; i < g->m; i++) {
      uint32_t *a = &label[g->e[i].a], *b = &label[g->e[i].b];
      if (*a != *b) {
        *a = *b = *a < *b ? *a : *b;
        changed = true;
      }
    }
  }
}

/* nodes that would gain by moving to another community or by going alone. One run of the method
 * does not promise none: whole parts move in its later rounds, not their nodes. */
static uint32_t unsettled(const net *g, const uint32_t *label, uint32_t k, double resolution)
{
  double size[NODES] = {0};
  uint32_t n = 0;
  for (uint32_t i = 0; i < g->n; i++)
    size[label[i]]++;
  for (uint32_t i = 0; i < g->n; i++) {
    double to[NODES] = {0}, best = 0;
    for (size_t x = 0; x < g->m; x++) {
      if (g->e[x].a == i)
        to[label[g->e[x].b]] += g->e[x].w;
      if (g->e[x].b == i)
        to[label[g->e[x].a]] += g->e[x].w;
    }
    for (uint32_t c = 0; c < k; c++)
      if (c != label[i] && to[c] - resolution * size[c] > best)
        best = to[c] - resolution * size[c];
    n += best > to[label[i]] - resolution * (size[label[i]] - 1) + 1e-9;
  }
  return n;
}

static void assert_good(const net *g, double resolution)
{
  uint32_t label[NODES], other[NODES], k = run(g, resolution, label);
  double q = quality(g, label, resolution);
  assert_numbered(g, label, k);
  assert_connected(g, label, k);
  assert_true(q >= -1e-9); /* all alone would be 0 */
  components(g, other);
  assert_true(q >= quality(g, other, resolution) - 1e-9);
}

/* ---- small graphs: every partition is tried */

static double best_of_all(const net *g, double resolution, uint32_t *label, uint32_t at, uint32_t k)
{
  if (at == g->n)
    return quality(g, label, resolution);
  double best = -1e9;
  for (uint32_t c = 0; c <= k; c++) {
    label[at] = c;
    double q = best_of_all(g, resolution, label, at + 1, c == k ? k + 1 : k);
    best = q > best ? q : best;
  }
  return best;
}

static void random_net(luck *r, net *g, uint32_t n, double share)
{
  *g = (net){.n = n};
  for (uint32_t b = 1; b < n; b++)
    for (uint32_t a = 0; a < b; a++)
      if (luck_unit(r) < share)
        link_two(g, a, b, 0.25 * (1 + luck_below(r, 8)));
}

static void test_against_every_partition(void **state)
{
  (void)state;
  static net g;
  luck r = {1};
  int best = 0, all = 600;
  double reached = 0, possible = 0;
  for (int i = 0; i < all; i++) {
    uint32_t label[8], n = 2 + luck_below(&r, 6);
    double resolution = 0.05 + 1.2 * luck_unit(&r);
    random_net(&r, &g, n, 0.2 + 0.7 * luck_unit(&r));
    double most = best_of_all(&g, resolution, label, 0, 0);
    run(&g, resolution, label);
    double q = quality(&g, label, resolution);
    assert_true(q <= most + 1e-9);
    best += q > most - 1e-9;
    reached += q;
    possible += most;
    assert_good(&g, resolution);
  }
  assert_true(best >= 0.95 * all); /* a heuristic, but not a poor one */
  assert_true(reached >= 0.99 * possible);
}

/* ---- larger graphs: what must hold of any result */

static void test_random_graphs(void **state)
{
  (void)state;
  static net g;
  luck r = {2};
  uint32_t nodes = 0, would_move = 0;
  for (int i = 0; i < 12; i++) {
    uint32_t label[NODES];
    double resolution = 0.1 + luck_unit(&r);
    random_net(&r, &g, 20 + luck_below(&r, 130), 0.03 + 0.2 * luck_unit(&r));
    assert_good(&g, resolution);
    would_move += unsettled(&g, label, run(&g, resolution, label), resolution);
    nodes += g.n;
  }
  assert_true(would_move <= nodes / 20);
}

/* thin graphs at a low resolution: where the parts of a community are not kept apart between
 * rounds, a node that held two of them together can leave (some two in a hundred of these) */
static void test_communities_hang_together(void **state)
{
  (void)state;
  static net g;
  for (uint64_t seed = 0; seed < 100; seed++) {
    luck r = {seed * 77 + 3};
    uint32_t label[NODES];
    random_net(&r, &g, 150, 0.08);
    assert_connected(&g, label, run(&g, 0.04, label));
  }
}

static void test_order_of_edges_is_nothing(void **state)
{
  (void)state;
  static net g;
  luck r = {3};
  for (int i = 0; i < 30; i++) {
    uint32_t a[NODES], b[NODES];
    random_net(&r, &g, 30 + luck_below(&r, 50), 0.2);
    uint32_t k = run(&g, 0.4, a);
    for (size_t x = g.m; x > 1; x--) {
      size_t y = luck_below(&r, (unsigned)x);
      rt__edge t = g.e[x - 1];
      g.e[x - 1] = g.e[y];
      g.e[y] = luck_below(&r, 2) ? t : (rt__edge){t.b, t.a, t.w};
    }
    assert_int_equal(run(&g, 0.4, b), k);
    assert_memory_equal(a, b, g.n * sizeof *a);
  }
}

/* ---- shapes */

static void clique(net *g, uint32_t n)
{
  for (uint32_t b = g->n; b < g->n + n; b++)
    for (uint32_t a = g->n; a < b; a++)
      link_two(g, a, b, 1);
  g->n += n;
}

static void assert_cliques(const net *g, uint32_t size, double resolution)
{
  uint32_t label[NODES];
  assert_int_equal(run(g, resolution, label), g->n / size);
  for (uint32_t i = 0; i < g->n; i++)
    assert_int_equal(label[i], i / size);
}

static void test_two_cliques_and_a_bridge(void **state)
{
  (void)state;
  static net g;
  for (uint32_t size = 3; size <= 20; size++) {
    g = (net){.n = 0};
    clique(&g, size);
    clique(&g, size);
    link_two(&g, 0, size, 1);
    assert_cliques(&g, size, 0.3);
    assert_good(&g, 0.3);
  }
}

/* pools chain through accounts on one beat by chance: one component, but not one community */
static void test_chain_of_pools(void **state)
{
  (void)state;
  static net g;
  luck r = {5};
  uint32_t all[NODES];
  g = (net){.n = 0};
  for (int i = 0; i < 20; i++)
    clique(&g, 12);
  for (uint32_t c = 0; c + 1 < 20; c++)
    for (uint32_t x = 0; x < 4; x++)
      link_two(&g, c * 12 + x * 3, (c + 1) * 12 + luck_below(&r, 3) + x * 3, 1);
  components(&g, all);
  for (uint32_t i = 0; i < g.n; i++)
    assert_int_equal(all[i], 0);
  assert_cliques(&g, 12, 0.2);
}

/* pools in which only a part of the pairs is seen are still pools: density is above resolution */
static void test_planted_partition(void **state)
{
  (void)state;
  static net g;
  luck r = {6};
  for (int round = 0; round < 5; round++) {
    g = (net){.n = 200};
    for (uint32_t b = 0; b < 200; b++)
      for (uint32_t a = 0; a < b; a++)
        if (luck_unit(&r) < (a / 25 == b / 25 ? 0.6 : 0.02))
          link_two(&g, a, b, 1);
    assert_cliques(&g, 25, 0.25);
  }
}

static void test_resolution_is_a_density(void **state)
{
  (void)state;
  static net g;
  luck r = {7};
  uint32_t label[NODES], all[NODES];
  random_net(&r, &g, 60, 0.08);
  assert_int_equal(run(&g, 2.5, label), g.n); /* no pair weighs that much */
  run(&g, 1e-7, label);                       /* every link is worth having */
  components(&g, all);
  for (uint32_t i = 0; i < g.n; i++)
    for (uint32_t j = 0; j < i; j++)
      assert_int_equal(label[i] == label[j], all[i] == all[j]);
}

static void test_little_graphs(void **state)
{
  (void)state;
  static net g;
  uint32_t label[NODES];
  g = (net){.n = 0};
  assert_int_equal(run(&g, 1, label), 0);
  g.n = 1;
  assert_int_equal(run(&g, 1, label), 1);
  g.n = 5; /* nobody knows anybody */
  assert_int_equal(run(&g, 1, label), 5);
  assert_numbered(&g, label, 5);
  link_two(&g, 1, 4, 1);
  assert_int_equal(run(&g, 0.5, label), 4);
  assert_int_equal(label[1], label[4]);
}

/* the core of one community by its definition: over all nodes and edges, round by round */
static uint32_t plain_core(const net *g, const uint32_t *label, uint32_t community, bool *in)
{
  uint32_t size = 0;
  for (uint32_t i = 0; i < g->n; i++)
    size += in[i] = label[i] == community;
  for (bool changed = true; changed;) {
    uint32_t knows[NODES] = {0}, leave = 0;
    double least = fmax(RT__KNOWS_PART * size, RT__KNOWS);
    for (size_t e = 0; e < g->m; e++)
      if (in[g->e[e].a] && in[g->e[e].b]) {
        knows[g->e[e].a]++;
        knows[g->e[e].b]++;
      }
    for (uint32_t i = 0; i < g->n; i++)
      if (in[i] && knows[i] < least) {
        in[i] = false;
        leave++;
      }
    size -= leave;
    changed = leave > 0;
  }
  return size;
}

static void test_cores(void **state)
{
  (void)state;
  static net g;
  luck r = {12};
  size_t kept = 0, lost = 0;
  for (int round = 0; round < 200; round++) {
    uint32_t label[60], communities = 1 + luck_below(&r, 4);
    rt__cores cores;
    g = (net){.n = 60};
    for (uint32_t i = 0; i < g.n; i++)
      label[i] = luck_below(&r, communities);
    for (uint32_t i = 0; i < g.n; i++)
      for (uint32_t j = 0; j < i; j++)
        if (luck_below(&r, 100) < (unsigned)(4 + round % 25))
          link_two(&g, j, i, 1);
    assert_int_equal(rt__cores_of(rt_alloc_default(), g.n, g.e, g.m, label, communities, &cores),
                     RT_OK);
    assert_int_equal(cores.n, communities);
    for (uint32_t q = 0, at = 0; q < communities; q++) {
      bool in[60];
      uint32_t size = plain_core(&g, label, q, in);
      assert_int_equal(cores.at[q], at);
      assert_int_equal(cores.at[q + 1] - at, size);
      for (uint32_t i = 0; i < g.n; i++) {
        if (in[i])
          assert_int_equal(cores.node[at++], i);
        kept += in[i];
        lost += label[i] == q && !in[i];
      }
    }
    rt__cores_free(rt_alloc_default(), &cores);
  }
  assert_true(kept > 1000 && lost > 1000); /* both happen */
}

static void test_no_memory_for_cores(void **state)
{
  (void)state;
  static net g;
  luck r = {9};
  random_net(&r, &g, 40, 0.3);
  for (test_alloc t = {0}; test_alloc_again(&t);) {
    rt_alloc a = test_alloc_of(&t);
    rt__cores cores;
    rt_code c = rt__leiden_cores(&a, g.n, g.e, g.m, 0.2, &cores);
    rt__cores_free(&a, &cores);
    assert_survived(&t, c);
  }
}

static void test_no_memory(void **state)
{
  (void)state;
  static net g;
  luck r = {8};
  uint32_t label[NODES], k;
  random_net(&r, &g, 40, 0.3);
  for (test_alloc t = {0}; test_alloc_again(&t);) {
    rt_alloc a = test_alloc_of(&t);
    rt_code c = rt__leiden(&a, g.n, g.e, g.m, 0.5, label, &k);
    assert_survived(&t, c);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_against_every_partition),
      cmocka_unit_test(test_random_graphs),
      cmocka_unit_test(test_communities_hang_together),
      cmocka_unit_test(test_order_of_edges_is_nothing),
      cmocka_unit_test(test_two_cliques_and_a_bridge),
      cmocka_unit_test(test_chain_of_pools),
      cmocka_unit_test(test_planted_partition),
      cmocka_unit_test(test_resolution_is_a_density),
      cmocka_unit_test(test_little_graphs),
      cmocka_unit_test(test_cores),
      cmocka_unit_test(test_no_memory),
      cmocka_unit_test(test_no_memory_for_cores),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
