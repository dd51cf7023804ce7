/* Any bytes as a .kdt file, its checksums put right first so that what is behind them is reached;
 * and as a file of logits, from which targets are made. */
#include "base/hash.h"
#include "distill/import_logits.h"
#include "distill/targets_in.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void mend(unsigned char *p, size_t n)
{
  uint64_t blocks = rt__le64(p + RT__KDT_BLOCKS);
  size_t room = (n - RT__KDT_HEADER) / RT__KDT_ENTRY;
  if (blocks == 0 || blocks > room)
    return;
  unsigned char *index = p + n - blocks * RT__KDT_ENTRY;
  for (uint64_t i = 0; i < blocks; i++) {
    unsigned char *e = index + i * RT__KDT_ENTRY;
    uint64_t at = rt__le64(e), packed = rt__le32(e + 20);
    if (at < n && packed <= n - at)
      rt__put64(e + 32, rt__checksum(p + at, packed));
  }
  rt__put64(p + RT__KDT_FILE, n);
  rt__put64(p + RT__KDT_INDEX, n - blocks * RT__KDT_ENTRY);
  rt__put64(p + RT__KDT_INDEX_SUM, rt__checksum(index, blocks * RT__KDT_ENTRY));
  rt__put64(p + RT__KDT_SUM, rt__checksum(p, RT__KDT_SUM));
}

static int save(const char *path, const unsigned char *p, size_t n)
{
  FILE *f = fopen(path, "wb");
  if (!f)
    return -1;
  size_t done = fwrite(p, 1, n, f);
  return fclose(f) == 0 && done == n ? 0 : -1;
}

static void read_targets(const char *path)
{
  rt_targets *t;
  rt_targets_document d;
  if (rt_targets_open(rt_alloc_default(), path, &t, NULL))
    return;
  uint64_t n = rt_targets_about(t)->documents;
  for (uint64_t i = 0; i < n && i < 100; i++) {
    if (rt_targets_read(t, i, &d, NULL))
      break;
    for (size_t k = 0; k < (size_t)d.n_rows * d.width; k++)
      if (d.ids[k] >= rt_targets_about(t)->vocab || !(d.weights[k] >= 0 && d.weights[k] <= 1.001f))
        __builtin_trap();
  }
  rt_targets_free(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  char in[64], out[80];
  unsigned char *p = malloc(size + 1);
  (void)snprintf(in, sizeof in, "/tmp/fuzz_targets_%ld", (long)getpid());
  (void)snprintf(out, sizeof out, "%s.kdt", in);
  if (!p)
    return 0;
  memcpy(p, data, size);
  if (size > RT__KDT_HEADER + RT__KDT_ENTRY && memcmp(p, RT__KDT_MAGIC, 8) == 0)
    mend(p, size);
  rt_from_logits o = {.info = {.vocab = 7, .top = 2, .tail = size % 2, .temperature = 1},
                      .bos = UINT32_MAX};
  if (save(in, p, size) == 0) {
    read_targets(in);
    if (rt_import_logits(rt_alloc_default(), in, &o, out, NULL) == RT_OK)
      read_targets(out);
  }
  (void)remove(in);
  (void)remove(out);
  free(p);
  return 0;
}
