/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* house -- the contact centre out of the configuration and the records, and the same by another file.  Part of serve. */
#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "main/caller_token.h"
#include "main/centre.h"
#include "main/paper.h"
#include "store/people.h"

/* What the app copies. */
struct house {
	struct app_queue_config queues[ACD_QUEUES_MAX];
	struct app_menu_config menus[APP_MENUS_MAX];
};

static void load_session(void *arg, const struct store_session *s)
{
	app_load_session(arg, s);
}

static int64_t wall_now_ms(const struct app_ports *p)
{
	return p->wall_ms(p->arg);
}

/* Before what a former process left is taken over: it needs to know whose home is open. */
static int load_agreements(struct centre *c)
{
	struct store_agreements *a = NULL;
	int err = store_load_agreements(c->store, &a);

	if (!err)
		app_agreements(c->app, a);
	return err;
}

/* Who may come in at all; first, for whatever else is loaded is somebody's. */
static int load_people(struct centre *c)
{
	struct store_people *p = NULL;
	int err = store_load_people(c->store, &p);

	if (!err)
		app_people(c->app, p);
	return err;
}

static int load_credentials(struct centre *c)
{
	struct store_credentials *all = NULL;
	int err = store_load_credentials(c->store, &all);

	if (!err)
		app_credentials(c->app, all);
	return err;
}

/* "": nobody needs a token. Says what is wrong. */
static int caller_page_secret(const struct centre *c, char secret[CALLER_SECRET_MAX])
{
	int err = c->config.caller_page && c->config.caller_token
		? caller_secret(c->options.state, secret)
		: 0;

	if (err)
		fprintf(stderr,
			"%s/caller-token.key cannot be used: %s. heimamt caller-token "
			"--reset makes another.\n",
			c->options.state, strerror(err));
	return err;
}

/* The app's view of the configuration that counts. Queues and menus are borrowed from h. */
static struct app_config view_of(
	const struct centre *c, const struct clips_lines *lines, struct house *h)
{
	struct app_config cfg = {
		.node = c->config.node,
		.queues = h->queues,
		.n_queues = c->config.n_queues,
		.menus = h->menus,
		.n_menus = c->config.n_menus,
		.max_agents = APP_AGENTS_MAX, /* who they are stands in the records */
		.ring_clip = lines->ring,
		.ringback_clip = lines->ringback,
		.caller_page_queue = c->config.caller_page_queue,
		.caller = c->config.caller,
		.n_relays = c->config.n_relays,
		.session_s = c->config.session_s,
		.caller_silent_ms = c->config.caller_silent_ms,
		.desk_gone_ms = c->config.desk_gone_ms,
		.regain_ms = c->config.regain_ms,
		.hold_ms = c->config.hold_ms,
		.office_clearance = c->config.office_clearance,
		.reconfirm_ms = c->config.reconfirm_ms,
		.two_factors_always = c->config.two_factors_always,
		.turn = c->config.turn.app,
		.week = c->config.week,
		.pulse = c->config.pulse,
		.dial_srtp = c->config.outbound_srtp,
	};

	(void)text_copy(cfg.house, sizeof cfg.house, c->config.ledger);
	/* an address of IPv4 fits */
	(void)text_copy(cfg.public_addr, sizeof cfg.public_addr, c->config.relay_public);
	for (size_t i = 0; i < cfg.n_queues; i++)
		h->queues[i] = c->config.queues[i].app;
	for (size_t i = 0; i < cfg.n_menus; i++)
		h->menus[i] = c->config.menus[i].app;
	if (c->oidc)
		cfg.sign_on = &c->config.sign_on.app;
	cfg.n_skills = c->config.n_skills;
	for (size_t i = 0; i < cfg.n_skills; i++)
		cfg.skills[i] = c->config.skills[i];
	return cfg;
}

static int make_app(
	struct centre *c, struct app_config *cfg, const struct app_ports *ports)
{
	char secret[CALLER_SECRET_MAX] = "";
	int err = store_last_call(c->store, &cfg->last_id);

	if (!err)
		err = caller_page_secret(c, secret);
	if (!err && *secret)
		cfg->caller.secret = secret;
	if (!err)
		err = paper_house(&cfg->paper, &c->options, &c->config, c->signer);
	if (!err)
		err = app_new(&c->app, cfg, ports);
	OPENSSL_cleanse(secret, sizeof secret);
	return err;
}

int house_start(struct centre *c, const struct clips_lines *lines)
{
	struct house *h = calloc(1, sizeof *h);
	struct app_ports ports = bind_ports(c);
	struct app_config cfg;
	int err = h ? 0 : ENOMEM;

	if (!err) {
		cfg = view_of(c, lines, h);
		err = make_app(c, &cfg, &ports);
	}
	if (!err)
		err = load_people(c);
	if (!err)
		err = load_agreements(c);
	if (!err)
		err = load_credentials(c);
	if (!err)
		err = store_load_sessions(
			c->store, wall_now_ms(&ports), load_session, c->app);
	free(h);
	return err;
}

int house_configure(struct centre *c, const struct clips_lines *lines)
{
	struct house *h = calloc(1, sizeof *h);
	struct app_config cfg;
	int err = ENOMEM;

	if (h) {
		cfg = view_of(c, lines, h);
		err = app_configure(c->app, &cfg);
	}
	free(h);
	return err;
}
