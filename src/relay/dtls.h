/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * dtls -- one DTLS 1.2 association as server, for keys only (DTLS-SRTP, RFC 5763, RFC 5764).
 *
 * Bytes in by dtls_feed(), one datagram at a time, bytes out by a callback, one datagram at a time.
 * SRTP's suite is AEAD_AES_128_GCM where the client has it, else AES_CM_128_HMAC_SHA1_80.
 * dtls_ctx is the process's certificate (ECDSA P-256, self-signed, made anew at each start; its key
 * never leaves the process) and OpenSSL context; dtls is one line's.
 *
 * The first flight of a handshake that got lost is repeated after DTLS_TIMEOUT_US by our own timer,
 * because OpenSSL ignores a repeated ClientHello and its default is one second.  dtls_feed() must go on
 * being called after the handshake: a lost last flight is repaired inside it.
 */
#ifndef RELAY_DTLS_H
#define RELAY_DTLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "relay/srtp.h"

#define DTLS_MTU            1200
#define DTLS_TIMEOUT_US     150000 /* first repeat; doubles to DTLS_TIMEOUT_MAX_US */
#define DTLS_TIMEOUT_MAX_US 1000000
#define DTLS_REPEATS_MAX \
	10 /* of our flights in all: about 9 s without an answer, then DTLS_FAILED */
#define DTLS_FINGERPRINT 32

struct dtls_ctx;
struct dtls;

int dtls_ctx_new(struct dtls_ctx **out); /* ENOMEM, EIO */
void dtls_ctx_free(struct dtls_ctx *ctx);
const uint8_t *dtls_ctx_fingerprint(const struct dtls_ctx *ctx); /* SHA-256, borrowed */

/* DTLS_FAILED after DTLS_CONNECTED: the peer closed the association (an authenticated alert). */
enum dtls_state { DTLS_HANDSHAKE, DTLS_CONNECTED, DTLS_FAILED };

struct dtls_keys {
	enum srtp_suite suite; /* which the handshake chose */
	uint8_t rx_key[SRTP_KEY_SIZE],
		rx_salt[SRTP_SALT_SIZE]; /* the client's, what we receive with; srtp_salt_size() bytes */
	uint8_t tx_key[SRTP_KEY_SIZE], tx_salt[SRTP_SALT_SIZE];
};

typedef void dtls_send_h(void *arg, const uint8_t *p, size_t n);

/* peer: SHA-256 fingerprint that the certificate must have (compared in constant time). */
int dtls_new(struct dtls **out, struct dtls_ctx *ctx,
	const uint8_t peer[DTLS_FINGERPRINT], dtls_send_h *send, void *arg);
void dtls_free(struct dtls *d);

/* A datagram came. Returns the state after it. Garbage changes nothing. */
enum dtls_state dtls_feed(struct dtls *d, const uint8_t *p, size_t n);
/* The timer of dtls_timeout_us() ran out. */
enum dtls_state dtls_timeout(struct dtls *d);
/* Microseconds until dtls_timeout() wants to be called; -1: no timer runs. */
int64_t dtls_timeout_us(const struct dtls *d);
/* What failed, a static text for the log; "" otherwise. */
const char *dtls_failure(const struct dtls *d);

/* After DTLS_CONNECTED: RFC 5764 section 4.2 exporter. EIO, EINVAL before. */
int dtls_export(struct dtls *d, struct dtls_keys *keys);
/* The handshake is long over: give back OpenSSL's buffers (73 KB to 40 KB). */
void dtls_trim(struct dtls *d);

#endif
