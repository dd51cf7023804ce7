#include "link/alike_impl.h"
#include "link/hours.h"
#include "link/pooltime.h"
#include "link/seats.h"
#include "sketch/stats.h"

#include <math.h>
#include <stdlib.h>

#define ROWS       6 /* of a stream that makes a crowd … */
#define ROWS_LATE  3 /* … and of one that joins it */
#define LIFE       (2 * 86400.0)
#define WIDTH_ALL  3.0  /* likewise, around the middle of a crowd */
#define SHELL      2.5  /* a box this much wider shows how dense strangers are */
#define CROWD      3.0  /* times as many as strangers would be */
#define EVEN       0.75 /* chi-squared over degrees of freedom, by days … */
#define EVEN_FINE  0.80 /* … and by parts of days … */
#define EVEN_CLEAR 0.40 /* so even by parts that whole days need not be asked */
#define EVEN_Z     4.0  /* … and that far below counting noise, in standard deviations */
#define AMONG      64   /* streams of a box in which seats are looked for that do not stand out */
#define CUSTOMER   0.5  /* share of its accounts' starts that one customer of a pool has, at most */
#define OUTLIER    3.5  /* robust standard deviations */
#define PACE       0.5  /* log rates of whole accounts of one pool differ by less */
#define LEFT       0.5  /* share of a crowd whose hours are the crowd's … */
#define LEFT_TURNS 0.35 /* … or whose turns are, if seats are so even in its own time */
#define TURNS_EVEN 0.55

static const double slack[SIDES] = RT__ALIKE_SLACK;
/* spreads of lengths inside a stream are at least this: repeated prompts are no exact mean */
static const double least_sd[2] = {0.05, 0.3};

static void length_of(const rt__stream *st, const float *column, double least, double *mean,
                      double *var)
{
  double sum = 0, sq = 0;
  for (uint32_t k = 0; k < st->n; k++)
    sum += (double)column[st->row[k]];
  *mean = sum / st->n;
  for (uint32_t k = 0; k < st->n; k++)
    sq += ((double)column[st->row[k]] - *mean) * ((double)column[st->row[k]] - *mean);
  double own = sq / st->n;
  *var = (own > least * least ? own : least * least) / st->n;
}

static shape shape_of(const rt__starts *s, const rt__stream *st, uint32_t index)
{
  shape x = {.stream = index, .lo = s->t[st->row[0]], .hi = s->t[st->row[st->n - 1]]};
  double life = x.hi - x.lo;
  length_of(st, s->log_in, least_sd[0], &x.at[0], &x.var[0]);
  length_of(st, s->log_out, least_sd[1], &x.at[1], &x.var[1]);
  x.at[2] = log((st->n - 1) / (life > 60 ? life : 60));
  x.var[2] = 1.0 / st->n;
  x.core = st->n >= ROWS && life > LIFE;
  return x;
}

/* the largest of three distances, in standard errors */
static double apart(const shape *x, const shape *y)
{
  double most = 0;
  for (int k = 0; k < SIDES; k++) {
    double d = x->at[k] - y->at[k];
    d = d * d / (2 * slack[k] * slack[k] + x->var[k] + y->var[k]);
    most = d > most ? d : most;
  }
  return sqrt(most);
}

static double shell_to_box(void)
{
  return 1 / (SHELL * SHELL * SHELL - 1);
}

/* how many of a bundle's streams are like this one; of many, an estimate from some */
static void count_near(search *f)
{
  uint32_t *some = f->pick;
  size_t k = rt__sample(0xa11, f->core, f->n_core, RT__ALIKE_OTHERS, some);
  double scale = (double)f->n_core / (double)(k ? k : 1);
  for (uint32_t i = 0; i < f->n_core; i++) {
    shape *x = &f->v[f->core[i]];
    for (size_t j = 0; j < k; j++) {
      double d = apart(x, &f->v[some[j]]);
      x->near += d < WIDTH ? scale : 0;
      x->wide += d < WIDTH * SHELL ? scale : 0;
    }
  }
}

static double excess(const shape *x)
{
  return x->near - CROWD * (x->wide - x->near) * shell_to_box();
}

static int by_excess(const void *a, const void *b)
{
  const rt__pair *x = a, *y = b; /* key: excess in thousandths, reversed */
  if (x->key != y->key)
    return x->key < y->key ? -1 : 1;
  return x->val < y->val ? -1 : x->val > y->val;
}

/* ---- a crowd */

static bool inside(const shape *x, const double at[SIDES], double width)
{
  for (int k = 0; k < SIDES; k++) {
    double d = x->at[k] - at[k];
    if (d * d > width * width * (slack[k] * slack[k] + x->var[k]))
      return false;
  }
  return true;
}

static uint32_t gather(const search *f, const double at[SIDES], double width, bool core)
{
  uint32_t n = 0;
  for (uint32_t i = 0; i < f->n; i++)
    if (f->v[i].core == core && !f->v[i].used && inside(&f->v[i], at, width))
      f->pick[n++] = i;
  return n;
}

void rt__alike_middle(const search *f, uint32_t n, double at[SIDES])
{
  for (int k = 0; k < SIDES; k++) {
    for (uint32_t i = 0; i < n; i++)
      f->copy[i] = f->v[f->pick[i]].at[k];
    at[k] = rt__median(f->copy, n);
  }
}

/* those around a stream, then around their middle; *stands_out: more than strangers would be */
static uint32_t crowd_at(const search *f, const shape *x, double at[SIDES], bool *stands_out)
{
  memcpy(at, x->at, sizeof x->at);
  uint32_t n = gather(f, at, WIDTH, true);
  for (int round = 0; round < 2 && n; round++) {
    rt__alike_middle(f, n, at);
    n = gather(f, at, WIDTH_ALL, true);
  }
  double wide = gather(f, at, WIDTH_ALL * SHELL, true);
  n = gather(f, at, WIDTH_ALL, true);
  *stands_out = excess(x) > 0 && n >= CROWD * (wide - n) * shell_to_box();
  return n < RT__ALIKE_MIN ? 0 : n;
}

rt_code rt__alike_group(const search *f, const uint32_t *pick, uint32_t n, rt__origin origin,
                        rt__group *out)
{
  size_t rows_n = 0, k = 0;
  for (uint32_t i = 0; i < n; i++)
    rows_n += f->st[f->v[pick[i]].stream].n;
  uint32_t *rows = rt__calloc(f->s->alloc, rows_n, sizeof *rows);
  if (!rows)
    return RT_E_NOMEM;
  for (uint32_t i = 0; i < n; i++) {
    const rt__stream *st = &f->st[f->v[pick[i]].stream];
    memcpy(rows + k, st->row, st->n * sizeof *rows);
    k += st->n;
  }
  rt_code c = rt__group_from_rows(f->s->alloc, f->s, rows, rows_n, 1, origin, out);
  rt__free(f->s->alloc, rows, rows_n * sizeof *rows);
  return c;
}

/* ---- whose hours are the crowd's */

static double above_noise(const rt__swing *w)
{
  return (w->chi2 - w->df) / sqrt(2 * (w->df > 1 ? w->df : 1));
}

static rt_code drop_strangers(const search *f, rt__group *g, rt__swing *w, bool *keep)
{
  static const double rounds[] = {6, 5, 4, 3.5};
  rt_code c = RT_OK;
  uint32_t measured = 0;
  for (size_t round = 0; round < RT__ARRAY_LEN(rounds) && g->n >= RT__ALIKE_MIN; round++) {
    size_t n = g->n;
    if (g->n != measured)
      c = rt__hours(f->s, g, w, &n);
    if (c != RT_OK || n != g->n)
      return c;
    measured = g->n;
    for (size_t i = 0; i < n; i++)
      keep[i] = above_noise(&w[i]) < rounds[round];
    rt__group_filter(g, keep);
  }
  return c;
}

/* Most of a crowd are one operator's and closer together than the box that caught them: who stands
 * aside of them is a stranger. v: a measure of each; more: how much wider it scatters in an account
 * of few starts. */
static void drop_outliers(const double *v, const double *more, uint32_t n, double least,
                          bool both_sides, double *copy, bool *keep)
{
  memcpy(copy, v, n * sizeof *copy);
  double mid = rt__median(copy, n);
  for (uint32_t i = 0; i < n; i++)
    copy[i] = fabs(v[i] - mid);
  double sd = 1.4826 * rt__median(copy, n);
  sd = (sd > least ? sd : least) * (1 + 3.0 / n); /* of few, it is a rough guess */
  for (uint32_t i = 0; i < n; i++)
    keep[i] &= (both_sides ? fabs(v[i] - mid) : v[i] - mid) <= OUTLIER * sd * more[i];
}

/* lengths and evenness by hours */
static void drop_aside(const search *f, const rt__group *g, const rt__swing *w, double *v,
                       bool *keep)
{
  uint32_t n = g->n;
  double *more = v + (SIDES + 1) * (size_t)n, *copy = more + n;
  for (uint32_t i = 0; i < n; i++) {
    const rt__stream st = {.n = rt__group_rows(g, i), .row = g->row + g->at[i]};
    shape x = shape_of(f->s, &st, i);
    for (int k = 0; k < SIDES; k++)
      v[(size_t)k * n + i] = x.at[k];
    v[SIDES * (size_t)n + i] = w[i].df > 0 ? w[i].chi2 / w[i].df : 1;
    copy[i] = st.n;
  }
  double usual = rt__median(copy, n);
  for (uint32_t i = 0; i < n; i++) {
    double rows = rt__group_rows(g, i);
    more[i] = usual > rows ? sqrt(usual / rows) : 1;
  }
  for (int k = 0; k <= SIDES; k++)
    drop_outliers(v + (size_t)k * n, more, n, k < SIDES ? 0.02 : 0.05, k < SIDES, copy, keep);
}

/* Rate and evenness by the crowd's own clock. A seat's turns come so evenly that a few of them tell
 * its weight; strangers of few starts are as even and as fast as may be. */
static rt_code drop_out_of_turn(const search *f, const rt__group *g, double *v, bool *keep,
                                double *seats)
{
  uint32_t n = g->n;
  double *uneven = v, *rate = v + n, *copy = rate + n;
  size_t ticks;
  double *clock = rt__pool_clock(f->s, g, &ticks);
  for (uint32_t i = 0; clock && i < n; i++) {
    rt__turns t = rt__turns_of(f->s, g->row + g->at[i], rt__group_rows(g, i), clock, ticks);
    uneven[i] = t.uneven;
    rate[i] = t.log_rate;
  }
  if (!clock)
    return RT_E_NOMEM;
  rt__free(f->s->alloc, clock, ticks * sizeof *clock);
  memcpy(copy, uneven, n * sizeof *copy);
  double usual = rt__median(copy, n);
  memcpy(copy, rate, n * sizeof *copy);
  double mid = rt__median(copy, n);
  for (uint32_t i = 0; i < n; i++)
    copy[i] = fabs(uneven[i] - usual);
  double sd = 1.4826 * rt__median(copy, n);
  for (uint32_t i = 0; i < n; i++)
    copy[i] = rt__group_rows(g, i) - 1;
  *seats = rt__seats_keep(uneven, copy, n, keep);
  for (uint32_t i = 0; i < n; i++) {
    double gaps = copy[i], noise = usual * usual / gaps;
    keep[i] &= uneven[i] - usual <= OUTLIER * sqrt(sd * sd + noise / 2) &&
               fabs(rate[i] - mid) <= OUTLIER * sqrt(slack[2] * slack[2] + noise);
  }
  return RT_OK;
}

static rt_code tighten(const search *f, rt__group *g, rt__swing *w, bool *keep, double *seats)
{
  uint32_t n = g->n;
  size_t n_w;
  double *v = rt__calloc(f->s->alloc, n, (SIDES + 3) * sizeof *v);
  rt_code c = v ? rt__hours(f->s, g, w, &n_w) : RT_E_NOMEM;
  if (c == RT_OK && n_w == n) {
    memset(keep, true, n * sizeof *keep);
    drop_aside(f, g, w, v, keep);
    c = drop_out_of_turn(f, g, v, keep, seats);
    rt__group_filter(g, keep);
  }
  rt__free(f->s->alloc, v, n * (SIDES + 3) * sizeof *v);
  return c;
}

typedef rt_code (*table_fn)(const rt__starts *s, const rt__group *g, rt__swing *out, size_t *n);

static rt_code evenness(const search *f, const rt__group *g, table_fn table, rt__swing *w,
                        double *phi, double *z)
{
  size_t n;
  rt__swing all = {0};
  rt_code c = table(f->s, g, w, &n);
  for (size_t i = 0; c == RT_OK && i < n; i++) {
    all.chi2 += w[i].chi2;
    all.df += w[i].df;
  }
  *phi = all.df > 0 ? all.chi2 / all.df : 9;
  *z = -above_noise(&all);
  return c;
}

/* False, or the group with those who fit. A crowd that stands out is mostly theirs; where it does
 * not, a few seats among strangers must be clearly even. */
static rt_code is_dealt(const search *f, rt__group *g, bool tight, bool *stands_out, bool *yes)
{
  uint32_t n = g->n;
  rt__swing *w = rt__calloc(f->s->alloc, n, sizeof *w);
  bool *keep = rt__calloc(f->s->alloc, n, sizeof *keep);
  double day = 9, fine = 9, z = 0, seats = 1, ignore;
  rt_code c = w && keep ? drop_strangers(f, g, w, keep) : RT_E_NOMEM;
  for (int round = 0; tight && c == RT_OK && round < 2 && g->n >= RT__ALIKE_MIN; round++)
    c = tighten(f, g, w, keep, &seats);
  *stands_out &= g->n >= (seats <= TURNS_EVEN ? LEFT_TURNS : LEFT) * n;
  bool enough = g->n >= RT__ALIKE_MIN && (*stands_out || n <= AMONG);
  if (c == RT_OK && enough)
    c = evenness(f, g, rt__hours, w, &fine, &z);
  if (c == RT_OK && enough)
    c = evenness(f, g, rt__days, w, &day, &ignore);
  *yes = enough && (day <= EVEN || fine <= EVEN_CLEAR) && fine <= EVEN_FINE && z >= EVEN_Z &&
         (*stands_out || (day <= EVEN_CLEAR && fine <= EVEN_CLEAR));
  rt__free(f->s->alloc, w, n * sizeof *w);
  rt__free(f->s->alloc, keep, n * sizeof *keep);
  return c;
}

/* ---- pools: the accounts are dealt as a whole, and this program is a small part of it */

/* leaves accounts whose whole traffic is of the size and pace of most */
static rt_code whole_alike(const search *f, rt__group *g)
{
  const rt_alloc *a = f->s->alloc;
  uint32_t n = g->n;
  shape *v = rt__calloc(a, n, sizeof *v);
  double *copy = rt__calloc(a, n, sizeof *copy);
  bool *keep = rt__calloc(a, n, sizeof *keep);
  for (uint32_t i = 0; v && copy && keep && i < n; i++) {
    const rt__stream st = {.n = rt__group_rows(g, i), .row = g->row + g->at[i]};
    v[i] = shape_of(f->s, &st, i);
  }
  for (uint32_t i = 0; v && copy && keep && i < n; i++)
    copy[i] = v[i].at[2];
  double at = v && copy && keep ? rt__median(copy, n) : 0;
  for (uint32_t i = 0; v && copy && keep && i < n; i++)
    keep[i] = fabs(v[i].at[2] - at) < PACE;
  bool ok = v && copy && keep;
  if (ok)
    rt__group_filter(g, keep);
  rt__free(a, v, n * sizeof *v);
  rt__free(a, copy, n * sizeof *copy);
  rt__free(a, keep, n * sizeof *keep);
  return ok ? RT_OK : RT_E_NOMEM;
}

static rt_code try_pool(const search *f, const rt__group *g, rt__group *out, bool *yes)
{
  bool stands_out = true;
  *yes = false;
  rt_code c = rt__group_of_accounts(f->s, g->account, g->n, out);
  if (c != RT_OK)
    return c;
  out->origin = RT__FROM_CUSTOMERS;
  c = whole_alike(f, out);
  if (c == RT_OK && out->n >= LEFT * g->n &&
      (double)g->at[g->n] <= CUSTOMER * (double)out->at[out->n])
    c = is_dealt(f, out, false, &stands_out, yes);
  if (c != RT_OK || !*yes)
    rt__group_free(f->s->alloc, out);
  return c;
}

/* ---- one bundle */

static rt_code try_crowd(search *f, shape *x, rt__groups *out)
{
  double at[SIDES];
  bool yes = false, stands_out;
  rt__group g, pool;
  uint32_t n = crowd_at(f, x, at, &stands_out);
  x->used = true;
  if (n == 0 || (!stands_out && n > AMONG))
    return RT_OK;
  rt_code c = rt__alike_group(f, f->pick, n, RT__FROM_ALIKE, &g);
  if (c != RT_OK)
    return c;
  c = try_pool(f, &g, &pool, &yes);
  if (c == RT_OK && yes) {
    rt__group_free(f->s->alloc, &g);
    g = pool;
  } else if (c == RT_OK) {
    c = is_dealt(f, &g, true, &stands_out, &yes);
    if (c == RT_OK && yes)
      c = rt__alike_add(f, &g);
  }
  if (c != RT_OK || !yes) {
    rt__group_free(f->s->alloc, &g);
    return c;
  }
  rt__alike_mark(f, &g);
  return rt__groups_take(out, &g);
}

static rt_code crowds(search *f, rt__groups *out)
{
  rt__pair *order = rt__calloc(f->s->alloc, f->n_core, sizeof *order);
  rt_code c = order ? RT_OK : RT_E_NOMEM;
  uint32_t n = 0;
  for (uint32_t i = 0; order && i < f->n_core; i++) {
    const shape *x = &f->v[f->core[i]];
    if (x->near >= RT__ALIKE_MIN && excess(x) > 0)
      order[n++] = (rt__pair){UINT64_MAX / 2 - (uint64_t)(1000 * excess(x)), f->core[i]};
    else if (x->near >= RT__ALIKE_MIN && x->near <= AMONG)
      order[n++] = (rt__pair){UINT64_MAX / 2 + (uint64_t)(1000 * x->near), f->core[i]};
  }
  if (n)
    qsort(order, n, sizeof *order, by_excess);
  for (uint32_t i = 0; c == RT_OK && i < n && i < RT__ALIKE_BOXES; i++)
    if (!f->v[order[i].val].used)
      c = try_crowd(f, &f->v[order[i].val], out);
  rt__free(f->s->alloc, order, f->n_core * sizeof *order);
  return c;
}

static void search_free(search *f)
{
  const rt_alloc *a = f->s->alloc;
  rt__free(a, f->v, f->n * sizeof *f->v);
  rt__free(a, f->core, f->n * sizeof *f->core);
  rt__free(a, f->pick, f->n * sizeof *f->pick);
  rt__free(a, f->copy, f->n * sizeof *f->copy);
}

static rt_code search_init(search *f, const rt__starts *s, const rt__stream *st, uint32_t n)
{
  *f = (search){.s = s, .st = st, .n = n};
  f->v = rt__calloc(s->alloc, n, sizeof *f->v);
  f->core = rt__calloc(s->alloc, n, sizeof *f->core);
  f->pick = rt__calloc(s->alloc, n, sizeof *f->pick);
  f->copy = rt__calloc(s->alloc, n, sizeof *f->copy);
  if (!f->v || !f->core || !f->pick || !f->copy) {
    search_free(f);
    return RT_E_NOMEM;
  }
  for (uint32_t i = 0; i < n; i++) {
    f->v[i] = shape_of(s, &st[i], i);
    if (f->v[i].core)
      f->core[f->n_core++] = i;
  }
  return RT_OK;
}

static rt_code one_bundle(const rt__starts *s, const rt__stream *st, uint32_t n, rt__groups *out)
{
  search f;
  rt_code c = search_init(&f, s, st, n);
  if (c != RT_OK)
    return c;
  if (f.n_core >= RT__ALIKE_MIN) {
    count_near(&f);
    c = crowds(&f, out);
  }
  search_free(&f);
  return c;
}

rt_code rt__alike_join(const rt__starts *s, const rt__stream *st, uint32_t n, rt__group *g)
{
  search f;
  rt_code c = search_init(&f, s, st, n);
  if (c != RT_OK)
    return c;
  c = rt__alike_add(&f, g);
  search_free(&f);
  return c;
}

rt_code rt__alike_groups(const rt__starts *s, rt__groups *out, rt_error *err)
{
  rt__streams l;
  rt_code c = rt__streams_build(s, RT__STREAMS_BUNDLE, ROWS_LATE, &l);
  for (uint32_t i = 0, j; c == RT_OK && i < l.n; i = j) {
    for (j = i; j < l.n && l.st[j].key == l.st[i].key; j++)
      ;
    if (j - i >= RT__ALIKE_MIN)
      c = one_bundle(s, l.st + i, j - i, out);
  }
  rt__streams_free(&l);
  return c == RT_OK ? c : rt__fail(err, c, "no memory for accounts that are alike");
}
