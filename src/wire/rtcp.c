/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* rtcp -- compound packets read and written; see rtcp.h.  Owns nothing; any thread. */
#include "wire/rtcp.h"

#include <errno.h>
#include <string.h>

#include "base/slice.h"

/* RFC 3550 section 12.1 */
#define PT_SR   200
#define PT_RR   201
#define PT_SDES 202
#define PT_BYE  203

#define SDES_CNAME 1 /* RFC 3550 section 6.5.1 */

#define VERSION   2
#define P_BIT     0x20
#define COUNT(b)  ((b)&0x1F)
#define COUNT_MAX 31

#define HEADER   4
#define SENDER   20 /* NTP time, RTP time, packets, octets: section 6.4.1 */
#define REPORT   24
#define LOST_MIN (-0x800000) /* 24 bits signed */
#define LOST_MAX 0x7FFFFF

/* One packet of a compound: its body without the header of four octets and without padding. */
struct part {
	uint8_t type, count;
	struct slice body;
};

/* Cuts the first packet off *rest; false when it does not hold what its header says. */
static bool next_part(struct part *out, struct slice *rest)
{
	if (rest->n < HEADER || rest->p[0] >> 6 != VERSION)
		return false;
	size_t size = HEADER + 4 * (size_t)be16_get(rest->p + 2), pad = 0;

	if (size > rest->n)
		return false;
	if (rest->p[0] & P_BIT) {
		pad = rest->p[size - 1];
		/* only on the last packet, section 6.4.1; whole words, appendix A.2 */
		if (size != rest->n || pad == 0 || pad % 4 || pad > size - HEADER)
			return false;
	}
	out->type = rest->p[1];
	out->count = COUNT(rest->p[0]);
	out->body = slice_of(rest->p + HEADER, size - HEADER - pad);
	*rest = slice_from(*rest, size);
	return true;
}

static int32_t lost_get(const uint8_t *p)
{
	int32_t v = p[0] << 16 | p[1] << 8 | p[2];

	return v > LOST_MAX ? v - 0x1000000 : v;
}

static void read_report(struct rtcp_report *r, const uint8_t *p)
{
	*r = (struct rtcp_report){
		.ssrc = be32_get(p),
		.fraction_lost = p[4],
		.lost = lost_get(p + 5),
		.ext_seq = be32_get(p + 8),
		.jitter = be32_get(p + 12),
		.lsr = be32_get(p + 16),
		.dlsr = be32_get(p + 20),
	};
}

static bool read_reports(
	struct rtcp_compound *c, const struct part *part, struct slice blocks)
{
	if (blocks.n < REPORT * (size_t)part->count)
		return false;
	for (size_t i = 0; i < part->count && c->n_reports < RTCP_REPORTS_MAX; i++)
		read_report(&c->reports[c->n_reports++], blocks.p + REPORT * i);
	return true;
}

static bool read_sr(struct rtcp_compound *c, const struct part *part)
{
	const uint8_t *p = part->body.p;

	if (part->body.n < 4 + SENDER)
		return false;
	if (!c->has_sender) {
		c->has_sender = true;
		c->ntp = be64_get(p + 4);
		c->rtp_ts = be32_get(p + 12);
		c->packets = be32_get(p + 16);
		c->octets = be32_get(p + 20);
	}
	return read_reports(c, part, slice_from(part->body, 4 + SENDER));
}

static bool read_rr(struct rtcp_compound *c, const struct part *part)
{
	return part->body.n >= 4 && read_reports(c, part, slice_from(part->body, 4));
}

/* Only the reporter's own farewell counts: a mixer may say goodbye for others (section 6.6). */
static bool read_bye(struct rtcp_compound *c, const struct part *part)
{
	if (part->body.n < 4 * (size_t)part->count)
		return false;
	for (size_t i = 0; i < part->count; i++)
		if (be32_get(part->body.p + 4 * i) == c->ssrc)
			c->bye = true;
	return true;
}

static bool read_part(struct rtcp_compound *c, const struct part *part)
{
	switch (part->type) {
	case PT_SR: return read_sr(c, part);
	case PT_RR: return read_rr(c, part);
	case PT_BYE: return read_bye(c, part);
	default: return true; /* SDES, feedback, XR: nothing here needs them */
	}
}

int rtcp_parse(struct rtcp_compound *out, const uint8_t *p, size_t n)
{
	struct rtcp_compound c = { 0 };
	struct slice rest = slice_of(p, n);

	/* appendix A.2: the first is a report and carries no padding */
	if (n < HEADER + 4 || p[0] & P_BIT || (p[1] != PT_SR && p[1] != PT_RR))
		return EBADMSG;
	c.ssrc = be32_get(p + HEADER);
	while (rest.n) {
		struct part part;

		if (!next_part(&part, &rest) || !read_part(&c, &part))
			return EBADMSG;
	}
	*out = c;
	return 0;
}

static void put_header(struct wbuf *w, size_t count, uint8_t type, size_t size)
{
	wbuf_u8(w, (uint8_t)(VERSION << 6 | count));
	wbuf_u8(w, type);
	wbuf_be16(w, (uint16_t)(size / 4 - 1));
}

static void put_report(struct wbuf *w, const struct rtcp_report *r)
{
	int32_t lost = r->lost < LOST_MIN ? LOST_MIN
		: r->lost > LOST_MAX      ? LOST_MAX
					  : r->lost;

	wbuf_be32(w, r->ssrc);
	wbuf_be32(w, (uint32_t)r->fraction_lost << 24 | ((uint32_t)lost & 0xFFFFFF));
	wbuf_be32(w, r->ext_seq);
	wbuf_be32(w, r->jitter);
	wbuf_be32(w, r->lsr);
	wbuf_be32(w, r->dlsr);
}

static void put_reports(struct wbuf *w, const struct rtcp_write *d)
{
	size_t sender = d->has_sender ? SENDER : 0;

	put_header(w, d->n_reports, d->has_sender ? PT_SR : PT_RR,
		HEADER + 4 + sender + REPORT * d->n_reports);
	wbuf_be32(w, d->ssrc);
	if (d->has_sender) {
		wbuf_be64(w, d->ntp);
		wbuf_be32(w, d->rtp_ts);
		wbuf_be32(w, d->packets);
		wbuf_be32(w, d->octets);
	}
	for (size_t i = 0; i < d->n_reports; i++)
		put_report(w, &d->reports[i]);
}

static void put_sdes(struct wbuf *w, uint32_t ssrc, struct slice cname)
{
	/* a chunk ends with one to four zeros, up to the next word (section 6.5) */
	size_t zeros = 4 - (2 + cname.n) % 4;

	put_header(w, 1, PT_SDES, HEADER + 4 + 2 + cname.n + zeros);
	wbuf_be32(w, ssrc);
	wbuf_u8(w, SDES_CNAME);
	wbuf_u8(w, (uint8_t)cname.n);
	wbuf_slice(w, cname);
	while (zeros--)
		wbuf_u8(w, 0);
}

int rtcp_write(const struct rtcp_write *w, uint8_t *buf, size_t cap, size_t *n)
{
	struct wbuf out = wbuf_of(buf, cap < RTCP_MAX ? cap : RTCP_MAX);
	struct slice cname = slice_str(w->cname);

	if (w->n_reports > RTCP_REPORTS_MAX || cname.n > RTCP_CNAME_MAX)
		return ENOSPC;
	put_reports(&out, w);
	put_sdes(&out, w->ssrc, cname);
	if (w->bye) {
		put_header(&out, 1, PT_BYE, HEADER + 4);
		wbuf_be32(&out, w->ssrc);
	}
	if (out.full)
		return ENOSPC;
	*n = out.n;
	return 0;
}
