/* distill - makes a smaller model out of your own. The work is in the commands within it. */
#include "cli/distill.h"

static int explain(const cli_args *a)
{
  if (cli_operands(a))
    return cli_unusable(a, "what is '%s'? (see retort distill --help)", cli_operand(a, 0));
  return cli_unusable(a, "which of cache, train, export, eval? (see retort distill --help)");
}

static const cli_option options[] = {{.name = NULL}};
static const cli_command *const within[] = {&cli_distill_cache, &cli_distill_train,
                                            &cli_distill_export, &cli_distill_eval, NULL};

const cli_command cli_cmd_distill = {
    .name = "distill",
    .synopsis = "cache|train|export|eval [OPTION]...",
    .summary = "make a smaller model out of your own",
    .description =
        "Teaches a small model what a large one would say. The teacher is a local GGUF file or a "
        "folder with safetensors that you have the right to use; nothing here asks anybody's "
        "service.\n\n"
        "cache keeps the teacher's answers on a text; train makes the student (also from a live "
        "teacher, or from text alone); export writes it as GGUF and safetensors; eval says how "
        "close it came. Each explains itself: retort distill train --help.",
    .example = "retort distill cache --teacher big.gguf --text corpus.jsonl --out targets.kdt\n"
               "retort distill train --targets targets.kdt --student student.conf --out run\n"
               "retort distill export --run run --gguf student.gguf --hf student\n"
               "retort distill eval --teacher big.gguf --student student.gguf --text held.jsonl",
    .options = options,
    .operands_max = 1,
    .run = explain,
    .within = within,
};
