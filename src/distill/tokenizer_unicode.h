/* tokenizer_unicode - classes of code points, and UTF-8 that may be broken. */
#ifndef RT_DISTILL_TOKENIZER_UNICODE_H
#define RT_DISTILL_TOKENIZER_UNICODE_H

#include "base/base.h"

typedef enum rt__uc { /* by general category, but for blanks: the property White_Space */
                      RT__UC_OTHER,
                      RT__UC_BLANK,
                      RT__UC_LETTER,
                      RT__UC_NUMBER,
                      RT__UC_MARK,
                      RT__UC_PUNCT,
                      RT__UC_SYMBOL,
                      RT__UC_END /* behind the end of the text: belongs to no class */
} rt__uc;

/* O(log runs) */
rt__uc rt__uc_of(uint32_t code);
/* of Unicode, "15.1.0" */
const char *rt__uc_version(void);

/* The code point at p (n > 0 bytes left) and its length. A byte that starts no valid sequence is a
 * code point U+FFFD of length 1. */
uint32_t rt__utf8_next(const unsigned char *p, size_t n, size_t *length);
/* writes 1 to 4 bytes, returns how many; code must be below 0x110000 */
size_t rt__utf8_put(uint32_t code, unsigned char out[4]);

#endif
