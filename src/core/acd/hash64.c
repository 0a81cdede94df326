/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* hash64 -- see hash64.h */
#include "core/acd/hash64.h"

struct state {
	uint64_t v0, v1, v2, v3;
};

static uint64_t le64(const uint8_t *p, size_t n)
{
	uint64_t v = 0;

	while (n-- > 0)
		v = v << 8 | p[n];
	return v;
}

struct hash64_key hash64_key_of(const uint8_t bytes[16])
{
	return (struct hash64_key){ le64(bytes, 8), le64(bytes + 8, 8) };
}

static uint64_t turn(uint64_t v, unsigned by)
{
	return v << by | v >> (64 - by);
}

static void rounds(struct state *s, int n)
{
	while (n-- > 0) {
		s->v0 += s->v1, s->v2 += s->v3;
		s->v1 = turn(s->v1, 13) ^ s->v0, s->v3 = turn(s->v3, 16) ^ s->v2;
		s->v0 = turn(s->v0, 32);
		s->v2 += s->v1, s->v0 += s->v3;
		s->v1 = turn(s->v1, 17) ^ s->v2, s->v3 = turn(s->v3, 21) ^ s->v0;
		s->v2 = turn(s->v2, 32);
	}
}

static void take(struct state *s, uint64_t m)
{
	s->v3 ^= m;
	rounds(s, 2);
	s->v0 ^= m;
}

uint64_t hash64(const struct hash64_key *key, const void *p, size_t n)
{
	/* "somepseudorandomlygeneratedbytes", the paper's section 2 */
	struct state s = { key->k0 ^ 0x736f6d6570736575, key->k1 ^ 0x646f72616e646f6d,
		key->k0 ^ 0x6c7967656e657261, key->k1 ^ 0x7465646279746573 };
	const uint8_t *at = p;
	uint64_t length = (uint64_t)n << 56;

	for (; n >= 8; at += 8, n -= 8)
		take(&s, le64(at, 8));
	take(&s, length | le64(at, n));
	s.v2 ^= 0xff;
	rounds(&s, 4);
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}
