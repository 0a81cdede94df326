/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* story_page -- what pages say: desks, callers, displays at a door. */
#include "story_inputs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

static void open_page(struct house *h, const struct story_args *a)
{
	const char *token = *a->v[1] ? a->v[1] : HOUSE_DESK;
	uint64_t agent = house_agent(a->v[0]);

	if (agent == 1 && !*a->v[1] && !app_session_number(h->app, token))
		house_desk_session(h); /* she logged out */
	app_page_opened(h->app, house_conn(a->v[0]), agent,
		agent ? app_session_number(h->app, token) : 0);
}

static void close_page(struct house *h, const struct story_args *a)
{
	app_page_closed(h->app, house_conn(a->v[0]));
}

static void say(struct house *h, const struct story_args *a)
{
	static const struct {
		const char *word;
		enum desk_msg_type type;
	} words[] = { { "hello", DESK_HELLO }, { "old-hello", DESK_HELLO },
		{ "line", DESK_LINE_OFFER }, { "codec", DESK_LINE_CODEC },
		{ "test", DESK_LINE_TEST }, { "stats", DESK_LINE_STATS },
		{ "start", DESK_SHIFT_START }, { "end", DESK_SHIFT_END },
		{ "ready", DESK_READY }, { "pause", DESK_PAUSE }, { "work", DESK_WORK },
		{ "accept", DESK_ACCEPT }, { "decline", DESK_DECLINE },
		{ "hangup", DESK_HANGUP }, { "hold", DESK_HOLD },
		{ "resume", DESK_RESUME }, { "hand_over", DESK_HAND_OVER },
		{ "transfer", DESK_TRANSFER }, { "targets", DESK_TARGETS },
		{ "key", DESK_KEY }, { "wrapup.done", DESK_WRAPUP_DONE },
		{ "logout", DESK_LOGOUT }, { "door.open", DESK_DOOR_OPEN },
		{ "door.end", DESK_DOOR_END }, { "door.back", DESK_DOOR_BACK },

		{ "declare", DESK_DECLARE }, { "workplace", DESK_WORKPLACE },
		{ "agreement.end", DESK_AGREEMENT_END }, { "call", DESK_CALL } };
	struct desk_msg m = { .protocol = DESK_PROTOCOL, .ref = "r" };
	const char *word = a->v[1];

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i].word, word) == 0) {
			m.type = words[i].type;
			if (strcmp(word, "old-hello") == 0)
				m.protocol++;
			if (m.type == DESK_LINE_OFFER || m.type == DESK_LINE_CODEC ||
				m.type == DESK_CALL)
				m.sdp = story_sdp(*a->v[2] ? a->v[2] : "line");
			m.on = strcmp(a->v[2], "on") == 0 ||
				strcmp(a->v[2], "home") == 0 ||
				strcmp(a->v[2], "hand_over") == 0 ||
				strcmp(a->v[2], "changed") == 0;
			m.has_line = strcmp(a->v[2], "line") == 0;
			if (strcmp(a->v[3], "own") == 0)
				m.seat = h->seat;
			else if (strcmp(a->v[3], "former") == 0)
				m.seat = h->former_seat;
			m.minutes = (uint32_t)story_number(a->v[2]);
			m.digit = m.type == DESK_KEY ? (uint8_t)story_number(a->v[3]) : 0;
			m.call = house_call(h, a->v[2]);
			if (strcmp(a->v[3], "queue") == 0)
				m.to_queue = story_number(a->v[4]);
			else if (m.type == DESK_TRANSFER)
				m.to_agent = house_agent(a->v[3]);
			app_page_message(h->app, house_conn(a->v[0]), &m);
			return;
		}
	fail_msg("no page can say \"%s\"", word);
}

static const char *door_token(const struct house *h, const char *word)
{
	return strcmp(word, "former") == 0   ? h->former_door
		: strcmp(word, "login") == 0 ? h->token
		: *word                      ? word
					     : h->door;
}

/* "knock d1": a page at a door comes with the last token, as the web lets it in; "knock d1 former": with another */
static void knock(struct house *h, const struct story_args *a)
{
	uint64_t agent = app_door(h->app, door_token(h, a->v[1]));

	if (!agent) {
		house_note(h, "%s stays outside", a->v[0]);
		return;
	}
	app_door_opened(h->app, house_conn(a->v[0]), agent);
	app_page_message(h->app, house_conn(a->v[0]),
		&(struct desk_msg){ .type = DESK_HELLO, .protocol = DESK_PROTOCOL });
}

/* "door-session": a door's token as a session's */
static void door_session(struct house *h, const struct story_args *a)
{
	house_note(h, "session %s", house_agent_name(app_session(h->app, h->door)));
}

static void bad_message(struct house *h, const struct story_args *a)
{
	app_page_bad_message(h->app, house_conn(a->v[0]), EBADMSG);
}

const struct story_input story_page[] = {
	{ "open", open_page, false },
	{ "close", close_page, false },
	{ "say", say, false },
	{ "bad-message", bad_message, false },
	{ "knock", knock, false },
	{ "door-session", door_session, false },
	{ 0 },
};
