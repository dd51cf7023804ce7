/* probe - a window for comparisons (here and in bench/distill): what retort makes of a file.
 *
 * probe tokens MODEL.gguf|TOKENIZER.json [special]: hex lines on standard input, ids on standard
 *   output
 * probe text MODEL.gguf|TOKENIZER.json: ids on standard input, hex lines on standard output
 * probe floats TYPE: blocks on standard input, floats on standard output
 * probe json MODEL.gguf: its tokenizer as tokenizer.json
 * probe convert MODEL FILE.gguf|FOLDER TYPE: read and written again
 * probe logits MODEL: lines of ids on standard input, their logits as floats on standard output
 */
#include "distill/export.h"
#include "distill/head.h"
#include "distill/import.h"
#include "distill/net.h"
#include "distill/quant.h"
#include "distill/tokenizer.h"

#include <stdio.h>
#include <stdlib.h>

#define LINE_MAX_BYTES ((size_t)1 << 26)

static int complain(const rt_error *err)
{
  (void)fprintf(stderr, "probe: %s\n", err->message);
  return 1;
}

static rt_slice read_file(FILE *f)
{
  rt__buf b;
  char piece[65536];
  rt__buf_init(&b, rt_alloc_default(), (size_t)1 << 31);
  for (size_t n; (n = fread(piece, 1, sizeof piece, f)) > 0;)
    if (rt__buf_add(&b, piece, n))
      exit(1);
  return rt__buf_slice(&b);
}

static rt_tokenizer *load(const char *path)
{
  rt_tokenizer *t = NULL;
  rt_gguf *g = NULL;
  rt_error err = {0};
  size_t n = strlen(path);
  if (n > 5 && strcmp(path + n - 5, ".json") == 0) {
    FILE *f = fopen(path, "rb");
    rt_slice json = f ? read_file(f) : (rt_slice){0};
    if (rt_tokenizer_from_json(rt_alloc_default(), json, (rt_slice){0}, &t, &err))
      exit(complain(&err));
    return t;
  }
  if (rt_gguf_open_metadata(rt_alloc_default(), path, &g, &err) ||
      rt_tokenizer_from_gguf(rt_alloc_default(), g, &t, &err))
    exit(complain(&err));
  rt_gguf_free(g);
  return t;
}

static int digit(int c)
{
  return c <= '9' ? c - '0' : c - 'a' + 10;
}

static int tokens(const rt_tokenizer *t, bool special)
{
  char *line = malloc(LINE_MAX_BYTES);
  rt_error err = {0};
  while (line && fgets(line, (int)LINE_MAX_BYTES, stdin)) {
    size_t n = 0;
    for (char *p = line; p[0] && p[0] != '\n'; p += 2)
      line[n++] = (char)(digit(p[0]) << 4 | digit(p[1]));
    rt_ids ids;
    rt_ids_init(&ids, rt_alloc_default(), LINE_MAX_BYTES);
    if (rt_tokenizer_encode(t, rt__slice(line, n), special ? RT_ENCODE_SPECIAL : 0, &ids, &err))
      return complain(&err);
    for (size_t i = 0; i < ids.n; i++)
      (void)printf("%s%u", i ? " " : "", ids.p[i]);
    (void)printf("\n");
    rt_ids_free(&ids);
  }
  return 0;
}

static int text(const rt_tokenizer *t)
{
  char *line = malloc(LINE_MAX_BYTES);
  while (line && fgets(line, (int)LINE_MAX_BYTES, stdin)) {
    rt_ids ids;
    rt__buf out;
    rt_ids_init(&ids, rt_alloc_default(), LINE_MAX_BYTES);
    rt__buf_init(&out, rt_alloc_default(), LINE_MAX_BYTES);
    char *end = line;
    for (char *p = line; *p && *p != '\n'; p = end)
      if (rt_ids_add(&ids, (uint32_t)strtoul(p, &end, 10)) || end == p)
        return 1;
    if (rt_tokenizer_decode(t, ids.p, ids.n, true, &out))
      return 1;
    for (size_t i = 0; i < out.n; i++)
      (void)printf("%02x", (unsigned char)out.p[i]);
    (void)printf("\n");
    rt_ids_free(&ids);
    rt__buf_free(&out);
  }
  return 0;
}

static int floats(const char *name)
{
  const rt_quant *q = rt_quant_named(rt__cstr(name));
  rt_slice in = read_file(stdin);
  if (!q || in.n % q->bytes)
    return 1;
  size_t blocks = in.n / q->bytes;
  float *out = calloc(blocks * q->block, sizeof *out);
  if (!out)
    return 1;
  q->decode((const unsigned char *)in.p, out, blocks);
  return fwrite(out, sizeof *out, blocks * q->block, stdout) != blocks * q->block;
}

static int convert(const char *from, const char *to, const char *type)
{
  rt_imported in;
  rt_error err = {0};
  const rt_quant *q = rt_quant_named(rt__cstr(type));
  size_t n = strlen(to);
  if (!q || rt_import(rt_alloc_default(), from, 0, &in, &err))
    return complain(&err);
  bool gguf = n > 5 && strcmp(to + n - 5, ".gguf") == 0;
  rt_code code = gguf ? rt_export_gguf(in.model, in.tokenizer, q, to, &err)
                      : rt_export_folder(in.model, in.tokenizer, q, to, &err);
  for (int i = 0; i < 32; i++)
    (void)printf("%02x", rt_tokenizer_hash(in.tokenizer)[i]);
  (void)printf("\n");
  rt_imported_free(&in);
  return code ? complain(&err) : 0;
}

/* ---- logits */

static void put_row(void *ctx, size_t row, float *z, float *t, unsigned worker)
{
  const rt_imported *in = ctx; /* one thread, ascending rows: they come out in order */
  (void)row;
  (void)t;
  (void)worker;
  if (fwrite(z, sizeof *z, in->model->config.vocab, stdout) != in->model->config.vocab)
    exit(1);
}

static rt_code one_sequence(rt__engine *e, rt_imported *in, const rt_ids *ids, rt_error *err)
{
  const rt_model_config *c = &in->model->config;
  rt__net *net = NULL;
  rt__head *head = NULL;
  uint32_t rows[4096];
  rt_code code = ids->n > RT__ARRAY_LEN(rows) ? rt__fail(err, RT_E_LIMIT, "too long") : RT_OK;
  for (uint32_t i = 0; !code && i < ids->n; i++)
    rows[i] = i;
  code = code ? code : rt__net_new(e, c, (rt__net_shape){.batch = 1, .seq = ids->n}, &net, err);
  code = code ? code : rt__head_new(&e->alloc, c->vocab, c->d_model, 0, &head, err);
  if (!code) {
    rt__head_run r = {.rows = rows, .n_rows = ids->n, .fn = put_row, .ctx = in};
    r.hidden = rt__net_forward(net, in->model, ids->p, 1, ids->n);
    r.w = in->model->data + rt__net_head_offset(in->model);
    rt__head_go(e, head, &r);
  }
  rt__head_free(head);
  rt__net_free(net);
  return code;
}

static int logits(const char *path)
{
  char *line = malloc(LINE_MAX_BYTES);
  rt_imported in;
  rt__engine *e = NULL;
  rt_error err = {0};
  rt_code code = rt_import(rt_alloc_default(), path, 0, &in, &err);
  code = code ? code : rt__engine_new(rt_alloc_default(), 1, NULL, &e, &err);
  while (!code && line && fgets(line, (int)LINE_MAX_BYTES, stdin)) {
    rt_ids ids;
    rt_ids_init(&ids, rt_alloc_default(), LINE_MAX_BYTES);
    char *end = line;
    for (char *p = line; !code && *p && *p != '\n'; p = end)
      code = rt_ids_add(&ids, (uint32_t)strtoul(p, &end, 10));
    code = code ? code : one_sequence(e, &in, &ids, &err);
    rt_ids_free(&ids);
  }
  return code ? complain(&err) : 0;
}

static int json(const rt_tokenizer *t)
{
  rt__buf out, config;
  rt_error err = {0};
  rt__buf_init(&out, rt_alloc_default(), LINE_MAX_BYTES);
  rt__buf_init(&config, rt_alloc_default(), LINE_MAX_BYTES);
  if (rt_tokenizer_to_json(t, &out, &config, &err))
    return complain(&err);
  return fwrite(out.p, 1, out.n, stdout) != out.n;
}

int main(int argc, char **argv)
{
  if (argc >= 3 && strcmp(argv[1], "tokens") == 0)
    return tokens(load(argv[2]), argc > 3);
  if (argc == 3 && strcmp(argv[1], "text") == 0)
    return text(load(argv[2]));
  if (argc == 3 && strcmp(argv[1], "json") == 0)
    return json(load(argv[2]));
  if (argc == 5 && strcmp(argv[1], "convert") == 0)
    return convert(argv[2], argv[3], argv[4]);
  if (argc == 3 && strcmp(argv[1], "logits") == 0)
    return logits(argv[2]);
  if (argc == 3 && strcmp(argv[1], "floats") == 0)
    return floats(argv[2]);
  (void)fprintf(stderr, "probe: see the head of probe.c\n");
  return 2;
}
