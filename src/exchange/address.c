#include "exchange/address.h"

#include <arpa/inet.h>
#include <stdio.h>

static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

/* what stands before the port or zone, without brackets */
static rt_slice bare(rt_slice s)
{
  const char *end = s.n ? memchr(s.p, ']', s.n) : NULL;
  if (s.n && s.p[0] == '[' && end)
    s = rt__slice(s.p + 1, (size_t)(end - s.p) - 1);
  const char *zone = s.n ? memchr(s.p, '%', s.n) : NULL;
  if (zone)
    s.n = (size_t)(zone - s.p);
  const char *colon = s.n ? memchr(s.p, ':', s.n) : NULL;
  size_t before = colon ? (size_t)(colon - s.p) : 0;
  bool only_one = colon && !memchr(colon + 1, ':', s.n - before - 1);
  if (only_one && memchr(s.p, '.', before))
    s.n = before;
  return s;
}

bool rt__address_read(rt_slice text, rt__address *out)
{
  char s[INET6_ADDRSTRLEN];
  if (!text.p)
    return false;
  text = bare(rt__slice_trim(text));
  if (text.n == 0 || text.n >= sizeof s || memchr(text.p, '\0', text.n))
    return false;
  memcpy(s, text.p, text.n);
  s[text.n] = '\0';
  if (memchr(s, ':', text.n)) {
    if (inet_pton(AF_INET6, s, out->b) != 1)
      return false;
    out->v4 = memcmp(out->b, mapped, sizeof mapped) == 0;
    return true;
  }
  memcpy(out->b, mapped, sizeof mapped);
  out->v4 = true;
  return inet_pton(AF_INET, s, out->b + 12) == 1;
}

/* networks that are nobody's in particular: first bytes, how many bits of them count */
typedef struct block {
  unsigned char b[2];
  int bits;
} block;

static const block v4_shared[] = {
    {{0, 0}, 8},      {{10, 0}, 8},    {{100, 64}, 10},  {{127, 0}, 8},
    {{169, 254}, 16}, {{172, 16}, 12}, {{192, 168}, 16}, {{224, 0}, 3},
};
/* fe80/9 is link-local and the old site-local */
static const block v6_shared[] = {{{0xfc, 0}, 7}, {{0xfe, 0x80}, 9}, {{0xff, 0}, 8}};

static bool is_in(const unsigned char *b, const block *v, size_t n)
{
  unsigned head = (unsigned)b[0] << 8 | b[1];
  for (size_t i = 0; i < n; i++) {
    unsigned net = (unsigned)v[i].b[0] << 8 | v[i].b[1];
    if ((head ^ net) >> (16 - v[i].bits) == 0)
      return true;
  }
  return false;
}

bool rt__address_public(const rt__address *a)
{
  static const unsigned char none[15] = {0};
  if (a->v4)
    return !is_in(a->b + 12, v4_shared, RT__ARRAY_LEN(v4_shared));
  bool nobody = memcmp(a->b, none, sizeof none) == 0 && a->b[15] <= 1; /* :: and ::1 */
  return !nobody && !is_in(a->b, v6_shared, RT__ARRAY_LEN(v6_shared));
}

static rt_slice print_v6(const rt__address *a, size_t bytes, char out[RT__ADDRESS_TEXT])
{
  unsigned char b[16] = {0};
  char s[INET6_ADDRSTRLEN] = "";
  memcpy(b, a->b, bytes);
  (void)inet_ntop(AF_INET6, b, s, sizeof s);
  int n = snprintf(out, RT__ADDRESS_TEXT, "%s/%zu", s, 8 * bytes);
  return rt__slice(out, (size_t)n);
}

static rt_slice print_v4(const rt__address *a, int parts, char out[RT__ADDRESS_TEXT])
{
  const unsigned char *b = a->b + 12;
  int n = parts == 4 ? snprintf(out, RT__ADDRESS_TEXT, "%d.%d.%d.%d", b[0], b[1], b[2], b[3])
                     : snprintf(out, RT__ADDRESS_TEXT, "%d.%d.%d", b[0], b[1], b[2]);
  return rt__slice(out, (size_t)n);
}

rt_slice rt__address_host(const rt__address *a, char out[RT__ADDRESS_TEXT])
{
  return a->v4 ? print_v4(a, 4, out) : print_v6(a, 8, out);
}

rt_slice rt__address_net(const rt__address *a, char out[RT__ADDRESS_TEXT])
{
  return a->v4 ? print_v4(a, 3, out) : print_v6(a, 6, out);
}

rt_slice rt__address_last_public(rt_slice chain)
{
  rt_slice found = {NULL, 0};
  size_t from = 0;
  for (size_t i = 0; chain.p && i <= chain.n; i++) {
    if (i < chain.n && chain.p[i] != ',')
      continue;
    rt_slice hop = rt__slice_trim(rt__slice(chain.p + from, i - from));
    rt__address a;
    if (rt__address_read(hop, &a) && rt__address_public(&a))
      found = hop;
    from = i + 1;
  }
  return found;
}
