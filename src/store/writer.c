/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * writer -- the thread that brings records to disk.
 *
 * Takes all that waits, up to STORE_BATCH_MAX, and commits it at once; while the disk works, the next
 * batch gathers in the ring.  A batch that cannot be written is kept and tried again.  It sleeps on a
 * condition variable; the owner's thread holds that lock for a few instructions only, never while
 * anything is written.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "store/inner.h"
#include "store/people.h"

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void writer_wake(struct store *st)
{
	pthread_mutex_lock(&st->lock);
	pthread_cond_signal(&st->cond);
	pthread_mutex_unlock(&st->lock);
}

/* Until there is a record, a stop, or the time has come. True: to be stopped. */
static bool wait_for_work(struct store *st, int64_t until_ms, bool for_records)
{
	struct timespec t = { .tv_sec = until_ms / 1000,
		.tv_nsec = until_ms % 1000 * 1000000 };
	bool stop;

	pthread_mutex_lock(&st->lock);
	while (!st->stop && !(for_records && ring_count(&st->in) > 0) &&
		pthread_cond_timedwait(&st->cond, &st->lock, &t) != ETIMEDOUT)
		;
	stop = st->stop;
	pthread_mutex_unlock(&st->lock);
	return stop;
}

static void take(struct store *st)
{
	st->batch_n = 0;
	while (st->batch_n < STORE_BATCH_MAX &&
		ring_get(&st->in, &st->batch[st->batch_n]) == 0)
		st->batch_n++;
}

/* The ring has room: STORE_ASKS_MAX bounds what is asked. */
static void answer(struct store *st)
{
	for (size_t i = 0; i < st->batch_n; i++) {
		const struct rec *r = &st->batch[i];

		if (r->kind == REC_USE_LINK)
			ring_put(&st->out,
				&(struct answer){ .h = r->use.h,
					.arg = r->use.arg,
					.err = r->use.err,
					.agent = r->use.agent });
		else if (r->kind == REC_JOB)
			ring_put(&st->out,
				&(struct answer){ .done = r->job.job.done,
					.drop = r->job.job.drop,
					.arg = r->job.job.arg,
					.err = r->job.err });
	}
}

/* What a record owns goes with it. */
static void drop_batch(struct store *st)
{
	entry_close(st->batch, st->batch_n);
	for (size_t i = 0; i < st->batch_n; i++) {
		if (st->batch[i].kind == REC_AGREEMENT)
			free(st->batch[i].agreement);
		if (st->batch[i].kind == REC_AGREEMENT || st->batch[i].kind == REC_JOB)
			st->wrote_agreement = true;
	}
	st->batch_n = 0;
}

/* Jobs are not answered any more, whether they were written or not. */
static void drop_jobs(struct store *st)
{
	for (size_t i = 0; i < st->batch_n; i++)
		if (st->batch[i].kind == REC_JOB)
			st->batch[i].job.job.drop(st->batch[i].job.job.arg);
	drop_batch(st);
}

void writer_forget(struct store *st)
{
	struct answer a;

	while (st->batch && st->in.slots && (drop_jobs(st), take(st), st->batch_n > 0))
		;
	while (st->out.slots && ring_get(&st->out, &a) == 0)
		if (a.drop)
			a.drop(a.arg);
}

static void note_health(struct store *st, int err, size_t waiting)
{
	int was = atomic_exchange(&st->err, err);

	if (err && err != was)
		log_error("store: cannot write (%s); %zu records wait", strerror(err),
			waiting);
	else if (was && !err)
		log_info("store: writes again; %zu records wait", waiting);
}

static int commit(struct store *st)
{
	size_t dropped = 0;
	int err = writes_batch(&st->w, st->batch, st->batch_n, &dropped);

	if (err) {
		note_health(st, err, atomic_load(&st->backlog));
		return err;
	}
	if (dropped) {
		atomic_fetch_add(&st->dropped, dropped);
		log_error("store: %zu of %zu records dropped", dropped, st->batch_n);
	}
	answer(st);
	atomic_fetch_add(&st->kept, st->batch_n);
	note_health(st, 0, atomic_load(&st->backlog) - st->batch_n);
	/* The last: who sees an empty backlog may rely on the disk, and on what was told above. */
	atomic_fetch_sub(&st->backlog, st->batch_n);
	drop_batch(st);
	if (st->wake)
		st->wake(st->arg);
	return 0;
}

/* Keeps the batch and tries again until it is on disk; a closing store gives up after a few tries. */
static int commit_patiently(struct store *st)
{
	int tries = 0;

	while (commit(st) != 0) {
		if (wait_for_work(st, now_ms() + STORE_RETRY_MS, false)) {
			if (++tries >= STORE_CLOSE_TRIES)
				return ETIMEDOUT;
			nanosleep(&(struct timespec){ .tv_sec = STORE_RETRY_MS / 1000 },
				NULL);
		}
	}
	return 0;
}

static void purge_when_due(struct store *st)
{
	bool more = false;

	if (now_ms() < st->purge_due)
		return;
	/* on failure: next time */
	if (purge_run(st->w.db, db_wall_ms(), &more) == 0)
		(void)erase_run(&st->w, db_wall_ms(), &more);
	st->purge_due = now_ms() + (more ? 0 : STORE_PURGE_MS);
	st->data_version = 0; /* what went is told as what another process changed */
}

/* Those of this process are known to who asked for them. */
static void read_credentials(struct store *st)
{
	struct store_credentials *c;

	if (st->credentials && credential_read(st->w.db, &c) == 0)
		store_credentials_free(atomic_exchange(&st->fresh_credentials, c));
}

/* Nobody wants to know before it has read them itself. */
static bool wants_people(struct store *st)
{
	return st->people && atomic_load(&st->tells_people);
}

static int look_at_people(struct store *st)
{
	struct store_people *p = NULL;
	int err;

	if (!wants_people(st))
		return 0;
	err = db_exec(st->w.db, "BEGIN");
	if (err)
		return err;
	st->told_people = true;
	err = people_read(st->w.db, &p);
	(void)db_exec(st->w.db, "COMMIT"); /* nothing was written */
	if (!err)
		store_people_free(atomic_exchange(&st->fresh_people, p));
	return err;
}

/* By us or by another process; what is read is told by store_poll(). On failure: next time. */
static void look_at_agreements(struct store *st)
{
	struct store_agreements *a;
	int64_t version, was = st->data_version;

	if (!st->agreements || db_get_int(st->w.db, "PRAGMA data_version", &version))
		return;
	if (version == st->data_version && !st->wrote_agreement &&
		(st->told_people || !wants_people(st)))
		return;
	/* what is told is provable by then */
	if (acknowledge_run(&st->w) || agreement_tell_ledger(&st->w) ||
		look_at_people(st) || agreement_read(st->w.db, &a))
		return;
	st->data_version = version;
	st->wrote_agreement = false;
	store_agreements_free(atomic_exchange(&st->fresh, a));
	if (version != was)
		read_credentials(st);
	if (st->wake)
		st->wake(st->arg);
}

static int64_t next_look(const struct store *st)
{
	int64_t look = now_ms() + STORE_LOOK_MS;

	return st->agreements && look < st->purge_due ? look : st->purge_due;
}

static void *writer_main(void *arg)
{
	struct store *st = arg;

	for (;;) {
		purge_when_due(st);
		look_at_agreements(st);
		take(st);
		if (st->batch_n > 0) {
			if (commit_patiently(st) != 0)
				break;
			continue;
		}
		if (wait_for_work(st, next_look(st), true) && ring_count(&st->in) == 0)
			break;
	}
	return NULL;
}

static int make_sync(struct store *st)
{
	pthread_condattr_t attr;
	int err = pthread_mutex_init(&st->lock, NULL);

	if (err)
		return err;
	err = pthread_condattr_init(&attr);
	if (err)
		goto out;
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	err = pthread_cond_init(&st->cond, &attr);
	pthread_condattr_destroy(&attr);
out:
	if (err)
		pthread_mutex_destroy(&st->lock);
	else
		st->sync_ready = true;
	return err;
}

int writer_start(struct store *st)
{
	int err = make_sync(st);

	if (err)
		return err;
	st->purge_due = now_ms();
	err = pthread_create(&st->thread, NULL, writer_main, st);
	st->running = !err;
	return err;
}

void writer_stop(struct store *st)
{
	if (st->running) {
		pthread_mutex_lock(&st->lock);
		st->stop = true;
		pthread_cond_signal(&st->cond);
		pthread_mutex_unlock(&st->lock);
		pthread_join(st->thread, NULL);
		st->running = false;
	}
	if (st->sync_ready) {
		pthread_cond_destroy(&st->cond);
		pthread_mutex_destroy(&st->lock);
		st->sync_ready = false;
	}
}
