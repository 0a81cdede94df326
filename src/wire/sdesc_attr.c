/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * sdesc_attr -- the a= lines of SDP that a voice call needs; see sdesc.h.
 *
 * A broken attribute counts as absent: the call may still be possible without it.  Owns nothing; any
 * thread.
 */
#include "wire/sdesc_inner.h"

#include <string.h>

bool sdesc_is_token(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' || strchr("\"(),/:;<=>?@[\\]", s.p[i]))
			return false;
	return s.n > 0;
}

struct slice sdesc_next_word(struct slice *s)
{
	*s = slice_trim(*s);
	return slice_cut(s, ' ');
}

static bool starts_with(struct slice *s, const char *prefix)
{
	size_t n = strlen(prefix);

	if (s->n < n || memcmp(s->p, prefix, n) != 0)
		return false;
	*s = slice_from(*s, n);
	return true;
}

/* rtpmap:111 opus/48000/2 (RFC 8866 section 6.6) */
static void read_rtpmap(struct sdesc_parse *s, struct slice v)
{
	struct slice pt_text = sdesc_next_word(&v), map = slice_trim(v);
	struct slice name = slice_cut(&map, '/'), rate_text = slice_cut(&map, '/');
	uint64_t pt, rate, channels = 1;

	if (!slice_u64(pt_text, 127, &pt) || !slice_u64(rate_text, UINT32_MAX, &rate))
		return;
	if (map.n && !slice_u64(map, UINT8_MAX, &channels))
		return;
	for (size_t i = 0; i < s->m->n_codecs; i++) {
		struct sdesc_codec *c = &s->m->codecs[i];

		if (c->pt != pt)
			continue;
		c->id = sdesc_codec_named(name);
		c->rate = (uint32_t)rate;
		c->channels = (uint8_t)channels;
	}
}

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* 32 pairs with colons between (RFC 8122 section 5) */
static bool read_sha256(uint8_t out[32], struct slice hex)
{
	if (hex.n != 32 * 3 - 1)
		return false;
	for (size_t i = 0; i < 32; i++) {
		int high = hex_digit(hex.p[3 * i]), low = hex_digit(hex.p[3 * i + 1]);

		if (high < 0 || low < 0 || (i < 31 && hex.p[3 * i + 2] != ':'))
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

/* The first sha-256 of a section counts; a section's own lines replace the session's. */
static void read_fingerprint(struct sdesc_parse *s, struct slice v)
{
	struct slice hash = sdesc_next_word(&v);
	uint8_t sum[32];

	if (!s->own_fingerprint)
		s->m->has_fingerprint = false;
	s->own_fingerprint = true;
	if (s->m->has_fingerprint || !slice_is_nocase(hash, "sha-256") ||
		!read_sha256(sum, slice_trim(v)))
		return;
	memcpy(s->m->fingerprint, sum, sizeof sum);
	s->m->has_fingerprint = true;
}

/* ice-char is ALPHA, DIGIT, "+" and "/" (RFC 8839 section 5.4). */
static void read_ice(struct slice *out, struct slice v, size_t min)
{
	for (size_t i = 0; i < v.n; i++) {
		uint8_t c = v.p[i], lower = c | 0x20;

		if ((lower < 'a' || lower > 'z') && (c < '/' || c > '9') && c != '+')
			return;
	}
	if (v.n >= min && v.n <= SDESC_ICE_MAX)
		*out = v;
}

static void read_setup(struct sdesc_parse *s, struct slice v)
{
	if (slice_is(v, "actpass"))
		s->m->setup = SDESC_SETUP_ACTPASS;
	else if (slice_is(v, "active"))
		s->m->setup = SDESC_SETUP_ACTIVE;
	else if (slice_is(v, "passive"))
		s->m->setup = SDESC_SETUP_PASSIVE;
	else
		s->m->setup = SDESC_SETUP_NONE;
}

static void read_u16(uint16_t *out, struct slice v)
{
	uint64_t x;

	if (slice_u64(sdesc_next_word(&v), 65535, &x))
		*out = (uint16_t)x;
}

/* Of a section only (RFC 4568 section 4). */
static void read_crypto(struct sdesc_parse *s, struct slice v)
{
	if (s->m != &s->session && !s->m->crypto.suite)
		(void)sdesc_read_crypto(&s->m->crypto, v);
}

/* Attributes that are a word alone. */
static bool read_flag(struct sdesc_parse *s, struct slice v)
{
	static const char *const dirs[] = {
		[SDESC_SENDRECV] = "sendrecv",
		[SDESC_SENDONLY] = "sendonly",
		[SDESC_RECVONLY] = "recvonly",
		[SDESC_INACTIVE] = "inactive",
	};

	for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
		if (slice_is(v, dirs[i])) {
			s->m->dir = (enum sdesc_dir)i;
			return true;
		}
	if (slice_is(v, "rtcp-mux"))
		s->m->rtcp_mux = true;
	else if (slice_is(v, "ice-lite"))
		s->d.ice_lite = true;
	else
		return false;
	return true;
}

void sdesc_read_attribute(struct sdesc_parse *s, struct slice v)
{
	v = slice_trim(v);
	if (read_flag(s, v))
		return;
	if (starts_with(&v, "rtpmap:"))
		read_rtpmap(s, v);
	else if (starts_with(&v, "fingerprint:"))
		read_fingerprint(s, v);
	else if (starts_with(&v, "ice-ufrag:"))
		read_ice(&s->m->ice_ufrag, v, SDESC_UFRAG_MIN);
	else if (starts_with(&v, "ice-pwd:"))
		read_ice(&s->m->ice_pwd, v, SDESC_PWD_MIN);
	else if (starts_with(&v, "setup:"))
		read_setup(s, v);
	else if (starts_with(&v, "mid:") && sdesc_is_token(v))
		s->m->mid = v;
	else if (starts_with(&v, "rtcp:"))
		read_u16(&s->m->rtcp_port, v);
	else if (starts_with(&v, "ptime:"))
		read_u16(&s->m->ptime, v);
	else if (starts_with(&v, "crypto:"))
		read_crypto(s, v);
	else if (starts_with(&v, "group:"))
		s->d.bundle |= slice_is(sdesc_next_word(&v), "BUNDLE");
}
