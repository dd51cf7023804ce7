/* spm_text - SentencePiece BPE: blanks become U+2581, letters merge by score, the rest falls back
 * to bytes. */
#include "distill/bpe_merge.h"
#include "distill/tokenizer_in.h"
#include "distill/tokenizer_unicode.h"

int rt__spm_byte(rt_slice s)
{
  static const char digits[] = "0123456789ABCDEF";
  if (s.n != 6 || memcmp(s.p, "<0x", 3) || s.p[5] != '>' || !s.p[3] || !s.p[4])
    return -1;
  const char *high = strchr(digits, s.p[3]), *low = strchr(digits, s.p[4]);
  return high && low ? (int)((high - digits) * 16 + (low - digits)) : -1;
}

static rt_code escape(rt_slice text, bool prefix, rt__buf *out)
{
  rt__buf_clear(out);
  rt_code code = prefix ? rt__buf_add(out, RT__SPM_BLANK, 3) : RT_OK;
  for (size_t i = 0; i < text.n && code == RT_OK; i++)
    code = text.p[i] == ' ' ? rt__buf_add(out, RT__SPM_BLANK, 3) : rt__buf_add(out, text.p + i, 1);
  return code;
}

/* tokens that merging may make: control tokens never come from text */
static uint32_t piece(const rt_tokenizer *t, rt_slice text)
{
  uint32_t id = rt_tokenizer_find(t, text);
  if (id == RT_TOKEN_NONE)
    return id;
  unsigned char type = t->tokens[id].type;
  return type == RT__TT_NORMAL || type == RT__TT_USER || type == RT__TT_UNUSED ? id : RT_TOKEN_NONE;
}

static rt_code letters(const rt_tokenizer *t, rt_slice text, rt__buf *symbols, size_t *n)
{
  rt__buf_clear(symbols);
  rt_code code = RT_OK;
  *n = 0;
  for (size_t at = 0, k; at < text.n && code == RT_OK; at += k, (*n)++) {
    (void)rt__utf8_next((const unsigned char *)text.p + at, text.n - at, &k);
    rt__symbol s = {.start = (uint32_t)at, .length = (uint32_t)k};
    s.id = piece(t, rt__slice(text.p + at, k));
    code = rt__buf_add(symbols, &s, sizeof s);
  }
  return code;
}

typedef struct joining {
  const rt_tokenizer *t;
  const char *text;
} joining;

/* numbers in the order of scores, the highest first */
static uint32_t priority_of(float score)
{
  uint32_t u;
  memcpy(&u, &score, sizeof u);
  return u & 0x80000000 ? 0x7fffffff + (u & 0x7fffffff) : 0x7fffffff - u;
}

static bool pair_of(const void *ctx, const rt__symbol *l, const rt__symbol *r, uint32_t *priority,
                    uint32_t *id)
{
  const joining *j = ctx;
  if ((size_t)l->length + r->length > RT_TOKEN_BYTES_MAX)
    return false;
  *id = piece(j->t, rt__slice(j->text + l->start, l->length + r->length));
  if (*id == RT_TOKEN_NONE)
    return false;
  *priority = priority_of(j->t->tokens[*id].score);
  return true;
}

static rt_code fall_back(const rt_tokenizer *t, rt_slice text, rt_ids *ids)
{
  rt_code code = RT_OK;
  for (size_t i = 0; i < text.n; i++)
    if (t->byte_ids[(unsigned char)text.p[i]] == RT_TOKEN_NONE)
      return t->unk == RT_TOKEN_NONE ? RT_OK : rt_ids_add(ids, t->unk);
  for (size_t i = 0; i < text.n && code == RT_OK; i++)
    code = rt_ids_add(ids, t->byte_ids[(unsigned char)text.p[i]]);
  return code;
}

rt_code rt__spm_text(const rt_tokenizer *t, rt_slice raw, bool prefix, rt__scratch *s, rt_ids *ids)
{
  size_t n;
  rt_code code = escape(raw, prefix, &s->text);
  rt_slice text = rt__buf_slice(&s->text);
  if (code == RT_OK)
    code = letters(t, text, &s->symbols, &n);
  if (code || n == 0)
    return code;
  joining j = {t, text.p};
  code = rt__bpe_merge(&s->symbols, n, &s->heap, pair_of, &j);
  const rt__symbol *sym = (const rt__symbol *)(const void *)s->symbols.p;
  for (uint32_t i = 0; i != UINT32_MAX && code == RT_OK; i = sym[i].next)
    code = sym[i].id != RT_TOKEN_NONE
               ? rt_ids_add(ids, sym[i].id)
               : fall_back(t, rt__slice(text.p + sym[i].start, sym[i].length), ids);
  return code;
}
