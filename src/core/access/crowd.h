/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * crowd -- who gets in when many want to: which connection makes room for another one.
 *
 * A stranger is a connection of nobody known: no session has come over it yet.  Whoever is known, and whoever calls,
 * is never sent away for a stranger.  Of strangers the address with the most of them pays, with those that do nothing
 * first and the oldest of these: so ten thousand of one address take places from each other.  A house of a hundred
 * desks behind one address is a crowd too, but one that is known soon.
 *
 * Pure.  Memory: in the caller.  Cost: three looks at each seat.
 */
#ifndef CORE_ACCESS_CROWD_H
#define CORE_ACCESS_CROWD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CROWD_NOBODY SIZE_MAX

enum crowd_rank {
	CROWD_IDLE, /* a stranger that asks nothing: a handshake, a header, a pause between two requests */
	CROWD_BUSY, /* a stranger's request is on its way */
	CROWD_GUEST, /* a caller page */
	CROWD_KNOWN, /* somebody with a session */
};

struct crowd_seat {
	uint64_t from; /* the same for the same address */
	uint64_t since; /* the lower, the older */
	enum crowd_rank rank;
	bool is_shared; /* a proxy's: many people, of whom nothing is known yet */
};

struct crowd_limits {
	size_t all; /* connections */
	size_t here; /* of one address */
	size_t strangers; /* of one address, among them */
};

enum crowd_answer {
	CROWD_COME, /* there is room */
	CROWD_INSTEAD, /* in place of seats[*leaves] */
	CROWD_NOT,
};

enum crowd_answer crowd_decide(const struct crowd_seat *seats, size_t n, uint64_t from,
	bool is_shared, const struct crowd_limits *lim, size_t *leaves);

#endif
