/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * request -- handing records to the writer, and its answers back.
 *
 * The owner's thread, one and the same for all of it (the rings have one writing end); nothing here
 * waits for the disk.  A record is copied.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/inner.h"
#include "store/people.h"

/* Counts what the writer holds too, so that the maximum is one of records not on disk. */
int request_put(struct store *st, const struct rec *r)
{
	if (atomic_load(&st->backlog) >= STORE_BACKLOG_MAX)
		return ENOBUFS;
	atomic_fetch_add(&st->backlog, 1);
	if (ring_put(&st->in, r) != 0) {
		atomic_fetch_sub(&st->backlog, 1);
		return ENOBUFS;
	}
	st->given++;
	writer_wake(st);
	return 0;
}

int store_add_call_event(struct store *st, const struct store_call_event *ev)
{
	if (!call_event_ok(ev))
		return EINVAL;
	return request_put(st, &(struct rec){ .kind = REC_CALL_EVENT, .ev = *ev });
}

int store_add_quality(struct store *st, const struct store_quality *q)
{
	if (!quality_ok(q))
		return EINVAL;
	return request_put(st, &(struct rec){ .kind = REC_QUALITY, .quality = *q });
}

int store_put_callback(struct store *st, const struct store_callback *cb)
{
	if (!callback_ok(cb))
		return EINVAL;
	return request_put(st, &(struct rec){ .kind = REC_CALLBACK, .callback = *cb });
}

int store_drop_callback(struct store *st, uint64_t call)
{
	return request_put(st,
		&(struct rec){ .kind = REC_DROP_CALLBACK, .callback = { .call = call } });
}

static int put_token(struct store *st, enum rec_kind kind, const struct store_session *s)
{
	if (s->agent == 0 || s->agent > INT64_MAX)
		return EINVAL;
	return request_put(st, &(struct rec){ .kind = kind, .token = *s });
}

int store_add_link(struct store *st, const uint8_t hash[STORE_HASH_SIZE], uint64_t agent,
	int64_t expires_ms)
{
	struct store_session s = { .agent = agent, .expires_ms = expires_ms };

	memcpy(s.hash, hash, sizeof s.hash);
	return put_token(st, REC_LINK, &s);
}

int store_add_session(struct store *st, const struct store_session *s)
{
	return put_token(st, REC_SESSION, s);
}

int store_drop_session(struct store *st, const uint8_t hash[STORE_HASH_SIZE])
{
	struct rec r = { .kind = REC_DROP_SESSION };

	memcpy(r.token.hash, hash, sizeof r.token.hash);
	return request_put(st, &r);
}

int store_use_link(struct store *st, const uint8_t hash[STORE_HASH_SIZE], int64_t now_ms,
	store_link_h *h, void *arg)
{
	struct rec r = { .kind = REC_USE_LINK,
		.use = { .now_ms = now_ms, .h = h, .arg = arg } };
	int err;

	if (st->asks >= STORE_ASKS_MAX)
		return ENOBUFS;
	memcpy(r.use.hash, hash, sizeof r.use.hash);
	err = request_put(st, &r);
	if (!err)
		st->asks++;
	return err;
}

int store_ask(struct store *st, const struct store_job *job)
{
	int err;

	if (st->asks >= STORE_ASKS_MAX)
		return ENOBUFS;
	err = job->writes
		? request_put(st, &(struct rec){ .kind = REC_JOB, .job = { *job, 0 } })
		: reader_ask(&st->reader, job);
	if (!err)
		st->asks++;
	return err;
}

static int put_agreement(struct store *st, const struct agreement_rec *from)
{
	struct agreement_rec *copy = malloc(sizeof *copy);

	if (!copy)
		return ENOMEM;
	*copy = *from;
	int err = request_put(
		st, &(struct rec){ .kind = REC_AGREEMENT, .agreement = copy });

	if (err)
		free(copy);
	return err; /* NOLINT(clang-analyzer-unix.Malloc): else the ring has it now */
}

int store_add_signature(struct store *st, const struct store_signature *s)
{
	return put_agreement(st,
		&(struct agreement_rec){ .kind = AGREEMENT_SIGNATURE, .signature = *s });
}

int store_end_by_agent(struct store *st, uint64_t agent, int64_t at_ms, bool is_change)
{
	return put_agreement(st,
		&(struct agreement_rec){ .kind = AGREEMENT_END,
			.agent = agent,
			.at_ms = at_ms,
			.by_agent = true,
			.is_change = is_change });
}

int store_enrol(struct store *st, const struct store_device_key *key,
	const uint8_t code[STORE_HASH_SIZE], int64_t at_ms)
{
	struct agreement_rec r = { .kind = code ? AGREEMENT_KEY : AGREEMENT_PROVED_KEY,
		.key = *key,
		.at_ms = at_ms };

	if (code)
		memcpy(r.code, code, sizeof r.code);
	return put_agreement(st, &r);
}

/* Who is there comes first: the rest is of theirs. */
static void tell_what_changed(struct store *st)
{
	struct store_people *p = atomic_exchange(&st->fresh_people, NULL);
	struct store_agreements *a = atomic_exchange(&st->fresh, NULL);
	struct store_credentials *c = atomic_exchange(&st->fresh_credentials, NULL);

	if (p)
		st->people(st->arg, p);

	if (a)
		st->agreements(st->arg, a);
	if (c)
		st->credentials(st->arg, c);
}

void store_poll(struct store *st)
{
	struct answer a;

	tell_what_changed(st);
	while (ring_get(&st->out, &a) == 0) {
		st->asks--;
		if (a.h)
			a.h(a.arg, a.err, a.agent);
		else
			a.done(a.arg, a.err);
	}
	reader_poll(&st->reader);
}

void store_marks(const struct store *st, struct store_marks *out)
{
	*out = (struct store_marks){ st->given, atomic_load(&st->kept) };
}

void store_health(const struct store *st, struct store_health *out)
{
	/* The first: see commit() in writer.c. */
	size_t backlog = atomic_load(&st->backlog);

	*out = (struct store_health){
		.backlog = backlog,
		.err = atomic_load(&st->err),
		.dropped = atomic_load(&st->dropped),
	};
}
