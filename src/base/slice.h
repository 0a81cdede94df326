/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * slice -- borrowed bytes, and a bounded writer.
 *
 * A slice owns nothing: it points into memory that outlives it.  A wbuf writes into the caller's
 * buffer and never past it; after the first write that does not fit, `full` is set and every later
 * write is dropped, so a caller checks once at the end.  Integers are big-endian (network order).
 * Any thread; no state.
 */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct slice {
	const uint8_t *p;
	size_t n;
};

struct wbuf {
	uint8_t *p;
	size_t n; /* bytes written */
	size_t cap;
	bool full; /* something did not fit */
};

struct slice slice_of(const void *p, size_t n);
struct slice slice_str(const char *s); /* without the NUL */
bool slice_eq(struct slice a, struct slice b);
bool slice_is(struct slice s, const char *text); /* byte for byte */
bool slice_is_nocase(struct slice s, const char *text); /* ASCII case folded */
struct slice slice_from(struct slice s, size_t at); /* the rest; empty past the end */
struct slice slice_trim(struct slice s); /* no blanks or tabs at either end */

/* Cut `s` at the first `c`: returns what stands before it and leaves the rest after it in *s;
 * without a `c` returns everything and leaves *s empty. */
struct slice slice_cut(struct slice *s, char c);

/* Decimal digits only, the whole slice, no sign; false when empty, foreign or above max. */
bool slice_u64(struct slice s, uint64_t max, uint64_t *out);

/* Copy as a C string; ENAMETOOLONG when it does not fit, EINVAL when it holds a NUL. */
int slice_copy(struct slice s, char *dst, size_t cap);

static inline uint16_t be16_get(const uint8_t *p)
{
	return (uint16_t)((uint16_t)p[0] << 8 | p[1]);
}

static inline uint32_t be32_get(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline uint64_t be64_get(const uint8_t *p)
{
	return (uint64_t)be32_get(p) << 32 | be32_get(p + 4);
}

void be16_put(uint8_t *p, uint16_t v);
void be32_put(uint8_t *p, uint32_t v);
void be64_put(uint8_t *p, uint64_t v);

struct wbuf wbuf_of(void *p, size_t cap);
void wbuf_put(struct wbuf *w, const void *p, size_t n);
void wbuf_u8(struct wbuf *w, uint8_t v);
void wbuf_be16(struct wbuf *w, uint16_t v);
void wbuf_be32(struct wbuf *w, uint32_t v);
void wbuf_be64(struct wbuf *w, uint64_t v);
void wbuf_slice(struct wbuf *w, struct slice s);
void wbuf_str(struct wbuf *w, const char *s);
void wbuf_printf(struct wbuf *w, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
struct slice wbuf_slice_of(const struct wbuf *w);

#endif
