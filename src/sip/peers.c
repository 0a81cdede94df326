/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * peers -- see peers.h.  Pure; any thread.
 */
#include "sip/peers.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>

static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
#define MAPPED_BITS 96

static bool prefix_eq(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;
	if (memcmp(a, b, whole) != 0)
		return false;
	if (!rest)
		return true;
	uint8_t mask = (uint8_t)(0xff00u >> rest);
	return ((a[whole] ^ b[whole]) & mask) == 0;
}

int peers_addr_parse(struct peers_addr *out, const char *text, uint16_t port)
{
	char bare[PEERS_TEXT_MAX];
	struct peers_addr a = { .port = port };
	size_t n = strlen(text);
	if (n >= 2 && text[0] == '[' && text[n - 1] == ']') {
		text++;
		n -= 2;
	}
	if (n >= sizeof bare)
		return EINVAL;
	memcpy(bare, text, n);
	bare[n] = 0;
	if (inet_pton(AF_INET, bare, a.b + 12) == 1)
		memcpy(a.b, mapped, sizeof mapped);
	else if (inet_pton(AF_INET6, bare, a.b) != 1)
		return EINVAL;
	*out = a;
	return 0;
}

static int add_named(struct peers *p, const struct trunk_peer *peer)
{
	if (peer->addr[0] || !memchr(peer->certificate, 0, sizeof peer->certificate))
		return EINVAL;
	memcpy(p->named[p->n_named].name, peer->certificate, sizeof peer->certificate);
	p->named[p->n_named++].srtp = (enum trunk_srtp)peer->srtp;
	return 0;
}

static int add_rule(struct peers *p, const struct trunk_peer *peer)
{
	struct peers_addr a;
	if (!memchr(peer->addr, 0, sizeof peer->addr) ||
		peers_addr_parse(&a, peer->addr, 0) != 0)
		return EINVAL;
	bool v4 = strchr(peer->addr, ':') == NULL;
	if (peer->prefix_bits > (v4 ? 32 : 128))
		return EINVAL;
	memcpy(p->rule[p->n].b, a.b, sizeof a.b);
	p->rule[p->n].srtp = (enum trunk_srtp)peer->srtp;
	p->rule[p->n++].bits = (uint8_t)(peer->prefix_bits + (v4 ? MAPPED_BITS : 0));
	return 0;
}

int peers_init(struct peers *p, const struct trunk_peer *list, size_t n)
{
	struct peers made = { .n = 0 };
	if (n > TRUNK_PEERS_MAX)
		return EINVAL;
	for (size_t i = 0; i < n; i++) {
		if (list[i].srtp > TRUNK_SRTP_NEVER)
			return EINVAL;
		int err = list[i].certificate[0] ? add_named(&made, &list[i])
						 : add_rule(&made, &list[i]);
		if (err)
			return err;
	}
	*p = made;
	return 0;
}

/* Exactly: a wildcard names nobody (RFC 5922 section 7.2). */
bool peers_find_named(const struct peers *p, const char *name, enum trunk_srtp *srtp)
{
	for (size_t i = 0; i < p->n_named; i++) {
		if (strcasecmp(p->named[i].name, name) == 0) {
			*srtp = p->named[i].srtp;
			return true;
		}
	}
	return false;
}

bool peers_find(const struct peers *p, const struct peers_addr *a, enum trunk_srtp *srtp)
{
	for (size_t i = 0; i < p->n; i++) {
		/* "::/0" is every IPv6 address, and IPv4 has a rule of its own */
		if (peers_is_v4(a) && p->rule[i].bits < MAPPED_BITS)
			continue;
		if (prefix_eq(p->rule[i].b, a->b, p->rule[i].bits)) {
			*srtp = p->rule[i].srtp;
			return true;
		}
	}
	return false;
}

bool peers_match(const struct peers *p, const struct peers_addr *a)
{
	enum trunk_srtp any;
	return peers_find(p, a, &any);
}

int peers_addr_of(struct peers_addr *out, const struct sockaddr *sa)
{
	struct peers_addr a = { 0 };
	if (sa->sa_family == AF_INET) {
		struct sockaddr_in in;
		memcpy(&in, sa, sizeof in);
		memcpy(a.b, mapped, sizeof mapped);
		memcpy(a.b + 12, &in.sin_addr, 4);
		a.port = ntohs(in.sin_port);
	} else if (sa->sa_family == AF_INET6) {
		struct sockaddr_in6 in6;
		memcpy(&in6, sa, sizeof in6);
		memcpy(a.b, &in6.sin6_addr, 16);
		a.port = ntohs(in6.sin6_port);
	} else {
		return EAFNOSUPPORT;
	}
	*out = a;
	return 0;
}

bool peers_same_host(const struct peers_addr *a, const struct peers_addr *b)
{
	return memcmp(a->b, b->b, sizeof a->b) == 0;
}

bool peers_is_v4(const struct peers_addr *a)
{
	return memcmp(a->b, mapped, sizeof mapped) == 0;
}

const char *peers_addr_text(char out[PEERS_TEXT_MAX], const struct peers_addr *a)
{
	bool v4 = peers_is_v4(a);
	if (!inet_ntop(
		    v4 ? AF_INET : AF_INET6, v4 ? a->b + 12 : a->b, out, PEERS_TEXT_MAX))
		out[0] = 0;
	return out;
}
