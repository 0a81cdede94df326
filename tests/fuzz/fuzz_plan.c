/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * fuzz: a day's file for heimamt plan.  The bytes are the file.  What is refused was complained about, and what is taken
 * keeps every limit that the figures trust.
 */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "main/plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t n_said; /* bytes of complaints about this file */

static ssize_t count_said(void *arg, const char *text, size_t n)
{
	assert(memchr(text, 0, n) == NULL);
	n_said += n;
	return (ssize_t)n;
}

static void catch_complaints(void)
{
	const cookie_io_functions_t io = { .write = count_said };
	FILE *said = fopencookie(NULL, "w", io);

	if (!said)
		abort();
	setvbuf(said, NULL, _IONBF, 0);
	stderr = said;
}

static void check_row(const struct plan_row *row, size_t line_before)
{
	assert(memchr(row->start, 0, sizeof row->start) && *row->start);
	assert(text_is_clean_utf8(row->start) && !strpbrk(row->start, "\",\n"));
	assert(row->line > line_before && row->column > 1);
	assert(row->calls >= 0 && row->calls <= 1e9 && row->aht_s >= 1e-3 &&
		row->aht_s < 1e7);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct plan_day day; /* large */
	static bool is_ready;
	int err;

	if (!is_ready)
		catch_complaints();
	is_ready = true;
	n_said = 0;
	err = plan_day_parse(&day, "day.csv", slice_of(data, size), 900);
	assert(err == 0 || (err == EINVAL && n_said));
	if (err)
		return 0;
	assert(day.n >= 1 && day.n <= PLAN_ROWS_MAX && !n_said);
	for (size_t i = 0; i < day.n; i++)
		check_row(&day.rows[i], i ? day.rows[i - 1].line : 1);
	return 0;
}
