#include "state/state_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE ((size_t)256 << 10)

void rt__state_hand_over(const rt__state *s, int fd)
{
  struct stat theirs, made;
  if (geteuid() != 0 || stat(s->target, &theirs) != 0 || fstat(fd, &made) != 0)
    return;
  /* a second name would be a trap: some other file that is not ours to give away */
  if (made.st_nlink != 1 || made.st_size != 0 || fchown(fd, theirs.st_uid, theirs.st_gid) != 0)
    return; /* or a file system without owners */
}

/* ---- the lock */

static rt_code busy(const rt__state *s, rt_error *err)
{
  return rt__fail(err, RT_E_STOPPED,
                  "another run is at work on this state (it holds %s); nothing was done", s->lock);
}

static rt_code lock(rt__state *s, rt_error *err)
{
  struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  s->lock_fd = open(s->lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (s->lock_fd < 0)
    return rt__fail(err, RT_E_IO, "cannot open the lock %s: %s", s->lock, strerror(errno));
  rt__state_hand_over(s, s->lock_fd);
  if (fcntl(s->lock_fd, F_SETLK, &whole) == 0)
    return RT_OK;
  if (errno == EACCES || errno == EAGAIN)
    return busy(s, err);
  return rt__fail(err, RT_E_IO, "cannot lock %s: %s", s->lock, strerror(errno));
}

/* ---- opening */

static bool join(char out[RT__STATE_PATH_MAX], const char *head, const char *tail)
{
  int n = snprintf(out, RT__STATE_PATH_MAX, "%s%s", head, tail);
  return n >= 0 && n < RT__STATE_PATH_MAX;
}

static bool name_files(rt__state *s, const char *path)
{
  char *real = realpath(path, NULL);
  bool ok = join(s->path, path, "") && join(s->target, real ? real : path, "") &&
            join(s->fresh, s->target, ".new") && join(s->lock, s->target, ".lock");
  free(real);
  return ok;
}

static rt_code look(rt__state *s, rt_error *err)
{
  struct stat st;
  s->mode = 0600; /* pseudonyms are personal data */
  if (stat(s->target, &st) != 0) {
    if (errno == ENOENT)
      return RT_OK;
    return rt__fail(err, RT_E_IO, "cannot read it: %s", strerror(errno));
  }
  if (!S_ISREG(st.st_mode))
    return rt__fail(err, RT_E_ARG, "not a regular file; a state is one");
  if (st.st_size == 0)
    return rt__fail(err, RT_E_TRUNCATED, "it is empty; remove it to begin a new state");
  s->exists = true;
  s->bytes = (uint64_t)st.st_size;
  s->mode = st.st_mode & 07777;
  return rt__state_advise(s, rt__state_read_front(s, err), err);
}

rt_code rt__state_open(const char *path, const rt_key *key, rt__state **out, rt_error *err)
{
  rt__state *s = rt__calloc(rt_alloc_default(), 1, sizeof *s);
  if (!s)
    return rt__fail(err, RT_E_NOMEM, "no memory for a state");
  s->lock_fd = -1;
  s->key = *key;
  rt_code c = rt__memory_init(&s->memory, err);
  if (c == RT_OK && !name_files(s, path))
    c = rt__fail(err, RT_E_ARG, "the path is too long");
  if (c == RT_OK)
    c = lock(s, err);
  if (c == RT_OK)
    c = look(s, err);
  if (c == RT_OK)
    *out = s;
  else
    rt__state_close(s);
  return c;
}

void rt__state_close(rt__state *s)
{
  if (!s)
    return;
  rt__memory_free(&s->memory);
  if (s->lock_fd >= 0)
    (void)close(s->lock_fd);
  rt__free(rt_alloc_default(), s, sizeof *s);
}

bool rt__state_exists(const rt__state *s)
{
  return s->exists;
}

bool rt__state_is_plain(const rt__state *s)
{
  return s->plain;
}

const rt__memory *rt__state_memory(const rt__state *s)
{
  return &s->memory;
}

const rt__calendar *rt__state_calendar(const rt__state *s)
{
  return &s->calendar;
}

uint64_t rt__state_bytes(const rt__state *s)
{
  return s->bytes;
}

/* ---- reading */

rt_code rt__state_advise(const rt__state *s, rt_code c, rt_error *err)
{
  static const char restore[] = "put yesterday's copy back, or begin a new state from the logs";
  static const struct {
    rt_code code;
    const char *advice;
  } rows[] = {{RT_E_KEY, "give the --key-file that the state was made with"},
              {RT_E_VERSION, "use the newer retort that wrote it"},
              {RT_E_FORMAT, restore},
              {RT_E_CHECKSUM, restore},
              {RT_E_TRUNCATED, restore}};
  rt_error was = err ? *err : (rt_error){0};
  (void)s;
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++)
    if (rows[i].code == c)
      return rt__fail_at(err, c, 0, was.offset, "%.140s; %s", was.message, rows[i].advice);
  return c;
}

static rt_code feed_file(FILE *f, rt__file_reader *r, unsigned char *piece, rt_error *err)
{
  rt_code c = RT_OK;
  for (size_t n; c == RT_OK && (n = fread(piece, 1, PIECE, f)) > 0;)
    c = rt__file_reader_feed(r, piece, n, err);
  if (c == RT_OK && ferror(f))
    return rt__fail(err, RT_E_IO, "cannot read it: %s", strerror(errno));
  return c == RT_OK ? rt__file_reader_close(r, err) : c;
}

rt_code rt__state_feed(const rt__state *s, rt__file_reader *r, rt_error *err)
{
  unsigned char *piece = rt__calloc(rt_alloc_default(), 1, PIECE);
  FILE *f = fopen(s->target, "rb");
  rt_code c = RT_OK;
  if (!f)
    c = rt__fail(err, RT_E_IO, "cannot read it: %s", strerror(errno));
  else if (!piece)
    c = rt__fail(err, RT_E_NOMEM, "no memory to read a state");
  else
    c = feed_file(f, r, piece, err);
  if (f)
    (void)fclose(f);
  rt__free(rt_alloc_default(), piece, PIECE);
  return c;
}

rt_code rt__state_read(const rt__state *s, const rt_digest_sink *sink, rt_error *err)
{
  rt__file_reader *r;
  if (!s->exists)
    return RT_OK;
  rt_code c = rt__file_reader_new(rt_alloc_default(), &s->key, sink, &r, err);
  if (c != RT_OK)
    return c;
  c = rt__state_advise(s, rt__state_feed(s, r, err), err);
  rt__file_reader_free(r);
  return c;
}
