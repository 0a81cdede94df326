/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * store: a disk that refuses.  SQLite's own calls of the system are replaced (its VFS offers that), so
 * what is seen is what a full or broken disk says; one test has a real limit from the kernel.
 */
#include "support.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

typedef ssize_t pwrite_fn(int fd, const void *p, size_t n, off_t at);

static struct {
	_Atomic int calls; /* of pwrite */
	_Atomic int fail_at; /* this call fails, once; 0: none */
	_Atomic int fail_all; /* errno of every call; 0: none */
	_Atomic int fail_sync; /* errno of every sync; 0: none */
} disk;

static ssize_t pwrite_on_disk(int fd, const void *p, size_t n, off_t at)
{
	int call = atomic_fetch_add(&disk.calls, 1) + 1;
	int err = atomic_load(&disk.fail_all);

	if (!err && call == atomic_load(&disk.fail_at))
		err = ENOSPC;
	if (err) {
		errno = err;
		return -1;
	}
	return syscall(SYS_pwrite64, fd, p, n, at);
}

int fdatasync(int fd);
int fdatasync(int fd) /* found by SQLite's library before libc's */
{
	int err = atomic_load(&disk.fail_sync);

	if (err) {
		errno = err;
		return -1;
	}
	return (int)syscall(SYS_fdatasync, fd);
}

static void replace_pwrite(void)
{
	static const char *const names[] = { "pwrite64", "pwrite" };
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);

	for (size_t i = 0; i < 2; i++)
		if (vfs->xGetSystemCall(vfs, names[i]))
			vfs->xSetSystemCall(
				vfs, names[i], (sqlite3_syscall_ptr)pwrite_on_disk);
}

static void disk_well(void)
{
	atomic_store(&disk.calls, 0);
	atomic_store(&disk.fail_at, 0);
	atomic_store(&disk.fail_all, 0);
	atomic_store(&disk.fail_sync, 0);
}

static int setup(void **state)
{
	disk_well();
	return place_make(state);
}

static int teardown(void **state)
{
	disk_well();
	return place_remove(state);
}

static struct store_health wait_err(struct store *st)
{
	struct store_health h = { 0 };

	for (int ms = 0; ms < PATIENCE_MS && !h.err; ms++) {
		usleep(1000);
		store_health(st, &h);
	}
	return h;
}

/* Full, seen, more arrives; room again: everything is there. */
static void fill_and_free(const char *path, _Atomic int *trouble, int with, int want)
{
	struct store *st = must_open(path);

	put_house(st);
	assert_int_equal(add_call(st, 1, true), 0);
	must_be_written(st);
	atomic_store(trouble, with);
	for (uint64_t i = 2; i <= 500; i++)
		assert_int_equal(add_call(st, i, true), 0);
	struct store_health h = wait_err(st);

	assert_int_equal(h.err, want);
	assert_true(h.backlog > 0);
	for (uint64_t i = 501; i <= 1000; i++)
		assert_int_equal(add_call(st, i, true), 0);
	atomic_store(trouble, 0);
	must_be_written(st);
	store_health(st, &h);
	assert_int_equal(h.err, 0);
	assert_int_equal(h.dropped, 0);
	store_close(st);
	assert_int_equal(sql_int(path, "SELECT count(*) FROM call WHERE ended_ms"), 1000);
	assert_int_equal(sql_int(path, "SELECT count(*) FROM call_event"), 5000);
}

static void test_full(void **state)
{
	const struct place *p = *state;

	fill_and_free(p->path, &disk.fail_all, ENOSPC, ENOSPC);
	assert_true(atomic_load(&disk.calls) > 0); /* ours are really asked */
}

static void test_broken(void **state)
{
	const struct place *p = *state;

	fill_and_free(p->path, &disk.fail_all, EIO, EIO);
}

static void test_not_synced(void **state)
{
	const struct place *p = *state;

	fill_and_free(p->path, &disk.fail_sync, EIO, EIO);
}

/* A login waits for the disk and is then answered once. */
static void on_answer(void *arg, int err, uint64_t agent)
{
	int *n = arg;

	assert_int_equal(err, 0);
	assert_int_equal(agent, ANNA);
	(*n)++;
}

static void test_link_while_full(void **state)
{
	const struct place *p = *state;
	const uint8_t hash[STORE_HASH_SIZE] = { 1 };
	struct store *st = must_open(p->path);
	int answers = 0;

	put_house(st);
	assert_int_equal(store_add_link(st, hash, ANNA, INT64_MAX), 0);
	must_be_written(st);
	atomic_store(&disk.fail_all, ENOSPC);
	assert_int_equal(store_use_link(st, hash, db_wall_ms(), on_answer, &answers), 0);
	assert_int_equal(wait_err(st).err, ENOSPC);
	store_poll(st);
	assert_int_equal(answers, 0);
	atomic_store(&disk.fail_all, 0);
	must_be_written(st);
	for (int ms = 0; ms < PATIENCE_MS && answers == 0; ms++) {
		store_poll(st);
		usleep(1000);
	}
	assert_int_equal(answers, 1);
	store_close(st);
}

/* Closing must end, and what is on disk must be whole. */
static void test_close_while_full(void **state)
{
	const struct place *p = *state;
	struct store *st = must_open(p->path);
	char text[64];

	put_house(st);
	assert_int_equal(add_call(st, 1, true), 0);
	must_be_written(st);
	atomic_store(&disk.fail_all, ENOSPC);
	assert_int_equal(add_call(st, 2, true), 0);
	store_close(st);
	atomic_store(&disk.fail_all, 0);
	sql_text(p->path, "PRAGMA integrity_check", text, sizeof text);
	assert_string_equal(text, "ok");
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM call"), 1);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM call_event"), 5);
}

static void make_batch(struct rec *recs, size_t n, uint64_t from)
{
	for (size_t i = 0; i < n; i++)
		recs[i] = (struct rec){ .kind = REC_CALL_EVENT,
			.ev = event_of(from + i, db_wall_ms(), STORE_ARRIVED, 0) };
}

/* The first, second, third ... write fails: the batch is in wholly after the next try, never twice. */
static void test_each_write_in_turn(void **state)
{
	enum { N = 300 };
	const struct place *p = *state;
	static struct rec recs[N];
	struct store *st = must_open(p->path);
	struct writes w;
	int k = 1, failed = 0;
	uint64_t from = 1;

	put_house(st);
	store_close(st);
	assert_int_equal(writes_init(&w, p->path, NULL), 0);
	for (bool reached = true; reached; k++, from += N) {
		size_t dropped = 99;

		make_batch(recs, N, from);
		atomic_store(&disk.calls, 0);
		atomic_store(&disk.fail_at, k);
		int err = writes_batch(&w, recs, N, &dropped);

		reached = atomic_load(&disk.calls) >= k;
		atomic_store(&disk.fail_at, 0);
		if (err) {
			failed++;
			assert_int_equal(dropped, 99);
			assert_int_equal(writes_batch(&w, recs, N, &dropped), 0);
		}
		assert_int_equal(dropped, 0);
	}
	writes_close(&w);
	print_message(
		"# %d writes failed in turn, %d batches with them\n", k - 2, failed);
	assert_true(failed > 5);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM call"), (k - 1) * N);
	assert_int_equal(
		sql_int(p->path, "SELECT count(*) FROM call_event"), (k - 1) * N);
}

/* The same while the file is made and migrated: the next start goes on well. */
static void test_each_write_of_open(void **state)
{
	const struct place *p = *state;
	struct store_config cfg = { .path = p->path };
	int failed = 0;

	for (int k = 1; k < 500; k++) {
		struct store *st = NULL;

		unlink(p->path);
		atomic_store(&disk.calls, 0);
		atomic_store(&disk.fail_at, k);
		int err = store_open(&st, &cfg);
		bool reached = atomic_load(&disk.calls) >= k;

		atomic_store(&disk.fail_at, 0);
		if (err) {
			failed++;
			assert_int_equal(store_open(&st, &cfg), 0);
		}
		put_house(st);
		store_close(st);
		if (!reached)
			break;
	}
	print_message("# %d failed starts\n", failed);
	assert_true(failed > 3);
}

/* The child's own checks end it with the line's number. */
#define CHECK(what)                                \
	do {                                       \
		if (!(what))                       \
			_exit(__LINE__ % 251 + 1); \
	} while (0)

/* A limit of the kernel on the size of files, then none. */
static _Noreturn void child_under_limit(const char *path)
{
	struct rlimit lim;
	struct store_config cfg = { .path = path };
	struct store_health h;
	struct store_agent anna = {
		.login = "anna", .name = "Anna", .roles = STORE_ROLE_AGENT
	};
	struct store_queue queue = { .number = "100", .name = "Auskunft" };
	struct store *st = NULL;

	signal(SIGXFSZ, SIG_IGN);
	CHECK(store_open(&st, &cfg) == 0);
	CHECK(store_put_agent(st, &anna, ANNA) == 0);
	CHECK(store_put_queue(st, &queue, QUEUE) == 0);
	CHECK(getrlimit(RLIMIT_FSIZE, &lim) == 0);
	rlim_t was = lim.rlim_cur;

	lim.rlim_cur = 300000;
	CHECK(setrlimit(RLIMIT_FSIZE, &lim) == 0);
	for (uint64_t i = 1; i <= 5000; i++)
		CHECK(add_call(st, i, true) == 0);
	h = wait_err(st);
	CHECK(h.err == EIO || h.err == ENOSPC);
	CHECK(h.backlog > 0);
	lim.rlim_cur = was;
	CHECK(setrlimit(RLIMIT_FSIZE, &lim) == 0);
	CHECK(is_written(st));
	store_health(st, &h);
	CHECK(h.err == 0 && h.dropped == 0);
	store_close(st);
	_exit(0);
}

static void test_file_size_limit(void **state)
{
	const struct place *p = *state;
	int status = -1;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		child_under_limit(p->path);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(
		sql_int(p->path, "SELECT count(*) FROM call WHERE ended_ms"), 5000);
	assert_int_equal(sql_int(p->path, "SELECT count(*) FROM call_event"), 25000);
}

#define ON_DISK(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_DISK(test_full),
		ON_DISK(test_broken),
		ON_DISK(test_not_synced),
		ON_DISK(test_link_while_full),
		ON_DISK(test_close_while_full),
		ON_DISK(test_each_write_in_turn),
		ON_DISK(test_each_write_of_open),
		ON_DISK(test_file_size_limit),
	};

	replace_pwrite();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
