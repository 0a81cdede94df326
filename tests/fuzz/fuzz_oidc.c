/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* fuzz: what a provider of identities sends.  All readers get the same bytes; whatever is taken is bounded, ended, and leads
 * to pages that may be asked alone. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "oidc/read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct oidc_config config = { .rules = { .issuer = "https://a.example",
						   .client = "heimamt",
						   .maps = { { "desk", 1 }, { "it", 4 } },
						   .n_maps = 2,
						   .second = { "mfa" },
						   .n_second = 1 },
	.login_claim = "login",
	.roles_claim = "a.b" };

static void check_page(const char *url)
{
	assert(memchr(url, 0, OIDC_URL_MAX));
	assert(strncmp(url, "https://", 8) == 0 ||
		strncmp(url, "http://127.0.0.1", 16) == 0 ||
		strncmp(url, "http://localhost", 16) == 0 ||
		strncmp(url, "http://[::1]", 12) == 0);
	assert(!strpbrk(url, " \r\n\"<>#@"));
}

static void read_about(const char *text, size_t n)
{
	struct oidc_about a;

	if (oidc_read_about(&a, config.rules.issuer, text, n))
		return;
	check_page(a.authorize);
	check_page(a.token);
	check_page(a.keys);
	if (*a.end)
		check_page(a.end);
}

static void read_claims(const char *text, size_t n)
{
	struct sign_on_claims c;

	if (oidc_read_claims(&c, &config, text, n))
		return;
	assert(memchr(c.issuer, 0, sizeof c.issuer));
	assert(memchr(c.subject, 0, sizeof c.subject));
	assert(memchr(c.login, 0, sizeof c.login) && memchr(c.nonce, 0, sizeof c.nonce));
	assert((c.roles & ~5u) == 0 && c.expires_s >= 0 && c.issued_s >= 0);
	assert(!c.is_for_us || c.n_audience);
	assert(sign_on_word(sign_on_check(&config.rules, &c, "n", 1800000000)));
	assert(sign_on_word(sign_on_check_logout(&config.rules, &c, 1800000000)));
}

static void read_keys(const char *text, size_t n)
{
	struct oidc_header h = { .alg = SIGN_ON_ES256, .key = "k" };
	char *keys[2];
	bool is_known;
	size_t found = oidc_read_keys(keys, 2, &h, text, n, &is_known);

	assert(found <= 2 && (is_known || !found));
	while (found)
		free(keys[--found]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct oidc_tokens tokens; /* large */
	struct oidc_header h;
	char *text;

	if (size > OIDC_BYTES_MAX || !(text = malloc(size + 1)))
		return 0;
	memcpy(text, data, size);
	text[size] = 0;
	read_about(text, size);
	read_claims(text, size);
	read_keys(text, size);
	(void)oidc_read_tokens(&tokens, text, size);
	if (!oidc_read_header(&h, text))
		assert(h.alg != SIGN_ON_NO_ALG && memchr(h.key, 0, sizeof h.key));
	free(text);
	return 0;
}
