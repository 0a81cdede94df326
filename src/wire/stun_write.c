/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* stun_write -- messages written; see stun.h.  Owns nothing; any thread. */
#include <errno.h>
#include <string.h>

#include "wire/stun.h"
#include "wire/stun_inner.h"

#define REASON_MAX 127 /* characters, RFC 8489 section 14.8; ours are ASCII */

static void put_attr(struct wbuf *w, enum stun_attr type, struct slice value)
{
	wbuf_be16(w, (uint16_t)type);
	wbuf_be16(w, (uint16_t)value.n);
	wbuf_slice(w, value);
	while (w->n % 4 && !w->full)
		wbuf_u8(w, 0);
}

static struct wbuf begin(uint8_t *buf, size_t cap, enum stunmsg_class cls,
	const uint8_t tid[STUNMSG_TID_SIZE])
{
	struct wbuf w = wbuf_of(buf, cap < STUNMSG_MAX ? cap : STUNMSG_MAX);
	/* class and method are interleaved, RFC 8489 section 5, figure 3; Binding is bit 0 alone */
	unsigned type = ((unsigned)cls & 2) << 7 | ((unsigned)cls & 1) << 4 |
		STUNMSG_BINDING;

	wbuf_be16(&w, (uint16_t)type);
	wbuf_be16(&w, 0); /* the length, set by finish() */
	wbuf_be32(&w, STUNMSG_COOKIE);
	wbuf_put(&w, tid, STUNMSG_TID_SIZE);
	return w;
}

/* MESSAGE-INTEGRITY when there is a key, FINGERPRINT, and the length. */
static int finish(struct wbuf *w, struct slice password, size_t *n)
{
	uint8_t crc[4] = { 0 };

	if (w->full)
		return ENOSPC;
	if (password.n) {
		uint8_t mac[STUN_INTEGRITY];
		int err = stun_integrity(mac, w->p, w->n, password);

		if (err)
			return err;
		put_attr(w, STUN_INTEGRITY_SHA1, slice_of(mac, sizeof mac));
	}
	put_attr(w, STUN_FINGERPRINT, slice_of(crc, sizeof crc));
	if (w->full)
		return ENOSPC;
	be16_put(w->p + 2, (uint16_t)(w->n - STUNMSG_HEADER));
	be32_put(w->p + w->n - sizeof crc,
		stun_fingerprint(w->p, w->n - STUN_ATTR_HEADER - sizeof crc));
	*n = w->n;
	return 0;
}

/* Four bytes of an IPv4 address, also of one that a dual-stack socket shows as ::ffff:a.b.c.d. */
static struct slice address_of(const struct sockaddr *sa, uint16_t *port)
{
	if (sa->sa_family == AF_INET) {
		const struct sockaddr_in *a = (const struct sockaddr_in *)(const void *)
			sa;

		*port = ntohs(a->sin_port);
		return slice_of(&a->sin_addr, 4);
	}
	const struct sockaddr_in6 *a = (const struct sockaddr_in6 *)(const void *)sa;

	*port = ntohs(a->sin6_port);
	if (IN6_IS_ADDR_V4MAPPED(&a->sin6_addr))
		return slice_of(a->sin6_addr.s6_addr + 12, 4);
	return slice_of(a->sin6_addr.s6_addr, 16);
}

/* RFC 8489 section 14.2 */
static void put_mapped(
	struct wbuf *w, const uint8_t tid[STUNMSG_TID_SIZE], const struct sockaddr *sa)
{
	uint8_t mask[16], v[4 + 16] = { 0 };
	uint16_t port;
	struct slice ip = address_of(sa, &port);

	be32_put(mask, STUNMSG_COOKIE);
	memcpy(mask + 4, tid, STUNMSG_TID_SIZE);
	v[1] = ip.n == 4 ? STUN_FAMILY_IPV4 : STUN_FAMILY_IPV6;
	be16_put(v + 2, port ^ (uint16_t)(STUNMSG_COOKIE >> 16));
	for (size_t i = 0; i < ip.n; i++)
		v[4 + i] = ip.p[i] ^ mask[i];
	put_attr(w, STUN_XOR_MAPPED, slice_of(v, 4 + ip.n));
}

int stunmsg_write_success(uint8_t *buf, size_t cap, size_t *n,
	const uint8_t tid[STUNMSG_TID_SIZE], const struct sockaddr *mapped,
	struct slice password)
{
	struct wbuf w = begin(buf, cap, STUNMSG_SUCCESS, tid);

	if (mapped->sa_family != AF_INET && mapped->sa_family != AF_INET6)
		return EAFNOSUPPORT;
	put_mapped(&w, tid, mapped);
	return finish(&w, password, n);
}

static void put_error(struct wbuf *w, uint16_t code, const char *reason)
{
	uint8_t v[4 + REASON_MAX] = { 0, 0, (uint8_t)(code / 100),
		(uint8_t)(code % 100) };
	size_t n = strnlen(reason, REASON_MAX);

	memcpy(v + 4, reason, n);
	put_attr(w, STUN_ERROR_CODE, slice_of(v, 4 + n));
}

static void put_unknown(struct wbuf *w, const uint16_t *unknown, size_t n)
{
	uint8_t v[2 * STUNMSG_UNKNOWN_MAX];

	if (n > STUNMSG_UNKNOWN_MAX)
		n = STUNMSG_UNKNOWN_MAX;
	for (size_t i = 0; i < n; i++)
		be16_put(v + 2 * i, unknown[i]);
	if (n)
		put_attr(w, STUN_UNKNOWN_ATTRIBUTES, slice_of(v, 2 * n));
}

int stunmsg_write_error(uint8_t *buf, size_t cap, size_t *n,
	const uint8_t tid[STUNMSG_TID_SIZE], uint16_t code, const char *reason,
	const uint16_t *unknown, size_t n_unknown, struct slice password)
{
	struct wbuf w = begin(buf, cap, STUNMSG_ERROR, tid);

	put_error(&w, code, reason);
	put_unknown(&w, unknown, n_unknown);
	return finish(&w, password, n);
}

int stunmsg_write_check(uint8_t *buf, size_t cap, size_t *n,
	const struct stunmsg_check_request *r, struct slice password)
{
	struct wbuf w = begin(buf, cap, STUNMSG_REQUEST, r->tid);
	uint8_t b[8];

	put_attr(&w, STUN_USERNAME, slice_str(r->username));
	be32_put(b, r->priority);
	put_attr(&w, STUN_PRIORITY, slice_of(b, 4));
	be64_put(b, r->tie_breaker);
	put_attr(&w, STUN_CONTROLLING, slice_of(b, 8));
	if (r->use_candidate)
		put_attr(&w, STUN_USE_CANDIDATE, slice_of(b, 0));
	return finish(&w, password, n);
}
