/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * lossy -- does a line lose so much that its voice should carry error correction? With hysteresis, so that it does not
 * go to and fro.
 *
 * Pure: counts and time are arguments. Any thread.
 */
#ifndef SOUND_LOSSY_H
#define SOUND_LOSSY_H

#include <stdbool.h>
#include <stdint.h>

struct lossy {
	bool is_lossy;
	uint32_t percent; /* lost of late, rounded; for the encoder */
	/* inner */
	float evidence; /* that it loses, in nats; turns it on */
	uint32_t expected[8], lost[8]; /* of the newest slots of time; turn it off */
	uint32_t at; /* the slot under way */
	uint32_t slots; /* that are over since it turned on, up to all of them */
	int64_t slot_us; /* when it began; 0: nothing was counted yet */
};

void lossy_init(struct lossy *l);
/* What was expected and lost since the last call; lost > expected counts as expected. true: is_lossy has changed. */
bool lossy_add(struct lossy *l, uint32_t expected, uint32_t lost, int64_t now_us);

#endif
