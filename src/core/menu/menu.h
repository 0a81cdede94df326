/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * menu -- a caller chooses its queue by a key, most often its language: what follows what it does.
 *
 * Pure.  What is asked is said, a key that leads somewhere chooses at once, also while it is being said.  A key that leads
 * nowhere, or none in time, has it said again, `tries` times in all; then the caller goes where the menu sends
 * who chose nothing.  So nobody is turned away for want of a keypad, and the time in a menu is bounded by
 * tries * (what is said + timeout_ms).
 */
#ifndef CORE_MENU_MENU_H
#define CORE_MENU_MENU_H

#include <stdint.h>

#include "core/menu/keypad.h"

#define MENU_KEYS_MAX  12 /* a telephone's */
#define MENU_TRIES_MAX 5

struct menu {
	struct {
		uint8_t key; /* keypad.h */
		uint32_t queue;
	} keys[MENU_KEYS_MAX];
	uint8_t n_keys;
	uint8_t tries; /* it is said so often in all, 1 .. MENU_TRIES_MAX */
	uint32_t queue; /* of who chose nothing */
	int64_t timeout_ms; /* for a key, after what is said */
};

/* Where one caller is in it. */
struct menu_place {
	uint8_t said; /* times, with the one that is being said */
	struct keypad pad;
};

enum menu_does {
	MENU_WAITS, /* nothing changes */
	MENU_SAYS, /* it is said, once more */
	MENU_GOES, /* to `queue` */
};

/* How it came to its queue; in records and blobs, so new ones go to the end. */
enum menu_by {
	MENU_BY_NOTHING, /* it left before it was in any */
	MENU_BY_KEY,
	MENU_BY_DEFAULT,
	MENU_BYS,
};

struct menu_step {
	enum menu_does does;
	uint32_t queue;
	enum menu_by by;
};

/* Said from the beginning. */
struct menu_step menu_begin(const struct menu *m, struct menu_place *at);
struct menu_step menu_key(
	const struct menu *m, struct menu_place *at, unsigned key, int64_t now_ms);
/* What is asked was said to its end, or could not be said: the time begins. */
void menu_said(struct menu_place *at, int64_t now_ms);
struct menu_step menu_look(const struct menu *m, struct menu_place *at, int64_t now_ms);
/* "nothing", "key", "default" */
const char *menu_by_word(enum menu_by by);

#endif
