/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * dtls_ctx -- the process's certificate, and the rules of every handshake.
 *
 * Whatever can be refused is refused inside the handshake, by callbacks, because only there does OpenSSL
 * send a proper fatal alert: a client without one of our SRTP profiles at its ClientHello, a certificate
 * with another fingerprint when it arrives.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

#include "base/slice.h"
#include "relay/dtls_inner.h"

#define DAY         (24L * 3600)
#define SERIAL_SIZE 16 /* RFC 5280 section 4.1.2.2: at most 20, positive */

/* In the order of our preference, which decides (RFC 5764 section 4.1.1). */
#define PROFILES "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80"

/* Forward secrecy and AEAD only; our certificate is ECDSA. RFC 8827 section 6.5 requires the first. */
#define SUITES                                                         \
	"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:" \
	"ECDHE-ECDSA-CHACHA20-POLY1305"
#define GROUPS "X25519:P-256:P-384"
/* What a client's certificate may sign with: no SHA-1. */
#define SIGNATURES                                                              \
	"ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:RSA-PSS+SHA256:RSA-PSS+SHA384:" \
	"RSA-PSS+SHA512:RSA+SHA256:RSA+SHA384:RSA+SHA512"

static int set_serial(X509 *cert)
{
	uint8_t raw[SERIAL_SIZE];
	BIGNUM *n = NULL;
	int err = EIO;

	if (RAND_bytes(raw, sizeof raw) != 1)
		return EIO;
	raw[0] &= 0x7F;
	raw[0] |= 0x40; /* positive, and of one length */
	n = BN_bin2bn(raw, sizeof raw, NULL);
	if (n && BN_to_ASN1_INTEGER(n, X509_get_serialNumber(cert)))
		err = 0;
	BN_free(n);
	return err;
}

static int make_certificate(X509 **out, EVP_PKEY *key)
{
	X509 *cert = X509_new();
	X509_NAME *name = cert ? X509_get_subject_name(cert) : NULL;
	int err = EIO;

	if (!name || set_serial(cert) || X509_set_version(cert, X509_VERSION_3) != 1 ||
		!X509_gmtime_adj(X509_getm_notBefore(cert), -DAY) ||
		!X509_gmtime_adj(X509_getm_notAfter(cert), 30 * DAY) ||
		X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
			(const uint8_t *)"heimamt", -1, -1, 0) != 1 ||
		X509_set_issuer_name(cert, name) != 1 ||
		X509_set_pubkey(cert, key) != 1 ||
		X509_sign(cert, key, EVP_sha256()) == 0)
		goto out;
	*out = cert;
	cert = NULL; /* handed over */
	err = 0;
out:
	X509_free(cert);
	return err;
}

static int fingerprint_of(const X509 *cert, uint8_t out[DTLS_FINGERPRINT])
{
	unsigned n = 0;

	if (X509_digest(cert, EVP_sha256(), out, &n) != 1 || n != DTLS_FINGERPRINT)
		return EIO;
	return 0;
}

static int set_identity(struct dtls_ctx *ctx)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = NULL;
	int err = key ? make_certificate(&cert, key) : EIO;

	if (!err)
		err = fingerprint_of(cert, ctx->fingerprint);
	if (!err &&
		(SSL_CTX_use_certificate(ctx->ssl, cert) != 1 ||
			SSL_CTX_use_PrivateKey(ctx->ssl, key) != 1))
		err = EIO;
	X509_free(cert);
	EVP_PKEY_free(key); /* ctx->ssl has its own references */
	return err;
}

static struct dtls *dtls_of(SSL *ssl)
{
	return SSL_get_app_data(ssl);
}

/*
 * In place of a chain check: browsers sign their certificates themselves, and what vouches for one is
 * the fingerprint that came with the offer (RFC 8122 section 5). A mismatch becomes the fatal alert
 * bad_certificate.
 */
static int check_certificate(X509_STORE_CTX *store, void *arg)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(
		store, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct dtls *d = dtls_of(ssl);
	X509 *cert = X509_STORE_CTX_get0_cert(store);
	uint8_t got[DTLS_FINGERPRINT];

	d->peer_ok = cert && !fingerprint_of(cert, got) &&
		CRYPTO_memcmp(got, d->peer, sizeof got) == 0;
	if (!d->peer_ok) {
		d->failure = "certificate does not have the promised fingerprint";
		X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
		return 0;
	}
	X509_STORE_CTX_set_error(store, X509_V_OK);
	return 1;
}

enum srtp_suite dtls_suite_of(unsigned long profile)
{
	switch (profile) {
	case SRTP_AES128_CM_SHA1_80: return SRTP_AES_CM_80;
	case SRTP_AEAD_AES_128_GCM: return SRTP_GCM;
	default: return SRTP_NONE;
	}
}

/* RFC 5764 section 4.1.1: two bytes of length, profiles of two bytes each, then the MKI */
static bool offers_our_profile(const uint8_t *p, size_t n)
{
	if (n < 2 || be16_get(p) > n - 2)
		return false;
	for (size_t i = 2; i + 2 <= 2 + (size_t)be16_get(p); i += 2)
		if (dtls_suite_of(be16_get(p + i)))
			return true;
	return false;
}

static int check_hello(SSL *ssl, int *alert, void *arg)
{
	const uint8_t *p;
	size_t n;

	if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_use_srtp, &p, &n) == 1 &&
		offers_our_profile(p, n))
		return SSL_CLIENT_HELLO_SUCCESS;
	dtls_of(ssl)->failure = "client offers no SRTP profile that we have";
	*alert = SSL_AD_HANDSHAKE_FAILURE;
	return SSL_CLIENT_HELLO_ERROR;
}

static int set_rules(SSL_CTX *ssl)
{
	/* Stated here, so that the system's openssl.cnf does not decide it. */
	SSL_CTX_set_security_level(ssl, 2);
	SSL_CTX_set_options(ssl,
		SSL_OP_NO_QUERY_MTU | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
			SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
	SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_cert_verify_callback(ssl, check_certificate, NULL);
	SSL_CTX_set_client_hello_cb(ssl, check_hello, NULL);
	if (SSL_CTX_set_min_proto_version(ssl, DTLS1_2_VERSION) != 1 ||
		SSL_CTX_set_max_proto_version(ssl, DTLS1_2_VERSION) != 1 ||
		SSL_CTX_set_cipher_list(ssl, SUITES) != 1 ||
		SSL_CTX_set1_groups_list(ssl, GROUPS) != 1 ||
		SSL_CTX_set1_sigalgs_list(ssl, SIGNATURES) != 1 ||
		SSL_CTX_set_tlsext_use_srtp(ssl, PROFILES) != 0)
		return EIO;
	return 0;
}

int dtls_ctx_setup(struct dtls_ctx *ctx)
{
	int err;

	ctx->datagrams = dtls_bio_method();
	ctx->ssl = SSL_CTX_new(DTLS_server_method());
	if (!ctx->ssl || !ctx->datagrams)
		return EIO;
	err = set_rules(ctx->ssl);
	return err ? err : set_identity(ctx);
}
