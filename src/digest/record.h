/* record - an rt_digest as bytes in memory, and the order of records.
 *
 * A record is packed into a head of 16 bytes (which fields are there, small numbers, lengths of
 * tails), then the hashes that are there, the signatures, the numbers that are there, chunks,
 * words. Everything lies at its natural alignment, so that unpacking needs no copy of the tails.
 * The account and the time are kept apart by whoever stores the record.
 *
 * The form is canonical: with account and time, equal digests have equal bytes and the other way
 * round. It is native to the machine and trusted: it stays in memory or in a spool. The form that
 * travels is the one of file.h.
 */
#ifndef RT_DIGEST_RECORD_H
#define RT_DIGEST_RECORD_H

#include "base/hash.h"
#include "retort/digest.h"

/* All fields but account and time, in the order of comparison: hashes, then numbers, then small
 * numbers. A row may say which value takes no room: "missing", or what follows from the fields
 * before it. */
/* clang-format off */
#define RT__HASH_FIELDS(X)                                                                         \
  X(id, 0) X(org, 0) X(tenant, 0) X(end_user, 0) X(session, 0)                                     \
  X(ip, 0) X(net, 0) X(client, 0) X(fingerprint, 0) X(model, 0)                                    \
  X(system, 0) X(tools, 0) X(first_user, 0)                                                        \
  X(last_user, d->first_user)                                                                      \
  X(prompt, rt__prompt_of(d->system, d->last_user))                                                \
  X(response, 0) X(previous, 0)
#define RT__NUMBER_FIELDS(X)                                                                       \
  X(asn, 0) X(country, 0) X(knobs, 0) X(user_length, 0)                                            \
  X(max_tokens, RT_UNSET_U32) X(temperature_milli, RT_UNSET_I32)                                   \
  X(tokens_in, RT_UNSET_U32) X(tokens_out, RT_UNSET_U32) X(tokens_reasoning, RT_UNSET_U32)         \
  X(latency_ms, RT_UNSET_U32)
#define RT__SMALL_FIELDS(X) X(turns) X(flags) X(outcome) X(api) X(finish) X(choices)
/* clang-format on */

/* the hash of a prompt whose operator gave none: system and last user text together; 0 without text
 */
static inline uint64_t rt__prompt_of(uint64_t system, uint64_t last_user)
{
  return last_user ? rt__mix2(system, last_user) | 1 : 0;
}

enum {
#define RT__NTH(f, absent) RT__NTH_##f,
  RT__HASH_FIELDS(RT__NTH) RT__NUMBER_FIELDS(RT__NTH)
#undef RT__NTH
      RT__N_MASKED, /* fields that may take no room */
  RT__N_HASHES = RT__NTH_previous + 1,
  RT__N_NUMBERS = RT__N_MASKED - RT__N_HASHES
};

#define RT__RECORD_HEAD 16
/* bytes of the longest record */
#define RT__RECORD_MAX                                                                             \
  (RT__RECORD_HEAD + 8 * (size_t)(RT__N_HASHES + RT_SIGNATURES_MAX) +                              \
   4 * (size_t)(RT__N_NUMBERS + RT_USER_CHUNKS_MAX + RT_WORDS_MAX))

/* RT_E_ARG unless the account is not 0, the time from 2000 to 2100, codes and tails within their
 * maxima and the words 24-bit, rising and distinct. Whatever enters a set or a file passes here. */
rt_code rt__record_check(const rt_digest *d, rt_error *err) RT__MUST_CHECK;

/* likewise for a segment: a hash, tails within their maxima, words as above */
rt_code rt__segment_check(const rt_segment *s, rt_error *err) RT__MUST_CHECK;

/* packs a checked digest to `out` (8-aligned, room for RT__RECORD_MAX); returns the size, a
 * multiple of 8 */
size_t rt__record_pack(const rt_digest *d, unsigned char *out);

/* the way back; tails point into `p` (8-aligned). Returns the size. */
size_t rt__record_unpack(const unsigned char *p, uint64_t account, int64_t time_us, rt_digest *d);

/* the field `id` without unpacking */
uint64_t rt__record_id(const unsigned char *p);
/* the size without unpacking */
size_t rt__record_size(const unsigned char *p);

#endif
