/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * approvals_api -- the page of approvals: what is on, and what switches it on [RULES N7].  See people_api.h.
 *
 * An approval is signed by a key of the staff body over the statement of core/approval: the lines are written here again
 * from what was sent, so what is stored is what was signed.  The device's nonce is good once, for ever, and the time
 * of signing must be now; so what was sent once cannot be sent again.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/p256.h"
#include "app/people_api.h"
#include "app/people_known.h"
#include "base/ids.h"
#include "base/text.h"

#define CODE_MS  (10 * INT64_C(60000))
#define A_DAY_MS INT64_C(86400000)

/* --- what is on --- */

static json_t *scope_json(uint64_t scope)
{
	char text[IDS_TEXT_SIZE];

	if (!scope)
		return json_string("house");
	ids_text(text, scope);
	return json_string(text);
}

static const char *state_of(
	const struct store_people *p, const struct store_approval *a, int64_t now_ms)
{
	if (!a->has_agreed)
		return "declined";
	if (a->is.withdrawn_ms && now_ms >= a->is.withdrawn_ms)
		return "withdrawn";
	if (now_ms >= a->is.until_ms)
		return "expired";
	if (a->is.is_consultation && store_people_have_body(p))
		return "replaced";
	return now_ms < a->is.from_ms ? "coming" : "on";
}

static json_t *approval_json(
	const struct store_people *p, const struct store_approval *a, int64_t now_ms)
{
	char hash[2 * STORE_HASH_SIZE + 1];
	json_t *j = json_pack("{s:I, s:s, s:s, s:o, s:I, s:I, s:I, s:s, s:s}", "number",
		(json_int_t)a->number, "kind",
		a->is.is_consultation ? "consultation" : "approval", "evaluation",
		evaluation_word(a->is.evaluation), "scope", scope_json(a->is.scope),
		"from_ms", (json_int_t)a->is.from_ms, "until_ms",
		(json_int_t)a->is.until_ms, "signed_ms", (json_int_t)a->signed_ms, "who",
		a->who, "state", state_of(p, a, now_ms));

	if (a->is.is_consultation) {
		text_hex(hash, sizeof hash, a->text_hash, sizeof a->text_hash);
		(void)json_object_set_new(j, "held_ms", json_integer(a->held_ms));
		(void)json_object_set_new(j, "text_sha256", json_string(hash));
	}
	return j;
}

static bool is_on(
	const struct store_people *p, enum evaluation e, uint64_t scope, int64_t now_ms)
{
	for (size_t i = 0; i < p->n_approvals; i++)
		if (p->approvals[i].has_agreed &&
			approval_is_on(&p->approvals[i].is, 1, store_people_have_body(p),
				e, scope, now_ms))
			return true;
	return false;
}

static json_t *evaluations_json(const struct store_people *p, int64_t now_ms)
{
	json_t *all = json_array();

	for (unsigned e = 0; e < EVALUATIONS; e++)
		(void)json_array_append_new(all,
			json_pack("{s:s, s:b}", "name",
				evaluation_word((enum evaluation)e), "on",
				is_on(p, (enum evaluation)e, 0, now_ms)));
	return all;
}

static json_t *queues_json(const struct store_people *p)
{
	json_t *all = json_array();

	for (size_t i = 0; i < p->n_queues; i++)
		(void)json_array_append_new(all,
			json_pack("{s:o, s:s}", "id", scope_json(p->queue_ids[i]), "name",
				p->queues[i].name));
	return all;
}

/* Of who asks: so that the page knows whether this device's is among them. */
static json_t *keys_json(const struct store_people *p, uint64_t agent)
{
	json_t *all = json_array();
	char hex[2 * STORE_POINT_SIZE + 1];

	for (size_t i = 0; i < p->n_staff_keys; i++) {
		if (p->staff_keys[i].agent != agent)
			continue;
		text_hex(hex, sizeof hex, p->staff_keys[i].point, STORE_POINT_SIZE);
		(void)json_array_append_new(all, json_string(hex));
	}
	return all;
}

/* Whom a code can be made for. */
static json_t *body_json(const struct store_people *p)
{
	json_t *all = json_array();

	for (size_t i = 0; i < p->n_people; i++)
		if (store_person_is_here(&p->people[i]) &&
			(p->people[i].is.roles & STORE_ROLE_STAFF))
			(void)json_array_append_new(all,
				json_pack("{s:s, s:s}", "login", p->people[i].is.login,
					"name", p->people[i].is.name));
	return all;
}

int approvals_api_list(
	struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out)
{
	struct store_people *p = NULL;
	json_t *all;
	int err = people_read(db, &p);

	if (err)
		return err;
	all = json_array();
	for (size_t i = p->n_approvals; i-- > 0;)
		(void)json_array_append_new(
			all, approval_json(p, &p->approvals[i], ask->wall_ms));
	api_answer_json(out, 200,
		json_pack("{s:I, s:o, s:o, s:o, s:o, s:o}", "now_ms",
			(json_int_t)ask->wall_ms, "evaluations",
			evaluations_json(p, ask->wall_ms), "approvals", all, "queues",
			queues_json(p), "keys", keys_json(p, ask->agent), "body",
			body_json(p)));
	store_people_free(p);
	return 0;
}

/* --- keys --- */

/* From a token's bytes; Crockford's base 32, as the desk's codes. */
static void code_of(const char *token, char code[APP_CODE_LEN + 1])
{
	static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	uint8_t bytes[APP_CODE_LEN] = { 0 };
	char hex[2 * APP_CODE_LEN + 1];

	memcpy(hex, token, sizeof hex - 1);
	hex[sizeof hex - 1] = 0;
	(void)text_unhex(bytes, sizeof bytes, hex);
	for (size_t i = 0; i < APP_CODE_LEN; i++)
		code[i] = letters[bytes[i] & 31];
	code[APP_CODE_LEN] = 0;
}

static int make_code(struct sqlite3 *db, const struct api_ask *ask,
	const struct store_person *p, struct web_answer *out)
{
	const struct people_known *k = ask->known;
	char code[APP_CODE_LEN + 1], shown[APP_CODE_LEN + 2];
	uint8_t hash[STORE_HASH_SIZE];
	int err;

	if (!p || !(p->is.roles & STORE_ROLE_STAFF))
		return people_api_refuse(
			out, 409, "a code for the staff body", "not_staff_body");
	code_of(k->token, code);
	app_code_hash(hash, code);
	err = staff_open_code(db, p->id, hash, ask->wall_ms + CODE_MS);
	(void)text_format(shown, sizeof shown, "%.4s-%s", code, code + 4);
	if (!err)
		api_answer_json(out, 200, json_pack("{s:s}", "code", shown));
	return err;
}

int approvals_api_code(
	struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out)
{
	struct store_people *house = NULL;
	json_t *body = api_body(ask, out);
	int err = body ? people_read(db, &house) : 0;

	if (!err && body)
		err = make_code(db, ask, people_api_whom(house, body), out);
	store_people_free(house);
	json_decref(body);
	return err;
}

static const char *text_of(const json_t *body, const char *name)
{
	const char *text = json_string_value(json_object_get(body, name));

	return text ? text : "";
}

static int64_t number_of(const json_t *body, const char *name)
{
	return json_integer_value(json_object_get(body, name));
}

int approvals_api_enrol(
	struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out)
{
	static const char what[] = "a key of the staff body";
	struct store_device_key key = { .agent = ask->agent };
	json_t *body = api_body(ask, out);
	uint8_t hash[STORE_HASH_SIZE];
	int err = 0;

	if (!body)
		return 0;
	app_code_hash(hash, text_of(body, "code"));
	if (text_unhex(key.point, sizeof key.point, text_of(body, "key")) ||
		!p256_is_key(key.point)) {
		(void)people_api_refuse(out, 400, what, "bad_key");
		goto out;
	}
	err = staff_enrol(db, &key, hash, ask->wall_ms);
	if (err == EACCES)
		err = people_api_refuse(out, 409, what, "bad_code"); /* and it counts */
	else if (err == EEXIST)
		(void)people_api_refuse(out, 409, what, "bad_key");
	else if (!err)
		api_answer_json(out, 200, json_pack("{s:b}", "enrolled", true));
out:
	json_decref(body);
	return err;
}

/* --- what is signed --- */

/* What both signed things have. */
struct signed_by {
	uint8_t key[STORE_POINT_SIZE], nonce[APPROVAL_NONCE],
		signature[STORE_SIGNATURE_SIZE];
	struct store_approved by;
};

static bool has_key(const struct store_people *p, uint64_t agent, const uint8_t *point)
{
	for (size_t i = 0; i < p->n_staff_keys; i++)
		if (p->staff_keys[i].agent == agent &&
			memcmp(p->staff_keys[i].point, point, STORE_POINT_SIZE) == 0)
			return true;
	return false;
}

/* NULL, or what is wrong; text: what must have been signed. */
static const char *read_signed(struct signed_by *s, const struct store_people *house,
	const struct api_ask *ask, const json_t *body)
{
	s->by = (struct store_approved){ .agent = ask->agent,
		.key = s->key,
		.nonce = s->nonce,
		.signature = s->signature,
		.signed_ms = number_of(body, "signed_ms"),
		.at_ms = ask->wall_ms };
	if (text_unhex(s->nonce, sizeof s->nonce, text_of(body, "nonce")))
		return "bad_nonce";
	if (text_unhex(s->key, sizeof s->key, text_of(body, "key")) ||
		!has_key(house, ask->agent, s->key))
		return "unknown_key";
	if (text_unhex(s->signature, sizeof s->signature, text_of(body, "signature")))
		return "bad_signature";
	return NULL;
}

/* "house", or a queue that this centre has. */
static bool read_scope(
	const struct store_people *house, const char *text, uint64_t *scope)
{
	*scope = 0;
	if (strcmp(text, "house") == 0)
		return true;
	if (ids_parse(text, scope))
		return false;
	for (size_t i = 0; i < house->n_queues; i++)
		if (house->queue_ids[i] == *scope)
			return true;
	return false;
}

/* NULL, or what is wrong. */
static const char *read_statement(struct approval_statement *s,
	const struct store_people *house, const json_t *body, int64_t now_ms)
{
	s->evaluation = evaluation_of(text_of(body, "evaluation"));
	s->from_ms = number_of(body, "from_ms");
	s->until_ms = number_of(body, "until_ms");
	s->signed_ms = number_of(body, "signed_ms");
	if (s->evaluation == EVALUATIONS)
		return "bad_evaluation";
	if (!read_scope(house, text_of(body, "scope"), &s->scope))
		return "bad_scope";
	return approval_refuses(s, now_ms);
}

/* What it said becomes an answer; an errno that is none of ours stays one. */
static int told(int err, struct web_answer *out, const char *what)
{
	switch (err) {
	case 0: api_answer_json(out, 200, json_pack("{s:b}", "done", true)); return 0;
	case EEXIST: return people_api_refuse(out, 409, what, "bad_nonce");
	case ENOENT: return people_api_refuse(out, 404, what, "no_approval");
	case EALREADY: return people_api_refuse(out, 409, what, "withdrawn");
	default: return err;
	}
}

static int sign(struct sqlite3 *db, const struct store_people *house,
	const struct api_ask *ask, const json_t *body, struct web_answer *out)
{
	static const char what[] = "an approval";
	struct signed_by s;
	struct approval_statement a = { .nonce = s.nonce };
	char text[APPROVAL_STATEMENT_MAX];
	const char *why = read_signed(&s, house, ask, body);

	if (!why)
		why = read_statement(&a, house, body, ask->wall_ms);
	if (!why) {
		size_t n = approval_statement_write(text, &a);

		why = p256_verify(s.key, text, n, s.signature) ? NULL : "bad_signature";
	}
	return why ? people_api_refuse(out, 409, what, why)
		   : told(approval_put(db, &a, &s.by), out, what);
}

static int withdraw(struct sqlite3 *db, const struct store_people *house,
	const struct api_ask *ask, const json_t *body, struct web_answer *out)
{
	static const char what[] = "a withdrawal";
	uint64_t approval = (uint64_t)number_of(body, "approval");
	char text[APPROVAL_STATEMENT_MAX];
	struct signed_by s;
	const char *why = read_signed(&s, house, ask, body);
	int64_t signed_ms = s.by.signed_ms;

	if (!why &&
		(signed_ms < ask->wall_ms - APPROVAL_CLOCK_MS ||
			signed_ms > ask->wall_ms + APPROVAL_CLOCK_MS))
		why = "bad_time";
	if (!why) {
		size_t n = approval_withdrawal_write(text, approval, signed_ms, s.nonce);

		why = p256_verify(s.key, text, n, s.signature) ? NULL : "bad_signature";
	}
	return why ? people_api_refuse(out, 409, what, why)
		   : told(approval_withdraw(db, approval, &s.by), out, what);
}

static int consult(struct sqlite3 *db, const struct store_people *house,
	const struct api_ask *ask, const json_t *body, struct web_answer *out)
{
	static const char what[] = "a consultation";
	struct approval_statement s;
	struct store_approval a = { .has_agreed = json_is_true(
					    json_object_get(body, "agreed")),
		.signed_ms = ask->wall_ms,
		.held_ms = number_of(body, "held_ms") };
	const char *why = read_statement(&s, house, body, ask->wall_ms);

	if (why && strcmp(why, "bad_time") == 0) { /* nothing is signed here */
		s.signed_ms = ask->wall_ms;
		why = approval_refuses(&s, ask->wall_ms);
	}
	a.is = (struct approval){ s.evaluation, true, s.scope, s.from_ms, s.until_ms, 0 };
	if (!why && store_people_have_body(house))
		why = "has_body"; /* it is the one to be asked */
	if (!why && (a.held_ms <= 0 || a.held_ms > ask->wall_ms))
		why = "bad_date";
	if (!why &&
		text_unhex(a.text_hash, sizeof a.text_hash, text_of(body, "text_sha256")))
		why = "bad_hash";
	return why ? people_api_refuse(out, 409, what, why)
		   : told(consultation_put(db, &a, ask->agent), out, what);
}

static int with_body(struct sqlite3 *db, const struct api_ask *ask,
	struct web_answer *out,
	int (*act)(struct sqlite3 *db, const struct store_people *house,
		const struct api_ask *ask, const json_t *body, struct web_answer *out))
{
	struct store_people *house = NULL;
	json_t *body = api_body(ask, out);
	int err = body ? people_read(db, &house) : 0;

	if (!err && body)
		err = act(db, house, ask, body, out);
	store_people_free(house);
	json_decref(body);
	return err;
}

int approvals_api_sign(
	struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out)
{
	return with_body(db, ask, out, sign);
}

int approvals_api_withdraw(
	struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out)
{
	return with_body(db, ask, out, withdraw);
}

int approvals_api_consult(
	struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out)
{
	return with_body(db, ask, out, consult);
}
