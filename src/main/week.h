/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* week -- what heimamt week is made of. */
#ifndef MAIN_WEEK_H
#define MAIN_WEEK_H

#include "base/slice.h"
#include "core/home/week.h"

#define WEEK_FILE_MAX \
	4194304 /* bytes of what heimamt plan --json prints: 1440 intervals of 700 */

/* Reads the output of heimamt plan --json, of a day, into the weekdays of `days` (bit 0: Monday). What is wrong is
 * told. errno of the file, EFBIG, EINVAL, ENOMEM. */
int week_need_read(struct week_need *need, const char *path, uint8_t days);
/* The same for its text; path: for complaints. */
int week_need_parse(
	struct week_need *need, const char *path, struct slice text, uint8_t days);

#endif
