/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* base64 -- see base64.h. */
#include "base/base64.h"

#include <errno.h>
#include <string.h>

static const char letters[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
static const char last[][3] = { [BASE64_PADDED] = "+/", [BASE64_URL] = "-_" };

static char letter(enum base64_kind kind, unsigned v)
{
	return v < 62 ? letters[v] : last[kind][v - 62];
}

static int value(enum base64_kind kind, uint8_t c)
{
	const char *at = c ? strchr(letters, c) : NULL;

	if (at)
		return (int)(at - letters);
	return c == last[kind][0] ? 62 : c == last[kind][1] ? 63 : -1;
}

void base64_write(struct wbuf *w, enum base64_kind kind, struct slice bytes)
{
	for (size_t i = 0; i < bytes.n; i += 3) {
		size_t have = bytes.n - i < 3 ? bytes.n - i : 3;
		uint32_t v = (uint32_t)bytes.p[i] << 16;

		v |= have > 1 ? (uint32_t)bytes.p[i + 1] << 8 : 0;
		v |= have > 2 ? bytes.p[i + 2] : 0;
		for (unsigned k = 0; k < 4; k++)
			if (k <= have)
				wbuf_u8(w, (uint8_t)letter(kind, v >> (18 - 6 * k) & 63));
			else if (kind == BASE64_PADDED)
				wbuf_u8(w, '=');
	}
}

static size_t without_padding(struct slice text)
{
	size_t n = text.n;

	while (n && text.n - n < 2 && text.p[n - 1] == '=')
		n--;
	return n;
}

int base64_read(
	uint8_t *out, size_t cap, size_t *n, enum base64_kind kind, struct slice text)
{
	size_t chars = kind == BASE64_PADDED ? without_padding(text) : text.n;
	size_t bytes = chars * 3 / 4, done = 0;
	uint32_t v = 0;

	if (chars % 4 == 1 || (kind == BASE64_PADDED && text.n % 4))
		return EINVAL;
	if (bytes > cap)
		return EMSGSIZE;
	for (size_t i = 0; i < chars; i++) {
		int c = value(kind, text.p[i]);

		if (c < 0)
			return EINVAL;
		v = v << 6 | (uint32_t)c;
		if (i % 4) /* 6 - 2 * (i % 4) bits are left over */
			out[done++] = (uint8_t)(v >> (6 - 2 * (i % 4)));
	}
	if (chars % 4 && v & ((1u << (6 - 2 * (chars % 4 - 1))) - 1))
		return EINVAL;
	*n = done;
	return 0;
}
