/* mutate - a small fuzzer that every `make check` can afford: samples, bent in ways that a seed
 * decides. */
#ifndef TESTS_FEED_MUTATE_H
#define TESTS_FEED_MUTATE_H

#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>

#define MUTANT_MAX ((size_t)64 << 10)

/* one stroke on p[0 .. n): a byte changed, a piece removed, doubled or cut off; returns the new
 * length */
static size_t bend(unsigned char *p, size_t n, size_t cap, rt__rng *rng)
{
  static const char telling[] = "{}[]:,\"\\ \n\r\t0-.eEtfnu\xff\x80\xc3\xf0";
  if (n == 0)
    return 0;
  size_t at = rt__rng_below(rng, n), len = 1 + rt__rng_below(rng, 40);
  if (len > n - at)
    len = n - at;
  switch (rt__rng_below(rng, 8)) {
  case 0:
    memmove(p + at, p + at + len, n - at - len);
    return n - len;
  case 1:
    if (n + len > cap)
      return n;
    memmove(p + at + len, p + at, n - at);
    return n + len;
  case 2:
    return at;
  case 3:
    p[at] = (unsigned char)rt__rng_next(rng);
    return n;
  default:
    p[at] = (unsigned char)telling[rt__rng_below(rng, sizeof telling)];
    return n;
  }
}

/* calls fn with the sample and `rounds` mutants of it, each in a block of exactly its size */
static void with_mutants(const void *sample, size_t n, int rounds, uint64_t seed,
                         int (*fn)(const uint8_t *p, size_t n))
{
  rt__rng rng = {seed, 0};
  unsigned char *p = malloc(MUTANT_MAX);
  for (int i = 0; p && i <= rounds; i++) {
    size_t k = n < MUTANT_MAX ? n : MUTANT_MAX;
    memcpy(p, sample, k);
    for (uint64_t strokes = i ? 1 + rt__rng_below(&rng, 4) : 0; strokes > 0; strokes--)
      k = bend(p, k, MUTANT_MAX, &rng);
    uint8_t *exact = malloc(k ? k : 1);
    if (!exact)
      break;
    memcpy(exact, p, k);
    (void)fn(exact, k);
    free(exact);
  }
  free(p);
}

#endif
