#include "feed/facts.h"

#include "base/json_read.h"
#include "base/time.h"

#include <math.h>

#define NODES_MAX ((size_t)2 << 20)

struct rt__facts_reader {
  rt_alloc alloc;
  rt__buf text; /* strings that had escapes; never grows while one line is read */
  rt__jr *doc;
  const rt__jr_node *root;
  rt_slice *names; /* accounts of an event */
  size_t names_cap;
  rt_error *err;
};

rt_code rt__facts_reader_new(const rt_alloc *alloc, rt__facts_reader **out, rt_error *err)
{
  rt__facts_reader *r = rt__calloc(alloc, 1, sizeof *r);
  if (!r)
    return rt__fail(err, RT_E_NOMEM, "no memory for the reader of account facts");
  r->alloc = *alloc;
  rt__buf_init(&r->text, &r->alloc, RT__FACTS_LINE_MAX);
  *out = r;
  return RT_OK;
}

void rt__facts_reader_free(rt__facts_reader *r)
{
  if (!r)
    return;
  rt_alloc a = r->alloc;
  rt__jr_free(r->doc);
  rt__buf_free(&r->text);
  rt__free(&a, r->names, r->names_cap * sizeof *r->names);
  rt__free(&a, r, sizeof *r);
}

/* ---- one line as a document */

static rt_code open_line(rt__facts_reader *r, rt_slice line, rt_error *err)
{
  rt__jr_free(r->doc);
  r->doc = NULL;
  r->err = err;
  rt__buf_clear(&r->text);
  rt_code c = rt__buf_reserve(&r->text, line.n); /* unescaped is never longer */
  if (c != RT_OK)
    return rt__fail(err, c, "line of %zu bytes", line.n);
  c = rt__jr_parse(&r->alloc, line, NODES_MAX, &r->doc, err);
  if (c != RT_OK)
    return c;
  r->root = rt__jr_root(r->doc);
  if (r->root->type != RT__JR_OBJECT)
    return rt__fail(err, RT_E_FORMAT, "not a JSON object");
  return RT_OK;
}

/* NULL where the field is absent or null */
static const rt__jr_node *field(const rt__facts_reader *r, const char *name)
{
  const rt__jr_node *n = rt__jr_get(r->doc, r->root, name);
  return n && n->type != RT__JR_NULL ? n : NULL;
}

static rt_code wrong(const rt__facts_reader *r, const char *name, const char *want)
{
  return rt__fail(r->err, RT_E_FORMAT, "%s is not %s", name, want);
}

/* ---- values; a missing one leaves *out as it is */

static rt_code as_text(rt__facts_reader *r, const char *name, const rt__jr_node *n, rt_slice *out)
{
  if (n->type != RT__JR_STRING && n->type != RT__JR_NUMBER)
    return wrong(r, name, "a string");
  rt_slice s = n->raw;
  if (n->type == RT__JR_STRING && s.n && memchr(s.p, '\\', s.n)) {
    size_t from = r->text.n;
    rt_code c = rt__jr_string(n, &r->text);
    if (c != RT_OK)
      return rt__fail(r->err, c, "%s cannot be read", name);
    s = rt__slice(r->text.p + from, r->text.n - from);
  }
  if (s.n > RT_NAME_MAX)
    return rt__fail(r->err, RT_E_LIMIT, "%s is longer than %d bytes", name, RT_NAME_MAX);
  if (s.n)
    *out = s;
  return RT_OK;
}

static rt_code as_time(rt__facts_reader *r, const char *name, const rt__jr_node *n, int64_t *out)
{
  rt_error inner = {0};
  double seconds = 0;
  rt_code c;
  if (n->type == RT__JR_STRING) {
    rt_slice s = {NULL, 0};
    c = as_text(r, name, n, &s);
    if (c != RT_OK || !s.p)
      return c;
    c = rt__time_parse(s, out, &inner);
  } else {
    c = rt__jr_number(n, &seconds);
    if (c != RT_OK)
      return wrong(r, name, "a time");
    c = rt__time_from_seconds(seconds, out, &inner);
  }
  return c == RT_OK ? c : rt__fail(r->err, c, "%s: %s", name, inner.message);
}

static rt_code get_text(rt__facts_reader *r, const char *name, rt_slice *out)
{
  const rt__jr_node *n = field(r, name);
  return n ? as_text(r, name, n, out) : RT_OK;
}

static rt_code get_time(rt__facts_reader *r, const char *name, int64_t *out)
{
  const rt__jr_node *n = field(r, name);
  return n ? as_time(r, name, n, out) : RT_OK;
}

/* 64500 or "AS64500" */
static rt_code get_asn(rt__facts_reader *r, const char *name, uint32_t *out)
{
  const rt__jr_node *n = field(r, name);
  if (!n)
    return RT_OK;
  if (n->type != RT__JR_STRING && n->type != RT__JR_NUMBER)
    return wrong(r, name, "a network number");
  rt_slice s = n->raw;
  if (rt__slice_starts(s, RT__LIT("AS")))
    s = rt__slice(s.p + 2, s.n - 2);
  uint64_t v = 0;
  for (size_t i = 0; i < s.n; i++) {
    if (s.p[i] < '0' || s.p[i] > '9' || (v = v * 10 + (uint64_t)(s.p[i] - '0')) > UINT32_MAX)
      return wrong(r, name, "a network number");
  }
  *out = (uint32_t)v;
  return RT_OK;
}

static rt_code get_risk(rt__facts_reader *r, double *out)
{
  const rt__jr_node *n = field(r, "risk");
  if (!n)
    return RT_OK;
  double v = 0;
  if (rt__jr_number(n, &v) != RT_OK || v < 0 || v > 1)
    return wrong(r, "risk", "a number from 0 to 1");
  *out = v;
  return RT_OK;
}

static rt_code get_verified(rt__facts_reader *r, int *out)
{
  const rt__jr_node *n = field(r, "verified");
  if (!n)
    return RT_OK;
  if (n->type != RT__JR_TRUE && n->type != RT__JR_FALSE)
    return wrong(r, "verified", "true or false");
  *out = n->type == RT__JR_TRUE;
  return RT_OK;
}

/* true: for good; a date: through that day; a time: until then */
static rt_code get_cleared(rt__facts_reader *r, int64_t *out)
{
  const rt__jr_node *n = field(r, "cleared");
  if (!n || n->type == RT__JR_FALSE)
    return RT_OK;
  if (n->type == RT__JR_TRUE) {
    *out = INT64_MAX;
    return RT_OK;
  }
  if (n->type == RT__JR_STRING && n->raw.n == 10) {
    char whole[32];
    memcpy(whole, n->raw.p, 10);
    memcpy(whole + 10, "T23:59:59Z", 11);
    rt_error inner = {0};
    rt_code c = rt__time_parse(rt__cstr(whole), out, &inner);
    return c == RT_OK ? c : rt__fail(r->err, c, "cleared: %s", inner.message);
  }
  return as_time(r, "cleared", n, out);
}

static rt_code add_payment(rt__facts_reader *r, const char *name, const rt__jr_node *n, rt_facts *f)
{
  rt_slice s = {NULL, 0};
  rt_code c = as_text(r, name, n, &s);
  for (uint32_t i = 0; c == RT_OK && s.p && i < f->n_payments; i++)
    if (rt__slice_eq(f->payments[i], s))
      return RT_OK;
  if (c == RT_OK && s.p && f->n_payments < RT_PAYMENTS_MAX)
    f->payments[f->n_payments++] = s;
  return c;
}

/* `payment` and `payments` say the same in two ways; beyond RT_PAYMENTS_MAX the rest is left out */
static rt_code get_payments(rt__facts_reader *r, rt_facts *f)
{
  const rt__jr_node *one = field(r, "payment"), *many = field(r, "payments");
  rt_code c = one ? add_payment(r, "payment", one, f) : RT_OK;
  if (c != RT_OK || !many)
    return c;
  if (many->type == RT__JR_STRING)
    return add_payment(r, "payments", many, f);
  if (many->type != RT__JR_ARRAY)
    return wrong(r, "payments", "a list");
  for (const rt__jr_node *n = rt__jr_first(r->doc, many); n && c == RT_OK;
       n = rt__jr_next(r->doc, n))
    if (n->type != RT__JR_NULL)
      c = add_payment(r, "payments", n, f);
  return c;
}

/* ---- facts */

static rt_code read_texts(rt__facts_reader *r, rt_facts *f)
{
  const struct {
    const char *name;
    rt_slice *to;
  } rows[] = {
      {"account", &f->account},
      {"plan", &f->plan},
      {"org", &f->org},
      {"tenant", &f->tenant},
      {"country", &f->country},
      {"email_domain", &f->email_domain},
      {"phone_prefix", &f->phone_prefix},
      {"card_bin", &f->card_bin},
      {"signup_ip", &f->signup_ip},
      {"signup_device", &f->signup_device},
      {"referrer", &f->referrer},
      {"confirmed", &f->confirmed},
  };
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++) {
    rt_code c = get_text(r, rows[i].name, rows[i].to);
    if (c != RT_OK)
      return c;
  }
  return RT_OK;
}

static rt_code read_times(rt__facts_reader *r, rt_facts *f)
{
  rt_code c = get_time(r, "as_of", &f->as_of_us);
  if (c == RT_OK)
    c = get_time(r, "created", &f->created_us);
  if (c == RT_OK)
    c = get_time(r, "closed", &f->closed_us);
  if (c == RT_OK)
    c = get_time(r, "cleared_at", &f->cleared_at_us);
  return c == RT_OK ? get_cleared(r, &f->cleared_us) : c;
}

rt_code rt__facts_read(rt__facts_reader *r, rt_slice line, rt_facts *out, rt_error *err)
{
  *out = (rt_facts){.risk = NAN, .verified = -1, .line = line};
  rt_code c = open_line(r, line, err);
  if (c == RT_OK)
    c = read_texts(r, out);
  if (c == RT_OK && !out->account.p)
    c = rt__fail(err, RT_E_ARG, "no account");
  if (c == RT_OK)
    c = read_times(r, out);
  if (c == RT_OK)
    c = get_payments(r, out);
  if (c == RT_OK)
    c = get_asn(r, "signup_asn", &out->signup_asn);
  if (c == RT_OK)
    c = get_risk(r, &out->risk);
  return c == RT_OK ? get_verified(r, &out->verified) : c;
}

/* ---- events */

static rt_code read_kind(rt__facts_reader *r, rt_event_kind *out)
{
  const rt__jr_node *n = field(r, "event");
  if (!n || n->type != RT__JR_STRING)
    return wrong(r, "event", "the name of an event");
  if (rt__jr_is(n, "model_release"))
    *out = RT_EVENT_MODEL_RELEASE;
  else if (rt__jr_is(n, "enforcement"))
    *out = RT_EVENT_ENFORCEMENT;
  else
    return rt__fail(r->err, RT_E_NOTFOUND, "event of another kind");
  return RT_OK;
}

static rt_code make_room(rt__facts_reader *r, size_t n)
{
  if (n > RT__EVENT_ACCOUNTS_MAX)
    return rt__fail(r->err, RT_E_LIMIT, "more than %zu accounts in one event",
                    RT__EVENT_ACCOUNTS_MAX);
  if (n <= r->names_cap)
    return RT_OK;
  rt_slice *p = rt__realloc(&r->alloc, r->names, r->names_cap, n, sizeof *p);
  if (!p)
    return rt__fail(r->err, RT_E_NOMEM, "no memory for %zu accounts of an event", n);
  r->names = p;
  r->names_cap = n;
  return RT_OK;
}

static rt_code read_accounts(rt__facts_reader *r, rt_event *e)
{
  const rt__jr_node *list = field(r, "accounts");
  if (!list)
    return RT_OK;
  if (list->type != RT__JR_ARRAY)
    return wrong(r, "accounts", "a list");
  rt_code c = make_room(r, list->n);
  for (const rt__jr_node *n = rt__jr_first(r->doc, list); n && c == RT_OK;
       n = rt__jr_next(r->doc, n)) {
    rt_slice s = {NULL, 0};
    c = as_text(r, "accounts", n, &s);
    if (c == RT_OK && s.p)
      r->names[e->n_accounts++] = s;
  }
  e->accounts = r->names;
  return c;
}

rt_code rt__event_read(rt__facts_reader *r, rt_slice line, rt_event *out, rt_error *err)
{
  *out = (rt_event){0};
  rt_code c = open_line(r, line, err);
  if (c == RT_OK)
    c = read_kind(r, &out->kind);
  if (c == RT_OK && !field(r, "ts"))
    c = rt__fail(err, RT_E_ARG, "no ts");
  if (c == RT_OK)
    c = get_time(r, "ts", &out->time_us);
  if (c == RT_OK)
    c = get_text(r, "model", &out->model);
  return c == RT_OK ? read_accounts(r, out) : c;
}
