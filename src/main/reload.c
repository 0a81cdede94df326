/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * reload -- the configuration read anew while calls go on: SIGHUP, or an administrator's wish.  Part of serve.
 *
 * Reading, looking at what the file names, sound and records are a thread of libuv's pool; what counts then is changed on
 * the loop, all of it between two events.  A file that is not good changes nothing.  One reading at a time; who wishes
 * another meanwhile gets it afterwards.
 *
 * Memory: struct reload is the pool's while it works, then the loop's, which frees it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "main/centre.h"
#include "main/config_follow.h"
#include "main/config_look.h"
#include "main/zone.h"

struct reload {
	uv_work_t work;
	struct centre *centre;
	struct config fresh, before; /* before: while they change places */
	struct config_report report;
	struct clips clips;
	struct clips_lines lines;
	bool again; /* wished meanwhile */
	bool is_good;
	int err; /* what is wrong beside the file */
};

/* The records learn of queues and people as at a start, through a connection of their own. */
static int tell_records(struct reload *r)
{
	struct store *st = NULL;
	int err = options_open_store(
		&r->centre->options, &r->fresh, &(struct store_config){ 0 }, &st);

	if (!err)
		err = options_name_house(&r->fresh, st);
	store_close(st);
	return err;
}

/* Of what is running only what no event changes is looked at: its configuration and its clips' names. */
static void run(uv_work_t *work)
{
	struct reload *r = work->data;
	const struct centre *c = r->centre;
	char folder[OPTIONS_PATH_MAX], kept[OPTIONS_PATH_MAX];
	struct hours_moment today;
	int err = config_load(&r->fresh, c->options.config, &r->report);

	if (err)
		return;
	zone_civil(options_wall_ms(), &today);
	config_look(&r->fresh, options_wall_ms() / 1000, &today, &r->report);
	if (memcmp(&r->fresh.countries, &c->config.countries,
		    sizeof c->config.countries) != 0)
		countries_look(&c->countries, &r->fresh,
			&r->report); /* these count until a restart */
	if (r->fresh.has_turn) /* what is wrong with it was just said */
		(void)config_turn_secret(&r->fresh.turn, r->fresh.turn.app.secret);
	err = options_folder(c->config.clips, "clips", folder);
	if (!err)
		err = options_encoded(&c->options, kept);
	if (!err)
		err = clips_load_more(&r->clips, &c->clips, &r->fresh, folder, kept,
			&r->lines, &r->report);
	if (!err && !r->report.is_bad)
		err = config_follow(&r->fresh, &c->config, &r->report);
	if (!err && !r->report.is_bad)
		err = tell_records(r);
	r->err = err == EINVAL ? 0 : err;
	r->is_good = !err && !r->report.is_bad;
}

/* Without the name of whom a line is about: logs have none. */
static const char *unnamed(const char *text, char out[CONFIG_COMPLAINT_MAX])
{
	const char *rest = strncmp(text, "agent \"", 7) == 0 ? strchr(text + 7, '"')
							     : NULL;

	if (!rest)
		return text;
	(void)text_format(out, CONFIG_COMPLAINT_MAX, "agent%s", rest + 1);
	return out;
}

static void log_complaints(const struct config_report *r)
{
	char text[CONFIG_COMPLAINT_MAX];

	for (size_t i = 0; i < r->n_complaints; i++) {
		const struct config_complaint *k = &r->complaints[i];

		if (k->is_hint)
			log_warn("%s:%u: %s", r->path, k->line, unnamed(k->text, text));
		else
			log_error("%s:%u: %s", r->path, k->line, unnamed(k->text, text));
	}
}

static void log_change(const struct config_report *r, const struct config_change *d)
{
	const struct config_entry *e = d->after ? d->after : d->before;
	const bool is_named = *e->title && strcmp(e->section, "agent") != 0;
	const char *what = !d->after ? "is gone" : !d->before ? "is new" : "has changed";

	if (d->counts)
		log_info("%s:%u: %s%s%s%s%s%s %s", r->path, d->after ? e->line : 0,
			e->section, is_named ? " \"" : "", is_named ? e->title : "",
			is_named ? "\"" : "", *e->section ? ": " : "", e->option, what);
	else
		log_warn("%s:%u: %s%s%s%s%s%s %s, which counts after a restart "
			 "(heimamt serve --upgrade)",
			r->path, d->after ? e->line : 0, e->section,
			is_named ? " \"" : "", is_named ? e->title : "",
			is_named ? "\"" : "", *e->section ? ": " : "", e->option, what);
}

static void log_changes(
	const struct config_report *before, const struct config_report *now)
{
	struct config_change *all = NULL;
	size_t n = 0;

	if (config_changes(before, now, &all, &n))
		return;
	for (size_t i = 0; i < n; i++)
		log_change(now, &all[i]);
	log_info("%s was read anew: %zu options have changed", now->path, n);
	free(all);
}

/* What is shown of it from now on. The one of the start stays: by it is told what waits for a restart. */
static void keep_report(struct centre *c, struct config_report *report)
{
	if (c->began.path)
		config_report_close(&c->read);
	else
		c->began = c->read;
	c->read = *report;
	*report = (struct config_report){ 0 };
	c->read_ms = options_wall_ms();
	config_report_close(&c->refused);
}

static int take(struct centre *c, struct reload *r)
{
	int err;

	relays_clips(c, clips_join(&c->clips, &r->clips));
	r->before = c->config;
	c->config = r->fresh;
	err = house_configure(c, &r->lines);
	if (err) {
		c->config = r->before;
		r->fresh.week_places = NULL; /* the running one's */
		return err;
	}
	r->fresh = (struct config){ 0 };
	r->before.week_places = NULL;
	config_close(&r->before);
	log_changes(&c->read, &r->report);
	keep_report(c, &r->report);
	provable_configuration(c);
	return 0;
}

static void refuse(struct centre *c, struct reload *r, int err)
{
	log_complaints(&r->report);
	log_error("%s was not taken: %s; everything goes on as before", c->options.config,
		err ? strerror(err) : "it is not in order");
	config_report_close(&c->refused);
	c->refused = r->report;
	r->report = (struct config_report){ 0 };
	c->refused_ms = options_wall_ms();
}

static void done(uv_work_t *work, int status)
{
	struct reload *r = work->data;
	struct centre *c = r->centre;
	const bool again = r->again;
	int err = r->err;

	c->reload = NULL;
	if (!status && !c->is_ending) {
		if (!r->is_good) {
			refuse(c, r, err);
		} else {
			log_complaints(&r->report); /* hints */
			err = take(c, r);
			if (err)
				refuse(c, r, err);
		}
	}
	clips_close(&r->clips);
	config_report_close(&r->report);
	config_close(&r->fresh);
	free(r);
	if (again && !c->is_ending)
		reload_begin(c);
}

void reload_begin(struct centre *c)
{
	struct reload *r;

	if (!c->is_open || c->is_ending)
		return;
	if (c->reload) {
		c->reload->again = true;
		return;
	}
	r = calloc(1, sizeof *r);
	if (r) {
		r->centre = c;
		r->work.data = r;
	}
	if (!r || uv_queue_work(&c->loop, &r->work, run, done)) {
		log_error("the configuration could not be read anew: no memory");
		free(r);
		return;
	}
	c->reload = r;
}

void reload_stop(struct centre *c)
{
	if (c->reload)
		(void)uv_cancel(
			(uv_req_t *)&c->reload
				->work); /* else done() comes in the loop's last turns */
}

void reload_close(struct centre *c)
{
	config_report_close(&c->read);
	config_report_close(&c->began);
	config_report_close(&c->refused);
}
