/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* progress -- a bar on a terminal's standard error, so that a long command is seen to go on.  Nowhere else: nothing. */
#ifndef MAIN_PROGRESS_H
#define MAIN_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool is_shown;
	uint64_t done, all; /* in whatever it counts */
	int64_t told_ms;
};

void progress_begin(struct progress *p, bool is_wanted, uint64_t all);
/* So much more is done; said four times a second at most. */
void progress_add(struct progress *p, uint64_t more, const char *doing);
/* Wipes it away. */
void progress_end(struct progress *p);

#endif
