/* retort/retort.h - everything a program needs to use libretort.
 *
 * The way of an exchange: fill an rt_exchange, hand it to an rt_digester with the sink of an
 * rt_scan, run the scan, read the findings. See examples/scan_three.c for a whole program.
 */
#ifndef RETORT_RETORT_H
#define RETORT_RETORT_H

#include "retort/digest.h"
#include "retort/error.h"
#include "retort/exchange.h"
#include "retort/finding.h"
#include "retort/scan.h"

#ifdef __cplusplus
extern "C" {
#endif

/* "0.1.0" */
const char *rt_version(void);

#ifdef __cplusplus
}
#endif
#endif
