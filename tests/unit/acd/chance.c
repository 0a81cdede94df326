/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* chance -- see chance.h */
#include "chance.h"

#define SKILL(n, level) ((uint64_t)(level) << (4 * (n)))

const struct acd_queue_config chance_queues[CHANCE_QUEUES] = {
	{ .max_waiting = 8,
		.offer_ms = 4000,
		.wrapup_ms = 3000,
		.max_wait_ms = 60000,
		.unstaffed_ms = 5000,
		.declined_ms = 6000,
		.priority = 3,
		.target_ms = 5000,
		.skills = { { SKILL(0, 3) | SKILL(1, 1) } },
		.n_relax = 2,
		.relax = { { 4000, { { SKILL(0, 2) } } }, { 9000, { { 0 } } } },
		.n_diversions = 2,
		.diversions = { { ACD_IF_LENGTH, ACD_DIVERT_QUEUE, 4, 0, 1 },
			{ ACD_IF_WAIT, ACD_DIVERT_CALLBACK, 30000, 7000, 0 } },
		.callback_tries = 2,
		.callback_ms = 90000,
		.retry_ms = 2500,
		.dial_ms = 3000,
		.transfer_ms = 4000 },
	{ .max_waiting = 6,
		.offer_ms = 3000,
		.wrapup_ms = 0,
		.max_wait_ms = 40000,
		.unstaffed_ms = 3000,
		.declined_ms = 5000,
		.priority = 1,
		.target_ms = 9000,
		.n_diversions = 3,
		.diversions = { { ACD_IF_CLOSED, ACD_DIVERT_MESSAGE, 0, 0, 7 },
			{ ACD_IF_LENGTH, ACD_DIVERT_QUEUE, 3, 6000, 2 },
			{ ACD_IF_NOBODY, ACD_DIVERT_CALLBACK, 0, 0, 0 } } },
	{ .max_waiting = 6,
		.offer_ms = 3000,
		.wrapup_ms = 1500,
		.max_wait_ms = 50000,
		.unstaffed_ms = 3000,
		.declined_ms = 5000,
		.sensitivity = 1,
		.skills = { { SKILL(2, 1) } } },
};

const struct acd_limits chance_limits = {
	.calls = CHANCE_CALLS, .agents = CHANCE_AGENTS, .regain_ms = 2500, .hold_ms = 4000
};

/* Marsaglia's xorshift64 (2003). */
uint64_t chance_below(struct chance *c, uint64_t n)
{
	c->random ^= c->random << 13;
	c->random ^= c->random >> 7;
	c->random ^= c->random << 17;
	return (c->random >> 8) % n;
}

static uint64_t any_agent(struct chance *c)
{
	return c->ids + 1 + chance_below(c, CHANCE_AGENTS);
}

static uint64_t any_call(struct chance *c)
{
	return c->ids + 101 + chance_below(c, CHANCE_CALLS);
}

static void arrive(struct chance *c, struct acd_event *ev)
{
	ev->type = ACD_EV_CALL_ARRIVE;
	ev->queue = (uint32_t)chance_below(c, CHANCE_QUEUES);
	ev->sensitivity = (uint8_t)(chance_below(c, 5) == 0);
	ev->wants_office = chance_below(c, 6) == 0;
	if (chance_below(c, 4))
		return;
	ev->agent = any_agent(c);
	ev->prefer_ms = (int64_t)chance_below(c, 5000);
}

static void profile(struct chance *c, struct acd_event *ev)
{
	ev->type = ACD_EV_AGENT_PROFILE;
	for (uint32_t q = 0; q < CHANCE_QUEUES; q++)
		if (chance_below(c, 3))
			acd_queues_add(&ev->queues, q);
	for (unsigned s = 0; s < 3; s++)
		acd_skills_set(&ev->skills, s, (unsigned)chance_below(c, 4));
	ev->clearance = (uint8_t)chance_below(c, 3);
	ev->workplace = (enum acd_workplace)chance_below(c, 2);
}

static void enter(struct chance *c, struct acd_event *ev)
{
	profile(c, ev);
	ev->type = ACD_EV_AGENT_ENTER;
}

static void transfer(struct chance *c, struct acd_event *ev)
{
	ev->type = ACD_EV_AGENT_TRANSFER;
	if (chance_below(c, 2))
		ev->to_agent = any_agent(c);
	else
		ev->queue = (uint32_t)chance_below(c, CHANCE_QUEUES);
}

static void of_call(struct chance *c, struct acd_event *ev)
{
	static const enum acd_event_type types[] = { ACD_EV_CALL_HANGUP,
		ACD_EV_CALL_CALLBACK, ACD_EV_CALL_REACHED, ACD_EV_CALL_FAILED };

	ev->type = types[chance_below(c, 4)];
	ev->why = chance_below(c, 3) ? ACD_WHY_NONE : ACD_WHY_CALLER_SILENT;
}

static void of_agent(
	struct chance *c, struct acd_event *ev, const struct acd_agent_info *is)
{
	static const enum acd_event_type types[] = { ACD_EV_AGENT_READY,
		ACD_EV_AGENT_READY, ACD_EV_AGENT_READY, ACD_EV_AGENT_PAUSE,
		ACD_EV_AGENT_WORK, ACD_EV_AGENT_LOST, ACD_EV_AGENT_BACK,
		ACD_EV_AGENT_BACK, ACD_EV_AGENT_WRAPUP_DONE, ACD_EV_AGENT_LEAVE };

	ev->type = types[chance_below(c, sizeof types / sizeof *types)];
	ev->why = chance_below(c, 2) ? ACD_WHY_LINE_LOST : ACD_WHY_DESK_LOST;
	ev->call = is->call;
	if (chance_below(c, 3) == 0)
		return;
	if (is->state == ACD_AGENT_OFFERED)
		ev->type = chance_below(c, 3) ? ACD_EV_AGENT_ACCEPT
					      : ACD_EV_AGENT_DECLINE;
	else if (is->state == ACD_AGENT_DIALLING)
		ev->type = chance_below(c, 2) ? ACD_EV_CALL_REACHED : ACD_EV_CALL_FAILED;
	else if (is->state == ACD_AGENT_HOLDING)
		ev->type = chance_below(c, 2) ? ACD_EV_AGENT_RESUME
					      : ACD_EV_AGENT_HAND_OVER;
	else if (is->state == ACD_AGENT_TALKING && chance_below(c, 6) == 0)
		ev->type = ACD_EV_AGENT_HOLD;
	else if (is->state == ACD_AGENT_TALKING && chance_below(c, 2))
		ev->type = ACD_EV_AGENT_HANGUP;
	else if (is->state == ACD_AGENT_TALKING)
		transfer(c, ev);
	else if (chance_below(c, is->is_barred ? 2 : 30) == 0) {
		profile(c, ev);
		ev->is_barred = chance_below(c, 4) == 0;
	}
}

/* Half of the time there are more agents than callers. */
static bool is_calm(const struct chance *c)
{
	return c->now_ms / 60000 % 2;
}

struct acd_event chance_event(struct chance *c, const struct acd *acd)
{
	struct acd_event ev = { .type = ACD_EV_TICK };
	struct acd_agent_info is;
	int64_t due = acd_next_deadline(acd);
	uint64_t what;

	if (chance_below(
		    c, 3)) /* else at the same moment, so that ties have to be broken */
		c->now_ms += (int64_t)chance_below(c, 1000);
	if (due >= 0 && due <= c->now_ms) {
		c->now_ms = due > acd->now_ms ? due : acd->now_ms;
		ev.at_ms = c->now_ms;
		return ev;
	}
	ev.at_ms = c->now_ms;
	ev.call = any_call(c);
	what = chance_below(c, 10);
	if (what < 3 && is_calm(c) && chance_below(c, 12))
		what = 9;
	if (what < 3) {
		arrive(c, &ev);
	} else if (what == 3) {
		of_call(c, &ev);
	} else if (what == 4 && chance_below(c, 8) == 0) {
		ev.type = chance_below(c, 3) ? ACD_EV_QUEUE_OPEN : ACD_EV_QUEUE_CLOSE;
		ev.queue = (uint32_t)chance_below(c, CHANCE_QUEUES);
	} else {
		ev.agent = any_agent(c);
		if (acd_agent(acd, ev.agent, &is))
			of_agent(c, &ev, &is);
		else
			enter(c, &ev);
	}
	return ev;
}
