/* digest - what retort keeps of an exchange, as a file that holds no text. */
#include "cli/ingest.h"
#include "cli/mapfile.h"
#include "cli/out.h"
#include "digest/file.h"
#include "state/pour.h"

typedef struct job {
  const cli_args *a;
  cli_ingest in;
  rt__set *sets[CLI_INGEST_THREADS + 1]; /* one a producer; the first takes the others in */
  rt__file_writer *writer;
} job;

static int open_sets(job *j)
{
  rt_error err = {0};
  int status = CLI_DONE;
  for (unsigned i = 0; i <= j->in.threads && status == CLI_DONE; i++) {
    rt__spool spool;
    size_t memory;
    status = cli_ingest_spool(j->a, &j->in, i, &spool, &memory);
    if (status != CLI_DONE)
      return status;
    if (rt__set_new(rt_alloc_default(), memory, &spool, &j->sets[i], &err) != RT_OK)
      status = cli_error(j->a, NULL, &err);
    else
      j->in.sinks[i] = rt__set_sink(j->sets[i]);
  }
  return status;
}

/* one set in the order of the house, so that the file is the same for any order of lines and
 * threads */
static rt_code join(job *j, rt_error *err)
{
  rt_code c = RT_OK;
  for (unsigned i = 1; i <= j->in.threads && c == RT_OK; i++)
    c = rt__set_absorb(j->sets[0], j->sets[i], err);
  return c == RT_OK ? rt__set_seal(j->sets[0], err) : c;
}

static rt_code write_all(job *j, cli_out *out, rt_error *err)
{
  rt_code c =
      rt__file_writer_new(rt_alloc_default(), &j->in.key, cli_out_write, out, &j->writer, err);
  if (c != RT_OK)
    return c;
  const rt_digest_sink to = rt__file_writer_sink(j->writer);
  c = rt__pour_all(j->sets[0], &to, err);
  return c == RT_OK ? rt__file_writer_close(j->writer, err) : c;
}

static int digest(job *j, cli_out *out)
{
  rt_error err = {0};
  int status = cli_ingest_init(j->a, &j->in);
  if (status == CLI_DONE)
    status = open_sets(j);
  if (status == CLI_DONE)
    status = cli_ingest_run(j->a, &j->in);
  if (status != CLI_DONE)
    return status;
  rt_code c = join(j, &err);
  if (c == RT_OK)
    c = write_all(j, out, &err);
  if (c != RT_OK)
    return err.code == RT_E_IO ? cli_failed(j->a, "%s", err.message) : cli_error(j->a, NULL, &err);
  return CLI_DONE;
}

static void close_all(job *j)
{
  rt__file_writer_free(j->writer);
  for (unsigned i = 0; i <= CLI_INGEST_THREADS; i++)
    rt__set_free(j->sets[i]);
}

static int run(const cli_args *a)
{
  static job j; /* too large for a stack */
  cli_out out;
  if (!cli_given(a, "out"))
    return cli_unusable(a, "--out FILE is needed (- for standard output)");
  int status = cli_out_open(a, cli_text(a, "out", NULL), &out);
  if (status != CLI_DONE)
    return status;
  j = (job){.a = a};
  status = digest(&j, &out);
  if (status == CLI_DONE)
    status = cli_out_commit(a, &out);
  else
    cli_out_discard(&out);
  if (status == CLI_DONE)
    status = j.in.worst;
  close_all(&j);
  cli_ingest_free(&j.in);
  return status;
}

static const cli_option options[] = {
    {"key-file", 0, "FILE", "key of the digests, 16 bytes or more; without it a public one is used",
     .kind = CLI_FILE},
    {"memory-limit", 0, "SIZE", "memory before a disk is used, such as 512M; 1G if not given",
     .kind = CLI_SIZE},
    CLI_FIELD_OPTIONS,
    {"strict", 0, NULL, "stop where a line or a file cannot be read", .kind = CLI_FLAG},
    {.name = NULL}};

const cli_command cli_cmd_digest = {
    .name = "digest",
    .synopsis = "[OPTION]... FILE... --out FILE",
    .summary = "make digests of log files: hashes, counts and times, no text",
    .description = "Reads exchanges as 'retort scan' does and writes what a scan needs of them: "
                   "keyed hashes, counts and times. "
                   "The file holds no text and shows no identifier; account names travel sealed "
                   "under the key. A scan of "
                   "digests finds what a scan of the logs finds, and every command that takes logs "
                   "takes digests too. Files "
                   "can be concatenated.\n\n"
                   "Where digests leave the house, use a key of your own (--key-file): with the "
                   "public key anybody can test a "
                   "guess against them.",
    .example = "retort digest exchanges.jsonl.zst --out day1.rtd\n"
               "retort digest logs/ --key-file gateway.key --out - | ssh scanner 'cat >> week.rtd'",
    .out = "the digest file; - is standard output",
    .options = options,
    .threads = true,
    .operands_min = 1,
    .run = run};
