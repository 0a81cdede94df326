/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* red -- see red.h. */
#include "wire/red.h"

#include <errno.h>

#define HEADER  4 /* of a block that another one follows: section 3 */
#define FOLLOWS 0x80
#define PT(b)   ((b)&0x7F)

/* The headers: of how many bytes each block is. The last one has what is left. */
static int read_headers(struct red *r, size_t sizes[RED_BLOCKS_MAX], struct slice *rest)
{
	while (rest->n && rest->p[0] & FOLLOWS) {
		if (rest->n < HEADER || r->n == RED_BLOCKS_MAX - 1)
			return EBADMSG;
		uint32_t h = be32_get(rest->p);

		r->blocks[r->n].pt = PT(rest->p[0]);
		r->blocks[r->n].offset = (uint16_t)(h >> 10 & RED_OFFSET_MAX);
		sizes[r->n++] = h & RED_LENGTH_MAX;
		*rest = slice_from(*rest, HEADER);
	}
	if (!rest->n)
		return EBADMSG;
	r->blocks[r->n++].pt = PT(rest->p[0]);
	*rest = slice_from(*rest, 1);
	return 0;
}

int red_parse(struct red *out, struct slice payload)
{
	struct red r = { 0 };
	size_t sizes[RED_BLOCKS_MAX] = { 0 };
	int err = read_headers(&r, sizes, &payload);

	if (err)
		return err;
	for (size_t i = 0; i + 1 < r.n; i++) {
		if (sizes[i] > payload.n)
			return EBADMSG;
		r.blocks[i].bytes = slice_of(payload.p, sizes[i]);
		payload = slice_from(payload, sizes[i]);
	}
	if (!payload.n)
		return EBADMSG;
	r.blocks[r.n - 1].bytes = payload;
	*out = r;
	return 0;
}

int red_write(const struct red_block *before, const struct red_block *now, uint8_t *buf,
	size_t cap, size_t *n)
{
	struct wbuf w = wbuf_of(buf, cap);

	if (before->offset > RED_OFFSET_MAX || before->bytes.n > RED_LENGTH_MAX)
		return EINVAL;
	wbuf_be32(&w,
		(uint32_t)(FOLLOWS | before->pt) << 24 | (uint32_t)before->offset << 10 |
			(uint32_t)before->bytes.n);
	wbuf_u8(&w, now->pt);
	wbuf_slice(&w, before->bytes);
	wbuf_slice(&w, now->bytes);
	if (w.full)
		return ENOSPC;
	*n = w.n;
	return 0;
}
