/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * state -- see state.h.  SIP thread.
 */
#include "sip/state.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "base/slice.h"
#include "sip/station.h"

#define HEAD_SIZE \
	42 /* version, flags, three numbers, address, port, transport, session */

static const char start_line[] = "INVITE sip:x SIP/2.0\r\n";

/* A header, or all of its kind, each on a line of its own. */
static void put_one(struct wbuf *w, const void *header)
{
	char line[TRUNK_STATE_MAX];
	issize_t n = header ? msg_header_e(line, sizeof line, header, MSG_DO_COMPACT) : 0;
	if (n < 0 || (size_t)n >= sizeof line)
		w->full = true;
	else
		wbuf_put(w, line, (size_t)n);
}

static void put_all(struct wbuf *w, const void *header)
{
	const sip_header_t *h = header;
	for (; h; h = (const sip_header_t *)h->sh_next)
		put_one(w, h);
}

char *state_head(const sip_t *sip, bool with_via)
{
	uint8_t text[TRUNK_STATE_MAX];
	struct wbuf w = wbuf_of(text, sizeof text - 1);
	if (with_via)
		put_one(&w, sip->sip_via);
	put_one(&w, sip->sip_from);
	put_one(&w, sip->sip_to);
	put_one(&w, sip->sip_call_id);
	text[w.n] = 0;
	return w.full ? NULL : strdup((char *)text);
}

/* To as From, and the reverse: both are an address with parameters, under a name of one letter (RFC 3261 section
 * 7.3.3). */
static void put_as(struct wbuf *w, char name, const void *header)
{
	size_t at = w->n;
	put_one(w, header);
	if (!w->full && w->n > at)
		w->p[at] = (uint8_t)name;
}

char *state_head_of_answer(const sip_t *sip)
{
	uint8_t text[TRUNK_STATE_MAX];
	struct wbuf w = wbuf_of(text, sizeof text - 1);
	put_as(&w, 'f', sip->sip_to);
	put_as(&w, 't', sip->sip_from);
	put_one(&w, sip->sip_call_id);
	text[w.n] = 0;
	return w.full ? NULL : strdup((char *)text);
}

static uint8_t flags_of(const struct dialog *d, bool pending)
{
	/* not by its CSeq: a far side may use the same number again */
	bool unacked = d->state == DIALOG_RINGING || d->state == DIALOG_ANSWERED;
	bool first = pending ? unacked : d->head_has_via;
	bool accepted = pending && d->invite.state == INVITE_ACCEPTED;
	return (uint8_t)((d->state != DIALOG_RINGING ? STATE_ANSWERED : 0) |
		(d->acked ? STATE_ACKED : 0) | (d->offered ? STATE_OFFERED : 0) |
		(d->rung ? STATE_RUNG : 0) | (pending ? STATE_PENDING : 0) |
		(accepted ? STATE_ACCEPTED : 0) | (first ? STATE_FIRST : 0));
}

static void put_text(struct wbuf *w, const struct dialog *d, bool pending, bool first)
{
	const sip_route_t *route = NULL;
	const sip_contact_t *target = NULL;
	const sip_t *sip = pending ? sip_object(d->invite.request) : NULL;
	(void)nta_leg_get_route(d->leg, &route, &target);
	wbuf_str(w, start_line);
	if (pending) {
		put_all(w, sip->sip_via);
		put_one(w, sip->sip_from);
		put_one(w, sip->sip_to);
		put_one(w, sip->sip_call_id);
		put_all(w, sip->sip_record_route);
	} else {
		wbuf_str(w, d->head);
	}
	wbuf_printf(w, "CSeq: %u INVITE\r\n", pending ? d->invite.cseq : d->first_cseq);
	if (!pending || !first) /* else it is the Record-Route */
		put_all(w, route);
	put_one(w, target);
	wbuf_str(w, "\r\n");
}

static void put_session(struct wbuf *w, const struct dialog *d)
{
	wbuf_be32(w, d->session.expires_s);
	wbuf_be32(w, d->session.min_s);
	wbuf_u8(w,
		(uint8_t)((d->session.ours ? STATE_OURS : 0) |
			(d->session.knows ? STATE_KNOWS : 0) |
			(d->can_update ? STATE_UPDATE : 0)));
}

static size_t write_it(const struct dialog *d, uint8_t out[TRUNK_STATE_MAX], bool pending)
{
	struct wbuf w = wbuf_of(out, TRUNK_STATE_MAX);
	uint8_t flags = flags_of(d, pending);
	wbuf_u8(&w, STATE_VERSION);
	wbuf_u8(&w, flags);
	wbuf_be32(&w, d->first_cseq);
	wbuf_be32(&w, d->remote_cseq);
	wbuf_be32(&w, nta_leg_get_seq(d->leg));
	wbuf_put(&w, d->from.b, sizeof d->from.b);
	wbuf_be16(&w, d->from.port);
	wbuf_u8(&w, d->from.transport);
	put_session(&w, d);
	put_text(&w, d, pending, flags & STATE_FIRST);
	return w.full ? 0 : w.n;
}

/* That a response can be sent by it, and without asking a name server: nta had noted the address. */
static bool is_good_via(const sip_via_t *v)
{
	struct peers_addr a;
	return v && v->v_protocol && v->v_host && !v->v_maddr &&
		strcasecmp(v->v_protocol, sip_transport_udp) == 0 &&
		peers_addr_parse(&a, v->v_received ? v->v_received : v->v_host, 0) == 0;
}

size_t state_write(const struct dialog *d, uint8_t out[TRUNK_STATE_MAX])
{
	bool pending = d->invite.state == INVITE_PROCEEDING ||
		d->invite.state == INVITE_ACCEPTED;
	size_t n = 0;
	if (!d->leg || !d->head)
		return 0;
	if (pending && is_good_via(sip_object(d->invite.request)->sip_via))
		n = write_it(d, out, true);
	/* better a call whose 200 is not repeated than one that is lost */
	return n || d->state == DIALOG_RINGING ? n : write_it(d, out, false);
}

static bool is_whole(const struct state *s, const sip_t *sip)
{
	bool first = s->flags & STATE_FIRST, pending = s->flags & STATE_PENDING;
	return sip && !sip->sip_error && sip->sip_request &&
		sip->sip_request->rq_method == sip_method_invite && sip->sip_from &&
		sip->sip_to && sip->sip_to->a_tag && sip->sip_call_id && sip->sip_cseq &&
		sip->sip_cseq->cs_method == sip_method_invite && sip->sip_contact &&
		!sip->sip_payload && (!first || sip->sip_via) &&
		(!pending || is_good_via(sip->sip_via));
}

/* What flags_of() can give, beside STATE_OFFERED and STATE_RUNG, which may go with each. */
static bool are_written(uint8_t flags)
{
	static const uint8_t written[] = {
		STATE_PENDING | STATE_FIRST, /* it rings */
		STATE_ANSWERED | STATE_PENDING | STATE_ACCEPTED | STATE_FIRST,
		STATE_ANSWERED, /* with or without STATE_ACKED, as all below */
		STATE_ANSWERED | STATE_FIRST,
		STATE_ANSWERED | STATE_PENDING, /* re-offered */
		STATE_ANSWERED | STATE_PENDING | STATE_ACCEPTED,
	};
	uint8_t rest = flags & (uint8_t) ~(STATE_OFFERED | STATE_RUNG);
	for (size_t i = 0; i < sizeof written; i++) {
		if (rest == written[i] || (i >= 2 && rest == (written[i] | STATE_ACKED)))
			return true;
	}
	return false;
}

/* As check.c asks of an INVITE, and what only a dialog can say of itself. */
static bool is_sound(const struct state *s, const struct station *st)
{
	const sip_t *sip = sip_object(s->msg);
	if (!are_written(s->flags) || !is_whole(s, sip))
		return false;
	const url_t *target = sip->sip_contact->m_url;
	bool first = s->flags & STATE_FIRST, pending = s->flags & STATE_PENDING;
	uint32_t cseq = sip->sip_cseq->cs_seq;
	const struct session *t = &s->session;
	return (t->expires_s ? t->expires_s >= SESSION_LEAST_S : !t->ours) &&
		s->from.transport < TRUNK_TRANSPORTS &&
		(target->url_type == url_sip || target->url_type == url_sips) &&
		target->url_host && peers_is_v4(&s->from) == st->v4 &&
		s->first_cseq <= INT32_MAX && s->remote_cseq <= INT32_MAX &&
		s->local_cseq <= INT32_MAX - STATE_CSEQ_STEP &&
		s->remote_cseq >= s->first_cseq && cseq <= s->remote_cseq &&
		(!first || cseq == s->first_cseq) && (pending || cseq == s->first_cseq) &&
		strlen(sip->sip_to->a_tag) == DIALOG_TAG_SIZE - 1;
}

int state_read(struct state *out, const struct station *st, const void *p, size_t n)
{
	const uint8_t *b = p;
	if (!b || n <= HEAD_SIZE || n > TRUNK_STATE_MAX || b[0] != STATE_VERSION ||
		memcmp(b + n - 4, "\r\n\r\n", 4) != 0) /* nta would take a cut header */
		return EINVAL;
	struct state s = {
		.flags = b[1],
		.first_cseq = be32_get(b + 2),
		.remote_cseq = be32_get(b + 6),
		.local_cseq = be32_get(b + 10),
		.from.port = be16_get(b + 30),
		.from.transport = b[32],
		.session.expires_s = be32_get(b + 33),
		.session.min_s = be32_get(b + 37),
		.session.ours = b[41] & STATE_OURS,
		.session.knows = b[41] & STATE_KNOWS,
		.can_update = b[41] & STATE_UPDATE,
	};
	memcpy(s.from.b, b + 14, sizeof s.from.b);
	s.msg = msg_make(
		sip_default_mclass(), 0, b + HEAD_SIZE, (ssize_t)(n - HEAD_SIZE));
	bool odd = b[41] & ~(STATE_OURS | STATE_KNOWS | STATE_UPDATE);
	if (!s.msg || odd || !is_sound(&s, st)) {
		state_close(&s);
		return EINVAL;
	}
	*out = s;
	return 0;
}

void state_close(struct state *s)
{
	if (s->msg)
		msg_destroy(s->msg);
	s->msg = NULL;
}
