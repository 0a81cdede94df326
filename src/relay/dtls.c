/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * dtls -- see dtls.h
 *
 * OpenSSL is driven from outside: dtls_feed() shows it one datagram, dtls_timeout() tells it that time
 * passed, and either way it writes datagrams through dtls_bio.c.  A flight may be repeated
 * DTLS_REPEATS_MAX times in all; then the handshake has failed.
 *
 * Memory: struct dtls owns its SSL, which owns its BIO; the context must outlive it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "relay/dtls_inner.h"

#define LABEL "EXTRACTOR-dtls_srtp" /* RFC 5764 section 4.2 */
#define SINK  256 /* application data nobody wants: read in pieces, dropped */

int dtls_ctx_new(struct dtls_ctx **out)
{
	struct dtls_ctx *ctx = calloc(1, sizeof *ctx);
	int err = ctx ? dtls_ctx_setup(ctx) : ENOMEM;

	ERR_clear_error();
	if (err)
		dtls_ctx_free(ctx);
	else
		*out = ctx;
	return err;
}

void dtls_ctx_free(struct dtls_ctx *ctx)
{
	if (!ctx)
		return;
	SSL_CTX_free(ctx->ssl);
	BIO_meth_free(ctx->datagrams);
	free(ctx);
}

const uint8_t *dtls_ctx_fingerprint(const struct dtls_ctx *ctx)
{
	return ctx->fingerprint;
}

/* OpenSSL asks for the next wait: before is 0 for a new flight, else what just ran out. */
static unsigned next_wait(SSL *ssl, unsigned before)
{
	struct dtls *d = SSL_get_app_data(ssl);

	if (before == 0)
		return DTLS_TIMEOUT_US;
	d->repeats++;
	return before * 2 < DTLS_TIMEOUT_MAX_US ? before * 2 : DTLS_TIMEOUT_MAX_US;
}

static int open_ssl(struct dtls *d, struct dtls_ctx *ctx)
{
	BIO *bio = BIO_new(ctx->datagrams);

	d->ssl = SSL_new(ctx->ssl);
	if (!d->ssl || !bio) {
		BIO_free(bio);
		return ENOMEM;
	}
	BIO_set_data(bio, d);
	SSL_set_bio(d->ssl, bio, bio); /* takes the one reference for both */
	SSL_set_app_data(d->ssl, d);
	SSL_set_accept_state(d->ssl);
	DTLS_set_timer_cb(d->ssl, next_wait);
	return SSL_set_mtu(d->ssl, DTLS_MTU) == DTLS_MTU ? 0 : EIO;
}

int dtls_new(struct dtls **out, struct dtls_ctx *ctx,
	const uint8_t peer[DTLS_FINGERPRINT], dtls_send_h *send, void *arg)
{
	struct dtls *d = calloc(1, sizeof *d);
	int err = ENOMEM;

	if (!d)
		goto out;
	d->send = send;
	d->arg = arg;
	d->failure = "";
	memcpy(d->peer, peer, sizeof d->peer);
	err = open_ssl(d, ctx);
	if (err)
		goto out;
	*out = d;
	d = NULL; /* handed over */
out:
	ERR_clear_error();
	dtls_free(d);
	return err;
}

void dtls_free(struct dtls *d)
{
	if (!d)
		return;
	SSL_free(d->ssl);
	free(d);
}

static void fail(struct dtls *d, const char *why)
{
	const char *theirs = ERR_reason_error_string(ERR_peek_error());

	d->state = DTLS_FAILED;
	if (*d->failure == '\0') /* a callback knew better */
		d->failure = why ? why : theirs ? theirs : "handshake failed";
	ERR_clear_error();
}

/* What a call into OpenSSL returned, when it was no success. */
static void judge(struct dtls *d, int ret)
{
	switch (SSL_get_error(d->ssl, ret)) {
	case SSL_ERROR_WANT_READ: break;
	case SSL_ERROR_ZERO_RETURN: fail(d, "closed by the peer"); break;
	default: fail(d, NULL);
	}
}

static void shake(struct dtls *d)
{
	int ret = SSL_do_handshake(d->ssl);

	if (ret != 1)
		judge(d, ret);
	else if (!d->peer_ok || !SSL_get_selected_srtp_profile(d->ssl))
		fail(d, "handshake without certificate or SRTP profile");
	else
		d->state = DTLS_CONNECTED;
}

/* After the handshake: repairs a lost last flight, sees a close, drops application data. */
static void drain(struct dtls *d)
{
	uint8_t sink[SINK];
	int ret;

	do
		ret = SSL_read(d->ssl, sink, sizeof sink);
	while (ret > 0);
	judge(d, ret);
}

enum dtls_state dtls_feed(struct dtls *d, const uint8_t *p, size_t n)
{
	if (d->state == DTLS_FAILED || !dtls_datagram_ok(p, n))
		return d->state;
	ERR_clear_error();
	d->in = p;
	d->in_size = n;
	if (d->state == DTLS_HANDSHAKE)
		shake(d);
	if (d->state == DTLS_CONNECTED)
		drain(d);
	d->in = NULL;
	return d->state;
}

enum dtls_state dtls_timeout(struct dtls *d)
{
	if (dtls_timeout_us(d) != 0)
		return d->state;
	ERR_clear_error();
	if (d->repeats >= DTLS_REPEATS_MAX)
		fail(d, "no answer from the peer");
	else if (DTLSv1_handle_timeout(d->ssl) < 0)
		fail(d, NULL);
	return d->state;
}

int64_t dtls_timeout_us(const struct dtls *d)
{
	struct timeval tv;

	if (d->state != DTLS_HANDSHAKE || DTLSv1_get_timeout(d->ssl, &tv) != 1)
		return -1;
	return (int64_t)tv.tv_sec * 1000000 + tv.tv_usec;
}

const char *dtls_failure(const struct dtls *d)
{
	return d->failure;
}

int dtls_export(struct dtls *d, struct dtls_keys *keys)
{
	uint8_t raw[2 * (SRTP_KEY_SIZE + SRTP_SALT_SIZE)];
	const uint8_t *p = raw;
	enum srtp_suite suite;
	size_t salt;

	if (d->state != DTLS_CONNECTED)
		return EINVAL;
	suite = dtls_suite_of(SSL_get_selected_srtp_profile(d->ssl)->id);
	salt = srtp_salt_size(suite);
	ERR_clear_error();
	if (SSL_export_keying_material(d->ssl, raw, 2 * (SRTP_KEY_SIZE + salt), LABEL,
		    sizeof LABEL - 1, NULL, 0, 0) != 1)
		return EIO;
	/* the order of RFC 5764 section 4.2: client key, server key, client salt, server salt */
	*keys = (struct dtls_keys){ .suite = suite };
	memcpy(keys->rx_key, p, SRTP_KEY_SIZE);
	memcpy(keys->tx_key, p += SRTP_KEY_SIZE, SRTP_KEY_SIZE);
	memcpy(keys->rx_salt, p += SRTP_KEY_SIZE, salt);
	memcpy(keys->tx_salt, p + salt, salt);
	OPENSSL_cleanse(raw, sizeof raw);
	return 0;
}

void dtls_trim(struct dtls *d)
{
	if (d->state == DTLS_CONNECTED)
		SSL_free_buffers(d->ssl); /* they come back when a datagram does */
}
