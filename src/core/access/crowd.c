/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* crowd -- see crowd.h */
#include "core/access/crowd.h"

#define GROUPS \
	1024 /* addresses that share one are counted together: who pays may then be the second greediest */

static bool is_stranger(const struct crowd_seat *s)
{
	return s->rank <= CROWD_BUSY;
}

static bool goes_before(const struct crowd_seat *a, const struct crowd_seat *b)
{
	return a->rank != b->rank ? a->rank < b->rank : a->since < b->since;
}

struct count {
	size_t all, strangers;
	size_t first; /* of the strangers, who would leave first; CROWD_NOBODY */
};

static void add(struct count *c, const struct crowd_seat *seats, size_t i)
{
	c->all++;
	if (!is_stranger(&seats[i]))
		return;
	c->strangers++;
	if (c->first == CROWD_NOBODY || goes_before(&seats[i], &seats[c->first]))
		c->first = i;
}

/* The oldest idle stranger of the address that has the most strangers. */
static size_t greediest(const struct crowd_seat *seats, size_t n)
{
	uint16_t strangers[GROUPS] = { 0 };
	size_t most = 0, first = CROWD_NOBODY;

	for (size_t i = 0; i < n; i++)
		if (is_stranger(&seats[i]) &&
			strangers[seats[i].from % GROUPS] < UINT16_MAX)
			strangers[seats[i].from % GROUPS]++;
	for (size_t i = 0; i < n; i++) {
		size_t here = strangers[seats[i].from % GROUPS];

		if (!is_stranger(&seats[i]) || here < most)
			continue;
		if (here > most || goes_before(&seats[i], &seats[first]))
			first = i;
		most = here;
	}
	return first;
}

enum crowd_answer crowd_decide(const struct crowd_seat *seats, size_t n, uint64_t from,
	bool is_shared, const struct crowd_limits *lim, size_t *leaves)
{
	struct count here = { .first = CROWD_NOBODY };
	size_t first;

	for (size_t i = 0; i < n && !is_shared; i++)
		if (!seats[i].is_shared && seats[i].from == from)
			add(&here, seats, i);
	if (here.all >= lim->here || here.strangers >= lim->strangers)
		first = here.first;
	else if (n >= lim->all)
		first = greediest(seats, n);
	else
		return CROWD_COME;
	if (first == CROWD_NOBODY)
		return CROWD_NOT;
	*leaves = first;
	return CROWD_INSTEAD;
}
