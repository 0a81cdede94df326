/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* records -- a call's timeline, written as it happens.  Part of app. */
#include "app/priv.h"

#include "base/log.h"
#include "base/text.h"

enum store_voice app_call_voice(const struct app_call *call)
{
	if (call->kind == STORE_CALL_WEB)
		return STORE_VOICE_DTLS;
	if (!call->leg.id)
		return STORE_VOICE_UNKNOWN; /* it waits to be called back */
	return call->crypto.suite ? STORE_VOICE_SRTP : STORE_VOICE_PLAIN;
}

void app_voice_look(struct app *app, struct app_call *call)
{
	enum store_voice is = app_call_voice(call);
	struct app_agent *ag = app_agent_find(app, call->agent);

	if (is == call->voice || is == STORE_VOICE_UNKNOWN || !call->is_recorded)
		return;
	call->voice = is;
	app_record(app, call, STORE_VOICE, 0, -1, store_voice_word(is));
	if (ag)
		app_agent_show(app, ag);
}

void app_record_at(struct app *app, const struct app_call *call, int64_t at_ms,
	enum store_event what, uint64_t agent, int64_t number, const char *detail)
{
	struct store_call_event ev = {
		.call = call->id,
		.at_ms = call->arrived_wall_ms + (at_ms - call->arrived_ms),
		.event = what,
		.agent = agent,
		/* who left in a menu was in none */
		.queue = call->menu && call->menu_by == MENU_BY_NOTHING
			? 0
			: app->queues[call->first_queue].id,
		.kind = call->kind,
		.voice = app_call_voice(call),
		.number = number,
	};
	char id[IDS_TEXT_SIZE];

	/* our own fixed words, which fit; a cut one would still be told apart */
	(void)text_copy(ev.detail, sizeof ev.detail, detail);
	if (!app->ports.store_call_event(app->ports.arg, &ev))
		return;
	ids_text(id, call->id);
	log_error("call %s: %s could not be recorded, the records are full", id,
		store_event_word(what));
}

void app_record(struct app *app, const struct app_call *call, enum store_event what,
	uint64_t agent, int64_t number, const char *detail)
{
	char id[IDS_TEXT_SIZE];

	ids_text(id, call->id);
	log_info("call %s: %s%s%s", id, store_event_word(what), *detail ? ", " : "",
		detail);
	app_count(app, call, what, detail);
	app_record_at(app, call, app_now_ms(app), what, agent, number, detail);
}
