/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * p56 -- the active speech level of a recording: how loud speech is while somebody speaks, whatever the pauses.
 *
 * ITU-T P.56 (12/2011), method B. Levels are in dBov: 0 is the RMS of a square wave at full scale (ITU-T G.100.1).
 * Pure; any thread.
 */
#ifndef WIRE_P56_H
#define WIRE_P56_H

#include <stddef.h>
#include <stdint.h>

#define P56_SILENT (-100.0) /* dBov: nothing was active */

struct p56 {
	double active_dbov; /* P56_SILENT where there is no activity */
	double activity; /* share of the time, 0..1 */
	double rms_dbov; /* of all of it; P56_SILENT where that is lower */
	double peak; /* the largest magnitude, 1 is full scale */
};

/* n samples, full scale +-1, rate of them a second (8,000 to 48,000). */
struct p56 p56_measure(const float *x, size_t n, uint32_t rate);

#endif
