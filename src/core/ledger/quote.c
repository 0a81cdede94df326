/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* quote -- see quote.h. */
#include "core/ledger/quote.h"

#include <string.h>

#define MARK "> "

static bool is_inner_byte(uint8_t c)
{
	return (c & 0xC0) == 0x80; /* RFC 3629: of a character that began before */
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\f';
}

/* Bytes of the first n characters; fewer where the line ends. */
static size_t bytes_of(struct slice line, size_t n)
{
	size_t at = 0;

	for (; at < line.n; at++) {
		if (!is_inner_byte(line.p[at]) && n-- == 0)
			break;
	}
	return at;
}

/* The same, so that what is left does not begin with a blank: none would be seen on paper. */
static size_t part_of(struct slice line, size_t n)
{
	size_t all = bytes_of(line, n), at = all;

	while (at > 1 && (is_blank(line.p[at]) || is_inner_byte(line.p[at])))
		at--;
	return at > 1 ? at : all;
}

bool quote_next(struct wbuf *w, struct slice *text, size_t width)
{
	const uint8_t *end = text->n ? memchr(text->p, '\n', text->n) : NULL;
	struct slice line = { text->p, end ? (size_t)(end - text->p) : text->n };
	size_t room = width - strlen(MARK);

	if (!text->n)
		return false;
	wbuf_str(w, line.n ? MARK : ">");
	if (bytes_of(line, room) == line.n) {
		wbuf_slice(w, line);
		*text = slice_from(*text, line.n + 1);
		return true;
	}
	line.n = part_of(line, room - 1);
	wbuf_slice(w, line);
	wbuf_u8(w, '\\');
	*text = slice_from(*text, line.n);
	return true;
}

static struct slice trim(struct slice s)
{
	while (s.n && is_blank(s.p[0]))
		s = slice_from(s, 1);
	while (s.n && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

void quote_read(struct wbuf *w, struct slice page)
{
	while (page.n) {
		struct slice line = trim(slice_cut(&page, '\n'));

		if (!line.n || line.p[0] != '>')
			continue;
		line = trim(slice_from(line, 1));
		if (line.n && line.p[line.n - 1] == '\\') {
			wbuf_put(w, line.p, line.n - 1);
			continue;
		}
		wbuf_slice(w, line);
		wbuf_u8(w, '\n');
	}
}
