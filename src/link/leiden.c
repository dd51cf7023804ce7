#include "link/leiden.h"

#define ROUNDS_MAX 20
#define SWEEPS_MAX 50
#define EPSILON    1e-12

/* a graph of one level: nodes stand for `size` original nodes */
typedef struct graph {
  uint32_t n;
  size_t *at; /* n + 1 */
  uint32_t *to;
  double *w;
  double *size;
} graph;

typedef struct work {
  const rt_alloc *alloc;
  double resolution;
  double *weight_to; /* of the node at hand: to each community; 0 outside `touched` */
  uint32_t *touched;
  double *total; /* size of each community */
  uint32_t cap;
} work;

static void graph_free(const rt_alloc *a, graph *g)
{
  size_t m = g->at ? g->at[g->n] : 0;
  rt__free(a, g->to, m * sizeof *g->to);
  rt__free(a, g->w, m * sizeof *g->w);
  rt__free(a, g->at, ((size_t)g->n + 1) * sizeof *g->at);
  rt__free(a, g->size, g->n * sizeof *g->size);
  *g = (graph){0};
}

static rt_code graph_build(const rt_alloc *a, uint32_t n, const rt__edge *e, size_t m, graph *g)
{
  *g = (graph){.n = n};
  g->at = rt__calloc(a, (size_t)n + 1, sizeof *g->at);
  g->size = rt__calloc(a, n, sizeof *g->size);
  size_t *fill = rt__calloc(a, n, sizeof *fill);
  if (!g->at || !g->size || !fill)
    goto fail;
  for (size_t i = 0; i < m; i++) {
    g->at[e[i].a + 1]++;
    g->at[e[i].b + 1]++;
  }
  for (uint32_t i = 0; i < n; i++) {
    g->size[i] = 1;
    fill[i] = g->at[i];
    g->at[i + 1] += g->at[i];
  }
  g->to = rt__calloc(a, 2 * m, sizeof *g->to);
  g->w = rt__calloc(a, 2 * m, sizeof *g->w);
  if (!g->to || !g->w)
    goto fail;
  for (size_t i = 0; i < m; i++) {
    size_t x = fill[e[i].a]++, y = fill[e[i].b]++;
    g->to[x] = e[i].b;
    g->to[y] = e[i].a;
    g->w[x] = g->w[y] = e[i].w;
  }
  rt__free(a, fill, n * sizeof *fill);
  return RT_OK;
fail:
  rt__free(a, fill, n * sizeof *fill);
  if (g->at && (!g->to || !g->w))
    g->at[n] = g->to || g->w ? 2 * m : 0;
  graph_free(a, g);
  return RT_E_NOMEM;
}

/* weights from node i to the communities around it; returns how many were touched */
static uint32_t around(work *k, const graph *g, const uint32_t *label, uint32_t i,
                       const uint32_t *only)
{
  uint32_t n = 0;
  for (size_t e = g->at[i]; e < g->at[i + 1]; e++) {
    uint32_t j = g->to[e], c = label[j];
    if (j == i || (only && only[j] != only[i]))
      continue;
    if (k->weight_to[c] == 0) /* weights are positive: 0 means untouched */
      k->touched[n++] = c;
    k->weight_to[c] += g->w[e];
  }
  return n;
}

/* the best community for node i, which is not counted in k->total now; `fallback` is its old one */
static uint32_t best_move(work *k, const graph *g, uint32_t i, uint32_t n, uint32_t fallback)
{
  uint32_t best = fallback;
  double gain = k->weight_to[fallback] - k->resolution * g->size[i] * k->total[fallback];
  for (uint32_t t = 0; t < n; t++) {
    uint32_t c = k->touched[t];
    double v = k->weight_to[c] - k->resolution * g->size[i] * k->total[c];
    if (v > gain + EPSILON || (v > gain - EPSILON && c < best && v > EPSILON)) {
      best = c;
      gain = v;
    }
  }
  return best;
}

static void forget(work *k, uint32_t n)
{
  for (uint32_t t = 0; t < n; t++)
    k->weight_to[k->touched[t]] = 0;
}

/* moves nodes until nothing improves; returns whether anything moved */
static bool move_nodes(work *k, const graph *g, uint32_t *label)
{
  bool any = false, moved = true;
  memset(k->total, 0, k->cap * sizeof *k->total);
  for (uint32_t i = 0; i < g->n; i++)
    k->total[label[i]] += g->size[i];
  for (int sweep = 0; sweep < SWEEPS_MAX && moved; sweep++) {
    moved = false;
    for (uint32_t i = 0; i < g->n; i++) {
      uint32_t old = label[i], n = around(k, g, label, i, NULL);
      k->total[old] -= g->size[i];
      uint32_t c = best_move(k, g, i, n, old);
      double stay = k->weight_to[c] - k->resolution * g->size[i] * k->total[c];
      if (stay <
          -EPSILON) { /* better alone, if there is an empty label: its own number may be free */
        c = k->total[i] == 0 ? i : c;
      }
      forget(k, n);
      k->total[c] += g->size[i];
      label[i] = c;
      moved |= c != old;
    }
    any |= moved;
  }
  return any;
}

/* splits every community into well-connected parts: singletons that merge where it gains */
static void refine(work *k, const graph *g, const uint32_t *label, uint32_t *part)
{
  memset(k->total, 0, k->cap * sizeof *k->total);
  for (uint32_t i = 0; i < g->n; i++) {
    part[i] = i;
    k->total[i] = g->size[i];
  }
  for (uint32_t i = 0; i < g->n; i++) {
    if (part[i] != i || k->total[i] != g->size[i])
      continue; /* already merged, or others came to it */
    uint32_t n = around(k, g, part, i, label);
    k->total[i] = 0;
    uint32_t c = best_move(k, g, i, n, i);
    forget(k, n);
    k->total[c] += g->size[i];
    part[i] = c;
  }
}

/* renumbers labels 0 … by first appearance; map has g->n entries */
static uint32_t renumber(uint32_t *label, uint32_t n, uint32_t *map)
{
  uint32_t k = 0;
  for (uint32_t i = 0; i < n; i++)
    map[i] = UINT32_MAX;
  for (uint32_t i = 0; i < n; i++) {
    if (map[label[i]] == UINT32_MAX)
      map[label[i]] = k++;
    label[i] = map[label[i]];
  }
  return k;
}

static int by_pair(const rt__edge *x, const rt__edge *y)
{
  return x->a != y->a ? (x->a < y->a ? -1 : 1) : x->b < y->b ? -1 : x->b > y->b;
}

static void sort_edges(rt__edge *e, rt__edge *tmp, size_t n)
{
  if (n < 2)
    return;
  size_t half = n / 2, i = 0, j = half, k = 0;
  sort_edges(e, tmp, half);
  sort_edges(e + half, tmp, n - half);
  while (i < half || j < n)
    tmp[k++] = j == n || (i < half && by_pair(&e[i], &e[j]) <= 0) ? e[i++] : e[j++];
  memcpy(e, tmp, n * sizeof *e);
}

/* the graph whose nodes are the parts */
static rt_code aggregate(const rt_alloc *a, const graph *g, const uint32_t *part, uint32_t n,
                         graph *out)
{
  size_t m = g->at[g->n], k = 0;
  rt__edge *e = rt__calloc(a, 2 * m, sizeof *e);
  if (!e)
    return RT_E_NOMEM;
  for (uint32_t i = 0; i < g->n; i++)
    for (size_t x = g->at[i]; x < g->at[i + 1]; x++)
      if (part[i] < part[g->to[x]])
        e[k++] = (rt__edge){part[i], part[g->to[x]], g->w[x]};
  sort_edges(e, e + m, k);
  size_t u = 0;
  for (size_t i = 0; i < k; i++) {
    if (u && by_pair(&e[u - 1], &e[i]) == 0)
      e[u - 1].w += e[i].w;
    else
      e[u++] = e[i];
  }
  rt_code c = graph_build(a, n, e, u, out);
  rt__free(a, e, 2 * m * sizeof *e);
  if (c != RT_OK)
    return c;
  for (uint32_t i = 0; i < n; i++)
    out->size[i] = 0;
  for (uint32_t i = 0; i < g->n; i++)
    out->size[part[i]] += g->size[i];
  return RT_OK;
}

/* numbers of n each, but for the graph's own, of the nodes of its level */
typedef struct numbers {
  uint32_t *label;   /* community of each original node */
  uint32_t *node_of; /* the level's node that stands for it */
  uint32_t *level;   /* community of each of the level's nodes … */
  uint32_t *part;    /* … and the part of it that is one node of the next level */
  uint32_t *map;     /* scratch */
} numbers;

/* to the next level: a part starts in the community it came from, named after one of its parts */
static void step_up(work *k, const graph *g, uint32_t n, uint32_t parts, numbers *x)
{
  uint32_t *name = x->map, *fresh = k->touched; /* free between moves */
  for (uint32_t i = 0; i < g->n; i++)
    name[i] = UINT32_MAX;
  for (uint32_t i = 0; i < g->n; i++)
    if (name[x->level[i]] == UINT32_MAX || x->part[i] < name[x->level[i]])
      name[x->level[i]] = x->part[i];
  for (uint32_t i = 0; i < n; i++)
    x->node_of[i] = x->part[x->node_of[i]];
  for (uint32_t i = 0; i < g->n; i++)
    fresh[x->part[i]] = name[x->level[i]];
  memcpy(x->level, fresh, parts * sizeof *x->level);
}

static rt_code rounds(work *k, graph *g, uint32_t n, numbers *x)
{
  for (uint32_t i = 0; i < n; i++)
    x->node_of[i] = x->level[i] = i;
  for (int round = 0; round < ROUNDS_MAX; round++) {
    bool moved = move_nodes(k, g, x->level);
    for (uint32_t i = 0; i < n; i++)
      x->label[i] = x->level[x->node_of[i]];
    if (!moved && round > 0)
      return RT_OK;
    refine(k, g, x->level, x->part);
    uint32_t parts = renumber(x->part, g->n, x->map);
    if (parts == g->n)
      return RT_OK;
    graph next;
    rt_code c = aggregate(k->alloc, g, x->part, parts, &next);
    if (c != RT_OK)
      return c;
    step_up(k, g, n, parts, x);
    graph_free(k->alloc, g);
    *g = next;
  }
  return RT_OK;
}

rt_code rt__leiden(const rt_alloc *alloc, uint32_t n, const rt__edge *edges, size_t n_edges,
                   double resolution, uint32_t *label, uint32_t *communities)
{
  graph g;
  *communities = 0;
  rt_code c = graph_build(alloc, n, edges, n_edges, &g);
  if (c != RT_OK)
    return c;
  work k = {.alloc = alloc, .resolution = resolution, .cap = n};
  uint32_t *u = rt__calloc(alloc, n, 5 * sizeof *u);
  k.weight_to = rt__calloc(alloc, n, sizeof *k.weight_to);
  k.total = rt__calloc(alloc, n, sizeof *k.total);
  if (u && k.weight_to && k.total) {
    k.touched = u;
    numbers x = {label, u + n, u + 2 * (size_t)n, u + 3 * (size_t)n, u + 4 * (size_t)n};
    c = rounds(&k, &g, n, &x);
    if (c == RT_OK)
      *communities = renumber(label, n, u);
  } else {
    c = RT_E_NOMEM;
  }
  rt__free(alloc, u, n * 5 * sizeof *u);
  rt__free(alloc, k.weight_to, n * sizeof *k.weight_to);
  rt__free(alloc, k.total, n * sizeof *k.total);
  graph_free(alloc, &g);
  return c;
}
