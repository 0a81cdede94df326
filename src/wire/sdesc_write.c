/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * sdesc_write -- struct to SDP; see sdesc.h.
 *
 * An answer has as many m= lines as the offer and in its order (RFC 3264 section 6): ours where the
 * offer's audio was, port zero everywhere else.  Owns nothing; any thread.
 */
#include "wire/sdesc.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "wire/sdesc_inner.h"

#define PTIME 20 /* ms; what every telephone speaks, RFC 3551 section 4.2 */

/* RFC 8445 section 5.1.2.1: host preference 126, one address, component 1 */
#define HOST_PRIORITY (126u << 24 | 65535u << 8 | 255u)
/* RFC 6544 section 4.2: below every way by UDP but a relayed one, as it advises where both are there; the local preference
 * is 2^13 times 4 for a passive host candidate, and 8191 */
#define TCP_PRIORITY (90u << 24 | (4u << 13 | 8191u) << 8 | 255u)

static const char *const dir_names[] = {
	[SDESC_SENDRECV] = "sendrecv",
	[SDESC_SENDONLY] = "sendonly",
	[SDESC_RECVONLY] = "recvonly",
	[SDESC_INACTIVE] = "inactive",
};

/* RFC 3264 section 6.1: the most that may be answered. */
static const enum sdesc_dir reversed[] = {
	[SDESC_SENDRECV] = SDESC_SENDRECV,
	[SDESC_SENDONLY] = SDESC_RECVONLY,
	[SDESC_RECVONLY] = SDESC_SENDONLY,
	[SDESC_INACTIVE] = SDESC_INACTIVE,
};

static const char *family_of(const char *addr)
{
	return strchr(addr, ':') ? "IP6" : "IP4";
}

static void put_session(struct wbuf *w, uint64_t id, uint64_t version, const char *addr)
{
	const char *family = family_of(addr);

	wbuf_printf(w, "v=0\r\no=- %" PRIu64 " %" PRIu64 " IN %s %s\r\ns=-\r\n", id,
		version, family, addr);
	wbuf_printf(w, "c=IN %s %s\r\nt=0 0\r\n", family, addr);
}

static void put_attr(struct wbuf *w, const char *name, struct slice value)
{
	if (value.n == 0)
		return;
	wbuf_printf(w, "a=%s:", name);
	wbuf_slice(w, value);
	wbuf_str(w, "\r\n");
}

static void put_rtpmap(struct wbuf *w, const struct sdesc_codec *c)
{
	const char *fmtp = sdesc_codec_fmtp(c->id);

	wbuf_printf(
		w, "a=rtpmap:%d %s/%" PRIu32, c->pt, sdesc_codec_name(c->id), c->rate);
	if (c->channels > 1)
		wbuf_printf(w, "/%d", c->channels);
	wbuf_str(w, "\r\n");
	if (fmtp)
		wbuf_printf(w, "a=fmtp:%d %s\r\n", c->pt, fmtp);
}

static void put_audio(struct wbuf *w, uint16_t port, struct slice proto,
	const struct sdesc_codec *codecs, size_t n_codecs)
{
	wbuf_printf(w, "m=audio %d ", port);
	wbuf_slice(w, proto);
	for (size_t i = 0; i < n_codecs; i++)
		wbuf_printf(w, " %d", codecs[i].pt);
	wbuf_str(w, "\r\n");
}

/* What is said twice: Opus, and Opus again (RFC 2198 section 5). */
static void put_red(
	struct wbuf *w, uint8_t pt, const struct sdesc_codec *codecs, size_t n_codecs)
{
	for (size_t i = 0; i < n_codecs; i++)
		if (codecs[i].id == SDESC_CODEC_OPUS)
			wbuf_printf(
				w, "a=fmtp:%d %d/%d\r\n", pt, codecs[i].pt, codecs[i].pt);
}

static void put_codecs(struct wbuf *w, const struct sdesc_codec *codecs, size_t n_codecs)
{
	for (size_t i = 0; i < n_codecs; i++) {
		put_rtpmap(w, &codecs[i]);
		if (codecs[i].id == SDESC_CODEC_RED)
			put_red(w, codecs[i].pt, codecs, n_codecs);
	}
}

static void put_refused(struct wbuf *w, const struct sdesc_media *m)
{
	wbuf_str(w, "m=");
	wbuf_slice(w, m->kind);
	wbuf_str(w, " 0 ");
	wbuf_slice(w, m->proto);
	wbuf_str(w, " ");
	wbuf_slice(w, m->formats);
	wbuf_str(w, "\r\n");
	put_attr(w, "mid", m->mid);
}

static int finish(struct wbuf *w, size_t *n)
{
	wbuf_u8(w, 0);
	if (w->full)
		return ENOSPC;
	*n = w->n - 1;
	return 0;
}

static bool can_write(const struct sdesc_codec *codecs, size_t n_codecs)
{
	for (size_t i = 0; i < n_codecs; i++)
		if (!sdesc_codec_name(codecs[i].id))
			return false;
	return n_codecs > 0;
}

/* The mid is given back, as RFC 5888 asks of an answer; an offer of ours has none. */
static void put_plain_audio(
	struct wbuf *w, const struct sdesc_plain *d, struct slice proto, struct slice mid)
{
	put_audio(w, d->port, proto, d->codecs, d->n_codecs);
	put_attr(w, "mid", mid);
	if (d->crypto)
		sdesc_put_crypto(w, d->crypto);
	put_codecs(w, d->codecs, d->n_codecs);
	wbuf_printf(w, "a=ptime:%d\r\n", PTIME);
	wbuf_printf(w, "a=%s\r\n", dir_names[d->dir]);
}

/* Anything else would promise what this answer does not keep. */
static bool can_keep(const struct sdesc_plain *d, const struct sdesc_media *m)
{
	return sdesc_profile(m) == (d->crypto ? SDESC_PROFILE_SDES : SDESC_PROFILE_PLAIN);
}

int sdesc_write_plain(const struct sdesc_plain *d, char *buf, size_t cap, size_t *n)
{
	struct wbuf w = wbuf_of(buf, cap);
	const struct sdesc *o = d->offer;

	if (!can_write(d->codecs, d->n_codecs))
		return EINVAL;
	if (d->crypto && !sdesc_salt_size(d->crypto->suite))
		return EINVAL;
	if (o && (o->audio < 0 || !can_keep(d, &o->media[o->audio])))
		return EINVAL;
	put_session(&w, d->session_id, d->version, d->addr);
	if (!o)
		put_plain_audio(&w, d, slice_str(d->crypto ? "RTP/SAVP" : "RTP/AVP"),
			slice_of(NULL, 0));
	for (size_t i = 0; o && i < o->n_media; i++) {
		if ((int)i == o->audio)
			put_plain_audio(&w, d, o->media[i].proto, o->media[i].mid);
		else
			put_refused(&w, &o->media[i]);
	}
	return finish(&w, n);
}

static void put_fingerprint(struct wbuf *w, const uint8_t sum[32])
{
	wbuf_str(w, "a=fingerprint:sha-256 ");
	for (size_t i = 0; i < 32; i++)
		wbuf_printf(w, i ? ":%02X" : "%02X", sum[i]);
	wbuf_str(w, "\r\n");
}

/* Later addresses have a lower local preference (RFC 8445 section 5.1.2.1). */
static void put_candidates(
	struct wbuf *w, const struct sdesc_webrtc *d, const char *addr, unsigned nth)
{
	wbuf_printf(w, "a=candidate:%u 1 udp %u %s %d typ host\r\n", 2 * nth + 1,
		HOST_PRIORITY - (nth << 8), addr, d->port);
	if (d->tcp_port)
		wbuf_printf(w,
			"a=candidate:%u 1 tcp %u %s %d typ host tcptype passive\r\n",
			2 * nth + 2, TCP_PRIORITY - (nth << 8), addr, d->tcp_port);
}

static void put_transport(struct wbuf *w, const struct sdesc_webrtc *d)
{
	put_attr(w, "ice-ufrag", slice_str(d->ice_ufrag));
	put_attr(w, "ice-pwd", slice_str(d->ice_pwd));
	put_fingerprint(w, d->fingerprint);
	wbuf_str(w, "a=setup:passive\r\na=rtcp-mux\r\n");
	put_candidates(w, d, d->addr, 0);
	/* Behind NAT, where the router leads the port through as it is: an ICE-lite agent tells what it is configured with
	 * (RFC 8445 section 5.2), and who sits beside it uses the one before. */
	if (d->public_addr && *d->public_addr)
		put_candidates(w, d, d->public_addr, 1);
	wbuf_str(w, "a=end-of-candidates\r\n");
}

/* Without a=ptime: Chromium counts it among a codec's parameters, and then knows the codec no more when it is asked to
 * send in it; 20 ms are its habit. */
static void put_webrtc_audio(
	struct wbuf *w, const struct sdesc_webrtc *d, const struct sdesc_media *m)
{
	put_audio(w, d->port, m->proto, d->codecs, d->n_codecs);
	put_attr(w, "mid", m->mid);
	put_transport(w, d);
	put_codecs(w, d->codecs, d->n_codecs);
	wbuf_printf(w, "a=%s\r\n", dir_names[reversed[m->dir]]);
	/* a stream's name, so that the browser's track event carries a stream (RFC 8830) */
	wbuf_str(w, "a=msid:voice voice\r\n");
	wbuf_printf(w, "a=ssrc:%" PRIu32 " cname:%s\r\n", d->ssrc, d->cname);
}

/* Of the offer's group only what is not refused remains (RFC 9143 section 7.3.3). */
static void put_bundle(struct wbuf *w, const struct sdesc *o)
{
	struct slice mid = o->media[o->audio].mid;

	if (!o->bundle || mid.n == 0)
		return;
	wbuf_str(w, "a=group:BUNDLE ");
	wbuf_slice(w, mid);
	wbuf_str(w, "\r\n");
}

/* The profiles of a browser's DTLS-SRTP (RFC 5764 section 8, RFC 8829 section 5.1.2). */
static bool is_dtls(const struct sdesc_media *m)
{
	return slice_is(m->proto, "UDP/TLS/RTP/SAVPF") ||
		slice_is(m->proto, "UDP/TLS/RTP/SAVP");
}

int sdesc_write_webrtc(const struct sdesc_webrtc *d, char *buf, size_t cap, size_t *n)
{
	struct wbuf w = wbuf_of(buf, cap);
	const struct sdesc *o = d->offer;

	if (!can_write(d->codecs, d->n_codecs) || o->audio < 0 ||
		!is_dtls(&o->media[o->audio]))
		return EINVAL;
	put_session(&w, d->session_id, d->version, d->addr);
	wbuf_str(&w, "a=ice-lite\r\n");
	put_bundle(&w, o);
	for (size_t i = 0; i < o->n_media; i++) {
		if ((int)i == o->audio)
			put_webrtc_audio(&w, d, &o->media[i]);
		else
			put_refused(&w, &o->media[i]);
	}
	return finish(&w, n);
}
