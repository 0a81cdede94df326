/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* update -- see update.h.  SIP thread. */
#include "sip/update.h"
#include "base/text.h"
#include "sip/dialog_inner.h"
#include "sip/refresh.h"

/* A 2xx to UPDATE moves the remote target (RFC 3311 section 5.2), and refreshes (RFC 4028 section 9). */
static void accept_it(struct dialog *d, const sip_t *sip)
{
	if (d->leg && sip->sip_contact)
		(void)nta_leg_server_route(d->leg, NULL, sip->sip_contact);
	refresh_accept(d, sip);
	refresh_start(d);
}

void update_refresh(struct dialog *d, struct request *rq)
{
	struct reply r = { .status = 200 };
	char text[REFRESH_TEXT];
	accept_it(d, rq->sip);
	refresh_reply(&r, d, text);
	reply_held(rq, &r);
}

bool update_hold(struct dialog *d, struct request *rq)
{
	msg_t *msg = msg_ref(rq->msg); /* reply_hold() takes the other */
	d->update = reply_hold(rq);
	if (!d->update) {
		reply_to(d->st, msg, &(struct reply){ .status = 500 });
		msg_destroy(msg);
		return false;
	}
	d->update_request = msg;
	d->update_by_ms = station_now_ms() + UPDATE_UNANSWERED_T1 * (int64_t)d->st->t1_ms;
	return true;
}

char *update_offer(const struct dialog *d, size_t *n)
{
	return dialog_copy_body(sip_object(d->update_request), n);
}

void update_forget(struct dialog *d)
{
	if (d->update_request)
		msg_destroy(d->update_request);
	d->update = NULL;
	d->update_request = NULL;
	d->update_by_ms = 0;
}

void update_answer(struct dialog *d)
{
	struct reply r = { .status = 200, .sdp = d->sdp };
	char text[REFRESH_TEXT];
	accept_it(d, sip_object(d->update_request));
	refresh_reply(&r, d, text);
	reply_release(d->update, &r);
	update_forget(d);
}

void update_refuse(struct dialog *d, int status, const char *phrase, uint32_t retry_s)
{
	char after[16];
	struct reply r = { .status = status, .phrase = phrase };
	if (!d->update)
		return;
	if (retry_s) {
		(void)text_format(after, sizeof after, "%u", retry_s);
		r.retry_after = after;
	}
	reply_release(d->update, &r);
	update_forget(d);
}
