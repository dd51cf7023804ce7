#include "cli/out.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- a signal removes what is unfinished */

#define UNFINISHED_MAX 4

static const char *volatile unfinished[UNFINISHED_MAX];

static void on_signal(int sig)
{
  for (int i = 0; i < UNFINISHED_MAX; i++)
    if (unfinished[i])
      (void)unlink(unfinished[i]);
  (void)signal(sig, SIG_DFL);
  (void)raise(sig);
}

static void watch(const char *path)
{
  static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
  struct sigaction act = {.sa_handler = on_signal};
  (void)sigemptyset(&act.sa_mask);
  for (size_t i = 0; i < RT__ARRAY_LEN(signals); i++) {
    struct sigaction now;
    if (sigaction(signals[i], NULL, &now) == 0 && now.sa_handler == SIG_DFL)
      (void)sigaction(signals[i], &act, NULL);
  }
  for (int i = 0; i < UNFINISHED_MAX; i++)
    if (!unfinished[i]) {
      unfinished[i] = path;
      return;
    }
}

static void unwatch(const char *path)
{
  for (int i = 0; i < UNFINISHED_MAX; i++)
    if (unfinished[i] == path)
      unfinished[i] = NULL;
}

/* ---- opening */

static int cannot(const cli_args *a, const char *path)
{
  return cli_failed(a, "cannot write %s: %s", path, strerror(errno));
}

/* before any work: a folder that isn't there or isn't ours is a wrong argument; a full disk is not
 */
static int cannot_open(const cli_args *a, const char *path)
{
  bool full = errno == ENOSPC || errno == EDQUOT || errno == EIO;
  int status = cannot(a, path);
  return full ? status : CLI_UNUSABLE;
}

static bool fits(char out[CLI_PATH_MAX], const char *head, const char *tail)
{
  int n = snprintf(out, CLI_PATH_MAX, "%s%s", head, tail);
  return n >= 0 && n < CLI_PATH_MAX;
}

/* a link stays a link: what it points to is replaced */
static bool find_target(cli_out *o)
{
  char *real = realpath(o->path, NULL);
  bool ok = fits(o->target, real ? real : o->path, "");
  free(real);
  return ok;
}

static int open_directly(const cli_args *a, cli_out *o)
{
  o->f = fopen(o->target, "w");
  return o->f ? CLI_DONE : cannot_open(a, o->path);
}

/* the mode that a plain open would have given, or that the old file has */
static mode_t mode_for(const struct stat *old)
{
  mode_t mask = umask(0);
  (void)umask(mask);
  return old ? old->st_mode & 07777 : 0666 & ~mask;
}

static int open_beside(const cli_args *a, cli_out *o, const struct stat *old)
{
  if (!fits(o->beside, o->target, ".XXXXXX"))
    return cli_unusable(a, "the path %s is too long", o->path);
  int fd = mkstemp(o->beside);
  if (fd < 0) {
    o->beside[0] = '\0';
    return cannot_open(a, o->path);
  }
  watch(o->beside);
  (void)fchmod(fd, mode_for(old));
  o->f = fdopen(fd, "w");
  if (o->f)
    return CLI_DONE;
  int status = cannot(a, o->path);
  (void)close(fd);
  cli_out_discard(o);
  return status;
}

int cli_out_open(const cli_args *a, const char *path, cli_out *o)
{
  struct stat old;
  *o = (cli_out){0};
  if (!path || strcmp(path, "-") == 0) {
    o->f = stdout;
    (void)fits(o->path, "standard output", "");
    return CLI_DONE;
  }
  if (!fits(o->path, path, "") || !find_target(o))
    return cli_unusable(a, "the path %s is too long", path);
  if (stat(o->target, &old) != 0)
    return open_beside(a, o, NULL);
  if (S_ISDIR(old.st_mode))
    return cli_unusable(a, "cannot write %s: it is a folder", path);
  return S_ISREG(old.st_mode) ? open_beside(a, o, &old) : open_directly(a, o);
}

/* ---- writing and closing */

rt_code cli_out_write(void *ctx, const void *p, size_t n, rt_error *err)
{
  cli_out *o = ctx;
  if (n == 0 || fwrite(p, 1, n, o->f) == n)
    return RT_OK;
  return rt__fail(err, RT_E_IO, "cannot write %s: %s", o->path, strerror(errno));
}

static bool flush(cli_out *o)
{
  if (fflush(o->f) != 0 || ferror(o->f))
    return false;
  return !o->beside[0] || fsync(fileno(o->f)) == 0;
}

int cli_out_commit(const cli_args *a, cli_out *o)
{
  bool ok = flush(o);
  int status = ok ? CLI_DONE : cannot(a, o->path);
  if (o->f != stdout && fclose(o->f) != 0 && ok)
    status = cannot(a, o->path);
  o->f = NULL;
  if (status == CLI_DONE && o->beside[0] && rename(o->beside, o->target) != 0)
    status = cannot(a, o->path);
  if (status != CLI_DONE)
    cli_out_discard(o);
  else if (o->beside[0])
    unwatch(o->beside);
  return status;
}

void cli_out_discard(cli_out *o)
{
  if (o->f && o->f != stdout)
    (void)fclose(o->f);
  o->f = NULL;
  if (!o->beside[0])
    return;
  (void)unlink(o->beside);
  unwatch(o->beside);
  o->beside[0] = '\0';
}
