/* corpus - texts as tokens, cut into windows; and the one place that decides which positions count.
 *
 * A document is a run of tokens. A token is *wanted* if some position should learn to predict it:
 * not the first token of a document (nothing before it says anything about it), and not a prompt's.
 * Position i of a window counts if the token behind it, in the same document, is wanted.
 *
 * Windows are at most `seq` tokens. Packed (plain texts): documents follow each other and are cut
 * every seq tokens. Separate (prompt and completion): a window never holds two documents.
 *
 * Files
 *  - *.jsonl: one object a line, {"text": "…"} or {"prompt": "…", "completion": "…"}; other members
 *    are ignored. "messages" is refused: the chat template is the user's to apply.
 *  - anything else: the file is one document.
 * Each document ends with the tokenizer's end token, where it has one.
 */
#ifndef RT_DISTILL_CORPUS_H
#define RT_DISTILL_CORPUS_H

#include "base/base.h"
#include "distill/bpe_train.h"
#include "distill/tokenizer.h"

#define RT_CORPUS_TOKENS_MAX ((size_t)1 << 32)
#define RT_CORPUS_LINE_MAX   ((size_t)64 << 20) /* bytes of one JSON line */

typedef struct rt_window {
  uint64_t start;
  uint32_t n; /* tokens: 2 or more */
} rt_window;

typedef struct rt_corpus {
  rt_alloc alloc;
  uint32_t *tokens;
  uint8_t *wanted; /* 1 or 0, a token each */
  size_t n, cap, max;
  uint64_t documents;
  bool separate;    /* some position of a document doesn't count: no window holds two documents */
  uint64_t *starts; /* of documents */
  size_t starts_cap;
  rt_window *windows;
  size_t n_windows, windows_cap;
  uint32_t seq;
} rt_corpus;

/* tokens_max 0 = RT_CORPUS_TOKENS_MAX */
rt_code rt_corpus_new(const rt_alloc *alloc, size_t tokens_max, rt_corpus **out,
                      rt_error *err) RT__MUST_CHECK;
void rt_corpus_free(rt_corpus *c);

/* one document by its tokens; the first `prompt` of them are not wanted */
rt_code rt_corpus_add(rt_corpus *c, const uint32_t *tokens, size_t n, size_t prompt,
                      rt_error *err) RT__MUST_CHECK;
/* the same, wanted[i] saying whether token i is; wanted[0] is taken for 0 */
rt_code rt_corpus_add_wanted(rt_corpus *c, const uint32_t *tokens, size_t n, const uint8_t *wanted,
                             rt_error *err) RT__MUST_CHECK;
/* RT_E_FORMAT with file and line for a line that is no such object */
rt_code rt_corpus_add_file(rt_corpus *c, const rt_tokenizer *t, const char *path,
                           rt_error *err) RT__MUST_CHECK;

/* the same file's texts as words for a tokenizer that is being made */
rt_code rt_corpus_words(const rt_alloc *alloc, rt_bpe_trainer *t, const char *path,
                        rt_error *err) RT__MUST_CHECK;

/* cuts into windows of at most seq tokens; RT_E_ARG if no position counts ("the corpus is empty")
 */
rt_code rt_corpus_cut(rt_corpus *c, uint32_t seq, rt_error *err) RT__MUST_CHECK;

/* SHA-256 over tokens, wanted and windows */
rt_code rt_corpus_sha(const rt_corpus *c, unsigned char out[32]) RT__MUST_CHECK;
/* 64 bits over tokens, wanted and windows: what targets and checkpoints were made from */
uint64_t rt_corpus_hash(const rt_corpus *c);

#define RT_CORPUS_NONE UINT32_MAX
/* The tokens of window w, padded with 0 to seq, and for each position the token that it should
 * predict or RT_CORPUS_NONE. Returns how many count. */
size_t rt_corpus_window(const rt_corpus *c, size_t w, size_t seq, uint32_t *tokens,
                        uint32_t *labels);

#endif
