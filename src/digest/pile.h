/* pile - packed records, one on the other, in blocks that never move.
 *
 * A record's address is in units of 8 bytes: block number and place in the block. Blocks start
 * small and double up to 1 MiB, so that a set of ten records costs little and a large one wastes
 * little.
 */
#ifndef RT_DIGEST_PILE_H
#define RT_DIGEST_PILE_H

#include "base/base.h"

#define RT__PILE_UNIT       8
#define RT__PILE_BLOCK_BITS 17 /* units in the largest block: 1 MiB */
#define RT__PILE_BLOCKS_MAX ((size_t)1 << (32 - RT__PILE_BLOCK_BITS))

typedef struct rt__pile {
  unsigned char **blocks;
  size_t *sizes; /* bytes allocated for each */
  size_t n, cap;
  size_t used;  /* bytes used of the last block */
  size_t bytes; /* sum of sizes */
} rt__pile;

void rt__pile_free(rt__pile *p, const rt_alloc *a);
/* forgets the records but keeps the largest block for the next ones */
void rt__pile_clear(rt__pile *p, const rt_alloc *a);

/* room for `max` bytes (at most 64 KiB); RT_E_NOMEM, or RT_E_LIMIT at 32 GiB */
rt_code rt__pile_room(rt__pile *p, const rt_alloc *a, size_t max,
                      unsigned char **room) RT__MUST_CHECK;
/* takes n bytes (a multiple of 8) of the room just given; returns their address */
uint32_t rt__pile_take(rt__pile *p, size_t n);

/* moves the blocks of `from`, got from the same allocator, behind those of p; every address in them
 * grows by *shift. All or nothing. */
rt_code rt__pile_join(rt__pile *p, const rt_alloc *a, rt__pile *from,
                      uint32_t *shift) RT__MUST_CHECK;

static inline const unsigned char *rt__pile_at(const rt__pile *p, uint32_t at)
{
  return p->blocks[at >> RT__PILE_BLOCK_BITS] +
         (size_t)(at & ((1u << RT__PILE_BLOCK_BITS) - 1)) * RT__PILE_UNIT;
}

#endif
