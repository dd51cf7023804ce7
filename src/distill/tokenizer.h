/* tokenizer - from text to ids and back, as a model file says.
 *
 * Two kinds: byte-level BPE (ranked merges, a named pre-tokenizer) and SentencePiece BPE ("llama":
 * scores, byte fallback). Read from and written to GGUF metadata and a tokenizer.json; see
 * bpe_train.h for one made from scratch.
 *
 * Caveats
 *  - A pre-tokenizer that isn't in the table is refused by name: guessing one would feed a model
 * other ids than it was trained on, and nothing would look wrong.
 *  - Unicode normalisation (NFC in some tokenizer.json) is not applied, as llama.cpp doesn't: text
 * that isn't in that form already may get other ids than the Hugging Face library gives.
 *  - Bytes that aren't UTF-8 pass through unchanged (they count as symbols), so decoding gives them
 * back.
 *  - An rt_tokenizer is constant after it was made: any number of threads may use it.
 */
#ifndef RT_DISTILL_TOKENIZER_H
#define RT_DISTILL_TOKENIZER_H

#include "distill/gguf.h"
#include "distill/gguf_write.h"

#define RT_TOKEN_NONE       UINT32_MAX
#define RT_TOKENS_MAX       (1u << 20)
#define RT_TOKEN_BYTES_MAX  65535u
#define RT_ENCODE_BYTES_MAX ((size_t)1 << 30) /* bytes of text in one call */

typedef struct rt_tokenizer rt_tokenizer;

/* ---- making and freeing */

/* from the keys tokenizer.ggml.*; nothing is borrowed from g afterwards */
rt_code rt_tokenizer_from_gguf(const rt_alloc *alloc, const rt_gguf *g, rt_tokenizer **out,
                               rt_error *err) RT__MUST_CHECK;
/* from the bytes of a tokenizer.json and of a tokenizer_config.json (which may be empty) */
rt_code rt_tokenizer_from_json(const rt_alloc *alloc, rt_slice json, rt_slice config,
                               rt_tokenizer **out, rt_error *err) RT__MUST_CHECK;
void rt_tokenizer_free(rt_tokenizer *t);

/* puts tokenizer.ggml.*; `rows` is the model's vocabulary: unused tokens are added up to it.
 * RT_E_ARG if the tokenizer has more tokens than that. */
rt_code rt_tokenizer_to_gguf(const rt_tokenizer *t, rt_gguf_writer *w, uint32_t rows,
                             rt_error *err) RT__MUST_CHECK;
/* appends a tokenizer.json and a tokenizer_config.json */
rt_code rt_tokenizer_to_json(const rt_tokenizer *t, rt__buf *json, rt__buf *config,
                             rt_error *err) RT__MUST_CHECK;

/* ---- asking */

uint32_t rt_tokenizer_size(const rt_tokenizer *t);
/* "smollm" for byte-level BPE, "llama" for SentencePiece */
const char *rt_tokenizer_name(const rt_tokenizer *t);
/* the bytes that a token stands for; empty if there is no such token */
rt_slice rt_tokenizer_bytes(const rt_tokenizer *t, uint32_t id);
/* control tokens and the unknown one: not text */
bool rt_tokenizer_special(const rt_tokenizer *t, uint32_t id);
/* RT_TOKEN_NONE where there is none */
uint32_t rt_tokenizer_bos(const rt_tokenizer *t);
uint32_t rt_tokenizer_eos(const rt_tokenizer *t);
uint32_t rt_tokenizer_unk(const rt_tokenizer *t);
uint32_t rt_tokenizer_pad(const rt_tokenizer *t);
/* id of the token spelt so in the file, RT_TOKEN_NONE if there is none */
uint32_t rt_tokenizer_find(const rt_tokenizer *t, rt_slice text);
/* empty if the file has none */
rt_slice rt_tokenizer_chat_template(const rt_tokenizer *t);
/* 32 bytes of SHA-256 over all that decides which ids a text gets. The same tokenizer read from
 * GGUF and from tokenizer.json has the same hash. */
const unsigned char *rt_tokenizer_hash(const rt_tokenizer *t);
/* RT_E_ARG if the tokenizer has more tokens than a model has rows */
rt_code rt_tokenizer_fits(const rt_tokenizer *t, uint32_t rows, rt_error *err) RT__MUST_CHECK;

/* ---- using */

typedef struct rt_ids {
  const rt_alloc *alloc;
  uint32_t *p;
  size_t n, cap, max;
} rt_ids;
void rt_ids_init(rt_ids *ids, const rt_alloc *alloc, size_t max);
void rt_ids_free(rt_ids *ids);
rt_code rt_ids_add(rt_ids *ids, uint32_t id) RT__MUST_CHECK;

enum {
  RT_ENCODE_SPECIAL =
      1, /* control tokens spelt in the text become themselves: for text that you wrote */
  RT_ENCODE_BOS = 2, /* the file's own wish about BOS and EOS is followed; else neither is added */
};

/* appends the ids of text. RT_E_LIMIT for more than RT_ENCODE_BYTES_MAX bytes or ids->max ids.
 * O(n log n) in the longest word. */
rt_code rt_tokenizer_encode(const rt_tokenizer *t, rt_slice text, unsigned flags, rt_ids *ids,
                            rt_error *err) RT__MUST_CHECK;
/* appends the text of ids; control tokens are left out unless `special`. SentencePiece: the blank
 * in front of the first word is taken off, if the tokenizer puts one there. */
rt_code rt_tokenizer_decode(const rt_tokenizer *t, const uint32_t *ids, size_t n, bool special,
                            rt__buf *out) RT__MUST_CHECK;

#endif
