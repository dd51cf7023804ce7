/* bpe_train - a byte-level BPE vocabulary made from text.
 *
 * Text is cut by a named pre-tokenizer; the words are counted; then the most frequent pair of
 * neighbours becomes a token, again and again. Ties go to the smaller ids, so the result depends on
 * the counts only: not on the order of the texts.
 *
 * Ids: the special tokens in the order given, the 256 bytes in order, then the merged tokens. The
 * first special token is end of text: BOS, EOS. Any text can be encoded, and the file that
 * rt_tokenizer_to_gguf makes of it is one that llama.cpp takes.
 *
 * Caveats
 *  - Words above RT_BPE_WORD_MAX bytes are counted in pieces of that length.
 *  - Memory is a few times the bytes of the distinct words, RT_BPE_BYTES_MAX at most.
 */
#ifndef RT_DISTILL_BPE_TRAIN_H
#define RT_DISTILL_BPE_TRAIN_H

#include "distill/tokenizer.h"

#define RT_BPE_WORD_MAX  256u
#define RT_BPE_WORDS_MAX (1u << 23)
#define RT_BPE_BYTES_MAX ((size_t)4 << 30)

typedef struct rt_bpe_options {
  uint32_t vocab;           /* tokens wanted, the special ones and the bytes included */
  const char *pre;          /* NULL: "smollm" */
  const rt_slice *specials; /* NULL: only <|endoftext|> */
  size_t n_specials;
  uint64_t least; /* a pair seen less often isn't merged; 0: 2 */
} rt_bpe_options;

typedef struct rt_bpe_trainer rt_bpe_trainer;

/* RT_E_ARG for an unknown pre-tokenizer, or a vocabulary too small for the bytes and the special
 * tokens */
rt_code rt_bpe_trainer_new(const rt_alloc *alloc, const rt_bpe_options *o, rt_bpe_trainer **out,
                           rt_error *err) RT__MUST_CHECK;
void rt_bpe_trainer_free(rt_bpe_trainer *t);
/* counts the words of one text; O(bytes) */
rt_code rt_bpe_trainer_add(rt_bpe_trainer *t, rt_slice text, rt_error *err) RT__MUST_CHECK;
/* Once. RT_E_ARG if no text was added. A corpus too small for the vocabulary gives fewer tokens:
 * ask rt_tokenizer_size. */
rt_code rt_bpe_trainer_finish(rt_bpe_trainer *t, rt_tokenizer **out, rt_error *err) RT__MUST_CHECK;

#endif
