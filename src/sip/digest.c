/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * digest -- see digest.h.  Hashing by OpenSSL's EVP; one thread; owns no memory.
 */
#include "sip/digest.h"
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>
#include <strings.h>
#include "base/slice.h"
#include "base/text.h"

#define NONCE_PLAIN 16 /* time and serial */
#define NONCE_MAC   16 /* of the HMAC's 32: 128 bits are enough against guessing */

static const char *const alg_name[DIGEST_ALGS] = {
	[DIGEST_SHA256] = "SHA-256",
	[DIGEST_MD5] = "MD5",
};

static const EVP_MD *alg_md(enum digest_alg alg)
{
	return alg == DIGEST_MD5 ? EVP_md5() : EVP_sha256();
}

/* The hash of the parts, with a colon between them, in lower-case hexadecimal. */
static int hash_joined(
	char out[DIGEST_HEX_MAX], enum digest_alg alg, const char *const *part, size_t n)
{
	uint8_t md[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	int err = EIO;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	if (!ctx || !EVP_DigestInit_ex(ctx, alg_md(alg), NULL))
		goto out;
	for (size_t i = 0; i < n; i++) {
		if ((i && !EVP_DigestUpdate(ctx, ":", 1)) ||
			!EVP_DigestUpdate(ctx, part[i], strlen(part[i])))
			goto out;
	}
	if (!EVP_DigestFinal_ex(ctx, md, &len))
		goto out;
	text_hex(out, DIGEST_HEX_MAX, md, len);
	err = 0;
out:
	EVP_MD_CTX_free(ctx);
	return err;
}

int digest_ha1(char out[DIGEST_HEX_MAX], enum digest_alg alg, const char *user,
	const char *realm, const char *password)
{
	return hash_joined(out, alg, (const char *const[]){ user, realm, password }, 3);
}

int digest_response(char out[DIGEST_HEX_MAX], enum digest_alg alg, const char *ha1,
	const char *method, const struct digest_answer *a)
{
	char ha2[DIGEST_HEX_MAX];
	int err = hash_joined(ha2, alg, (const char *const[]){ method, a->uri }, 2);
	if (err)
		return err;
	const char *const parts[] = { ha1, a->nonce, a->nc, a->cnonce, a->qop, ha2 };
	const char *const old[] = { ha1, a->nonce, ha2 }; /* RFC 2069 */
	return a->qop ? hash_joined(out, alg, parts, 6) : hash_joined(out, alg, old, 3);
}

static bool fits_quoted(const char *s)
{
	size_t n = strlen(s);
	return n <= DIGEST_TEXT_MAX && text_is_clean_utf8(s) && !strpbrk(s, "\"\\");
}

int digest_init(struct digest *d, const char *realm, const char *user,
	const char *password, const uint8_t secret[DIGEST_SECRET])
{
	if (!fits_quoted(realm) || !fits_quoted(user))
		return EINVAL;
	memset(d, 0, sizeof *d);
	(void)text_copy(d->realm, sizeof d->realm, realm);
	(void)text_copy(d->user, sizeof d->user, user);
	memcpy(d->secret, secret, DIGEST_SECRET);
	d->floor_ms = INT64_MIN;
	for (int alg = 0; alg < DIGEST_ALGS; alg++) {
		int err = digest_ha1(d->ha1[alg], alg, user, realm, password);
		if (err)
			return err;
	}
	return 0;
}

static int nonce_mac(const struct digest *d, const uint8_t plain[NONCE_PLAIN],
	uint8_t out[EVP_MAX_MD_SIZE])
{
	unsigned n = 0;
	if (!HMAC(EVP_sha256(), d->secret, DIGEST_SECRET, plain, NONCE_PLAIN, out, &n))
		return EIO;
	return 0;
}

int digest_challenge(struct digest *d, char out[DIGEST_CHALLENGE], enum digest_alg alg,
	bool stale, int64_t now_ms)
{
	uint8_t nonce[NONCE_PLAIN + EVP_MAX_MD_SIZE];
	char hex[DIGEST_NONCE + 1];
	be64_put(nonce, (uint64_t)now_ms);
	be64_put(nonce + 8, d->serial++);
	int err = nonce_mac(d, nonce, nonce + NONCE_PLAIN);
	if (err)
		return err;
	text_hex(hex, sizeof hex, nonce, NONCE_PLAIN + NONCE_MAC);
	return text_format(out, DIGEST_CHALLENGE,
		"Digest realm=\"%s\", nonce=\"%s\", qop=\"auth\", algorithm=%s%s",
		d->realm, hex, alg_name[alg], stale ? ", stale=true" : "");
}

/* One of ours, unaltered? Says when it was made. */
static bool nonce_read(
	const struct digest *d, const char *text, int64_t *made_ms, uint64_t *serial)
{
	uint8_t nonce[NONCE_PLAIN + NONCE_MAC], mac[EVP_MAX_MD_SIZE];
	if (strlen(text) != DIGEST_NONCE || text_unhex(nonce, sizeof nonce, text) != 0)
		return false;
	if (nonce_mac(d, nonce, mac) != 0 ||
		CRYPTO_memcmp(mac, nonce + NONCE_PLAIN, NONCE_MAC) != 0)
		return false;
	*made_ms = (int64_t)be64_get(nonce);
	*serial = be64_get(nonce + 8);
	return true;
}

static bool nc_read(const char *text, uint32_t *nc)
{
	uint8_t b[4]; /* eight hexadecimal digits, RFC 7616 section 3.4 */
	if (strlen(text) != 8 || text_unhex(b, sizeof b, text) != 0)
		return false;
	*nc = be32_get(b);
	return *nc != 0;
}

/* The oldest nonce makes room; everything as old as it is stale from now on. */
static struct digest_seen *seen_place(struct digest *d)
{
	struct digest_seen *oldest = &d->seen[0];
	for (size_t i = 0; i < DIGEST_SEEN_MAX; i++) {
		struct digest_seen *s = &d->seen[i];
		if (!s->nc)
			return s;
		if (s->made_ms < oldest->made_ms)
			oldest = s;
	}
	if (oldest->made_ms > d->floor_ms)
		d->floor_ms = oldest->made_ms;
	return oldest;
}

static bool is_fresh(const struct digest *d, int64_t made_ms, int64_t now_ms)
{
	return made_ms > d->floor_ms && made_ms <= now_ms &&
		now_ms - made_ms <= DIGEST_LIFE_MS;
}

/* Each nc once, and only upwards. */
static enum digest_verdict use_once(
	struct digest *d, int64_t made_ms, uint64_t serial, uint32_t nc)
{
	for (size_t i = 0; i < DIGEST_SEEN_MAX; i++) {
		struct digest_seen *s = &d->seen[i];
		if (!s->nc || s->serial != serial || s->made_ms != made_ms)
			continue;
		if (nc <= s->nc)
			return DIGEST_STALE;
		s->nc = nc;
		return DIGEST_OK;
	}
	struct digest_seen *s = seen_place(d);
	*s = (struct digest_seen){ .made_ms = made_ms, .serial = serial, .nc = nc };
	return made_ms > d->floor_ms ? DIGEST_OK : DIGEST_STALE;
}

static bool is_complete(const struct digest_answer *a)
{
	return a->username && a->realm && a->nonce && a->uri && a->response &&
		a->cnonce && a->nc && a->qop;
}

static bool alg_read(const char *text, enum digest_alg *alg)
{
	if (!text) { /* RFC 7616 section 3.3: MD5 when not present */
		*alg = DIGEST_MD5;
		return true;
	}
	for (int i = 0; i < DIGEST_ALGS; i++) {
		if (strcasecmp(text, alg_name[i]) == 0) {
			*alg = i;
			return true;
		}
	}
	return false;
}

enum digest_verdict digest_check(struct digest *d, const char *method,
	const struct digest_answer *a, int64_t now_ms)
{
	enum digest_alg alg;
	char want[DIGEST_HEX_MAX];
	int64_t made_ms;
	uint64_t serial;
	uint32_t nc;
	if (!is_complete(a) || !alg_read(a->algorithm, &alg) || !nc_read(a->nc, &nc))
		return DIGEST_WRONG;
	if (strcmp(a->username, d->user) != 0 || strcmp(a->realm, d->realm) != 0 ||
		strcasecmp(a->qop, "auth") != 0)
		return DIGEST_WRONG;
	if (digest_response(want, alg, d->ha1[alg], method, a) != 0 ||
		strlen(a->response) != strlen(want))
		return DIGEST_WRONG;
	char got[DIGEST_HEX_MAX];
	for (size_t i = 0; i <= strlen(want); i++) { /* hexadecimal of either case */
		char c = a->response[i];
		got[i] = (char)(c >= 'A' && c <= 'F' ? c + 'a' - 'A' : c);
	}
	if (CRYPTO_memcmp(want, got, strlen(want)) != 0)
		return DIGEST_WRONG;
	/* A right password with a nonce of another process, or too old: ask again, not a person. */
	if (!nonce_read(d, a->nonce, &made_ms, &serial) || !is_fresh(d, made_ms, now_ms))
		return DIGEST_STALE;
	return use_once(d, made_ms, serial, nc);
}
