/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * sign_on -- questions to the provider of identities on libuv's threads: the app's port `sign_on`.
 *
 * A provider may take seconds, so few questions are on their way at once, and few wait, each address in its turn
 * (core/access/turns.h); the house's own questions go first.  The thread works upon a copy, for the app may be gone.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "main/centre.h"

#define ASKED_AT_ONCE 2 /* libuv has four threads, of which hashes have two */

struct sign_on_job {
	uv_work_t work;
	struct centre *centre;
	struct oidc_work *ask; /* the app's; NULL when it is gone */
	struct oidc_work own;
	struct sign_on_job *next; /* of those that gave way */
};

static void run(uv_work_t *work)
{
	struct sign_on_job *j = work->data;

	oidc_run(j->centre->oidc, &j->own);
}

static void forget(struct sign_on_job *j)
{
	oidc_forget(&j->own);
	free(j);
}

static void done(uv_work_t *work, int status);

static void begin(struct centre *c, struct sign_on_job *j)
{
	c->n_asking++;
	/* refuses only a NULL */
	(void)uv_queue_work(&c->loop, &j->work, run, done);
}

static void begin_next(struct centre *c)
{
	size_t place = turns_next(&c->asking_turns);

	if (place == TURNS_NONE)
		return;
	begin(c, c->asking[place]);
	c->asking[place] = NULL;
}

/* What is the asker's stays: whom to tell, and with what. */
static void tell(struct sign_on_job *j)
{
	struct oidc_work *ask = j->ask;

	*ask = j->own;
	forget(j);
	ask->done(ask);
}

static void done(uv_work_t *work, int status)
{
	struct sign_on_job *j = work->data;
	struct centre *c = j->centre;

	c->n_asking--;
	if (c->is_ending) {
		forget(j);
		return;
	}
	begin_next(c);
	tell(j);
}

/* Told on the loop, in a turn of its own: whoever came instead is in the middle of its question. */
static void on_gave_way(uv_timer_t *t)
{
	struct centre *c = t->data;

	while (c->asking_gave_way) {
		struct sign_on_job *j = c->asking_gave_way;

		c->asking_gave_way = j->next;
		j->own.outcome = OIDC_CROWDED;
		tell(j);
	}
}

static void give_way(struct centre *c, struct sign_on_job *j)
{
	j->next = c->asking_gave_way;
	c->asking_gave_way = j;
	uv_timer_start(&c->asking_timer, on_gave_way, 0, 0);
}

int sign_on_ask(void *arg, struct oidc_work *ask)
{
	struct centre *c = arg;
	struct sign_on_job *j = calloc(1, sizeof *j);
	size_t place;

	if (!j)
		return ENOMEM;
	j->work.data = j;
	j->centre = c;
	j->ask = ask;
	j->own = *ask;
	if (c->n_asking < ASKED_AT_ONCE) {
		begin(c, j);
		return 0;
	}
	switch (turns_add(&c->asking_turns, ask->from, ask->is_known, &place)) {
	case TURNS_NOT: give_way(c, j); return 0;
	case TURNS_INSTEAD: give_way(c, c->asking[place]); break;
	case TURNS_WAITS: break;
	}
	c->asking[place] = j;
	return 0;
}

void sign_on_start(struct centre *c)
{
	uv_timer_init(&c->loop, &c->asking_timer);
	c->asking_timer.data = c;
}

void sign_on_stop(struct centre *c)
{
	for (size_t i = 0; i < TURNS_MAX; i++) {
		if (c->asking[i])
			forget(c->asking[i]);
		c->asking[i] = NULL;
	}
	c->asking_turns = (struct turns){ 0 };
	while (c->asking_gave_way) {
		struct sign_on_job *j = c->asking_gave_way;

		c->asking_gave_way = j->next;
		forget(j);
	}
}

/* Runs in libuv's threads. */
static bool may_reach(const void *arg, const struct sockaddr *sa)
{
	return countries_allow_socket(arg, sa);
}

int sign_on_open(struct centre *c)
{
	struct config_sign_on *s = &c->config.sign_on;
	const char *why = NULL;
	int err;

	if (!c->config.has_sign_on)
		return 0;
	if (*s->secret_file)
		why = config_read_secret(
			s->secret_file, s->oidc.secret, sizeof s->oidc.secret);
	if (why) {
		fprintf(stderr, "%s: sign-on: client-secret-file: %s %s.\n",
			c->options.config, s->secret_file, why);
		return EINVAL;
	}
	s->app.rules = &s->oidc.rules;
	s->oidc.may_reach = may_reach;
	s->oidc.reach_arg = &c->countries;
	err = oidc_start();
	return err ? err : oidc_new(&c->oidc, &s->oidc);
}
