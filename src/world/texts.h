/* texts - what is said in a world: pools of texts, from a file of real ones or from the grammar.
 *
 * Caveats
 *  - Texts are JSON-escaped UTF-8 as they stand in the output; a text is never parsed or obeyed.
 *  - A file is one JSON object: CHAT and DIALOG are lists of lists (the turns of a person), DOCS,
 *    APPS, CODE, gsm, hard1 lists of texts, CORPUS an object of named lists. A list that is absent
 *    or empty is filled from the grammar. Plain or zstd.
 *  - Each text has a topic: of the grammar's, or found in the file's words (cluster.h).
 */
#ifndef RT_WORLD_TEXTS_H
#define RT_WORLD_TEXTS_H

#include "world/grammar.h"

#define RT__CORPORA_MAX    8
#define RT__TEXT_TOPICS    48
#define RT__TEXTS_FILE_MAX ((size_t)1 << 28)
#define RT__TEXT_MAX       6000 /* bytes of one text that are ever used */

typedef enum rt__pool_id {
  RT__POOL_CHAT,
  RT__POOL_DIALOG,
  RT__POOL_DOCS,
  RT__POOL_APPS,
  RT__POOL_CODE,
  RT__POOL_GSM,
  RT__POOL_HARD,
  RT__POOL_CORPUS, /* + number of the corpus */
  RT__POOLS = RT__POOL_CORPUS + RT__CORPORA_MAX
} rt__pool_id;

typedef struct rt__pool {
  rt_slice *text;     /* turns, one conversation after the other */
  uint32_t *at;       /* first turn of item i; n + 1 entries */
  uint8_t *topic;     /* of item i */
  uint32_t *by_topic; /* items ordered by topic */
  uint32_t topic_at[RT__TEXT_TOPICS + 1];
  uint32_t n, n_text;
  char name[24];
} rt__pool;

typedef struct rt__texts rt__texts;

/* texts of the grammar only, for this seed. O(texts), some tens of milliseconds */
rt_code rt__texts_new(const rt_alloc *a, uint64_t seed, rt__texts **out,
                      rt_error *err) RT__MUST_CHECK;
/* as above with the lists of a file in place of the grammar's */
rt_code rt__texts_load(const rt_alloc *a, const char *path, uint64_t seed, rt__texts **out,
                       rt_error *err) RT__MUST_CHECK;
void rt__texts_free(rt__texts *t);

const rt__lexicon *rt__texts_lexicon(const rt__texts *t);
const rt__pool *rt__texts_pool(const rt__texts *t, rt__pool_id id);
uint32_t rt__texts_corpora(const rt__texts *t);
uint32_t rt__texts_topics(const rt__texts *t); /* <= RT__TEXT_TOPICS */
/* number of the corpus of that name, rt__texts_corpora() if there is none */
uint32_t rt__texts_corpus(const rt__texts *t, const char *name);
/* checksum of the file, 0 without one: part of what decides a world */
uint64_t rt__texts_checksum(const rt__texts *t);

static inline rt_slice rt__pool_turn(const rt__pool *p, uint32_t item, uint32_t turn)
{
  uint32_t n = p->at[item + 1] - p->at[item];
  return p->text[p->at[item] + (turn < n ? turn : n - 1)];
}

static inline uint32_t rt__pool_turns(const rt__pool *p, uint32_t item)
{
  return p->at[item + 1] - p->at[item];
}

/* the k-th item (modulo their number) of a topic; of all items if the topic has none. p->n > 0 */
uint32_t rt__pool_of_topic(const rt__pool *p, uint32_t topic, uint64_t k);

/* a window of at most `want` bytes from about `from` (0 to 1) of the text, cut at blanks where
 * there are some, never inside a character or an escape */
rt_slice rt__window(rt_slice text, double from, size_t want);

#endif
