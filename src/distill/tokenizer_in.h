/* tokenizer_in - the inside of a tokenizer, for the files tokenizer_*, bpe_* and spm_* only. */
#ifndef RT_DISTILL_TOKENIZER_IN_H
#define RT_DISTILL_TOKENIZER_IN_H

#include "base/hash.h"
#include "distill/tokenizer.h"
#include "distill/tokenizer_split.h"

#define RT__TOK_ARENA_MAX  ((size_t)1 << 30)
#define RT__TOK_MERGES_MAX (1u << 21)

typedef enum rt__tok_kind { RT__TOK_BPE, RT__TOK_SPM } rt__tok_kind;

enum { /* types of tokens; GGUF's numbers */
       RT__TT_NORMAL = 1,
       RT__TT_UNKNOWN = 2,
       RT__TT_CONTROL = 3,
       RT__TT_USER = 4,
       RT__TT_UNUSED = 5,
       RT__TT_BYTE = 6
};

typedef struct rt__token {
  rt_slice text;  /* as the file spells it */
  rt_slice bytes; /* what it stands for */
  float score;    /* SPM */
  unsigned char type;
} rt__token;

typedef struct rt__merge {
  uint32_t left, right, result;
} rt__merge;

struct rt_tokenizer {
  rt_alloc alloc;
  rt__arena *arena; /* tokens, texts, merges */
  rt__tok_kind kind;
  const rt__pre *pre; /* BPE */
  rt__token *tokens;
  uint32_t n;
  rt__merge *merges; /* BPE, by rank */
  uint32_t n_merges;
  bool ignore_merges;    /* a word that is a token is taken as it is */
  bool add_space_prefix; /* SPM */
  bool add_bos, add_eos;
  uint32_t bos, eos, unk, pad;
  rt_slice chat_template;
  /* made by rt__tok_seal */
  rt__sipkey sip;
  uint32_t *by_text; /* open addressing, ids + 1 */
  size_t n_slots;
  rt__map pairs;          /* BPE: left << 32 | right -> rank << 32 | result */
  uint32_t byte_ids[256]; /* the token of a single byte */
  uint32_t *specials;     /* ids that are cut out of text: by first byte, longest first */
  uint32_t special_at[257];
  unsigned char hash[32];
};

/* an empty tokenizer with room for n tokens, all fields at their defaults */
rt_code rt__tok_new(const rt_alloc *alloc, rt__tok_kind kind, uint32_t n, rt_tokenizer **out,
                    rt_error *err) RT__MUST_CHECK;
/* fills a token's text (copied) and type */
rt_code rt__tok_set(rt_tokenizer *t, uint32_t id, rt_slice text, unsigned char type, float score,
                    rt_error *err) RT__MUST_CHECK;
/* builds the text table, so that rt_tokenizer_find works; RT_E_FORMAT if two tokens are spelt alike
 */
rt_code rt__tok_index(rt_tokenizer *t, rt_error *err) RT__MUST_CHECK;
/* makes room for n merges */
rt_code rt__tok_merges(rt_tokenizer *t, uint64_t n, rt_error *err) RT__MUST_CHECK;
/* fills merge i; its halves and their product must be tokens */
rt_code rt__tok_merge(rt_tokenizer *t, uint32_t i, rt_slice left, rt_slice right,
                      rt_error *err) RT__MUST_CHECK;
/* checks, builds the remaining tables and the hash */
rt_code rt__tok_seal(rt_tokenizer *t, rt_error *err) RT__MUST_CHECK;

/* ids of one word (BPE: a piece of the pre-tokenizer; SPM: escaped text); scratch is reused between
 * calls */
typedef struct rt__scratch {
  rt__buf symbols, heap, text;
} rt__scratch;
rt_code rt__bpe_word(const rt_tokenizer *t, rt_slice word, rt__scratch *s,
                     rt_ids *ids) RT__MUST_CHECK;
rt_code rt__spm_text(const rt_tokenizer *t, rt_slice text, bool prefix, rt__scratch *s,
                     rt_ids *ids) RT__MUST_CHECK;

/* the letters that stand for bytes in byte-level vocabularies: appends those of n bytes */
rt_code rt__bpe_spell(rt_slice bytes, rt__buf *out) RT__MUST_CHECK;
/* the bytes that a spelling stands for, written to out (at least s.n bytes); false if a letter
 * stands for none */
bool rt__bpe_unspell(rt_slice s, unsigned char *out, size_t *n);

#define RT__SPM_BLANK "\xE2\x96\x81" /* U+2581, how SentencePiece spells a blank */
/* value of a token "<0x1F>", -1 if it isn't one */
int rt__spm_byte(rt_slice text);

#endif
