#include "exchange/dialect.h"

struct row {
  const char *name, *all, *any, *account;
};

static const struct row rows[] = {
#define ROW(code, name, reader, all, any, account) {name, all, any, account},
    RT__DIALECT_MAP(ROW)
#undef ROW
};

/* next word of a list separated by blanks; false at its end */
static bool next_word(const char **list, rt_slice *word)
{
  size_t n = strcspn(*list, " ");
  *word = rt__slice(*list, n);
  *list += n;
  *list += **list == ' ';
  return n > 0;
}

static bool has_all(const char *list, rt__has_key has, void *ctx)
{
  rt_slice key;
  while (next_word(&list, &key))
    if (!has(ctx, key))
      return false;
  return true;
}

/* an empty list asks for nothing */
static bool has_any(const char *list, rt__has_key has, void *ctx)
{
  rt_slice key;
  if (!*list)
    return true;
  while (next_word(&list, &key))
    if (has(ctx, key))
      return true;
  return false;
}

rt__dialect rt__dialect_find(rt__has_key has, void *ctx)
{
  /* both keys of our own shape settle it at once: most lines are spared the rows */
  if (has_all("account ts", has, ctx))
    return RT__DIALECT_ENVELOPE;
  for (size_t i = RT__DIALECT_MAPPED + 1; i < RT__ARRAY_LEN(rows); i++)
    if (has_all(rows[i].all, has, ctx) && has_any(rows[i].any, has, ctx))
      return (rt__dialect)i;
  return RT__DIALECT_COUNT;
}

const char *rt__dialect_name(rt__dialect d)
{
  return (size_t)d < RT__ARRAY_LEN(rows) ? rows[d].name : "unknown";
}

const char *rt__dialect_account(rt__dialect d)
{
  return (size_t)d < RT__ARRAY_LEN(rows) ? rows[d].account : "";
}
