/* fuzz_score - lines of labels (that begin with '<') and of findings (with '>'): what can be read
 * of them is scored and the report printed in its three forms. */
#include "world/score.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define PRINTED_MAX ((size_t)64 << 20)

static void must(bool ok)
{
  if (!ok)
    __builtin_trap();
}

static void check_rate(rt__rate r)
{
  must(r.value >= 0 && r.value <= 1 && r.low >= 0 && r.high <= 1 && r.low <= r.high);
}

static void check(const rt__score_report *r)
{
#define CHECK_RATE(name, what) check_rate(r->name);
  RT__SCORE_RATE_MAP(CHECK_RATE)
#undef CHECK_RATE
  must(r->benign + r->campaign_accounts + r->pooled_accounts <= r->accounts);
  must(r->false_flags <= r->benign && r->named_unlabelled <= r->named_accounts);
  for (size_t i = 0; i < r->n_campaign_rows; i++) {
    const rt__score_campaign *c = &r->campaign_rows[i];
    must(c->found <= c->accounts && c->flagged <= c->accounts && c->pieces <= c->accounts);
    check_rate(c->recall);
  }
}

static void print(const rt__score_report *r)
{
  static rt_code (*const forms[])(const rt__score_report *r,
                                  rt__buf *out) = {rt__score_json, rt__score_text, rt__score_html};
  char sentence[512];
  rt__buf b;
  rt__buf_init(&b, rt_alloc_default(), PRINTED_MAX);
  for (size_t i = 0; i < RT__ARRAY_LEN(forms); i++) {
    must(forms[i](r, &b) == RT_OK && b.n > 0);
    rt__buf_clear(&b);
  }
  if (rt__score_mismatch(r, sentence, sizeof sentence))
    must(sentence[0] != '\0');
  rt__buf_free(&b);
}

static void read_lines(rt__score *s, rt_slice all)
{
  for (uint64_t number = 1; all.n > 0; number++) {
    const char *end = memchr(all.p, '\n', all.n);
    size_t n = end ? (size_t)(end - all.p) : all.n;
    rt_slice line = rt__slice(all.p + 1, n ? n - 1 : 0);
    rt_code c = n == 0          ? RT_OK
                : *all.p == '<' ? rt__score_label(s, line, number, NULL)
                : *all.p == '>' ? rt__score_finding(s, line, number, NULL)
                                : RT_OK;
    must(c != RT_E_NOMEM);
    all = rt__slice(all.p + n + (end != NULL), all.n - n - (end != NULL));
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
  rt__score *s;
  const rt__score_report *r;
  must(rt__score_new(rt_alloc_default(), &s, NULL) == RT_OK);
  read_lines(s, rt__slice(p, n));
  if (rt__score_compute(s, &r, NULL) == RT_OK) {
    check(r);
    print(r);
  }
  rt__score_free(s);
  return 0;
}
