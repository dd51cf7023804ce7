/* columns_impl - the list of columns and what a field is expected to be, shared by columns_*.c
 * only. */
#ifndef RT_DIGEST_COLUMNS_IMPL_H
#define RT_DIGEST_COLUMNS_IMPL_H

#include "digest/columns.h"

/* the columns of a block, in their order in the file */
enum {
  COL_OWNERS,  /* distinct accounts, 8 bytes each */
  COL_OWNER,   /* of each record: which of them, varint */
  COL_TIME,    /* less the record before, zigzag varint */
  COL_CHANGED, /* bit RT__NTH_x: field x is not as expected; varint */
#define COL_OF(f) COL_##f,
  RT__SMALL_FIELDS(COL_OF) /* varint */
#undef COL_OF
  COL_N_CHUNKS,
  COL_N_WORDS,
  COL_N_SIGNATURES, /* varint */
  COL_MASKED,       /* a column a field: hashes 8 bytes, numbers varint of the value less what means
                       missing */
  COL_CHUNKS = COL_MASKED + RT__N_MASKED, /* 4 bytes each */
  COL_WORD_LIST,  /* distinct words of the block, rising, differences, varint */
  COL_WORDS,      /* ranks in that list, differences within a record, varint */
  COL_SIGNATURES, /* 8 bytes each */
  COL_COUNT
};

_Static_assert(COL_COUNT * 4 <= RT__COLUMNS_FIXED, "the lengths of the columns fit");

/* Field by field: the value that takes no room in d, and the value expected of d after the last
 * record of its account. A field that was as usual is expected to be so again; else to stay what it
 * was. */
#define EXPECT_OF(type, f, absent)                                                                 \
  static inline type absent_##f(const rt_digest *d)                                                \
  {                                                                                                \
    (void)d;                                                                                       \
    return (type)(absent);                                                                         \
  }                                                                                                \
  static inline type expect_##f(const rt_digest *d, const rt_digest *last)                         \
  {                                                                                                \
    return (type)last->f == absent_##f(last) ? absent_##f(d) : (type)last->f;                      \
  }
#define EXPECT_HASH(f, absent)   EXPECT_OF(uint64_t, f, absent)
#define EXPECT_NUMBER(f, absent) EXPECT_OF(uint32_t, f, absent)
RT__HASH_FIELDS(EXPECT_HASH)
RT__NUMBER_FIELDS(EXPECT_NUMBER)
#undef EXPECT_OF
#undef EXPECT_HASH
#undef EXPECT_NUMBER

/* what stands for the record before an account's first: everything missing */
static inline rt_digest rt__digest_blank(void)
{
  rt_digest blank = {0}, *d = &blank;
#define BLANK(f, absent) d->f = absent;
  RT__NUMBER_FIELDS(BLANK)
#undef BLANK
  return blank;
}

#endif
