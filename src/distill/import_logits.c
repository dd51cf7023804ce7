/* import_logits - which kind of file it is, and llama.cpp's kind. */
#include "distill/import_logits_in.h"

#include "base/hash.h"
#include "distill/import_bytes.h"
#include "distill/import_map.h"

#include <math.h>

#define MAGIC      "_logits_"
#define HEADER     20u /* magic, context, vocabulary, chunks */
#define CHUNKS_MAX (1u << 24)

typedef struct base_file {
  const unsigned char *tokens, *rows;
  uint32_t context, vocab, chunks, first; /* rows are there for positions first to context - 2 */
  size_t row_bytes;
} base_file;

static rt_code check_sizes(const base_file *f, size_t n, rt_error *err)
{
  if (f->context < 4 || f->context > RT_TARGETS_TOKENS_MAX || f->vocab < 2 ||
      f->vocab > (1u << 20) || f->chunks == 0 || f->chunks > CHUNKS_MAX)
    return rt__fail(err, RT_E_FORMAT,
                    "the file of logits has a context, a vocabulary or chunks out of range");
  /* each factor is below 2^24, so nothing overflows */
  uint64_t tokens = (uint64_t)f->chunks * f->context * 4;
  uint64_t rows = (uint64_t)f->chunks * (f->context - 1 - f->first);
  if (tokens > n - HEADER || rows > (n - HEADER - tokens) / f->row_bytes)
    return rt__fail(err, RT_E_TRUNCATED, "the file of logits ends before its %u chunks do",
                    f->chunks);
  return RT_OK;
}

static rt_code parse(const unsigned char *p, size_t n, base_file *f, rt_error *err)
{
  if (n < HEADER)
    return rt__fail(err, RT_E_TRUNCATED, "the file of logits ends inside its header");
  f->context = rt__le32(p + 8);
  f->vocab = rt__le32(p + 12);
  f->chunks = rt__le32(p + 16);
  f->first = f->context / 2;
  f->row_bytes = ((size_t)f->vocab + 1) / 2 * 4 + 8;
  f->tokens = p + HEADER;
  rt_code code = check_sizes(f, n, err);
  f->rows = code ? NULL : f->tokens + (size_t)f->chunks * f->context * 4;
  return code;
}

static float float_at(const unsigned char *p)
{
  uint32_t u = rt__le32(p);
  float f;
  memcpy(&f, &u, sizeof f);
  return f;
}

/* scale and lowest log-probability, then a number of 16 bits for each token; 0 is "this low or
 * lower" */
static rt_code unpack(const unsigned char *p, uint32_t vocab, float *logits, rt_error *err)
{
  float scale = float_at(p), low = float_at(p + 4);
  if (!(scale >= 0 && scale < 1) || !(low <= 0 && low > -1e6f))
    return rt__fail(err, RT_E_FORMAT, "the file of logits has a row of impossible scale");
  for (uint32_t i = 0; i < vocab; i++) {
    unsigned v = p[8 + 2 * i] | (unsigned)p[9 + 2 * i] << 8;
    logits[i] = v || scale == 0 ? low + scale * (float)v : -INFINITY;
  }
  return RT_OK;
}

static rt_code add_chunk(rt__logits *l, const base_file *f, uint32_t chunk, uint32_t bos,
                         rt_error *err)
{
  uint32_t n = f->context - 1 - f->first;
  const unsigned char *row = f->rows + (size_t)chunk * n * f->row_bytes;
  const unsigned char *tokens = f->tokens + (size_t)chunk * f->context * 4;
  rt_code code = RT_OK;
  for (uint32_t i = 0; i < f->context; i++) {
    l->tokens[i] = i == 0 && bos != UINT32_MAX ? bos : rt__le32(tokens + (size_t)i * 4);
    l->mask[i] = i >= f->first && i + 1 < f->context;
  }
  for (uint32_t i = 0; i < n && code == RT_OK; i++, row += f->row_bytes) {
    code = unpack(row, f->vocab, l->logits, err);
    if (code == RT_OK)
      code =
          rt_targets_draw(&l->info, l->logits, chunk, f->first + i, l->scratch, &l->rows[i], err);
  }
  return code ? code : rt_targets_add(l->writer, l->tokens, f->context, l->mask, l->rows, err);
}

static rt_code from_base(rt__logits *l, const unsigned char *p, size_t n, const rt_from_logits *o,
                         const char *out, rt_error *err)
{
  base_file f = {0};
  rt_code code = parse(p, n, &f, err);
  if (code)
    return code;
  if (f.vocab != o->info.vocab)
    return rt__fail(err, RT_E_ARG, "the logits are over %u words, the tokenizer's model has %u",
                    f.vocab, o->info.vocab);
  l->info.context = f.context;
  l->info.tail_known = true;
  l->info.mask = RT_TARGETS_MASK_NONE;
  if (rt__sha256(p, n, l->info.teacher) ||
      rt__sha256(f.tokens, (size_t)(f.rows - f.tokens), l->info.corpus))
    return rt__fail(err, RT_E_NOMEM, "the file of logits can't be hashed");
  code = rt__logits_room(l, f.context, err);
  if (code == RT_OK)
    code = rt_targets_create(&l->alloc, out, &l->info, &l->writer, err);
  for (uint32_t i = 0; i < f.chunks && code == RT_OK; i++)
    code = add_chunk(l, &f, i, o->bos, err);
  return code;
}

rt_code rt__logits_room(rt__logits *l, uint32_t tokens, rt_error *err)
{
  uint32_t vocab = l->info.vocab;
  l->tokens = rt__arena_take(l->arena, tokens * sizeof *l->tokens);
  l->mask = rt__arena_take(l->arena, tokens);
  l->rows = rt__arena_take(l->arena, tokens * sizeof *l->rows);
  l->logits = rt__arena_take(l->arena, vocab * sizeof *l->logits);
  l->scratch = rt__arena_take(l->arena, vocab * sizeof *l->scratch);
  l->max = tokens;
  if (!l->tokens || !l->mask || !l->rows || !l->logits || !l->scratch)
    return rt__fail(err, RT_E_NOMEM, "targets: out of memory");
  return RT_OK;
}

static rt_code convert(rt__logits *l, const unsigned char *p, size_t n, const rt_from_logits *o,
                       const char *out, rt_error *err)
{
  rt_code code = n >= 8 && memcmp(p, MAGIC, 8) == 0
                     ? from_base(l, p, n, o, out, err)
                     : rt__logits_from_json(l, rt__slice(p, n), out, err);
  return code ? code : rt_targets_finish(l->writer, err);
}

rt_code rt_import_logits(const rt_alloc *alloc, const char *path, const rt_from_logits *o,
                         const char *out, rt_error *err)
{
  const unsigned char *p = NULL;
  size_t n = 0;
  rt__logits l = {.alloc = *alloc, .info = o->info};
  rt_code code = rt__map_file(path, &p, &n, err);
  if (code)
    return code;
  if (o->info.vocab < 2 || o->info.vocab > (1u << 20))
    code = rt__fail(err, RT_E_ARG, "targets: a vocabulary of %u; 2 to 1048576 are possible",
                    o->info.vocab);
  else if (rt__arena_new(alloc, (size_t)4 << 30, &l.arena))
    code = rt__fail(err, RT_E_NOMEM, "targets: out of memory");
  else
    code = convert(&l, p, n, o, out, err);
  rt_targets_writer_free(l.writer);
  rt__arena_free(l.arena);
  rt__unmap_file(p, n);
  return code;
}
