/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* caller_token -- see caller_token.h */
#include "app/caller_token.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <string.h>

#include "base/slice.h"
#include "base/text.h"

#define MAC_SIZE      32
#define NONCE_LEAST   16
#define NONCE_MOST    64
#define EXPIRY_DIGITS 12

static const char nonce_signs[] =
	"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";

struct parts {
	int64_t expiry_s;
	size_t signed_n; /* of the text */
	uint8_t mac[MAC_SIZE];
};

int caller_tokens_init(struct caller_tokens *t, const char *secret)
{
	memset(t, 0, sizeof *t);
	return strlen(secret) < CALLER_SECRET_LEAST
		? EINVAL
		: text_copy(t->secret, sizeof t->secret, secret);
}

static int mac_of(const char *secret, const char *text, size_t n, uint8_t mac[MAC_SIZE])
{
	unsigned size = MAC_SIZE;

	return HMAC(EVP_sha256(), secret, (int)strlen(secret), (const uint8_t *)text, n,
		       mac, &size) &&
			size == MAC_SIZE
		? 0
		: EIO;
}

static bool is_nonce(struct slice s)
{
	if (s.n < NONCE_LEAST || s.n > NONCE_MOST)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!s.p[i] || !strchr(nonce_signs, s.p[i]))
			return false;
	return true;
}

static bool parse(struct parts *out, const char *text)
{
	struct slice rest = slice_str(text), expiry, nonce;
	char hex[2 * MAC_SIZE + 1];
	uint64_t s;

	if (strlen(text) > CALLER_TOKEN_MAX)
		return false;
	expiry = slice_cut(&rest, '.');
	nonce = slice_cut(&rest, '.');
	if (expiry.n > EXPIRY_DIGITS || !slice_u64(expiry, INT64_MAX, &s) ||
		!is_nonce(nonce) || rest.n != 2 * MAC_SIZE ||
		slice_copy(rest, hex, sizeof hex) ||
		text_unhex(out->mac, sizeof out->mac, hex))
		return false;
	out->expiry_s = (int64_t)s;
	out->signed_n = expiry.n + 1 + nonce.n;
	return true;
}

/* Its place among the used ones, else a free one, else -1. */
static int place_of(const struct caller_tokens *t, const struct parts *p, int64_t now_s)
{
	int free_place = -1;

	for (int i = 0; i < CALLER_TOKENS_KEPT; i++) {
		if (t->used[i].calls &&
			memcmp(t->used[i].mark, p->mac, sizeof t->used[i].mark) == 0)
			return i;
		if (t->used[i].until_s + CALLER_TOKEN_SKEW_S < now_s)
			free_place = i;
	}
	return free_place;
}

enum caller_token caller_token_use(
	struct caller_tokens *t, const char *text, int64_t now_s)
{
	struct parts p;
	uint8_t mac[MAC_SIZE];
	int i;

	if (!text || !parse(&p, text) || mac_of(t->secret, text, p.signed_n, mac) ||
		CRYPTO_memcmp(mac, p.mac, sizeof mac) != 0)
		return CALLER_TOKEN_BAD;
	if (p.expiry_s + CALLER_TOKEN_SKEW_S < now_s)
		return CALLER_TOKEN_EXPIRED;
	if (p.expiry_s > now_s + CALLER_TOKEN_LIFE_S + CALLER_TOKEN_SKEW_S)
		return CALLER_TOKEN_BAD;
	i = place_of(t, &p, now_s);
	if (i < 0)
		return CALLER_TOKEN_USED;
	if (memcmp(t->used[i].mark, p.mac, sizeof t->used[i].mark) != 0)
		t->used[i].calls = 0;
	if (t->used[i].calls == CALLER_TOKEN_CALLS)
		return CALLER_TOKEN_USED;
	memcpy(t->used[i].mark, p.mac, sizeof t->used[i].mark);
	t->used[i].until_s = p.expiry_s;
	t->used[i].calls++;
	return CALLER_TOKEN_GOOD;
}

int caller_token_make(
	const char *secret, int64_t expiry_s, const char *nonce, char *out, size_t cap)
{
	char text[CALLER_TOKEN_MAX], hex[2 * MAC_SIZE + 1];
	uint8_t mac[MAC_SIZE];
	int err = is_nonce(slice_str(nonce))
		? text_format(text, sizeof text, "%lld.%s", (long long)expiry_s, nonce)
		: EINVAL;

	if (!err)
		err = mac_of(secret, text, strlen(text), mac);
	if (err)
		return err;
	text_hex(hex, sizeof hex, mac, sizeof mac);
	return text_format(out, cap, "%s.%s", text, hex);
}
