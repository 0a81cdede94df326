/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * csv -- tables as spreadsheets write them (RFC 4180), one record at a time.
 *
 * UTF-8, with or without a byte order mark; records end with CRLF or LF, the last one may end with the file.  The fields
 * stand apart by ',', or by ';' as Excel writes where the comma is a decimal sign, or by a tab: whichever stands in
 * the first line.  A field in quotes may hold all of these, line ends, and quotes that are written twice.
 *
 * Hostile input: bounded by its arguments.  Pure; any thread; the text is borrowed and outlives the reader.
 */
#ifndef WIRE_CSV_H
#define WIRE_CSV_H

#include <stdbool.h>

#include "base/slice.h"

#define CSV_FIELDS_MAX 16 /* in a record: ours has seven columns */
#define CSV_TEXT_MAX   4096 /* bytes of a record's fields, each with a NUL */

struct csv {
	struct slice rest;
	char separator;
	size_t line; /* of what comes next, from 1 */
};

struct csv_record {
	size_t line; /* where it begins */
	size_t n;
	const char *fields[CSV_FIELDS_MAX]; /* into text; without quotes, not trimmed */
	char text[CSV_TEXT_MAX];
};

enum csv_found {
	CSV_RECORD,
	CSV_END,
	/* and what is wrong with the record at out->line; the reader goes on behind it */
	CSV_LONG, /* more fields or bytes than there is room for */
	CSV_QUOTE, /* a quote within a field that does not begin with one, or text behind a closing one */
	CSV_OPEN, /* a quote that is never closed: nothing comes after it */
	CSV_BYTES, /* no UTF-8 (RFC 3629), or control characters */
};

void csv_init(struct csv *c, struct slice text);
/* Empty lines are passed over.  Of *out only `line` counts unless it is a record. */
enum csv_found csv_next(struct csv *c, struct csv_record *out);

#endif
