/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* oidc: what a provider sends, read strictly, and whose signature is one.  The signature is that of RFC 7515 appendix A.3. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/base64.h"
#include "oidc/inner.h"

#define N(a) (sizeof(a) / sizeof *(a))

static void test_urls(void **state)
{
	static const struct {
		const char *url;
		bool is;
	} rows[] = {
		{ "https://login.example.org", true },
		{ "https://login.example.org:8443/realms/house", true },
		{ "http://127.0.0.1:8080/x", true },
		{ "http://localhost", true },
		{ "http://[::1]:9000", true },
		{ "http://login.example.org", false },
		{ "http://127.0.0.1.example.org", false },
		{ "http://localhost.example.org", false },
		{ "http://127.0.0.1@example.org", false },
		{ "https://user@example.org", false },
		{ "https:///x", false },
		{ "https://", false },
		{ "ftp://example.org", false },
		{ "file:///etc/passwd", false },
		{ "https://example.org/a b", false },
		{ "https://example.org/#x", false },
		{ "https://example.org/?x", false },
		{ "https://example.org/\r\nx", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++)
		if (oidc_is_url(rows[i].url) != rows[i].is)
			fail_msg("%s", rows[i].url);
}

#define ISSUER "https://login.example.org"
#define ABOUT(issuer, token, more)                                            \
	"{\"issuer\":\"" issuer "\",\"authorization_endpoint\":\"" ISSUER     \
	"/auth?a=b\",\"token_endpoint\":\"" token "\",\"jwks_uri\":\"" ISSUER \
	"/keys\"" more "}"

static void test_about(void **state)
{
	static const struct {
		const char *text;
		int err;
		bool basic;
	} rows[] = {
		{ ABOUT(ISSUER, ISSUER "/t", ""), 0, true },
		{ ABOUT(ISSUER, ISSUER "/t",
			  ",\"token_endpoint_auth_methods_supported\":"
			  "[\"client_secret_post\"]"),
			0, false },
		{ ABOUT(ISSUER, ISSUER "/t",
			  ",\"code_challenge_methods_supported\":[\"plain\"]"),
			EBADMSG, false },
		{ ABOUT(ISSUER "/", ISSUER "/t", ""), EPERM, false },
		{ ABOUT("https://other.example.org", ISSUER "/t", ""), EPERM, false },
		{ ABOUT(ISSUER, "http://login.example.org/t", ""), EBADMSG, false },
		{ ABOUT(ISSUER, "", ""), EBADMSG, false },
		{ ABOUT(ISSUER, ISSUER "/t\\u0000", ""), EBADMSG, false },
		{ ABOUT(ISSUER, ISSUER "/t",
			  ",\"end_session_endpoint\":\"javascript:alert(1)\""),
			EBADMSG, false },
		{ ABOUT(ISSUER, ISSUER "/t", ",\"issuer\":\"" ISSUER "\""), EBADMSG,
			false },
		{ "[]", EBADMSG, false },
		{ "", EBADMSG, false },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct oidc_about a = { .takes_basic = false };
		int err = oidc_read_about(&a, ISSUER, rows[i].text, strlen(rows[i].text));

		if (err != rows[i].err || a.takes_basic != rows[i].basic)
			fail_msg("row %zu: %d", i, err);
	}
}

static int header_of(const char *json, struct oidc_header *h)
{
	char text[512];
	struct wbuf w = wbuf_of(text, sizeof text);

	base64_write(&w, BASE64_URL, slice_str(json));
	wbuf_str(&w, ".e30.AA");
	wbuf_u8(&w, 0);
	return oidc_read_header(h, text);
}

static void test_headers(void **state)
{
	static const struct {
		const char *json;
		int err;
	} rows[] = {
		{ "{\"alg\":\"RS256\",\"kid\":\"a\"}", 0 },
		{ "{\"alg\":\"ES256\"}", 0 },
		{ "{\"alg\":\"none\"}", EPERM },
		{ "{\"alg\":\"HS256\"}", EPERM },
		{ "{\"alg\":null}", EPERM },
		{ "{}", EPERM },
		{ "{\"alg\":\"RS256\",\"crit\":[\"b64\"]}", EPERM },
		{ "{\"alg\":\"none\",\"alg\":\"RS256\"}", EBADMSG },
		{ "\"RS256\"", EBADMSG },
	};
	struct oidc_header h;

	(void)state;
	for (size_t i = 0; i < N(rows); i++)
		if (header_of(rows[i].json, &h) != rows[i].err)
			fail_msg("%s", rows[i].json);
	assert_int_equal(oidc_read_header(&h, "%%%.e30.AA"), EBADMSG);
	assert_int_equal(oidc_read_header(&h, ""), EBADMSG);
}

static struct oidc_config config(void)
{
	return (struct oidc_config){ .rules = { .client = "heimamt",
					     .maps = { { "desk", 1 }, { "it", 4 } },
					     .n_maps = 2,
					     .second = { "mfa", "gold" },
					     .n_second = 2 },
		.login_claim = "login",
		.roles_claim = "realm_access.roles" };
}

static struct sign_on_claims claims_of(const char *json)
{
	struct oidc_config cfg = config();
	struct sign_on_claims c;

	assert_int_equal(oidc_read_claims(&c, &cfg, json, strlen(json)), 0);
	return c;
}

static void test_claims(void **state)
{
	struct sign_on_claims c = claims_of(
		"{\"iss\":\"i\",\"sub\":\"s\",\"aud\":\"heimamt\",\"exp\":12.5,\"iat\":7,"
		"\"login\":\"Anna.B\",\"sid\":\"x\",\"realm_access\":{\"roles\":["
		"\"desk\",7,"
		"\"it\",\"other\"]},\"amr\":[\"pwd\",\"mfa\"]}");

	(void)state;
	assert_string_equal(c.issuer, "i");
	assert_string_equal(c.login, "anna.b");
	assert_true(c.is_for_us && c.n_audience == 1 && c.has_second && !c.has_nonce);
	assert_true(c.has_expiry && c.expires_s == 12 && c.issued_s == 7);
	assert_int_equal(c.roles, 5);
	/* the name as a whole goes before the path */
	c = claims_of("{\"realm_access.roles\":\"it\",\"realm_access\":{\"roles\":["
		      "\"desk\"]}}");
	assert_int_equal(c.roles, 4);
	c = claims_of("{\"aud\":[\"a\",\"heimamt\"],\"acr\":\"gold\",\"azp\":7}");
	assert_true(c.is_for_us && c.n_audience == 2 && c.has_second && c.has_party);
	/* of the wrong kind: as if it were not there */
	c = claims_of(
		"{\"sub\":7,\"aud\":{\"heimamt\":1},\"exp\":\"9\",\"iat\":-1,"
		"\"nbf\":1e300,\"nonce\":null,\"events\":{\"http://schemas.openid.net/"
		"event/backchannel-logout\":1}}");
	assert_true(!*c.subject && !c.is_for_us && !c.has_expiry && !c.has_issued);
	assert_true(c.not_before_s == 0 && c.has_nonce && !*c.nonce && !c.is_logout);
	c = claims_of("{\"events\":{\"http://schemas.openid.net/event/"
		      "backchannel-logout\":{}}}");
	assert_true(c.is_logout);
}

/* What is too long is nobody's, and never another's beginning. */
static void test_long(void **state)
{
	char json[400] = "{\"sub\":\"";
	struct sign_on_claims c;
	size_t n = strlen(json);

	(void)state;
	memset(json + n, 'a', 256);
	memcpy(json + n + 256, "\"}", 3);
	c = claims_of(json);
	assert_string_equal(c.subject, "");
	memcpy(json + n + 255, "\"}", 3);
	c = claims_of(json);
	assert_int_equal(strlen(c.subject), 255);
}

#define KEY(more)                                                                        \
	"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9u" \
	"PHvRVEU\",\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"" more "}"
#define OTHER                                                    \
	"{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"o\",\"x\":" \
	"\"MKBCTNIcKUSDii11ySs3526iDZ8"                          \
	"AiTo7Tu6KPAqv7D4\",\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\"}"
#define HEAD "eyJhbGciOiJFUzI1NiJ9"
#define BODY                                                               \
	"eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt" \
	"cGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
#define SIGNED                                            \
	"DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-"                \
	"F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-" \
	"Kg6NU1Q"

static const struct {
	const char *what, *token, *keys, *kid;
	enum sign_on_alg alg;
	enum oidc_signature is;
} signatures[] = {
	{ "good", HEAD "." BODY "." SIGNED, "{\"keys\":[" KEY("") "]}", "", SIGN_ON_ES256,
		OIDC_SIGNED },
	{ "among others", HEAD "." BODY "." SIGNED, "{\"keys\":[" OTHER "," KEY("") "]}",
		"", SIGN_ON_ES256, OIDC_SIGNED },
	{ "by name", HEAD "." BODY "." SIGNED, "{\"keys\":[" KEY(",\"kid\":\"k\"") "]}",
		"k", SIGN_ON_ES256, OIDC_SIGNED },
	{ "by another name", HEAD "." BODY "." SIGNED,
		"{\"keys\":[" KEY(",\"kid\":\"k\"") "]}", "m", SIGN_ON_ES256,
		OIDC_UNKNOWN_KEY },
	{ "by another's", HEAD "." BODY "." SIGNED, "{\"keys\":[" OTHER "]}", "o",
		SIGN_ON_ES256, OIDC_FORGED },
	{ "with a key for secrets", HEAD "." BODY "." SIGNED,
		"{\"keys\":[" KEY(",\"use\":\"enc\"") "]}", "", SIGN_ON_ES256,
		OIDC_FORGED },
	{ "with a key of another algorithm", HEAD "." BODY "." SIGNED,
		"{\"keys\":[" KEY(",\"alg\":\"ES512\"") "]}", "", SIGN_ON_ES256,
		OIDC_FORGED },
	{ "of another kind than its key", HEAD "." BODY "." SIGNED,
		"{\"keys\":[" KEY("") "]}", "", SIGN_ON_RS256, OIDC_FORGED },
	{ "of another text", HEAD ".e30." SIGNED, "{\"keys\":[" KEY("") "]}", "",
		SIGN_ON_ES256, OIDC_FORGED },
	{ "none", HEAD "." BODY ".", "{\"keys\":[" KEY("") "]}", "", SIGN_ON_ES256,
		OIDC_FORGED },
	{ "of two parts", HEAD "." BODY, "{\"keys\":[" KEY("") "]}", "", SIGN_ON_ES256,
		OIDC_FORGED },
	{ "without keys", HEAD "." BODY "." SIGNED, "{\"keys\":[]}", "", SIGN_ON_ES256,
		OIDC_UNKNOWN_KEY },
	{ "with no set", HEAD "." BODY "." SIGNED, "x", "", SIGN_ON_ES256,
		OIDC_UNKNOWN_KEY },
	{ "with a key that is none", HEAD "." BODY "." SIGNED,
		"{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}]"
		"}",
		"", SIGN_ON_ES256, OIDC_FORGED },
};

static void test_signatures(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(signatures); i++) {
		struct oidc_header h = { .alg = signatures[i].alg };
		char *text = NULL;
		size_t n = 0;
		enum oidc_signature s;

		(void)slice_copy(slice_str(signatures[i].kid), h.key, sizeof h.key);
		s = oidc_verify(signatures[i].token, &h, signatures[i].keys,
			strlen(signatures[i].keys), &text, &n);
		if (s != signatures[i].is || (text != NULL) != (s == OIDC_SIGNED))
			fail_msg("%s: %d", signatures[i].what, (int)s);
		if (text)
			assert_string_equal(text,
				"{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n "
				"\"http://example.com/is_root\":true}");
		free(text);
	}
}

static void test_escape(void **state)
{
	char out[16];

	(void)state;
	assert_int_equal(oidc_escape(out, sizeof out, "a b&\xc3\xbc=+"), ENAMETOOLONG);
	assert_int_equal(oidc_escape(out, sizeof out, "a b&+"), 0);
	assert_string_equal(out, "a%20b%26%2B");
}

struct asked {
	unsigned n;
	sa_family_t family;
};

static bool refuse_all(const void *arg, const struct sockaddr *sa)
{
	struct asked *a = (struct asked *)(uintptr_t)arg;

	a->n++;
	a->family = sa->sa_family;
	return false;
}

/* Where its name leads is not allowed: it is away, and nothing was sent to there. */
static void test_may_not_reach(void **state)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t n = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	struct asked asked = { 0 };
	struct oidc_config cfg = config();
	struct oidc_work w = { .kind = OIDC_BEGIN };
	struct oidc *o;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(fd, 4), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
	snprintf(cfg.rules.issuer, sizeof cfg.rules.issuer, "http://127.0.0.1:%u",
		ntohs(at.sin_port));
	cfg.may_reach = refuse_all;
	cfg.reach_arg = &asked;
	assert_int_equal(oidc_start(), 0);
	assert_int_equal(oidc_new(&o, &cfg), 0);
	oidc_run(o, &w);
	assert_int_equal(w.outcome, OIDC_AWAY);
	assert_int_equal(asked.n, 1);
	assert_int_equal(asked.family, AF_INET);
	assert_int_equal(accept(fd, NULL, NULL), -1);
	assert_int_equal(errno, EAGAIN);
	oidc_free(o);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_urls),
		cmocka_unit_test(test_about),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_claims),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_signatures),
		cmocka_unit_test(test_escape),
		cmocka_unit_test(test_may_not_reach),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
