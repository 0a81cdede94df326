/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* app -- its memory, its clock and its timers.  See app.h. */
#include "app/priv.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

void app_clock(struct app *app)
{
	app->now_us = app->ports.now_us(app->ports.arg);
}

int64_t app_now_ms(const struct app *app)
{
	return app->now_us / 1000;
}

uint64_t app_new_id(struct app *app)
{
	return ids_next(&app->ids, app->ports.wall_ms(app->ports.arg));
}

void app_timer_stop(struct app *app, struct app_timer *t)
{
	heap_remove(&app->timers, &t->node);
}

void app_timer_set(struct app *app, struct app_timer *t, int64_t in_ms,
	void (*fire)(struct app *app, void *owner), void *owner)
{
	app_timer_stop(app, t);
	t->fire = fire;
	t->owner = owner;
	/* there is a slot for each timer that exists, so this cannot be full */
	(void)heap_push(&app->timers, &t->node, app_now_ms(app) + in_ms, 0);
}

static void copy_agents(struct app *app, const struct app_config *cfg)
{
	for (size_t i = 0; i < cfg->n_agents; i++) {
		struct app_agent *ag = &app->agents[i];

		ag->cfg = cfg->agents[i];
		(void)map_put(&app->agent_by_id, ag->cfg.id, ag);
	}
}

static int init_tables(struct app *app, const struct app_config *cfg)
{
	size_t n_timers = 4 * APP_CALLS_MAX + 5 * app->max_agents + 5;
	/* a call, with a hop's two ends */
	size_t n_legs = 3 * APP_CALLS_MAX + ENDED_MAX + app->max_agents;

	app->queues = calloc(ACD_QUEUES_MAX, sizeof *app->queues); /* more may come */
	app->menus = calloc(APP_MENUS_MAX, sizeof *app->menus);
	app->agents = calloc(app->max_agents, sizeof *app->agents);
	app->credentials = calloc(1, sizeof *app->credentials);
	app->sessions = calloc(SESSIONS_MAX, sizeof *app->sessions);
	app->timer_slots = calloc(n_timers, sizeof(struct heap_node *));
	if (!app->queues || !app->menus || !app->agents || !app->credentials ||
		!app->sessions || !app->timer_slots)
		return ENOMEM;
	if (map_init(&app->agent_by_id, app->max_agents) ||
		map_init(&app->call_by_id, APP_CALLS_MAX) ||
		map_init(&app->call_by_dialog, APP_CALLS_MAX) ||
		map_init(&app->leg_by_id, n_legs) ||
		map_init(&app->page_by_conn, APP_CALLS_MAX + 2 * app->max_agents))
		return ENOMEM;
	heap_init(&app->timers, app->timer_slots, n_timers);
	memcpy(app->queues, cfg->queues, cfg->n_queues * sizeof *app->queues);
	if (cfg->n_menus)
		memcpy(app->menus, cfg->menus, cfg->n_menus * sizeof *app->menus);
	copy_agents(app, cfg);
	return 0;
}

static void init_proofs(struct app *app)
{
	app->ports.random(app->ports.arg, &app->seed, sizeof app->seed);
	app->ports.random(app->ports.arg, app->challenge_key, sizeof app->challenge_key);
	knocks_init(&app->knocks, app->seed, PASSWORD_TRIES, PASSWORD_PAUSE_MS);
	tries_init(&app->tries_code, PASSWORD_TRIES, CODE_TRIES_PAUSE_MS);
}

static int init_caller_page(struct app *app, const struct app_caller_config *cfg)
{
	unsigned n = cfg->per_minute;

	tries_init(&app->tries_caller, n, n ? 60000 / n : 0);
	app->cfg.caller.secret = NULL; /* borrowed */
	if (!cfg->secret)
		return 0;
	app->caller_tokens = calloc(1, sizeof *app->caller_tokens);
	return app->caller_tokens ? caller_tokens_init(app->caller_tokens, cfg->secret)
				  : ENOMEM;
}

static int init_acd(struct app *app, const struct app_config *cfg)
{
	struct acd_limits limits = { .calls = APP_CALLS_MAX,
		.agents = app->max_agents,
		.regain_ms = cfg->regain_ms,
		.hold_ms = cfg->hold_ms };
	struct acd_queue_config queues[ACD_QUEUES_MAX];

	for (size_t i = 0; i < cfg->n_queues; i++)
		queues[i] = cfg->queues[i].acd;
	return acd_init(&app->acd, queues, cfg->n_queues, &limits);
}

int app_new(struct app **out, const struct app_config *cfg, const struct app_ports *ports)
{
	struct app *app;
	int err;

	size_t max_agents = cfg->max_agents ? cfg->max_agents : cfg->n_agents;

	if (cfg->n_queues == 0 || cfg->n_queues > ACD_QUEUES_MAX || max_agents == 0 ||
		max_agents > APP_AGENTS_MAX || cfg->n_agents > max_agents ||
		cfg->n_menus > APP_MENUS_MAX || cfg->n_relays == 0 ||
		cfg->n_relays > APP_RELAYS_MAX || cfg->caller_page_queue >= cfg->n_queues)
		return EINVAL;
	app = calloc(1, sizeof *app);
	if (!app)
		return ENOMEM;
	app->ports = *ports;
	app->cfg = *cfg;
	app->max_agents = max_agents;
	ids_init(&app->ids, cfg->node);
	ids_above(&app->ids, cfg->last_id);
	list_init(&app->calls);
	list_init(&app->ended);
	list_init(&app->measures);
	err = init_tables(app, cfg);
	if (!err)
		err = init_acd(app, cfg);
	if (!err)
		err = init_caller_page(app, &cfg->caller);
	if (err)
		goto out;
	app->cfg.queues = app->queues;
	app->cfg.menus = app->menus;
	app->cfg.agents = NULL;
	app_clock(app);
	init_proofs(app);
	for (size_t i = 0; i < cfg->n_agents; i++)
		app_home_begin(app, &app->agents[i]);
	*out = app;
	app = NULL; /* handed over */
out:
	app_free(app);
	return err;
}

static void free_pages(struct app *app)
{
	for (size_t i = 0; app->page_by_conn.slots && i <= app->page_by_conn.mask; i++)
		free(app->page_by_conn.slots[i].value);
}

static void free_calls(struct list *calls)
{
	list_each_safe(it, calls)
	{
		struct app_call *call = list_entry(it, struct app_call, node);

		app_srtp_wipe_text(call->offer);
		app_srtp_wipe_text(call->sdp_sent);
		free(call->state_bytes);
		explicit_bzero(call, sizeof *call);
		free(call);
	}
}

void app_free(struct app *app)
{
	if (!app)
		return;
	free_calls(&app->calls);
	free_calls(&app->ended);
	app_measure_free(app);
	free(app->found);
	store_agreements_free(app->agreements);
	store_people_free(app->people);
	for (size_t i = 0; app->agents && i < app->cfg.n_agents; i++)
		free(app->agents[i].line.offer);
	free_pages(app);
	acd_close(&app->acd);
	map_close(&app->agent_by_id);
	map_close(&app->call_by_id);
	map_close(&app->call_by_dialog);
	map_close(&app->leg_by_id);
	map_close(&app->page_by_conn);
	free(app->queues);
	free(app->menus);
	free(app->agents);
	app_sessions_free(app);
	if (app->caller_tokens)
		OPENSSL_cleanse(app->caller_tokens, sizeof *app->caller_tokens);
	free(app->caller_tokens);
	store_credentials_free(app->credentials);
	free(app->timer_slots);
	free(app);
}

void app_stop(struct app *app)
{
	app_clock(app);
	app->is_stopping = true;
	/* who waits first, so that nobody becomes free for whom another call could still be offered */
	for (int pass = 0; pass < 2; pass++)
		list_each_safe(it, &app->calls)
		{
			struct app_call *call = list_entry(it, struct app_call, node);

			if (call->callback >= CALLBACK_WISHED)
				app_callback_stop(app, call); /* it outlives us */
			else if (pass == 1 || !call->agent)
				app_call_end(app, call, "centre_stopped");
		}
}

void app_tick(struct app *app)
{
	struct heap_node *n;
	int64_t due;

	app_clock(app);
	while ((n = heap_min(&app->timers)) && n->key <= app_now_ms(app)) {
		struct app_timer *t = heap_entry(n, struct app_timer, node);

		app_timer_stop(app, t);
		t->fire(app, t->owner);
	}
	while ((due = acd_next_deadline(&app->acd)) >= 0 && due <= app_now_ms(app))
		app_step(app, (struct acd_event){ .type = ACD_EV_TICK });
}

int64_t app_next_deadline_ms(const struct app *app)
{
	const struct heap_node *n = heap_min(&app->timers);
	int64_t acd = acd_next_deadline(&app->acd);

	if (!n)
		return acd;
	return acd >= 0 && acd < n->key ? acd : n->key;
}

const struct acd *app_acd(const struct app *app)
{
	return &app->acd;
}

size_t app_n_calls(const struct app *app)
{
	return app->n_calls;
}

size_t app_n_ended(const struct app *app)
{
	return app->n_ended;
}
