/* bpe_word - one word of a byte-level vocabulary: spelling of bytes, merging, ids. */
#include "distill/bpe_merge.h"
#include "distill/tokenizer_in.h"
#include "distill/tokenizer_unicode.h"

/* Byte-level vocabularies write each byte as a letter: printable Latin-1 as itself, the other 68
 * bytes, in order, as U+0100 and up. */
static bool prints(unsigned b)
{
  return (b >= 33 && b <= 126) || (b >= 161 && b != 173);
}

/* those 68 are 0-32, 127-160 and 173 */
static uint32_t letter_of(unsigned byte)
{
  if (prints(byte))
    return byte;
  return 256 + (byte < 33 ? byte : byte < 161 ? byte - 127 + 33 : 67);
}

static int byte_of(uint32_t letter)
{
  if (letter < 256)
    return prints(letter) ? (int)letter : -1;
  uint32_t n = letter - 256;
  return n < 33 ? (int)n : n < 67 ? (int)(n - 33 + 127) : n == 67 ? 173 : -1;
}

rt_code rt__bpe_spell(rt_slice bytes, rt__buf *out)
{
  rt_code code = rt__buf_reserve(out, bytes.n * 2);
  for (size_t i = 0; i < bytes.n && code == RT_OK; i++) {
    unsigned char t[4];
    code = rt__buf_add(out, t, rt__utf8_put(letter_of((unsigned char)bytes.p[i]), t));
  }
  return code;
}

bool rt__bpe_unspell(rt_slice s, unsigned char *out, size_t *n)
{
  *n = 0;
  for (size_t at = 0; at < s.n;) {
    size_t k;
    int byte = byte_of(rt__utf8_next((const unsigned char *)s.p + at, s.n - at, &k));
    if (byte < 0)
      return false;
    out[(*n)++] = (unsigned char)byte;
    at += k;
  }
  return true;
}

/* ---- a word */

static bool pair_of(const void *ctx, const rt__symbol *l, const rt__symbol *r, uint32_t *priority,
                    uint32_t *id)
{
  const rt_tokenizer *t = ctx;
  const uint64_t *v = rt__map_get(&t->pairs, (uint64_t)l->id << 32 | r->id);
  if (!v)
    return false;
  *priority = (uint32_t)(*v >> 32);
  *id = (uint32_t)*v;
  return true;
}

static rt_code whole_word(const rt_tokenizer *t, rt_slice word, rt__scratch *s, uint32_t *id)
{
  rt__buf_clear(&s->text);
  rt_code code = rt__bpe_spell(word, &s->text);
  *id = code == RT_OK ? rt_tokenizer_find(t, rt__buf_slice(&s->text)) : RT_TOKEN_NONE;
  return code;
}

static rt_code bytes_to_symbols(const rt_tokenizer *t, rt_slice word, rt__buf *symbols)
{
  rt__buf_clear(symbols);
  rt_code code = rt__buf_reserve(symbols, word.n * sizeof(rt__symbol));
  if (code)
    return code;
  rt__symbol *s = (rt__symbol *)(void *)symbols->p;
  for (size_t i = 0; i < word.n; i++)
    s[i] = (rt__symbol){
        .start = (uint32_t)i, .length = 1, .id = t->byte_ids[(unsigned char)word.p[i]]};
  return RT_OK;
}

rt_code rt__bpe_word(const rt_tokenizer *t, rt_slice word, rt__scratch *s, rt_ids *ids)
{
  uint32_t id = RT_TOKEN_NONE;
  if (word.n == 1)
    id = t->byte_ids[(unsigned char)word.p[0]];
  else if (t->ignore_merges && word.n <= RT_TOKEN_BYTES_MAX) {
    rt_code code = whole_word(t, word, s, &id);
    if (code)
      return code;
  }
  if (id != RT_TOKEN_NONE)
    return rt_ids_add(ids, id);
  rt_code code = bytes_to_symbols(t, word, &s->symbols);
  if (code == RT_OK)
    code = rt__bpe_merge(&s->symbols, word.n, &s->heap, pair_of, t);
  if (code)
    return code;
  const rt__symbol *sym = (const rt__symbol *)(const void *)s->symbols.p;
  for (uint32_t i = 0; i != UINT32_MAX && code == RT_OK; i = sym[i].next)
    if (sym[i].id != RT_TOKEN_NONE) /* a byte that the vocabulary lacks is dropped, as elsewhere */
      code = rt_ids_add(ids, sym[i].id);
  return code;
}
