#include "distill/quant_k.h"

#include "distill/quant.h"

static float half_at(const unsigned char *p)
{
  return rt_f16_to_f32((uint16_t)(p[0] | p[1] << 8));
}

/* Q4_K: d, dmin (halves), 12 bytes with eight 6-bit scales and eight 6-bit minima, 128 bytes of
 * nibbles. The first four scales and minima lie in the low six bits of bytes 0-3 and 4-7; of the
 * last four the low nibbles lie in bytes 8-11 and the top two bits above those of the first four.
 */
static void scale_and_minimum(const unsigned char *s, int i, int *scale, int *minimum)
{
  if (i < 4) {
    *scale = s[i] & 63;
    *minimum = s[i + 4] & 63;
  } else {
    *scale = (s[i + 4] & 15) | (s[i - 4] >> 6) << 4;
    *minimum = s[i + 4] >> 4 | (s[i] >> 6) << 4;
  }
}

void rt__decode_q4_k(const unsigned char *in, float *out, size_t n)
{
  for (; n--; in += 144, out += 256) {
    float d = half_at(in), dmin = half_at(in + 2);
    for (int sub = 0; sub < 8; sub++) {
      int scale, minimum, shift = sub % 2 * 4;
      scale_and_minimum(in + 4, sub, &scale, &minimum);
      float step = d * (float)scale, low = dmin * (float)minimum;
      const unsigned char *q = in + 16 + sub / 2 * 32;
      for (int i = 0; i < 32; i++)
        out[sub * 32 + i] = step * (float)(q[i] >> shift & 15) - low;
    }
  }
}

/* Q6_K: 128 bytes of low nibbles, 64 bytes of high bit pairs, 16 signed scales, d (half). Each half
 * of 128 elements is four quarters of 32: nibbles of quarters 0 and 2 share bytes, likewise 1
 * and 3. */
void rt__decode_q6_k(const unsigned char *in, float *out, size_t n)
{
  for (; n--; in += 210, out += 256) {
    float d = half_at(in + 208);
    for (int i = 0; i < 256; i++) {
      int half = i / 128, quarter = i % 128 / 32, at = i % 32;
      int low = in[half * 64 + quarter % 2 * 32 + at] >> quarter / 2 * 4 & 15;
      int high = in[128 + half * 32 + at] >> quarter * 2 & 3;
      float scale = d * (float)(int8_t)in[192 + i / 16];
      out[i] = scale * (float)((low | high << 4) - 32);
    }
  }
}
