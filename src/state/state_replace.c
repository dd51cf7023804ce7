/* the new file, written beside the old one and put in its place when it is whole and on disk */
#include "state/state_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static rt_code cannot(const rt__state *s, rt_error *err)
{
  return rt__fail(err, RT_E_IO, "cannot write %s: %s; the old state stays as it was", s->path,
                  strerror(errno));
}

typedef struct target {
  const rt__state *s;
  FILE *f;
} target;

static rt_code put(void *ctx, const void *p, size_t n, rt_error *err)
{
  const target *t = ctx;
  return n == 0 || fwrite(p, 1, n, t->f) == n ? RT_OK : cannot(t->s, err);
}

static rt_code write_all(target *t, const rt__set *set, const rt__memory *memory, rt_error *err)
{
  rt__file_writer *w;
  rt_code c = rt__file_writer_new(rt_alloc_default(), &t->s->key, put, t, &w, err);
  if (c != RT_OK)
    return c;
  const rt_digest_sink sink = rt__file_writer_sink(w);
  if (memory)
    c = rt__state_write_front(w, memory, set, err);
  if (c == RT_OK)
    c = rt__pour_all(set, &sink, err);
  if (c == RT_OK)
    c = rt__file_writer_close(w, err);
  rt__file_writer_free(w);
  return c;
}

/* what an interrupted run left there goes first: it may have another owner's mode */
static FILE *open_fresh(const rt__state *s)
{
  (void)unlink(s->fresh);
  int fd = open(s->fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0)
    return NULL;
  rt__state_hand_over(s, fd);
  FILE *f = fchmod(fd, (mode_t)s->mode) == 0 ? fdopen(fd, "wb") : NULL;
  if (!f)
    (void)close(fd);
  return f;
}

/* the rename is on disk when the folder is; where a file system cannot say, it has its own order */
static void sync_folder(const rt__state *s)
{
  char folder[RT__STATE_PATH_MAX];
  memcpy(folder, s->target, sizeof folder);
  char *slash = strrchr(folder, '/');
  if (slash)
    slash[slash == folder] = '\0';
  int fd = open(slash ? folder : ".", O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return;
  (void)fsync(fd);
  (void)close(fd);
}

static rt_code finish(const rt__state *s, FILE *f, rt_code c, rt_error *err)
{
  if (c == RT_OK && (fflush(f) != 0 || fsync(fileno(f)) != 0))
    c = cannot(s, err);
  if (fclose(f) != 0 && c == RT_OK)
    c = cannot(s, err);
  if (c == RT_OK && rename(s->fresh, s->target) != 0)
    c = cannot(s, err);
  if (c == RT_OK)
    sync_folder(s);
  else
    (void)unlink(s->fresh);
  return c;
}

rt_code rt__state_replace(rt__state *s, const rt__set *set, const rt__memory *memory, rt_error *err)
{
  target t = {s, open_fresh(s)};
  if (!t.f)
    return cannot(s, err);
  return finish(s, t.f, write_all(&t, set, memory, err), err);
}
