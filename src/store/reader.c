/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * reader -- the thread that answers what pages ask of the records, on a connection that cannot write.
 *
 * It begins with the first question, so commands have none. A job sees one moment of the database. The owner's
 * thread puts questions in and takes answers out; what is in a ring belongs to its reading end.
 */
#include <errno.h>

#include "base/log.h"
#include "store/inner.h"

int reader_init(struct reader *r, struct store *st)
{
	int err = ring_init(&r->in, sizeof(struct store_job), STORE_ASKS_MAX);

	if (!err)
		err = ring_init(&r->out, sizeof(struct rec_job), STORE_ASKS_MAX);
	if (!err)
		err = pthread_mutex_init(&r->lock, NULL);
	if (err)
		return err;
	err = pthread_cond_init(&r->cond, NULL);
	if (err)
		pthread_mutex_destroy(&r->lock);
	r->is_ready = !err;
	r->st = st;
	return err;
}

static int open_db(struct reader *r)
{
	int err = db_open(&r->db, r->st->path);

	return err ? err : db_exec(r->db, "PRAGMA query_only = ON");
}

static int run(struct reader *r, const struct store_job *job)
{
	int err = r->db ? 0 : open_db(r);

	if (!err)
		err = db_exec(r->db, "BEGIN");
	if (err)
		return err;
	err = job->run(r->db, job->arg);
	(void)db_exec(r->db, "COMMIT"); /* nothing was written */
	return err;
}

/* False: to be stopped. */
static bool await_job(struct reader *r, struct store_job *job)
{
	bool stop;

	pthread_mutex_lock(&r->lock);
	while (!r->stop && ring_count(&r->in) == 0)
		pthread_cond_wait(&r->cond, &r->lock);
	stop = r->stop;
	pthread_mutex_unlock(&r->lock);
	return !stop && ring_get(&r->in, job) == 0;
}

static void *reader_main(void *arg)
{
	struct reader *r = arg;
	struct store_job job;

	while (await_job(r, &job)) {
		/* the ring has room: STORE_ASKS_MAX bounds what is asked */
		ring_put(&r->out, &(struct rec_job){ job, run(r, &job) });
		if (r->st->wake)
			r->st->wake(r->st->arg);
	}
	return NULL;
}

static int start(struct reader *r)
{
	int err = r->running ? 0 : pthread_create(&r->thread, NULL, reader_main, r);

	r->running = !err;
	return err;
}

int reader_ask(struct reader *r, const struct store_job *job)
{
	int err = start(r);

	if (!err)
		err = ring_put(&r->in, job);
	if (err)
		return err;
	pthread_mutex_lock(&r->lock);
	pthread_cond_signal(&r->cond);
	pthread_mutex_unlock(&r->lock);
	return 0;
}

void reader_poll(struct reader *r)
{
	struct rec_job a;

	while (ring_get(&r->out, &a) == 0) {
		r->st->asks--;
		a.job.done(a.job.arg, a.err);
	}
}

void reader_close(struct reader *r)
{
	struct store_job job;
	struct rec_job a;

	if (r->running) {
		pthread_mutex_lock(&r->lock);
		r->stop = true;
		pthread_cond_signal(&r->cond);
		pthread_mutex_unlock(&r->lock);
		pthread_join(r->thread, NULL);
	}
	while (r->in.slots && ring_get(&r->in, &job) == 0)
		job.drop(job.arg);
	while (r->out.slots && ring_get(&r->out, &a) == 0)
		a.job.drop(a.job.arg);
	if (r->is_ready) {
		pthread_cond_destroy(&r->cond);
		pthread_mutex_destroy(&r->lock);
	}
	sqlite3_close(r->db);
	ring_close(&r->in);
	ring_close(&r->out);
}
