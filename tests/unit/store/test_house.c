/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* store: the epoch, agents, queues, login links, sessions. */
#include "support.h"

#include "base/text.h"

static void test_epoch(void **state)
{
	const struct place *p = *state;
	uint32_t epoch = 0;

	for (uint32_t want = 1; want <= 6; want += 2) {
		struct store *st = must_open(p->path);

		assert_int_equal(store_next_epoch(st, &epoch), 0);
		assert_int_equal(epoch, want);
		assert_int_equal(store_next_epoch(st, &epoch), 0);
		assert_int_equal(epoch, want + 1);
		store_close(st);
	}
	sql_do(p->path, "UPDATE control SET epoch = 4294967295");
	struct store *st = must_open(p->path);

	assert_int_equal(store_next_epoch(st, &epoch), EINVAL); /* never a smaller one */
	assert_int_equal(epoch, 6);
	store_close(st);
}

static void test_agents(void **state)
{
	const struct place *p = *state;
	struct store *st = must_open(p->path);
	struct store_agent a = { .login = "jürg",
		.name = "Jürg Ä.",
		.workplace = STORE_HOME,
		.roles = STORE_ROLE_AGENT };
	struct store_agent out = { 0 };

	assert_int_equal(store_find_agent(st, "jürg", &out), ENOENT);
	assert_int_equal(store_put_agent(st, &a, 7), 0);
	assert_int_equal(a.id, 7);
	store_close(st);

	st = must_open(p->path);
	struct store_agent b = { .login = "jürg",
		.name = "Jürg B.",
		.workplace = STORE_OFFICE,
		.roles = STORE_ROLE_AGENT };

	assert_int_equal(store_put_agent(st, &b, 8), 0);
	assert_int_equal(b.id, 7); /* existing ids stay */
	assert_int_equal(store_put_agent(st, &b, 9), 0); /* unchanged */
	assert_int_equal(b.id, 7);
	assert_int_equal(store_find_agent(st, "jürg", &out), 0);
	assert_int_equal(out.id, 7);
	assert_string_equal(out.name, "Jürg B.");
	assert_int_equal(out.workplace, STORE_OFFICE);
	struct store_agent clash = {
		.login = "other", .name = "Other", .roles = STORE_ROLE_AGENT
	};

	assert_int_equal(store_put_agent(st, &clash, 7), EINVAL);
	assert_int_equal(clash.id, 0);
	store_close(st);
}

static void test_agents_refused(void **state)
{
	const struct place *p = *state;
	struct store *st = must_open(p->path);
	struct {
		struct store_agent a;
		uint64_t id;
	} cases[] = {
		{ { .login = "", .name = "A", .roles = 1 }, 1 },
		{ { .login = "Anna", .name = "A", .roles = 1 }, 1 },
		{ { .login = "anna", .name = "", .roles = 1 }, 1 },
		{ { .login = "an\na", .name = "A", .roles = 1 }, 1 },
		{ { .login = "anna", .name = "\xff", .roles = 1 }, 1 },
		{ { .login = "anna",
			  .name = "A",
			  .workplace = (enum store_workplace)2,
			  .roles = 1 },
			1 },
		{ { .login = "anna", .name = "A", .roles = 1 }, 0 },
		{ { .login = "anna", .name = "A", .roles = 1 }, UINT64_MAX },
		{ { .login = "anna", .roles = 1 }, 1 },
		{ { .login = "anna", .name = "A" }, 1 },
		{ { .login = "anna", .name = "A", .roles = STORE_ROLES + 1 }, 1 },
	};

	memset(cases[8].a.name, 'x', STORE_NAME_MAX); /* no end */
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(store_put_agent(st, &cases[i].a, cases[i].id), EINVAL);
	store_close(st);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM agent"), 0);
}

static void test_queues(void **state)
{
	const struct place *p = *state;
	struct store *st = must_open(p->path);
	struct store_queue q = { .number = "100", .name = "Auskunft" };
	struct store_queue again = { .number = "100", .name = "Renseignements" };
	struct store_queue bad = { .number = "", .name = "x" };
	char name[64];

	assert_int_equal(store_put_queue(st, &q, 5), 0);
	assert_int_equal(q.id, 5);
	assert_int_equal(store_put_queue(st, &again, 6), 0);
	assert_int_equal(again.id, 5);
	assert_int_equal(store_put_queue(st, &bad, 6), EINVAL);
	store_close(st);
	sql_text(p->path, "SELECT name FROM queue WHERE id = 5", name, sizeof name);
	assert_string_equal(name, "Renseignements");
}

struct answers {
	size_t n;
	int err[STORE_ASKS_MAX];
	uint64_t agent[STORE_ASKS_MAX];
	_Atomic int woken;
};

static void on_answer(void *arg, int err, uint64_t agent)
{
	struct answers *a = arg;

	assert_true(a->n < STORE_ASKS_MAX);
	a->err[a->n] = err;
	a->agent[a->n++] = agent;
}

static void on_wake(void *arg)
{
	struct answers *a = arg;

	atomic_fetch_add(&a->woken, 1);
}

static void wait_answers(struct store *st, struct answers *a, size_t n)
{
	for (int ms = 0; ms < PATIENCE_MS && a->n < n; ms++) {
		store_poll(st);
		if (a->n < n)
			usleep(1000);
	}
	assert_int_equal(a->n, n);
}

static void hash_of(uint8_t hash[STORE_HASH_SIZE], unsigned int n)
{
	memset(hash, 0x5a, STORE_HASH_SIZE);
	hash[30] = (uint8_t)(n >> 8);
	hash[31] = (uint8_t)n;
}

static void test_links(void **state)
{
	const struct place *p = *state;
	int64_t now = db_wall_ms();
	struct answers a = { 0 };
	struct store_config cfg = { .path = p->path, .wake = on_wake, .arg = &a };
	struct store *st = NULL;
	uint8_t good[STORE_HASH_SIZE], late[STORE_HASH_SIZE], none[STORE_HASH_SIZE];

	assert_int_equal(store_open(&st, &cfg), 0);
	put_house(st);
	hash_of(good, 1);
	hash_of(late, 2);
	hash_of(none, 3);
	assert_int_equal(store_add_link(st, good, ANNA, now + 600000), 0);
	assert_int_equal(store_add_link(st, late, BEAT, now + 600000), 0);
	assert_int_equal(store_add_link(st, good, 0, now), EINVAL);
	assert_int_equal(store_use_link(st, none, now, on_answer, &a), 0);
	assert_int_equal(store_use_link(st, late, now + 600000, on_answer, &a), 0);
	assert_int_equal(store_use_link(st, good, now, on_answer, &a), 0);
	assert_int_equal(store_use_link(st, good, now, on_answer, &a), 0);
	/* added again by a repeated action: it stays used */
	assert_int_equal(store_add_link(st, good, ANNA, now + 600000), 0);
	assert_int_equal(store_use_link(st, good, now, on_answer, &a), 0);
	/* a moment earlier the other one is still good */
	assert_int_equal(store_use_link(st, late, now + 599999, on_answer, &a), 0);
	wait_answers(st, &a, 6);
	store_close(st);
	assert_true(atomic_load(&a.woken) > 0);

	static const struct {
		int err;
		uint64_t agent;
	} want[] = { { ENOENT, 0 }, { ENOENT, 0 }, { 0, ANNA }, { ENOENT, 0 },
		{ ENOENT, 0 }, { 0, BEAT } };

	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(a.err[i], want[i].err);
		assert_int_equal(a.agent[i], want[i].agent);
	}
	st = must_open(p->path); /* and used it stays after a restart */
	a.n = 0;
	assert_int_equal(store_use_link(st, good, now, on_answer, &a), 0);
	wait_answers(st, &a, 1);
	assert_int_equal(a.err[0], ENOENT);
	store_close(st);
}

/* The answers have a maximum; no more than that can be asked. */
static void test_asks_max(void **state)
{
	const struct place *p = *state;
	struct store *st = must_open(p->path);
	struct answers a = { 0 };
	uint8_t hash[STORE_HASH_SIZE];

	hash_of(hash, 1);
	for (int i = 0; i < STORE_ASKS_MAX; i++)
		assert_int_equal(store_use_link(st, hash, 1, on_answer, &a), 0);
	must_be_written(st);
	assert_int_equal(store_use_link(st, hash, 1, on_answer, &a), ENOBUFS);
	assert_int_equal(a.n, 0);
	wait_answers(st, &a, STORE_ASKS_MAX);
	assert_int_equal(store_use_link(st, hash, 1, on_answer, &a), 0);
	store_close(st); /* with a question open */
}

struct loaded {
	size_t n;
	struct store_session s[8];
};

static void on_session(void *arg, const struct store_session *s)
{
	struct loaded *l = arg;

	assert_true(l->n < 8);
	l->s[l->n++] = *s;
}

static void test_sessions(void **state)
{
	const struct place *p = *state;
	int64_t now = db_wall_ms();
	struct store_session s[3];
	struct loaded l = { 0 };
	struct store *st = must_open(p->path);

	put_house(st);
	for (unsigned int i = 0; i < 3; i++) {
		s[i] = (struct store_session){ .agent = i == 1 ? BEAT : ANNA,
			.expires_ms = now + 100000 * (i + 1) };
		hash_of(s[i].hash, i);
		assert_int_equal(store_add_session(st, &s[i]), 0);
	}
	s[1].expires_ms = now + 500000; /* prolonged */
	assert_int_equal(store_add_session(st, &s[1]), 0);
	assert_int_equal(store_drop_session(st, s[2].hash), 0);
	assert_int_equal(store_drop_session(st, s[2].hash), 0);
	store_close(st);

	st = must_open(p->path);
	assert_int_equal(store_load_sessions(st, now + 99999, on_session, &l), 0);
	assert_int_equal(l.n, 2);
	l.n = 0;
	assert_int_equal(store_load_sessions(st, now + 100000, on_session, &l), 0);
	assert_int_equal(l.n, 1);
	assert_memory_equal(l.s[0].hash, s[1].hash, STORE_HASH_SIZE);
	assert_int_equal(l.s[0].agent, BEAT);
	assert_int_equal(l.s[0].expires_ms, now + 500000);
	store_close(st);
}

#define IN_PLACE(f) cmocka_unit_test_setup_teardown(f, place_make, place_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLACE(test_epoch),
		IN_PLACE(test_agents),
		IN_PLACE(test_agents_refused),
		IN_PLACE(test_queues),
		IN_PLACE(test_links),
		IN_PLACE(test_asks_max),
		IN_PLACE(test_sessions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
