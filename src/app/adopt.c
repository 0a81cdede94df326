/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * adopt -- a new control process goes on where the former one was stopped.  Part of app.
 *
 * What a blob says was decided, what a relay's snapshot says was done; where they differ the decision is done
 * now, which does no harm when it is done twice.  So: agents and calls go back into the core as the blobs have
 * them, then each leg is given what the core wants it to hear.  What ended but may not have been recorded or
 * told is recorded and told again.  A call that nobody had answered is lost, and recorded so.
 */
#include "app/priv.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"

static void close_found(struct app *app, const struct app_found *f)
{
	struct app_leg leg = { .id = f->leg.head.leg, .relay = f->relay };
	union rp_any m = { 0 };

	(void)app_leg_send(app, &leg, &m, RP_LEG_CLOSE);
}

void app_found_leg(struct app *app, unsigned relay, const struct rp_leg_state *leg)
{
	struct app_found f = { .relay = relay, .leg = *leg };
	int err = app->is_adopted ? EALREADY : 0;

	app_clock(app);
	ids_above(&app->ids, leg->head.leg);
	if (!err)
		err = leg->len <= RP_BLOB_MAX ? saved_read(&f.saved, leg->blob, leg->len)
					      : EPROTO;
	if (!err && app->n_found == app->found_room) {
		size_t room = app->found_room ? 2 * app->found_room : 64;
		struct app_found *more = realloc(app->found, room * sizeof *more);

		if (more) {
			app->found = more;
			app->found_room = room;
		} else {
			err = ENOMEM;
		}
	}
	if (err) {
		log_warn("relay %u: leg %016" PRIx64 " of a former process is closed: %s",
			relay, leg->head.leg, strerror(err));
		close_found(app, &f);
		return;
	}
	app->found[app->n_found++] = f;
}

/* The array has moved while it grew, so what points into it is read again. */
static void read_all(struct app *app)
{
	for (size_t i = 0; i < app->n_found; i++)
		(void)saved_read(&app->found[i].saved, app->found[i].leg.blob,
			app->found[i].leg.len);
}

static const struct saved_call *call_of(const struct app_found *f)
{
	return f->saved.head.kind == SAVED_CALL ? &f->saved.call : NULL;
}

static bool has_dialog(const struct app_found *f)
{
	const struct saved_call *c = call_of(f);

	return c && c->dialog && c->state_len && c->state != CALL_SETUP;
}

size_t app_saved_dialogs(struct app *app, struct trunk_saved *out, size_t cap)
{
	size_t n = 0;

	read_all(app);
	for (size_t i = 0; i < app->n_found && n < cap; i++) {
		const struct app_found *f = &app->found[i];

		if (has_dialog(f))
			out[n++] = (struct trunk_saved){ .dialog = f->saved.call.dialog,
				.state = f->saved.state,
				.state_len = f->saved.call.state_len,
				.sdp = *f->saved.sdp ? f->saved.sdp : NULL };
	}
	return n;
}

/* --- agents and their lines --- */

static uint32_t queue_index(const struct app *app, uint64_t id)
{
	for (uint32_t i = 0; i < app->cfg.n_queues; i++)
		if (app->queues[i].id == id)
			return i;
	return UINT32_MAX;
}

static void restore_agent(
	struct app *app, struct app_agent *ag, const struct saved_line *s)
{
	struct acd_event ev = {
		.type = ACD_EV_AGENT_RESTORE,
		.agent = ag->cfg.id,
		.call = s->call,
		.saved_agent = { .state = s->state,
			.why = s->why,
			.since_ms = s->since_ms,
			.until_ms = s->until_ms,
			.idle_since_ms = s->idle_since_ms,
			.pause_after = s->pause_after,
			.work_after = s->work_after,
			.line_is_gone = ag->line.state != DESK_LINE_UP },
	};
	uint32_t queue = queue_index(app, s->queue);

	app_home_restore(app, ag, s);
	app_home_profile(ag, &ev);
	ag->seat = s->seat;
	ag->stops = s->stops;
	ag->call_queue = queue == UINT32_MAX ? 0 : queue;
	ag->call_waited_ms = s->waited_ms;
	ag->call_arrived_ms = s->arrived_ms;
	if (s->state != ACD_AGENT_OUT)
		(void)app_step(app, ev);
	app_door_restore(app, ag, s);
}

static enum desk_line line_state(const struct rp_leg_state *s)
{
	if (!s->is_up)
		return DESK_LINE_CONNECTING;
	return s->is_silent ? DESK_LINE_SILENT : DESK_LINE_UP;
}

static void adopt_line(struct app *app, struct app_found *f)
{
	const struct saved_line *s = &f->saved.line;
	struct app_agent *ag = app_agent_find(app, s->agent);

	/* two of one agent: the former process died while it changed them; legs' ids grow */
	if (!ag || ag->line.leg.id >= f->leg.head.leg)
		return;
	app_leg_close(app, &ag->line.leg);
	if (app_leg_take(app, &ag->line.leg, LEG_OF_LINE, ag, f->relay, &f->leg))
		return;
	f->is_taken = true;
	ag->line.state = line_state(&f->leg);
	ag->line.is_lossy = f->leg.is_lossy;
}

static void adopt_agents(struct app *app)
{
	for (size_t i = 0; i < app->n_found; i++)
		if (app->found[i].saved.head.kind == SAVED_LINE)
			adopt_line(app, &app->found[i]);
	for (size_t i = 0; i < app->n_found; i++) {
		const struct app_found *f = &app->found[i];
		struct app_agent *ag = f->saved.head.kind == SAVED_LINE
			? app_agent_find(app, f->saved.line.agent)
			: NULL;

		if (!ag || ag->line.leg.id != f->leg.head.leg)
			continue;
		restore_agent(app, ag, &f->saved.line);
		app_agent_adopted(app, ag);
		if (f->leg.feed == RP_FEED_CLIP)
			app_leg_stop(app, &ag->line.leg); /* nothing is offered now */
		ag->line.is_testing = f->leg.feed == RP_FEED_ECHO &&
			ag->line.state == DESK_LINE_UP;
	}
}

/* --- calls --- */

static bool read_call(struct app *app, struct app_call *call, struct app_found *f)
{
	const struct saved_call *s = &f->saved.call;

	call->state = s->state;
	call->sdp_id = s->sdp_id;
	call->sdp_version = s->sdp_version;
	call->arrived_ms = s->arrived_ms;
	call->since_ms = s->since_ms;
	call->arrived_wall_ms = s->arrived_wall_ms;
	call->accepted_ms = s->accepted_ms;
	call->was_answered = s->accepted_ms != 0; /* counted by the former process */
	call->accepted_by = s->accepted_by;
	call->accepted_waited_ms = s->accepted_waited_ms;
	call->left = (struct app_leaving){ s->left_by, s->left_at_ms, s->left_talk_ms,
		(enum acd_why)s->left_why };
	call->handed = (struct app_handing){ s->handed_by, s->handed_to,
		s->handed_at_ms };
	call->ended_ms = s->ended_ms;
	call->dir = s->dir;
	call->is_held = s->is_held;
	call->awaits_answer = s->awaits_answer;
	call->is_moving = s->is_moving;
	call->is_silent = f->leg.is_silent || !f->leg.is_up;
	call->is_recorded = true;
	call->first_queue = queue_index(app, s->first_queue);
	if (call->first_queue == UINT32_MAX)
		call->first_queue = call->queue;
	call->is_greeted = true;
	call->told_wait = s->told_wait;
	call->on_hold_ms = s->on_hold_ms;
	app_callback_read(call, s);
	app_menu_read(app, call, s);
	call->asked_queue = call->queue;
	if (f->leg.feed == RP_FEED_CLIP && !f->leg.loops)
		call->plays = f->leg.clip;
	call->n_codecs = s->n_codecs;
	for (size_t i = 0; i < s->n_codecs; i++) {
		call->codecs[i] = app_codec_offered(s->codecs[i].id);
		call->codecs[i].pt = s->codecs[i].pt;
	}
	app_codecs_tell(
		call->codecs, call->n_codecs, call->remote.codecs, &call->remote.dtmf_pt);
	memcpy(call->remote.addr, s->remote_addr, sizeof call->remote.addr);
	call->remote.port = s->remote_port;
	call->remote.rtcp_port = s->remote_rtcp_port;
	call->remote.deaf = call->dir == SDESC_RECVONLY || call->dir == SDESC_INACTIVE;
	(void)text_copy(call->end_why, sizeof call->end_why, s->why);
	call->sdp_sent = *f->saved.sdp ? strdup(f->saved.sdp) : NULL;
	call->srtp = s->srtp;
	app_srtp_adopt(app, call, s->suite);
	call->voice = app_call_voice(call);
	call->state_bytes = s->state_len ? malloc(s->state_len) : NULL;
	if (call->state_bytes) {
		memcpy(call->state_bytes, f->saved.state, s->state_len);
		call->state_len = s->state_len;
	}
	if (s->dialog && map_put(&app->call_by_dialog, s->dialog, call))
		return false;
	call->dialog = s->dialog;
	return true;
}

/* The writer may have been stopped before the last records were on disk. Those that are there stay as they are. */
static void record_again(
	struct app *app, const struct app_call *call, const struct saved_call *s)
{
	app_record_at(app, call, call->arrived_ms, STORE_ARRIVED, 0, -1, "");
	app_menu_record(app, call);
	if (call->accepted_ms)
		app_record_at(app, call, call->accepted_ms, STORE_ACCEPTED,
			call->accepted_by, call->accepted_waited_ms, "");
	if (call->on_hold_ms)
		app_record_at(app, call, call->on_hold_ms, STORE_HELD, s->agent, -1, "");
	if (call->left.by)
		app_record_at(app, call, call->left.at_ms, STORE_LEFT, call->left.by,
			call->left.talk_ms, acd_why_word(call->left.why));
	if (call->handed.by && call->handed.at_ms >= call->accepted_ms)
		app_transfer_record(app, call);
}

/* Its end had been decided, or nobody can go on with it: it is told and recorded, perhaps a second time. */
static void end_again(struct app *app, struct app_call *call)
{
	const char *why = call->state == CALL_ENDED ? call->end_why : "control_lost";
	int64_t at_ms = call->state == CALL_ENDED ? call->ended_ms : app_now_ms(app);

	if (call->dialog)
		app->ports.sip_hangup(app->ports.arg, call->dialog);
	app_call_over(app, call, at_ms, why);
}

static bool is_farewell_playing(
	const struct app *app, const struct app_call *call, const struct app_found *f)
{
	const struct app_queue_config *q = &app->queues[call->queue];

	return f->leg.feed == RP_FEED_CLIP &&
		(f->leg.clip == q->farewell || app_divert_has_message(q, f->leg.clip));
}

/* The relay has nothing of it: its row alone, or a call of ours that nobody took yet. */
static bool is_without_line(const struct saved_call *s)
{
	return s->callback >= CALLBACK_WAITING && s->state == CALL_QUEUED;
}

/* The same call with a line: it was reached, or its caller is still there. */
static bool has_line(const struct app *app, uint64_t id)
{
	for (size_t i = 0; i < app->n_found; i++) {
		const struct saved_call *s = call_of(&app->found[i]);

		if (s && s->id == id && !is_without_line(s))
			return true;
	}
	return false;
}

static void adopt_callback(struct app *app, struct app_found *f)
{
	const struct saved_call *s = &f->saved.call;
	uint32_t queue = queue_index(app, s->queue);
	struct app_call *call;

	f->is_taken = f->leg.head.leg == 0; /* else it is closed */
	call = map_find(&app->call_by_id, s->id);
	if (call && call->callback >= CALLBACK_WISHED)
		return; /* its leg has told more of it than its row */
	call = has_line(app, s->id) || queue == UINT32_MAX
		? NULL /* it was reached */
		: app_call_add(app, s->id, s->kind, queue);
	if (!call) {
		(void)app->ports.store_drop_callback(app->ports.arg, s->id);
		return;
	}
	ids_above(&app->ids, call->id);
	call->state = CALL_QUEUED;
	call->arrived_ms = call->since_ms = s->arrived_ms;
	call->arrived_wall_ms = s->arrived_wall_ms;
	call->is_recorded = call->is_greeted = true;
	app_callback_read(call, s);
	call->callback = CALLBACK_WAITING;
	call->asked_queue = queue;
	app_record_at(app, call, call->arrived_ms, STORE_ARRIVED, 0, -1, "");
	if (app_step(app,
		    (struct acd_event){ .type = ACD_EV_CALL_RESTORE,
			    .call = call->id,
			    .queue = queue,
			    .saved_call = app_callback_place(app, queue, s) }) !=
		ACD_DONE)
		app_call_end(app, call, "control_lost");
}

static void restore_call(
	struct app *app, struct app_call *call, const struct app_found *f)
{
	const struct saved_call *s = &f->saved.call;
	struct acd_event ev = {
		.type = ACD_EV_CALL_RESTORE,
		.call = call->id,
		.queue = call->queue,
		.agent = s->agent,
		.sensitivity = s->sensitivity,
		.to_agent = s->handed_until_ms ? s->handed_to : 0,
		.saved_call = { .arrived_ms = s->arrived_ms,
			.since_ms = s->since_ms,
			.wait_left_ms = s->wait_left_ms,
			.is_settled = s->is_settled,
			.handed_until_ms = s->handed_until_ms,
			.on_hold_until_ms = s->on_hold_until_ms },
	};

	if (call->callback == CALLBACK_WISHED)
		ev.saved_call = app_callback_place(app, call->queue, s);
	if (app_step(app, ev) != ACD_DONE) {
		call->state = CALL_FAREWELL; /* the core does not know it */
		app_call_end(app, call, "control_lost");
	}
}

static void adopt_call(struct app *app, struct app_found *f)
{
	const struct saved_call *s = &f->saved.call;
	uint32_t queue = queue_index(app, s->queue);
	struct app_call *call = map_find(&app->call_by_id, s->id)
		? NULL
		: app_call_add(app, s->id, s->kind, queue == UINT32_MAX ? 0 : queue);

	if (!call)
		return;
	ids_above(&app->ids, call->id);
	/* in the map before anything is sent for it */
	if (app_leg_take(app, &call->leg, LEG_OF_CALL, call, f->relay, &f->leg) ||
		!read_call(app, call, f)) {
		call->state = CALL_SETUP;
		end_again(app, call);
		return;
	}
	f->is_taken = true;
	if (call->state ==
		CALL_SETUP) { /* not recorded yet, and told nothing: it may come again */
		call->is_recorded = false;
		app_call_gone(app, call, "control_lost");
		return;
	}
	if (call->state == CALL_MENU) {
		app_menu_adopted(app, call);
		return;
	}
	record_again(app, call, s);
	if (call->state == CALL_ENDED || queue == UINT32_MAX)
		end_again(app, call);
	else if (call->state == CALL_QUEUED)
		restore_call(app, call, f);
	else if (!is_farewell_playing(app, call, f))
		app_call_end(app, call, *s->why ? s->why : "control_lost");
	else
		/* a browser whose line died meanwhile does not hear its end */
		app_call_await_farewell(app, call, f->leg.is_up ? FAREWELL_MS : 0);
}

static int by_arrival(const void *a, const void *b)
{
	const struct app_found *const *x = a, *const *y = b;
	const struct saved_call *p = &(*x)->saved.call, *q = &(*y)->saved.call;

	if (p->arrived_ms != q->arrived_ms)
		return p->arrived_ms < q->arrived_ms ? -1 : 1;
	if (p->id != q->id)
		return p->id < q->id ? -1 : 1;
	/* one call in two relays: it was about to move; legs' ids grow */
	return (*x)->leg.head.leg > (*y)->leg.head.leg ? -1 : 1;
}

static void adopt_calls(struct app *app)
{
	struct app_found **sorted = calloc(app->n_found + 1, sizeof(struct app_found *));
	size_t n = 0;

	for (size_t i = 0; sorted && i < app->n_found; i++)
		if (call_of(&app->found[i]))
			sorted[n++] = &app->found[i];
	if (n)
		qsort(sorted, n, sizeof(struct app_found *), by_arrival);
	for (size_t i = 0; i < n; i++) {
		if (is_without_line(&sorted[i]->saved.call))
			adopt_callback(app, sorted[i]);
		else
			adopt_call(app, sorted[i]);
	}
	free(sorted);
}

/* --- hops and what is heard --- */

static struct app_found *found_leg(struct app *app, uint64_t id)
{
	for (size_t i = 0; id && i < app->n_found; i++)
		if (app->found[i].leg.head.leg == id)
			return &app->found[i];
	return NULL;
}

/* The hop that joins a call with a line in another relay, whole as it was left; else it is made anew. */
static bool adopt_hop(struct app *app, struct app_call *call, const struct app_found *f)
{
	struct app_found *near = found_leg(app, f->saved.call.hop_near);
	struct app_found *far = found_leg(app, f->saved.call.hop_far);
	const struct app_agent *ag = app_agent_find(app, call->agent);

	if (!near || !far || !ag || f->leg.joined != near->leg.head.leg ||
		far->leg.joined != ag->line.leg.id || near->is_taken || far->is_taken)
		return false;
	if (app_leg_take(
		    app, &call->hop_near, LEG_OF_HOP, call, near->relay, &near->leg) ||
		app_leg_take(
			app, &call->hop_far, LEG_OF_HOP, call, far->relay, &far->leg)) {
		app_hop_close(app, call);
		return false;
	}
	near->is_taken = far->is_taken = true;
	return true;
}

/* What the core made of it while nobody could tell. */
static void record_change(
	struct app *app, const struct app_call *call, const struct saved_call *s)
{
	if (!s->agent)
		return;
	if (!call->agent)
		app_record(app, call, STORE_LEFT, s->agent, -1, "control_lost");
	else if (call->is_interrupted && !s->is_interrupted)
		app_record(app, call, STORE_INTERRUPTED, s->agent, -1,
			acd_why_word(ACD_WHY_LINE_LOST));
	else if (call->is_talking && s->is_interrupted)
		app_record(app, call, STORE_RESUMED, s->agent, -1, "");
}

/* It heard an agent and does not any more. */
static bool is_parted(const struct app_call *call, const struct saved_call *s)
{
	return s->agent && !s->is_interrupted && !s->on_hold_ms && !call->is_talking;
}

/* It is on hold, and its leg has not been told. */
static bool is_held(const struct app_call *call, const struct app_found *f)
{
	return call->on_hold_ms && f->leg.feed != RP_FEED_CLIP;
}

/* It was handed on, and its leg has not been told, or not to the end. */
static bool is_handed(const struct app_call *call, const struct saved_call *s,
	const struct app_found *f)
{
	return call->handed.by && !s->agent && f->leg.feed != RP_FEED_CLIP;
}

/* What plays is what a waiting caller should hear; indices may have moved with the configuration. */
static bool plays_well(
	const struct app *app, const struct app_call *call, const struct app_found *f)
{
	const struct app_queue_config *q = &app->queues[call->queue];
	uint32_t clip = f->leg.clip;

	if (f->leg.feed != RP_FEED_CLIP)
		return false;
	return f->leg.loops
		? clip == q->music
		: clip == q->greeting || clip == q->apology || clip == q->transfer ||
			clip == q->hold || app_announce_has(q, clip);
}

/* The core has its say; then the leg hears what it should. */
static void feed(struct app *app, struct app_call *call, const struct app_found *f)
{
	struct acd_call_info info;
	union rp_any m = { 0 };
	const struct saved_call *s = &f->saved.call;
	const struct app_agent *ag;
	bool is_joined;

	if (!acd_call(&app->acd, call->id, &info))
		return;
	call->agent = info.state == ACD_CALL_WAITING ? 0 : info.agent;
	call->is_talking = info.state == ACD_CALL_TALKING;
	call->is_interrupted = info.state == ACD_CALL_INTERRUPTED;
	if (info.state != ACD_CALL_ON_HOLD)
		call->on_hold_ms = 0;
	ag = app_agent_find(app, call->agent);
	is_joined = call->is_talking && ag &&
		(f->leg.joined == ag->line.leg.id || adopt_hop(app, call, f));
	call->accepted_us = app->now_us; /* should its voices be joined anew */
	if (!is_joined && f->leg.feed == RP_FEED_JOIN)
		(void)app_leg_send(app, &call->leg, &m, RP_PART);
	record_change(app, call, s);
	if (s->agent && !call->agent)
		call->handed = (struct app_handing){ 0 };
	if (call->callback >= CALLBACK_WISHED) {
		app_callback_adopted(app, call);
		return;
	}
	if (call->is_moving && !app_move_go_on(app, call))
		return;
	if (is_parted(call, s))
		app_call_music(app, call, app->queues[call->queue].apology);
	else if (is_handed(call, s, f))
		app_call_music(app, call, app->queues[call->queue].transfer);
	else if (is_held(call, f))
		app_call_music(app, call, app->queues[call->queue].hold);
	else if (!is_joined && (call->is_talking || !plays_well(app, call, f)))
		app_call_feed(app, call);
	else if (is_joined)
		app_measure_begin(
			app, call, ag); /* from here on: of before nothing is known */
	app_announce_go_on(app, call);
	app_call_silence_rule(app, call);
	app_keep_call(app, call);
}

static void feed_all(struct app *app)
{
	for (size_t i = 0; i < app->n_found; i++) {
		const struct app_found *f = &app->found[i];
		struct app_call *call = call_of(f)
			? map_find(&app->call_by_id, f->saved.call.id)
			: NULL;

		if (call && call->leg.id && call->leg.id == f->leg.head.leg &&
			call->state == CALL_QUEUED)
			feed(app, call, f);
	}
}

void app_adopt(struct app *app)
{
	app_clock(app);
	read_all(app);
	adopt_agents(app);
	adopt_calls(app);
	if (app->n_found)
		log_info("what a former process left in %zu legs goes on: %zu calls",
			app->n_found, app->n_calls);
	feed_all(app);
	(void)app_step(app, (struct acd_event){ .type = ACD_EV_RESTORED });
	app->is_adopted = true;
	app_hours_look(app);
	app_pulse_begin(app);
	for (size_t i = 0; i < app->cfg.n_agents; i++) {
		app_keep_line(app, &app->agents[i]);
		app_stop_look(app, &app->agents[i]);
	}
	for (size_t i = 0; i < app->cfg.n_agents; i++)
		app_people_go_on(app, &app->agents[i]);
	for (size_t i = 0; i < app->n_found; i++)
		if (!app->found[i].is_taken &&
			!map_find(&app->leg_by_id, app->found[i].leg.head.leg))
			close_found(app, &app->found[i]);
	free(app->found);
	app->found = NULL;
	app->n_found = app->found_room = 0;
	for (unsigned i = 0; i < app->cfg.n_relays; i++) {
		if (app->relays[i].lost_found)
			app_relay_legs_lost(app, i);
		if (app->relays[i].is_draining)
			app_relay_drain(app, i);
	}
}

size_t app_call_ids(const struct app *app, uint64_t *out, size_t cap)
{
	const struct list *lists[] = { &app->calls, &app->ended };
	size_t n = 0;

	for (size_t i = 0; i < 2; i++)
		list_each(it, lists[i])
		{
			if (n < cap)
				out[n++] = list_entry(it, struct app_call, node)->id;
		}
	return n;
}
