/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * config_line -- at which line of the file an option stands.  Part of config.
 *
 * libconfuse knows the line while it reads, and not when it is asked for a value.  So the file is read once more, with
 * its words alone: braces, quotes and comments as libconfuse has them.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "main/config_inner.h"

#define DEPTH_MAX 8
#define WORD_MAX  256

struct words {
	FILE *f;
	unsigned line;
	char word
		[WORD_MAX]; /* cut; one of {}=, alone, or a word, or what stood in quotes */
	bool is_quoted;
};

static int next(struct words *w)
{
	int c = getc(w->f);

	w->line += c == '\n';
	return c;
}

static void skip_line(struct words *w)
{
	int c;

	do
		c = next(w);
	while (c != '\n' && c != EOF);
}

static void skip_comment(struct words *w)
{
	int c = next(w), before = 0;

	while (c != EOF && !(before == '*' && c == '/')) {
		before = c;
		c = next(w);
	}
}

static void put(struct words *w, size_t *n, int c)
{
	if (*n < WORD_MAX - 1)
		w->word[(*n)++] = (char)c;
}

static void read_quoted(struct words *w, int quote)
{
	size_t n = 0;
	int c = next(w);

	for (; c != EOF && c != quote; c = next(w)) {
		if (c == '\\')
			c = next(w);
		put(w, &n, c);
	}
	w->word[n] = 0;
	w->is_quoted = true;
}

static void read_bare(struct words *w, int c)
{
	size_t n = 0;

	put(w, &n, c);
	if (!strchr("{}=,()+", c)) {
		for (c = getc(w->f); c != EOF && !isspace(c) && !strchr("{}=,()+\"'#", c);
			c = getc(w->f))
			put(w, &n, c);
		if (c != EOF)
			(void)ungetc(c, w->f);
	}
	w->word[n] = 0;
	w->is_quoted = false;
}

/* False: the end. */
static bool read_word(struct words *w)
{
	for (int c = next(w); c != EOF; c = next(w)) {
		int after;

		if (isspace(c))
			continue;
		if (c == '#') {
			skip_line(w);
			continue;
		}
		if (c == '/') {
			after = getc(w->f);
			if (after == '*' || after == '/') {
				(after == '*' ? skip_comment : skip_line)(w);
				continue;
			}
			if (after != EOF)
				(void)ungetc(after, w->f);
		}
		if (c == '"' || c == '\'')
			read_quoted(w, c);
		else
			read_bare(w, c);
		return true;
	}
	return false;
}

static bool is(const struct words *w, const char *word)
{
	return !w->is_quoted && strcmp(w->word, word) == 0;
}

/* Walks through the file; inside[] are the sections that are open, by name and title. */
static unsigned find(
	struct words *w, const char *section, const char *title, const char *option)
{
	char before[WORD_MAX] = "", name[WORD_MAX] = "";
	bool is_value = false, is_there[DEPTH_MAX] = { !section };
	unsigned depth = 0, at = 0, begin = 0, value_line = 0;

	while (read_word(w)) {
		if (is(w, "{") && !is_value) {
			const char *own = *name ? name : before;
			bool hit = section && strcmp(own, section) == 0 &&
				(!title || (*name && strcmp(before, title) == 0));

			if (depth + 1 < DEPTH_MAX)
				is_there[++depth] = hit;
			if (hit && !begin)
				begin = at;
		} else if (is(w, "}") && is_value) {
			is_value = false; /* a list's end */
		} else if (is(w, "}")) {
			depth -= depth > 0;
		} else if (is(w, "=")) {
			if (is_there[depth] && strcmp(before, option) == 0)
				return value_line;
			if (!read_word(w))
				break;
			is_value = is(w, "{");
		} else if (!is_value) {
			memcpy(name, w->is_quoted ? before : "",
				w->is_quoted ? WORD_MAX : 1);
			memcpy(before, w->word, WORD_MAX);
			at = value_line = w->line;
			continue;
		}
		if (!is_value)
			before[0] = name[0] = 0;
	}
	return begin;
}

/* --- all of them --- */

struct opened {
	char name[CONFIG_OPTION_MAX], title[WORD_MAX];
	bool has_title;
};

struct places {
	struct config_places *out;
	struct opened open[DEPTH_MAX]; /* [0]: the file */
	unsigned depth;
	/* how many of that name there were in the section: at most DEPTH_MAX names */
	struct {
		char name[CONFIG_OPTION_MAX];
		unsigned n;
	} inner[DEPTH_MAX];
};

static unsigned count_inner(struct places *p, const char *name)
{
	for (size_t i = 0; i < DEPTH_MAX; i++) {
		if (!*p->inner[i].name)
			(void)text_format(p->inner[i].name, sizeof p->inner[i].name,
				"%.*s", CONFIG_OPTION_MAX - 1, name);
		if (strcmp(p->inner[i].name, name) == 0)
			return ++p->inner[i].n;
	}
	return 0;
}

static unsigned inner_number(const struct places *p, const char *name)
{
	for (size_t i = 0; i < DEPTH_MAX; i++)
		if (strcmp(p->inner[i].name, name) == 0)
			return p->inner[i].n;
	return 0;
}

static void enter(struct places *p, const char *name, const char *title)
{
	struct opened *o;

	if (p->depth + 1 >= DEPTH_MAX)
		return;
	o = &p->open[++p->depth];
	(void)text_format(o->name, sizeof o->name, "%.*s", CONFIG_OPTION_MAX - 1, name);
	(void)text_format(o->title, sizeof o->title, "%s", title ? title : "");
	o->has_title = title;
	if (p->depth == 1)
		memset(p->inner, 0, sizeof p->inner);
	else if (p->depth == 2)
		(void)count_inner(p, o->name);
}

static int put_place(struct places *p, const char *option, unsigned line)
{
	struct config_places *out = p->out;
	const struct opened *o = &p->open[p->depth > 1 ? 1 : p->depth];
	const struct opened *in = &p->open[p->depth];
	char prefix[CONFIG_OPTION_MAX] = "";
	struct config_place *at = reallocarray(out->v, out->n + 1, sizeof *at);

	if (!at)
		return ENOMEM;
	out->v = at;
	at += out->n++;
	*at = (struct config_place){ .line = line };
	if (p->depth > 1)
		config_prefix(prefix, in->name, in->has_title ? in->title : NULL,
			inner_number(p, in->name));
	(void)text_format(at->section, sizeof at->section, "%s", o->name);
	(void)text_format(
		at->title, sizeof at->title, "%.*s", CONFIG_TEXT_MAX - 1, o->title);
	(void)text_format(at->option, sizeof at->option, "%s%.*s", prefix,
		CONFIG_OPTION_MAX - 1, option);
	return 0;
}

/* As find(): a word, perhaps a title in quotes, and then a brace or a sign. */
static int walk(struct words *w, struct places *p)
{
	char before[WORD_MAX] = "", name[WORD_MAX] = "";
	bool is_value = false;
	unsigned at = 0;
	int err = 0;

	while (!err && read_word(w)) {
		if (is(w, "{") && !is_value) {
			enter(p, *name ? name : before, *name ? before : NULL);
		} else if (is(w, "}") && is_value) {
			is_value = false;
		} else if (is(w, "}")) {
			p->depth -= p->depth > 0;
		} else if (is(w, "=")) {
			err = put_place(p, before, at);
			if (!read_word(w))
				break;
			is_value = is(w, "{");
		} else if (!is_value) {
			memcpy(name, w->is_quoted ? before : "",
				w->is_quoted ? WORD_MAX : 1);
			memcpy(before, w->word, WORD_MAX);
			at = w->line;
			continue;
		}
		if (!is_value)
			before[0] = name[0] = 0;
	}
	return err;
}

int config_places(struct config_places *out, const char *path)
{
	struct words w = { .f = fopen(path, "re"), .line = 1 };
	struct places p = { .out = out };
	int err;

	if (!w.f)
		return errno;
	err = walk(&w, &p);
	(void)fclose(w.f);
	return err;
}

unsigned config_line(
	const char *path, const char *section, const char *title, const char *option)
{
	struct words w = { .f = fopen(path, "re"), .line = 1 };
	unsigned line;

	if (!w.f)
		return 0;
	line = find(&w, section, title, option);
	(void)fclose(w.f);
	return line;
}
