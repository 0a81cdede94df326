/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * story_inputs -- what the files story*.c share: the words of an input, and who knows them.
 *
 * An input is "word arg arg"; each file has a table of its words, and story.c looks through them all.
 */
#ifndef UNIT_APP_STORY_INPUTS_H
#define UNIT_APP_STORY_INPUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "house.h"

#define STORY_ARGS_MAX 6

struct story_args {
	char text[HOUSE_LINE_MAX];
	const char *v[STORY_ARGS_MAX + 1]; /* "" beyond the last */
};

struct story_input {
	const char *word; /* NULL: the end */
	void (*do_it)(struct house *h, const struct story_args *a);
	bool is_dialog; /* its first word is one: the subject is c7 */
};

extern const struct story_input story_sip[], story_relay[], story_page[], story_centre[];

/* Fails where there is none of this name. "": "good"; NULL: "none", which is no description at all. */
const char *story_sdp(const char *name);
/* The same with the far side's port grown by the dialog's number: 4001 is c1's, 6001 where it moves to. Until the next call. */
const char *story_sdp_of(uint64_t dialog, const char *name);
uint64_t story_number(const char *text);

#endif
