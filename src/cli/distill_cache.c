/* distill cache - the teacher's answers on a text, kept. */
#include "cli/distill.h"

#include "distill/import_logits.h"
#include "distill/teach.h"

#include <stdio.h>

static void settle(const cli_args *a, rt_targets_info *info)
{
  info->top = (uint32_t)cli_count(a, "top", 16);
  info->tail = (uint32_t)cli_count(a, "tail", 16);
  info->temperature = (float)cli_number(a, "temperature", 1);
  info->seed = cli_count(a, "seed", 1);
}

static int report(const cli_args *a, const char *path, const rt_targets_info *info, double seconds,
                  const rt_corpus *corpus)
{
  (void)a;
  (void)printf("%s: %zu windows, %zu tokens, top %u and %u drawn, %.0f tokens/s\n", path,
               corpus->n_windows, corpus->n, info->top, info->tail,
               (double)corpus->n / (seconds > 0 ? seconds : 1));
  return CLI_DONE;
}

static int write_targets(const cli_args *a, const rt_imported *teacher, rt__engine *e,
                         rt_corpus *corpus, const char *path)
{
  rt_error err = {0};
  rt_targets_info written;
  rt_teach t = {.engine = e, .teacher = teacher->model, .corpus = corpus};
  t.batch = cli_count(a, "batch", 8);
  t.progress = cli_distill_windows;
  t.ctx = (void *)(uintptr_t)a;
  settle(a, &t.info);
  memcpy(t.info.tokenizer, rt_tokenizer_hash(teacher->tokenizer), 32);
  memcpy(t.info.teacher, teacher->hash, 32);
  double begun = cli_distill_clock(NULL);
  rt_code c = rt_corpus_sha(corpus, t.info.corpus);
  c = c ? c : rt_teach_write(&t, path, &written, &err);
  if (c)
    return cli_distill_write_error(a, &err);
  int status = cli_distill_keep_tokenizer(a, path, teacher->tokenizer);
  return status ? status : report(a, path, &written, cli_distill_clock(NULL) - begun, corpus);
}

/* ---- answers that another program wrote down */

/* rows of the model that the tokenizer comes from, or its tokens where it comes without one */
static uint32_t rows_of(const char *path, const rt_tokenizer *t)
{
  rt_model_config c;
  return rt_import_config(rt_alloc_default(), path, &c, NULL) ? rt_tokenizer_size(t) : c.vocab;
}

static int from_logits(const cli_args *a, const char *logits, const char *out)
{
  rt_error err = {0};
  rt_tokenizer *t = NULL;
  const char *path;
  int status = cli_distill_need(a, "tokenizer", &path);
  if (status)
    return status;
  if (rt_import_tokenizer(rt_alloc_default(), path, &t, &err))
    return cli_error(a, path, &err);
  rt_from_logits o = {.bos = cli_given(a, "bos") ? rt_tokenizer_bos(t) : UINT32_MAX};
  settle(a, &o.info);
  o.info.vocab = rows_of(path, t);
  memcpy(o.info.tokenizer, rt_tokenizer_hash(t), 32);
  if (rt_import_logits(rt_alloc_default(), logits, &o, out, &err))
    status = cli_error(a, NULL, &err);
  status = status ? status : cli_distill_keep_tokenizer(a, out, t);
  rt_tokenizer_free(t);
  return status;
}

static uint32_t sequence(const cli_args *a, const rt_imported *teacher)
{
  uint32_t context = teacher->model->config.context, seq = (uint32_t)cli_count(a, "seq", 512);
  return seq < context ? seq : context;
}

static int run(const cli_args *a)
{
  rt_imported teacher = {0};
  rt__engine *e = NULL;
  rt_corpus *corpus = NULL;
  const char *out;
  cli_distill_watch_signals();
  int status = cli_distill_no_operands(a);
  status = status ? status : cli_distill_need(a, "out", &out);
  if (!status && cli_given(a, "from-logits"))
    return from_logits(a, cli_text(a, "from-logits", NULL), out);
  status = status ? status : cli_distill_model(a, "teacher", &teacher);
  status = status ? status : cli_distill_engine(a, &e);
  if (!status)
    status = cli_distill_corpus(a, teacher.tokenizer, sequence(a, &teacher), &corpus);
  if (!status)
    status = write_targets(a, &teacher, e, corpus, out);
  rt_corpus_free(corpus);
  rt__engine_free(e);
  rt_imported_free(&teacher);
  return status;
}

static const cli_option options[] = {
    {"teacher", 't', "MODEL", "the teacher: a GGUF file, or a folder with safetensors",
     .kind = CLI_FILE},
    {"text", 'x', "FILE",
     "text to be taught on: .jsonl with text, or prompt and completion; anything else is one text",
     .kind = CLI_FILE, .many = true},
    {"from-logits", 0, "FILE",
     "instead of running a teacher: what llama.cpp wrote with --kl-divergence-base, or JSON lines "
     "of "
     "top log-probabilities (docs/targets.md)",
     .kind = CLI_FILE},
    {"tokenizer", 0, "MODEL", "with --from-logits: a model file with the teacher's tokenizer",
     .kind = CLI_FILE},
    {"bos", 0, NULL, "with --from-logits: the teacher starts its texts with the token for that",
     .kind = CLI_FLAG},
    {"seq", 0, "N", "tokens in a window (512, or the teacher's context)", .kind = CLI_COUNT,
     .min = 2, .max = RT_MODEL_CONTEXT_MAX},
    {"top", 'k', "N", "most likely words kept of each position (16)", .kind = CLI_COUNT, .min = 1,
     .max = RT_TARGETS_TOP_MAX},
    {"tail", 'm', "N", "words drawn from the rest (16); 0 is plain top-k, which is biased",
     .kind = CLI_COUNT, .min = 0, .max = RT_TARGETS_TAIL_MAX},
    {"temperature", 0, "T", "of the teacher's distribution (1)", .kind = CLI_NUMBER, .min = 0.01,
     .max = 100},
    {"seed", 0, "N", "decides the draws (1)", .kind = CLI_COUNT},
    {"batch", 0, "N", "windows at a time (8)", .kind = CLI_COUNT, .min = 1, .max = 4096},
    {"memory-limit", 0, "SIZE", "most memory for the teacher's weights", .kind = CLI_SIZE},
    {.name = NULL}};

const cli_command cli_distill_cache = {
    .name = "distill cache",
    .synopsis =
        "(--teacher MODEL --text FILE... | --from-logits FILE --tokenizer MODEL) --out FILE",
    .summary = "keep what a teacher would say, position by position",
    .description =
        "Runs the teacher over the text once and keeps, for each position, its most likely words "
        "and a few drawn from the rest in proportion to their probability, so that training on "
        "them has the gradient of the whole distribution on average.\n\n"
        "Beside the file a folder with the teacher's tokenizer is written: targets and tokenizer "
        "belong together.",
    .example = "retort distill cache --teacher big.gguf --text corpus.jsonl --out targets.kdt",
    .out = "the targets (.kdt)",
    .options = options,
    .threads = true,
    .run = run,
};
