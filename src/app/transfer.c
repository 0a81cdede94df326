/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * transfer -- an agent hands a caller on, and is told to whom that could be.  Part of app.
 *
 * The core decides; here are the words for what it says no with, and what the next agent, the records and a
 * later process are to know of it.  The list is made when a page asks, within a talk and at most every TARGETS_MS:
 * nobody is told all day who is there.
 */
#include "app/priv.h"

#include <stdlib.h>

_Static_assert(ACD_QUEUES_MAX <= DESK_QUEUES_MAX && APP_AGENTS_MAX <= DESK_AGENTS_MAX,
	"all of them fit into a list");

/* What the page is answered; docs/desk-protocol.md has them. */
static const char *const no[] = {
	[ACD_DONE] = NULL,
	[ACD_REFUSED] = "not_now",
	[ACD_UNKNOWN] = "no_target",
	[ACD_QUEUE_FULL] = "full",
	[ACD_NO_AGENT] = "no_agent",
	[ACD_LIMIT] = "full",
	[ACD_CLOSED] = "closed",
	[ACD_BARRED] = "barred",
};

static uint32_t queue_of(const struct app *app, uint64_t id)
{
	for (uint32_t i = 0; i < app->cfg.n_queues; i++)
		if (app->queues[i].id == id)
			return i;
	return UINT32_MAX; /* unknown to the core too */
}

static enum acd_verdict step(
	struct app *app, const struct app_agent *ag, const struct desk_msg *m)
{
	return app_step(app,
		(struct acd_event){ .type = ACD_EV_AGENT_TRANSFER,
			.agent = ag->cfg.id,
			.call = m->call,
			.to_agent = m->to_agent,
			.queue = m->to_agent ? 0 : queue_of(app, m->to_queue) });
}

/* Who handed it on is known before the step, in which it is kept. */
static const char *hand_on(
	struct app *app, const struct app_agent *ag, const struct desk_msg *m)
{
	struct app_call *call = map_find(&app->call_by_id, m->call);
	struct app_handing before;
	enum acd_verdict verdict;

	if (!call || call->agent != ag->cfg.id)
		return "not_now";
	if (m->to_agent == ag->cfg.id)
		return "self";
	before = call->handed;
	call->handed = (struct app_handing){ ag->cfg.id, m->to_agent, app_now_ms(app) };
	verdict = step(app, ag, m);
	if (verdict != ACD_DONE)
		call->handed = before;
	return no[verdict];
}

void app_transfer(struct app *app, struct app_agent *ag, const struct desk_msg *m)
{
	const char *code = hand_on(app, ag, m);

	if (code)
		app->ports.page_error(app->ports.arg, ag->conn, code, m->ref);
	app_agent_show(app, ag);
}

/* Somebody else in a shift serves the queue, and may have this agent's caller. */
static bool is_staffed(struct app *app, const struct app_agent *ag, uint32_t queue)
{
	for (size_t i = 0; i < app->cfg.n_agents; i++) {
		const struct app_agent *to = &app->agents[i];
		enum acd_verdict v = acd_transfers(&app->acd, ag->cfg.id, to->cfg.id, 0);

		if ((v == ACD_DONE || v == ACD_QUEUE_FULL) &&
			acd_queues_have(&to->cfg.queues, queue))
			return true;
	}
	return false;
}

const char *app_transfer_back(struct app *app, struct app_agent *ag, uint64_t call)
{
	struct app_call *c = map_find(&app->call_by_id, call);

	if (!c)
		return "not_now";
	if (!is_staffed(app, ag, c->queue))
		return "no_agent";
	return app_step(app,
		       (struct acd_event){ .type = ACD_EV_AGENT_HAND_OVER,
			       .agent = ag->cfg.id,
			       .call = call }) == ACD_DONE
		? NULL
		: "not_now";
}

const char *app_transfer_from(struct app *app, const struct app_call *call)
{
	const struct app_agent *by = app_agent_find(app, call->handed.by);

	return by ? by->cfg.name : "";
}

void app_transfer_record(struct app *app, const struct app_call *call)
{
	const struct app_handing *h = &call->handed;

	app_record_at(app, call, h->at_ms, STORE_TRANSFERRED, h->to,
		h->to ? -1 : (int64_t)app->queues[call->queue].id, "");
}

int64_t app_call_waits_since(const struct app_call *call)
{
	return call->handed.by ? call->handed.at_ms : call->arrived_ms;
}

/* --- to whom --- */

/* Those who may have the call; *queues: that one of them serves. */
static void list_agents(struct app *app, const struct app_agent *ag,
	struct desk_targets *t, struct acd_queues *queues)
{
	for (size_t i = 0; i < app->cfg.n_agents; i++) {
		const struct app_agent *to = &app->agents[i];
		enum acd_verdict v = acd_transfers(&app->acd, ag->cfg.id, to->cfg.id, 0);
		struct acd_agent_info info;

		if ((v != ACD_DONE && v != ACD_QUEUE_FULL) ||
			!acd_agent(&app->acd, to->cfg.id, &info))
			continue;
		t->agents[t->n_agents].id = to->cfg.id;
		t->agents[t->n_agents].name = to->cfg.name;
		t->agents[t->n_agents++].is_free = info.state == ACD_AGENT_READY;
		for (size_t w = 0; w < ACD_QUEUES_MAX / 64; w++)
			queues->w[w] |= to->cfg.queues.w[w];
	}
}

static enum desk_queue_state state_of(enum acd_verdict v, bool is_staffed)
{
	if (v == ACD_CLOSED)
		return DESK_QUEUE_CLOSED;
	if (v == ACD_NO_AGENT || !is_staffed)
		return DESK_QUEUE_UNSTAFFED;
	return v == ACD_DONE ? DESK_QUEUE_OPEN : DESK_QUEUE_FULL;
}

static void list_queues(struct app *app, const struct app_agent *ag,
	struct desk_targets *t, const struct acd_queues *staffed)
{
	for (uint32_t i = 0; i < app->cfg.n_queues; i++) {
		const struct app_queue_config *q = &app->queues[i];
		enum acd_verdict v = acd_transfers(&app->acd, ag->cfg.id, 0, i);
		size_t at = t->n_queues;

		if (q->is_gone)
			continue;
		t->queues[at].id = q->id;
		t->queues[at].name = q->name;
		t->queues[at].language = q->language;
		t->queues[at].state = state_of(v, acd_queues_have(staffed, i));
		t->n_queues++;
	}
}

static const char *why_not(struct app *app, const struct app_agent *ag)
{
	struct acd_agent_info info;

	if (!acd_agent(&app->acd, ag->cfg.id, &info) ||
		(info.state != ACD_AGENT_TALKING && info.state != ACD_AGENT_INTERRUPTED &&
			info.state != ACD_AGENT_HOLDING))
		return "not_now";
	if (ag->targets_ms && app_now_ms(app) - ag->targets_ms < TARGETS_MS)
		return "too_soon";
	return NULL;
}

void app_transfer_targets(struct app *app, struct app_agent *ag, const struct desk_msg *m)
{
	const char *code = why_not(app, ag);
	struct acd_queues staffed = { { 0 } };
	struct desk_targets *t = code ? NULL : calloc(1, sizeof *t);

	if (!code && !t)
		code = "too_soon"; /* no memory now: it asks again */
	if (code) {
		app->ports.page_error(app->ports.arg, ag->conn, code, m->ref);
		return;
	}
	ag->targets_ms = app_now_ms(app);
	t->ref = m->ref;
	list_agents(app, ag, t, &staffed);
	list_queues(app, ag, t, &staffed);
	app->ports.targets(app->ports.arg, ag->conn, t);
	free(t);
}
