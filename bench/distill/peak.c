/* peak - how many fp32 operations a second one core can do at most: independent multiply-adds on
 * registers and nothing else. Prints GFLOP/s by processor time, the best of five tries. */
#include <stdio.h>
#include <time.h>

typedef float vf __attribute__((vector_size(32)));
#define CHAINS 12
#define TURNS  100000000L

static double seconds(void)
{
  struct timespec t;
  (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double try_once(float *keep)
{
  vf a[CHAINS], x = {0}, y = {0};
  x += 0.999f;
  y += 0.001f;
  for (int i = 0; i < CHAINS; i++)
    a[i] = x + (float)i;
  double begun = seconds();
  for (long t = 0; t < TURNS; t++)
#pragma GCC unroll 12
    for (int i = 0; i < CHAINS; i++)
      a[i] = a[i] * x + y;
  double took = seconds() - begun;
  for (int i = 0; i < CHAINS; i++)
    *keep += a[i][0];
  return (double)TURNS * CHAINS * 8 * 2 / took / 1e9;
}

int main(void)
{
  float keep = 0;
  double best = 0;
  for (int i = 0; i < 5; i++) {
    double rate = try_once(&keep);
    best = rate > best ? rate : best;
  }
  (void)printf("%.1f\n", keep > 1e30f ? 0 : best);
  return 0;
}
