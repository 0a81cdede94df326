/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* config_change -- which options count at once, and what differs between two readings; see config_follow.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "main/config_follow.h"

/* What is not here needs another process: an address that is bound, a file that was opened, a carrier that was registered
 * at. "*": each option of that section. */
static const struct {
	const char *section, *option;
} at_once[] = {
	{ "web", "caller-page-queue" },
	{ "web", "caller-page-menu" },
	{ "web", "caller-page-queues" },
	{ "web", "caller-page-at-once" },
	{ "web", "caller-page-per-minute" },
	{ "web", "caller-page-most" },
	{ "web", "session-hours" },
	{ "web", "second-factor" },
	{ "web", "desk-gone" },
	{ "web", "regain" },
	{ "web", "hold-max" },
	{ "sip", "caller-silent" },
	{ "clips", "ring" },
	{ "clips", "ringback" },
	{ "agreement", "reconfirm" },
	{ "office", "clearance" },
	{ "staff", "pulse" },
	{ "turn", "*" },
	{ "menu", "*" },
	{ "queue", "*" },
	{ "agent", "*" },
};

bool config_counts_at_once(const char *section, const char *option)
{
	if (strcmp(section, "queue") == 0 && strcmp(option, "sensitivity") == 0)
		return false;
	for (size_t i = 0; i < sizeof at_once / sizeof *at_once; i++)
		if (strcmp(at_once[i].section, section) == 0 &&
			(strcmp(at_once[i].option, "*") == 0 ||
				strcmp(at_once[i].option, option) == 0))
			return true;
	return false;
}

static bool is_of(const struct config_entry *a, const struct config_entry *b)
{
	return strcmp(a->section, b->section) == 0 && strcmp(a->title, b->title) == 0;
}

/* Almost always at the same place, or a little further on. */
static const struct config_entry *find(
	const struct config_report *r, const struct config_entry *e, size_t *hint)
{
	for (size_t i = 0; i < r->n_entries; i++) {
		size_t at = (*hint + i) % r->n_entries;

		if (strcmp(r->entries[at].option, e->option) == 0 &&
			is_of(&r->entries[at], e)) {
			*hint = at + 1;
			return &r->entries[at];
		}
	}
	return NULL;
}

static bool has_section(const struct config_report *r, const struct config_entry *e)
{
	for (size_t i = 0; i < r->n_entries; i++)
		if (is_of(&r->entries[i], e))
			return true;
	return false;
}

/* A section that is new, or gone, counts as its other options do. */
static bool counts(const struct config_report *before, const struct config_report *after,
	const struct config_entry *e)
{
	if (config_counts_at_once(e->section, e->option))
		return true;
	return strcmp(e->section, "queue") == 0 &&
		!(has_section(before, e) && has_section(after, e));
}

int config_changes(const struct config_report *before, const struct config_report *after,
	struct config_change **out, size_t *n)
{
	struct config_change *v = calloc(
		before->n_entries + after->n_entries + 1, sizeof *v);
	size_t hint = 0, k = 0;

	if (!v)
		return ENOMEM;
	for (size_t i = 0; i < after->n_entries; i++) {
		const struct config_entry *e = &after->entries[i];
		const struct config_entry *was = find(before, e, &hint);

		if (was && strcmp(was->value, e->value) == 0)
			continue;
		if (was || !e->is_default)
			v[k++] = (struct config_change){ was, e,
				counts(before, after, e) };
	}
	hint = 0;
	for (size_t i = 0; i < before->n_entries; i++) {
		const struct config_entry *e = &before->entries[i];

		if (!e->is_default && !find(after, e, &hint))
			v[k++] = (struct config_change){ e, NULL,
				counts(before, after, e) };
	}
	*out = v;
	*n = k;
	return 0;
}
