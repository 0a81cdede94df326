/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * own -- what is held about one agent, as JSON: for the agent's page and for the officer's command [RULES N6; DSG Art. 25].
 *
 * All tables are in it, those without a row too, and the places outside the records; of each the purpose, who reads it
 * and when it goes.  Secrets and what concerns others are named and withheld.  The register itself (store/own.h), as
 * JSON, is the same without rows.  docs/own-data.md has the form.  Any thread.
 */
#ifndef APP_OWN_H
#define APP_OWN_H

#include <jansson.h>

#include "app/api.h"
#include "store/own.h"
#include "store/store.h"

struct own_export {
	json_t *root; /* owned */
	json_t *rows
		[64]; /* borrowed; of each table of the register, NULL: about no agent */
};

/* ENOMEM. */
int own_export_begin(
	struct own_export *x, const struct store_agent *agent, int64_t now_ms);
/* An own_row_h, for store_own(); arg is the struct own_export. */
int own_export_row(void *arg, const struct own_table *table, const struct own_cell *cells,
	size_t n, int64_t goes_ms);
/* Hands it over; the caller's from then on. */
json_t *own_export_end(struct own_export *x);
void own_export_close(struct own_export *x); /* NULL and zeroed allowed */

/* The whole register, each column, also of tables about nobody. NULL: no memory. */
json_t *own_register_json(void);

/* --- own_page.c: the route of app/api.c --- */
unsigned own_prepare(struct app *app, struct api_ask *ask);
int own_run(struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out);

#endif
