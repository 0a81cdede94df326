/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* store: what a talk's lines were worth; whose it is, and that it goes before the call forgets who talked. [RULES N5, N6] */
#include "support.h"

static struct store_quality figures(uint64_t call, int64_t from_ms, uint8_t leg)
{
	return (struct store_quality){
		.call = call,
		.from_ms = from_ms,
		.until_ms = from_ms + 60000,
		.leg = leg,
		.direction = STORE_IN,
		.is_whole = true,
		.codec = "PCMA",
		.expected = 3000,
		.lost = 30,
		.jitter_us = 4000,
		.round_trip_us = STORE_UNKNOWN,
		.delay_ms = 60,
		.frames = 3000,
		.concealed = 25,
		.burst_100 = 140,
		.r_narrow_10 = 895,
		.mos_narrow_100 = 433,
		.r_wide_10 = 905,
		.mos_wide_100 = 361,
	};
}

static const char all[] =
	"SELECT group_concat(call || ' ' || from_ms || ' ' || leg || ' ' || direction || "
	"' '"
	" || until_ms || ' ' || is_whole || ' ' || codec || ' ' || expected || ' ' || "
	"lost"
	" || ' ' || jitter_us || ' ' || coalesce(round_trip_us, '-') || ' ' || delay_ms"
	" || ' ' || frames || ' ' || concealed || ' ' || burst_100 || ' ' || r_narrow_10"
	" || ' ' || mos_narrow_100 || ' ' || r_wide_10 || ' ' || mos_wide_100, '|')"
	" FROM line_quality";

static void test_written_once(void **state)
{
	const struct place *p = *state;
	struct store *st = must_open(p->path);
	struct store_quality q = figures(5, 2000, STORE_LEG_LINE);
	char text[512];

	put_house(st);
	assert_int_equal(add_call(st, 5, true), 0);
	assert_int_equal(store_add_quality(st, &q), 0);
	q.lost = 7; /* told again by a process that knows no better */
	assert_int_equal(store_add_quality(st, &q), 0);
	q = figures(5, 2000, STORE_LEG_CALLER);
	q.direction = STORE_OUT;
	q.is_whole = false;
	assert_int_equal(store_add_quality(st, &q), 0);
	must_be_written(st);
	store_close(st);
	sql_text(p->path, all, text, sizeof text);
	assert_string_equal(text,
		"5 2000 caller out 62000 0 PCMA 3000 30 4000 - 60 3000 25 140 895 433 "
		"905 361|"
		"5 2000 line in 62000 1 PCMA 3000 30 4000 - 60 3000 25 140 895 433 905 "
		"361");
}

static void test_refused(void **state)
{
	const struct place *p = *state;
	struct store *st = must_open(p->path);
	struct store_quality q;
	struct store_health health;

	put_house(st);
	q = figures(0, 1, STORE_LEG_LINE);
	assert_int_equal(store_add_quality(st, &q), EINVAL);
	q = figures(5, 1, STORE_LEG_LINE + 1);
	assert_int_equal(store_add_quality(st, &q), EINVAL);
	q = figures(5, 1, STORE_LEG_LINE);
	q.direction = STORE_OUT + 1;
	assert_int_equal(store_add_quality(st, &q), EINVAL);
	q = figures(5, 1, STORE_LEG_LINE);
	q.lost = q.expected + 1;
	assert_int_equal(store_add_quality(st, &q), EINVAL);
	q = figures(5, 1, STORE_LEG_LINE);
	q.until_ms = 0;
	assert_int_equal(store_add_quality(st, &q), EINVAL);
	q = figures(5, 1, STORE_LEG_LINE);
	memset(q.codec, 'x', sizeof q.codec);
	assert_int_equal(store_add_quality(st, &q), EINVAL);
	q = figures(4711, 1, STORE_LEG_LINE); /* there is no such call: dropped alone */
	assert_int_equal(store_add_quality(st, &q), 0);
	must_be_written(st);
	store_health(st, &health);
	assert_int_equal(health.dropped, 1);
	store_close(st);
}

struct seen {
	size_t rows;
	int64_t from_ms; /* of the last */
	int64_t goes_ms;
};

static int on_row(void *arg, const struct own_table *t, const struct own_cell *cells,
	size_t n, int64_t goes_ms)
{
	struct seen *s = arg;

	if (strcmp(t->name, "line_quality"))
		return 0;
	assert_true(n > 2);
	s->rows++;
	s->from_ms = cells[1].number;
	s->goes_ms = goes_ms;
	return 0;
}

static struct seen seen_by(const char *path, uint64_t agent)
{
	struct seen s = { 0 };
	struct store *st = must_open(path);

	assert_int_equal(store_own(st, agent, on_row, &s), 0);
	store_close(st);
	return s;
}

/* A call that was handed on: each of the two sees the lines of the own talks and nothing of the other's. */
static void test_whose(void **state)
{
	const struct place *p = *state;
	struct store *st = must_open(p->path);
	const int64_t now = db_wall_ms();
	const struct store_call_event evs[] = {
		{ .call = 5,
			.at_ms = now,
			.event = STORE_ARRIVED,
			.queue = QUEUE,
			.number = -1 },
		event_of(5, now + 10, STORE_ACCEPTED, ANNA),
		event_of(5, now + 20, STORE_HELD, ANNA),
		event_of(5, now + 30, STORE_RESUMED, ANNA),
		event_of(5, now + 40, STORE_LEFT, ANNA),
		event_of(5, now + 50, STORE_ACCEPTED, BEAT),
	};
	const int64_t begins[] = { 10, 30, 35 /* a new process took it over */, 50 };
	struct seen s;

	put_house(st);
	for (size_t i = 0; i < sizeof evs / sizeof *evs; i++)
		must_add(st, &evs[i]);
	for (size_t i = 0; i < sizeof begins / sizeof *begins; i++) {
		struct store_quality q = figures(5, now + begins[i], STORE_LEG_LINE);

		assert_int_equal(store_add_quality(st, &q), 0);
	}
	must_be_written(st);
	store_close(st);
	s = seen_by(p->path, ANNA);
	assert_int_equal(s.rows, 3);
	assert_int_equal(s.from_ms, now + 35);
	assert_int_equal(s.goes_ms, now + 35 + 60000 + 90 * STORE_DAY_MS);
	s = seen_by(p->path, BEAT);
	assert_int_equal(s.rows, 1);
	assert_int_equal(s.from_ms, now + 50);
	assert_int_equal(seen_by(p->path, 99).rows, 0);
}

/* Nor can the schema make it a figure about somebody: it has no agent, workplace, team or login. */
static void test_names_nobody(void **state)
{
	const struct place *p = *state;

	store_close(must_open(p->path));
	assert_int_equal(sql_int(p->path,
				 "SELECT count(*) FROM pragma_table_info('line_quality') "
				 "WHERE name"
				 " IN ('agent', 'login', 'workplace', 'place', "
				 "'at_home', 'site')"),
		0);
	assert_int_equal(
		sql_int(p->path,
			"SELECT count(*) FROM pragma_foreign_key_list('line_quality')"
			" WHERE \"table\" <> 'call'"),
		0);
	assert_int_equal(sql_int(p->path,
				 "SELECT count(*) FROM sqlite_schema WHERE type IN "
				 "('view', 'trigger')"
				 " AND sql LIKE '%line_quality%'"),
		0);
}

#define IN_PLACE(f) cmocka_unit_test_setup_teardown(f, place_make, place_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLACE(test_written_once),
		IN_PLACE(test_refused),
		IN_PLACE(test_whose),
		IN_PLACE(test_names_nobody),
	};

	return cmocka_run_group_tests_name("store quality", tests, NULL, NULL);
}
