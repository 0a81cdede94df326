/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * dialog -- what happens in which state; see dialog.h.
 *
 * SIP thread.  A dialog is freed in its timer, or when too many linger, and nowhere else; so a pointer to
 * a live one stays good through one request or command.
 */
#include "sip/dialog.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include "base/log.h"
#include "base/text.h"
#include "sip/dial.h"
#include "sip/dialog_inner.h"
#include "sip/refresh.h"
#include "sip/reinvite.h"
#include "sip/state.h"
#include "sip/update.h"

/* What comes with an event; unused fields are zero. */
struct input {
	enum trunk_end why;
	const struct link_command *command;
	const sip_t *ack;
	int status; /* of the answer to our INVITE */
	char *sdp; /* its description, taken */
	size_t sdp_len;
};

static void on_timer(struct station *st, su_timer_t *t, void *arg);

/* 0 means none */
static int64_t earlier(int64_t a, int64_t b)
{
	return !a ? b : !b || a < b ? a : b;
}

static void arm(struct dialog *d)
{
	int64_t at = earlier(d->invite.next_ms, d->invite.deadline_ms);
	at = earlier(at, reinvite_due_ms(d));
	at = earlier(at, d->bye_ms);
	at = earlier(at, d->update_by_ms);
	at = earlier(at, refresh_end_ms(d));
	if (d->state == DIALOG_OVER)
		at = earlier(at, d->gone_ms);
	if (!at) {
		su_timer_reset(d->timer);
		return;
	}
	int64_t in = at - station_now_ms();
	(void)su_timer_set_interval(
		d->timer, on_timer, d, in > 1 ? (su_duration_t)in : 1);
}

void dialog_go_on(struct dialog *d)
{
	reinvite_try(d);
	arm(d);
}

void *dialog_copy_state(const struct dialog *d, size_t *n)
{
	uint8_t state[TRUNK_STATE_MAX];
	*n = state_write(d, state);
	void *copy = *n ? malloc(*n) : NULL;
	if (!copy) {
		*n = 0;
		return NULL;
	}
	return memcpy(copy, state, *n);
}

void dialog_tell_state(struct dialog *d)
{
	struct link_event e = { .kind = LINK_CHANGED, .dialog = d->id };
	if (d->told)
		return;
	e.state = dialog_copy_state(d, &e.state_len);
	link_event(d->st->link, &e);
}

static void tell_ended(struct dialog *d, enum trunk_end why)
{
	if (d->told)
		return;
	d->told = true;
	link_event(d->st->link,
		&(struct link_event){ .kind = LINK_ENDED, .dialog = d->id, .why = why });
}

static void begin_lingering(struct dialog *d)
{
	d->gone_ms = station_now_ms() + 64 * (int64_t)d->st->t1_ms;
	dialogs_linger(d->st, d);
	atomic_store(&d->st->link->dialogs, d->st->dialogs.n_live);
}

/* --- what is done on the way from one state to another --- */

static void do_ring(struct dialog *d, const struct input *in)
{
	bool rung = d->rung;
	invite_ring(d);
	if (!rung)
		dialog_tell_state(d); /* a later process rings on */
}

static void keep_description(struct dialog *d, const struct input *in)
{
	char *sdp = strdup(in->command->text);
	if (!sdp) {
		log_error("sip: no memory for a description");
		return; /* the last one, or an empty body, goes out instead */
	}
	free(d->sdp);
	d->sdp = sdp;
}

static void do_answer(struct dialog *d, const struct input *in)
{
	keep_description(d, in);
	refresh_start(d);
	invite_accept(d);
	dialog_tell_state(d);
}

/* A 2xx to a re-INVITE moves the remote target (RFC 3261 section 12.2.2). */
static void accept_again(struct dialog *d)
{
	const sip_t *sip = sip_object(d->invite.request);
	if (d->leg && sip->sip_contact)
		(void)nta_leg_server_route(d->leg, NULL, sip->sip_contact);
	refresh_accept(d, sip);
	refresh_start(d);
	invite_accept(d);
	dialog_tell_state(d);
}

static void do_reanswer(struct dialog *d, const struct input *in)
{
	keep_description(d, in);
	accept_again(d);
}

static void do_resend(struct dialog *d, const struct input *in)
{
	accept_again(d);
}

static void do_offer(struct dialog *d, const struct input *in)
{
	struct link_event e = { .kind = LINK_REOFFER, .dialog = d->id };
	e.sdp = dialog_copy_body(sip_object(d->invite.request), &e.sdp_len);
	if (e.sdp) {
		dialog_tell_state(d);
		link_event(d->st->link, &e);
		return;
	}
	d->state = DIALOG_TALKING;
	invite_refuse(d, 500, NULL, 0);
}

static void do_update_offer(struct dialog *d, const struct input *in)
{
	struct link_event e = { .kind = LINK_REOFFER, .dialog = d->id };
	e.sdp = update_offer(d, &e.sdp_len);
	if (e.sdp) {
		link_event(d->st->link, &e);
		return;
	}
	d->state = DIALOG_TALKING;
	update_refuse(d, 500, NULL, 0);
}

static void do_update_answer(struct dialog *d, const struct input *in)
{
	keep_description(d, in);
	update_answer(d);
	dialog_tell_state(d);
}

/* Of the INVITE or the UPDATE that waits; the other one does nothing. */
static void refuse_as_told(struct dialog *d, const struct link_command *c)
{
	int status = c->status >= 300 && c->status <= 699 ? c->status : 500;
	bool clean = c->text && text_is_clean_utf8(c->text);
	invite_refuse(d, status, clean ? c->text : NULL, c->retry_after_s);
	update_refuse(d, status, clean ? c->text : NULL, c->retry_after_s);
}

static void do_rerefuse(struct dialog *d, const struct input *in)
{
	refuse_as_told(d, in->command);
	dialog_tell_state(d);
}

static void do_refuse(struct dialog *d, const struct input *in)
{
	refuse_as_told(d, in->command);
	tell_ended(d, TRUNK_END_REJECT);
}

/* The call ends while its INVITE is unanswered. */
static void do_end_unanswered(struct dialog *d, const struct input *in)
{
	/* RFC 3261 sections 9.2 and 15.1.2: 487 when the caller ended it */
	bool theirs = in->why == TRUNK_END_CANCEL || in->why == TRUNK_END_BYE;
	invite_refuse(d, theirs ? 487 : 480, NULL, 0);
	tell_ended(d, in->why);
}

static void do_shut_unanswered(struct dialog *d, const struct input *in)
{
	invite_refuse(d, 503, NULL, 0);
	tell_ended(d, TRUNK_END_HANGUP);
}

/* The re-INVITE or UPDATE came to nothing, the call goes on: cancelled, or no answer from us in time. */
static void do_drop_reoffer(struct dialog *d, const struct input *in)
{
	invite_refuse(d, in->why == TRUNK_END_CANCEL ? 487 : 500, NULL, 0);
	update_refuse(d, 504, NULL, 0);
	dialog_tell_state(d);
}

static void do_acked(struct dialog *d, const struct input *in)
{
	struct link_event e = { .kind = LINK_ACKED, .dialog = d->id };
	bool again = d->acked; /* of a re-INVITE */
	d->acked = true;
	dialog_tell_state(d);
	if (again)
		return;
	if (d->offered)
		e.sdp = dialog_copy_body(in->ack, &e.sdp_len);
	link_event(d->st->link, &e);
}

static void do_bye_answered(struct dialog *d, const struct input *in)
{
	/* A caller who knew our tag from the 180 may have hung up before our 200 came, and
	 * still owes its ACK; anyone else has the 200 in hands. */
	if (!d->rung)
		invite_done(d);
	tell_ended(d, in->why);
}

static void do_hear_bye(struct dialog *d, const struct input *in)
{
	invite_refuse(d, 487, NULL, 0); /* a re-INVITE that waits */
	tell_ended(d, in->why);
}

static void do_bye(struct dialog *d, const struct input *in)
{
	invite_refuse(d, 487, NULL, 0);
	if (d->invite.state == INVITE_ACCEPTED)
		invite_done(d);
	dial_confirm(d); /* no BYE before the ACK */
	dialog_send_bye(d, in->why);
	tell_ended(d, in->why);
}

static void do_tell(struct dialog *d, const struct input *in)
{
	tell_ended(d, in->why);
}

static void do_reached(struct dialog *d, const struct input *in)
{
	struct link_event e = { .kind = LINK_REACHED,
		.dialog = d->id,
		.sdp = in->sdp,
		.sdp_len = in->sdp_len };
	e.state = dialog_copy_state(d, &e.state_len);
	link_event(d->st->link, &e);
}

static void do_unreached(struct dialog *d, const struct input *in)
{
	link_event(d->st->link,
		&(struct link_event){ .kind = LINK_UNREACHED,
			.dialog = d->id,
			.status = (uint16_t)in->status });
	tell_ended(d, TRUNK_END_UNREACHED);
}

/* --- the table --- */

struct step {
	enum dialog_state to;
	void (*act)(struct dialog *d, const struct input *in);
};

/* clang-format off */
static const struct step table[DIALOG_STATES][DIALOG_EVENTS] = {
	[DIALOG_RINGING] = {
		[DIALOG_EV_RING]   = { DIALOG_RINGING, do_ring },
		[DIALOG_EV_ANSWER] = { DIALOG_ANSWERED, do_answer },
		[DIALOG_EV_REJECT] = { DIALOG_OVER, do_refuse },
		[DIALOG_EV_HANGUP] = { DIALOG_OVER, do_end_unanswered },
		[DIALOG_EV_BYE]    = { DIALOG_OVER, do_end_unanswered },
		[DIALOG_EV_CANCEL] = { DIALOG_OVER, do_end_unanswered },
		[DIALOG_EV_EXPIRE] = { DIALOG_OVER, do_end_unanswered },
		[DIALOG_EV_SHUT]   = { DIALOG_OVER, do_shut_unanswered },
	},
	[DIALOG_ANSWERED] = {
		[DIALOG_EV_ACK]    = { DIALOG_TALKING, do_acked },
		[DIALOG_EV_HANGUP] = { DIALOG_HANGING, do_tell },
		[DIALOG_EV_BYE]    = { DIALOG_OVER, do_bye_answered },
		[DIALOG_EV_EXPIRE] = { DIALOG_OVER, do_bye },
		[DIALOG_EV_SHUT]   = { DIALOG_OVER, do_bye },
	},
	[DIALOG_TALKING] = {
		[DIALOG_EV_HANGUP]  = { DIALOG_OVER, do_bye },
		[DIALOG_EV_BYE]     = { DIALOG_OVER, do_hear_bye },
		[DIALOG_EV_REOFFER] = { DIALOG_REOFFERED, do_offer },
		[DIALOG_EV_RESEND]  = { DIALOG_REANSWERED, do_resend },
		[DIALOG_EV_UPDATE]  = { DIALOG_UPDATED, do_update_offer },
		[DIALOG_EV_LAPSE]   = { DIALOG_OVER, do_bye },
		[DIALOG_EV_SHUT]    = { DIALOG_OVER, do_bye },
	},
	[DIALOG_REOFFERED] = {
		[DIALOG_EV_ANSWER] = { DIALOG_REANSWERED, do_reanswer },
		[DIALOG_EV_REJECT] = { DIALOG_TALKING, do_rerefuse },
		[DIALOG_EV_CANCEL] = { DIALOG_TALKING, do_drop_reoffer },
		[DIALOG_EV_EXPIRE] = { DIALOG_TALKING, do_drop_reoffer },
		[DIALOG_EV_LAPSE]  = { DIALOG_OVER, do_bye },
		[DIALOG_EV_HANGUP] = { DIALOG_OVER, do_bye },
		[DIALOG_EV_BYE]    = { DIALOG_OVER, do_hear_bye },
		[DIALOG_EV_SHUT]   = { DIALOG_OVER, do_bye },
	},
	[DIALOG_UPDATED] = {
		[DIALOG_EV_ANSWER] = { DIALOG_TALKING, do_update_answer },
		[DIALOG_EV_REJECT] = { DIALOG_TALKING, do_rerefuse },
		[DIALOG_EV_EXPIRE] = { DIALOG_TALKING, do_drop_reoffer },
		[DIALOG_EV_LAPSE]  = { DIALOG_OVER, do_bye },
		[DIALOG_EV_HANGUP] = { DIALOG_OVER, do_bye },
		[DIALOG_EV_BYE]    = { DIALOG_OVER, do_hear_bye },
		[DIALOG_EV_SHUT]   = { DIALOG_OVER, do_bye },
	},
	[DIALOG_REANSWERED] = {
		[DIALOG_EV_ACK]    = { DIALOG_TALKING, do_acked },
		[DIALOG_EV_HANGUP] = { DIALOG_HANGING, do_tell },
		[DIALOG_EV_BYE]    = { DIALOG_OVER, do_bye_answered },
		[DIALOG_EV_EXPIRE] = { DIALOG_OVER, do_bye },
		[DIALOG_EV_LAPSE]  = { DIALOG_OVER, do_bye },
		[DIALOG_EV_SHUT]   = { DIALOG_OVER, do_bye },
	},
	[DIALOG_CALLING] = {
		[DIALOG_EV_REACHED]   = { DIALOG_TALKING, do_reached },
		[DIALOG_EV_UNREACHED] = { DIALOG_OVER, do_unreached },
		[DIALOG_EV_HANGUP]    = { DIALOG_OVER, do_tell },
		[DIALOG_EV_SHUT]      = { DIALOG_OVER, do_tell },
	},
	[DIALOG_HANGING] = {
		[DIALOG_EV_ACK]    = { DIALOG_OVER, do_bye },
		[DIALOG_EV_EXPIRE] = { DIALOG_OVER, do_bye },
		[DIALOG_EV_BYE]    = { DIALOG_OVER, do_bye_answered },
		[DIALOG_EV_SHUT]   = { DIALOG_OVER, do_bye },
	},
};
/* clang-format on */

/* The state is set before the act, so that an act may correct it. */
static void happen(struct dialog *d, enum dialog_event ev, const struct input *in)
{
	const struct step *s = &table[d->state][ev];
	if (s->to == DIALOG_NONE)
		return;
	d->state = s->to;
	if (d->state == DIALOG_OVER)
		begin_lingering(
			d); /* first, so that who hears of the end counts it no more */
	s->act(d, in);
	if (d->state == DIALOG_OVER) {
		update_refuse(d, 487, NULL, 0); /* section 15.1.2 */
		reinvite_part(d);
		dial_part(d);
	}
	if (d->state == DIALOG_OVER && d->leg) {
		nta_leg_destroy(d->leg);
		d->leg = NULL;
	}
	dialog_go_on(d);
}

static void on_timer(struct station *st, su_timer_t *t, void *arg)
{
	struct dialog *d = arg;
	int64_t now = station_now_ms();
	if (d->bye && now >= d->bye_ms)
		dialog_answer_bye(d);
	if (d->state == DIALOG_OVER && !d->bye && now >= d->gone_ms) {
		dialog_free(d);
		return;
	}
	if (d->update_by_ms && now >= d->update_by_ms)
		happen(d, DIALOG_EV_EXPIRE, &(struct input){ .why = TRUNK_END_TIMEOUT });
	int64_t end_ms = refresh_end_ms(d);
	if (end_ms && now >= end_ms)
		happen(d, DIALOG_EV_LAPSE, &(struct input){ .why = TRUNK_END_EXPIRED });
	if (!invite_tick(d, now)) {
		dialog_go_on(d);
		return;
	}
	if (d->invite.state != INVITE_PROCEEDING)
		invite_done(d);
	happen(d, DIALOG_EV_EXPIRE, &(struct input){ .why = TRUNK_END_TIMEOUT });
	if (d->state == DIALOG_OVER || d->state == DIALOG_TALKING)
		dialog_go_on(d); /* the table may have had nothing to do */
}

/* --- events from outside --- */

/* RFC 3261 section 14.2: while another INVITE is under way, 500 with a random Retry-After up to 10 s */
static void refuse_for_now(struct request *rq)
{
	char after[8];
	uint8_t rnd;
	if (getentropy(&rnd, 1) != 0)
		rnd = 5;
	(void)text_format(after, sizeof after, "%u", 1u + rnd % 10u);
	reply_once(rq, &(struct reply){ .status = 500, .retry_after = after });
}

void dialog_reinvite(struct dialog *d, struct request *rq)
{
	bool offer = dialog_has_body(rq->sip);
	if (d->state == DIALOG_OVER || d->state == DIALOG_HANGING) {
		reply_status(rq, 481);
		return;
	}
	if (d->reinvite) { /* both at once, section 14.2 */
		reply_status(rq, 491);
		return;
	}
	if (d->state != DIALOG_TALKING ||
		!link_has_room(d->st->link, d->st->dialogs.n_live)) {
		refuse_for_now(rq);
		return;
	}
	d->remote_cseq = rq->sip->sip_cseq->cs_seq;
	invite_begin(d, rq);
	happen(d, offer ? DIALOG_EV_REOFFER : DIALOG_EV_RESEND, &(struct input){ 0 });
}

/* Our description is out and unanswered: in an INVITE or UPDATE of ours, or in our 200 to one without. */
static bool has_open_offer(const struct dialog *d)
{
	return d->state == DIALOG_CALLING || d->reinvite ||
		(d->invite.state == INVITE_ACCEPTED &&
			!dialog_has_body(sip_object(d->invite.request)));
}

/* RFC 3311 section 5.2. Without a description it asks for nothing that could cross another one. */
void dialog_update(struct dialog *d, struct request *rq)
{
	bool offer = dialog_has_body(rq->sip);
	if (d->state == DIALOG_OVER || d->state == DIALOG_HANGING) {
		reply_status(rq, 481);
		return;
	}
	if (offer && has_open_offer(d)) {
		reply_status(rq, 491);
		return;
	}
	if ((offer && d->state != DIALOG_TALKING) ||
		!link_has_room(d->st->link, d->st->dialogs.n_live)) {
		refuse_for_now(rq);
		return;
	}
	if (d->state ==
		DIALOG_CALLING) { /* of which branch it is, only the answer tells */
		reply_held(rq,
			&(struct reply){ .status = 200,
				.contact = station_contact(d->st, rq->from.transport) });
		return;
	}
	d->remote_cseq = rq->sip->sip_cseq->cs_seq;
	if (offer) {
		if (update_hold(d, rq))
			happen(d, DIALOG_EV_UPDATE, &(struct input){ 0 });
		return;
	}
	update_refresh(d, rq);
	dialog_tell_state(d);
	dialog_go_on(d);
}

void dialog_ack(struct dialog *d, const sip_t *sip)
{
	enum invite_state was = d->invite.state;
	if (sip->sip_cseq->cs_seq != d->invite.cseq ||
		(was != INVITE_COMPLETED && was != INVITE_ACCEPTED))
		return; /* late, or of another INVITE */
	/* our 200 was an offer: without an answer there is no call (RFC 3264 section 5) */
	bool broken = d->state == DIALOG_ANSWERED && d->offered &&
		(!dialog_has_body(sip) || sip->sip_payload->pl_len > TRUNK_BODY_MAX);
	invite_done(d);
	if (was == INVITE_ACCEPTED && broken) {
		d->state = DIALOG_TALKING;
		happen(d, DIALOG_EV_HANGUP, &(struct input){ .why = TRUNK_END_FAILED });
	} else if (was == INVITE_ACCEPTED) {
		happen(d, DIALOG_EV_ACK,
			&(struct input){ .why = TRUNK_END_HANGUP, .ack = sip });
	}
	dialog_go_on(d);
}

/* Answered on trunk_release(), or soon anyway; without memory for that, at once. */
static void hold_bye(struct dialog *d, struct request *rq)
{
	msg_t *msg = msg_ref(rq->msg); /* reply_hold() takes the other */
	d->bye = reply_hold(rq);
	if (d->bye)
		d->bye_ms = station_now_ms() + DIALOG_RELEASE_MS;
	else
		reply_to(d->st, msg, &(struct reply){ .status = 200 });
	msg_destroy(msg);
}

void dialog_bye(struct dialog *d, struct request *rq)
{
	if (d->byed) { /* the one before ended it */
		reply_status(rq, 481);
		return;
	}
	d->byed = true;
	d->remote_cseq = rq->sip->sip_cseq->cs_seq;
	if (d->told) /* it crossed ours (RFC 5407 section 3.1.4): both are over */
		reply_held(rq, &(struct reply){ .status = 200 });
	else
		hold_bye(d, rq);
	happen(d, DIALOG_EV_BYE, &(struct input){ .why = TRUNK_END_BYE });
}

void dialog_fail(struct dialog *d, enum trunk_end why)
{
	happen(d, DIALOG_EV_HANGUP, &(struct input){ .why = why });
}

void dialog_reached(struct dialog *d, char *sdp, size_t n)
{
	happen(d, DIALOG_EV_REACHED, &(struct input){ .sdp = sdp, .sdp_len = n });
}

void dialog_unreached(struct dialog *d, int status)
{
	happen(d, DIALOG_EV_UNREACHED, &(struct input){ .status = status });
}

void dialog_cancel(struct dialog *d, struct request *rq)
{
	/* section 9.2: the tag of the answer to the INVITE */
	if (!rq->sip->sip_to->a_tag)
		(void)sip_to_tag(msg_home(rq->msg), rq->sip->sip_to, d->tag);
	reply_status(rq, 200);
	if (d->invite.state == INVITE_PROCEEDING)
		happen(d, DIALOG_EV_CANCEL, &(struct input){ .why = TRUNK_END_CANCEL });
}

void dialog_command(struct station *st, struct link_command *c)
{
	static const enum dialog_event event_of[] = {
		[LINK_RING] = DIALOG_EV_RING,
		[LINK_ANSWER] = DIALOG_EV_ANSWER,
		[LINK_REJECT] = DIALOG_EV_REJECT,
		[LINK_HANGUP] = DIALOG_EV_HANGUP,
	};
	struct dialog *d = dialogs_find_id(st, c->dialog);
	if (c->kind == LINK_DIAL)
		dial_begin(st, c);
	if (!d || c->kind == LINK_DIAL)
		return;
	dial_confirm(d); /* who speaks of it has kept it */
	if (c->kind == LINK_CONFIRM)
		return;
	if (c->kind == LINK_RELEASE) {
		dialog_answer_bye(d);
	} else if (c->kind == LINK_REINVITE) {
		reinvite_want(d, c->text);
		c->text = NULL;
	} else {
		happen(d, event_of[c->kind],
			&(struct input){ .why = TRUNK_END_HANGUP, .command = c });
	}
}

void dialogs_shut(struct station *st)
{
	list_each_safe(it, &st->dialogs.live) happen(list_entry(it, struct dialog, order),
		DIALOG_EV_SHUT, &(struct input){ .why = TRUNK_END_HANGUP });
	list_each(it, &st->dialogs.lingering)
		dialog_answer_bye(list_entry(it, struct dialog, order));
}

bool dialogs_are_quiet(const struct station *st)
{
	if (st->byes || !dials_are_quiet(st))
		return false;
	list_each(it, &st->dialogs.lingering)
	{
		if (list_entry(it, struct dialog, order)->invite.state ==
			INVITE_COMPLETED)
			return false;
	}
	return true;
}
