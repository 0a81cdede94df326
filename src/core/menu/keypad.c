/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* keypad -- see keypad.h */
#include "core/menu/keypad.h"

void keypad_open(struct keypad *k, const struct keypad_rules *rules)
{
	*k = (struct keypad){ .rules = *rules, .until_ms = -1, .says = KEYPAD_OPEN };
	if (k->rules.most < 1)
		k->rules.most = 1;
	if (k->rules.most > KEYPAD_MOST)
		k->rules.most = KEYPAD_MOST;
}

void keypad_wait(struct keypad *k, int64_t now_ms)
{
	if (k->says == KEYPAD_OPEN && k->n == 0)
		k->until_ms = now_ms + k->rules.first_ms;
}

static enum keypad_says end(struct keypad *k, enum keypad_says says)
{
	k->says = says;
	k->until_ms = -1;
	return says;
}

enum keypad_says keypad_key(struct keypad *k, unsigned key, int64_t now_ms)
{
	if (keypad_look(k, now_ms) != KEYPAD_OPEN || key > KEYPAD_HASH)
		return k->says;
	if (key == KEYPAD_HASH && k->rules.hash_ends)
		return end(k, KEYPAD_COMPLETE);
	k->keys[k->n++] = (uint8_t)key;
	if (k->n == k->rules.most)
		return end(k, KEYPAD_COMPLETE);
	k->until_ms = now_ms + k->rules.next_ms;
	return KEYPAD_OPEN;
}

enum keypad_says keypad_look(struct keypad *k, int64_t now_ms)
{
	if (k->says == KEYPAD_OPEN && k->until_ms >= 0 && now_ms >= k->until_ms)
		return end(k, KEYPAD_LATE);
	return k->says;
}
