#include "link/clock.h"

#include "link/block.h"
#include "sketch/stats.h"

#include <math.h>
#include <stdlib.h>

#define RESOLUTION 0.20 /* share of pairs that must be on one clock inside a community */
#define NEAR_GROWN 0.75 /* lag ratio against many members at once */
#define CORE_MAX   30
#define PIECES     64 /* of the communities of a block, at most */

#define GROWN_LEAST 0.6 /* starts of a stream that skipped turns, as a part of the core's … */
#define GROWN_MOST  1.6
#define KNOWS_CORE  0.4 /* … and near so many of the core */

static double grown_limit(double both)
{
  return 0.05 * both + 0.4;
}

static double grown_reach(double both)
{
  return grown_limit(both) * RT__CLOCK_GRID;
}

/* who is near a member of the core, as (stream, place in the core) */
typedef struct meets {
  rt__pair *p;
  size_t n, cap;
} meets;

static rt_code add_meet(const rt_alloc *a, meets *l, uint32_t i, size_t core)
{
  if (l->n == l->cap) {
    size_t cap = l->cap ? 2 * l->cap : 256; /* twice: room for sorting */
    rt__pair *p = rt__realloc(a, l->p, 2 * l->cap, 2 * cap, sizeof *p);
    if (!p)
      return RT_E_NOMEM;
    l->p = p;
    l->cap = cap;
  }
  l->p[l->n++] = (rt__pair){i, core};
  return RT_OK;
}

/* streams that are no members and of about the core's size */
static rt_code meet_core(const rt__seeker *s, const bool *member, const uint32_t *core, size_t n,
                         double med, meets *out)
{
  const rt__block *b = s->b;
  rt_code c = RT_OK;
  out->n = 0;
  for (size_t k = 0; k < n && c == RT_OK; k++) {
    uint32_t at = core[k];
    rt__side a = {.i = at};
    size_t m =
        rt__near_find(&b->near, b->wave + (size_t)at * RT__WAVES, b->st[at].n, GROWN_LEAST * med,
                      GROWN_MOST * med, grown_reach, rt__block_part(b, at, at), s->found);
    for (size_t x = 0; x < m && c == RT_OK; x++) {
      uint32_t i = s->found[x];
      double size = b->st[i].n;
      double limit = grown_limit(size + b->st[at].n) * rt__block_part(b, at, i);
      if (!member[i] && size > GROWN_LEAST * med && size < GROWN_MOST * med &&
          rt__block_distance(b, &a, i, limit) < limit)
        c = add_meet(b->s->alloc, out, i, k);
    }
  }
  rt__sort_pairs(out->p, out->p + out->cap, out->n);
  return c;
}

/* Whether a stream that skipped turns runs with most of the core; p: its meets, near of them. A
 * median is below only if the lower half is, and that is told without the ratios themselves. */
static bool runs_along(const rt__seeker *s, const rt__pair *p, size_t near, const uint32_t *core,
                       size_t n)
{
  const rt__block *b = s->b;
  double r[12];
  if ((double)near < KNOWS_CORE * (double)n)
    return false;
  size_t k = near < RT__ARRAY_LEN(r) ? near : RT__ARRAY_LEN(r), half = (k + 1) / 2, not = 0;
  const rt__beat *a = &b->beat[p->key];
  for (size_t x = 0; x < k && not <= k - half; x++)
    not += !rt__lag_below(a, &b->beat[core[p[x].val]], NEAR_GROWN, 0, s->scratch);
  if (not > k - half)
    return false;
  for (size_t x = 0; x < k; x++) {
    const rt__beat *c = &b->beat[core[p[x].val]];
    size_t lags;
    r[x] = rt__lag_ratio(a->t, a->n, c->t, c->n, s->scratch, &lags);
  }
  return rt__median(r, k) < NEAR_GROWN;
}

/* a community at work: its members, ascending, and the same as flags */
typedef struct club {
  rt__seeker k;
  bool *member;
  uint32_t *list;
  size_t n;
  meets meets;
} club;

static rt_code grow_once(club *x, bool *added)
{
  const rt__block *b = x->k.b;
  uint32_t core[CORE_MAX];
  double sizes[CORE_MAX];
  size_t k = rt__sample(0xc0e, x->list, x->n, CORE_MAX, core);
  for (size_t i = 0; i < k; i++)
    sizes[i] = b->st[core[i]].n;
  rt_code c = meet_core(&x->k, x->member, core, k, rt__median(sizes, k), &x->meets);
  *added = false;
  for (size_t i = 0, j; i < x->meets.n && c == RT_OK; i = j) {
    const rt__pair *p = x->meets.p + i;
    uint32_t who = (uint32_t)p->key;
    for (j = i; j < x->meets.n && x->meets.p[j].key == who; j++)
      ;
    if (!runs_along(&x->k, p, j - i, core, k))
      continue;
    x->member[who] = *added = true;
    x->list[x->n++] = who;
  }
  rt__sort_u32(x->list, x->n);
  return c;
}

static rt_code emit(const club *x, rt__origin origin, rt__groups *out)
{
  const rt__block *b = x->k.b;
  size_t n = 0, k = 0;
  for (size_t i = 0; i < x->n; i++)
    n += b->st[x->list[i]].n;
  uint32_t *rows = rt__calloc(b->s->alloc, n, sizeof *rows);
  rt__group g;
  if (!rows)
    return RT_E_NOMEM;
  for (size_t i = 0; i < x->n; i++) { /* streams ascend by account */
    const rt__stream *st = &b->st[x->list[i]];
    memcpy(rows + k, st->row, st->n * sizeof *rows);
    k += st->n;
  }
  rt_code c = rt__group_from_rows(b->s->alloc, b->s, rows, n, 1, origin, &g);
  rt__free(b->s->alloc, rows, n * sizeof *rows);
  if (c != RT_OK)
    return c;
  c = origin == RT__FROM_CLOCK ? rt__same_size(b->s, &g) : RT_OK;
  if (c != RT_OK || g.n < RT__CLOCK_MIN) {
    rt__group_free(b->s->alloc, &g);
    return c;
  }
  return rt__groups_take(out, &g);
}

/* where hundreds of strangers are near each other, a handful together is nothing */
static bool by_chance(const club *x)
{
  size_t crowded = 0;
  for (size_t i = 0; i < x->n; i++)
    crowded += rt__block_part(x->k.b, x->list[i], x->list[i]) < 1;
  return x->n < RT__HANDFUL && 2 * crowded > x->n;
}

static rt_code one_club(club *x, const uint32_t *core, size_t n, rt__origin origin, rt__groups *out)
{
  bool added = origin == RT__FROM_CLOCK;
  rt_code c = RT_OK;
  x->n = n;
  for (size_t i = 0; i < n; i++)
    x->member[x->list[i] = core[i]] = true;
  for (int round = 0; round < 2 && added && c == RT_OK; round++)
    c = grow_once(x, &added);
  if (c == RT_OK && !by_chance(x))
    c = emit(x, origin, out);
  for (size_t i = 0; i < x->n; i++)
    x->member[x->list[i]] = false;
  return c;
}

/* the communities of a block, handed out in pieces; each piece's groups are in their order */
typedef struct growing {
  const rt__block *b;
  const rt__cores *cores;
  rt__origin origin;
  size_t n; /* pieces */
  rt__groups out[PIECES];
  rt_code code[PIECES];
} growing;

static rt_code club_init(club *x, const rt__block *b)
{
  const rt_alloc *a = b->s->alloc;
  *x = (club){.member = rt__calloc(a, b->n, sizeof *x->member),
              .list = rt__calloc(a, b->n, sizeof *x->list)};
  rt_code c = rt__seeker_init(&x->k, b);
  return c == RT_OK && !(x->member && x->list) ? RT_E_NOMEM : c;
}

static void club_free(club *x)
{
  const rt__block *b = x->k.b;
  const rt_alloc *a = b->s->alloc;
  rt__free(a, x->meets.p, x->meets.cap * 2 * sizeof *x->meets.p);
  rt__free(a, x->member, b->n * sizeof *x->member);
  rt__free(a, x->list, b->n * sizeof *x->list);
  rt__seeker_free(&x->k);
}

static void grow_piece(void *arg, size_t at)
{
  growing *w = arg;
  const rt__cores *l = w->cores;
  club x;
  size_t from = l->n * at / w->n, to = l->n * (at + 1) / w->n;
  rt__groups_init(&w->out[at], w->b->s->alloc);
  rt_code c = club_init(&x, w->b);
  for (size_t q = from; q < to && c == RT_OK; q++) {
    size_t n = l->at[q + 1] - l->at[q];
    if (n >= RT__CLOCK_MIN)
      c = one_club(&x, l->node + l->at[q], n, w->origin, &w->out[at]);
  }
  club_free(&x);
  w->code[at] = c;
}

/* the groups of all pieces, in order */
static rt_code gather(growing *w, rt__groups *out)
{
  rt_code c = RT_OK;
  for (size_t i = 0; i < w->n; i++) {
    rt__groups *l = &w->out[i];
    c = c == RT_OK ? w->code[i] : c;
    for (size_t k = 0; k < l->n && c == RT_OK; k++) {
      c = rt__groups_take(out, &l->g[k]);
      l->g[k] = (rt__group){.origin = w->origin};
    }
    rt__groups_free(l);
  }
  return c;
}

static rt_code communities(const rt__block *b, const rt__edges *e, const rt__team *team,
                           rt__origin origin, rt__groups *out)
{
  const rt_alloc *a = b->s->alloc;
  rt__cores cores;
  rt_code c = rt__leiden_cores(a, b->n, e->e, e->n, RESOLUTION, &cores);
  if (c == RT_OK) {
    growing w = {.b = b, .cores = &cores, .origin = origin};
    w.n = cores.n < PIECES ? cores.n : PIECES;
    rt__team_run(team, w.n, grow_piece, &w);
    c = gather(&w, out);
  }
  rt__cores_free(a, &cores);
  return c;
}

static rt_code one_block(const rt__starts *s, const rt__stream *st, uint32_t n, rt__origin origin,
                         const float *basis, const rt__team *team, rt__groups *out)
{
  rt__block b;
  rt__edges e = {0};
  rt_code c = rt__block_init(&b, s, st, n, basis);
  if (c != RT_OK)
    return c;
  c = rt__block_pairs(&b, team, &e);
  if (c == RT_OK && e.n)
    c = communities(&b, &e, team, origin, out);
  rt__free(s->alloc, e.e, e.cap * sizeof *e.e);
  rt__block_free(&b);
  return c;
}

static rt_code all_blocks(const rt__starts *s, rt__streams_kind kind, const float *basis,
                          const rt__team *team, rt__groups *out)
{
  rt__streams l;
  rt_code c = rt__streams_build(s, kind, RT__CLOCK_MIN_STARTS, &l);
  for (uint32_t i = 0, j; c == RT_OK && i < l.n; i = j) {
    for (j = i; j < l.n && l.st[j].key == l.st[i].key; j++)
      ;
    if (j - i >= RT__CLOCK_MIN)
      c = one_block(s, l.st + i, j - i, kind == RT__STREAMS_WHOLE ? RT__FROM_WHOLE : RT__FROM_CLOCK,
                    basis, team, out);
  }
  rt__streams_free(&l);
  return c;
}

rt_code rt__clock_groups(const rt__starts *s, const rt__team *team, rt__groups *out, rt_error *err)
{
  float *basis = rt__waves_new(s->alloc);
  rt_code c = basis ? RT_OK : RT_E_NOMEM;
  for (int kind = 0; kind < RT__STREAMS_KINDS && c == RT_OK; kind++)
    c = all_blocks(s, (rt__streams_kind)kind, basis, team, out);
  rt__waves_free(s->alloc, basis);
  return c == RT_OK ? c : rt__fail(err, c, "no memory for clocks");
}
