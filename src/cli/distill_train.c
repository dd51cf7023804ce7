/* distill train - from settings, and text or targets, to a trained student in a folder. */
#include "cli/distill.h"

#include "distill/export.h"
#include "distill/export_file.h"
#include "distill/student.h"
#include "distill/teach.h"
#include "distill/train.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

#define IMPORTANCE_WINDOWS 32u
#define VOCAB_DEFAULT      2048u

/* everything that a run holds; freed in one place */
typedef struct shop {
  const cli_args *a;
  rt_conf conf;
  const char *folder, *targets;
  rt__engine *engine;
  rt_imported teacher;     /* empty without --teacher */
  rt_tokenizer *tokenizer; /* borrowed from the teacher, or `own` */
  rt_tokenizer *own;
  rt_lesson lesson;  /* with --targets */
  rt_corpus *corpus; /* the lesson's, or `text` */
  rt_corpus *text;
  rt_state state;
} shop;

static int say(const shop *s, const char *what, const rt_error *err)
{
  return cli_error(s->a, what, err);
}

/* ---- settings */

static int read_conf(shop *s)
{
  const char *path = cli_text(s->a, "student", NULL), *set;
  rt_error err = {0};
  rt_conf_default(&s->conf);
  if (path) {
    char text[RT_CONF_BYTES_MAX];
    FILE *in = fopen(path, "rb");
    if (!in)
      return cli_unusable(s->a, "%s: %s", path, strerror(errno));
    size_t n = fread(text, 1, sizeof text, in);
    (void)fclose(in);
    if (n == sizeof text)
      return cli_unusable(s->a, "%s: too long for settings", path);
    if (rt_conf_parse(&s->conf, rt__slice(text, n), &err))
      return say(s, path, &err);
  }
  for (size_t i = 0; (set = cli_each(s->a, "set", i)); i++)
    if (rt_conf_set(&s->conf, rt__cstr(set), &err))
      return say(s, "--set", &err);
  return CLI_DONE;
}

static bool from_teacher(const shop *s)
{
  return strcmp(s->conf.start, "teacher") == 0;
}

static int check_options(shop *s)
{
  const cli_args *a = s->a;
  s->targets = cli_text(a, "targets", NULL);
  if (!s->targets == !cli_given(a, "text"))
    return cli_unusable(a, "either --targets FILE or --text FILE is needed");
  if (from_teacher(s) && !cli_given(a, "teacher"))
    return cli_unusable(a, "start = teacher needs --teacher MODEL to cut layers from");
  return cli_distill_need(a, "out", &s->folder);
}

/* ---- tokenizer and text */

static int learn_words(shop *s)
{
  rt_error err = {0};
  rt_bpe_trainer *t = NULL;
  const char *path;
  rt_bpe_options o = {.vocab = s->conf.vocab ? s->conf.vocab : VOCAB_DEFAULT};
  rt_code c = rt_bpe_trainer_new(rt_alloc_default(), &o, &t, &err);
  for (size_t i = 0; !c && (path = cli_each(s->a, "text", i)); i++)
    c = rt_corpus_words(rt_alloc_default(), t, path, &err);
  c = c ? c : rt_bpe_trainer_finish(t, &s->own, &err);
  rt_bpe_trainer_free(t);
  return c ? say(s, NULL, &err) : CLI_DONE;
}

static int find_tokenizer(shop *s)
{
  const char *path = cli_text(s->a, "tokenizer", NULL);
  rt_error err = {0};
  int status = CLI_DONE;
  if (s->teacher.tokenizer) {
    s->tokenizer = s->teacher.tokenizer;
    return CLI_DONE;
  }
  if (path && rt_import_tokenizer(rt_alloc_default(), path, &s->own, &err))
    return say(s, path, &err);
  if (!path && s->targets)
    status = cli_distill_kept_tokenizer(s->a, s->targets, &s->own);
  else if (!path)
    status = learn_words(s);
  s->tokenizer = s->own;
  return status;
}

static int open_targets(shop *s)
{
  rt_error err = {0};
  if (rt_lesson_open(rt_alloc_default(), s->targets, 0, &s->lesson, &err))
    return say(s, s->targets, &err);
  const rt_targets_info *info = rt_targets_about(s->lesson.targets);
  rt_targets_want want = {.vocab = info->vocab, .tokenizer = rt_tokenizer_hash(s->tokenizer)};
  if (rt_targets_match(info, &want, &err))
    return say(s, s->targets, &err);
  /* a student may well start from another model of the same words, but hardly unknowingly */
  if (s->teacher.model && memcmp(info->teacher, s->teacher.hash, 32) != 0)
    cli_say(s->a, "note: %s holds the answers of another teacher than --teacher", s->targets);
  if (fabs((double)info->temperature - s->conf.temperature) > 1e-6)
    return cli_unusable(s->a, "%s was made at temperature %g, the settings say %g", s->targets,
                        (double)info->temperature, s->conf.temperature);
  s->corpus = s->lesson.corpus;
  s->conf.seq = s->corpus->seq; /* a window is what the teacher saw */
  return CLI_DONE;
}

static int open_data(shop *s)
{
  if (s->targets)
    return open_targets(s);
  int status = cli_distill_corpus(s->a, s->tokenizer, s->conf.seq, &s->text);
  s->corpus = s->text;
  return status;
}

/* ---- the student */

static rt_code choose_layers(shop *s, uint32_t n, uint32_t *layers, rt_error *err)
{
  uint32_t all = s->teacher.model->config.layers;
  double turned[RT_MODEL_LAYERS_MAX];
  if (strcmp(s->conf.choose, "importance") != 0)
    return rt_student_evenly(all, n, layers, err);
  rt_code c = rt_student_importance(s->engine, s->teacher.model, s->corpus, IMPORTANCE_WINDOWS,
                                    turned, err);
  return c ? c : rt_student_choose(turned, all, n, layers, err);
}

static rt_code first_weights(shop *s, rt_model *m, rt_error *err)
{
  uint32_t layers[RT_MODEL_LAYERS_MAX];
  if (!from_teacher(s)) {
    rt_model_random(m, s->conf.seed);
    return RT_OK;
  }
  rt_code c = choose_layers(s, m->config.layers, layers, err);
  return c ? c : rt_student_cut(s->teacher.model, layers, m->config.layers, m, err);
}

static uint32_t vocab_of(const shop *s)
{
  if (s->lesson.targets)
    return rt_targets_about(s->lesson.targets)->vocab;
  return s->teacher.model ? s->teacher.model->config.vocab : rt_tokenizer_size(s->tokenizer);
}

static int make_student(shop *s)
{
  rt_error err = {0};
  rt_model_config c;
  rt_model *m = NULL;
  const rt_model_config *like = from_teacher(s) ? &s->teacher.model->config : NULL;
  rt_code code = rt_conf_model(&s->conf, like, vocab_of(s), &c, &err);
  code = code ? code : rt_tokenizer_fits(s->tokenizer, c.vocab, &err);
  code = code ? code : rt_model_new(rt_alloc_default(), &c, cli_distill_memory(s->a) / 4, &m, &err);
  code = code ? code : first_weights(s, m, &err);
  if (code)
    rt_model_free(m);
  else
    code = rt_state_new(m, &s->state, &err);
  return code ? say(s, NULL, &err) : CLI_DONE;
}

/* ---- the run */

static void progress(void *ctx, const rt_progress *p)
{
  const shop *s = ctx;
  double left = p->seconds_left;
  if (p->eval)
    cli_say(s->a, "step %llu: held-out loss %.4f (text %.4f, teacher %.4f)",
            (unsigned long long)p->step, p->means.total, p->means.ce, p->means.teacher);
  else if (cli_distill_due())
    cli_say(s->a, "step %llu of %llu: loss %.4f, %.0f tokens/s, %.0f min %02.0f s left",
            (unsigned long long)p->step, (unsigned long long)p->steps, p->means.total,
            p->tokens_per_second, floor(left / 60), fmod(left, 60));
}

static uint64_t short_hash(const shop *s)
{
  uint64_t h = 0;
  if (s->teacher.model)
    memcpy(&h, s->teacher.hash, sizeof h);
  if (s->lesson.targets)
    memcpy(&h, rt_targets_about(s->lesson.targets)->teacher, sizeof h);
  return h;
}

static int begin_folder(shop *s)
{
  rt_error err = {0};
  char path[RT_RUN_PATH_MAX];
  rt_code c = rt__out_folder(s->folder, &err);
  c = c ? c : rt_run_path(s->folder, "start.gguf", path, &err);
  if (c)
    return cli_distill_write_error(s->a, &err);
  FILE *there = fopen(path, "rb");
  if (there) { /* a run that goes on keeps its start */
    (void)fclose(there);
    return CLI_DONE;
  }
  const rt_quant *f32 = rt_quant_named(rt__cstr("F32"));
  c = rt_export_gguf(s->state.model, s->tokenizer, f32, path, &err);
  return c ? cli_distill_write_error(s->a, &err) : CLI_DONE;
}

static int train(shop *s)
{
  rt_error err = {0};
  rt_means last;
  rt_run r = {.folder = s->folder, .teacher_hash = short_hash(s)};
  r.task = (rt_task){.engine = s->engine, .conf = &s->conf, .corpus = s->corpus};
  r.task.memory_max = cli_distill_memory(s->a);
  if (s->targets)
    r.task.sparse = &s->lesson.sparse;
  else
    r.task.teacher = s->teacher.model;
  r.progress = progress;
  r.stop = cli_distill_stopped;
  r.clock = cli_distill_clock;
  r.ctx = s;
  rt_code c = rt_train(&r, &s->state, &last, &err);
  if (c) {
    int status = cli_distill_write_error(s->a, &err);
    return s->state.step ? CLI_FAILED : status;
  }
  (void)printf("%s: %llu steps, %llu tokens, held-out loss %.4f, perplexity %.3f\n", s->folder,
               (unsigned long long)s->state.step, (unsigned long long)s->state.tokens, last.total,
               exp(last.ce));
  return CLI_DONE;
}

static void drop(shop *s)
{
  rt_state_free(&s->state);
  rt_lesson_close(&s->lesson);
  rt_corpus_free(s->text);
  rt_tokenizer_free(s->own);
  rt_imported_free(&s->teacher);
  rt__engine_free(s->engine);
}

static int run(const cli_args *a)
{
  shop s = {.a = a};
  cli_distill_watch_signals();
  int status = cli_distill_no_operands(a);
  status = status ? status : read_conf(&s);
  status = status ? status : check_options(&s);
  status = status ? status : cli_distill_engine(a, &s.engine);
  if (!status && cli_given(a, "teacher"))
    status = cli_distill_model(a, "teacher", &s.teacher);
  status = status ? status : find_tokenizer(&s);
  status = status ? status : open_data(&s);
  status = status ? status : make_student(&s);
  status = status ? status : begin_folder(&s);
  status = status ? status : train(&s);
  drop(&s);
  return status;
}

static const cli_option options[] = {
    {"out", 'o', "DIR", "the run's folder; a run that is there goes on", .kind = CLI_DIR},
    {"student", 's', "CONF", "the student's settings, name = value a line (docs/distill.md)",
     .kind = CLI_FILE},
    {"set", 0, "NAME=VALUE", "one setting, over what the file says", .kind = CLI_TEXT,
     .many = true},
    {"targets", 0, "FILE", "the teacher's answers, from distill cache", .kind = CLI_FILE},
    {"text", 'x', "FILE",
     "text instead of targets; with --teacher it is taught live, without alone", .kind = CLI_FILE,
     .many = true},
    {"teacher", 't', "MODEL", "live teacher, or the model whose layers the student starts from",
     .kind = CLI_FILE},
    {"tokenizer", 0, "MODEL", "take this model's tokenizer instead of making one from the text",
     .kind = CLI_FILE},
    {"memory-limit", 0, "SIZE", "most memory (nine tenths of the machine's)", .kind = CLI_SIZE},
    {.name = NULL}};

const cli_command cli_distill_train = {
    .name = "distill train",
    .synopsis = "(--targets FILE | --text FILE... [--teacher MODEL]) --student CONF --out DIR",
    .summary = "train a student",
    .description =
        "Trains a small model on a teacher's kept answers, on a live teacher, or on text alone "
        "(the baseline that every result should be shown against). The folder holds checkpoint, "
        "history (metrics.jsonl) and curves (train.html).\n\n"
        "The same command goes on after any interruption, and ends with the same bits as a run "
        "without one.",
    .example = "retort distill train --targets targets.kdt --student student.conf --out run\n"
               "retort distill train --text corpus.txt --set layers=4 --set steps=500 --out run",
    .options = options,
    .threads = true,
    .run = run,
};
