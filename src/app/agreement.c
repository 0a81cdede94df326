/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * agreement -- an agent reads, signs and ends the agreement at its desk, with a key of the device.  Part of app.
 *
 * A nonce is given with the text and good for one attempt, so what was signed once cannot be sent again
 * [RULES P2].  A signature counts when it is in the records: app_agreements() brings it back.  What is refused is
 * logged by its reason, and by nothing that says whose it was.
 */
#include "app/priv.h"

#include <openssl/crypto.h>
#include <string.h>

#include "app/p256.h"
#include "base/log.h"
#include "base/text.h"

#define CODE_TRIES \
	5 /* for one code; its 40 bits could not be guessed in its ten minutes anyway */

static void refuse(struct app *app, const struct app_agent *ag, const char *what,
	const char *code, const char *ref)
{
	log_warn("%s was refused: %s", what, code);
	app->ports.page_error(app->ports.arg, ag->conn, code, ref);
}

bool app_agreement_has_key(const struct app *app, uint64_t agent)
{
	const struct store_agreements *a = app->agreements;

	for (size_t i = 0; a && i < a->n_keys; i++)
		if (a->keys[i].agent == agent && !a->keys[i].revoked_ms)
			return true;
	return false;
}

/* Revoked ones too; NULL: nobody's. */
static const struct store_device_key *find_key(
	const struct app *app, const uint8_t point[STORE_POINT_SIZE])
{
	const struct store_agreements *a = app->agreements;

	for (size_t i = 0; a && i < a->n_keys; i++)
		if (memcmp(a->keys[i].point, point, STORE_POINT_SIZE) == 0)
			return &a->keys[i];
	return NULL;
}

/* NULL, or why this key does not sign for that agent. */
static const char *key_refuses(
	const struct app *app, uint64_t agent, const uint8_t point[STORE_POINT_SIZE])
{
	const struct store_device_key *k = find_key(app, point);

	if (!k || k->agent != agent)
		return "unknown_key";
	return k->revoked_ms ? "revoked_key" : NULL;
}

/* What is to be signed; else what is in force, to be read or confirmed. 0: there is none. */
static uint32_t version_for(const struct app_agent *ag)
{
	const struct home_answer *a = &ag->home.answer;

	return a->to_sign ? a->to_sign : a->in_force;
}

void app_agreement_read(struct app *app, struct app_agent *ag, const struct desk_msg *m)
{
	struct app_home *h = &ag->home;
	uint32_t number = version_for(ag);
	const struct home_version *v;
	struct desk_agreement d;

	if (number == 0 || !home_language_of(m->language, &h->language)) {
		app->ports.page_error(app->ports.arg, ag->conn, "no_agreement", m->ref);
		return;
	}
	v = &app->agreements->versions[number - 1];
	app->ports.random(app->ports.arg, h->nonce, sizeof h->nonce);
	h->nonce_version = number;
	d = (struct desk_agreement){ .version = number,
		.is_material = v->is_material,
		.effective_ms = v->effective_ms,
		.language = home_language_word(h->language),
		.text = app->agreements->texts[number - 1][h->language],
		.hash = v->hash[h->language],
		.nonce = h->nonce,
		.agent = ag->cfg.id,
		.label = home_label(h->language),
		.ref = m->ref };
	app->ports.desk_agreement(app->ports.arg, ag->conn, &d);
}

/* Upper case, without the dash that makes it easy to read. */
static void hash_code(uint8_t out[STORE_HASH_SIZE], const char *typed)
{
	char code[APP_CODE_LEN + 1];
	size_t n = 0;

	for (; *typed && n < APP_CODE_LEN; typed++)
		if (*typed != '-' && *typed != ' ')
			code[n++] = *typed >= 'a' && *typed <= 'z' ? (char)(*typed - 32)
								   : *typed;
	code[n] = 0;
	app_token_hash(out, code);
}

void app_code_hash(uint8_t hash[STORE_HASH_SIZE], const char *code)
{
	hash_code(hash, code);
}

static const char *enrol(struct app *app, struct app_agent *ag, const struct desk_msg *m)
{
	struct store_device_key key = { .agent = ag->cfg.id };
	const struct store_agreements *a = app->agreements;
	int64_t now_ms = app->ports.wall_ms(app->ports.arg);
	const struct store_home_agent *record = NULL;
	uint8_t code[STORE_HASH_SIZE];

	for (size_t i = 0; a && i < a->n_agents; i++)
		if (a->agents[i].agent == ag->cfg.id)
			record = &a->agents[i];
	if (!record || record->code_expires_ms <= now_ms)
		return "no_code";
	if (memcmp(ag->home.tried, record->code, sizeof record->code) != 0) {
		memcpy(ag->home.tried, record->code, sizeof record->code);
		ag->home.tries = 0;
	}
	hash_code(code, m->code);
	if (ag->home.tries >= CODE_TRIES ||
		CRYPTO_memcmp(code, record->code, sizeof code) != 0) {
		ag->home.tries++;
		return "bad_code";
	}
	if (text_unhex(key.point, sizeof key.point, m->key) || !p256_is_key(key.point))
		return "bad_key";
	if (find_key(app, key.point)) /* each device makes a new one */
		return "used_key";
	return app->ports.store_enrol(app->ports.arg, &key, code, now_ms) ? "no_records"
									  : NULL;
}

void app_agreement_enrol(struct app *app, struct app_agent *ag, const struct desk_msg *m)
{
	const char *why = enrol(app, ag, m);

	if (why)
		refuse(app, ag, "a device's key", why, m->ref);
}

/* NULL, or what is wrong with it; *s is then as it is to be stored, but for the house's part. */
static const char *check(struct app *app, struct app_agent *ag, const struct desk_msg *m,
	struct store_signature *s)
{
	struct app_home *h = &ag->home;
	uint32_t given_for = h->nonce_version;
	struct home_statement statement = { .version = m->version,
		.language = s->language,
		.hash = s->hash,
		.agent = ag->cfg.id,
		.nonce = s->nonce };
	char text[HOME_STATEMENT_MAX];
	const char *why;
	size_t n;

	h->nonce_version = 0; /* used up, whatever comes of it */
	if (text_unhex(s->nonce, sizeof s->nonce, m->nonce) || !given_for ||
		CRYPTO_memcmp(s->nonce, h->nonce, sizeof s->nonce) != 0)
		return "bad_nonce";
	if (m->version != given_for || m->version != version_for(ag) ||
		strcmp(m->language, home_language_word(h->language)) != 0)
		return "bad_version";
	if (text_unhex(s->hash, sizeof s->hash, m->hash) ||
		memcmp(s->hash,
			app->agreements->versions[m->version - 1].hash[h->language],
			sizeof s->hash) != 0)
		return "bad_hash";
	if (text_unhex(s->key, sizeof s->key, m->key))
		return "unknown_key";
	why = key_refuses(app, ag->cfg.id, s->key);
	if (why)
		return why;
	n = home_statement_write(text, &statement);
	if (text_unhex(s->signature, sizeof s->signature, m->signature) ||
		!p256_verify(s->key, text, n, s->signature))
		return "bad_signature";
	return NULL;
}

/* Points 14 to 17 are its promises [RULES P2]. */
static void countersign(struct app *app, struct store_signature *s)
{
	struct home_statement statement = { s->version, s->language, s->hash, s->agent,
		s->nonce };
	char text[HOME_COUNTER_MAX];
	size_t n = home_counter_write(
		text, &statement, s->key, s->signature, s->signed_ms);

	s->is_countersigned = app->ports.countersign(
				      app->ports.arg, text, n, s->countersignature) == 0;
	if (!s->is_countersigned)
		log_error(
			"the house could not countersign an agreement: its key does not "
			"sign");
}

void app_agreement_sign(struct app *app, struct app_agent *ag, const struct desk_msg *m)
{
	struct store_signature s = { .agent = ag->cfg.id,
		.version = m->version,
		.language = ag->home.language,
		.signed_ms = app->ports.wall_ms(app->ports.arg) };
	const char *why = check(app, ag, m, &s);

	if (!why) {
		countersign(app, &s);
		why = app->ports.store_sign(app->ports.arg, &s) ? "no_records" : NULL;
	}
	if (why)
		refuse(app, ag, "a signature of the agreement", why, m->ref);
}

void app_agreement_end(struct app *app, struct app_agent *ag, const struct desk_msg *m)
{
	if (app->ports.store_end_agreement(app->ports.arg, ag->cfg.id,
		    app->ports.wall_ms(app->ports.arg), m->on))
		refuse(app, ag, "the end of an agreement", "no_records", m->ref);
}
