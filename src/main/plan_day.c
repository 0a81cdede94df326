/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * plan_day -- a day's file: comma-separated, a first line start,calls,aht, then a line per interval.
 *
 * Where an interval starts is free text, but where both it and the one before are times of day (08:30), it must
 * not start before that one is over: so a file of half hours is not read as one of quarters.
 * What spreadsheets add is taken: a byte order mark, CR before LF, blanks around a field, empty lines.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "main/plan.h"

#define FIELDS 3
#define SHOWN  40 /* bytes of a field that a complaint repeats */

static const char *const header[FIELDS] = { "start", "calls", "aht" };

/* Where the reading stands. */
struct reader {
	const char *path;
	double interval_s;
	size_t line;
	const uint8_t *begin; /* of the line */
	int previous_s; /* start of the row before, as a time of day; -1: it was none */
};

static size_t column(const struct reader *r, struct slice at)
{
	return (size_t)(at.p - r->begin) + 1;
}

/* What is in a file reaches a terminal only where it is text. */
static const char *shown(char out[SHOWN + 1], struct slice field)
{
	if (slice_copy(field, out, SHOWN + 1) || !text_is_clean_utf8(out))
		return "something else";
	return out;
}

static int complain(
	const struct reader *r, struct slice at, const char *name, const char *wants)
{
	char text[SHOWN + 1];

	fprintf(stderr, "%s:%zu:%zu: %s must be %s, not \"%s\".\n", r->path, r->line,
		column(r, at), name, wants, shown(text, at));
	return EINVAL;
}

static int complain_line(const struct reader *r, struct slice at, const char *what)
{
	fprintf(stderr, "%s:%zu:%zu: %s\n", r->path, r->line, column(r, at), what);
	return EINVAL;
}

/* The fields of a line, trimmed.  EINVAL: told. */
static int split(const struct reader *r, struct slice line, struct slice field[FIELDS])
{
	struct slice rest = line;

	for (size_t i = 0; i < FIELDS; i++) {
		bool is_last = !memchr(rest.p, ',', rest.n);

		field[i] = slice_trim(slice_cut(&rest, ','));
		if (is_last != (i == FIELDS - 1))
			return complain_line(r, field[i],
				memchr(line.p, ';', line.n)
					? "the fields must stand apart by commas, not "
					  "semicolons."
					: "a line must have three fields: "
					  "start,calls,aht.");
	}
	return 0;
}

static int read_header(const struct reader *r, struct slice line)
{
	struct slice field[FIELDS];
	int err = split(r, line, field);

	for (size_t i = 0; !err && i < FIELDS; i++)
		if (!slice_is_nocase(field[i], header[i]))
			err = complain_line(
				r, field[i], "the first line must be start,calls,aht.");
	return err;
}

/* "08:30" or "08:30:15" as seconds of the day; -1: something else. */
static int time_of_day(struct slice s)
{
	static const unsigned max[] = { 24, 59, 59 };
	unsigned seconds = 0;

	for (size_t i = 0; i < 3; i++) {
		uint64_t v = 0;
		struct slice part;

		if (i == 2 && !s.n) {
			seconds *= 60;
			continue;
		}
		part = slice_cut(&s, ':');
		if (part.n > 2 || !slice_u64(part, max[i], &v))
			return -1;
		seconds = seconds * 60 + (unsigned)v;
	}
	return s.n ? -1 : (int)seconds;
}

static int read_start(struct reader *r, struct plan_row *row, struct slice field)
{
	int was = r->previous_s;

	if (!field.n || slice_copy(field, row->start, sizeof row->start) ||
		!text_is_clean_utf8(row->start) || memchr(field.p, '"', field.n))
		return complain(r, field, header[0],
			"a time such as 08:30, of at most 31 bytes without quotes");
	r->previous_s = time_of_day(field);
	if (was >= 0 && r->previous_s >= 0 && r->previous_s < was + r->interval_s)
		return complain_line(r, field,
			"this interval starts before the one above it is over: is "
			"--interval "
			"right, and are the lines in order?");
	return 0;
}

static int read_row(struct reader *r, struct plan_row *row, struct slice line)
{
	struct slice field[FIELDS];
	int err = split(r, line, field);

	*row = (struct plan_row){ .line = r->line };
	if (!err)
		err = read_start(r, row, field[0]);
	if (err)
		return err;
	row->column = column(r, field[1]);
	if (!plan_number_read(&row->calls, PLAN_CALLS, field[1]))
		return complain(r, field[1], header[1], plan_number_wants(PLAN_CALLS));
	if (!plan_number_read(&row->aht_s, PLAN_AHT, field[2]))
		return complain(r, field[2], header[2], plan_number_wants(PLAN_AHT));
	return 0;
}

static int read_line(
	struct reader *r, struct plan_day *day, bool *is_begun, struct slice line)
{
	if (!line.n)
		return 0;
	if (!*is_begun) {
		*is_begun = true;
		return read_header(r, line);
	}
	if (day->n == PLAN_ROWS_MAX)
		return complain_line(r, line, "a day has at most 1440 intervals.");
	return read_row(r, &day->rows[day->n++], line);
}

int plan_day_parse(
	struct plan_day *day, const char *path, struct slice text, double interval_s)
{
	static const uint8_t mark[] = { 0xEF, 0xBB, 0xBF };
	struct reader r = { .path = path, .interval_s = interval_s, .previous_s = -1 };
	bool is_begun = false;
	int err = 0;

	day->n = 0;
	if (text.n >= sizeof mark && memcmp(text.p, mark, sizeof mark) == 0)
		text = slice_from(text, sizeof mark);
	while (!err && text.n) {
		struct slice line = slice_cut(&text, '\n');

		r.line++;
		r.begin = line.p;
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		err = read_line(&r, day, &is_begun, slice_trim(line));
	}
	if (!err && !day->n) {
		fprintf(stderr,
			"%s:%zu:1: there is no interval: a line start,calls,aht, then "
			"one such "
			"as 08:30,120,180.\n",
			path, r.line + 1);
		err = EINVAL;
	}
	return err;
}

/* As much as fits; EFBIG: there is more. */
static int read_file(const char *path, uint8_t *out, size_t cap, size_t *n)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err = 0;
	ssize_t got = 1;

	if (fd < 0)
		return errno;
	for (*n = 0; *n < cap && got > 0; *n += (size_t)got) {
		got = read(fd, out + *n, cap - *n);
		if (got < 0) {
			err = errno;
			break;
		}
	}
	close(fd);
	return !err && *n == cap ? EFBIG : err;
}

int plan_day_read(struct plan_day *day, const char *path, double interval_s)
{
	uint8_t *text = malloc(PLAN_FILE_MAX);
	size_t n = 0;
	int err = text ? read_file(path, text, PLAN_FILE_MAX, &n) : ENOMEM;

	if (err)
		fprintf(stderr, "%s: cannot be read: %s.\n", path, strerror(err));
	else
		err = plan_day_parse(day, path, slice_of(text, n), interval_s);
	free(text);
	return err;
}
