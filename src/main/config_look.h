/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * config_look -- what a good file says of the world beside it: clips and certificates that it names, ports and
 * addresses that do not go together, what lies outside the countries that are allowed, hours that never open.
 *
 * Reads files, and may wait for name servers.  Any thread, one at a time.
 */
#ifndef MAIN_CONFIG_LOOK_H
#define MAIN_CONFIG_LOOK_H

#include "main/config.h"
#include "main/config_report.h"

/* "SECTION "TITLE": OPTION TEXT", at the line where the file says that option. */
void config_look_say(struct config_report *r, const char *section, const char *title,
	const char *option, bool is_hint, const char *text);
/* All but the clips: main/clips.h. now_s: since 1970 UTC; today: in the house. */
void config_look(const struct config *c, int64_t now_s, const struct hours_moment *today,
	struct config_report *report);

#endif
