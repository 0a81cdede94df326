/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* config_report -- see config_report.h */
#include "main/config_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* Of one that finds no memory the others are told, and that it is bad. */
void config_report_add(
	struct config_report *r, unsigned line, bool is_hint, const char *text)
{
	struct config_complaint *c;

	r->is_bad = r->is_bad || !is_hint;
	if (r->n_complaints == CONFIG_COMPLAINTS_MAX)
		return;
	c = reallocarray(r->complaints, r->n_complaints + 1, sizeof *c);
	if (!c)
		return;
	r->complaints = c;
	c += r->n_complaints++;
	*c = (struct config_complaint){ .line = line, .is_hint = is_hint };
	(void)text_format(
		c->text, sizeof c->text, "%.*s", CONFIG_COMPLAINT_MAX - 1, text);
}

void config_report_print(const struct config_report *r)
{
	for (size_t i = 0; i < r->n_complaints; i++) {
		const struct config_complaint *c = &r->complaints[i];

		if (c->line)
			fprintf(stderr, "%s:%u: %s\n", r->path, c->line, c->text);
		else
			fprintf(stderr, "%s: %s\n", r->path, c->text);
	}
}

void config_report_close(struct config_report *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->n_entries; i++) {
		struct config_entry *e = &r->entries[i];

		if (e->value)
			explicit_bzero(e->value, strlen(e->value));
		free(e->section);
		free(e->title);
		free(e->option);
		free(e->value);
	}
	free(r->entries);
	free(r->complaints);
	free(r->path);
	*r = (struct config_report){ 0 };
}

const char *config_entry_shown(const struct config_entry *e)
{
	return !e->is_secret ? e->value : *e->value ? "***" : "";
}
