/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * week -- the routes of the week plans (api.c's table): what pages ask and wish, and the agents' calendars.  Part of app.
 *
 * All of it decides by core/home/week.h on one read of the records, within the transaction that writes, so two who
 * want the last seat cannot both have it.  Who sees what: docs/week.md.
 */
#ifndef APP_WEEK_H
#define APP_WEEK_H

#include "app/api.h"
#include "store/week.h"

#define APP_WEEKS_AHEAD 4

/* What the house's configuration says of an agent. */
struct app_week_member {
	uint64_t agent;
	uint8_t site, team_days;
	bool is_strict;
};
struct app_week_member app_week_member(const struct app_week_config *week,
	const struct app_agent_config *agent, uint8_t office_clearance);
/* Into what was read; who is no member any more has no plan. */
void app_week_fill(struct store_week *w, const struct app_week_member *members, size_t n);

/* Puts the day, the rules and the members into ask->known. */
unsigned app_week_prepare(struct app *app, struct api_ask *ask);

int app_week_get(struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out);
int app_week_all(struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out);
int app_week_check(struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out);
int app_week_save(struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out);
int app_week_today(struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out);
int app_week_swap(struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out);
int app_week_take(struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out);
int app_week_drop(struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out);
int app_week_wish(struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out);
int app_week_feed(struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out);
int app_week_way(struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out);
int app_week_ical(struct sqlite3 *db, const struct api_ask *ask, struct web_answer *out);

#endif
