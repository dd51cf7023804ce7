/* state - what a daily scan keeps from one day to the next: digests and a memory, in one file.
 *
 * The file is a digest file (digest/file.h) with a block of its own in front, which holds the
 * memory; so every command that takes digests takes a state, too. A plain digest file is a state of
 * version 1: it has no memory, may be in any order, and is written as version 2 next time. Layout:
 * docs/daily.md.
 *
 * Use: rt__state_open, what it says of the file, rt__state_read, rt__state_replace,
 * rt__state_close.
 *
 * Caveats
 *  - Opening takes a lock on PATH.lock, which stays where it is; it is given back by close or by
 * the end of the process, however that comes. Two opens of one process do not see each other's.
 *  - The file is replaced when the new one is whole and on disk: written to PATH.new, synced,
 *    renamed. Whatever stops the program leaves the old bytes or the new ones. What an interrupted
 *    run left at PATH.new is overwritten by the next.
 *  - A link stays a link: what it points to is replaced.
 *  - The bytes are a function of the digests, the memory and the key.
 */
#ifndef RT_STATE_STATE_H
#define RT_STATE_STATE_H

#include "state/calendar.h"
#include "state/memory.h"
#include "state/pour.h"

#define RT__STATE_VERSION 2
#define RT__STATE_BLOCK   RT__FILE_OWN_FIRST /* the type of the block in front */

typedef struct rt__state rt__state;

/* Locks, and reads what stands in front of the digests. A file that is not there is a state with
 * nothing in it. RT_E_STOPPED: another run has the lock. RT_E_KEY, RT_E_VERSION, RT_E_FORMAT,
 * RT_E_CHECKSUM, RT_E_TRUNCATED, RT_E_IO: as they say, with words on what to do. */
rt_code rt__state_open(const char *path, const rt_key *key, rt__state **out, rt_error *err);
void rt__state_close(rt__state *s);

bool rt__state_exists(const rt__state *s);
bool rt__state_is_plain(const rt__state *s);                /* version 1 */
const rt__memory *rt__state_memory(const rt__state *s);     /* empty in version 1 */
const rt__calendar *rt__state_calendar(const rt__state *s); /* empty in version 1 */
uint64_t rt__state_bytes(const rt__state *s);               /* of the file */

/* All digests into a sink (its callbacks may be NULL); in the order of the house but in version 1.
 */
rt_code rt__state_read(const rt__state *s, const rt_digest_sink *sink, rt_error *err);

/* Puts a new file in the place of the old one. `memory` NULL: as a plain digest file. */
rt_code rt__state_replace(rt__state *s, const rt__set *set, const rt__memory *memory,
                          rt_error *err);

#endif
