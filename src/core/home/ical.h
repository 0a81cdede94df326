/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * ical -- a calendar as other programs read it: RFC 5545, as much as times and a word need.
 *
 * Times are UTC (form 2 of section 3.3.5), so no time zone's rules are handed on.  Lines are folded at 75 octets, never
 * within a character (3.1); text is escaped (3.3.11).
 * Pure; into the caller's wbuf, whose overflow says that it did not fit.
 */
#ifndef CORE_HOME_ICAL_H
#define CORE_HOME_ICAL_H

#include <stdint.h>

#include "base/slice.h"

#define ICAL_EVENT_MAX 512 /* bytes of one with a uid and a summary of at most 64 */

struct ical_event {
	const char *uid; /* the same as long as the event is the same */
	int64_t from_s, to_s; /* since 1970 UTC */
	int64_t stamp_s; /* when it was written */
	const char *summary; /* UTF-8 */
};

void ical_begin(struct wbuf *w, const char *name);
void ical_put(struct wbuf *w, const struct ical_event *ev);
void ical_end(struct wbuf *w);
/* "NAME:value", escaped and folded; the value is free text. */
void ical_text(struct wbuf *w, const char *name, const char *value);

#endif
