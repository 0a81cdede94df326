/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * prove_passkey -- passkeys: alone at login, as a second factor, their set-up, and a device's key by one.
 * Part of app; see prove.h.
 *
 * A challenge is no entry in a table that strangers could fill: it says until when it is good, for which purpose and
 * session, under a key of this process.  That it was used is kept for its five minutes; only somebody whose passkey was
 * right gets so far.
 */
#include "app/prove.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

#include "app/p256.h"
#include "base/base64.h"
#include "base/log.h"
#include "base/text.h"

#define CHALLENGE_MS \
	300000 /* Web Authentication Level 2, section 15.1: five minutes at most */
#define MAC_AT        16 /* 8 bytes of time, 8 of chance, 16 of the code */
#define SIGNATURE_MAX 128 /* of ES256 in DER 72, of EdDSA 64 */
#define DATA_MAX      1024 /* of an assertion 37, with extensions more */
#define ATTESTATION_MAX \
	4096 /* without a statement 1.3 KB at most; some send one unasked */

enum purpose { TO_ASSERT, TO_REGISTER };

static void make_mac(const struct proof *p, enum purpose purpose,
	const uint8_t *challenge, uint8_t mac[MAC_AT])
{
	uint8_t text[MAC_AT + 9], whole[32];
	unsigned n = sizeof whole;

	memcpy(text, challenge, MAC_AT);
	text[MAC_AT] = (uint8_t)purpose;
	be64_put(text + MAC_AT + 1, p->session);
	if (!HMAC(EVP_sha256(), p->app->challenge_key, sizeof p->app->challenge_key, text,
		    sizeof text, whole, &n))
		abort(); /* OpenSSL without SHA-256 or memory */
	memcpy(mac, whole, MAC_AT);
}

static void make_challenge(
	const struct proof *p, enum purpose purpose, uint8_t out[PASSKEY_CHALLENGE])
{
	be64_put(out, (uint64_t)(app_now_ms(p->app) + CHALLENGE_MS));
	p->app->ports.random(p->app->ports.arg, out + 8, 8);
	make_mac(p, purpose, out, out + MAC_AT);
}

/* The one that came with the answer: ours, in time, and not used yet. */
static bool take_challenge(
	const struct proof *p, enum purpose purpose, uint8_t out[PASSKEY_CHALLENGE])
{
	uint8_t mac[MAC_AT];
	struct slice s;

	if (!prove_bytes(p, "challenge", out, PASSKEY_CHALLENGE, &s) ||
		s.n != PASSKEY_CHALLENGE)
		return false;
	make_mac(p, purpose, out, mac);
	if (CRYPTO_memcmp(mac, out + MAC_AT, sizeof mac) != 0 ||
		(int64_t)be64_get(out) < app_now_ms(p->app))
		return false;
	for (size_t i = 0; i < APP_CHALLENGES; i++)
		if (memcmp(p->app->challenges_used[i], out, MAC_AT) == 0)
			return false;
	return true;
}

static void use_up(struct app *app, const uint8_t challenge[PASSKEY_CHALLENGE])
{
	memcpy(app->challenges_used[app->n_challenges++ % APP_CHALLENGES], challenge,
		MAC_AT);
}

static json_t *text64(struct slice bytes)
{
	char text[BASE64_SIZE(STORE_CREDENTIAL_ID_MAX) + 1];
	struct wbuf w = wbuf_of(text, sizeof text);

	base64_write(&w, BASE64_URL, bytes);
	return json_stringn(text, w.n);
}

static json_t *ids_of(struct app *app, uint64_t agent)
{
	json_t *ids = json_array();

	for (size_t i = 0; i < app->credentials->n; i++) {
		const struct store_credential *c = &app->credentials->v[i];

		if (c->agent == agent && c->kind == STORE_PASSKEY)
			json_array_append_new(
				ids, text64((struct slice){ c->id, c->n_id }));
	}
	return ids;
}

/* What the page hands to the browser; false: passkeys are bound to a name, and this is an address. */
static bool begin(struct proof *p, enum purpose purpose, json_t **out)
{
	uint8_t challenge[PASSKEY_CHALLENGE];
	char rp[PASSKEY_RP_MAX];

	if (!passkey_rp(rp, p->origin)) {
		prove_refuse(p, 409, "no_name");
		return false;
	}
	make_challenge(p, purpose, challenge);
	*out = json_pack("{s:o, s:s, s:o}", "challenge",
		text64((struct slice){ challenge, sizeof challenge }), "rp", rp, "ids",
		ids_of(p->app, p->agent));
	return true;
}

void prove_passkey_ask(struct proof *p)
{
	json_t *j;

	if (begin(p, TO_ASSERT, &j))
		prove_answer(p, j);
}

/* user: the number of the agent, which says nothing about the person. */
void prove_passkey_draft(struct proof *p)
{
	const struct app_agent *ag = app_agent_find(p->app, p->agent);
	uint8_t user[8];
	json_t *j;

	be64_put(user, p->agent);
	if (!begin(p, TO_REGISTER, &j))
		return;
	(void)json_object_set_new(j, "user", text64((struct slice){ user, sizeof user }));
	(void)json_object_set_new(j, "login", json_string(ag->cfg.login));
	(void)json_object_set_new(j, "name", json_string(ag->cfg.name));
	prove_answer(p, j);
}

/* NULL, or what is wrong; then *c is the credential, and *d what its authenticator says. */
static const char *check_assertion(struct proof *p, const uint8_t *challenge,
	struct store_credential **c, struct webauthn_data *d)
{
	uint8_t id[STORE_CREDENTIAL_ID_MAX], data[DATA_MAX], client[PASSKEY_CLIENT_MAX],
		signature[SIGNATURE_MAX];
	struct slice s_id, s_data, s_client, s_signature;
	char rp[PASSKEY_RP_MAX];
	struct passkey_ask ask = { challenge, p->origin, rp, !p->session };
	struct cose_key key;

	if (!passkey_rp(rp, p->origin))
		return "no_name";
	if (!prove_bytes(p, "id", id, sizeof id, &s_id) ||
		!prove_bytes(p, "data", data, sizeof data, &s_data) ||
		!prove_bytes(p, "client", client, sizeof client, &s_client) ||
		!prove_bytes(p, "signature", signature, sizeof signature, &s_signature))
		return "bad_message";
	*c = prove_find_passkey(p->app, s_id);
	if (!*c || (p->agent && (*c)->agent != p->agent))
		return "unknown_passkey";
	key = (struct cose_key){ .alg = (enum cose_alg)(*c)->algorithm, .n = (*c)->n };
	if (key.n != cose_point_size(key.alg))
		return "bad_key";
	memcpy(key.point, (*c)->value, key.n);
	return passkey_assert(
		d, &key, (uint32_t)(*c)->counter, s_data, s_client, s_signature, &ask);
}

void prove_passkey(struct proof *p)
{
	uint8_t challenge[PASSKEY_CHALLENGE];
	struct store_credential *c = NULL;
	struct webauthn_data d;
	const char *why;

	if (!p->session && prove_has_no_local(p))
		return; /* as a second factor it counts */
	why = take_challenge(p, TO_ASSERT, challenge)
		? check_assertion(p, challenge, &c, &d)
		: "bad_challenge";
	if (!why && !app_agent_find(p->app, c->agent))
		why = "unknown_passkey";
	if (why) {
		prove_wrong(p, why);
		return;
	}
	use_up(p->app, challenge);
	c->counter = d.count;
	p->agent = c->agent;
	p->factors =
		2; /* what one has, and a finger, a face, a PIN, or the first factor of the session */
	p->change = *c;
	prove_month(p, &p->change);
	prove_write(p, prove_let_in);
}

static size_t passkeys_of(const struct app *app, uint64_t agent)
{
	size_t n = 0;

	for (size_t i = 0; i < app->credentials->n; i++)
		n += app->credentials->v[i].agent == agent &&
			app->credentials->v[i].kind == STORE_PASSKEY;
	return n;
}

static const char *check_new(struct proof *p, struct store_credential *change)
{
	uint8_t challenge[PASSKEY_CHALLENGE], attestation[ATTESTATION_MAX],
		client[PASSKEY_CLIENT_MAX];
	struct slice s_attestation, s_client;
	char rp[PASSKEY_RP_MAX];
	struct passkey_ask ask = { challenge, p->origin, rp, true };
	struct webauthn_data d;
	const char *why;

	if (!take_challenge(p, TO_REGISTER, challenge))
		return "bad_challenge";
	if (!passkey_rp(rp, p->origin))
		return "no_name";
	if (!prove_bytes(
		    p, "attestation", attestation, sizeof attestation, &s_attestation) ||
		!prove_bytes(p, "client", client, sizeof client, &s_client))
		return "bad_message";
	why = passkey_register(&d, s_attestation, s_client, &ask);
	if (why)
		return why;
	if (prove_find_passkey(p->app, d.id))
		return "passkey_taken";
	use_up(p->app, challenge);
	*change = prove_new(p, STORE_PASSKEY);
	change->n_id = (uint16_t)d.id.n;
	memcpy(change->id, d.id.p, d.id.n);
	change->algorithm = d.key.alg;
	change->n = (uint16_t)d.key.n;
	memcpy(change->value, d.key.point, d.key.n);
	change->counter = d.count;
	return NULL;
}

void prove_passkey_add(struct proof *p)
{
	const char *name = prove_text(p, "name");
	const char *why;

	if (passkeys_of(p->app, p->agent) >= PROVE_PASSKEYS_MAX) {
		prove_refuse(p, 422, "too_many");
		return;
	}
	why = check_new(p, &p->change);
	if (!why &&
		(!text_is_clean_utf8(name) ||
			text_copy(p->change.name, sizeof p->change.name, name)))
		why = "bad_name";
	if (why) {
		log_warn("a new passkey was refused: %s", why);
		prove_refuse(p, 422, why);
		return;
	}
	p->factors = 2; /* it was asked for finger, face or PIN just now */
	prove_write(p, prove_let_in);
}

void prove_passkey_remove(struct proof *p)
{
	uint8_t id[STORE_CREDENTIAL_ID_MAX];
	struct slice s;
	const struct store_credential *c = prove_bytes(p, "id", id, sizeof id, &s)
		? prove_find_passkey(p->app, s)
		: NULL;

	if (!c || c->agent != p->agent) {
		prove_refuse(p, 404, "unknown_passkey");
		return;
	}
	p->change = *c;
	prove_write_and_answer(p, true);
}

/* In place of the code that is shown in person: the passkey signs the challenge and the device's key together. */
void prove_device(struct proof *p)
{
	uint8_t text[PASSKEY_CHALLENGE + STORE_POINT_SIZE], signed_for[32];
	struct store_device_key key = { .agent = p->agent };
	struct store_credential *c = NULL;
	struct webauthn_data d;
	const char *why = "bad_challenge";

	if (text_unhex(key.point, sizeof key.point, prove_text(p, "key")) ||
		!p256_is_key(key.point)) {
		prove_refuse(p, 422, "bad_key");
		return;
	}
	if (take_challenge(p, TO_ASSERT, text)) {
		memcpy(text + PASSKEY_CHALLENGE, key.point, sizeof key.point);
		if (!EVP_Digest(text, sizeof text, signed_for, NULL, EVP_sha256(), NULL))
			abort(); /* OpenSSL without SHA-256 or memory */
		why = check_assertion(p, signed_for, &c, &d);
	}
	if (!why && !d.is_verified)
		why = "not_verified";
	if (why) {
		prove_wrong(p, why);
		return;
	}
	use_up(p->app, text);
	c->counter = d.count;
	if (p->app->ports.store_enrol(p->app->ports.arg, &key, NULL,
		    p->app->ports.wall_ms(p->app->ports.arg))) {
		prove_refuse(p, 503, "no_records");
		return;
	}
	p->change = *c;
	prove_month(p, &p->change);
	prove_write_and_answer(p, false);
}
