/* Blocks computed by hand, half precision against its definition, encoders against their decoders.
 */
#include "distill/quant.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const rt_quant *type(const char *name)
{
  const rt_quant *q = rt_quant_named(rt__cstr(name));
  assert_non_null(q);
  return q;
}

static void near(float got, double want)
{
  if (!(fabs((double)got - want) <= 1e-6 * (1 + fabs(want))))
    fail_msg("%.9g instead of %.9g", (double)got, want);
}

/* value of a half by the definition in IEEE 754 */
static double half_value(unsigned h)
{
  int sign = h >> 15 ? -1 : 1, exponent = (int)(h >> 10 & 31), mantissa = (int)(h & 1023);
  return exponent ? sign * ldexp(1024 + mantissa, exponent - 25) : sign * ldexp(mantissa, -24);
}

static void halves_decode_and_encode_back(void **state)
{
  (void)state;
  for (unsigned h = 0; h < 65536; h++) {
    float f = rt_f16_to_f32((uint16_t)h);
    if ((h >> 10 & 31) == 31) {
      assert_true(h & 1023 ? isnan(f) : isinf(f));
      continue;
    }
    assert_true((double)f == half_value(h));
    assert_int_equal(rt_f32_to_f16(f), h);
  }
}

/* the nearest half by trying the neighbours; ties go to the even one */
static void halves_round_to_nearest(void **state)
{
  (void)state;
  for (unsigned h = 0; h < 0x7bff; h++) {
    float lo = rt_f16_to_f32((uint16_t)h), hi = rt_f16_to_f32((uint16_t)(h + 1));
    float middle = (lo + hi) / 2;
    assert_int_equal(rt_f32_to_f16(middle), h + (h & 1));
    assert_int_equal(rt_f32_to_f16(nextafterf(middle, 1e9f)), h + 1);
    assert_int_equal(rt_f32_to_f16(nextafterf(middle, -1)), h);
    assert_int_equal(rt_f32_to_f16(-nextafterf(middle, -1)), h | 0x8000);
  }
  assert_int_equal(rt_f32_to_f16(65520), 0x7c00);
  assert_int_equal(rt_f32_to_f16(nextafterf(65520, 0)), 0x7bff);
  assert_true(isnan(rt_f16_to_f32(rt_f32_to_f16(NAN))));
}

static void halves_round_down(void **state)
{
  (void)state;
  const float tries[] = {0.1f, -0.1f, -1e-9f, 1e-9f, -0.33333f, -11.7f, 0, -0.0f, 1, 70000, -1e-5f};
  for (size_t i = 0; i < RT__ARRAY_LEN(tries); i++) {
    uint16_t h = rt_f32_to_f16_down(tries[i]);
    assert_true(rt_f16_to_f32(h) <= tries[i]);
    uint16_t up = h & 0x8000 ? (h == 0x8000 ? 1 : (uint16_t)(h - 1)) : (uint16_t)(h + 1);
    assert_true(rt_f16_to_f32(up) > tries[i] || rt_f16_to_f32(h) == tries[i] ||
                (up == 0x8000 && tries[i] < 0));
  }
}

static void bfloat_rounds_to_nearest(void **state)
{
  (void)state;
  assert_int_equal(rt_f32_to_bf16(1), 0x3f80);
  assert_int_equal(rt_f32_to_bf16(1.00390625f), 0x3f80); /* half a step: to even */
  assert_int_equal(rt_f32_to_bf16(1.01171875f), 0x3f82);
  assert_int_equal(rt_f32_to_bf16(-1.004f), 0xbf81);
  assert_true(rt_bf16_to_f32(0x4049) == 3.140625f);
  assert_true(isnan(rt_bf16_to_f32(rt_f32_to_bf16(NAN))));
}

static void q4_blocks(void **state)
{
  (void)state;
  float out[32];
  /* d = 0.5 (0x3800); byte i = low nibble i, high nibble 15 - i */
  unsigned char q40[18] = {0x00, 0x38}, q41[20] = {0x00, 0x38, 0x00, 0xc0}; /* m = -2 (0xc000) */
  for (int i = 0; i < 16; i++)
    q40[2 + i] = q41[4 + i] = (unsigned char)(i | (15 - i) << 4);
  type("Q4_0")->decode(q40, out, 1);
  for (int i = 0; i < 16; i++) {
    near(out[i], 0.5 * (i - 8));
    near(out[i + 16], 0.5 * (7 - i));
  }
  type("Q4_1")->decode(q41, out, 1);
  for (int i = 0; i < 16; i++) {
    near(out[i], 0.5 * i - 2);
    near(out[i + 16], 0.5 * (15 - i) - 2);
  }
}

static void q8_block(void **state)
{
  (void)state;
  float out[32], in[32];
  unsigned char block[34] = {0x00, 0x34}; /* d = 0.25 */
  for (int i = 0; i < 32; i++)
    block[2 + i] = (unsigned char)(i * 8 - 128);
  type("Q8_0")->decode(block, out, 1);
  for (int i = 0; i < 32; i++)
    near(out[i], 0.25 * (i * 8 - 128));
  for (int i = 0; i < 32; i++)
    in[i] = (float)(i - 12) / 19 * 127 / 127; /* largest 1: d = 1/127, half 0x2008 */
  type("Q8_0")->encode(in, block, 1);
  assert_int_equal(block[0] | block[1] << 8, 0x2008);
  assert_int_equal(block[2 + 31], 127);
  assert_int_equal((int8_t)block[2], -80); /* -12/19 * 127 = -80.2 */
  memset(in, 0, sizeof in);
  type("Q8_0")->encode(in, block, 1);
  type("Q8_0")->decode(block, out, 1);
  for (int i = 0; i < 32; i++)
    assert_true(out[i] == 0);
}

/* the eight (scale, minimum) pairs are packed here the way the format's definition states it */
static void q4_k_block(void **state)
{
  (void)state;
  static const int scales[8] = {1, 2, 33, 63, 5, 18, 47, 60},
                   minima[8] = {0, 7, 40, 62, 9, 31, 16, 63};
  unsigned char block[144] = {0x00, 0x38, 0x00, 0x34}; /* d = 0.5, dmin = 0.25 */
  for (int i = 0; i < 4; i++) {
    block[4 + i] = (unsigned char)(scales[i] | (scales[i + 4] >> 4) << 6);
    block[8 + i] = (unsigned char)(minima[i] | (minima[i + 4] >> 4) << 6);
    block[12 + i] = (unsigned char)((scales[i + 4] & 15) | (minima[i + 4] & 15) << 4);
  }
  for (int i = 0; i < 128; i++)
    block[16 + i] = (unsigned char)((i % 16) | (i / 32 + 3) << 4);
  float out[256];
  type("Q4_K")->decode(block, out, 1);
  for (int i = 0; i < 256; i++) {
    int sub = i / 32, at = sub / 2 * 32 + i % 32;
    int q = sub % 2 ? at / 32 + 3 : at % 16;
    near(out[i], 0.5 * scales[sub] * q - 0.25 * minima[sub]);
  }
}

static void q6_k_block(void **state)
{
  (void)state;
  unsigned char block[210] = {0};
  int want[256];
  for (int i = 0; i < 256; i++) { /* q = any 6-bit number, placed as the definition says */
    int q = i * 37 % 64, half = i / 128, j = i % 128;
    want[i] = q - 32;
    unsigned char *low = &block[half * 64 + j % 64];
    *low = (unsigned char)(*low | (q & 15) << (j < 64 ? 0 : 4));
    unsigned char *high = &block[128 + half * 32 + j % 32];
    *high = (unsigned char)(*high | (q >> 4) << (j / 32 * 2));
  }
  for (int i = 0; i < 16; i++)
    block[192 + i] = (unsigned char)(int8_t)(i * 9 - 70);
  block[208] = 0x00;
  block[209] = 0x34;
  float out[256];
  type("Q6_K")->decode(block, out, 1);
  for (int i = 0; i < 256; i++)
    near(out[i], 0.25 * (i / 16 * 9 - 70) * want[i]);
}

static void plain_types_round_trip(void **state)
{
  (void)state;
  const char *names[] = {"F32", "F16", "BF16"};
  const float in[4] = {0, -1.5f, 0.0078125f, 1024};
  for (size_t i = 0; i < 3; i++) {
    unsigned char bytes[16];
    float out[4];
    type(names[i])->encode(in, bytes, 4);
    type(names[i])->decode(bytes, out, 4);
    assert_memory_equal(in, out, sizeof in);
  }
}

static void sizes_are_checked(void **state)
{
  (void)state;
  uint64_t bytes;
  assert_int_equal(rt_quant_size(type("Q4_K"), 512, &bytes), RT_OK);
  assert_int_equal(bytes, 288);
  assert_int_equal(rt_quant_size(type("Q4_0"), 33, &bytes), RT_E_ARG);
  assert_int_equal(rt_quant_size(type("F32"), UINT64_MAX / 2, &bytes), RT_E_LIMIT);
  assert_null(rt_quant_find(13));
  assert_string_equal(rt_quant_name(13), "Q5_K");
  assert_string_equal(rt_quant_name(999), "unknown");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(halves_decode_and_encode_back),
      cmocka_unit_test(halves_round_to_nearest),
      cmocka_unit_test(halves_round_down),
      cmocka_unit_test(bfloat_rounds_to_nearest),
      cmocka_unit_test(q4_blocks),
      cmocka_unit_test(q8_block),
      cmocka_unit_test(q4_k_block),
      cmocka_unit_test(q6_k_block),
      cmocka_unit_test(plain_types_round_trip),
      cmocka_unit_test(sizes_are_checked),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
