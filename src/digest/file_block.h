/* file_block - the frames of a .rtd file: the header of a file, and blocks, compressed and checked.
 *
 * Both headers have 32 bytes, little-endian, the last 8 an XXH3 of those before:
 *   file:  magic 8, version 4, zero 4, key id 8, checksum 8
 *   block: type 1, flags 1, zero 2, packed size 4, unpacked size 4, count 4, checksum of the packed
 * bytes 8, checksum 8
 */
#ifndef RT_DIGEST_FILE_BLOCK_H
#define RT_DIGEST_FILE_BLOCK_H

#include "digest/bytes.h"
#include "digest/file.h"

#define RT__FRAME 32 /* bytes of either header */

enum { /* types of blocks */
       RT__BLOCK_ACCOUNTS = 1,
       RT__BLOCK_SEGMENTS = 2,
       RT__BLOCK_RECORDS = 3,
       RT__BLOCK_END = 255
};
#define RT__BLOCK_OPTIONAL 1 /* flag: who does not know the type may pass over the block */

typedef struct rt__block {
  uint8_t type, flags;
  uint32_t packed, unpacked, count;
  uint64_t checksum;
} rt__block;

void rt__file_header_put(unsigned char to[RT__FRAME], uint64_t key_id);
/* RT_E_FORMAT, RT_E_VERSION, RT_E_CHECKSUM, RT_E_KEY */
rt_code rt__file_header_get(const unsigned char p[RT__FRAME], uint64_t key_id, rt_error *err);

void rt__block_put(unsigned char to[RT__FRAME], const rt__block *b);
/* RT_E_CHECKSUM, or RT_E_FORMAT for sizes over the maxima */
rt_code rt__block_get(const unsigned char p[RT__FRAME], rt__block *b, rt_error *err);

/* zstd in memory of the caller's allocator; a packer is of use for either way, not both */
typedef struct rt__packer {
  rt_alloc alloc;
  void *space;
  size_t space_size;
  void *ctx; /* in space */
} rt__packer;

rt_code rt__packer_init(rt__packer *z, const rt_alloc *alloc, bool pack) RT__MUST_CHECK;
void rt__packer_free(rt__packer *z);
/* bytes that `n` may be packed to, at most */
size_t rt__packed_max(size_t n);
/* appends the packed bytes to out */
rt_code rt__pack(rt__packer *z, rt_slice from, rt__buf *out) RT__MUST_CHECK;
/* exactly n bytes to `to`, else RT_E_FORMAT */
rt_code rt__unpack(rt__packer *z, rt_slice from, unsigned char *to, size_t n) RT__MUST_CHECK;

#endif
