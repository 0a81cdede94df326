/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* people -- heimamt people list, import, invite, leave: who is in the house. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/people_plan.h"
#include "base/text.h"
#include "main/commands.h"
#include "main/link.h"
#include "main/options.h"

#define FILE_MAX_BYTES (1 << 20) /* a thousand people have 100 KB */

static const char usage[] =
	"heimamt people list\n"
	"heimamt people import FILE.csv [--preview]\n"
	"heimamt people invite LOGIN\n"
	"heimamt people leave LOGIN\n"
	"                  [--config FILE] [--state DIR] [--port N] [--json]\n"
	"  The centre may be running: what is done takes effect within a second.\n\n"
	"  list     who is there, with teams, skills, clearance and roles\n"
	"  import   adds and changes people from a spreadsheet, all of its lines or "
	"none. "
	"The first line\n"
	"           names the columns: login, and of name, workplace, skills, teams, "
	"clearance, roles\n"
	"           those that it has; a column that is missing leaves what is. Who is "
	"not "
	"in it, stays.\n"
	"    --preview  change nothing; say what would change, and what is wrong\n"
	"  invite   prints a link with which somebody logs in once, within a day\n"
	"  leave    ends every access at once, and the agreement; a talk may finish\n\n"
	"Examples:\n"
	"  heimamt people import people.csv --preview\n"
	"  heimamt people import people.csv --config dist/demo/heimamt.conf --state var\n"
	"  heimamt people invite nora\n"
	"  heimamt people list --json\n\n"
	"A file:\n"
	"  login,name,workplace,skills,teams,clearance,roles\n"
	"  nora,Nora Frei,home,\"de=3, fr\",10,strict,agent\n";

struct house {
	struct options o;
	struct config c;
	struct store *st;
	struct store_people *p;
};

static int print_json(json_t *j)
{
	int err = j ? json_dumpf(j, stdout, JSON_COMPACT) : -1;

	puts("");
	json_decref(j);
	return err ? 1 : 0;
}

/* --- list --- */

static json_t *list_json(const struct house *h)
{
	json_t *all = json_array();

	for (size_t i = 0; i < h->p->n_people; i++) {
		const struct store_person *p = &h->p->people[i];

		if (store_person_is_here(p))
			(void)json_array_append_new(
				all, people_person_json(h->p, &p->is));
	}
	return all;
}

/* "10 20", of a list of words. */
static void join(const json_t *words, char *out, size_t cap)
{
	size_t at = 0;

	*out = 0;
	for (size_t i = 0; i < json_array_size(words) && at + 1 < cap; i++) {
		(void)text_format(out + at, cap - at, "%s%s", i ? " " : "",
			json_string_value(json_array_get(words, i)));
		at += strlen(out + at);
	}
}

static void list_line(const json_t *p)
{
	char teams[256], skills[512], roles[128];

	join(json_object_get(p, "teams"), teams, sizeof teams);
	join(json_object_get(p, "skills"), skills, sizeof skills);
	join(json_object_get(p, "roles"), roles, sizeof roles);
	printf("%-16s %-24s %-6s  teams: %s  skills: %s  %s  %s\n",
		json_string_value(json_object_get(p, "login")),
		json_string_value(json_object_get(p, "name")),
		json_string_value(json_object_get(p, "workplace")),
		*teams ? teams : "none", *skills ? skills : "none",
		json_string_value(json_object_get(p, "clearance")), roles);
}

static int list(struct house *h)
{
	json_t *all = list_json(h);

	if (h->o.json)
		return print_json(all);
	for (size_t i = 0; i < json_array_size(all); i++)
		list_line(json_array_get(all, i));
	printf("%zu people.\n", json_array_size(all));
	json_decref(all);
	return 0;
}

/* --- import --- */

/* NULL: told. */
static char *read_file(const char *path, size_t *n)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *text = fd < 0 ? NULL : malloc(FILE_MAX_BYTES + 1);
	ssize_t got = 1;

	for (*n = 0; text && got > 0 && *n <= FILE_MAX_BYTES;
		*n += got > 0 ? (size_t)got : 0)
		got = read(fd, text + *n, FILE_MAX_BYTES + 1 - *n);
	if (!text || got < 0)
		fprintf(stderr, "%s: cannot be read: %s.\n", path, strerror(errno));
	else if (*n > FILE_MAX_BYTES)
		fprintf(stderr, "%s: is larger than a list of people can be.\n", path);
	if (fd >= 0)
		close(fd);
	if (text && (got < 0 || *n > FILE_MAX_BYTES)) {
		free(text);
		text = NULL;
	}
	return text;
}

/* FILE:LINE: what is wrong and what would be right. */
static void complain(const char *path, const struct people_line *l)
{
	fprintf(stderr, "%s:%zu: ", path, l->line);
	if (l->column < PERSON_COLUMNS)
		fprintf(stderr, "%s", person_column_word(l->column));
	if (*l->cell)
		fprintf(stderr, "%s\"%s\"", l->column < PERSON_COLUMNS ? " " : "",
			l->cell);
	fprintf(stderr, "%s%s.\n", l->column < PERSON_COLUMNS || *l->cell ? ": " : "",
		person_fault_mend(l->fault));
}

static void tell_line(const struct people_line *l)
{
	printf("  %-9s %-16s %s", people_change_word(l->change), l->is.login, l->is.name);
	for (unsigned i = 0; i < PERSON_COLUMNS; i++)
		if (l->change == PEOPLE_CHANGED && l->differs & 1u << i)
			printf(" %s", person_column_word((enum person_column)i));
	puts("");
}

static void tell_plan(const struct house *h, const struct people_plan *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->lines[i].change == PEOPLE_WRONG)
			complain(h->o.word, &p->lines[i]);
		else if (h->o.preview && p->lines[i].change != PEOPLE_SAME)
			tell_line(&p->lines[i]);
	printf("%zu added, %zu changed, %zu unchanged, %zu wrong.%s\n",
		p->counts[PEOPLE_ADDED], p->counts[PEOPLE_CHANGED],
		p->counts[PEOPLE_SAME], p->counts[PEOPLE_WRONG],
		p->counts[PEOPLE_WRONG] ? " Nothing is imported."
			: h->o.preview  ? " Nothing was changed: this is a preview."
					: "");
}

static void tell_progress(size_t n, size_t of)
{
	fprintf(stderr, "\r%zu of %zu people", n, of);
	if (n + 50 > of)
		fputs("\r\033[K", stderr);
}

/* A job of its own transaction, so that the plan is of the house as it is then. */
struct import {
	struct house *h;
	const char *text;
	size_t n;
	struct people_plan *plan;
};

static int run_import(struct sqlite3 *db, void *arg)
{
	struct import *im = arg;
	struct store_people *p = NULL;
	int err = people_read(db, &p);

	if (!err)
		err = people_plan_make(&im->plan, p, slice_of(im->text, im->n), 0);
	if (!err && !im->h->o.preview)
		err = people_plan_apply(db, p, im->plan, im->h->c.node, 0,
			isatty(STDERR_FILENO) ? tell_progress : NULL);
	store_people_free(p);
	return err;
}

static int import(struct house *h)
{
	struct import im = { .h = h };
	int err;

	if (!h->o.word) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	im.text = read_file(h->o.word, &im.n);
	if (!im.text)
		return 1;
	err = store_do(h->st, run_import, &im);
	if (im.plan && h->o.json)
		(void)print_json(people_plan_json(im.plan));
	else if (im.plan)
		tell_plan(h, im.plan);
	if (err && err != EINVAL)
		fprintf(stderr, "heimamt: nothing is imported: %s.\n", strerror(err));
	err = err || (im.plan && im.plan->counts[PEOPLE_WRONG]);
	people_plan_free(im.plan);
	free((char *)(uintptr_t)im.text);
	return err ? 1 : 0;
}

/* --- invite and leave --- */

/* NULL: told. */
static const struct store_person *whom(const struct house *h)
{
	const struct store_person *p = h->o.word ? store_person_of(h->p, h->o.word)
						 : NULL;

	if (!h->o.word)
		fputs(usage, stderr);
	else if (!p || p->left_ms)
		fprintf(stderr,
			"heimamt: there is no \"%s\" in the house; heimamt people list "
			"says who is.\n",
			h->o.word);
	return p && !p->left_ms ? p : NULL;
}

static int invite(struct house *h)
{
	const struct store_person *p = whom(h);
	char token[65];

	if (!p)
		return h->o.word ? 1 : EXIT_USAGE;
	if (options_new_link(h->st, p->id, token)) {
		fputs("heimamt: the link could not be recorded.\n", stderr);
		return 1;
	}
	link_print(&h->o, &h->c, token);
	return 0;
}

static int run_leave(struct sqlite3 *db, void *arg)
{
	return people_leave(db, *(const uint64_t *)arg, options_wall_ms(), 0);
}

static int leave(struct house *h)
{
	const struct store_person *p = whom(h);
	uint64_t id;
	int err;

	if (!p)
		return h->o.word ? 1 : EXIT_USAGE;
	if (p->origin == STORE_CONFIGURED)
		fprintf(stderr,
			"heimamt: take \"%s\" out of %s too, or it is named there for "
			"nothing.\n",
			h->o.word, h->o.config);
	id = p->id;
	err = store_do(h->st, run_leave, &id);
	if (err)
		fprintf(stderr, "heimamt: the leaving could not be recorded: %s.\n",
			strerror(err));
	else if (h->o.json)
		printf("{\"left\":\"%s\"}\n", p->is.login);
	else
		printf("%s has no access any more.\n", p->is.login);
	return err ? 1 : 0;
}

static const struct {
	const char *word;
	int (*run)(struct house *h);
} commands[] = { { "list", list }, { "import", import }, { "invite", invite },
	{ "leave", leave } };

static int run(int (*command)(struct house *h), struct house *h)
{
	int status = 1;

	if (config_read(&h->c, h->o.config))
		return EXIT_USAGE;
	if (options_open_store(&h->o, &h->c, &(struct store_config){ 0 }, &h->st) == 0 &&
		store_load_people(h->st, &h->p) == 0)
		status = command(h);
	store_people_free(h->p);
	store_close(h->st); /* writes what waits */
	config_close(&h->c);
	return status;
}

int command_people(int argc, char **argv)
{
	struct house h = { .st = NULL };
	int status;

	for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof *commands; i++) {
		if (strcmp(argv[1], commands[i].word) != 0)
			continue;
		status = options_read(&h.o, argc - 1, argv + 1, usage);
		return status ? status - 1 : run(commands[i].run, &h);
	}
	status = options_read(&h.o, argc, argv, usage);
	if (status == 1)
		return 0; /* help */
	if (!status)
		fputs(usage, stderr);
	return EXIT_USAGE;
}
