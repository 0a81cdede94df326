/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * store: records of each older version, brought up to this one.
 *
 * For each number of a migration a database that ends with it, a row or more in each of its tables, and then the rest:
 * what was in it is in it, column by column, and the schema is the one of a new database.
 */
#include "support.h"

#include "base/text.h"

#define SQL_MAX    2048
#define TABLES_MAX 64

/* What a version's tables hold; `since` is the migration that made the table, or these columns. A new table needs its
 * row here. */
static const struct {
	int since;
	const char *table, *sql;
} rows[] = {
	{ 1, "agent",
		"INSERT INTO agent (id, login, name, workplace) VALUES (71, 'anna', "
		"'Anna Ä.', 'home'), (72, 'beat', 'Beat B.', 'office')" },
	{ 1, "queue", "INSERT INTO queue (id, number, name) VALUES (81, '100', 'Post')" },
	{ 1, "control", "UPDATE control SET epoch = 41" },
	{ 1, "link",
		"INSERT INTO link (hash, agent, expires_ms, used) VALUES (zeroblob(32), "
		"71, 5000, 1)" },
	{ 1, "session",
		"INSERT INTO session (hash, agent, expires_ms) VALUES (zeroblob(32), 72, "
		"6000)" },
	{ 1, "call",
		"INSERT INTO call (id, queue, kind, arrived_ms, answered_ms, ended_ms, "
		"why, agent) VALUES (7, 81, 'sip', 1000, 2000, 3000, 'caller_hung_up', "
		"71), (8, NULL, 'web', 1500, NULL, NULL, NULL, NULL)" },
	{ 1, "call_event",
		"INSERT INTO call_event (seq, call, at_ms, event, agent, number, detail) "
		"VALUES (1, 7, 1000, 'arrived', NULL, NULL, NULL),"
		" (2, 7, 2000, 'accepted', 71, 5, 'x')" },
	{ 2, "ledger_entry",
		"INSERT INTO ledger_entry (ref, segment, entry) VALUES (18, 1, 3)" },
	{ 3, "callback",
		"INSERT INTO callback (call, queue, number, arrived_ms, asked_ms, "
		"due_ms, "
		"tries) VALUES (8, 81, '+41445550100', 1500, 1600, 0, 2)" },
	{ 4, "agreement_version",
		"INSERT INTO agreement_version (number, material, effective_ms, "
		"published_ms) VALUES (1, 1, 900, 800)" },
	{ 4, "agreement_text",
		"INSERT INTO agreement_text (version, language, text, hash) VALUES (1, "
		"'fr', 'Texte', zeroblob(32))" },
	{ 4, "agreement_signature",
		"INSERT INTO agreement_signature (seq, agent, version, language, hash, "
		"nonce, public_key, signature, signed_ms, countersignature) VALUES (1, "
		"71, 1, 'fr', zeroblob(32), zeroblob(32), zeroblob(65), zeroblob(64), "
		"950, zeroblob(64))" },
	{ 4, "agreement_end",
		"INSERT INTO agreement_end (seq, agent, at_ms, by_agent, why) VALUES (1, "
		"72, 970, 0, 'ended')" },
	{ 4, "device_key",
		"INSERT INTO device_key (agent, public_key, enrolled_ms) VALUES (71, "
		"zeroblob(65), 940)" },
	{ 4, "enrolment",
		"INSERT INTO enrolment (agent, hash, expires_ms) VALUES (72, "
		"zeroblob(32), 9000)" },
	{ 5, "agent", "UPDATE agent SET roles = 9 WHERE id = 72" },
	{ 6, "agent",
		"UPDATE agent SET clearance = 1, origin = 'people', left_ms = 990 WHERE "
		"id = 72" },
	{ 6, "queue", "UPDATE queue SET live = 0" },
	{ 6, "agent_queue", "INSERT INTO agent_queue (agent, queue) VALUES (71, 81)" },
	{ 6, "agent_skill",
		"INSERT INTO agent_skill (agent, skill, level) VALUES (71, 'it', 4)" },
	{ 6, "role_change",
		"INSERT INTO role_change (agent, at_ms, was, roles, by_agent) VALUES "
		"(71, "
		"30, 1, 3, 72)" },
	{ 6, "staff_key",
		"INSERT INTO staff_key (seq, agent, public_key, enrolled_ms) VALUES (4, "
		"72, zeroblob(65), 20)" },
	{ 6, "staff_code",
		"INSERT INTO staff_code (agent, hash, expires_ms, tries) VALUES (72, "
		"zeroblob(32), 30, 2)" },
	{ 6, "approval",
		"INSERT INTO approval (seq, evaluation, scope, from_ms, until_ms, "
		"signed_ms, agent, public_key, nonce, signature) VALUES (1, 'pulse', 81, "
		"10, 20, 5, 72, zeroblob(65), zeroblob(32), zeroblob(64))" },
	{ 6, "approval_end",
		"INSERT INTO approval_end (approval, at_ms, signed_ms, agent, "
		"public_key, "
		"nonce, signature) VALUES (1, 15, 14, 72, zeroblob(65), zeroblob(32), "
		"zeroblob(64))" },
	{ 6, "consultation",
		"INSERT INTO consultation (seq, evaluation, scope, held_ms, text_hash, "
		"agreed, from_ms, until_ms, recorded_ms, agent) VALUES (1, 'pulse', "
		"NULL, "
		"1, zeroblob(32), 1, 10, 20, 2, 72)" },
	{ 7, "plan_span",
		"INSERT INTO plan_span (agent, day, begins, ends, place) VALUES (71, "
		"20000, 480, 720, 'home')" },
	{ 7, "plan_absence", "INSERT INTO plan_absence (agent, day) VALUES (71, 20001)" },
	{ 7, "plan_wish", "INSERT INTO plan_wish (agent) VALUES (71)" },
	{ 7, "plan_need",
		"INSERT INTO plan_need (weekday, half, agents, strict) VALUES (0, 16, 5, "
		"2)" },
	{ 7, "plan_swap",
		"INSERT INTO plan_swap (id, agent, day, back) VALUES (1, 71, 20002, "
		"20003)" },
	{ 7, "plan_feed",
		"INSERT INTO plan_feed (agent, hash, language) VALUES (71, zeroblob(32), "
		"'it')" },
	{ 7, "commute",
		"INSERT INTO commute (agent, minutes, metres, month, month_days, "
		"year_days, counted_to) VALUES (71, 35, 21000, 24310, 3, 90, 20000)" },
	{ 7, "commute_sum",
		"INSERT INTO commute_sum (month, hours, kilometres) VALUES (24309, 80, "
		"1900)" },
	{ 8, "pulse", "INSERT INTO pulse (week_ms, answer, n) VALUES (86400000, 4, 6)" },
	{ 8, "pulse_answered",
		"INSERT INTO pulse_answered (week_ms, agent) VALUES (86400000, 71)" },
	{ 9, "device_key",
		"UPDATE device_key SET revoked_ms = 960, revoked_by = 'house'" },
	{ 9, "ledger_entry", "UPDATE ledger_entry SET erase = 2" },
	{ 9, "ledger_acknowledgement",
		"INSERT INTO ledger_acknowledgement (segment, agent, at_ms) VALUES (1, "
		"72, 50)" },
	{ 10, "credential",
		"INSERT INTO credential (agent, kind, id, algorithm, value, counter, "
		"name, made_ms, month_ms) VALUES (71, 'passkey', x'0102', -7, x'03', 9, "
		"'key', 5, 6)" },
	{ 10, "session", "UPDATE session SET factors = 2" },
	{ 11, "line_quality",
		"INSERT INTO line_quality (call, from_ms, leg, direction, until_ms, "
		"is_whole, codec, expected, lost) VALUES (7, 2000, 'line', 'in', 3000, "
		"1, "
		"'PCMA', 50, 1)" },
	{ 12, "call", "UPDATE call SET voice = 'srtp' WHERE id = 7" },
	{ 13, "sign_on",
		"INSERT INTO sign_on (agent, issuer, subject, linked_ms) VALUES (71, "
		"'https://login.example.org', '4711', 1000)" },
	{ 13, "session",
		"UPDATE session SET provider = randomblob(32), provider_session = "
		"randomblob(32)" },
};

/* --- what is in a database --- */

struct table {
	char name[64];
	char sql[SQL_MAX]; /* every row as one text */
	char *was; /* owned */
};

struct content {
	struct table tables[TABLES_MAX];
	size_t n;
};

static char *text_of(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *s = NULL;
	char *out = NULL;

	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	out = strdup(
		sqlite3_column_text(s, 0) ? (const char *)sqlite3_column_text(s, 0) : "");
	sqlite3_finalize(s);
	assert_non_null(out);
	return out;
}

/* SQL that gives the table's rows, with the columns that it has now. */
static void describe(sqlite3 *db, struct table *t)
{
	char sql[256], *columns;

	assert_int_equal(text_format(sql, sizeof sql,
				 "SELECT group_concat('quote(\"' || name || '\")', ' || "
				 "'',''"
				 " || ') FROM pragma_table_info('%s')",
				 t->name),
		0);
	columns = text_of(db, sql);
	assert_int_equal(text_format(t->sql, sizeof t->sql,
				 "SELECT group_concat(r, char(10)) FROM"
				 " (SELECT %s AS r FROM \"%s\" ORDER BY r)",
				 columns, t->name),
		0);
	free(columns);
}

static struct content *read_content(sqlite3 *db)
{
	struct content *c = calloc(1, sizeof *c);
	sqlite3_stmt *s = NULL;

	assert_non_null(c);
	assert_int_equal(sqlite3_prepare_v2(db,
				 "SELECT name FROM sqlite_schema WHERE type = 'table' AND"
				 " name NOT LIKE 'sqlite_%' AND name <> 'migration'",
				 -1, &s, NULL),
		SQLITE_OK);
	while (sqlite3_step(s) == SQLITE_ROW) {
		struct table *t = &c->tables[c->n++];

		assert_true(c->n < TABLES_MAX);
		text_copy(
			t->name, sizeof t->name, (const char *)sqlite3_column_text(s, 0));
		describe(db, t);
		t->was = text_of(db, t->sql);
		if (!*t->was)
			fail_msg("%s has no row in rows[] of test_upgrade.c", t->name);
	}
	sqlite3_finalize(s);
	return c;
}

static void forget(struct content *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->tables[i].was);
	free(c);
}

static char *schema_of(sqlite3 *db)
{
	return text_of(db,
		"SELECT group_concat(r, char(10)) FROM (SELECT type || ' ' || name || ' "
		"' "
		"|| coalesce(sql, '') AS r FROM sqlite_schema ORDER BY r)");
}

/* --- the tests --- */

/* A database as version n left it, with rows. */
static sqlite3 *make_old(const char *path, size_t n)
{
	sqlite3 *db = NULL;

	(void)unlink(path);
	assert_int_equal(db_open(&db, path), 0);
	assert_int_equal(schema_migrate(db, store_migrations, n), 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if ((size_t)rows[i].since <= n &&
			sqlite3_exec(db, rows[i].sql, NULL, NULL, NULL))
			fail_msg("version %zu, %s: %s", n, rows[i].table,
				sqlite3_errmsg(db));
	return db;
}

static void must_be_whole(sqlite3 *db)
{
	int64_t broken = -1;
	char *said = text_of(db, "PRAGMA integrity_check");

	assert_string_equal(said, "ok");
	free(said);
	assert_int_equal(
		db_get_int(db, "SELECT count(*) FROM pragma_foreign_key_check", &broken),
		0);
	assert_int_equal(broken, 0);
}

static void upgrade_from(const char *path, size_t n, const char *schema)
{
	sqlite3 *db = make_old(path, n);
	struct content *before = read_content(db);
	char *is;

	assert_int_equal(schema_migrate(db, store_migrations, store_migrations_n), 0);
	for (size_t i = 0; i < before->n; i++) {
		is = text_of(db, before->tables[i].sql);
		if (strcmp(is, before->tables[i].was) != 0)
			fail_msg("from version %zu, %s: was\n%s\nis\n%s", n,
				before->tables[i].name, before->tables[i].was, is);
		free(is);
	}
	is = schema_of(db);
	assert_string_equal(is, schema);
	free(is);
	must_be_whole(db);
	forget(before);
	sqlite3_close(db);
	/* and this program works with it; what is past its date goes then */
	store_close(must_open(path));
}

static void test_from_each_version(void **state)
{
	const struct place *p = *state;
	sqlite3 *db = NULL;
	char *schema;

	assert_int_equal(db_open(&db, p->path), 0);
	assert_int_equal(schema_migrate(db, store_migrations, store_migrations_n), 0);
	schema = schema_of(db);
	sqlite3_close(db);
	for (size_t n = 1; n <= store_migrations_n; n++)
		upgrade_from(p->path, n, schema);
	free(schema);
}

/* A version that was older than any of ours would have no table at all: an empty file is the version 0. */
static void test_names_go_up(void **state)
{
	for (size_t i = 0; i < store_migrations_n; i++)
		assert_int_equal(strtoul(store_migrations[i].name, NULL, 10), i + 1);
}

/* Two programs that start at once after an upgrade: one migrates, the other finds it done. */
static void test_both_at_once(void **state)
{
	const struct place *p = *state;
	sqlite3 *one = make_old(p->path, 4), *other = NULL;
	int64_t n;

	assert_int_equal(db_open(&other, p->path), 0);
	assert_int_equal(schema_migrate(one, store_migrations, 6), 0);
	assert_int_equal(schema_migrate(other, store_migrations, store_migrations_n), 0);
	assert_int_equal(schema_migrate(one, store_migrations, store_migrations_n), 0);
	assert_int_equal(db_get_int(one, "SELECT count(*) FROM migration", &n), 0);
	assert_int_equal(n, store_migrations_n);
	sqlite3_close(other);
	sqlite3_close(one);
}

#define IN_PLACE(f) cmocka_unit_test_setup_teardown(f, place_make, place_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLACE(test_from_each_version),
		cmocka_unit_test(test_names_go_up),
		IN_PLACE(test_both_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
