/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * srtp -- see srtp.h
 *
 * A packet is looked at in this order: shape, replay, tag, content; and only then is it recorded.
 * The ROC (RTP) belongs to the authenticated bytes but is not sent, so it is written for a moment where
 * the tag stands: one pass of HMAC over contiguous bytes, no copy.
 *
 * Memory: struct srtp_session is one heap block with the OpenSSL contexts it owns.
 */
#include "relay/srtp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "base/slice.h"
#include "relay/srtp_crypto.h"
#include "relay/srtp_source.h"

#define PACKET_MAX \
	65535 /* no datagram is larger; far below the 2^20 bytes of a keystream */
#define RTP_FIXED   12 /* RFC 3550 section 5.1 */
#define RTP_SEQ_AT  2
#define RTP_SSRC_AT 8
#define ROC_SIZE    4

#define RTCP_FIXED   8 /* of the first packet, in clear: RFC 3711 section 3.4 */
#define RTCP_SSRC_AT 4
#define RTCP_WORD    4 /* E and index */
#define RTCP_E       UINT32_C(0x80000000)

struct srtp_session {
	struct srtp_crypto rtp, rtcp;
	struct srtp_sources rtp_sources, rtcp_sources;
};

static int init_crypto(struct srtp_crypto *c, const uint8_t key[SRTP_KEY_SIZE],
	const uint8_t salt[SRTP_SALT_SIZE], enum srtp_label first)
{
	uint8_t k[SRTP_KEY_SIZE], a[SRTP_AUTH_KEY_SIZE], s[SRTP_SALT_SIZE];
	int err = srtp_derive(key, salt, first, k, sizeof k);

	if (!err)
		err = srtp_derive(key, salt, first + 1, a, sizeof a);
	if (!err)
		err = srtp_derive(key, salt, first + 2, s, sizeof s);
	if (!err)
		err = srtp_crypto_init(c, k, a, s);
	OPENSSL_cleanse(k, sizeof k);
	OPENSSL_cleanse(a, sizeof a);
	OPENSSL_cleanse(s, sizeof s);
	return err;
}

int srtp_session_new(struct srtp_session **out, const uint8_t key[SRTP_KEY_SIZE],
	const uint8_t salt[SRTP_SALT_SIZE])
{
	struct srtp_session *s = calloc(1, sizeof *s);
	int err = ENOMEM;

	if (!s)
		goto out;
	err = init_crypto(&s->rtp, key, salt, SRTP_LABEL_RTP_KEY);
	if (!err)
		err = init_crypto(&s->rtcp, key, salt, SRTP_LABEL_RTCP_KEY);
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
	srtp_crypto_close(&s->rtp);
	srtp_crypto_close(&s->rtcp);
	OPENSSL_cleanse(s, sizeof *s);
	free(s);
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

/* The tag over p[0..n) and the ROC. There is room for the tag behind n. */
static int rtp_tag(struct srtp_crypto *c, uint8_t *p, size_t n, uint64_t index,
	uint8_t tag[SRTP_TAG_SIZE])
{
	be32_put(p + n, (uint32_t)(index >> 16));
	return srtp_crypto_tag(c, p, n + ROC_SIZE, tag);
}

int srtp_protect(struct srtp_session *s, uint8_t *p, size_t *n, size_t cap)
{
	size_t at = rtp_payload_at(p, *n);

	if (at == 0)
		return EBADMSG;
	if (cap < *n || cap - *n < SRTP_TAG_SIZE)
		return EMSGSIZE;

	uint32_t ssrc = be32_get(p + RTP_SSRC_AT);
	const struct srtp_source *src = srtp_source_find(&s->rtp_sources, ssrc);
	uint64_t index = srtp_source_guess(src, be16_get(p + RTP_SEQ_AT));
	int err = srtp_source_may_send(&s->rtp_sources, ssrc, index, SRTP_INDEX_MAX);

	if (!err)
		err = srtp_crypto_xor(&s->rtp, ssrc, index, p + at, *n - at);
	if (!err)
		err = rtp_tag(&s->rtp, p, *n, index, p + *n);
	if (err)
		return err;
	srtp_source_record(&s->rtp_sources, ssrc, index);
	*n += SRTP_TAG_SIZE;
	return 0;
}

static int rtp_verify(struct srtp_crypto *c, uint8_t *p, size_t n, uint64_t index)
{
	uint8_t got[SRTP_TAG_SIZE], want[SRTP_TAG_SIZE];

	memcpy(got, p + n, sizeof got);

	int err = rtp_tag(c, p, n, index, want);

	if (!err && CRYPTO_memcmp(got, want, sizeof got) != 0)
		err = EACCES;
	return err;
}

int srtp_unprotect(struct srtp_session *s, uint8_t *p, size_t *n)
{
	size_t body = *n >= SRTP_TAG_SIZE ? *n - SRTP_TAG_SIZE : 0;
	size_t at = rtp_payload_at(p, body);

	if (at == 0)
		return EBADMSG;

	uint32_t ssrc = be32_get(p + RTP_SSRC_AT);
	const struct srtp_source *src = srtp_source_find(&s->rtp_sources, ssrc);
	uint64_t index = srtp_source_guess(src, be16_get(p + RTP_SEQ_AT));
	int err = index > SRTP_INDEX_MAX ? EACCES : srtp_source_check(src, index);

	if (!err)
		err = rtp_verify(&s->rtp, p, body, index);
	if (!err)
		err = srtp_crypto_xor(&s->rtp, ssrc, index, p + at, body - at);
	if (err)
		return err;
	srtp_source_record(&s->rtp_sources, ssrc, index);
	*n = body;
	return 0;
}

int srtcp_protect(struct srtp_session *s, uint8_t *p, size_t *n, size_t cap)
{
	if (!rtcp_is_one(p, *n))
		return EBADMSG;
	if (cap < *n || cap - *n < SRTCP_TRAILER)
		return EMSGSIZE;

	uint32_t ssrc = be32_get(p + RTCP_SSRC_AT);
	const struct srtp_source *src = srtp_source_find(&s->rtcp_sources, ssrc);
	uint64_t index = src ? src->top + 1 : 0;
	int err = srtp_source_may_send(&s->rtcp_sources, ssrc, index, SRTCP_INDEX_MAX);

	if (!err)
		err = srtp_crypto_xor(
			&s->rtcp, ssrc, index, p + RTCP_FIXED, *n - RTCP_FIXED);
	if (err)
		return err;
	be32_put(p + *n, RTCP_E | (uint32_t)index);
	err = srtp_crypto_tag(&s->rtcp, p, *n + RTCP_WORD, p + *n + RTCP_WORD);
	if (err)
		return err;
	srtp_source_record(&s->rtcp_sources, ssrc, index);
	*n += SRTCP_TRAILER;
	return 0;
}

int srtcp_unprotect(struct srtp_session *s, uint8_t *p, size_t *n)
{
	size_t body = *n >= SRTCP_TRAILER ? *n - SRTCP_TRAILER : 0;
	uint8_t want[SRTP_TAG_SIZE];

	/* E must be set: authenticated but readable RTCP was not negotiated (RULES T1) */
	if (!rtcp_is_one(p, body) || !(be32_get(p + body) & RTCP_E))
		return EBADMSG;

	uint32_t ssrc = be32_get(p + RTCP_SSRC_AT);
	uint64_t index = be32_get(p + body) & ~RTCP_E;
	int err = srtp_source_check(srtp_source_find(&s->rtcp_sources, ssrc), index);

	if (!err)
		err = srtp_crypto_tag(&s->rtcp, p, body + RTCP_WORD, want);
	if (!err && CRYPTO_memcmp(p + body + RTCP_WORD, want, sizeof want) != 0)
		err = EACCES;
	if (!err)
		err = srtp_crypto_xor(
			&s->rtcp, ssrc, index, p + RTCP_FIXED, body - RTCP_FIXED);
	if (err)
		return err;
	srtp_source_record(&s->rtcp_sources, ssrc, index);
	*n = body;
	return 0;
}
