#include "report/casefile.h"

#include "report/history.h"

#include <inttypes.h>
#include <math.h>

#define CASE_MAX       ((size_t)256 << 20)
#define WIDTH          92
#define FAMILIES_SHOWN 3 /* of a member, in a list */
#define CAUSES_SHOWN   4
#define MEMBERS_SHOWN  12
#define CHANGES_SHOWN  8 /* the latest */

/* a page in the making: the first failure stays, what follows is a no-op */
typedef struct page {
  rt__buf text;
  rt_code code;
} page;

#define SAY(p, ...)                                                                                \
  do {                                                                                             \
    if ((p)->code == RT_OK)                                                                        \
      (p)->code = rt__buf_printf(&(p)->text, __VA_ARGS__);                                         \
  } while (0)

static void cell(page *p, rt_slice s, size_t n)
{
  if (p->code == RT_OK)
    p->code = rt__cell(&p->text, s, n);
}

static void plain(page *p, rt_slice s)
{
  cell(p, s, 0);
}

/* words wrapped at WIDTH behind `indent` blanks; the cursor stands there already */
static void wrapped(page *p, rt_slice s, size_t indent)
{
  size_t column = indent;
  for (size_t i = 0; i < s.n;) {
    size_t n = 0;
    while (i + n < s.n && s.p[i + n] != ' ')
      n++;
    if (column > indent && column + 1 + n > WIDTH) {
      SAY(p, "\n%*s", (int)indent, "");
      column = indent;
    } else if (column > indent) {
      SAY(p, " ");
      column++;
    }
    plain(p, rt__slice(s.p + i, n));
    column += n;
    for (i += n; i < s.n && s.p[i] == ' ';)
      i++;
  }
  SAY(p, "\n");
}

static void heading(page *p, const char *text)
{
  SAY(p, "\n%s\n", text);
}

/* ---- head */

static size_t with_role(const rt__case *k, const char *role)
{
  size_t n = 0;
  for (size_t i = 0; i < k->n_members; i++)
    n += rt__slice_eq(k->members[i].role, rt__cstr(role));
  return n;
}

static void put_size(page *p, const rt__case *k)
{
  char n[32], exchanges[32], in[16], out[16], first[20], last[20];
  rt__long_count(k->row.accounts, n);
  rt__long_count(k->row.exchanges, exchanges);
  rt__short_count(k->row.tokens_in, in);
  rt__short_count(k->row.tokens_out, out);
  rt__short_time(k->row.first_us, first);
  rt__short_time(k->row.last_us, last);
  SAY(p, "  %s account%s", n, k->row.accounts == 1 ? "" : "s");
  const char *between = ": ";
  bool known = k->n_members >= k->row.accounts;
  if (!known && k->harvesting)
    SAY(p, ", %" PRIu64 " of them harvesting", k->harvesting);
  for (int r = 0; known && r < RT_ROLE_COUNT; r++) {
    size_t of_role = with_role(k, rt_role_name((rt_role)r));
    if (of_role) {
      SAY(p, "%s%zu %s", between, of_role, rt_role_name((rt_role)r));
      between = ", ";
    }
  }
  if (k->confirmed)
    SAY(p, "; a person confirmed %" PRIu64, k->confirmed);
  SAY(p, "\n  %s exchanges, %s tokens in, %s out, from %s to %s UTC\n", exchanges, in, out, first,
      last);
}

static void put_chance(page *p, const rt__case *k)
{
  if (isfinite(k->not_chance_p)) {
    SAY(p, "  chance alone explains it with p = %.2g", k->not_chance_p);
    if (k->method.n) {
      SAY(p, " (");
      plain(p, k->method);
      SAY(p, ")");
    }
    SAY(p, "\n");
  } else {
    SAY(p, "  not tested against chance, which takes two families\n");
  }
  if (isfinite(k->decoy_fdr))
    SAY(p, "  share of such findings in %" PRIu64 " permuted copies of the data: %.2g\n", k->decoys,
        k->decoy_fdr);
}

static void put_head(page *p, const rt__case *k)
{
  plain(p, k->row.campaign);
  SAY(p, ": ");
  plain(p, k->row.verdict);
  SAY(p, ", score %.4g", k->row.score);
  if (k->tenant.n) {
    SAY(p, ", of tenant ");
    plain(p, k->tenant);
  }
  SAY(p, "\n\n");
  put_size(p, k);
  SAY(p, "  strength: coordination %.2f, extraction %.2f, concealment %.2f\n", k->coordination,
      k->extraction, k->concealment);
  put_chance(p, k);
}

/* ---- why, and what else */

static void put_evidence(page *p, const rt__case *k)
{
  heading(p, "Why (bits that the median member has; quartiles over the members in brackets)");
  for (size_t i = 0; i < k->n_evidence; i++) {
    const rt__case_evidence *e = &k->evidence[i];
    SAY(p, "  ");
    cell(p, e->family, 9);
    SAY(p, " %6.1f  [%.1f %.1f %.1f]\n           ", e->bits, e->quartiles[0], e->quartiles[1],
        e->quartiles[2]);
    wrapped(p, e->what, 11);
    for (size_t v = 0; v < e->n_values; v++) {
      SAY(p, "           - ");
      wrapped(p, e->values[v], 13);
    }
  }
  if (k->n_evidence == 0)
    SAY(p, "  nothing is said\n");
}

static void put_counters(page *p, const rt__case *k, size_t max)
{
  heading(
      p,
      "What else it could be (log odds in bits against this verdict; the first is the runner-up)");
  for (size_t i = 0; i < k->n_counters && i < max; i++) {
    const rt__case_counter *c = &k->counters[i];
    SAY(p, "  %6.1f  ", c->log_odds);
    plain(p, c->cause);
    SAY(p, "\n          ");
    wrapped(p, c->what, 10);
  }
  if (k->n_counters == 0)
    SAY(p, "  no other cause was weighed\n");
  if (k->n_counters > max)
    SAY(p, "  ... and %zu that are further away\n", k->n_counters - max);
}

/* ---- between runs */

static void put_history(page *p, const rt__case *k, size_t max)
{
  size_t first = k->n_changes > max ? k->n_changes - max : 0;
  if (k->n_changes == 0)
    return;
  heading(p, "What happened to it");
  if (first)
    SAY(p, "  ... %zu earlier (--all lists them)\n", first);
  for (size_t i = first; i < k->n_changes; i++) {
    char at[20];
    rt__short_time(k->changes[i].at_us, at);
    SAY(p, "  %s  %-8s  ", at, rt_change_name(k->changes[i].kind));
    if (p->code == RT_OK)
      p->code = rt__history_words(&p->text, &k->changes[i]);
    SAY(p, "\n");
  }
}

/* ---- members */

/* the strongest `max` families, falling; equal ones in the order of the table */
static void put_bits(page *p, const rt__case_member *m, int max)
{
  bool said[RT_FAMILY_COUNT] = {false};
  const char *between = "";
  for (int k = 0; k < max; k++) {
    int best = -1;
    for (int f = 0; f < RT_FAMILY_COUNT; f++)
      if (isfinite(m->bits[f]) && !said[f] && (best < 0 || m->bits[f] > m->bits[best]))
        best = f;
    if (best < 0)
      return;
    said[best] = true;
    SAY(p, "%s%s %.1f", between, rt_family_name((rt_family)best), m->bits[best]);
    between = ", ";
  }
}

static size_t widest_account(const rt__case *k, size_t n)
{
  size_t w = 7;
  for (size_t i = 0; i < n; i++)
    w = k->members[i].account.n > w ? k->members[i].account.n : w;
  return w > 40 ? 40 : w;
}

static void put_members(page *p, const rt__case *k, size_t max)
{
  size_t n = k->n_members < max ? k->n_members : max;
  size_t width = widest_account(k, n);
  heading(p, "Members");
  SAY(p, "  %-*s  %-9s  %6s  %9s  %6s  %-10s  %-10s  %s\n", (int)width, "account", "role", "score",
      "exchanges", "tokens", "first seen", "last seen", "strongest bits");
  for (size_t i = 0; i < n; i++) {
    const rt__case_member *m = &k->members[i];
    char exchanges[32], tokens[16], first[20], last[20];
    rt__long_count(m->exchanges, exchanges);
    rt__short_count(m->tokens, tokens);
    rt__short_time(m->first_us, first);
    rt__short_time(m->last_us, last);
    SAY(p, "  ");
    cell(p, m->account, width);
    SAY(p, "  ");
    cell(p, m->role, 9);
    SAY(p, "  %6.3f  %9s  %6s  %.10s  %.10s  ", m->score, exchanges, tokens, first, last);
    put_bits(p, m, FAMILIES_SHOWN);
    SAY(p, "\n");
  }
  if (n < k->n_members)
    SAY(p, "  ... and %zu more (--all lists them)\n", k->n_members - n);
}

static rt_code finish(page *p, const rt__emit *emit, rt_error *err)
{
  rt_code c = p->code;
  if (c != RT_OK)
    c = rt__fail(err, c, "the page cannot be made: %s", rt_code_text(c));
  else
    c = rt__emit_slice(emit, rt__buf_slice(&p->text), err);
  rt__buf_free(&p->text);
  return c;
}

static page open_page(const rt_alloc *alloc)
{
  page p = {.code = RT_OK};
  rt__buf_init(&p.text, alloc, CASE_MAX);
  return p;
}

rt_code rt__case_campaign(const rt_alloc *alloc, const rt__case *k, bool all, const rt__emit *emit,
                          rt_error *err)
{
  page p = open_page(alloc);
  put_head(&p, k);
  put_evidence(&p, k);
  put_counters(&p, k, all ? SIZE_MAX : CAUSES_SHOWN);
  put_history(&p, k, all ? SIZE_MAX : CHANGES_SHOWN);
  put_members(&p, k, all ? SIZE_MAX : MEMBERS_SHOWN);
  return finish(&p, emit, err);
}

/* ---- one account */

static const char *role_means(rt_slice role)
{
  if (rt__slice_eq(role, RT__LIT("harvest")))
    return "it takes part in the harvest";
  if (rt__slice_eq(role, RT__LIT("cover")))
    return "it is in the pool, harvesting of its own is not shown";
  return "a customer whose traffic shares the pool; not flagged";
}

/* families that the campaign rests on and this member has nothing in */
static void put_absent(page *p, const rt__case *k, const rt__case_member *m)
{
  const char *between = "  nothing from: ";
  for (size_t i = 0; i < k->n_evidence; i++) {
    rt_family f = rt_family_find(k->evidence[i].family);
    if (f < RT_FAMILY_COUNT && !isfinite(m->bits[f])) {
      SAY(p, "%s%s", between, rt_family_name(f));
      between = ", ";
    }
  }
  if (between[0] == ',')
    SAY(p, "\n");
}

rt_code rt__case_member_of(const rt_alloc *alloc, const rt__case *k, const rt__case_member *m,
                           const rt__emit *emit, rt_error *err)
{
  page p = open_page(alloc);
  char exchanges[32], tokens[16], first[20], last[20];
  rt__long_count(m->exchanges, exchanges);
  rt__short_count(m->tokens, tokens);
  rt__short_time(m->first_us, first);
  rt__short_time(m->last_us, last);
  plain(&p, m->account);
  SAY(&p, " is in ");
  plain(&p, k->row.campaign);
  SAY(&p, " (");
  plain(&p, k->row.verdict);
  SAY(&p, ") as %.*s, score %.4g: %s\n\n", (int)m->role.n, m->role.p ? m->role.p : "", m->score,
      role_means(m->role));
  SAY(&p, "  %s exchanges, %s tokens, from %s to %s UTC\n  bits: ", exchanges, tokens, first, last);
  put_bits(&p, m, RT_FAMILY_COUNT);
  SAY(&p, "\n");
  if (m->reopened)
    SAY(&p, "  a person had cleared it: only what it did since was counted\n");
  put_absent(&p, k, m);
  SAY(&p, "\nThe campaign: ");
  put_head(&p, k);
  put_evidence(&p, k);
  put_counters(&p, k, CAUSES_SHOWN);
  return finish(&p, emit, err);
}

rt_code rt__case_outside(const rt_alloc *alloc, const rt__case_note *n, const rt__emit *emit,
                         rt_error *err)
{
  page p = open_page(alloc);
  plain(&p, n->account);
  SAY(&p, " is in no campaign\n\n");
  if (n->nearest.n) {
    SAY(&p, "  nearest: ");
    plain(&p, n->nearest);
    SAY(&p, ", score %.4g\n", n->score);
  } else {
    SAY(&p, "  nothing is near it\n");
  }
  for (size_t i = 0; i < n->n_missing; i++) {
    SAY(&p, "%s", i == 0 ? "  missing: " : "           ");
    wrapped(&p, n->missing[i], 11);
  }
  return finish(&p, emit, err);
}
