/* otel_flat - messages that were flattened into many attributes, put together again.
 *
 *     gen_ai.prompt.0.role, gen_ai.prompt.0.content
 *     llm.input_messages.0.message.contents.1.message_content.text
 *
 * Nobody promises their order, or that no number is left out.
 */
#include "feed/otel.h"

#include <stdlib.h>

#define FLAT_MAX  ((size_t)1 << 17) /* pieces of one call; further ones are left out */
#define INDEX_MAX 1000000

static const struct {
  rt_slice text;
  uint8_t list;
} prefixes[] = {
    {RT__WORD("llm.input_messages."), RT__FLAT_INPUT},
    {RT__WORD("gen_ai.prompt."), RT__FLAT_INPUT},
    {RT__WORD("llm.prompts."), RT__FLAT_INPUT},
    {RT__WORD("llm.output_messages."), RT__FLAT_OUTPUT},
    {RT__WORD("gen_ai.completion."), RT__FLAT_OUTPUT},
    {RT__WORD("llm.completions."), RT__FLAT_OUTPUT},
    {RT__WORD("llm.tools."), RT__FLAT_TOOLS},
};

/* what is behind the message's number, and behind the part's */
static const struct {
  rt_slice name;
  uint8_t what;
} of_message[] =
    {
        {RT__WORD("message.role"), RT__FLAT_ROLE},
        {RT__WORD("role"), RT__FLAT_ROLE},
        {RT__WORD("message.content"), RT__FLAT_CONTENT},
        {RT__WORD("content"), RT__FLAT_CONTENT},
        {RT__WORD("prompt.text"), RT__FLAT_CONTENT},
        {RT__WORD("tool.json_schema"), RT__FLAT_SCHEMA},
},
  of_part[] = {
      {RT__WORD("message_content.type"), RT__FLAT_TYPE},
      {RT__WORD("message_content.text"), RT__FLAT_TEXT},
      {RT__WORD("message_content.signature"), RT__FLAT_SIGNATURE},
};
static const rt_slice parts_prefix = RT__WORD("message.contents.");

/* "12." at the start of s, which moves behind it */
static bool take_index(rt_slice *s, uint32_t *index)
{
  size_t i = 0;
  *index = 0;
  for (; i < s->n && s->p[i] >= '0' && s->p[i] <= '9' && *index < INDEX_MAX; i++)
    *index = *index * 10 + (uint32_t)(s->p[i] - '0');
  if (i == 0 || i == s->n || s->p[i] != '.')
    return false;
  *s = rt__slice(s->p + i + 1, s->n - i - 1);
  return true;
}

void rt__flat_put(rt__reading *rd, rt__attrs *a, rt__flat f)
{
  if (a->n_flat == a->cap_flat) {
    size_t cap = a->cap_flat ? a->cap_flat * 2 : 16;
    rt__flat *more = cap > FLAT_MAX ? NULL : rt__take(rd, cap * sizeof *more);
    if (!more)
      return;
    if (a->n_flat)
      memcpy(more, a->flat, a->n_flat * sizeof *more);
    a->flat = more;
    a->cap_flat = cap;
  }
  f.seq = (uint32_t)a->n_flat;
  a->flat[a->n_flat++] = f;
}

bool rt__flat_add(rt__reading *rd, rt__attrs *a, rt_slice key, const rt__jnode *v)
{
  rt__flat f = {.v = v};
  size_t i = 0;
  while (i < RT__ARRAY_LEN(prefixes) && !rt__slice_starts(key, prefixes[i].text))
    i++;
  if (i == RT__ARRAY_LEN(prefixes))
    return false;
  rt_slice rest = rt__slice(key.p + prefixes[i].text.n, key.n - prefixes[i].text.n);
  f.list = prefixes[i].list;
  if (!take_index(&rest, &f.turn))
    return true;
  bool part = rt__slice_starts(rest, parts_prefix);
  if (part) {
    rest = rt__slice(rest.p + parts_prefix.n, rest.n - parts_prefix.n);
    if (!take_index(&rest, &f.part))
      return true;
    for (size_t k = 0; k < RT__ARRAY_LEN(of_part); k++)
      if (rt__slice_eq(rest, of_part[k].name)) {
        f.what = of_part[k].what;
        rt__flat_put(rd, a, f);
      }
    return true;
  }
  for (size_t k = 0; k < RT__ARRAY_LEN(of_message); k++)
    if (rt__slice_eq(rest, of_message[k].name)) {
      f.what = of_message[k].what;
      rt__flat_put(rd, a, f);
    }
  return true;
}

/* ---- into a tree */

static int by_place(const void *pa, const void *pb)
{
  const rt__flat *a = pa, *b = pb;
  if (a->list != b->list)
    return a->list < b->list ? -1 : 1;
  if (a->turn != b->turn)
    return a->turn < b->turn ? -1 : 1;
  if (a->part != b->part)
    return a->part < b->part ? -1 : 1;
  if (a->what != b->what)
    return a->what < b->what ? -1 : 1;
  return (a->seq > b->seq) - (a->seq < b->seq);
}

static rt__jnode *put_copy(rt__jnode *to, const char *key, const rt__jnode *v)
{
  memcpy(to, v, v->span * sizeof *to);
  to->key = key;
  to->key_n = key ? (uint32_t)strlen(key) : 0;
  return to + v->span;
}

/* the parts of one message, which is [f, end) */
static void put_parts(const rt__flat *f, const rt__flat *end, rt__jnode **at)
{
  static const char *const keys[] = {
      [RT__FLAT_TYPE] = "type", [RT__FLAT_TEXT] = "text", [RT__FLAT_SIGNATURE] = "signature"};
  rt__jnode *list = (*at)++;
  *list = (rt__jnode){.key = "content", .key_n = 7, .kind = RT__JLIST};
  while (f < end) {
    if (f->what < RT__FLAT_TYPE || f->what > RT__FLAT_SIGNATURE) {
      f++;
      continue;
    }
    uint32_t part = f->part;
    rt__jnode *object = (*at)++;
    *object = (rt__jnode){.kind = RT__JOBJECT};
    for (; f < end && f->part == part; f++)
      if (f->what >= RT__FLAT_TYPE && f->what <= RT__FLAT_SIGNATURE)
        *at = put_copy(*at, keys[f->what], f->v);
    object->span = (uint32_t)(*at - object);
  }
  list->span = (uint32_t)(*at - list);
}

/* content that is a list of parts in a string; a user's own list is only text */
static const rt__jnode *content_of(rt__reading *rd, const rt__jnode *v)
{
  const rt__jnode *tree = v->kind == RT__JSTRING ? rt__unfold(rd, v) : NULL;
  bool parts = tree && tree->kind == RT__JLIST && tree->span > 1 && rt__member(tree + 1, "type");
  return parts ? tree : v;
}

static const rt__flat *put_message(const rt__flat *f, const rt__flat *end, rt__jnode **at)
{
  const rt__jnode *role = NULL, *content = NULL;
  const rt__flat *next = f;
  bool parts = false;
  for (; next < end && next->turn == f->turn; next++) {
    role = next->what == RT__FLAT_ROLE ? next->v : role;
    content = next->what == RT__FLAT_CONTENT ? next->v : content;
    parts = parts || next->what == RT__FLAT_TEXT || next->what == RT__FLAT_SIGNATURE;
  }
  rt__jnode *object = (*at)++;
  *object = (rt__jnode){.kind = RT__JOBJECT};
  if (role)
    *at = put_copy(*at, "role", role);
  if (parts)
    put_parts(f, next, at);
  else if (content)
    *at = put_copy(*at, "content", content);
  object->span = (uint32_t)(*at - object);
  return next;
}

/* schemas as the text of one list */
static const rt__jnode *tools_text(rt__reading *rd, const rt__flat *f, const rt__flat *end)
{
  size_t n = 2;
  for (const rt__flat *c = f; c < end; c++)
    n += c->v->kind == RT__JSTRING ? (size_t)c->v->n + 1 : 0;
  char *p = rt__take(rd, n + 1), *to = p;
  for (; p && f < end; f++)
    if (f->v->kind == RT__JSTRING) {
      *to = to == p ? '[' : ',';
      to++;
      memcpy(to, f->v->p, f->v->n);
      to += f->v->n;
    }
  if (!p || to == p)
    return NULL;
  *to++ = ']';
  return rt__string_node(rd, rt__slice(p, (size_t)(to - p)));
}

const rt__jnode *rt__flat_tree(rt__reading *rd, rt__attrs *a, rt__flat_list list)
{
  if (a->n_flat > 1)
    qsort(a->flat, a->n_flat, sizeof *a->flat, by_place);
  size_t from = 0, to, nodes = 1;
  while (from < a->n_flat && a->flat[from].list < list)
    from++;
  for (to = from; to < a->n_flat && a->flat[to].list == list; to++) {
    rt__flat *f = &a->flat[to];
    if (f->what == RT__FLAT_CONTENT && list == RT__FLAT_INPUT)
      f->v = content_of(rd, f->v);
    nodes += (size_t)f->v->span + 3;
  }
  if (from == to)
    return NULL;
  const rt__flat *f = &a->flat[from], *end = &a->flat[to];
  if (list == RT__FLAT_TOOLS)
    return tools_text(rd, f, end);
  rt__jnode *root = rt__take(rd, nodes * sizeof *root), *at = root + 1;
  if (!root)
    return NULL;
  *root = (rt__jnode){.kind = RT__JLIST};
  while (f < end)
    f = put_message(f, end, &at);
  root->span = (uint32_t)(at - root);
  return root;
}
