/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * fuzz: what a relay kept for a former control.  What is read can be written again, and is the same.
 */
#include <assert.h>
#include <string.h>

#include "app/saved.h"
#include "sip/trunk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_again(struct rp_blob *out, struct saved *s)
{
	if (s->head.kind == SAVED_CALL)
		saved_write_call(out, &s->call, s->state, s->call.state_len, s->sdp);
	else if (s->head.kind == SAVED_LINE)
		saved_write_line(out, &s->line);
	else
		saved_write_hop(out, &s->hop);
}

static void check_call(const struct saved *s, const uint8_t *data, size_t size)
{
	assert(s->call.state_len <= TRUNK_STATE_MAX);
	assert(s->state >= data && s->state + s->call.state_len <= data + size);
	assert(strlen(s->call.remote_addr) < sizeof s->call.remote_addr);
	assert(strlen(s->call.why) < sizeof s->call.why);
	assert(strlen(s->sdp) <= s->call.sdp_len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rp_blob blob;
	struct saved s;

	if (saved_read(&s, data, size))
		return 0;
	if (s.head.kind == SAVED_CALL) {
		check_call(&s, data, size);
		if (strlen(s.sdp) < s.call.sdp_len)
			return 0; /* a NUL in a description: it ends there */
	}
	write_again(&blob, &s);
	assert(blob.len == size && memcmp(blob.bytes, data, size) == 0);
	return 0;
}
