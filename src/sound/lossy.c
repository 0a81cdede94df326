/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * lossy -- see lossy.h
 *
 * On by evidence, off by a window. The evidence is Page's cumulative sum (Biometrika 41, 1954) of the log-likelihood
 * ratio "a line that loses BAD" against "one that loses GOOD": of all rules that are wrong as rarely none is quicker
 * (Moustakides, Annals of Statistics 14, 1986). A fixed window is either slower or wrong more often. docs/sound.md
 * has the arithmetic.
 */
#include "sound/lossy.h"

#include <math.h>

#define GOOD 0.005 /* share lost by a line that needs nothing */
#define BAD  0.03 /* by one that does: where the issue wants help to begin */
/* Packets are mostly 50 a second. A line of GOOD is wrongly called lossy about once in e^EVIDENCE packets, and again
 * as many times as it takes to come near; one of BAD gains 0.029 nats a packet, and is found after some 240 of them. */
#define EVIDENCE 7.0
/* Off, when of a whole window so much is lost at most: below GOOD, so that what turned it on has ended. */
#define QUIET 0.004

#define SLOTS   (sizeof((struct lossy *)0)->lost / sizeof(uint32_t))
#define SLOT_US  5000000 /* the window is 35 to 40 s */
#define OF_LATE 2 /* slots that percent looks at, besides the one under way */
#define SLOT_MIN \
	50 /* packets expected in a window that says anything: a second of voice */

void lossy_init(struct lossy *l)
{
	*l = (struct lossy){ 0 };
}

static void add_evidence(struct lossy *l, uint32_t expected, uint32_t lost)
{
	const double bad = log(BAD / GOOD), good = log((1 - BAD) / (1 - GOOD));
	double e = l->evidence + lost * bad + (expected - lost) * good;

	/* the ceiling: what was learnt long ago is forgotten */
	l->evidence = (float)fmin(fmax(e, 0), EVIDENCE);
}

/* Slots that are over are closed; after a long silence all of them are empty. */
static void advance(struct lossy *l, int64_t now_us)
{
	if (l->slot_us == 0 || now_us < l->slot_us)
		l->slot_us = now_us; /* first, or a clock that went back */
	for (uint32_t k = 0; k < SLOTS && now_us - l->slot_us >= SLOT_US; k++) {
		l->at = (l->at + 1) % SLOTS;
		l->expected[l->at] = l->lost[l->at] = 0;
		l->slot_us += SLOT_US;
		if (l->slots < SLOTS)
			l->slots++;
	}
	if (now_us - l->slot_us >= SLOT_US)
		l->slot_us = now_us;
}

/* Share lost in the n newest slots; negative: too little to say. */
static double share(const struct lossy *l, uint32_t n)
{
	uint64_t expected = 0, lost = 0;

	for (uint32_t k = 0; k < n; k++) {
		uint32_t i = (l->at + SLOTS - k) % SLOTS;

		expected += l->expected[i];
		lost += l->lost[i];
	}
	return expected < SLOT_MIN ? -1 : (double)lost / (double)expected;
}

/* A window without packets is no reason to turn off: nothing was learnt. */
static bool is_quiet(const struct lossy *l)
{
	double s = share(l, SLOTS);

	return l->slots == SLOTS && s >= 0 && s <= QUIET;
}

bool lossy_add(struct lossy *l, uint32_t expected, uint32_t lost, int64_t now_us)
{
	bool was = l->is_lossy;

	if (lost > expected)
		lost = expected;
	advance(l, now_us);
	/* a sum may not overflow, whatever a report says; no slot has as many */
	if (expected > UINT32_MAX / 2 - l->expected[l->at])
		return false;
	l->expected[l->at] += expected;
	l->lost[l->at] += lost;
	add_evidence(l, expected, lost);
	l->percent = (uint32_t)lround(100 * fmax(share(l, OF_LATE + 1), 0));
	if (!was && l->evidence >= (float)EVIDENCE) {
		l->is_lossy = true;
		l->slots = 0;
	} else if (was && is_quiet(l)) {
		l->is_lossy = false;
		l->evidence = 0;
	}
	return l->is_lossy != was;
}
