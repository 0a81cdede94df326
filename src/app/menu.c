/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * menu -- a caller chooses its queue by a key before it is in any.  Part of app.
 *
 * What follows what it does is the core's (core/menu/menu.h); here a saying is a clip, and going somewhere is the
 * arrival in that queue, from which on it waits.  Until then nothing of the call is recorded; with the arrival it is
 * recorded that there was a menu and whether a key chose, and for who leaves before, that it chose nothing.  The
 * keys themselves are in no log, record or blob.  A later process begins the menu again.
 */
#include "app/priv.h"

#include <string.h>

#include "base/text.h"

static const struct app_menu_config *menu_of(
	const struct app *app, const struct app_call *call)
{
	return &app->cfg.menus[call->menu - 1];
}

uint8_t app_menu_find(const struct app *app, const char *number)
{
	for (size_t i = 0; i < app->cfg.n_menus; i++)
		if (*app->cfg.menus[i].number &&
			strcmp(app->cfg.menus[i].number, number) == 0)
			return (uint8_t)(i + 1);
	return 0;
}

uint32_t app_menu_default(const struct app *app, uint8_t menu)
{
	return app->cfg.menus[menu - 1].menu.queue;
}

enum acd_verdict app_menu_admits(const struct app *app, uint8_t menu)
{
	const struct menu *m = &app->cfg.menus[menu - 1].menu;

	for (unsigned i = 0; i < m->n_keys; i++)
		if (acd_admits(&app->acd, m->keys[i].queue) == ACD_DONE)
			return ACD_DONE;
	return acd_admits(&app->acd, m->queue);
}

void app_menu_record(struct app *app, const struct app_call *call)
{
	char detail[STORE_DETAIL_MAX];

	if (!call->menu)
		return;
	(void)text_format(detail, sizeof detail, "menu=%s by=%s",
		menu_of(app, call)->title, menu_by_word(call->menu_by));
	app_record_at(app, call, call->arrived_ms, STORE_MENU, 0, -1, detail);
}

static void look(struct app *app, void *owner);

/* The longest clip there may be bounds it, should its end not be reported. */
static void say(struct app *app, struct app_call *call)
{
	union rp_any m = { .play = { .clip = menu_of(app, call)->clip } };

	call->plays = m.play.clip;
	app_timer_set(app, &call->timer, FAREWELL_MS, look, call);
	if (app_leg_send(app, &call->leg, &m, RP_PLAY))
		(void)app_menu_clip_done(app, call);
}

static void enter(struct app *app, struct app_call *call, uint32_t queue, enum menu_by by)
{
	if (call->plays != APP_NO_CLIP)
		app_leg_stop(app, &call->leg); /* where there is no music */
	call->plays = APP_NO_CLIP;
	call->queue = call->first_queue = queue;
	call->menu_by = by;
	app_call_enter(app, call);
}

static void follow(struct app *app, struct app_call *call, struct menu_step s)
{
	if (s.does == MENU_SAYS)
		say(app, call);
	else if (s.does == MENU_GOES)
		enter(app, call, s.queue, s.by);
}

static void look(struct app *app, void *owner)
{
	struct app_call *call = owner;

	if (call->plays != APP_NO_CLIP)
		(void)app_menu_clip_done(app, call);
	else
		follow(app, call,
			menu_look(&menu_of(app, call)->menu, &call->menu_place,
				app_now_ms(app)));
}

void app_menu_begin(struct app *app, struct app_call *call)
{
	app_timer_stop(app, &call->timer);
	call->state = CALL_MENU;
	call->is_silent = !call->leg.is_up;
	app_keep_call(app, call);
	app_call_show(app, call);
	follow(app, call, menu_begin(&menu_of(app, call)->menu, &call->menu_place));
}

void app_menu_key(struct app *app, struct app_call *call, uint32_t key)
{
	follow(app, call,
		menu_key(&menu_of(app, call)->menu, &call->menu_place, key,
			app_now_ms(app)));
}

bool app_menu_clip_done(struct app *app, struct app_call *call)
{
	if (call->state != CALL_MENU)
		return false;
	call->plays = APP_NO_CLIP;
	menu_said(&call->menu_place, app_now_ms(app));
	app_timer_set(app, &call->timer, menu_of(app, call)->menu.timeout_ms, look, call);
	return true;
}

void app_menu_left(struct app *app, struct app_call *call)
{
	if (call->state != CALL_MENU)
		return;
	call->menu_by = MENU_BY_NOTHING;
	call->is_recorded = true;
	app_record(app, call, STORE_ARRIVED, 0, -1, "");
	app_menu_record(app, call);
}

void app_menu_give_up(struct app *app, struct app_call *call)
{
	enter(app, call, call->queue, MENU_BY_DEFAULT);
}

static void again(struct app *app, void *owner)
{
	struct app_call *call = owner;

	if (call->menu)
		app_menu_begin(app, call);
	else
		app_menu_give_up(app, call);
}

void app_menu_read(
	const struct app *app, struct app_call *call, const struct saved_call *s)
{
	/* the configuration may be another one: then it is of no menu */
	if (s->menu <= app->cfg.n_menus)
		call->menu = s->menu;
	call->menu_by = s->menu_by;
}

/* Not yet: the core takes over first. */
void app_menu_adopted(struct app *app, struct app_call *call)
{
	call->is_recorded = call->is_greeted = false;
	call->plays = APP_NO_CLIP;
	app_timer_set(app, &call->timer, 0, again, call);
}
