/* score_html - the report as one page that needs nothing else: no script, no font, no network. */
#include "world/score.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

typedef struct page {
  rt__buf *out;
  rt_code code;
} page;

static void put(page *p, const char *t, size_t n)
{
  if (p->code == RT_OK)
    p->code = rt__buf_add(p->out, t, n);
}

static void say(page *p, const char *fmt, ...) RT__PRINTF(2, 3);
static void say(page *p, const char *fmt, ...)
{
  char t[1024];
  va_list ap;
  va_start(ap, fmt);
  int n = vsnprintf(t, sizeof t, fmt, ap);
  va_end(ap);
  if (n > 0)
    put(p, t, (size_t)n < sizeof t ? (size_t)n : sizeof t - 1);
}

/* names come from files: nothing of them may become markup */
static void name(page *p, rt_slice s)
{
  for (size_t i = 0; i < s.n; i++) {
    unsigned char c = (unsigned char)s.p[i];
    if (c == '<' || c == '>' || c == '&' || c == '"' || c == '\'' || c < 0x20)
      say(p, "&#%u;", c < 0x20 ? 0x20u : c);
    else
      put(p, &s.p[i], 1);
  }
}

#define PUT(n) (unsigned long long)(n)

static const char head[] =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>retort eval</title>"
    "<meta name=\"viewport\" content=\"width=device-width\"><style>"
    "body{font:15px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;"
    "color:#1b2330;background:#fff}"
    "h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2.2rem}"
    "table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}"
    "th,td{text-align:right;padding:.2rem .6rem;border-bottom:1px solid #dfe4ea}"
    "th:first-child,td:first-child{text-align:left}th{font-weight:600;color:#51607a}"
    ".cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:.8rem}"
    ".card{border:1px solid #dfe4ea;border-radius:.4rem;padding:.6rem .8rem}"
    ".card b{display:block;font-size:1.5rem}.card small,.dim{color:#51607a}"
    ".bad{color:#a3261c;font-weight:600}"
    ".bar{fill:#2f6fb2}.back{fill:#e7ecf2}"
    "@media(prefers-color-scheme:dark){body{background:#12161c;color:#e3e8ef}"
    "th,td,.card{border-color:#2c3542}th,.card small,.dim{color:#9aa8bd}"
    ".back{fill:#2c3542}.bar{fill:#6aa6e6}.bad{color:#ff8a7d}}"
    "</style>";

/* ---- key figures */

static void card(page *p, const char *title, const rt__rate *r, const char *what)
{
  say(p, "<div class=\"card\"><small>%s</small><b>%.3f</b><small>%.3f to %.3f<br>%s</small></div>",
      title, r->value, r->low, r->high, what);
}

static void cards(page *p, const rt__score_report *r)
{
  say(p, "<div class=\"cards\">");
  card(p, "recall, mean of campaigns", &r->recall_macro, "share of a campaign's accounts found");
  card(p, "recall by account", &r->recall, "all campaigns together");
  card(p, "recall by exchange", &r->recall_by_exchanges, "weighed by traffic");
  say(p,
      "<div class=\"card\"><small>false flags</small><b%s>%llu</b><small>of %llu honest accounts"
      "<br>up to %.2g each at 95 %%</small></div>",
      r->false_flags ? " class=\"bad\"" : "", PUT(r->false_flags), PUT(r->benign),
      r->false_flag_rate.high);
  say(p,
      "<div class=\"card\"><small>false campaigns</small><b%s>%llu</b><small>among %llu found"
      "</small></div>",
      r->false_campaigns ? " class=\"bad\"" : "", PUT(r->false_campaigns),
      PUT(r->found_distillation));
  card(p, "review load", &r->review_load, "honest accounts called suspect or pooled");
  say(p,
      "<div class=\"card\"><small>B-cubed F1</small><b>%.3f</b><small>adjusted Rand %.3f"
      "</small></div></div>",
      r->b3_f1, isnan(r->ari) ? 0 : r->ari);
}

/* ---- tables */

static void bar(page *p, double share)
{
  say(p,
      "<td><svg width=\"120\" height=\"10\" role=\"img\" aria-label=\"%.0f %%\">"
      "<rect class=\"back\" width=\"120\" height=\"10\" rx=\"2\"/>"
      "<rect class=\"bar\" width=\"%.1f\" height=\"10\" rx=\"2\"/></svg></td>",
      100 * share, 120 * share);
}

static void campaigns(page *p, const rt__score_report *r)
{
  say(p, "<h2>Labelled campaigns</h2><table><tr><th>campaign<th>level<th>accounts<th>found<th>share"
         "<th><th>95 %%<th>pieces<th>exchanges<th>as suspect<th>as pooled</tr>");
  for (size_t i = 0; i < r->n_campaign_rows; i++) {
    const rt__score_campaign *c = &r->campaign_rows[i];
    say(p, "<tr><td>");
    name(p, c->group);
    say(p, "<td>");
    name(p, c->kind);
    say(p, "<td>%llu<td>%llu<td>%.3f", PUT(c->accounts), PUT(c->found), c->recall.value);
    bar(p, c->recall.value);
    say(p, "<td class=\"dim\">%.2f-%.2f<td>%llu<td>%llu<td>%llu<td>%llu</tr>", c->recall.low,
        c->recall.high, PUT(c->pieces), PUT(c->exchanges), PUT(c->suspect), PUT(c->pooled));
  }
  say(p, "</table>");
}

static void sets(page *p, const char *title, const rt__score_set *set, size_t n)
{
  say(p,
      "<h2>%s</h2><table><tr><th><th>campaigns<th>accounts<th>found<th>mean share<th><th>worst"
      "<th>95 %%</tr>",
      title);
  for (size_t i = 0; i < n; i++, set++) {
    say(p, "<tr><td>");
    name(p, set->name);
    say(p, "<td>%llu<td>%llu<td>%llu<td>%.3f", PUT(set->campaigns), PUT(set->accounts),
        PUT(set->found), set->macro.value);
    bar(p, set->macro.value);
    say(p, "<td>%.3f<td class=\"dim\">%.2f-%.2f</tr>", set->worst, set->macro.low, set->macro.high);
  }
  say(p, "</table>");
}

static void kinds(page *p, const rt__score_report *r)
{
  say(p, "<h2>Honest and resold accounts</h2><table><tr><th>kind<th>accounts<th>groups<th>flagged"
         "<th>95 %%, up to<th>false campaigns<th>as suspect<th>as pooled</tr>");
  for (size_t i = 0; i < r->n_kinds; i++) {
    const rt__score_kind *k = &r->kinds[i];
    say(p, "<tr><td>");
    name(p, k->kind);
    say(p, "<td>%llu<td>%llu<td%s>%llu<td class=\"dim\">%.2g<td>%llu<td>%llu<td>%llu</tr>",
        PUT(k->accounts), PUT(k->groups), k->flagged ? " class=\"bad\"" : "", PUT(k->flagged),
        k->rate.high, PUT(k->false_campaigns), PUT(k->suspect), PUT(k->pooled));
  }
  say(p, "</table>");
}

static void prevalence(page *p, const rt__score_report *r)
{
  say(p, "<h2>Precision at the prevalence of real life</h2><table><tr><th>share of accounts that "
         "harvest<th>precision<th>95 %%</tr>");
  for (size_t i = 0; i < RT__SCORE_PREVALENCES; i++)
    say(p, "<tr><td>%g %%<td>%.4f<td class=\"dim\">%.3f-%.3f</tr>",
        100 * r->prevalence[i].prevalence, r->prevalence[i].precision, r->prevalence[i].low,
        r->prevalence[i].high);
  say(p, "</table>");
}

/* ---- reliability: what was said against what held */

static void point(page *p, double x, const rt__rate *y)
{
  say(p,
      "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"currentColor\" "
      "opacity=\".4\"/><circle class=\"bar\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"/>",
      20 + 200 * x, 20 + 200 * x, 220 - 200 * y->low, 220 - 200 * y->high, 20 + 200 * x,
      220 - 200 * y->value);
}

static void calibration(page *p, const rt__score_calibration *c)
{
  if (c->n == 0)
    return;
  say(p,
      "<h2>Calibration of %s</h2><p>%llu scores; Brier %.4f, expected calibration error %.4f; mean "
      "score %.3f, held %.3f.</p><svg width=\"240\" height=\"240\" role=\"img\" aria-label=\""
      "reliability curve\"><rect class=\"back\" x=\"20\" y=\"20\" width=\"200\" height=\"200\"/>"
      "<line x1=\"20\" y1=\"220\" x2=\"220\" y2=\"20\" stroke=\"currentColor\" opacity=\".3\"/>",
      c->name, PUT(c->n), c->brier, c->ece, c->mean_score, c->observed);
  for (size_t b = 0; b < RT__SCORE_BINS; b++)
    if (c->bins[b].n)
      point(p, c->bins[b].mean_score, &c->bins[b].observed);
  say(p, "</svg>");
}

/* ---- all figures, with what they mean */

static void totals(page *p, const rt__score_report *r)
{
  say(p, "<h2>All figures</h2><table><tr><th>name<th>value<th>95 %%<th>what</tr>");
#define COUNT(n, what) say(p, "<tr><td>%s<td>%llu<td><td>%s</tr>", #n, PUT(r->n), what);
  RT__SCORE_COUNT_MAP(COUNT)
#undef COUNT
#define RATE(n, what)                                                                              \
  say(p, "<tr><td>%s<td>%.5g<td class=\"dim\">%.4g-%.4g<td>%s</tr>", #n, r->n.value, r->n.low,     \
      r->n.high, what);
  RT__SCORE_RATE_MAP(RATE)
#undef RATE
#define NUMBER(n, what)                                                                            \
  if (!isnan(r->n))                                                                                \
    say(p, "<tr><td>%s<td>%.5g<td><td>%s</tr>", #n, r->n, what);
  RT__SCORE_NUMBER_MAP(NUMBER)
#undef NUMBER
  say(p, "</table>");
}

rt_code rt__score_html(const rt__score_report *r, rt__buf *out)
{
  page p = {out, RT_OK};
  put(&p, head, sizeof head - 1);
  say(&p,
      "<h1>How good are these findings?</h1><p class=\"dim\">%llu labelled accounts: %llu honest, "
      "%llu in %llu campaigns, %llu resold. View: ",
      PUT(r->accounts), PUT(r->benign), PUT(r->campaign_accounts), PUT(r->campaigns),
      PUT(r->pooled_accounts));
  name(&p, r->view.n ? r->view : RT__LIT("not stated"));
  say(&p, ".</p>");
  cards(&p, r);
  campaigns(&p, r);
  sets(&p, "By level", r->levels, r->n_levels);
  sets(&p, "By size", r->sizes, r->n_sizes);
  kinds(&p, r);
  prevalence(&p, r);
  for (size_t i = 0; i < RT__ARRAY_LEN(r->calibration); i++)
    calibration(&p, &r->calibration[i]);
  totals(&p, r);
  say(&p, "</html>\n");
  return p.code;
}
