/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* count -- see count.h.  Part of app. */
#include "app/count.h"

#include <string.h>

#include "app/priv.h"
#include "base/text.h"

const unsigned count_bounds_s[COUNT_BOUNDS] = { 5, 10, 20, 30, 60, 120, 300, 600 };

const struct counts *app_counts(const struct app *app)
{
	return &app->counts;
}

size_t app_count_queues(const struct app *app)
{
	return app->cfg.n_queues;
}

static int64_t target_of(const struct app_queue_config *q)
{
	return q->acd.target_ms ? q->acd.target_ms : ACD_TARGET_MS;
}

void app_count_now(const struct app *app, size_t queue, struct count_now *out)
{
	const struct app_queue_config *q = &app->queues[queue];
	struct acd_outlook o = { .expected_ms = -1 };

	(void)acd_outlook_of_queue(&app->acd, (uint32_t)queue, &o);
	*out = (struct count_now){ .waiting = o.ahead,
		.is_open = !acd_queues_have(&app->closed, (uint32_t)queue),
		.name = q->name,
		.number = q->number,
		.target_ms = target_of(q) };
}

bool app_count_staff(const struct app *app, struct board_staff *out)
{
	memset(out, 0, sizeof *out);
	if (!app_evaluation_is_on(app, EVALUATION_METRICS))
		return false;
	for (size_t i = 0; i < app->cfg.n_agents; i++) {
		struct acd_agent_info info;

		if (acd_agent(&app->acd, app->agents[i].cfg.id, &info))
			board_add(out, info.state);
	}
	return board_may_tell(out);
}

static void count_why(struct counts *c, const char *word)
{
	size_t i = 0;

	while (i < COUNT_WHYS - 1 && *c->whys[i].word &&
		strcmp(c->whys[i].word, word) != 0)
		i++;
	if (!*c->whys[i].word)
		(void)text_copy(c->whys[i].word, sizeof c->whys[i].word,
			i < COUNT_WHYS - 1 ? word : "other");
	c->whys[i].n++;
}

static bool is_in_target(const struct app *app, const struct app_call *call, int64_t ms)
{
	return ms <= target_of(&app->queues[call->queue]);
}

/* Nobody spoke with it, and it was the caller who ended it. */
static void count_end(struct app *app, const struct app_call *call, const char *why)
{
	struct count_queue *q = &app->counts.queues[call->queue];

	count_why(&app->counts, why);
	if (call->menu && call->menu_by == MENU_BY_NOTHING) {
		app->counts.menu_left++;
		return;
	}
	if (call->was_answered || strcmp(why, "caller_hung_up") != 0)
		return;
	q->abandoned++;
	q->abandoned_in_target += is_in_target(
		app, call, app_now_ms(app) - call->arrived_ms);
}

void app_count(struct app *app, const struct app_call *call, enum store_event what,
	const char *detail)
{
	struct count_queue *q = &app->counts.queues[call->queue];

	switch (what) {
	case STORE_ARRIVED:
		if (!call->menu || call->menu_by != MENU_BY_NOTHING)
			q->arrived++;
		break;
	case STORE_DIVERTED: q->diverted++; break;
	case STORE_ENDED: count_end(app, call, detail); break;
	default: break;
	}
}

void app_count_answer(struct app *app, struct app_call *call)
{
	struct count_queue *q = &app->counts.queues[call->queue];
	int64_t ms = call->accepted_waited_ms > 0 ? call->accepted_waited_ms : 0;
	size_t i = 0;

	if (call->was_answered)
		return; /* handed on, or interrupted */
	call->was_answered = true;
	q->answered++;
	q->answered_in_target += is_in_target(app, call, ms);
	q->waited_ms += (uint64_t)ms;
	while (i < COUNT_BOUNDS && ms > (int64_t)count_bounds_s[i] * 1000)
		i++;
	q->waits[i]++;
}

void app_count_quality(struct app *app, const struct store_quality *q)
{
	struct count_packets *p = &app->counts.packets[q->leg][q->direction];

	p->expected += q->expected > 0 ? (uint64_t)q->expected : 0;
	p->lost += q->lost > 0 ? (uint64_t)q->lost : 0;
}
