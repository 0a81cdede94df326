/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* knock -- see knock.h */
#include "core/access/knock.h"

#define EVERYWHERE 4 /* times what one address has */

/* SplitMix64's finalizer: https://prng.di.unimi.it/splitmix64.c */
static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

static uint64_t both(const struct knocks *k, uint64_t a, uint64_t b)
{
	return mix(mix(k->seed ^ a) ^ b);
}

void knocks_init(struct knocks *k, uint64_t seed, unsigned at_once, int64_t pause_ms)
{
	k->seed = seed;
	tries_init(&k->here, at_once, pause_ms);
	tries_init(&k->devices, at_once, pause_ms);
	tries_init(&k->everywhere, EVERYWHERE * at_once, pause_ms);
}

bool knocks_may(struct knocks *k, const struct knock *who, int64_t now_ms)
{
	uint64_t here = both(k, who->login, who->from);

	if (who->device)
		return tries_take(&k->devices, both(k, who->login, who->device), now_ms);
	if (who->is_throttled || !tries_take(&k->here, here, now_ms))
		return false;
	if (tries_take(&k->everywhere, mix(k->seed ^ who->login), now_ms))
		return true;
	tries_give_back(&k->here, here); /* it was not tried */
	return false;
}

void knocks_give_back(struct knocks *k, const struct knock *who)
{
	if (who->device) {
		tries_give_back(&k->devices, both(k, who->login, who->device));
		return;
	}
	tries_give_back(&k->here, both(k, who->login, who->from));
	tries_give_back(&k->everywhere, mix(k->seed ^ who->login));
}
