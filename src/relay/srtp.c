/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * srtp -- see srtp.h
 *
 * A packet is looked at in this order: shape, replay, tag, content; and only then is it recorded.  What a suite
 * does to it is srtp_box's.
 *
 * Memory: struct srtp_session is one heap block with the OpenSSL contexts it owns.
 */
#include "relay/srtp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "base/slice.h"
#include "relay/srtp_box.h"
#include "relay/srtp_source.h"

#define PACKET_MAX \
	65535 /* no datagram is larger; far below the 2^20 bytes of a keystream */
#define RTP_FIXED   12 /* RFC 3550 section 5.1 */
#define RTP_SEQ_AT  2
#define RTP_SSRC_AT 8

#define RTCP_FIXED   8 /* of the first packet, in clear: RFC 3711 section 3.4 */
#define RTCP_SSRC_AT 4

/* RTP or RTCP under one master key: both have keys, sources and a count of their own. */
struct half {
	struct srtp_box box;
	struct srtp_sources sources;
};

struct srtp_session {
	struct half rtp, rtcp;
	struct srtp_mki mki;
	uint64_t life; /* 0: the suite's */
};

int srtp_session_new(struct srtp_session **out, enum srtp_suite suite,
	const uint8_t key[SRTP_KEY_SIZE], const uint8_t *salt)
{
	struct srtp_session *s = calloc(1, sizeof *s);
	int err = ENOMEM;

	if (!s)
		goto out;
	err = srtp_box_init(&s->rtp.box, suite, false, key, salt);
	if (!err)
		err = srtp_box_init(&s->rtcp.box, suite, true, key, salt);
	if (err)
		goto out;
	*out = s;
	s = NULL; /* handed over */
out:
	srtp_session_free(s);
	return err;
}

void srtp_session_free(struct srtp_session *s)
{
	if (!s)
		return;
	srtp_box_close(&s->rtp.box);
	srtp_box_close(&s->rtcp.box);
	OPENSSL_cleanse(s, sizeof *s);
	free(s);
}

int srtp_session_mki(struct srtp_session *s, const uint8_t *mki, size_t n)
{
	if (n > sizeof s->mki.p)
		return EINVAL;
	s->mki.n = n;
	if (n)
		memcpy(s->mki.p, mki, n);
	return 0;
}

void srtp_session_life(struct srtp_session *s, uint64_t packets)
{
	s->life = packets;
}

/* The table's clock counts what was recorded. */
static bool is_over(const struct srtp_session *s, const struct half *h)
{
	return s->life && h->sources.clock >= s->life;
}

/*
 * Where the payload begins; 0 when the header does not fit into n bytes.  rtp_parse() would not do
 * here: under encryption the last byte is not yet the length of a padding.
 */
static size_t rtp_payload_at(const uint8_t *p, size_t n)
{
	size_t at = RTP_FIXED;

	if (n < RTP_FIXED || n > PACKET_MAX || p[0] >> 6 != 2)
		return 0;
	at += 4 * (size_t)(p[0] & 0x0F); /* CSRCs */
	if (p[0] & 0x10) { /* extension, RFC 3550 section 5.3.1: it stays in clear */
		if (n < at + 4)
			return 0;
		at += 4 + 4 * (size_t)be16_get(p + at + 2);
	}
	return at <= n ? at : 0;
}

static bool rtcp_is_one(const uint8_t *p, size_t n)
{
	return n >= RTCP_FIXED && n <= PACKET_MAX && p[0] >> 6 == 2;
}

static int seal(struct srtp_session *s, struct half *h, struct srtp_text *t, uint64_t max)
{
	int err = is_over(s, h)
		? EOVERFLOW
		: srtp_source_may_send(&h->sources, t->ssrc, t->index, max);

	if (!err)
		err = srtp_box_seal(&h->box, t, &s->mki);
	if (!err)
		srtp_source_record(&h->sources, t->ssrc, t->index);
	return err;
}

static int open_up(struct srtp_session *s, struct half *h, const struct srtp_text *t,
	const struct srtp_source *src)
{
	int err = is_over(s, h) ? EOVERFLOW : srtp_source_check(src, t->index);

	if (!err)
		err = srtp_box_open(&h->box, t, &s->mki);
	if (!err)
		srtp_source_record(&h->sources, t->ssrc, t->index);
	return err;
}

static bool has_room(
	const struct srtp_session *s, const struct half *h, size_t n, size_t cap)
{
	return cap >= n && cap - n >= srtp_box_trailer(&h->box, &s->mki);
}

/* Without the trailer; 0 when it does not even hold one. */
static size_t text_of(const struct srtp_session *s, const struct half *h, size_t n)
{
	size_t trailer = srtp_box_trailer(&h->box, &s->mki);

	return n >= trailer ? n - trailer : 0;
}

int srtp_protect(struct srtp_session *s, uint8_t *p, size_t *n, size_t cap)
{
	struct half *h = &s->rtp;
	struct srtp_text t = { .p = p, .clear = rtp_payload_at(p, *n), .end = *n };

	if (t.clear == 0)
		return EBADMSG;
	if (!has_room(s, h, *n, cap))
		return EMSGSIZE;
	t.ssrc = be32_get(p + RTP_SSRC_AT);
	t.index = srtp_source_guess(
		srtp_source_find(&h->sources, t.ssrc), be16_get(p + RTP_SEQ_AT));

	int err = seal(s, h, &t, SRTP_INDEX_MAX);

	if (!err)
		*n += srtp_box_trailer(&h->box, &s->mki);
	return err;
}

int srtp_unprotect(struct srtp_session *s, uint8_t *p, size_t *n)
{
	struct half *h = &s->rtp;
	size_t body = text_of(s, h, *n);
	struct srtp_text t = { .p = p, .clear = rtp_payload_at(p, body), .end = body };

	if (t.clear == 0)
		return EBADMSG;
	t.ssrc = be32_get(p + RTP_SSRC_AT);

	const struct srtp_source *src = srtp_source_find(&h->sources, t.ssrc);

	t.index = srtp_source_guess(src, be16_get(p + RTP_SEQ_AT));

	int err = t.index > SRTP_INDEX_MAX ? EACCES : open_up(s, h, &t, src);

	if (!err)
		*n = body;
	return err;
}

int srtp_unprotect_lost(struct srtp_session *s, uint32_t top, uint8_t *p, size_t *n)
{
	uint8_t came[SRTP_LOST_MAX]; /* a refusal spoils the bytes */
	struct half *h = &s->rtp;
	size_t body = text_of(s, h, *n);
	struct srtp_text t = { .p = p, .clear = rtp_payload_at(p, body), .end = body };
	int err = EACCES;

	if (t.clear == 0)
		return EBADMSG;
	if (*n > sizeof came)
		return EMSGSIZE;
	memcpy(came, p, *n);
	t.ssrc = be32_get(p + RTP_SSRC_AT);

	const struct srtp_source *src = srtp_source_find(&h->sources, t.ssrc);
	uint64_t roc = src ? src->top >> 16 : 0; /* tried before */

	for (int i = 0; err == EACCES && i < SRTP_ROCS_MAX && ++roc <= top; i++) {
		memcpy(p, came, *n);
		t.index = roc << 16 | be16_get(p + RTP_SEQ_AT);
		err = open_up(s, h, &t, src);
	}
	if (!err)
		*n = body;
	return err;
}

int srtcp_protect(struct srtp_session *s, uint8_t *p, size_t *n, size_t cap)
{
	struct half *h = &s->rtcp;
	struct srtp_text t = { .p = p, .clear = RTCP_FIXED, .end = *n };

	if (!rtcp_is_one(p, *n))
		return EBADMSG;
	if (!has_room(s, h, *n, cap))
		return EMSGSIZE;
	t.ssrc = be32_get(p + RTCP_SSRC_AT);

	const struct srtp_source *src = srtp_source_find(&h->sources, t.ssrc);

	t.index = src ? src->top + 1 : 0;

	int err = seal(s, h, &t, SRTCP_INDEX_MAX);

	if (!err)
		*n += srtp_box_trailer(&h->box, &s->mki);
	return err;
}

int srtcp_unprotect(struct srtp_session *s, uint8_t *p, size_t *n)
{
	struct half *h = &s->rtcp;
	size_t body = text_of(s, h, *n);
	struct srtp_text t = { .p = p, .clear = RTCP_FIXED, .end = body };
	uint32_t word;

	if (!rtcp_is_one(p, body))
		return EBADMSG;
	word = be32_get(p + body + srtp_box_word(&h->box));
	/* E must be set: authenticated but readable RTCP was not negotiated (RULES T1) */
	if (!(word & SRTP_RTCP_E))
		return EBADMSG;
	t.ssrc = be32_get(p + RTCP_SSRC_AT);
	t.index = word & ~SRTP_RTCP_E;

	int err = open_up(s, h, &t, srtp_source_find(&h->sources, t.ssrc));

	if (!err)
		*n = body;
	return err;
}
