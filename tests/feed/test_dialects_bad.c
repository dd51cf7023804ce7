/* Bad input in every dialect: what is refused, what is warned of, what is passed over, and that the
 * run goes on. */
#include "feed/feed.h"
#include "scratch.h"

#define GOOD                     "{\"ts\":1772352930,\"account\":\"a\"}"
#define NANO                     "\"startTimeUnixNano\":\"1772352930000000000\""
#define IDS                      "\"traceId\":\"0af7651916cd43dd8448eb211c80319c\",\"spanId\":\"b7ad6b7169203331\""
#define ATTR(key, value)         "{\"key\":\"" key "\",\"value\":{\"stringValue\":\"" value "\"}}"
#define CHAT                     ATTR("gen_ai.operation.name", "chat") "," ATTR("gen_ai.request.model", "m")
#define USER                     ATTR("enduser.id", "u")
#define SAID                     ATTR("gen_ai.input.messages", "hello")
#define SPANS(spans)             "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[" spans "]}]}]}"
#define SPAN(fields, attributes) SPANS("{" fields ",\"attributes\":[" attributes "]}")
#define LITE                                                                                       \
  "\"startTime\":1772352930.5,\"call_type\":\"acompletion\",\"hidden_params\":{},"                 \
  "\"metadata\":{\"user_api_key_user_id\":\"u\"}"
#define BEDROCK(more)                                                                              \
  "{\"schemaType\":\"ModelInvocationLog\",\"timestamp\":\"2026-03-01T08:00:00Z\",\"modelId\":"     \
  "\"m\"," more "}"
#define ARN "\"identity\":{\"arn\":\"arn:aws:iam::1:user/u\"}"

struct seen {
  uint64_t exchanges;
  char account[64], text[64];
  rt_outcome outcome;
  uint32_t tokens_in;
};

static void keep(char *to, size_t size, rt_slice s)
{
  (void)snprintf(to, size, "%.*s", (int)s.n, s.p ? s.p : "");
}

static rt_code take(void *ctx, unsigned thread, const rt_exchange *x, const rt__place *at,
                    rt_error *err)
{
  struct seen *s = ctx;
  (void)thread;
  (void)at;
  (void)err;
  s->exchanges++;
  keep(s->account, sizeof s->account, x->account);
  keep(s->text, sizeof s->text, x->last_user);
  s->outcome = x->outcome;
  s->tokens_in = x->tokens_in;
  return RT_OK;
}

static rt__feed_result *run(const char *path, rt__feed_options o, struct seen *s)
{
  const rt__feed_callbacks cb = {.ctx = s, .exchange = take};
  rt__feed_result *r;
  *s = (struct seen){0};
  o.paths = &path;
  o.n_paths = 1;
  assert_int_equal(rt__feed_run(&o, &cb, &r, NULL), RT_OK);
  assert_non_null(r);
  return r;
}

static const struct row {
  const char *line;
  rt__cause cause; /* that is counted */
  uint64_t exchanges;
  const char *says; /* in its message */
} rows[] = {
    /* spans without times, or with times that are none */
    {SPAN(IDS, CHAT "," USER "," SAID), RT__CAUSE_MISSING, 0, "ts"},
    {SPAN(IDS ",\"startTimeUnixNano\":\"0\"", CHAT "," USER "," SAID), RT__CAUSE_MISSING, 0, "ts"},
    {SPAN(IDS ",\"startTimeUnixNano\":\"soon\"", CHAT "," USER "," SAID), RT__CAUSE_TIME, 0,
     "soon"},
    {SPAN(IDS ",\"startTimeUnixNano\":\"1772352930\"", CHAT "," USER "," SAID), RT__CAUSE_TIME, 0,
     "before 2000"},
    {SPAN(IDS ",\"startTimeUnixNano\":{}", CHAT "," USER "," SAID), RT__CAUSE_TYPE, 0, "an object"},
    {SPAN(IDS ",\"startTimeUnixNano\":0,\"endTimeUnixNano\":\"1772352930000000000\"",
          CHAT "," USER "," SAID),
     RT__CAUSE_NONE, 1, ""},
    {SPAN(IDS ",\"startTimeUnixNano\":1772352930000000000", CHAT "," USER "," SAID), RT__CAUSE_NONE,
     1, ""},
    /* nobody named; a service instead; a service without a name */
    {SPAN(IDS "," NANO, CHAT "," SAID), RT__CAUSE_MISSING, 0, "account"},
    {"{\"resourceSpans\":[{\"resource\":{\"attributes\":[" ATTR(
         "service.name", "shop") "]},\"scopeSpans\":[{\"spans\":[{" IDS "," NANO
                                 ",\"attributes\":[" CHAT "," SAID "]}]}]}]}",
     RT__CAUSE_STAND_IN, 1, "shop"},
    {"{\"resourceSpans\":[{\"resource\":{\"attributes\":[" ATTR(
         "service.name", "unknown_service:python") "]},\"scopeSpans\":[{\"spans\":[{" IDS "," NANO
                                                   ",\"attributes\":[" CHAT "," SAID "]}]}]}]}",
     RT__CAUSE_MISSING, 0, "account"},
    /* wrong types, at every level */
    {"{\"resourceSpans\":{}}", RT__CAUSE_TYPE, 0, "resourceSpans"},
    {"{\"resourceSpans\":[5,{\"scopeSpans\":7},{\"scopeSpans\":[1,{\"spans\":2}]}]}",
     RT__CAUSE_NONE, 0, ""},
    {SPANS("7"), RT__CAUSE_TYPE, 0, "a number"},
    {SPAN(IDS "," NANO ",\"status\":3", CHAT "," USER "," SAID), RT__CAUSE_FIELD_TYPE, 1, "status"},
    {SPANS("{" IDS "," NANO ",\"attributes\":\"none\"}"), RT__CAUSE_OTHER_CALL, 0, "span"},
    {SPAN("\"traceId\":5,\"spanId\":null," NANO, CHAT "," USER), RT__CAUSE_FIELD_TYPE, 1,
     "traceId"},
    {SPAN(IDS "," NANO,
          CHAT "," USER "," SAID
               ",{\"key\":\"gen_ai.usage.input_tokens\",\"value\":{\"stringValue\":\"many\"}}"),
     RT__CAUSE_FIELD_TYPE, 1, "gen_ai.usage.input_tokens"},
    {SPAN(IDS "," NANO,
          CHAT "," USER "," SAID ",{\"key\":7,\"value\":{}},{},5,{\"key\":\"enduser.id\"}"),
     RT__CAUSE_NONE, 1, ""},
    {SPAN(IDS "," NANO, CHAT "," SAID ",{\"key\":\"enduser.id\",\"value\":{\"intValue\":\"17\"}}"),
     RT__CAUSE_FIELD_TYPE, 0, "enduser.id"},
    {SPAN(IDS "," NANO,
          CHAT "," USER
               ",{\"key\":\"gen_ai.input.messages\",\"value\":{\"arrayValue\":{\"values\":7}}}"),
     RT__CAUSE_NONE, 1, ""},
    /* what is no call of a model */
    {SPAN(IDS "," NANO, ATTR("http.request.method", "GET")), RT__CAUSE_OTHER_CALL, 0, "span"},
    {SPAN(IDS "," NANO, ATTR("gen_ai.operation.name", "embeddings") "," USER), RT__CAUSE_OTHER_CALL,
     0, "span"},
    {"{\"resourceMetrics\":[]}", RT__CAUSE_OTHER_CALL, 0, "metrics"},
    {"{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"body\":{\"stringValue\":\"started\"}}]"
     "}]}]}",
     RT__CAUSE_OTHER_CALL, 0, "log record"},
    /* a message that belongs to no span */
    {"{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"eventName\":\"gen_ai.user.message\","
     "\"body\":{\"kvlistValue\":{\"values\":[{\"key\":\"content\",\"value\":{\"stringValue\":\"x\"}"
     "}]}}}]}]}]}",
     RT__CAUSE_MISSING, 0, "trace and span"},
    /* LiteLLM */
    {"{" LITE "}", RT__CAUSE_NONE, 1, ""},
    {"{" LITE ",\"messages\":7,\"response\":[1,\"x\",{\"a\":[]}],\"model_parameters\":[]}",
     RT__CAUSE_FIELD_TYPE, 1, "messages"},
    {"{\"startTime\":\"yesterday\",\"call_type\":\"completion\",\"hidden_params\":{},\"metadata\":{"
     "\"user_api_key_hash\":\"h\"}}",
     RT__CAUSE_TIME, 0, "yesterday"},
    {"{\"startTime\":1772352930000,\"call_type\":\"completion\",\"hidden_params\":{},\"metadata\":{"
     "\"user_api_key_hash\":\"h\"}}",
     RT__CAUSE_TIME, 0, "millisecond"},
    {"{\"startTime\":1772352930,\"call_type\":\"completion\",\"hidden_params\":{},\"metadata\":{}}",
     RT__CAUSE_MISSING, 0, "account"},
    {"{\"startTime\":1772352930,\"call_type\":\"completion\",\"hidden_params\":{},\"metadata\":[]}",
     RT__CAUSE_MISSING, 0, "account"},
    {"{\"startTime\":1772352930,\"call_type\":7,\"hidden_params\":{},\"metadata\":{\"user_api_key_"
     "hash\":\"h\"}}",
     RT__CAUSE_FIELD_TYPE, 1, "call_type"},
    {"{\"startTime\":1772352930,\"call_type\":\"aspeech\",\"hidden_params\":{}}",
     RT__CAUSE_OTHER_CALL, 0, "aspeech"},
    {"{\"startTime\":\"2026-03-01T08:00:00\",\"request_id\":\"r\",\"user\":\"\",\"api_key\":\"\"}",
     RT__CAUSE_MISSING, 0, "account"},
    {"{\"startTime\":\"2026-03-01T08:00:00\",\"request_id\":\"r\",\"user\":\"u\",\"proxy_server_"
     "request\":\"{broken\"}",
     RT__CAUSE_NONE, 1, ""},
    /* Bedrock */
    {BEDROCK(ARN ",\"input\":7,\"output\":[]"), RT__CAUSE_FIELD_TYPE, 1, "input"},
    {BEDROCK(ARN ",\"input\":{\"inputBodyJson\":\"no json\"}"), RT__CAUSE_FIELD_TYPE, 1,
     "request is a string"},
    {BEDROCK("\"input\":{\"inputBodyJson\":{}}"), RT__CAUSE_MISSING, 0, "account"},
    {BEDROCK(ARN ",\"input\":{\"inputTokenCount\":-5}"), RT__CAUSE_FIELD_RANGE, 1,
     "inputTokenCount"},
    {"{\"modelId\":\"amazon.titan-embed-text-v2:0\",\"schemaType\":\"x\"}", RT__CAUSE_OTHER_CALL, 0,
     "embed"},
    /* Vertex */
    {"{\"full_request\":\"{cut\",\"logging_time\":\"2026-03-01T08:00:00Z\",\"endpoint\":\"projects/"
     "p/x\"}",
     RT__CAUSE_STAND_IN, 1, "p"},
    {"{\"full_request\":{\"contents\":\"x\"},\"logging_time\":null}", RT__CAUSE_MISSING, 0,
     "account"},
    {"{\"full_request\":{\"contents\":[7,{\"parts\":[8]}],\"labels\":{\"user_id\":\"u\"}},"
     "\"logging_time\":\"2026-03-01 08:00:00\"}",
     RT__CAUSE_NONE, 1, ""},
    /* APIM */
    {"{\"category\":\"GatewayLogs\",\"properties\":\"x\",\"time\":\"2026-03-01T08:00:00Z\"}",
     RT__CAUSE_MISSING, 0, "account"},
    {"{\"category\":\"GatewayLogs\",\"properties\":{\"apimSubscriptionId\":\"s\",\"requestBody\":"
     "\"{\\\"a\",\"responseCode\":\"200\"},\"time\":\"2026-03-01T08:00:00Z\"}",
     RT__CAUSE_FIELD_TYPE, 1, "responseCode"},
    {"{\"category\":\"AuditLogs\",\"properties\":{},\"time\":1}", RT__CAUSE_OTHER_CALL, 0,
     "AuditLogs"},
    /* Envoy */
    {"{\"start_time\":\"2026-03-01T08:00:00Z\",\"gen_ai.request.model\":\"m\",\"user.id\":\"-\"}",
     RT__CAUSE_MISSING, 0, "account"},
    {"{\"start_time\":\"2026-03-01T08:00:00Z\",\"gen_ai.request.model\":\"m\",\"user.id\":\"u\","
     "\"response_code\":\"x\",\"downstream_remote_address\":\":\"}",
     RT__CAUSE_NONE, 1, ""},
    /* keys that lead to no dialect, and to none by accident */
    {"{\"\\n\":1}", RT__CAUSE_DIALECT, 0, "no known shape"},
    {"{\"\":1,\" \":2,\"account ts\":3}", RT__CAUSE_DIALECT, 0, "no known shape"},
    /* records in lists and wrappers */
    {"{\"records\":7}", RT__CAUSE_NONE, 0, ""},
    {"[{\"ts\":1772352930,\"account\":\"a\"},5]", RT__CAUSE_BROKEN, 1, "a number"},
    {"[{\"ts\":1772352930,\"account\":\"a\"},{\"hello\":1}]", RT__CAUSE_DIALECT, 1,
     "{\"hello\":1}"},
    {"{\"logEvents\":[{\"message\":\"plain\"},{\"message\":\"{\\\"ts\\\":1772352930,"
     "\\\"account\\\":\\\"a\\\"}\"}]}",
     RT__CAUSE_BROKEN, 1, "logEvents"},
    {"{\"records\":[{\"records\":[{\"records\":[{\"records\":[{\"records\":[" GOOD "]}]}]}]}]}",
     RT__CAUSE_DEEP, 0, "records"},
};

static void check_row(const struct row *p)
{
  char text[4096];
  struct seen s;
  (void)snprintf(text, sizeof text, "%s\n" GOOD "\n", p->line);
  rt__feed_result *r = run(scratch_text("bad", text), (rt__feed_options){.threads = 1}, &s);
  bool counted = p->cause == RT__CAUSE_NONE
                     ? rt__tally_refused(&r->tally) == 0
                     : r->tally.count[p->cause] > 0 &&
                           strstr(r->tally.first[p->cause][0].message, p->says) != NULL;
  if (!counted || s.exchanges != p->exchanges + 1) {
    for (int c = 0; c < RT__CAUSE_COUNT; c++)
      if (r->tally.count[c])
        print_error("%s: %s\n", rt__cause_name((rt__cause)c), r->tally.first[c][0].message);
    fail_msg("%llu exchanges: %s", (unsigned long long)s.exchanges, p->line);
  }
  rt__feed_result_free(r);
}

static void bad_records_by_dialect(void **state)
{
  (void)state;
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++)
    check_row(&rows[i]);
}

/* every sample cut anywhere, as a rotation leaves it: the lines before the cut are read */
static void half_written_files(void **state)
{
  static const char *const names[] = {
      "litellm/payload", "spendlog/prompts", "otlp/structured", "openinference/console",
      "bedrock/native",  "vertex/rows",      "apim/table",      "envoy/access"};
  static char text[1 << 16];
  char path[512];
  (void)state;
  for (size_t i = 0; i < RT__ARRAY_LEN(names); i++) {
    (void)snprintf(path, sizeof path, "%s/feed/%s.jsonl", RT_TEST_DATA, names[i]);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    size_t n = fread(text, 1, sizeof text, f), lines = 0;
    (void)fclose(f);
    assert_in_range(n, 1, sizeof text - 1);
    for (size_t cut = 0; cut < n; cut += 97) {
      struct seen s;
      lines = 0;
      for (size_t k = 0; k < cut; k++)
        lines += text[k] == '\n';
      rt__feed_result *r =
          run(scratch_put("half", text, cut), (rt__feed_options){.threads = 1}, &s);
      bool whole = cut == 0 || text[cut - 1] == '\n' || text[cut] == '\n';
      lines += cut > 0 && text[cut] == '\n' && text[cut - 1] != '\n';
      assert_int_equal(rt__tally_refused(&r->tally), whole ? 0 : 1);
      assert_int_equal(s.exchanges + r->tally.count[RT__CAUSE_OTHER_CALL], lines);
      rt__feed_result_free(r);
    }
  }
}

/* one file of all dialects: each line by its own shape */
static void mixed_dialects(void **state)
{
  static const char *const names[] = {
      "truth",      "litellm/payload", "otlp/halves",           "bedrock/converse", "vertex/rows",
      "apim/table", "envoy/access",    "openinference/console", "spendlog/bare"};
  static char text[1 << 17];
  char path[512];
  size_t n = 0;
  (void)state;
  for (size_t i = 0; i < RT__ARRAY_LEN(names); i++) {
    (void)snprintf(path, sizeof path, "%s/feed/%s.jsonl", RT_TEST_DATA, names[i]);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    n += fread(text + n, 1, sizeof text - n, f);
    (void)fclose(f);
  }
  struct seen s;
  rt__feed_result *r = run(scratch_put("mixed", text, n), (rt__feed_options){.threads = 1}, &s);
  assert_int_equal(s.exchanges, 3 * RT__ARRAY_LEN(names));
  assert_int_equal(rt__tally_refused(&r->tally), 0);
  assert_int_equal(r->made[RT__DIALECT_OTLP], 3);
  assert_int_equal(r->made[RT__DIALECT_OTEL_SPAN], 3);
  assert_int_equal(r->made[RT__DIALECT_ENVELOPE], 3);
  assert_int_equal(r->made[RT__DIALECT_SPENDLOG], 3);
  rt__feed_result_free(r);
}

/* a list of attributes without end, flattened messages with wild numbers */
static void gigantic_attribute_lists(void **state)
{
  enum { MANY = 60000 };
  size_t cap = MANY * 200, n = 0;
  char *text = malloc(cap);
  struct seen s;
  (void)state;
  assert_non_null(text);
  n += (size_t)snprintf(text + n, cap - n,
                        "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{" IDS "," NANO
                        ",\"attributes\":[" CHAT "," USER);
  for (int i = 0; i < MANY; i++)
    n += (size_t)snprintf(
        text + n, cap - n,
        i % 2 ? ",{\"key\":\"custom.attribute.%d\",\"value\":{\"stringValue\":\"x\"}}"
              : ",{\"key\":\"gen_ai.prompt.%d.content\",\"value\":{\"stringValue\":\"x\"}}",
        MANY - i);
  n += (size_t)snprintf(
      text + n, cap - n,
      ",{\"key\":\"gen_ai.prompt.99999999999999999999.role\",\"value\":{\"stringValue\":\"user\"}}"
      ",{\"key\":\"gen_ai.prompt.0.role\",\"value\":{\"stringValue\":\"user\"}}"
      ",{\"key\":\"gen_ai.prompt.0.content\",\"value\":{\"stringValue\":\"first\"}}]}]}]}]}\n" GOOD
      "\n");
  rt__feed_result *r = run(scratch_put("giant", text, n), (rt__feed_options){.threads = 1}, &s);
  assert_int_equal(s.exchanges, 2);
  rt__feed_result_free(r);
  /* more values than a line may hold: the line is refused, the run goes on */
  n = (size_t)snprintf(text, cap,
                       "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{" IDS "," NANO
                       ",\"attributes\":[");
  while (n + 400 < cap && n < cap - 400)
    n += (size_t)snprintf(text + n, cap - n, "{},{},{},{},{},{},{},{},{},{},");
  n += (size_t)snprintf(text + n, cap - n, "{}]}]}]}]}\n" GOOD "\n");
  r = run(scratch_put("giant", text, n), (rt__feed_options){.threads = 1}, &s);
  assert_int_equal(r->tally.count[RT__CAUSE_MANY], 1);
  assert_int_equal(s.exchanges, 1);
  rt__feed_result_free(r);
  free(text);
}

/* ---- whose account */

static void account_field(void **state)
{
  static const struct {
    const char *line, *field, *account; /* NULL: refused */
  } cases[] = {
      {"{\"ts\":1772352930,\"account\":\"a\",\"org\":\"o\"}", "org", "o"},
      {"{\"ts\":1772352930,\"account\":\"a\"}", "org", NULL},
      {"{\"ts\":1772352930,\"org\":\"o\"}", "org", "o"},
      {"{\"ts\":1772352930,\"account\":\"a\",\"headers\":{\"x-team\":\"t\"}}", "headers.x-team",
       "t"},
      {"{\"ts\":1772352930,\"account\":\"a\",\"headers\":{\"x-team\":\"t\"}}", "/headers/x-team",
       "t"},
      {"{\"ts\":1772352930,\"account\":\"a\",\"a/b\":{\"c~d\":17}}", "/a~1b/c~0d", "17"},
      {"{\"ts\":1772352930,\"account\":\"a\",\"x.y\":{\"z\":\"u\"}}", "x.y.z", "u"},
      {"{\"ts\":1772352930,\"account\":\"a\",\"meta\":\"{\\\"id\\\":\\\"u\\\"}\"}", "meta.id", "u"},
      {"{\"ts\":1772352930,\"account\":\"a\",\"l\":[1,{\"id\":\"u\"}]}", "/l/1/id", "u"},
      {"{\"ts\":1772352930,\"account\":\"a\",\"l\":[1,{\"id\":\"u\"}]}", "/l/01/id", NULL},
      {"{\"ts\":1772352930,\"account\":\"a\",\"x\":true}", "x", NULL},
      {"{\"ts\":1772352930,\"account\":\"a\",\"x\":\"[redacted]\"}", "x", NULL},
      {"{" LITE "}", "metadata.user_api_key_user_id", "u"},
      {"{" LITE "}", "metadata.user_api_key_team_id", NULL},
      {"{" LITE ",\"end_user\":\"e\"}", "end_user", "e"},
      {SPAN(IDS "," NANO, CHAT "," USER "," SAID "," ATTR("tenant.id", "t")), "tenant.id", "t"},
      {SPAN(IDS "," NANO, CHAT "," USER "," SAID), "tenant.id", NULL},
      {SPAN(IDS "," NANO, CHAT "," USER "," SAID "," ATTR("session.id", "s")), "session", "s"},
      {SPAN(IDS "," NANO, CHAT "," SAID ",{\"key\":\"customer\",\"value\":{\"intValue\":\"17\"}}"),
       "customer", "17"},
      {"{\"resourceSpans\":[{\"resource\":{\"attributes\":[" ATTR(
           "cloud.account.id", "c") "]},\"scopeSpans\":[{\"spans\":[{" IDS "," NANO
                                    ",\"attributes\":[" CHAT "," SAID "]}]}]}]}",
       "cloud.account.id", "c"},
      {BEDROCK(ARN ",\"accountId\":\"1\",\"requestMetadata\":{\"tenant\":\"t\"}"),
       "requestMetadata.tenant", "t"},
      {BEDROCK(ARN ",\"accountId\":\"1\""), "project", "1"},
      {"{\"start_time\":\"2026-03-01T08:00:00Z\",\"gen_ai.request.model\":\"m\",\"x-tenant\":"
       "\"t\"}",
       "x-tenant", "t"},
  };
  (void)state;
  for (size_t i = 0; i < RT__ARRAY_LEN(cases); i++) {
    struct seen s;
    rt__feed_result *r = run(scratch_text("who", cases[i].line),
                             (rt__feed_options){.threads = 1, .account_field = cases[i].field}, &s);
    if (s.exchanges != (cases[i].account != NULL) ||
        (cases[i].account && strcmp(s.account, cases[i].account) != 0))
      fail_msg("%s of %s: \"%s\"", cases[i].field, cases[i].line, s.account);
    assert_int_equal(rt__tally_refused(&r->tally), cases[i].account == NULL);
    rt__feed_result_free(r);
  }
}

/* a user's own JSON is text, not somebody's structure */
static void json_that_a_user_typed(void **state)
{
  static const char *const texts[] = {"[{\\\"id\\\":1},{\\\"id\\\":2}]", "{\\\"id\\\":1}", "[1,2]",
                                      "[]x"};
  char line[1024];
  (void)state;
  for (size_t i = 0; i < RT__ARRAY_LEN(texts); i++) {
    struct seen s;
    (void)snprintf(
        line, sizeof line,
        "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{" IDS "," NANO ",\"attributes\":[" CHAT
        "," USER
        "," ATTR("gen_ai.prompt.0.role", "user") ",{\"key\":\"gen_ai.prompt.0.content\",\"value\":{"
                                                 "\"stringValue\":\"%s\"}}]}]}]}]}",
        texts[i]);
    rt__feed_result *r = run(scratch_text("typed", line), (rt__feed_options){.threads = 1}, &s);
    assert_int_equal(s.exchanges, 1);
    assert_int_equal(s.text[0], texts[i][0]);
    rt__feed_result_free(r);
    (void)snprintf(line, sizeof line, "{" LITE ",\"messages\":\"%s\"}", texts[i]);
    r = run(scratch_text("typed", line), (rt__feed_options){.threads = 1}, &s);
    assert_int_equal(s.exchanges, 1);
    if (s.text[0] != texts[i][0])
      fail_msg("%s: \"%s\"", line, s.text);
    rt__feed_result_free(r);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(bad_records_by_dialect), cmocka_unit_test(half_written_files),
      cmocka_unit_test(mixed_dialects),         cmocka_unit_test(gigantic_attribute_lists),
      cmocka_unit_test(account_field),          cmocka_unit_test(json_that_a_user_typed),
  };
  return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
