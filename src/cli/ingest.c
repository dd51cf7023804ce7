#include "cli/ingest.h"

#include "cli/mapfile.h"
#include "cli/progress.h"
#include "digest/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define DIGESTER_MEMORY ((size_t)64 << 20) /* bytes a thread: hashes of what was announced */
#define KEY_FILE_MAX    ((size_t)1 << 20)
#define EXAMPLES_SHOWN  3 /* of one cause */
#define DAMAGE_KEPT     5

/* ---- the key */

static int read_key(const cli_args *a, const char *path, rt_key *key)
{
  static char bytes[KEY_FILE_MAX + 1];
  rt_error err = {0};
  size_t n;
  int status = cli_read_small(a, "key file", path, bytes, sizeof bytes, &n);
  if (status != CLI_DONE)
    return status;
  if (n > KEY_FILE_MAX)
    status = cli_unusable(a, "the key file %s is too long for a key", path);
  else if (rt_key_from_bytes(bytes, n, key, &err) != RT_OK)
    status = cli_error(a, path, &err);
  memset(bytes, 0, sizeof bytes);
  return status;
}

int cli_key(const cli_args *a, rt_key *key)
{
  const char *path = cli_text(a, "key-file", NULL);
  if (path)
    return read_key(a, path, key);
  return rt_key_default(key) == RT_OK ? CLI_DONE : cli_failed(a, "no SHA-256 in this OpenSSL");
}

int cli_ingest_init(const cli_args *a, cli_ingest *in)
{
  *in = (cli_ingest){.threads = cli_threads(a)};
  if (in->threads > CLI_INGEST_THREADS)
    in->threads = CLI_INGEST_THREADS;
  return cli_key(a, &in->key);
}

int cli_ingest_spool(const cli_args *a, cli_ingest *in, unsigned i, rt__spool *spool,
                     size_t *memory_max)
{
  rt_error err = {0};
  const char *dir = getenv("TMPDIR");
  uint64_t share = cli_size(a, "memory-limit", CLI_INGEST_MEMORY) / (in->threads + 1);
  *memory_max = share ? (size_t)share : 1;
  if (rt__spool_files_new(rt_alloc_default(), dir && *dir ? dir : "/var/tmp", &in->spools[i],
                          &err) != RT_OK)
    return cli_error(a, NULL, &err);
  *spool = rt__spool_files_callbacks(in->spools[i]);
  return CLI_DONE;
}

/* ---- the run */

typedef struct run {
  const cli_args *a;
  cli_ingest *in;
  rt_digester *digesters[CLI_INGEST_THREADS];
  uint64_t counts[CLI_INGEST_THREADS + 1][8]; /* a cache line each */
  rt__file_reader *file;
  const rt__feed_options *options;
  cli_progress *progress;
  size_t n_damage;
  struct {
    uint32_t input;
    rt_error why;
  } damage[DAMAGE_KEPT];
} run;

static rt_code on_exchange(void *ctx, unsigned thread, const rt_exchange *x, const rt__place *at,
                           rt_error *err)
{
  run *r = ctx;
  (void)at;
  r->counts[thread][0]++;
  return rt_digester_add(r->digesters[thread], x, &r->in->sinks[thread], err);
}

/* ---- digest files: through these to the sink behind the threads', counted on the way */

static rt_code pass_account(void *ctx, uint64_t hash, rt_slice name, rt_error *err)
{
  const run *r = ctx;
  const rt_digest_sink *to = &r->in->sinks[r->in->threads];
  return to->account ? to->account(to->ctx, hash, name, err) : RT_OK;
}

static rt_code pass_segment(void *ctx, const rt_segment *segment, rt_error *err)
{
  const run *r = ctx;
  const rt_digest_sink *to = &r->in->sinks[r->in->threads];
  return to->segment ? to->segment(to->ctx, segment, err) : RT_OK;
}

static rt_code pass_record(void *ctx, const rt_digest *digest, rt_error *err)
{
  run *r = ctx;
  const rt_digest_sink *to = &r->in->sinks[r->in->threads];
  r->counts[r->in->threads][0]++;
  return to->record(to->ctx, digest, err);
}

static rt_code open_digest_file(run *r, rt_error *err)
{
  const rt_digest_sink sink = {r, pass_account, pass_segment, pass_record};
  return rt__file_reader_new(rt_alloc_default(), &r->in->key, &sink, &r->file, err);
}

static void close_digest_file(run *r)
{
  if (!r->file)
    return;
  r->in->lost_digests += rt__file_reader_lost(r->file);
  rt__file_reader_free(r->file);
  r->file = NULL;
}

/* a damaged block costs that block: remembered, counted, passed over */
static rt_code skip_damage(run *r, uint32_t input, rt_code c, rt_error *err)
{
  while (c != RT_OK && rt__file_reader_can_skip(r->file)) {
    if (r->n_damage < DAMAGE_KEPT) {
      r->damage[r->n_damage].input = input;
      r->damage[r->n_damage].why = *err;
    }
    r->n_damage++;
    c = rt__file_reader_skip(r->file, err);
  }
  return c;
}

static rt_code on_digest(void *ctx, uint32_t input, const void *p, size_t n, rt_error *err)
{
  run *r = ctx;
  rt_code c = r->file ? RT_OK : open_digest_file(r, err);
  if (c == RT_OK)
    c = n ? rt__file_reader_feed(r->file, p, n, err) : rt__file_reader_close(r->file, err);
  if (c != RT_OK && n && r->file)
    c = skip_damage(r, input, c, err);
  if (c != RT_OK || n == 0)
    close_digest_file(r);
  return c;
}

static void on_progress(void *ctx, const rt__feed_progress *p)
{
  run *r = ctx;
  cli_progress_at(r->progress, p->bytes, p->total, p->exchanges);
}

static rt_code new_digesters(run *r, rt_error *err)
{
  rt_code c = RT_OK;
  for (unsigned i = 0; i < r->in->threads && c == RT_OK; i++)
    c = rt_digester_new(rt_alloc_default(), &r->in->key, DIGESTER_MEMORY, &r->digesters[i], err);
  return c;
}

static rt_code feed(run *r, rt_error *err)
{
  rt__feed_options o = *r->options;
  o.paths = (const char *const *)r->a->operands;
  o.n_paths = r->a->n_operands;
  o.threads = r->in->threads;
  const rt__feed_callbacks cb = {
      .ctx = r, .exchange = on_exchange, .digest = on_digest, .progress = on_progress};
  rt_code c = new_digesters(r, err);
  if (c == RT_OK)
    c = rt__feed_run(&o, &cb, &r->in->feed, err);
  close_digest_file(r);
  for (unsigned i = 0; i < r->in->threads; i++)
    rt_digester_free(r->digesters[i]);
  for (unsigned i = 0; i <= r->in->threads; i++)
    r->in->exchanges += r->counts[i][0];
  return c;
}

/* ---- what to say of it */

static const char *plural(uint64_t n)
{
  return n == 1 ? "" : "s";
}

static void say_cause(const cli_args *a, const rt__feed_result *f, int cause)
{
  const rt__tally *t = &f->tally;
  const char *what = cause >= RT__CAUSE_FIRST_OTHER     ? "passed over"
                     : cause >= RT__CAUSE_FIRST_WARNING ? "read in part"
                                                        : "refused";
  uint32_t shown = t->kept[cause] < EXAMPLES_SHOWN ? t->kept[cause] : EXAMPLES_SHOWN;
  if (t->count[cause] == 0)
    return;
  cli_say(a, "%llu line%s %s: %s (%s)", (unsigned long long)t->count[cause],
          plural(t->count[cause]), what, rt__cause_name((rt__cause)cause),
          rt__cause_text((rt__cause)cause));
  for (uint32_t i = 0; i < shown; i++) {
    const rt__example *e = &t->first[cause][i];
    cli_say(a, "  %s:%llu: %s", f->inputs.v[e->at.file].path, (unsigned long long)e->at.line,
            e->message);
  }
}

/* what can't be read leaves a run that failed part-way, and says so; another key or version is
 * unusable */
static int status_of(const rt__input *input)
{
  return input->code == RT_E_KEY || input->code == RT_E_VERSION ? CLI_UNUSABLE : CLI_FAILED;
}

static void say_inputs(const cli_args *a, cli_ingest *in)
{
  for (size_t i = 0; i < in->feed->inputs.n; i++) {
    const rt__input *input = &in->feed->inputs.v[i];
    if (input->code != RT_OK) {
      int status = status_of(input);
      in->worst = status > in->worst ? status : in->worst;
      in->troubles++;
    }
    if (input->message[0])
      cli_say(a, "%s", input->message);
    else if (input->code == RT_OK && !input->skipped && input->unpacked == 0)
      cli_say(a, "%s: the file is empty", input->path);
  }
  if (in->lost_digests) {
    cli_say(a, "%llu exchange%s lost in damaged blocks", (unsigned long long)in->lost_digests,
            plural(in->lost_digests));
    in->worst = in->worst > CLI_FAILED ? in->worst : CLI_FAILED;
  }
}

static void say_damage(const run *r)
{
  const rt__inputs *inputs = &r->in->feed->inputs;
  for (size_t i = 0; i < r->n_damage && i < DAMAGE_KEPT; i++)
    cli_say(r->a, "%s: byte %llu: %s; this block of digests is passed over",
            inputs->v[r->damage[i].input].path, (unsigned long long)r->damage[i].why.offset,
            r->damage[i].why.message);
}

static bool has_key_trouble(const cli_ingest *in)
{
  for (size_t i = 0; i < in->feed->inputs.n; i++)
    if (in->feed->inputs.v[i].code == RT_E_KEY || in->feed->inputs.v[i].code == RT_E_VERSION)
      return true;
  return false;
}

static int judge(const cli_args *a, cli_ingest *in)
{
  uint64_t refused = rt__tally_refused(&in->feed->tally);
  for (int c = 0; c < RT__CAUSE_COUNT; c++)
    say_cause(a, in->feed, c);
  say_inputs(a, in);
  if (has_key_trouble(in)) /* half of such a set would look like the whole */
    return CLI_UNUSABLE;
  if (in->exchanges == 0 && (refused || in->troubles))
    return cli_unusable(a, "no exchange could be read");
  if (cli_given(a, "strict") && (refused || in->troubles || in->lost_digests))
    return cli_unusable(a, "stopped, since --strict was given and not everything could be read");
  return CLI_DONE;
}

/* better said before an hour of reading than after it */
static int check_operands(const cli_args *a)
{
  for (size_t i = 0; i < cli_operands(a); i++) {
    const char *path = cli_operand(a, i);
    if (strcmp(path, "-") != 0 && access(path, R_OK) != 0)
      return cli_unusable(a, "cannot read %s: %s", path, strerror(errno));
  }
  return CLI_DONE;
}

static int run_feed(const cli_args *a, cli_ingest *in, run *r)
{
  rt_error err = {0};
  r->progress = cli_progress_new();
  rt_code c = feed(r, &err);
  cli_progress_free(r->progress);
  if (c != RT_OK)
    return cli_error(a, NULL, &err);
  say_damage(r);
  return judge(a, in);
}

int cli_ingest_run(const cli_args *a, cli_ingest *in)
{
  rt__feed_options o = {.threads = 0};
  rt__mapping *mapping;
  run r = {.a = a, .in = in, .options = &o};
  int status = check_operands(a);
  if (status == CLI_DONE)
    status = cli_field_options(a, &o, &mapping);
  if (status != CLI_DONE)
    return status;
  status = run_feed(a, in, &r);
  if (in->feed)
    cli_mapping_complain(a, mapping, in->feed);
  rt__mapping_free(mapping);
  return status;
}

void cli_ingest_free(cli_ingest *in)
{
  rt__feed_result_free(in->feed);
  for (unsigned i = 0; i <= CLI_INGEST_THREADS; i++)
    rt__spool_files_free(in->spools[i]);
  memset(in, 0, sizeof *in);
}
