/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* slice -- see slice.h */
#include "base/slice.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct slice slice_of(const void *p, size_t n)
{
	return (struct slice){ p, n };
}

struct slice slice_str(const char *s)
{
	return slice_of(s, s ? strlen(s) : 0);
}

bool slice_eq(struct slice a, struct slice b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool slice_is(struct slice s, const char *text)
{
	return slice_eq(s, slice_str(text));
}

static uint8_t fold(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

bool slice_is_nocase(struct slice s, const char *text)
{
	if (s.n != strlen(text))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (fold(s.p[i]) != fold((uint8_t)text[i]))
			return false;
	return true;
}

struct slice slice_from(struct slice s, size_t at)
{
	if (at >= s.n)
		return slice_of(s.p ? s.p + s.n : NULL, 0);
	return slice_of(s.p + at, s.n - at);
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

struct slice slice_trim(struct slice s)
{
	while (s.n && is_blank(s.p[0]))
		s = slice_from(s, 1);
	while (s.n && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

struct slice slice_cut(struct slice *s, char c)
{
	const uint8_t *hit = s->n ? memchr(s->p, c, s->n) : NULL;
	struct slice head = *s;

	if (hit) {
		head.n = (size_t)(hit - s->p);
		*s = slice_from(*s, head.n + 1);
	} else {
		*s = slice_from(*s, s->n);
	}
	return head;
}

bool slice_u64(struct slice s, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;

	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned d = (unsigned)s.p[i] - '0';

		if (d > 9 || v > (UINT64_MAX - d) / 10)
			return false;
		v = v * 10 + d;
	}
	if (v > max)
		return false;
	*out = v;
	return true;
}

int slice_copy(struct slice s, char *dst, size_t cap)
{
	if (s.n >= cap)
		return ENAMETOOLONG;
	if (s.n && memchr(s.p, 0, s.n))
		return EINVAL;
	if (s.n)
		memcpy(dst, s.p, s.n);
	dst[s.n] = 0;
	return 0;
}

void be16_put(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

void be32_put(uint8_t *p, uint32_t v)
{
	be16_put(p, (uint16_t)(v >> 16));
	be16_put(p + 2, (uint16_t)v);
}

void be64_put(uint8_t *p, uint64_t v)
{
	be32_put(p, (uint32_t)(v >> 32));
	be32_put(p + 4, (uint32_t)v);
}

struct wbuf wbuf_of(void *p, size_t cap)
{
	return (struct wbuf){ .p = p, .cap = cap };
}

void wbuf_put(struct wbuf *w, const void *p, size_t n)
{
	if (w->full || n > w->cap - w->n) {
		w->full = true;
		return;
	}
	if (n)
		memcpy(w->p + w->n, p, n);
	w->n += n;
}

void wbuf_u8(struct wbuf *w, uint8_t v)
{
	wbuf_put(w, &v, 1);
}

void wbuf_be16(struct wbuf *w, uint16_t v)
{
	uint8_t b[2];

	be16_put(b, v);
	wbuf_put(w, b, sizeof b);
}

void wbuf_be32(struct wbuf *w, uint32_t v)
{
	uint8_t b[4];

	be32_put(b, v);
	wbuf_put(w, b, sizeof b);
}

void wbuf_be64(struct wbuf *w, uint64_t v)
{
	uint8_t b[8];

	be64_put(b, v);
	wbuf_put(w, b, sizeof b);
}

void wbuf_slice(struct wbuf *w, struct slice s)
{
	wbuf_put(w, s.p, s.n);
}

void wbuf_str(struct wbuf *w, const char *s)
{
	wbuf_put(w, s, strlen(s));
}

void wbuf_printf(struct wbuf *w, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (w->full)
		return;
	va_start(ap, fmt);
	n = vsnprintf((char *)w->p + w->n, w->cap - w->n, fmt, ap);
	va_end(ap);
	/* vsnprintf wants room for its NUL, which is then overwritten by the next write */
	if (n < 0 || (size_t)n >= w->cap - w->n)
		w->full = true;
	else
		w->n += (size_t)n;
}

struct slice wbuf_slice_of(const struct wbuf *w)
{
	return slice_of(w->p, w->n);
}
