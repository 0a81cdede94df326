/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* fuzz: frame.  The first byte says in what pieces the rest comes; what is read, written again, is the stream up to there. */
#include <assert.h>
#include <string.h>

#include "wire/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t out[FRAME_HEAD + FRAME_MAX];
	struct frame_reader r = { 0 };
	size_t piece, seen = 0;

	if (size < 2)
		return 0;
	piece = (size_t)data[0] + 1;
	data++;
	size--;
	for (size_t at = 0; at < size; at += piece) {
		struct slice in = slice_of(
			data + at, size - at < piece ? size - at : piece);
		enum frame_step step;

		while ((step = frame_read(&r, &in)) == FRAME_WHOLE) {
			size_t n = frame_write(
				out, sizeof out, slice_of(r.packet, r.size));

			assert(n == FRAME_HEAD + r.size && seen + n <= size);
			assert(memcmp(out, data + seen, n) == 0);
			seen += n;
		}
		if (step == FRAME_BROKEN) {
			assert((size_t)(data[seen] << 8 | data[seen + 1]) > FRAME_MAX);
			return 0;
		}
		assert(in.n == 0);
	}
	return 0;
}
