/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * red -- redundant audio data (RFC 2198): a packet that says, besides its own frame, the frames before it once more.
 *
 * Hostile input: every length is checked, and more blocks than are kept are refused. Slices point into the payload. Pure; any
 * thread.
 */
#ifndef WIRE_RED_H
#define WIRE_RED_H

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

#define RED_BLOCKS_MAX \
	5 /* browsers send two; libwebrtc ten at most, of which five are 100 ms */
#define RED_OFFSET_MAX 16383 /* ticks, 14 bits: section 3 */
#define RED_LENGTH_MAX 1023 /* bytes of a block that is not the last, 10 bits */
#define RED_HEADERS    5 /* bytes, of two blocks */

struct red_block {
	uint8_t pt; /* 0 to 127 */
	uint16_t
		offset; /* ticks by which it is older than the packet; of the last block 0 */
	struct slice bytes; /* may be empty */
};

struct red {
	struct red_block blocks[RED_BLOCKS_MAX]; /* the last one is the packet's own */
	size_t n; /* at least 1 */
};

/* EBADMSG: cut off, nothing in its own block, or too many blocks. */
int red_parse(struct red *out, struct slice payload);
/* Two blocks: before, and now. ENOSPC; EINVAL: before is older, or longer, than can be said. */
int red_write(const struct red_block *before, const struct red_block *now, uint8_t *buf,
	size_t cap, size_t *n);

#endif
