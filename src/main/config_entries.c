/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * config_entries -- every option of a file that was read, with its value and its line; see config_report.h.
 *
 * Lines come of one pass over the file (config_places()); the entries are asked for in almost the file's order, so
 * each is looked for from where the one before was found.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "main/config_inner.h"

#define VALUE_MAX 8192 /* of a list; the longest there may be is far below */

struct entries {
	struct config_report *r;
	const struct config_places *places;
	size_t at; /* into places: behind the one that was found last */
	const char *section, *title;
	int err;
};

/* By their names: no other option says what lets somebody in. */
static bool is_secret(const char *option)
{
	static const char *const secrets[] = { "password", "outbound-password" };

	for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
		if (strcmp(option, secrets[i]) == 0)
			return true;
	return false;
}

static unsigned line_of(struct entries *x, const char *option)
{
	const struct config_places *p = x->places;

	for (size_t i = 0; i < p->n; i++) {
		const struct config_place *at = &p->v[(x->at + i) % p->n];

		if (strcmp(at->option, option) != 0 ||
			strcmp(at->section, x->section) != 0 ||
			strcmp(at->title, x->title) != 0)
			continue;
		x->at = (x->at + i + 1) % p->n;
		return at->line;
	}
	return 0;
}

static void put_one(cfg_opt_t *opt, unsigned i, char *out, size_t cap)
{
	const char *text;

	switch (opt->type) {
	case CFGT_INT: (void)text_format(out, cap, "%ld", cfg_opt_getnint(opt, i)); break;
	case CFGT_BOOL:
		(void)text_format(
			out, cap, "%s", cfg_opt_getnbool(opt, i) ? "true" : "false");
		break;
	case CFGT_STR:
		text = cfg_opt_getnstr(opt, i);
		(void)text_format(
			out, cap, "%s", text && text_is_clean_utf8(text) ? text : "?");
		break;
	default: break;
	}
}

/* Of a list with ", " between. */
static char *value_of(cfg_opt_t *opt)
{
	char *text = calloc(1, VALUE_MAX);
	size_t n = 0;

	for (unsigned i = 0; text && i < cfg_opt_size(opt) && n + 8 < VALUE_MAX; i++) {
		if (i)
			(void)text_format(text + n, VALUE_MAX - n, ", ");
		n += strlen(text + n);
		put_one(opt, i, text + n, VALUE_MAX - n);
		n += strlen(text + n);
	}
	return text;
}

static void add(struct entries *x, const char *prefix, cfg_opt_t *opt)
{
	struct config_report *r = x->r;
	char option[CONFIG_OPTION_MAX];
	struct config_entry *e;

	(void)text_format(option, sizeof option, "%s%s", prefix, opt->name);
	e = x->err ? NULL : reallocarray(r->entries, r->n_entries + 1, sizeof *e);
	if (!e) {
		x->err = ENOMEM;
		return;
	}
	r->entries = e;
	e += r->n_entries++;
	*e = (struct config_entry){ .section = strdup(x->section),
		.title = strdup(x->title),
		.option = strdup(option),
		.value = value_of(opt),
		.is_default = !(opt->flags & CFGF_MODIFIED),
		.is_secret = is_secret(opt->name) };
	if (!e->section || !e->title || !e->option || !e->value)
		x->err = ENOMEM;
	else if (!e->is_default)
		e->line = line_of(x, option);
}

static void within(struct entries *x, const char *prefix, cfg_t *sec)
{
	for (cfg_opt_t *opt = sec->opts; opt->name; opt++)
		if (opt->type != CFGT_SEC)
			add(x, prefix, opt);
}

/* Sections within a section: one level, as the tables have it. */
static void nested(struct entries *x, cfg_t *sec)
{
	char prefix[CONFIG_OPTION_MAX];

	within(x, "", sec);
	for (cfg_opt_t *opt = sec->opts; opt->name; opt++)
		for (unsigned i = 0; opt->type == CFGT_SEC && i < cfg_opt_size(opt);
			i++) {
			cfg_t *inner = cfg_opt_getnsec(opt, i);

			config_prefix(prefix, opt->name, cfg_title(inner), i + 1);
			within(x, prefix, inner);
		}
}

void config_prefix(
	char out[CONFIG_OPTION_MAX], const char *name, const char *title, unsigned number)
{
	int err = title ? text_format(out, CONFIG_OPTION_MAX, "%s \"%s\": ", name, title)
			: text_format(out, CONFIG_OPTION_MAX, "%s %u: ", name, number);

	if (err)
		(void)text_format(out, CONFIG_OPTION_MAX, "%s: ", name);
}

int config_entries(struct config_report *r, cfg_t *cfg)
{
	struct config_places places = { 0 };
	int err = config_places(&places, r->path);
	struct entries x = {
		.r = r, .places = &places, .section = "", .title = "", .err = err
	};

	if (!err)
		within(&x, "", cfg);
	for (cfg_opt_t *opt = cfg->opts; !x.err && opt->name; opt++)
		for (unsigned i = 0; opt->type == CFGT_SEC && i < cfg_opt_size(opt);
			i++) {
			cfg_t *sec = cfg_opt_getnsec(opt, i);

			x.section = opt->name;
			x.title = cfg_title(sec) ? cfg_title(sec) : "";
			nested(&x, sec);
		}
	free(places.v);
	return x.err;
}
