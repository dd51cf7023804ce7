#include "cli/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define REDRAW_MS 200

struct cli_progress {
  uint64_t start_ms, drawn_ms;
};

static uint64_t now_ms(void)
{
  struct timespec t;
  (void)clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

cli_progress *cli_progress_new(void)
{
  if (!isatty(STDERR_FILENO))
    return NULL;
  cli_progress *p = calloc(1, sizeof *p);
  if (p)
    p->start_ms = now_ms();
  return p;
}

/* "12 s", "3 min 20 s" */
static void time_left(char out[32], uint64_t seconds)
{
  if (seconds < 60)
    (void)snprintf(out, 32, "%" PRIu64 " s", seconds);
  else
    (void)snprintf(out, 32, "%" PRIu64 " min %" PRIu64 " s", seconds / 60, seconds % 60);
}

void cli_progress_at(cli_progress *p, uint64_t bytes, uint64_t total, uint64_t exchanges)
{
  uint64_t now = p ? now_ms() : 0;
  if (!p || now - p->drawn_ms < REDRAW_MS)
    return;
  p->drawn_ms = now;
  double seconds = (double)(now - p->start_ms) / 1000.0;
  double rate = seconds > 0 ? (double)exchanges / seconds : 0;
  (void)fprintf(stderr, "\r\033[K%.0f", (double)bytes / 1e6);
  if (total)
    (void)fprintf(stderr, " of %.0f", (double)total / 1e6);
  (void)fprintf(stderr, " MB, %" PRIu64 " exchanges, %.0f/s", exchanges, rate);
  if (total && bytes && bytes <= total) {
    char left[32];
    time_left(left, (uint64_t)(seconds * (double)(total - bytes) / (double)bytes));
    (void)fprintf(stderr, ", %s left", left);
  }
}

void cli_progress_phase(cli_progress *p, const char *phase)
{
  if (p)
    (void)fprintf(stderr, "\r\033[K%s ...", phase);
}

void cli_progress_free(cli_progress *p)
{
  if (p)
    (void)fputs("\r\033[K", stderr);
  free(p);
}
