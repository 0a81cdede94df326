/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * loss_snr -- segmental SNR of what was heard, for the benchmarks of lossy lines.
 *
 * Segments have 32 ms; those count in which the original speaks (above -45 dBov). The SNR of each is held between -10 and 35 dB before
 * the mean is taken, so that neither silence nor what is perfect decides (Hansen and Pellom, ICSLP 1998; the idea of segments is
 * Quackenbush, Barnwell and Clements', Objective Measures of Speech Quality, 1988).
 *
 * It compares waves, and that says what it cannot do. A codec that keeps the sound and not the wave, as Opus, has 6 dB
 * against the original when nothing is lost, which nobody hears; ITU-T P.862 compares loudness and no waves. So
 * three things are told: against the original, as it was spoken; against the same codec without loss, which is what the loss did
 * and not the codec; and both over the segments of which something was lost, since the mean over all of them is mostly
 * about those that nothing happened to. The SNR of the magnitudes of the spectrum (Hann's window) stands between: it forgives a
 * shifted phase, as an ear does.
 *
 * Where a segment is heard is found in segments that lost nothing, near the place of the one before. One that lost something is
 * taken where its neighbours are, the earlier or the later: looked for by itself it would be found where something like
 * it was said.
 */
#ifndef BENCH_LOSS_SNR_H
#define BENCH_LOSS_SNR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SNR_SEGMENT 256 /* samples, 32 ms at 8,000 Hz */

struct snr_wave {
	const int16_t *pcm; /* 8,000 Hz */
	size_t n;
};

/* dB; NAN: there was none. */
struct snr_mean {
	double all, hurt;
};

struct snr {
	struct snr_mean original, clean,
		sound; /* sound: of magnitudes, against the original */
};

/* Was something of these samples of the original lost? */
typedef bool snr_is_hurt(const void *arg, size_t at);

/* clean: the same way without loss. ENOMEM. */
int snr_compare(struct snr *out, const struct snr_wave *original,
	const struct snr_wave *clean, const struct snr_wave *heard, snr_is_hurt *is_hurt,
	const void *arg);

#endif
