#include "cli/mapfile.h"

#include <stdio.h>
#include <stdlib.h>

int cli_mapping_read(const cli_args *a, const char *path, rt__mapping **out)
{
  static char text[RT__MAPPING_BYTES_MAX + 1];
  rt_error err = {0};
  size_t n;
  int status = cli_read_small(a, "map", path, text, sizeof text, &n);
  if (status != CLI_DONE)
    return status;
  if (rt__mapping_parse(rt_alloc_default(), rt__slice(text, n), out, &err) == RT_OK)
    return CLI_DONE;
  if (err.line)
    return cli_unusable(a, "%s:%llu: %s", path, (unsigned long long)err.line, err.message);
  return cli_unusable(a, "%s: %s", path, err.message);
}

int cli_field_options(const cli_args *a, rt__feed_options *o, rt__mapping **mapping)
{
  const char *dir = getenv("TMPDIR"), *map = cli_text(a, "map", NULL);
  *mapping = NULL;
  o->hold_dir = dir && *dir ? dir : "/var/tmp";
  o->account_field = cli_text(a, "account-field", NULL);
  if (o->account_field && !*o->account_field)
    return cli_unusable(a, "--account-field needs a name");
  int status = map ? cli_mapping_read(a, map, mapping) : CLI_DONE;
  o->mapping = *mapping;
  return status;
}

void cli_mapping_complain(const cli_args *a, const rt__mapping *m, const rt__feed_result *f)
{
  uint64_t lines = f->records[RT__DIALECT_MAPPED];
  if (m && lines == 0)
    cli_say(a, "the map was used on no line");
  for (size_t i = 0; m && lines && i < m->n; i++) {
    const rt__mapped *field = &m->field[i];
    if (field->n && f->mapped[field->slot] == 0)
      cli_say(a, "the map's %.*s%s for %s leads nowhere in any of %llu lines",
              (int)(field->pointer[0].n < 80 ? field->pointer[0].n : 80), field->pointer[0].p,
              field->n > 1 ? " (and the others)" : "", rt__slot_name(field->slot),
              (unsigned long long)lines);
  }
}
