/* arrive - when conversations begin: one small state machine a source, no memory of the past.
 *
 * All are functions of (arrival, seed, how many so far): the same source arrives at the same times
 * in every run, whoever else there is.
 */
#ifndef RT_WORLD_ARRIVE_H
#define RT_WORLD_ARRIVE_H

#include "world/dist.h"
#include "world/traces.h"

typedef struct rt__arrival {
  uint8_t when, curve; /* kinds.h */
  int8_t hours;        /* of the clock on the wall, ahead of UTC */
  uint8_t pauses;      /* hours-long silences, common to the source */
  float rate;          /* PERSON, STREAM, EVENT: starts an active day; CRON: a day; BATCH: a job */
  float on, weekend;   /* chance that a day is active; factor at week ends */
  float cv;            /* of the gaps of a STREAM or BATCH */
  float gap_s;         /* mean gap inside a BATCH job */
  float habit;         /* 0 to 1: phase of a clock, hour of a job */
  float pause_hours;
  uint16_t trace;   /* number of a real rate curve (modulo theirs) + 1; 0 = none */
  int64_t from, to; /* microseconds; to is excluded */
  uint64_t limit;   /* starts; 0 = any number */
} rt__arrival;

typedef struct rt__clock {
  int64_t t;     /* time of the last start */
  uint64_t n;    /* starts so far */
  uint64_t salt; /* draws so far */
  int32_t day;   /* since `from` */
  uint32_t left, session;
} rt__clock;

/* the next start goes to c->t; false when there is none any more. Amortised O(1) */
bool rt__arrive(const rt__arrival *a, const rt__traces *traces, uint64_t seed, rt__clock *c);

#endif
