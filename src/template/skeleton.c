#include "template/skeleton.h"

#include <stdlib.h>

#define FEW_STARTS   8   /* accounts with fewer distinct prompts need a chunk only twice */
#define PROMPTS_READ 512 /* distinct prompts an account that are looked at, hash-chosen */

/* one use of a chunk by an account: in how many of its distinct prompts */
typedef struct use {
  uint32_t chunk, account, count;
} use;

typedef struct uses {
  const rt_alloc *alloc;
  use *u;
  size_t n, cap;
} uses;

typedef struct miner {
  const rt__starts *s;
  const rt_alloc *alloc;
  rt__map counts;  /* of the account at hand: chunk -> prompts */
  uint32_t *rows;  /* of the account at hand, distinct prompts */
  rt__pair *pairs; /* for sorting them */
  rt__pair *tmp;
  size_t widest;
  uses uses;      /* recurring, by account */
  rt__map chunks; /* shared chunk -> index */
  size_t n_chunks;
  uint32_t *users, *big, *big_again; /* of a shared chunk */
  uint32_t *parent;                  /* union-find over shared chunks */
} miner;

static rt_code uses_add(uses *l, use u)
{
  if (l->n == l->cap) {
    size_t cap = l->cap ? l->cap * 2 : 1024;
    use *p = rt__realloc(l->alloc, l->u, l->cap, cap, sizeof *p);
    if (!p)
      return RT_E_NOMEM;
    l->u = p;
    l->cap = cap;
  }
  l->u[l->n++] = u;
  return RT_OK;
}

/* ---- the rows of one account, one a distinct prompt */

static size_t distinct_rows(miner *m, uint32_t account)
{
  const rt__starts *s = m->s;
  size_t n = 0;
  for (uint32_t r = s->first[account]; r < s->first[account + 1]; r++)
    if (s->flags[r] & RT__S_TEXT)
      m->pairs[n++] = (rt__pair){s->prompt[r], r};
  rt__sort_pairs(m->pairs, m->tmp, n);
  size_t k = 0;
  for (size_t i = 0; i < n; i++)
    if (i == 0 || m->pairs[i].key != m->pairs[i - 1].key)
      m->rows[k++] = (uint32_t)m->pairs[i].val;
  return k > PROMPTS_READ ? PROMPTS_READ
                          : k; /* they stand in hash order: the cut is a fair sample */
}

static rt_code count_chunks(miner *m, size_t rows)
{
  uint32_t c[RT__STARTS_CHUNKS];
  rt__map_clear(&m->counts);
  for (size_t i = 0; i < rows; i++) {
    size_t n = rt__starts_chunks(m->s, m->rows[i], c);
    for (size_t k = 0; k < n; k++) {
      uint64_t *v = rt__map_put(&m->counts, c[k], NULL);
      if (!v)
        return RT_E_NOMEM;
      (*v)++;
    }
  }
  return RT_OK;
}

static bool recurs(uint64_t count, size_t prompts)
{
  return count >= 3 || (count >= 2 && prompts < FEW_STARTS);
}

static int by_count(const void *a, const void *b)
{
  const use *x = a, *y = b;
  if (x->count != y->count)
    return x->count > y->count ? -1 : 1;
  return x->chunk < y->chunk ? -1 : x->chunk > y->chunk;
}

/* pass 1: the recurring chunks of each account */
static rt_code find_recurring(miner *m)
{
  for (uint32_t a = 0; a < m->s->n_accounts; a++) {
    size_t rows = distinct_rows(m, a), from = m->uses.n;
    if (rows < 2)
      continue;
    if (count_chunks(m, rows) != RT_OK)
      return RT_E_NOMEM;
    for (size_t i = 0; i < m->counts.cap; i++)
      if (m->counts.used[i] && recurs(m->counts.vals[i], rows)) {
        use u = {(uint32_t)m->counts.keys[i], a, (uint32_t)m->counts.vals[i]};
        if (uses_add(&m->uses, u) != RT_OK)
          return RT_E_NOMEM;
      }
    if (m->uses.n > from)
      qsort(m->uses.u + from, m->uses.n - from, sizeof(use), by_count);
    if (m->uses.n - from > RT__SKEL_PER_ACCOUNT)
      m->uses.n = from + RT__SKEL_PER_ACCOUNT;
  }
  return RT_OK;
}

/* shared chunks get an index in the order of their hashes */
static rt_code index_shared(miner *m)
{
  rt__pair *p = rt__calloc(m->alloc, m->uses.n * 2, sizeof *p);
  if (!p)
    return RT_E_NOMEM;
  for (size_t i = 0; i < m->uses.n; i++)
    p[i] = (rt__pair){m->uses.u[i].chunk, i};
  rt__sort_pairs(p, p + m->uses.n, m->uses.n);
  rt_code c = RT_OK;
  for (size_t i = 0, j; i < m->uses.n && c == RT_OK; i = j) {
    for (j = i; j < m->uses.n && p[j].key == p[i].key; j++)
      ;
    if (j - i < RT__SKEL_MIN_ACCOUNTS)
      continue;
    uint64_t *v = rt__map_put(&m->chunks, p[i].key, NULL);
    if (!v)
      c = RT_E_NOMEM;
    else
      *v = m->n_chunks++;
  }
  rt__free(m->alloc, p, m->uses.n * 2 * sizeof *p);
  size_t n = m->n_chunks;
  m->users = rt__calloc(m->alloc, n, sizeof *m->users);
  m->big = rt__calloc(m->alloc, n, sizeof *m->big);
  m->big_again = rt__calloc(m->alloc, n, sizeof *m->big_again);
  m->parent = rt__calloc(m->alloc, n, sizeof *m->parent);
  return c == RT_OK && m->users && m->big && m->big_again && m->parent ? RT_OK : RT_E_NOMEM;
}

/* pass 2: who meets a shared chunk at all, and who meets it again */
static rt_code count_again(miner *m)
{
  for (uint32_t a = 0; a < m->s->n_accounts; a++) {
    size_t rows = distinct_rows(m, a);
    if (rows < FEW_STARTS)
      continue;
    if (count_chunks(m, rows) != RT_OK)
      return RT_E_NOMEM;
    for (size_t i = 0; i < m->counts.cap; i++) {
      uint64_t *at = m->counts.used[i] ? rt__map_get(&m->chunks, m->counts.keys[i]) : NULL;
      if (!at)
        continue;
      m->big[*at]++;
      m->big_again[*at] += recurs(m->counts.vals[i], rows);
    }
  }
  return RT_OK;
}

static bool is_template(const miner *m, size_t i)
{
  return m->big[i] < 3 || 2 * m->big_again[i] >= m->big[i];
}

/* ---- joining chunks with the same users */

static uint32_t root(miner *m, uint32_t i)
{
  while (m->parent[i] != i) {
    m->parent[i] = m->parent[m->parent[i]];
    i = m->parent[i];
  }
  return i;
}

static void join(miner *m, uint32_t i, uint32_t j)
{
  uint32_t a = root(m, i), b = root(m, j);
  if (a < b)
    m->parent[b] = a;
  else
    m->parent[a] = b;
}

/* the shared chunks that each account uses, as one pair list (chunk i, chunk j) with i < j */
static rt_code pair_up(miner *m, rt__pair **out, size_t *n_out)
{
  size_t n = 0, cap = 0;
  rt__pair *p = NULL;
  uint32_t mine[RT__SKEL_PER_ACCOUNT];
  for (size_t i = 0, j; i < m->uses.n; i = j) {
    size_t k = 0;
    for (j = i; j < m->uses.n && m->uses.u[j].account == m->uses.u[i].account; j++) {
      uint64_t *at = rt__map_get(&m->chunks, m->uses.u[j].chunk);
      if (at && is_template(m, *at))
        mine[k++] = (uint32_t)*at;
    }
    if (n + k * k > cap) {
      size_t want = (n + k * k) * 2;
      rt__pair *q = rt__realloc(m->alloc, p, cap, want, sizeof *q);
      if (!q) {
        rt__free(m->alloc, p, cap * sizeof *p);
        return RT_E_NOMEM;
      }
      p = q;
      cap = want;
    }
    for (size_t x = 0; x < k; x++) {
      m->users[mine[x]]++;
      for (size_t y = 0; y < k; y++)
        if (mine[x] < mine[y])
          p[n++] = (rt__pair){(uint64_t)mine[x] << 32 | mine[y], 0};
    }
  }
  rt__pair *fit = rt__realloc(m->alloc, p, cap, n * 2, sizeof *fit);
  if (!fit) {
    rt__free(m->alloc, p, cap * sizeof *p);
    return RT_E_NOMEM;
  }
  *out = fit;
  *n_out = n;
  return RT_OK;
}

static rt_code join_alike(miner *m)
{
  rt__pair *p;
  size_t n;
  for (uint32_t i = 0; i < m->n_chunks; i++)
    m->parent[i] = i;
  rt_code c = pair_up(m, &p, &n);
  if (c != RT_OK)
    return c;
  rt__sort_pairs(p, p + n, n);
  for (size_t i = 0, j; i < n; i = j) {
    for (j = i; j < n && p[j].key == p[i].key; j++)
      ;
    uint32_t a = (uint32_t)(p[i].key >> 32), b = (uint32_t)p[i].key;
    size_t both = j - i;
    if (2 * both >= m->users[a] + m->users[b] - both)
      join(m, a, b);
  }
  rt__free(m->alloc, p, n * 2 * sizeof *p);
  return RT_OK;
}

/* ---- pass 3: rows */

typedef struct hit {
  uint32_t skeleton, row;
} hit;

typedef struct hits {
  hit *h;
  size_t n, cap;
} hits;

static rt_code hits_add(const rt_alloc *a, hits *l, hit h)
{
  if (l->n == l->cap) {
    size_t cap = l->cap ? l->cap * 2 : 4096;
    hit *p = rt__realloc(a, l->h, l->cap, cap, sizeof *p);
    if (!p)
      return RT_E_NOMEM;
    l->h = p;
    l->cap = cap;
  }
  l->h[l->n++] = h;
  return RT_OK;
}

/* skeletons met by one start, as (skeleton, chunks met); returns how many */
static size_t met_by(miner *m, uint32_t row, uint32_t skeleton[], uint32_t count[])
{
  uint32_t c[RT__STARTS_CHUNKS];
  size_t n = rt__starts_chunks(m->s, row, c), k = 0;
  for (size_t i = 0; i < n; i++) {
    uint64_t *at = rt__map_get(&m->chunks, c[i]);
    if (!at || !is_template(m, *at))
      continue;
    uint32_t r = root(m, (uint32_t)*at);
    size_t j = 0;
    while (j < k && skeleton[j] != r)
      j++;
    if (j == k) {
      skeleton[k] = r;
      count[k++] = 0;
    }
    count[j]++;
  }
  return k;
}

/* half of the chunks make a row; four fifths mark a start that goes with the group on its own */
static rt_code collect(miner *m, const uint32_t *length, hits *rows, hits *nearly)
{
  uint32_t sk[RT__STARTS_CHUNKS], count[RT__STARTS_CHUNKS];
  for (uint32_t r = 0; r < m->s->n; r++) {
    if (!(m->s->flags[r] & RT__S_TEXT))
      continue;
    size_t k = met_by(m, r, sk, count);
    for (size_t i = 0; i < k; i++) {
      uint32_t len = length[sk[i]];
      if (2 * count[i] >= len && hits_add(m->alloc, rows, (hit){sk[i], r}) != RT_OK)
        return RT_E_NOMEM;
      if (len >= 2 && 5 * count[i] >= 4 * len &&
          hits_add(m->alloc, nearly, (hit){sk[i], r}) != RT_OK)
        return RT_E_NOMEM;
    }
  }
  return RT_OK;
}

static int by_skeleton(const void *a, const void *b)
{
  const hit *x = a, *y = b;
  if (x->skeleton != y->skeleton)
    return x->skeleton < y->skeleton ? -1 : 1;
  return x->row < y->row ? -1 : x->row > y->row;
}

/* accounts that carry nearly all of the skeleton once */
static rt_code add_once(miner *m, const hit *h, size_t n, rt__group *g)
{
  g->once = rt__calloc(m->alloc, n, sizeof *g->once);
  g->cap_once = (uint32_t)n;
  if (!g->once)
    return RT_E_NOMEM;
  for (size_t i = 0; i < n; i++) {
    uint32_t a = m->s->account[h[i].row];
    if (!rt__group_has(g, a) && (g->n_once == 0 || g->once[g->n_once - 1] != a))
      g->once[g->n_once++] = a;
  }
  return RT_OK;
}

static rt_code emit(miner *m, const uint32_t *length, hits *rows, hits *nearly, rt__groups *out,
                    uint8_t *carried)
{
  uint32_t *r = rt__calloc(m->alloc, rows->n, sizeof *r);
  rt_code c = r ? RT_OK : RT_E_NOMEM;
  size_t once = 0;
  for (size_t i = 0, j; i < rows->n && c == RT_OK; i = j) {
    rt__group g;
    for (j = i; j < rows->n && rows->h[j].skeleton == rows->h[i].skeleton; j++)
      r[j - i] = rows->h[j].row;
    while (once < nearly->n && nearly->h[once].skeleton < rows->h[i].skeleton)
      once++;
    size_t end = once;
    while (end < nearly->n && nearly->h[end].skeleton == rows->h[i].skeleton)
      end++;
    c = rt__group_from_rows(m->alloc, m->s, r, j - i, RT__SKEL_MIN_ROWS, RT__FROM_SKELETON, &g);
    if (c != RT_OK)
      break;
    if (g.n < RT__SKEL_MIN_ACCOUNTS) {
      rt__group_free(m->alloc, &g);
      continue;
    }
    g.detail = length[rows->h[i].skeleton];
    for (uint32_t k = 0; carried && k < g.at[g.n]; k++)
      carried[g.row[k]] = 1;
    c = rt__groups_by_bundle(out, m->s, &g, RT__SKEL_MIN_ACCOUNTS, RT__SKEL_MIN_ROWS);
    if (c == RT_OK)
      c = add_once(m, nearly->h + once, end - once, &g);
    if (c == RT_OK)
      c = rt__groups_take(out, &g);
    else
      rt__group_free(m->alloc, &g);
  }
  rt__free(m->alloc, r, rows->n * sizeof *r);
  return c;
}

static rt_code rows_of_skeletons(miner *m, rt__groups *out, uint8_t *carried)
{
  hits rows = {NULL, 0, 0}, nearly = {NULL, 0, 0};
  uint32_t *length = rt__calloc(m->alloc, m->n_chunks, sizeof *length);
  rt_code c = length ? RT_OK : RT_E_NOMEM;
  for (uint32_t i = 0; c == RT_OK && i < m->n_chunks; i++)
    length[root(m, i)] += is_template(m, i);
  if (c == RT_OK)
    c = collect(m, length, &rows, &nearly);
  if (c == RT_OK && rows.n) {
    qsort(rows.h, rows.n, sizeof *rows.h, by_skeleton);
    if (nearly.n)
      qsort(nearly.h, nearly.n, sizeof *nearly.h, by_skeleton);
    c = emit(m, length, &rows, &nearly, out, carried);
  }
  rt__free(m->alloc, length, m->n_chunks * sizeof *length);
  rt__free(m->alloc, rows.h, rows.cap * sizeof *rows.h);
  rt__free(m->alloc, nearly.h, nearly.cap * sizeof *nearly.h);
  return c;
}

static rt_code miner_init(miner *m, const rt__starts *s)
{
  *m = (miner){.s = s, .alloc = s->alloc, .uses = {.alloc = s->alloc}};
  for (uint32_t a = 0; a < s->n_accounts; a++)
    if (rt__starts_count(s, a) > m->widest)
      m->widest = rt__starts_count(s, a);
  rt__map_init(&m->counts, s->alloc, SIZE_MAX, 1);
  rt__map_init(&m->chunks, s->alloc, SIZE_MAX, 2);
  m->rows = rt__calloc(s->alloc, m->widest, sizeof *m->rows);
  m->pairs = rt__calloc(s->alloc, m->widest, sizeof *m->pairs);
  m->tmp = rt__calloc(s->alloc, m->widest, sizeof *m->tmp);
  return m->rows && m->pairs && m->tmp ? RT_OK : RT_E_NOMEM;
}

static void miner_free(miner *m)
{
  rt__map_free(&m->counts);
  rt__map_free(&m->chunks);
  rt__free(m->alloc, m->rows, m->widest * sizeof *m->rows);
  rt__free(m->alloc, m->pairs, m->widest * sizeof *m->pairs);
  rt__free(m->alloc, m->tmp, m->widest * sizeof *m->tmp);
  rt__free(m->alloc, m->uses.u, m->uses.cap * sizeof *m->uses.u);
  rt__free(m->alloc, m->users, m->n_chunks * sizeof *m->users);
  rt__free(m->alloc, m->big, m->n_chunks * sizeof *m->big);
  rt__free(m->alloc, m->big_again, m->n_chunks * sizeof *m->big_again);
  rt__free(m->alloc, m->parent, m->n_chunks * sizeof *m->parent);
}

rt_code rt__skeletons(const rt__starts *s, rt__groups *out, uint8_t *carried, rt_error *err)
{
  miner m;
  rt_code c = miner_init(&m, s);
  if (c == RT_OK)
    c = find_recurring(&m);
  if (c == RT_OK)
    c = index_shared(&m);
  if (c == RT_OK)
    c = count_again(&m);
  if (c == RT_OK)
    c = join_alike(&m);
  if (c == RT_OK)
    c = rows_of_skeletons(&m, out, carried);
  miner_free(&m);
  return c == RT_OK ? c : rt__fail(err, c, "no memory for templates");
}
