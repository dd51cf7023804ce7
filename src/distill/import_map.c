#include "distill/import_map.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

rt_code rt__map_file(const char *path, const unsigned char **p, size_t *n, rt_error *err)
{
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  struct stat st;
  if (fd < 0)
    return rt__fail(err, RT_E_IO, "%s: %s", path, strerror(errno));
  rt_code code = RT_OK;
  if (fstat(fd, &st) || !S_ISREG(st.st_mode) || (uint64_t)st.st_size > SIZE_MAX / 2)
    code = rt__fail(err, RT_E_IO, "%s: not a regular file", path);
  else if (st.st_size == 0)
    code = rt__fail(err, RT_E_TRUNCATED, "%s: the file is empty", path);
  if (code == RT_OK) {
    *n = (size_t)st.st_size;
    void *at = mmap(NULL, *n, PROT_READ, MAP_PRIVATE, fd, 0);
    *p = at;
    if (at == MAP_FAILED)
      code = rt__fail(err, RT_E_IO, "%s: %s", path, strerror(errno));
  }
  (void)close(fd);
  return code;
}

void rt__unmap_file(const unsigned char *p, size_t n)
{
  (void)munmap((void *)(uintptr_t)p, n);
}
