/* findings_file - a findings file read back: the run, its campaigns, and of the members those asked
 * for.
 *
 * Caveats
 *  - All of it lives in one arena of at most CLI_FINDINGS_MAX bytes; account lines are only looked
 * through.
 *  - Lines of a type that is not known are passed over; a broken line makes the file unusable, with
 * its number.
 */
#ifndef RT_CLI_FINDINGS_FILE_H
#define RT_CLI_FINDINGS_FILE_H

#include "cli/cli.h"
#include "report/casefile.h"

#define CLI_FINDINGS_MAX ((size_t)2 << 30)

typedef struct cli_member {
  rt__case_member member;
  size_t campaign; /* index of its campaign */
  rt_slice line;   /* as it stands in the file */
} cli_member;

typedef struct cli_campaign {
  rt__case file; /* members are filled in for the campaign that was asked for */
  rt_slice line;
} cli_campaign;

/* what to keep besides run and campaigns; NULL = nothing of it */
typedef struct cli_wanted {
  const char *campaign; /* its members; the start of an id is enough */
  const char *account;  /* its member or account line */
} cli_wanted;

typedef struct cli_findings {
  rt__arena *arena;
  rt__summary run;  /* rows are those of the campaigns */
  int64_t until_us; /* last exchange; 0: not said */
  bool all;         /* account lines were asked for when the file was made */
  cli_campaign *campaigns;
  size_t n_campaigns, campaigns_cap;
  cli_member *members;
  size_t n_members, members_cap;
  bool has_note;
  rt__case_note note;
  rt_slice note_line;
} cli_findings;

/* an exit status; the complaint has been made. Free afterwards in any case. */
int cli_findings_read(const cli_args *a, const char *path, const cli_wanted *wanted,
                      cli_findings *f);
void cli_findings_free(cli_findings *f);

/* index of the one campaign whose id starts so; n_campaigns if there is none, or more than one
 * (then *many) */
size_t cli_findings_find(const cli_findings *f, const char *id, bool *many);

#endif
