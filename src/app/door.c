/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * door -- what hangs at the door of an agent's room: may somebody come in?  Part of app.
 *
 * The agent's desk asks for a token, shows it as a QR code, and a device at the door opens its page with it.  The
 * token opens the socket of that page and nothing else; the page is told one of five words, and at the agent's
 * own wish until when a pause lasts.  It is told when the word changes and at no other time, so that not even the
 * number of messages says how often somebody calls [RULES N1, N10, N11].  Nothing of it is recorded.
 *
 * The token lives as long as the shift, its SHA-256 in memory and in the blob of the agent's line (saved.h): where
 * the shift outlives this process, so does the token.
 */
#include "app/priv.h"

#include <openssl/crypto.h>
#include <string.h>

#include "base/text.h"

#define MINUTE_MS 60000

/* docs/desk.md, "The door", says why so. */
static enum desk_door_state door_state_of(enum desk_state state)
{
	static const enum desk_door_state states[] = {
		[DESK_STATE_OUT] = DESK_DOOR_OVER,
		[DESK_STATE_AWAY] = DESK_DOOR_PAUSE,
		[DESK_STATE_READY] = DESK_DOOR_FREE,
		[DESK_STATE_OFFERED] = DESK_DOOR_FREE,
		[DESK_STATE_TALKING] = DESK_DOOR_CALL,
		[DESK_STATE_INTERRUPTED] = DESK_DOOR_CALL,
		[DESK_STATE_WRAPUP] = DESK_DOOR_WORK,
		[DESK_STATE_PAUSE] = DESK_DOOR_PAUSE,
		[DESK_STATE_WORK] = DESK_DOOR_WORK,
		[DESK_STATE_HOLD] = DESK_DOOR_CALL,
	};

	return states[state];
}

static enum desk_door_state state_now(const struct app *app, const struct app_agent *ag)
{
	return door_state_of(app_agent_state(app, ag));
}

static int64_t wall_ms(const struct app *app)
{
	return app->ports.wall_ms(app->ports.arg);
}

static void show(struct app *app, uint64_t conn, const struct desk_door *d)
{
	if (conn)
		app->ports.door_view(app->ports.arg, conn, d);
}

static void forget_back(struct app *app, struct app_door *door)
{
	app_timer_stop(app, &door->back);
	door->back_at_ms = 0;
}

/* The token opens nothing more, and its pages are told so. */
static void end(struct app *app, struct app_door *door)
{
	for (size_t i = 0; i < DOOR_PAGES_MAX; i++)
		if (door->conns[i])
			app->ports.page_close(app->ports.arg, door->conns[i],
				CLOSE_SESSION_ENDED, "the code has ended");
	forget_back(app, door);
	*door = (struct app_door){ .is_on = false };
}

void app_door_end(struct app *app, struct app_agent *ag)
{
	if (ag->door.is_on)
		end(app, &ag->door);
}

void app_door_show(struct app *app, struct app_agent *ag)
{
	struct app_door *door = &ag->door;
	struct desk_door now = { .state = state_now(app, ag) };

	if (!door->is_on)
		return;
	/* it was said of the pause that was */
	if (now.state != DESK_DOOR_PAUSE)
		forget_back(app, door);
	now.back_at_ms = door->back_at_ms;
	if (now.state == door->shown.state && now.back_at_ms == door->shown.back_at_ms)
		return;
	door->shown = now;
	for (size_t i = 0; i < DOOR_PAGES_MAX; i++)
		show(app, door->conns[i], &now);
	if (now.state == DESK_DOOR_OVER)
		end(app, door);
}

void app_door_fill(const struct app_agent *ag, struct desk_view *v)
{
	v->has_door = ag->door.is_on;
	v->back_at_ms = ag->door.back_at_ms;
	for (size_t i = 0; i < DOOR_PAGES_MAX; i++)
		v->door_pages += ag->door.conns[i] != 0;
}

/* --- the desk's wishes --- */

/* Kept before anybody is told. */
static void changed(struct app *app, struct app_agent *ag)
{
	app_keep_line(app, ag);
	app_agent_show(app, ag);
}

static bool open_door(struct app *app, struct app_agent *ag, const struct desk_msg *m)
{
	struct app_door *door = &ag->door;
	struct desk_door now = { .state = state_now(app, ag) };
	uint8_t secret[32];
	char token[2 * sizeof secret + 1];

	if (now.state == DESK_DOOR_OVER)
		return false;
	end(app, door);
	app->ports.random(app->ports.arg, secret, sizeof secret);
	text_hex(token, sizeof token, secret, sizeof secret);
	app_token_hash(door->hash, token);
	door->is_on = true;
	door->shown = now;
	app_keep_line(app, ag);
	app->ports.door_token(app->ports.arg, ag->conn, token, m->ref);
	OPENSSL_cleanse(secret, sizeof secret);
	OPENSSL_cleanse(token, sizeof token);
	return true;
}

static void back_is_due(struct app *app, void *owner)
{
	struct app_agent *ag = owner;

	forget_back(app, &ag->door);
	changed(app, ag);
}

static void await_back(struct app *app, struct app_agent *ag, int64_t at_ms)
{
	ag->door.back_at_ms = at_ms;
	app_timer_set(app, &ag->door.back, at_ms - wall_ms(app), back_is_due, ag);
}

/* To the full minute after it: that is what a door says. */
static bool say_back(struct app *app, struct app_agent *ag, const struct desk_msg *m)
{
	int64_t at_ms = wall_ms(app) + (int64_t)m->minutes * MINUTE_MS + MINUTE_MS - 1;

	if (!ag->door.is_on || ag->door.shown.state != DESK_DOOR_PAUSE)
		return false;
	if (m->minutes)
		await_back(app, ag, at_ms - at_ms % MINUTE_MS);
	else
		forget_back(app, &ag->door);
	return true;
}

static bool end_door(struct app *app, struct app_agent *ag)
{
	if (!ag->door.is_on)
		return false;
	end(app, &ag->door);
	return true;
}

void app_door_command(struct app *app, struct app_agent *ag, const struct desk_msg *m)
{
	bool is_done = m->type == DESK_DOOR_OPEN ? open_door(app, ag, m)
		: m->type == DESK_DOOR_BACK      ? say_back(app, ag, m)
						 : end_door(app, ag);

	if (is_done)
		changed(app, ag);
	else
		app->ports.page_error(app->ports.arg, ag->conn, "not_now", m->ref);
}

/* --- the pages at the door --- */

uint64_t app_door(struct app *app, const char *token)
{
	uint8_t hash[STORE_HASH_SIZE];

	app_token_hash(hash, token);
	for (size_t i = 0; i < app->cfg.n_agents; i++) {
		const struct app_door *door = &app->agents[i].door;

		if (door->is_on && CRYPTO_memcmp(hash, door->hash, sizeof hash) == 0)
			return app->agents[i].cfg.id;
	}
	return 0;
}

static uint64_t *place_of(struct app_agent *ag, uint64_t conn)
{
	for (size_t i = 0; i < DOOR_PAGES_MAX; i++)
		if (ag->door.conns[i] == conn)
			return &ag->door.conns[i];
	return NULL;
}

void app_door_opened(struct app *app, uint64_t conn, uint64_t agent)
{
	struct app_agent *ag = app_agent_find(app, agent);
	uint64_t *place = ag && ag->door.is_on ? place_of(ag, 0) : NULL;
	struct app_page *page;

	if (!place) {
		app->ports.page_close(
			app->ports.arg, conn, CLOSE_DOOR_FULL, "no more displays");
		return;
	}
	app_page_opened(app, conn, agent, 0);
	page = map_find(&app->page_by_conn, conn);
	if (!page)
		return; /* no memory: it was told to go */
	page->is_door = true;
	*place = conn;
	app_agent_show(app, ag);
}

void app_door_message(struct app *app, struct app_page *page, const struct desk_msg *m)
{
	if (m->type != DESK_HELLO)
		app->ports.page_error(app->ports.arg, page->conn, "not_here", m->ref);
	else if (place_of(page->agent, page->conn))
		show(app, page->conn, &page->agent->door.shown);
}

void app_door_closed(struct app *app, struct app_page *page)
{
	uint64_t *place = place_of(page->agent, page->conn);

	if (!place)
		return;
	*place = 0;
	app_agent_show(app, page->agent);
}

/* --- from one process to the next --- */

void app_door_save(const struct app_agent *ag, struct saved_line *s)
{
	s->has_door = ag->door.is_on;
	s->back_at_ms = ag->door.back_at_ms;
	memcpy(s->door_hash, ag->door.hash, sizeof s->door_hash);
}

void app_door_restore(struct app *app, struct app_agent *ag, const struct saved_line *s)
{
	struct app_door *door = &ag->door;
	struct desk_door now = { .state = state_now(app, ag) };

	if (!s->has_door || now.state == DESK_DOOR_OVER)
		return;
	door->is_on = true;
	memcpy(door->hash, s->door_hash, sizeof door->hash);
	if (now.state == DESK_DOOR_PAUSE && s->back_at_ms > wall_ms(app))
		await_back(app, ag, s->back_at_ms);
	door->shown = now;
	door->shown.back_at_ms = door->back_at_ms;
}
