/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* srtp_box -- see srtp_box.h */
#include "relay/srtp_box.h"

#include <errno.h>
#include <string.h>

#include <openssl/crypto.h>

#include "base/slice.h"

#define ROC_SIZE 4

/* RFC 3711 section 5, RFC 4568 section 6.2 (the short tag is RTP's alone), RFC 7714 section 12. */
static const struct {
	uint8_t rtp_tag, rtcp_tag, salt;
	bool is_gcm;
} suites[SRTP_SUITE_COUNT] = {
	[SRTP_AES_CM_80] = { SRTP_TAG_SIZE, SRTP_TAG_SIZE, SRTP_SALT_SIZE, false },
	[SRTP_AES_CM_32] = { 4, SRTP_TAG_SIZE, SRTP_SALT_SIZE, false },
	[SRTP_GCM] = { SRTP_GCM_TAG, SRTP_GCM_TAG, SRTP_GCM_SALT, true },
};

size_t srtp_salt_size(enum srtp_suite suite)
{
	return suite < SRTP_SUITE_COUNT ? suites[suite].salt : 0;
}

static size_t tag_size(const struct srtp_box *b)
{
	return b->is_rtcp ? suites[b->suite].rtcp_tag : suites[b->suite].rtp_tag;
}

static bool is_gcm(const struct srtp_box *b)
{
	return suites[b->suite].is_gcm;
}

int srtp_box_key(struct srtp_box *b, const uint8_t key[SRTP_KEY_SIZE],
	const uint8_t auth[SRTP_AUTH_KEY_SIZE], const uint8_t *salt)
{
	return is_gcm(b) ? srtp_gcm_init(&b->gcm, key, salt)
			 : srtp_crypto_init(&b->cm, key, auth, salt);
}

/* The generator takes a salt of 14 bytes; GCM's 12 are its first ones (RFC 7714 section 11). */
int srtp_box_init(struct srtp_box *b, enum srtp_suite suite, bool is_rtcp,
	const uint8_t *key, const uint8_t *salt)
{
	enum srtp_label first = is_rtcp ? SRTP_LABEL_RTCP_KEY : SRTP_LABEL_RTP_KEY;
	uint8_t k[SRTP_KEY_SIZE], a[SRTP_AUTH_KEY_SIZE], s[SRTP_SALT_SIZE],
		master[SRTP_SALT_SIZE] = { 0 };
	int err;

	*b = (struct srtp_box){ .suite = suite, .is_rtcp = is_rtcp };
	if (!srtp_salt_size(suite)) {
		b->suite = SRTP_NONE;
		return EINVAL;
	}
	memcpy(master, salt, srtp_salt_size(suite));
	err = srtp_derive(key, master, first, k, sizeof k);
	if (!err)
		err = srtp_derive(key, master, first + 1, a, sizeof a);
	if (!err)
		err = srtp_derive(key, master, first + 2, s, srtp_salt_size(suite));
	if (!err)
		err = srtp_box_key(b, k, a, s);
	OPENSSL_cleanse(k, sizeof k);
	OPENSSL_cleanse(a, sizeof a);
	OPENSSL_cleanse(s, sizeof s);
	OPENSSL_cleanse(master, sizeof master);
	return err;
}

void srtp_box_close(struct srtp_box *b)
{
	if (!b)
		return;
	srtp_crypto_close(&b->cm);
	srtp_gcm_close(&b->gcm);
	OPENSSL_cleanse(b, sizeof *b);
}

static size_t word_size(const struct srtp_box *b)
{
	return b->is_rtcp ? SRTP_RTCP_WORD : 0;
}

size_t srtp_box_trailer(const struct srtp_box *b, const struct srtp_mki *mki)
{
	return word_size(b) + tag_size(b) + mki->n;
}

size_t srtp_box_word(const struct srtp_box *b)
{
	return is_gcm(b) ? tag_size(b) : 0;
}

static size_t mki_at(const struct srtp_box *b)
{
	return is_gcm(b) ? tag_size(b) + word_size(b) : word_size(b);
}

static size_t tag_at(const struct srtp_box *b, const struct srtp_mki *mki)
{
	return is_gcm(b) ? 0 : word_size(b) + mki->n;
}

static uint32_t rtcp_word(const struct srtp_text *t)
{
	return SRTP_RTCP_E | (uint32_t)t->index;
}

/* What the far side cannot know from the text stands behind it while the tag is made: the ROC, which is not sent,
 * or E and index, which are. One pass over contiguous bytes, no copy. */
static int cm_tag(
	struct srtp_box *b, const struct srtp_text *t, uint8_t tag[SRTP_TAG_SIZE])
{
	_Static_assert(ROC_SIZE == SRTP_RTCP_WORD, "either stands there");
	be32_put(t->p + t->end, b->is_rtcp ? rtcp_word(t) : (uint32_t)(t->index >> 16));
	return srtp_crypto_tag(&b->cm, t->p, t->end + ROC_SIZE, tag);
}

static int cm_xor(struct srtp_box *b, const struct srtp_text *t)
{
	return srtp_crypto_xor(
		&b->cm, t->ssrc, t->index, t->p + t->clear, t->end - t->clear);
}

static struct srtp_gcm_text gcm_text(
	const struct srtp_box *b, const struct srtp_text *t, const uint8_t *word)
{
	return (struct srtp_gcm_text){ .ssrc = t->ssrc,
		.index = t->index,
		.p = t->p,
		.clear = t->clear,
		.end = t->end,
		.more = b->is_rtcp ? word : NULL,
		.n_more = SRTP_RTCP_WORD };
}

int srtp_box_seal(
	struct srtp_box *b, const struct srtp_text *t, const struct srtp_mki *mki)
{
	uint8_t tag[SRTP_GCM_TAG], word[SRTP_RTCP_WORD], *end = t->p + t->end;
	int err;

	be32_put(word, rtcp_word(t));
	if (is_gcm(b)) {
		struct srtp_gcm_text g = gcm_text(b, t, word);

		err = srtp_gcm_seal(&b->gcm, &g, tag);
	} else {
		err = cm_xor(b, t);
		if (!err)
			err = cm_tag(b, t, tag);
	}
	if (err)
		return err;
	if (b->is_rtcp)
		memcpy(end + srtp_box_word(b), word, sizeof word);
	memcpy(end + mki_at(b), mki->p, mki->n);
	memcpy(end + tag_at(b, mki), tag, tag_size(b));
	return 0;
}

int srtp_box_open(
	struct srtp_box *b, const struct srtp_text *t, const struct srtp_mki *mki)
{
	uint8_t got[SRTP_GCM_TAG], want[SRTP_TAG_SIZE], word[SRTP_RTCP_WORD];
	const uint8_t *end = t->p + t->end;
	int err;

	if (memcmp(end + mki_at(b), mki->p, mki->n) != 0)
		return EACCES;
	be32_put(word, rtcp_word(t));
	memcpy(got, end + tag_at(b, mki), tag_size(b));
	if (is_gcm(b)) {
		struct srtp_gcm_text g = gcm_text(b, t, word);

		return srtp_gcm_open(&b->gcm, &g, got);
	}
	err = cm_tag(b, t, want);
	if (!err && CRYPTO_memcmp(got, want, tag_size(b)) != 0)
		err = EACCES;
	return err ? err : cm_xor(b, t);
}
