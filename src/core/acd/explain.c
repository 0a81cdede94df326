/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* explain -- see explain.h */
#include "core/acd/explain.h"

#include <string.h>

#include "core/acd/priv.h"

const char *acd_bar_word(enum acd_bar bar)
{
	static const char *const words[ACD_BARS] = {
		[ACD_BAR_NONE] = "eligible",
		[ACD_BAR_QUEUE] = "not_in_queue",
		[ACD_BAR_SKILL] = "skill",
		[ACD_BAR_CLEARANCE] = "clearance",
		[ACD_BAR_OFFICE] = "office_wish",
		[ACD_BAR_OTHER] = "waits_for_another",
		[ACD_BAR_DECLINED] = "declined",
		[ACD_BAR_AWAY] = "away",
		[ACD_BAR_PAUSE] = "pause",
		[ACD_BAR_WORK] = "written_work",
		[ACD_BAR_OFFERED] = "offered",
		[ACD_BAR_TALKING] = "talking",
		[ACD_BAR_WRAPUP] = "wrapup",
	};

	return words[bar];
}

static const enum acd_bar of_state[ACD_AGENT_STATES] = {
	[ACD_AGENT_AWAY] = ACD_BAR_AWAY,
	[ACD_AGENT_READY] = ACD_BAR_NONE,
	[ACD_AGENT_OFFERED] = ACD_BAR_OFFERED,
	[ACD_AGENT_TALKING] = ACD_BAR_TALKING,
	[ACD_AGENT_INTERRUPTED] = ACD_BAR_TALKING,
	[ACD_AGENT_WRAPUP] = ACD_BAR_WRAPUP,
	[ACD_AGENT_PAUSE] = ACD_BAR_PAUSE,
	[ACD_AGENT_WORK] = ACD_BAR_WORK,
	[ACD_AGENT_DIALLING] = ACD_BAR_TALKING,
	[ACD_AGENT_HOLDING] = ACD_BAR_TALKING,
};

/* What is asked about. */
struct question {
	const struct acd *acd;
	const struct acd_call *call;
	const struct acd_agent *chosen; /* NULL: it waits */
	const struct acd_class *class; /* its demands */
	uint64_t waited_for;
};

/* The first of the demands that is not met; ACD_SKILLS_MAX: none. */
static unsigned lacks(const struct acd_skills *has, const struct acd_skills *needs)
{
	unsigned i = 0;

	while (i < ACD_SKILLS_MAX &&
		acd_skills_level(has, i) >= acd_skills_level(needs, i))
		i++;
	return i;
}

static const struct acd_skills *needs_of(const struct acd *acd, const struct acd_class *c)
{
	return acd_queue_needs(&acd->queues[c->queue].cfg, c->step);
}

static enum acd_bar bar_by_rule(const struct question *q, const struct acd_agent *ag)
{
	const struct acd_profile *p = &group_of(q->acd, ag)->profile;

	if (!acd_queues_have(&p->queues, q->class->queue))
		return ACD_BAR_QUEUE;
	if (lacks(&p->skills, needs_of(q->acd, q->class)) < ACD_SKILLS_MAX)
		return ACD_BAR_SKILL;
	if (p->clearance < q->class->sensitivity)
		return ACD_BAR_CLEARANCE;
	if (q->class->wants_office && p->workplace != ACD_OFFICE)
		return ACD_BAR_OFFICE;
	return declined_has(q->acd, ag, q->call) ? ACD_BAR_DECLINED : ACD_BAR_NONE;
}

static enum acd_bar bar_of(const struct question *q, const struct acd_agent *ag)
{
	enum acd_bar bar;

	if (ag == q->chosen)
		return ACD_BAR_NONE;
	if (q->waited_for) /* whatever that agent's queues and skills, if it was handed over */
		return ag->id == q->waited_for ? of_state[ag->state] : ACD_BAR_OTHER;
	bar = bar_by_rule(q, ag);
	return bar == ACD_BAR_NONE ? of_state[ag->state] : bar;
}

static void look_at_agents(const struct question *q, struct acd_explanation *out)
{
	const struct acd_agent *next = NULL;

	for (size_t i = 0; i < q->acd->limits.agents; i++) {
		const struct acd_agent *ag = &q->acd->agents[i];
		const struct acd_profile *p = &group_of(q->acd, ag)->profile;
		enum acd_bar bar;

		if (ag->state == ACD_AGENT_OUT)
			continue;
		bar = bar_of(q, ag);
		out->n[bar][p->workplace]++;
		if (bar == ACD_BAR_SKILL)
			out->lacks[lacks(&p->skills, &out->needs)]++;
		if (bar == ACD_BAR_NONE && ag != q->chosen &&
			(!next || is_longer_idle(ag, next)))
			next = ag;
	}
	out->idle_ms = q->chosen ? q->acd->now_ms - q->chosen->idle_since_ms : -1;
	out->next_idle_ms = next ? q->acd->now_ms - next->idle_since_ms : -1;
}

static struct acd_rival rival_of(const struct acd *acd, const struct acd_call *call)
{
	const struct acd_queue *q = &acd->queues[call->queue];

	return (struct acd_rival){ .queue = call->queue,
		.waited_ms = acd->now_ms - call->arrived_ms,
		.urgency = (double)(acd->now_ms - call->place_ms) * q->slope /
			q->per_ms };
}

static void look_at_calls(const struct question *q, struct acd_explanation *out)
{
	const struct acd_call *next = NULL;

	for (size_t i = 0; q->chosen && i < q->acd->limits.calls; i++) {
		const struct acd_call *call = &q->acd->calls[i];

		if (call == q->call || call->state != ACD_CALL_WAITING ||
			!match_is_possible(q->acd, q->chosen, call))
			continue;
		out->n_rivals++;
		if (!next || is_more_urgent(q->acd, call, next))
			next = call;
	}
	if (next)
		out->rival = rival_of(q->acd, next);
}

uint64_t acd_waited_for(const struct acd_event *ev, uint64_t agent, uint64_t before)
{
	bool is_for = before == agent ||
		(ev->type == ACD_EV_CALL_ARRIVE && ev->agent == agent &&
			ev->prefer_ms > 0) ||
		(ev->type == ACD_EV_AGENT_TRANSFER && ev->to_agent == agent);

	return is_for ? agent : 0;
}

bool acd_explain(const struct acd *acd, uint64_t call, uint64_t agent,
	uint64_t waited_for, struct acd_explanation *out)
{
	struct question q = { .acd = acd,
		.call = call_find(acd, call),
		.chosen = agent_find(acd, agent),
		.waited_for = waited_for };

	if (!q.call || (agent && !q.chosen))
		return false;
	q.class = class_of(acd, q.call);
	memset(out, 0, sizeof *out);
	out->call = rival_of(acd, q.call);
	out->sensitivity = q.class->sensitivity;
	out->wants_office = q.class->wants_office;
	out->needs = *needs_of(acd, q.class);
	out->step = q.class->step;
	out->n_steps = acd->queues[q.call->queue].cfg.n_relax;
	out->waits_for = waited_for;
	look_at_agents(&q, out);
	look_at_calls(&q, out);
	return true;
}
