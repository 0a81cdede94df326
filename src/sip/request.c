/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * request -- the way of one request through the checks, in the order of RFC 3261 section 8.2.
 *
 * Each step either lets the request pass or settles it and takes its message.  SIP thread.
 */
#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include "base/log.h"
#include "base/mask.h"
#include "base/slice.h"
#include "base/text.h"
#include "sip/check.h"
#include "sip/gate.h"
#include "sip/invite.h"
#include "sip/reply.h"
#include "sip/watch.h"

static sip_method_t method_of(const struct request *rq)
{
	return rq->sip->sip_request->rq_method;
}

static void drop(struct request *rq)
{
	msg_destroy(rq->msg);
	rq->msg = NULL;
}

static bool may_touch(const struct request *rq, const struct dialog *d)
{
	return peers_same_host(&d->from, &rq->from) ||
		peers_match(&rq->st->peers, &rq->from) || carrier_of(rq->st, &rq->from);
}

/* Nothing answers an ACK, whatever is wrong with it (section 8.1.1.1, 17). */
static bool take_ack(struct request *rq)
{
	if (method_of(rq) != sip_method_ack)
		return true;
	struct dialog *d = dialogs_find(rq->st, rq->sip);
	if (d && may_touch(rq, d))
		dialog_ack(d, rq->sip);
	drop(rq);
	return false;
}

static bool is_first(const struct request *rq, const struct dialog *d)
{
	return rq->sip->sip_cseq->cs_seq == d->first_cseq &&
		invite_branch(rq->st, rq->sip->sip_via) == d->first_branch;
}

/* A retransmitted INVITE gets the last response again; before the gate, as its credential was used up by
 * the first one (section 17.2.3). */
static bool take_repeated(struct request *rq)
{
	if (method_of(rq) != sip_method_invite)
		return true;
	bool inside = rq->sip->sip_to->a_tag != NULL;
	struct dialog *d = inside ? dialogs_find(rq->st, rq->sip)
				  : dialogs_find_first(rq->st, rq->sip);
	if (!d || !may_touch(rq, d))
		return true;
	bool again = invite_is_it(rq->st, d, rq->sip);
	if (!again && (inside || !is_first(rq, d)))
		return true;
	if (again)
		invite_repeat(d);
	drop(rq);
	return false;
}

static void ring_full(struct request *rq)
{
	atomic_fetch_add(&rq->st->link->busy, 1);
	reply_once(rq, &(struct reply){ .status = 503, .retry_after = "10" });
}

/* The loop cannot keep up: nothing new, so that what is there does not suffer. The jitter keeps those who
 * obey Retry-After from coming back in one moment. */
static bool is_behind(struct request *rq)
{
	char after[8];
	uint8_t rnd = 0;
	if (!link_is_behind(rq->st->link, station_now_ms()))
		return false;
	if (getentropy(&rnd, 1) != 0)
		rnd = 0;
	(void)text_format(after, sizeof after, "%u", 2u + rnd % 4u);
	atomic_fetch_add(&rq->st->link->behind, 1);
	reply_once(rq, &(struct reply){ .status = 503, .retry_after = after });
	return true;
}

static void take_invite(struct request *rq)
{
	struct station *st = rq->st;
	struct link_call call = { .called = "", .srtp = rq->srtp };
	/* merged (section 8.2.2.2): the same INVITE on another way */
	if (dialogs_find_first(st, rq->sip)) {
		reply_once(
			rq, &(struct reply){ .status = 482, .phrase = "Request Merged" });
		return;
	}
	if (is_behind(rq) || !check_require(rq) || !check_session(rq) ||
		!check_body(rq) || !check_contact(rq, true) || !check_parties(rq, &call))
		return;
	if (st->close_by_ms || st->dialogs.n_live >= TRUNK_DIALOGS_MAX ||
		!link_has_room(st->link, st->dialogs.n_live)) {
		ring_full(rq);
		return;
	}
	atomic_fetch_add(&st->link->invites, 1);
	int err = dialog_new(rq, &call);
	if (err) {
		log_error("sip: a call was refused: %s", strerror(err));
		reply_status(rq, 500);
	}
}

static void take_reinvite(struct request *rq, struct dialog *d)
{
	if (check_require(rq) && check_session(rq) && check_body(rq) &&
		check_contact(rq, false))
		dialog_reinvite(d, rq);
}

static void take_update(struct request *rq, struct dialog *d)
{
	if (check_require(rq) && check_session(rq) && check_body(rq) &&
		check_contact(rq, false))
		dialog_update(d, rq);
}

static void take_cancel(struct request *rq)
{
	struct dialog *d = rq->sip->sip_to->a_tag ? dialogs_find(rq->st, rq->sip)
						  : dialogs_find_first(rq->st, rq->sip);
	if (d && invite_is_it(rq->st, d, rq->sip))
		dialog_cancel(d, rq);
	else
		reply_status(rq, 481);
}

static void take_cancel_inside(struct request *rq, struct dialog *d)
{
	take_cancel(rq);
}

static void take_bye(struct request *rq, struct dialog *d)
{
	if (check_require(rq))
		dialog_bye(d, rq);
}

static void take_stray(struct request *rq)
{
	reply_status(rq, 481);
}

static void take_options(struct request *rq)
{
	if (check_require(rq))
		reply_held(rq,
			&(struct reply){ .status = 200,
				.allow = STATION_ALLOW,
				.accept = STATION_ACCEPT,
				.accept_encoding = "identity",
				.supported = station_supported(rq->st) });
}

static void take_options_inside(struct request *rq, struct dialog *d)
{
	if (d->state == DIALOG_OVER) {
		reply_status(rq, 481);
		return;
	}
	d->remote_cseq = rq->sip->sip_cseq->cs_seq;
	take_options(rq);
}

/* The phone's wish, at most STATION_REGISTER_S; "Contact: *" and 0 take leave (section 10.2.2). */
static uint32_t expires_of(const sip_t *sip)
{
	uint64_t s = sip->sip_expires ? sip->sip_expires->ex_delta : STATION_REGISTER_S;
	const sip_contact_t *c = sip->sip_contact;
	if (c && c->m_expires)
		(void)slice_u64(slice_str(c->m_expires), UINT32_MAX, &s);
	return s < STATION_REGISTER_S ? (uint32_t)s : STATION_REGISTER_S;
}

/* Nothing is ever called here, so no binding is kept; a phone that wants to register is told yes. */
static void take_register(struct request *rq)
{
	char expires[16];
	if ((!rq->proven && !gate_prove(rq)) || !check_require(rq))
		return;
	uint32_t s = expires_of(rq->sip);
	const sip_contact_t *c = rq->sip->sip_contact;
	bool star = c && c->m_url->url_type == url_any;
	(void)text_format(expires, sizeof expires, "%u", s);
	reply_held(rq,
		&(struct reply){ .status = 200,
			.bindings = s && !star ? c : NULL,
			.expires = expires });
}

static const struct {
	sip_method_t method;
	void (*outside)(struct request *rq);
	void (*inside)(struct request *rq, struct dialog *d); /* NULL: as outside */
} methods[] = {
	{ sip_method_invite, take_invite, take_reinvite },
	{ sip_method_cancel, take_cancel, take_cancel_inside },
	{ sip_method_bye, take_stray, take_bye },
	{ sip_method_update, take_stray, take_update },
	{ sip_method_options, take_options, take_options_inside },
	{ sip_method_register, take_register, NULL },
};

/* section 8.2.1: 405 for a method that is known, 501 for one that nobody knows */
static void refuse_method(struct request *rq)
{
	bool known = method_of(rq) != sip_method_unknown;
	reply_once(rq,
		&(struct reply){ .status = known ? 405 : 501, .allow = STATION_ALLOW });
}

static void dispatch_inside(struct request *rq, size_t i)
{
	struct dialog *d = dialogs_find(rq->st, rq->sip);
	if (!d && method_of(rq) == sip_method_update)
		d = dialogs_find_early(rq->st, rq->sip);
	if (!d) {
		reply_status(rq, 481);
		return;
	}
	/* section 12.2.2; a CANCEL bears the number of its INVITE */
	if (rq->sip->sip_cseq->cs_seq < d->remote_cseq &&
		method_of(rq) != sip_method_cancel) {
		reply_once(rq,
			&(struct reply){ .status = 500, .phrase = "CSeq Out Of Order" });
		return;
	}
	methods[i].inside(rq, d);
}

static bool dispatch(struct request *rq)
{
	for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
		if (methods[i].method != method_of(rq))
			continue;
		if (rq->sip->sip_to->a_tag && methods[i].inside)
			dispatch_inside(rq, i);
		else
			methods[i].outside(rq);
		return false;
	}
	refuse_method(rq);
	return false;
}

static bool (*const steps[])(struct request *rq) = {
	take_ack,
	take_repeated,
	gate_admit,
	check_form,
	dispatch,
};

void station_request(struct station *st, msg_t *msg, sip_t *sip)
{
	struct request rq = { .st = st, .msg = msg, .sip = sip };
	struct sockaddr_storage from;
	socklen_t n = sizeof from;
	if (msg_get_address(msg, (su_sockaddr_t *)&from, &n) != 0 ||
		peers_addr_of(&rq.from, (struct sockaddr *)&from) != 0) {
		drop(&rq);
		return;
	}
	rq.from.transport = (uint8_t)station_transport_of(sip);
	watch_heard(st, sip, &rq.from, false);
	for (size_t i = 0; i < sizeof steps / sizeof steps[0] && steps[i](&rq); i++)
		;
	if (rq.msg)
		drop(&rq);
}
