/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* totp -- see totp.h. */
#include "app/totp.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>

#include "base/base32.h"
#include "base/text.h"

#define SHA1_SIZE 20
#define MODULUS   1000000 /* 10^TOTP_DIGITS */
#define ISSUER    "Heimamt"

uint32_t totp_code(const uint8_t secret[TOTP_SECRET], uint64_t step)
{
	uint8_t moving[8], mac[SHA1_SIZE];
	unsigned n = sizeof mac;

	be64_put(moving, step);
	if (!HMAC(EVP_sha1(), secret, TOTP_SECRET, moving, sizeof moving, mac, &n))
		abort(); /* OpenSSL without SHA-1 or memory: nobody could prove anything */
	return (be32_get(mac + (mac[SHA1_SIZE - 1] & 15)) & INT32_MAX) % MODULUS;
}

bool totp_read(const char *typed, uint32_t *code)
{
	uint32_t v = 0;
	unsigned n = 0;

	for (; *typed; typed++) {
		if (*typed == ' ')
			continue;
		if (*typed < '0' || *typed > '9' || ++n > TOTP_DIGITS)
			return false;
		v = 10 * v + (uint32_t)(*typed - '0');
	}
	if (n != TOTP_DIGITS)
		return false;
	*code = v;
	return true;
}

int64_t totp_match(
	const uint8_t secret[TOTP_SECRET], uint32_t code, int64_t wall_ms, int64_t used)
{
	int64_t now = wall_ms / (TOTP_STEP_S * 1000), found = -1;

	/* all three, so that time does not say which */
	for (int64_t step = now + 1; step >= now - 1; step--)
		if (totp_code(secret, (uint64_t)step) == code && step > used)
			found = step;
	return found;
}

static void put_escaped(struct wbuf *w, const char *s)
{
	for (; *s; s++) {
		char c = *s;

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_')
			wbuf_u8(w, (uint8_t)c);
		else
			wbuf_printf(w, "%%%02X", (uint8_t)c); /* RFC 3986 section 2.1 */
	}
}

int totp_uri(char *out, size_t cap, const char *login, const uint8_t secret[TOTP_SECRET])
{
	struct wbuf w = wbuf_of(out, cap);

	wbuf_str(&w, "otpauth://totp/" ISSUER ":");
	put_escaped(&w, login);
	wbuf_str(&w, "?secret=");
	base32_write(&w, (struct slice){ secret, TOTP_SECRET });
	wbuf_str(&w, "&issuer=" ISSUER);
	wbuf_u8(&w, 0);
	return w.full ? ENAMETOOLONG : 0;
}
