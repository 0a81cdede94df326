/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tries -- see tries.h. */
#include "core/access/tries.h"

void tries_init(struct tries *t, unsigned at_once, int64_t pause_ms)
{
	*t = (struct tries){ .at_once = at_once, .pause_ms = pause_ms };
}

bool tries_take(struct tries *t, uint64_t number, int64_t now_ms)
{
	size_t i = number % TRIES_PLACES;
	int64_t back = (now_ms - t->places[i].since_ms) / t->pause_ms;

	if (back >= t->places[i].used) {
		t->places[i].used = 0;
		t->places[i].since_ms = now_ms;
	} else {
		t->places[i].used = (uint8_t)(t->places[i].used - back);
		t->places[i].since_ms += back * t->pause_ms;
	}
	if (t->places[i].used >= t->at_once)
		return false;
	t->places[i].used++;
	return true;
}

void tries_give_back(struct tries *t, uint64_t number)
{
	size_t i = number % TRIES_PLACES;

	if (t->places[i].used)
		t->places[i].used--;
}
