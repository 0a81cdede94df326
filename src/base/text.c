/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* text -- see text.h */
#include "base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int text_copy(char *dst, size_t cap, const char *src)
{
	size_t n = strlen(src);

	if (n >= cap)
		return ENAMETOOLONG;
	memcpy(dst, src, n + 1);
	return 0;
}

int text_format(char *dst, size_t cap, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(dst, cap, fmt, ap);
	va_end(ap);
	return n < 0 || (size_t)n >= cap ? ENAMETOOLONG : 0;
}

void text_hex(char *dst, size_t cap, const uint8_t *src, size_t n)
{
	static const char digits[] = "0123456789abcdef";

	if (cap < 2 * n + 1)
		n = cap ? (cap - 1) / 2 : 0;
	for (size_t i = 0; i < n; i++) {
		dst[2 * i] = digits[src[i] >> 4];
		dst[2 * i + 1] = digits[src[i] & 15];
	}
	if (cap)
		dst[2 * n] = 0;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int text_unhex(uint8_t *dst, size_t n, const char *src)
{
	if (strlen(src) != 2 * n)
		return EINVAL;
	for (size_t i = 0; i < 2 * n; i++)
		if (hex_value(src[i]) < 0)
			return EINVAL;
	for (size_t i = 0; i < n; i++)
		dst[i] = (uint8_t)(hex_value(src[2 * i]) * 16 +
			hex_value(src[2 * i + 1]));
	return 0;
}

/* Length of the sequence that a lead byte announces, with the smallest code point that may use it
 * (RFC 3629 section 3: the shortest form only); 0 for a byte that cannot lead. */
static unsigned lead(uint8_t c, uint32_t *bits, uint32_t *least)
{
	if (c < 0x80) {
		*bits = c;
		*least = 0;
		return 1;
	}
	if ((c & 0xE0) == 0xC0) {
		*bits = c & 0x1Fu;
		*least = 0x80;
		return 2;
	}
	if ((c & 0xF0) == 0xE0) {
		*bits = c & 0x0Fu;
		*least = 0x800;
		return 3;
	}
	if ((c & 0xF8) == 0xF0) {
		*bits = c & 0x07u;
		*least = 0x10000;
		return 4;
	}
	return 0;
}

bool text_is_clean_utf8(const char *s)
{
	const uint8_t *p = (const uint8_t *)s;

	while (*p) {
		uint32_t code, least;
		unsigned n = lead(*p, &code, &least);

		if (n == 0)
			return false;
		for (unsigned i = 1; i < n; i++) {
			if ((p[i] & 0xC0) != 0x80)
				return false;
			code = code << 6 | (p[i] & 0x3Fu);
		}
		if (code < least || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
			return false;
		if (code < 0x20 || (code >= 0x7F && code < 0xA0))
			return false;
		p += n;
	}
	return true;
}
