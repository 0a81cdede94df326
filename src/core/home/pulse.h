/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * pulse -- the weekly question to the staff: which week is it, and may its answers be told?
 *
 * A histogram a week, and nobody's answer [RULES N5].  What may not be told may not be kept where somebody
 * could read it either: the same rule says when answers may leave memory for the disk.  Pure; any thread.
 */
#ifndef CORE_HOME_PULSE_H
#define CORE_HOME_PULSE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/hours/hours.h"

#define PULSE_ANSWERS   5 /* 0: very well .. 4: not at all */
#define PULSE_LEAST     5 /* persons [RULES N5] */
#define PULSE_TEXT_SIZE 12 /* "2026-W48", with room for any year */
#define PULSE_DAY_MS    INT64_C(86400000)

struct pulse_counts {
	uint32_t n[PULSE_ANSWERS];
};

/* The Monday of the date's week, in days since 1970-01-01. */
int32_t pulse_monday(struct hours_date date);
/* As ISO 8601 writes it: the year is that of the week's Thursday. */
void pulse_week_text(char text[PULSE_TEXT_SIZE], int32_t monday);

/* From five answers on, and not when all are the same: then each would be known of everybody who answered. */
bool pulse_may_tell(const struct pulse_counts *c);
/* After its week only: what grows while one looks tells what was added. */
bool pulse_may_show(const struct pulse_counts *c, int32_t monday, int32_t this_monday);

void pulse_add(struct pulse_counts *to, const struct pulse_counts *more);

#endif
