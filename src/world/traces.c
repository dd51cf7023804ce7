#include "world/traces.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define FILES_MAX 4096
#define NAME_MAX_ 1024

typedef struct names {
  char (*name)[NAME_MAX_];
  size_t n;
} names;

static bool is_csv(const char *s)
{
  size_t n = strlen(s);
  return n > 4 && strcmp(s + n - 4, ".csv") == 0;
}

static void list(const char *dir, int depth, names *out)
{
  DIR *d = opendir(dir);
  for (struct dirent *e; d && (e = readdir(d)) != NULL;) {
    char path[NAME_MAX_];
    struct stat st;
    int n = snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
    if (e->d_name[0] == '.' || n < 0 || (size_t)n >= sizeof path || stat(path, &st) != 0)
      continue;
    if (S_ISDIR(st.st_mode) && depth > 0)
      list(path, depth - 1, out);
    else if (S_ISREG(st.st_mode) && is_csv(path) && out->n < FILES_MAX)
      memcpy(out->name[out->n++], path, (size_t)n + 1);
  }
  if (d)
    (void)closedir(d);
}

static int by_name(const void *a, const void *b)
{
  return strcmp(a, b);
}

/* "start,rate,cv,..."; false if it is no such line */
static bool read_step(const char *line, double *start, double *rate, double *cv)
{
  char *end;
  *start = strtod(line, &end);
  if (end == line || *end != ',')
    return false;
  line = end + 1;
  *rate = strtod(line, &end);
  if (end == line || *end != ',')
    return false;
  line = end + 1;
  *cv = strtod(line, &end);
  return end != line && *rate >= 0 && *cv >= 0 && *rate < 1e9;
}

static void normalise(rt__trace *t)
{
  double sum = 0;
  for (uint32_t i = 0; i < t->n; i++)
    sum += (double)t->rate[i];
  for (uint32_t i = 0; i < t->n && sum > 0; i++)
    t->rate[i] = (float)((double)t->rate[i] * t->n / sum);
  if (sum <= 0)
    t->n = 0;
}

static rt_code read_trace(const rt_alloc *a, const char *path, rt__trace *t, rt_error *err)
{
  char line[512];
  double start, rate, cv, second = 600;
  uint64_t number = 0;
  FILE *f = fopen(path, "r");
  if (!f)
    return rt__fail(err, RT_E_IO, "traces: cannot open %s", path);
  t->rate = rt__calloc(a, RT__TRACE_STEPS_MAX, sizeof *t->rate);
  t->cv = rt__calloc(a, RT__TRACE_STEPS_MAX, sizeof *t->cv);
  rt_code c = t->rate && t->cv ? RT_OK : rt__fail(err, RT_E_NOMEM, "out of memory");
  while (c == RT_OK && t->n < RT__TRACE_STEPS_MAX && fgets(line, sizeof line, f)) {
    if (!read_step(line, &start, &rate, &cv)) {
      c = rt__fail(err, RT_E_FORMAT, "traces: %s: line %llu is not start,rate,cv", path,
                   (unsigned long long)number + 1);
      break;
    }
    second = number == 1 ? start : second;
    t->rate[t->n] = (float)rate;
    t->cv[t->n++] = (float)(cv > 8 ? 8 : cv);
    number++;
  }
  (void)fclose(f);
  t->step_s = second >= 1 && second <= 86400 ? (uint32_t)second : 600;
  normalise(t);
  return c;
}

rt_code rt__traces_load(const rt_alloc *a, const char *dir, rt__traces **out, rt_error *err)
{
  names files = {rt__calloc(a, FILES_MAX, NAME_MAX_), 0};
  rt__traces *t = rt__calloc(a, 1, sizeof *t);
  rt_code c = files.name && t ? RT_OK : rt__fail(err, RT_E_NOMEM, "out of memory");
  if (c == RT_OK) {
    list(dir, 4, &files);
    qsort(files.name, files.n, NAME_MAX_, by_name);
    if (files.n == 0)
      c = rt__fail(err, RT_E_IO, "traces: there is no .csv below %s", dir);
  }
  for (size_t i = 0; c == RT_OK && i < files.n && t->n < RT__TRACES_MAX; i++) {
    c = read_trace(a, files.name[i], &t->trace[t->n], err);
    t->n++;
  }
  rt__free(a, files.name, (size_t)FILES_MAX * NAME_MAX_);
  if (c != RT_OK)
    rt__traces_free(a, t);
  else
    *out = t;
  return c;
}

void rt__traces_free(const rt_alloc *a, rt__traces *t)
{
  for (uint32_t i = 0; t && i < t->n; i++) {
    rt__free(a, t->trace[i].rate, RT__TRACE_STEPS_MAX * sizeof(float));
    rt__free(a, t->trace[i].cv, RT__TRACE_STEPS_MAX * sizeof(float));
  }
  rt__free(a, t, sizeof *t);
}
