/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* store: week plans, swaps, calendars, and the way that was spared. */
#include "support.h"

#include "store/week.h"

#define MONDAY     week_day_of(2026, 11, 23)
#define AT_MS(day) ((int64_t)(day)*STORE_DAY_MS + STORE_DAY_MS / 2) /* noon */

static sqlite3 *open_house(const char *path)
{
	struct store *st = must_open(path);
	sqlite3 *db = NULL;

	put_house(st);
	store_close(st);
	assert_int_equal(db_open(&db, path), 0);
	return db;
}

static struct week_day day_at(enum week_place place)
{
	return (struct week_day){ .spans = { { 480, 720, place }, { 780, 1020, place } },
		.n = 2 };
}

static void test_plan(void **state)
{
	const struct place *p = *state;
	sqlite3 *db = open_house(p->path);
	struct week_plan plan = { .days = { [0] = day_at(WEEK_HOME),
					  [2] = day_at(WEEK_OFFICE),
					  [4] = { .is_absent = true },
					  [6] = day_at(WEEK_HOME) } };
	struct store_week w;

	plan.days[2].is_absent = true;
	plan.days[6].spans[1].place = WEEK_OFFICE;
	assert_int_equal(store_week_put(db, ANNA, MONDAY, &plan, 0), 0);
	assert_int_equal(store_week_wish(db, ANNA, true), 0);
	assert_int_equal(store_week_wish(db, ANNA, true), 0);
	assert_int_equal(store_week_read(db, MONDAY, &w), 0);
	assert_int_equal(w.n, 2);
	assert_int_equal(store_week_find(&w, ANNA), 0);
	assert_int_equal(store_week_find(&w, BEAT), 1);
	assert_int_equal(store_week_find(&w, 99), 2);
	assert_string_equal(w.agents[1].login, "beat");
	assert_memory_equal(&w.people[0].plan, &plan, sizeof plan);
	assert_true(w.people[0].wants_home && !w.people[1].wants_home);
	assert_int_equal(w.people[0].ended_min, -1);
	assert_int_equal(w.people[1].plan.days[0].n, 0);
	store_week_close(&w);
	/* seen from the weeks beside it */
	assert_int_equal(store_week_read(db, MONDAY + 7, &w), 0);
	assert_int_equal(w.people[0].ended_min, 1020);
	assert_int_equal(w.people[0].begins_min, -1);
	store_week_close(&w);
	assert_int_equal(store_week_read(db, MONDAY - 7, &w), 0);
	assert_int_equal(w.people[0].begins_min, 480);
	store_week_close(&w);
	/* from the Friday on: what came before stays, the absence is over */
	plan = (struct week_plan){ .days = { [5] = day_at(WEEK_OFFICE) } };
	assert_int_equal(store_week_put(db, ANNA, MONDAY, &plan, 4), 0);
	assert_int_equal(store_week_wish(db, ANNA, false), 0);
	assert_int_equal(store_week_read(db, MONDAY, &w), 0);
	assert_int_equal(w.people[0].plan.days[0].n, 2);
	assert_true(w.people[0].plan.days[2].is_absent);
	assert_false(w.people[0].plan.days[4].is_absent);
	assert_int_equal(w.people[0].plan.days[5].n, 2);
	assert_int_equal(w.people[0].plan.days[6].n, 0);
	assert_false(w.people[0].wants_home);
	store_week_close(&w);
	sqlite3_close(db);
}

static void test_need(void **state)
{
	const struct place *p = *state;
	sqlite3 *db = open_house(p->path);
	struct week_need need = { 0 };
	struct store_week w;

	need.agents[0][16] = 4;
	need.strict[0][16] = 1;
	need.agents[1][17] = 65535;
	assert_int_equal(store_week_put_need(db, &need, 0x1f), 0);
	need.agents[0][16] = 9;
	need.agents[1][17] = 0;
	assert_int_equal(store_week_put_need(db, &need, 1 << 1), 0);
	assert_int_equal(store_week_read(db, MONDAY, &w), 0);
	assert_int_equal(w.need.agents[0][16], 4);
	assert_int_equal(w.need.strict[0][16], 1);
	assert_int_equal(w.need.agents[1][17], 0);
	store_week_close(&w);
	sqlite3_close(db);
}

static void test_swaps(void **state)
{
	const struct place *p = *state;
	sqlite3 *db = open_house(p->path);
	struct store_swap list[STORE_SWAPS_MAX], one;
	size_t n = 0;

	assert_int_equal(
		store_swap_put(db, &(struct store_swap){ 0, ANNA, MONDAY + 2, -1 }), 0);
	assert_int_equal(
		store_swap_put(db, &(struct store_swap){ 0, BEAT, MONDAY, MONDAY + 3 }),
		0);
	assert_int_equal(store_swap_put(db,
				 &(struct store_swap){ 0, ANNA, MONDAY + 2, MONDAY + 4 }),
		0);
	assert_int_equal(store_swaps_read(db, MONDAY, MONDAY + 6, list, &n), 0);
	assert_int_equal(n, 2);
	assert_true(list[0].agent == BEAT && list[0].back == MONDAY + 3);
	assert_true(list[1].agent == ANNA && list[1].back == MONDAY + 4);
	assert_int_equal(store_swap_find(db, list[1].id, &one), 0);
	assert_int_equal(one.day, MONDAY + 2);
	assert_int_equal(store_swap_drop(db, list[1].id), 0);
	assert_int_equal(store_swap_find(db, list[1].id, &one), ENOENT);
	assert_int_equal(store_swaps_read(db, MONDAY + 1, MONDAY + 6, list, &n), 0);
	assert_int_equal(n, 0);
	sqlite3_close(db);
}

static void test_feed(void **state)
{
	const struct place *p = *state;
	sqlite3 *db = open_house(p->path);
	uint8_t one[STORE_HASH_SIZE] = { 1 }, two[STORE_HASH_SIZE] = { 2 };
	enum home_language l = HOME_DE;
	uint64_t agent = 0;
	bool has = true;

	assert_int_equal(store_feed_has(db, ANNA, &has), 0);
	assert_false(has);
	assert_int_equal(store_feed_put(db, ANNA, one, HOME_DE), 0);
	assert_int_equal(store_feed_put(db, ANNA, two, HOME_IT), 0);
	assert_int_equal(store_feed_find(db, one, &agent, &l), ENOENT);
	assert_int_equal(store_feed_find(db, two, &agent, &l), 0);
	assert_true(agent == ANNA && l == HOME_IT);
	assert_int_equal(store_feed_has(db, ANNA, &has), 0);
	assert_true(has);
	assert_int_equal(store_feed_put(db, ANNA, NULL, HOME_DE), 0);
	assert_int_equal(store_feed_find(db, two, &agent, &l), ENOENT);
	sqlite3_close(db);
}

static void purge_at(sqlite3 *db, int32_t day)
{
	bool more = true;

	while (more)
		assert_int_equal(purge_run(db, AT_MS(day), &more), 0);
}

/* A week after its week, and not a day sooner. */
static void test_past_goes(void **state)
{
	const struct place *p = *state;
	sqlite3 *db = open_house(p->path);
	struct week_plan plan = { .days = { [6] = day_at(WEEK_HOME) } };

	plan.days[5].is_absent = true;
	assert_int_equal(store_week_put(db, ANNA, MONDAY, &plan, 0), 0);
	assert_int_equal(
		store_swap_put(db, &(struct store_swap){ 0, ANNA, MONDAY + 6, -1 }), 0);
	purge_at(db, MONDAY + 6);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM plan_swap"), 1);
	purge_at(db, MONDAY + 13);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM plan_span"), 2);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM plan_absence"), 1);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM plan_swap"), 0);
	purge_at(db, MONDAY + 14);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM plan_span"), 0);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM plan_absence"), 0);
	sqlite3_close(db);
}

static unsigned days_of(sqlite3 *db, uint64_t agent)
{
	struct store_commute c = { 0 };

	assert_int_equal(store_commute_read(db, agent, &c), 0);
	return c.year_days;
}

/* Only days that are over, at home as a whole, and since it was said; each once. */
static void test_commute(void **state)
{
	const struct place *p = *state;
	sqlite3 *db = open_house(p->path);
	struct week_plan plan = { 0 };
	struct store_commute c = { .minutes = 35, .metres = 22000 };

	for (int i = 0; i < WEEK_DAYS; i++)
		plan.days[i] = day_at(WEEK_HOME);
	plan.days[3].is_absent = true;
	plan.days[4].spans[1].place = WEEK_OFFICE;
	assert_int_equal(store_week_put(db, ANNA, MONDAY, &plan, 0), 0);
	assert_int_equal(store_commute_read(db, ANNA, &c), ENOENT);
	assert_int_equal(store_commute_put(db, ANNA, &c, MONDAY + 1), 0);
	purge_at(db, MONDAY + 1);
	assert_int_equal(days_of(db, ANNA), 0);
	purge_at(db, MONDAY + 2);
	purge_at(db, MONDAY + 2);
	assert_int_equal(days_of(db, ANNA), 1);
	c.minutes = 40;
	assert_int_equal(store_commute_put(db, ANNA, &c, MONDAY + 2), 0);
	purge_at(db, MONDAY + 20); /* into December; the plan itself is gone */
	assert_int_equal(days_of(db, ANNA), 4);
	assert_int_equal(sql_int(p->path, "SELECT month_days FROM commute"), 0);
	assert_int_equal(sql_int(p->path, "SELECT minutes FROM commute"), 40);
	purge_at(db, week_day_of(2027, 1, 1));
	assert_int_equal(days_of(db, ANNA), 0);
	assert_int_equal(store_commute_drop(db, ANNA), 0);
	assert_int_equal(store_commute_read(db, ANNA, &c), ENOENT);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM commute_sum"), 0);
	sqlite3_close(db);
}

/* N5: five at least, a whole month, rounded. */
static void test_sum(void **state)
{
	const struct place *p = *state;
	sqlite3 *db = open_house(p->path);
	struct store_commute_sum sum = { 0 };
	struct week_plan plan = { .days = { [0] = day_at(WEEK_HOME) } };
	struct store_commute c = { .minutes = 61, .metres = 12000 };

	sql_do(p->path,
		"INSERT INTO agent (id, login, name, workplace) VALUES (73, 'c', 'C', "
		"'home'),"
		" (74, 'd', 'D', 'home'), (75, 'e', 'E', 'home')");
	for (uint64_t agent = ANNA; agent < ANNA + 4; agent++) {
		assert_int_equal(store_week_put(db, agent, MONDAY, &plan, 0), 0);
		assert_int_equal(store_commute_put(db, agent, &c, MONDAY), 0);
	}
	/* a fifth who never stays at home does not count */
	assert_int_equal(store_commute_put(db, ANNA + 4, &c, MONDAY), 0);
	purge_at(db, week_day_of(2026, 12, 7));
	assert_int_equal(store_commute_sum(db, &sum), ENOENT);
	for (uint64_t agent = ANNA; agent < ANNA + 5; agent++)
		assert_int_equal(store_week_put(db, agent, MONDAY + 14, &plan, 0), 0);
	purge_at(db, week_day_of(2026, 12, 31));
	assert_int_equal(store_commute_sum(db, &sum), ENOENT);
	purge_at(db, week_day_of(2027, 1, 1));
	assert_int_equal(store_commute_sum(db, &sum), 0);
	assert_int_equal(sum.month, 2026 * 12 + 11);
	assert_int_equal(sum.hours, 10); /* five times two hours and two minutes */
	assert_int_equal(sum.kilometres, 100); /* five times 24 km */
	purge_at(db, week_day_of(2028, 3, 1));
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM commute_sum"), 0);
	sqlite3_close(db);
}

static void test_agent_removed(void **state)
{
	const struct place *p = *state;
	sqlite3 *db = open_house(p->path);
	struct week_plan plan = { .days = { [0] = day_at(WEEK_HOME) } };
	uint8_t hash[STORE_HASH_SIZE] = { 1 };

	plan.days[1].is_absent = true;
	assert_int_equal(store_week_put(db, ANNA, MONDAY, &plan, 0), 0);
	assert_int_equal(store_week_wish(db, ANNA, true), 0);
	assert_int_equal(store_feed_put(db, ANNA, hash, HOME_EN), 0);
	assert_int_equal(
		store_swap_put(db, &(struct store_swap){ 0, ANNA, MONDAY, -1 }), 0);
	assert_int_equal(
		store_commute_put(db, ANNA, &(struct store_commute){ 1, 1, 0 }, MONDAY),
		0);
	sqlite3_close(db);
	sql_do(p->path,
		"PRAGMA foreign_keys = ON; DELETE FROM agent WHERE login = 'anna'");
	assert_int_equal(
		sql_int(p->path,
			"SELECT (SELECT count(*) FROM plan_span) + (SELECT count(*) FROM "
			"plan_absence) + (SELECT count(*) FROM plan_wish) + (SELECT "
			"count(*) FROM plan_feed) + (SELECT count(*) FROM plan_swap) + "
			"(SELECT count(*) FROM commute)"),
		0);
}

#define IN_PLACE(f) cmocka_unit_test_setup_teardown(f, place_make, place_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLACE(test_plan),
		IN_PLACE(test_need),
		IN_PLACE(test_swaps),
		IN_PLACE(test_feed),
		IN_PLACE(test_past_goes),
		IN_PLACE(test_commute),
		IN_PLACE(test_sum),
		IN_PLACE(test_agent_removed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
