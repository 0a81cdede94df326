/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* fields -- see fields.h */
#include "core/acd/fields.h"

#include <assert.h>
#include <string.h>

static uint64_t load(const void *from, const struct field *f)
{
	const char *p = (const char *)from + f->at;
	uint8_t u8;
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;

	switch (f->size) {
	case 1: memcpy(&u8, p, 1); return u8;
	case 2: memcpy(&u16, p, 2); return u16;
	case 4: memcpy(&u32, p, 4); return u32;
	default: memcpy(&u64, p, 8); return u64;
	}
}

static void store(void *to, const struct field *f, uint64_t v)
{
	char *p = (char *)to + f->at;
	uint8_t u8 = (uint8_t)v;
	uint16_t u16 = (uint16_t)v;
	uint32_t u32 = (uint32_t)v;

	switch (f->size) {
	case 1: memcpy(p, &u8, 1); break;
	case 2: memcpy(p, &u16, 2); break;
	case 4: memcpy(p, &u32, 4); break;
	default: memcpy(p, &v, 8);
	}
}

static size_t width(const struct field *f)
{
	return f->kind == FIELD_WORD ? 1 : f->size;
}

uint64_t fields_alias(const struct hash64_key *key, uint64_t id)
{
	uint8_t bytes[8];
	struct wbuf w = wbuf_of(bytes, sizeof bytes);
	uint64_t alias;

	if (!key || !id)
		return id;
	wbuf_be64(&w, id);
	alias = hash64(key, bytes, sizeof bytes);
	return alias ? alias : 1;
}

/* As it is written; what no word of ours is, is 255, and no more foreign than before. */
static uint64_t value_of(
	const void *from, const struct field *f, const struct hash64_key *key)
{
	uint64_t v = load(from, f);

	if (f->kind == FIELD_ID)
		return fields_alias(key, v);
	return f->kind == FIELD_WORD && v > UINT8_MAX ? UINT8_MAX : v;
}

static void put_value(struct wbuf *w, uint64_t v, size_t n)
{
	while (n-- > 0)
		wbuf_u8(w, (uint8_t)(v >> (8 * n)));
}

void fields_put(struct wbuf *w, struct fields fields, const void *from,
	const struct hash64_key *key)
{
	uint8_t mask[FIELDS_MAX / 8] = { 0 };

	assert(fields.n <= FIELDS_MAX);
	for (size_t i = 0; i < fields.n; i++)
		if (load(from, &fields.f[i]))
			mask[i / 8] |= (uint8_t)(1u << i % 8);
	wbuf_put(w, mask, (fields.n + 7) / 8);
	for (size_t i = 0; i < fields.n; i++)
		if (mask[i / 8] >> i % 8 & 1)
			put_value(w, value_of(from, &fields.f[i], key),
				width(&fields.f[i]));
}

static bool get_value(struct slice *s, size_t n, uint64_t *out)
{
	uint64_t v = 0;

	if (s->n < n)
		return false;
	for (size_t i = 0; i < n; i++)
		v = v << 8 | s->p[i];
	*s = slice_from(*s, n);
	*out = v;
	return v != 0; /* or it would not have been written */
}

static bool is_possible(const struct field *f, uint64_t v)
{
	switch (f->kind) {
	case FIELD_WORD: return v < f->limit;
	case FIELD_FLAG: return v == 1;
	case FIELD_TIME:
		return (int64_t)v < FIELDS_TIME_MAX && (int64_t)v > -FIELDS_TIME_MAX;
	default: return true;
	}
}

bool fields_get(struct slice *s, struct fields fields, void *to, size_t size)
{
	size_t n_mask = (fields.n + 7) / 8;
	const uint8_t *mask = s->p;

	if (s->n < n_mask)
		return false;
	if (fields.n % 8 && mask[n_mask - 1] >> fields.n % 8)
		return false;
	*s = slice_from(*s, n_mask);
	memset(to, 0, size);
	for (size_t i = 0; i < fields.n; i++) {
		uint64_t v;

		if (!(mask[i / 8] >> i % 8 & 1))
			continue;
		if (!get_value(s, width(&fields.f[i]), &v) ||
			!is_possible(&fields.f[i], v))
			return false;
		store(to, &fields.f[i], v);
	}
	return true;
}
