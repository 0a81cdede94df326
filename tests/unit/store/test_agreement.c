/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* store: versions, signatures, ends, codes and keys; and that a change by another process is told. */
#include "support.h"

#include "base/text.h"
#include "store/agreement.h"
#include "store/ledger_file.h"
#include "store/ledger_read.h"

static const char *const texts[HOME_LANGUAGES] = { "eins", "un", "uno", "one" };

static struct home_version version_of(uint32_t number, bool is_material)
{
	struct home_version v = { number, is_material, 1000 * number, { { 0 } } };

	memset(v.hash, (int)number, sizeof v.hash);
	return v;
}

static void must_publish(struct store *st, uint32_t number, bool is_material)
{
	struct home_version v = version_of(number, is_material);

	assert_int_equal(store_publish(st, &v, 500, texts), 0);
}

static struct store_signature signature_of(uint32_t version, int64_t at_ms)
{
	struct store_signature s = { .agent = ANNA,
		.version = version,
		.language = HOME_FR,
		.signed_ms = at_ms,
		.is_countersigned = true };

	memset(s.nonce, (int)at_ms, sizeof s.nonce);
	return s;
}

static void must_sign(struct store *st, uint32_t version, int64_t at_ms)
{
	struct store_signature s = signature_of(version, at_ms);

	assert_int_equal(store_add_signature(st, &s), 0);
	must_be_written(st);
}

static struct store_home_agent standing_of(struct store *st, uint64_t agent)
{
	struct store_agreements *a = NULL;
	struct store_home_agent found = { 0 };

	assert_int_equal(store_load_agreements(st, &a), 0);
	for (size_t i = 0; i < a->n_agents; i++)
		if (a->agents[i].agent == agent)
			found = a->agents[i];
	store_agreements_free(a);
	assert_int_equal(found.agent, agent);
	return found;
}

static void test_versions(void **state)
{
	const struct place *p = *state;
	struct store *st = must_open(p->path);
	struct store_agreements *a = NULL;
	struct home_version v = version_of(1, true);
	const char *const short_of_one[HOME_LANGUAGES] = { "a", "b", "", "d" };

	assert_int_equal(store_load_agreements(st, &a), 0);
	assert_int_equal(a->n_versions, 0);
	store_agreements_free(a);
	assert_int_equal(store_publish(st, &v, 500, short_of_one), EINVAL);
	must_publish(st, 1, true);
	must_publish(st, 2, false);
	assert_int_equal(store_publish(st, &v, 600, texts), EEXIST);
	store_close(st);

	st = must_open(p->path);
	assert_int_equal(store_load_agreements(st, &a), 0);
	assert_int_equal(a->n_versions, 2);
	assert_true(a->versions[0].is_material);
	assert_false(a->versions[1].is_material);
	assert_int_equal(a->versions[1].effective_ms, 2000);
	assert_int_equal(a->published_ms[1], 500);
	assert_memory_equal(a->versions[1].hash, version_of(2, false).hash,
		sizeof a->versions[1].hash);
	for (size_t i = 0; i < HOME_LANGUAGES; i++)
		assert_string_equal(a->texts[1][i], texts[i]);
	store_agreements_free(a);
	store_close(st);
}

static void test_standing(void **state)
{
	const struct place *p = *state;
	struct store *st = must_open(p->path);
	struct home_standing s;

	put_house(st);
	must_publish(st, 1, true);
	must_publish(st, 2, true);
	s = standing_of(st, ANNA).standing;
	assert_int_equal(s.signed_version, 0);
	must_sign(st, 1, 10);
	must_sign(st, 2, 20);
	must_sign(st, 1, 30); /* confirmed, with the coming version signed already */
	s = standing_of(st, ANNA).standing;
	assert_int_equal(s.signed_version, 2);
	assert_int_equal(s.confirmed_ms, 30);
	assert_true(s.is_countersigned && !s.is_ended && !s.has_changed);
	assert_int_equal(standing_of(st, BEAT).standing.signed_version, 0);

	/* the clock went back: what came last still counts */
	assert_int_equal(store_end_by_agent(st, ANNA, 5, true), 0);
	must_be_written(st);
	s = standing_of(st, ANNA).standing;
	assert_true(s.has_changed && !s.is_ended);
	assert_int_equal(s.signed_version, 2);
	must_sign(st, 2, 6);
	assert_false(standing_of(st, ANNA).standing.has_changed);

	assert_int_equal(store_end_by_house(st, ANNA, 3), 0);
	s = standing_of(st, ANNA).standing;
	assert_true(s.is_ended);
	assert_int_equal(s.signed_version, 0);
	must_sign(st, 1, 2);
	s = standing_of(st, ANNA).standing;
	assert_false(s.is_ended);
	assert_int_equal(s.signed_version, 1);
	assert_int_equal(s.confirmed_ms, 2);
	store_close(st);
}

static void test_refused(void **state)
{
	const struct place *p = *state;
	struct store *st = must_open(p->path);
	struct store_signature s = signature_of(1, 10);
	struct store_health h;

	put_house(st);
	must_publish(st, 1, true);
	must_sign(st, 1, 10);
	assert_int_equal(store_add_signature(st, &s), 0); /* the same nonce: a replay */
	s = signature_of(7, 11); /* no such version */
	assert_int_equal(store_add_signature(st, &s), 0);
	must_be_written(st);
	store_health(st, &h);
	assert_int_equal(h.dropped, 2);
	store_close(st);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM agreement_signature"), 1);
}

static void test_enrolment(void **state)
{
	const struct place *p = *state;
	struct store *st = must_open(p->path);
	struct store_device_key key = { .agent = ANNA, .point = { 4, 1 } };
	uint8_t good[STORE_HASH_SIZE] = { 1 }, bad[STORE_HASH_SIZE] = { 2 };
	struct store_agreements *a = NULL;
	int64_t end = db_wall_ms() + 600000; /* or the writer would clear it away */

	put_house(st);
	assert_int_equal(store_open_code(st, ANNA, bad, end - 1), 0);
	assert_int_equal(store_open_code(st, ANNA, good, end), 0); /* in its place */
	assert_int_equal(standing_of(st, ANNA).code_expires_ms, end);
	assert_memory_equal(standing_of(st, ANNA).code, good, sizeof good);
	assert_int_equal(store_enrol(st, &key, bad, end - 500), 0);
	assert_int_equal(store_enrol(st, &key, good, end), 0); /* too late */
	must_be_written(st);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM device_key"), 0);
	assert_int_equal(store_enrol(st, &key, good, end - 1), 0);
	must_be_written(st);
	key.point[1] = 2;
	assert_int_equal(store_enrol(st, &key, good, end - 1), 0); /* used up */
	must_be_written(st);
	assert_int_equal(store_load_agreements(st, &a), 0);
	assert_int_equal(a->n_keys, 1);
	assert_int_equal(a->keys[0].agent, ANNA);
	assert_int_equal(a->keys[0].point[1], 1);
	store_agreements_free(a);
	assert_int_equal(standing_of(st, ANNA).code_expires_ms, 0);
	store_close(st);
}

struct told {
	size_t n_versions, n;
	bool is_signed;
};

static void on_agreements(void *arg, struct store_agreements *a)
{
	struct told *t = arg;

	t->n++;
	t->n_versions = a->n_versions;
	t->is_signed = a->n_agents && a->agents[0].standing.signed_version;
	store_agreements_free(a);
}

static void wait_told(struct store *st, const struct told *t, size_t versions, bool signs)
{
	for (int ms = 0;
		ms < PATIENCE_MS && (t->n_versions != versions || t->is_signed != signs);
		ms++) {
		store_poll(st);
		usleep(1000);
	}
	assert_int_equal(t->n_versions, versions);
	assert_int_equal(t->is_signed, signs);
}

/* The centre's store hears of what a command wrote, and of its own writing when that is on disk. */
static void test_told(void **state)
{
	const struct place *p = *state;
	struct told t = { .n_versions = 99 };
	struct store_config cfg = {
		.path = p->path, .agreements = on_agreements, .arg = &t
	};
	struct store *st = NULL, *command;
	struct store_signature s = signature_of(1, 10);

	assert_int_equal(store_open(&st, &cfg), 0);
	put_house(st);
	wait_told(st, &t, 0, false);
	command = must_open(p->path);
	must_publish(command, 1, true);
	store_close(command);
	wait_told(st, &t, 1, false);
	assert_int_equal(store_add_signature(st, &s), 0);
	wait_told(st, &t, 1, true);
	assert_int_equal(store_add_signature(st, &s), 0); /* told nobody: it is freed */
	store_close(st);
}

/* The ledger's segment, each entry's kind and what it says: as often as it happened, whoever wrote it. */
static void assert_ledger(const char *path, const char *const (*want)[2], size_t n)
{
	struct ledger_read *r;

	assert_int_equal(ledger_read_file(&r, path, 0, true), 0);
	assert_int_equal(r->end, LEDGER_ENDS_WELL);
	assert_int_equal(r->tree.n, n + 1); /* the segment's own is the first */
	for (size_t i = 0; i < n; i++) {
		struct ledger_hash leaf;
		struct ledger_entry e;

		assert_int_equal(ledger_read_entry(r, i + 1, &e, &leaf), 0);
		assert_string_equal(ledger_kind_word(e.kind), want[i][0]);
		if (!memmem(e.text.p, e.text.n, want[i][1], strlen(want[i][1])))
			fail_msg("entry %zu: %.*s", i + 1, (int)e.text.n,
				(const char *)e.text.p);
	}
	ledger_read_free(r);
}

static void test_provable(void **state)
{
	static const char *const want[][2] = {
		{ "agreement",
			"{\"version\":1,\"material\":true,\"effective_ms\":1000,"
			"\"sha256\":{\"de\":\"0101" },
		{ "signature", "\"agent\":71,\"version\":1,\"language\":\"fr\"" },
		{ "countersignature", "\"agent\":71,\"version\":1,\"nonce\":\"5858" },
		{ "end", "{\"agent\":71,\"by\":\"agent\",\"why\":\"changed\"}" },
		{ "end", "{\"agent\":71,\"by\":\"house\",\"why\":\"ended\"}" },
	};
	const struct place *p = *state;
	struct told t = { .n_versions = 99 };
	char dir[96], key[96], file[160];
	struct signer *signer = NULL;
	struct ledger_file *lf = NULL;
	struct store *st = NULL, *command;
	int64_t now = db_wall_ms(); /* what is five years old would be removed */
	struct store_signature s = signature_of(1, now);

	memset(s.nonce, 0x58, sizeof s.nonce);
	(void)snprintf(dir, sizeof dir, "%s/ledger", p->dir);
	(void)snprintf(key, sizeof key, "%s/key", p->dir);
	(void)snprintf(file, sizeof file, "%s/ledger-000001", dir);
	assert_int_equal(signer_open(&signer, key, true), 0);
	const struct ledger_file_config lc = { dir, "heimamt.test", signer };

	/* a command without a centre: the next start tells it */
	command = must_open(p->path);
	put_house(command);
	must_publish(command, 1, true);
	store_close(command);
	for (int i = 0; i < 2; i++) { /* and a second start tells nothing twice */
		assert_int_equal(ledger_file_open(&lf, &lc, 1), 0);
		struct store_config cfg = { .path = p->path,
			.agreements = on_agreements,
			.arg = &t,
			.ledger = lf };

		assert_int_equal(store_open(&st, &cfg), 0);
		wait_told(st, &t, 1, i == 1);
		if (i == 0) {
			assert_int_equal(store_add_signature(st, &s), 0);
			wait_told(st, &t, 1, true);
			assert_ledger(file, want, 3); /* before it was told */
			assert_int_equal(store_end_by_agent(st, ANNA, now + 1, true), 0);
			must_be_written(st);
			command = must_open(p->path); /* beside the centre */
			assert_int_equal(store_end_by_house(command, ANNA, now + 2), 0);
			store_close(command);
			uint32_t segment;
			uint64_t entry = 0;

			/* the last of them: seq 3, an end */
			for (int ms = 0; ms < PATIENCE_MS &&
				store_find_entry(st, 3 * 16 + 4, &segment, &entry);
				ms += 10)
				usleep(10000);
			assert_int_equal(entry, 5);
		}
		store_close(st);
		ledger_file_close(lf);
	}
	assert_ledger(file, want, sizeof want / sizeof *want);
	signer_close(signer);
}

/* Five years after it was superseded or ended; what holds stays. */
static void test_dates(void **state)
{
	const struct place *p = *state;
	struct store *st = must_open(p->path);
	int64_t old = db_wall_ms() - (STORE_SIGNED_DAYS + 1) * STORE_DAY_MS;
	bool more;
	sqlite3 *db;

	put_house(st);
	must_publish(st, 1, true);
	must_publish(st, 2, true);
	must_sign(st, 1, old);
	must_sign(st, 2, old + 1);
	store_close(st);
	assert_int_equal(db_open(&db, p->path), 0);
	assert_int_equal(purge_run(db, db_wall_ms(), &more), 0);
	assert_int_equal(
		sql_int(p->path, "SELECT sum(version) FROM agreement_signature"), 2);
	sql_do(p->path,
		"INSERT INTO agreement_end (seq, agent, at_ms, by_agent, why)"
		" VALUES (9, 71, 7, 1, 'ended')");
	assert_int_equal(purge_run(db, db_wall_ms(), &more), 0);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM agreement_signature"), 0);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM agreement_end"), 0);
	sqlite3_close(db);
}

#define IN_PLACE(f) cmocka_unit_test_setup_teardown(f, place_make, place_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLACE(test_versions),
		IN_PLACE(test_standing),
		IN_PLACE(test_refused),
		IN_PLACE(test_enrolment),
		IN_PLACE(test_told),
		IN_PLACE(test_provable),
		IN_PLACE(test_dates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
