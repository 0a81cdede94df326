/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* rtp -- see rtp.h.  Owns nothing; any thread. */
#include "wire/rtp.h"

#include <errno.h>

#define VERSION     2 /* RFC 3550 section 5.1 */
#define V(byte)     ((byte) >> 6)
#define P_BIT       0x20
#define X_BIT       0x10
#define CC(byte)    ((byte)&0x0F)
#define M_BIT       0x80
#define EXT_HEADER  4 /* RFC 3550 section 5.3.1 */
#define RTCP_PT_MIN 64 /* RFC 5761 section 4: 192..223 without the marker bit */
#define RTCP_PT_MAX 95

/* Where the payload begins; 0 when CSRCs or the extension run past the end. */
static size_t header_size(const uint8_t *p, size_t n)
{
	size_t at = RTP_HEADER + 4 * (size_t)CC(p[0]);

	if (!(p[0] & X_BIT))
		return at <= n ? at : 0;
	if (at + EXT_HEADER > n)
		return 0;
	at += EXT_HEADER + 4 * (size_t)be16_get(p + at + 2);
	return at <= n ? at : 0;
}

int rtp_parse(struct rtp_packet *out, const uint8_t *p, size_t n)
{
	if (n < RTP_HEADER || n > RTP_MAX || V(p[0]) != VERSION)
		return EBADMSG;
	uint8_t pt = p[1] & (uint8_t)~M_BIT;
	size_t at = header_size(p, n), pad = p[0] & P_BIT ? p[n - 1] : 0;

	if (at == 0 || (pt >= RTCP_PT_MIN && pt <= RTCP_PT_MAX))
		return EBADMSG;
	/* the last octet counts itself, so with the bit set zero is a lie as well */
	if (pad > n - at || (p[0] & P_BIT && pad == 0))
		return EBADMSG;
	*out = (struct rtp_packet){
		.marker = p[1] & M_BIT,
		.pt = pt,
		.seq = be16_get(p + 2),
		.ts = be32_get(p + 4),
		.ssrc = be32_get(p + 8),
		.header_size = at,
		.payload = slice_of(p + at, n - at - pad),
	};
	return 0;
}

void rtp_write_header(uint8_t p[RTP_HEADER], bool marker, uint8_t pt, uint16_t seq,
	uint32_t ts, uint32_t ssrc)
{
	p[0] = VERSION << 6;
	p[1] = (uint8_t)((marker ? M_BIT : 0) | (pt & 0x7F));
	be16_put(p + 2, seq);
	be32_put(p + 4, ts);
	be32_put(p + 8, ssrc);
}

bool rtp_is_rtcp(const uint8_t *p, size_t n)
{
	return n >= 2 && p[1] >= (M_BIT | RTCP_PT_MIN) && p[1] <= (M_BIT | RTCP_PT_MAX);
}
