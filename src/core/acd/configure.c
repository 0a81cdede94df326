/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * configure -- other rules come into force between two events, and nobody loses a place, a talk or an offer.
 *
 * A new core with the new rules is made beforehand, which is where memory may be refused (acd_prepare()).  In the
 * event it takes over the state as the journal's image has it, so what a replay needs is what is taken, and takes
 * the old one's place.  Then each waiting call is due at once: one tick after the other finds its class, what of
 * the rules applies to it, and who may have it now.  Part of acd (see acd.h for memory and thread).
 */
#include <errno.h>

#include "core/acd/journal_inner.h"
#include "core/acd/priv.h"

struct carrier {
	struct acd *to;
	struct image_reader image;
	uint64_t chain;
	bool is_good;
};

int acd_prepare(struct acd *next, const struct acd *acd,
	const struct acd_queue_config *queues, size_t n_queues,
	const struct acd_limits *limits)
{
	if (n_queues < acd->n_queues || limits->calls != acd->limits.calls ||
		limits->agents != acd->limits.agents)
		return EINVAL;
	for (size_t i = 0; i < acd->n_queues; i++)
		if (queues[i].sensitivity != acd->queues[i].cfg.sensitivity)
			return EINVAL;
	return acd_init(next, queues, n_queues, limits);
}

/* One record of the old core's image, read into the new one. */
static void carry(void *arg, const void *bytes, size_t n)
{
	struct carrier *c = arg;
	struct acd_reader r = { .bytes = slice_of(bytes, n), .chain = c->chain };
	struct acd_record rec;

	c->is_good = c->is_good && acd_reader_next(&r, &rec) == ACD_READ_DONE &&
		image_read(&c->image, c->to, &rec);
	c->chain = r.chain;
}

static bool take_over(struct acd *next, const struct acd *acd)
{
	struct carrier c = { .to = next, .image.is_change = true, .is_good = true };
	struct acd_journal j = { .write = carry, .arg = &c, .is_plain = true };

	next->now_ms = acd->now_ms; /* by which the classes are found */
	image_write(&j, acd);
	return c.is_good;
}

static bool have_same_diversions(
	const struct acd_queue_config *a, const struct acd_queue_config *b)
{
	if (a->n_diversions != b->n_diversions)
		return false;
	for (size_t i = 0; i < a->n_diversions; i++) {
		const struct acd_diversion *x = &a->diversions[i];
		const struct acd_diversion *y = &b->diversions[i];

		if (x->when != y->when || x->to != y->to || x->limit != y->limit ||
			x->after_ms != y->after_ms || x->target != y->target)
			return false;
	}
	return true;
}

/* Which rules a call has passed is told by their places: of other rules it has passed those whose time is over. */
static void pass_diversions(struct acd *next, const struct acd *acd)
{
	for (size_t i = 0; i < next->limits.calls; i++) {
		struct acd_call *call = &next->calls[i];

		if (call->state == ACD_CALL_ENDED || divert_is_settled(call) ||
			have_same_diversions(&acd->queues[call->queue].cfg,
				&next->queues[call->queue].cfg))
			continue;
		call->diversions_done = 0;
		divert_skip(next, call);
	}
}

/* In an order that does not depend on where calls stand in memory. */
static void look_at_all(struct acd *acd)
{
	for (size_t i = 0; i < acd->n_queues; i++)
		list_each(it, &acd->queues[i].waiting)
		{
			const struct acd_call *call = call_in_queue(acd, it);

			timer_set(acd, timer_of_call(acd, call), acd->now_ms);
		}
}

/* What next has is acd's, and the other way round. */
static void change_places(struct acd *acd, struct acd *next)
{
	struct acd old = *acd;

	*acd = *next;
	*next = old;
	/* of its lists the only one whose head lies in the struct itself; next is about to be closed */
	if (acd->spare_groups.next == &next->spare_groups) {
		list_init(&acd->spare_groups);
	} else {
		acd->spare_groups.next->prev = &acd->spare_groups;
		acd->spare_groups.prev->next = &acd->spare_groups;
	}
}

enum acd_verdict configure(
	struct acd *acd, const struct acd_event *ev, struct acd_actions *out)
{
	struct acd *next = acd->next;
	bool is_good;

	if (!next)
		return ACD_REFUSED;
	acd->next = NULL;
	is_good = take_over(next, acd);
	if (is_good) {
		pass_diversions(next, acd);
		change_places(acd, next);
		look_at_all(acd);
	}
	acd_close(next);
	return is_good ? ACD_DONE : ACD_REFUSED;
}
