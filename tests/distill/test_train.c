/* training: it learns, it is the same bits after kills and for any threads, and it stops cleanly */
#include "distill/checkpoint.h"
#include "distill/train.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <math.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { VOCAB = 61 };

typedef struct stand {
  rt_conf conf;
  rt_corpus *corpus;
  rt__engine *engine;
  char folder[64];
  uint64_t stop_at, kill_at;
} stand;

/* documents that can be learnt: each token follows from the one before, but for some noise */
static rt_corpus *text(bool prompts)
{
  rt_corpus *c;
  assert_int_equal(rt_corpus_new(rt_alloc_default(), 0, &c, NULL), RT_OK);
  rt__rng r = {11, 0};
  for (int d = 0; d < 60; d++) {
    uint32_t t[40];
    t[0] = (uint32_t)rt__rng_below(&r, VOCAB);
    for (int i = 1; i < 40; i++)
      t[i] =
          rt__rng_unit(&r) < 0.1 ? (uint32_t)rt__rng_below(&r, VOCAB) : (t[i - 1] * 7 + 3) % VOCAB;
    assert_int_equal(rt_corpus_add(c, t, 40, prompts ? 10 : 0, NULL), RT_OK);
  }
  assert_int_equal(rt_corpus_cut(c, 16, NULL), RT_OK);
  return c;
}

static void set_up(stand *s, unsigned threads)
{
  memset(s, 0, sizeof *s);
  rt_conf_default(&s->conf);
  static const char settings[] = "layers = 2\nd_model = 24\nheads = 4 # a comment\nkv_heads = 2\n"
                                 "head_dim = 6\nd_ff = 40\nseq = 16\nbatch = 4\naccumulate = 2\n"
                                 "steps = 30\nwarmup = 5\nrate = 0.01\nheld_out = 0.1\n"
                                 "save_every = 3\neval_every = 10\n";
  assert_int_equal(rt_conf_parse(&s->conf, rt__cstr(settings), NULL), RT_OK);
  s->corpus = text(false);
  assert_int_equal(rt__engine_new(rt_alloc_default(), threads, NULL, &s->engine, NULL), RT_OK);
  (void)snprintf(s->folder, sizeof s->folder, "/tmp/retort-train-XXXXXX");
  assert_non_null(mkdtemp(s->folder));
}

static void tear_down(stand *s)
{
  static const char *const names[] = {"checkpoint.bin", "metrics.jsonl", "train.html",
                                      "student.conf", "lock"};
  char path[RT_RUN_PATH_MAX];
  for (size_t i = 0; i < RT__ARRAY_LEN(names); i++) {
    assert_int_equal(rt_run_path(s->folder, names[i], path, NULL), RT_OK);
    (void)unlink(path);
  }
  (void)rmdir(s->folder);
  rt_corpus_free(s->corpus);
  rt__engine_free(s->engine);
}

static double no_time(void *ctx)
{
  (void)ctx;
  return 0;
}

static bool stop(void *ctx)
{
  stand *s = ctx;
  if (s->kill_at && --s->kill_at == 0)
    (void)raise(SIGKILL);
  return s->stop_at && --s->stop_at == 0;
}

static rt_model *student(const stand *s)
{
  rt_model_config c;
  rt_model *m;
  assert_int_equal(rt_conf_model(&s->conf, NULL, VOCAB, &c, NULL), RT_OK);
  assert_int_equal(rt_model_new(rt_alloc_default(), &c, 0, &m, NULL), RT_OK);
  rt_model_random(m, s->conf.seed);
  return m;
}

static rt_code train(stand *s, rt_state *state, rt_means *last, rt_error *err)
{
  rt_run r = {.task = {.engine = s->engine, .conf = &s->conf, .corpus = s->corpus},
              .folder = s->folder,
              .stop = stop,
              .clock = no_time,
              .ctx = s};
  assert_int_equal(rt_state_new(student(s), state, NULL), RT_OK);
  return rt_train(&r, state, last, err);
}

static void it_learns(void **state)
{
  (void)state;
  stand s;
  set_up(&s, 2);
  s.conf.steps = 150;
  rt_state st;
  rt_means last;
  assert_int_equal(train(&s, &st, &last, NULL), RT_OK);
  assert_true(last.ce < 1.2); /* log 61 is 4.1; the noise alone costs about 0.7 */
  assert_true(last.positions > 100);
  rt_state_free(&st);
  tear_down(&s);
}

/* in a child, so that nothing of it is left but its files */
static void killed_after(stand *s, uint64_t steps)
{
  pid_t child = fork();
  if (child == 0) {
    rt__engine *own; /* threads don't survive a fork */
    if (rt__engine_new(rt_alloc_default(), 2, NULL, &own, NULL))
      _exit(1);
    s->engine = own;
    s->kill_at = steps;
    rt_state st;
    rt_means last;
    (void)train(s, &st, &last, NULL);
    _exit(0);
  }
  int status = 0;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void same_bits_after_kills(void **state)
{
  (void)state;
  stand whole, broken;
  rt_state a, b;
  rt_means last;
  rt_error err;
  set_up(&whole, 1);
  assert_int_equal(train(&whole, &a, &last, NULL), RT_OK);
  set_up(&broken, 2);
  killed_after(&broken, 7);
  killed_after(&broken, 1);
  killed_after(&broken, 11);
  broken.stop_at = 2;
  assert_int_equal(train(&broken, &b, &last, &err), RT_E_STOPPED);
  rt_state_free(&b);
  broken.stop_at = 0;
  assert_int_equal(train(&broken, &b, &last, NULL), RT_OK);
  assert_int_equal(b.step, a.step);
  assert_memory_equal(a.model->data, b.model->data, a.model->n_data * sizeof(float));
  assert_memory_equal(a.m2, b.m2, a.model->n_data * sizeof(float));
  rt_state_free(&a);
  rt_state_free(&b);
  tear_down(&whole);
  tear_down(&broken);
}

static void refuses_other_settings_and_damage(void **state)
{
  (void)state;
  stand s;
  rt_state st;
  rt_means last;
  rt_error err;
  char path[RT_RUN_PATH_MAX];
  set_up(&s, 1);
  s.stop_at = 4;
  assert_int_equal(train(&s, &st, &last, &err), RT_E_STOPPED);
  rt_state_free(&st);
  s.conf.rate *= 2;
  assert_int_equal(train(&s, &st, &last, &err), RT_E_KEY);
  rt_state_free(&st);
  s.conf.rate /= 2;
  assert_int_equal(rt_run_path(s.folder, "checkpoint.bin", path, NULL), RT_OK);
  FILE *f = fopen(path, "r+b");
  assert_non_null(f);
  assert_int_equal(fseek(f, 200, SEEK_SET), 0);
  assert_int_equal(fputc('x', f), 'x');
  assert_int_equal(fclose(f), 0);
  assert_int_equal(train(&s, &st, &last, &err), RT_E_CHECKSUM);
  rt_state_free(&st);
  assert_int_equal(truncate(path, 100), 0);
  assert_int_equal(train(&s, &st, &last, &err), RT_E_TRUNCATED);
  rt_state_free(&st);
  tear_down(&s);
}

static void stops_at_no_number(void **state)
{
  (void)state;
  stand s;
  rt_state st;
  rt_means last;
  rt_error err;
  set_up(&s, 1);
  s.conf.held_out = 0;
  s.conf.clip = 0;
  assert_int_equal(rt_state_new(student(&s), &st, NULL), RT_OK);
  st.model->data[5] = NAN;
  rt_run r = {.task = {.engine = s.engine, .conf = &s.conf, .corpus = s.corpus},
              .folder = s.folder,
              .clock = no_time};
  assert_int_equal(rt_train(&r, &st, &last, &err), RT_E_LIMIT);
  assert_non_null(strstr(err.message, "not a finite number"));
  rt_state_free(&st);
  tear_down(&s);
}

/* files may not grow any more: to the program that is a full disk */
static void a_full_disk_leaves_the_last_checkpoint(void **state)
{
  (void)state;
  stand s;
  rt_state st;
  rt_means last;
  rt_error err;
  struct rlimit old, small;
  set_up(&s, 1);
  s.stop_at = 4;
  assert_int_equal(train(&s, &st, &last, &err), RT_E_STOPPED);
  rt_state_free(&st);
  assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
  small = old;
  small.rlim_cur = 30000;
  (void)signal(SIGXFSZ, SIG_IGN);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
  rt_code code = train(&s, &st, &last, &err);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
  assert_int_equal(code, RT_E_IO);
  assert_non_null(strstr(err.message, "checkpoint.bin"));
  rt_state_free(&st);
  assert_int_equal(train(&s, &st, &last, &err), RT_OK);
  rt_state_free(&st);
  tear_down(&s);
}

static void refuses_what_is_larger_than_memory(void **state)
{
  (void)state;
  stand s;
  rt_error err;
  rt__bench *b;
  rt_model_config c;
  set_up(&s, 1);
  assert_int_equal(rt_conf_model(&s.conf, NULL, VOCAB, &c, NULL), RT_OK);
  rt_task t = {.engine = s.engine, .conf = &s.conf, .corpus = s.corpus, .memory_max = 1000};
  assert_int_equal(rt__bench_new(&t, &c, &b, &err), RT_E_LIMIT);
  s.conf.mix = 0.5;
  memcpy(s.conf.loss, "kl", 3);
  t.memory_max = 0;
  assert_int_equal(rt__bench_new(&t, &c, &b, &err), RT_E_ARG); /* no teacher */
  tear_down(&s);
}

static void prompts_and_padding_do_not_count(void **state)
{
  (void)state;
  rt_corpus *c = text(true);
  uint32_t tokens[16], labels[16];
  /* 40 tokens in windows of 16, 16 and 8; the first 10 are the prompt */
  assert_int_equal(c->n_windows, 180);
  assert_int_equal(rt_corpus_window(c, 0, 16, tokens, labels), 7);
  assert_int_equal(labels[8], RT_CORPUS_NONE);
  assert_int_equal(labels[9], c->tokens[10]);
  assert_int_equal(labels[15], c->tokens[16]); /* the text goes on behind the window */
  assert_int_equal(rt_corpus_window(c, 2, 16, tokens, labels), 7);
  assert_int_equal(labels[7], RT_CORPUS_NONE); /* the next token is another document's */
  assert_int_equal(tokens[8], 0);
  rt_corpus_free(c);
  c = text(false);
  assert_int_equal(c->n_windows, 150);
  assert_int_equal(rt_corpus_window(c, 2, 16, tokens, labels), 15); /* a document starts inside */
  rt_corpus_free(c);
}

static void an_empty_corpus_is_refused(void **state)
{
  (void)state;
  rt_corpus *c;
  rt_error err;
  uint32_t one = 5;
  assert_int_equal(rt_corpus_new(rt_alloc_default(), 100, &c, NULL), RT_OK);
  assert_int_equal(rt_corpus_cut(c, 16, &err), RT_E_ARG);
  assert_int_equal(rt_corpus_add(c, &one, 1, 0, NULL), RT_OK);
  assert_int_equal(rt_corpus_cut(c, 16, &err), RT_E_ARG);
  uint32_t many[101] = {0};
  assert_int_equal(rt_corpus_add(c, many, 101, 0, &err), RT_E_LIMIT);
  rt_corpus_free(c);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(it_learns),
      cmocka_unit_test(same_bits_after_kills),
      cmocka_unit_test(refuses_other_settings_and_damage),
      cmocka_unit_test(stops_at_no_number),
      cmocka_unit_test(a_full_disk_leaves_the_last_checkpoint),
      cmocka_unit_test(refuses_what_is_larger_than_memory),
      cmocka_unit_test(prompts_and_padding_do_not_count),
      cmocka_unit_test(an_empty_corpus_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
