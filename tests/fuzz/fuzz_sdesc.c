/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * fuzz: sdesc.  The bytes as an offer.  What is understood lies within them and within the limits, and
 * both answers to it read back with the same sections in the same order.
 */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "wire/sdesc.h"

#define KNOWN_CODECS 6

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t *text;
static size_t text_size;

static void assert_inside(struct slice s)
{
	assert(s.n == 0 ||
		(s.p >= text && s.n <= text_size &&
			(size_t)(s.p - text) <= text_size - s.n));
}

static void assert_crypto(const struct sdesc_crypto *c)
{
	uint8_t mki[SDESC_MKI_MAX];

	assert(c->suite <= SDESC_SUITE_GCM && c->tag <= 999999999);
	assert(c->mki_size <= SDESC_MKI_MAX && c->life <= UINT64_C(1) << 48);
	assert(c->mki_size >= 8 || c->mki >> (8 * c->mki_size) == 0);
	if (c->suite)
		sdesc_mki_bytes(c, mki);
}

static void assert_media(const struct sdesc_media *m)
{
	assert_inside(m->kind);
	assert_inside(m->proto);
	assert_inside(m->formats);
	assert_inside(m->mid);
	assert_inside(m->ice_ufrag);
	assert_inside(m->ice_pwd);
	assert(m->kind.n && m->proto.n && m->formats.n);
	assert(memchr(m->addr, 0, sizeof m->addr));
	assert(m->dir <= SDESC_INACTIVE && m->setup <= SDESC_SETUP_PASSIVE);
	assert_crypto(&m->crypto);
	assert(m->n_codecs <= SDESC_CODECS_MAX && (m->is_audio || m->n_codecs == 0));
	for (size_t i = 0; i < m->n_codecs; i++) {
		assert(m->codecs[i].pt <= 127 && m->codecs[i].id <= SDESC_CODEC_RED);
		for (size_t j = 0; j < i; j++)
			assert(m->codecs[i].pt != m->codecs[j].pt);
	}
}

static size_t common_codecs(struct sdesc_codec *out, const struct sdesc_media *m)
{
	size_t n = 0;

	for (int id = SDESC_CODEC_PCMU; id <= SDESC_CODEC_CN; id++) {
		const struct sdesc_codec *c = sdesc_find_codec(
			m, (enum sdesc_codec_id)id, 8000);

		if (c)
			out[n++] = *c;
	}
	return n;
}

/* An answer as its reader sees it. */
static void assert_answers(const struct sdesc *offer, const char *buf, size_t n)
{
	struct sdesc back;

	assert(strlen(buf) == n);
	assert(sdesc_parse(&back, buf, n) == 0);
	assert(back.n_media == offer->n_media);
	for (size_t i = 0; i < back.n_media; i++) {
		const struct sdesc_media *a = &back.media[i], *o = &offer->media[i];

		assert(slice_eq(a->kind, o->kind) && slice_eq(a->proto, o->proto));
		assert(slice_eq(a->mid, o->mid));
		if ((int)i == offer->audio)
			continue;
		assert(a->port == 0 && slice_eq(a->formats, o->formats));
	}
	assert(back.audio == offer->audio);
}

static void assert_audio(
	const char *buf, size_t n, const struct sdesc_codec *codecs, size_t n_codecs)
{
	struct sdesc back;

	assert(sdesc_parse(&back, buf, n) == 0);
	const struct sdesc_media *m = &back.media[back.audio];

	assert(m->port == 40000 && m->n_codecs == n_codecs);
	for (size_t i = 0; i < n_codecs; i++) {
		assert(m->codecs[i].id == codecs[i].id &&
			m->codecs[i].pt == codecs[i].pt);
		assert(m->codecs[i].rate == codecs[i].rate);
	}
}

/* Our line, with the tag and in the form of theirs, is read as it was written. */
static void assert_same_crypto(const char *buf, size_t n, const struct sdesc_crypto *c)
{
	struct sdesc back;

	assert(sdesc_parse(&back, buf, n) == 0);
	const struct sdesc_crypto *got = &back.media[back.audio].crypto;

	if (!c) {
		assert(got->suite == SDESC_SUITE_NONE);
		return;
	}
	assert(got->suite == c->suite && got->tag == c->tag && got->life == 0);
	assert(got->mki_size == c->mki_size && got->mki == c->mki);
	assert(memcmp(got->key, c->key, sizeof got->key) == 0);
	assert(memcmp(got->salt, c->salt, sdesc_salt_size(c->suite)) == 0);
}

static void answer_plain(
	const struct sdesc *offer, const struct sdesc_codec *codecs, size_t n_codecs)
{
	struct sdesc_plain d = { .session_id = 1,
		.version = 1,
		.addr = "192.0.2.1",
		.port = 40000,
		.codecs = codecs,
		.n_codecs = n_codecs,
		.offer = offer };
	const struct sdesc_media *m = &offer->media[offer->audio];
	char buf[SDESC_TEXT_MAX + 1];
	size_t n;
	int err;

	if (sdesc_profile(m) == SDESC_PROFILE_SDES)
		d.crypto = &m->crypto;
	err = sdesc_write_plain(&d, buf, sizeof buf, &n);
	assert(err == 0 || err == EINVAL || err == ENOSPC);
	assert(err == EINVAL || !d.crypto || d.crypto->suite);
	if (err)
		return;
	assert_same_crypto(buf, n, d.crypto);
	assert_answers(offer, buf, n);
	assert_audio(buf, n, codecs, n_codecs);
}

static void answer_webrtc(
	const struct sdesc *offer, const struct sdesc_codec *codecs, size_t n_codecs)
{
	static const uint8_t sum[32] = { 1 };
	struct sdesc_webrtc d = { .session_id = 1,
		.version = 1,
		.addr = "2001:db8::1",
		.port = 40000,
		.ice_ufrag = "abcd",
		.ice_pwd = "0123456789abcdefghijkl",
		.fingerprint = sum,
		.ssrc = 1,
		.cname = "line",
		.codecs = codecs,
		.n_codecs = n_codecs,
		.offer = offer };
	char buf[SDESC_TEXT_MAX + 1];
	size_t n;
	int err = sdesc_write_webrtc(&d, buf, sizeof buf, &n);

	assert(err == 0 || err == EINVAL || err == ENOSPC);
	if (err)
		return;
	assert_answers(offer, buf, n);
	assert_audio(buf, n, codecs, n_codecs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sdesc_codec codecs[KNOWN_CODECS];
	struct sdesc d;
	int err = sdesc_parse(&d, (const char *)data, size);

	assert(err == 0 || err == EBADMSG || err == EMSGSIZE);
	if (err)
		return 0;
	text = data;
	text_size = size;
	assert(d.n_media <= SDESC_MEDIA_MAX && d.audio < (int)d.n_media && d.audio >= -1);
	assert_inside(d.origin);
	for (size_t i = 0; i < d.n_media; i++)
		assert_media(&d.media[i]);
	if (d.audio < 0)
		return 0;
	assert(d.media[d.audio].is_audio && d.media[d.audio].port);
	size_t n = common_codecs(codecs, &d.media[d.audio]);

	answer_plain(&d, codecs, n);
	answer_webrtc(&d, codecs, n);
	return 0;
}
