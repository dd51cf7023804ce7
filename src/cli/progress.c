#include "cli/progress.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define REDRAW_MS 200

struct cli_progress {
  uint64_t total;
  _Atomic uint64_t bytes, exchanges, drawn_ms;
  uint64_t start_ms;
};

static uint64_t now_ms(void)
{
  struct timespec t;
  (void)clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

cli_progress *cli_progress_new(uint64_t total_bytes)
{
  if (!isatty(STDERR_FILENO))
    return NULL;
  cli_progress *p = calloc(1, sizeof *p);
  if (!p)
    return NULL;
  p->total = total_bytes;
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

static void draw(cli_progress *p, uint64_t now)
{
  double seconds = (double)(now - p->start_ms) / 1000.0;
  uint64_t bytes = p->bytes, exchanges = p->exchanges;
  double rate = seconds > 0 ? (double)exchanges / seconds : 0;
  if (p->total && bytes && bytes <= p->total) {
    char left[32];
    time_left(left, (uint64_t)(seconds * (double)(p->total - bytes) / (double)bytes));
    (void)fprintf(stderr, "\r\033[K%.0f of %.0f MB, %" PRIu64 " exchanges, %.0f/s, %s left",
                  (double)bytes / 1e6, (double)p->total / 1e6, exchanges, rate, left);
  } else {
    (void)fprintf(stderr, "\r\033[K%.0f MB, %" PRIu64 " exchanges, %.0f/s", (double)bytes / 1e6,
                  exchanges, rate);
  }
}

void cli_progress_add(cli_progress *p, uint64_t bytes, uint64_t exchanges)
{
  if (!p)
    return;
  atomic_fetch_add(&p->bytes, bytes);
  atomic_fetch_add(&p->exchanges, exchanges);
  uint64_t now = now_ms(), last = p->drawn_ms;
  /* whoever moves drawn_ms draws; the others go on */
  if (now - last >= REDRAW_MS && atomic_compare_exchange_strong(&p->drawn_ms, &last, now))
    draw(p, now);
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
