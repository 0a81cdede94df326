/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* udp_addr -- see udp.h: addresses compared, parsed and turned into keys. */
#include "relay/udp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

bool udp_addr_same_host(const struct udp_addr *a, const struct udp_addr *b)
{
	if (a->u.sa.sa_family != b->u.sa.sa_family)
		return false;
	if (a->u.sa.sa_family == AF_INET)
		return a->u.in.sin_addr.s_addr == b->u.in.sin_addr.s_addr;
	return a->u.sa.sa_family == AF_INET6 &&
		!memcmp(&a->u.in6.sin6_addr, &b->u.in6.sin6_addr, 16);
}

bool udp_addr_eq(const struct udp_addr *a, const struct udp_addr *b)
{
	return udp_addr_same_host(a, b) && udp_addr_port(a) == udp_addr_port(b) &&
		a->stream == b->stream;
}

uint16_t udp_addr_port(const struct udp_addr *a)
{
	return ntohs(
		a->u.sa.sa_family == AF_INET6 ? a->u.in6.sin6_port : a->u.in.sin_port);
}

void udp_addr_set_port(struct udp_addr *a, uint16_t port)
{
	if (a->u.sa.sa_family == AF_INET6)
		a->u.in6.sin6_port = htons(port);
	else
		a->u.in.sin_port = htons(port);
}

socklen_t udp_addr_len(const struct udp_addr *a)
{
	return a->u.sa.sa_family == AF_INET6 ? sizeof a->u.in6 : sizeof a->u.in;
}

int udp_addr_parse(struct udp_addr *a, const char *ip, uint16_t port)
{
	struct udp_addr r = { 0 };

	if (inet_pton(AF_INET, ip, &r.u.in.sin_addr) == 1)
		r.u.sa.sa_family = AF_INET;
	else if (inet_pton(AF_INET6, ip, &r.u.in6.sin6_addr) == 1)
		r.u.sa.sa_family = AF_INET6;
	else
		return EINVAL;
	udp_addr_set_port(&r, port);
	*a = r;
	return 0;
}

bool udp_addr_is_any(const struct udp_addr *a)
{
	if (a->u.sa.sa_family == AF_INET)
		return a->u.in.sin_addr.s_addr == INADDR_ANY;
	if (a->u.sa.sa_family == AF_INET6)
		return IN6_IS_ADDR_UNSPECIFIED(&a->u.in6.sin6_addr);
	return true;
}

/* Keys of IPv6 addresses are chosen by the far side only after it authenticated, and the seed is secret. */
static uint64_t mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * 0x9E3779B97F4A7C15u;
	return h ^ h >> 29;
}

uint64_t udp_addr_key(const struct udp_addr *a, uint64_t seed)
{
	uint64_t hi, lo;

	if (a->stream)
		return (uint64_t)1 << 62 | a->stream;
	if (a->u.sa.sa_family == AF_INET)
		return (uint64_t)1 << 48 | (uint64_t)a->u.in.sin_addr.s_addr << 16 |
			udp_addr_port(a);
	memcpy(&hi, &a->u.in6.sin6_addr, 8);
	memcpy(&lo, (const uint8_t *)&a->u.in6.sin6_addr + 8, 8);
	return mix(mix(mix(seed, hi), lo), udp_addr_port(a)) | (uint64_t)1 << 63;
}
