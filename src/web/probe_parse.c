/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* probe_parse -- see probe.h: the first line of a request (RFC 9112 section 3), and where its head ends. */
#include <string.h>

#include "base/slice.h"
#include "web/probe.h"

static bool take_word(struct slice *line, struct slice *word)
{
	const uint8_t *blank = memchr(line->p, ' ', line->n);
	size_t n = blank ? (size_t)(blank - line->p) : line->n;

	*word = slice_of(line->p, n);
	if (!blank)
		return false;
	*line = slice_of(blank + 1, line->n - n - 1);
	return true;
}

static bool is_clean(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7F)
			return false;
	return true;
}

unsigned probe_parse(const char *bytes, size_t n, char path[PROBE_PATH_MAX])
{
	const char *head = memmem(bytes, n, "\r\n\r\n", 4);
	struct slice line, method, target;
	const uint8_t *query;

	if (!head)
		return n >= PROBE_REQUEST_MAX ? 400 : 0;
	const char *end = memmem(bytes, n, "\r\n", 2);

	line = slice_of(bytes, (size_t)(end - bytes));
	if (!take_word(&line, &method) || !take_word(&line, &target) ||
		!(slice_is(line, "HTTP/1.1") || slice_is(line, "HTTP/1.0")) ||
		!target.n || target.p[0] != '/' || !is_clean(target))
		return 400;
	if (!slice_is(method, "GET"))
		return 405;
	query = memchr(target.p, '?', target.n);
	if (query)
		target.n = (size_t)(query - target.p);
	if (target.n >= PROBE_PATH_MAX)
		return 414;
	memcpy(path, target.p, target.n);
	path[target.n] = 0;
	return 200;
}
