#include "digest/key.h"
#include "digest/name.h"
#include "digest/record.h"
#include "digest/text.h"
#include "exchange/address.h"
#include "retort/digest.h"

#include <stdio.h>

/* kinds of identifiers, each hashed under a key of its own that is derived once */
#define KIND_MAP(X)                                                                                \
  X(account)                                                                                       \
  X(id)                                                                                            \
  X(org)                                                                                           \
  X(tenant)                                                                                        \
  X(end_user)                                                                                      \
  X(session)                                                                                       \
  X(ip)                                                                                            \
  X(net)                                                                                           \
  X(fingerprint)                                                                                   \
  X(user_agent)                                                                                    \
  X(headers)                                                                                       \
  X(client)                                                                                        \
  X(model)                                                                                         \
  X(response)                                                                                      \
  X(knobs)                                                                                         \
  X(knob)                                                                                          \
  X(prompt)                                                                                        \
  X(system)                                                                                        \
  X(signature)

typedef enum kind {
#define KIND_ENUM(name) KIND_##name,
  KIND_MAP(KIND_ENUM)
#undef KIND_ENUM
      KINDS
} kind;

/* what a digester remembers of the outside, so that accounts and segments are announced once */
struct rt_digester {
  rt_alloc alloc;
  rt__keyring ring;
  rt__sipkey kinds[KINDS];
  rt__textkeys text;
  rt__map accounts, segments; /* hash -> 1 */
  size_t announced_max;
};

#define ANNOUNCED_BYTES 34 /* of one remembered hash, the map's slack included */

rt_code rt_digester_new(const rt_alloc *alloc, const rt_key *key, size_t memory_max,
                        rt_digester **out, rt_error *err)
{
  if (!alloc)
    alloc = rt_alloc_default();
  rt_digester *d = rt__calloc(alloc, 1, sizeof *d);
  if (!d)
    return rt__fail(err, RT_E_NOMEM, "no memory for a digester");
  d->alloc = *alloc;
  rt_code c = rt__keyring_init(&d->ring, key, err);
  if (c != RT_OK) {
    rt__free(alloc, d, sizeof *d);
    return c;
  }
  static const char *const names[KINDS] = {
#define KIND_NAME(name) #name,
      KIND_MAP(KIND_NAME)
#undef KIND_NAME
  };
  for (int k = 0; k < KINDS; k++)
    d->kinds[k] = rt__keyring_kind(&d->ring, names[k]);
  d->text = (rt__textkeys){.chunk = d->ring.chunks, .word = d->ring.words};
  d->announced_max = memory_max / ANNOUNCED_BYTES / 2 + 16;
  rt__map_init(&d->accounts, &d->alloc, SIZE_MAX, d->ring.id);
  rt__map_init(&d->segments, &d->alloc, SIZE_MAX, ~d->ring.id);
  *out = d;
  return RT_OK;
}

void rt_digester_free(rt_digester *d)
{
  if (!d)
    return;
  rt_alloc a = d->alloc;
  rt__map_free(&d->accounts);
  rt__map_free(&d->segments);
  rt__free(&a, d, sizeof *d);
}

/* true the first time; forgets everything when full, which only costs repeated announcements */
static rt_code first_time(rt_digester *d, rt__map *m, uint64_t hash, bool *first)
{
  if (m->n >= d->announced_max)
    rt__map_free(m);
  return rt__map_put(m, hash, first) ? RT_OK : RT_E_NOMEM;
}

static uint64_t hash_id(const rt_digester *d, kind k, rt_slice s)
{
  return s.p && s.n ? rt__kind_hash(d->kinds[k], s) : 0;
}

static uint64_t hash_text(const rt_digester *d, rt_slice s)
{
  s = s.p ? rt__slice_trim(s) : s;
  if (!s.p || s.n == 0)
    return 0;
  uint64_t h = rt__sip(d->ring.texts, 1, 3, s.p, s.n);
  return h ? h : 1;
}

/* ---- where it came from */

/* of what is no address, a pseudonym with the shape of one perhaps: three of its parts */
static rt_slice first_parts(rt_slice text)
{
  size_t dots = 0, colons = 0;
  for (size_t i = 0; i < text.n; i++) {
    dots += text.p[i] == '.';
    colons += text.p[i] == ':';
    if (dots == 3 || (dots == 0 && colons == 3))
      return rt__slice(text.p, i);
  }
  return text;
}

/* a private address is that of a gateway that everybody passes: the chain it wrote says more */
static rt_slice client_of(const rt_exchange *x)
{
  rt__address a;
  bool stated = x->ip.p && x->ip.n;
  if (stated && (!rt__address_read(x->ip, &a) || rt__address_public(&a)))
    return x->ip;
  return x->forwarded_for.p && x->forwarded_for.n ? x->forwarded_for : x->ip;
}

static void digest_address(const rt_digester *d, const rt_exchange *x, rt_digest *g)
{
  rt__address a;
  char text[RT__ADDRESS_TEXT];
  rt_slice from = client_of(x);
  if (rt__address_read(from, &a)) {
    g->ip = hash_id(d, KIND_ip, rt__address_host(&a, text));
    g->net = hash_id(d, KIND_net, rt__address_net(&a, text));
  } else if (from.p && from.n) {
    g->ip = hash_id(d, KIND_ip, from);
    g->net = hash_id(d, KIND_net, first_parts(from));
  }
}

static rt_code digest_segment(rt_digester *d, uint64_t hash, char tag, rt_slice text,
                              const rt_digest_sink *sink, rt_error *err)
{
  bool first;
  if (hash == 0 || !sink->segment)
    return RT_OK;
  if (first_time(d, &d->segments, hash, &first) != RT_OK)
    return rt__fail(err, RT_E_NOMEM, "no memory for segments");
  if (!first)
    return RT_OK;
  uint32_t chunks[RT_CHUNKS_MAX], words[RT_WORDS_MAX];
  rt_segment s = {.hash = hash, .length = text.n > UINT32_MAX ? UINT32_MAX : (uint32_t)text.n};
  s.n_chunks = (uint16_t)rt__text_chunks(&d->text, tag, text, chunks, RT_CHUNKS_MAX);
  s.n_words = (uint16_t)rt__text_words(&d->text, text, words, RT_WORDS_MAX);
  s.chunks = chunks;
  s.words = words;
  return sink->segment(sink->ctx, &s, err);
}

static rt_code announce_account(rt_digester *d, rt_slice name, uint64_t hash,
                                const rt_digest_sink *sink, rt_error *err)
{
  bool first;
  if (!sink->account)
    return RT_OK;
  if (first_time(d, &d->accounts, hash, &first) != RT_OK)
    return rt__fail(err, RT_E_NOMEM, "no memory for accounts");
  return first ? sink->account(sink->ctx, hash, name, err) : RT_OK;
}

static void digest_who(const rt_digester *d, const rt_exchange *x, rt_digest *g)
{
  g->id = hash_id(d, KIND_id, x->id);
  g->org = hash_id(d, KIND_org, x->org);
  g->tenant = hash_id(d, KIND_tenant, x->tenant);
  g->end_user = hash_id(d, KIND_end_user, x->end_user);
  g->session = hash_id(d, KIND_session, x->session);
  digest_address(d, x, g);
  g->fingerprint = hash_id(d, KIND_fingerprint, x->fingerprint);
  uint64_t parts[3] = {hash_id(d, KIND_user_agent, x->user_agent),
                       hash_id(d, KIND_headers, x->headers), g->fingerprint};
  if (parts[0] | parts[1] | parts[2])
    g->client = rt__kind_hash(d->kinds[KIND_client], rt__slice(parts, sizeof parts));
  g->asn = x->asn;
  if (x->country.n >= 2)
    g->country = (uint32_t)(unsigned char)x->country.p[0] << 8 | (unsigned char)x->country.p[1];
}

static uint8_t finish_code(rt_slice s)
{
  static const struct {
    const char *name;
    uint8_t code;
  } rows[] = {{"stop", 1},       {"end_turn", 1},   {"stop_sequence", 1},     {"completed", 1},
              {"length", 2},     {"max_tokens", 2}, {"max_output_tokens", 2}, {"incomplete", 2},
              {"tool_calls", 3}, {"tool_use", 3},   {"function_call", 3},     {"content_filter", 4},
              {"refusal", 4}};
  if (!s.p || s.n == 0)
    return 0;
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++)
    if (rt__slice_eq(s, rt__cstr(rows[i].name)))
      return rows[i].code;
  return 5;
}

static void digest_call(const rt_digester *d, const rt_exchange *x, rt_digest *g)
{
  g->model = hash_id(d, KIND_model, x->model);
  g->response = hash_id(d, KIND_response, x->response_id);
  g->previous = hash_id(d, KIND_response, x->previous_response_id);
  g->max_tokens = x->max_tokens;
  g->temperature_milli = x->temperature_milli;
  if (x->top_p_milli != RT_UNSET_I32 || x->choices != 1 || x->other_knobs.n) {
    int32_t parts[2] = {x->top_p_milli, (int32_t)x->choices};
    uint64_t h = hash_id(d, KIND_knobs, x->other_knobs);
    h ^= rt__kind_hash(d->kinds[KIND_knob], rt__slice(parts, sizeof parts));
    g->knobs = (uint32_t)h | 1;
  }
  g->tokens_in = x->tokens_in;
  g->tokens_out = x->tokens_out;
  g->tokens_reasoning = x->tokens_reasoning;
  g->latency_ms = x->latency_ms;
  g->outcome = (uint8_t)x->outcome;
  g->api = (uint8_t)x->api;
  g->finish = finish_code(x->finish_reason);
  g->choices = x->choices > 255 ? 255 : (uint8_t)x->choices;
}

static uint32_t turns_of(const rt_exchange *x)
{
  return x->n_user + x->n_assistant + x->n_tool;
}

static bool is_start(const rt_exchange *x)
{
  return x->has_messages && x->n_assistant == 0 && x->n_tool == 0 &&
         !(x->previous_response_id.p && x->previous_response_id.n);
}

static void digest_flags(const rt_exchange *x, rt_digest *g)
{
  uint32_t f = 0;
  f |= g->last_user || g->prompt ? RT_F_TEXT : 0;
  f |= is_start(x) ? RT_F_START : 0;
  f |= x->has_messages ? RT_F_MESSAGES : 0;
  f |= x->stream ? RT_F_STREAM : 0;
  f |= g->tools ? RT_F_TOOLS : 0;
  f |= x->api == RT_API_MESSAGES ? RT_F_MUST_MAX : 0;
  f |= x->batch_id.p && x->batch_id.n ? RT_F_BATCH : 0;
  f |= x->tokens_in != RT_UNSET_U32 || x->tokens_out != RT_UNSET_U32 ? RT_F_USAGE : 0;
  g->flags = (uint16_t)f;
  uint32_t turns = turns_of(x);
  g->turns = (uint16_t)(turns > UINT16_MAX ? UINT16_MAX : turns);
}

static uint64_t hash_prompt(const rt_digester *d, const rt_exchange *x, const rt_digest *g)
{
  if (x->prompt_hash.p && x->prompt_hash.n)
    return hash_id(d, KIND_prompt, x->prompt_hash);
  if (!g->last_user)
    return 0;
  return rt__prompt_of(g->system, g->last_user);
}

rt_code rt_digester_add(rt_digester *d, const rt_exchange *x, const rt_digest_sink *sink,
                        rt_error *err)
{
  rt_code c = rt_exchange_check(x, err);
  if (c != RT_OK)
    return c;
  char joined[RT_NAME_MAX];
  rt_slice name = rt__name_join(x->account, x->tenant, joined);
  rt_digest g = {.time_us = x->time_us, .account = hash_id(d, KIND_account, name)};
  uint32_t chunks[RT_USER_CHUNKS_MAX], words[RT_WORDS_MAX];
  uint64_t signatures[RT_SIGNATURES_MAX];
  digest_who(d, x, &g);
  digest_call(d, x, &g);
  g.system = x->system.p ? hash_text(d, x->system) : hash_id(d, KIND_system, x->system_hash);
  g.tools = hash_text(d, x->tools);
  g.first_user = hash_text(d, x->first_user);
  g.last_user = x->last_user.p == x->first_user.p ? g.first_user : hash_text(d, x->last_user);
  g.user_length = x->last_user.n > UINT32_MAX ? UINT32_MAX : (uint32_t)x->last_user.n;
  g.prompt = hash_prompt(d, x, &g);
  digest_flags(x, &g);
  if (g.flags & RT_F_START && g.last_user) {
    g.n_chunks = (uint8_t)rt__text_chunks(&d->text, 'u', x->last_user, chunks, RT_USER_CHUNKS_MAX);
    g.n_words = (uint8_t)rt__text_words(&d->text, x->last_user, words, RT_WORDS_MAX);
  }
  g.n_signatures =
      (uint8_t)(x->n_signatures > RT_SIGNATURES_MAX ? RT_SIGNATURES_MAX : x->n_signatures);
  for (uint8_t i = 0; i < g.n_signatures; i++)
    signatures[i] = hash_id(d, KIND_signature, x->signatures[i]);
  g.chunks = chunks;
  g.words = words;
  g.signatures = signatures;
  if ((c = announce_account(d, name, g.account, sink, err)) != RT_OK)
    return c;
  if (x->system.p && (c = digest_segment(d, g.system, 's', x->system, sink, err)) != RT_OK)
    return c;
  return sink->record(sink->ctx, &g, err);
}
