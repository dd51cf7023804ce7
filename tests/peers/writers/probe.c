/* probe - prints the exchanges that retort reads from files, as JSON lines. For the comparison with
 * what the stub server saw: probe [--account-field NAME] FILE... */
#include "dump.h"
#include "feed/feed.h"

#include <stdio.h>

static rt_code take(void *ctx, unsigned thread, const rt_exchange *x, const rt__place *at,
                    rt_error *err)
{
  rt__buf line;
  (void)ctx;
  (void)thread;
  (void)at;
  rt__buf_init(&line, rt_alloc_default(), (size_t)1 << 26);
  rt_code c = dump_exchange(x, &line);
  if (c == RT_OK && fwrite(line.p, 1, line.n, stdout) != line.n)
    c = RT_E_IO;
  rt__buf_free(&line);
  return c == RT_OK ? c : rt__fail(err, c, "cannot print an exchange");
}

int main(int argc, char **argv)
{
  bool field = argc > 2 && strcmp(argv[1], "--account-field") == 0;
  int first = field ? 3 : 1;
  const rt__feed_options o = {.paths = (const char *const *)argv + first,
                              .n_paths = (size_t)(argc - first),
                              .account_field = field ? argv[2] : NULL,
                              .hold_dir = "/tmp",
                              .threads = 1};
  const rt__feed_callbacks cb = {.exchange = take};
  rt__feed_result *r;
  rt_error err = {0};
  rt_code c = rt__feed_run(&o, &cb, &r, &err);
  if (c != RT_OK) {
    (void)fprintf(stderr, "probe: %s\n", err.message);
    return 1;
  }
  for (int i = 0; i < RT__CAUSE_COUNT; i++)
    if (r->tally.count[i])
      (void)fprintf(stderr, "%llu %s: %s\n", (unsigned long long)r->tally.count[i],
                    rt__cause_name((rt__cause)i), r->tally.first[i][0].message);
  rt__feed_result_free(r);
  return 0;
}
