#include "report/summary.h"

#include "base/json.h"
#include "base/time.h"
#include "report/history.h"

#include <inttypes.h>
#include <stdio.h>

#define TABLE_MAX  ((size_t)256 << 20)
#define ROWS_SHOWN 40 /* of the table: more are not read by anybody */

/* ---- cells */

void rt__short_count(uint64_t v, char out[16])
{
  static const char units[] = "kMGTPE";
  double d = (double)v;
  int unit = -1;
  for (; d >= 999.5 && unit < 5; unit++)
    d /= 1000;
  if (unit < 0)
    (void)snprintf(out, 16, "%" PRIu64, v);
  else
    (void)snprintf(out, 16, d < 9.95 ? "%.1f%c" : "%.0f%c", d, units[unit]);
}

void rt__long_count(uint64_t v, char out[32])
{
  char plain[24];
  size_t n = (size_t)snprintf(plain, sizeof plain, "%" PRIu64, v), k = 0;
  for (size_t i = 0; i < n; i++) {
    if (i && (n - i) % 3 == 0)
      out[k++] = ',';
    out[k++] = plain[i];
  }
  out[k] = '\0';
}

void rt__short_time(int64_t us, char out[20])
{
  char t[RT__TIME_TEXT];
  size_t n = rt__time_print(us, t);
  size_t keep = n < 16 ? n : 16; /* to the minute */
  memcpy(out, t, keep);
  out[keep] = '\0';
  if (keep > 10)
    out[10] = ' ';
}

rt_code rt__cell(rt__buf *b, rt_slice s, size_t n)
{
  rt_code c = RT_OK;
  size_t columns = 0;
  for (size_t i = 0; i < s.n && c == RT_OK; i++) {
    unsigned char ch = (unsigned char)s.p[i];
    bool follows = (ch & 0xC0) == 0x80; /* inside a UTF-8 sequence */
    if (n && !follows && columns == n - 1 && n < s.n) {
      c = rt__buf_add(b, "~", 1);
      columns++;
      break;
    }
    columns += !follows;
    c = ch < 0x20 || ch == 0x7F ? rt__buf_add(b, "?", 1) : rt__buf_add(b, &s.p[i], 1);
  }
  for (; columns < n && c == RT_OK; columns++)
    c = rt__buf_add(b, " ", 1);
  return c;
}

/* ---- table */

static const char *plural(uint64_t n)
{
  return n == 1 ? "" : "s";
}

static rt_code news_row(rt__buf *b, const rt__news *n)
{
  rt_code c = rt__buf_printf(b, "  %-8s  %s  ", rt_change_name(n->change.kind), n->campaign);
  if (c == RT_OK)
    c = rt__history_words(b, &n->change);
  return c == RT_OK ? rt__buf_printf(b, "\n") : c;
}

/* what changed comes first: it is what somebody who looks every morning wants to know */
static rt_code table_news(rt__buf *b, const rt__summary *s)
{
  char since[20];
  rt__short_time(s->since_us, since);
  if (s->n_news == 0)
    return rt__buf_printf(b, "Nothing changed since %s UTC.\n\n", since);
  rt_code c = rt__buf_printf(b, "Since %s UTC:\n", since);
  for (size_t i = 0; i < s->n_news && i < ROWS_SHOWN && c == RT_OK; i++)
    c = news_row(b, &s->news[i]);
  if (c == RT_OK && s->n_news > ROWS_SHOWN)
    c = rt__buf_printf(b, "  ... and %zu more\n", s->n_news - ROWS_SHOWN);
  return c == RT_OK ? rt__buf_printf(b, "\n") : c;
}

static bool is_sample(const rt__summary *s)
{
  return s->sampled > 0 && s->sampled < 1;
}

static rt_code table_sample(rt__buf *b, const rt__summary *s)
{
  return rt__buf_printf(
      b,
      "\nA sample of %.4g %% of all exchanges: volumes are the sample's, clocks and "
      "turns were not looked at, repeats are estimated.",
      100 * s->sampled);
}

static rt_code table_head(rt__buf *b, const rt__summary *s)
{
  char exchanges[32], accounts[32], refused[32];
  rt__long_count(s->exchanges, exchanges);
  rt__long_count(s->accounts, accounts);
  rt__long_count(s->refused, refused);
  rt_code c = rt__buf_printf(b, "%s exchange%s of %s account%s, view: %.*s", exchanges,
                             plural(s->exchanges), accounts, plural(s->accounts), (int)s->view.n,
                             s->view.p ? s->view.p : "");
  if (c == RT_OK && s->refused)
    c = rt__buf_printf(b, "; %s line%s refused", refused, plural(s->refused));
  if (c == RT_OK && is_sample(s))
    c = table_sample(b, s);
  if (c == RT_OK)
    c = rt__buf_printf(b, "\n\n");
  if (c == RT_OK && s->since_us)
    c = table_news(b, s);
  if (c == RT_OK && s->n_rows == 0)
    return rt__buf_printf(b, "No campaign found.\n");
  if (c == RT_OK)
    c = rt__buf_printf(b, "%-12s  %-19s  %8s  %9s  %6s  %-10s  %-10s  %-19s  %s\n", "verdict",
                       "campaign", "accounts", "exchanges", "tokens", "first seen", "last seen",
                       "strongest", "runner-up cause");
  return c;
}

static rt_code table_row(rt__buf *b, const rt__row *r)
{
  char accounts[32], exchanges[32], tokens[16], first[20], last[20], strongest[64];
  rt__long_count(r->accounts, accounts);
  rt__long_count(r->exchanges, exchanges);
  rt__short_count(r->tokens_in + r->tokens_out, tokens);
  rt__short_time(r->first_us, first);
  rt__short_time(r->last_us, last);
  (void)snprintf(strongest, sizeof strongest, "%.*s%s%.*s", (int)r->families[0].n,
                 r->families[0].p ? r->families[0].p : "", r->families[1].n ? ", " : "",
                 (int)r->families[1].n, r->families[1].p ? r->families[1].p : "");
  rt_code c = rt__cell(b, r->verdict, 12);
  if (c == RT_OK)
    c = rt__buf_printf(b, "  ");
  if (c == RT_OK)
    c = rt__cell(b, r->campaign, 19);
  if (c == RT_OK)
    c = rt__buf_printf(b, "  %8s  %9s  %6s  %.10s  %.10s  ", accounts, exchanges, tokens, first,
                       last);
  if (c == RT_OK)
    c = rt__cell(b, rt__cstr(strongest), 19);
  if (c == RT_OK)
    c = rt__buf_printf(b, "  ");
  if (c == RT_OK)
    c = rt__cell(b, r->runner_up, 0);
  return c == RT_OK ? rt__buf_printf(b, "\n") : c;
}

static rt_code table_hint(rt__buf *b, const rt__summary *s)
{
  if (!s->file || s->n_rows == 0)
    return RT_OK;
  return rt__buf_printf(b, "\nWhy: retort explain %s %.*s\n", s->file, (int)s->rows[0].campaign.n,
                        s->rows[0].campaign.p);
}

static rt_code finish(rt__buf *b, rt_code c, const rt__emit *emit, rt_error *err)
{
  if (c != RT_OK)
    c = rt__fail(err, c, "the summary cannot be made: %s", rt_code_text(c));
  else
    c = rt__emit_slice(emit, rt__buf_slice(b), err);
  rt__buf_free(b);
  return c;
}

rt_code rt__summary_table(const rt_alloc *alloc, const rt__summary *s, const rt__emit *emit,
                          rt_error *err)
{
  rt__buf b;
  rt__buf_init(&b, alloc, TABLE_MAX);
  rt_code c = table_head(&b, s);
  for (size_t i = 0; i < s->n_rows && i < ROWS_SHOWN && c == RT_OK; i++)
    c = table_row(&b, &s->rows[i]);
  if (c == RT_OK && s->n_rows > ROWS_SHOWN)
    c = rt__buf_printf(&b, "... and %zu more\n", s->n_rows - ROWS_SHOWN);
  if (c == RT_OK)
    c = table_hint(&b, s);
  return finish(&b, c, emit, err);
}

/* ---- JSON */

static void json_row(rt__json *j, const rt__row *r)
{
  rt__json_open(j, '{');
  rt__json_put_str(j, "verdict", r->verdict);
  rt__json_put_str(j, "campaign", r->campaign);
  rt__json_put_fixed(j, "score", r->score, 4);
  rt__json_put_u64(j, "accounts", r->accounts);
  rt__json_put_u64(j, "exchanges", r->exchanges);
  rt__json_key(j, "tokens");
  rt__json_open(j, '{');
  rt__json_put_u64(j, "input", r->tokens_in);
  rt__json_put_u64(j, "output", r->tokens_out);
  rt__json_close(j, '}');
  rt__json_put_time(j, "first_seen", r->first_us);
  rt__json_put_time(j, "last_seen", r->last_us);
  rt__json_key(j, "strongest");
  rt__json_open(j, '[');
  for (int i = 0; i < 2 && r->families[i].n; i++) {
    rt__json_open(j, '{');
    rt__json_put_str(j, "family", r->families[i]);
    rt__json_put_fixed(j, "bits", r->bits[i], 2);
    rt__json_close(j, '}');
  }
  rt__json_close(j, ']');
  rt__json_key(j, "runner_up");
  if (r->runner_up.n) {
    rt__json_open(j, '{');
    rt__json_put_str(j, "cause", r->runner_up);
    rt__json_put_fixed(j, "log_odds", r->log_odds, 2);
    rt__json_close(j, '}');
  } else {
    rt__json_null(j);
  }
  rt__json_close(j, '}');
}

static void json_news(rt__json *j, const rt__summary *s)
{
  rt__json_put_time(j, "since", s->since_us);
  rt__json_key(j, "changes");
  rt__json_open(j, '[');
  for (size_t i = 0; i < s->n_news; i++) {
    rt__json_open(j, '{');
    rt__json_put_cstr(j, "campaign", s->news[i].campaign);
    rt__json_key(j, "change");
    rt__history_json(j, &s->news[i].change);
    rt__json_close(j, '}');
  }
  rt__json_close(j, ']');
}

rt_code rt__summary_json(const rt_alloc *alloc, const rt__summary *s, const rt__emit *emit,
                         rt_error *err)
{
  rt__buf b;
  rt__json j;
  rt__buf_init(&b, alloc, TABLE_MAX);
  rt__json_init(&j, &b);
  rt__json_open(&j, '{');
  rt__json_put_cstr(&j, "schema", "retort.summary/1");
  rt__json_put_str(&j, "view", s->view);
  rt__json_put_u64(&j, "exchanges", s->exchanges);
  rt__json_put_u64(&j, "accounts", s->accounts);
  rt__json_put_u64(&j, "refused", s->refused);
  if (is_sample(s)) {
    rt__json_put_fixed(&j, "sampled", s->sampled, 6);
  }
  if (s->since_us)
    json_news(&j, s);
  rt__json_key(&j, "campaigns");
  rt__json_open(&j, '[');
  for (size_t i = 0; i < s->n_rows; i++)
    json_row(&j, &s->rows[i]);
  rt__json_close(&j, ']');
  rt__json_close(&j, '}');
  rt_code c = j.code == RT_OK ? rt__buf_add(&b, "\n", 1) : j.code;
  return finish(&b, c, emit, err);
}
