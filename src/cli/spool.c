#include "cli/spool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static rt_code cannot(rt_error *err, const char *what)
{
  return rt__fail(err, RT_E_IO, "cannot %s a spool file: %s", what, strerror(errno));
}

static rt_code open_part(cli_spool *s, unsigned part, rt_error *err)
{
  char path[4096];
  const char *dir = getenv("TMPDIR");
  int n = snprintf(path, sizeof path, "%s/retort-spool.XXXXXX", dir && *dir ? dir : "/var/tmp");
  if (n < 0 || (size_t)n >= sizeof path)
    return rt__fail(err, RT_E_ARG, "TMPDIR is too long");
  int file = mkstemp(path);
  if (file < 0)
    return cannot(err, "open");
  (void)unlink(path); /* lives as long as we hold it */
  s->parts[part].file = file;
  return RT_OK;
}

static rt_code append(void *ctx, unsigned part, const void *p, size_t n, rt_error *err)
{
  cli_spool *s = ctx;
  rt_code c = s->parts[part].file ? RT_OK : open_part(s, part, err);
  for (const char *q = p; c == RT_OK && n > 0;) {
    ssize_t k = write(s->parts[part].file, q, n);
    if (k < 0 && errno == EINTR)
      continue;
    if (k < 0)
      return cannot(err, "write");
    q += k;
    n -= (size_t)k;
    s->parts[part].n += (size_t)k;
  }
  return c;
}

static rt_code map(void *ctx, unsigned part, const void **p, size_t *n, rt_error *err)
{
  cli_spool *s = ctx;
  *n = s->parts[part].n;
  *p = NULL;
  if (*n == 0)
    return RT_OK;
  if (!s->parts[part].map) {
    void *m = mmap(NULL, *n, PROT_READ, MAP_SHARED, s->parts[part].file, 0);
    if (m == MAP_FAILED)
      return cannot(err, "map");
    s->parts[part].map = m;
  }
  *p = s->parts[part].map;
  return RT_OK;
}

static rt_code drop(void *ctx, unsigned part)
{
  cli_spool *s = ctx;
  if (s->parts[part].map)
    (void)munmap(s->parts[part].map, s->parts[part].n);
  if (s->parts[part].file)
    (void)close(s->parts[part].file);
  s->parts[part].map = NULL;
  s->parts[part].file = 0;
  s->parts[part].n = 0;
  return RT_OK;
}

rt__spool cli_spool_of(cli_spool *s)
{
  return (rt__spool){s, append, map, drop};
}

void cli_spool_free(cli_spool *s)
{
  for (unsigned i = 0; i < RT__SPOOL_TOTAL; i++)
    (void)drop(s, i);
}
