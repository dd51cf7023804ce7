#include "cli/cli.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

static void say(const cli_args *a, const char *fmt, va_list ap)
{
  flockfile(stderr); /* one line stays one line, whichever thread says it */
  (void)fprintf(stderr, "retort %s: ", a->command->name);
  (void)vfprintf(stderr, fmt, ap);
  (void)fputc('\n', stderr);
  funlockfile(stderr);
}

void cli_say(const cli_args *a, const char *fmt, ...)
{
  va_list ap;
  va_start(ap, fmt);
  say(a, fmt, ap);
  va_end(ap);
}

int cli_unusable(const cli_args *a, const char *fmt, ...)
{
  va_list ap;
  va_start(ap, fmt);
  say(a, fmt, ap);
  va_end(ap);
  return CLI_UNUSABLE;
}

int cli_failed(const cli_args *a, const char *fmt, ...)
{
  va_list ap;
  va_start(ap, fmt);
  say(a, fmt, ap);
  va_end(ap);
  return CLI_FAILED;
}

static bool is_failure(rt_code code)
{
  return code == RT_E_NOMEM || code == RT_E_LIMIT || code == RT_E_STOPPED;
}

int cli_error(const cli_args *a, const char *what, const rt_error *err)
{
  char at[64] = "";
  if (err->line)
    (void)snprintf(at, sizeof at, "%" PRIu64 ": ", err->line);
  else if (err->offset)
    (void)snprintf(at, sizeof at, "byte %" PRIu64 ": ", err->offset);
  const char *text = err->message[0] ? err->message : rt_code_text(err->code);
  cli_say(a, "%s%s%s%s", what ? what : "", what ? ": " : "", at, text);
  return is_failure(err->code) ? CLI_FAILED : CLI_UNUSABLE;
}

int cli_read_small(const cli_args *a, const char *what, const char *path, char *to, size_t cap,
                   size_t *n)
{
  FILE *f = fopen(path, "rb");
  if (!f)
    return cli_unusable(a, "cannot read the %s %s: %s", what, path, strerror(errno));
  *n = fread(to, 1, cap, f);
  bool bad = ferror(f) != 0;
  int cause = errno;
  (void)fclose(f);
  return bad ? cli_unusable(a, "cannot read the %s %s: %s", what, path, strerror(cause)) : CLI_DONE;
}
