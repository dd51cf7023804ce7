/* distill - what the commands within `retort distill` share: models, texts, signals, progress.
 *
 * Functions that return an exit status have said what is wrong when it isn't CLI_DONE.
 */
#ifndef RT_CLI_DISTILL_H
#define RT_CLI_DISTILL_H

#include "cli/cli.h"
#include "distill/corpus.h"
#include "distill/gemm.h"
#include "distill/import.h"

extern const cli_command cli_distill_cache, cli_distill_train, cli_distill_export, cli_distill_eval;

/* --memory-limit, or nine tenths of the machine's memory */
uint64_t cli_distill_memory(const cli_args *a);

/* the engine for --threads */
int cli_distill_engine(const cli_args *a, rt__engine **out);

/* the model that an option names, which must be given */
int cli_distill_model(const cli_args *a, const char *option, rt_imported *out);

/* all --text files as windows of seq tokens; --text must be given */
int cli_distill_corpus(const cli_args *a, const rt_tokenizer *t, uint32_t seq, rt_corpus **out);

/* the tokenizer beside a .kdt: written by cache, read by train */
int cli_distill_keep_tokenizer(const cli_args *a, const char *kdt, const rt_tokenizer *t);
int cli_distill_kept_tokenizer(const cli_args *a, const char *kdt, rt_tokenizer **out);

/* all of these commands take options only */
int cli_distill_no_operands(const cli_args *a);
/* --out or --run and the like, which must be given */
int cli_distill_need(const cli_args *a, const char *option, const char **out);

/* says an error met while writing: a full disk is a failure, not bad input */
int cli_distill_write_error(const cli_args *a, const rt_error *err);

/* SIGINT and SIGTERM ask to stop instead of killing; ctx is unused */
void cli_distill_watch_signals(void);
bool cli_distill_stopped(void *ctx);

double cli_distill_clock(void *ctx); /* monotonic seconds */

/* "3 % of 1,200 windows" on standard error now and then; shaped for rt_teach and rt_assess. ctx is
 * the cli_args. True when a signal asked to stop. */
bool cli_distill_windows(void *ctx, uint64_t done, uint64_t all);

/* a line on standard error at most every few seconds (more often on a terminal) */
bool cli_distill_due(void);

#endif
