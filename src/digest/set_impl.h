/* set_impl - the inside of a digest set, shared by set*.c only. */
#ifndef RT_DIGEST_SET_IMPL_H
#define RT_DIGEST_SET_IMPL_H

#include "digest/order.h"
#include "digest/pile.h"
#include "digest/record.h"
#include "digest/set.h"

/* one stretch of the final order: all of it in memory, or one sealed part of a spool */
typedef struct rt__run {
  size_t first, n;
  const int64_t *times;
  const uint32_t *ats;       /* where the record is, in units of 8 bytes */
  const uint32_t *accounts;  /* whose it is: index into rt__set.accounts */
  const unsigned char *base; /* NULL: in the pile */
} rt__run;

typedef struct rt__owner {
  uint64_t account;
  size_t first; /* its first record */
} rt__owner;

struct rt__set {
  rt_alloc outer;    /* the caller's */
  rt_alloc alloc;    /* counts into `held`, then asks the caller's */
  size_t held;       /* bytes */
  size_t memory_max; /* half for records, a quarter each for names and segments */
  rt_code broken;    /* first failure that left the set unusable */
  bool sealed;

  /* records while filling */
  rt__pile pile;
  rt__entry *entries;
  size_t n, cap;

  /* what is known of accounts and segments */
  rt__map names;    /* account -> its rt_slice in the arena */
  rt__map segments; /* hash -> rt_segment in the arena */
  rt__arena *names_arena, *segments_arena;
  size_t known_max;        /* bytes of each arena */
  unsigned segments_level; /* segments whose mixed hash has so many leading zeros are kept */

  /* spool; parts of one record or more are used */
  rt__spool spool;
  bool has_spool, spooled;
  size_t part_n[RT__SPOOL_PARTS]; /* records in each part */

  /* of a view: the set it looks into, and which of its records these are */
  const rt__set *whole;
  uint32_t *rows;

  /* sealed */
  rt__run runs[RT__SPOOL_PARTS];
  size_t n_runs, n_records, n_duplicates;
  rt__owner *owners; /* ascending; one more at the end with first = n_records */
  size_t n_owners, cap_owners;
  int64_t *times; /* of the run in memory */
  uint32_t *ats, *accounts;
};

/* takes n sorted entries into the owners and gives each its account's index */
rt_code rt__set_own(rt__set *s, const rt__entry *e, size_t n, uint32_t *accounts, rt_error *err);

/* set_view.c */
void rt__set_view_free(rt__set *s);

/* set_known.c: the sink's callbacks; what another set knows. */
rt_code rt__set_known_new(rt__set *s);
void rt__set_known_free(rt__set *s);
rt_code rt__set_add_name(void *set, uint64_t hash, rt_slice name, rt_error *err);
rt_code rt__set_add_segment(void *set, const rt_segment *segment, rt_error *err);
rt_code rt__set_absorb_known(rt__set *s, const rt__set *from, rt_error *err);

/* set_spool.c: moves the records in memory to the spool; seals a spooled set; moves the spooled
 * records of `from` to `s`; drops what a set has in the spool */
rt_code rt__set_flush(rt__set *s, rt_error *err);
rt_code rt__set_seal_parts(rt__set *s, rt_error *err);
rt_code rt__set_absorb_parts(rt__set *s, rt__set *from, rt_error *err);
void rt__set_drop_parts(rt__set *s);

#endif
