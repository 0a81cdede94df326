/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * relays -- the set of relays and the legs in them.  Part of app.
 *
 * A handle is always a relay and a leg.  A leg's id is in leg_by_id from app_leg_make() to app_leg_close();
 * what a relay says about any other leg is late news and is dropped.
 */
#include "app/priv.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/log.h"

_Static_assert(APP_RELAYS_MAX <= 32, "a bit for each relay");

static bool is_avoided(const struct app *app, const struct app_relay *r)
{
	return r->avoid_until_ms > app_now_ms(app);
}

static bool is_better(
	const struct app *app, const struct app_relay *a, const struct app_relay *b)
{
	if (is_avoided(app, a) != is_avoided(app, b))
		return is_avoided(app, b);
	return a->n_legs < b->n_legs;
}

/* The relay with the fewest legs among those that are up and shall stay, and whose bit in `tried` is not set; one that
 * failed lately only for want of another. */
static int choose(const struct app *app, uint32_t tried, unsigned *relay)
{
	const struct app_relay *best = NULL;

	for (unsigned i = 0; i < app->cfg.n_relays; i++) {
		const struct app_relay *r = &app->relays[i];

		if (!r->is_up || r->is_draining || tried & 1u << i ||
			(best && !is_better(app, r, best)))
			continue;
		best = r;
		*relay = i;
	}
	return best ? 0 : EAGAIN;
}

static void count(struct app *app, const struct app_leg *leg, int by)
{
	struct app_relay *r = &app->relays[leg->relay];

	r->n_legs += (uint32_t)by;
	if (leg->kind == LEG_OF_LINE)
		r->n_lines += (uint32_t)by;
}

int app_leg_make_in(struct app *app, unsigned relay, struct app_leg *leg,
	enum leg_owner kind, void *owner, union rp_any *m, uint16_t type)
{
	int err;

	*leg = (struct app_leg){
		.id = app_new_id(app), .relay = relay, .kind = kind, .owner = owner
	};
	err = map_put(&app->leg_by_id, leg->id, leg);
	if (err) {
		*leg = (struct app_leg){ 0 };
		return err;
	}
	count(app, leg, 1);
	err = app_leg_send(app, leg, m, type);
	if (err)
		app_leg_close(app, leg);
	return err;
}

int app_leg_make(struct app *app, struct app_leg *leg, enum leg_owner kind, void *owner,
	union rp_any *m, uint16_t type)
{
	uint32_t tried = 0;
	unsigned relay = 0;
	int err = choose(app, tried, &relay);

	while (!err) {
		err = app_leg_make_in(app, relay, leg, kind, owner, m, type);
		if (err != EPIPE && err != ENOTCONN && err != ENOBUFS)
			return err;
		/* it has died, and app_relay_gone() comes a moment later; or it answers too slowly */
		app_relay_avoid(app, relay);
		tried |= 1u << relay;
		err = choose(app, tried, &relay);
	}
	return err;
}

int app_leg_take(struct app *app, struct app_leg *leg, enum leg_owner kind, void *owner,
	unsigned relay, const struct rp_leg_state *s)
{
	union rp_any m = { 0 };
	int err;

	*leg = (struct app_leg){ .id = s->head.leg,
		.relay = relay,
		.kind = kind,
		.owner = owner,
		.is_made = true,
		.is_up = s->is_up,
		.ok = s->ok };
	err = map_put(&app->leg_by_id, leg->id, leg);
	if (err) {
		*leg = (struct app_leg){ 0 };
		return err;
	}
	count(app, leg, 1);
	(void)app_leg_send(app, leg, &m, RP_CLAIM);
	return 0;
}

/* A relay that shall end and carries nothing any more is told so; a new one is started. Where it is the only one,
 * lines stay as long as there are calls, and then make room. */
static void quit_when_empty(struct app *app, unsigned relay)
{
	struct app_relay *r = &app->relays[relay];
	union rp_any m = { 0 };

	/* while a former process's legs are taken over it may have some that are not counted yet */
	if (!app->is_adopted || !r->is_draining || !r->is_up || r->is_told ||
		r->n_legs > r->n_lines)
		return;
	if (r->n_legs == 0) {
		r->is_told = app->ports.relay_send(
				     app->ports.arg, relay, &m, RP_QUIT, 0) == 0;
		return;
	}
	for (size_t i = 0; i < app->cfg.n_agents; i++)
		if (app->agents[i].line.leg.id && app->agents[i].line.leg.relay == relay)
			app_line_move_soon(app, &app->agents[i]);
}

void app_leg_close(struct app *app, struct app_leg *leg)
{
	union rp_any m = { 0 };
	unsigned relay = leg->relay;

	if (!leg->id)
		return;
	map_drop(&app->leg_by_id, leg->id);
	count(app, leg, -1);
	(void)app_leg_send(
		app, leg, &m, RP_LEG_CLOSE); /* a relay that is gone has no legs */
	*leg = (struct app_leg){ 0 };
	quit_when_empty(app, relay);
}

int app_leg_send(
	struct app *app, const struct app_leg *leg, union rp_any *m, uint16_t type)
{
	if (!leg->id || !app->relays[leg->relay].is_up)
		return ENOTCONN;
	return app->ports.relay_send(app->ports.arg, leg->relay, m, type, leg->id);
}

void app_leg_play(struct app *app, const struct app_leg *leg, uint32_t clip, bool loop)
{
	union rp_any m = { .play = { .clip = clip, .loop = loop } };

	if (clip != APP_NO_CLIP)
		(void)app_leg_send(
			app, leg, &m, RP_PLAY); /* without it there is silence, no more */
}

void app_leg_stop(struct app *app, const struct app_leg *leg)
{
	union rp_any m = { 0 };

	(void)app_leg_send(app, leg, &m, RP_STOP);
}

/* Away from relays that drain, where there is another. */
static void move_lines(struct app *app)
{
	for (size_t i = 0; i < app->cfg.n_agents; i++)
		app_line_move(app, &app->agents[i]);
}

static void note_port(struct app_relay *r, const struct app_leg *leg)
{
	unsigned pair = leg->ok.port / 2;

	r->has_lost_ports = true;
	r->lost_ports[pair / 64] |= UINT64_C(1) << pair % 64;
}

/* Of a process that died: a caller must not be heard in another's call, because that got its port. */
static void note_ports(struct app *app, unsigned relay, const struct list *calls)
{
	list_each(it, calls)
	{
		const struct app_call *call = list_entry(it, struct app_call, node);
		const struct app_leg *const legs[] = { &call->leg, &call->hop_near,
			&call->hop_far };

		for (size_t i = 0; i < sizeof legs / sizeof *legs; i++)
			if (legs[i]->id && legs[i]->relay == relay && legs[i]->ok.port)
				note_port(&app->relays[relay], legs[i]);
	}
}

/* Told to the next process, 0 when all was sent. */
static int send_lost_ports(struct app *app, unsigned relay)
{
	const uint64_t *lost = app->relays[relay].lost_ports;
	union rp_any m = { 0 };
	size_t n = 0;
	int err = 0;

	for (unsigned pair = 0; !err && pair <= UINT16_MAX / 2; pair++) {
		if (!(lost[pair / 64] >> pair % 64 & 1))
			continue;
		m.rest.ports[n++] = (uint16_t)(2 * pair);
		if (n < RP_REST_MAX)
			continue;
		err = app->ports.relay_send(app->ports.arg, relay, &m, RP_REST, 0);
		m = (union rp_any){ 0 };
		n = 0;
	}
	return err || !n ? err
			 : app->ports.relay_send(app->ports.arg, relay, &m, RP_REST, 0);
}

static void rest_ports(struct app *app, unsigned relay)
{
	struct app_relay *r = &app->relays[relay];

	if (!r->has_lost_ports || !r->is_up || send_lost_ports(app, relay))
		return;
	r->has_lost_ports = false;
	memset(r->lost_ports, 0, sizeof r->lost_ports);
}

void app_relay_up(struct app *app, unsigned relay, const struct rp_hello_ok *hello)
{
	app_clock(app);
	app->relays[relay].is_up = true;
	app->relays[relay].is_told = false;
	app->relays[relay].is_draining = hello->is_draining;
	app->relays[relay].hello = *hello;
	rest_ports(app, relay);
	if (!app->is_adopted)
		return;
	app_move_try_all(app);
	move_lines(app);
}

bool app_relay_is_leaving(const struct app *app, unsigned relay)
{
	if (!app->relays[relay].is_draining)
		return false;
	if (app->relays[relay].n_legs == app->relays[relay].n_lines)
		return true;
	for (unsigned i = 0; i < app->cfg.n_relays; i++)
		if (i != relay && app->relays[i].is_up && !app->relays[i].is_draining)
			return true;
	return false;
}

/* Lines move to another relay where there is one, each outside its talks, else at the end; calls stay until they
 * end. */
void app_relay_drain(struct app *app, unsigned relay)
{
	app_clock(app);
	app->relays[relay].is_draining = true;
	log_info("relay %u drains: %" PRIu32 " legs are left", relay,
		app->relays[relay].n_legs);
	move_lines(app);
	quit_when_empty(app, relay);
}

void app_relay_legs_lost(struct app *app, unsigned relay)
{
	note_ports(app, relay, &app->calls);
	note_ports(app, relay, &app->ended);
	rest_ports(app, relay); /* the next process may be there already */
	for (size_t i = 0; i < app->cfg.n_agents; i++)
		if (app->agents[i].line.leg.id &&
			app->agents[i].line.leg.relay == relay) {
			app_line_lost(app, &app->agents[i]);
			app_line_close(app, &app->agents[i]);
			app_agent_show(app, &app->agents[i]);
		}
	list_each_safe(it, &app->calls)
	{
		struct app_call *call = list_entry(it, struct app_call, node);

		if (call->leg.id && call->leg.relay == relay)
			app_move_start(app, call);
	}
	/* of ended calls, too: its next process has none of them */
	list_each(it, &app->ended)
	{
		struct app_call *call = list_entry(it, struct app_call, node);

		if (call->leg.id && call->leg.relay == relay)
			app_leg_close(app, &call->leg);
	}
}

void app_relay_gone(struct app *app, unsigned relay)
{
	app_clock(app);
	app->relays[relay].is_up = false;
	app->relays[relay].is_draining = false;
	app->relays[relay].lost_found = !app->is_adopted;
	app_measure_relay_gone(app, relay);
	app_relay_legs_lost(app, relay);
}

uint32_t app_relay_legs(const struct app *app, unsigned relay)
{
	return app->relays[relay].n_legs;
}

void app_relay_avoid(struct app *app, unsigned relay)
{
	app->relays[relay].avoid_until_ms = app_now_ms(app) + RELAY_AVOID_MS;
}

static void leg_made(struct app *app, struct app_leg *leg, const struct rp_leg_ok *ok)
{
	leg->is_made = true;
	leg->ok = *ok;
	if (leg->kind == LEG_OF_CALL)
		app_call_leg_made(app, leg->owner);
	else if (leg->kind == LEG_OF_LINE)
		app_line_leg_made(app, leg->owner);
	else if (app_hop_leg_made(app, leg->owner))
		app_call_join_failed(app, leg->owner);
}

static bool is_creation(uint16_t command)
{
	return command == RP_LEG_RTP || command == RP_LEG_WEB;
}

static void command_failed(
	struct app *app, struct app_leg *leg, uint16_t command, int err)
{
	/* EPIPE: the relay died, which app_relay_gone() is about to tell; a leg that is not there for a blob or for its
	 * figures is gone, which is told too */
	if (err == EPIPE || command == RP_BLOB || command == RP_STATS)
		return;
	log_warn("relay %u refused command %u for leg %016" PRIx64 ": %s", leg->relay,
		command, leg->id, strerror(err));
	if (is_creation(command))
		app_relay_avoid(app, leg->relay);
	if (leg->kind == LEG_OF_LINE && is_creation(command))
		app_line_lost(app, leg->owner);
	else if (leg->kind == LEG_OF_CALL && is_creation(command)) {
		if (!app_dial_leg_lost(app, leg->owner))
			app_call_end(app, leg->owner, "no_media");
	} else if (leg->kind == LEG_OF_CALL && command == RP_PLAY)
		app_call_clip_failed(app, leg->owner);
	else if (leg->kind == LEG_OF_HOP ||
		(leg->kind == LEG_OF_CALL && command == RP_JOIN))
		app_call_join_failed(app, leg->owner);
}

void app_relay_reply(
	struct app *app, unsigned relay, uint16_t command, const union rp_any *m)
{
	struct app_leg *leg = map_find(&app->leg_by_id, m->head.leg);

	app_clock(app);
	if (command == RP_STATS)
		app_measure_stats(app, relay, m); /* also of a leg that we gave up */
	if (!leg || leg->relay != relay)
		return;
	if (m->head.type == RP_LEG_OK)
		leg_made(app, leg, &m->leg_ok);
	else if (m->head.type == RP_STATS_OK && leg->kind == LEG_OF_LINE)
		app_line_stats(app, leg->owner, &m->stats);
	else if (m->head.err)
		command_failed(app, leg, command, m->head.err);
}

void app_relay_event(struct app *app, unsigned relay, const union rp_any *m)
{
	struct app_leg *leg = map_find(&app->leg_by_id, m->head.leg);

	app_clock(app);
	if (!leg || leg->relay != relay)
		return;
	if (m->head.type == RP_EV_UP)
		leg->is_up = true;
	/* a hop's events say nothing that its parties' legs do not say themselves */
	if (leg->kind == LEG_OF_CALL)
		app_call_leg_event(app, leg->owner, m);
	else if (leg->kind == LEG_OF_LINE)
		app_line_leg_event(app, leg->owner, m);
}
