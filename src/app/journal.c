/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * journal -- each event of the core and what it decided goes to the journal.  Part of app.
 *
 * A segment begins before the first event, when the one before is a day old or large enough, and some time after
 * one that could not be written; each under a key of its own.  Whether the journal can be written makes no
 * difference to any call.
 */
#include "app/priv.h"

#include "base/log.h"

#define SEGMENT_MS    86400000 /* a day: nobody has the same pseudonym for longer */
#define SEGMENT_BYTES (64u << 20) /* a reader has it in memory */
#define RETRY_MS      60000 /* after a failure; a snapshot each time */

static void put(void *arg, const void *bytes, size_t n)
{
	struct app *app = arg;

	if (!app->journal.has_failed)
		app->journal.has_failed = app->ports.journal_put(
						  app->ports.arg, bytes, n) != 0;
}

static struct acd_journal_names names_of(
	const struct app *app, const char *queues[ACD_QUEUES_MAX])
{
	for (size_t i = 0; i < app->cfg.n_queues; i++)
		queues[i] = app->queues[i].name;
	return (struct acd_journal_names){ queues, app->cfg.skills, app->cfg.n_skills };
}

static void begin(struct app *app, enum acd_journal_begun why)
{
	const char *queues[ACD_QUEUES_MAX];
	struct acd_journal_names names = names_of(app, queues);
	struct app_journal *jo = &app->journal;
	struct acd_journal_head head = { .begun = why,
		.lost = jo->lost,
		.wall_ms = app->ports.wall_ms(app->ports.arg),
		.at_ms = app_now_ms(app) };
	uint8_t key[16];

	app->ports.random(app->ports.arg, key, sizeof key);
	jo->retry_ms = app_now_ms(app) + RETRY_MS;
	if (app->ports.journal_begin(app->ports.arg, head.wall_ms, key))
		return;
	jo->is_open = true;
	jo->has_failed = false;
	jo->began_ms = app_now_ms(app);
	jo->acd = (struct acd_journal){
		.write = put, .arg = app, .key = hash64_key_of(key)
	};
	acd_journal_begin(&jo->acd, &app->acd, &head, &names);
	if (!jo->has_failed)
		jo->lost = 0;
}

void app_end_journal(struct app *app)
{
	struct app_journal *jo = &app->journal;

	if (!jo->is_open)
		return;
	acd_journal_end(&jo->acd);
	app->ports.journal_end(app->ports.arg);
	jo->is_open = false;
}

static bool is_full(const struct app *app)
{
	const struct app_journal *jo = &app->journal;
	uint64_t max = app->cfg.journal_bytes ? app->cfg.journal_bytes : SEGMENT_BYTES;

	return jo->acd.n_bytes >= max || app_now_ms(app) >= jo->began_ms + SEGMENT_MS;
}

void app_journal_ready(struct app *app)
{
	struct app_journal *jo = &app->journal;
	bool is_first = !jo->retry_ms;

	if (!app->ports.journal_begin || !acd_journal_may_begin(&app->acd))
		return;
	if (jo->is_open && is_full(app)) {
		app_end_journal(app);
		begin(app, ACD_BEGUN_FULL);
	} else if (!jo->is_open && (is_first || app_now_ms(app) >= jo->retry_ms)) {
		begin(app, is_first ? ACD_BEGUN_STARTED : ACD_BEGUN_GAP);
	}
}

void app_journal_step(
	struct app *app, const struct acd_event *ev, const struct acd_actions *actions)
{
	struct app_journal *jo = &app->journal;

	if (jo->is_open && ev->type == ACD_EV_CONFIGURE && actions->verdict == ACD_DONE) {
		const char *queues[ACD_QUEUES_MAX];
		const struct acd_journal_names names = names_of(app, queues);

		acd_journal_rules(&jo->acd, &app->acd, &names);
	}
	if (jo->is_open)
		acd_journal_event(&jo->acd, ev, actions);
	else
		jo->lost++;
	if (!jo->is_open || !jo->has_failed)
		return;
	jo->is_open = false;
	jo->lost++;
	app->ports.journal_end(app->ports.arg);
	log_warn("the journal of the routing has a gap from now on");
}
