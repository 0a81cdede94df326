/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * dtls_bio -- datagrams between OpenSSL and struct dtls.
 *
 * A memory BIO would glue what is left of one datagram to the next; this one forgets it, as a socket
 * does.  Nothing is copied but into OpenSSL's own buffer.
 */
#include <limits.h>
#include <string.h>

#include "relay/dtls_inner.h"

static int bio_read(BIO *bio, char *out, int cap)
{
	struct dtls *d = BIO_get_data(bio);

	BIO_clear_retry_flags(bio);
	if (!d->in || cap <= 0) {
		BIO_set_retry_read(bio);
		return -1;
	}

	size_t n = d->in_size < (size_t)cap ? d->in_size : (size_t)cap;

	memcpy(out, d->in, n);
	d->in = NULL;
	return (int)n;
}

static int bio_write(BIO *bio, const char *p, int n)
{
	struct dtls *d = BIO_get_data(bio);

	BIO_clear_retry_flags(bio);
	if (n > 0)
		d->send(d->arg, (const uint8_t *)p, (size_t)n);
	return n;
}

static long bio_ctrl(BIO *bio, int cmd, long num, void *ptr)
{
	switch (cmd) {
	case BIO_CTRL_FLUSH: return 1;
	case BIO_CTRL_DGRAM_GET_MTU_OVERHEAD: return 48; /* IPv6 and UDP */
	default: return 0; /* among them: no MTU discovery, no timer of its own */
	}
}

static int bio_create(BIO *bio)
{
	BIO_set_init(bio, 1);
	return 1;
}

BIO_METHOD *dtls_bio_method(void)
{
	BIO_METHOD *m = BIO_meth_new(
		BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "heimamt datagrams");

	if (!m)
		return NULL;
	if (BIO_meth_set_read(m, bio_read) != 1 ||
		BIO_meth_set_write(m, bio_write) != 1 ||
		BIO_meth_set_ctrl(m, bio_ctrl) != 1 ||
		BIO_meth_set_create(m, bio_create) != 1) {
		BIO_meth_free(m);
		return NULL;
	}
	return m;
}
