/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * week -- heimamt week: the week plans on the command line, what they break, and what the half-hours need.
 *
 * Present and future weeks only, as on the page [RULES N11].
 */
#include "main/week.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/week.h"
#include "base/text.h"
#include "core/hours/hours.h"
#include "main/commands.h"
#include "main/options.h"
#include "store/people.h"

static const char usage[] =
	"heimamt week show [WEEK]\n"
	"heimamt week check [WEEK]\n"
	"heimamt week need FILE [--days Mo-Fr]\n"
	"             [--config FILE] [--state DIR] [--json]\n"
	"  The centre may be running.  WEEK: such as 2026-W49; without one the present "
	"week.\n\n"
	"  show   who means to be where: H at home, O at the office, S at both, a "
	"absent, "
	"- off\n"
	"  check  what the plans break of the house's rules and of what is needed; exit "
	"status 1: something\n"
	"  need   how many agents the half-hours need, as heimamt plan --json says of a "
	"day;\n"
	"         --days: on which days of the week; without it Mo-Fr\n\n"
	"Examples:\n"
	"  heimamt plan --day day.csv --interval 1800 --office-only 10% --json > "
	"need.json\n"
	"  heimamt week need need.json --days Mo-Fr --config dist/demo/heimamt.conf "
	"--state "
	"var\n"
	"  heimamt week show 2026-W49 --config dist/demo/heimamt.conf --state var\n"
	"  heimamt week check --json\n";

struct house {
	struct options o;
	struct config c;
	struct store *st;
	struct store_week w;
	int32_t monday, today;
};

static const char *const day_names[WEEK_DAYS] = { "Mo", "Tu", "We", "Th", "Fr", "Sa",
	"Su" };

static int32_t today(void)
{
	time_t s = (time_t)(options_wall_ms() / 1000);
	struct tm tm;

	if (!localtime_r(&s, &tm))
		return 0;
	return week_day_of(
		tm.tm_year + 1900, (unsigned)tm.tm_mon + 1, (unsigned)tm.tm_mday);
}

/* Indices into the configuration's queues, of indices into the records'. */
static struct acd_queues queues_of(
	const struct house *h, const struct store_people *all, const struct person *p)
{
	struct acd_queues out = { { 0 } };

	for (uint32_t i = 0; i < all->n_queues; i++)
		for (uint32_t k = 0; k < h->c.n_queues; k++)
			if (acd_queues_have(&p->queues, i) &&
				h->c.queues[k].app.id == all->queue_ids[i])
				acd_queues_add(&out, k);
	return out;
}

static void fill(struct house *h, const struct store_people *all)
{
	struct app_week_member *m = calloc(all->n_people + 1, sizeof *m);
	size_t n = 0;

	for (size_t i = 0; m && i < all->n_people; i++) {
		const struct store_person *p = &all->people[i];
		struct app_agent_config cfg = { .id = p->id,
			.queues = queues_of(h, all, &p->is),
			.clearance = p->is.clearance };

		(void)text_copy(cfg.login, sizeof cfg.login, p->is.login);
		if (store_person_is_here(p))
			m[n++] = app_week_member(&h->c.week, &cfg, h->c.office_clearance);
	}
	app_week_fill(&h->w, m, n);
	free(m);
}

/* --- show --- */

static char letter(const struct week_day *d)
{
	if (d->is_absent)
		return 'a';
	if (d->n == 0)
		return '-';
	return week_is_all(d, WEEK_HOME) ? 'H' : week_is_all(d, WEEK_OFFICE) ? 'O' : 'S';
}

static json_t *day_json(const struct week_day *d)
{
	json_t *spans = json_array();

	for (unsigned i = 0; i < d->n; i++)
		(void)json_array_append_new(spans,
			json_pack("{s:i, s:i, s:s}", "from", d->spans[i].from, "to",
				d->spans[i].to, "at",
				week_place_word(d->spans[i].place)));
	return json_pack("{s:b, s:o}", "absent", d->is_absent, "spans", spans);
}

static json_t *person_json(const struct house *h, size_t i)
{
	json_t *days = json_array();

	for (unsigned day = 0; day < WEEK_DAYS; day++)
		(void)json_array_append_new(
			days, day_json(&h->w.people[i].plan.days[day]));
	return json_pack("{s:s, s:o}", "agent", h->w.agents[i].login, "plan", days);
}

static void print_json(json_t *j)
{
	(void)json_dumpf(j, stdout, JSON_COMPACT);
	puts("");
	json_decref(j);
}

static void show_json(const struct house *h)
{
	json_t *people = json_array();
	char week[WEEK_TEXT_SIZE];

	for (size_t i = 0; i < h->w.n; i++)
		(void)json_array_append_new(people, person_json(h, i));
	week_text(week, h->monday);
	print_json(json_pack("{s:s, s:o}", "week", week, "people", people));
}

static void print_seats(const struct house *h)
{
	struct week_case c = { .people = h->w.people, .n = h->w.n };
	struct week_counts counts;

	week_count(&c, &counts);
	for (unsigned site = 0; site < WEEK_SITES_MAX; site++) {
		if (site > 0 && !*h->c.week.sites[site])
			continue;
		printf("%-20s", site ? h->c.week.sites[site] : "office");
		for (unsigned day = 0; day < WEEK_DAYS; day++)
			printf("  %3u", counts.seats[site][day]);
		if (h->c.week.rules.seats[site])
			printf("  of %u", h->c.week.rules.seats[site]);
		puts("");
	}
}

static int show(struct house *h)
{
	char week[WEEK_TEXT_SIZE];

	if (h->o.json) {
		show_json(h);
		return 0;
	}
	week_text(week, h->monday);
	printf("%-20s", week);
	for (unsigned day = 0; day < WEEK_DAYS; day++)
		printf("  %3s", day_names[day]);
	puts("");
	for (size_t i = 0; i < h->w.n; i++) {
		printf("%-20s", h->w.agents[i].login);
		for (unsigned day = 0; day < WEEK_DAYS; day++)
			printf("  %3c", letter(&h->w.people[i].plan.days[day]));
		puts("");
	}
	print_seats(h);
	return 0;
}

/* --- check --- */

/* As if nobody had planned anything before: all that stands against the plans is worse than that. */
static size_t check_plans(struct house *h, struct week_broken *out, size_t cap)
{
	struct week_change *changes = calloc(h->w.n + 1, sizeof *changes);
	struct week_case c = { .rules = &h->c.week.rules,
		.need = &h->w.need,
		.people = h->w.people,
		.n = h->w.n,
		.changes = changes,
		.n_changes = h->w.n };
	size_t n = 0;

	for (size_t i = 0; changes && i < h->w.n; i++) {
		changes[i] = (struct week_change){ i, h->w.people[i].plan };
		h->w.people[i].plan = (struct week_plan){ 0 };
	}
	if (changes)
		n = week_check(&c, out, cap);
	for (size_t i = 0; changes && i < h->w.n; i++)
		h->w.people[i].plan = changes[i].plan;
	free(changes);
	return n < cap ? n : cap;
}

static void add_gap(json_t *list, const char *kind, unsigned day, unsigned half,
	unsigned need, unsigned have)
{
	if (have < need)
		(void)json_array_append_new(list,
			json_pack("{s:s, s:i, s:i, s:i, s:i}", "kind", kind, "day",
				(int)day, "from", (int)(half * WEEK_HALF_MIN), "to",
				(int)((half + 1) * WEEK_HALF_MIN), "missing",
				(int)(need - have)));
}

static json_t *check_json(struct house *h)
{
	struct week_broken *broken = calloc(4096, sizeof *broken);
	struct week_case c = { .people = h->w.people, .n = h->w.n };
	struct week_counts counts;
	json_t *list = json_array();
	size_t n = broken ? check_plans(h, broken, 4096) : 0;

	for (size_t i = 0; i < n; i++) {
		const struct week_broken *b = &broken[i];
		json_t *j = json_pack("{s:s, s:i, s:i}", "kind", week_kind_word(b->kind),
			"day", b->day, "missing", b->missing);

		if (b->kind > WEEK_COVER)
			(void)json_object_set_new(
				j, "agent", json_string(h->w.agents[b->person].login));
		(void)json_array_append_new(list, j);
	}
	free(broken);
	week_count(&c, &counts);
	for (unsigned day = 0; day < WEEK_DAYS; day++)
		for (unsigned half = 0; half < WEEK_HALVES; half++) {
			add_gap(list, "strict", day, half, h->w.need.strict[day][half],
				counts.strict[day][half]);
			add_gap(list, "cover", day, half, h->w.need.agents[day][half],
				counts.agents[day][half]);
		}
	return list;
}

static void print_broken(const json_t *b)
{
	const json_t *agent = json_object_get(b, "agent");
	const json_t *from = json_object_get(b, "from");
	int day = (int)json_integer_value(json_object_get(b, "day"));

	printf("%s %-10s", day_names[day], json_string_value(json_object_get(b, "kind")));
	if (from)
		printf(" %02d:%02d", (int)json_integer_value(from) / 60,
			(int)json_integer_value(from) % 60);
	printf(" missing %d", (int)json_integer_value(json_object_get(b, "missing")));
	printf("%s%s\n", agent ? " " : "", agent ? json_string_value(agent) : "");
}

static int check(struct house *h)
{
	json_t *list = check_json(h);
	int status = json_array_size(list) > 0;

	if (h->o.json) {
		print_json(json_pack("{s:O}", "broken", list));
	} else {
		for (size_t i = 0; i < json_array_size(list); i++)
			print_broken(json_array_get(list, i));
		if (!status)
			puts("The plans break nothing.");
	}
	json_decref(list);
	return status;
}

/* --- need --- */

struct need_job {
	struct week_need need;
	uint8_t days;
};

static int put_need(struct sqlite3 *db, void *arg)
{
	struct need_job *job = arg;

	return store_week_put_need(db, &job->need, job->days);
}

static int need(struct house *h)
{
	struct need_job job = { .days = 0x1f };
	struct hours_span span;
	char text[64];

	if (!h->o.word) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	if (h->o.days) {
		if (text_format(text, sizeof text, "%s 00:00-24:00", h->o.days) ||
			hours_parse_span(&span, text)) {
			fputs("heimamt: --days must be days such as Mo-Fr or Sa.\n",
				stderr);
			return EXIT_USAGE;
		}
		job.days = span.days;
	}
	if (week_need_read(&job.need, h->o.word, job.days))
		return EXIT_USAGE;
	if (store_do(h->st, put_need, &job)) {
		fputs("heimamt: the need could not be recorded.\n", stderr);
		return 1;
	}
	return 0;
}

/* --- all of it --- */

static int read_week(struct sqlite3 *db, void *arg)
{
	struct house *h = arg;
	struct store_people *all = NULL;
	int err = store_week_read(db, h->monday, &h->w);

	if (!err)
		err = people_read(db, &all);
	if (!err)
		fill(h, all);
	store_people_free(all);
	return err;
}

/* Of the present week or a later one. */
static bool pick_week(struct house *h)
{
	h->today = today();
	h->monday = week_monday(h->today);
	if (h->o.word &&
		(!week_parse(h->o.word, &h->monday) ||
			h->monday < week_monday(h->today))) {
		fprintf(stderr,
			"heimamt: \"%s\" must be the present week or a later one, such "
			"as "
			"2026-W49; plans of the past are not kept.\n",
			h->o.word);
		return false;
	}
	return true;
}

static const struct {
	const char *word;
	int (*run)(struct house *h);
	bool is_of_week;
} commands[] = { { "show", show, true }, { "check", check, true },
	{ "need", need, false } };

#define N_COMMANDS (sizeof commands / sizeof *commands)

static int run(size_t i, struct house *h)
{
	int status = EXIT_USAGE;

	if (config_read(&h->c, h->o.config))
		return status;
	if (*h->c.timezone && setenv("TZ", h->c.timezone, 1) == 0)
		tzset();
	if (commands[i].is_of_week && !pick_week(h))
		goto out;
	status = 1;
	if (options_open_store(&h->o, &h->c, &(struct store_config){ 0 }, &h->st))
		goto out;
	if (commands[i].is_of_week && store_do(h->st, read_week, h))
		fputs("heimamt: the plans cannot be read.\n", stderr);
	else
		status = commands[i].run(h);
out:
	store_week_close(&h->w);
	store_close(h->st);
	config_close(&h->c);
	return status;
}

int command_week(int argc, char **argv)
{
	struct house h = { .st = NULL };
	int status;

	for (size_t i = 0; argc > 1 && i < N_COMMANDS; i++) {
		if (strcmp(argv[1], commands[i].word) != 0)
			continue;
		status = options_read(&h.o, argc - 1, argv + 1, usage);
		return status ? status - 1 : run(i, &h);
	}
	status = options_read(&h.o, argc, argv, usage);
	if (status == 1)
		return 0; /* help */
	if (!status)
		fputs(usage, stderr);
	return EXIT_USAGE;
}
