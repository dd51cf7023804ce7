/* targets_in - the bytes of a .kdt file, for the files targets_* only. Described in
 * docs/targets.md. */
#ifndef RT_DISTILL_TARGETS_IN_H
#define RT_DISTILL_TARGETS_IN_H

#include "distill/import_bytes.h"
#include "distill/targets.h"

#define RT__KDT_MAGIC      "RTKDT\r\n\x1a"
#define RT__KDT_HEADER     256u
#define RT__KDT_ENTRY      40u
#define RT__KDT_RAW_MAX    ((size_t)16 << 20) /* bytes of an unpacked block */
#define RT__KDT_RAW_WANTED ((size_t)256 << 10)
#define RT__KDT_BLOCKS_MAX (UINT64_C(1) << 32)

/* where the fields of the header lie */
enum {
  RT__KDT_VERSION = 8,
  RT__KDT_SIZE = 12,
  RT__KDT_VOCAB = 16,
  RT__KDT_TOP = 20,
  RT__KDT_TAIL = 24,
  RT__KDT_MASK = 28,
  RT__KDT_CONTEXT = 32,
  RT__KDT_FLAGS = 36,
  RT__KDT_TEMPERATURE = 40,
  RT__KDT_SEED = 48,
  RT__KDT_TOKENIZER = 56,
  RT__KDT_TEACHER = 88,
  RT__KDT_CORPUS = 120,
  RT__KDT_DOCUMENTS = 152,
  RT__KDT_TOKENS = 160,
  RT__KDT_ROWS = 168,
  RT__KDT_BLOCKS = 176,
  RT__KDT_INDEX = 184,
  RT__KDT_FILE = 192,
  RT__KDT_INDEX_SUM = 200,
  RT__KDT_SUM = 248
};

/* a block: zstd bytes at `offset`; documents first to first + documents - 1 */
typedef struct rt__kdt_entry {
  uint64_t offset, first;
  uint32_t raw, packed, documents;
  uint64_t checksum; /* XXH3 of the packed bytes */
} rt__kdt_entry;

/* sizes of the parts of an unpacked block, which follow each other in this order */
typedef struct rt__kdt_parts {
  uint64_t table, mask, tokens, top, tail, logp, entropy, all;
} rt__kdt_parts;

static inline uint32_t rt__kdt_bits(uint32_t vocab)
{
  uint32_t bits = 1;
  while (bits < 32 && (UINT32_C(1) << bits) < vocab)
    bits++;
  return bits;
}

/* counts are below 2^40, so nothing overflows */
static inline rt__kdt_parts rt__kdt_parts_of(const rt_targets_info *i, uint64_t documents,
                                             uint64_t tokens, uint64_t rows)
{
  uint64_t bits = rt__kdt_bits(i->vocab);
  rt__kdt_parts p = {.table = documents * 8,
                     .mask = (tokens + 7) / 8,
                     .tokens = (tokens * bits + 7) / 8,
                     .top = (rows * i->top * bits + 7) / 8,
                     .tail = (rows * i->tail * bits + 7) / 8,
                     .logp = rows * i->top * 2,
                     .entropy = rows * 2};
  p.all = p.table + p.mask + p.tokens + p.top + p.tail + p.logp + p.entropy;
  return p;
}

/* numbers of `bits` bits one behind the other, the lowest bit first */
static inline void rt__bits_put(unsigned char *p, uint64_t i, uint32_t bits, uint32_t v)
{
  for (uint64_t at = i * bits, left = bits; left;) {
    uint64_t room = 8 - at % 8, n = left < room ? left : room;
    p[at / 8] = (unsigned char)(p[at / 8] | (v & ((1u << n) - 1)) << at % 8);
    v = n < 32 ? v >> n : 0;
    at += n;
    left -= n;
  }
}

static inline uint32_t rt__bits_get(const unsigned char *p, uint64_t i, uint32_t bits)
{
  uint32_t v = 0;
  for (uint64_t at = i * bits, done = 0; done < bits;) {
    uint64_t room = 8 - at % 8, n = bits - done < room ? bits - done : room;
    v |= ((uint32_t)p[at / 8] >> at % 8 & ((1u << n) - 1)) << done;
    at += n;
    done += n;
  }
  return v;
}

/* in range, so that sizes can be computed; RT_E_ARG names the field */
rt_code rt__kdt_check(const rt_targets_info *i, rt_error *err) RT__MUST_CHECK;

/* Systematic sampling: `weights` (n of them, none below 0, sum `total` above 0) stand on a line of
 * m * step places; every step-th place from `offset` (below step) is drawn. Each id's share of the
 * line is its weight to within one place, so over all offsets it is drawn exactly that often. out:
 * m ids, rising. */
void rt__systematic(const float *weights, uint32_t n, double total, uint32_t m, uint64_t step,
                    uint64_t offset, uint32_t *out);
/* how many of the m * step places belong to ids below `id`'s end, given the sum of weights up to
 * and with it */
uint64_t rt__systematic_end(double cumulative, double total, uint32_t m, uint64_t step);

#endif
