/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* dtls_peer -- see dtls_peer.h */
#include "dtls_peer.h"

#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include <openssl/err.h>
#include <openssl/x509.h>

#define ALPN_NAME 50 /* bytes of one protocol name, its length byte included */

void datagrams_put(void *arg, const uint8_t *p, size_t n)
{
	struct datagrams *q = arg;

	if (n > DATAGRAM_MAX || q->n == QUEUE_MAX)
		abort(); /* a test or the code under it runs away */
	memcpy(q->at[q->n].p, p, n);
	q->at[q->n++].n = n;
}

bool datagrams_take(struct datagrams *q, struct datagram *out)
{
	if (q->n == 0)
		return false;
	*out = q->at[0];
	memmove(q->at, q->at + 1, --q->n * sizeof *q->at);
	return true;
}

static int bio_read(BIO *bio, char *out, int cap)
{
	struct peer *p = BIO_get_data(bio);
	const struct datagram *d = p->in;

	BIO_clear_retry_flags(bio);
	p->in = NULL;
	if (!d || d->n > (size_t)cap) {
		BIO_set_retry_read(bio);
		return -1;
	}
	memcpy(out, d->p, d->n);
	return (int)d->n;
}

static int bio_write(BIO *bio, const char *bytes, int n)
{
	struct peer *p = BIO_get_data(bio);

	datagrams_put(&p->out, (const uint8_t *)bytes, (size_t)n);
	return n;
}

static long bio_ctrl(BIO *bio, int cmd, long num, void *ptr)
{
	return cmd == BIO_CTRL_FLUSH;
}

static int bio_create(BIO *bio)
{
	BIO_set_init(bio, 1);
	return 1;
}

static bool use_certificate(struct peer *p)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = X509_new();
	unsigned n;
	bool ok = key && cert && ASN1_INTEGER_set(X509_get_serialNumber(cert), 7) &&
		X509_gmtime_adj(X509_getm_notBefore(cert), -60) &&
		X509_gmtime_adj(X509_getm_notAfter(cert), 3600) &&
		X509_set_pubkey(cert, key) && X509_sign(cert, key, EVP_sha256()) &&
		X509_digest(cert, EVP_sha256(), p->fingerprint, &n) &&
		SSL_CTX_use_certificate(p->ctx, cert) == 1 &&
		SSL_CTX_use_PrivateKey(p->ctx, key) == 1;

	X509_free(cert);
	EVP_PKEY_free(key);
	return ok;
}

static void see_info(const SSL *ssl, int where, int ret)
{
	struct peer *p = SSL_get_app_data(ssl);

	if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT && ret >> 8 == SSL3_AL_FATAL)
		p->alert = ret & 0xFF;
}

static unsigned quarter_second(SSL *ssl, unsigned before)
{
	return 250000;
}

static bool set_alpn(SSL *ssl, size_t n)
{
	uint8_t list[2000];

	if (n > sizeof list)
		return false;
	memset(list, 'a', sizeof list);
	n -= n % ALPN_NAME;
	for (size_t i = 0; i < n; i += ALPN_NAME)
		list[i] = ALPN_NAME - 1;
	return n == 0 || SSL_set_alpn_protos(ssl, list, (unsigned)n) == 0;
}

static bool set_rules(struct peer *p, const struct peer_options *o)
{
	int version = o->version ? o->version : DTLS1_2_VERSION;
	const char *profiles = o->profiles ? o->profiles : "SRTP_AES128_CM_SHA1_80";

	SSL_CTX_set_security_level(p->ctx, 0); /* may offer what must be refused */
	SSL_CTX_set_options(p->ctx, SSL_OP_NO_QUERY_MTU);
	SSL_CTX_set_info_callback(p->ctx, see_info);
	return SSL_CTX_set_min_proto_version(p->ctx, version) == 1 &&
		SSL_CTX_set_max_proto_version(p->ctx, version) == 1 &&
		(!o->ciphers || SSL_CTX_set_cipher_list(p->ctx, o->ciphers) == 1) &&
		(!*profiles || SSL_CTX_set_tlsext_use_srtp(p->ctx, profiles) == 0) &&
		(o->no_certificate || use_certificate(p));
}

static bool open_ssl(struct peer *p, const struct peer_options *o)
{
	BIO *bio = BIO_new(p->method);

	p->ssl = SSL_new(p->ctx);
	if (!p->ssl || !bio) {
		BIO_free(bio);
		return false;
	}
	BIO_set_data(bio, p);
	SSL_set_bio(p->ssl, bio, bio);
	SSL_set_app_data(p->ssl, p);
	SSL_set_connect_state(p->ssl);
	DTLS_set_timer_cb(p->ssl, quarter_second);
	if (o->session && SSL_set_session(p->ssl, o->session) != 1)
		return false;
	return SSL_set_mtu(p->ssl, o->mtu ? o->mtu : 1200) > 0 &&
		set_alpn(p->ssl, o->alpn);
}

bool peer_open(struct peer *p, const struct peer_options *options)
{
	memset(p, 0, sizeof *p);
	p->ctx = SSL_CTX_new(DTLS_client_method());
	p->method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "peer");
	if (!p->ctx || !p->method)
		return false;
	BIO_meth_set_read(p->method, bio_read);
	BIO_meth_set_write(p->method, bio_write);
	BIO_meth_set_ctrl(p->method, bio_ctrl);
	BIO_meth_set_create(p->method, bio_create);
	return set_rules(p, options) && open_ssl(p, options);
}

void peer_close(struct peer *p)
{
	SSL_free(p->ssl);
	SSL_CTX_free(p->ctx);
	BIO_meth_free(p->method);
	p->ssl = NULL;
	p->ctx = NULL;
	p->method = NULL;
}

static enum peer_state go_on(struct peer *p)
{
	uint8_t sink[256];
	int ret;

	if (p->state == PEER_FAILED)
		return p->state;
	ERR_clear_error();
	ret = SSL_do_handshake(p->ssl);
	if (ret == 1) {
		p->state = PEER_CONNECTED;
		while ((ret = SSL_read(p->ssl, sink, sizeof sink)) > 0)
			;
	}
	if (SSL_get_error(p->ssl, ret) != SSL_ERROR_WANT_READ)
		p->state = PEER_FAILED;
	ERR_clear_error();
	return p->state;
}

enum peer_state peer_begin(struct peer *p)
{
	return go_on(p);
}

enum peer_state peer_feed(struct peer *p, const struct datagram *d)
{
	p->in = d;
	go_on(p);
	p->in = NULL;
	return p->state;
}

enum peer_state peer_timeout(struct peer *p)
{
	ERR_clear_error();
	if (p->state != PEER_FAILED && DTLSv1_handle_timeout(p->ssl) < 0)
		p->state = PEER_FAILED;
	return p->state;
}

int64_t peer_timeout_us(struct peer *p)
{
	struct timeval tv;

	if (p->state != PEER_HANDSHAKE || DTLSv1_get_timeout(p->ssl, &tv) != 1)
		return -1;
	return (int64_t)tv.tv_sec * 1000000 + tv.tv_usec;
}

bool peer_export(struct peer *p, uint8_t out[60])
{
	static const char label[] = "EXTRACTOR-dtls_srtp";

	return SSL_export_keying_material(
		       p->ssl, out, 60, label, sizeof label - 1, NULL, 0, 0) == 1;
}
