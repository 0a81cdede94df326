/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * ports -- which even/odd port pairs of a range may be given to a new RTP leg.
 *
 * Next-fit, so a port comes back as late as possible, and never within PORTS_REST_US of its release:
 * late packets of one caller must not land in another's leg.  For the same reason it begins anywhere: far sides may
 * still send to a process that was here before.  Pure; allocates in ports_init() only.
 */
#ifndef RELAY_PORTS_H
#define RELAY_PORTS_H

#include <stddef.h>
#include <stdint.h>

#define PORTS_REST_US (10 * INT64_C(1000000)) /* longer than any network holds a packet */

struct ports {
	int64_t *
		free_at; /* owned; per pair: when it may be used again; INT64_MAX: in use */
	size_t n, next;
	uint16_t low;
};

/* start: any number, which decides where it begins. EINVAL: no even/odd pair between low and high. ENOMEM. */
int ports_init(struct ports *p, uint16_t low, uint16_t high, uint32_t start);
void ports_close(struct ports *p);
/* The even port of a pair, or 0 when none is free. */
uint16_t ports_take(struct ports *p, int64_t now_us);
void ports_give(struct ports *p, uint16_t port, int64_t now_us);
/* It was another process's: rests as if it were given back now. Nothing where it is in use, or not one of ours. */
void ports_rest(struct ports *p, uint16_t port, int64_t now_us);

#endif
