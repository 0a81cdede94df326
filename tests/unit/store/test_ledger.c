/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The ledger's files: what was synced stays or is missed, whatever happens to them; a crash costs only what never
 * counted; an erased person's words are gone from the disk, and the tree stands.
 */
#include "support.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/text.h"
#include "store/ledger_file.h"
#include "store/ledger_read.h"

#define NOW    1800000000123
#define ORIGIN "heimamt.test"

struct house {
	char dir[96], file[128], checkpoint[160];
	struct signer *signer;
	struct ledger_file *lf;
};

static int open_ledger(struct house *h)
{
	const struct ledger_file_config cfg = { h->dir, ORIGIN, h->signer };

	return ledger_file_open(&h->lf, &cfg, NOW);
}

static void again(struct house *h)
{
	ledger_file_close(h->lf);
	h->lf = NULL;
	assert_int_equal(open_ledger(h), 0);
}

static int setup(void **state)
{
	struct place *p;
	struct house *h = calloc(1, sizeof *h);
	char key[128];

	assert_int_equal(place_make(state), 0);
	p = *state;
	(void)snprintf(h->dir, sizeof h->dir, "%s/ledger", p->dir);
	(void)snprintf(h->file, sizeof h->file, "%s/ledger-000001", h->dir);
	(void)snprintf(h->checkpoint, sizeof h->checkpoint, "%s.checkpoint", h->file);
	(void)snprintf(key, sizeof key, "%s/key", p->dir);
	assert_int_equal(signer_open(&h->signer, key, true), 0);
	assert_int_equal(open_ledger(h), 0);
	free(p);
	*state = h;
	return 0;
}

static int teardown(void **state)
{
	struct house *h = *state;
	char command[160];

	ledger_file_close(h->lf);
	signer_close(h->signer);
	(void)snprintf(command, sizeof command, "rm -rf '%.*s'",
		(int)(strlen(h->dir) - strlen("/ledger")), h->dir);
	int err = system(command); /* NOLINT(cert-env33-c): a folder of our own */

	free(h);
	return err;
}

static uint64_t put(struct house *h, const char *text)
{
	uint64_t index;

	assert_int_equal(
		ledger_file_put(h->lf, LEDGER_SIGNATURE, NOW, slice_str(text), &index),
		0);
	return index;
}

/* Four entries behind the first one, and a checkpoint. */
static void put_four(struct house *h)
{
	assert_int_equal(put(h, "{\"agent\":1}"), 1);
	assert_int_equal(put(h, "{\"agent\":2}"), 2);
	assert_int_equal(put(h, "{\"agent\":3}"), 3);
	assert_int_equal(put(h, "{\"agent\":4}"), 4);
	assert_int_equal(ledger_file_sync(h->lf), 0);
}

static struct ledger_file_info info(struct house *h)
{
	struct ledger_file_info out;

	ledger_file_info(h->lf, &out);
	return out;
}

static off_t size_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_size;
}

/* Turns one bit of a file, or writes bytes there. */
static void change(const char *path, off_t at, const char *bytes, size_t n)
{
	int fd = open(path, O_RDWR);
	char b;

	assert_true(fd >= 0);
	if (!bytes) {
		assert_int_equal(pread(fd, &b, 1, at), 1);
		b ^= 4;
		bytes = &b;
	}
	assert_int_equal(pwrite(fd, bytes, n, at), n);
	close(fd);
}

static bool holds(const char *path, const char *text)
{
	struct slice all;
	static char bytes[65536];
	size_t n;

	assert_int_equal(ledger_read_text(path, bytes, sizeof bytes, &n), 0);
	all = slice_of(bytes, n);
	return memmem(all.p, all.n, text, strlen(text)) != NULL;
}

static void test_goes_on(void **state)
{
	struct house *h = *state;
	struct ledger_file_info before, after;
	struct stat st;

	put_four(h);
	before = info(h);
	assert_int_equal(before.segment, 1);
	assert_int_equal(before.size, 5);
	assert_int_equal(before.damage.segment, 0);
	again(h);
	after = info(h);
	assert_int_equal(after.size, 5);
	assert_true(ledger_same(&before.root, &after.root));
	assert_int_equal(put(h, "{}"), 5);
	assert_int_equal(stat(h->file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(stat(h->dir, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
}

/* Every entry proves itself against the house's checkpoint, and each checkpoint the one before. */
static void test_proofs(void **state)
{
	struct house *h = *state;
	struct checkpoint first, c;
	struct ledger_proof proof;
	struct ledger_read *r;
	struct note_key key;
	struct note note;
	uint8_t public[NOTE_KEY];
	char bytes[NOTE_MAX], old[NOTE_MAX];
	size_t n;

	assert_int_equal(ledger_read_text(h->checkpoint, old, sizeof old, &n), 0);
	assert_int_equal(note_read(&note, slice_of(old, n)), 0);
	assert_int_equal(checkpoint_read(&first, note.text), 0);
	assert_int_equal(first.size, 1);
	put_four(h);
	assert_int_equal(ledger_read_text(h->checkpoint, bytes, sizeof bytes, &n), 0);
	assert_int_equal(note_read(&note, slice_of(bytes, n)), 0);
	assert_int_equal(checkpoint_read(&c, note.text), 0);
	assert_string_equal(c.origin, ORIGIN "/1");
	assert_int_equal(ledger_read_file(&r, h->file, c.size, true), 0);
	signer_public(h->signer, public);
	assert_int_equal(note_key_set(&key, &r->sha, c.origin, NOTE_LOG, public), 0);
	assert_non_null(note_find(&note, &key));
	assert_true(signer_verify(public, note.text, note_find(&note, &key)->bytes));
	bytes[0] ^= 1;
	assert_false(signer_verify(public, note.text, note_find(&note, &key)->bytes));
	assert_true(r->has_root && ledger_same(&r->root, &c.root));
	struct ledger_nodes nodes = ledger_read_nodes(r);

	for (uint64_t i = 0; i < c.size; i++) {
		struct ledger_entry e;
		struct ledger_hash leaf;

		assert_int_equal(ledger_read_entry(r, i, &e, &leaf), 0);
		assert_int_equal(e.kind, i ? LEDGER_SIGNATURE : LEDGER_SEGMENT);
		assert_int_equal(
			ledger_prove_inclusion(&r->sha, &nodes, i, c.size, &proof), 0);
		assert_true(ledger_includes(&r->sha, &leaf, i, c.size, &proof, &c.root));
	}
	assert_int_equal(
		ledger_prove_consistency(&r->sha, &nodes, first.size, c.size, &proof), 0);
	assert_true(ledger_continues(
		&r->sha, first.size, &first.root, c.size, &c.root, &proof));
	ledger_read_free(r);
}

/* What was written and never synced may be there, half there, or be something else: it is cut off. */
static void test_a_crash(void **state)
{
	struct house *h = *state;
	static const char junk[300] = { 0, 0, 1, 0, 0x7F };

	put_four(h);
	off_t counted = size_of(h->file);

	put(h, "{\"agent\":5,\"text\":\"never synced\"}");
	ledger_file_close(h->lf);
	h->lf = NULL;
	for (off_t end = size_of(h->file); end >= counted; end -= 7) {
		assert_int_equal(truncate(h->file, end), 0);
		assert_int_equal(open_ledger(h), 0);
		assert_int_equal(info(h).damage.segment, 0);
		assert_int_equal(info(h).segment, 1);
		assert_in_range(info(h).size, 5, 6);
		ledger_file_close(h->lf);
		h->lf = NULL;
	}
	assert_int_equal(truncate(h->file, counted), 0);
	change(h->file, counted, junk, sizeof junk);
	assert_int_equal(open_ledger(h), 0);
	assert_int_equal(info(h).size, 5);
	assert_int_equal(info(h).damage.segment, 0);
	assert_int_equal(put(h, "{}"), 5);
	again(h);
	assert_int_equal(info(h).size, 6);
}

/* Nothing of a segment counts before its first checkpoint. */
static void test_a_crash_at_the_beginning(void **state)
{
	struct house *h = *state;

	for (off_t end = size_of(h->file); end >= 0; end -= 5) {
		ledger_file_close(h->lf);
		h->lf = NULL;
		assert_int_equal(truncate(h->file, end), 0);
		(void)unlink(h->checkpoint);
		assert_int_equal(open_ledger(h), 0);
		assert_int_equal(info(h).damage.segment, 0);
		assert_int_equal(info(h).segment, 1);
		assert_int_equal(info(h).size, 1);
		assert_true(holds(h->file, "{}"));
	}
}

/* Entry 2 is damaged: work goes on in another segment that says so, until somebody has seen it. */
static void test_damage(void **state)
{
	struct house *h = *state;
	char second[160];
	struct ledger_read *r;

	put_four(h);
	assert_int_equal(ledger_read_file(&r, h->file, 0, true), 0);
	off_t at = (off_t)r->at[2] + LEDGER_FIXED;

	ledger_read_free(r);
	change(h->file, at, NULL, 1);
	for (int i = 0; i < 3; i++) {
		again(h);
		assert_int_equal(info(h).segment, 2);
		assert_int_equal(info(h).size, 1 + i);
		assert_int_equal(info(h).damage.segment, 1);
		assert_int_equal(info(h).damage.first_bad, 2);
		assert_false(info(h).damage.is_rewritten);
		assert_int_equal(put(h, "{}"), 1 + i);
		assert_int_equal(ledger_file_sync(h->lf), 0);
	}
	(void)snprintf(second, sizeof second, "%s/ledger-000002", h->dir);
	assert_true(holds(second, "{\"after\":1,\"first_bad\":2,\"rewritten\":false}"));
	assert_int_equal(ledger_file_acknowledge(h->lf, 2, NOW, "dora"), ENOENT);
	assert_int_equal(ledger_file_acknowledge(h->lf, 1, NOW, "do\"ra"), EINVAL);
	assert_int_equal(ledger_file_acknowledge(h->lf, 1, NOW, "dora"), 0);
	assert_int_equal(info(h).damage.segment, 0);
	again(h);
	assert_int_equal(info(h).damage.segment, 0);
	assert_int_equal(ledger_file_acknowledge(h->lf, 1, NOW, "dora"), ENOENT);
}

static void test_entries_cut_away(void **state)
{
	struct house *h = *state;

	put_four(h);
	assert_int_equal(truncate(h->file, size_of(h->file) - 150), 0);
	again(h);
	assert_int_equal(info(h).segment, 2);
	assert_int_equal(info(h).damage.first_bad, 3);
}

/* Each entry and the chain are good, but they are not those that were signed for. */
static void test_rewritten(void **state)
{
	struct house *h = *state;
	char kept[NOTE_MAX];
	size_t n;

	put_four(h);
	assert_int_equal(ledger_read_text(h->checkpoint, kept, sizeof kept, &n), 0);
	ledger_file_close(h->lf);
	h->lf = NULL;
	assert_int_equal(unlink(h->file), 0);
	assert_int_equal(unlink(h->checkpoint), 0);
	assert_int_equal(open_ledger(h), 0);
	put_four(h);
	ledger_file_close(h->lf);
	h->lf = NULL;
	change(h->checkpoint, 0, kept, n);
	assert_int_equal(open_ledger(h), 0);
	assert_int_equal(info(h).segment, 2);
	assert_int_equal(info(h).damage.segment, 1);
	assert_true(info(h).damage.is_rewritten);
}

/* A checkpoint that is not the house's says nothing, and the entries stand. */
static void test_a_foreign_checkpoint(void **state)
{
	struct house *h = *state;

	put_four(h);
	change(h->checkpoint, size_of(h->checkpoint) - 20, NULL, 1);
	again(h);
	assert_int_equal(info(h).size, 5);
	assert_int_equal(info(h).damage.segment, 0);
}

static void test_erased(void **state)
{
	struct house *h = *state;
	struct ledger_file_info before;
	struct ledger_hash leaf;
	struct ledger_entry e;
	struct ledger_read *r;

	put_four(h);
	before = info(h);
	assert_true(holds(h->file, "{\"agent\":3}"));
	static const uint64_t which[] = { 3, 9 };
	size_t done = 99;

	assert_int_equal(ledger_file_erase(h->lf, 4, which, 2, NOW, &done), ENOENT);
	for (int i = 0; i < 2;
		i++) { /* and again, as after a crash: nothing is said twice */
		assert_int_equal(ledger_file_erase(h->lf, 1, which, 2, NOW, &done), 0);
		assert_int_equal(done, 1);
	}
	assert_false(holds(h->file, "{\"agent\":3}"));
	assert_true(holds(h->file, "{\"segment\":1,\"entry\":3}"));
	assert_int_equal(info(h).size, 6);
	assert_int_equal(ledger_read_file(&r, h->file, 5, true), 0);
	assert_int_equal(r->end, LEDGER_ENDS_WELL);
	assert_true(
		ledger_same(&r->root, &before.root)); /* the tree of then still stands */
	assert_int_equal(ledger_read_entry(r, 3, &e, &leaf), 0);
	assert_int_equal(e.state, LEDGER_ERASED);
	ledger_read_free(r);
	again(h);
	assert_int_equal(info(h).damage.segment, 0);
	assert_int_equal(info(h).size, 6);
}

/* What a crash left twice goes twice; the same words of another moment stay. */
static void test_a_twin_erased(void **state)
{
	static const uint64_t which[] = { 3 };
	struct house *h = *state;
	struct ledger_read *r;
	uint64_t index;
	size_t done;

	put_four(h);
	assert_int_equal(put(h, "{\"agent\":3}"), 5);
	assert_int_equal(ledger_file_put(h->lf, LEDGER_SIGNATURE, NOW + 1,
				 slice_str("{\"agent\":3}"), &index),
		0);
	assert_int_equal(ledger_file_sync(h->lf), 0);
	assert_int_equal(ledger_file_erase(h->lf, 1, which, 1, NOW, &done), 0);
	assert_int_equal(ledger_read_file(&r, h->file, 0, true), 0);
	assert_int_equal(r->end, LEDGER_ENDS_WELL);
	for (uint64_t i = 1; i <= 6; i++) {
		struct ledger_hash leaf;
		struct ledger_entry e;

		assert_int_equal(ledger_read_entry(r, i, &e, &leaf), 0);
		assert_int_equal(
			e.state, i == 3 || i == 5 ? LEDGER_ERASED : LEDGER_WHOLE);
	}
	ledger_read_free(r);
}

/* Said, and then a crash before it was done, or in the middle of it. */
static void test_an_erasure_interrupted(void **state)
{
	static const char erasing[] = { LEDGER_ERASING };
	struct house *h = *state;
	struct ledger_hash leaf;
	struct ledger_entry e;
	struct ledger_read *r;
	uint64_t index;
	size_t at;

	put_four(h);
	assert_int_equal(ledger_file_put(h->lf, LEDGER_ERASURE, NOW,
				 slice_str("{\"segment\":1,\"entry\":3}"), &index),
		0);
	assert_int_equal(ledger_file_sync(h->lf), 0);
	assert_int_equal(ledger_read_file(&r, h->file, 0, true), 0);
	at = r->at[3];
	ledger_read_free(r);
	for (int half = 0; half < 2; half++) {
		if (half) { /* as if it stood in the middle: some bytes are left */
			change(h->file, (off_t)at + LEDGER_STATE_AT, erasing, 1);
			change(h->file, (off_t)at + LEDGER_FIXED, "left", 4);
		}
		again(h);
		assert_int_equal(info(h).damage.segment, 0);
		assert_false(holds(h->file, "{\"agent\":3}"));
		assert_false(holds(h->file, "left"));
		assert_int_equal(ledger_read_file(&r, h->file, 0, true), 0);
		assert_int_equal(r->end, LEDGER_ENDS_WELL);
		assert_int_equal(ledger_read_entry(r, 3, &e, &leaf), 0);
		assert_int_equal(e.state, LEDGER_ERASED);
		ledger_read_free(r);
	}
}

/* A full disk: nothing was appended, and when there is room again it goes on. */
static void test_a_full_disk(void **state)
{
	struct house *h = *state;
	struct rlimit was, small;
	uint64_t index;

	put_four(h);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	small = was;
	small.rlim_cur = (rlim_t)size_of(h->file) + 50;
	void (*on_xfsz)(int) = signal(SIGXFSZ, SIG_IGN);

	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	int err = ledger_file_put(
		h->lf, LEDGER_SIGNATURE, NOW, slice_str("{\"agent\":5}"), &index);

	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	signal(SIGXFSZ, on_xfsz);
	assert_int_equal(err, EFBIG);
	assert_int_equal(info(h).size, 5);
	assert_int_equal(put(h, "{}"), 5);
	assert_int_equal(ledger_file_sync(h->lf), 0);
	again(h);
	assert_int_equal(info(h).size, 6);
	assert_int_equal(info(h).damage.segment, 0);
}

static void test_keys(void **state)
{
	struct house *h = *state;
	char path[128];
	struct signer *s = NULL;
	uint8_t a[NOTE_KEY], b[NOTE_KEY];

	(void)snprintf(path, sizeof path, "%s/other", h->dir);
	assert_int_equal(signer_open(&s, path, false), ENOENT);
	assert_int_equal(signer_open(&s, path, true), 0);
	signer_public(s, a);
	signer_close(s);
	assert_int_equal(signer_open(&s, path, false), 0);
	signer_public(s, b);
	signer_close(s);
	assert_memory_equal(a, b, NOTE_KEY);
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(signer_open(&s, path, false), EACCES);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(truncate(path, 40), 0);
	assert_int_equal(signer_open(&s, path, true),
		EINVAL); /* never made anew over what is there */
}

static void open_store(struct house *h, const char *db, struct store **st)
{
	const struct store_config cfg = { .path = db, .ledger = h->lf };

	assert_int_equal(store_open(st, &cfg), 0);
}

/* Through the records' writer: in the order in which they were handed over, each found by what it is about. */
static void test_entries_among_records(void **state)
{
	static char longest[LEDGER_TEXT_MAX + 2];
	struct house *h = *state;
	struct store *st;
	char db[160];
	uint32_t segment;
	uint64_t entry;

	(void)snprintf(db, sizeof db, "%s/records.db", h->dir);
	open_store(h, db, &st);
	put_house(st);
	assert_int_equal(
		store_add_entry(st, LEDGER_CONFIGURATION, 0, "{\"sha256\":1}"), 0);
	assert_int_equal(store_add_entry(st, LEDGER_AGREEMENT, 77, "{\"version\":1}"), 0);
	assert_int_equal(add_call(st, 5, true), 0);
	assert_int_equal(store_add_entry(st, LEDGER_SIGNATURE, 78, "{\"agent\":1}"), 0);
	assert_int_equal(store_add_entry(st, LEDGER_SIGNATURE, 78, "{\"agent\":1}"), 0);
	memset(longest, 'x', LEDGER_TEXT_MAX + 1);
	assert_int_equal(store_add_entry(st, LEDGER_END, 79, longest), EMSGSIZE);
	must_be_written(st);
	assert_int_equal(store_find_entry(st, 77, &segment, &entry), 0);
	assert_int_equal(segment, 1);
	assert_int_equal(entry, 2);
	assert_int_equal(store_find_entry(st, 78, &segment, &entry), 0);
	assert_int_equal(entry, 4); /* the last of them */
	assert_int_equal(store_find_entry(st, 79, &segment, &entry), ENOENT);
	store_close(st);
	assert_string_equal(ledger_file_configuration(h->lf), "{\"sha256\":1}");
	again(h);
	assert_int_equal(info(h).size, 5);
	assert_string_equal(ledger_file_configuration(h->lf), "{\"sha256\":1}");
}

static int be_impatient(struct sqlite3 *db, void *arg)
{
	return sqlite3_busy_timeout(db, 10) ? EIO : 0;
}

static void note_done(void *arg, int err)
{
	*(bool *)arg = err == 0;
}

static void note_drop(void *arg)
{
}

/* In its own thread, for the connection has no lock. */
static void make_writer_impatient(struct store *st)
{
	bool is_done = false;

	assert_int_equal(store_ask(st,
				 &(struct store_job){ true, be_impatient, note_done,
					 note_drop, &is_done }),
		0);
	for (int ms = 0; ms < PATIENCE_MS && !is_done; ms++) {
		store_poll(st);
		usleep(1000);
	}
	assert_true(is_done);
}

/* The records cannot be written for a while: what is tried again is not put again. */
static void test_a_batch_tried_again(void **state)
{
	struct house *h = *state;
	struct store_health health = { .err = 0 };
	struct store *st;
	sqlite3 *other;
	char db[160];

	(void)snprintf(db, sizeof db, "%s/records.db", h->dir);
	open_store(h, db, &st);
	make_writer_impatient(st);
	assert_int_equal(sqlite3_open(db, &other), SQLITE_OK);
	sqlite3_busy_timeout(other, 10000); /* the store may still be making its tables */
	assert_int_equal(
		sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(store_add_entry(st, LEDGER_AGREEMENT, 77, "{}"), 0);
	for (int ms = 0; ms < PATIENCE_MS && !health.err; ms++) {
		store_health(st, &health);
		usleep(1000);
	}
	assert_int_not_equal(health.err, 0);
	assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(other);
	must_be_written(st);
	store_close(st);
	assert_int_equal(info(h).size, 2);
}

static void test_undone(void **state)
{
	struct house *h = *state;
	struct ledger_file_info before;

	put_four(h);
	before = info(h);
	put(h, "{\"agent\":5}");
	ledger_file_undo(h->lf);
	assert_int_equal(info(h).size, before.size);
	assert_int_equal(put(h, "{\"agent\":6}"), 5);
	assert_int_equal(ledger_file_sync(h->lf), 0);
	again(h);
	assert_int_equal(info(h).size, 6);
	assert_false(holds(h->file, "{\"agent\":5}"));
}

int main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
	static const struct CMUnitTest tests[] = {
		TEST(test_goes_on),
		TEST(test_proofs),
		TEST(test_a_crash),
		TEST(test_a_crash_at_the_beginning),
		TEST(test_damage),
		TEST(test_entries_cut_away),
		TEST(test_rewritten),
		TEST(test_a_foreign_checkpoint),
		TEST(test_erased),
		TEST(test_a_twin_erased),
		TEST(test_an_erasure_interrupted),
		TEST(test_a_full_disk),
		TEST(test_keys),
		TEST(test_entries_among_records),
		TEST(test_a_batch_tried_again),
		TEST(test_undone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
