#include "distill/targets_in.h"

#include "base/hash.h"
#include "distill/quant.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

struct rt_targets {
  rt_alloc alloc;
  int fd;
  uint64_t size;
  rt_targets_info info;
  rt__kdt_entry *blocks;
  size_t n_blocks;
  size_t open;      /* the unpacked block, n_blocks for none */
  rt__arena *arena; /* what the unpacked block is made of */
  uint32_t *sizes;  /* of its documents: tokens, rows */
  uint32_t *tokens, *ids;
  unsigned char *mask;
  float *weights, *rest, *entropy;
};

static rt_code broken(rt_error *err, const char *what)
{
  return rt__fail(err, RT_E_FORMAT, "targets: the file is damaged: %s", what);
}

/* ---- bytes */

static rt_code read_at(const rt_targets *t, uint64_t at, void *p, size_t n, rt_error *err)
{
  for (size_t done = 0; done < n;) {
    ssize_t got = pread(t->fd, (char *)p + done, n - done, (off_t)(at + done));
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return rt__fail(err, RT_E_IO, "targets: %s", strerror(errno));
    if (got == 0)
      return rt__fail(err, RT_E_TRUNCATED, "targets: the file ends too early");
    done += (size_t)got;
  }
  return RT_OK;
}

/* ---- header and index */

static float float_of(uint32_t u)
{
  float f;
  memcpy(&f, &u, sizeof f);
  return f;
}

static void parse_info(const unsigned char *h, rt_targets_info *i)
{
  i->vocab = rt__le32(h + RT__KDT_VOCAB);
  i->top = rt__le32(h + RT__KDT_TOP);
  i->tail = rt__le32(h + RT__KDT_TAIL);
  i->mask = (rt_targets_mask)rt__le32(h + RT__KDT_MASK);
  i->context = rt__le32(h + RT__KDT_CONTEXT);
  i->tail_known = rt__le32(h + RT__KDT_FLAGS) & 1;
  i->temperature = float_of(rt__le32(h + RT__KDT_TEMPERATURE));
  i->seed = rt__le64(h + RT__KDT_SEED);
  memcpy(i->tokenizer, h + RT__KDT_TOKENIZER, 32);
  memcpy(i->teacher, h + RT__KDT_TEACHER, 32);
  memcpy(i->corpus, h + RT__KDT_CORPUS, 32);
  i->documents = rt__le64(h + RT__KDT_DOCUMENTS);
  i->tokens = rt__le64(h + RT__KDT_TOKENS);
  i->rows = rt__le64(h + RT__KDT_ROWS);
}

static rt_code check_header(const rt_targets *t, const unsigned char *h, rt_error *err)
{
  if (memcmp(h, RT__KDT_MAGIC, 8))
    return rt__fail(err, RT_E_FORMAT, "targets: not a .kdt file");
  if (rt__le32(h + RT__KDT_VERSION) != RT_TARGETS_VERSION ||
      rt__le32(h + RT__KDT_SIZE) != RT__KDT_HEADER)
    return rt__fail(err, RT_E_VERSION, "targets: version %u; version %u is read",
                    rt__le32(h + RT__KDT_VERSION), RT_TARGETS_VERSION);
  if (rt__le64(h + RT__KDT_SUM) != rt__checksum(h, RT__KDT_SUM))
    return rt__fail(err, RT_E_CHECKSUM, "targets: the header's checksum doesn't match");
  if (rt__le64(h + RT__KDT_FILE) != t->size)
    return rt__fail(err, RT_E_TRUNCATED, "targets: the file has %llu bytes, its header says %llu",
                    (unsigned long long)t->size, (unsigned long long)rt__le64(h + RT__KDT_FILE));
  return RT_OK;
}

/* counts that follow from each other, and nothing that the file has no room for */
static rt_code check_counts(const rt_targets *t, const unsigned char *h, rt_error *err)
{
  const rt_targets_info *i = &t->info;
  uint64_t blocks = rt__le64(h + RT__KDT_BLOCKS), index = rt__le64(h + RT__KDT_INDEX);
  if (blocks == 0 || blocks > (t->size - RT__KDT_HEADER) / RT__KDT_ENTRY ||
      index != t->size - blocks * RT__KDT_ENTRY)
    return broken(err, "its index doesn't lie at the end");
  if (i->documents < blocks || i->tokens < i->documents || i->rows == 0 || i->rows > i->tokens ||
      i->documents > blocks * (RT__KDT_RAW_MAX / 8))
    return broken(err, "its counts contradict each other");
  return rt__kdt_check(i, err);
}

static rt_code check_entry(const rt_targets *t, const rt__kdt_entry *e, uint64_t at, uint64_t first,
                           rt_error *err)
{
  if (e->offset != at || e->first != first || e->documents == 0 || e->raw == 0 ||
      e->raw > RT__KDT_RAW_MAX || e->packed == 0 || e->packed > t->size)
    return broken(err, "an entry of its index is impossible");
  return RT_OK;
}

static rt_code read_index(rt_targets *t, const unsigned char *h, rt_error *err)
{
  size_t n = (size_t)rt__le64(h + RT__KDT_BLOCKS), bytes = n * RT__KDT_ENTRY;
  unsigned char *raw = rt__calloc(&t->alloc, bytes, 1);
  t->blocks = rt__calloc(&t->alloc, n, sizeof *t->blocks);
  t->n_blocks = t->open = n;
  rt_code code = raw && t->blocks ? RT_OK : rt__fail(err, RT_E_NOMEM, "targets: out of memory");
  if (code == RT_OK)
    code = read_at(t, t->size - bytes, raw, bytes, err);
  if (code == RT_OK && rt__checksum(raw, bytes) != rt__le64(h + RT__KDT_INDEX_SUM))
    code = rt__fail(err, RT_E_CHECKSUM, "targets: the index's checksum doesn't match");
  uint64_t at = RT__KDT_HEADER, first = 0;
  for (size_t i = 0; i < n && code == RT_OK; i++) {
    const unsigned char *p = raw + i * RT__KDT_ENTRY;
    t->blocks[i] = (rt__kdt_entry){rt__le64(p),      rt__le64(p + 8),  rt__le32(p + 16),
                                   rt__le32(p + 20), rt__le32(p + 24), rt__le64(p + 32)};
    code = check_entry(t, &t->blocks[i], at, first, err);
    at += t->blocks[i].packed;
    first += t->blocks[i].documents;
  }
  if (code == RT_OK && (at != t->size - bytes || first != t->info.documents))
    code = broken(err, "its blocks don't fill it");
  rt__free(&t->alloc, raw, bytes);
  return code;
}

static rt_code open_file(rt_targets *t, const char *path, rt_error *err)
{
  struct stat st;
  t->fd = open(path, O_RDONLY | O_CLOEXEC);
  if (t->fd < 0 || fstat(t->fd, &st))
    return rt__fail(err, RT_E_IO, "%s: %s", path, strerror(errno));
  if (!S_ISREG(st.st_mode))
    return rt__fail(err, RT_E_IO, "%s: not a regular file", path);
  t->size = (uint64_t)st.st_size;
  if (t->size < RT__KDT_HEADER + RT__KDT_ENTRY)
    return rt__fail(err, RT_E_TRUNCATED, "targets: the file is too short to be one");
  return RT_OK;
}

rt_code rt_targets_open(const rt_alloc *alloc, const char *path, rt_targets **out, rt_error *err)
{
  unsigned char h[RT__KDT_HEADER];
  rt_targets *t = rt__calloc(alloc, 1, sizeof *t);
  if (!t)
    return rt__fail(err, RT_E_NOMEM, "targets: out of memory");
  t->alloc = *alloc;
  rt_code code = open_file(t, path, err);
  if (code == RT_OK)
    code = read_at(t, 0, h, sizeof h, err);
  if (code == RT_OK)
    code = check_header(t, h, err);
  if (code == RT_OK) {
    parse_info(h, &t->info);
    code = check_counts(t, h, err);
  }
  if (code == RT_OK)
    code = read_index(t, h, err);
  if (code == RT_OK && rt__arena_new(alloc, (size_t)8 << 30, &t->arena))
    code = rt__fail(err, RT_E_NOMEM, "targets: out of memory");
  if (code)
    rt_targets_free(t);
  else
    *out = t;
  return code;
}

void rt_targets_free(rt_targets *t)
{
  if (!t)
    return;
  if (t->fd >= 0)
    (void)close(t->fd);
  rt_alloc a = t->alloc;
  rt__free(&a, t->blocks, t->n_blocks * sizeof *t->blocks);
  rt__arena_free(t->arena);
  rt__free(&a, t, sizeof *t);
}

const rt_targets_info *rt_targets_about(const rt_targets *t)
{
  return &t->info;
}

/* ---- do they fit */

static rt_code differs(rt_error *err, const char *what, const char *why)
{
  return rt__fail(err, RT_E_ARG, "the targets were made with another %s: %s", what, why);
}

rt_code rt_targets_match(const rt_targets_info *i, const rt_targets_want *want, rt_error *err)
{
  if (want->tokenizer && memcmp(want->tokenizer, i->tokenizer, 32))
    return differs(err, "tokenizer", "their ids would mean other words here");
  if (want->vocab && want->vocab != i->vocab)
    return rt__fail(err, RT_E_ARG, "the targets are over %u words, the model has %u", i->vocab,
                    want->vocab);
  if (want->corpus && memcmp(want->corpus, i->corpus, 32))
    return differs(err, "corpus", "cache them anew for this one");
  if (want->teacher && memcmp(want->teacher, i->teacher, 32))
    return differs(err, "teacher", "cache them anew for this one");
  return RT_OK;
}

/* ---- unpacking a block */

typedef struct totals {
  uint64_t tokens, rows;
} totals;

static rt_code count(const rt_targets *t, const rt__kdt_entry *e, const unsigned char *raw,
                     totals *sum, rt_error *err)
{
  *sum = (totals){0};
  if ((uint64_t)e->documents * 8 > e->raw)
    return broken(err, "a block is too short for its documents");
  for (uint32_t i = 0; i < e->documents; i++) {
    uint32_t n = rt__le32(raw + i * 8u), rows = rt__le32(raw + i * 8u + 4);
    if (n == 0 || n > t->info.context || rows >= n)
      return broken(err, "a document has an impossible size");
    sum->tokens += n;
    sum->rows += rows;
  }
  if (rt__kdt_parts_of(&t->info, e->documents, sum->tokens, sum->rows).all != e->raw)
    return broken(err, "a block isn't as long as its documents");
  return RT_OK;
}

static rt_code make_room(rt_targets *t, const rt__kdt_entry *e, const totals *sum, rt_error *err)
{
  size_t width = t->info.top + t->info.tail, rows = (size_t)sum->rows + 1;
  rt__arena_clear(t->arena);
  t->sizes = rt__arena_take(t->arena, e->documents * 2 * sizeof *t->sizes);
  t->tokens = rt__arena_take(t->arena, (size_t)sum->tokens * sizeof *t->tokens);
  t->mask = rt__arena_take(t->arena, (size_t)sum->tokens);
  t->ids = rt__arena_take(t->arena, rows * width * sizeof *t->ids);
  t->weights = rt__arena_take(t->arena, rows * width * sizeof *t->weights);
  t->rest = rt__arena_take(t->arena, rows * sizeof *t->rest);
  t->entropy = rt__arena_take(t->arena, rows * sizeof *t->entropy);
  if (!t->sizes || !t->tokens || !t->mask || !t->ids || !t->weights || !t->rest || !t->entropy)
    return rt__fail(err, RT_E_NOMEM, "targets: out of memory");
  return RT_OK;
}

static rt_code unpack_tokens(rt_targets *t, const unsigned char *mask, const unsigned char *tokens,
                             const totals *sum, rt_error *err)
{
  uint32_t bits = rt__kdt_bits(t->info.vocab);
  for (uint64_t i = 0; i < sum->tokens; i++) {
    t->mask[i] = (unsigned char)rt__bits_get(mask, i, 1);
    t->tokens[i] = rt__bits_get(tokens, i, bits);
    if (t->tokens[i] >= t->info.vocab)
      return broken(err, "a token is outside the vocabulary");
  }
  return RT_OK;
}

/* the mask of each document must count what its rows are */
static rt_code check_masks(const rt_targets *t, uint32_t documents, rt_error *err)
{
  const unsigned char *mask = t->mask;
  for (uint32_t d = 0; d < documents; d++) {
    uint32_t rows = 0, n = t->sizes[2 * d];
    for (uint32_t i = 0; i < n; i++)
      rows += mask[i];
    if (rows != t->sizes[2 * d + 1] || mask[n - 1])
      return broken(err, "a mask doesn't fit its rows");
    mask += n;
  }
  return RT_OK;
}

static rt_code unpack_ids(rt_targets *t, const unsigned char *top, const unsigned char *tail,
                          const totals *sum, rt_error *err)
{
  uint32_t bits = rt__kdt_bits(t->info.vocab), k = t->info.top, m = t->info.tail;
  for (uint64_t r = 0; r < sum->rows; r++) {
    uint32_t *ids = t->ids + r * (k + m), most = 0;
    for (uint32_t i = 0; i < k; i++)
      ids[i] = rt__bits_get(top, r * k + i, bits);
    for (uint32_t i = 0; i < m; i++)
      ids[k + i] = rt__bits_get(tail, r * m + i, bits);
    for (uint32_t i = 0; i < k + m; i++)
      most = ids[i] > most ? ids[i] : most;
    if (most >= t->info.vocab)
      return broken(err, "a row names a token outside the vocabulary");
  }
  return RT_OK;
}

/* one row's weights: the top as it stands, the rest of 1 shared by the draws */
static rt_code weigh(rt_targets *t, uint64_t r, const uint16_t *logp, rt_error *err)
{
  uint32_t k = t->info.top, m = t->info.tail;
  float *w = t->weights + r * (k + m);
  double sum = 0;
  for (uint32_t i = 0; i < k; i++) {
    double x = (double)rt_f16_to_f32(logp[i]);
    if (!(x <= 0))
      return broken(err, "a log-probability is above 0");
    double q = exp(x);
    w[i] = (float)q;
    sum += q;
  }
  if (!(sum > 0 && sum < 1 + 1e-6))
    return broken(err, "a row's probabilities don't lie between 0 and 1");
  double left = sum < 1 ? 1 - sum : 0;
  for (uint32_t i = 0; i < m; i++)
    w[k + i] = (float)(left / m);
  if (m == 0 && t->info.tail_known) /* plain top-k: the top stands for all */
    for (uint32_t i = 0; i < k; i++)
      w[i] = (float)((double)w[i] / sum);
  t->rest[r] = t->info.tail_known ? 0 : (float)left;
  return RT_OK;
}

static rt_code unpack_halves(rt_targets *t, const unsigned char *logp, const unsigned char *entropy,
                             const totals *sum, rt_error *err)
{
  uint32_t k = t->info.top;
  uint64_t n = sum->rows;
  rt_code code = RT_OK;
  for (uint64_t r = 0; r < n && code == RT_OK; r++) {
    uint16_t row[RT_TARGETS_TOP_MAX], last = 0;
    for (uint32_t i = 0; i < k; i++)
      row[i] = last = (uint16_t)(last + (logp[r * k + i] | logp[n * k + r * k + i] << 8));
    code = weigh(t, r, row, err);
    t->entropy[r] = rt_f16_to_f32((uint16_t)(entropy[r] | entropy[n + r] << 8));
    if (code == RT_OK && !(t->entropy[r] >= 0 && t->entropy[r] < 100))
      code = broken(err, "an entropy is impossible");
  }
  return code;
}

static rt_code unpack(rt_targets *t, const rt__kdt_entry *e, const unsigned char *raw,
                      rt_error *err)
{
  totals sum;
  rt_code code = count(t, e, raw, &sum, err);
  if (code == RT_OK)
    code = make_room(t, e, &sum, err);
  if (code)
    return code;
  for (uint32_t i = 0; i < 2 * e->documents; i++)
    t->sizes[i] = rt__le32(raw + i * 4u);
  rt__kdt_parts p = rt__kdt_parts_of(&t->info, e->documents, sum.tokens, sum.rows);
  const unsigned char *at = raw + p.table;
  code = unpack_tokens(t, at, at + p.mask, &sum, err);
  if (code == RT_OK)
    code = check_masks(t, e->documents, err);
  at += p.mask + p.tokens;
  if (code == RT_OK)
    code = unpack_ids(t, at, at + p.top, &sum, err);
  at += p.top + p.tail;
  return code == RT_OK ? unpack_halves(t, at, at + p.logp, &sum, err) : code;
}

static rt_code inflate(const rt_targets *t, const rt__kdt_entry *e, unsigned char *packed,
                       unsigned char *raw, rt_error *err)
{
  rt_code code = read_at(t, e->offset, packed, e->packed, err);
  if (code)
    return code;
  if (rt__checksum(packed, e->packed) != e->checksum)
    return rt__fail_at(err, RT_E_CHECKSUM, 0, e->offset,
                       "targets: a block's checksum doesn't match");
  size_t n = ZSTD_decompress(raw, e->raw, packed, e->packed);
  return ZSTD_isError(n) || n != e->raw ? broken(err, "a block can't be unpacked") : RT_OK;
}

static rt_code open_block(rt_targets *t, size_t block, rt_error *err)
{
  if (t->open == block)
    return RT_OK;
  const rt__kdt_entry *e = &t->blocks[block];
  t->open = t->n_blocks;
  unsigned char *packed = rt__calloc(&t->alloc, e->packed, 1),
                *raw = rt__calloc(&t->alloc, e->raw, 1);
  rt_code code = packed && raw ? inflate(t, e, packed, raw, err)
                               : rt__fail(err, RT_E_NOMEM, "targets: out of memory");
  if (code == RT_OK)
    code = unpack(t, e, raw, err);
  rt__free(&t->alloc, packed, e->packed);
  rt__free(&t->alloc, raw, e->raw);
  if (code == RT_OK)
    t->open = block;
  return code;
}

static size_t block_of(const rt_targets *t, uint64_t document)
{
  size_t lo = 0, hi = t->n_blocks;
  while (hi - lo > 1) {
    size_t mid = lo + (hi - lo) / 2;
    if (t->blocks[mid].first <= document)
      lo = mid;
    else
      hi = mid;
  }
  return lo;
}

rt_code rt_targets_read(rt_targets *t, uint64_t i, rt_targets_document *d, rt_error *err)
{
  if (i >= t->info.documents)
    return rt__fail(err, RT_E_ARG, "targets: there is no document %llu", (unsigned long long)i);
  size_t block = block_of(t, i);
  rt_code code = open_block(t, block, err);
  if (code)
    return code;
  uint64_t tokens = 0, rows = 0, at = i - t->blocks[block].first;
  for (uint64_t k = 0; k < at; k++) {
    tokens += t->sizes[2 * k];
    rows += t->sizes[2 * k + 1];
  }
  uint32_t width = t->info.top + t->info.tail;
  *d = (rt_targets_document){.n = t->sizes[2 * at],
                             .tokens = t->tokens + tokens,
                             .mask = t->mask + tokens,
                             .n_rows = t->sizes[2 * at + 1],
                             .width = width,
                             .ids = t->ids + rows * width,
                             .weights = t->weights + rows * width,
                             .rest = t->rest + rows,
                             .entropy = t->entropy + rows};
  return RT_OK;
}
