/* quant - the table of tensor types, half precision, and the plain and 32-element blocks. */
#include "distill/quant.h"

#include "distill/quant_k.h"

#include <math.h>

static uint32_t bits_of(float f)
{
  uint32_t u;
  memcpy(&u, &f, sizeof u);
  return u;
}

static float float_of(uint32_t u)
{
  float f;
  memcpy(&f, &u, sizeof f);
  return f;
}

static uint16_t read16(const unsigned char *p)
{
  return (uint16_t)(p[0] | p[1] << 8);
}

static void write16(unsigned char *p, uint16_t v)
{
  p[0] = (unsigned char)(v & 255);
  p[1] = (unsigned char)(v >> 8);
}

/* ---- half precision */

float rt_f16_to_f32(uint16_t h)
{
  uint32_t sign = (uint32_t)(h & 0x8000) << 16, exponent = h >> 10 & 31, mantissa = h & 1023;
  if (exponent == 31)
    return float_of(sign | 0x7f800000 | mantissa << 13);
  if (exponent)
    return float_of(sign | (exponent + 112) << 23 | mantissa << 13);
  float small = (float)mantissa * 0x1p-24f; /* subnormal or zero */
  return sign ? -small : small;
}

uint16_t rt_f32_to_f16(float f)
{
  uint32_t u = bits_of(f), sign = u >> 16 & 0x8000, a = u & 0x7fffffff;
  if (a > 0x7f800000)
    return (uint16_t)(sign | 0x7e00);
  if (a >= 0x477ff000) /* 65520 and above round to infinity */
    return (uint16_t)(sign | 0x7c00);
  if (a < 0x38800000) { /* below the smallest normal: count in units of 2^-24 */
    float units = float_of(a) * 0x1p24f;
    return (uint16_t)(sign | (uint32_t)lrintf(units));
  }
  uint32_t rounded = a + 0xfff + (a >> 13 & 1);
  return (uint16_t)(sign | ((rounded >> 13) - (112 << 10)));
}

uint16_t rt_f32_to_f16_down(float f)
{
  uint16_t h = rt_f32_to_f16(f);
  if (rt_f16_to_f32(h) <= f)
    return h;
  if (h & 0x8000)
    return (uint16_t)(h + 1); /* a larger magnitude is lower; past the range it is minus infinity */
  return h == 0 ? 0x8001 : (uint16_t)(h - 1);
}

float rt_bf16_to_f32(uint16_t h)
{
  return float_of((uint32_t)h << 16);
}

uint16_t rt_f32_to_bf16(float f)
{
  uint32_t u = bits_of(f);
  if ((u & 0x7fffffff) > 0x7f800000)
    return (uint16_t)(u >> 16 | 64);
  return (uint16_t)((u + 0x7fff + (u >> 16 & 1)) >> 16);
}

/* ---- plain types */

static void decode_f32(const unsigned char *in, float *out, size_t n)
{
  for (size_t i = 0; i < n; i++)
    out[i] = float_of((uint32_t)read16(in + 4 * i) | (uint32_t)read16(in + 4 * i + 2) << 16);
}

static void encode_f32(const float *in, unsigned char *out, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    write16(out + 4 * i, (uint16_t)(bits_of(in[i]) & 0xffff));
    write16(out + 4 * i + 2, (uint16_t)(bits_of(in[i]) >> 16));
  }
}

static void decode_f16(const unsigned char *in, float *out, size_t n)
{
  for (size_t i = 0; i < n; i++)
    out[i] = rt_f16_to_f32(read16(in + 2 * i));
}

static void encode_f16(const float *in, unsigned char *out, size_t n)
{
  for (size_t i = 0; i < n; i++)
    write16(out + 2 * i, rt_f32_to_f16(in[i]));
}

static void decode_bf16(const unsigned char *in, float *out, size_t n)
{
  for (size_t i = 0; i < n; i++)
    out[i] = rt_bf16_to_f32(read16(in + 2 * i));
}

static void encode_bf16(const float *in, unsigned char *out, size_t n)
{
  for (size_t i = 0; i < n; i++)
    write16(out + 2 * i, rt_f32_to_bf16(in[i]));
}

/* ---- blocks of 32: a scale, perhaps a minimum, and small integers. Four-bit blocks hold element i
 * in the low half of byte i and element i + 16 in its high half. */

static void decode_q4_0(const unsigned char *in, float *out, size_t n)
{
  for (; n--; in += 18, out += 32) {
    float d = rt_f16_to_f32(read16(in));
    for (int i = 0; i < 16; i++) {
      out[i] = (float)((in[2 + i] & 15) - 8) * d;
      out[i + 16] = (float)((in[2 + i] >> 4) - 8) * d;
    }
  }
}

static void decode_q4_1(const unsigned char *in, float *out, size_t n)
{
  for (; n--; in += 20, out += 32) {
    float d = rt_f16_to_f32(read16(in)), low = rt_f16_to_f32(read16(in + 2));
    for (int i = 0; i < 16; i++) {
      out[i] = (float)(in[4 + i] & 15) * d + low;
      out[i + 16] = (float)(in[4 + i] >> 4) * d + low;
    }
  }
}

static void decode_q8_0(const unsigned char *in, float *out, size_t n)
{
  for (; n--; in += 34, out += 32) {
    float d = rt_f16_to_f32(read16(in));
    for (int i = 0; i < 32; i++)
      out[i] = (float)(int8_t)in[2 + i] * d;
  }
}

static void encode_q8_0(const float *in, unsigned char *out, size_t n)
{
  for (; n--; in += 32, out += 34) {
    float most = 0;
    for (int i = 0; i < 32; i++)
      most = fmaxf(most, fabsf(in[i]));
    float d = most / 127, inverse = d > 0 ? 1 / d : 0;
    write16(out, rt_f32_to_f16(d));
    for (int i = 0; i < 32; i++)
      out[2 + i] = (unsigned char)(int8_t)roundf(in[i] * inverse);
  }
}

/* ---- the table */

static const rt_quant table[] = {
    {RT_QUANT_F32, "F32", 1, 4, decode_f32, encode_f32},
    {RT_QUANT_F16, "F16", 1, 2, decode_f16, encode_f16},
    {RT_QUANT_BF16, "BF16", 1, 2, decode_bf16, encode_bf16},
    {RT_QUANT_Q8_0, "Q8_0", 32, 34, decode_q8_0, encode_q8_0},
    {RT_QUANT_Q4_0, "Q4_0", 32, 18, decode_q4_0, NULL},
    {RT_QUANT_Q4_1, "Q4_1", 32, 20, decode_q4_1, NULL},
    {RT_QUANT_Q4_K, "Q4_K", 256, 144, rt__decode_q4_k, NULL},
    {RT_QUANT_Q6_K, "Q6_K", 256, 210, rt__decode_q6_k, NULL},
};

/* types that are only named */
static const struct {
  uint32_t id;
  const char *name;
} others[] = {
    {6, "Q5_0"},   {7, "Q5_1"},     {9, "Q8_1"},    {10, "Q2_K"},    {11, "Q3_K"},  {13, "Q5_K"},
    {15, "Q8_K"},  {16, "IQ2_XXS"}, {17, "IQ2_XS"}, {18, "IQ3_XXS"}, {19, "IQ1_S"}, {20, "IQ4_NL"},
    {21, "IQ3_S"}, {22, "IQ2_S"},   {23, "IQ4_XS"}, {24, "I8"},      {25, "I16"},   {26, "I32"},
    {27, "I64"},   {28, "F64"},     {29, "IQ1_M"},  {34, "TQ1_0"},   {35, "TQ2_0"}, {39, "MXFP4"},
};

const rt_quant *rt_quant_find(uint32_t id)
{
  for (size_t i = 0; i < RT__ARRAY_LEN(table); i++)
    if (table[i].id == id)
      return &table[i];
  return NULL;
}

const rt_quant *rt_quant_named(rt_slice name)
{
  for (size_t i = 0; i < RT__ARRAY_LEN(table); i++)
    if (rt__slice_eq(name, rt__cstr(table[i].name)))
      return &table[i];
  return NULL;
}

const char *rt_quant_name(uint32_t id)
{
  const rt_quant *q = rt_quant_find(id);
  if (q)
    return q->name;
  for (size_t i = 0; i < RT__ARRAY_LEN(others); i++)
    if (others[i].id == id)
      return others[i].name;
  return "unknown";
}

rt_code rt_quant_size(const rt_quant *q, uint64_t n, uint64_t *bytes)
{
  if (n % q->block)
    return RT_E_ARG;
  if (n / q->block > UINT64_MAX / 4 / q->bytes)
    return RT_E_LIMIT;
  *bytes = n / q->block * q->bytes;
  return RT_OK;
}
