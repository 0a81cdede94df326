/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * config_follow -- what of another configuration counts while a centre runs, and what waits for a restart.
 *
 * Pure but for the memory of lists.  Any thread.
 */
#ifndef MAIN_CONFIG_FOLLOW_H
#define MAIN_CONFIG_FOLLOW_H

#include "main/config.h"
#include "main/config_report.h"

/* Makes what was read into what the house goes by next. On EINVAL the report says why not, and on any error fresh is only
 * good for config_close(). week_places are then both's: whoever closes one sets the other's to NULL before. ENOMEM. */
int config_follow(
	struct config *fresh, const struct config *running, struct config_report *report);

/* Does that option count at once, when the file is read anew? */
bool config_counts_at_once(const char *section, const char *option);

/* An option that differs. */
struct config_change {
	const struct config_entry *before, *after; /* NULL: it was, or is, not there */
	bool counts; /* now; else after a restart */
};
/* What differs between two reports, borrowed from them; *out is to be freed. ENOMEM. A queue that is there has its
 * sensitivity until a restart; a new one has it at once. */
int config_changes(const struct config_report *before, const struct config_report *after,
	struct config_change **out, size_t *n);

#endif
