/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * rtcp_source -- what a receiver counts of one source (RFC 3550 appendix A.1, A.3, A.8); see rtcp.h.
 *
 * No probation (A.1's MIN_SEQUENTIAL): what arrives here was authenticated by SRTP or came from a
 * latched address.  Pure: the time is an argument.  Any thread.
 */
#include "wire/rtcp.h"

#define SEQ_MOD      65536u
#define MAX_DROPOUT  3000 /* RFC 3550 appendix A.1 */
#define MAX_MISORDER 100
#define NO_BAD_SEQ   (SEQ_MOD + 1) /* matches no 16-bit number */
#define LOST_MIN     (-0x800000) /* 24 bits signed, section 6.4.1 */
#define LOST_MAX     0x7FFFFF
/* Sixteen times this still fits 32 bits; a hostile timestamp must not make the estimate wrap. */
#define DEVIATION_MAX ((1u << 27) - 1)
#define CAME_BITS     64 /* of rtcp_source.came */

static void restart(struct rtcp_source *s, uint16_t seq)
{
	s->base_seq = seq;
	s->max_seq = seq;
	s->bad_seq = NO_BAD_SEQ;
	s->cycles = 0;
	s->received = s->received_prior = s->expected_prior = 0;
	s->bursts = s->restored = 0;
	s->came = UINT64_MAX; /* before the first nothing is missing */
}

static void step_on(struct rtcp_source *s, uint32_t by)
{
	if (by == 0)
		return; /* twice the same */
	s->came = (by < CAME_BITS ? s->came << by : 0) | 1;
	s->bursts += by > 1;
}

/* One that was missing: its burst is over, shorter, or falls into two. */
static bool fill(struct rtcp_source *s, uint32_t back)
{
	if (back == 0 || back >= CAME_BITS - 1 || s->came >> back & 1)
		return false;
	bool newer = s->came >> (back - 1) & 1, older = s->came >> (back + 1) & 1;

	if (newer && older)
		s->bursts--;
	else if (!newer && !older)
		s->bursts++;
	s->came |= (uint64_t)1 << back;
	return true;
}

/* A.1's update_seq: false for a leap that is believed only when its successor follows. */
static bool take_seq(struct rtcp_source *s, uint16_t seq)
{
	uint16_t ahead = (uint16_t)(seq - s->max_seq);

	if (ahead < MAX_DROPOUT) {
		if (seq < s->max_seq)
			s->cycles += SEQ_MOD;
		s->max_seq = seq;
		step_on(s, ahead);
	} else if (ahead <= SEQ_MOD - MAX_MISORDER) {
		if (seq != s->bad_seq) {
			s->bad_seq = (seq + 1u) % SEQ_MOD;
			return false;
		}
		restart(s, seq); /* the other side began anew without saying so */
	} else {
		(void)fill(s, SEQ_MOD - ahead);
	}
	s->received++;
	return true;
}

static void take_jitter(struct rtcp_source *s, uint32_t transit)
{
	int32_t d = (int32_t)(transit - s->transit);
	uint32_t deviation = d < 0 ? 0u - (uint32_t)d : (uint32_t)d;

	if (deviation > DEVIATION_MAX)
		deviation = DEVIATION_MAX;
	s->transit = transit;
	s->jitter_q4 += deviation - ((s->jitter_q4 + 8) >> 4); /* A.8, in integers */
}

void rtcp_source_packet(
	struct rtcp_source *s, uint32_t ssrc, uint16_t seq, uint32_t ts, uint32_t arrival)
{
	if (!s->started || ssrc != s->ssrc) {
		*s = (struct rtcp_source){ .started = true, .ssrc = ssrc };
		restart(s, seq);
		s->transit = arrival - ts;
	}
	if (take_seq(s, seq))
		take_jitter(s, arrival - ts);
}

bool rtcp_source_restore(struct rtcp_source *s, uint16_t seq)
{
	if (!s->started || !fill(s, (uint16_t)(s->max_seq - seq)))
		return false;
	s->restored++;
	return true;
}

void rtcp_source_sr(struct rtcp_source *s, uint64_t ntp, int64_t now_us)
{
	s->sr_mid = (uint32_t)(ntp >> 16);
	s->sr_at_us = now_us;
}

static uint32_t extended_max(const struct rtcp_source *s)
{
	return s->cycles + s->max_seq;
}

uint32_t rtcp_source_expected(const struct rtcp_source *s)
{
	return s->started ? extended_max(s) - s->base_seq + 1 : 0;
}

/* Negative with duplicates. */
static int64_t lost_in_all(const struct rtcp_source *s)
{
	return (int64_t)rtcp_source_expected(s) - s->received;
}

static uint8_t fraction_lost(struct rtcp_source *s)
{
	uint32_t expected = rtcp_source_expected(s);
	uint32_t expected_now = expected - s->expected_prior;
	uint32_t received_now = s->received - s->received_prior;

	s->expected_prior = expected;
	s->received_prior = s->received;
	if (expected_now == 0 || received_now >= expected_now)
		return 0;
	uint64_t of_256 = ((uint64_t)(expected_now - received_now) << 8) / expected_now;

	return of_256 > 255 ? 255 : (uint8_t)of_256;
}

static uint32_t since_sr(const struct rtcp_source *s, int64_t now_us)
{
	int64_t us = now_us - s->sr_at_us;

	if (s->sr_mid == 0 || us <= 0)
		return 0;
	if (us >= INT64_C(65536) * 1000000)
		return UINT32_MAX; /* the field ends after 18 hours */
	return (uint32_t)(us * 65536 / 1000000);
}

bool rtcp_source_report(struct rtcp_source *s, int64_t now_us, struct rtcp_report *out)
{
	if (!s->started)
		return false;
	int64_t lost = lost_in_all(s);

	*out = (struct rtcp_report){
		.ssrc = s->ssrc,
		.fraction_lost = fraction_lost(s),
		.lost = (int32_t)(lost < LOST_MIN ? LOST_MIN
				: lost > LOST_MAX ? LOST_MAX
						  : lost),
		.ext_seq = extended_max(s),
		.jitter = s->jitter_q4 >> 4,
		.lsr = s->sr_mid,
		.dlsr = since_sr(s, now_us),
	};
	return true;
}

uint32_t rtcp_source_lost(const struct rtcp_source *s)
{
	int64_t lost = s->started ? lost_in_all(s) : 0;

	return lost < 0 ? 0 : (uint32_t)lost;
}

uint32_t rtcp_round_trip_us(const struct rtcp_report *r, uint64_t now_ntp)
{
	uint32_t now = (uint32_t)(now_ntp >> 16);
	int32_t trip = (int32_t)(now - r->lsr - r->dlsr);

	if (r->lsr == 0 || trip <= 0)
		return 0;
	uint64_t us = (uint64_t)trip * 1000000 / 65536;

	return us > UINT32_MAX ? UINT32_MAX : (uint32_t)us;
}
