/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * week_need -- how many agents the half-hours of a day need, out of what heimamt plan --json says of one.
 *
 * On the schedule, for who is planned may be missing (agents_scheduled); `strict` are those whom the office alone may
 * have.  Shorter intervals than half an hour: the most of them.
 */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/hours/hours.h"
#include "main/week.h"

static int complain(const char *path, const char *what)
{
	fprintf(stderr, "%s: %s.\n", path, what);
	return EINVAL;
}

/* "08:30"; -1: it is none. */
static int minute_of(const char *text)
{
	struct slice rest = slice_str(text), hour = slice_cut(&rest, ':');
	uint64_t h, m;

	if (!slice_u64(hour, 23, &h) || !slice_u64(rest, 59, &m))
		return -1;
	return (int)(h * 60 + m);
}

static void raise(uint16_t *to, json_int_t n)
{
	if (n > *to)
		*to = (uint16_t)(n < UINT16_MAX ? n : UINT16_MAX);
}

/* On Monday's row; it is copied to the other days when all is read. */
static int add_interval(
	struct week_need *need, const char *path, const json_t *row, double interval_s)
{
	const char *start = json_string_value(json_object_get(row, "start"));
	const json_t *agents = json_object_get(row, "agents_scheduled");
	const json_t *office = json_object_get(
		json_object_get(row, "office"), "agents_scheduled");
	int from = start ? minute_of(start) : -1;
	double to = from + interval_s / 60;

	if (from < 0)
		return complain(path,
			"\"start\" must be a time of day such as 08:30 in each interval");
	if (!json_is_integer(agents))
		return complain(path, "each interval must say \"agents_scheduled\"");
	for (int h = from / WEEK_HALF_MIN; h < WEEK_HALVES && h * WEEK_HALF_MIN < to;
		h++) {
		raise(&need->agents[0][h], json_integer_value(agents));
		raise(&need->strict[0][h], json_integer_value(office));
	}
	return 0;
}

static int read_rows(struct week_need *need, const char *path, const json_t *j)
{
	const json_t *rows = json_object_get(j, "intervals");
	double interval_s = json_number_value(json_object_get(j, "interval_s"));
	size_t n = json_array_size(rows);
	int err = 0;

	if (n == 0 || !(interval_s > 0 && interval_s <= 86400))
		return complain(
			path, "it must be what heimamt plan --day FILE --json prints");
	for (size_t i = 0; !err && i < n; i++)
		err = add_interval(need, path, json_array_get(rows, i), interval_s);
	return err;
}

int week_need_parse(
	struct week_need *need, const char *path, struct slice text, uint8_t days)
{
	struct week_need read = { 0 };
	json_error_t e;
	json_t *j = json_loadb((const char *)text.p, text.n, JSON_REJECT_DUPLICATES, &e);
	int err;

	if (!j) {
		fprintf(stderr, "%s:%d:%d: it must be what heimamt plan --json prints.\n",
			path, e.line, e.column);
		return EINVAL;
	}
	err = read_rows(&read, path, j);
	json_decref(j);
	for (int day = 0; !err && day < WEEK_DAYS; day++) {
		if (!(days >> day & 1))
			continue;
		memcpy(need->agents[day], read.agents[0], sizeof read.agents[0]);
		memcpy(need->strict[day], read.strict[0], sizeof read.strict[0]);
	}
	return err;
}

int week_need_read(struct week_need *need, const char *path, uint8_t days)
{
	uint8_t *text = malloc(WEEK_FILE_MAX);
	int fd = text ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	int err = !text ? ENOMEM : fd < 0 ? errno : 0;
	size_t n = 0;
	ssize_t got = 1;

	for (; !err && got > 0 && n < WEEK_FILE_MAX; n += (size_t)got) {
		got = read(fd, text + n, WEEK_FILE_MAX - n);
		if (got < 0) {
			err = errno;
			break;
		}
	}
	if (fd >= 0)
		close(fd);
	if (!err && n == WEEK_FILE_MAX)
		err = EFBIG;
	if (err)
		fprintf(stderr, "%s: cannot be read: %s.\n", path, strerror(err));
	else
		err = week_need_parse(need, path, slice_of(text, n), days);
	free(text);
	return err;
}
