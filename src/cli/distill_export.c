/* distill export - a run's weights as files for other runtimes. */
#include "cli/distill.h"

#include "distill/checkpoint.h"
#include "distill/export.h"
#include "distill/train.h"

#include <stdio.h>

/* the run's first model, with the tokenizer, then the checkpoint's weights over it */
static int load(const cli_args *a, const char *folder, rt_imported *m, uint64_t *step)
{
  char start[RT_RUN_PATH_MAX], checkpoint[RT_RUN_PATH_MAX];
  rt_error err = {0};
  rt_code c = rt_run_path(folder, "start.gguf", start, &err);
  c = c ? c : rt_run_path(folder, "checkpoint.bin", checkpoint, &err);
  c = c ? c : rt_import(rt_alloc_default(), start, cli_distill_memory(a), m, &err);
  c = c ? c : rt_checkpoint_weights(checkpoint, m->model, step, &err);
  return c ? cli_error(a, folder, &err) : CLI_DONE;
}

static int write_all(const cli_args *a, const rt_imported *m)
{
  const char *gguf = cli_text(a, "gguf", NULL), *hf = cli_text(a, "hf", NULL);
  const rt_quant *type = rt_quant_named(rt__cstr(cli_text(a, "type", "F32")));
  rt_error err = {0};
  rt_code c = RT_OK;
  if (!gguf && !hf)
    return cli_unusable(a, "--gguf FILE or --hf FOLDER is needed");
  if (gguf)
    c = rt_export_gguf(m->model, m->tokenizer, type, gguf, &err);
  if (!c && hf)
    c = rt_export_folder(m->model, m->tokenizer, type, hf, &err);
  return c ? cli_distill_write_error(a, &err) : CLI_DONE;
}

static int run(const cli_args *a)
{
  rt_imported m = {0};
  const char *folder;
  uint64_t step = 0;
  int status = cli_distill_no_operands(a);
  status = status ? status : cli_distill_need(a, "run", &folder);
  status = status ? status : load(a, folder, &m, &step);
  status = status ? status : write_all(a, &m);
  if (!status)
    (void)printf("%s: %llu parameters after %llu steps\n", folder,
                 (unsigned long long)m.model->n_params, (unsigned long long)step);
  rt_imported_free(&m);
  return status;
}

static const cli_option options[] = {
    {"run", 'r', "DIR", "the run's folder", .kind = CLI_DIR},
    {"gguf", 0, "FILE", "write a GGUF file (llama.cpp and its kin)", .kind = CLI_FILE},
    {"hf", 0, "DIR", "write a folder with safetensors (transformers)", .kind = CLI_DIR},
    {"type", 0, "TYPE", "of the matrices", .kind = CLI_CHOICE, .choices = "F32|F16|BF16|Q8_0"},
    {"memory-limit", 0, "SIZE", "most memory for the weights", .kind = CLI_SIZE},
    {.name = NULL}};

const cli_command cli_distill_export = {
    .name = "distill export",
    .synopsis = "--run DIR [--gguf FILE] [--hf DIR]",
    .summary = "write a trained student for the runtimes that people use",
    .description = "Writes the weights of a run's last checkpoint, with tokenizer and settings. A "
                   "run that is still going on can be exported too.",
    .example = "retort distill export --run run --gguf student.gguf --hf student",
    .options = options,
    .run = run,
};
