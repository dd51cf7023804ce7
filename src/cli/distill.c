#include "cli/distill.h"

#include "distill/export_file.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define PATH_MAX_HERE 4096

uint64_t cli_distill_memory(const cli_args *a)
{
  long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
  uint64_t all = pages > 0 && size > 0 ? (uint64_t)pages * (uint64_t)size : 0;
  return cli_size(a, "memory-limit", all / 10 * 9);
}

int cli_distill_need(const cli_args *a, const char *option, const char **out)
{
  *out = cli_text(a, option, NULL);
  return *out ? CLI_DONE : cli_unusable(a, "--%s is needed", option);
}

int cli_distill_no_operands(const cli_args *a)
{
  if (cli_operands(a) == 0)
    return CLI_DONE;
  return cli_unusable(a, "what is '%s'? (see retort %s --help)", cli_operand(a, 0),
                      a->command->name);
}

int cli_distill_engine(const cli_args *a, rt__engine **out)
{
  rt_error err = {0};
  unsigned threads = cli_threads(a);
  rt_code c = rt__engine_new(rt_alloc_default(), threads < RT__POOL_MAX ? threads : RT__POOL_MAX,
                             NULL, out, &err);
  return c ? cli_error(a, NULL, &err) : CLI_DONE;
}

int cli_distill_model(const cli_args *a, const char *option, rt_imported *out)
{
  const char *path;
  rt_error err = {0};
  int status = cli_distill_need(a, option, &path);
  if (status)
    return status;
  rt_code c = rt_import(rt_alloc_default(), path, cli_distill_memory(a), out, &err);
  return c ? cli_error(a, path, &err) : CLI_DONE;
}

int cli_distill_corpus(const cli_args *a, const rt_tokenizer *t, uint32_t seq, rt_corpus **out)
{
  rt_error err = {0};
  const char *path;
  *out = NULL;
  int status = cli_distill_need(a, "text", &path);
  if (status)
    return status;
  rt_code c = rt_corpus_new(rt_alloc_default(), 0, out, &err);
  for (size_t i = 0; !c && (path = cli_each(a, "text", i)); i++)
    c = rt_corpus_add_file(*out, t, path, &err);
  c = c ? c : rt_corpus_cut(*out, seq, &err);
  if (!c)
    return CLI_DONE;
  rt_corpus_free(*out);
  *out = NULL;
  return cli_error(a, NULL, &err);
}

/* ---- the tokenizer beside a .kdt: "<file>.tokenizer/" with the two files of transformers */

static bool beside(const char *kdt, const char *name, char out[PATH_MAX_HERE])
{
  int n = snprintf(out, PATH_MAX_HERE, "%s.tokenizer%s", kdt, name);
  return n > 0 && n < PATH_MAX_HERE;
}

int cli_distill_keep_tokenizer(const cli_args *a, const char *kdt, const rt_tokenizer *t)
{
  const rt_alloc *al = rt_alloc_default();
  char folder[PATH_MAX_HERE], json_path[PATH_MAX_HERE], config_path[PATH_MAX_HERE];
  rt_error err = {0};
  rt__buf json, config;
  if (!beside(kdt, "", folder) || !beside(kdt, "/tokenizer.json", json_path) ||
      !beside(kdt, "/tokenizer_config.json", config_path))
    return cli_unusable(a, "%s: the name is too long", kdt);
  rt__buf_init(&json, al, (size_t)256 << 20);
  rt__buf_init(&config, al, (size_t)256 << 20);
  rt_code c = rt_tokenizer_to_json(t, &json, &config, &err);
  c = c ? c : rt__out_folder(folder, &err);
  c = c ? c : rt__out_whole(al, json_path, rt__buf_slice(&json), &err);
  c = c ? c : rt__out_whole(al, config_path, rt__buf_slice(&config), &err);
  rt__buf_free(&json);
  rt__buf_free(&config);
  return c ? cli_distill_write_error(a, &err) : CLI_DONE;
}

int cli_distill_kept_tokenizer(const cli_args *a, const char *kdt, rt_tokenizer **out)
{
  char folder[PATH_MAX_HERE];
  rt_error err = {0};
  if (!beside(kdt, "", folder))
    return cli_unusable(a, "%s: the name is too long", kdt);
  rt_code c = rt_import_tokenizer(rt_alloc_default(), folder, out, &err);
  return c ? cli_error(a, folder, &err) : CLI_DONE;
}

int cli_distill_write_error(const cli_args *a, const rt_error *err)
{
  int status = cli_error(a, NULL, err);
  return err->code == RT_E_IO ? CLI_FAILED : status;
}

/* ---- signals and time */

static volatile sig_atomic_t asked;

static void ask(int signal_number)
{
  (void)signal_number;
  asked = 1;
}

void cli_distill_watch_signals(void)
{
  struct sigaction action = {.sa_handler = ask};
  (void)sigaction(SIGINT, &action, NULL);
  (void)sigaction(SIGTERM, &action, NULL);
}

bool cli_distill_stopped(void *ctx)
{
  (void)ctx;
  return asked != 0;
}

double cli_distill_clock(void *ctx)
{
  struct timespec t;
  (void)ctx;
  (void)clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

bool cli_distill_due(void)
{
  static double last;
  double now = cli_distill_clock(NULL);
  bool due = now - last >= (isatty(2) ? 1 : 10);
  if (due)
    last = now;
  return due;
}

bool cli_distill_windows(void *ctx, uint64_t done, uint64_t all)
{
  if (cli_distill_due())
    cli_say(ctx, "%llu of %llu windows", (unsigned long long)done, (unsigned long long)all);
  return asked != 0;
}
