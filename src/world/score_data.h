/* score_data - what the scorer's files share: labels and findings as read, and small statistics. */
#ifndef RT_WORLD_SCORE_DATA_H
#define RT_WORLD_SCORE_DATA_H

#include "world/score.h"
#include "world/score_names.h"

enum { RT__IS_BENIGN, RT__IS_CAMPAIGN, RT__IS_POOLED, RT__IS_OTHER, RT__WORLDS };

/* in the order of the contract's table; RT__V_OTHER: a verdict of a later version */
enum { RT__V_DISTILLATION, RT__V_SUSPECT, RT__V_POOLED, RT__V_BENIGN, RT__V_OTHER, RT__VERDICTS };

typedef struct rt__label {
  uint32_t account, world_name, kind, group; /* numbers in accounts, and three times in words */
  unsigned char world;                       /* RT__IS_… */
  bool grouped;
  uint64_t exchanges;
} rt__label;

typedef struct rt__seen { /* an account, by its number */
  uint32_t label;         /* its place among the labels or RT__NO_NAME */
  uint32_t into[3];       /* first campaign with that verdict that named it, or RT__NO_NAME */
  bool named;             /* in a member or account line */
  double leaked;          /* exchanges before its campaign could be flagged; NaN if not known */
} rt__seen;

typedef struct rt__found { /* a found campaign, by its number */
  unsigned char verdict;
  double score;                   /* NaN if not stated */
  int64_t first_us, flaggable_us; /* 0 if not stated */
  uint32_t flagged[RT__WORLDS];   /* its accounts by label; RT__IS_OTHER holds those without */
  uint32_t members[RT__WORLDS];   /* likewise, whatever the verdict */
} rt__found;

typedef struct rt__scored {   /* a score and the account it speaks of */
  uint32_t account, campaign; /* campaign RT__NO_NAME on account lines */
  double score;
} rt__scored;

struct rt__score {
  rt_alloc alloc;
  rt__names accounts, words, campaigns;
  rt__label *labels;
  rt__seen *seen;
  rt__found *found;
  rt__scored *scored;
  uint32_t n_labels, cap_labels, cap_seen, cap_found, n_scored, cap_scored;
  rt__arena *arena; /* of the report */
  rt__buf text;     /* scratch for unescaped strings */
  rt__score_report report;
  bool started; /* a finding was read */
};

/* makes room for item number n of an array; new items are zero */
rt_code rt__score_room(const rt_alloc *a, void **p, size_t size, uint32_t *cap,
                       uint32_t n) RT__MUST_CHECK;

static inline rt_slice rt__word(const rt__score *s, uint32_t number)
{
  return rt__names_text(&s->words, number);
}

/* the campaign that flagged the account of a label, or RT__NO_NAME */
static inline uint32_t rt__into(const rt__score *s, const rt__label *l, int verdict)
{
  return s->seen[l->account].into[verdict];
}

bool rt__is_solo(const rt__score *s, const rt__label *l); /* its kind ends in "solo" */
bool rt__is_found(const rt__score *s, const rt__label *l);

/* ---- statistics */

/* Wilson's 95 % interval of k of n; [0, 1] for n = 0 */
void rt__wilson(double k, double n, double *low, double *high);
/* k of n (a value of 0 for n = 0) */
rt__rate rt__rate_of(uint64_t k, uint64_t n);
/* a mean in [0, 1] over n things */
rt__rate rt__rate_mean(double value, uint64_t n);

/* ---- parts of the report; each fills its fields */
rt_code rt__score_groups(rt__score *s, rt__score_report *r) RT__MUST_CHECK;   /* campaigns, sets */
rt_code rt__score_kinds(rt__score *s, rt__score_report *r) RT__MUST_CHECK;    /* kinds, rows */
rt_code rt__score_clusters(rt__score *s, rt__score_report *r) RT__MUST_CHECK; /* B-cubed, ARI */
void rt__score_calibrate(const rt__score *s, rt__score_report *r);
void rt__score_prevalences(rt__score_report *r);

#endif
