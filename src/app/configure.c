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
#include <stdlib.h>
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

/* What the journal tells of the rules. */
struct rules {
	struct app_queue_config queues[ACD_QUEUES_MAX];
	size_t n_queues, n_skills;
	const char *skills[ACD_SKILLS_MAX];
};

static void keep_rules(const struct app *app, struct rules *r)
{
	memcpy(r->queues, app->queues, app->cfg.n_queues * sizeof *r->queues);
	r->n_queues = app->cfg.n_queues;
	memcpy(r->skills, app->cfg.skills, sizeof r->skills);
	r->n_skills = app->cfg.n_skills;
}

static void put_back(struct app *app, const struct rules *r)
{
	memcpy(app->queues, r->queues, r->n_queues * sizeof *r->queues);
	app->cfg.n_queues = r->n_queues;
	memcpy(app->cfg.skills, r->skills, sizeof r->skills);
	app->cfg.n_skills = r->n_skills;
}

/* The core's journal has the names of the new rules, so they are there before. */
static int step(struct app *app, const struct app_config *cfg, struct acd *next)
{
	memcpy(app->queues, cfg->queues, cfg->n_queues * sizeof *app->queues);
	app->cfg.n_queues = cfg->n_queues;
	memcpy(app->cfg.skills, cfg->skills, sizeof app->cfg.skills);
	app->cfg.n_skills = cfg->n_skills;
	app->acd.next = next;
	if (app_step(app, (struct acd_event){ .type = ACD_EV_CONFIGURE }) == ACD_DONE)
		return 0;
	log_error("the routing core refused other rules, and everything goes on by those "
		  "that it has");
	return EPROTO;
}

int app_configure(struct app *app, const struct app_config *cfg)
{
	struct rules *was = malloc(sizeof *was);
	struct acd next = { 0 };
	int err = was ? prepare(app, cfg, &next) : ENOMEM;

	if (err)
		goto out;
	app_clock(app);
	keep_rules(app, was);
	err = step(app, cfg, &next);
	if (err) {
		put_back(app, was);
		goto out;
	}
	take_rest(app, cfg);
	look_again(app);
out:
	free(was);
	return err;
}
