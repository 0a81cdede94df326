/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * keypad -- collects the keys that a caller presses, and says when that is all.
 *
 * Pure.  A collection is open without a limit until keypad_wait() starts the time for the first key; each further key
 * has its own.  It ends with the last key that is taken, with the key that ends it, or with the time.  Keys are those
 * of RFC 4733 section 3.2: 0 to 9, then KEYPAD_STAR, KEYPAD_HASH, and A to D, which are never taken.
 * Whoever collects forgets the keys with the struct: nothing of them is logged or kept.
 */
#ifndef CORE_MENU_KEYPAD_H
#define CORE_MENU_KEYPAD_H

#include <stdbool.h>
#include <stdint.h>

#define KEYPAD_STAR 10
#define KEYPAD_HASH 11
#define KEYPAD_MOST 16 /* an account number is no longer */

struct keypad_rules {
	int64_t first_ms, next_ms; /* for the first key, and between two */
	uint8_t most; /* 1 .. KEYPAD_MOST: that many are all */
	bool hash_ends; /* '#' ends it and is not among the keys */
};

enum keypad_says {
	KEYPAD_OPEN, /* more may come */
	KEYPAD_COMPLETE, /* as many as are taken, or ended by '#', which may be after none */
	KEYPAD_LATE, /* the time is over; n says how many came */
};

struct keypad {
	struct keypad_rules rules;
	uint8_t n;
	uint8_t keys[KEYPAD_MOST];
	int64_t until_ms; /* -1: no time runs */
	enum keypad_says says;
};

void keypad_open(struct keypad *k, const struct keypad_rules *rules);
/* What asks for the keys has been said: the first one's time begins, unless one came already. */
void keypad_wait(struct keypad *k, int64_t now_ms);
enum keypad_says keypad_key(struct keypad *k, unsigned key, int64_t now_ms);
enum keypad_says keypad_look(struct keypad *k, int64_t now_ms);

#endif
