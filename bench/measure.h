/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * measure -- what the benchmarks of voice share: a clock, the best of several rounds, and ten seconds of voice with its packets
 * in each codec at either rate.
 *
 * The voice is made up, always the same (voice.h). All of it is static; one thread.
 */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sound/codec.h"

#define MEASURE_FRAMES 500 /* ten seconds */

struct measure_packet {
	uint8_t p[SOUND_BYTES_MAX];
	size_t n;
};

/* Ends the program when there was an error. */
void measure_must(int err, const char *what);
/* Of this process, in microseconds. */
double measure_cpu_us(void);
/* The least of all v so far; *best is 0 or below: none yet. A busy machine disturbs it little. */
void measure_keep_best(double *best, double v);

/* Once, before the two below. */
void measure_prepare(bool with_pauses);
/* Of 20 ms, rate / 50 samples. */
const int16_t *measure_frame(uint32_t rate, int frame);
/* The same frame, encoded without regard for what came before the first. */
const struct measure_packet *measure_packet(
	enum sound_codec codec, uint32_t rate, int frame);

#endif
