#include "distill/export_file.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_BYTES_MAX 4096

struct rt__out {
  rt_alloc alloc;
  FILE *file;
  uint64_t size;
  bool
      direct; /* the target is no regular file (a device, a pipe): it is written to, not replaced */
  char path[PATH_BYTES_MAX], part[PATH_BYTES_MAX];
};

static rt_code failed(const char *path, const char *what, rt_error *err)
{
  return rt__fail(err, RT_E_IO, "%s: %s: %s", path, what, strerror(errno));
}

rt_code rt__out_open(const rt_alloc *alloc, const char *path, rt__out **out, rt_error *err)
{
  if (strlen(path) + sizeof ".part" > PATH_BYTES_MAX)
    return rt__fail(err, RT_E_LIMIT, "the path is longer than %d bytes", PATH_BYTES_MAX);
  rt__out *o = rt__calloc(alloc, 1, sizeof *o);
  if (!o)
    return rt__fail(err, RT_E_NOMEM, "%s: out of memory", path);
  o->alloc = *alloc;
  memcpy(o->path, path, strlen(path));
  struct stat there;
  o->direct = stat(path, &there) == 0 && !S_ISREG(there.st_mode);
  (void)snprintf(o->part, sizeof o->part, "%s%s", path, o->direct ? "" : ".part");
  o->file = fopen(o->part, "wb");
  if (!o->file) {
    rt_code code = failed(o->part, "can't be created", err);
    rt__free(alloc, o, sizeof *o);
    return code;
  }
  *out = o;
  return RT_OK;
}

rt_code rt__out_write(rt__out *o, const void *p, size_t n, rt_error *err)
{
  if (n && fwrite(p, 1, n, o->file) != n)
    return failed(o->path, "can't be written", err);
  o->size += n;
  return RT_OK;
}

rt_code rt__out_zeros(rt__out *o, size_t n, rt_error *err)
{
  static const char zeros[256];
  rt_code code = RT_OK;
  for (; n && code == RT_OK;) {
    size_t now = n < sizeof zeros ? n : sizeof zeros;
    code = rt__out_write(o, zeros, now, err);
    n -= now;
  }
  return code;
}

uint64_t rt__out_size(const rt__out *o)
{
  return o->size;
}

rt_code rt__out_patch(rt__out *o, uint64_t at, const void *p, size_t n, rt_error *err)
{
  if (at > o->size || n > o->size - at || at > (uint64_t)LONG_MAX)
    return rt__fail(err, RT_E_ARG, "%s: a patch outside the file", o->path);
  if (fseek(o->file, (long)at, SEEK_SET) || fwrite(p, 1, n, o->file) != n ||
      fseek(o->file, 0, SEEK_END))
    return failed(o->path, "can't be written", err);
  return RT_OK;
}

rt_code rt__out_finish(rt__out *o, rt_error *err)
{
  rt_code code = RT_OK;
  if (fflush(o->file) || (!o->direct && fsync(fileno(o->file))))
    code = failed(o->path, "can't be written", err);
  if (fclose(o->file) && code == RT_OK)
    code = failed(o->path, "can't be written", err);
  o->file = NULL;
  if (code == RT_OK && !o->direct && rename(o->part, o->path))
    code = failed(o->path, "can't be renamed into place", err);
  if (code && !o->direct)
    (void)remove(o->part);
  rt_alloc a = o->alloc;
  rt__free(&a, o, sizeof *o);
  return code;
}

void rt__out_abandon(rt__out *o)
{
  if (!o)
    return;
  (void)fclose(o->file);
  if (!o->direct)
    (void)remove(o->part);
  rt_alloc a = o->alloc;
  rt__free(&a, o, sizeof *o);
}

rt_code rt__out_whole(const rt_alloc *alloc, const char *path, rt_slice bytes, rt_error *err)
{
  rt__out *o = NULL;
  rt_code code = rt__out_open(alloc, path, &o, err);
  if (code)
    return code;
  code = rt__out_write(o, bytes.p, bytes.n, err);
  if (code) {
    rt__out_abandon(o);
    return code;
  }
  return rt__out_finish(o, err);
}

rt_code rt__out_folder(const char *path, rt_error *err)
{
  struct stat st;
  if (mkdir(path, 0777) == 0 || (errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode)))
    return RT_OK;
  return failed(path, "can't be made a folder", err);
}
