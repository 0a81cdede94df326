/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* watch -- see watch.h.  Masks before anything leaves this thread. */
#include "sip/watch.h"
#include <string.h>
#include <time.h>
#include "base/text.h"
#include "sip/dialog_inner.h"
#include "wire/sdesc.h"

/* Of an address that is no carrier's the network is shown: what a fault needs, and nobody's own. */
#define NETWORK_V4 24
#define NETWORK_V6 48

static bool is_watched(const struct station *st)
{
	return atomic_load_explicit(&st->link->watched, memory_order_relaxed);
}

static int64_t wall_ms(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void network_of(char out[TRUNK_SEEN_ADDR], const struct peers_addr *a)
{
	struct peers_addr net = *a;
	char text[PEERS_TEXT_MAX];
	bool v4 = peers_is_v4(a);
	size_t kept = v4 ? sizeof net.b - 4 + NETWORK_V4 / 8 : NETWORK_V6 / 8;
	memset(net.b + kept, 0, sizeof net.b - kept);
	(void)text_format(out, TRUNK_SEEN_ADDR, "%s/%d", peers_addr_text(text, &net),
		v4 ? NETWORK_V4 : NETWORK_V6);
}

static void name_peer(
	struct station *st, struct trunk_seen *s, const struct peers_addr *a)
{
	const struct carrier *c = carrier_of(st, a);
	char text[PEERS_TEXT_MAX];
	s->transport = a->transport;
	if (!c) {
		network_of(s->addr, a);
		(void)text_copy(s->peer, sizeof s->peer,
			peers_match(&st->peers, a) ? "peer" : "");
		return;
	}
	(void)text_copy(s->peer, sizeof s->peer, c->name);
	(void)text_format(
		s->addr, sizeof s->addr, "%s:%u", peers_addr_text(text, a), a->port);
}

static const char *codec_name(enum sdesc_codec_id id)
{
	static const char *const names[] = {
		[SDESC_CODEC_OTHER] = "other",
		[SDESC_CODEC_PCMU] = "PCMU",
		[SDESC_CODEC_PCMA] = "PCMA",
		[SDESC_CODEC_G722] = "G722",
		[SDESC_CODEC_OPUS] = "opus",
		[SDESC_CODEC_DTMF] = "telephone-event",
		[SDESC_CODEC_CN] = "CN",
		[SDESC_CODEC_RED] = "red",
	};
	return names[id];
}

static void list_codecs(char out[TRUNK_SEEN_CODECS], const struct sdesc_media *m)
{
	struct wbuf w = wbuf_of(out, TRUNK_SEEN_CODECS - 1);
	for (size_t i = 0; i < m->n_codecs; i++)
		wbuf_printf(&w, "%s%s", i ? " " : "", codec_name(m->codecs[i].id));
	out[w.n] = 0;
}

static const char *protection_of(const struct sdesc_media *m)
{
	static const char *const words[] = {
		[SDESC_PROFILE_PLAIN] = "plain",
		[SDESC_PROFILE_SDES] = "srtp",
		[SDESC_PROFILE_OTHER] = "other",
	};
	return words[sdesc_profile(m)];
}

static void describe(struct trunk_seen *s, const char *sdp, size_t n)
{
	static const char *const directions[] = {
		[SDESC_SENDRECV] = "sendrecv",
		[SDESC_SENDONLY] = "sendonly",
		[SDESC_RECVONLY] = "recvonly",
		[SDESC_INACTIVE] = "inactive",
	};
	struct sdesc d;
	struct peers_addr a;
	s->has_sdp = n > 0;
	if (!n || sdesc_parse(&d, sdp, n) != 0)
		return;
	if (d.audio >= 0) {
		const struct sdesc_media *m = &d.media[d.audio];
		list_codecs(s->codecs, m);
		s->media_port = m->port;
		s->direction = directions[m->dir];
		s->protection = protection_of(m);
		if (peers_addr_parse(&a, m->addr, 0) == 0)
			network_of(s->media_addr, &a);
	}
	explicit_bzero(&d, sizeof d); /* it may hold keys */
}

static void mask_user(char out[MASK_SIZE], const url_t *url)
{
	mask_number(out, url ? url->url_user : NULL);
}

/* What every message has; false: it is of no dialog that is there. */
static bool begin(struct station *st, struct trunk_seen *s, const struct dialog *d,
	const char *method, uint32_t cseq)
{
	*s = (struct trunk_seen){ .at_ms = wall_ms(), .cseq = cseq };
	if (!d)
		return false;
	s->dialog = d->id;
	(void)text_format(s->method, sizeof s->method, "%s", method ? method : "?");
	name_peer(st, s, &d->from);
	return true;
}

static void name_parties(struct trunk_seen *s, const sip_t *sip)
{
	mask_user(s->from, sip->sip_from->a_url);
	mask_user(s->to, sip->sip_to->a_url);
	if (sip->sip_request)
		mask_user(s->uri, sip->sip_request->rq_url);
}

static void describe_body(struct trunk_seen *s, const sip_t *sip)
{
	if (dialog_has_body(sip))
		describe(s, sip->sip_payload->pl_data, sip->sip_payload->pl_len);
}

void watch_heard(
	struct station *st, const sip_t *sip, const struct peers_addr *from, bool begins)
{
	struct trunk_seen s;
	if (!is_watched(st))
		return;
	struct dialog *d = sip->sip_to->a_tag ? dialogs_find(st, sip)
					      : dialogs_find_first(st, sip);
	if (!begin(st, &s, d, sip->sip_cseq->cs_method_name, sip->sip_cseq->cs_seq))
		return;
	s.begins = begins;
	name_peer(st, &s, from);
	name_parties(&s, sip);
	describe_body(&s, sip);
	link_seen(st->link, &s);
}

void watch_response(struct station *st, const sip_t *sip, const struct peers_addr *from)
{
	struct trunk_seen s;
	uint64_t id;
	if (!is_watched(st) || !dialogs_tag_id(sip->sip_from->a_tag, &id) ||
		!begin(st, &s, dialogs_find_id(st, id), sip->sip_cseq->cs_method_name,
			sip->sip_cseq->cs_seq))
		return;
	s.status = (uint16_t)sip->sip_status->st_status;
	if (from)
		name_peer(st, &s, from);
	name_parties(&s, sip);
	describe_body(&s, sip);
	link_seen(st->link, &s);
}

void watch_answer(struct station *st, nta_outgoing_t *orq, const sip_t *sip)
{
	/* what nta makes up when nothing came (a 408) has no Via of its own */
	if (sip && sip->sip_status && sip->sip_via)
		watch_response(st, sip, NULL);
}

void watch_reply(struct station *st, msg_t *req, int status, const char *sdp)
{
	struct trunk_seen s;
	const sip_t *sip = sip_object(req);
	if (!is_watched(st) || !sip || !sip->sip_to->a_tag ||
		!begin(st, &s, dialogs_find(st, sip), sip->sip_cseq->cs_method_name,
			sip->sip_cseq->cs_seq))
		return;
	s.is_ours = true;
	s.status = (uint16_t)status;
	if (sdp)
		describe(&s, sdp, strlen(sdp));
	link_seen(st->link, &s);
}

void watch_held(struct station *st, nta_incoming_t *irq, int status)
{
	msg_t *req = is_watched(st) && irq ? nta_incoming_getrequest(irq) : NULL;
	if (!req)
		return;
	watch_reply(st, req, status, NULL);
	msg_destroy(req);
}

/* "sip:USER@..." */
static void mask_uri(char out[MASK_SIZE], const char *uri)
{
	struct slice rest = slice_str(uri), user;
	char text[TRUNK_USER_MAX + 1] = "";
	(void)slice_cut(&rest, ':');
	user = slice_cut(&rest, '@');
	(void)slice_copy(user, text, sizeof text);
	mask_number(out, text);
}

void watch_sent(struct station *st, const nta_leg_t *leg, const struct watch_sent *w)
{
	struct trunk_seen s;
	uint64_t id;
	if (!is_watched(st) || !dialogs_tag_id(nta_leg_get_tag(leg), &id) ||
		!begin(st, &s, dialogs_find_id(st, id), w->method, w->cseq))
		return;
	s.is_ours = true;
	s.begins = w->uri && w->sdp;
	if (w->to)
		name_peer(st, &s, w->to);
	if (w->from_user)
		mask_number(s.from, w->from_user);
	if (w->uri)
		mask_uri(s.uri, w->uri);
	if (w->sdp)
		describe(&s, w->sdp, strlen(w->sdp));
	link_seen(st->link, &s);
}
