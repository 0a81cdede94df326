/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* csv -- see csv.h. */
#include "wire/csv.h"

#include "base/text.h"

static bool has(const struct csv *c, size_t i)
{
	return i < c->rest.n;
}

static char at(const struct csv *c, size_t i)
{
	return has(c, i) ? (char)c->rest.p[i] : 0;
}

/* In the first line, outside of quotes. */
static char separator_of(struct slice text)
{
	bool is_quoted = false;

	for (size_t i = 0; i < text.n; i++) {
		char ch = (char)text.p[i];

		if (ch == '"')
			is_quoted = !is_quoted;
		else if (!is_quoted && (ch == ',' || ch == ';' || ch == '\t'))
			return ch;
		else if (!is_quoted && ch == '\n')
			break;
	}
	return ',';
}

void csv_init(struct csv *c, struct slice text)
{
	static const uint8_t mark[] = { 0xEF, 0xBB, 0xBF };

	if (text.n >= 3 && slice_eq(slice_of(text.p, 3), slice_of(mark, 3)))
		text = slice_from(text, 3);
	*c = (struct csv){ text, separator_of(text), 1 };
}

/* A record that is being read. */
struct reading {
	struct csv *c;
	struct csv_record *out;
	size_t used; /* of out->text */
	enum csv_found found;
};

/* The worst comes first and stays. */
static void fault(struct reading *r, enum csv_found what)
{
	if (r->found == CSV_RECORD)
		r->found = what;
}

static void put(struct reading *r, char ch)
{
	if (r->used == CSV_TEXT_MAX)
		fault(r, CSV_LONG);
	else
		r->out->text[r->used++] = ch;
}

static void skip(struct csv *c, size_t n)
{
	for (size_t i = 0; i < n && has(c, i); i++)
		c->line += at(c, i) == '\n';
	c->rest = slice_from(c->rest, n);
}

/* 0: none stands here. */
static size_t line_end(const struct csv *c)
{
	if (at(c, 0) == '\n')
		return 1;
	return at(c, 0) == '\r' && at(c, 1) == '\n' ? 2 : 0;
}

static void read_quoted(struct reading *r)
{
	struct csv *c = r->c;

	skip(c, 1);
	for (; has(c, 0); skip(c, 1)) {
		if (at(c, 0) == '"' && at(c, 1) != '"')
			break;
		put(r, at(c, 0));
		if (at(c, 0) == '"')
			skip(c, 1);
	}
	if (!has(c, 0))
		fault(r, CSV_OPEN);
	skip(c, 1);
	if (has(c, 0) && at(c, 0) != c->separator && !line_end(c))
		fault(r, CSV_QUOTE);
}

/* Up to what ends the field, whatever it is. */
static void read_plain(struct reading *r)
{
	struct csv *c = r->c;

	for (; has(c, 0) && at(c, 0) != c->separator && !line_end(c); skip(c, 1)) {
		if (at(c, 0) == '"')
			fault(r, CSV_QUOTE);
		put(r, at(c, 0));
	}
}

static void read_field(struct reading *r)
{
	const char *start = r->out->text + r->used;

	if (at(r->c, 0) == '"')
		read_quoted(r);
	read_plain(r);
	put(r, '\0');
	if (r->out->n == CSV_FIELDS_MAX)
		fault(r, CSV_LONG);
	else
		r->out->fields[r->out->n++] = start;
}

/* A zero byte would hide what stands behind it, so the bytes are counted, too. */
static bool is_clean(const struct csv_record *rec, size_t used)
{
	size_t n = 0;

	for (size_t i = 0; i < used; i++)
		n += rec->text[i] == 0;
	for (size_t i = 0; i < rec->n; i++)
		if (!text_is_clean_utf8(rec->fields[i]))
			return false;
	return n == rec->n;
}

enum csv_found csv_next(struct csv *c, struct csv_record *out)
{
	struct reading r = { c, out, 0, CSV_RECORD };
	size_t n;

	while ((n = line_end(c)) > 0)
		skip(c, n);
	out->line = c->line;
	out->n = 0;
	if (!has(c, 0))
		return CSV_END;
	read_field(&r);
	while (has(c, 0) && !line_end(c)) {
		skip(c, 1); /* the separator */
		read_field(&r);
	}
	skip(c, line_end(c));
	if (r.found == CSV_RECORD && !is_clean(out, r.used))
		return CSV_BYTES;
	return r.found;
}
