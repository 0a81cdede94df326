/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* store: passwords, apps and passkeys; that a change by another process is told; and the seal upon secrets. */
#include "support.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "store/credential.h"
#include "store/sealer.h"

#define DAY STORE_DAY_MS

/* of now, or the writer's own removal would be at them */
static int64_t this_month(void)
{
	int64_t now = db_wall_ms();

	return now - now % STORE_CREDENTIAL_MONTH_MS;
}

static struct store_credential credential(
	uint64_t agent, enum store_credential_kind kind, uint8_t id)
{
	struct store_credential c = { .agent = agent,
		.kind = kind,
		.n_id = kind == STORE_PASSKEY ? 16 : 0,
		.n = 48,
		.algorithm = kind == STORE_PASSKEY ? -7 : 0,
		.counter = 5,
		.made_ms = 1000 + id,
		.month_ms = this_month() };

	memset(c.id, id, c.n_id);
	memset(c.value, 0xa0 + id, c.n);
	(void)snprintf(c.name, sizeof c.name, "key %u", id);
	return c;
}

static void must_put(sqlite3 *db, struct store_credential c)
{
	assert_int_equal(credential_put(db, &c), 0);
}

static struct store_credentials *load(struct store *st)
{
	struct store_credentials *c = NULL;

	assert_int_equal(store_load_credentials(st, &c), 0);
	return c;
}

static void test_put_and_drop(void **state)
{
	const struct place *p = *state;
	struct store *st = must_open(p->path);
	struct store_credential one = credential(ANNA, STORE_PASSKEY, 1), taken = one,
				longest = credential(BEAT, STORE_PASSKEY, 9);
	struct store_credentials *c;

	put_house(st);
	must_put(st->db, credential(BEAT, STORE_TOTP, 0));
	must_put(st->db, credential(ANNA, STORE_PASSKEY, 2));
	must_put(st->db, one);
	must_put(st->db, credential(ANNA, STORE_PASSWORD, 0));
	c = load(st);
	assert_int_equal(c->n, 4);
	assert_true(store_credential_is(&c->v[0], &one));
	assert_int_equal(c->v[0].algorithm, -7);
	assert_int_equal(c->v[0].counter, 5);
	assert_int_equal(c->v[0].made_ms, 1001);
	assert_int_equal(c->v[0].month_ms, one.month_ms);
	assert_string_equal(c->v[0].name, "key 1");
	assert_int_equal(c->v[0].n, 48);
	assert_memory_equal(c->v[0].value, one.value, 48);
	assert_int_equal(c->v[2].kind, STORE_PASSWORD);
	assert_int_equal(c->v[3].agent, BEAT);
	store_credentials_free(c);

	/* a passkey is one agent's */
	taken.agent = BEAT;
	assert_int_equal(credential_put(st->db, &taken), EEXIST);
	/* nobody's */
	taken = credential(999, STORE_TOTP, 0);
	assert_int_equal(credential_put(st->db, &taken), EEXIST);
	one.counter = 6;
	one.made_ms = 9;
	must_put(st->db, one);
	longest.n_id = STORE_CREDENTIAL_ID_MAX;
	longest.n = STORE_CREDENTIAL_MAX;
	must_put(st->db, longest);
	c = load(st);
	assert_int_equal(c->n, 5);
	assert_int_equal(c->v[0].counter, 6);
	assert_int_equal(c->v[0].made_ms, 1001);
	store_credentials_free(c);

	assert_int_equal(credential_drop(st->db, &one), 0);
	assert_int_equal(credential_drop(st->db, &one), 0);
	c = load(st);
	assert_int_equal(c->n, 4);
	assert_int_equal(c->v[0].id[0], 2);
	store_credentials_free(c);
	store_close(st);
}

static void on_credentials(void *arg, struct store_credentials *c)
{
	struct store_credentials **last = arg;

	store_credentials_free(*last);
	*last = c;
}

static void on_agreements(void *arg, struct store_agreements *a)
{
	store_agreements_free(a);
}

/* An administrator's command, while the centre runs. */
static void test_reset_is_told(void **state)
{
	const struct place *p = *state;
	struct store_credentials *last = NULL;
	struct store_config cfg = { .path = p->path,
		.agreements = on_agreements,
		.credentials = on_credentials,
		.arg = &last };
	struct store *st = NULL, *other = must_open(p->path);
	struct store_session s = { .agent = ANNA, .expires_ms = INT64_MAX, .factors = 2 };

	put_house(other);
	assert_int_equal(store_add_session(other, &s), 0);
	must_be_written(other);
	must_put(other->db, credential(ANNA, STORE_PASSKEY, 1));
	must_put(other->db, credential(ANNA, STORE_TOTP, 0));
	must_put(other->db, credential(BEAT, STORE_TOTP, 0));
	assert_int_equal(store_open(&st, &cfg), 0);
	for (int ms = 0; ms < PATIENCE_MS && (!last || last->n != 3); ms++) {
		store_poll(st);
		usleep(1000);
	}
	assert_non_null(last);
	assert_int_equal(store_reset_credentials(other, ANNA), 0);
	for (int ms = 0; ms < PATIENCE_MS && last->n != 1; ms++) {
		store_poll(st);
		usleep(1000);
	}
	assert_int_equal(last->n, 1);
	assert_int_equal(last->v[0].agent, BEAT);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM session"), 0);
	store_close(st);
	store_close(other);
	store_credentials_free(last);
}

/* So long after the end of the month of its last use, and not a moment sooner. */
static void test_purge(void **state)
{
	const struct place *p = *state;
	struct store *st = must_open(p->path);
	const int64_t end = this_month() + 430 * DAY;
	bool more;

	put_house(st);
	must_put(st->db, credential(ANNA, STORE_TOTP, 0));
	assert_int_equal(purge_run(st->db, end - 1, &more), 0);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM credential"), 1);
	assert_int_equal(purge_run(st->db, end, &more), 0);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM credential"), 0);
	/* it goes with the agent */
	must_put(st->db, credential(ANNA, STORE_TOTP, 0));
	must_put(st->db, credential(BEAT, STORE_TOTP, 0));
	sql_do(p->path, "PRAGMA foreign_keys = ON; DELETE FROM agent WHERE id = 71");
	assert_int_equal(sql_int(p->path, "SELECT agent FROM credential"), BEAT);
	store_close(st);
}

static void test_seal(void **state)
{
	static const uint8_t secret[20] = "12345678901234567890";
	const struct place *p = *state;
	struct sealer *s = NULL, *again = NULL, *other = NULL;
	uint8_t sealed[20 + SEALER_MORE], twice[20 + SEALER_MORE], out[20] = { 0 };
	char path[128], path2[128];
	struct stat st;

	(void)snprintf(path, sizeof path, "%s/second.key", p->dir);
	(void)snprintf(path2, sizeof path2, "%s/other.key", p->dir);
	assert_int_equal(sealer_open(&s, path), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(sealer_seal(s, ANNA, secret, 20, sealed), 0);
	assert_int_equal(sealer_seal(s, ANNA, secret, 20, twice), 0);
	assert_memory_not_equal(sealed, twice, sizeof sealed);
	assert_null(memmem(sealed, sizeof sealed, secret, 8));

	/* another process, the same file */
	assert_int_equal(sealer_open(&again, path), 0);
	assert_int_equal(sealer_unseal(again, ANNA, sealed, sizeof sealed, out), 0);
	assert_memory_equal(out, secret, 20);
	assert_int_equal(sealer_unseal(again, BEAT, sealed, sizeof sealed, out), EBADMSG);
	assert_int_equal(sealer_unseal(again, ANNA, sealed, SEALER_MORE, out), EBADMSG);
	for (size_t i = 0; i < sizeof sealed; i++) {
		sealed[i] ^= 1;
		assert_int_equal(
			sealer_unseal(s, ANNA, sealed, sizeof sealed, out), EBADMSG);
		sealed[i] ^= 1;
	}
	assert_int_equal(sealer_open(&other, path2), 0);
	assert_int_equal(sealer_unseal(other, ANNA, sealed, sizeof sealed, out), EBADMSG);
	sealer_close(other);
	sealer_close(again);
	sealer_close(s);

	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(sealer_open(&s, path), EACCES);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(truncate(path, 31), 0);
	assert_int_equal(sealer_open(&s, path), EINVAL);
	assert_int_equal(unlink(path) + unlink(path2), 0);
	(void)snprintf(path, sizeof path, "%s/none/second.key", p->dir);
	assert_int_equal(sealer_open(&s, path), ENOENT);
}

#define IN_PLACE(f) cmocka_unit_test_setup_teardown(f, place_make, place_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLACE(test_put_and_drop),
		IN_PLACE(test_reset_is_told),
		IN_PLACE(test_purge),
		IN_PLACE(test_seal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
