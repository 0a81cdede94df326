/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * keys -- see keys.h
 *
 * spandsp's detector says when a key begins and ends, in blocks of 12.75 ms of which two must agree. A tone with a hole in
 * it, as a lost packet leaves one, would be two keys; here it is one.
 */
#include "sound/keys.h"

#include <errno.h>
#include <spandsp/telephony.h>
#include <spandsp/logging.h>
#include <spandsp/tone_generate.h>
#include <spandsp/super_tone_rx.h>
#include <spandsp/dtmf.h>
#include <stdlib.h>
#include <string.h>

#define STEP 20 /* samples at a time, so that changes can be told apart in time */
#define PAUSE \
	(8 * 42) /* samples between its end and the next, as told: two keys are 40 ms apart or more (ITU-T Q.24) */
/* By how much the low tone may be the louder one, and the high tone, in dB: Q.24 and ETSI ES 201 235-3 between them. */
#define TWIST         8
#define REVERSE_TWIST 6
#define KEEP          (-99) /* spandsp: leave as it is, -42 dBm0 */

/* RFC 4733 section 3.2: a key's number is its place. */
static const char names[] = "0123456789*#ABCD";

struct keys {
	dtmf_rx_state_t *rx;
	uint64_t now, gone; /* samples heard, and when the last key's tone ended */
	int last; /* that key, as spandsp writes it */
	/* of this call of keys_hear() */
	uint8_t *out;
	size_t n_out;
};

/* code 0: no tone any longer. */
static void on_change(void *user, int code, int level, int delay)
{
	struct keys *k = user;
	const char *at = code ? memchr(names, code, sizeof names - 1) : NULL;

	(void)level;
	(void)delay;
	if (!code)
		k->gone = k->now;
	if (!at)
		return;
	if ((code != k->last || k->now - k->gone >= PAUSE) && k->n_out < KEYS_MAX)
		k->out[k->n_out++] = (uint8_t)(at - names);
	k->last = code;
}

int keys_new(struct keys **out)
{
	struct keys *k = calloc(1, sizeof *k);

	if (!k)
		return ENOMEM;
	k->rx = dtmf_rx_init(NULL, NULL, NULL);
	if (!k->rx) {
		free(k);
		return ENOMEM;
	}
	dtmf_rx_parms(k->rx, FALSE, TWIST, REVERSE_TWIST, KEEP);
	dtmf_rx_set_realtime_callback(k->rx, on_change, k);
	*out = k;
	return 0;
}

void keys_free(struct keys *k)
{
	if (!k)
		return;
	dtmf_rx_free(k->rx);
	free(k);
}

void keys_hear(struct keys *k, const int16_t *pcm, size_t n, uint8_t out[KEYS_MAX],
	size_t *n_keys)
{
	k->out = out;
	k->n_out = 0;
	for (size_t i = 0; i < n;) {
		size_t step = n - i < STEP ? n - i : STEP;

		dtmf_rx(k->rx, pcm + i, (int)step);
		k->now += step;
		i += step;
	}
	k->out = NULL;
	*n_keys = k->n_out;
}
