/* distill eval - a student beside its teacher on held-out text. */
#include "cli/distill.h"

#include "base/json.h"
#include "cli/out.h"
#include "distill/assess.h"

#include <math.h>
#include <stdio.h>

typedef struct line {
  const char *key, *what;
  double value;
  bool teacher; /* only with one */
} line;

#define LINES 9u

static size_t lines_of(const rt_assessment *s, uint32_t draft, bool teacher, line out[LINES])
{
  const line all[LINES] = {
      {"positions", "positions", (double)s->positions, false},
      {"student_ce", "student, nats a token", s->student_ce, false},
      {"student_perplexity", "student, perplexity", exp(s->student_ce), false},
      {"teacher_perplexity", "teacher, perplexity", exp(s->teacher_ce), true},
      {"kl", "divergence, teacher to student", s->kl, true},
      {"agree", "same first choice", s->agree, true},
      {"overlap", "chance that a drafted word is accepted", s->overlap, true},
      {"accepted", "words accepted of a draft, sampling", s->accepted, true},
      {"greedy", "words accepted of a draft, greedy", s->greedy, true},
  };
  size_t n = 0;
  (void)draft;
  for (size_t i = 0; i < LINES; i++)
    if (teacher || !all[i].teacher)
      out[n++] = all[i];
  return n;
}

static rt_code as_json(rt__buf *b, const line *lines, size_t n, uint32_t draft)
{
  rt__json j;
  rt__json_init(&j, b);
  rt__json_open(&j, '{');
  rt__json_put_u64(&j, "draft", draft);
  for (size_t i = 0; i < n; i++) {
    rt__json_put_num(&j, lines[i].key, lines[i].value);
  }
  rt__json_close(&j, '}');
  return j.code ? j.code : rt__buf_add(b, "\n", 1);
}

static rt_code as_table(rt__buf *b, const line *lines, size_t n, uint32_t draft)
{
  rt_code c = RT_OK;
  for (size_t i = 0; !c && i < n; i++)
    c = rt__buf_printf(b, "%-40s %12.*f\n", lines[i].what, i ? 4 : 0, lines[i].value);
  return c ? c : rt__buf_printf(b, "%-40s %12u\n", "words in a draft", draft);
}

static int print(const cli_args *a, const rt_assessment *s, uint32_t draft, bool teacher)
{
  line lines[LINES];
  rt__buf b;
  cli_out out;
  rt_error err = {0};
  size_t n = lines_of(s, draft, teacher, lines);
  rt__buf_init(&b, rt_alloc_default(), 1u << 16);
  rt_code c =
      cli_format_is(a, "json") ? as_json(&b, lines, n, draft) : as_table(&b, lines, n, draft);
  int status = c ? cli_failed(a, "no memory") : cli_out_open(a, cli_text(a, "out", NULL), &out);
  if (!status) {
    c = cli_out_write(&out, b.p, b.n, &err);
    status = c ? cli_error(a, NULL, &err) : cli_out_commit(a, &out);
    if (c)
      cli_out_discard(&out);
  }
  rt__buf_free(&b);
  return status;
}

static int assess(const cli_args *a, const rt_imported *teacher, const rt_imported *student,
                  rt__engine *e, const rt_corpus *corpus)
{
  rt_error err = {0};
  rt_assessment s;
  rt_assess w = {.engine = e, .student = student->model, .teacher = teacher->model};
  w.corpus = corpus;
  w.batch = cli_count(a, "batch", 8);
  w.draft = (uint32_t)cli_count(a, "draft", 4);
  w.progress = cli_distill_windows;
  w.ctx = (void *)(uintptr_t)a;
  rt_code c = rt_assess_run(&w, &s, &err);
  return c ? cli_error(a, NULL, &err) : print(a, &s, w.draft, teacher->model != NULL);
}

static int same_words(const cli_args *a, const rt_imported *t, const rt_imported *s)
{
  if (!t->model ||
      memcmp(rt_tokenizer_hash(t->tokenizer), rt_tokenizer_hash(s->tokenizer), 32) == 0)
    return CLI_DONE;
  return cli_unusable(a, "teacher and student have different tokenizers: their words can't be "
                         "compared");
}

static uint32_t sequence(const cli_args *a, const rt_imported *t, const rt_imported *s)
{
  uint32_t seq = (uint32_t)cli_count(a, "seq", 512), c = s->model->config.context;
  if (t->model && t->model->config.context < c)
    c = t->model->config.context;
  return seq < c ? seq : c;
}

static int run(const cli_args *a)
{
  rt_imported teacher = {0}, student = {0};
  rt__engine *e = NULL;
  rt_corpus *corpus = NULL;
  cli_distill_watch_signals();
  int status = cli_distill_no_operands(a);
  status = status ? status : cli_distill_model(a, "student", &student);
  if (!status && cli_given(a, "teacher"))
    status = cli_distill_model(a, "teacher", &teacher);
  status = status ? status : same_words(a, &teacher, &student);
  status = status ? status : cli_distill_engine(a, &e);
  if (!status)
    status = cli_distill_corpus(a, student.tokenizer, sequence(a, &teacher, &student), &corpus);
  if (!status)
    status = assess(a, &teacher, &student, e, corpus);
  rt_corpus_free(corpus);
  rt__engine_free(e);
  rt_imported_free(&teacher);
  rt_imported_free(&student);
  return status;
}

static const cli_option options[] = {
    {"student", 's', "MODEL", "the model to be measured: GGUF, or a folder with safetensors",
     .kind = CLI_FILE},
    {"teacher", 't', "MODEL", "what it is measured against; without one, perplexity only",
     .kind = CLI_FILE},
    {"text", 'x', "FILE", "text that neither has seen", .kind = CLI_FILE, .many = true},
    {"seq", 0, "N", "tokens in a window (512, or the smaller context)", .kind = CLI_COUNT, .min = 2,
     .max = RT_MODEL_CONTEXT_MAX},
    {"draft", 0, "N", "words that a draft model proposes at a time (4)", .kind = CLI_COUNT,
     .min = 1, .max = RT_ASSESS_DRAFT_MAX},
    {"batch", 0, "N", "windows at a time (8)", .kind = CLI_COUNT, .min = 1, .max = 4096},
    {"memory-limit", 0, "SIZE", "most memory for weights", .kind = CLI_SIZE},
    {.name = NULL}};

const cli_command cli_distill_eval = {
    .name = "distill eval",
    .synopsis = "--student MODEL [--teacher MODEL] --text FILE...",
    .summary = "how close a student is to its teacher",
    .description =
        "Perplexity of both, the divergence between them, and what a draft model is judged by: the "
        "share of words with the same first choice, the chance that a drafted word is accepted, "
        "and how many of a draft are. All figures are taken along the text.",
    .example = "retort distill eval --teacher big.gguf --student student.gguf --text held.jsonl",
    .formats = "table|json",
    .out = "the figures (standard output)",
    .options = options,
    .threads = true,
    .run = run,
};
