/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* menu -- see menu.h */
#include "core/menu/menu.h"

static const char *const by_words[MENU_BYS] = {
	[MENU_BY_NOTHING] = "nothing",
	[MENU_BY_KEY] = "key",
	[MENU_BY_DEFAULT] = "default",
};

static struct menu_step say(const struct menu *m, struct menu_place *at)
{
	const struct keypad_rules rules = {
		.first_ms = m->timeout_ms, .next_ms = m->timeout_ms, .most = 1
	};

	at->said++;
	keypad_open(&at->pad, &rules);
	return (struct menu_step){ .does = MENU_SAYS };
}

/* Nothing was chosen, this time. */
static struct menu_step again(const struct menu *m, struct menu_place *at)
{
	if (at->said < m->tries)
		return say(m, at);
	return (struct menu_step){ MENU_GOES, m->queue, MENU_BY_DEFAULT };
}

static struct menu_step choose(const struct menu *m, struct menu_place *at)
{
	for (unsigned i = 0; i < m->n_keys; i++)
		if (m->keys[i].key == at->pad.keys[0])
			return (struct menu_step){ MENU_GOES, m->keys[i].queue,
				MENU_BY_KEY };
	return again(m, at);
}

static struct menu_step follow(
	const struct menu *m, struct menu_place *at, enum keypad_says says)
{
	switch (says) {
	case KEYPAD_COMPLETE: return choose(m, at);
	case KEYPAD_LATE: return again(m, at);
	case KEYPAD_OPEN: break;
	}
	return (struct menu_step){ .does = MENU_WAITS };
}

struct menu_step menu_begin(const struct menu *m, struct menu_place *at)
{
	at->said = 0;
	return say(m, at);
}

struct menu_step menu_key(
	const struct menu *m, struct menu_place *at, unsigned key, int64_t now_ms)
{
	return follow(m, at, keypad_key(&at->pad, key, now_ms));
}

void menu_said(struct menu_place *at, int64_t now_ms)
{
	keypad_wait(&at->pad, now_ms);
}

struct menu_step menu_look(const struct menu *m, struct menu_place *at, int64_t now_ms)
{
	return follow(m, at, keypad_look(&at->pad, now_ms));
}

const char *menu_by_word(enum menu_by by)
{
	return by_words[by];
}
