/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* fuzz: red.  Blocks lie within the payload, one after the other to its end; two of them written again read the same. */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "wire/red.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_again(const struct red *r)
{
	uint8_t p[RED_HEADERS + 4096];
	struct red back;
	size_t n = 0;

	if (r->n != 2 || r->blocks[1].bytes.n > 2048)
		return;
	assert(!red_write(&r->blocks[0], &r->blocks[1], p, sizeof p, &n));
	assert(!red_parse(&back, slice_of(p, n)) && back.n == 2);
	for (int i = 0; i < 2; i++) {
		assert(back.blocks[i].pt == r->blocks[i].pt);
		assert(back.blocks[i].offset == r->blocks[i].offset);
		assert(back.blocks[i].bytes.n == r->blocks[i].bytes.n);
		assert(!memcmp(back.blocks[i].bytes.p, r->blocks[i].bytes.p,
			back.blocks[i].bytes.n));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct red r;
	const uint8_t *at = data;
	int err = red_parse(&r, slice_of(data, size));

	assert(err == 0 || err == EBADMSG);
	if (err)
		return 0;
	assert(r.n >= 1 && r.n <= RED_BLOCKS_MAX && r.blocks[r.n - 1].offset == 0);
	at += 4 * (r.n - 1) + 1;
	for (size_t i = 0; i < r.n; i++) {
		assert(r.blocks[i].pt <= 127 && r.blocks[i].offset <= RED_OFFSET_MAX);
		assert(r.blocks[i].bytes.p == at);
		at += r.blocks[i].bytes.n;
	}
	assert(at == data + size && r.blocks[r.n - 1].bytes.n > 0);
	check_again(&r);
	return 0;
}
