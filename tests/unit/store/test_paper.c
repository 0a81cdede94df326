/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * store: keys that are revoked sign no more and are provable; what is past its date leaves the ledger with its words,
 * also over a crash; a damage is told until an officer's word is in the ledger. [RULES P1, P2, C7]
 */
#include "support.h"

#include <sys/stat.h>

#include "base/text.h"
#include "store/agreement.h"
#include "store/ledger_damage.h"
#include "store/ledger_file.h"
#include "store/ledger_read.h"

static const char *const texts[HOME_LANGUAGES] = { "eins", "un", "uno", "one" };

/* A centre's records with their ledger. */
struct centre {
	char dir[64], path[96], ledger[96], file[128];
	struct signer *signer;
	struct ledger_file *lf;
	struct store *st;
	size_t told;
};

static void on_agreements(void *arg, struct store_agreements *a)
{
	struct centre *c = arg;

	c->told++;
	store_agreements_free(a);
}

static void begin(struct centre *c)
{
	const struct ledger_file_config lc = { c->ledger, "heimamt.test", c->signer };
	struct store_config cfg = {
		.path = c->path, .agreements = on_agreements, .arg = c
	};

	assert_int_equal(ledger_file_open(&c->lf, &lc, 1), 0);
	cfg.ledger = c->lf;
	assert_int_equal(store_open(&c->st, &cfg), 0);
}

static void end(struct centre *c)
{
	store_close(c->st);
	ledger_file_close(c->lf);
	c->st = NULL;
	c->lf = NULL;
}

static int setup(void **state)
{
	struct centre *c = calloc(1, sizeof *c);
	struct place *p;
	char key[96];

	assert_int_equal(place_make(state), 0);
	p = *state;
	(void)text_copy(c->dir, sizeof c->dir, p->dir);
	(void)text_copy(c->path, sizeof c->path, p->path);
	free(p);
	(void)text_format(c->ledger, sizeof c->ledger, "%s/ledger", c->dir);
	(void)text_format(c->file, sizeof c->file, "%s/ledger-000001", c->ledger);
	(void)text_format(key, sizeof key, "%s/key", c->dir);
	assert_int_equal(signer_open(&c->signer, key, true), 0);
	*state = c;
	return 0;
}

static int teardown(void **state)
{
	struct centre *c = *state;
	char command[96];

	signer_close(c->signer);
	(void)text_format(command, sizeof command, "rm -rf '%s'", c->dir);
	int err = system(command); /* NOLINT(cert-env33-c): a folder of our own */

	free(c);
	return err;
}

static void must_publish(struct centre *c, uint32_t number)
{
	struct home_version v = { number, true, 1000 * number, { { 0 } } };

	memset(v.hash, (int)number, sizeof v.hash);
	assert_int_equal(store_publish(c->st, &v, 500, texts), 0);
}

static struct store_signature signature_of(uint32_t version, int64_t at_ms, uint8_t nonce)
{
	struct store_signature s = { .agent = ANNA,
		.version = version,
		.signed_ms = at_ms,
		.key = { 4, 1 },
		.is_countersigned = true };

	memset(s.nonce, nonce, sizeof s.nonce);
	return s;
}

static void must_sign(struct centre *c, uint32_t version, int64_t at_ms, uint8_t nonce)
{
	struct store_signature s = signature_of(version, at_ms, nonce);

	assert_int_equal(store_add_signature(c->st, &s), 0);
	must_be_written(c->st);
}

static void must_enrol(struct centre *c, uint64_t agent, uint8_t which, int64_t at_ms)
{
	struct store_device_key key = { .agent = agent, .point = { 4, which } };
	uint8_t code[STORE_HASH_SIZE] = { which };

	assert_int_equal(store_open_code(c->st, agent, code, at_ms + 600000), 0);
	assert_int_equal(store_enrol(c->st, &key, code, at_ms), 0);
	must_be_written(c->st);
}

static size_t must_revoke(
	struct centre *c, uint64_t agent, const uint8_t *point, int64_t at_ms)
{
	size_t n = 9;

	assert_int_equal(store_revoke_own_key(c->st->db, agent, point, at_ms, &n), 0);
	return n;
}

/* Until a count in the records is this. */
static void wait_for(const struct centre *c, const char *sql, int64_t want)
{
	int64_t got = -1;

	for (int ms = 0; ms < PATIENCE_MS && got != want; ms += 10) {
		got = sql_int(c->path, sql);
		if (got != want)
			usleep(10000);
	}
	if (got != want)
		fail_msg("%s: %lld", sql, (long long)got);
}

#define IN_LEDGER "SELECT count(*) FROM ledger_entry WHERE erase = 0"
#define TO_ERASE  "SELECT count(*) FROM ledger_entry WHERE erase = 1"

/* How many entries of a kind stand in a segment, whole and erased; each other thing about it is good. */
static size_t count(
	const struct centre *c, enum ledger_kind kind, enum ledger_state state)
{
	struct ledger_read *r;
	size_t n = 0;

	assert_int_equal(ledger_read_file(&r, c->file, 0, true), 0);
	assert_int_equal(r->end, LEDGER_ENDS_WELL);
	for (uint64_t i = 0; i < r->tree.n; i++) {
		struct ledger_hash leaf;
		struct ledger_entry e;

		assert_int_equal(ledger_read_entry(r, i, &e, &leaf), 0);
		n += e.kind == kind && e.state == state;
	}
	ledger_read_free(r);
	return n;
}

static bool says(const struct centre *c, const char *what)
{
	static uint8_t all[1 << 20];
	FILE *f = fopen(c->file, "r");

	assert_non_null(f);
	size_t n = fread(all, 1, sizeof all, f);

	assert_int_equal(fclose(f), 0);
	return memmem(all, n, what, strlen(what)) != NULL;
}

static void test_a_key_revoked(void **state)
{
	struct centre *c = *state;
	int64_t now = db_wall_ms();
	struct store_agreements *a = NULL;
	struct store_health h;
	uint8_t point[STORE_POINT_SIZE] = { 4, 1 };
	size_t n = 9;

	begin(c);
	put_house(c->st);
	must_publish(c, 1);
	must_enrol(c, ANNA, 1, now);
	must_enrol(c, ANNA, 2, now + 1);
	must_enrol(c, BEAT, 3, now);
	must_sign(c, 1, now + 2, 1);
	assert_int_equal(must_revoke(c, BEAT, point, now + 3), 0);
	assert_int_equal(sql_int(c->path, "SELECT count(revoked_ms) FROM device_key"), 0);

	assert_int_equal(must_revoke(c, ANNA, point, now + 3), 1);
	assert_int_equal(must_revoke(c, ANNA, point, now + 4), 0); /* is so */
	must_sign(c, 1, now + 5, 2); /* on its way when it was revoked: is not kept */
	store_health(c->st, &h);
	assert_int_equal(h.dropped, 0);
	must_enrol(c, ANNA, 1, now + 6); /* nobody brings it back */
	assert_int_equal(store_load_agreements(c->st, &a), 0);
	assert_int_equal(a->n_keys, 3);
	assert_int_equal(a->keys[0].point[1], 2);
	assert_int_equal(a->keys[0].revoked_ms, 0);
	assert_int_equal(a->keys[1].point[1], 1);
	assert_int_equal(a->keys[1].enrolled_ms, now);
	assert_int_equal(a->keys[1].revoked_ms, now + 3);
	assert_true(a->keys[1].by_agent);
	assert_int_equal(a->agents[0].standing.signed_version, 1); /* it stays */
	assert_int_equal(a->agents[0].standing.confirmed_ms, now + 2);
	store_agreements_free(a);

	assert_int_equal(store_revoke_keys(c->st, ANNA, now + 7, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(store_revoke_keys(c->st, ANNA, now + 8, &n), 0);
	assert_int_equal(n, 0);
	wait_for(c, IN_LEDGER " AND ref % 16 = 10", 2);
	end(c);
	assert_int_equal(count(c, LEDGER_KEY, LEDGER_WHOLE), 2);
	assert_true(says(c, "\"by\":\"agent\",\"revoked_ms\""));
	assert_true(says(c, "{\"agent\":71,\"key\":\"0402"));
	assert_int_equal(sql_int(c->path, "SELECT count(*) FROM agreement_signature"), 1);
}

/* Signed long ago and superseded, and ended: the entries' words go with the rows; what holds stays. */
static void test_past_its_date(void **state)
{
	struct centre *c = *state;
	int64_t now = db_wall_ms(), old = now - (STORE_SIGNED_DAYS + 1) * STORE_DAY_MS;

	begin(c);
	put_house(c->st);
	must_publish(c, 1);
	must_sign(c, 1, now, 1);
	wait_for(c, IN_LEDGER, 3);
	end(c);
	/* of that age and in the ledger already, so that the next start finds all of it at once */
	sql_do(c->path,
		"UPDATE agreement_signature SET signed_ms = 7;"
		"INSERT INTO agreement_signature SELECT 9, agent, version, language, "
		"hash, randomblob(32), public_key, signature, 8, NULL"
		" FROM agreement_signature WHERE seq = 1");
	assert_true(old > 8);
	begin(c);
	wait_for(c, "SELECT count(*) FROM agreement_signature", 1);
	wait_for(c, TO_ERASE, 0);
	wait_for(c, IN_LEDGER, 2); /* the version, and the signature that holds */
	end(c);
	assert_int_equal(count(c, LEDGER_SIGNATURE, LEDGER_ERASED), 1);
	assert_int_equal(count(c, LEDGER_COUNTERSIGNATURE, LEDGER_ERASED), 1);
	assert_int_equal(count(c, LEDGER_AGREEMENT, LEDGER_WHOLE), 1);
	assert_int_equal(count(c, LEDGER_SIGNATURE, LEDGER_WHOLE), 1);
	assert_int_equal(count(c, LEDGER_ERASURE, LEDGER_WHOLE), 2);
	assert_false(says(c, "\"nonce\":\"0101"));
}

/* Erased in the ledger, and killed before the records said so: the next start has nothing to do twice. */
static void test_killed_in_between(void **state)
{
	struct centre *c = *state;

	begin(c);
	put_house(c->st);
	must_publish(c, 1);
	must_sign(c, 1, db_wall_ms(), 1);
	wait_for(c, IN_LEDGER, 3);
	end(c);
	sql_do(c->path, "DELETE FROM agreement_signature");
	assert_int_equal(sql_int(c->path, TO_ERASE), 2); /* whoever removes it */
	for (int i = 0; i < 2; i++) {
		begin(c);
		wait_for(c, TO_ERASE, 0);
		end(c);
		assert_int_equal(sql_int(c->path, IN_LEDGER), 1);
		assert_int_equal(count(c, LEDGER_SIGNATURE, LEDGER_ERASED), 1);
		assert_int_equal(count(c, LEDGER_ERASURE, LEDGER_WHOLE), 2);
		sql_do(c->path,
			"INSERT INTO ledger_entry (ref, segment, entry, erase)"
			" VALUES (18, 1, 2, 1), (19, 1, 3, 1)");
	}
}

/* The person leaves: with its row goes what it signed, and with that its words in the ledger. */
static void test_a_person_erased(void **state)
{
	struct centre *c = *state;
	int64_t now = db_wall_ms();

	begin(c);
	put_house(c->st);
	must_publish(c, 1);
	must_enrol(c, ANNA, 1, now);
	must_sign(c, 1, now, 1);
	assert_int_equal(store_end_by_agent(c->st, ANNA, now, false), 0);
	must_be_written(c->st);
	size_t n;

	assert_int_equal(store_revoke_keys(c->st, ANNA, now, &n), 0);
	wait_for(c, IN_LEDGER, 5);
	end(c);
	assert_true(says(c, "\"agent\":71"));
	sql_do(c->path, "PRAGMA foreign_keys = ON; DELETE FROM agent WHERE id = 71");
	begin(c);
	wait_for(c, TO_ERASE, 0);
	end(c);
	assert_false(says(c, "\"agent\":71"));
	assert_int_equal(count(c, LEDGER_ERASURE, LEDGER_WHOLE), 4);
	assert_int_equal(sql_int(c->path, IN_LEDGER), 1);
}

static void damage(const struct centre *c, uint64_t entry)
{
	struct ledger_read *r;
	FILE *f = fopen(c->file, "r+");

	assert_non_null(f);
	assert_int_equal(ledger_read_file(&r, c->file, 0, true), 0);
	long at = (long)r->at[entry] + LEDGER_FIXED;

	ledger_read_free(r);
	assert_int_equal(fseek(f, at, SEEK_SET), 0);
	assert_int_equal(fputc('#', f), '#');
	assert_int_equal(fclose(f), 0);
}

/* What a damage keeps out of reach is marked so, and what is before it goes. */
static void test_behind_a_damage(void **state)
{
	struct centre *c = *state;

	begin(c);
	put_house(c->st);
	must_publish(c, 1);
	must_sign(c, 1, db_wall_ms(), 1);
	wait_for(c, IN_LEDGER, 3);
	end(c);
	damage(c, 3);
	sql_do(c->path, "DELETE FROM agreement_signature");
	begin(c);
	wait_for(c, TO_ERASE, 0);
	end(c);
	assert_int_equal(
		sql_int(c->path, "SELECT entry FROM ledger_entry WHERE erase = 2"), 3);
	assert_int_equal(sql_int(c->path, "SELECT count(*) FROM ledger_entry"), 2);
	assert_false(says(c, "\"language\":\"de\""));
}

/* In the records until the ledger has it; what is no damage is nothing. */
static void test_acknowledged(void **state)
{
	struct centre *c = *state;
	struct ledger_damage d[4] = { 0 };
	struct store *command;
	int64_t now = db_wall_ms(); /* what is older than its date is removed */
	size_t n = 9;

	begin(c);
	put_house(c->st);
	must_publish(c, 1);
	wait_for(c, IN_LEDGER, 1);
	end(c);
	assert_int_equal(ledger_damages(c->ledger, d, 4, &n), 0);
	assert_int_equal(n, 0);
	damage(c, 1);
	begin(c);
	assert_int_equal(ledger_damages(c->ledger, d, 4, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(d[0].segment, 1);
	assert_int_equal(d[0].first_bad, 1);
	assert_false(d[0].is_rewritten || d[0].is_acknowledged);
	command = must_open(c->path); /* beside the running centre */
	assert_int_equal(store_acknowledge(command, 1, BEAT, now), 0);
	assert_int_equal(
		store_acknowledge(command, 1, ANNA, now + 1), 0); /* the first counts */
	assert_int_equal(store_acknowledge(command, 5, BEAT, now), 0);
	store_close(command);
	wait_for(c, "SELECT count(*) FROM ledger_acknowledgement", 0);
	end(c);
	(void)text_format(c->file, sizeof c->file, "%s/ledger-000002", c->ledger);
	assert_true(says(c, "{\"segment\":1,\"by\":\"72\"}"));
	assert_int_equal(count(c, LEDGER_ACKNOWLEDGED, LEDGER_WHOLE), 1);
	assert_int_equal(ledger_damages(c->ledger, d, 4, &n), 0);
	assert_int_equal(n, 1);
	assert_true(d[0].is_acknowledged);
	/* killed before the row went: said once all the same */
	sql_do(c->path, "INSERT INTO ledger_acknowledgement VALUES (1, 72, 9e15)");
	begin(c);
	wait_for(c, "SELECT count(*) FROM ledger_acknowledgement", 0);
	end(c);
	assert_int_equal(count(c, LEDGER_ACKNOWLEDGED, LEDGER_WHOLE), 1);
}

#define HERE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HERE(test_a_key_revoked),
		HERE(test_past_its_date),
		HERE(test_killed_in_between),
		HERE(test_a_person_erased),
		HERE(test_behind_a_damage),
		HERE(test_acknowledged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
