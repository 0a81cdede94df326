/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * shown -- the configuration as the administrator's page shows it: every option with its line, what is not the file's
 * marked, what waits for a restart, what was wrong with the last file, and how it stands with carriers.  Part of serve.
 *
 * Of a password only that there is one.  The names of people are not here: their page has them.
 */
#include <stdlib.h>
#include <string.h>

#include "main/centre.h"
#include "main/config_follow.h"

json_t *shown_complaints(const struct config_report *r)
{
	json_t *all = json_array();

	for (size_t i = 0; i < r->n_complaints; i++)
		json_array_append_new(all,
			json_pack("{s:I, s:b, s:s}", "line",
				(json_int_t)r->complaints[i].line, "hint",
				r->complaints[i].is_hint, "text", r->complaints[i].text));
	return all;
}

static json_t *entry(const struct config_entry *e)
{
	return json_pack("{s:s, s:s, s:I, s:b}", "option", e->option, "value",
		config_entry_shown(e), "line", (json_int_t)e->line, "default",
		e->is_default);
}

/* People are on a page of their own. */
static bool is_shown(const struct config_entry *e)
{
	return strcmp(e->section, "agent") != 0;
}

static json_t *sections(const struct config_report *r)
{
	json_t *all = json_array(), *options = NULL;
	const struct config_entry *last = NULL;

	for (size_t i = 0; i < r->n_entries; i++) {
		const struct config_entry *e = &r->entries[i];

		if (!is_shown(e))
			continue;
		if (!last || strcmp(last->section, e->section) != 0 ||
			strcmp(last->title, e->title) != 0) {
			options = json_array();
			json_array_append_new(all,
				json_pack("{s:s, s:s, s:o}", "section", e->section,
					"title", e->title, "options", options));
		}
		json_array_append_new(options, entry(e));
		last = e;
	}
	return all;
}

/* What the file says since, and what counts until a restart. */
static json_t *waiting(const struct centre *c)
{
	json_t *all = json_array();
	struct config_change *changes = NULL;
	size_t n = 0;

	if (!c->began.path || config_changes(&c->began, &c->read, &changes, &n))
		return all;
	for (size_t i = 0; i < n; i++) {
		const struct config_change *d = &changes[i];
		const struct config_entry *e = d->after ? d->after : d->before;

		if (d->counts || !is_shown(e))
			continue;
		json_array_append_new(all,
			json_pack("{s:s, s:s, s:s, s:I, s:s, s:s}", "section", e->section,
				"title", e->title, "option", e->option, "line",
				(json_int_t)(d->after ? e->line : 0), "counts",
				d->before ? config_entry_shown(d->before) : "", "file",
				d->after ? config_entry_shown(d->after) : ""));
	}
	free(changes);
	return all;
}

const char *shown_carrier_word(enum trunk_carrier_state state)
{
	static const char *const words[] = {
		[TRUNK_CARRIER_UNKNOWN] = "unknown",
		[TRUNK_CARRIER_UP] = "up",
		[TRUNK_CARRIER_DOWN] = "down",
		[TRUNK_CARRIER_REFUSED] = "refused",
	};

	return words[state];
}

static json_t *carriers(const struct centre *c)
{
	struct trunk_carrier all[TRUNK_CARRIERS_MAX];
	size_t n = c->trunk ? trunk_carriers(c->trunk, all, TRUNK_CARRIERS_MAX) : 0;
	json_t *out = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(out,
			json_pack("{s:s, s:s, s:I}", "name", all[i].name, "state",
				shown_carrier_word(all[i].state), "status",
				(json_int_t)all[i].status));
	return out;
}

json_t *shown_configuration(void *arg)
{
	const struct centre *c = arg;
	json_t *refused = json_null();

	if (c->refused.path)
		refused = json_pack("{s:I, s:o}", "at_ms", (json_int_t)c->refused_ms,
			"complaints", shown_complaints(&c->refused));
	return json_pack("{s:s, s:I, s:b, s:o, s:o, s:o, s:o, s:o}", "file", c->read.path,
		"read_ms", (json_int_t)c->read_ms, "reading", c->reload != NULL,
		"refused", refused, "complaints", shown_complaints(&c->read), "waiting",
		waiting(c), "carriers", carriers(c), "sections", sections(&c->read));
}

void shown_read_again(void *arg)
{
	struct centre *c = arg;

	if (c->web)
		(void)web_reload(c->web);
	reload_begin(c);
}
