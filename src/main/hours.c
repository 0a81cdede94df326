/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* hours -- heimamt hours: on which days each queue is otherwise than usual, for people to check. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/slice.h"
#include "base/text.h"
#include "core/holidays/holidays.h"
#include "core/home/week.h"
#include "main/commands.h"
#include "main/options.h"
#include "main/zone.h"

#define YEAR_FIRST 1970
#define YEAR_LAST  2999
#define AHEAD_DAYS 366

static const char usage[] =
	"heimamt hours [YEAR] [--config FILE] [--json]\n"
	"  Lists the days on which a queue is closed or has hours of its own: holidays "
	"of "
	"its\n"
	"  canton, closed-days, special-days; without a year those of the next twelve "
	"months.\n"
	"  Queues with the same days stand together. Compare it with what your canton "
	"says.\n\n"
	"Examples:\n"
	"  heimamt hours\n"
	"  heimamt hours 2027 --config dist/demo/heimamt.conf --json\n";

static const char *const weekdays[] = { "Mo", "Tu", "We", "Th", "Fr", "Sa", "Su" };

struct span_of_days {
	int32_t first, last; /* since 1970 */
};

static struct hours_date date_of(int32_t day)
{
	struct week_date d = week_date_of(day);

	return (struct hours_date){ (uint16_t)d.year, d.month, d.day };
}

/* "08:00-12:00, 13:00-17:00", or "closed". */
static void times_of(const struct hours *h, struct hours_date date, char *out, size_t cap)
{
	size_t n = 0;

	*out = '\0';
	for (size_t i = 0; i < h->n_special; i++) {
		const struct hours_special *s = &h->special[i];

		if (s->date.month != date.month || s->date.day != date.day ||
			(s->date.year && s->date.year != date.year) || s->from == s->to)
			continue;
		(void)text_format(out + n, cap - n, "%s%02u:%02u-%02u:%02u",
			n ? ", " : "", s->from / 60, s->from % 60, s->to / 60,
			s->to % 60);
		n = strlen(out);
	}
	if (n == 0)
		(void)text_format(out, cap, "closed");
}

/* What is said of that day; false: it is as any other. */
static bool describe(const struct app_queue_config *q, struct hours_date date,
	char *times, size_t cap, const char **why)
{
	enum hours_day is = hours_day_of(&q->hours, date);
	enum holiday what = holidays_at(q->hours.canton, date);

	times_of(&q->hours, date, times, cap);
	*why = what != HOLIDAY_NONE  ? holidays_name(what, q->language)
		: is == HOURS_CLOSED ? "closed-days"
				     : "special-days";
	if (is == HOURS_USUAL && what != HOLIDAY_NONE)
		(void)text_format(times, cap, "as usual"); /* holidays-open says so */
	return is != HOURS_USUAL || what != HOLIDAY_NONE;
}

static bool is_same(const struct config_queue *a, const struct config_queue *b)
{
	return hours_are_same(&a->app.hours, &b->app.hours) &&
		strcmp(a->app.language, b->app.language) == 0;
}

/* Has a queue before it the same days? */
static bool is_told(const struct config *c, size_t queue)
{
	for (size_t i = 0; i < queue; i++)
		if (is_same(&c->queues[i], &c->queues[queue]))
			return true;
	return false;
}

static void print_queue(const struct config *c, size_t queue, struct span_of_days days)
{
	const struct config_queue *q = &c->queues[queue];
	size_t n = 0;

	printf("queue \"%s\"", q->title);
	for (size_t i = queue + 1; i < c->n_queues; i++)
		if (is_same(q, &c->queues[i]))
			printf(", \"%s\"", c->queues[i].title);
	printf("%s%s\n", q->app.hours.canton ? ", holidays of " : "",
		holidays_canton_code(q->app.hours.canton));
	for (int32_t day = days.first; day <= days.last; day++) {
		struct hours_date d = date_of(day);
		const char *why;
		char times[256];

		if (!describe(&q->app, d, times, sizeof times, &why))
			continue;
		printf("  %04u-%02u-%02u %s  %-12s %s\n", d.year, d.month, d.day,
			weekdays[day - week_monday(day)], times, why);
		n++;
	}
	if (n == 0)
		puts("  each day as usual");
}

static json_t *days_json(const struct app_queue_config *q, struct span_of_days days)
{
	json_t *all = json_array();

	for (int32_t day = days.first; day <= days.last; day++) {
		struct hours_date d = date_of(day);
		const char *why;
		char times[256], date[16];

		if (!describe(q, d, times, sizeof times, &why))
			continue;
		(void)text_format(
			date, sizeof date, "%04u-%02u-%02u", d.year, d.month, d.day);
		json_array_append_new(all,
			json_pack("{s:s, s:s, s:s, s:s}", "date", date, "weekday",
				weekdays[day - week_monday(day)], "hours", times, "why",
				why));
	}
	return all;
}

static void print_json(const struct config *c, struct span_of_days days)
{
	json_t *all = json_array();

	for (size_t i = 0; i < c->n_queues; i++)
		json_array_append_new(all,
			json_pack("{s:s, s:s, s:o}", "queue", c->queues[i].title,
				"holidays",
				holidays_canton_code(c->queues[i].app.hours.canton),
				"days", days_json(&c->queues[i].app, days)));
	(void)json_dumpf(all, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(all);
}

/* False: it is no year. */
static bool read_days(const char *year, struct span_of_days *out)
{
	struct hours_moment now;
	uint64_t y = 0;

	if (year) {
		if (!slice_u64(slice_str(year), YEAR_LAST, &y) || y < YEAR_FIRST)
			return false;
		out->first = week_day_of((int)y, 1, 1);
		out->last = week_day_of((int)y, 12, 31);
		return true;
	}
	zone_civil(options_wall_ms(), &now);
	out->first = week_day_of(now.date.year, now.date.month, now.date.day);
	out->last = out->first + AHEAD_DAYS;
	return true;
}

int command_hours(int argc, char **argv)
{
	struct options o;
	struct span_of_days days;
	struct config *c = calloc(1, sizeof *c);
	int status = c ? options_read(&o, argc, argv, usage) : 2;

	if (status) {
		free(c);
		return status - 1;
	}
	if (config_read(c, o.config)) {
		free(c);
		return EXIT_USAGE;
	}
	(void)zone_set(c->timezone);
	if (!read_days(o.word, &days)) {
		fprintf(stderr, "heimamt hours: \"%s\" is no year from %d to %d.\n",
			o.word, YEAR_FIRST, YEAR_LAST);
		status = EXIT_USAGE;
	} else if (o.json) {
		print_json(c, days);
	} else {
		for (size_t i = 0; i < c->n_queues; i++)
			if (!is_told(c, i))
				print_queue(c, i, days);
	}
	config_close(c);
	free(c);
	return status;
}
