#include "template/slots.h"

#include "account/strangers.h"
#include "sketch/stats.h"

#include <math.h>

#define WORDS_MAX (2 * RT_WORDS_MAX)

/* ---- how rare a word is */

static uint32_t fold(uint32_t word)
{
  return word & (RT__WORD_SPACE - 1);
}

rt_code rt__idf_build(const rt_alloc *a, const rt__starts *s, rt__idf *out)
{
  *out = (rt__idf){.alloc = a};
  uint32_t *last = rt__calloc(a, RT__WORD_SPACE, sizeof *last);
  out->weight = rt__calloc(a, RT__WORD_SPACE, sizeof *out->weight);
  if (!last || !out->weight) {
    rt__free(a, last, RT__WORD_SPACE * sizeof *last);
    rt__idf_free(out);
    return RT_E_NOMEM;
  }
  uint32_t words[WORDS_MAX];
  for (uint32_t r = 0; r < s->n; r++) {
    size_t n = rt__starts_words(s, r, words);
    for (size_t i = 0; i < n; i++) {
      uint32_t w = fold(words[i]);
      if (last[w] == s->account[r] + 1)
        continue;
      last[w] = s->account[r] + 1;
      out->weight[w] += 1;
    }
  }
  float all = (float)s->n_accounts, never = logf(all);
  for (uint32_t w = 0; w < RT__WORD_SPACE; w++)
    out->weight[w] = out->weight[w] > 0 ? logf(all / out->weight[w]) : never;
  rt__free(a, last, RT__WORD_SPACE * sizeof *last);
  return RT_OK;
}

void rt__idf_free(rt__idf *f)
{
  rt__free(f->alloc, f->weight, RT__WORD_SPACE * sizeof *f->weight);
  f->weight = NULL;
}

/* ---- a sample of slots as a sparse matrix */

typedef struct slot {
  uint32_t lab; /* index of the account in the sample */
  uint64_t prompt;
  uint32_t n;
  uint32_t word[WORDS_MAX], from[WORDS_MAX]; /* ascending; where its postings begin */
  float w[WORDS_MAX];
} slot;

typedef struct matrix {
  slot *slots;
  size_t n, accounts;
  uint32_t account[RT__SLOTS_MAX], per[RT__SLOTS_MAX]; /* of each label */
} matrix;

/* distinct prompts of an account's rows, at most `per`, hash-chosen */
static size_t pick_rows(const rt__starts *s, const uint32_t *rows, size_t n, size_t per,
                        uint32_t *out)
{
  uint32_t some[RT__SLOTS_PER_ACCOUNT * 4];
  size_t m = rt__sample(0x51075, rows, n, sizeof some / sizeof *some, some), k = 0;
  uint32_t distinct[RT__SLOTS_PER_ACCOUNT * 4];
  for (size_t i = 0; i < m; i++) {
    bool seen = s->slot[some[i]] == 0;
    for (size_t j = 0; j < k && !seen; j++)
      seen = s->slot[distinct[j]] == s->slot[some[i]];
    if (!seen)
      distinct[k++] = some[i];
  }
  return rt__sample(0x51076, distinct, k, per, out);
}

static void load(matrix *m, const rt__starts *s, const rt__group *g)
{
  uint32_t chosen[RT__SLOTS_MAX], index[RT__SLOTS_MAX], rows[RT__SLOTS_PER_ACCOUNT];
  size_t per = RT__SLOTS_PER_ACCOUNT, n = g->n;
  if (g->n * 6 > RT__SLOTS_MAX) {
    per = 6;
    n = rt__sample(0x51077, g->account, g->n, RT__SLOTS_MAX / 6, chosen);
  } else {
    memcpy(chosen, g->account, g->n * sizeof *chosen);
  }
  for (size_t i = 0, j = 0; i < n; i++) {
    while (g->account[j] != chosen[i])
      j++;
    index[i] = (uint32_t)j;
  }
  for (size_t i = 0; i < n; i++) {
    size_t k = pick_rows(s, g->row + g->at[index[i]], rt__group_rows(g, index[i]), per, rows);
    m->account[m->accounts] = chosen[i];
    for (size_t r = 0; r < k && m->n < RT__SLOTS_MAX; r++) {
      slot *x = &m->slots[m->n++];
      x->lab = (uint32_t)m->accounts;
      x->prompt = s->slot[rows[r]];
      x->n = (uint32_t)rt__starts_words(s, rows[r], x->word);
      m->per[m->accounts]++;
    }
    m->accounts += k > 0;
  }
}

/* Postings: key is the word, val is slot << 8 | place of the word in the slot. Words of one slot
 * ascend, so places fit a byte. */
static uint32_t slot_of(rt__pair p)
{
  return (uint32_t)(p.val >> 8);
}

static uint32_t place_of(rt__pair p)
{
  return (uint32_t)(p.val & 255);
}

/* sorted by word; holds as many again for sorting */
static rt__pair *postings(const rt_alloc *a, const matrix *m, size_t *n)
{
  *n = 0;
  for (size_t i = 0; i < m->n; i++)
    *n += m->slots[i].n;
  rt__pair *p = rt__calloc(a, 2 * *n, sizeof *p);
  size_t k = 0;
  for (size_t i = 0; p && i < m->n; i++)
    for (uint32_t j = 0; j < m->slots[i].n; j++)
      p[k++] = (rt__pair){m->slots[i].word[j], (uint64_t)i << 8 | j};
  if (p)
    rt__sort_pairs(p, p + *n, *n);
  return p;
}

/* weight 0 for the template's own words, idf for the rest; and where each word's postings begin */
static void weigh(matrix *m, const rt__idf *f, const rt__pair *p, size_t n)
{
  uint32_t inside[RT__SLOTS_MAX];
  for (size_t i = 0, j; i < n; i = j) {
    for (j = i; j < n && p[j].key == p[i].key; j++)
      inside[m->slots[slot_of(p[j])].lab] = 0;
    for (size_t k = i; k < j; k++)
      inside[m->slots[slot_of(p[k])].lab]++;
    double limit = 0.25 * (double)m->n;
    bool common = (double)(j - i) > (limit > 2 ? limit : 2);
    for (size_t k = i; k < j; k++) {
      slot *x = &m->slots[slot_of(p[k])];
      double own = 0.4 * m->per[x->lab];
      bool frame = inside[x->lab] > (own > 2 ? own : 2);
      x->w[place_of(p[k])] = common || frame ? 0 : f->weight[fold((uint32_t)p[k].key)];
      x->from[place_of(p[k])] = (uint32_t)i;
    }
  }
}

static void to_unit_length(matrix *m)
{
  for (size_t i = 0; i < m->n; i++) {
    float q = 0;
    for (uint32_t k = 0; k < m->slots[i].n; k++)
      q += m->slots[i].w[k] * m->slots[i].w[k];
    for (uint32_t k = 0; k < m->slots[i].n && q > 0; k++)
      m->slots[i].w[k] /= sqrtf(q);
  }
}

/* nearest other slot of each slot, identical prompts excluded: through the postings */
static void neighbours(const matrix *m, const rt__pair *p, size_t n, rt__own *out)
{
  float sim[RT__SLOTS_MAX];
  for (size_t i = 0; i < m->n; i++) {
    const slot *x = &m->slots[i];
    memset(sim, 0, m->n * sizeof *sim);
    for (uint32_t k = 0; k < x->n; k++)
      for (size_t q = x->from[k]; x->w[k] > 0 && q < n && p[q].key == x->word[k]; q++)
        sim[slot_of(p[q])] += x->w[k] * m->slots[slot_of(p[q])].w[place_of(p[q])];
    float best = 0;
    size_t who = m->n;
    for (size_t j = 0; j < m->n; j++)
      if (j != i && m->slots[j].prompt != x->prompt && sim[j] > best) {
        best = sim[j];
        who = j;
      }
    if (who < m->n) {
      out[x->lab].slots++;
      out[x->lab].own += m->slots[who].lab == x->lab;
    }
  }
}

rt_code rt__slots_own(const rt__starts *s, const rt__idf *f, const rt__group *g, rt__own *out,
                      size_t *n_out)
{
  const rt_alloc *a = s->alloc;
  matrix *m = rt__calloc(a, 1, sizeof *m);
  slot *slots = rt__calloc(a, RT__SLOTS_MAX, sizeof *slots);
  rt__pair *p = NULL;
  size_t n = 0;
  *n_out = 0;
  if (m && slots) {
    m->slots = slots;
    load(m, s, g);
    p = postings(a, m, &n);
  }
  if (p) {
    *n_out = m->accounts;
    for (size_t i = 0; i < m->accounts; i++) {
      double others = m->n > 1 ? (double)m->n - 1 : 1;
      out[i] = (rt__own){m->account[i], 0, 0, ((double)m->per[i] - 1) / others};
    }
    weigh(m, f, p, n);
    to_unit_length(m);
    neighbours(m, p, n, out);
  }
  bool ok = p != NULL;
  rt__free(a, p, 2 * n * sizeof *p);
  rt__free(a, slots, RT__SLOTS_MAX * sizeof *slots);
  rt__free(a, m, sizeof *m);
  return ok ? RT_OK : RT_E_NOMEM;
}

/* ---- reference */

#define POOL 600 /* accounts looked at */

rt_code rt__slots_reference(const rt__starts *s, const rt__idf *f, double *out, uint32_t *account,
                            size_t max, size_t *n_out)
{
  rt__strangers x;
  rt__own own[RT__SLOTS_MAX];
  rt_code c = rt__strangers_draw(s, false, 0x0e4, POOL, &x);
  size_t k = 0;
  while (c == RT_OK && rt__strangers_left(&x)) {
    rt__group g;
    size_t got = 0;
    c = rt__strangers_next(s, &x, &g);
    if (c != RT_OK)
      break;
    c = rt__slots_own(s, f, &g, own, &got);
    for (size_t j = 0; j < got && k < max; j++)
      if (own[j].slots >= 6) {
        double share = (double)own[j].own / own[j].slots;
        if (account)
          account[k] = own[j].account;
        out[k++] = rt__clip((share - own[j].chance) / (1 - own[j].chance), 0, 0.98);
      }
    rt__group_free(s->alloc, &g);
  }
  *n_out = k;
  return c;
}

/* ---- re-use */

/* users of a prompt: the first of them and how many, in one value of a map */
static uint64_t first_user(uint64_t v)
{
  return v >> 32;
}

static uint64_t users_of(uint64_t v)
{
  return v & UINT32_MAX;
}

/* account i uses the prompt, too */
static rt_code add_user(rt__map *users, rt__map *pairs, uint64_t prompt, uint32_t i)
{
  uint64_t *v = rt__map_put(users, prompt, NULL);
  if (!v)
    return RT_E_NOMEM;
  *v = users_of(*v) ? *v : (uint64_t)i << 32;
  bool second = users_of(++*v) == 2;
  return !second || rt__map_put(pairs, first_user(*v) << 32 | i, NULL) ? RT_OK : RT_E_NOMEM;
}

/* How many accounts use each prompt: mean, and variance over what chance meetings would show. Where
 * prompts are drawn at random, the users of one that was drawn are Poisson without its zero: with m
 * more than one on average, the share used three times is about (2 m)^2 / 6. */
static void spread_of(const rt__map *users, size_t pairs, rt__reuse *out)
{
  double n = users->n ? (double)users->n : 1, sum = 0, squares = 0, shared = 0;
  for (size_t i = 0; i < users->cap; i++)
    if (users->used[i]) {
      double k = (double)users_of(users->vals[i]);
      sum += k;
      squares += k * k;
      shared += k > 1;
      out->thrice += k > 2;
    }
  out->shared = shared / n;
  out->users = sum / n;
  out->met = n * (out->users - 1) * (out->users - 1) * 2 / 3;
  out->partners = shared > 0 ? (double)pairs / shared : 1;
  double variance = squares / n - out->users * out->users;
  out->dispersion = out->users > 1 ? variance / (out->users - 1) : 1;
}

/* Where one in ten exchanges is seen, two of one prompt are rarely seen together. Of the others
 * with the same prompt a share p is in the sample, so their number divided by p stands for all;
 * pairs are nearly all that is seen. What each prompt's users are, one or k, cannot be told. */
static void undo_sampling(double p, rt__reuse *u)
{
  u->fresh = 1 / (1 + 2 * (1 - u->fresh) / p);
  u->within = 1 - 1 / (1 + 2 * u->within / p);
  u->shared = 1 - 1 / (1 + 2 * u->shared / p);
  u->dispersion = 1;
  u->thrice = u->met = 0;
}

rt_code rt__slots_reuse(const rt__starts *s, const rt__group *g, rt__reuse *out)
{
  rt__map users, pairs, mine; /* prompt -> accounts; pairs of them; prompts of one account */
  rt_code c = RT_OK;
  size_t rows = 0, repeats = 0, counted = 0;
  *out = (rt__reuse){.users = 1, .dispersion = 1, .partners = 1};
  rt__map_init(&users, s->alloc, SIZE_MAX, 3);
  rt__map_init(&mine, s->alloc, SIZE_MAX, 4);
  rt__map_init(&pairs, s->alloc, SIZE_MAX, 5);
  for (uint32_t i = 0; i < g->n && c == RT_OK; i++) {
    size_t n = 0, distinct = 0;
    rt__map_clear(&mine);
    for (uint32_t k = g->at[i]; k < g->at[i + 1] && c == RT_OK; k++) {
      bool fresh;
      uint64_t prompt = s->slot[g->row[k]];
      if (prompt == 0)
        continue;
      n++;
      if (!rt__map_put(&mine, prompt, &fresh))
        c = RT_E_NOMEM;
      else if (fresh) {
        c = add_user(&users, &pairs, prompt, i);
        distinct++;
      }
    }
    rows += n;
    repeats += n - distinct;
    out->fresh += n ? (double)distinct / (double)n : 0;
    counted += n > 0;
  }
  out->within = rows ? (double)repeats / (double)rows : 0;
  out->fresh = counted ? out->fresh / (double)counted : 1;
  spread_of(&users, pairs.n, out);
  if (s->sampled < 1)
    undo_sampling(s->sampled, out);
  rt__map_free(&users);
  rt__map_free(&pairs);
  rt__map_free(&mine);
  return c;
}
