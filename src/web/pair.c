/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* pair -- see pair.h */
#include "web/pair.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#define LEVEL 2 /* OpenSSL's: 112 bits (SSL_CTX_set_security_level(3)) */

static const struct {
	const char *words;
	bool is_key;
} faults[PAIR_FAULTS] = {
	[PAIR_GOOD] = { "is in order", false },
	[PAIR_NO_CERTIFICATE] = { "cannot be read", false },
	[PAIR_BAD_CERTIFICATE] = { "holds no certificate in PEM; give the file with the "
				   "whole chain, the house's own certificate first",
		false },
	[PAIR_NO_KEY] = { "cannot be read", true },
	[PAIR_OPEN_KEY] = { "may be read by everybody; chmod o= takes that away", true },
	[PAIR_BAD_KEY] = { "holds no private key in PEM", true },
	[PAIR_LOCKED_KEY] = { "asks for a passphrase, which nobody could type; "
			      "`openssl pkey` writes the key without one",
		true },
	[PAIR_OTHERS] = { "is not the certificate's key; give the one that was made with "
			  "it",
		true },
	[PAIR_WEAK] = { "is too weak for browsers; have one made with RSA of 2048 bits "
			"or P-256, and SHA-256",
		false },
	[PAIR_EARLY] = { "is not valid yet; look at this machine's clock", false },
	[PAIR_OVER] = { "has ended; renew it", false },
	[PAIR_NO_MEMORY] = { "cannot be read: no memory", false },
};

bool pair_is_about_key(enum pair_fault f)
{
	return faults[f].is_key;
}

const char *pair_words(enum pair_fault f)
{
	return faults[f].words;
}

/* Nobody types: an encrypted key is one that cannot be read. is_locked: somebody was asked. */
static int no_passphrase(char *buf, int size, int writes, void *is_locked)
{
	*(bool *)is_locked = true;
	return -1;
}

static bool is_open_to_all(FILE *f)
{
	struct stat st;

	return fstat(fileno(f), &st) == 0 && (st.st_mode & S_IRWXO);
}

static enum pair_fault read_key(EVP_PKEY **key, const char *path)
{
	FILE *f = fopen(path, "re");
	bool is_locked = false;
	enum pair_fault fault = PAIR_GOOD;

	if (!f)
		return PAIR_NO_KEY;
	if (is_open_to_all(f))
		fault = PAIR_OPEN_KEY;
	else
		*key = PEM_read_PrivateKey(f, NULL, no_passphrase, &is_locked);
	(void)fclose(f);
	if (!fault && !*key)
		fault = is_locked ? PAIR_LOCKED_KEY : PAIR_BAD_KEY;
	return fault;
}

/* The house's own certificate comes first (RFC 5246 section 7.4.2), then those that lead to a known one. */
static enum pair_fault read_chain(struct pair *p, FILE *f)
{
	X509 *one;

	p->certificate = PEM_read_X509(f, NULL, NULL, NULL);
	if (!p->certificate)
		return PAIR_BAD_CERTIFICATE;
	p->chain = sk_X509_new_null();
	if (!p->chain)
		return PAIR_NO_MEMORY;
	while (sk_X509_num(p->chain) < PAIR_CHAIN_MAX &&
		(one = PEM_read_X509(f, NULL, NULL, NULL)))
		if (!sk_X509_push(p->chain, one)) {
			X509_free(one);
			return PAIR_NO_MEMORY;
		}
	return PAIR_GOOD;
}

static enum pair_fault read_certificate(struct pair *p, const char *path)
{
	FILE *f = fopen(path, "re");
	enum pair_fault fault;

	if (!f)
		return PAIR_NO_CERTIFICATE;
	fault = read_chain(p, f);
	(void)fclose(f);
	return fault;
}

/* As the TLS library would say later, of a context with our level. */
static bool is_weak(const struct pair *p)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	bool is_taken = false;

	if (ctx) {
		SSL_CTX_set_security_level(ctx, LEVEL);
		is_taken = SSL_CTX_use_cert_and_key(
				   ctx, p->certificate, p->key, p->chain, 1) == 1;
	}
	SSL_CTX_free(ctx);
	return !is_taken;
}

static int64_t seconds_of(const ASN1_TIME *t)
{
	struct tm tm = { 0 };

	return ASN1_TIME_to_tm(t, &tm) == 1 ? (int64_t)timegm(&tm) : 0;
}

static enum pair_fault look(struct pair *p, int64_t now_s)
{
	p->ends_s = seconds_of(X509_get0_notAfter(p->certificate));
	if (X509_check_private_key(p->certificate, p->key) != 1)
		return PAIR_OTHERS;
	if (is_weak(p))
		return PAIR_WEAK;
	if (seconds_of(X509_get0_notBefore(p->certificate)) > now_s)
		return PAIR_EARLY;
	return p->ends_s <= now_s ? PAIR_OVER : PAIR_GOOD;
}

enum pair_fault pair_read(
	struct pair *p, const char *certificate, const char *key, int64_t now_s)
{
	struct pair new = { 0 };
	enum pair_fault fault = read_certificate(&new, certificate);
	int why;

	if (!fault)
		fault = read_key(&new.key, key);
	why = errno;
	if (!fault)
		fault = look(&new, now_s);
	ERR_clear_error(); /* the end of a file is one, too */
	if (fault == PAIR_GOOD || fault == PAIR_OVER) {
		*p = new;
		new = (struct pair){ 0 }; /* handed over */
	}
	pair_close(&new);
	errno = why;
	return fault;
}

void pair_close(struct pair *p)
{
	X509_free(p->certificate);
	sk_X509_pop_free(p->chain, X509_free);
	EVP_PKEY_free(p->key);
	*p = (struct pair){ 0 };
}

bool pair_is_for(const struct pair *p, const char *name)
{
	return X509_check_host(p->certificate, name, 0, 0, NULL) == 1 ||
		X509_check_ip_asc(p->certificate, name, 0) == 1;
}
