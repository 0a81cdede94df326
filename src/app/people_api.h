/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * people_api -- what the pages of people and approvals ask for and change; rows of the table in api.c.
 *
 * What is refused is answered with a code, logged by it, and by nothing that says whose it was.
 */
#ifndef APP_PEOPLE_API_H
#define APP_PEOPLE_API_H

#include "app/api.h"

/* The node that new ids are of, and a token for a link or a code. */
unsigned people_api_prepare(struct app *app, struct api_ask *ask);

/* People: administrators. */
int people_api_list(
	struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out);
/* The body is a file (text/csv): what it would change; and does it. */
int people_api_preview(
	struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out);
int people_api_import(
	struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out);
/* {"login":...}: a one-time link's token, shown once. */
int people_api_invite(
	struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out);
int people_api_leave(
	struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out);

/* Approvals: administrators, officers and the staff body read; the latter signs. */
int approvals_api_list(
	struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out);
/* {"login":...}: a code with which somebody of the staff body registers a key, shown in person. */
int approvals_api_code(
	struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out);
/* {"code":..., "key":...} */
int approvals_api_enrol(
	struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out);
/* {"evaluation", "scope", "from_ms", "until_ms", "signed_ms", "nonce", "key", "signature"} */
int approvals_api_sign(
	struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out);
/* {"approval", "signed_ms", "nonce", "key", "signature"} */
int approvals_api_withdraw(
	struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out);
/* {"evaluation", "scope", "held_ms", "text_sha256", "agreed", "from_ms", "until_ms"} */
int approvals_api_consult(
	struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out);

#endif
