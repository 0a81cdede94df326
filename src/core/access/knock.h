/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * knock -- may this password be tried now?  So that guessing is slow, and nobody can keep somebody else out by it.
 *
 * A device that has been let in as this login has tries of its own (OWASP, "Slow down online guessing attacks with device
 * cookies"): whatever others do, whoever comes with it is heard.  All other devices share: so many tries of a login from
 * one address, and four times as many of it from everywhere.  One address alone never uses up what is from everywhere,
 * because it has less; many together do, and then the login's owner comes with a known device, a passkey or a link.
 *
 * Numbers stand for login, address and device; a login that nobody has is counted like any other.
 * Pure; memory in the caller; struct tries says what is kept.
 */
#ifndef CORE_ACCESS_KNOCK_H
#define CORE_ACCESS_KNOCK_H

#include "core/access/tries.h"

struct knock {
	uint64_t login, from;
	uint64_t device; /* 0: not known, or known as somebody else's */
	bool is_throttled; /* its address has guessed too often, at whatever */
};

struct knocks {
	uint64_t seed; /* so that nobody can aim at another's place */
	struct tries here, everywhere, devices;
};

void knocks_init(struct knocks *k, uint64_t seed, unsigned at_once, int64_t pause_ms);
/* Takes one try; false: not now. now_ms: monotonic. */
bool knocks_may(struct knocks *k, const struct knock *who, int64_t now_ms);
/* It was right, or was not looked at: it counts nothing. */
void knocks_give_back(struct knocks *k, const struct knock *who);

#endif
