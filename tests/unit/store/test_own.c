/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * store: the register is whole (each table, each column), what it promises about removal is what happens, and an agent
 * is given what is held about them and nothing about anybody else. [RULES N6, N10, C7]
 */
#include "support.h"

#include "base/slice.h"
#include "base/text.h"
#include "store/own.h"

#define DAY      STORE_DAY_MS
#define NOW      (20836 * STORE_DAY_MS) /* a Monday: 2027-01-18 */
#define SAYS_MAX 8192
#define HELP     "  -> src/store/own_table.c; HACKING.md, \"A new table\"\n"

/* --- is the register whole? --- */

static const struct own_table *table_of(const char *name)
{
	for (size_t i = 0; i < own_tables_n; i++)
		if (strcmp(own_tables[i].name, name) == 0)
			return &own_tables[i];
	return NULL;
}

static const struct own_column *column_of(const struct own_table *t, const char *name)
{
	for (const struct own_column *c = t->columns; c->name; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

typedef void fault_h(struct wbuf *says, sqlite3_stmt *row);

/* What is said of each row of an answer. */
static void each(const char *path, const char *sql, fault_h *h, struct wbuf *says)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;

	assert_int_equal(
		sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	while (sqlite3_step(s) == SQLITE_ROW)
		h(says, s);
	sqlite3_finalize(s);
	sqlite3_close(db);
}

static const char *text_at(sqlite3_stmt *row, int at)
{
	const char *text = (const char *)sqlite3_column_text(row, at);

	return text ? text : "";
}

#define OUR_TABLES                                                              \
	"(SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = " \
	"'table' AND name NOT LIKE 'sqlite_%') t"

static void column_fault(struct wbuf *says, sqlite3_stmt *row)
{
	const struct own_table *t = table_of(text_at(row, 0));

	if (!t || !column_of(t, text_at(row, 1)))
		wbuf_printf(says,
			"%s.%s is not in the register: say what it is for\n" HELP,
			text_at(row, 0), text_at(row, 1));
}

/* Whatever refers to an agent is about one, and is read by that column. */
static void reference_fault(struct wbuf *says, sqlite3_stmt *row)
{
	const struct own_table *t = table_of(text_at(row, 0));
	const struct own_column *c = t ? column_of(t, text_at(row, 1)) : NULL;
	const char *on_delete = text_at(row, 2);

	if (!c)
		return; /* said already */
	if (!t->mine || !strstr(t->mine, c->name) || c->kind != OWN_WHO)
		wbuf_printf(says,
			"%s.%s leads to an agent: name it in .mine, and make it "
			"OWN_WHO\n" HELP,
			t->name, c->name);
	if (strcmp(on_delete, "CASCADE") != 0 && strcmp(on_delete, "SET NULL") != 0)
		wbuf_printf(says,
			"%s.%s keeps an agent's row from being removed: ON DELETE\n",
			t->name, c->name);
}

static bool is_cascading(const char *path, const char *table, const char *parent)
{
	char sql[256];

	assert_int_equal(
		text_format(sql, sizeof sql,
			"SELECT count(*) FROM pragma_foreign_key_list('%s') WHERE"
			" on_delete = 'CASCADE' AND \"table\" = coalesce(%s%s%s, "
			"\"table\")",
			table, parent ? "'" : "", parent ? parent : "NULL",
			parent ? "'" : ""),
		0);
	return sql_int(path, sql) > 0;
}

static bool is_retained_well(const char *path, const struct own_table *t)
{
	switch (t->end) {
	case OWN_BY_DATE: return t->rules[0].date != NULL;
	case OWN_WITH_AGENT:
		return strcmp(t->name, "agent") == 0 ||
			is_cascading(path, t->name, "agent");
	case OWN_WITH_ROW: return is_cascading(path, t->name, NULL);
	case OWN_STAYS:
		/* the one that is about an agent only by what it leads to */
		return !t->mine || strcmp(t->name, "ledger_entry") == 0;
	default: return false;
	}
}

static void table_faults(const char *path, const struct own_table *t, struct wbuf *says)
{
	if (!t->purpose || !*t->purpose || !t->goes || !*t->goes || !t->readers)
		wbuf_printf(says,
			"%s has no purpose, no readers or no end in words\n" HELP,
			t->name);
	if (!is_retained_well(path, t))
		wbuf_printf(says,
			"%s holds data of agents without a date: give it a rule, or an"
			" end that its schema keeps\n" HELP,
			t->name);
	if (t->mine && !(t->readers & OWN_BY_AGENT))
		wbuf_printf(
			says, "%s is about agents who may not read it\n" HELP, t->name);
	for (const struct own_column *c = t->columns; c->name; c++)
		if (!c->what || !*c->what)
			wbuf_printf(
				says, "%s.%s is for nothing\n" HELP, t->name, c->name);
}

/* All that is wrong, as lines; empty: nothing. */
static void faults(const char *path, char out[SAYS_MAX])
{
	struct wbuf says = wbuf_of(out, SAYS_MAX - 1);

	each(path,
		"SELECT t.name, c.name FROM " OUR_TABLES ", pragma_table_info(t.name) c",
		column_fault, &says);
	each(path,
		"SELECT t.name, f.\"from\", f.on_delete FROM " OUR_TABLES
		", pragma_foreign_key_list(t.name) f WHERE f.\"table\" = 'agent'",
		reference_fault, &says);
	for (size_t i = 0; i < own_tables_n; i++)
		table_faults(path, &own_tables[i], &says);
	wbuf_u8(&says, 0);
	assert_false(says.full);
}

static void test_whole(void **state)
{
	const struct place *p = *state;
	char says[SAYS_MAX];

	store_close(must_open(p->path));
	faults(p->path, says);
	if (*says)
		fail_msg("\n%s", says);
}

/* The register names nothing that is gone, and its SQL is of this schema. */
static void test_not_stale(void **state)
{
	const struct place *p = *state;
	char sql[OWN_SQL_MAX];
	sqlite3 *db;

	store_close(must_open(p->path));
	assert_int_equal(db_open(&db, p->path), 0);
	for (size_t i = 0; i < own_tables_n; i++) {
		const struct own_table *t = &own_tables[i];
		size_t n = 0;

		for (const struct own_column *c = t->columns; c->name; c++, n++) {
			assert_int_equal(text_format(sql, sizeof sql,
						 "SELECT t.%s FROM %s t ORDER BY %s",
						 c->name, t->name, t->key),
				0);
			if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
				fail_msg("%s.%s is in the register and not in the schema",
					t->name, c->name);
		}
		assert_true(n > 0 && n <= OWN_COLUMNS_MAX);
	}
	sqlite3_close(db);
}

/* What is planted is found. */
static void test_finds(void **state)
{
	static const struct {
		const char *sql, *says;
	} cases[] = {
		{ "ALTER TABLE agent ADD COLUMN keystrokes INTEGER",
			"agent.keystrokes is not" },
		{ "CREATE TABLE idle (agent INTEGER REFERENCES agent (id), ms INTEGER)",
			"idle.ms is not" },
		{ "ALTER TABLE queue ADD COLUMN agent INTEGER REFERENCES agent (id)",
			"queue.agent is not" },
		{ "PRAGMA foreign_keys = OFF; DROP TABLE plan_wish;"
		  "CREATE TABLE plan_wish (agent INTEGER REFERENCES agent (id) ON DELETE"
		  " SET NULL)",
			"plan_wish holds data of agents without a date" },
		{ "PRAGMA foreign_keys = OFF; DROP TABLE plan_wish;"
		  "CREATE TABLE plan_wish (agent INTEGER REFERENCES agent (id))",
			"plan_wish.agent keeps an agent's row" },
		{ "PRAGMA foreign_keys = OFF; DROP TABLE call; CREATE TABLE call (id "
		  "INTEGER,"
		  " queue INTEGER REFERENCES agent (id) ON DELETE SET NULL)",
			"call.queue leads to an agent" },
	};
	const struct place *p = *state;
	char says[SAYS_MAX];

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		unlink(p->path);
		store_close(must_open(p->path));
		sql_do(p->path, cases[i].sql);
		faults(p->path, says);
		if (!strstr(says, cases[i].says))
			fail_msg("planted, and not found: %s\n%s", cases[i].says, says);
	}
}

/* --- does old go, and nothing else? --- */

/* Of each rule an example: a row whose date is ?1, what must be there of it a moment before its day, and not at it.
 * The days stand here once more, in figures, so that a change of the register is a change of a promise. */
static const struct example {
	const char *table;
	int days;
	const char *make, *there;
} examples[] = {
	{ "session", 0,
		"INSERT INTO session (hash, agent, expires_ms) VALUES (zeroblob(32), 71, "
		"?1)",
		"SELECT count(*) FROM session" },
	{ "link", 0,
		"INSERT INTO link (hash, agent, expires_ms) VALUES (zeroblob(32), 71, "
		"?1)",
		"SELECT count(*) FROM link" },
	{ "callback", 1,
		"INSERT INTO callback VALUES (1, 81, '+41445550100', 0, ?1, 0, 0)",
		"SELECT count(*) FROM callback" },
	{ "enrolment", 0, "INSERT INTO enrolment VALUES (71, zeroblob(32), ?1)",
		"SELECT count(*) FROM enrolment" },
	{ "credential", 430,
		"INSERT INTO credential VALUES (71, 'password', x'', 0, x'01', 0, '', 0, "
		"?1)",
		"SELECT count(*) FROM credential" },
	{ "agreement_signature", 1826,
		"INSERT INTO agreement_signature VALUES"
		" (1, 71, 1, 'de', zeroblob(32), randomblob(32), zeroblob(65), "
		"zeroblob(64), 5, NULL),"
		" (2, 71, 1, 'de', zeroblob(32), randomblob(32), zeroblob(65), "
		"zeroblob(64), ?1, NULL)",
		"SELECT count(*) FROM agreement_signature WHERE seq = 1" },
	{ "agreement_end", 1826,
		"INSERT INTO agreement_end VALUES (1, 71, ?1, 1, 'ended')",
		"SELECT count(*) FROM agreement_end" },
	{ "staff_code", 0,
		"INSERT INTO staff_code (agent, hash, expires_ms) VALUES (71, "
		"zeroblob(32), ?1)",
		"SELECT count(*) FROM staff_code" },
	{ "role_change", 90,
		"INSERT INTO role_change (agent, at_ms, was, roles) VALUES (71, ?1, 1, "
		"3)",
		"SELECT count(*) FROM role_change" },
	{ "agent", 90, "UPDATE agent SET left_ms = ?1 WHERE id = 72",
		"SELECT count(*) FROM agent WHERE id = 72" },
	{ "approval", 1826,
		"INSERT INTO approval VALUES (1, 'pulse', NULL, 0, ?1, 0, 71, "
		"zeroblob(65),"
		" zeroblob(32), zeroblob(64))",
		"SELECT count(*) FROM approval" },
	{ "consultation", 1826,
		"INSERT INTO consultation VALUES (1, 'pulse', NULL, 0, zeroblob(32), 1, "
		"0, ?1, 0, 71)",
		"SELECT count(*) FROM consultation" },
	{ "call_event", 90,
		"INSERT INTO call_event VALUES (1, 7, ?1, 'offered', 71, NULL, NULL)",
		"SELECT count(agent) FROM call_event WHERE seq = 1" },
	{ "call", 90,
		"INSERT INTO call VALUES (1, 81, 'sip', ?1, NULL, NULL, NULL, 71, NULL)",
		"SELECT count(agent) FROM call WHERE id = 1" },
	{ "call", 400,
		"INSERT INTO call VALUES (1, 81, 'sip', ?1, NULL, NULL, NULL, NULL, "
		"NULL)",
		"SELECT count(*) FROM call WHERE id = 1" },
	{ "line_quality", 90,
		"INSERT INTO line_quality (call, from_ms, leg, direction, until_ms, "
		"is_whole,"
		" codec, expected, lost) VALUES (7, 0, 'line', 'in', ?1, 1, 'PCMA', 0, "
		"0)",
		"SELECT count(*) FROM line_quality" },
	{ "device_key", 1826,
		"INSERT INTO device_key VALUES (1, 71, zeroblob(65), 0, ?1, 'agent')",
		"SELECT count(*) FROM device_key" },
	{ "ledger_acknowledgement", 90,
		"INSERT INTO ledger_acknowledgement VALUES (1, 71, ?1)",
		"SELECT count(*) FROM ledger_acknowledgement" },
	{ "plan_span", 0,
		"INSERT INTO plan_span (agent, day, begins, ends, place)"
		" SELECT 71, 20836 - iif(?1 > 20836 * 86400000, 7, 14), 480, 720, 'home'",
		"SELECT count(*) FROM plan_span" },
	{ "plan_absence", 0,
		"INSERT INTO plan_absence (agent, day)"
		" SELECT 71, 20836 - iif(?1 > 20836 * 86400000, 7, 14)",
		"SELECT count(*) FROM plan_absence" },
	{ "plan_swap", 0,
		"INSERT INTO plan_swap (id, agent, day, back)"
		" SELECT 1, 71, 20835 + (?1 > 20836 * 86400000), 20840",
		"SELECT count(*) FROM plan_swap" },
	{ "pulse_answered", 8,
		"INSERT INTO pulse_answered (week_ms, agent)"
		" SELECT (?1 + 86399999) / 86400000 * 86400000, 71",
		"SELECT count(*) FROM pulse_answered" },
	{ "pulse", 400,
		"INSERT INTO pulse (week_ms, answer, n)"
		" SELECT (?1 + 86399999) / 86400000 * 86400000, 3, 1",
		"SELECT count(*) FROM pulse" },
};

/* A call that is always young, for what hangs on one. */
#define HOUSE                                                                         \
	"INSERT INTO agent (id, login, name, workplace) VALUES (71, 'anna', 'Anna', " \
	"'home'),"                                                                    \
	" (72, 'beat', 'Beat', 'office');"                                            \
	"INSERT INTO queue (id, number, name) VALUES (81, '100', 'Auskunft');"        \
	"INSERT INTO agreement_version VALUES (1, 1, 0, 0);"                          \
	"INSERT INTO call (id, queue, kind, arrived_ms) VALUES (7, 81, 'sip', "       \
	"1800000000000)"

static sqlite3 *open_house(const char *path)
{
	sqlite3 *db = NULL;

	unlink(path);
	store_close(must_open(path));
	sql_do(path, HOUSE);
	assert_int_equal(db_open(&db, path), 0);
	return db;
}

static void make_row(sqlite3 *db, const char *sql, int64_t date)
{
	sqlite3_stmt *s = NULL;

	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	sqlite3_bind_int64(s, 1, date);
	if (sqlite3_step(s) != SQLITE_DONE)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	sqlite3_finalize(s);
}

static int64_t count_after(const struct place *p, const struct example *e, int64_t age_ms)
{
	sqlite3 *db = open_house(p->path);
	bool more = false;

	make_row(db, e->make, NOW - age_ms);
	assert_int_equal(purge_run(db, NOW, &more), 0);
	sqlite3_close(db);
	return sql_int(p->path, e->there);
}

static void test_removal(void **state)
{
	const struct place *p = *state;

	for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
		const struct example *e = &examples[i];

		if (count_after(p, e, e->days * DAY - 1) != 1)
			fail_msg("%s: gone before its %d days", e->table, e->days);
		if (count_after(p, e, e->days * DAY) != 0)
			fail_msg("%s: still there after its %d days", e->table, e->days);
		if (count_after(p, e, e->days * DAY + 1000 * DAY) != 0)
			fail_msg("%s: an old row stays", e->table);
	}
}

/* Each rule of the register has its example, and the same number of days. */
static void test_each_rule_shown(void **state)
{
	(void)state;
	for (size_t i = 0; i < own_tables_n; i++)
		for (int j = 0; j < OWN_RULES_MAX && own_tables[i].rules[j].date; j++) {
			size_t n = 0;

			for (size_t k = 0; k < sizeof examples / sizeof *examples; k++)
				n += strcmp(examples[k].table, own_tables[i].name) == 0 &&
					examples[k].days == own_tables[i].rules[j].days;
			if (n != 1)
				fail_msg("rule %d of %s (%d days) has no example of its "
					 "own:"
					 " add one to examples[] in test_own.c",
					j, own_tables[i].name,
					own_tables[i].rules[j].days);
		}
}

/* What holds has no date, and neither has an end without which it would hold again. */
static void test_agreement_holds(void **state)
{
	const struct place *p = *state;
	sqlite3 *db = open_house(p->path);
	bool more;

	make_row(db,
		"INSERT INTO agreement_signature VALUES (1, 71, 1, 'de', zeroblob(32),"
		" zeroblob(32), zeroblob(65), zeroblob(64), ?1, NULL)",
		1);
	make_row(db, "INSERT INTO agreement_end VALUES (2, 71, ?1, 1, 'changed')", 2);
	assert_int_equal(purge_run(db, NOW, &more), 0);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM agreement_signature"), 1);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM agreement_end"), 1);
	/* ended, but not for five years */
	make_row(db, "INSERT INTO agreement_end VALUES (3, 71, ?1, 0, 'ended')",
		NOW - 5 * DAY);
	assert_int_equal(purge_run(db, NOW, &more), 0);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM agreement_signature"), 1);
	assert_int_equal(purge_run(db, NOW + 1821 * DAY, &more), 0);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM agreement_signature"), 0);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM agreement_end"), 0);
	sqlite3_close(db);
}

/* --- what an agent is given --- */

struct given {
	size_t rows, withheld;
	int64_t goes_ms; /* of the last row */
	char tables[256]; /* in order, one word a row */
	bool any_bytes_of_secrets;
};

static int on_row(void *arg, const struct own_table *t, const struct own_cell *cells,
	size_t n, int64_t goes_ms)
{
	struct given *g = arg;
	struct wbuf w = wbuf_of(g->tables, sizeof g->tables - 1);

	w.n = strlen(g->tables);
	wbuf_printf(&w, "%s ", t->name);
	wbuf_u8(&w, 0);
	g->rows++;
	g->goes_ms = goes_ms;
	for (size_t i = 0; i < n; i++) {
		assert_ptr_equal(cells[i].column, &t->columns[i]);
		g->withheld += cells[i].is_withheld;
		if (cells[i].is_withheld && (cells[i].number || cells[i].bytes))
			g->any_bytes_of_secrets = true;
	}
	return 0;
}

static struct given given_to(const char *path, uint64_t agent)
{
	struct given g = { 0 };
	struct store *st = must_open(path);

	assert_int_equal(store_own(st, agent, on_row, &g), 0);
	store_close(st);
	return g;
}

/* Young enough that the store, which is open meanwhile, removes none of it. */
static void test_given(void **state)
{
	const struct place *p = *state;
	sqlite3 *db = open_house(p->path);
	int64_t now = db_wall_ms();

	make_row(db,
		"INSERT INTO session (hash, agent, expires_ms) VALUES (zeroblob(32), 71, "
		"?1)",
		now + DAY);
	make_row(db,
		"INSERT INTO session (hash, agent, expires_ms) VALUES (randomblob(32), "
		"72, ?1)",
		now + DAY);
	make_row(db,
		"INSERT INTO call VALUES (8, 81, 'sip', ?1, NULL, NULL, NULL, 71, NULL)",
		now);
	make_row(db,
		"INSERT INTO call_event VALUES (1, 8, ?1, 'arrived', NULL, NULL, NULL)",
		now);
	make_row(db,
		"INSERT INTO call_event VALUES (2, 8, ?1, 'accepted', 71, NULL, NULL)",
		now);
	make_row(db,
		"INSERT INTO call_event VALUES (3, 8, ?1, 'declined', 72, NULL, NULL)",
		now);
	make_row(db,
		"INSERT INTO agreement_signature VALUES (4, 71, 1, 'de', zeroblob(32),"
		" zeroblob(32), zeroblob(65), zeroblob(64), ?1, NULL)",
		now);
	sql_do(p->path,
		"INSERT INTO ledger_entry (ref, segment, entry) VALUES (66, 1, 5), (67, "
		"1, 6), (65, 1, 1), "
		"(68, 1, 7),"
		" (82, 1, 9)");
	sqlite3_close(db);

	struct given anna = given_to(p->path, ANNA), beat = given_to(p->path, BEAT);

	assert_string_equal(anna.tables,
		"session agreement_signature agent call_event call ledger_entry "
		"ledger_entry ");
	assert_int_equal(anna.withheld, 1); /* the session's hash */
	assert_false(anna.any_bytes_of_secrets);
	assert_string_equal(beat.tables, "session agent call_event ");
	assert_int_equal(given_to(p->path, 99).rows, 0);
}

static void test_dates_given(void **state)
{
	static const struct {
		const char *make;
		int64_t after_ms; /* its date; -1: none yet */
	} cases[] = {
		{ "INSERT INTO session (hash, agent, expires_ms) VALUES (zeroblob(32), "
		  "73, ?1)",
			0 },
		{ "INSERT INTO call VALUES (8, 81, 'sip', ?1, NULL, NULL, NULL, 73, "
		  "NULL)",
			90 * DAY },
		{ "INSERT INTO agreement_end VALUES (1, 73, ?1, 1, 'ended')",
			1826 * DAY },
		{ "INSERT INTO agreement_signature VALUES (1, 73, 1, 'de', zeroblob(32),"
		  " zeroblob(32), zeroblob(65), zeroblob(64), ?1, NULL)",
			-1 },
	};
	const struct place *p = *state;
	int64_t date = db_wall_ms() + DAY;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		sqlite3 *db = open_house(p->path);
		struct given g = { 0 };

		make_row(db, "PRAGMA foreign_keys = OFF", 0);
		make_row(db, cases[i].make, date);
		assert_int_equal(own_read(db, 73, on_row, &g), 0);
		sqlite3_close(db);
		assert_int_equal(g.rows, 1);
		assert_int_equal(
			g.goes_ms, cases[i].after_ms < 0 ? 0 : date + cases[i].after_ms);
	}
}

/* Of two people in one row each is told of oneself alone. */
static void test_withheld(void **state)
{
	static const struct own_column columns[] = { { "one", OWN_WHO, "who" },
		{ "other", OWN_WHO, "with whom" }, { "note", OWN_OTHERS, "a caller's" },
		{ NULL, OWN_INT, NULL } };
	static const struct own_table swap = { .name = "swap",
		.key = "one",
		.mine = "?1 IN (t.one, t.other)",
		.columns = columns };
	const struct place *p = *state;
	sqlite3 *db = open_house(p->path);
	struct given g = { 0 };

	sql_do(p->path,
		"CREATE TABLE swap (one INTEGER, other INTEGER, note TEXT);"
		"INSERT INTO swap VALUES (71, 72, 'x'), (72, NULL, NULL), (73, 72, 'y')");
	assert_int_equal(own_read_table(db, &swap, ANNA, on_row, &g), 0);
	assert_int_equal(g.rows, 1);
	assert_int_equal(g.withheld, 2);
	g = (struct given){ 0 };
	assert_int_equal(own_read_table(db, &swap, BEAT, on_row, &g), 0);
	assert_int_equal(g.rows, 3);
	assert_int_equal(g.withheld, 4);
	assert_false(g.any_bytes_of_secrets);
	sqlite3_close(db);
}

/* -1: there is no such column. */
static int kind_of(const struct own_table *t, const char *name)
{
	const struct own_column *c = t ? column_of(t, name) : NULL;

	return c ? (int)c->kind : -1;
}

/* What opens a door is a secret wherever it is kept. */
static void test_secrets(void **state)
{
	static const char *const tables[] = { "session", "link", "enrolment",
		"staff_code" };
	const struct own_table *callback = table_of("callback");

	(void)state;
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		assert_int_equal(kind_of(table_of(tables[i]), "hash"), OWN_SECRET);
	assert_int_equal(kind_of(table_of("credential"), "value"), OWN_SECRET);
	assert_int_equal(kind_of(callback, "number"), OWN_OTHERS);
	assert_true(callback && !callback->mine);
}

#define IN_PLACE(f) cmocka_unit_test_setup_teardown(f, place_make, place_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLACE(test_whole),
		IN_PLACE(test_not_stale),
		IN_PLACE(test_finds),
		IN_PLACE(test_removal),
		cmocka_unit_test(test_each_rule_shown),
		IN_PLACE(test_agreement_holds),
		IN_PLACE(test_given),
		IN_PLACE(test_dates_given),
		IN_PLACE(test_withheld),
		cmocka_unit_test(test_secrets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
