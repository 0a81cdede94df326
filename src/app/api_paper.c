/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * api_paper -- what pages ask about the agreement and the ledger: the agent's own copy, its devices and their
 * revocation [RULES P2, N6]; damages of the ledger and their acknowledgement by an officer [P1].  Part of app.
 */
#include "app/api_paper.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/paper.h"
#include "app/priv.h"
#include "base/log.h"
#include "base/text.h"
#include "store/ledger_damage.h"

#define DAMAGES_MAX 64 /* a page shows no more; each is a restart on a damaged file */

unsigned api_paper_prepare(struct app *app, struct api_ask *ask)
{
	struct app_paper *house = malloc(sizeof *house);

	if (!house)
		return 503;
	*house = app->cfg.paper;
	ask->known = house;
	return 0;
}

int api_paper_get(struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out)
{
	struct signed_copy *c = NULL;
	uint8_t *pdf = NULL;
	size_t n = 0;
	int err = signed_read(db, ask->agent, &c);

	if (err == ENOENT) {
		api_answer_error(out, 404, "not_signed");
		return 0;
	}
	if (!err)
		err = app_paper_make(ask->known, c, &pdf, &n);
	if (!err) {
		*out = (struct web_answer){ .status = 200,
			.type = "application/pdf",
			.body = (char *)pdf,
			.n = n };
		err = text_format(out->file, sizeof out->file, "agreement-%u-%s.pdf",
			c->s.version, home_language_word(c->s.language));
	}
	signed_free(c);
	return err;
}

/* --- devices --- */

static json_t *device_json(const struct store_device_key *k)
{
	char hex[2 * STORE_POINT_SIZE + 1];

	text_hex(hex, sizeof hex, k->point, sizeof k->point);
	return json_pack("{s:s, s:I, s:I}", "key", hex, "enrolled_ms",
		(json_int_t)k->enrolled_ms, "revoked_ms", (json_int_t)k->revoked_ms);
}

unsigned api_devices_prepare(struct app *app, struct api_ask *ask)
{
	const struct store_agreements *a = app->agreements;
	json_t *devices = json_array();

	for (size_t i = 0; a && i < a->n_keys; i++)
		if (a->keys[i].agent == ask->agent)
			(void)json_array_append_new(devices, device_json(&a->keys[i]));
	ask->known = json_pack("{s:o}", "devices", devices);
	return 0;
}

static bool read_key(const struct api_ask *ask, uint8_t point[STORE_POINT_SIZE])
{
	json_t *body = json_loadb(ask->body, ask->n, JSON_REJECT_DUPLICATES, NULL);
	const char *hex = json_string_value(json_object_get(body, "key"));
	bool is_good = hex && !text_unhex(point, STORE_POINT_SIZE, hex);

	json_decref(body);
	return is_good;
}

int api_devices_revoke(
	struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out)
{
	uint8_t point[STORE_POINT_SIZE];
	size_t n = 0;
	int err;

	if (!read_key(ask, point)) {
		api_answer_error(out, 400, "bad_message");
		return 0;
	}
	err = store_revoke_own_key(db, ask->agent, point, ask->wall_ms, &n);
	if (err)
		return err;
	if (n == 0) {
		log_warn("the revocation of a device's key was refused: unknown_key");
		api_answer_error(out, 404, "unknown_key");
		return 0;
	}
	api_answer_json(out, 200, json_pack("{s:b}", "revoked", true));
	return 0;
}

/* At once, before the records tell it: it signs no more. */
void api_devices_revoked(
	struct app *app, const struct api_ask *ask, const struct web_answer *out)
{
	struct store_agreements *a = app->agreements;
	uint8_t point[STORE_POINT_SIZE];

	if (out->status != 200 || !read_key(ask, point))
		return;
	for (size_t i = 0; a && i < a->n_keys; i++)
		if (a->keys[i].agent == ask->agent &&
			memcmp(a->keys[i].point, point, sizeof point) == 0)
			a->keys[i].revoked_ms = ask->wall_ms;
	app_home_review(app);
}

/* --- the ledger's damages --- */

int api_ledger_get(struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out)
{
	const struct app_paper *house = ask->known;
	struct ledger_damage d[DAMAGES_MAX];
	json_t *damages = json_array();
	size_t n = 0;
	int err = ledger_damages(house->ledger, d, DAMAGES_MAX, &n);

	(void)db;
	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(damages,
			json_pack("{s:i, s:I, s:b, s:b}", "segment", (int)d[i].segment,
				"first_bad", (json_int_t)d[i].first_bad, "rewritten",
				d[i].is_rewritten, "acknowledged", d[i].is_acknowledged));
	if (err)
		json_decref(damages);
	else
		api_answer_json(out, 200, json_pack("{s:o}", "damages", damages));
	return err;
}

static bool read_segment(const struct api_ask *ask, uint32_t *segment)
{
	json_t *body = json_loadb(ask->body, ask->n, JSON_REJECT_DUPLICATES, NULL);
	json_t *number = json_object_get(body, "segment");
	json_int_t n = json_integer_value(number);
	bool is_good = json_is_integer(number) && n > 0 && n <= UINT32_MAX;

	*segment = is_good ? (uint32_t)n : 0;
	json_decref(body);
	return is_good;
}

int api_ledger_acknowledge(
	struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out)
{
	const struct app_paper *house = ask->known;
	struct ledger_damage d[DAMAGES_MAX];
	bool is_open = false;
	uint32_t segment;
	size_t n = 0;
	int err;

	if (!read_segment(ask, &segment)) {
		api_answer_error(out, 400, "bad_message");
		return 0;
	}
	err = ledger_damages(house->ledger, d, DAMAGES_MAX, &n);
	for (size_t i = 0; i < n; i++)
		is_open |= d[i].segment == segment && !d[i].is_acknowledged;
	if (!err && !is_open) {
		api_answer_error(out, 404, "no_damage");
		return 0;
	}
	if (!err)
		err = acknowledge_write(db, segment, ask->agent, ask->wall_ms);
	if (!err)
		api_answer_json(out, 200, json_pack("{s:b}", "acknowledged", true));
	return err;
}
