/* replay - runs each file given (or each file of a folder given) through a fuzz target once,
 * without a fuzzer. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define INPUT_MAX ((size_t)64 << 20)

static int replay_file(const char *path)
{
  FILE *f = fopen(path, "rb");
  uint8_t *p = malloc(INPUT_MAX);
  int rc = f && p ? 0 : 1;
  if (rc == 0) {
    size_t n = fread(p, 1, INPUT_MAX, f);
    uint8_t *exact = malloc(n ? n : 1); /* so that a sanitizer sees a step too far */
    if (exact) {
      memcpy(exact, p, n);
      (void)LLVMFuzzerTestOneInput(exact, n);
    }
    free(exact);
  }
  free(p);
  if (f)
    (void)fclose(f);
  return rc;
}

static int replay(const char *path)
{
  char inside[4096];
  int rc = 0;
  DIR *d = opendir(path);
  if (!d)
    return replay_file(path);
  for (struct dirent *e; (e = readdir(d));) {
    if (e->d_name[0] == '.')
      continue;
    (void)snprintf(inside, sizeof inside, "%s/%s", path, e->d_name);
    rc |= replay_file(inside);
  }
  (void)closedir(d);
  return rc;
}

int main(int argc, char **argv)
{
  int rc = argc < 2;
  for (int i = 1; i < argc; i++)
    rc |= replay(argv[i]);
  return rc;
}
