/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * invite -- see invite.h.  Lives inside its dialog; SIP thread.
 */
#include "sip/invite.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "base/text.h"
#include "sip/refresh.h"

uint64_t invite_branch(const struct station *st, const sip_via_t *v)
{
	uint64_t h = station_hash(st, st->seed, v->v_branch);
	h = station_hash(st, h, v->v_host);
	return station_hash(st, h, v->v_port);
}

bool invite_is_it(const struct station *st, const struct dialog *d, const sip_t *sip)
{
	return sip->sip_cseq->cs_seq == d->invite.cseq &&
		invite_branch(st, sip->sip_via) == d->invite.branch;
}

static void send_last(struct dialog *d)
{
	struct invite *in = &d->invite;
	char retry[16], expires[REFRESH_TEXT];
	if (!in->status)
		return;
	struct reply r = { .status = in->status, .phrase = in->phrase };
	bool ok = in->status >= 200 && in->status < 300;
	if (in->retry_after_s) {
		(void)text_format(retry, sizeof retry, "%u", in->retry_after_s);
		r.retry_after = retry;
	}
	if (in->status > 100 && in->status < 200)
		r.contact = station_contact(d->st, d->from.transport);
	if (ok) {
		refresh_reply(&r, d, expires);
		r.sdp = d->sdp;
	}
	reply_to(d->st, in->request, &r);
}

void invite_done(struct dialog *d)
{
	struct invite *in = &d->invite;
	if (in->request)
		msg_destroy(in->request);
	free(in->phrase);
	in->request = NULL;
	in->phrase = NULL;
	in->state = INVITE_NONE;
	in->retry_after_s = 0;
	in->next_ms = in->deadline_ms = 0;
}

void invite_begin(struct dialog *d, struct request *rq)
{
	struct invite *in = &d->invite;
	int64_t now = station_now_ms(), t1 = d->st->t1_ms;
	invite_done(d);
	*in = (struct invite){
		.state = INVITE_PROCEEDING,
		.request = rq->msg,
		.cseq = rq->sip->sip_cseq->cs_seq,
		.branch = invite_branch(rq->st, rq->sip->sip_via),
		.next_ms = now + INVITE_TRYING_T1_PERCENT * t1 / 100,
		.deadline_ms = now + INVITE_UNANSWERED_T1 * t1,
	};
	rq->msg = NULL;
}

void invite_ring(struct dialog *d)
{
	struct invite *in = &d->invite;
	if (in->state != INVITE_PROCEEDING)
		return;
	in->status = 180;
	in->interval_ms = INVITE_PROVISIONAL_T1 * d->st->t1_ms;
	in->next_ms = station_now_ms() + in->interval_ms;
	d->rung = true;
	send_last(d);
}

/* Both kinds of final response are sent again from T1 on, doubling up to T2, until the ACK or 64*T1
 * (RFC 3261 sections 13.3.1.4 and 17.2.1, timers G and H). */
static void send_final(struct dialog *d, enum invite_state state, int status)
{
	struct invite *in = &d->invite;
	int64_t now = station_now_ms();
	in->state = state;
	in->status = status;
	in->interval_ms = d->st->t1_ms;
	in->next_ms = now + in->interval_ms;
	in->deadline_ms = now + 64 * (int64_t)d->st->t1_ms;
	send_last(d);
}

void invite_accept(struct dialog *d)
{
	assert(d->invite.state == INVITE_PROCEEDING);
	send_final(d, INVITE_ACCEPTED, 200);
}

void invite_refuse(struct dialog *d, int status, const char *phrase, uint32_t retry_s)
{
	struct invite *in = &d->invite;
	if (in->state != INVITE_PROCEEDING)
		return;
	in->phrase = phrase ? strdup(phrase) : NULL;
	in->retry_after_s = retry_s;
	send_final(d, INVITE_COMPLETED, status);
}

void invite_restore(struct dialog *d, msg_t *request, bool accepted)
{
	struct invite *in = &d->invite;
	const sip_t *sip = sip_object(request);
	int64_t now = station_now_ms(), t1 = d->st->t1_ms;
	*in = (struct invite){
		.state = accepted ? INVITE_ACCEPTED : INVITE_PROCEEDING,
		.request = request,
		.cseq = sip->sip_cseq->cs_seq,
		.branch = invite_branch(d->st, sip->sip_via),
		.status = accepted ? 200
			: d->rung  ? 180
				   : 100,
		/* of a 200 doubled by the first repetition */
		.interval_ms = accepted ? d->st->t1_ms / 2
					: INVITE_PROVISIONAL_T1 * d->st->t1_ms,
		.next_ms = accepted || d->rung ? now : 0,
		.deadline_ms = now + (accepted ? 64 : INVITE_UNANSWERED_T1) * t1,
	};
}

void invite_repeat(struct dialog *d)
{
	if (d->invite.state != INVITE_NONE)
		send_last(d);
}

static void retransmit(struct dialog *d, int64_t now_ms)
{
	struct invite *in = &d->invite;
	uint32_t t2 = d->st->t1_ms * (STATION_T2_MS / STATION_T1_MS);
	if (!in->status) {
		in->status = 100;
		in->next_ms = 0;
		send_last(d);
		return;
	}
	send_last(d);
	if (in->state != INVITE_PROCEEDING)
		in->interval_ms = in->interval_ms * 2 < t2 ? in->interval_ms * 2 : t2;
	in->next_ms = now_ms + in->interval_ms;
}

bool invite_tick(struct dialog *d, int64_t now_ms)
{
	struct invite *in = &d->invite;
	if (in->state == INVITE_NONE)
		return false;
	if (in->deadline_ms && now_ms >= in->deadline_ms)
		return true;
	if (in->next_ms && now_ms >= in->next_ms)
		retransmit(d, now_ms);
	return false;
}
