/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * line -- a packet on the port that all browser lines share: whose is it, and what is it.
 *
 * The first byte says what (RFC 7983), the source address whose; STUN carries our ufrag, and media from
 * an unknown address its SSRC.  Strangers get no answer at all; who knows a ufrag gets the errors
 * of RFC 8489.  Nothing here is logged: it would be an address (RULES T4).
 */
#include <string.h>

#include "relay/leg.h"
#include "wire/stun.h"

#define STUN_BAD_REQUEST   400 /* RFC 8489 section 14.8 */
#define STUN_UNAUTHORIZED  401
#define STUN_UNKNOWN       420
#define STUN_ROLE_CONFLICT 487 /* RFC 8445 section 7.3.1.1 */

enum what { WHAT_GARBAGE, WHAT_STUN, WHAT_DTLS, WHAT_MEDIA };

/* RFC 7983 section 7 */
static enum what what_is(const uint8_t *p, size_t n)
{
	if (n < 2)
		return WHAT_GARBAGE;
	if (p[0] <= 3)
		return WHAT_STUN;
	if (p[0] >= 20 && p[0] <= 63)
		return WHAT_DTLS;
	return p[0] >= 128 && p[0] <= 191 ? WHAT_MEDIA : WHAT_GARBAGE;
}

/* 0 or the error to answer with, in the order of RFC 8489 section 9.1.3 and then RFC 8445 section 7.3. */
static uint16_t verdict(
	const struct stunmsg *m, const uint8_t *p, size_t n, struct slice pwd)
{
	if (!m->has_integrity)
		return STUN_BAD_REQUEST;
	if (!stunmsg_check(m, p, n, pwd))
		return STUN_UNAUTHORIZED;
	if (m->n_unknown)
		return STUN_UNKNOWN;
	if (m->has_controlled)
		return STUN_ROLE_CONFLICT; /* a lite agent is the controlled one */
	return m->has_priority ? 0 : STUN_BAD_REQUEST;
}

static const char *reason(uint16_t code)
{
	switch (code) {
	case STUN_UNAUTHORIZED: return "Unauthenticated";
	case STUN_UNKNOWN: return "Unknown Attribute";
	case STUN_ROLE_CONFLICT: return "Role Conflict";
	default: return "Bad Request";
	}
}

/* asked: the request's size. Who has not proved himself gets no more bytes than he sent, because his
 * address may be another's. */
static void answer(struct relay *r, const struct stunmsg *m, uint16_t code,
	struct slice pwd, size_t asked, const struct udp_addr *to)
{
	struct udp_slot *out = udp_slot(&r->udp);
	bool proven = m->has_integrity && code != STUN_UNAUTHORIZED;
	size_t n = 0;
	int err = code ? stunmsg_write_error(out->p, sizeof out->p, &n, m->tid, code,
				 reason(code), m->unknown, m->n_unknown,
				 proven ? pwd : slice_of(NULL, 0))
		       : stunmsg_write_success(
				 out->p, sizeof out->p, &n, m->tid, &to->u.sa, pwd);

	if (!err && (proven || n <= asked))
		line_send(r, out, n, to);
}

static void take_stun(
	struct relay *r, const uint8_t *p, size_t n, const struct udp_addr *from)
{
	struct stunmsg m;
	struct leg *l = NULL;

	if (stunmsg_is_likely(p, n) && !stunmsg_parse(&m, p, n) &&
		m.cls == STUNMSG_REQUEST && m.method == STUNMSG_BINDING) {
		struct slice user = m.username;

		l = leg_web_find(r, slice_cut(&user, ':'));
	}
	if (!l) {
		r->counters.stun_bad++;
		return;
	}
	struct slice pwd = slice_str(l->ok.pwd);
	uint16_t code = verdict(&m, p, n, pwd);

	if (code) {
		r->counters.stun_refused++;
	} else {
		r->counters.stun_ok++;
		if (from->stream)
			stream_proved(r, from->stream);
		leg_web_checked(r, l, from, m.use_candidate);
	}
	answer(r, &m, code, pwd, n, from);
}

static void take_dtls(
	struct relay *r, const uint8_t *p, size_t n, const struct udp_addr *from)
{
	struct web_path *path = web_path_find(r, from);

	if (path)
		leg_web_dtls(r, path, p, n);
	else
		r->counters.stray++;
}

/* SSRC of an RTP packet, or of the sender of an RTCP compound. */
static struct leg *by_ssrc(struct relay *r, const uint8_t *p, size_t n)
{
	size_t at = rtp_is_rtcp(p, n) ? 4 : 8;

	return n < at + 4 ? NULL : map_find(&r->by_ssrc, SSRC_KEY(be32_get(p + at)));
}

static void take_media(struct relay *r, uint8_t *p, size_t n, const struct udp_addr *from)
{
	struct web_path *path = web_path_find(r, from);
	struct leg *l = path ? path->leg : by_ssrc(r, p, n);

	if (l)
		leg_web_media(r, l, path, p, n, from);
	else
		r->counters.stray++;
}

void line_send(struct relay *r, struct udp_slot *out, size_t n, const struct udp_addr *to)
{
	if (to->stream)
		stream_send(r, to->stream, slice_of(out->p, n));
	else
		udp_commit(&r->udp, &r->line, out, n, to);
}

void line_packet(void *relay, uint8_t *p, size_t n, const struct udp_addr *from)
{
	struct relay *r = relay;

	switch (what_is(p, n)) {
	case WHAT_STUN: take_stun(r, p, n, from); break;
	case WHAT_DTLS: take_dtls(r, p, n, from); break;
	case WHAT_MEDIA: take_media(r, p, n, from); break;
	case WHAT_GARBAGE: r->counters.garbage++; break;
	}
}
