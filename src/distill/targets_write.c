#include "distill/targets_in.h"

#include "base/hash.h"
#include "distill/export_file.h"

#include <math.h>
#include <zstd.h>

#define LEVEL 6

struct rt_targets_writer {
  rt_alloc alloc;
  rt_targets_info info;
  rt__out *file;
  rt__buf tokens, mask, rows,
      table; /* of the block in the making; table: (tokens, rows) of documents */
  rt__buf raw, packed, index;
};

rt_code rt__kdt_check(const rt_targets_info *i, rt_error *err)
{
  if (i->vocab < 2 || i->vocab > (1u << 20))
    return rt__fail(err, RT_E_ARG, "targets: a vocabulary of %u; 2 to 1048576 are possible",
                    i->vocab);
  if (i->top == 0 || i->top > RT_TARGETS_TOP_MAX || i->top > i->vocab)
    return rt__fail(err, RT_E_ARG, "targets: top %u; 1 to %u and no more than the vocabulary",
                    i->top, RT_TARGETS_TOP_MAX);
  if (i->tail > RT_TARGETS_TAIL_MAX)
    return rt__fail(err, RT_E_ARG, "targets: a tail of %u; 0 to %u are possible", i->tail,
                    RT_TARGETS_TAIL_MAX);
  if (i->tail && !i->tail_known)
    return rt__fail(err, RT_E_ARG, "targets: nothing can be drawn from an unknown tail");
  if (!(i->temperature > 0) || !isfinite(i->temperature))
    return rt__fail(err, RT_E_ARG, "targets: the temperature must be a number above 0");
  if (i->mask > RT_TARGETS_MASK_PROMPT)
    return rt__fail(err, RT_E_ARG, "targets: unknown mask policy");
  if (i->context == 0 || i->context > RT_TARGETS_TOKENS_MAX)
    return rt__fail(err, RT_E_ARG, "targets: a context of %u; 1 to %u are possible", i->context,
                    RT_TARGETS_TOKENS_MAX);
  return RT_OK;
}

rt_code rt_targets_create(const rt_alloc *alloc, const char *path, const rt_targets_info *info,
                          rt_targets_writer **out, rt_error *err)
{
  static const unsigned char blank[RT__KDT_HEADER];
  rt_code code = rt__kdt_check(info, err);
  if (code)
    return code;
  rt_targets_writer *w = rt__calloc(alloc, 1, sizeof *w);
  if (!w)
    return rt__fail(err, RT_E_NOMEM, "targets: out of memory");
  w->alloc = *alloc;
  w->info = *info;
  w->info.documents = w->info.tokens = w->info.rows = 0;
  rt__buf *bufs[] = {&w->tokens, &w->mask, &w->rows, &w->table, &w->raw, &w->packed, &w->index};
  for (size_t i = 0; i < RT__ARRAY_LEN(bufs); i++)
    rt__buf_init(bufs[i], &w->alloc, (size_t)8 << 30);
  code = rt__out_open(alloc, path, &w->file, err);
  if (code == RT_OK)
    code = rt__out_write(w->file, blank, sizeof blank, err);
  if (code)
    rt_targets_writer_free(w);
  else
    *out = w;
  return code;
}

void rt_targets_writer_free(rt_targets_writer *w)
{
  if (!w)
    return;
  rt__out_abandon(w->file);
  rt__buf *bufs[] = {&w->tokens, &w->mask, &w->rows, &w->table, &w->raw, &w->packed, &w->index};
  for (size_t i = 0; i < RT__ARRAY_LEN(bufs); i++)
    rt__buf_free(bufs[i]);
  rt_alloc a = w->alloc;
  rt__free(&a, w, sizeof *w);
}

/* ---- packing a block */

static void pack_tokens(const rt_targets_writer *w, unsigned char *mask, unsigned char *tokens)
{
  const uint32_t *t = (const uint32_t *)(const void *)w->tokens.p;
  uint32_t bits = rt__kdt_bits(w->info.vocab);
  for (size_t i = 0; i < w->mask.n; i++) {
    rt__bits_put(mask, i, 1, w->mask.p[i] != 0);
    rt__bits_put(tokens, i, bits, t[i]);
  }
}

/* halves as differences along the row, low bytes apart from high bytes: smaller once packed */
static void pack_halves(const rt_targets_writer *w, size_t n, unsigned char *logp,
                        unsigned char *entropy)
{
  const rt_targets_row *rows = (const rt_targets_row *)(const void *)w->rows.p;
  uint32_t k = w->info.top;
  for (size_t r = 0; r < n; r++) {
    uint16_t last = 0;
    for (uint32_t i = 0; i < k; i++) {
      uint16_t d = (uint16_t)(rows[r].logp[i] - last);
      last = rows[r].logp[i];
      logp[r * k + i] = (unsigned char)(d & 255);
      logp[n * k + r * k + i] = (unsigned char)(d >> 8);
    }
    entropy[r] = (unsigned char)(rows[r].entropy & 255);
    entropy[n + r] = (unsigned char)(rows[r].entropy >> 8);
  }
}

static void pack_ids(const rt_targets_writer *w, size_t n, unsigned char *top, unsigned char *tail)
{
  const rt_targets_row *rows = (const rt_targets_row *)(const void *)w->rows.p;
  uint32_t bits = rt__kdt_bits(w->info.vocab), k = w->info.top, m = w->info.tail;
  for (size_t r = 0; r < n; r++) {
    for (uint32_t i = 0; i < k; i++)
      rt__bits_put(top, r * k + i, bits, rows[r].top[i]);
    for (uint32_t i = 0; i < m; i++)
      rt__bits_put(tail, r * m + i, bits, rows[r].tail[i]);
  }
}

static rt_code pack(rt_targets_writer *w, size_t raw)
{
  size_t n = w->rows.n / sizeof(rt_targets_row);
  rt__kdt_parts p = rt__kdt_parts_of(&w->info, w->table.n / 8, w->mask.n, n);
  rt__buf_clear(&w->raw);
  rt_code code = rt__buf_reserve(&w->raw, raw);
  if (code)
    return code;
  unsigned char *at = (unsigned char *)w->raw.p;
  memset(at, 0, raw);
  memcpy(at, w->table.p, w->table.n);
  at += p.table;
  pack_tokens(w, at, at + p.mask);
  at += p.mask + p.tokens;
  pack_ids(w, n, at, at + p.top);
  at += p.top + p.tail;
  pack_halves(w, n, at, at + p.logp);
  return RT_OK;
}

static rt_code add_entry(rt_targets_writer *w, const rt__kdt_entry *e)
{
  unsigned char b[RT__KDT_ENTRY] = {0};
  rt__put64(b, e->offset);
  rt__put64(b + 8, e->first);
  rt__put32(b + 16, e->raw);
  rt__put32(b + 20, e->packed);
  rt__put32(b + 24, e->documents);
  rt__put64(b + 32, e->checksum);
  return rt__buf_add(&w->index, b, sizeof b);
}

static size_t raw_size(const rt_targets_writer *w)
{
  size_t n = w->rows.n / sizeof(rt_targets_row);
  return (size_t)rt__kdt_parts_of(&w->info, w->table.n / 8, w->mask.n, n).all;
}

static rt_code flush(rt_targets_writer *w, rt_error *err)
{
  size_t raw = raw_size(w), bound = ZSTD_compressBound(raw);
  if (w->table.n == 0)
    return RT_OK;
  rt_code code = pack(w, raw);
  rt__buf_clear(&w->packed);
  if (code == RT_OK)
    code = rt__buf_reserve(&w->packed, bound);
  if (code)
    return rt__fail(err, code, "targets: out of memory");
  size_t packed = ZSTD_compress(w->packed.p, bound, w->raw.p, raw, LEVEL);
  if (ZSTD_isError(packed))
    return rt__fail(err, RT_E_NOMEM, "targets: %s", ZSTD_getErrorName(packed));
  uint32_t documents = (uint32_t)(w->table.n / 8);
  rt__kdt_entry e = {rt__out_size(w->file),
                     w->info.documents - documents,
                     (uint32_t)raw,
                     (uint32_t)packed,
                     documents,
                     rt__checksum(w->packed.p, packed)};
  code = add_entry(w, &e) ? rt__fail(err, RT_E_NOMEM, "targets: out of memory")
                          : rt__out_write(w->file, w->packed.p, packed, err);
  rt__buf_clear(&w->tokens);
  rt__buf_clear(&w->mask);
  rt__buf_clear(&w->rows);
  rt__buf_clear(&w->table);
  return code;
}

/* ---- documents */

static rt_code check_document(const rt_targets_writer *w, const uint32_t *tokens, uint32_t n,
                              rt_error *err)
{
  if (n == 0 || n > w->info.context)
    return rt__fail(err, RT_E_ARG, "targets: a document of %u tokens; 1 to %u fit the context", n,
                    w->info.context);
  for (uint32_t i = 0; i < n; i++)
    if (tokens[i] >= w->info.vocab)
      return rt__fail(err, RT_E_ARG, "targets: token %u is outside the vocabulary of %u", tokens[i],
                      w->info.vocab);
  if (rt__kdt_parts_of(&w->info, 1, n, n).all > RT__KDT_RAW_MAX)
    return rt__fail(err, RT_E_LIMIT, "targets: a document of more than %zu bytes", RT__KDT_RAW_MAX);
  return RT_OK;
}

static rt_code check_rows(const rt_targets_writer *w, const rt_targets_row *rows, size_t n,
                          rt_error *err)
{
  for (size_t r = 0; r < n; r++) {
    for (uint32_t i = 0; i < w->info.top; i++)
      if (rows[r].top[i] >= w->info.vocab)
        return rt__fail(err, RT_E_ARG, "targets: a row names a token outside the vocabulary");
    for (uint32_t i = 0; i < w->info.tail; i++)
      if (rows[r].tail[i] >= w->info.vocab)
        return rt__fail(err, RT_E_ARG, "targets: a row names a token outside the vocabulary");
  }
  return RT_OK;
}

static rt_code append(rt_targets_writer *w, const uint32_t *tokens, uint32_t n,
                      const unsigned char *mask, const rt_targets_row *rows, uint32_t n_rows)
{
  unsigned char sizes[8];
  rt__put32(sizes, n);
  rt__put32(sizes + 4, n_rows);
  rt_code code = rt__buf_add(&w->table, sizes, sizeof sizes);
  if (code == RT_OK)
    code = rt__buf_add(&w->tokens, tokens, n * sizeof *tokens);
  for (uint32_t i = 0; i < n && code == RT_OK; i++) {
    char bit = i + 1 < n && mask[i];
    code = rt__buf_add(&w->mask, &bit, 1);
  }
  if (code == RT_OK)
    code = rt__buf_add(&w->rows, rows, n_rows * sizeof *rows);
  w->info.documents++;
  w->info.tokens += n;
  w->info.rows += n_rows;
  return code;
}

rt_code rt_targets_add(rt_targets_writer *w, const uint32_t *tokens, uint32_t n,
                       const unsigned char *mask, const rt_targets_row *rows, rt_error *err)
{
  rt_code code = check_document(w, tokens, n, err);
  uint32_t n_rows = 0;
  for (uint32_t i = 0; code == RT_OK && i + 1 < n; i++)
    n_rows += mask[i] != 0;
  if (code == RT_OK)
    code = check_rows(w, rows, n_rows, err);
  uint64_t more = code ? 0 : rt__kdt_parts_of(&w->info, 1, n, n_rows).all;
  if (code == RT_OK && raw_size(w) + more > RT__KDT_RAW_MAX)
    code = flush(w, err);
  if (code == RT_OK && append(w, tokens, n, mask, rows, n_rows))
    code = rt__fail(err, RT_E_NOMEM, "targets: out of memory");
  if (code == RT_OK && raw_size(w) >= RT__KDT_RAW_WANTED)
    code = flush(w, err);
  return code;
}

/* ---- the end */

static void describe(const rt_targets_writer *w, uint64_t index_at, unsigned char *h)
{
  const rt_targets_info *i = &w->info;
  uint32_t temperature;
  memcpy(&temperature, &i->temperature, sizeof temperature);
  memcpy(h, RT__KDT_MAGIC, 8);
  rt__put32(h + RT__KDT_VERSION, RT_TARGETS_VERSION);
  rt__put32(h + RT__KDT_SIZE, RT__KDT_HEADER);
  rt__put32(h + RT__KDT_VOCAB, i->vocab);
  rt__put32(h + RT__KDT_TOP, i->top);
  rt__put32(h + RT__KDT_TAIL, i->tail);
  rt__put32(h + RT__KDT_MASK, i->mask);
  rt__put32(h + RT__KDT_CONTEXT, i->context);
  rt__put32(h + RT__KDT_FLAGS, i->tail_known);
  rt__put32(h + RT__KDT_TEMPERATURE, temperature);
  rt__put64(h + RT__KDT_SEED, i->seed);
  memcpy(h + RT__KDT_TOKENIZER, i->tokenizer, 32);
  memcpy(h + RT__KDT_TEACHER, i->teacher, 32);
  memcpy(h + RT__KDT_CORPUS, i->corpus, 32);
  rt__put64(h + RT__KDT_DOCUMENTS, i->documents);
  rt__put64(h + RT__KDT_TOKENS, i->tokens);
  rt__put64(h + RT__KDT_ROWS, i->rows);
  rt__put64(h + RT__KDT_BLOCKS, w->index.n / RT__KDT_ENTRY);
  rt__put64(h + RT__KDT_INDEX, index_at);
  rt__put64(h + RT__KDT_FILE, index_at + w->index.n);
  rt__put64(h + RT__KDT_INDEX_SUM, rt__checksum(w->index.p, w->index.n));
  rt__put64(h + RT__KDT_SUM, rt__checksum(h, RT__KDT_SUM));
}

rt_code rt_targets_finish(rt_targets_writer *w, rt_error *err)
{
  unsigned char header[RT__KDT_HEADER] = {0};
  if (w->info.rows == 0)
    return rt__fail(err, RT_E_ARG,
                    "targets: no position counts: is the corpus empty, or all of it masked?");
  rt_code code = flush(w, err);
  if (code)
    return code;
  describe(w, rt__out_size(w->file), header);
  code = rt__out_write(w->file, w->index.p, w->index.n, err);
  if (code == RT_OK)
    code = rt__out_patch(w->file, 0, header, sizeof header, err);
  if (code)
    return code;
  rt__out *file = w->file;
  w->file = NULL;
  return rt__out_finish(file, err);
}
