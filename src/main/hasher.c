/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * hasher -- passwords hashed and checked on libuv's threads, and the seal upon agents' secrets: the app's ports
 * `password`, `seal` and `unseal`.
 *
 * A hash takes 256 MB and most of a second of one core, so few run at once and few wait, each address in its turn
 * (core/access/turns.h): who comes then, or has sent the most, is told to come again.  Voice has the other cores.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "main/centre.h"

#define HASHES_AT_ONCE 2 /* half a gigabyte */
struct hash_work {
	uv_work_t work;
	struct centre *centre;
	struct app_password *ask; /* the app's; NULL when it is gone */
	struct app_password own; /* what the thread works upon */
	struct hash_work *next; /* of those that gave way */
};

static void run(uv_work_t *work)
{
	struct app_password *w = &((struct hash_work *)work->data)->own;

	if (w->checks)
		w->holds = password_check(
			w->hash, w->password, &password_moderate, &w->is_old);
	else
		w->err = password_hash(w->hash, w->password, &password_moderate);
}

static void done(uv_work_t *work, int status);

static void begin(struct centre *c, struct hash_work *h)
{
	if (uv_queue_work(&c->loop, &h->work, run, done) == 0)
		c->n_hashing++;
	else
		free(h); /* uv_queue_work() refuses only a NULL */
}

static void begin_next(struct centre *c)
{
	size_t place = turns_next(&c->turns);

	if (place == TURNS_NONE)
		return;
	begin(c, c->hashes[place]);
	c->hashes[place] = NULL;
}

static void forget(struct hash_work *h)
{
	password_forget(&h->own, sizeof h->own);
	free(h);
}

static void done(uv_work_t *work, int status)
{
	struct hash_work *h = work->data;
	struct centre *c = h->centre;
	struct app_password *ask = h->ask;

	c->n_hashing--;
	begin_next(c);
	if (!c->is_ending) {
		ask->holds = h->own.holds;
		ask->is_old = h->own.is_old;
		ask->err = h->own.err;
		memcpy(ask->hash, h->own.hash, sizeof ask->hash);
		password_forget(ask->password, sizeof ask->password);
		ask->done(ask);
	}
	forget(h);
}

/* Told on the loop, in a turn of its own: whoever came instead is in the middle of its question. */
static void on_gave_way(uv_timer_t *t)
{
	struct centre *c = t->data;

	while (c->gave_way) {
		struct hash_work *h = c->gave_way;
		struct app_password *ask = h->ask;

		c->gave_way = h->next;
		forget(h);
		ask->gave_way = true;
		ask->done(ask);
	}
}

static void give_way(struct centre *c, struct hash_work *h)
{
	h->next = c->gave_way;
	c->gave_way = h;
	uv_timer_start(&c->give_way, on_gave_way, 0, 0);
}

static int wait_for_turn(struct centre *c, struct hash_work *h)
{
	size_t place;

	switch (turns_add(&c->turns, h->ask->from, h->ask->is_known, &place)) {
	case TURNS_NOT: return EAGAIN;
	case TURNS_INSTEAD: give_way(c, c->hashes[place]); break;
	case TURNS_WAITS: break;
	}
	c->hashes[place] = h;
	return 0;
}

int hasher_password(void *arg, struct app_password *ask)
{
	struct centre *c = arg;
	struct hash_work *h = calloc(1, sizeof *h);
	int err = 0;

	if (!h)
		return ENOMEM;
	h->work.data = h;
	h->centre = c;
	h->ask = ask;
	h->own = *ask;
	if (c->n_hashing < HASHES_AT_ONCE)
		begin(c, h);
	else
		err = wait_for_turn(c, h);
	if (err)
		forget(h);
	return err;
}

void hasher_start(struct centre *c)
{
	uv_timer_init(&c->loop, &c->give_way);
	c->give_way.data = c;
}

void hasher_stop(struct centre *c)
{
	for (size_t i = 0; i < TURNS_MAX; i++) {
		if (c->hashes[i])
			forget(c->hashes[i]);
		c->hashes[i] = NULL;
	}
	c->turns = (struct turns){ 0 };
	while (c->gave_way) {
		struct hash_work *h = c->gave_way;

		c->gave_way = h->next;
		forget(h);
	}
}

int hasher_seal(void *arg, uint64_t agent, const uint8_t *secret, size_t n, uint8_t *out)
{
	return sealer_seal(((struct centre *)arg)->sealer, agent, secret, n, out);
}

int hasher_unseal(
	void *arg, uint64_t agent, const uint8_t *sealed, size_t n, uint8_t *out)
{
	return sealer_unseal(((struct centre *)arg)->sealer, agent, sealed, n, out);
}

int hasher_open(struct centre *c)
{
	char path[OPTIONS_PATH_MAX];
	int err = options_path(path, c->options.state, "second.key");

	if (!err)
		err = password_start();
	if (!err)
		err = sealer_open(&c->sealer, path);
	if (err)
		fprintf(stderr,
			"%s: the key that seals the agents' second factors cannot be "
			"read: %s%s. Bring it back from the backup.\n",
			path, strerror(err),
			err == EACCES ? " (nobody but its owner may read it: chmod 600)"
				      : "");
	return err;
}
