#include "cli/beside.h"

#include "feed/facts.h"

typedef struct reader {
  const cli_args *a;
  rt_scan *scan;
  cli_beside *b;
  rt__facts_reader *facts;
  rt_code (*take)(struct reader *r, rt_slice line, rt_error *err);
  struct {
    rt__place at;
    char message[RT_ERROR_TEXT_MAX];
  } bad[CLI_BAD_LINES_SHOWN];
} reader;

static rt_code take_facts(reader *r, rt_slice line, rt_error *err)
{
  rt_facts f;
  rt_code c = rt__facts_read(r->facts, line, &f, err);
  return c == RT_OK ? rt_scan_add_facts(r->scan, &f, err) : c;
}

static rt_code take_event(reader *r, rt_slice line, rt_error *err)
{
  rt_event e;
  rt_code c = rt__event_read(r->facts, line, &e, err);
  if (c == RT_E_NOTFOUND) /* other people's events are none of ours */
    return RT_OK;
  return c == RT_OK ? rt_scan_add_event(r->scan, &e, err) : c;
}

/* a bad line costs itself; running out of memory costs the run */
static rt_code on_line(void *ctx, unsigned thread, rt_slice line, const rt__place *at,
                       rt_error *err)
{
  reader *r = ctx;
  rt_error why = {0};
  (void)thread;
  r->b->lines++;
  rt_code c = r->take(r, line, &why);
  if (c == RT_OK)
    return RT_OK;
  if (c == RT_E_NOMEM)
    return rt__fail(err, c, "%s", why.message);
  if (r->b->refused < CLI_BAD_LINES_SHOWN) {
    r->bad[r->b->refused].at = *at;
    memcpy(r->bad[r->b->refused].message, why.message, sizeof why.message);
  }
  r->b->refused++;
  return RT_OK;
}

static void say_bad_lines(const reader *r, const char *path)
{
  const cli_beside *b = r->b;
  for (uint64_t i = 0; i < b->refused && i < CLI_BAD_LINES_SHOWN; i++)
    cli_say(r->a, "%s:%llu: %s", b->feed->inputs.v[r->bad[i].at.file].path,
            (unsigned long long)r->bad[i].at.line, r->bad[i].message);
  if (b->refused)
    cli_say(r->a, "%s: %llu of %llu lines refused", path, (unsigned long long)b->refused,
            (unsigned long long)b->lines);
}

static int say_troubles(const reader *r)
{
  int status = CLI_DONE;
  for (size_t i = 0; i < r->b->feed->inputs.n; i++) {
    const rt__input *in = &r->b->feed->inputs.v[i];
    if (in->code != RT_OK)
      status = cli_unusable(r->a, "%s", in->message);
    else if (in->digest)
      status = cli_unusable(r->a, "%s: these are digests", in->path);
  }
  return status;
}

/* lines beyond the maximum and the like, which the feed refused before we saw them */
static void count_refused(cli_beside *b)
{
  b->refused += rt__tally_refused(&b->feed->tally);
  b->lines += rt__tally_refused(&b->feed->tally);
}

static int read_all(reader *r, const char *path)
{
  rt_error err = {0};
  *r->b = (cli_beside){0};
  if (rt__facts_reader_new(rt_alloc_default(), &r->facts, &err) != RT_OK)
    return cli_error(r->a, path, &err);
  rt__feed_options o = {.paths = &path, .n_paths = 1, .threads = 1, .line_max = RT__FACTS_LINE_MAX};
  rt__feed_callbacks cb = {.ctx = r, .line = on_line};
  int status = CLI_DONE;
  if (rt__feed_run(&o, &cb, &r->b->feed, &err) != RT_OK)
    status = cli_error(r->a, path, &err);
  rt__facts_reader_free(r->facts);
  if (!r->b->feed)
    return status;
  say_bad_lines(r, path);
  count_refused(r->b);
  return status == CLI_DONE ? say_troubles(r) : status;
}

int cli_read_accounts(const cli_args *a, const char *path, rt_scan *scan, cli_beside *b)
{
  reader r = {.a = a, .scan = scan, .b = b, .take = take_facts};
  return read_all(&r, path);
}

int cli_read_events(const cli_args *a, const char *path, rt_scan *scan, cli_beside *b)
{
  reader r = {.a = a, .scan = scan, .b = b, .take = take_event};
  return read_all(&r, path);
}

void cli_beside_free(cli_beside *b)
{
  rt__feed_result_free(b->feed);
  b->feed = NULL;
}
