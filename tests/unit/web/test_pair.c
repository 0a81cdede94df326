/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* pair: certificates and keys as they come, made here; and a context that changes its pair between two handshakes. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "web/private.h"

#define NOW_S 1900000000 /* some day */
#define DAY   86400

static char folder[] = "/tmp/heimamt-pair-XXXXXX";

/* A path in the folder; good until the next call but one. */
static const char *in(const char *name)
{
	static char paths[2][128];
	static unsigned at;

	at = !at;
	snprintf(paths[at], sizeof paths[at], "%s/%s", folder, name);
	return paths[at];
}

static FILE *create(const char *name, mode_t mode)
{
	FILE *f = fopen(in(name), "w");

	assert_non_null(f);
	assert_int_equal(fchmod(fileno(f), mode), 0);
	return f;
}

struct kind {
	int rsa_bits; /* 0: P-256 */
	long from_s, to_s; /* of NOW_S */
	const EVP_MD *(*md)(void);
	mode_t mode; /* of the key's file */
	const char *passphrase;
};
static const struct kind usual = { 0, -DAY, 90 * DAY, EVP_sha256, 0600, NULL };

static void make(const char *certificate, const char *key, const struct kind *k)
{
	EVP_PKEY *pkey = k->rsa_bits ? EVP_RSA_gen((unsigned)k->rsa_bits)
				     : EVP_EC_gen("P-256");
	X509 *x = X509_new();
	X509_EXTENSION *names = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name,
		"DNS:desk.example.org,DNS:*.example.net,IP:192.0.2.7");
	FILE *f;

	assert_true(pkey && x && names);
	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
	ASN1_TIME_set(X509_getm_notBefore(x), NOW_S + k->from_s);
	ASN1_TIME_set(X509_getm_notAfter(x), NOW_S + k->to_s);
	X509_set_pubkey(x, pkey);
	X509_add_ext(x, names, -1);
	X509_EXTENSION_free(names);
	assert_true(X509_sign(x, pkey, k->md()) > 0);
	f = create(certificate, 0644);
	PEM_write_X509(f, x);
	fclose(f);
	f = create(key, k->mode);
	PEM_write_PrivateKey(f, pkey, k->passphrase ? EVP_aes_128_cbc() : NULL,
		(const unsigned char *)k->passphrase,
		k->passphrase ? (int)strlen(k->passphrase) : 0, NULL, NULL);
	fclose(f);
	X509_free(x);
	EVP_PKEY_free(pkey);
}

static void test_faults(void **state)
{
	static const struct {
		const char *what;
		struct kind kind;
		enum pair_fault fault;
	} cases[] = {
		{ "P-256", { 0, -DAY, DAY, EVP_sha256, 0600, NULL }, PAIR_GOOD },
		{ "RSA", { 2048, -DAY, DAY, EVP_sha256, 0600, NULL }, PAIR_GOOD },
		{ "for a group", { 0, -DAY, DAY, EVP_sha256, 0640, NULL }, PAIR_GOOD },
		{ "for all to read", { 0, -DAY, DAY, EVP_sha256, 0644, NULL },
			PAIR_OPEN_KEY },
		{ "for all to write", { 0, -DAY, DAY, EVP_sha256, 0602, NULL },
			PAIR_OPEN_KEY },
		{ "with a passphrase", { 0, -DAY, DAY, EVP_sha256, 0600, "secret" },
			PAIR_LOCKED_KEY },
		{ "a short key", { 1024, -DAY, DAY, EVP_sha256, 0600, NULL }, PAIR_WEAK },
		{ "it ends now", { 0, -DAY, 0, EVP_sha256, 0600, NULL }, PAIR_OVER },
		{ "a second before", { 0, -DAY, 1, EVP_sha256, 0600, NULL }, PAIR_GOOD },
		{ "it begins now", { 0, 0, DAY, EVP_sha256, 0600, NULL }, PAIR_GOOD },
		{ "a second later", { 0, 1, DAY, EVP_sha256, 0600, NULL }, PAIR_EARLY },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct pair p = { 0 };
		enum pair_fault f;
		bool is_filled = cases[i].fault == PAIR_GOOD ||
			cases[i].fault == PAIR_OVER;

		make("c", "k", &cases[i].kind);
		f = pair_read(&p, in("c"), in("k"), NOW_S);
		if (f != cases[i].fault || is_filled != (p.key != NULL))
			fail_msg("%s: %s", cases[i].what, pair_words(f));
		if (is_filled)
			assert_int_equal(p.ends_s, NOW_S + cases[i].kind.to_s);
		pair_close(&p);
	}
}

static void test_files(void **state)
{
	struct pair p = { 0 };

	make("c", "k", &usual);
	make("c2", "k2", &usual);
	assert_int_equal(pair_read(&p, in("none"), in("k"), NOW_S), PAIR_NO_CERTIFICATE);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(pair_read(&p, in("c"), in("none"), NOW_S), PAIR_NO_KEY);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(pair_read(&p, in("k"), in("k"), NOW_S), PAIR_BAD_CERTIFICATE);
	assert_int_equal(pair_read(&p, in("c"), in("k2"), NOW_S), PAIR_OTHERS);
	assert_int_equal(chmod(in("c"), 0600), 0);
	assert_int_equal(pair_read(&p, in("c2"), in("c"), NOW_S), PAIR_BAD_KEY);
	assert_null(p.certificate);
	for (enum pair_fault f = PAIR_GOOD; f < PAIR_FAULTS; f++)
		assert_non_null(pair_words(f));
}

static void test_names(void **state)
{
	struct pair p = { 0 };

	make("c", "k", &usual);
	assert_int_equal(pair_read(&p, in("c"), in("k"), NOW_S), PAIR_GOOD);
	assert_true(pair_is_for(&p, "desk.example.org"));
	assert_true(pair_is_for(&p, "any.example.net"));
	assert_true(pair_is_for(&p, "192.0.2.7"));
	assert_false(pair_is_for(&p, "example.org"));
	assert_false(pair_is_for(&p, "192.0.2.8"));
	pair_close(&p);
}

/* The certificate that a client is shown; free it. NULL: no handshake. */
static X509 *shown(SSL_CTX *server, int version)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	SSL *a = SSL_new(server), *b = SSL_new(ctx);
	BIO *ab = NULL, *ba = NULL;
	X509 *x;

	assert_true(a && b && BIO_new_bio_pair(&ab, 0, &ba, 0));
	SSL_set_bio(a, ab, ab);
	SSL_set_bio(b, ba, ba);
	SSL_set_accept_state(a);
	SSL_set_connect_state(b);
	if (version) {
		SSL_set_min_proto_version(b, version);
		SSL_set_max_proto_version(b, version);
		SSL_set_cipher_list(b, "ALL:@SECLEVEL=0");
	}
	for (int i = 0; i < 10; i++) {
		SSL_do_handshake(b);
		SSL_do_handshake(a);
	}
	x = SSL_is_init_finished(b) ? SSL_get1_peer_certificate(b) : NULL;
	SSL_free(a);
	SSL_free(b);
	SSL_CTX_free(ctx);
	return x;
}

static bool shows(SSL_CTX *ctx, const struct tls *t)
{
	X509 *x = shown(ctx, 0);
	bool is = x && X509_cmp(x, t->pair.certificate) == 0;

	X509_free(x);
	return is;
}

static void turn(struct tls *t)
{
	for (unsigned i = 0; i < TLS_LOOK_TICKS; i++)
		tls_tick(t);
}

/* The clock is the machine's here, so the pairs are for it. */
static struct kind of_today(int rsa_bits, long to_s)
{
	return (struct kind){ rsa_bits, (long)time(NULL) - NOW_S - DAY,
		(long)time(NULL) - NOW_S + to_s, EVP_sha256, 0600, NULL };
}

static void test_renewal(void **state)
{
	struct kind ec = of_today(0, DAY), rsa = of_today(2048, DAY),
		    over = of_today(0, -1);
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	char certificate[128], key[128];
	struct tls t = { 0 };
	X509 *first;

	snprintf(certificate, sizeof certificate, "%s", in("c"));
	snprintf(key, sizeof key, "%s", in("k"));
	make("c", "k", &ec);
	assert_int_equal(tls_init(&t, certificate, key), 0);
	assert_int_equal(tls_setup(&t, ctx), 0);
	assert_true(shows(ctx, &t));
	first = X509_dup(t.pair.certificate);

	turn(&t); /* nothing new */
	assert_int_equal(X509_cmp(first, t.pair.certificate), 0);
	make("c", "k", &rsa);
	assert_int_equal(X509_cmp(first, t.pair.certificate), 0);
	turn(&t);
	assert_int_not_equal(X509_cmp(first, t.pair.certificate), 0);
	assert_true(shows(ctx, &t)); /* and not what it has of the other kind */
	X509_free(first);

	/* half a renewal, and one that is over: the one of before goes on */
	first = X509_dup(t.pair.certificate);
	make("c", "k2", &ec);
	turn(&t);
	assert_int_equal(tls_reload(&t), EINVAL);
	make("c", "k", &over);
	assert_int_equal(tls_reload(&t), EINVAL);
	unlink(certificate);
	turn(&t);
	assert_int_equal(tls_reload(&t), ENOENT);
	assert_int_equal(X509_cmp(first, t.pair.certificate), 0);
	assert_true(shows(ctx, &t));
	X509_free(first);
	make("c", "k", &ec);
	turn(&t);
	assert_true(shows(ctx, &t));
	tls_close(&t);

	/* at a start one that is over is taken, and nothing else that is wrong */
	make("c", "k", &over);
	assert_int_equal(tls_init(&t, certificate, key), 0);
	tls_close(&t);
	make("c", "k2", &ec);
	assert_int_equal(tls_init(&t, certificate, key), EINVAL);
	tls_close(&t);
	SSL_CTX_free(ctx);
}

static void test_versions(void **state)
{
	static const struct {
		int version;
		bool is_spoken;
	} cases[] = {
		{ TLS1_VERSION, false },
		{ TLS1_1_VERSION, false },
		{ TLS1_2_VERSION, true },
		{ TLS1_3_VERSION, true },
	};
	struct kind ec = of_today(0, DAY);
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	struct tls t = { 0 };

	/* only our own setting refuses, not the library's */
	SSL_CTX_set_security_level(ctx, 0);
	make("c", "k", &ec);
	assert_int_equal(tls_init(&t, in("c"), in("k")), 0);
	assert_int_equal(tls_setup(&t, ctx), 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		X509 *x = shown(ctx, cases[i].version);

		assert_int_equal(x != NULL, cases[i].is_spoken);
		X509_free(x);
	}
	tls_close(&t);
	SSL_CTX_free(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_renewal),
		cmocka_unit_test(test_versions),
	};
	static const char *const names[] = { "c", "k", "c2", "k2" };
	int failed;

	log_init("test", LOG_LEVEL_NONE);
	if (!mkdtemp(folder))
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		unlink(in(names[i]));
	rmdir(folder);
	return failed;
}
