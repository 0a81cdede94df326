/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * journal -- see journal.h; the owner's side and the thread.
 *
 * What is to be done waits as orders in one of two buffers: the owner fills one, the writer empties the other.
 * The lock is held to copy bytes, never while anything is written.
 */
#include "store/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"

#define PATH_MAX_OURS 1024
#define NAME_TRIES    100 /* milliseconds, when a name is taken */

enum order_kind { ORDER_BEGIN, ORDER_BYTES, ORDER_END };

struct order {
	uint32_t kind, n; /* bytes that follow */
};

struct begin {
	int64_t wall_ms;
	uint8_t key[JOURNAL_KEY_SIZE];
};

struct buffer {
	uint8_t *p;
	size_t n;
};

struct journal {
	char dir[PATH_MAX_OURS];
	pthread_mutex_t lock;
	pthread_cond_t cond;
	pthread_t thread;
	bool has_sync, is_running;
	struct buffer in; /* under lock */
	bool stop; /* likewise */
	_Atomic int err; /* of the segment that was begun last */
	bool is_refused; /* the owner's: nothing more until the next begin */

	struct buffer out; /* from here on the writer's own */
	int fd;
	int last_err; /* that was logged */
	int64_t purge_due_ms;
};

static int64_t ms_of(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* --- the owner's side --- */

static int order(struct journal *j, enum order_kind kind, const void *p, size_t n)
{
	struct order o = { (uint32_t)kind, (uint32_t)n };
	int err = 0;

	pthread_mutex_lock(&j->lock);
	if (j->in.n + sizeof o + n > JOURNAL_WAITING_MAX) {
		err = ENOBUFS;
	} else {
		memcpy(j->in.p + j->in.n, &o, sizeof o);
		if (n)
			memcpy(j->in.p + j->in.n + sizeof o, p, n);
		j->in.n += sizeof o + n;
		pthread_cond_signal(&j->cond);
	}
	pthread_mutex_unlock(&j->lock);
	return err;
}

int journal_begin(struct journal *j, int64_t wall_ms, const uint8_t key[JOURNAL_KEY_SIZE])
{
	struct begin b = { .wall_ms = wall_ms };
	int err;

	memcpy(b.key, key, sizeof b.key);
	atomic_store(&j->err, 0);
	err = order(j, ORDER_BEGIN, &b, sizeof b);
	j->is_refused = err != 0;
	return err;
}

int journal_put(struct journal *j, const void *bytes, size_t n)
{
	int err = atomic_load(&j->err);

	if (!err)
		err = j->is_refused ? ENOBUFS : order(j, ORDER_BYTES, bytes, n);
	if (err)
		j->is_refused = true;
	return err;
}

void journal_end(struct journal *j)
{
	(void)order(j, ORDER_END, NULL, 0); /* or the next begin ends it */
	j->is_refused = true;
}

/* --- the writer --- */

static void note(struct journal *j, int err)
{
	if (err && err != j->last_err)
		log_error("journal: cannot be written (%s); calls go on without it",
			strerror(err));
	else if (!err && j->last_err)
		log_info("journal: is written again");
	j->last_err = err;
}

static void end(struct journal *j, bool is_whole)
{
	if (j->fd < 0)
		return;
	if (is_whole)
		(void)fdatasync(j->fd);
	close(j->fd);
	j->fd = -1;
}

static void failed(struct journal *j, int err)
{
	end(j, false);
	atomic_store(&j->err, err);
	note(j, err);
}

static int write_all(int fd, const uint8_t *p, size_t n)
{
	while (n > 0) {
		ssize_t got = write(fd, p, n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return errno;
		p += got;
		n -= (size_t)got;
	}
	return 0;
}

/* DIR/2026-11-26T10-49-14.123Z and the ending: names sort by time. */
static int path_of(
	char path[PATH_MAX_OURS], const char *dir, int64_t wall_ms, const char *ending)
{
	time_t s = (time_t)(wall_ms / 1000);
	struct tm tm;

	if (!gmtime_r(&s, &tm))
		return EINVAL;
	return text_format(path, PATH_MAX_OURS,
		"%s/%04d-%02d-%02dT%02d-%02d-%02d.%03dZ%s", dir, tm.tm_year + 1900,
		tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
		(int)(wall_ms % 1000), ending);
}

static int create(const char *path, int *fd)
{
	*fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
	return *fd < 0 ? errno : 0;
}

/* The segment's file, at a time that no other has; *wall_ms moves on. */
static int create_segment(struct journal *j, int64_t *wall_ms)
{
	char path[PATH_MAX_OURS];
	int err = EEXIST;

	for (int i = 0; err == EEXIST && i < NAME_TRIES; i++) {
		err = path_of(path, j->dir, *wall_ms + i, ".journal");
		if (!err)
			err = create(path, &j->fd);
		if (!err)
			*wall_ms += i;
	}
	return err;
}

static int write_key(struct journal *j, int64_t wall_ms, const uint8_t *key)
{
	char path[PATH_MAX_OURS];
	int fd, err = path_of(path, j->dir, wall_ms, ".key");

	if (!err)
		err = create(path, &fd);
	if (err)
		return err;
	err = write_all(fd, key, JOURNAL_KEY_SIZE);
	close(fd);
	if (err)
		(void)unlink(path);
	return err;
}

static void begin(struct journal *j, const struct begin *b)
{
	int64_t wall_ms = b->wall_ms;
	int err;

	end(j, true);
	err = create_segment(j, &wall_ms);
	if (!err)
		err = write_key(j, wall_ms, b->key);
	if (err)
		failed(j, err);
}

/* All bytes up to the next order of another kind at once: n of them at p. */
static void write_bytes(struct journal *j, const uint8_t *p, size_t n)
{
	int err = 0;

	if (j->fd >= 0 && n > 0)
		err = write_all(j->fd, p, n);
	if (err)
		failed(j, err);
	else if (j->fd >= 0 && n > 0)
		note(j, 0);
}

/* Bytes are moved together over the orders' heads, so that a batch is one write. */
static void carry_out(struct journal *j)
{
	size_t at = 0, from = 0, to = 0;
	struct begin b;
	struct order o;

	while (at < j->out.n) {
		memcpy(&o, j->out.p + at, sizeof o);
		at += sizeof o;
		if (o.kind == ORDER_BYTES) {
			memmove(j->out.p + to, j->out.p + at, o.n);
			to += o.n;
		} else {
			write_bytes(j, j->out.p + from, to - from);
			from = to;
		}
		if (o.kind == ORDER_BEGIN) {
			memcpy(&b, j->out.p + at, sizeof b);
			begin(j, &b);
		} else if (o.kind == ORDER_END) {
			end(j, true);
		}
		at += o.n;
	}
	write_bytes(j, j->out.p + from, to - from);
	explicit_bzero(j->out.p, j->out.n); /* keys */
	j->out.n = 0;
}

/* Takes what waits; waits for it, until the next purge. True: to be stopped. */
static bool take(struct journal *j)
{
	struct timespec t = { .tv_sec = j->purge_due_ms / 1000,
		.tv_nsec = j->purge_due_ms % 1000 * 1000000 };
	struct buffer swap;
	bool stop;

	pthread_mutex_lock(&j->lock);
	while (!j->stop && j->in.n == 0 &&
		pthread_cond_timedwait(&j->cond, &j->lock, &t) != ETIMEDOUT)
		;
	swap = j->in;
	j->in = j->out;
	j->out = swap;
	stop = j->stop;
	pthread_mutex_unlock(&j->lock);
	return stop;
}

static void *writer_main(void *arg)
{
	struct journal *j = arg;
	bool stop;

	do {
		if (ms_of(CLOCK_MONOTONIC) >= j->purge_due_ms) {
			journal_purge(j->dir, ms_of(CLOCK_REALTIME));
			j->purge_due_ms = ms_of(CLOCK_MONOTONIC) + JOURNAL_PURGE_MS;
		}
		stop = take(j);
		carry_out(j);
	} while (!stop);
	end(j, true);
	return NULL;
}

/* --- beginning and end --- */

static int make_sync(struct journal *j)
{
	pthread_condattr_t attr;
	int err = pthread_mutex_init(&j->lock, NULL);

	if (err)
		return err;
	err = pthread_condattr_init(&attr);
	if (!err) {
		pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
		err = pthread_cond_init(&j->cond, &attr);
		pthread_condattr_destroy(&attr);
	}
	if (err)
		pthread_mutex_destroy(&j->lock);
	j->has_sync = !err;
	return err;
}

static int start(struct journal *j, const char *dir)
{
	int err = text_copy(j->dir, sizeof j->dir, dir);

	if (!err && mkdir(dir, 0700) && errno != EEXIST)
		err = errno;
	if (!err)
		err = make_sync(j);
	j->in.p = malloc(JOURNAL_WAITING_MAX);
	j->out.p = malloc(JOURNAL_WAITING_MAX);
	if (!err && (!j->in.p || !j->out.p))
		err = ENOMEM;
	if (err)
		return err;
	err = pthread_create(&j->thread, NULL, writer_main, j);
	j->is_running = !err;
	return err;
}

int journal_open(struct journal **out, const char *dir)
{
	struct journal *j = calloc(1, sizeof *j);
	int err;

	if (!j)
		return ENOMEM;
	j->fd = -1;
	j->is_refused = true;
	err = start(j, dir);
	if (err)
		journal_close(j);
	else
		*out = j;
	return err;
}

void journal_close(struct journal *j)
{
	if (!j)
		return;
	if (j->is_running) {
		pthread_mutex_lock(&j->lock);
		j->stop = true;
		pthread_cond_signal(&j->cond);
		pthread_mutex_unlock(&j->lock);
		pthread_join(j->thread, NULL);
	}
	if (j->has_sync) {
		pthread_cond_destroy(&j->cond);
		pthread_mutex_destroy(&j->lock);
	}
	free(j->in.p);
	free(j->out.p);
	free(j);
}
