/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * tls -- the certificate that new connections are shown, and what is spoken: TLS 1.2 and 1.3 (RFC 9325).
 *
 * Libwebsockets makes the SSL_CTX and speaks; we set it up, and give each handshake the pair that is there then.  So
 * another certificate, also of another kind of key, counts from the next connection on, and those that are there go on
 * with what they have.  A renewal is seen by itself: the files are looked at every TLS_LOOK_TICKS.
 * The control loop's thread, only.
 */
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/log.h"
#include "web/private.h"

#define DAY_S 86400

/* Forward secrecy and AEAD only, as Mozilla's "intermediate" (version 5.7) without its DHE; TLS 1.3 has no others. */
#define CIPHERS                                                      \
	"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:" \
	"ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:" \
	"ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"
#define GROUPS "X25519:P-256:P-384"

static int64_t now_s(void)
{
	return (int64_t)time(NULL);
}

/* Two different files have different stamps, whatever the clock did meanwhile; links are followed. */
static struct tls_stamp stamp_of(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return (struct tls_stamp){ 0 };
	return (struct tls_stamp){ .device = (uint64_t)st.st_dev,
		.inode = (uint64_t)st.st_ino,
		.size = (int64_t)st.st_size,
		.changed_s = (int64_t)st.st_ctim.tv_sec,
		.changed_ns = (int64_t)st.st_ctim.tv_nsec };
}

static bool is_same(const struct tls_stamp *a, const struct tls_stamp *b)
{
	return a->device == b->device && a->inode == b->inode && a->size == b->size &&
		a->changed_s == b->changed_s && a->changed_ns == b->changed_ns;
}

static void look(const struct tls *t, struct tls_stamp now[2])
{
	now[0] = stamp_of(t->certificate);
	now[1] = stamp_of(t->key);
}

static void say(const struct tls *t, enum pair_fault f, int why)
{
	bool is_read = f == PAIR_NO_CERTIFICATE || f == PAIR_NO_KEY;

	log_error("web: %s %s%s%s", pair_is_about_key(f) ? t->key : t->certificate,
		pair_words(f), is_read ? ": " : "", is_read ? strerror(why) : "");
}

static void warn_of_end(struct tls *t)
{
	int64_t left_s = t->pair.ends_s - now_s();

	t->warned_s = now_s();
	if (left_s <= 0)
		log_error("web: %s has ended; browsers refuse it. Renew it",
			t->certificate);
	else if (left_s < PAIR_SOON_S)
		log_warn("web: %s ends in %d days. Renew it", t->certificate,
			(int)(left_s / DAY_S));
}

/* A pair that has ended is taken: a telephone exchange that does not start at all helps nobody. */
static int take(struct tls *t, bool is_first)
{
	struct pair new = { 0 };
	enum pair_fault f = pair_read(&new, t->certificate, t->key, now_s());
	int why = errno;

	if (f != PAIR_GOOD && !(f == PAIR_OVER && is_first)) {
		pair_close(&new);
		say(t, f, why);
		return why == ENOENT && (f == PAIR_NO_CERTIFICATE || f == PAIR_NO_KEY)
			? ENOENT
			: EINVAL;
	}
	pair_close(&t->pair);
	t->pair = new;
	warn_of_end(t);
	return 0;
}

int tls_init(struct tls *t, const char *certificate, const char *key)
{
	int err;

	t->certificate = strdup(certificate);
	t->key = strdup(key);
	if (!t->certificate || !t->key)
		return ENOMEM;
	look(t, t->seen);
	err = take(t, true);
	return err ? EINVAL : 0;
}

void tls_close(struct tls *t)
{
	pair_close(&t->pair);
	free(t->certificate);
	free(t->key);
	*t = (struct tls){ 0 };
}

/* For one handshake; 1: go on, 0: an alert. */
static int on_certificate(SSL *ssl, void *arg)
{
	const struct tls *t = arg;

	SSL_certs_clear(ssl);
	return SSL_use_cert_and_key(
		       ssl, t->pair.certificate, t->pair.key, t->pair.chain, 1) == 1;
}

int tls_setup(struct tls *t, SSL_CTX *ctx)
{
	if (SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) != 1 ||
		SSL_CTX_set_cipher_list(ctx, CIPHERS) != 1 ||
		SSL_CTX_set1_groups_list(ctx, GROUPS) != 1)
		return EIO;
	/* who is asked for another handshake within one works for nothing; resumption is by ticket, so nothing is
	 * kept of anybody */
	SSL_CTX_set_options(ctx,
		SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
			SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	/* some 34 KB less for each connection that says nothing */
	SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_cert_cb(ctx, on_certificate, t);
	return 0;
}

int tls_reload(struct tls *t)
{
	int err;

	look(t, t->seen);
	err = take(t, false);
	if (err)
		log_error("web: the certificate stays the one of before");
	else
		log_info(
			"web: new connections get the certificate of %s", t->certificate);
	return err;
}

void tls_tick(struct tls *t)
{
	struct tls_stamp now[2];

	if (!t->certificate || ++t->ticks < TLS_LOOK_TICKS)
		return;
	t->ticks = 0;
	if (now_s() - t->warned_s >= DAY_S)
		warn_of_end(t);
	look(t, now);
	/* a renewal writes two files: while they still change, they are looked at again */
	if (is_same(&now[0], &t->seen[0]) && is_same(&now[1], &t->seen[1]))
		return;
	(void)tls_reload(t);
}
