/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* farm_agent -- see farm_agent.h: what the desk says and is told, and the agent's habits. */
#include "tools/farm_agent.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tools/farm_agent_inner.h"
#include "tools/stamp.h"

#define AGAIN_US 500000

int farm_agent_send(struct farm_agent *a, json_t *message)
{
	char *text = json_dumps(message, JSON_COMPACT);
	int err = text ? ws_client_send(&a->ws, text, strlen(text)) : ENOMEM;

	free(text);
	json_decref(message);
	return err;
}

int farm_agent_say(struct farm_agent *a, const char *type)
{
	if (!*a->call)
		return farm_agent_send(a, json_pack("{s:s}", "t", type));
	return farm_agent_send(a, json_pack("{s:s, s:s}", "t", type, "call", a->call));
}

/* A habit's word: again only after a while, for the first may have been lost with the centre. */
static void say_once(struct farm_agent *a, const char *type, int64_t now_us)
{
	if (strcmp(a->said, type) == 0 && now_us < a->said_us + AGAIN_US)
		return;
	if (farm_agent_say(a, type))
		return;
	(void)text_copy(a->said, sizeof a->said, type);
	a->said_us = now_us;
}

static bool is_due(const struct farm_agent *a, int64_t after_ms, int64_t now_us)
{
	return after_ms >= 0 && now_us >= a->state_us + after_ms * 1000;
}

static bool is(const struct farm_agent *a, const char *state)
{
	return strcmp(a->state, state) == 0;
}

static void follow_habits(struct farm_agent *a, int64_t now_us)
{
	const struct farm_habits *h = &a->habits;
	bool up = a->phase == LINE_STANDS && strcmp(a->word, "up") == 0;

	if (a->must_declare && up && (is(a, "out") || is(a, "away")))
		say_once(a, "declare", now_us);
	else if (is(a, "out") && up)
		say_once(a, "shift.start", now_us);
	else if (is(a, "away") && up && h->ready)
		say_once(a, "ready", now_us);
	else if (is(a, "offered") && up && is_due(a, h->accept_ms, now_us))
		say_once(a, "accept", now_us);
	else if (is(a, "talking") && is_due(a, h->talk_ms, now_us))
		say_once(a, "hangup", now_us);
	else if (is(a, "wrapup") && is_due(a, h->wrapup_ms, now_us))
		say_once(a, "wrapup.done", now_us);
}

static bool is_in_talk(const struct farm_agent *a)
{
	return is(a, "talking") || is(a, "interrupted");
}

static void end_talk(struct farm_agent *a, int64_t now_us)
{
	struct ear_figures f;

	farm_agent_line_poll(a);
	f = ear_figures(&a->ear, now_us);
	farm_say("talk",
		json_pack("{s:s, s:s, s:f, s:o}", "agent", a->name, "call", a->talk, "ms",
			(double)(now_us - a->talk_us) / 1000, "heard",
			farm_figures(&a->ear, &f)));
	farm_figures_add(&a->worst, &f);
	a->talks++;
	*a->talk = 0;
}

static void follow_talk(struct farm_agent *a, int64_t now_us)
{
	const char *call = is_in_talk(a) ? a->call : "";

	if (strcmp(call, a->talk) == 0)
		return;
	if (*a->talk)
		end_talk(a, now_us);
	if (!*call)
		return;
	(void)text_copy(a->talk, sizeof a->talk, call);
	a->talk_us = now_us;
	ear_reset(&a->ear);
}

/* At home, where the house has published no agreement. */
static bool must_declare(const json_t *v)
{
	const json_t *home = json_object_get(v, "home");

	return strcmp(farm_text(json_object_get(v, "agent"), "workplace", ""), "home") ==
		0 &&
		json_array_size(json_object_get(home, "missing")) > 0;
}

static void take_view(struct farm_agent *a, const json_t *v)
{
	const char *state = farm_text(v, "state", ""), *line = farm_text(v, "line", ""),
		   *call = farm_text(json_object_get(v, "call"), "id", "");
	int64_t now = stamp_now_us();

	(void)text_copy(a->seat, sizeof a->seat, farm_text(v, "seat", ""));
	if (a->must_declare != must_declare(v))
		*a->said = 0;
	a->must_declare = must_declare(v);
	if (is(a, state) && strcmp(a->word, line) == 0 && strcmp(a->call, call) == 0)
		return;
	if (!is(a, state) || strcmp(a->call, call) != 0) {
		a->state_us = now;
		*a->said = 0;
	}
	(void)text_copy(a->state, sizeof a->state, state);
	(void)text_copy(a->word, sizeof a->word, line);
	(void)text_copy(a->call, sizeof a->call, call);
	farm_say("state",
		json_pack("{s:s, s:s, s:s, s:s, s:s}", "agent", a->name, "is", state,
			"why", farm_text(v, "why", ""), "line", line, "call", call));
	follow_talk(a, now);
	farm_agent_line_told(a, now);
	follow_habits(a, now);
}

static void take_error(struct farm_agent *a, const json_t *m)
{
	const char *ref = farm_text(m, "ref", "");

	farm_say("error",
		json_pack("{s:s, s:s, s:s}", "agent", a->name, "code",
			farm_text(m, "code", ""), "ref", ref));
	farm_agent_line_refused(a, ref);
}

static void on_text(void *arg, const char *p, size_t n)
{
	struct farm_agent *a = arg;
	json_t *m = json_loadb(p, n, 0, NULL);
	const char *t = farm_text(m, "t", "");

	if (strcmp(t, "view") == 0)
		take_view(a, m);
	else if (strcmp(t, "line.answer") == 0)
		farm_agent_line_answer(
			a, farm_text(m, "ref", ""), farm_text(m, "sdp", ""));
	else if (strcmp(t, "error") == 0)
		take_error(a, m);
	json_decref(m);
}

static void on_opened(void *arg)
{
	struct farm_agent *a = arg;

	*a->said = 0;
	farm_say("desk", json_pack("{s:s, s:s}", "agent", a->name, "is", "open"));
	(void)farm_agent_send(a,
		*a->seat ? json_pack("{s:s, s:i, s:b, s:s}", "t", "hello", "protocol", 1,
				   "line", a->line != NULL, "seat", a->seat)
			 : json_pack("{s:s, s:i}", "t", "hello", "protocol", 1));
}

static void on_closed(void *arg, unsigned int code, bool is_over)
{
	struct farm_agent *a = arg;

	farm_say("desk",
		json_pack("{s:s, s:s, s:i}", "agent", a->name, "is",
			is_over ? "over" : "lost", "code", (int)code));
}

void farm_agent_habits(struct farm_agent *a, const struct farm_habits *h)
{
	if (a->habits.hz != h->hz)
		tone_wave_init(&a->wave, h->hz);
	a->habits = *h;
}

int farm_agent_new(struct farm_agent **out, struct farm *farm, const char *name)
{
	struct farm_agent *a = calloc(1, sizeof *a);
	int err;

	if (!a)
		return ENOMEM;
	a->farm = farm;
	farm_agent_line_init(a);
	ws_client_init(
		&a->ws, farm, &(struct ws_handler){ on_opened, on_text, on_closed, a });
	tone_wave_init(&a->silence, 0);
	tone_wave_init(&a->wave, 0);
	err = text_copy(a->name, sizeof a->name, name);
	if (err) {
		farm_agent_free(a);
		return err;
	}
	*out = a;
	return 0;
}

void farm_agent_free(struct farm_agent *a)
{
	if (!a)
		return;
	ws_client_close(&a->ws);
	line_client_free(a->line);
	free(a);
}

int farm_agent_login(struct farm_agent *a, const char *link)
{
	return ws_client_login(&a->ws, link);
}

void farm_agent_turn(struct farm_agent *a, int64_t now_us)
{
	ws_client_turn(&a->ws, now_us);
	farm_agent_line_turn(a, now_us, is(a, "talking") ? &a->wave : &a->silence);
	if (a->ws.state == WS_OPEN)
		follow_habits(a, now_us);
}

int farm_agent_desk(struct farm_agent *a, const char *is_now)
{
	if (strcmp(is_now, "closed") == 0)
		ws_client_cut(&a->ws);
	else if (strcmp(is_now, "off") == 0 || strcmp(is_now, "on") == 0)
		ws_client_away(&a->ws, is_now[1] == 'f');
	else
		return EINVAL;
	return 0;
}

json_t *farm_agent_report(struct farm_agent *a, int64_t now_us, bool forget)
{
	struct ear_figures now, all = a->worst;
	json_t *o;

	farm_agent_line_poll(a);
	now = ear_figures(&a->ear, now_us);
	o = json_pack("{s:s, s:s, s:s, s:s, s:b, s:i, s:i}", "agent", a->name, "is",
		a->state, "line", a->word, "call", a->call, "desk",
		a->ws.state == WS_OPEN, "lines", (int)a->lines, "talks", (int)a->talks);

	if (*a->talk) {
		(void)json_object_set_new(o, "talk", farm_figures(&a->ear, &now));
		farm_figures_add(&all, &now);
	}
	(void)json_object_set_new(o, "total", farm_figures(NULL, &all));
	if (forget) {
		a->worst = (struct ear_figures){ 0 };
		ear_mark(&a->ear);
	}
	return o;
}
