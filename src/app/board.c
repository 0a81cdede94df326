/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * board -- what the board's page is told: who waits, by queue, and how the house stands.  Part of app.
 *
 * Made when it is asked for, kept nowhere.  Of the staff core/home/board.h says what may be told; a lead is told besides
 * who is in a shift, by name and nothing else: neither state, nor place, nor since when [RULES N11].
 */
#include "core/home/board.h"

#include <stdlib.h>
#include <string.h>

#include "app/api.h"
#include "app/priv.h"

static json_t *queue_json(const struct app *app, uint32_t i)
{
	const struct app_queue_config *q = &app->queues[i];
	struct acd_outlook o = { .expected_ms = -1 };

	(void)acd_outlook_of_queue(&app->acd, i, &o);
	return json_pack("{s:s, s:s, s:i, s:b}", "name", q->name, "language", q->language,
		"waiting", (int)o.ahead, "closed", acd_queues_have(&app->closed, i));
}

static json_t *queues_json(const struct app *app)
{
	json_t *a = json_array();

	for (uint32_t i = 0; i < app->cfg.n_queues; i++)
		if (!app->queues[i].is_gone || app->acd.queues[i].n_waiting)
			json_array_append_new(a, queue_json(app, i));
	return a;
}

static bool is_present(
	const struct app *app, const struct app_agent *ag, struct acd_agent_info *info)
{
	return acd_agent(&app->acd, ag->cfg.id, info) && info->state != ACD_AGENT_OUT;
}

static struct board_staff count_staff(const struct app *app)
{
	struct board_staff staff = { 0 };

	for (size_t i = 0; i < app->cfg.n_agents; i++) {
		struct acd_agent_info info;

		if (is_present(app, &app->agents[i], &info))
			board_add(&staff, info.state);
	}
	return staff;
}

/* How many are there is told always: one sees it by walking in. */
static json_t *staff_json(const struct board_staff *s)
{
	json_t *words = json_null();

	if (board_may_tell(s))
		words = json_pack("{s:i, s:i, s:i, s:i}", "free", (int)s->n[BOARD_FREE],
			"call", (int)s->n[BOARD_CALL], "work", (int)s->n[BOARD_WORK],
			"break", (int)s->n[BOARD_BREAK]);
	return json_pack("{s:i, s:o}", "present", (int)s->present, "are", words);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* In the order of the alphabet: that of the shifts' beginnings would be a history. */
static json_t *names_json(const struct app *app)
{
	const char **names = calloc(app->cfg.n_agents, sizeof *names);
	json_t *a = json_array();
	size_t n = 0;

	for (size_t i = 0; names && i < app->cfg.n_agents; i++) {
		struct acd_agent_info info;

		if (is_present(app, &app->agents[i], &info))
			names[n++] = app->agents[i].cfg.name;
	}
	if (n)
		qsort(names, n, sizeof *names, by_name);
	for (size_t i = 0; i < n; i++)
		json_array_append_new(a, json_string(names[i]));
	free(names);
	return a;
}

unsigned api_board(struct app *app, struct api_ask *ask)
{
	const struct board_staff staff = count_staff(app);

	ask->known = json_pack("{s:o, s:o, s:o}", "queues", queues_json(app), "staff",
		staff_json(&staff), "names",
		ask->roles & STORE_ROLE_LEAD ? names_json(app) : json_null());
	return 0;
}
