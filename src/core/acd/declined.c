/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * declined -- what an agent said no to, and is not offered again for a while.
 *
 * Kept with the agent, ACD_DECLINED_MAX calls at most; chained by call, so that a call knows at once whether
 * anybody declined it, and who.  Part of acd (see acd.h).
 */
#include "core/acd/priv.h"

#include <stddef.h>

static struct acd_declined *at(const struct acd *acd, uint32_t ref)
{
	return &acd->agent_rests[(ref - 1) / ACD_DECLINED_MAX]
			.declined[(ref - 1) % ACD_DECLINED_MAX];
}

static uint32_t ref_of(
	const struct acd *acd, const struct acd_agent *ag, const struct acd_declined *d)
{
	return agent_index(acd, ag) * ACD_DECLINED_MAX +
		(uint32_t)(d - rest_of(acd, ag)->declined) + 1;
}

/* The earliest end among what was declined. */
static void set_retry(struct acd *acd, struct acd_agent *ag)
{
	const struct acd_declined *d = rest_of(acd, ag)->declined;
	int64_t first = -1;

	ag->n_declined = 0;
	for (size_t i = 0; i < ACD_DECLINED_MAX; i++)
		if (d[i].call) {
			ag->n_declined++;
			if (first < 0 || d[i].until_ms < first)
				first = d[i].until_ms;
		}
	if (first >= 0)
		timer_set(acd, timer_of_declined(acd, ag), first);
	else
		timer_stop(acd, timer_of_declined(acd, ag));
}

static void forget(struct acd *acd, struct acd_agent *ag, struct acd_declined *d)
{
	uint32_t *link = &acd->calls[d->call - 1].declined;
	uint32_t ref = ref_of(acd, ag, d);

	while (*link != ref)
		link = &at(acd, *link)->next;
	*link = d->next;
	*d = (struct acd_declined){ 0 };
}

/* A free place, or that of what may be offered again first. */
static struct acd_declined *place_in(struct acd *acd, struct acd_agent *ag)
{
	struct acd_declined *d = rest_of(acd, ag)->declined, *best = d;

	for (size_t i = 0; i < ACD_DECLINED_MAX; i++) {
		if (!d[i].call)
			return &d[i];
		if (d[i].until_ms < best->until_ms)
			best = &d[i];
	}
	forget(acd, ag, best);
	return best;
}

int64_t declined_until(const struct acd *acd, const struct acd_call *call)
{
	return acd->now_ms + acd->queues[call->queue].cfg.declined_ms;
}

void declined_add(
	struct acd *acd, struct acd_agent *ag, struct acd_call *call, int64_t until_ms)
{
	struct acd_declined *d = place_in(acd, ag);

	d->until_ms = until_ms;
	d->call = call_index(acd, call) + 1;
	d->next = call->declined;
	call->declined = ref_of(acd, ag, d);
	set_retry(acd, ag);
}

bool declined_has(
	const struct acd *acd, const struct acd_agent *ag, const struct acd_call *call)
{
	if (!call->declined || !ag->n_declined)
		return false;
	for (size_t i = 0; i < ACD_DECLINED_MAX; i++)
		if (rest_of(acd, ag)->declined[i].call == call_index(acd, call) + 1)
			return true;
	return false;
}

void declined_forget_agent(struct acd *acd, struct acd_agent *ag)
{
	struct acd_declined *d = rest_of(acd, ag)->declined;

	if (!ag->n_declined)
		return;
	for (size_t i = 0; i < ACD_DECLINED_MAX; i++)
		if (d[i].call)
			forget(acd, ag, &d[i]);
	set_retry(acd, ag);
}

void declined_forget_call(struct acd *acd, struct acd_call *call)
{
	while (call->declined) {
		struct acd_agent *ag =
			&acd->agents[(call->declined - 1) / ACD_DECLINED_MAX];

		forget(acd, ag, at(acd, call->declined));
		set_retry(acd, ag);
	}
}

void declined_timer(struct acd *acd, struct acd_agent *ag, struct acd_actions *out)
{
	struct acd_declined *d = rest_of(acd, ag)->declined;

	for (size_t i = 0; i < ACD_DECLINED_MAX; i++)
		if (d[i].call && d[i].until_ms <= acd->now_ms)
			forget(acd, ag, &d[i]);
	set_retry(acd, ag);
	match_agent(acd, ag, out);
}

void declined_discount(
	const struct acd *acd, const struct acd_call *call, uint32_t could[2])
{
	for (uint32_t ref = call->declined; ref; ref = at(acd, ref)->next) {
		const struct acd_agent *ag = &acd->agents[(ref - 1) / ACD_DECLINED_MAX];

		if (ag->state == ACD_AGENT_READY &&
			group_suits(acd, &group_of(acd, ag)->profile,
				wait_of(acd, call)->class))
			could[group_of(acd, ag)->profile.workplace]--;
	}
}

static bool is_chained(const struct acd *acd, uint32_t call, uint32_t wanted)
{
	uint32_t ref = acd->calls[call - 1].declined;

	while (ref && ref != wanted)
		ref = at(acd, ref)->next;
	return ref && acd->calls[call - 1].state != ACD_CALL_ENDED;
}

bool declined_is_consistent(const struct acd *acd, const struct acd_agent *ag)
{
	unsigned n = 0;

	for (size_t i = 0; i < ACD_DECLINED_MAX; i++) {
		const struct acd_declined *d = &rest_of(acd, ag)->declined[i];

		if (d->call && !is_chained(acd, d->call, ref_of(acd, ag, d)))
			return false;
		n += d->call != 0;
	}
	return n == ag->n_declined &&
		(n > 0) == (timer_at(acd, timer_of_declined(acd, ag)) >= 0);
}
