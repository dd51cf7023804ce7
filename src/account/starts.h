/* starts - the unit of content and of time: the start of a conversation.
 *
 * Later turns only say whether a person read the answer and wrote on. With messages in the log a
 * start is seen; without them it is inferred: a call within ten minutes of the previous one of the
 * account, with the same parameters, the same client and a longer prompt, is a later turn.
 *
 * Only answered exchanges count; failed ones carry neither content nor cadence of the owner's
 * choosing. Rows are in the order of the house (account, time), so an account's rows are a range.
 */
#ifndef RT_ACCOUNT_STARTS_H
#define RT_ACCOUNT_STARTS_H

#include "digest/set.h"

#define RT__READING_S                                                                              \
  45.0 /* a person reads at least this long before writing on; a tool does not */
#define RT__TURN_S 600.0
#define RT__LONE_S 120.0

enum {                     /* rt__starts.flags */
       RT__S_FOLLOWED = 1, /* a person wrote on in this conversation */
       RT__S_LONE = 2,     /* the account's next call came over two minutes later */
       RT__S_MUST_MAX = 4,
       RT__S_TEXT = 8,
       RT__S_BATCHED = 16 /* of a batch job: its time is the job's (timed.h) */
};

typedef struct rt__starts {
  const rt_alloc *alloc;
  const rt__set *set;
  size_t n, n_accounts, cap;
  uint32_t *first;   /* n_accounts + 1: rows of account a are [first[a], first[a + 1]) */
  uint32_t *account; /* of each row */
  uint32_t *record;  /* index in the set */
  double *t;         /* seconds since t0 */
  uint64_t *bundle;  /* hash of the parameters */
  uint64_t *prompt;
  uint64_t *slot; /* what varies: the user's text, or the whole prompt where that hardly does */
  float *log_in, *log_out; /* ln(tokens + 1) */
  int32_t *temperature;
  uint32_t *max_tokens;
  uint64_t *model;
  uint8_t *flags;
  int64_t t0_us;  /* of the earliest start, rounded down to the day */
  double t1;      /* latest start, seconds since t0 */
  double sampled; /* share of all exchanges that the log holds */
  bool text;      /* some rows have text */
  bool batched;   /* some rows are of batch jobs */
} rt__starts;

/* with `blind`, messages are ignored and starts are inferred even where they could be seen */
rt_code rt__starts_build(const rt_alloc *a, const rt__set *set, bool blind, rt__starts *out,
                         rt_error *err);
/* likewise of a log that holds a share of all exchanges, drawn at random: between two turns that
 * are seen there may be others, so that the time between them is dealt over those */
rt_code rt__starts_build_sampled(const rt_alloc *a, const rt__set *set, bool blind, double sampled,
                                 rt__starts *out, rt_error *err);
void rt__starts_free(rt__starts *s);

static inline uint32_t rt__starts_count(const rt__starts *s, uint32_t account)
{
  return s->first[account + 1] - s->first[account];
}
/* Share of an account's starts that a person followed up. In a sample, an estimate: of those that
 * are seen to be, only `sampled` have the turn that shows it. */
double rt__starts_followed(const rt__starts *s, uint32_t account);
/* the same of any rows */
double rt__starts_followed_of(const rt__starts *s, const uint32_t *row, size_t n);

/* the words of a start's slot side: its system text's and its last user turn's, distinct, sorted;
 * returns how many of at most 2 * RT_WORDS_MAX */
size_t rt__starts_words(const rt__starts *s, uint32_t row, uint32_t *out);

#define RT__STARTS_CHUNKS (RT_CHUNKS_MAX + RT_USER_CHUNKS_MAX)

/* the chunks of a start, system's first; returns how many of at most RT__STARTS_CHUNKS */
size_t rt__starts_chunks(const rt__starts *s, uint32_t row, uint32_t *out);

#endif
