/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * pair -- a certificate with its chain and the private key that belongs to it, read from PEM files and looked at.
 *
 * It reads two small files and asks no network; so it may run on the loop, and `heimamt check` says the same as
 * `heimamt serve`.  What is wrong is a value, with a sentence that says the mend.
 * Memory: struct pair lives in the caller; pair_close() releases what it holds.  Any thread.
 */
#ifndef WEB_PAIR_H
#define WEB_PAIR_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stdint.h>

#define PAIR_CHAIN_MAX 8 /* intermediate certificates: real chains have one or two */
#define PAIR_SOON_S \
	(14 * 86400) /* it ends soon: a renewal by ACME comes 30 days before */

enum pair_fault {
	PAIR_GOOD,
	PAIR_NO_CERTIFICATE, /* the file cannot be read; errno says why */
	PAIR_BAD_CERTIFICATE, /* no PEM with a certificate in it */
	PAIR_NO_KEY, /* as PAIR_NO_CERTIFICATE */
	PAIR_OPEN_KEY, /* others than owner and group may read or write the file */
	PAIR_BAD_KEY,
	PAIR_LOCKED_KEY, /* it needs a passphrase, and nobody is there to type it */
	PAIR_OTHERS, /* the key is another certificate's */
	PAIR_WEAK, /* OpenSSL's security level 2 would refuse it: RSA below 2048 bits, SHA-1 */
	PAIR_EARLY, /* not valid yet */
	PAIR_OVER, /* it has ended; the pair is filled all the same */
	PAIR_NO_MEMORY,
	PAIR_FAULTS
};

struct pair {
	X509 *certificate;
	STACK_OF(X509) * chain;
	EVP_PKEY *key;
	int64_t ends_s; /* since 1970 UTC */
};

/* now_s: since 1970 UTC. *p is filled where it is good or over, else untouched. */
enum pair_fault pair_read(
	struct pair *p, const char *certificate, const char *key, int64_t now_s);
void pair_close(struct pair *p);

/* Is it good for this name, or address in figures (RFC 6125)? */
bool pair_is_for(const struct pair *p, const char *name);

/* Which of the two files it is about: true the key's. */
bool pair_is_about_key(enum pair_fault f);
/* What is wrong and what to do, as a sentence without its full stop. */
const char *pair_words(enum pair_fault f);

#endif
