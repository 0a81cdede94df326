/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* fuzz: rtp.  What is understood adds up to the packet; the header written again reads the same; a payload
 * that is a key of a telephone is told once. */
#include <assert.h>
#include <errno.h>

#include "wire/dtmf.h"
#include "wire/rtp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_key(const struct rtp_packet *r)
{
	struct dtmf_heard heard = { 0 };
	struct dtmf_event ev;
	int err = dtmf_parse(&ev, r->payload);

	assert(err == 0 || err == EBADMSG);
	if (err)
		return;
	assert(ev.key < DTMF_KEYS && r->payload.n == 4);
	assert(dtmf_is_new(&heard, r->ssrc, r->ts, &ev));
	assert(!dtmf_is_new(&heard, r->ssrc, r->ts, &ev));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rtp_packet r, back;
	bool is_rtcp = rtp_is_rtcp(data, size);
	int err = rtp_parse(&r, data, size);

	assert(err == 0 || err == EBADMSG);
	if (err)
		return 0;
	assert(!is_rtcp && r.pt <= 127);
	assert(r.header_size >= RTP_HEADER && r.payload.p == data + r.header_size);
	size_t padding = data[0] & 0x20 ? data[size - 1] : 0;

	assert(r.header_size + r.payload.n + padding == size);
	uint8_t p[RTP_HEADER];

	rtp_write_header(p, r.marker, r.pt, r.seq, r.ts, r.ssrc);
	assert(!rtp_parse(&back, p, sizeof p));
	assert(back.marker == r.marker && back.pt == r.pt && back.seq == r.seq);
	assert(back.ts == r.ts && back.ssrc == r.ssrc && back.payload.n == 0);
	check_key(&r);
	return 0;
}
