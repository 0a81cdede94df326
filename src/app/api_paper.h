/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* api_paper -- the routes of the agreement's papers, of devices and of the ledger; for api.c's table. */
#ifndef APP_API_PAPER_H
#define APP_API_PAPER_H

#include "app/api.h"

/* The house, as papers and the ledger's files know it. */
unsigned api_paper_prepare(struct app *app, struct api_ask *ask);
/* The agent's own copy of what it signed last, as a PDF. 404 not_signed. */
int api_paper_get(struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out);

/* {"devices": [{key, enrolled_ms, revoked_ms}]}, the newest first; revoked_ms 0: it signs. */
unsigned api_devices_prepare(struct app *app, struct api_ask *ask);
/* {"key": hexadecimal}, one of the asker's own. 404 unknown_key: none of its keys, or revoked already. */
int api_devices_revoke(
	struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out);
void api_devices_revoked(
	struct app *app, const struct api_ask *ask, const struct web_answer *out);

/* {"damages": [{segment, first_bad, rewritten, acknowledged}]}, the oldest first. */
int api_ledger_get(struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out);
/* {"segment": number}. 404 no_damage: it is not damaged, or somebody has seen it. */
int api_ledger_acknowledge(
	struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out);

#endif
