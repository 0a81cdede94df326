/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * home -- where an agent works this shift, whether its home is open, and the clearance that the core has of it.
 * Part of app.
 *
 * What is in force and who signed comes as a whole from the records (app_agreements()); what an agent declares
 * is in memory, and ends with the shift [RULES N10].  core/home decides, this tells the core and the desks at
 * once, and again when time alone changes the answer.
 */
#include "app/priv.h"

#define WALL_MS \
	60000 /* the wall may jump, so what depends on it is looked at that often */

static const struct store_home_agent *record_of(const struct app *app, uint64_t agent)
{
	const struct store_agreements *a = app->agreements;

	for (size_t i = 0; a && i < a->n_agents; i++)
		if (a->agents[i].agent == agent)
			return &a->agents[i];
	return NULL;
}

static struct home_answer decide(const struct app *app, const struct app_agent *ag)
{
	static const struct home_standing nothing;
	const struct store_home_agent *record = record_of(app, ag->cfg.id);
	struct home_case c = {
		.versions = app->agreements ? app->agreements->versions : NULL,
		.n = app->agreements ? app->agreements->n_versions : 0,
		.reconfirm_ms = app->cfg.reconfirm_ms,
		.standing = record ? &record->standing : &nothing,
		.declaration = &ag->home.shift.declaration,
		.has_two_factors = ag->home.has_two_factors,
	};

	return home_decide(&c,
		(struct home_now){ app->ports.wall_ms(app->ports.arg), app_now_ms(app) });
}

/* True: something that the desk shows is another. */
static bool look(struct app *app, struct app_agent *ag)
{
	struct app_home *h = &ag->home, was = *h;
	struct home_limits limits = { app->cfg.office_clearance, ag->cfg.clearance,
		app->cfg.two_factors_always };

	h->answer = decide(app, ag);
	h->clearance = home_clearance(&h->shift, &limits, h->answer.missing);
	h->has_key = app_agreement_has_key(app, ag->cfg.id);
	return h->answer.missing != was.answer.missing ||
		h->answer.to_sign != was.answer.to_sign ||
		h->answer.in_force != was.answer.in_force || h->has_key != was.has_key ||
		h->clearance.is_none != was.clearance.is_none ||
		h->clearance.level != was.clearance.level ||
		h->told_at_home != h->shift.at_home;
}

/* The core's, when it is in a shift there. */
static void tell_core(struct app *app, struct app_agent *ag)
{
	struct acd_agent_info info;
	struct acd_event ev = { .type = ACD_EV_AGENT_PROFILE, .agent = ag->cfg.id };

	ag->home.told_at_home = ag->home.shift.at_home;
	if (!acd_agent(&app->acd, ag->cfg.id, &info))
		return;
	app_home_profile(ag, &ev);
	(void)app_step(app, ev);
	app_keep_line(app, ag);
}

static void on_time(struct app *app, void *owner)
{
	app_home_review(app);
}

void app_home_review(struct app *app)
{
	int64_t next = -1;

	for (size_t i = 0; i < app->cfg.n_agents; i++) {
		struct app_agent *ag = &app->agents[i];
		int64_t in;

		if (look(app, ag)) {
			tell_core(app, ag);
			app_agent_show(app, ag);
		}
		in = ag->home.answer.changes_in_ms;
		if (in >= 0 && (next < 0 || in < next))
			next = in;
	}
	if (app->agreements && app->agreements->n_versions &&
		(next < 0 || next > WALL_MS))
		next = WALL_MS;
	if (next >= 0)
		app_timer_set(app, &app->home_timer, next, on_time, NULL);
	else
		app_timer_stop(app, &app->home_timer);
}

void app_home_again(struct app *app, struct app_agent *ag)
{
	(void)look(app, ag);
	tell_core(app, ag);
	app_agent_show(app, ag);
}

void app_home_profile(const struct app_agent *ag, struct acd_event *ev)
{
	ev->queues = ag->cfg.queues;
	ev->skills = ag->cfg.skills;
	ev->clearance = ag->home.clearance.level;
	ev->is_barred = ag->home.clearance.is_none || ag->is_leaving || ag->is_signed_out;
	ev->workplace = ag->home.shift.at_home ? ACD_HOME : ACD_OFFICE;
}

void app_home_begin(struct app *app, struct app_agent *ag)
{
	home_shift_end(&ag->home.shift, ag->cfg.at_home);
	ag->home.told_at_home = ag->home.shift.at_home;
	(void)look(app, ag);
}

void app_home_session(struct app *app, struct app_agent *ag)
{
	const struct app_session *s = app_session_find(app, ag->session);

	bool has = s && s->s.factors == 2;

	if (has == ag->home.has_two_factors)
		return;
	ag->home.has_two_factors = has;
	app_keep_line(app, ag);
	app_home_review(app);
}

void app_home_restore(struct app *app, struct app_agent *ag, const struct saved_line *s)
{
	home_shift_at(&ag->home.shift, s->at_home);
	if (s->is_declared)
		(void)home_shift_declare(&ag->home.shift, s->declared_ms);
	ag->home.has_two_factors = s->has_two_factors;
	ag->home.told_at_home = ag->home.shift.at_home;
	(void)look(app, ag);
}

void app_agreements(struct app *app, struct store_agreements *a)
{
	app_clock(app);
	store_agreements_free(app->agreements);
	app->agreements = a;
	app_home_review(app);
}

/* Where, said before the shift; within it the place stays. */
static void say_where(struct app *app, struct app_agent *ag, const struct desk_msg *m)
{
	struct acd_agent_info info;

	if (acd_agent(&app->acd, ag->cfg.id, &info)) {
		app->ports.page_error(app->ports.arg, ag->conn, "not_now", m->ref);
		return;
	}
	home_shift_at(&ag->home.shift, m->on);
	app_keep_line(app, ag);
	app_home_review(app);
}

static void declare(struct app *app, struct app_agent *ag, const struct desk_msg *m)
{
	if (ag->home.shift.at_home && !ag->home.has_two_factors) {
		/* T4: first who it is, then what it says */
		app->ports.page_error(app->ports.arg, ag->conn, "one_factor", m->ref);
		return;
	}
	if (!home_shift_declare(&ag->home.shift, app_now_ms(app))) {
		app->ports.page_error(app->ports.arg, ag->conn, "not_now", m->ref);
		return;
	}
	app_keep_line(app, ag);
	app_home_review(app);
}

bool app_home_message(struct app *app, struct app_agent *ag, const struct desk_msg *m)
{
	switch (m->type) {
	case DESK_WORKPLACE: say_where(app, ag, m); break;
	case DESK_DECLARE: declare(app, ag, m); break;
	case DESK_AGREEMENT_READ: app_agreement_read(app, ag, m); break;
	case DESK_AGREEMENT_ENROL: app_agreement_enrol(app, ag, m); break;
	case DESK_AGREEMENT_SIGN: app_agreement_sign(app, ag, m); break;
	case DESK_AGREEMENT_END: app_agreement_end(app, ag, m); break;
	default: return false;
	}
	return true;
}
