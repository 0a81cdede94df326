/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * leg_web -- a browser's line: ICE-lite paths, DTLS for the keys, SRTP for the voice.
 *
 * The first valid check is the path (DTLS comes before USE-CANDIDATE).  Later, a nominated check or the
 * newest packet that authenticates moves it; the packet may come from an address that nobody announced
 * (a phone that changed from Wi-Fi to mobile), because only the holder of the keys could have made it.
 */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "relay/leg.h"

static void send_dtls(void *arg, const uint8_t *p, size_t n)
{
	struct leg *l = arg;
	struct relay *r = l->web.relay;
	struct udp_slot *out = udp_slot(&r->udp);

	if (!l->web.active || n > sizeof out->p)
		return; /* a lost flight; it is repeated */
	memcpy(out->p, p, n);
	line_send(r, out, n, &l->web.active->addr);
}

static uint64_t ufrag_key(const char *ufrag)
{
	uint64_t key;

	_Static_assert(LEG_UFRAG == sizeof key, "a ufrag is a key");
	memcpy(&key, ufrag, sizeof key);
	return key;
}

struct leg *leg_web_find(struct relay *r, struct slice ufrag)
{
	return ufrag.n == LEG_UFRAG
		? map_find(&r->by_ufrag, ufrag_key((const char *)ufrag.p))
		: NULL;
}

int leg_web_open(struct relay *r, struct leg *l, const struct rp_leg_web *m)
{
	int err;

	if (!memchr(m->ufrag, 0, sizeof m->ufrag) || !m->ufrag[0] ||
		!memchr(m->pwd, 0, sizeof m->pwd) || !m->pwd[0])
		return EINVAL;
	err = leg_set_codecs(l, m->codecs, m->dtmf_pt);
	if (err)
		return err;
	if (m->red_pt > 127 || (m->red_pt && leg_knows_pt(l, m->red_pt)))
		return EINVAL;
	l->red_pt = m->red_pt;
	l->web.relay = r;
	l->ok.port = udp_addr_port(&r->line_at);
	/* 48 random bits met again: the command fails and may be repeated */
	err = map_put(&r->by_ufrag, ufrag_key(l->ok.ufrag), l);
	if (err) {
		l->ok.ufrag[0] = 0;
		return err;
	}
	return dtls_new(&l->web.dtls, r->dtls, m->fingerprint, send_dtls, l);
}

void leg_web_close(struct relay *r, struct leg *l)
{
	for (size_t i = 0; i < LEG_PATHS_MAX; i++) {
		struct stream *s = stream_find(r, l->web.paths[i].addr.stream);

		web_path_drop(r, &l->web.paths[i]);
		if (s)
			stream_close(r, s);
	}
	if (l->ok.ufrag[0])
		map_drop(&r->by_ufrag, ufrag_key(l->ok.ufrag));
	heap_remove(&r->timers, &l->web.timer);
	dtls_free(l->web.dtls);
	srtp_session_free(l->web.rx);
	srtp_session_free(l->web.tx);
	l->web = (struct leg_web){ .relay = r };
}

static int take_keys(struct leg *l)
{
	struct dtls_keys k;
	int err = dtls_export(l->web.dtls, &k);

	if (!err)
		err = srtp_session_new(&l->web.rx, k.suite, k.rx_key, k.rx_salt);
	if (!err)
		err = srtp_session_new(&l->web.tx, k.suite, k.tx_key, k.tx_salt);
	explicit_bzero(&k, sizeof k);
	return err;
}

/* After anything that may have moved the association. May end the leg. */
static void after_dtls(struct relay *r, struct leg *l, enum dtls_state st)
{
	int64_t us = dtls_timeout_us(l->web.dtls);
	int err = 0;

	heap_remove(&r->timers, &l->web.timer);
	if (st == DTLS_FAILED) {
		log_info("line lost: %s", dtls_failure(l->web.dtls));
		leg_lost(r, l, l->is_up ? ECONNRESET : EACCES);
		return;
	}
	if (us >= 0) /* never full: it has a slot for each leg */
		(void)heap_push(&r->timers, &l->web.timer, r->now_us + us, l->index);
	if (st != DTLS_CONNECTED || l->is_up)
		return;
	err = take_keys(l);
	if (err) {
		leg_lost(r, l, err);
		return;
	}
	l->web.up_us = r->now_us;
	leg_up(r, l);
}

void leg_web_timer(struct relay *r, struct leg *l)
{
	after_dtls(r, l, dtls_timeout(l->web.dtls));
}

void leg_web_dtls(struct relay *r, struct web_path *path, const uint8_t *p, size_t n)
{
	struct leg *l = path->leg;

	if (!path->checked) {
		r->counters.stray++;
		return;
	}
	if (!l->is_up)
		l->web.active = path; /* answer where the client speaks from */
	after_dtls(r, l, dtls_feed(l->web.dtls, p, n));
}

void leg_web_checked(
	struct relay *r, struct leg *l, const struct udp_addr *from, bool nominated)
{
	struct web_path *path = web_path_add(r, l, from);

	if (!path)
		return;
	path->checked = true;
	l->web.checked_us = r->now_us;
	if (!l->web.active || nominated)
		l->web.active = path;
}

void leg_web_tick(struct relay *r, struct leg *l)
{
	struct leg_web *w = &l->web;

	if (!l->is_up && r->now_us - l->made_us > LEG_HANDSHAKE_US) {
		leg_lost(r, l, ETIMEDOUT);
		return;
	}
	if (!l->is_up)
		return;
	if (r->now_us - w->checked_us > LEG_CONSENT_US) {
		leg_lost(r, l, ETIMEDOUT);
		return;
	}
	if (!w->trimmed && r->now_us - w->up_us > LEG_TRIM_US) {
		dtls_trim(w->dtls);
		w->trimmed = true;
	}
}

/* The way back from an SSRC to its line. Two lines with the same one: the first keeps the entry, the
 * other is only not found after a sudden change of address, until its next check. */
static void index_ssrc(struct relay *r, struct leg *l, uint32_t ssrc)
{
	uint64_t key = SSRC_KEY(ssrc);

	if (l->ssrc_key == key)
		return;
	if (l->ssrc_key && map_find(&r->by_ssrc, l->ssrc_key) == l)
		map_drop(&r->by_ssrc, l->ssrc_key);
	l->ssrc_key = map_put(&r->by_ssrc, key, l) ? 0 : key;
}

/* To where no check came from: at most every LEG_MOVE_US, then NULL. */
static struct web_path *stray_to(struct relay *r, struct leg *l, struct web_path *path,
	const struct udp_addr *from)
{
	struct leg_web *w = &l->web;

	if (path && path == w->active)
		return path;
	if (w->moved_us && r->now_us - w->moved_us < LEG_MOVE_US)
		return NULL;
	w->moved_us = r->now_us;
	r->counters.moved++;
	return path ? path : web_path_add(r, l, from);
}

/* An authenticated voice packet says where the browser is now. */
static void follow(struct relay *r, struct leg *l, struct web_path *path,
	const struct udp_addr *from, const struct rtp_packet *p)
{
	if (!leg_is_newest(l, p->ssrc, p->seq))
		return; /* a late one from the old address */
	if (!path || !path->checked)
		path = stray_to(r, l, path, from);
	if (!path)
		return;
	path->seen_us = r->now_us;
	l->web.active = path;
}

static void take_rtp(struct relay *r, struct leg *l, struct web_path *path, uint8_t *p,
	size_t n, const struct udp_addr *from)
{
	struct rtp_packet pkt;
	struct red red;

	if (srtp_unprotect(l->web.rx, p, &n) || rtp_parse(&pkt, p, n) || !pkt.payload.n ||
		!leg_twice_open(l, &pkt, &red) || !leg_knows_pt(l, pkt.pt)) {
		l->stats.rx_bad++;
		return;
	}
	follow(r, l, path, from, &pkt);
	index_ssrc(r, l, pkt.ssrc);
	leg_voice(r, l, &pkt, &red);
}

void leg_web_media(struct relay *r, struct leg *l, struct web_path *path, uint8_t *p,
	size_t n, const struct udp_addr *from)
{
	struct rtcp_compound c;

	if (!l->is_up) { /* before the keys */
		l->stats.rx_bad++;
		return;
	}
	if (!rtp_is_rtcp(p, n)) {
		take_rtp(r, l, path, p, n, from);
		return;
	}
	if (srtcp_unprotect(l->web.rx, p, &n) || rtcp_parse(&c, p, n))
		l->stats.rx_bad++;
	else
		report_in(r, l, &c);
}
