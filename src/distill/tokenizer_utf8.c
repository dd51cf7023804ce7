#include "distill/tokenizer_unicode.h"

/* bytes that a sequence starting with c must have; 0 if none starts so */
static size_t length_of(unsigned char c)
{
  if (c < 0x80)
    return 1;
  if (c < 0xC2)
    return 0;
  return c < 0xE0 ? 2 : c < 0xF0 ? 3 : c < 0xF5 ? 4 : 0;
}

uint32_t rt__utf8_next(const unsigned char *p, size_t n, size_t *length)
{
  static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
  size_t k = length_of(p[0]);
  *length = 1;
  if (k == 1)
    return p[0];
  if (k == 0 || k > n)
    return 0xFFFD;
  uint32_t code = p[0] & (0x7Fu >> k);
  for (size_t i = 1; i < k; i++) {
    if ((p[i] & 0xC0) != 0x80)
      return 0xFFFD;
    code = code << 6 | (p[i] & 0x3Fu);
  }
  if (code < least[k] || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000))
    return 0xFFFD;
  *length = k;
  return code;
}

size_t rt__utf8_put(uint32_t code, unsigned char out[4])
{
  if (code < 0x80) {
    out[0] = (unsigned char)code;
    return 1;
  }
  size_t k = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  static const unsigned char lead[5] = {0, 0, 0xC0, 0xE0, 0xF0};
  for (size_t i = k; i-- > 1; code >>= 6)
    out[i] = (unsigned char)(0x80 | (code & 0x3F));
  out[0] = (unsigned char)(lead[k] | code);
  return k;
}
