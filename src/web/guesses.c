/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* guesses -- see guesses.h */
#include "web/guesses.h"

#include <netinet/in.h>

void guesses_init(struct guesses *g, uint64_t seed)
{
	*g = (struct guesses){ .seed = seed };
}

/* FNV-1a: http://www.isthe.com/chongo/tech/comp/fnv/ (64 bits), begun at the seed. */
static uint64_t mix(uint64_t hash, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		hash = (hash ^ p[i]) * 0x100000001b3;
	return hash;
}

/* A house has a /64 at least (RFC 6177), so its lower half says nothing. */
uint64_t guesses_from(const struct guesses *g, const struct sockaddr_storage *addr)
{
	const struct sockaddr_in *v4 = (const void *)addr;
	const struct sockaddr_in6 *v6 = (const void *)addr;
	uint64_t hash = addr->ss_family == AF_INET
		? mix(g->seed, (const uint8_t *)&v4->sin_addr, 4)
		: mix(g->seed, v6->sin6_addr.s6_addr, 8);

	return hash ^ hash >> 32;
}

static size_t group_of(const struct guesses *g, const struct sockaddr_storage *addr)
{
	return guesses_from(g, addr) % GUESSES_GROUPS;
}

bool guesses_may(const struct guesses *g, const struct sockaddr_storage *addr)
{
	return g->used[group_of(g, addr)] < GUESSES_MAX;
}

void guesses_wrong(struct guesses *g, const struct sockaddr_storage *addr)
{
	uint8_t *used = &g->used[group_of(g, addr)];

	if (*used < GUESSES_MAX)
		++*used;
}

void guesses_tick(struct guesses *g)
{
	for (size_t i = 0; i < GUESSES_GROUPS; i++)
		if (g->used[i])
			g->used[i]--;
}
