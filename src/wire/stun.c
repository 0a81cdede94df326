/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* stun -- messages read and checked; see stun.h.  Owns nothing; any thread. */
#include "wire/stun.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <string.h>

#include "wire/stun_inner.h"

#define COOKIE_AT       4
#define TID_AT          8
#define REQUIRED_MAX    0x7FFF /* comprehension-required, RFC 8489 section 14 */
#define USERNAME_MAX    508 /* RFC 8489 section 14.3: fewer than 509 bytes */
#define INTEGRITY_TOTAL (STUN_ATTR_HEADER + STUN_INTEGRITY)

struct attr {
	uint16_t type;
	size_t at; /* offset of its header */
	struct slice value;
};

bool stunmsg_is_likely(const uint8_t *p, size_t n)
{
	return n >= STUNMSG_HEADER && p[0] < 0x40 &&
		be32_get(p + COOKIE_AT) == STUNMSG_COOKIE;
}

static bool read_address(struct stunmsg *m, struct slice v)
{
	uint8_t mask[16];
	uint8_t *dst;

	be32_put(mask, STUNMSG_COOKIE);
	memcpy(mask + 4, m->tid, STUNMSG_TID_SIZE);
	if (v.n < 4)
		return false;
	uint16_t port = be16_get(v.p + 2) ^ (uint16_t)(STUNMSG_COOKIE >> 16);

	memset(&m->mapped, 0, sizeof m->mapped);
	if (v.p[1] == STUN_FAMILY_IPV4 && v.n == 4 + 4) {
		struct sockaddr_in *a = (struct sockaddr_in *)&m->mapped;

		a->sin_family = AF_INET;
		a->sin_port = htons(port);
		dst = (uint8_t *)&a->sin_addr;
	} else if (v.p[1] == STUN_FAMILY_IPV6 && v.n == 4 + 16) {
		struct sockaddr_in6 *a = (struct sockaddr_in6 *)&m->mapped;

		a->sin6_family = AF_INET6;
		a->sin6_port = htons(port);
		dst = (uint8_t *)&a->sin6_addr;
	} else {
		return false;
	}
	for (size_t i = 0; i < v.n - 4; i++)
		dst[i] = v.p[4 + i] ^ mask[i];
	m->has_mapped = true;
	return true;
}

static bool read_error(struct stunmsg *m, struct slice v)
{
	if (v.n < 4 || (v.p[2] & 7) < 3 || (v.p[2] & 7) > 6 || v.p[3] > 99)
		return false; /* RFC 8489 section 14.8 */
	m->error_code = (uint16_t)((v.p[2] & 7) * 100 + v.p[3]);
	return true;
}

static bool read_role(bool *has, uint64_t *tie_breaker, struct slice v)
{
	if (v.n != 8)
		return false;
	*has = true;
	*tie_breaker = be64_get(v.p);
	return true;
}

static bool read_priority(struct stunmsg *m, struct slice v)
{
	if (v.n != 4)
		return false;
	m->has_priority = true;
	m->priority = be32_get(v.p);
	return true;
}

static bool read_integrity(struct stunmsg *m, const struct attr *a)
{
	if (a->value.n != STUN_INTEGRITY)
		return false;
	m->has_integrity = true;
	m->integrity_at = a->at;
	return true;
}

static bool read_fingerprint(struct stunmsg *m, const struct attr *a, struct slice all)
{
	/* it must be the last, RFC 8489 section 14.7 */
	if (a->value.n != 4 || a->at + STUN_ATTR_HEADER + 4 != all.n)
		return false;
	m->has_fingerprint = true;
	return be32_get(a->value.p) == stun_fingerprint(all.p, a->at);
}

static bool keep_unknown(struct stunmsg *m, uint16_t type)
{
	if (type <= REQUIRED_MAX && m->n_unknown < STUNMSG_UNKNOWN_MAX)
		m->unknown[m->n_unknown++] = type;
	return true;
}

/* Of an attribute that comes twice only the first counts (RFC 8489 section 14), hence the has_. */
static bool read_attr(struct stunmsg *m, const struct attr *a, struct slice all)
{
	struct slice v = a->value;

	switch (a->type) {
	case STUN_USERNAME:
		if (!m->username.p)
			m->username = v;
		return v.n <= USERNAME_MAX;
	case STUN_INTEGRITY_SHA1: return read_integrity(m, a);
	case STUN_FINGERPRINT: return read_fingerprint(m, a, all);
	case STUN_ERROR_CODE: return m->error_code || read_error(m, v);
	case STUN_XOR_MAPPED: return m->has_mapped || read_address(m, v);
	case STUN_PRIORITY: return m->has_priority || read_priority(m, v);
	case STUN_USE_CANDIDATE: m->use_candidate = true; return v.n == 0;
	case STUN_CONTROLLED:
		return m->has_controlled ||
			read_role(&m->has_controlled, &m->tie_breaker, v);
	case STUN_CONTROLLING:
		return m->has_controlling ||
			read_role(&m->has_controlling, &m->tie_breaker, v);
	case STUN_MAPPED:
	case STUN_UNKNOWN_ATTRIBUTES:
	case STUN_REALM:
	case STUN_NONCE: return true; /* understood, and not needed by ICE */
	default: return keep_unknown(m, a->type);
	}
}

/* Cuts one attribute and its padding off *at; false when it runs past the end. */
static bool next_attr(struct attr *a, struct slice all, size_t *at)
{
	struct slice rest = slice_from(all, *at);

	if (rest.n < STUN_ATTR_HEADER)
		return false;
	size_t size = be16_get(rest.p + 2), padded = (size + 3) & ~(size_t)3;

	if (padded > rest.n - STUN_ATTR_HEADER)
		return false;
	*a = (struct attr){ be16_get(rest.p), *at,
		slice_of(rest.p + STUN_ATTR_HEADER, size) };
	*at += STUN_ATTR_HEADER + padded;
	return true;
}

int stunmsg_parse(struct stunmsg *out, const uint8_t *p, size_t n)
{
	if (n > STUNMSG_MAX || !stunmsg_is_likely(p, n))
		return EBADMSG;
	if (n % 4 || be16_get(p + 2) != n - STUNMSG_HEADER)
		return EBADMSG;
	uint16_t type = be16_get(p);
	struct stunmsg m = {
		/* class and method are interleaved, RFC 8489 section 5, figure 3 */
		.cls = (enum stunmsg_class)((type >> 7 & 2) | (type >> 4 & 1)),
		.method = (uint16_t)((type & 0xF) | (type >> 1 & 0x70) |
			(type >> 2 & 0xF80)),
	};

	memcpy(m.tid, p + TID_AT, STUNMSG_TID_SIZE);
	for (size_t at = STUNMSG_HEADER; at < n;) {
		struct attr a;

		if (!next_attr(&a, slice_of(p, n), &at))
			return EBADMSG;
		/* what follows the integrity is not protected by it and is ignored (14.5) */
		if (m.has_integrity && a.type != STUN_FINGERPRINT)
			continue;
		if (!read_attr(&m, &a, slice_of(p, n)))
			return EBADMSG;
	}
	*out = m;
	return 0;
}

bool stunmsg_check(
	const struct stunmsg *m, const uint8_t *p, size_t n, struct slice password)
{
	uint8_t mac[STUN_INTEGRITY];

	if (!m->has_integrity || n > STUNMSG_MAX || n < INTEGRITY_TOTAL ||
		m->integrity_at > n - INTEGRITY_TOTAL || m->integrity_at < STUNMSG_HEADER)
		return false;
	if (stun_integrity(mac, p, m->integrity_at, password))
		return false;
	return CRYPTO_memcmp(mac, p + m->integrity_at + STUN_ATTR_HEADER, sizeof mac) ==
		0;
}
