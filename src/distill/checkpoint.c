#include "distill/checkpoint.h"

#include "distill/export_file.h"

#include <errno.h>
#include <stdio.h>

#define VERSION 1u

typedef struct header {
  char magic[4];
  uint32_t version;
  uint64_t conf, data, step, tokens, n_data, payload, check;
} header;

_Static_assert(sizeof(header) == 64, "no holes");

static uint64_t checksum_of(const header *h)
{
  return rt__checksum(h, offsetof(header, check));
}

static uint64_t payload_of(const float *const parts[3], size_t n)
{
  uint64_t sum = 0;
  for (int i = 0; i < 3; i++)
    sum = rt__mix2(sum, rt__checksum(parts[i], n * sizeof(float)));
  return sum;
}

rt_code rt_checkpoint_write(const char *path, const rt_state *s, rt_checkpoint_key key,
                            rt_error *err)
{
  const float *parts[3] = {s->model->data, s->m1, s->m2};
  size_t n = s->model->n_data;
  header h = {{'R', 'T', 'C', 'K'}, VERSION, key.conf, key.data, s->step, s->tokens, n, 0, 0};
  h.payload = payload_of(parts, n);
  h.check = checksum_of(&h);
  rt__out *out;
  rt_code code = rt__out_open(&s->model->alloc, path, &out, err);
  if (code)
    return code;
  code = rt__out_write(out, &h, sizeof h, err);
  for (int i = 0; !code && i < 3; i++)
    code = rt__out_write(out, parts[i], n * sizeof(float), err);
  if (code) {
    rt__out_abandon(out);
    return code;
  }
  return rt__out_finish(out, err);
}

/* ---- reading */

static rt_code read_header(FILE *in, const char *path, uint64_t n_data, header *h, rt_error *err)
{
  if (fread(h, 1, sizeof *h, in) != sizeof *h)
    return rt__fail(err, RT_E_TRUNCATED, "%s: too short for a checkpoint", path);
  if (memcmp(h->magic, "RTCK", 4) != 0)
    return rt__fail(err, RT_E_FORMAT, "%s: no checkpoint", path);
  if (h->version > VERSION)
    return rt__fail(err, RT_E_VERSION, "%s: written by a newer version", path);
  if (h->check != checksum_of(h))
    return rt__fail(err, RT_E_CHECKSUM, "%s: the header is damaged", path);
  if (h->n_data != n_data)
    return rt__fail(err, RT_E_KEY, "%s: a checkpoint of another model", path);
  return RT_OK;
}

static rt_code read_parts(FILE *in, const char *path, const header *h, float *const parts[3],
                          rt_error *err)
{
  size_t n = (size_t)h->n_data;
  for (int i = 0; i < 3; i++)
    if (fread(parts[i], sizeof(float), n, in) != n)
      return rt__fail(err, RT_E_TRUNCATED, "%s: ends too early", path);
  const float *const same[3] = {parts[0], parts[1], parts[2]};
  if (payload_of(same, n) != h->payload)
    return rt__fail(err, RT_E_CHECKSUM, "%s: the weights are damaged", path);
  return RT_OK;
}

static rt_code open_file(const char *path, FILE **in, rt_error *err)
{
  *in = fopen(path, "rb");
  if (*in)
    return RT_OK;
  return rt__fail(err, errno == ENOENT ? RT_E_NOTFOUND : RT_E_IO, "%s: %s", path, strerror(errno));
}

/* into a state of its own, so that a damaged file leaves the caller's as it was */
static rt_code read_all(const char *path, const rt_model *like, header *h, float *block[3],
                        rt_error *err)
{
  FILE *in;
  rt_code code = open_file(path, &in, err);
  if (code)
    return code;
  code = read_header(in, path, like->n_data, h, err);
  for (int i = 0; !code && i < 3; i++) {
    block[i] = rt__calloc(&like->alloc, like->n_data, sizeof(float));
    if (!block[i])
      code = rt__fail(err, RT_E_NOMEM, "%s: no memory", path);
  }
  if (!code)
    code = read_parts(in, path, h, block, err);
  (void)fclose(in);
  return code;
}

static void drop(const rt_model *like, float *block[3])
{
  for (int i = 0; i < 3; i++)
    rt__free(&like->alloc, block[i], like->n_data * sizeof(float));
}

rt_code rt_checkpoint_read(const char *path, rt_state *s, rt_checkpoint_key key, rt_error *err)
{
  header h;
  float *block[3] = {NULL, NULL, NULL};
  size_t bytes = s->model->n_data * sizeof(float);
  rt_code code = read_all(path, s->model, &h, block, err);
  if (!code && (h.conf != key.conf || h.data != key.data))
    code = rt__fail(err, RT_E_KEY,
                    "%s: this run was started with other %s; take another folder, or the same %s",
                    path, h.conf != key.conf ? "settings" : "data",
                    h.conf != key.conf ? "settings" : "data");
  if (!code) {
    memcpy(s->model->data, block[0], bytes);
    memcpy(s->m1, block[1], bytes);
    memcpy(s->m2, block[2], bytes);
    s->step = h.step;
    s->tokens = h.tokens;
  }
  drop(s->model, block);
  return code;
}

rt_code rt_checkpoint_weights(const char *path, rt_model *m, uint64_t *step, rt_error *err)
{
  header h;
  float *block[3] = {NULL, NULL, NULL};
  rt_code code = read_all(path, m, &h, block, err);
  if (!code) {
    memcpy(m->data, block[0], m->n_data * sizeof(float));
    *step = h.step;
  }
  drop(m, block);
  return code;
}
