/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * fuzz: rtcp.  A compound that is understood, written and read again, says the same.  The bytes also
 * serve as sequence numbers, timestamps and arrivals: whatever they are, a report stays in its range.
 */
#include <assert.h>
#include <errno.h>

#include "base/slice.h"
#include "wire/rtcp.h"

#define STEP 7 /* bytes that make one packet of a source */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void assert_same(const struct rtcp_report *a, const struct rtcp_report *b)
{
	assert(a->ssrc == b->ssrc && a->fraction_lost == b->fraction_lost);
	assert(a->lost == b->lost && a->ext_seq == b->ext_seq && a->jitter == b->jitter);
	assert(a->lsr == b->lsr && a->dlsr == b->dlsr);
}

static void there_and_back(const struct rtcp_compound *c)
{
	struct rtcp_write w = { .has_sender = c->has_sender,
		.ssrc = c->ssrc,
		.ntp = c->ntp,
		.rtp_ts = c->rtp_ts,
		.packets = c->packets,
		.octets = c->octets,
		.reports = c->reports,
		.n_reports = c->n_reports,
		.cname = "line",
		.bye = c->bye };
	struct rtcp_compound back;
	uint8_t b[RTCP_MAX];
	size_t n;

	assert(!rtcp_write(&w, b, sizeof b, &n));
	assert(!rtcp_parse(&back, b, n));
	assert(back.has_sender == c->has_sender && back.ssrc == c->ssrc &&
		back.ntp == c->ntp);
	assert(back.rtp_ts == c->rtp_ts && back.packets == c->packets);
	assert(back.octets == c->octets && back.bye == c->bye);
	assert(back.n_reports == c->n_reports);
	for (size_t i = 0; i < c->n_reports; i++) {
		assert_same(&back.reports[i], &c->reports[i]);
		/* any figure will do, as long as it is one */
		(void)rtcp_round_trip_us(&c->reports[i], c->ntp);
	}
}

static void count(const uint8_t *p, size_t n)
{
	struct rtcp_source s = { 0 };
	struct rtcp_report r;

	for (; n >= STEP; p += STEP, n -= STEP) {
		/* mostly one source, now and then another or a report of it */
		if (p[0] == 0xFF)
			rtcp_source_sr(&s, (uint64_t)be32_get(p + 1) << 16, p[5]);
		rtcp_source_packet(&s, p[0] == 0xFE, be16_get(p + 1),
			(uint32_t)be16_get(p + 3) << 16, (uint32_t)be16_get(p + 5) << 16);
		assert(rtcp_source_report(&s, be16_get(p + 1), &r));
		assert(r.lost >= -0x800000 && r.lost <= 0x7FFFFF);
		assert(r.jitter < 1u << 27);
		assert(rtcp_source_lost(&s) <= UINT32_MAX - s.received);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rtcp_compound c;
	int err = rtcp_parse(&c, data, size);

	assert(err == 0 || err == EBADMSG);
	if (!err) {
		assert(c.n_reports <= RTCP_REPORTS_MAX);
		there_and_back(&c);
	}
	count(data, size);
	return 0;
}
