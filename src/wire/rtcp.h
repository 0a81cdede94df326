/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * rtcp -- sender and receiver reports, SDES CNAME and BYE in compound packets (RFC 3550 section 6).
 *
 * Hostile input: a compound is walked with every length checked; foreign packet types are skipped.
 * Pure; any thread.
 */
#ifndef WIRE_RTCP_H
#define WIRE_RTCP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RTCP_MAX         1200
#define RTCP_REPORTS_MAX 4 /* report blocks kept; a line has one source */
#define RTCP_CNAME_MAX   64

struct rtcp_report {
	uint32_t ssrc; /* the source reported on */
	uint8_t fraction_lost; /* of 256 */
	int32_t lost; /* cumulative, 24 bits signed */
	uint32_t ext_seq; /* extended highest sequence number */
	uint32_t jitter; /* in units of the RTP clock */
	uint32_t lsr; /* middle 32 bits of the last SR's NTP time; 0: none */
	uint32_t dlsr; /* delay since then in 1/65536 s */
};

struct rtcp_compound {
	bool has_sender; /* an SR was among them */
	uint32_t ssrc; /* of the reporter */
	uint64_t ntp; /* SR only: 32.32 fixed point since 1900 */
	uint32_t rtp_ts, packets, octets;
	struct rtcp_report reports[RTCP_REPORTS_MAX];
	size_t n_reports;
	bool bye;
};

/* EBADMSG: not a valid compound (first packet must be SR or RR, RFC 3550 section 6.1). */
int rtcp_parse(struct rtcp_compound *out, const uint8_t *p, size_t n);

struct rtcp_write {
	bool has_sender;
	uint32_t ssrc;
	uint64_t ntp;
	uint32_t rtp_ts, packets, octets;
	const struct rtcp_report *reports;
	size_t n_reports; /* at most RTCP_REPORTS_MAX */
	const char *cname;
	bool bye;
};

/* SR or RR, then SDES with CNAME, then BYE where asked. ENOSPC. */
int rtcp_write(const struct rtcp_write *w, uint8_t *buf, size_t cap, size_t *n);

/* Receiver bookkeeping of RFC 3550 appendix A.1, A.3 and A.8: loss, jitter, extended sequence. */
struct rtcp_source {
	bool started;
	uint32_t ssrc;
	uint16_t max_seq;
	uint32_t cycles, base_seq, received;
	uint32_t expected_prior, received_prior;
	uint32_t transit;
	uint32_t jitter_q4; /* jitter * 16, as in A.8 */
	uint32_t sr_mid; /* middle of the last SR's NTP time */
	int64_t sr_at_us; /* when it came */
	uint32_t bad_seq; /* the successor that would make a leap believed (A.1) */
	uint64_t came; /* bit k: max_seq - k did, or was restored */
	uint32_t bursts; /* times that one or more in a row are missing */
	uint32_t restored;
};

/* A packet was received: arrival in units of the RTP clock. A new SSRC starts afresh. */
void rtcp_source_packet(struct rtcp_source *s, uint32_t ssrc, uint16_t seq, uint32_t ts,
	uint32_t arrival);
/* The packet of this number is known from another one (RFC 2198). false: it had come, or is too old to tell. */
bool rtcp_source_restore(struct rtcp_source *s, uint16_t seq);
void rtcp_source_sr(struct rtcp_source *s, uint64_t ntp, int64_t now_us);
/* The report block of now; false while nothing was received. Advances the interval (A.3). */
bool rtcp_source_report(struct rtcp_source *s, int64_t now_us, struct rtcp_report *out);
/* Packets lost in all so far, never negative. */
uint32_t rtcp_source_lost(const struct rtcp_source *s);
/* Packets that were sent in all so far, as the sequence numbers tell; 0 while nothing was received. */
uint32_t rtcp_source_expected(const struct rtcp_source *s);

/* Round trip in us from a report about us: now - LSR - DLSR (RFC 3550 section 6.4.1). now_ntp: the
 * 64-bit NTP time now. 0 when the report has no LSR or the figure is negative. */
uint32_t rtcp_round_trip_us(const struct rtcp_report *r, uint64_t now_ntp);

#endif
