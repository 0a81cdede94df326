/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * people -- who comes, changes and leaves while the centre runs.  Part of app.
 *
 * All of it comes as a whole from the records (app_people()); what is another here follows: somebody new may log in,
 * a new profile counts at once and cuts no talk, and who leaves is let out.
 *
 * Leaving ends every access at once: sessions, pages, door displays, offers.  A talk may finish, because the caller
 * never pays: its page stays for that talk alone, gets no new caller, and is closed when the talk is over.  A process
 * that is killed meanwhile is told of those who left lately, so the next one lets the talk finish, too.
 */
#include "app/priv.h"

#include <string.h>

#include "base/log.h"
#include "base/text.h"

/* --- as the core has it --- */

/* Of a queue that this process has not: passed over, until it is configured. */
static struct acd_queues queues_of(
	const struct app *app, const struct store_people *house, const struct person *p)
{
	struct acd_queues out = { { 0 } };

	/* who takes no calls has no queues, whatever the records say */
	for (uint32_t i = 0; (p->roles & STORE_ROLE_AGENT) && i < house->n_queues; i++)
		for (uint32_t k = 0; k < app->cfg.n_queues; k++)
			if (acd_queues_have(&p->queues, i) &&
				app->queues[k].id == house->queue_ids[i])
				acd_queues_add(&out, k);
	return out;
}

/* A skill that no queue demands decides nothing, so it needs no number. */
static struct acd_skills skills_of(const struct app *app, const struct person *p)
{
	struct acd_skills out = { { 0 } };

	for (size_t i = 0; i < p->n_skills; i++)
		for (unsigned k = 0; k < app->cfg.n_skills; k++)
			if (strcmp(app->cfg.skills[k], p->skills[i].name) == 0)
				acd_skills_set(&out, k, p->skills[i].level);
	return out;
}

static struct app_agent_config config_of(const struct app *app,
	const struct store_people *house, const struct store_person *p)
{
	struct app_agent_config cfg = { .id = p->id,
		.at_home = p->is.at_home,
		.queues = queues_of(app, house, &p->is),
		.skills = skills_of(app, &p->is),
		.clearance = p->is.clearance,
		.roles = p->is.roles };

	/* the same lengths on both sides: nothing is cut */
	(void)text_copy(cfg.login, sizeof cfg.login, p->is.login);
	(void)text_copy(cfg.name, sizeof cfg.name, p->is.name);
	return cfg;
}

static bool is_same(const struct app_agent_config *a, const struct app_agent_config *b)
{
	return a->at_home == b->at_home && a->clearance == b->clearance &&
		a->roles == b->roles && strcmp(a->login, b->login) == 0 &&
		strcmp(a->name, b->name) == 0 &&
		memcmp(&a->queues, &b->queues, sizeof a->queues) == 0 &&
		memcmp(&a->skills, &b->skills, sizeof a->skills) == 0;
}

/* --- places --- */

static bool has_page(const struct app *app, const struct app_agent *ag)
{
	for (size_t i = 0; app->page_by_conn.slots && i <= app->page_by_conn.mask; i++) {
		const struct app_page *page = app->page_by_conn.slots[i].value;

		if (page && page->agent == ag)
			return true;
	}
	return false;
}

/* Of somebody who has left, when its last page has gone; or a new one. NULL: the house is full. */
static struct app_agent *free_place(struct app *app)
{
	for (size_t i = 0; i < app->cfg.n_agents; i++)
		if (!app->agents[i].cfg.id && !has_page(app, &app->agents[i]))
			return &app->agents[i];
	return app->cfg.n_agents < app->max_agents ? &app->agents[app->cfg.n_agents++]
						   : NULL;
}

static struct app_agent *come(struct app *app, const struct app_agent_config *cfg)
{
	struct app_agent *ag = free_place(app);

	if (!ag) {
		log_error(
			"there is room for %zu people, and for no more", app->max_agents);
		return NULL;
	}
	*ag = (struct app_agent){ .cfg = *cfg };
	(void)map_put(&app->agent_by_id, cfg->id, ag);
	app_home_begin(app, ag);
	return ag;
}

static void change(
	struct app *app, struct app_agent *ag, const struct app_agent_config *cfg)
{
	struct acd_agent_info info;

	if (is_same(&ag->cfg, cfg))
		return;
	ag->cfg = *cfg;
	if (!acd_agent(&app->acd, cfg->id, &info))
		app_home_begin(app, ag); /* where it usually works may be another */
	app_home_again(app, ag);
}

/* --- leaving --- */

/* conn: the page that stays; 0: none does. */
static void close_pages(struct app *app, struct app_agent *ag, uint64_t conn)
{
	for (size_t i = 0; app->page_by_conn.slots && i <= app->page_by_conn.mask; i++) {
		const struct app_page *page = app->page_by_conn.slots[i].value;

		if (page && page->agent == ag && page->conn != conn)
			app->ports.page_close(
				app->ports.arg, page->conn, CLOSE_LEFT, "left");
	}
}

/* Nothing of it is left but the place, which the last of its pages frees. */
static void out(struct app *app, void *owner)
{
	struct app_agent *ag = owner;

	if (app_step(app,
		    (struct acd_event){ .type = ACD_EV_AGENT_LEAVE,
			    .agent = ag->cfg.id }) == ACD_REFUSED)
		return; /* in a talk again: its end comes here */
	app_line_close(app, ag);
	app_timer_stop(app, &ag->gone);
	app_door_end(app, ag);
	close_pages(app, ag, 0);
	(void)map_drop(&app->agent_by_id, ag->cfg.id);
	*ag = (struct app_agent){ 0 };
}

void app_people_go_on(struct app *app, struct app_agent *ag)
{
	struct acd_agent_info info = { .state = ACD_AGENT_OUT };

	if (!ag->is_leaving)
		return;
	(void)acd_agent(&app->acd, ag->cfg.id, &info);
	if (info.state != ACD_AGENT_TALKING && info.state != ACD_AGENT_INTERRUPTED &&
		info.state != ACD_AGENT_DIALLING)
		app_timer_set(
			app, &ag->gone, 0, out, ag); /* perhaps from inside an action */
}

static void leave(struct app *app, struct app_agent *ag)
{
	struct acd_agent_info info;
	bool talks;

	if (ag->is_leaving)
		return;
	log_info("somebody has left: no access from now on");
	ag->is_leaving = true;
	app_session_drop(app, ag->cfg.id);
	app_door_end(app, ag);
	app_home_again(app, ag);
	talks = acd_agent(&app->acd, ag->cfg.id, &info) &&
		(info.state == ACD_AGENT_TALKING || info.state == ACD_AGENT_INTERRUPTED ||
			info.state == ACD_AGENT_DIALLING);
	close_pages(app, ag, talks ? ag->conn : 0);
	app_people_go_on(app, ag);
}

bool app_people_may_enter(const struct app *app, uint64_t agent)
{
	const struct app_agent *ag = map_find(&app->agent_by_id, agent);

	return ag && !ag->is_leaving;
}

/* --- all of it --- */

static bool left_lately(const struct app *app, const struct store_person *p)
{
	return p->left_ms &&
		p->left_ms > app->ports.wall_ms(app->ports.arg) - STORE_LEFT_MS;
}

static void look_at(
	struct app *app, const struct store_people *house, const struct store_person *p)
{
	struct app_agent *ag = app_agent_find(app, p->id);
	struct app_agent_config cfg = config_of(app, house, p);

	if (store_person_is_here(p)) {
		if (ag)
			change(app, ag, &cfg);
		else
			(void)come(app, &cfg);
		return;
	}
	/* a former process may have let its talk finish */
	if (!ag && !app->is_adopted && left_lately(app, p))
		ag = come(app, &cfg);
	if (ag)
		leave(app, ag);
}

void app_people(struct app *app, struct store_people *p)
{
	app_clock(app);
	for (size_t i = 0; i < app->cfg.n_agents; i++) {
		struct app_agent *ag = &app->agents[i];

		if (ag->cfg.id && !store_person_find(p, ag->cfg.id))
			leave(app, ag); /* even its row is gone */
	}
	for (size_t i = 0; i < p->n_people; i++)
		look_at(app, p, &p->people[i]);
	store_people_free(app->people);
	app->people = p;
}

void app_people_again(struct app *app)
{
	const struct store_people *p = app->people;

	for (size_t i = 0; p && i < p->n_people; i++)
		look_at(app, p, &p->people[i]);
}

bool app_evaluation_is_on(const struct app *app, enum evaluation e)
{
	const struct store_people *p = app->people;
	int64_t now_ms = app->ports.wall_ms(app->ports.arg);

	for (size_t i = 0; p && i < p->n_approvals; i++)
		if (p->approvals[i].has_agreed &&
			approval_is_on(&p->approvals[i].is, 1, store_people_have_body(p),
				e, 0, now_ms))
			return true;
	return false;
}
