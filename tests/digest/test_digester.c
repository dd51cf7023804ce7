/* From an exchange to its digest: what is hashed, what is announced, what never comes out. */
#include "digest/key.h"
#include "digest/name.h"
#include "files.h"
#include "support/failing_alloc.h"

#define AT (INT64_C(1772352930) * 1000000)

static rt_key key;

/* an exchange with one turn; callers change what they test */
static rt_exchange plain_exchange(void)
{
  rt_exchange x;
  rt_exchange_clear(&x);
  x.account = RT__LIT("acct_17");
  x.time_us = AT;
  x.id = RT__LIT("req_1");
  x.org = RT__LIT("org_4");
  x.ip = RT__LIT("203.0.113.9");
  x.model = RT__LIT("m-large-2");
  x.system = RT__LIT("You answer in verse. Keep every line short, please.");
  x.first_user = x.last_user = RT__LIT("Describe the harbour at night, with lanterns and boats.");
  x.has_messages = true;
  x.n_messages = 2;
  x.n_user = 1;
  x.tokens_in = 40;
  x.tokens_out = 200;
  return x;
}

/* the last digest, copied, beside what was heard */
typedef struct caught {
  heard h;
  owned_digest last;
  size_t known_at_record; /* accounts and segments heard before it */
} caught;

static rt_code catch_record(void *ctx, const rt_digest *d, rt_error *err)
{
  caught *c = ctx;
  assert_int_equal(rt__record_check(d, NULL), RT_OK);
  copy_digest(&c->last, d);
  c->known_at_record = c->h.n_accounts + c->h.n_segments;
  return hear_record(&c->h, d, err);
}

static rt_code catch_account(void *ctx, uint64_t hash, rt_slice name, rt_error *err)
{
  return hear_account(&((caught *)ctx)->h, hash, name, err);
}

static rt_code catch_segment(void *ctx, const rt_segment *s, rt_error *err)
{
  assert_int_equal(rt__segment_check(s, NULL), RT_OK);
  return hear_segment(&((caught *)ctx)->h, s, err);
}

static rt_digest_sink catching(caught *c)
{
  return (rt_digest_sink){c, catch_account, catch_segment, catch_record};
}

static rt_digester *new_digester(void)
{
  rt_digester *d;
  assert_int_equal(rt_digester_new(NULL, &key, 1 << 20, &d, NULL), RT_OK);
  return d;
}

/* digest of one exchange by a fresh digester */
static owned_digest *digest_of(const rt_exchange *x)
{
  static caught c;
  rt_digester *d = new_digester();
  rt_digest_sink sink = catching(&c);
  assert_int_equal(rt_digester_add(d, x, &sink, NULL), RT_OK);
  rt_digester_free(d);
  bytes_free(&c.h.log);
  tie_tails(&c.last);
  return &c.last;
}

static void test_hashes_are_those_of_the_key(void **state)
{
  (void)state;
  rt_exchange x = plain_exchange();
  const rt_digest *d = &digest_of(&x)->d;
  assert_int_equal(d->account, rt_key_hash(&key, "account", x.account));
  assert_int_equal(d->id, rt_key_hash(&key, "id", x.id));
  assert_int_equal(d->org, rt_key_hash(&key, "org", x.org));
  assert_int_equal(d->ip, rt_key_hash(&key, "ip", x.ip));
  assert_int_equal(d->net, rt_key_hash(&key, "net", RT__LIT("203.0.113")));
  assert_int_equal(d->model, rt_key_hash(&key, "model", x.model));
  assert_int_equal(d->prompt, rt__prompt_of(d->system, d->last_user));
  assert_int_equal(d->time_us, AT);
  assert_int_equal(d->user_length, x.last_user.n);
  assert_int_equal(d->tokens_out, 200);
  assert_int_equal(d->tokens_reasoning, RT_UNSET_U32);
  assert_true(d->n_words > 3 && d->n_chunks > 0);
}

/* the least there can be: an account and a time; all else is missing, not empty */
static void test_missing_is_missing(void **state)
{
  (void)state;
  rt_exchange x;
  rt_exchange_clear(&x);
  x.account = RT__LIT("a");
  x.time_us = AT;
  const rt_digest *d = &digest_of(&x)->d;
#define IS_MISSING(f, absent) assert_true(d->f == (absent));
  RT__HASH_FIELDS(IS_MISSING)
  RT__NUMBER_FIELDS(IS_MISSING)
#undef IS_MISSING
  assert_int_equal(d->flags, 0);
  assert_int_equal(d->n_chunks + d->n_words + d->n_signatures, 0);
  x.system = x.last_user = x.first_user = RT__LIT(" \n"); /* blanks only say nothing either */
  d = &digest_of(&x)->d;
  assert_int_equal(d->system | d->last_user | d->prompt, 0);
  assert_int_equal(d->flags & RT_F_TEXT, 0);
}

static void test_starts(void **state)
{
  (void)state;
  rt_exchange x = plain_exchange();
  assert_true(digest_of(&x)->d.flags & RT_F_START);
  x.n_assistant = 1; /* the model has spoken: later turns keep no words */
  const rt_digest *d = &digest_of(&x)->d;
  assert_int_equal(d->flags & RT_F_START, 0);
  assert_int_equal(d->n_chunks + d->n_words, 0);
  assert_int_not_equal(d->last_user, 0);
  x = plain_exchange();
  x.previous_response_id = RT__LIT("resp_1");
  assert_int_equal(digest_of(&x)->d.flags & RT_F_START, 0);
  x = plain_exchange();
  x.has_messages = false;
  assert_int_equal(digest_of(&x)->d.flags & (RT_F_START | RT_F_MESSAGES), 0);
}

/* each of these changes alone changes the digest */
static void test_every_part_counts(void **state)
{
  (void)state;
  rt_exchange base = plain_exchange();
  owned_digest first;
  copy_digest(&first, &digest_of(&base)->d);
  rt_slice *const parts[] = {&base.account,
                             &base.id,
                             &base.org,
                             &base.tenant,
                             &base.end_user,
                             &base.session,
                             &base.ip,
                             &base.user_agent,
                             &base.headers,
                             &base.fingerprint,
                             &base.model,
                             &base.system,
                             &base.tools,
                             &base.first_user,
                             &base.last_user,
                             &base.response_id,
                             &base.previous_response_id,
                             &base.prompt_hash,
                             &base.other_knobs};
  for (size_t i = 0; i < RT__ARRAY_LEN(parts); i++) {
    rt_slice was = *parts[i];
    *parts[i] = RT__LIT("something else");
    assert_int_not_equal(rt_digest_cmp(&first.d, &digest_of(&base)->d), 0);
    *parts[i] = was;
  }
  assert_int_equal(rt_digest_cmp(&first.d, &digest_of(&base)->d), 0);
}

static void test_announced_once_and_before(void **state)
{
  (void)state;
  caught c = {.known_at_record = 0};
  rt_digest_sink sink = catching(&c);
  rt_digester *d = new_digester();
  rt_exchange x = plain_exchange();
  for (int i = 0; i < 100; i++) {
    char name[20];
    snprintf(name, sizeof name, "acct_%d", i % 10);
    x.account = rt__cstr(name);
    assert_int_equal(rt_digester_add(d, &x, &sink, NULL), RT_OK);
    assert_int_equal(c.known_at_record, 1 + (i < 10 ? i + 1 : 10));
  }
  assert_int_equal(c.h.n_accounts, 10);
  assert_int_equal(c.h.n_segments, 1);
  assert_int_equal(c.h.n_records, 100);
  rt_digester_free(d);
  bytes_free(&c.h.log);
}

/* a digester that may remember little announces again, and no more than that */
static void test_memory_is_bounded(void **state)
{
  (void)state;
  test_alloc t = {0};
  rt_alloc alloc = test_alloc_of(&t);
  caught c = {.known_at_record = 0};
  rt_digest_sink sink = catching(&c);
  rt_digester *d;
  assert_int_equal(rt_digester_new(&alloc, &key, 64 << 10, &d, NULL), RT_OK);
  rt_exchange x = plain_exchange();
  for (int i = 0; i < 20000; i++) {
    char name[20], text[80];
    snprintf(name, sizeof name, "acct_%d", i);
    snprintf(text, sizeof text, "You are the assistant of shop number %d. Be kind.", i);
    x.account = rt__cstr(name);
    x.system = rt__cstr(text);
    assert_int_equal(rt_digester_add(d, &x, &sink, NULL), RT_OK);
  }
  assert_int_equal(c.h.n_accounts, 20000);
  assert_true(t.peak < 200 << 10);
  rt_digester_free(d);
  assert_int_equal(t.held + t.wrong_sizes, 0);
  bytes_free(&c.h.log);
}

/* neither a name nor a word of a text stands in a file */
static void test_file_shows_no_text(void **state)
{
  (void)state;
  bytes file = {0};
  rt__file_writer *w;
  rt_digester *d = new_digester();
  assert_int_equal(rt__file_writer_new(NULL, &key, bytes_write, &file, &w, NULL), RT_OK);
  rt_digest_sink sink = rt__file_writer_sink(w);
  rt_exchange x = plain_exchange();
  assert_int_equal(rt_digester_add(d, &x, &sink, NULL), RT_OK);
  assert_int_equal(rt__file_writer_close(w, NULL), RT_OK);
  static const char *const secret[] = {"acct",  "org_",    "203.0", "large",
                                       "verse", "harbour", "req_"};
  for (size_t i = 0; i < RT__ARRAY_LEN(secret); i++)
    for (size_t at = 0; at + strlen(secret[i]) <= file.n; at++)
      assert_int_not_equal(memcmp(file.p + at, secret[i], strlen(secret[i])), 0);
  heard h = {0};
  assert_int_equal(read_bytes(NULL, &key, file.p, file.n, 1 << 20, &h, NULL), RT_OK);
  assert_memory_equal(h.log.p + 8, "acct_17", 7); /* after its hash: the key opens it */
  rt__file_writer_free(w);
  rt_digester_free(d);
  bytes_free(&h.log);
  bytes_free(&file);
}

static bool holds(const bytes *b, const char *word)
{
  size_t n = strlen(word);
  for (size_t at = 0; at + n <= b->n; at++)
    if (memcmp(b->p + at, word, n) == 0)
      return true;
  return false;
}

/* what comes out before it is packed: but for the account's name and tenant, no four letters that
 * went in */
static void test_sink_hears_no_text(void **state)
{
  (void)state;
  caught c = {.known_at_record = 0};
  rt_digest_sink sink = catching(&c);
  rt_digester *d = new_digester();
  rt_exchange x = plain_exchange();
  rt_slice *const parts[] = {&x.id,          &x.org,           &x.end_user,      &x.session,
                             &x.ip,          &x.country,       &x.user_agent,    &x.headers,
                             &x.fingerprint, &x.model,         &x.other_knobs,   &x.system,
                             &x.tools,       &x.last_user,     &x.response_id,   &x.batch_id,
                             &x.trace_id,    &x.forwarded_for, &x.output,        &x.prompt_hash,
                             &x.system_hash, &x.signatures[0], &x.finish_reason, &x.api_key,
                             &x.project,     &x.endpoint,      &x.provider};
  static char text[RT__ARRAY_LEN(parts)][64];
  for (size_t i = 0; i < RT__ARRAY_LEN(parts); i++) {
    snprintf(text[i], sizeof text[i], "Qz%zuj gfhq%zu wvkx%zu, pwzb%zu.", i, i, i, i);
    *parts[i] = rt__cstr(text[i]);
  }
  x.first_user = x.last_user;
  x.n_signatures = 1;
  assert_int_equal(rt_digester_add(d, &x, &sink, NULL), RT_OK);
  assert_int_equal(c.h.n_records + c.h.n_segments, 2);
  static const char *const secret[] = {"gfhq", "wvkx", "pwzb"};
  for (size_t i = 0; i < RT__ARRAY_LEN(secret); i++)
    assert_false(holds(&c.h.log, secret[i]));
  assert_true(holds(&c.h.log, "acct_17")); /* so the search finds what is there */
  rt_digester_free(d);
  bytes_free(&c.h.log);
}

/* a log without texts: the operator's own hashes stand for them */
static void test_metadata_only(void **state)
{
  (void)state;
  rt_exchange x;
  rt_exchange_clear(&x);
  x.account = RT__LIT("acct_17");
  x.time_us = AT;
  x.tokens_in = 7;
  owned_digest bare, hashed, other;
  copy_digest(&bare, &digest_of(&x)->d);
  assert_int_equal(bare.d.flags, RT_F_USAGE);
  assert_int_equal(bare.d.prompt | bare.d.system | bare.d.last_user, 0);
  x.prompt_hash = RT__LIT("p-1");
  x.system_hash = RT__LIT("s-1");
  copy_digest(&hashed, &digest_of(&x)->d);
  assert_true(hashed.d.prompt && hashed.d.system && hashed.d.prompt != hashed.d.system);
  assert_int_equal(hashed.d.last_user, 0);
  assert_int_equal(hashed.d.n_words + hashed.d.n_chunks, 0);
  assert_int_equal(hashed.d.flags & (RT_F_START | RT_F_MESSAGES), 0);
  x.prompt_hash = RT__LIT("p-2");
  copy_digest(&other, &digest_of(&x)->d);
  assert_true(other.d.prompt != hashed.d.prompt && other.d.system == hashed.d.system);
}

/* blanks around a text are not the text; the first turn said again is no second text */
static void test_texts_are_trimmed(void **state)
{
  (void)state;
  rt_exchange x = plain_exchange();
  owned_digest a;
  copy_digest(&a, &digest_of(&x)->d);
  assert_int_equal(a.d.first_user, a.d.last_user);
  x.last_user = x.first_user =
      RT__LIT(" \n Describe the harbour at night, with lanterns and boats.\n\n");
  const rt_digest *b = &digest_of(&x)->d;
  assert_int_equal(a.d.last_user, b->last_user);
  assert_int_equal(a.d.prompt, b->prompt);
}

/* nothing that one key hashes can be met under another */
static void test_two_keys_share_nothing(void **state)
{
  (void)state;
  rt_exchange x = plain_exchange();
  x.user_agent = RT__LIT("client/1");
  owned_digest a;
  rt_key mine = key;
  copy_digest(&a, &digest_of(&x)->d);
  key = key_of("quite another key, for once");
  const rt_digest *b = &digest_of(&x)->d;
  key = mine;
#define DIFFERS(f, absent) assert_true(a.d.f != b->f || a.d.f == 0);
  RT__HASH_FIELDS(DIFFERS)
#undef DIFFERS
  assert_true(a.d.account != b->account);
  for (unsigned i = 0; i < a.d.n_words; i++)
    for (unsigned k = 0; k < b->n_words; k++)
      assert_int_not_equal(a.words[i], b->words[k]);
  for (unsigned i = 0; i < a.d.n_chunks; i++)
    for (unsigned k = 0; k < b->n_chunks; k++)
      assert_int_not_equal(a.chunks[i], b->chunks[k]);
}

static uint64_t net_of(const char *ip)
{
  rt_exchange x = plain_exchange();
  x.ip = rt__cstr(ip);
  return digest_of(&x)->d.net;
}

static void test_networks(void **state)
{
  (void)state;
  assert_int_equal(net_of("203.0.113.9"), net_of("203.0.113.200"));
  assert_int_not_equal(net_of("203.0.113.9"), net_of("203.0.114.9"));
  assert_int_equal(net_of("2001:db8:1:2::5"), net_of("2001:db8:1:ffff:1:2:3:4"));
  assert_int_not_equal(net_of("2001:db8:1:2::5"), net_of("2001:db8:2:2::5"));
}

static rt_digest from(const char *ip, const char *chain)
{
  rt_exchange x = plain_exchange();
  x.ip = rt__cstr(ip);
  x.forwarded_for = rt__cstr(chain);
  return digest_of(&x)->d;
}

/* IPv6 hands each customer a /64: compared as IPv4's single addresses are, in any spelling */
static void test_one_customer_has_one_address(void **state)
{
  (void)state;
  assert_int_equal(from("2001:db8:1:2::5", NULL).ip, from("2001:0DB8:1:2:9:9:9:9", NULL).ip);
  assert_int_not_equal(from("2001:db8:1:2::5", NULL).ip, from("2001:db8:1:3::5", NULL).ip);
  assert_int_equal(from("2001:db8:1:2::5", NULL).net, from("2001:0DB8:1:3::5", NULL).net);
  assert_int_equal(from("::ffff:203.0.113.9", NULL).ip, from("203.0.113.9", NULL).ip);
  assert_int_equal(from("::ffff:203.0.113.9", NULL).net, from("203.0.113.77", NULL).net);
  assert_int_equal(from("node-7", NULL).ip, rt_key_hash(&key, "ip", RT__LIT("node-7")));
  assert_int_equal(from("a.b.c.d", NULL).net, rt_key_hash(&key, "net", RT__LIT("a.b.c")));
}

/* the peer is trusted unless it is one of the house; then the chain is asked */
static void test_which_address(void **state)
{
  (void)state;
  uint64_t peer = from("203.0.113.9", NULL).ip, other = from("198.51.100.7", NULL).ip;
  assert_int_equal(from("203.0.113.9", "198.51.100.7").ip, peer);
  assert_int_equal(from("10.0.0.4", "198.51.100.7").ip, other);
  assert_int_equal(from("fd00::4", "198.51.100.7").net, from("198.51.100.99", NULL).net);
  assert_int_equal(from(NULL, "198.51.100.7").ip, other);
  assert_int_equal(from("10.0.0.4", NULL).ip, rt_key_hash(&key, "ip", RT__LIT("10.0.0.4")));
  assert_int_equal(from("pseudonym", "198.51.100.7").ip,
                   rt_key_hash(&key, "ip", RT__LIT("pseudonym")));
  assert_int_equal(from(NULL, NULL).ip | from(NULL, NULL).net, 0);
}

static struct {
  uint64_t hash[4];
  rt_slice name[4];
  char text[4][40];
  size_t n;
} said;

static rt_code note_account(void *ctx, uint64_t hash, rt_slice name, rt_error *err)
{
  (void)ctx;
  (void)err;
  memcpy(said.text[said.n], name.p, name.n);
  said.hash[said.n] = hash;
  said.name[said.n] = rt__slice(said.text[said.n], name.n);
  said.n++;
  return RT_OK;
}

static rt_code no_record(void *ctx, const rt_digest *d, rt_error *err)
{
  (void)ctx;
  (void)d;
  (void)err;
  return RT_OK;
}

/* one name in two tenants is two accounts, and what is announced says whose each is */
static void test_tenants_have_accounts_of_their_own(void **state)
{
  (void)state;
  rt_digester *d;
  rt_exchange x = plain_exchange();
  const rt_digest_sink sink = {NULL, note_account, NULL, no_record};
  static const char *const tenants[] = {NULL, "t1", "t2", "t1"};
  said.n = 0;
  assert_int_equal(rt_digester_new(NULL, &key, 1 << 20, &d, NULL), RT_OK);
  for (size_t i = 0; i < RT__ARRAY_LEN(tenants); i++) {
    x.account = RT__LIT("alice");
    x.tenant = rt__cstr(tenants[i]);
    assert_int_equal(rt_digester_add(d, &x, &sink, NULL), RT_OK);
  }
  rt_digester_free(d);
  assert_int_equal(said.n, 3);
  assert_int_equal(said.hash[0], rt_key_hash(&key, "account", RT__LIT("alice")));
  for (size_t i = 0; i < 3; i++) {
    assert_true(rt__slice_eq(rt__name_account(said.name[i]), RT__LIT("alice")));
    assert_true(rt__slice_eq(rt__name_tenant(said.name[i]), rt__cstr(tenants[i])));
    assert_int_equal(said.hash[i], rt_key_hash(&key, "account", said.name[i]));
    for (size_t k = 0; k < i; k++)
      assert_int_not_equal(said.hash[i], said.hash[k]);
  }
}

/* counts beyond their fields' range are capped, not wrapped */
static void test_large_counts(void **state)
{
  (void)state;
  rt_exchange x = plain_exchange();
  x.n_user = x.n_tool = 60000;
  x.choices = 70000;
  const rt_digest *d = &digest_of(&x)->d;
  assert_int_equal(d->turns, UINT16_MAX);
  assert_int_equal(d->choices, 255);
}

static void test_signatures(void **state)
{
  (void)state;
  rt_exchange x = plain_exchange();
  for (int i = 0; i < RT_SIGNATURES_MAX; i++)
    x.signatures[i] = i % 2 ? RT__LIT("sig-a") : RT__LIT("sig-b");
  x.n_signatures = RT_SIGNATURES_MAX + 5; /* more were counted than kept */
  const rt_digest *d = &digest_of(&x)->d;
  assert_int_equal(d->n_signatures, RT_SIGNATURES_MAX);
  assert_int_equal(d->signatures[1], rt_key_hash(&key, "signature", RT__LIT("sig-a")));
}

static void test_refuses_broken_exchanges(void **state)
{
  (void)state;
  caught c = {.known_at_record = 0};
  rt_digest_sink sink = catching(&c);
  rt_digester *d = new_digester();
  rt_exchange x = plain_exchange();
  x.account.n = 0;
  assert_int_equal(rt_digester_add(d, &x, &sink, NULL), RT_E_ARG);
  x = plain_exchange();
  x.time_us = 5;
  assert_int_equal(rt_digester_add(d, &x, &sink, NULL), RT_E_ARG);
  static char name[RT_NAME_MAX + 1];
  memset(name, 'a', sizeof name);
  x = plain_exchange();
  x.account = rt__slice(name, sizeof name);
  assert_int_equal(rt_digester_add(d, &x, &sink, NULL), RT_E_ARG);
  assert_int_equal(c.h.n_accounts + c.h.n_segments + c.h.n_records, 0);
  x.account.n = RT_NAME_MAX;
  assert_int_equal(rt_digester_add(d, &x, &sink, NULL), RT_OK);
  rt_digester_free(d);
  rt_digester_free(NULL);
  bytes_free(&c.h.log);
}

static void test_no_memory(void **state)
{
  (void)state;
  for (test_alloc t = {0}; test_alloc_again(&t);) {
    rt_alloc alloc = test_alloc_of(&t);
    caught c = {.known_at_record = 0};
    rt_digest_sink sink = catching(&c);
    rt_digester *d = NULL;
    rt_exchange x = plain_exchange();
    rt_code code = rt_digester_new(&alloc, &key, 1 << 20, &d, NULL);
    for (int i = 0; i < 50 && code == RT_OK; i++) {
      char name[20];
      snprintf(name, sizeof name, "acct_%d", i);
      x.account = rt__cstr(name);
      code = rt_digester_add(d, &x, &sink, NULL);
    }
    rt_digester_free(d);
    assert_survived(&t, code);
    bytes_free(&c.h.log);
  }
}

int main(void)
{
  key = key_of("a key for tests only");
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_hashes_are_those_of_the_key),
      cmocka_unit_test(test_missing_is_missing),
      cmocka_unit_test(test_starts),
      cmocka_unit_test(test_every_part_counts),
      cmocka_unit_test(test_announced_once_and_before),
      cmocka_unit_test(test_memory_is_bounded),
      cmocka_unit_test(test_file_shows_no_text),
      cmocka_unit_test(test_sink_hears_no_text),
      cmocka_unit_test(test_metadata_only),
      cmocka_unit_test(test_texts_are_trimmed),
      cmocka_unit_test(test_two_keys_share_nothing),
      cmocka_unit_test(test_networks),
      cmocka_unit_test(test_tenants_have_accounts_of_their_own),
      cmocka_unit_test(test_one_customer_has_one_address),
      cmocka_unit_test(test_which_address),
      cmocka_unit_test(test_large_counts),
      cmocka_unit_test(test_signatures),
      cmocka_unit_test(test_refuses_broken_exchanges),
      cmocka_unit_test(test_no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
