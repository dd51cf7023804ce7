#include "feed/spool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define PATTERN "/retort-spool-XXXXXX"

typedef struct part {
  int fd; /* -1: not open */
  size_t n;
  void *map;
} part;

struct rt__spool_files {
  rt_alloc alloc;
  uint64_t bytes;
  part parts[RT__SPOOL_TOTAL];
  size_t path_size;
  char path[]; /* of the directory, with room for the pattern */
};

rt_code rt__spool_files_new(const rt_alloc *alloc, const char *dir, rt__spool_files **out,
                            rt_error *err)
{
  if (!alloc)
    alloc = rt_alloc_default();
  size_t size = strlen(dir) + sizeof PATTERN;
  rt__spool_files *f = rt__calloc(alloc, 1, sizeof *f + size);
  if (!f)
    return rt__fail(err, RT_E_NOMEM, "no memory for a spool");
  f->alloc = *alloc;
  f->path_size = size;
  memcpy(f->path, dir, strlen(dir));
  for (unsigned i = 0; i < RT__SPOOL_TOTAL; i++)
    f->parts[i].fd = -1;
  *out = f;
  return RT_OK;
}

static rt_code failed(rt__spool_files *f, const char *what, rt_error *err)
{
  char why[80] = "unknown error";
  (void)strerror_r(errno, why, sizeof why);
  f->path[f->path_size - sizeof PATTERN] = 0;
  return rt__fail(err, RT_E_IO, "can't %s a spool file in %.120s: %s", what, f->path, why);
}

static rt_code open_part(rt__spool_files *f, part *p, rt_error *err)
{
  memcpy(f->path + f->path_size - sizeof PATTERN, PATTERN, sizeof PATTERN);
  p->fd = mkstemp(f->path);
  if (p->fd < 0)
    return failed(f, "make", err);
  (void)unlink(f->path);
  return RT_OK;
}

static rt_code append(void *ctx, unsigned number, const void *bytes, size_t n, rt_error *err)
{
  rt__spool_files *f = ctx;
  part *p = &f->parts[number];
  rt_code c = p->fd < 0 ? open_part(f, p, err) : RT_OK;
  const char *at = bytes;
  while (c == RT_OK && n) {
    ssize_t done = write(p->fd, at, n);
    if (done < 0 && errno == EINTR)
      continue;
    if (done < 0)
      return failed(f, "write", err);
    at += done;
    n -= (size_t)done;
    p->n += (size_t)done;
    f->bytes += (size_t)done;
  }
  return c;
}

/* the mapping outlives the descriptor, which others may need */
static rt_code map(void *ctx, unsigned number, const void **bytes, size_t *n, rt_error *err)
{
  rt__spool_files *f = ctx;
  part *p = &f->parts[number];
  if (!p->map && p->n) {
    void *m = mmap(NULL, p->n, PROT_READ, MAP_PRIVATE, p->fd, 0);
    if (m == MAP_FAILED)
      return failed(f, "map", err);
    p->map = m;
    (void)close(p->fd);
    p->fd = -1;
  }
  *bytes = p->map;
  *n = p->n;
  return RT_OK;
}

static rt_code drop(void *ctx, unsigned number)
{
  rt__spool_files *f = ctx;
  part *p = &f->parts[number];
  if (p->map)
    (void)munmap(p->map, p->n);
  if (p->fd >= 0)
    (void)close(p->fd);
  *p = (part){.fd = -1};
  return RT_OK;
}

void rt__spool_files_free(rt__spool_files *f)
{
  if (!f)
    return;
  for (unsigned i = 0; i < RT__SPOOL_TOTAL; i++)
    (void)drop(f, i);
  rt_alloc a = f->alloc;
  rt__free(&a, f, sizeof *f + f->path_size);
}

rt__spool rt__spool_files_callbacks(rt__spool_files *f)
{
  return (rt__spool){f, append, map, drop};
}

uint64_t rt__spool_files_bytes(const rt__spool_files *f)
{
  return f->bytes;
}
