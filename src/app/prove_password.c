/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * prove_password -- passwords: proved at login, and set.  Part of app; see prove.h.
 *
 * Hashing takes its time on another thread (the port `password`); so does that of a login which does not exist, or has
 * no password.  Of wrong ones a login takes PASSWORD_TRIES from one place and four times as many from everywhere, and
 * then one in each pause; a device that was let in before has its own (core/access/knock.h).  So whoever else guesses
 * does not keep the owner out.
 */
#include "app/prove.h"

#include <string.h>

#include "app/device.h"
#include "base/text.h"

/* FNV-1a: http://www.isthe.com/chongo/tech/comp/fnv/ (64 bits). */
static uint64_t number_of(const char *s)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (; *s; s++)
		hash = (hash ^ (uint8_t)*s) * 0x100000001b3;
	return hash;
}

static struct app_agent *agent_of(struct app *app, const char *login)
{
	for (size_t i = 0; i < app->cfg.n_agents; i++)
		if (strcmp(app->agents[i].cfg.login, login) == 0)
			return &app->agents[i];
	return NULL;
}

/* It was not looked at, so it was no guess. */
static void crowded(struct proof *p)
{
	if (p->knock.login)
		knocks_give_back(&p->app->knocks, &p->knock);
	prove_refuse(p, 429, "too_often");
}

/* Goes on with `done` when it is hashed or checked. */
static void work(
	struct proof *p, const char *password, void (*done)(struct app_password *w))
{
	p->work.arg = p;
	p->work.done = done;
	p->work.from = p->from;
	p->work.is_known = p->session || p->knock.device;
	(void)text_copy(p->work.password, sizeof p->work.password, password);
	if (p->app->ports.password(p->app->ports.arg, &p->work))
		crowded(p);
}

static void hashed(struct app_password *w)
{
	struct proof *p = w->arg;

	app_clock(p->app);
	if (w->gave_way) {
		crowded(p);
		return;
	}
	if (w->err) {
		prove_refuse(p, 503, "no_records");
		return;
	}
	p->change = prove_new(p, STORE_PASSWORD);
	p->change.n = (uint16_t)(strlen(w->hash) + 1);
	memcpy(p->change.value, w->hash, p->change.n);
	if (p->then)
		prove_write(p, p->then);
	else
		prove_write_and_answer(p, false);
}

/* Right: a new hash when the old one cost less than today's, or else the month when it is another one. */
static void proved(struct app_password *w)
{
	struct proof *p = w->arg;
	const struct store_credential *c;

	app_clock(p->app);
	if (w->gave_way) {
		crowded(p);
		return;
	}
	c = prove_find(p->app, p->agent, STORE_PASSWORD);
	if (!w->holds || !c) {
		prove_wrong(p, "wrong_password");
		return;
	}
	knocks_give_back(&p->app->knocks, &p->knock);
	p->knock.login = 0; /* it is done with */
	p->session = 0; /* whoever was here before is not meant */
	p->factors = 1;
	p->change = *c;
	prove_month(p, &p->change);
	if (w->is_old) {
		w->checks = false;
		p->then = prove_let_in;
		work(p, prove_text(p, "password"), hashed);
	} else if (p->change.month_ms != c->month_ms) {
		prove_write(p, prove_let_in);
	} else {
		prove_let_in(p);
	}
}

void prove_password(struct proof *p)
{
	const char *password = prove_text(p, "password");
	const struct app_agent *ag = agent_of(p->app, prove_text(p, "login"));
	const struct store_credential *c = ag
		? prove_find(p->app, ag->cfg.id, STORE_PASSWORD)
		: NULL;

	if (prove_has_no_local(p))
		return;
	p->knock = (struct knock){ .login = number_of(prove_text(p, "login")),
		.from = p->from,
		.device = device_number(p->app, ag ? ag->cfg.id : 0, p->device),
		.is_throttled = p->is_throttled };
	if (!knocks_may(&p->app->knocks, &p->knock, app_now_ms(p->app))) {
		prove_refuse(p, 429, "too_often");
		return;
	}
	p->agent = c ? ag->cfg.id : 0;
	p->work.checks = true;
	(void)text_copy(p->work.hash, sizeof p->work.hash,
		c ? (const char *)c->value : password_nobody);
	work(p, strlen(password) < PASSWORD_MAX ? password : "", proved);
}

static void set(struct proof *p)
{
	p->work.checks = false;
	work(p, prove_text(p, "password"), hashed);
}

static void old_proved(struct app_password *w)
{
	struct proof *p = w->arg;

	app_clock(p->app);
	if (w->gave_way) {
		tries_give_back(&p->app->tries_code, p->agent);
		crowded(p);
		return;
	}
	if (!w->holds) {
		prove_wrong(p, "wrong_password");
		return;
	}
	tries_give_back(&p->app->tries_code, p->agent);
	set(p);
}

void prove_set_password(struct proof *p)
{
	const struct app_agent *ag = app_agent_find(p->app, p->agent);
	const struct store_credential *c = prove_find(p->app, p->agent, STORE_PASSWORD);
	const char *old = prove_text(p, "old");
	const char *why = password_refuses(
		prove_text(p, "password"), ag->cfg.login, p->app->cfg.house);

	if (why) {
		prove_refuse(p, 422, why);
		return;
	}
	if (!c) {
		set(p);
		return;
	}
	if (!tries_take(&p->app->tries_code, p->agent, app_now_ms(p->app))) {
		prove_refuse(p, 429, "too_often");
		return;
	}
	p->work.checks = true;
	(void)text_copy(p->work.hash, sizeof p->work.hash, (const char *)c->value);
	work(p, strlen(old) < PASSWORD_MAX ? old : "", old_proved);
}
