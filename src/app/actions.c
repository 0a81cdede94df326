/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * actions -- one event into the core, and what the core wants done in the world.  Part of app.
 *
 * The actions of one step are carried out in their order.  Nothing that is done here calls the core
 * again: what follows later (a failed join, a clip's end) comes back as an input of its own.
 */
#include "app/priv.h"

#include <assert.h>

#include "base/text.h"

static struct app_call *call_of(struct app *app, const struct acd_action *a)
{
	return map_find(&app->call_by_id, a->call);
}

static void offer(struct app *app, const struct acd_action *a)
{
	struct app_agent *ag = app_agent_find(app, a->agent);
	struct app_call *call = call_of(app, a);
	char could[STORE_DETAIL_MAX];

	call->agent = a->agent;
	ag->call_queue = call->queue;
	ag->call_arrived_ms = app_call_waits_since(call);
	app_leg_play(app, &ag->line.leg, app->cfg.ring_clip, true);
	/* DESIGN, "Routing": each decision records how many of either workplace could have had it */
	(void)text_format(
		could, sizeof could, "home=%u office=%u", a->could_home, a->could_office);
	app_record(app, call, STORE_OFFERED, a->agent, -1, could);
	app_call_show(app, call);
}

static void withdraw(struct app *app, const struct acd_action *a)
{
	static const enum store_event events[ACD_WHYS] = {
		[ACD_WHY_DECLINED] = STORE_DECLINED,
		[ACD_WHY_OFFER_TIMEOUT] = STORE_OFFER_TIMEOUT,
	};
	struct app_agent *ag = app_agent_find(app, a->agent);
	struct app_call *call = call_of(app, a);
	enum store_event what = events[a->why] ? events[a->why] : STORE_WITHDRAWN;

	call->agent = 0;
	app_dial_withdrawn(app, call);
	app_leg_stop(app, &ag->line.leg);
	app_record(app, call, what, a->agent, -1, acd_why_word(a->why));
	app_call_show(app, call);
}

static void join(struct app *app, const struct acd_action *a)
{
	struct app_agent *ag = app_agent_find(app, a->agent);
	struct app_call *call = call_of(app, a);

	call->is_talking = true;
	call->since_ms = app_now_ms(app);
	ag->call_waited_ms = call->accepted_waited_ms;
	app_record(app, call, STORE_ACCEPTED, a->agent, ag->call_waited_ms, "");
	app_count_answer(app, call);
	if (app_hop_join(app, call, &ag->line.leg))
		app_call_join_failed_soon(app, call);
	app_measure_begin(app, call, ag);
	app_call_show(app, call);
}

static void separate(struct app *app, struct app_call *call)
{
	union rp_any m = { 0 };

	call->is_talking = false;
	app_timer_stop(app, &call->join);
	app_measure_end(app, call);
	(void)app_leg_send(app, &call->leg, &m, RP_PART);
	app_hop_close(app, call);
}

static void part(struct app *app, const struct acd_action *a)
{
	struct app_call *call = call_of(app, a);

	call->agent = 0;
	call->was_parted = call->is_talking; /* else it hears music already */
	call->is_interrupted = false;
	separate(app, call);
	app_record(app, call, STORE_LEFT, a->agent, a->talk_ms, acd_why_word(a->why));
}

/* The agent's line was lost: the caller is told, and hears music until it is back. */
static void interrupt(struct app *app, const struct acd_action *a)
{
	struct app_call *call = call_of(app, a);

	separate(app, call);
	call->is_interrupted = true;
	app_call_music(app, call, app->queues[call->queue].apology);
	app_record(app, call, STORE_INTERRUPTED, a->agent, -1, acd_why_word(a->why));
	app_call_show(app, call);
}

/* The voices part before anything else is said; the caller is told, and hears music. */
static void hold(struct app *app, const struct acd_action *a)
{
	struct app_call *call = call_of(app, a);

	separate(app, call);
	call->is_interrupted = false;
	app_call_music(app, call, app->queues[call->queue].hold);
	app_record(app, call, STORE_HELD, a->agent, -1, "");
	app_call_show(app, call);
}

static void resume(struct app *app, const struct acd_action *a)
{
	struct app_agent *ag = app_agent_find(app, a->agent);
	struct app_call *call = call_of(app, a);

	call->is_interrupted = false;
	call->is_talking = true;
	call->accepted_us = app->now_us;
	app_record(app, call, STORE_RESUMED, a->agent, -1, "");
	if (app_hop_join(app, call, &ag->line.leg))
		app_call_join_failed_soon(app, call);
	app_measure_begin(app, call, ag);
	app_call_show(app, call);
}

/* After an offer that came to nothing the music just goes on; after a talk it has to begin. */
static void wait(struct app *app, const struct acd_action *a)
{
	struct app_call *call = call_of(app, a);
	const struct app_queue_config *q = &app->queues[call->queue];
	bool is_handed = a->why == ACD_WHY_TRANSFERRED || a->why == ACD_WHY_HANDED_OVER ||
		a->why == ACD_WHY_HOLD_OVER;

	if (a->why == ACD_WHY_TRANSFERRED)
		app_transfer_record(app, call);
	if (call->was_parted || is_handed) {
		app_call_music(app, call, is_handed ? q->transfer : q->apology);
		call->since_ms = app_now_ms(app);
		call->was_parted = false;
	}
	app_call_show(app, call);
}

static void end(struct app *app, const struct acd_action *a)
{
	struct app_call *call = call_of(app, a);

	if (!call || call->state != CALL_QUEUED)
		return; /* who told the core so ends it */
	call->state = CALL_FAREWELL; /* the core knows it no more */
	if (a->why == ACD_WHY_AGENT_HUNG_UP)
		app_call_end(app, call, acd_why_word(a->why));
	else
		app_call_farewell(app, call, acd_why_word(a->why));
}

static void agent(struct app *app, const struct acd_action *a)
{
	struct app_agent *ag = app_agent_find(app, a->agent);
	struct acd_agent_info now = { 0 };

	if (!ag)
		return;
	(void)acd_agent(&app->acd, a->agent, &now); /* unknown: out */
	if (a->state == ACD_AGENT_OUT) {
		app_home_begin(app, ag);
		ag->has_ended = true;
	}
	app_stop_look(app, ag);
	/* a step may change one agent twice: a view is of the last, when what belongs to it is done */
	if (now.state == a->state)
		app_agent_show(app, ag);
	if (ag->line.state == DESK_LINE_UP &&
		app_relay_is_leaving(app, ag->line.leg.relay))
		app_line_move_soon(app, ag);
	if (a->state != ACD_AGENT_OUT)
		app_people_go_on(app, ag);
}

/* What belongs to the decision is kept with it, before anything is done: why a call ends, who accepted it when. */
static void keep_call(struct app *app, const struct acd_action *a)
{
	struct app_call *call = a->type == ACD_ACT_AGENT ? NULL : call_of(app, a);

	if (!call)
		return;
	if (a->type == ACD_ACT_END && call->state == CALL_QUEUED)
		(void)text_copy(
			call->end_why, sizeof call->end_why, acd_why_word(a->why));
	if (a->type == ACD_ACT_JOIN) {
		call->accepted_us = app->now_us;
		call->accepted_ms = app_now_ms(app);
		call->accepted_by = a->agent;
		call->accepted_waited_ms = app_now_ms(app) - app_call_waits_since(call);
	}
	if (a->type == ACD_ACT_HOLD)
		call->on_hold_ms = app_now_ms(app);
	if (a->type == ACD_ACT_RESUME || a->type == ACD_ACT_PART)
		call->on_hold_ms = 0;
	if (call->kept_step == app->step)
		return;
	call->kept_step = app->step;
	app_keep_call(app, call);
}

static void keep_agent(struct app *app, const struct acd_action *a)
{
	struct app_agent *ag = app_agent_find(app, a->agent);

	if (!ag || ag->line.kept_step == app->step)
		return;
	ag->line.kept_step = app->step;
	app_keep_line(app, ag);
}

/* Who was handed on is in the queue that the core has it in; who lost an agent was not handed on by it. */
static void follow(struct app *app, const struct acd_action *a)
{
	struct app_call *call = a->type == ACD_ACT_AGENT ? NULL : call_of(app, a);
	struct acd_call_info info;

	if (!call)
		return;
	if (a->type == ACD_ACT_JOIN)
		call->left = (struct app_leaving){ 0 };
	if (a->type != ACD_ACT_PART)
		return;
	call->left = (struct app_leaving){ a->agent, app_now_ms(app), a->talk_ms,
		a->why };
	if (a->why != ACD_WHY_TRANSFERRED)
		call->handed = (struct app_handing){ 0 };
	else if (acd_call(&app->acd, call->id, &info))
		call->queue = info.queue;
}

/* What was decided is with the legs before it is done. Backwards: an end comes last in a call's actions, and
 * says more than the parting before it. */
static void keep(struct app *app, const struct acd_actions *actions)
{
	app->step++;
	for (size_t i = 0; i < actions->n; i++)
		follow(app, &actions->a[i]);
	for (size_t i = actions->n; i-- > 0;)
		keep_call(app, &actions->a[i]);
	for (size_t i = actions->n; i-- > 0;)
		keep_agent(app, &actions->a[i]);
}

enum acd_verdict app_step(struct app *app, struct acd_event ev)
{
	static void (*const doers[ACD_ACTS])(
		struct app * app, const struct acd_action *a) = {
		[ACD_ACT_OFFER] = offer,
		[ACD_ACT_WITHDRAW] = withdraw,
		[ACD_ACT_JOIN] = join,
		[ACD_ACT_PART] = part,
		[ACD_ACT_INTERRUPT] = interrupt,
		[ACD_ACT_RESUME] = resume,
		[ACD_ACT_WAIT] = wait,
		[ACD_ACT_END] = end,
		[ACD_ACT_AGENT] = agent,
		[ACD_ACT_DIVERT] = app_divert,
		[ACD_ACT_DIAL] = app_dial,
		[ACD_ACT_HOLD] = hold,
	};
	struct acd_actions actions;

	ev.at_ms = app_now_ms(app);
	app_journal_ready(app);
	acd_step(&app->acd, &ev, &actions);
	app_journal_step(app, &ev, &actions);
	keep(app, &actions);
	for (size_t i = 0; i < actions.n; i++) {
		assert(doers[actions.a[i].type]);
		doers[actions.a[i].type](app, &actions.a[i]);
	}
	return actions.verdict;
}
