/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * config_line -- at which line of the file an option stands.  Part of config.
 *
 * libconfuse knows the line while it reads, and not when it is asked for a value.  So the file is read once more, with
 * its words alone: braces, quotes and comments as libconfuse has them.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

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
