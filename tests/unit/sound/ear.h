/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* ear -- counts what is heard of a line. */
#ifndef TEST_SOUND_EAR_H
#define TEST_SOUND_EAR_H

#include "line.h"

#define N(array) (sizeof(array) / sizeof *(array))

struct ear {
	uint64_t frames, concealed, corrected, nothing;
	uint32_t delay_max, delay_sum, looks;
	const struct jitter *jitter;
};

/* From now on. */
void listen_to(struct line *l, struct ear *e);
void print_heard(const char *what, const struct line *l, const struct ear *e);

#endif
