/* fuzz_traces - any bytes as the one .csv of a folder of rate curves. */
#include "world/traces.h"

#include <math.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void must(bool ok)
{
  if (!ok)
    __builtin_trap();
}

static void check(const rt__trace *t)
{
  double sum = 0;
  must(t->n <= RT__TRACE_STEPS_MAX && t->step_s >= 1 && t->step_s <= 86400);
  for (uint32_t i = 0; i < t->n; i++) {
    must(t->rate[i] >= 0 && isfinite(t->rate[i]) && t->cv[i] >= 0 && t->cv[i] <= 8);
    sum += (double)t->rate[i];
  }
  must(t->n == 0 || fabs(sum / t->n - 1) < 1e-3);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
  static char dir[64], path[80];
  rt__traces *t;
  if (!dir[0]) {
    (void)snprintf(dir, sizeof dir, "/tmp/fuzz_traces_%ld", (long)getpid());
    (void)snprintf(path, sizeof path, "%s/a.csv", dir);
  }
  (void)mkdir(dir, 0700);
  FILE *f = fopen(path, "wb");
  must(f != NULL);
  bool written = fwrite(p, 1, n, f) == n;
  if (fclose(f) == 0 && written && rt__traces_load(rt_alloc_default(), dir, &t, NULL) == RT_OK) {
    must(t->n == 1);
    check(&t->trace[0]);
    rt__traces_free(rt_alloc_default(), t);
  }
  (void)unlink(path);
  (void)rmdir(dir);
  return 0;
}
