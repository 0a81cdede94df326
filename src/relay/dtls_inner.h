/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* dtls_inner -- what the files dtls*.c share; nobody else includes it. */
#ifndef RELAY_DTLS_INNER_H
#define RELAY_DTLS_INNER_H

#include <openssl/ssl.h>

#include "relay/dtls.h"

struct dtls_ctx {
	SSL_CTX *ssl;
	BIO_METHOD *datagrams;
	uint8_t fingerprint[DTLS_FINGERPRINT];
};

struct dtls {
	SSL *ssl;
	enum dtls_state state;
	const char *failure; /* static */
	bool peer_ok; /* the certificate has the fingerprint that was promised */
	unsigned repeats; /* of our flights, by the timer */
	uint8_t peer[DTLS_FINGERPRINT];
	const uint8_t *in; /* the datagram being fed; NULL when it was taken */
	size_t in_size;
	dtls_send_h *send;
	void *arg;
};

/* The suite of an SRTP protection profile (RFC 5764 section 4.1.2, RFC 7714 section 14.2); SRTP_NONE: not ours. */
enum srtp_suite dtls_suite_of(unsigned long profile);

/* A BIO that reads the datagram being fed, once and whole, and makes each write one datagram. */
BIO_METHOD *dtls_bio_method(void);

/* False: no client sends this; it is to be dropped. */
bool dtls_datagram_ok(const uint8_t *p, size_t n);

/* Keys, certificate, rules. EIO. */
int dtls_ctx_setup(struct dtls_ctx *ctx);

#endif
