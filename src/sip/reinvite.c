/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * reinvite -- see reinvite.h.  SIP thread.
 *
 * The ACK to a 2xx is stateless, and each repetition of the 2xx gets a new one; with NTATAG_ACK_BRANCH,
 * without which nta asserts that it finds the INVITE.
 */
#include "sip/reinvite.h"
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include "base/log.h"
#include "base/text.h"
#include "sip/challenge.h"
#include "sip/dialog_inner.h"
#include "sip/refresh.h"
#include "sip/watch.h"

struct reinvite {
	struct station *st;
	struct list all;
	struct dialog *d; /* NULL: it is over */
	nta_leg_t *leg; /* owned, when d is NULL; or NULL */
	nta_outgoing_t *transaction; /* owned */
	struct challenge challenge;
	bool is_refresh; /* nothing but that: its refusal is told to nobody */
	bool is_update;
	su_timer_t *timer;
	char *sdp;
	char hop[DIALOG_HOP_MAX];
};

static void tell(const struct dialog *d, uint16_t status, char *sdp, size_t n)
{
	link_event(d->st->link,
		&(struct link_event){ .kind = LINK_REINVITED,
			.dialog = d->id,
			.status = status,
			.sdp = sdp,
			.sdp_len = n });
}

void reinvite_free(struct reinvite *r)
{
	if (!r)
		return;
	list_remove(&r->all);
	if (r->transaction)
		nta_outgoing_destroy(r->transaction);
	if (r->timer)
		su_timer_destroy(r->timer);
	if (r->leg)
		nta_leg_destroy(r->leg);
	challenge_close(&r->challenge);
	free(r->sdp);
	free(r);
}

void reinvites_close(struct station *st)
{
	if (st->reinvites.next)
		list_each_safe(it, &st->reinvites)
			reinvite_free(list_entry(it, struct reinvite, all));
}

/* The dialog and the transaction go different ways from here. */
static struct dialog *take_dialog(struct reinvite *r)
{
	struct dialog *d = r->d;
	if (d)
		d->reinvite = NULL;
	r->d = NULL;
	return d;
}

void reinvite_part(struct dialog *d)
{
	struct reinvite *r = d->reinvite;
	free(d->offer);
	d->offer = NULL;
	if (!r)
		return;
	(void)take_dialog(r);
	r->leg = d->leg;
	d->leg = NULL;
}

void dialog_acknowledge(struct station *st, nta_leg_t *leg, const char *hop,
	const char *branch, uint32_t number)
{
	char cseq[32];
	watch_sent(st, leg, &(struct watch_sent){ .method = "ACK", .cseq = number });
	(void)text_format(cseq, sizeof cseq, "%u ACK", number);
	(void)nta_outgoing_tcreate(leg, NULL, NULL, (const void *)hop, SIP_METHOD_ACK,
		NULL, SIPTAG_CSEQ_STR(cseq), NTATAG_ACK_BRANCH(branch),
		NTATAG_STATELESS(1), SIPTAG_USER_AGENT_STR(STATION_NAME), TAG_END());
}

static void acknowledge(
	struct station *st, nta_leg_t *leg, const char *hop, const sip_t *sip)
{
	if (sip->sip_via && sip->sip_via->v_branch)
		dialog_acknowledge(
			st, leg, hop, sip->sip_via->v_branch, sip->sip_cseq->cs_seq);
}

bool reinvite_stray(struct station *st, const sip_t *sip)
{
	char hop[DIALOG_HOP_MAX];
	struct dialog *d = dialogs_find_answer(st, sip);
	if (!d || !d->leg || sip->sip_cseq->cs_seq > nta_leg_get_seq(d->leg))
		return false;
	dialog_next_hop(hop, d);
	acknowledge(st, d->leg, hop, sip);
	return true;
}

/* --- the end of one --- */

/* A copy, or NULL where there is none that could be read. */
static char *answer_of(const sip_t *sip, size_t *n)
{
	return dialog_has_body(sip) && sip->sip_payload->pl_len <= TRUNK_BODY_MAX
		? dialog_copy_body(sip, n)
		: NULL;
}

static void tell_refreshed(const struct dialog *d, char *answer, size_t n)
{
	if (answer)
		link_event(d->st->link,
			&(struct link_event){ .kind = LINK_REFRESHED,
				.dialog = d->id,
				.sdp = answer,
				.sdp_len = n });
}

static void accepted(struct reinvite *r, const sip_t *sip)
{
	struct dialog *d = r->d;
	const sip_contact_t *c = sip->sip_contact;
	size_t n = 0;
	if (!d) {
		if (r->leg && !r->is_update)
			acknowledge(r->st, r->leg, r->hop, sip);
		return;
	}
	/* target refresh, section 12.2.1.2 */
	if (c && c->m_url->url_host &&
		(c->m_url->url_type == url_sip || c->m_url->url_type == url_sips))
		(void)nta_leg_server_route(d->leg, NULL, c);
	dialog_next_hop(r->hop, d);
	if (!r->is_update)
		acknowledge(r->st, d->leg, r->hop, sip);
	refresh_accepted(d, sip);
	/* an UPDATE has asked for nothing */
	char *answer = r->is_update ? NULL : answer_of(sip, &n);
	bool is_refresh = r->is_refresh;
	if (!is_refresh) {
		free(d->sdp);
		d->sdp = r->sdp;
		r->sdp = NULL;
	}
	(void)take_dialog(r);
	dialog_tell_state(d);
	if (is_refresh)
		tell_refreshed(d, answer, n);
	else
		tell(d, 200, answer, answer ? n : 0);
	dialog_go_on(d);
}

/* Section 14.1: who did not make the Call-ID, and we never do, waits for 0 to 2 s, i.e. up to 4 T1; and
 * for no longer when the far side says how long (14.2). after_s: 0 when it does not. */
static bool put_off(struct dialog *d, struct reinvite *r, uint64_t after_s)
{
	uint16_t rnd = 0;
	int64_t most = 4 * (int64_t)d->st->t1_ms;
	if (d->offer_tries >= REINVITE_TRIES || getentropy(&rnd, sizeof rnd) != 0)
		return false;
	if (d->offer) { /* a newer one has taken its place */
		tell(d, 491, NULL, 0);
	} else {
		d->offer = r->sdp;
		r->sdp = NULL;
	}
	int64_t wait = after_s ? (int64_t)(after_s * 1000) : 1 + rnd % most;
	d->offer_ms = station_now_ms() + (wait < most ? wait : most);
	return true;
}

/* 491: both asked at once. 500 with Retry-After: one of ours is unsettled over there, which a former
 * process had sent (section 14.2). */
static bool is_for_now(int status, const sip_t *sip)
{
	return status == 491 || (status == 500 && sip && sip->sip_retry_after);
}

/* 422: once more with the interval that it wants (RFC 4028 section 7.3). */
static bool is_to_be_longer(struct dialog *d, int status, const sip_t *sip)
{
	if (status != 422 || !sip)
		return false;
	const struct session_said said = refresh_said(sip);
	return session_raise(&d->session, &said);
}

/* A refresh was not accepted (RFC 4028 sections 7.4 and 10): by another method, for longer, or once more. */
static void refresh_refused(
	struct dialog *d, struct reinvite *r, int status, const sip_t *sip)
{
	uint16_t rnd = 0;
	bool unknown = r->is_update && (status == 405 || status == 501);
	refresh_later(d);
	if (unknown)
		d->can_update = false;
	if (unknown || is_to_be_longer(d, status, sip))
		d->refresh_ms = station_now_ms();
	else if (is_for_now(status, sip) && getentropy(&rnd, sizeof rnd) == 0)
		d->refresh_ms = station_now_ms() + 1 + rnd % (4 * d->st->t1_ms);
}

/* sip: NULL when nothing came */
static void refused(struct reinvite *r, int status, const sip_t *sip)
{
	struct dialog *d = r->d;
	uint64_t after_s = sip && sip->sip_retry_after ? sip->sip_retry_after->af_delta
						       : 0;
	if (!d)
		return;
	if (r->is_refresh)
		refresh_refused(d, r, status, sip);
	bool again = !r->is_refresh &&
		(is_for_now(status, sip) || is_to_be_longer(d, status, sip)) &&
		put_off(d, r, after_s);
	(void)take_dialog(r);
	if (!again && !r->is_refresh)
		tell(d, (uint16_t)status, NULL, 0);
	if (status == 481 || status == 408)
		dialog_fail(d, TRUNK_END_FAILED);
	else
		dialog_go_on(d);
}

static nta_outgoing_t *send_it(struct reinvite *r);

static int on_response(void *arg, nta_outgoing_t *orq, const sip_t *sip)
{
	struct reinvite *r = arg;
	int status = nta_outgoing_status(orq);
	watch_answer(r->st, orq, sip);
	if (status < 200)
		return 0;
	if (r->d && challenge_take(&r->challenge, r->st, &r->d->from, orq, sip)) {
		nta_outgoing_t *next = send_it(r);
		if (next) {
			nta_outgoing_destroy(orq);
			r->transaction = next;
			return 0;
		}
	}
	if (status < 300 && sip)
		accepted(r, sip);
	else
		refused(r, status, sip);
	reinvite_free(r);
	return 0;
}

/* Something answered with a provisional response and died since. */
static void on_timer(struct station *st, su_timer_t *t, void *arg)
{
	struct reinvite *r = arg;
	refused(r, 408, NULL);
	reinvite_free(r);
}

/* --- the beginning --- */

static nta_outgoing_t *send_it(struct reinvite *r)
{
	struct refresh_headers session;
	refresh_headers(&session, r->d);
	nta_outgoing_t *sent = nta_outgoing_tcreate(r->d->leg, on_response, r,
		(const void *)r->hop,
		r->is_update ? sip_method_update : sip_method_invite,
		r->is_update ? "UPDATE" : "INVITE", NULL,
		SIPTAG_CONTACT_STR(station_contact(r->st, r->d->from.transport)),
		SIPTAG_ALLOW_STR(STATION_ALLOW), REFRESH_TAGS(r->st, &session),
		CHALLENGE_TAGS(&r->challenge), SIPTAG_USER_AGENT_STR(STATION_NAME),
		TAG_IF(r->sdp != NULL, SIPTAG_CONTENT_TYPE_STR(STATION_ACCEPT)),
		TAG_IF(r->sdp != NULL, SIPTAG_PAYLOAD_STR(r->sdp)), TAG_END());
	if (sent)
		watch_sent(r->st, r->d->leg,
			&(struct watch_sent){
				.method = r->is_update ? "UPDATE" : "INVITE",
				.cseq = nta_leg_get_seq(r->d->leg),
				.sdp = r->sdp });
	return sent;
}

/* What waits, or else a refresh: by UPDATE where the far side takes it, which leaves the description alone (RFC 4028
 * section 7.4), else with the last description, of which nothing changed, so its version stays (RFC 3264 section 8). */
static bool choose(struct reinvite *r, struct dialog *d)
{
	bool change = d->offer && station_now_ms() >= d->offer_ms;
	r->is_refresh = !change;
	r->is_update = !change && d->can_update;
	if (change) {
		r->sdp = d->offer;
		d->offer = NULL;
	} else if (!r->is_update) {
		r->sdp = d->sdp ? strdup(d->sdp) : NULL;
	}
	return r->is_update || r->sdp;
}

static struct reinvite *begin(struct dialog *d)
{
	struct reinvite *r = calloc(1, sizeof *r);
	if (!r)
		return NULL;
	r->st = d->st;
	r->d = d;
	list_append(&d->st->reinvites, &r->all);
	dialog_next_hop(r->hop, d);
	r->timer = su_timer_create(su_root_task(d->st->root), 0);
	if (choose(r, d) && r->timer)
		r->transaction = send_it(r);
	if (!r->transaction) {
		reinvite_free(r);
		return NULL;
	}
	(void)su_timer_set_interval(
		r->timer, on_timer, r, (su_duration_t)(REINVITE_END_T1 * d->st->t1_ms));
	return r;
}

int64_t reinvite_due_ms(const struct dialog *d)
{
	int64_t offer_ms = d->offer ? d->offer_ms : 0;
	if (d->reinvite || d->state != DIALOG_TALKING || d->invite.state != INVITE_NONE)
		return 0;
	if (!offer_ms || !d->refresh_ms)
		return offer_ms ? offer_ms : d->refresh_ms;
	return offer_ms < d->refresh_ms ? offer_ms : d->refresh_ms;
}

/* The loop is behind. */
static void put_both_off(struct dialog *d)
{
	int64_t later_ms = station_now_ms() + d->st->t1_ms;
	if (d->offer)
		d->offer_ms = later_ms;
	if (d->refresh_ms)
		d->refresh_ms = later_ms;
}

void reinvite_try(struct dialog *d)
{
	int64_t due_ms = reinvite_due_ms(d);
	bool change = d->offer && station_now_ms() >= d->offer_ms;
	if (!due_ms || station_now_ms() < due_ms)
		return;
	if (!link_has_room(d->st->link, d->st->dialogs.n_live)) {
		put_both_off(d);
		return;
	}
	d->offer_tries += change;
	d->reinvite = begin(d);
	if (d->reinvite) {
		dialog_tell_state(d); /* our CSeq moved */
		return;
	}
	log_warn("sip: a re-INVITE could not be sent");
	refresh_later(d);
	if (!change)
		return;
	free(d->offer);
	d->offer = NULL;
	tell(d, 500, NULL, 0);
}

void reinvite_want(struct dialog *d, char *sdp)
{
	if (d->state == DIALOG_HANGING || d->state == DIALOG_OVER) {
		free(sdp); /* it crossed the end */
		return;
	}
	if (!sdp || d->state == DIALOG_RINGING ||
		d->state == DIALOG_CALLING) { /* there is nothing to change yet */
		free(sdp);
		tell(d, 500, NULL, 0);
		return;
	}
	if (d->offer)
		tell(d, 491, NULL,
			0); /* of the one that waits, in whose place this one comes */
	free(d->offer);
	d->offer = sdp;
	d->offer_ms = station_now_ms();
	d->offer_tries = 0;
	dialog_go_on(d);
}
