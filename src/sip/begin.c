/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * begin -- a dialog is made from a checked INVITE; see dialog.h.  SIP thread.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include "base/text.h"
#include "sip/dialog_inner.h"
#include "sip/refresh.h"
#include "sip/state.h"
#include "sip/watch.h"

char *dialog_copy_body(const sip_t *sip, size_t *n)
{
	*n = sip->sip_payload ? sip->sip_payload->pl_len : 0;
	char *p = malloc(*n + 1);
	if (!p)
		return NULL;
	if (*n)
		memcpy(p, sip->sip_payload->pl_data, *n);
	p[*n] = 0;
	return p;
}

bool dialog_has_body(const sip_t *sip)
{
	return sip->sip_payload && sip->sip_payload->pl_len > 0;
}

int dialog_make_tag(struct dialog *d)
{
	uint8_t rnd[8];
	char id[IDS_TEXT_SIZE], hex[2 * sizeof rnd + 1];
	if (getentropy(rnd, sizeof rnd) != 0)
		return errno;
	ids_text(id, d->id);
	text_hex(hex, sizeof hex, rnd, sizeof rnd);
	return text_format(d->tag, sizeof d->tag, "%s-%s", id, hex);
}

int dialog_nowhere(char out[DIALOG_NOWHERE])
{
	uint64_t rnd[2];
	if (getentropy(rnd, sizeof rnd) != 0)
		return errno;
	return text_format(out, DIALOG_NOWHERE, "sip:%016jx%016jx@invalid",
		(uintmax_t)rnd[0], (uintmax_t)rnd[1]);
}

/* The leg keeps route set, target and addresses for our BYE. */
nta_leg_t *dialog_make_leg(
	struct dialog *d, msg_t *msg, const sip_route_t *route, uint32_t cseq)
{
	sip_t *sip = sip_object(msg);
	char nowhere[DIALOG_NOWHERE], number[32];
	if (dialog_nowhere(nowhere) != 0 ||
		text_format(number, sizeof number, "%u INVITE", cseq) != 0 ||
		sip_to_tag(msg_home(msg), sip->sip_to, d->tag) < 0)
		return NULL;
	nta_leg_t *leg = nta_leg_tcreate(d->st->agent, NULL, d,
		URLTAG_URL((const url_string_t *)nowhere),
		SIPTAG_CALL_ID(sip->sip_call_id), SIPTAG_FROM(sip->sip_to),
		SIPTAG_TO(sip->sip_from), SIPTAG_CSEQ_STR(number), TAG_END());
	if (leg)
		(void)nta_leg_server_route(leg, route, sip->sip_contact);
	return leg;
}

int dialog_name(struct dialog *d, const sip_t *sip)
{
	d->call_id = strdup(sip->sip_call_id->i_id);
	d->remote_tag = strdup(sip->sip_from->a_tag ? sip->sip_from->a_tag : "");
	d->timer = su_timer_create(su_root_task(d->st->root), 0);
	return d->call_id && d->remote_tag && d->timer ? 0 : ENOMEM;
}

static int64_t wall_ms(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int fill(struct dialog *d, struct request *rq)
{
	const sip_t *sip = rq->sip;
	d->id = ids_next(&d->st->ids, wall_ms());
	d->key = dialogs_key(d->st, sip->sip_call_id->i_id, sip->sip_from->a_tag,
		sip->sip_cseq->cs_seq);
	d->from = rq->from;
	d->remote_cseq = d->first_cseq = sip->sip_cseq->cs_seq;
	d->offered = !dialog_has_body(sip);
	refresh_accept(d,
		sip); /* what our answer will say: a later process has no request to ask */
	int err = dialog_make_tag(d);
	if (err)
		return err;
	/* before the rest: it puts our tag into To */
	d->leg = dialog_make_leg(d, rq->msg, sip->sip_record_route, DIALOG_CSEQ_FIRST);
	d->head = state_head(sip, true);
	d->head_has_via = true;
	return d->leg ? dialog_name(d, sip) : ENOMEM;
}

int dialog_new(struct request *rq, const struct link_call *call)
{
	struct station *st = rq->st;
	struct link_event e = { .kind = LINK_INVITE };
	int err = ENOMEM;
	struct dialog *d = calloc(1, sizeof *d);
	if (!d)
		return ENOMEM;
	d->st = st;
	d->state = DIALOG_RINGING;
	e.call = malloc(sizeof *e.call);
	if (dialog_has_body(rq->sip))
		e.sdp = dialog_copy_body(rq->sip, &e.sdp_len);
	if (!e.call || (dialog_has_body(rq->sip) && !e.sdp))
		goto out;
	err = fill(d, rq);
	if (err)
		goto out;
	*e.call = *call;
	e.dialog = d->id;
	invite_begin(d, rq);
	d->first_branch = d->invite.branch;
	e.state = dialog_copy_state(d, &e.state_len);
	dialogs_add(st, d);
	dialog_go_on(d);
	atomic_store(&st->link->dialogs, st->dialogs.n_live);
	link_event(st->link, &e);
	watch_heard(st, rq->sip, &d->from, true);
	return 0;
out:
	free(e.call);
	free(e.sdp);
	dialog_free(d);
	return err;
}
