/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * config_report -- what was found in a configuration file: every complaint, and every option with its value, its
 * line and whether the file says it at all.
 *
 * Of values that are secret only whether there is one may be shown (config_entry_shown()); they are kept to tell
 * whether they have changed.  Memory: a report lives in the caller's; config_report_close() releases and wipes.
 */
#ifndef MAIN_CONFIG_REPORT_H
#define MAIN_CONFIG_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#define CONFIG_COMPLAINT_MAX  512 /* one sentence, with its mend */
#define CONFIG_COMPLAINTS_MAX 1000 /* more help nobody */
#define CONFIG_OPTION_MAX     64 /* with NUL: "divert 2: limit" */

struct config_complaint {
	unsigned line; /* 0: of no line */
	bool is_hint; /* the file is good all the same */
	char text
		[CONFIG_COMPLAINT_MAX]; /* "web: port must be ...", without its full stop's newline */
};

/* One option of one section. Texts are owned. */
struct config_entry {
	char *section; /* "": of the file itself */
	char *title; /* "": it has none */
	char *option; /* of a section within: "divert 2: limit" */
	char *value; /* of a list: with ", " between */
	unsigned line; /* 0: the file does not say it */
	bool is_default; /* likewise: it is what stands there without it */
	bool is_secret;
};

struct config_report {
	char *path; /* owned */
	struct config_complaint *complaints; /* owned */
	size_t n_complaints;
	struct config_entry *entries; /* owned */
	size_t n_entries;
	bool is_bad; /* a complaint is no hint */
};

/* "%s:%u: " and the text, by which editors find the place. */
void config_report_add(
	struct config_report *r, unsigned line, bool is_hint, const char *text);
/* On standard error, one line each. */
void config_report_print(const struct config_report *r);
void config_report_close(struct config_report *r); /* NULL allowed */
/* What may be shown of its value. */
const char *config_entry_shown(const struct config_entry *e);

#endif
