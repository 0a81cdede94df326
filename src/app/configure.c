/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * configure -- another configuration while calls go on.  Part of app.
 *
 * Queues and menus keep their places, so what calls remember of them stays true; new ones stand behind, and one that
 * is gone stays until the process ends: nobody comes to it any more, who waits there is served.  Either all of it
 * counts from now on, or nothing has changed.
 */
#include "app/priv.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"

static int prepare(struct app *app, const struct app_config *cfg, struct acd *next)
{
	struct acd_limits limits = app->acd.limits;
	struct acd_queue_config queues[ACD_QUEUES_MAX];

	if (cfg->n_queues > ACD_QUEUES_MAX || cfg->n_queues < app->cfg.n_queues ||
		cfg->n_menus > APP_MENUS_MAX || cfg->n_menus < app->cfg.n_menus ||
		cfg->caller_page_queue >= cfg->n_queues)
		return EINVAL;
	limits.regain_ms = cfg->regain_ms;
	limits.hold_ms = cfg->hold_ms ? cfg->hold_ms : ACD_HOLD_MS;
	for (size_t i = 0; i < cfg->n_queues; i++)
		queues[i] = cfg->queues[i].acd;
	return acd_prepare(next, &app->acd, queues, cfg->n_queues, &limits);
}

/* The secret and what was made of it stay. */
static void take_caller_page(struct app *app, const struct app_config *cfg)
{
	unsigned n = cfg->caller.per_minute;

	app->cfg.caller_page_queue = cfg->caller_page_queue;
	if (n != app->cfg.caller.per_minute)
		tries_init(&app->tries_caller, n, n ? 60000 / n : 0);
	app->cfg.caller = cfg->caller;
	app->cfg.caller.secret = NULL;
}

static void take_rest(struct app *app, const struct app_config *cfg)
{
	memcpy(app->menus, cfg->menus, cfg->n_menus * sizeof *app->menus);
	app->cfg.n_menus = cfg->n_menus;
	memcpy(app->cfg.skills, cfg->skills, sizeof app->cfg.skills);
	app->cfg.n_skills = cfg->n_skills;
	app->cfg.ring_clip = cfg->ring_clip;
	app->cfg.ringback_clip = cfg->ringback_clip;
	app->cfg.session_s = cfg->session_s;
	app->cfg.caller_silent_ms = cfg->caller_silent_ms;
	app->cfg.desk_gone_ms = cfg->desk_gone_ms;
	app->cfg.regain_ms = cfg->regain_ms;
	app->cfg.hold_ms = cfg->hold_ms;
	app->cfg.office_clearance = cfg->office_clearance;
	app->cfg.reconfirm_ms = cfg->reconfirm_ms;
	app->cfg.two_factors_always = cfg->two_factors_always;
	app->cfg.pulse = cfg->pulse;
	app->cfg.turn = cfg->turn;
	take_caller_page(app, cfg);
}

/* What follows for whom: queues that open or close, profiles by other skills or clearance, what desks show. */
static void look_again(struct app *app)
{
	app_hours_look(app);
	app_people_again(app);
	app_home_review(app);
	for (size_t i = 0; i < app->cfg.n_agents; i++)
		if (app->agents[i].cfg.id)
			app_agent_show(app, &app->agents[i]);
	while (acd_next_deadline(&app->acd) >= 0 &&
		acd_next_deadline(&app->acd) <= app_now_ms(app))
		(void)app_step(app, (struct acd_event){ .type = ACD_EV_TICK });
}

int app_configure(struct app *app, const struct app_config *cfg)
{
	struct acd next = { 0 };
	int err = prepare(app, cfg, &next);

	if (err)
		return err;
	app_clock(app);
	/* what the core says of the new rules is done by the new rules, and its journal has their names */
	memcpy(app->queues, cfg->queues, cfg->n_queues * sizeof *app->queues);
	app->cfg.n_queues = cfg->n_queues;
	take_rest(app, cfg);
	app->acd.next = &next;
	if (app_step(app, (struct acd_event){ .type = ACD_EV_CONFIGURE }) != ACD_DONE)
		log_error("the routing core refused other rules, and goes on with those "
			  "it has");
	look_again(app);
	return 0;
}
