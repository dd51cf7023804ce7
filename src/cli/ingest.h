/* ingest - logs and digests from wherever, as digests into one sink a thread; and what to say about
 * what could not be read.
 */
#ifndef RT_CLI_INGEST_H
#define RT_CLI_INGEST_H

#include "cli/cli.h"
#include "feed/feed.h"
#include "feed/spool.h"
#include "retort/digest.h"

#define CLI_INGEST_THREADS RT__FEED_THREADS_MAX
#define CLI_INGEST_MEMORY                                                                          \
  (UINT64_C(1) << 30) /* bytes for digests where --memory-limit does not say */

typedef struct cli_ingest {
  rt_key key;
  unsigned threads;
  rt_digest_sink
      sinks[CLI_INGEST_THREADS + 1]; /* set by the caller: one a thread, and one for digest files */
  rt__spool_files *spools[CLI_INGEST_THREADS + 1]; /* made by cli_ingest_spool */
  /* results */
  rt__feed_result *feed;
  uint64_t exchanges;    /* those of digest files included */
  uint64_t lost_digests; /* records in damaged blocks */
  size_t troubles;       /* inputs that could not be read to their end */
  int worst;             /* CLI_DONE, or the exit status that those troubles call for */
} cli_ingest;

/* the key of --key-file, or the default one. An exit status. */
int cli_key(const cli_args *a, rt_key *key);

/* threads from the arguments, key from --key-file where the command has it. An exit status. */
int cli_ingest_init(const cli_args *a, cli_ingest *in);
/* Reads all operands. CLI_DONE means that the run went to its end and there is something to go on
 * with; the complaints about lines and inputs have been made, and `worst` says what to leave with.
 * With --strict any refused line makes the input unusable. */
int cli_ingest_run(const cli_args *a, cli_ingest *in);
/* the disk behind producer i (of threads + 1), in TMPDIR or /var/tmp, and its share of
 * --memory-limit */
int cli_ingest_spool(const cli_args *a, cli_ingest *in, unsigned i, rt__spool *spool,
                     size_t *memory_max);
/* after the sets that spool */
void cli_ingest_free(cli_ingest *in);

#endif
