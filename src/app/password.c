/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* password -- see password.h. */
#include "app/password.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "base/text.h"

#define REST_MIN     8 /* characters that are left beside what is common */
#define DISTINCT_MIN 5 /* "aaaaaaaaaaaa", "121212121212" */
#define WORD_MIN     3 /* shorter ones say nothing */

/* The beginnings of the commonest passwords here: from lists of what was stolen, in the house's four languages. */
static const char *const common[] = { "password", "passwort", "kennwort", "motdepasse",
	"qwertz", "qwerty", "azerty", "yxcvbnm", "asdfgh", "1234567890", "123456789",
	"12345678", "1234567", "123456", "987654321", "abcdef", "abc123", "letmein",
	"welcome", "willkommen", "bienvenue", "benvenuto", "iloveyou", "ichliebedich",
	"schatz", "hallo", "hello", "bonjour", "ciao", "geheim", "secret", "segreto",
	"admin", "master", "login", "sommer", "winter", "fruehling", "herbst", "summer",
	"soleil", "chocolat", "schweiz", "suisse", "svizzera", "switzerland", "zuerich",
	"geneve", "lugano", "football", "fussball", "monkey", "dragon", "princess",
	"prinzessin", "heimamt", "changeme", "test", "pass" };

const struct password_cost password_moderate = { crypto_pwhash_OPSLIMIT_MODERATE,
	crypto_pwhash_MEMLIMIT_MODERATE };

/* Of 32 random bytes that were thrown away; passes and memory are password_moderate's. */
const char password_nobody[] = "$argon2id$v=19$m=262144,t=3,p=1$FfRf92XNfhngo2pY7jkC7Q$"
			       "K8BMe+ICjT4S2E6xXuFLPuY/C8gl/H8AyO0po0R+rmk";

int password_start(void)
{
	return sodium_init() < 0 ? EIO : 0;
}

/* UTF-8 (RFC 3629): every byte but those that go on. */
static size_t characters(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static void fold(char *s)
{
	for (; *s; s++)
		if (*s >= 'A' && *s <= 'Z')
			*s = (char)(*s + 32);
}

/* Takes every `word` out of s; any case. */
static void take_out(char *s, const char *word)
{
	char low[PASSWORD_MAX];
	size_t n = strlen(word);

	if (n < WORD_MIN || text_copy(low, sizeof low, word))
		return;
	fold(low);
	for (char *at = strstr(s, low); at; at = strstr(at, low))
		memmove(at, at + n, strlen(at + n) + 1);
	sodium_memzero(low, sizeof low);
}

static size_t distinct(const char *s)
{
	bool seen[256] = { false };
	size_t n = 0;

	for (; *s; s++) {
		n += !seen[(unsigned char)*s];
		seen[(unsigned char)*s] = true;
	}
	return n;
}

static bool is_common(const char *password, const char *login, const char *house)
{
	char rest[PASSWORD_MAX];
	bool is;

	(void)text_copy(rest, sizeof rest, password);
	fold(rest);
	is = distinct(rest) < DISTINCT_MIN;
	take_out(rest, login);
	take_out(rest, house);
	for (size_t i = 0; i < sizeof common / sizeof *common; i++)
		take_out(rest, common[i]);
	is = is || characters(rest) < REST_MIN;
	sodium_memzero(rest, sizeof rest);
	return is;
}

const char *password_refuses(const char *password, const char *login, const char *house)
{
	if (strlen(password) >= PASSWORD_MAX)
		return "password_long";
	if (!text_is_clean_utf8(password))
		return "password_text";
	if (characters(password) < PASSWORD_MIN)
		return "password_short";
	return is_common(password, login, house) ? "password_common" : NULL;
}

int password_hash(char out[PASSWORD_HASH_MAX], const char *password,
	const struct password_cost *cost)
{
	_Static_assert(PASSWORD_HASH_MAX >= crypto_pwhash_STRBYTES, "a hash fits");
	return crypto_pwhash_str_alg(out, password, strlen(password), cost->passes,
		       cost->memory, crypto_pwhash_ALG_ARGON2ID13)
		? ENOMEM
		: 0;
}

bool password_check(const char *hash, const char *password,
	const struct password_cost *cost, bool *is_old)
{
	if (crypto_pwhash_str_verify(hash, password, strlen(password)))
		return false;
	*is_old = crypto_pwhash_str_needs_rehash(hash, cost->passes, cost->memory) != 0;
	return true;
}

void password_forget(void *p, size_t n)
{
	sodium_memzero(p, n);
}
