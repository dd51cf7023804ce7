/* findings as JSON Lines: the bytes of one example, the order of lines, rounding, and what a
 * failing writer does. */
#include "report/findings_json.h"

#include "report/collect.h"
#include "report/fake_findings.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define T0 INT64_C(1772352930250000) /* 2026-03-01T08:15:30.25Z */

static const char *const content_values[] = {"skeleton \"a\"", "two\nlines"};
static const rt_evidence evidence[] = {
    {RT_FAMILY_CONTENT, 11.204, {9.0, 11.2, 13.096}, "one list", 2, content_values},
    {RT_FAMILY_MONEY, 7.5, {7, 7.5, 8}, "cards", 0, NULL}};
static const rt_counter counters[] = {{"popular app", -14.25, "trades"}};
static const rt_member members[] = {
    {"b",
     RT_ROLE_HARVEST,
     0.99001,
     601,
     5,
     T0,
     T0 + 1000000,
     {9.1, NAN, NAN, NAN, NAN, 7.7, NAN, NAN}},
    {"a", RT_ROLE_COVER, 0.99003, 2, 0, T0, T0, {NAN, NAN, NAN, NAN, NAN, 1, NAN, NAN}}};
static const rt_member others[] = {
    {"c", RT_ROLE_BYSTANDER, 0.999, 1, 1, T0, T0, {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN}}};
static const rt_campaign campaigns[] = {{.id = "rc-02",
                                         .verdict = RT_VERDICT_POOLED,
                                         .score = 0.5,
                                         .p = NAN,
                                         .fdr = NAN,
                                         .method = "",
                                         .first = T0,
                                         .last = T0,
                                         .members = others,
                                         .n_members = 1},
                                        {.id = "rc-01",
                                         .verdict = RT_VERDICT_DISTILLATION,
                                         .score = 0.99804999,
                                         .coordination = 0.99,
                                         .extraction = 0.97,
                                         .concealment = 1.0 / 3,
                                         .p = 1.04e-4,
                                         .fdr = 1.0 / 101,
                                         .decoys = 100,
                                         .method = "held-out family, permuted",
                                         .exchanges = 603,
                                         .in = 10,
                                         .out = 20,
                                         .first = T0,
                                         .last = T0 + 1000000,
                                         .flaggable = T0 + 500000,
                                         .evidence = evidence,
                                         .n_evidence = 2,
                                         .counters = counters,
                                         .n_counters = 1,
                                         .members = members,
                                         .n_members = 2}};
static const char *const missing[] = {"second family"};
static const rt_account_note notes[] = {
    {{"y", 1}, {"north", 5}, {NULL, 0}, T0, 0.01, 0, NULL},
    {{"x", 1}, {NULL, 0}, {"rc-01", 5}, INT64_MAX, 0.02, 1, missing}};
static const rt_findings findings = {.exchanges = 604,
                                     .duplicates = 1,
                                     .accounts = 5,
                                     .tenants = 2,
                                     .view = "facts",
                                     .prior = 0.01,
                                     .campaigns = campaigns,
                                     .n_campaigns = 2,
                                     .notes = notes,
                                     .n_notes = 2};

static rt__run a_run(rt_scan_options *o)
{
  static const rt__run_input inputs[] = {
      {NULL, 7, 0xff, "truncated"}, {"accounts", 3, 2, NULL}, {NULL, 5, 1, NULL}};
  static const rt__run_refused refused[] = {{"broken line", 2}, {"bad time", 0}};
  *o = (rt_scan_options){.all = true, .decoys = 100};
  o->without[RT_FAMILY_TIME] = true;
  return (rt__run){.version = "1",
                   .inputs = inputs,
                   .n_inputs = 3,
                   .refused = refused,
                   .n_refused = 2,
                   .options = o};
}

static const char golden[] =
    "{\"schema\":\"retort.finding/"
    "1\",\"type\":\"run\",\"version\":\"1\",\"view\":\"facts\",\"inputs\":["
    "{\"bytes\":5,\"xxh3\":\"0000000000000001\"},{\"bytes\":7,\"xxh3\":\"00000000000000ff\","
    "\"broken\":\"truncated\"},"
    "{\"what\":\"accounts\",\"bytes\":3,\"xxh3\":\"0000000000000002\"}],"
    "\"options\":{\"all\":true,\"decoys\":100,\"key\":\"KEY\",\"without\":[\"time\"]},"
    "\"exchanges\":604,\"accounts\":5,\"tenants\":2,\"refused\":{\"broken "
    "line\":2},\"prior\":0.01}\n"
    "{\"type\":\"campaign\",\"campaign\":\"rc-01\",\"verdict\":\"distillation\",\"score\":0.998,"
    "\"strength\":{\"coordination\":0.99,\"extraction\":0.97,\"concealment\":0.3333},"
    "\"significance\":{\"not_chance_p\":0.0001,\"method\":\"held-out family, "
    "permuted\",\"decoy_fdr\":0.0099,"
    "\"decoys\":100},\"members\":2,\"harvesting\":1,\"exchanges\":603,\"tokens\":{\"input\":10,"
    "\"output\":20},"
    "\"first_seen\":\"2026-03-01T08:15:30.25Z\",\"last_seen\":\"2026-03-01T08:15:31.25Z\","
    "\"flaggable_at\":\"2026-03-01T08:15:30.75Z\",\"evidence\":[{\"family\":\"content\",\"bits\":"
    "11.2,\"quartiles\":[9,11.2,13.1],\"what\":"
    "\"one list\","
    "\"values\":[\"skeleton \\\"a\\\"\",\"two\\nlines\"]},"
    "{\"family\":\"money\",\"bits\":7.5,\"quartiles\":[7,7.5,8],\"what\":\"cards\",\"values\":[]}],"
    "\"counter_evidence\":[{\"cause\":\"popular app\",\"log_odds\":-14.25,\"what\":\"trades\"}],"
    "\"exemplars\":[{\"account\":\"b\",\"score\":0.99}],\"history\":[]}\n"
    "{\"type\":\"campaign\",\"campaign\":\"rc-02\",\"tenant\":\"north\",\"verdict\":\"pooled\","
    "\"score\":0.5,"
    "\"strength\":{\"coordination\":0,\"extraction\":0,\"concealment\":0},"
    "\"significance\":{\"not_chance_p\":null,\"method\":\"\",\"decoy_fdr\":null,\"decoys\":0},"
    "\"members\":1,\"harvesting\":0,\"confirmed\":1,\"exchanges\":0,\"tokens\":{\"input\":0,"
    "\"output\":0},"
    "\"first_seen\":\"2026-03-01T08:15:30.25Z\",\"last_seen\":\"2026-03-01T08:15:30.25Z\","
    "\"evidence\":[],\"counter_evidence\":[],\"exemplars\":[],\"history\":[]}\n"
    "{\"type\":\"member\",\"campaign\":\"rc-02\",\"account\":\"c\",\"tenant\":\"north\",\"role\":"
    "\"bystander\","
    "\"score\":0.999,"
    "\"exchanges\":1,\"tokens\":1,\"first_seen\":\"2026-03-01T08:15:30.25Z\","
    "\"last_seen\":\"2026-03-01T08:15:30.25Z\",\"bits\":{}}\n"
    /* 0.99003 and 0.99001 are both printed as 0.99: then the name decides */
    "{\"type\":\"member\",\"campaign\":\"rc-01\",\"account\":\"a\",\"role\":\"cover\",\"reopened\":"
    "true,\"score\":0."
    "99,"
    "\"exchanges\":2,\"tokens\":0,\"first_seen\":\"2026-03-01T08:15:30.25Z\","
    "\"last_seen\":\"2026-03-01T08:15:30.25Z\",\"bits\":{\"money\":1}}\n"
    "{\"type\":\"member\",\"campaign\":\"rc-01\",\"account\":\"b\",\"role\":\"harvest\",\"score\":"
    "0.99,"
    "\"exchanges\":601,\"tokens\":5,\"first_seen\":\"2026-03-01T08:15:30.25Z\","
    "\"last_seen\":\"2026-03-01T08:15:31.25Z\",\"bits\":{\"content\":9.1,\"money\":7.7}}\n"
    "{\"type\":\"account\",\"account\":\"x\",\"nearest\":\"rc-01\",\"score\":0.02,\"cleared\":true,"
    "\"missing\":["
    "\"second family\"]}\n"
    "{\"type\":\"account\",\"account\":\"y\",\"tenant\":\"north\",\"nearest\":null,\"score\":0.01,"
    "\"cleared\":\"2026-03-01T08:15:30.25Z\",\"missing\":[]}\n";

static void put_key(char *out, size_t n, const rt_scan_options *o)
{
  const char *at = strstr(golden, "KEY");
  (void)snprintf(out, n, "%.*s%016llx%s", (int)(at - golden), golden,
                 (unsigned long long)rt_key_id(&o->key), at + 3);
}

static void prints_the_contract(void **state)
{
  (void)state;
  static collected got;
  static char want[1 << 14];
  rt_scan_options o;
  rt_error err = {0};
  rt__run run = a_run(&o);
  put_key(want, sizeof want, &o);
  got.n = 0;
  assert_int_equal(
      rt__findings_json(rt_alloc_default(), &findings, &run, &(rt__emit){collect, &got}, &err),
      RT_OK);
  assert_string_equal(got.text, want);
}

static void order_of_inputs_shows_nowhere(void **state)
{
  (void)state;
  static collected one, two;
  static const rt__run_input turned[] = {
      {NULL, 5, 1, NULL}, {NULL, 7, 0xff, "truncated"}, {"accounts", 3, 2, NULL}};
  rt_scan_options o;
  rt__run run = a_run(&o);
  one.n = two.n = 0;
  assert_int_equal(
      rt__findings_json(rt_alloc_default(), &findings, &run, &(rt__emit){collect, &one}, NULL),
      RT_OK);
  run.inputs = turned;
  assert_int_equal(
      rt__findings_json(rt_alloc_default(), &findings, &run, &(rt__emit){collect, &two}, NULL),
      RT_OK);
  assert_string_equal(one.text, two.text);
}

/* whatever the size of the disk, the error comes through and only whole lines were written */
static void full_disk_is_an_error(void **state)
{
  (void)state;
  static collected got;
  rt_scan_options o;
  rt__run run = a_run(&o);
  for (size_t room = 1; room < sizeof golden - 1; room += 97) {
    rt_error err = {0};
    got.n = 0;
    got.room = room;
    assert_int_equal(
        rt__findings_json(rt_alloc_default(), &findings, &run, &(rt__emit){collect, &got}, &err),
        RT_E_IO);
    assert_string_equal(err.message, "full");
    assert_true(got.n == 0 || got.text[got.n - 1] == '\n');
  }
}

/* ---- memory that runs out at the n-th request */

typedef struct scarce {
  int left;
} scarce;

static void *scarce_resize(void *ctx, void *old, size_t old_size, size_t size)
{
  scarce *s = ctx;
  (void)old_size;
  if (size == 0) {
    free(old);
    return NULL;
  }
  return s->left-- > 0 ? realloc(old, size) : NULL;
}

static void no_memory_is_an_error(void **state)
{
  (void)state;
  static collected got;
  rt_scan_options o;
  rt__run run = a_run(&o);
  rt_code c = RT_E_NOMEM;
  int n = 0;
  for (; n < 1000 && c != RT_OK; n++) {
    scarce s = {n};
    rt_alloc alloc = {scarce_resize, &s};
    got.n = got.room = 0;
    c = rt__findings_json(&alloc, &findings, &run, &(rt__emit){collect, &got}, NULL);
    assert_true(c == RT_OK || c == RT_E_NOMEM);
  }
  assert_int_equal(c, RT_OK);
  assert_true(n > 3);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(prints_the_contract), cmocka_unit_test(order_of_inputs_shows_nowhere),
      cmocka_unit_test(full_disk_is_an_error), cmocka_unit_test(no_memory_is_an_error)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
