/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* line_client -- see line_client.h.  Checks are RFC 8445's, of a controlling full agent; the keys come from
 * DTLS-SRTP (RFC 5764) by OpenSSL's own client, so that our server is not tested against itself. */
#include "tools/line_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "relay/srtp.h"
#include "tools/stamp.h"
#include "wire/rtcp.h"
#include "wire/sdesc.h"
#include "wire/stun.h"

#define CHECK_FIRST_US 100000 /* until answered */
#define CHECK_US       2500000 /* as Chromium does afterwards */
#define PT             8
#define PACKET_MAX     2048

struct line_client {
	int fd;
	struct sockaddr_in to;
	enum line_client_state state;
	struct line_client_identity me;
	char user[96], pwd[96];
	uint8_t their_print[32];
	bool checks, away;
	line_client_heard_h *heard; /* NULL: the log */
	void *arg;
	int64_t check_at_us;
	EVP_PKEY *key;
	X509 *cert;
	SSL_CTX *ctx;
	BIO_METHOD *out_method;
	SSL *ssl;
	BIO *in;
	struct srtp_session *rx, *tx;
	uint16_t seq;
	uint32_t ts, ssrc;
	double phase;
	struct line_client_counts counts;
	struct tone_log log;
};

static void random_hex(char *out, size_t n)
{
	for (size_t i = 0; i + 1 < n; i++)
		out[i] = "0123456789abcdef"[random() & 15];
	out[n - 1] = 0;
}

static int open_socket(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd >= 0 && bind(fd, (struct sockaddr *)&a, sizeof a)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

void line_client_raw(struct line_client *c, const void *p, size_t n)
{
	if (!c->away)
		(void)sendto(
			c->fd, p, n, 0, (const struct sockaddr *)&c->to, sizeof c->to);
}

/* A BIO that sends each write as one datagram: a memory BIO would run them together. */
static int bio_write(BIO *b, const char *p, int n)
{
	line_client_raw(BIO_get_data(b), p, (size_t)n);
	return n;
}

static long bio_ctrl(BIO *b, int cmd, long num, void *ptr)
{
	return cmd == BIO_CTRL_FLUSH;
}

static int bio_create(BIO *b)
{
	BIO_set_init(b, 1);
	return 1;
}

static int make_cert(struct line_client *c)
{
	unsigned int n = 0;

	c->key = EVP_EC_gen("P-256");
	c->cert = X509_new();
	if (!c->key || !c->cert)
		return ENOMEM;
	ASN1_INTEGER_set(X509_get_serialNumber(c->cert), 1);
	X509_gmtime_adj(X509_getm_notBefore(c->cert), -3600);
	X509_gmtime_adj(X509_getm_notAfter(c->cert), 86400);
	X509_set_pubkey(c->cert, c->key);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(c->cert), "CN", MBSTRING_ASC,
		(const unsigned char *)"line", -1, -1, 0);
	X509_set_issuer_name(c->cert, X509_get_subject_name(c->cert));
	if (!X509_sign(c->cert, c->key, EVP_sha256()) ||
		!X509_digest(c->cert, EVP_sha256(), c->me.fingerprint, &n))
		return EIO;
	return 0;
}

/* The fingerprint is compared after the handshake. */
static int accept_any(int ok, X509_STORE_CTX *ctx)
{
	return 1;
}

static int make_ssl(struct line_client *c)
{
	BIO *out;

	c->ctx = SSL_CTX_new(DTLS_client_method());
	c->out_method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "datagrams");
	if (!c->ctx || !c->out_method)
		return ENOMEM;
	BIO_meth_set_write(c->out_method, bio_write);
	BIO_meth_set_ctrl(c->out_method, bio_ctrl);
	BIO_meth_set_create(c->out_method, bio_create);
	SSL_CTX_set_verify(c->ctx, SSL_VERIFY_PEER, accept_any);
	if (SSL_CTX_use_certificate(c->ctx, c->cert) != 1 ||
		SSL_CTX_use_PrivateKey(c->ctx, c->key) != 1 ||
		SSL_CTX_set_tlsext_use_srtp(
			c->ctx, "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80"))
		return EIO;
	c->ssl = SSL_new(c->ctx);
	c->in = BIO_new(BIO_s_mem());
	out = BIO_new(c->out_method);
	if (!c->ssl || !c->in || !out)
		return ENOMEM;
	BIO_set_mem_eof_return(c->in, -1);
	BIO_set_data(out, c);
	SSL_set_bio(c->ssl, c->in, out);
	SSL_set_options(c->ssl, SSL_OP_NO_QUERY_MTU);
	SSL_set_mtu(c->ssl, 1200);
	SSL_set_connect_state(c->ssl);
	return 0;
}

int line_client_new(struct line_client **out)
{
	struct line_client *c = calloc(1, sizeof *c);
	int err;

	if (!c)
		return ENOMEM;
	c->fd = open_socket();
	err = c->fd < 0 ? errno : 0;
	random_hex(c->me.ufrag, 5); /* four, as Chromium's */
	random_hex(c->me.pwd, 25);
	c->ssrc = c->counts.ssrc = (uint32_t)random();
	c->seq = (uint16_t)random();
	c->ts = (uint32_t)random();
	if (!err)
		err = make_cert(c);
	if (!err)
		err = make_ssl(c);
	if (err) {
		line_client_free(c);
		return err;
	}
	*out = c;
	return 0;
}

void line_client_free(struct line_client *c)
{
	if (!c)
		return;
	if (c->fd >= 0)
		close(c->fd);
	SSL_free(c->ssl);
	SSL_CTX_free(c->ctx);
	BIO_meth_free(c->out_method);
	X509_free(c->cert);
	EVP_PKEY_free(c->key);
	srtp_session_free(c->rx);
	srtp_session_free(c->tx);
	free(c);
}

const struct line_client_identity *line_client_identity(const struct line_client *c)
{
	return &c->me;
}

static void send_check(struct line_client *c)
{
	struct stunmsg_check_request q = { .username = c->user,
		.priority = 0x6E7F1EFF,
		.tie_breaker = 0x0123456789ABCDEFu,
		.use_candidate = c->counts.checks_answered > 0 };
	uint8_t p[STUNMSG_MAX];
	size_t n;

	for (size_t i = 0; i < sizeof q.tid; i++)
		q.tid[i] = (uint8_t)random();
	if (!stunmsg_write_check(p, sizeof p, &n, &q, slice_str(c->pwd)))
		line_client_raw(c, p, n);
}

void line_client_connect(struct line_client *c, const char *addr, uint16_t port,
	const char *ufrag, const char *pwd, const uint8_t fingerprint[32])
{
	c->to = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(port) };
	inet_pton(AF_INET, addr, &c->to.sin_addr);
	snprintf(c->user, sizeof c->user, "%s:%s", ufrag, c->me.ufrag);
	snprintf(c->pwd, sizeof c->pwd, "%s", pwd);
	memcpy(c->their_print, fingerprint, sizeof c->their_print);
	c->state = LINE_CHECKING;
	c->checks = true;
	c->check_at_us = 0;
}

#define OFFER                                                                       \
	"v=0\r\no=- %u 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n"  \
	"a=extmap-allow-mixed\r\na=msid-semantic: WMS\r\n"                          \
	"m=audio 9 UDP/TLS/RTP/SAVPF 8\r\nc=IN IP4 0.0.0.0\r\n"                     \
	"a=rtcp:9 IN IP4 0.0.0.0\r\na=ice-ufrag:%s\r\na=ice-pwd:%s\r\n"             \
	"a=ice-options:trickle\r\na=fingerprint:sha-256 %s\r\na=setup:actpass\r\n"  \
	"a=mid:0\r\na=sendrecv\r\na=msid:- voice\r\na=rtcp-mux\r\na=rtcp-rsize\r\n" \
	"a=rtpmap:8 PCMA/8000\r\na=ssrc:%u cname:line\r\na=ssrc:%u msid:- voice\r\n"

int line_client_offer(const struct line_client *c, char sdp[LINE_CLIENT_SDP])
{
	char print[96];

	for (size_t i = 0; i < 32; i++)
		(void)snprintf(print + i * 3, 4, i < 31 ? "%02X:" : "%02X",
			c->me.fingerprint[i]);
	return text_format(sdp, LINE_CLIENT_SDP, OFFER, c->ssrc >> 1, c->me.ufrag,
		c->me.pwd, print, c->ssrc, c->ssrc);
}

int line_client_answer(struct line_client *c, const char *sdp, size_t n)
{
	char ufrag[64], pwd[96];
	const struct sdesc_media *m;
	struct sdesc d;

	if (sdesc_parse(&d, sdp, n) || d.audio < 0)
		return EBADMSG;
	m = &d.media[d.audio];
	if (slice_copy(m->ice_ufrag, ufrag, sizeof ufrag) ||
		slice_copy(m->ice_pwd, pwd, sizeof pwd) || !m->has_fingerprint)
		return EBADMSG;
	line_client_connect(c, m->addr, m->port, ufrag, pwd, m->fingerprint);
	return 0;
}

int line_client_profiles(struct line_client *c, const char *profiles)
{
	return SSL_set_tlsext_use_srtp(c->ssl, profiles) ? EINVAL : 0;
}

const char *line_client_profile(const struct line_client *c)
{
	const SRTP_PROTECTION_PROFILE *profile = c->state == LINE_UP
		? SSL_get_selected_srtp_profile(c->ssl)
		: NULL;

	return profile ? profile->name : "";
}

static int take_keys(struct line_client *c)
{
	static const char label[] = "EXTRACTOR-dtls_srtp"; /* RFC 5764 section 4.2 */
	uint8_t k[2 * SRTP_KEY_SIZE + 2 * SRTP_SALT_SIZE], print[32];
	const SRTP_PROTECTION_PROFILE *profile = SSL_get_selected_srtp_profile(c->ssl);
	enum srtp_suite suite = profile && profile->id == SRTP_AEAD_AES_128_GCM
		? SRTP_GCM
		: SRTP_AES_CM_80;
	size_t salt = srtp_salt_size(suite);
	X509 *cert = SSL_get1_peer_certificate(c->ssl);
	unsigned int n = 0;
	int err = EACCES;

	if (cert && X509_digest(cert, EVP_sha256(), print, &n) &&
		!memcmp(print, c->their_print, sizeof print) && profile &&
		SSL_export_keying_material(c->ssl, k, 2 * (SRTP_KEY_SIZE + salt), label,
			sizeof label - 1, NULL, 0, 0) == 1)
		err = 0;
	X509_free(cert);
	/* client key, server key, client salt, server salt */
	if (!err)
		err = srtp_session_new(&c->tx, suite, k, k + 2 * SRTP_KEY_SIZE);
	if (!err)
		err = srtp_session_new(
			&c->rx, suite, k + SRTP_KEY_SIZE, k + 2 * SRTP_KEY_SIZE + salt);
	return err;
}

static void drive(struct line_client *c)
{
	int n = SSL_do_handshake(c->ssl);

	if (n == 1)
		c->state = take_keys(c) ? LINE_FAILED : LINE_UP;
	else if (SSL_get_error(c->ssl, n) != SSL_ERROR_WANT_READ)
		c->state = LINE_FAILED;
}

static void take_dtls(struct line_client *c, const uint8_t *p, size_t n)
{
	uint8_t bytes[64];

	BIO_write(c->in, p, (int)n);
	if (c->state == LINE_HANDSHAKE)
		drive(c);
	else if (c->state == LINE_UP)
		(void)SSL_read(c->ssl, bytes, sizeof bytes);
}

/* A relay that is a full agent checks us too (RFC 8445 section 7.3); ICE-lite never does. */
static void answer_check(
	struct line_client *c, const struct stunmsg *m, const uint8_t *p, size_t n)
{
	struct slice pwd = slice_str(c->me.pwd);
	uint8_t out[STUNMSG_MAX];
	size_t len;

	if (stunmsg_check(m, p, n, pwd) &&
		!stunmsg_write_success(out, sizeof out, &len, m->tid,
			(const struct sockaddr *)&c->to, pwd))
		line_client_raw(c, out, len);
}

static void take_stun(struct line_client *c, const uint8_t *p, size_t n)
{
	struct stunmsg m;

	if (stunmsg_parse(&m, p, n))
		return;
	if (m.cls == STUNMSG_REQUEST) {
		answer_check(c, &m, p, n);
		return;
	}
	if (m.cls == STUNMSG_ERROR) {
		c->counts.checks_refused++;
		c->counts.last_error = m.error_code;
		return;
	}
	if (m.cls != STUNMSG_SUCCESS || !stunmsg_check(&m, p, n, slice_str(c->pwd)) ||
		!m.has_mapped)
		return;
	c->counts.checks_answered++;
	if (c->state != LINE_CHECKING)
		return;
	c->state = LINE_HANDSHAKE;
	c->check_at_us = 0; /* the next one nominates */
	drive(c);
}

static void take_rtcp(struct line_client *c, const uint8_t *p, size_t n)
{
	struct rtcp_compound m;

	if (rtcp_parse(&m, p, n)) {
		c->counts.bad++;
		return;
	}
	c->counts.rtcp++;
	if (m.n_reports) {
		c->counts.rtcp_reported_ssrc = m.reports[0].ssrc;
		c->counts.rtcp_lsr = m.reports[0].lsr;
	}
}

static bool take_voice(struct line_client *c, uint8_t *p, size_t n, int64_t at_us)
{
	struct rtp_packet r;

	if (srtp_unprotect(c->rx, p, &n))
		return false;
	if (!c->heard)
		return tone_log_add(&c->log, p, n);
	if (rtp_parse(&r, p, n))
		return false;
	c->heard(c->arg, &r, at_us);
	return true;
}

static void take_media(struct line_client *c, uint8_t *p, size_t n, int64_t at_us)
{
	if (c->state != LINE_UP) {
		c->counts.bad++;
	} else if (rtp_is_rtcp(p, n)) {
		if (srtcp_unprotect(c->rx, p, &n))
			c->counts.bad++;
		else
			take_rtcp(c, p, n);
	} else if (!take_voice(c, p, n, at_us)) {
		c->counts.bad++;
	}
}

void line_client_timers(struct line_client *c)
{
	int64_t now = stamp_now_us();

	if (c->state == LINE_HANDSHAKE) /* does nothing before its own time */
		(void)DTLSv1_handle_timeout(c->ssl);
	if (c->state < LINE_CHECKING || !c->checks || now < c->check_at_us)
		return;
	c->check_at_us = now + (c->state == LINE_CHECKING ? CHECK_FIRST_US : CHECK_US);
	send_check(c);
}

void line_client_poll(struct line_client *c)
{
	uint8_t p[PACKET_MAX];
	int64_t at_us;
	ssize_t n;

	while ((n = stamp_recv(c->fd, p, sizeof p, &at_us)) >= 0) {
		if (n < 2 || c->away)
			continue;
		if (p[0] < 4)
			take_stun(c, p, (size_t)n);
		else if (p[0] >= 20 && p[0] <= 63)
			take_dtls(c, p, (size_t)n);
		else
			take_media(c, p, (size_t)n, at_us);
	}
	line_client_timers(c);
}

void line_client_listen(struct line_client *c, line_client_heard_h *heard, void *arg)
{
	stamp_on(c->fd);
	c->heard = heard;
	c->arg = arg;
}

void line_client_away(struct line_client *c, bool away)
{
	c->away = away;
	c->check_at_us = 0;
}

enum line_client_state line_client_state(const struct line_client *c)
{
	return c->state;
}

int line_client_fd(const struct line_client *c)
{
	return c->fd;
}

uint16_t line_client_port(const struct line_client *c)
{
	struct sockaddr_in a = { 0 };
	socklen_t len = sizeof a;

	getsockname(c->fd, (struct sockaddr *)&a, &len);
	return ntohs(a.sin_port);
}

static size_t seal(struct line_client *c, const uint8_t *alaw, uint8_t *p, size_t cap)
{
	size_t n = RTP_HEADER + TONE_FRAME;

	if (c->state != LINE_UP || cap < n + SRTP_ROOM)
		return 0;
	rtp_write_header(p, false, PT, c->seq++, c->ts, c->ssrc);
	memcpy(p + RTP_HEADER, alaw, TONE_FRAME);
	c->ts += TONE_FRAME;
	return srtp_protect(c->tx, p, &n, cap) ? 0 : n;
}

size_t line_client_packet(struct line_client *c, double hz, uint8_t *p, size_t cap)
{
	uint8_t alaw[TONE_FRAME];

	tone_make(alaw, TONE_FRAME, hz, &c->phase);
	return seal(c, alaw, p, cap);
}

void line_client_voice(struct line_client *c, const uint8_t *alaw)
{
	uint8_t p[PACKET_MAX];
	size_t n = seal(c, alaw, p, sizeof p);

	if (n)
		line_client_raw(c, p, n);
}

void line_client_send(struct line_client *c, double hz)
{
	uint8_t alaw[TONE_FRAME];

	tone_make(alaw, TONE_FRAME, hz, &c->phase);
	line_client_voice(c, alaw);
}

void line_client_report(struct line_client *c, uint64_t ntp)
{
	struct rtcp_write w = {
		.has_sender = true, .ssrc = c->ssrc, .ntp = ntp, .cname = "line"
	};
	uint8_t p[PACKET_MAX];
	size_t n;

	if (c->state == LINE_UP && !rtcp_write(&w, p, RTCP_MAX, &n) &&
		!srtcp_protect(c->tx, p, &n, sizeof p))
		line_client_raw(c, p, n);
}

int line_client_move(struct line_client *c, bool checks)
{
	int fd = open_socket();

	if (fd < 0)
		return errno;
	close(c->fd);
	c->fd = fd;
	if (c->heard)
		stamp_on(fd);
	c->checks = checks;
	c->check_at_us = 0;
	return 0;
}

void line_client_mute_checks(struct line_client *c)
{
	c->checks = false;
}

void line_client_shutdown(struct line_client *c)
{
	(void)SSL_shutdown(c->ssl);
}

struct tone_log *line_client_log(struct line_client *c)
{
	return &c->log;
}

struct line_client_counts line_client_counts(const struct line_client *c)
{
	return c->counts;
}
