#include "base/json.h"

#include "base/time.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void rt__json_init(rt__json *j, rt__buf *out)
{
  *j = (rt__json){.out = out};
}

static void put(rt__json *j, const void *p, size_t n)
{
  if (j->code == RT_OK)
    j->code = rt__buf_add(j->out, p, n);
}

static void comma(rt__json *j)
{
  uint64_t bit = UINT64_C(1) << (j->depth & 63);
  if (j->after_key)
    j->after_key = false;
  else if (j->filled & bit)
    put(j, ",", 1);
  j->filled |= bit;
}

void rt__json_open(rt__json *j, char bracket)
{
  comma(j);
  put(j, &bracket, 1);
  j->depth++;
  j->filled &= ~(UINT64_C(1) << (j->depth & 63));
}

void rt__json_close(rt__json *j, char bracket)
{
  put(j, &bracket, 1);
  j->depth--;
}

void rt__json_key(rt__json *j, const char *key)
{
  rt__json_cstr(j, key);
  put(j, ":", 1);
  j->after_key = true;
}

/* length of the valid UTF-8 sequence at p, 0 if it is not one */
static size_t utf8_len(const unsigned char *p, size_t n)
{
  unsigned c = p[0];
  size_t k = c < 0x80                ? 1
             : c >= 0xC2 && c < 0xE0 ? 2
             : c >= 0xE0 && c < 0xF0 ? 3
             : c >= 0xF0 && c < 0xF5 ? 4
                                     : 0;
  if (k == 0 || k > n)
    return 0;
  for (size_t i = 1; i < k; i++)
    if ((p[i] & 0xC0) != 0x80)
      return 0;
  if ((c == 0xE0 && p[1] < 0xA0) || (c == 0xED && p[1] > 0x9F) || (c == 0xF0 && p[1] < 0x90) ||
      (c == 0xF4 && p[1] > 0x8F))
    return 0;
  return k;
}

static void put_escaped(rt__json *j, unsigned char c)
{
  static const char plain[] = "\"\"\\\\\bb\ff\nn\rr\tt";
  for (size_t i = 0; i + 1 < sizeof plain; i += 2)
    if (c == (unsigned char)plain[i]) {
      char two[2] = {'\\', plain[i + 1]};
      put(j, two, 2);
      return;
    }
  char six[8];
  put(j, six, (size_t)snprintf(six, sizeof six, "\\u%04x", c));
}

void rt__json_str(rt__json *j, rt_slice s)
{
  comma(j);
  put(j, "\"", 1);
  const unsigned char *p = (const unsigned char *)s.p;
  for (size_t i = 0; i < s.n;) {
    size_t k = utf8_len(p + i, s.n - i);
    if (k == 0) {
      put(j, "\xEF\xBF\xBD", 3);
      i++;
    } else if (k == 1 && (p[i] < 0x20 || p[i] == '"' || p[i] == '\\')) {
      put_escaped(j, p[i]);
      i++;
    } else {
      put(j, p + i, k);
      i += k;
    }
  }
  put(j, "\"", 1);
}

void rt__json_cstr(rt__json *j, const char *s)
{
  rt__json_str(j, rt__cstr(s));
}

void rt__json_u64(rt__json *j, uint64_t v)
{
  char t[24];
  comma(j);
  put(j, t, (size_t)snprintf(t, sizeof t, "%llu", (unsigned long long)v));
}

void rt__json_i64(rt__json *j, int64_t v)
{
  char t[24];
  comma(j);
  put(j, t, (size_t)snprintf(t, sizeof t, "%lld", (long long)v));
}

/* a number as printf left it; whatever the locale put for the decimal point becomes a point */
static void put_number(rt__json *j, const char *t, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    bool plain = (t[i] >= '0' && t[i] <= '9') || t[i] == '-' || t[i] == '+' || t[i] == 'e';
    if (plain)
      put(j, t + i, 1);
    else if (i == 0 || (t[i - 1] >= '0' && t[i - 1] <= '9'))
      put(j, ".", 1);
  }
}

void rt__json_num(rt__json *j, double v)
{
  char t[40];
  if (!isfinite(v)) {
    rt__json_null(j);
    return;
  }
  comma(j);
  int n = 0;
  for (int digits = 1; digits <= 17; digits++) {
    n = snprintf(t, sizeof t, "%.*g", digits, v == 0 ? 0.0 : v);
    if (strtod(t, NULL) == v)
      break;
  }
  put_number(j, t, (size_t)n);
}

#define DECIMALS_MAX 20

void rt__json_fixed(rt__json *j, double v, int decimals)
{
  char t[64];
  if (!isfinite(v) || fabs(v) > 1e15) {
    rt__json_num(j, v);
    return;
  }
  comma(j);
  decimals = decimals < 0 ? 0 : decimals > DECIMALS_MAX ? DECIMALS_MAX : decimals;
  int n = snprintf(t, sizeof t, "%.*f", decimals, v);
  while (decimals > 0 && t[n - 1] == '0')
    n--;
  while (t[n - 1] < '0' || t[n - 1] > '9')
    n--; /* the point */
  if (n == 2 && t[0] == '-' && t[1] == '0')
    put(j, "0", 1);
  else
    put_number(j, t, (size_t)n);
}

void rt__json_bool(rt__json *j, bool v)
{
  comma(j);
  put(j, v ? "true" : "false", v ? 4 : 5);
}

void rt__json_null(rt__json *j)
{
  comma(j);
  put(j, "null", 4);
}

void rt__json_time(rt__json *j, int64_t us)
{
  char t[RT__TIME_TEXT];
  size_t n = rt__time_print(us, t);
  rt__json_str(j, rt__slice(t, n));
}

void rt__json_put_str(rt__json *j, const char *key, rt_slice v)
{
  rt__json_key(j, key);
  rt__json_str(j, v);
}

void rt__json_put_cstr(rt__json *j, const char *key, const char *v)
{
  rt__json_key(j, key);
  rt__json_cstr(j, v);
}

void rt__json_put_u64(rt__json *j, const char *key, uint64_t v)
{
  rt__json_key(j, key);
  rt__json_u64(j, v);
}

void rt__json_put_i64(rt__json *j, const char *key, int64_t v)
{
  rt__json_key(j, key);
  rt__json_i64(j, v);
}

void rt__json_put_num(rt__json *j, const char *key, double v)
{
  rt__json_key(j, key);
  rt__json_num(j, v);
}

void rt__json_put_bool(rt__json *j, const char *key, bool v)
{
  rt__json_key(j, key);
  rt__json_bool(j, v);
}

void rt__json_put_time(rt__json *j, const char *key, int64_t us)
{
  rt__json_key(j, key);
  rt__json_time(j, us);
}

void rt__json_put_fixed(rt__json *j, const char *key, double v, int decimals)
{
  rt__json_key(j, key);
  rt__json_fixed(j, v, decimals);
}
