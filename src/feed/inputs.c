/* inputs - from the paths of a command line to a list of files. */
#include "feed/source.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static char *copy(const rt_alloc *a, const char *s)
{
  size_t n = strlen(s) + 1;
  char *p = rt__realloc(a, NULL, 0, n, 1);
  if (p)
    memcpy(p, s, n);
  return p;
}

static void drop(const rt_alloc *a, char *s)
{
  if (s)
    rt__free(a, s, strlen(s) + 1);
}

/* a new entry at the end, path taken over */
static rt_code add(rt__inputs *in, char *path, rt__input **out)
{
  if (in->n == RT__INPUTS_MAX) {
    drop(in->alloc, path);
    return RT_E_LIMIT;
  }
  if (in->n == in->cap) {
    size_t cap = in->cap ? in->cap * 2 : 8;
    rt__input *v = rt__realloc(in->alloc, in->v, in->cap, cap, sizeof *v);
    if (!v) {
      drop(in->alloc, path);
      return RT_E_NOMEM;
    }
    in->v = v;
    in->cap = cap;
  }
  *out = &in->v[in->n++];
  **out = (rt__input){.path = path};
  return RT_OK;
}

static void mark(rt__input *in, rt_code code, const char *what)
{
  in->code = code;
  (void)snprintf(in->message, sizeof in->message, "%.160s: %s", in->path, what);
}

/* entry for a path that the directory `parent` led to, or NULL for one that the user named */
static rt_code add_file(rt__inputs *in, char *path, bool inside)
{
  struct stat st;
  rt__input *e;
  bool known = stat(path, &st) == 0;
  int why = errno;
  rt_code c = add(in, path, &e);
  if (c != RT_OK)
    return c;
  if (!known) {
    mark(e, RT_E_IO, strerror(why));
  } else if (S_ISREG(st.st_mode)) {
    e->size = (uint64_t)st.st_size;
  } else if (inside) {
    e->skipped = true;
    mark(e, RT_OK,
         S_ISDIR(st.st_mode) ? "a directory inside a directory, skipped"
                             : "not a regular file, skipped");
  }
  return RT_OK;
}

struct names {
  char **v;
  size_t n, cap;
};

static int by_bytes(const void *a, const void *b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *join(const rt_alloc *a, const char *dir, const char *name)
{
  size_t d = strlen(dir), n = strlen(name);
  bool slash = d > 0 && dir[d - 1] != '/';
  char *p = rt__realloc(a, NULL, 0, d + slash + n + 1, 1);
  if (!p)
    return NULL;
  memcpy(p, dir, d);
  if (slash)
    p[d] = '/';
  memcpy(p + d + slash, name, n + 1);
  return p;
}

static rt_code add_name(const rt_alloc *a, struct names *names, char *path)
{
  if (path && names->n == names->cap) {
    size_t cap = names->cap ? names->cap * 2 : 16;
    char **v =
        names->cap < RT__INPUTS_MAX ? rt__realloc(a, names->v, names->cap, cap, sizeof *v) : NULL;
    if (v) {
      names->v = v;
      names->cap = cap;
    }
  }
  if (!path || names->n == names->cap) {
    drop(a, path);
    return RT_E_NOMEM;
  }
  names->v[names->n++] = path;
  return RT_OK;
}

/* *why is errno if the directory could not be read to its end */
static rt_code read_names(const rt_alloc *a, const char *dir, struct names *names, int *why)
{
  rt_code c = RT_OK;
  DIR *d = opendir(dir);
  *why = errno;
  if (!d)
    return RT_OK;
  struct dirent *e;
  for (errno = 0; c == RT_OK && (e = readdir(d)); errno = 0)
    if (e->d_name[0] != '.')
      c = add_name(a, names, join(a, dir, e->d_name));
  *why = c == RT_OK ? errno : 0;
  (void)closedir(d);
  return c;
}

static rt_code add_directory(rt__inputs *in, const char *path)
{
  struct names names = {NULL, 0, 0};
  int why = 0;
  rt_code c = read_names(in->alloc, path, &names, &why);
  if (names.n > 1)
    qsort(names.v, names.n, sizeof *names.v, by_bytes);
  for (size_t i = 0; i < names.n; i++) {
    if (c == RT_OK)
      c = add_file(in, names.v[i], true);
    else
      drop(in->alloc, names.v[i]);
  }
  if (c == RT_OK && (why != 0 || names.n == 0)) {
    rt__input *e;
    char *p = copy(in->alloc, path);
    c = p ? add(in, p, &e) : RT_E_NOMEM;
    if (c == RT_OK) {
      e->skipped = why == 0;
      mark(e, why ? RT_E_IO : RT_OK, why ? strerror(why) : "a directory without files");
    }
  }
  rt__free(in->alloc, names.v, names.cap * sizeof *names.v);
  return c;
}

static rt_code add_path(rt__inputs *in, const char *path)
{
  struct stat st;
  bool is_stdin = strcmp(path, "-") == 0;
  if (!is_stdin && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
    return add_directory(in, path);
  char *p = copy(in->alloc, path);
  if (!p)
    return RT_E_NOMEM;
  rt__input *e;
  return is_stdin ? add(in, p, &e) : add_file(in, p, false);
}

rt_code rt__inputs_list(const rt_alloc *alloc, const char *const *paths, size_t n, rt__inputs *out,
                        rt_error *err)
{
  *out = (rt__inputs){.alloc = alloc};
  for (size_t i = 0; i < n; i++) {
    rt_code c = add_path(out, paths[i]);
    if (c != RT_OK) {
      rt__inputs_free(out);
      return rt__fail(err, c, "%.160s: %s", paths[i],
                      c == RT_E_LIMIT ? "too many files" : "out of memory");
    }
  }
  return RT_OK;
}

void rt__inputs_free(rt__inputs *in)
{
  for (size_t i = 0; i < in->n; i++)
    drop(in->alloc, in->v[i].path);
  rt__free(in->alloc, in->v, in->cap * sizeof *in->v);
  in->v = NULL;
  in->n = in->cap = 0;
}
