/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * hours -- asks each minute which queues are open, and tells the core what has changed.  Part of app.
 *
 * At the beginning of a minute, and of this process: the core begins with open queues.  A wall clock that jumps is
 * followed within a minute.
 */
#include "app/priv.h"

#include "base/log.h"

#define MINUTE_MS 60000

static void look(struct app *app, void *owner)
{
	app_hours_look(app);
}

static bool is_closed(const struct app *app, uint32_t queue)
{
	return acd_queues_have(&app->closed, queue);
}

/* For whoever reads the log: until when. */
static void tell(
	const struct app_queue_config *q, bool closes, const struct hours_moment *now)
{
	struct hours_moment next;

	if (!q->is_gone && !hours_are_always(&q->hours) &&
		hours_next(&q->hours, now, &next))
		log_info("queue %s %s until %04u-%02u-%02u %02u:%02u", q->number,
			closes ? "closes" : "opens", next.date.year, next.date.month,
			next.date.day, next.minute / 60, next.minute % 60);
	else
		log_info("queue %s %s", q->number, closes ? "closes" : "opens");
}

static void change(struct app *app, uint32_t queue, const struct hours_moment *now)
{
	bool closes = !is_closed(app, queue);

	app->closed.w[queue / 64] ^= 1ULL << (queue % 64);
	tell(&app->queues[queue], closes, now);
	(void)app_step(app,
		(struct acd_event){
			.type = closes ? ACD_EV_QUEUE_CLOSE : ACD_EV_QUEUE_OPEN,
			.queue = queue });
}

static bool has_hours(const struct app *app, uint32_t queue)
{
	return !app->queues[queue].is_gone &&
		!hours_are_always(&app->queues[queue].hours);
}

static bool is_to_be_open(
	const struct app *app, uint32_t queue, const struct hours_moment *now)
{
	return has_hours(app, queue) ? hours_are_open(&app->queues[queue].hours, now)
				     : !app->queues[queue].is_gone;
}

void app_hours_look(struct app *app)
{
	struct hours_moment now = { .date = { 1970, 1, 1 } };
	bool is_needed = false;

	for (uint32_t i = 0; i < app->cfg.n_queues; i++) {
		if (!is_needed && has_hours(app, i)) {
			app->ports.civil(app->ports.arg, &now);
			is_needed = true;
		}
		if (is_to_be_open(app, i, &now) == is_closed(app, i))
			change(app, i, &now);
	}
	if (is_needed)
		app_timer_set(app, &app->hours,
			MINUTE_MS - app->ports.wall_ms(app->ports.arg) % MINUTE_MS, look,
			NULL);
}
