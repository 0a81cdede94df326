/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * announce -- who waits is told its place and its wait, between the music.  Part of app.
 *
 * The first time after the greeting, then in the queue's rhythm.  What is said is the core's (core/acd/announce.h);
 * here it becomes one or two clips, the second at the first one's end, and then music.  A clip that is heard is never
 * cut off by it: what is due waits for its end.  While it rings at somebody's desk, and in a talk, nothing is said.
 */
#include "app/priv.h"

static bool begin(struct app *app, struct app_call *call);

/* Whatever comes of it, the next one is a rhythm away. */
static void due(struct app *app, void *owner)
{
	struct app_call *call = owner;
	int64_t ms = app->queues[call->queue].announce_ms;

	if (!ms || call->state != CALL_QUEUED)
		return;
	call->is_announce_due = true;
	app_timer_set(app, &call->announce, ms, due, call);
	if (call->plays == APP_NO_CLIP)
		(void)begin(app, call);
}

void app_announce_go_on(struct app *app, struct app_call *call)
{
	int64_t ms = app->queues[call->queue].announce_ms;

	if (ms)
		app_timer_set(app, &call->announce, ms, due, call);
	else
		app_timer_stop(app, &call->announce);
	call->is_announce_due = false;
}

void app_announce_start(struct app *app, struct app_call *call)
{
	app_announce_go_on(app, call);
	if (!app->queues[call->queue].announce_ms)
		return;
	call->is_announce_due = true;
	if (call->plays == APP_NO_CLIP)
		(void)begin(app, call);
}

/* Kept before it is heard: no later process tells a longer wait for that it does not know. */
static struct announce decide(
	struct app *app, struct app_call *call, const struct acd_outlook *outlook)
{
	struct announce a = announce_of(outlook, call->told_wait);

	if (a.wait != ANNOUNCE_NOTHING && a.wait != call->told_wait) {
		call->told_wait = a.wait;
		app_keep_call(app, call);
	}
	return a;
}

/* False: there is nothing to say, or not now. */
static bool begin(struct app *app, struct app_call *call)
{
	const struct app_queue_config *q = &app->queues[call->queue];
	uint32_t place = APP_NO_CLIP, wait = APP_NO_CLIP;
	struct acd_outlook outlook;
	struct announce a;

	if (call->is_moving || !q->announce_ms ||
		!acd_outlook(&app->acd, call->id, &outlook))
		return false;
	app_announce_go_on(app, call);
	a = decide(app, call, &outlook);
	if (a.position)
		place = q->positions[a.position - 1];
	if (a.wait != ANNOUNCE_NOTHING)
		wait = q->waits[a.wait];
	if (place == APP_NO_CLIP && wait == APP_NO_CLIP)
		return false;
	app_call_play(app, call, place != APP_NO_CLIP ? place : wait);
	call->next_clip = place != APP_NO_CLIP ? wait : APP_NO_CLIP;
	return true;
}

bool app_announce_next(struct app *app, struct app_call *call)
{
	uint32_t clip = call->next_clip;

	call->next_clip = APP_NO_CLIP;
	if (clip == APP_NO_CLIP)
		return call->is_announce_due && begin(app, call);
	app_call_play(app, call, clip);
	return true;
}

bool app_announce_has(const struct app_queue_config *q, uint32_t clip)
{
	if (!q->announce_ms)
		return false;
	for (size_t i = 0; i < ANNOUNCE_POSITION_MAX; i++)
		if (q->positions[i] == clip)
			return true;
	for (size_t i = ANNOUNCE_NOTHING + 1; i < ANNOUNCE_WAITS; i++)
		if (q->waits[i] == clip)
			return true;
	return false;
}
