/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * dtls_peer -- a DTLS client as a browser is one, over datagrams in memory; for tests, fuzzing, benchmarks.
 *
 * What it sends is put into `out`, in order, each datagram whole.  No thread, no socket.
 */
#ifndef TESTS_DTLS_PEER_H
#define TESTS_DTLS_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/ssl.h>

#define DATAGRAM_MAX 2048
#define QUEUE_MAX    64

struct datagram {
	uint8_t p[DATAGRAM_MAX];
	size_t n;
};

struct datagrams {
	struct datagram at[QUEUE_MAX];
	size_t n;
};

void datagrams_put(void *q, const uint8_t *p, size_t n); /* a dtls_send_h */
bool datagrams_take(struct datagrams *q, struct datagram *out);

struct peer_options {
	const char *profiles; /* of use_srtp; NULL: the one that we have; "": none */
	const char *ciphers; /* NULL: OpenSSL's own */
	bool no_certificate;
	int version; /* 0: DTLS 1.2 */
	long mtu; /* 0: 1200 */
	size_t alpn; /* bytes that make the ClientHello longer */
	SSL_SESSION *session; /* to be resumed */
};

enum peer_state { PEER_HANDSHAKE, PEER_CONNECTED, PEER_FAILED };

struct peer {
	SSL_CTX *ctx;
	SSL *ssl;
	BIO_METHOD *method;
	enum peer_state state;
	int alert; /* the last fatal one that came */
	uint8_t fingerprint[32];
	const struct datagram *in;
	struct datagrams out;
};

/* false: OpenSSL refused. Close in any case. */
bool peer_open(struct peer *p, const struct peer_options *options);
void peer_close(struct peer *p);

enum peer_state peer_begin(struct peer *p); /* sends the ClientHello */
enum peer_state peer_feed(struct peer *p, const struct datagram *d);
enum peer_state peer_timeout(struct peer *p);
int64_t peer_timeout_us(struct peer *p); /* -1: none */

/* RFC 5764 section 4.2: client key, server key, client salt, server salt */
bool peer_export(struct peer *p, uint8_t out[60]);

#endif
