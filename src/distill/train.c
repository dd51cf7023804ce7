#include "distill/train.h"

#include "distill/checkpoint.h"
#include "distill/export_file.h"
#include "distill/metrics.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define EVAL_WINDOWS 512u  /* at most, between steps; at the end all */
#define LINES        2000u /* of history a run, about */

typedef struct session {
  const rt_run *run;
  rt__bench *bench;
  rt_state *state;
  rt__metrics metrics;
  rt_checkpoint_key key;
  char checkpoint[RT_RUN_PATH_MAX], history[RT_RUN_PATH_MAX], page[RT_RUN_PATH_MAX];
  double begun, lap;          /* clock */
  uint64_t first, lap_tokens; /* step and tokens then */
  rt_means last;
  int lock; /* of the folder; -1 = none */
} session;

rt_code rt_run_path(const char *folder, const char *name, char out[RT_RUN_PATH_MAX], rt_error *err)
{
  int n = snprintf(out, RT_RUN_PATH_MAX, "%s/%s", folder, name);
  return n > 0 && n < RT_RUN_PATH_MAX ? RT_OK
                                      : rt__fail(err, RT_E_LIMIT, "the folder's name is too long");
}

static double now(const session *s)
{
  return s->run->clock(s->run->ctx);
}

/* ---- the folder belongs to one run at a time */

static rt_code take_lock(session *s, rt_error *err)
{
  char path[RT_RUN_PATH_MAX];
  rt_code code = rt_run_path(s->run->folder, "lock", path, err);
  if (code)
    return code;
  struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  s->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (s->lock < 0)
    return rt__fail(err, RT_E_IO, "%s: %s", path, strerror(errno));
  if (fcntl(s->lock, F_SETLK, &whole) == 0)
    return RT_OK; /* until it is closed, or this process ends in whatever way */
  return rt__fail(err, RT_E_ARG, "%s: another run is at work in this folder", s->run->folder);
}

/* ---- settings in the folder */

static rt_code settle(session *s, rt_error *err)
{
  const rt_run *r = s->run;
  char path[RT_RUN_PATH_MAX];
  rt__buf text;
  rt__buf_init(&text, &s->state->model->alloc, RT_CONF_BYTES_MAX);
  rt_code code = rt_conf_print(r->task.conf, &text);
  s->key.conf = rt__mix2(rt__checksum(text.p, text.n), s->state->model->n_params);
  s->key.data = rt__mix2(rt_corpus_hash(r->task.corpus), r->teacher_hash);
  if (code)
    (void)rt__fail(err, code, "no memory");
  code = code ? code : rt_checkpoint_read(s->checkpoint, s->state, s->key, err);
  if (code == RT_E_NOTFOUND)
    code = rt_run_path(r->folder, "student.conf", path, err);
  else if (!code) { /* resumed: the settings are there already */
    rt__buf_free(&text);
    return RT_OK;
  }
  if (!code)
    code = rt__out_whole(text.alloc, path, rt__buf_slice(&text), err);
  rt__buf_free(&text);
  return code;
}

static rt_code begin(session *s, rt_error *err)
{
  const char *folder = s->run->folder;
  rt_code code = rt_run_path(folder, "checkpoint.bin", s->checkpoint, err);
  code = code ? code : rt_run_path(folder, "metrics.jsonl", s->history, err);
  code = code ? code : rt_run_path(folder, "train.html", s->page, err);
  code = code ? code : take_lock(s, err);
  code = code ? code : settle(s, err);
  if (!code)
    code = rt__metrics_open(&s->state->model->alloc, s->history, s->state->step, &s->metrics, err);
  s->begun = s->lap = now(s);
  s->first = s->state->step;
  s->lap_tokens = s->state->tokens;
  return code;
}

/* ---- telling */

static rt_code note(session *s, const char *kind, const rt_means *v, rt_error *err)
{
  const rt_conf *c = s->run->task.conf;
  bool eval = strcmp(kind, "eval") == 0;
  double t = now(s), lap = t - s->lap, done = (double)(s->state->step - s->first);
  double rate = lap > 0 ? (double)(s->state->tokens - s->lap_tokens) / lap : 0;
  rt_progress p = {.step = s->state->step, .steps = c->steps, .tokens = s->state->tokens};
  p.means = *v;
  p.eval = eval;
  p.tokens_per_second = rate;
  p.seconds = t - s->begun;
  p.seconds_left = done > 0 ? p.seconds / done * (double)(c->steps - p.step) : 0;
  if (s->run->progress)
    s->run->progress(s->run->ctx, &p);
  rt_code code = rt__metrics_add(&s->metrics, kind, s->state, v, p.seconds, rate, err);
  s->lap = now(s);
  s->lap_tokens = s->state->tokens;
  return code;
}

static rt_code evaluate(session *s, size_t most, rt_error *err)
{
  rt_code code = rt__bench_eval(s->bench, s->state, most, &s->last, err);
  if (!code && s->last.positions)
    code = note(s, "eval", &s->last, err);
  return code;
}

static rt_code save(session *s, rt_error *err)
{
  rt_code code = rt_checkpoint_write(s->checkpoint, s->state, s->key, err);
  return code ? code : rt__metrics_page(&s->metrics, "retort distill train", s->page, err);
}

/* ---- the loop */

static bool due(uint64_t step, uint64_t every)
{
  return every && step % every == 0;
}

static rt_code one_step(session *s, rt_error *err)
{
  const rt_conf *c = s->run->task.conf;
  rt_means v;
  rt_code code = rt__bench_step(s->bench, s->state, &v, err);
  uint64_t step = s->state->step, every = c->steps / LINES + 1;
  if (!code && (due(step, every) || step == c->steps))
    code = note(s, "step", &v, err);
  if (!code && due(step, c->eval_every) && step < c->steps)
    code = evaluate(s, EVAL_WINDOWS, err);
  if (!code && due(step, c->save_every) && step < c->steps)
    code = save(s, err);
  return code;
}

static rt_code loop(session *s, rt_error *err)
{
  const rt_run *r = s->run;
  if (s->state->step >= r->task.conf->steps) /* done before: its history has its end already */
    return rt__bench_eval(s->bench, s->state, 0, &s->last, err);
  rt_code code = s->state->step == 0 ? evaluate(s, EVAL_WINDOWS, err) : RT_OK;
  while (!code && s->state->step < r->task.conf->steps) {
    code = one_step(s, err);
    if (!code && r->stop && r->stop(r->ctx) && s->state->step < r->task.conf->steps) {
      code = save(s, err);
      return code ? code
                  : rt__fail(err, RT_E_STOPPED, "stopped at step %llu; the same command goes on",
                             (unsigned long long)s->state->step);
    }
  }
  code = code ? code : evaluate(s, 0, err);
  return code ? code : save(s, err);
}

rt_code rt_train(const rt_run *r, rt_state *state, rt_means *last, rt_error *err)
{
  session s = {.run = r, .state = state, .lock = -1};
  rt_code code = rt__bench_new(&r->task, &state->model->config, &s.bench, err);
  if (!code)
    code = begin(&s, err);
  if (!code) {
    code = loop(&s, err);
    rt__metrics_free(&s.metrics);
  }
  if (s.lock >= 0)
    (void)close(s.lock);
  rt__bench_free(s.bench);
  *last = s.last;
  return code;
}
