/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * sdesc_crypto -- a=crypto lines, read and written (RFC 4568); see sdesc.h.
 *
 *   a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:KEY-AND-SALT|2^20|1:4 KDR=0
 *
 * The first line of a section that can be kept is the one that counts; what it promises and we do not keep makes a
 * line unusable, not the description.  A key is nowhere but in the struct that was asked for: its owner wipes it.
 * Owns nothing; any thread.
 */
#include "wire/sdesc_inner.h"

#include <inttypes.h>
#include <string.h>

#include "base/base64.h"

#define TAG_DIGITS 9 /* RFC 4568 section 9.1 */
#define LIFE_BITS \
	48 /* RFC 3711 section 9.2; of all our suites: RFC 4568 section 6.2, RFC 7714 section 12 */
#define WSH_MIN 64 /* RFC 4568 section 6.3.7 */

static const struct {
	const char *name;
	uint8_t salt; /* bytes */
} suites[] = {
	[SDESC_SUITE_AES_CM_80] = { "AES_CM_128_HMAC_SHA1_80", 14 },
	[SDESC_SUITE_AES_CM_32] = { "AES_CM_128_HMAC_SHA1_32", 14 },
	[SDESC_SUITE_GCM] = { "AEAD_AES_128_GCM", 12 }, /* RFC 7714 section 14.1 */
};
#define SUITES (sizeof suites / sizeof *suites)

static enum sdesc_suite suite_named(struct slice name)
{
	for (size_t i = 1; i < SUITES; i++)
		if (slice_is_nocase(name, suites[i].name))
			return (enum sdesc_suite)i;
	return SDESC_SUITE_NONE;
}

static bool take_prefix(struct slice *s, const char *prefix)
{
	size_t n = strlen(prefix);

	if (s->n < n || !slice_is_nocase(slice_of(s->p, n), prefix))
		return false;
	*s = slice_from(*s, n);
	return true;
}

/* Exactly as many bytes as the suite has. */
static bool read_key(struct sdesc_crypto *c, struct slice text)
{
	uint8_t raw[SDESC_KEY_SIZE + SDESC_SALT_MAX];
	size_t salt = suites[c->suite].salt, n;
	bool ok = !base64_read(raw, sizeof raw, &n, BASE64_PADDED, text) &&
		n == SDESC_KEY_SIZE + salt;

	if (ok) {
		memcpy(c->key, raw, SDESC_KEY_SIZE);
		memcpy(c->salt, raw + SDESC_KEY_SIZE, salt);
	}
	explicit_bzero(raw, sizeof raw);
	return ok;
}

/* 2^20 or 1048576; more than the suite allows would be a promise that nobody can keep. */
static bool read_life(struct sdesc_crypto *c, struct slice text)
{
	const uint64_t most = UINT64_C(1) << LIFE_BITS;
	uint64_t v;

	if (take_prefix(&text, "2^")) {
		if (!slice_u64(text, LIFE_BITS, &v))
			return false;
		c->life = UINT64_C(1) << v;
	} else {
		if (!slice_u64(text, most, &v) || v == 0)
			return false;
		c->life = v;
	}
	return true;
}

/* 1:4, the number and in how many bytes it is sent. */
static bool read_mki(struct sdesc_crypto *c, struct slice text)
{
	struct slice value = slice_cut(&text, ':');
	uint64_t n, v;

	if (!slice_u64(value, UINT64_MAX, &v) || !slice_u64(text, SDESC_MKI_MAX, &n) ||
		n == 0 || (n < 8 && v >> (8 * n)))
		return false;
	c->mki = v;
	c->mki_size = (uint8_t)n;
	return true;
}

static bool has_colon(struct slice s)
{
	return s.n && memchr(s.p, ':', s.n);
}

/* inline:KEY[|lifetime][|MKI:length]; two keys, with ";" between, are one too many. */
static bool read_inline(struct sdesc_crypto *c, struct slice text)
{
	struct slice key, first;

	if (!take_prefix(&text, "inline:") || (text.n && text.p[text.n - 1] == '|'))
		return false;
	key = slice_cut(&text, '|');
	first = slice_cut(&text, '|');
	if (!read_key(c, key))
		return false;
	if (first.n && !has_colon(first)) {
		if (!read_life(c, first))
			return false;
		first = text;
		text = slice_from(text, text.n);
	}
	return text.n == 0 && (first.n == 0 || read_mki(c, first));
}

/*
 * Session parameters, RFC 4568 section 6.3: those that would change what we send or take make the line unusable,
 * as do unknown ones (section 6.3.8) unless they begin with "-".
 */
static bool can_keep(struct slice param)
{
	uint64_t v;

	if (param.p[0] == '-')
		return true;
	if (take_prefix(&param, "KDR="))
		return slice_u64(param, 0, &v);
	/* a hint for how far packets may be late; ours is SRTP_WINDOW */
	if (take_prefix(&param, "WSH="))
		return slice_u64(param, UINT32_MAX, &v) && v >= WSH_MIN;
	return false;
}

bool sdesc_read_crypto(struct sdesc_crypto *out, struct slice v)
{
	struct slice tag = sdesc_next_word(&v), suite = sdesc_next_word(&v),
		     key = sdesc_next_word(&v);
	struct sdesc_crypto c = { .suite = suite_named(suite) };
	uint64_t number;
	bool ok = tag.n <= TAG_DIGITS && slice_u64(tag, UINT32_MAX, &number) && c.suite &&
		read_inline(&c, key);

	for (v = slice_trim(v); ok && v.n; v = slice_trim(v))
		ok = can_keep(sdesc_next_word(&v));
	if (ok) {
		c.tag = (uint32_t)number;
		*out = c;
	}
	explicit_bzero(&c, sizeof c);
	return ok;
}

void sdesc_put_crypto(struct wbuf *w, const struct sdesc_crypto *c)
{
	uint8_t raw[SDESC_KEY_SIZE + SDESC_SALT_MAX];
	size_t salt = suites[c->suite].salt;

	memcpy(raw, c->key, SDESC_KEY_SIZE);
	memcpy(raw + SDESC_KEY_SIZE, c->salt, salt);
	wbuf_printf(w, "a=crypto:%" PRIu32 " %s inline:", c->tag, suites[c->suite].name);
	base64_write(w, BASE64_PADDED, slice_of(raw, SDESC_KEY_SIZE + salt));
	if (c->mki_size)
		wbuf_printf(w, "|%" PRIu64 ":%d", c->mki, c->mki_size);
	wbuf_str(w, "\r\n");
	explicit_bzero(raw, sizeof raw);
}

size_t sdesc_salt_size(enum sdesc_suite suite)
{
	return suite < SUITES ? suites[suite].salt : 0;
}

/* Big-endian, as all of RTP is. */
void sdesc_mki_bytes(const struct sdesc_crypto *c, uint8_t out[SDESC_MKI_MAX])
{
	uint64_t v = c->mki;

	for (size_t i = c->mki_size; i-- > 0; v >>= 8)
		out[i] = (uint8_t)v;
}

enum sdesc_profile sdesc_profile(const struct sdesc_media *m)
{
	if (slice_is(m->proto, "RTP/AVP") || slice_is(m->proto, "RTP/AVPF"))
		return SDESC_PROFILE_PLAIN;
	if (slice_is(m->proto, "RTP/SAVP") || slice_is(m->proto, "RTP/SAVPF"))
		return SDESC_PROFILE_SDES;
	return SDESC_PROFILE_OTHER;
}
