#include "link/leiden.h"

/* nodes and inner edges of a graph, community by community */
typedef struct sorted {
  uint32_t *at;    /* of communities in node; one more at the end */
  size_t *edge_at; /* likewise in edge */
  uint32_t *node, *knows;
  size_t *edge; /* indexes */
  bool *in;
} sorted;

static bool inner(const rt__edge *e, const uint32_t *label)
{
  return label[e->a] == label[e->b];
}

static void sort_nodes(sorted *s, uint32_t n, const uint32_t *label, uint32_t communities)
{
  for (uint32_t i = 0; i < n; i++)
    s->at[label[i] + 1]++;
  for (uint32_t q = 0; q < communities; q++)
    s->at[q + 1] += s->at[q];
  for (uint32_t i = 0; i < n; i++)
    s->node[s->at[label[i]]++] = i;
  for (uint32_t q = communities; q > 0; q--)
    s->at[q] = s->at[q - 1];
  s->at[0] = 0;
}

static void sort_edges(sorted *s, const rt__edge *e, size_t m, const uint32_t *label,
                       uint32_t communities)
{
  for (size_t i = 0; i < m; i++)
    s->edge_at[label[e[i].a] + 1] += inner(&e[i], label);
  for (uint32_t q = 0; q < communities; q++)
    s->edge_at[q + 1] += s->edge_at[q];
  for (size_t i = 0; i < m; i++)
    if (inner(&e[i], label))
      s->edge[s->edge_at[label[e[i].a]]++] = i;
  for (uint32_t q = communities; q > 0; q--)
    s->edge_at[q] = s->edge_at[q - 1];
  s->edge_at[0] = 0;
}

static void count_friends(sorted *s, const rt__edge *edges, uint32_t q)
{
  for (uint32_t i = s->at[q]; i < s->at[q + 1]; i++)
    s->knows[s->node[i]] = 0;
  for (size_t x = s->edge_at[q]; x < s->edge_at[q + 1]; x++) {
    const rt__edge *e = &edges[s->edge[x]];
    if (s->in[e->a] && s->in[e->b]) {
      s->knows[e->a]++;
      s->knows[e->b]++;
    }
  }
}

/* puts the core of community q to `out`; returns its size */
static uint32_t core_of(sorted *s, const rt__edge *edges, uint32_t q, uint32_t *out)
{
  uint32_t size = s->at[q + 1] - s->at[q], k = 0;
  for (uint32_t i = s->at[q]; i < s->at[q + 1]; i++)
    s->in[s->node[i]] = true;
  for (bool changed = true; changed;) {
    if (size <= RT__KNOWS) /* nobody knows enough: most communities are this small */
      return 0;
    count_friends(s, edges, q);
    double least = RT__KNOWS_PART * size > RT__KNOWS ? RT__KNOWS_PART * size : RT__KNOWS;
    changed = false;
    for (uint32_t i = s->at[q]; i < s->at[q + 1]; i++) {
      uint32_t v = s->node[i];
      if (s->in[v] && s->knows[v] < least) {
        s->in[v] = false;
        changed = true;
        size--;
      }
    }
  }
  for (uint32_t i = s->at[q]; i < s->at[q + 1]; i++)
    if (s->in[s->node[i]])
      out[k++] = s->node[i];
  return k;
}

void rt__cores_free(const rt_alloc *alloc, rt__cores *c)
{
  rt__free(alloc, c->at, ((size_t)c->n + 1) * sizeof *c->at);
  rt__free(alloc, c->node, c->nodes * sizeof *c->node);
  *c = (rt__cores){0};
}

rt_code rt__cores_of(const rt_alloc *alloc, uint32_t n, const rt__edge *edges, size_t n_edges,
                     const uint32_t *label, uint32_t communities, rt__cores *out)
{
  size_t ends = (size_t)communities + 1;
  *out = (rt__cores){.n = communities, .nodes = n};
  out->at = rt__calloc(alloc, ends, sizeof *out->at);
  out->node = rt__calloc(alloc, n, sizeof *out->node);
  sorted s = {.at = rt__calloc(alloc, ends, sizeof *s.at),
              .edge_at = rt__calloc(alloc, ends, sizeof *s.edge_at),
              .node = rt__calloc(alloc, n, 2 * sizeof *s.node),
              .edge = rt__calloc(alloc, n_edges, sizeof *s.edge),
              .in = rt__calloc(alloc, n, sizeof *s.in)};
  bool ok = out->at && out->node && s.at && s.edge_at && s.node && s.edge && s.in;
  if (ok) {
    s.knows = s.node + n;
    sort_nodes(&s, n, label, communities);
    sort_edges(&s, edges, n_edges, label, communities);
    for (uint32_t q = 0; q < communities; q++)
      out->at[q + 1] = out->at[q] + core_of(&s, edges, q, out->node + out->at[q]);
  } else {
    rt__cores_free(alloc, out);
  }
  rt__free(alloc, s.at, ends * sizeof *s.at);
  rt__free(alloc, s.edge_at, ends * sizeof *s.edge_at);
  rt__free(alloc, s.node, n * 2 * sizeof *s.node);
  rt__free(alloc, s.edge, n_edges * sizeof *s.edge);
  rt__free(alloc, s.in, n * sizeof *s.in);
  return ok ? RT_OK : RT_E_NOMEM;
}

rt_code rt__leiden_cores(const rt_alloc *alloc, uint32_t n, const rt__edge *edges, size_t n_edges,
                         double resolution, rt__cores *out)
{
  *out = (rt__cores){0};
  uint32_t *label = rt__calloc(alloc, n, sizeof *label), k = 0;
  rt_code c = label ? rt__leiden(alloc, n, edges, n_edges, resolution, label, &k) : RT_E_NOMEM;
  if (c == RT_OK)
    c = rt__cores_of(alloc, n, edges, n_edges, label, k, out);
  rt__free(alloc, label, n * sizeof *label);
  return c;
}
