/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * group -- agents of equal profile, and which classes of calls they may have.
 *
 * A group that nobody is of any more keeps its bits, so that a shift's end and the next one's beginning cost
 * nothing; its slot goes to a new profile when no other is left, the one longest empty first.  Part of acd
 * (see acd.h).
 */
#include "core/acd/priv.h"

#include <string.h>

bool acd_suffices(const struct acd_queue_config *q, unsigned steps, uint8_t sensitivity,
	const struct acd_skills *skills, uint64_t clearance)
{
	return clearance >= sensitivity &&
		acd_skills_reach(skills, acd_queue_needs(q, steps));
}

bool group_suits(
	const struct acd *acd, const struct acd_profile *p, const struct acd_class *c)
{
	if (!acd_queues_have(&p->queues, c->queue))
		return false;
	if (c->wants_office && p->workplace != ACD_OFFICE)
		return false;
	return acd_suffices(&acd->queues[c->queue].cfg, c->step, c->sensitivity,
		&p->skills, p->clearance);
}

bool group_is_ready(const struct acd *acd, const struct acd_class *c)
{
	const uint64_t *suits = acd->group_bits +
		(size_t)(c - acd->classes) * acd->group_words;

	for (size_t i = 0; i * 64 < acd->n_groups; i++)
		if (suits[i] & acd->idle_groups[i])
			return true;
	return false;
}

static void put_bit(uint64_t *words, size_t i, bool is_set)
{
	if (is_set)
		words[i / 64] |= 1ULL << (i % 64);
	else
		words[i / 64] &= ~(1ULL << (i % 64));
}

static void compute_bits(struct acd *acd, const struct acd_group *g)
{
	size_t at = (size_t)(g - acd->groups);

	for (size_t i = 0; i < acd->n_classes; i++) {
		bool suits = group_suits(acd, &g->profile, &acd->classes[i]);

		put_bit(acd->class_bits + at * acd->class_words, i, suits);
		put_bit(acd->group_bits + i * acd->group_words, at, suits);
	}
}

static struct acd_group *find(struct acd *acd, const struct acd_profile *p)
{
	for (size_t i = 0; i < acd->n_groups; i++)
		if (memcmp(&acd->groups[i].profile, p, sizeof *p) == 0)
			return &acd->groups[i];
	return NULL;
}

struct acd_group *group_join(struct acd *acd, const struct acd_profile *p)
{
	struct acd_group *g = find(acd, p);

	if (!g && list_is_empty(&acd->spare_groups))
		return NULL;
	if (!g) {
		g = list_entry(acd->spare_groups.next, struct acd_group, spare);
		g->profile = *p;
		compute_bits(acd, g);
		if ((size_t)(g - acd->groups) >= acd->n_groups)
			acd->n_groups = (size_t)(g - acd->groups) + 1;
	}
	list_remove(&g->spare);
	g->n_agents++;
	return g;
}

void group_leave(struct acd *acd, struct acd_group *g)
{
	if (--g->n_agents == 0)
		list_append(&acd->spare_groups, &g->spare);
}

bool is_longer_idle(const struct acd_agent *a, const struct acd_agent *b)
{
	return a->idle_order < b->idle_order;
}

/* The last who has been idle for longer; NULL: none. Looked for from both ends: it is almost always the last of
 * all; who comes back to an old place, as after an offer whose caller left, was the first. */
static struct acd_agent *last_before(
	const struct acd *acd, const struct acd_group *g, const struct acd_agent *ag)
{
	struct acd_agent *last = agent_at(acd, g->idle_last);
	struct acd_agent *first = agent_at(acd, g->idle_first);

	while (last && !is_longer_idle(last, ag)) {
		if (!is_longer_idle(first, ag))
			return agent_at(acd, first->idle_prev);
		last = agent_at(acd, last->idle_prev);
		first = agent_at(acd, first->idle_next);
	}
	return last;
}

/* What follows `before`; NULL: what is the first of all. */
static void put_next(struct acd_group *g, struct acd_agent *before, uint32_t ref)
{
	if (before)
		before->idle_next = ref;
	else
		g->idle_first = ref;
}

/* Likewise from the other end. */
static void put_prev(struct acd_group *g, struct acd_agent *after, uint32_t ref)
{
	if (after)
		after->idle_prev = ref;
	else
		g->idle_last = ref;
}

void idle_add(struct acd *acd, struct acd_agent *ag)
{
	struct acd_group *g = group_of(acd, ag);
	struct acd_agent *before = last_before(acd, g, ag);
	uint32_t ref = agent_index(acd, ag) + 1;

	ag->idle_prev = before ? agent_index(acd, before) + 1 : 0;
	ag->idle_next = before ? before->idle_next : g->idle_first;
	put_next(g, before, ref);
	put_prev(g, agent_at(acd, ag->idle_next), ref);
	g->n_idle++;
	put_bit(acd->idle_groups, ag->group, true);
}

void idle_remove(struct acd *acd, struct acd_agent *ag)
{
	struct acd_group *g = group_of(acd, ag);

	put_next(g, agent_at(acd, ag->idle_prev), ag->idle_next);
	put_prev(g, agent_at(acd, ag->idle_next), ag->idle_prev);
	ag->idle_prev = ag->idle_next = 0;
	if (--g->n_idle == 0)
		put_bit(acd->idle_groups, ag->group, false);
}
