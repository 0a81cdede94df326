/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* targets -- see targets.h.  Pure; any thread. */
#include "sip/targets.h"

static bool is_same(const struct peers_addr *a, const struct peers_addr *b)
{
	return peers_same_host(a, b) && a->port == b->port;
}

static struct target *find_same(struct targets *t, const struct peers_addr *addr)
{
	for (size_t i = 0; i < t->n; i++) {
		if (is_same(&t->t[i].addr, addr))
			return &t->t[i];
	}
	return NULL;
}

bool targets_add(struct targets *t, const struct target *one)
{
	if (find_same(t, &one->addr))
		return true;
	if (t->n == TARGETS_MAX)
		return false;
	t->t[t->n++] = *one;
	return true;
}

void targets_renew(struct targets *t, const struct targets *fresh)
{
	struct targets made = *fresh;
	for (size_t i = 0; i < made.n; i++) {
		const struct target *old = find_same(t, &made.t[i].addr);
		if (old)
			made.t[i].bad_until_ms = old->bad_until_ms;
	}
	*t = made;
}

static bool is_left(const struct targets *t, size_t i, uint32_t tried)
{
	return !(tried & 1u << i);
}

static int least_bad(const struct targets *t, uint32_t tried)
{
	int best = -1;
	for (size_t i = 0; i < t->n; i++) {
		if (is_left(t, i, tried) &&
			(best < 0 || t->t[i].bad_until_ms < t->t[best].bad_until_ms))
			best = (int)i;
	}
	return best;
}

int targets_choose(const struct targets *t, uint32_t tried, int64_t now_ms, uint32_t rnd)
{
	uint32_t lowest = UINT32_MAX, sum = 0;
	for (size_t i = 0; i < t->n; i++) {
		if (!is_left(t, i, tried) || t->t[i].bad_until_ms > now_ms)
			continue;
		if (t->t[i].priority < lowest) {
			lowest = t->t[i].priority;
			sum = 0;
		}
		/* one more than it is: a weight of 0 is small, not never (RFC 2782) */
		if (t->t[i].priority == lowest)
			sum += t->t[i].weight + 1u;
	}
	if (!sum)
		return least_bad(t, tried);
	uint32_t at = rnd % sum;
	for (size_t i = 0; i < t->n; i++) {
		if (!is_left(t, i, tried) || t->t[i].bad_until_ms > now_ms ||
			t->t[i].priority != lowest)
			continue;
		if (at <= t->t[i].weight)
			return (int)i;
		at -= t->t[i].weight + 1u;
	}
	return -1; /* not reached: the weights sum up */
}

void targets_is_bad(struct targets *t, const struct peers_addr *addr, int64_t now_ms)
{
	struct target *one = find_same(t, addr);
	if (one)
		one->bad_until_ms = now_ms + TARGETS_BAD_MS;
}

void targets_is_good(struct targets *t, const struct peers_addr *addr)
{
	struct target *one = find_same(t, addr);
	if (one)
		one->bad_until_ms = 0;
}

const struct target *targets_find(const struct targets *t, const struct peers_addr *host)
{
	for (size_t i = 0; i < t->n; i++) {
		if (peers_same_host(&t->t[i].addr, host))
			return &t->t[i];
	}
	return NULL;
}
