/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* store: people come, change and leave, and what the staff body approved. */
#include "support.h"

#include "store/people.h"

#define NORA_AT INT64_C(1800000000000)

static struct store_people *must_load(struct store *st)
{
	struct store_people *p = NULL;

	assert_int_equal(store_load_people(st, &p), 0);
	return p;
}

static struct person person_of(const char *login, unsigned roles)
{
	struct person p;

	person_begin(&p);
	(void)snprintf(p.login, sizeof p.login, "%s", login);
	(void)snprintf(p.name, sizeof p.name, "Nora Frei");
	p.roles = (uint8_t)roles;
	acd_queues_add(&p.queues, 0);
	(void)person_add_skill(&p, "de", 3);
	return p;
}

/* A job for store_do(): puts a person; fails after that, where it shall. */
struct putting {
	uint64_t id, by;
	struct person is;
	int err;
};

static int put(sqlite3 *db, void *arg)
{
	const struct putting *a = arg;
	struct store_people *house = NULL;
	int err = people_read(db, &house);

	if (!err)
		err = people_put(db, house, a->id, &a->is, 7, a->by);
	store_people_free(house);
	return err ? err : a->err;
}

static int leave(sqlite3 *db, void *arg)
{
	return people_leave(db, *(uint64_t *)arg, NORA_AT, BEAT);
}

static void test_names(void **state)
{
	const struct place *p = *state;
	struct store *st = must_open(p->path);
	const uint64_t queues[] = { QUEUE };
	struct store_named anna = { ANNA, person_of("anna", 1) };
	struct store_people *house;

	put_house(st);
	sql_do(p->path, "INSERT INTO queue (id, number, name) VALUES (82, '200', 'Alt')");
	house = must_load(st);
	assert_false(store_person_is_here(store_person_of(house, "anna")));
	assert_int_equal(house->n_queues, 2);
	store_people_free(house);

	assert_int_equal(store_name_house(st, queues, 1, &anna, 1), 0);
	house = must_load(st);
	assert_int_equal(house->n_queues, 1);
	assert_int_equal(store_person_find(house, ANNA)->origin, STORE_CONFIGURED);
	assert_int_equal(store_person_find(house, BEAT)->origin, STORE_UNNAMED);
	assert_true(acd_queues_have(&store_person_find(house, ANNA)->is.queues, 0));
	assert_string_equal(store_person_find(house, ANNA)->is.skills[0].name, "de");
	store_people_free(house);

	assert_int_equal(store_name_house(st, queues, 1, NULL, 0), 0);
	house = must_load(st);
	assert_int_equal(store_person_find(house, ANNA)->origin, STORE_UNNAMED);
	store_people_free(house);
	store_close(st);
}

static void test_comes_and_changes(void **state)
{
	const struct place *p = *state;
	struct store *st = must_open(p->path);
	struct putting a = { .by = BEAT, .is = person_of("nora", 5) };
	struct store_people *house;
	const struct store_person *nora;

	put_house(st);
	a.err = EBADMSG;
	assert_int_equal(store_do(st, put, &a), EBADMSG);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM agent"), 2);
	a.err = 0;
	assert_int_equal(store_do(st, put, &a), 0);
	house = must_load(st);
	nora = store_person_of(house, "nora");
	assert_non_null(nora);
	assert_true(nora->id > BEAT && store_person_is_here(nora));
	assert_int_equal(person_differs(&nora->is, &a.is), 0);
	a.id = nora->id;
	store_people_free(house);

	/* the roles alone are for the ledger, with who gave them */
	a.is = person_of("nora", 1);
	a.is.at_home = true;
	assert_int_equal(store_do(st, put, &a), 0);
	a.is.clearance = 0;
	assert_int_equal(store_do(st, put, &a), 0);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM role_change"), 2);
	assert_int_equal(
		sql_int(p->path, "SELECT sum(was * 100 + roles) FROM role_change"), 506);
	assert_int_equal(
		sql_int(p->path, "SELECT count(*) FROM role_change WHERE by_agent = 72"),
		2);
	store_close(st);
}

/* Every access ends in one transaction, and the agreement with it. */
static void test_leaves(void **state)
{
	static const char *const gone[] = { "session", "link", "sign_on", "credential",
		"enrolment", "device_key", "staff_key", "staff_code", "agent_queue",
		"agent_skill" };
	const struct place *p = *state;
	struct store *st = must_open(p->path);
	const uint64_t queues[] = { QUEUE };
	struct store_named anna = { ANNA, person_of("anna", 1) };
	struct store_agent found;
	uint64_t id = ANNA;
	char sql[128];

	put_house(st);
	assert_int_equal(store_name_house(st, queues, 1, &anna, 1), 0);
	sql_do(p->path,
		"INSERT INTO session VALUES (randomblob(32), 71, 1, 2, randomblob(32), "
		"NULL);"
		"INSERT INTO sign_on VALUES (71, 'https://login.example.org', '4711', 1);"
		"INSERT INTO credential VALUES (71, 'password', x'', 0, x'01', 0, '', 0, "
		"0);"
		"INSERT INTO link VALUES (randomblob(32), 71, 1, 0);"
		"INSERT INTO enrolment VALUES (71, randomblob(32), 1);"
		"INSERT INTO device_key VALUES (1, 71, randomblob(65), 1, NULL, NULL);"
		"INSERT INTO staff_key VALUES (1, 71, randomblob(65), 1);"
		"INSERT INTO staff_code VALUES (71, randomblob(32), 1, 0);"
		"INSERT INTO agreement_version VALUES (1, 1, 1, 1);"
		"INSERT INTO agreement_signature VALUES (1, 71, 1, 'de', randomblob(32),"
		" randomblob(32), randomblob(65), randomblob(64), 1, NULL)");
	assert_int_equal(store_do(st, leave, &id), 0);
	for (size_t i = 0; i < sizeof gone / sizeof *gone; i++) {
		(void)snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", gone[i]);
		if (sql_int(p->path, sql) != 0)
			fail_msg("%s is still there", gone[i]);
	}
	assert_int_equal(sql_int(p->path, "SELECT by_agent FROM agreement_end"), 0);
	assert_int_equal(
		sql_int(p->path, "SELECT was * 100 + roles FROM role_change"), 100);
	assert_int_equal(store_find_agent(st, "anna", &found), ENOENT);
	assert_int_equal(store_do(st, leave, &id), ENOENT);
	/* nothing to end: nothing is */
	id = BEAT;
	assert_int_equal(store_do(st, leave, &id), 0);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM agreement_end"), 1);
	store_close(st);
}

/* --- what the staff body does --- */

/* Times are counted from this: the writer clears away what is over by its own clock, at any time. */
static int64_t soon(void)
{
	return db_wall_ms() + 600000;
}

static const uint8_t key[STORE_POINT_SIZE] = { 4 }, signature[STORE_SIGNATURE_SIZE];

static struct store_approved approved(uint8_t *nonce, uint8_t with, int64_t at)
{
	memset(nonce, with, APPROVAL_NONCE);
	return (struct store_approved){ BEAT, key, nonce, signature, at + 5, at + 6 };
}

static int approvals(sqlite3 *db, void *arg)
{
	const int64_t at = *(const int64_t *)arg;
	uint8_t nonce[APPROVAL_NONCE];
	struct approval_statement s = { EVALUATION_PULSE, 0, at + 10, at + 20, at + 5,
		NULL };
	struct store_approved by = approved(nonce, 1, at);

	assert_int_equal(approval_put(db, &s, &by), 0);
	assert_int_equal(approval_put(db, &s, &by), EEXIST);
	by = approved(nonce, 2, at);
	s.scope = QUEUE;
	assert_int_equal(approval_put(db, &s, &by), 0);
	by = approved(nonce, 3, at);
	assert_int_equal(approval_withdraw(db, 7, &by), ENOENT);
	assert_int_equal(approval_withdraw(db, 1, &by), 0);
	assert_int_equal(approval_withdraw(db, 2, &by), EEXIST);
	by = approved(nonce, 4, at);
	assert_int_equal(approval_withdraw(db, 1, &by), EALREADY);
	return 0;
}

static int consultations(sqlite3 *db, void *arg)
{
	const int64_t at = *(const int64_t *)arg;
	struct store_approval a = { .is = { EVALUATION_PULSE, true, 0, at + 10, at + 20,
					    0 },
		.has_agreed = true,
		.signed_ms = at + 10,
		.held_ms = at + 9 };

	assert_int_equal(consultation_put(db, &a, BEAT), 0);
	a.has_agreed = false;
	a.signed_ms = at + 15;
	assert_int_equal(consultation_put(db, &a, BEAT), 0);
	return 0;
}

static void test_approvals(void **state)
{
	const struct place *p = *state;
	struct store *st = must_open(p->path);
	struct store_people *house;
	int64_t at = soon();

	put_house(st);
	assert_int_equal(store_do(st, approvals, &at), 0);
	assert_int_equal(store_do(st, consultations, &at), 0);
	house = must_load(st);
	assert_int_equal(house->n_approvals, 4);
	assert_int_equal(house->approvals[0].is.withdrawn_ms, at + 6);
	assert_string_equal(house->approvals[0].who, "Beat");
	assert_int_equal(house->approvals[1].is.scope, QUEUE);
	assert_int_equal(house->approvals[1].is.withdrawn_ms, 0);
	/* a later no ends an earlier yes */
	assert_int_equal(house->approvals[2].is.withdrawn_ms, at + 15);
	assert_false(house->approvals[3].has_agreed);
	assert_false(store_people_have_body(house));
	store_people_free(house);
	store_close(st);
}

/* What a job of staff_enrol() is told, as its caller keeps what was counted. */
struct enrolling {
	uint8_t code;
	int64_t at_ms;
	uint8_t key;
	int said;
};

static int enrol(sqlite3 *db, void *arg)
{
	struct enrolling *e = arg;
	struct store_device_key k = { .agent = BEAT };
	uint8_t hash[STORE_HASH_SIZE];

	memset(hash, e->code, sizeof hash);
	memset(k.point, e->key, sizeof k.point);
	e->said = staff_enrol(db, &k, hash, e->at_ms);
	return e->said == EACCES ? 0 : e->said;
}

static int open_code(sqlite3 *db, void *arg)
{
	uint8_t hash[STORE_HASH_SIZE];

	memset(hash, 1, sizeof hash);
	return staff_open_code(db, BEAT, hash, *(const int64_t *)arg + 100);
}

static void test_staff_keys(void **state)
{
	static const struct {
		const char *what;
		bool opens; /* a new code first */
		struct enrolling e;
	} rows[] = {
		{ "none is open", false, { 1, 50, 1, EACCES } },
		{ "a wrong code", true, { 2, 50, 1, EACCES } },
		{ "the right one", false, { 1, 50, 1, 0 } },
		{ "once only", false, { 1, 50, 2, EACCES } },
		{ "too late", true, { 1, 100, 2, EACCES } },
		{ "somebody's key", true, { 1, 50, 1, EEXIST } },
		{ "five wrong ones", true, { 2, 50, 2, EACCES } },
		{ "two", false, { 2, 50, 2, EACCES } },
		{ "three", false, { 2, 50, 2, EACCES } },
		{ "four", false, { 2, 50, 2, EACCES } },
		{ "five", false, { 2, 50, 2, EACCES } },
		{ "then the right one is none either", false, { 1, 50, 2, EACCES } },
	};
	const struct place *p = *state;
	struct store *st = must_open(p->path);
	int64_t at = soon();

	put_house(st);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct enrolling e = rows[i].e;

		e.at_ms += at;
		if (rows[i].opens)
			assert_int_equal(store_do(st, open_code, &at), 0);
		(void)store_do(st, enrol, &e);
		if (e.said != rows[i].e.said)
			fail_msg("%s: %d", rows[i].what, e.said);
	}
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM staff_key"), 1);
	store_close(st);
}

/* --- who wants to know is told --- */

struct listener {
	unsigned n;
	size_t n_people;
};

static void on_people(void *arg, struct store_people *p)
{
	struct listener *l = arg;

	l->n++;
	l->n_people = p->n_people;
	store_people_free(p);
}

static void on_agreements(void *arg, struct store_agreements *a)
{
	store_agreements_free(a);
}

/* Polls until so many people were told, or patience ended. */
static void await_people(struct store *st, const struct listener *l, size_t n)
{
	for (int ms = 0; ms < PATIENCE_MS && l->n_people != n; ms += 5) {
		usleep(5000);
		store_poll(st);
	}
	assert_int_equal(l->n_people, n);
}

static void test_told(void **state)
{
	const struct place *p = *state;
	struct listener l = { 0 };
	struct store_config cfg = { .path = p->path,
		.people = on_people,
		.agreements = on_agreements,
		.arg = &l };
	struct store *st = NULL;

	assert_int_equal(store_open(&st, &cfg), 0);
	put_house(st);
	usleep(3 * STORE_LOOK_MS * 1000);
	store_poll(st);
	assert_int_equal(l.n, 0); /* nothing that is older than what it reads itself */
	store_people_free(must_load(st));
	await_people(st, &l, 2);
	sql_do(p->path,
		"INSERT INTO agent (id, login, name, workplace, origin)"
		" VALUES (73, 'nora', 'Nora', 'office', 'people')");
	await_people(st, &l, 3);
	store_close(st);
}

#define IN_PLACE(f) cmocka_unit_test_setup_teardown(f, place_make, place_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLACE(test_names),
		IN_PLACE(test_comes_and_changes),
		IN_PLACE(test_leaves),
		IN_PLACE(test_approvals),
		IN_PLACE(test_staff_keys),
		IN_PLACE(test_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
