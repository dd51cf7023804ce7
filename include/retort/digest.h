/* retort/digest.h - what retort keeps of an exchange: keyed hashes, counts and times. No text.
 *
 * Caveats
 *  - Everything that could name somebody (accounts, addresses, models, texts, words) is a SipHash
 *    under the operator's key. With the default key, which is public, a digest is a pseudonym that
 *    anybody can test a guess against: use a key of your own where digests leave the house.
 *  - Two digests can be compared only if they were made under one key; rt_key_id says which.
 *  - An rt_digest borrows its tails (chunks, words, signatures) from whoever produced it.
 */
#ifndef RETORT_DIGEST_H
#define RETORT_DIGEST_H

#include "retort/exchange.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- keys */

typedef struct rt_key {
  unsigned char secret[32];
} rt_key;

/* the documented default key: SHA-256 of "retort default key 1" */
rt_code rt_key_default(rt_key *key);
/* SHA-256 of the bytes of a key file; RT_E_ARG below 16 bytes */
rt_code rt_key_from_bytes(const void *p, size_t n, rt_key *key, rt_error *err);
/* 64 bits that name the key and tell nothing else about it; never 0, but where OpenSSL has no
 * memory */
uint64_t rt_key_id(const rt_key *key);

/* ---- a segment of text that many requests share (a system prompt, a tool list): said once */

#define RT_CHUNKS_MAX      48 /* chunks kept of a text: the head's and the tail's */
#define RT_USER_CHUNKS_MAX 24 /* likewise of the last user turn of one exchange */
#define RT_WORDS_MAX       40 /* words in the sketch of a text */

typedef struct rt_segment {
  uint64_t hash;   /* the hash by which digests refer to it */
  uint32_t length; /* bytes */
  uint16_t n_chunks, n_words;
  const uint32_t *chunks; /* in text order, distinct */
  const uint32_t *words;  /* sorted, distinct, 24-bit values */
} rt_segment;

/* ---- the record */

enum {                /* rt_digest.flags */
       RT_F_TEXT = 1, /* the last user turn was readable */
       RT_F_START =
           2, /* the request starts a conversation: messages are there, none by the model */
       RT_F_MESSAGES = 4, /* a message list was there, with or without text */
       RT_F_STREAM = 8,
       RT_F_TOOLS = 16,
       RT_F_MUST_MAX = 32, /* the API demands max_tokens, so its value says less */
       RT_F_BATCH = 64,
       RT_F_USAGE = 128 /* token counts were stated */
};

typedef struct rt_digest {
  int64_t time_us;
  uint64_t account; /* never 0; of two tenants' accounts of one name, not the same */
  /* 0 = missing in all that follow, unless said otherwise */
  uint64_t id, org, tenant, end_user, session;
  uint64_t ip, net;     /* the client's address (IPv6: its /64); its /24 or /48 */
  uint64_t client;      /* user agent, headers and fingerprints together */
  uint64_t fingerprint; /* fingerprints alone */
  uint64_t model;
  uint64_t system, tools, first_user, last_user; /* whole texts, blanks folded */
  uint64_t prompt;           /* system and last user together, or the operator's prompt_hash */
  uint64_t response;         /* response id */
  uint64_t previous;         /* previous_response_id */
  uint32_t asn, country;     /* country: its two letters as a number */
  uint32_t max_tokens;       /* RT_UNSET_U32 when missing */
  int32_t temperature_milli; /* RT_UNSET_I32 when missing */
  uint32_t knobs;            /* hash of the remaining parameters */
  uint32_t tokens_in, tokens_out, tokens_reasoning; /* RT_UNSET_U32 when missing */
  uint32_t latency_ms;                              /* RT_UNSET_U32 when missing */
  uint32_t user_length;                             /* bytes of the last user turn */
  uint16_t turns;                                   /* user turns in the request, capped */
  uint16_t flags;
  uint8_t outcome; /* rt_outcome */
  uint8_t api;     /* rt_api */
  uint8_t finish;  /* 0 missing, 1 stop, 2 length, 3 tools, 4 filter, 5 other */
  uint8_t choices; /* n, capped at 255 */
  uint8_t n_chunks, n_words, n_signatures;
  const uint32_t *chunks;     /* of the last user turn; only on starts */
  const uint32_t *words;      /* likewise; sorted 24-bit values */
  const uint64_t *signatures; /* hashes of reasoning signatures carried back */
} rt_digest;

/* order by (account, time, all other fields, tails); 0 only for equal records. The order of the
 * house. */
int rt_digest_cmp(const rt_digest *a, const rt_digest *b);

/* ---- from exchanges to digests */

/* Where digests go. Each callback may return an error to stop the run. `account` and `segment` are
 * called the first time this digester meets them, before the record that refers to them. */
typedef struct rt_digest_sink {
  void *ctx;
  rt_code (*account)(void *ctx, uint64_t hash, rt_slice name, rt_error *err);
  rt_code (*segment)(void *ctx, const rt_segment *segment, rt_error *err);
  rt_code (*record)(void *ctx, const rt_digest *digest, rt_error *err);
} rt_digest_sink;

typedef struct rt_digester rt_digester;

/* One digester a thread. Remembers which accounts and segments it has announced: at most
 * `memory_max` bytes, after which it announces some of them again (harmless: they are a set).
 * alloc may be NULL (rt_alloc_default); alloc and key are copied. RT_E_NOMEM */
rt_code rt_digester_new(const rt_alloc *alloc, const rt_key *key, size_t memory_max,
                        rt_digester **out, rt_error *err);
void rt_digester_free(rt_digester *d);

/* Digests one exchange into the sink. Time O(bytes of system, tools, first and last user turn);
 * a segment met before costs its hash. RT_E_ARG if the exchange fails rt_exchange_check,
 * RT_E_NOMEM, and what the sink's callbacks return. */
rt_code rt_digester_add(rt_digester *d, const rt_exchange *x, const rt_digest_sink *sink,
                        rt_error *err);

/* the hash under which this key knows an account, a payment token … (`kind` separates namespaces);
 * 0 where OpenSSL has no memory. O(bytes of the value) */
uint64_t rt_key_hash(const rt_key *key, const char *kind, rt_slice value);

#ifdef __cplusplus
}
#endif
#endif
