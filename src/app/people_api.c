/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* people_api -- the page of people: who is there, what a file would change, invitations, leaving.  See people_api.h. */
#include "app/people_api.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/people_known.h"
#include "app/people_plan.h"
#include "app/priv.h"
#include "base/log.h"
#include "base/text.h"

#define LINK_MS (24 * INT64_C(3600000)) /* as heimamt link's: OPTIONS_LINK_S */

unsigned people_api_prepare(struct app *app, struct api_ask *ask)
{
	struct people_known *k = calloc(1, sizeof *k);
	uint8_t secret[32];

	if (!k)
		return 503;
	k->node = app->cfg.node;
	app->ports.random(app->ports.arg, secret, sizeof secret);
	text_hex(k->token, sizeof k->token, secret, sizeof secret);
	ask->known = k;
	return 0;
}

int people_api_refuse(
	struct web_answer *out, unsigned status, const char *what, const char *code)
{
	log_warn("%s was refused: %s", what, code);
	api_answer_error(out, status, code);
	return 0;
}

const struct store_person *people_api_whom(
	const struct store_people *house, const json_t *body)
{
	const char *login = json_string_value(json_object_get(body, "login"));
	const struct store_person *p = login ? store_person_of(house, login) : NULL;

	return p && store_person_is_here(p) ? p : NULL;
}

/* --- the list --- */

static json_t *person_json(const struct store_people *house, const struct store_person *p)
{
	json_t *j = people_person_json(house, &p->is);

	(void)json_object_set_new(
		j, "configured", json_boolean(p->origin == STORE_CONFIGURED));
	return j;
}

static json_t *queues_json(const struct store_people *house)
{
	json_t *all = json_array();

	for (size_t i = 0; i < house->n_queues; i++)
		(void)json_array_append_new(all,
			json_pack("{s:s, s:s}", "number", house->queues[i].number, "name",
				house->queues[i].name));
	return all;
}

int people_api_list(struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out)
{
	struct store_people *house = NULL;
	json_t *all;
	int err = people_read(db, &house);

	(void)ask;
	if (err)
		return err;
	all = json_array();
	for (size_t i = 0; i < house->n_people; i++)
		if (store_person_is_here(&house->people[i]))
			(void)json_array_append_new(
				all, person_json(house, &house->people[i]));
	api_answer_json(out, 200,
		json_pack("{s:o, s:o}", "people", all, "queues", queues_json(house)));
	store_people_free(house);
	return 0;
}

/* --- a file --- */

static int with_plan(struct sqlite3 *db, const struct api_ask *ask,
	struct web_answer *out, bool applies)
{
	const struct people_known *k = ask->known;
	struct store_people *house = NULL;
	struct people_plan *plan = NULL;
	int err = people_read(db, &house);

	if (!err)
		err = people_plan_make(
			&plan, house, slice_of(ask->body, ask->n), ask->agent);
	if (!err && applies && plan->counts[PEOPLE_WRONG] == 0)
		err = people_plan_apply(db, house, plan, k->node, ask->agent, NULL);
	if (!err && applies && plan->counts[PEOPLE_WRONG])
		log_warn("an import of people was refused: %zu wrong lines",
			plan->counts[PEOPLE_WRONG]);
	if (!err)
		api_answer_json(out, applies && plan->counts[PEOPLE_WRONG] ? 409 : 200,
			people_plan_json(plan));
	people_plan_free(plan);
	store_people_free(house);
	return err;
}

int people_api_preview(
	struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out)
{
	return with_plan(db, ask, out, false);
}

int people_api_import(
	struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out)
{
	return with_plan(db, ask, out, true);
}

/* --- one person --- */

/* What is asked about one who is here. */
static int with_person(struct sqlite3 *db, const struct api_ask *ask,
	struct web_answer *out,
	int (*act)(struct sqlite3 *db, const struct api_ask *ask,
		const struct store_person *p, struct web_answer *out))
{
	struct store_people *house = NULL;
	const struct store_person *p;
	json_t *body = api_body(ask, out);
	int err = body ? people_read(db, &house) : 0;

	if (!err && body) {
		p = people_api_whom(house, body);
		err = p ? act(db, ask, p, out)
			: people_api_refuse(out, 404, "a wish about somebody", "nobody");
	}
	store_people_free(house);
	json_decref(body);
	return err;
}

static int invite(struct sqlite3 *db, const struct api_ask *ask,
	const struct store_person *p, struct web_answer *out)
{
	const struct people_known *k = ask->known;
	uint8_t hash[STORE_HASH_SIZE];
	int err;

	app_token_hash(hash, k->token);
	err = people_add_link(db, hash, p->id, ask->wall_ms + LINK_MS);
	if (!err)
		api_answer_json(out, 200,
			json_pack("{s:s, s:s}", "login", p->is.login, "token", k->token));
	return err;
}

int people_api_invite(
	struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out)
{
	return with_person(db, ask, out, invite);
}

static int leave(struct sqlite3 *db, const struct api_ask *ask,
	const struct store_person *p, struct web_answer *out)
{
	int err;

	if (p->id == ask->agent)
		return people_api_refuse(out, 409, "a leaving", "yourself");
	err = people_leave(db, p->id, ask->wall_ms, ask->agent);
	if (!err)
		api_answer_json(out, 200, json_pack("{s:s}", "left", p->is.login));
	return err;
}

int people_api_leave(
	struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out)
{
	return with_person(db, ask, out, leave);
}
