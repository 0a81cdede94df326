/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* cbor -- see cbor.h. */
#include "wire/cbor.h"

#include <errno.h>

#define SHORT_MAX \
	23 /* a value up to it stands in the head's byte; then 1, 2, 4 or 8 bytes follow */

static uint64_t big_endian(const uint8_t *p, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v = v << 8 | p[i];
	return v;
}

/* RFC 8949 section 3: the argument; 4.2.1: in the fewest bytes. */
static int read_value(struct slice *rest, unsigned info, uint64_t *value)
{
	/* the least value that is worth 1, 2, 4, 8 bytes */
	static const uint64_t least[] = { SHORT_MAX + 1, UINT64_C(1) << 8,
		UINT64_C(1) << 16, UINT64_C(1) << 32 };
	size_t n;

	if (info <= SHORT_MAX) {
		*value = info;
		return 0;
	}
	if (info > SHORT_MAX + 4)
		return EBADMSG; /* reserved, or an open length */
	n = (size_t)1 << (info - SHORT_MAX - 1);
	if (rest->n < n)
		return EBADMSG;
	*value = big_endian(rest->p, n);
	*rest = slice_from(*rest, n);
	return *value < least[info - SHORT_MAX - 1] ? EBADMSG : 0;
}

int cbor_read(struct slice *rest, struct cbor_item *out)
{
	struct slice r = *rest;
	struct cbor_item item = { .type = CBOR_UINT };
	unsigned head;

	if (r.n == 0)
		return EBADMSG;
	head = r.p[0];
	r = slice_from(r, 1);
	item.type = (enum cbor_type)(head >> 5);
	if (read_value(&r, head & 31, &item.value))
		return EBADMSG;
	if (item.type == CBOR_TAG ||
		(item.type == CBOR_SIMPLE && (head < 0xf4 || head > 0xf6)))
		return EBADMSG;
	if (item.type == CBOR_BYTES || item.type == CBOR_TEXT) {
		if (item.value > r.n)
			return EBADMSG;
		item.bytes = (struct slice){ r.p, (size_t)item.value };
		r = slice_from(r, (size_t)item.value);
	}
	*rest = r;
	*out = item;
	return 0;
}

int cbor_expect(struct slice *rest, enum cbor_type type, struct cbor_item *out)
{
	struct slice r = *rest;
	int err = cbor_read(&r, out);

	if (err || out->type != type)
		return EBADMSG;
	*rest = r;
	return 0;
}

int cbor_int(struct slice *rest, int32_t *out)
{
	struct slice r = *rest;
	struct cbor_item item;

	if (cbor_read(&r, &item) || item.value > INT32_MAX ||
		(item.type != CBOR_UINT && item.type != CBOR_NINT))
		return EBADMSG;
	*out = item.type == CBOR_UINT ? (int32_t)item.value : -1 - (int32_t)item.value;
	*rest = r;
	return 0;
}

/* Iterative: what is left to be skipped at each level. A count is no promise, the bytes end it. */
int cbor_skip(struct slice *rest)
{
	uint64_t left[CBOR_DEPTH + 1] = { 1 };
	struct slice r = *rest;
	unsigned depth = 0;

	for (;;) {
		struct cbor_item item;

		while (left[depth] == 0) {
			if (depth == 0) {
				*rest = r;
				return 0;
			}
			depth--;
		}
		left[depth]--;
		if (cbor_read(&r, &item))
			return EBADMSG;
		if (item.type != CBOR_ARRAY && item.type != CBOR_MAP)
			continue;
		if (++depth > CBOR_DEPTH || item.value > r.n)
			return EBADMSG;
		left[depth] = item.type == CBOR_MAP ? 2 * item.value : item.value;
	}
}
