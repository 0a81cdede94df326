/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The journal's files: whole and in order, for the operator's eyes alone, and gone when their time is over.  A disk
 * that is full ends a segment and nothing else.
 */
#include "support.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "store/journal.h"

#define NOW 1800000000123 /* 2027-01-15T08:00:00.123Z */

static const uint8_t key_a[JOURNAL_KEY_SIZE] = "the first's key.";
static const uint8_t key_b[JOURNAL_KEY_SIZE] = "another one's...";

/* --- a folder of its own --- */

static void folder_of(void **state, char out[96])
{
	const struct place *p = *state;

	(void)snprintf(out, 96, "%s/journal", p->dir);
}

static void path_of(void **state, const char *name, char out[192])
{
	char dir[96];

	folder_of(state, dir);
	(void)snprintf(out, 192, "%s/%s", dir, name);
}

static int empty(void **state)
{
	char command[160], dir[96];

	folder_of(state, dir);
	(void)snprintf(command, sizeof command, "rm -rf '%s'", dir);
	assert_int_equal(system(command), 0);
	return place_remove(state);
}

static struct journal *opened(void **state)
{
	struct journal *j = NULL;
	char dir[96];

	folder_of(state, dir);
	assert_int_equal(journal_open(&j, dir), 0);
	return j;
}

/* The n-th segment, whole; freed by the next call. */
static struct {
	uint8_t *p;
	size_t n;
	char path[192];
} segment;

static size_t read_segment(void **state, size_t i)
{
	char dir[96], **names;
	size_t n;

	folder_of(state, dir);
	assert_int_equal(journal_names(dir, &names, &n), 0);
	free(segment.p);
	segment.p = NULL;
	if (i < n) {
		path_of(state, names[i], segment.path);
		assert_int_equal(journal_read(segment.path, &segment.p, &segment.n), 0);
	}
	journal_free_names(names, n);
	return n;
}

static unsigned mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 0777;
}

/* --- writing --- */

static void test_order(void **state)
{
	struct journal *j = opened(state);
	uint8_t key[JOURNAL_KEY_SIZE];
	char dir[96], expected[192];

	assert_int_equal(journal_begin(j, NOW, key_a), 0);
	for (uint32_t i = 0; i < 20000; i++)
		assert_int_equal(journal_put(j, &i, sizeof i), 0);
	assert_int_equal(journal_begin(j, NOW + 5000, key_b), 0); /* ends the other */
	assert_int_equal(journal_put(j, "second", 6), 0);
	journal_end(j);
	journal_close(j);
	assert_int_equal(read_segment(state, 0), 2);
	path_of(state, "2027-01-15T08-00-00.123Z.journal", expected);
	assert_string_equal(segment.path, expected);
	assert_int_equal(segment.n, 80000);
	for (uint32_t i = 0; i < 20000; i++)
		assert_memory_equal(segment.p + 4 * i, &i, 4);
	assert_int_equal(mode_of(segment.path), 0600);
	assert_int_equal(journal_read_key(segment.path, key), 0);
	assert_memory_equal(key, key_a, sizeof key);
	read_segment(state, 1);
	assert_int_equal(segment.n, 6);
	assert_memory_equal(segment.p, "second", 6);
	assert_int_equal(journal_read_key(segment.path, key), 0);
	assert_memory_equal(key, key_b, sizeof key);
	path_of(state, "2027-01-15T08-00-05.123Z.key", expected);
	assert_int_equal(mode_of(expected), 0600);
	folder_of(state, dir);
	assert_int_equal(mode_of(dir), 0700);
}

/* Two at the same moment, as with two processes: neither writes into the other's. */
static void test_same_name(void **state)
{
	struct journal *a = opened(state), *b = opened(state);

	assert_int_equal(journal_begin(a, NOW, key_a), 0);
	assert_int_equal(journal_begin(b, NOW, key_b), 0);
	assert_int_equal(journal_put(a, "a", 1), 0);
	assert_int_equal(journal_put(b, "b", 1), 0);
	journal_close(a);
	journal_close(b);
	assert_int_equal(read_segment(state, 0), 2);
	assert_int_equal(segment.n, 1);
	read_segment(state, 1);
	assert_int_equal(segment.n, 1);
}

/* Nothing is taken before the beginning and after the end. */
static void test_outside(void **state)
{
	struct journal *j = opened(state);

	assert_int_equal(journal_put(j, "x", 1), ENOBUFS);
	assert_int_equal(journal_begin(j, NOW, key_a), 0);
	journal_end(j);
	assert_int_equal(journal_put(j, "x", 1), ENOBUFS);
	journal_close(j);
	assert_int_equal(read_segment(state, 0), 1);
	assert_int_equal(segment.n, 0);
}

/* More than may wait: nothing more until the next begin. */
static void test_too_much(void **state)
{
	struct journal *j = opened(state);
	uint8_t *much = calloc(1, JOURNAL_WAITING_MAX);

	assert_non_null(much);
	assert_int_equal(journal_begin(j, NOW, key_a), 0);
	assert_int_equal(journal_put(j, much, JOURNAL_WAITING_MAX), ENOBUFS);
	assert_int_equal(journal_put(j, "x", 1), ENOBUFS);
	assert_int_equal(journal_begin(j, NOW + 1, key_b), 0);
	assert_int_equal(journal_put(j, "x", 1), 0);
	journal_close(j);
	free(much);
	assert_int_equal(read_segment(state, 1), 2);
	assert_int_equal(segment.n, 1);
}

static void files_are_at_most(rlim_t n)
{
	struct rlimit lim;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &lim), 0);
	lim.rlim_cur = n;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &lim), 0);
}

/* The kernel takes no more of a file: put() says so, and another segment is as good as the first. */
static void test_full(void **state)
{
	struct journal *j = opened(state);
	uint8_t bytes[1000];
	int err = 0;

	memset(bytes, 'x', sizeof bytes);
	signal(SIGXFSZ, SIG_IGN);
	files_are_at_most(4096);
	assert_int_equal(journal_begin(j, NOW, key_a), 0);
	for (int i = 0; !err && i < PATIENCE_MS; i++) {
		err = journal_put(j, bytes, sizeof bytes);
		usleep(1000);
	}
	assert_int_equal(err, EFBIG);
	assert_int_equal(journal_put(j, bytes, 1), EFBIG);
	files_are_at_most(RLIM_INFINITY);
	assert_int_equal(journal_begin(j, NOW + 1, key_b), 0);
	for (int i = 0; i < 100; i++)
		assert_int_equal(journal_put(j, bytes, sizeof bytes), 0);
	journal_close(j);
	assert_int_equal(read_segment(state, 0), 2);
	assert_int_equal(segment.n, 4096);
	read_segment(state, 1);
	assert_int_equal(segment.n, 100000);
}

static void test_no_folder(void **state)
{
	struct journal *j = NULL;
	char **names;
	size_t n;

	assert_int_equal(journal_open(&j, "/nonexistent/journal"), ENOENT);
	assert_null(j);
	assert_int_equal(journal_names("/nonexistent/journal", &names, &n), ENOENT);
	journal_close(NULL);
}

/* --- removing --- */

static void make(void **state, const char *name, int64_t age_ms, off_t size)
{
	int64_t at = NOW - age_ms;
	struct timespec t[2] = { { at / 1000, at % 1000 * 1000000 },
		{ at / 1000, at % 1000 * 1000000 } };
	char path[192];
	int fd;

	path_of(state, name, path);
	fd = open(path, O_CREAT | O_WRONLY, 0600);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, size), 0);
	assert_int_equal(futimens(fd, t), 0);
	close(fd);
}

static bool is_there(void **state, const char *name)
{
	char path[192];

	path_of(state, name, path);
	return access(path, F_OK) == 0;
}

#define HOUR INT64_C(3600000)
#define DAY  (24 * HOUR)

static void test_purge(void **state)
{
	static const struct {
		const char *name; /* of segment and key, by their age */
		int64_t segment_ms, key_ms;
		bool has_segment, has_key; /* afterwards */
	} cases[] = {
		{ "fresh", HOUR, HOUR, true, true },
		{ "long-open", HOUR, 5 * DAY, true, true }, /* the segment's end counts */
		{ "almost-a-day", DAY - 1, DAY - 1, true, true },
		{ "a-day", DAY, DAY, true, false },
		{ "touched-key", DAY, HOUR, true, false },
		{ "almost-seven", 7 * DAY - 1, 7 * DAY, true, false },
		{ "seven", 7 * DAY, 7 * DAY, false, false },
		{ "alone", -1, HOUR, false, false },
	};
	char dir[96], name[64];

	folder_of(state, dir);
	assert_int_equal(mkdir(dir, 0700), 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		(void)snprintf(name, sizeof name, "%s.journal", cases[i].name);
		if (cases[i].segment_ms >= 0)
			make(state, name, cases[i].segment_ms, 10);
		(void)snprintf(name, sizeof name, "%s.key", cases[i].name);
		make(state, name, cases[i].key_ms, JOURNAL_KEY_SIZE);
	}
	make(state, "notes.txt", 99 * DAY, 3); /* not ours */
	journal_purge(dir, NOW);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		(void)snprintf(name, sizeof name, "%s.journal", cases[i].name);
		if (is_there(state, name) != cases[i].has_segment)
			fail_msg("%s", name);
		(void)snprintf(name, sizeof name, "%s.key", cases[i].name);
		if (is_there(state, name) != cases[i].has_key)
			fail_msg("%s", name);
	}
	assert_true(is_there(state, "notes.txt"));
}

/* The oldest go when all together are too much; the files have no blocks on the disk. */
static void test_total(void **state)
{
	char dir[96];

	folder_of(state, dir);
	assert_int_equal(mkdir(dir, 0700), 0);
	for (char name[] = "1.journal"; *name <= '5'; (*name)++)
		make(state, name, HOUR, JOURNAL_TOTAL_MAX / 4);
	journal_purge(dir, NOW);
	assert_false(is_there(state, "1.journal"));
	assert_true(is_there(state, "2.journal") && is_there(state, "5.journal"));
}

/* An opened journal removes what is past its date by itself. */
static void test_purge_at_start(void **state)
{
	struct journal *j;
	char dir[96];
	int ms = 0;

	folder_of(state, dir);
	assert_int_equal(mkdir(dir, 0700), 0);
	make(state, "old.journal", 5000 * DAY, 10); /* long ago for the real clock too */
	j = opened(state);
	while (is_there(state, "old.journal") && ms++ < PATIENCE_MS)
		usleep(1000);
	assert_false(is_there(state, "old.journal"));
	journal_close(j);
}

/* --- reading --- */

static void test_read(void **state)
{
	uint8_t key[JOURNAL_KEY_SIZE], *bytes = NULL;
	char dir[96], path[192];
	size_t n;

	folder_of(state, dir);
	assert_int_equal(mkdir(dir, 0700), 0);
	assert_int_equal(journal_read(dir, &bytes, &n), EINVAL);
	make(state, "big.journal", 0, JOURNAL_FILE_MAX + 1);
	path_of(state, "big.journal", path);
	assert_int_equal(journal_read(path, &bytes, &n), EFBIG);
	assert_int_equal(journal_read_key(path, key), ENOENT);
	make(state, "big.key", 0, JOURNAL_KEY_SIZE - 1);
	assert_int_equal(journal_read_key(path, key), EINVAL);
	path_of(state, "none.journal", path);
	assert_int_equal(journal_read(path, &bytes, &n), ENOENT);
	assert_null(bytes);
}

static int free_segment(void **state)
{
	free(segment.p);
	segment.p = NULL;
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, place_make, empty)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_order),
		TEST(test_same_name),
		TEST(test_outside),
		TEST(test_too_much),
		TEST(test_full),
		TEST(test_no_folder),
		TEST(test_purge),
		TEST(test_total),
		TEST(test_purge_at_start),
		TEST(test_read),
	};

	return cmocka_run_group_tests(tests, NULL, free_segment);
}
