/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * restore -- dialogs that a former process left are rebuilt; see dialog.h and state.h.
 *
 * Everything that must not be lost is repeated rather than believed to have happened: a 200 whose ACK
 * was not recorded goes out again, and our own CSeq leaves a gap.  SIP thread, before its loop.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "sip/dialog_inner.h"
#include "sip/refresh.h"
#include "sip/state.h"

/* Our tag begins with the id, see make_tag(). */
static int take_tag(struct dialog *d, const char *tag)
{
	char text[IDS_TEXT_SIZE];
	uint64_t id;
	memcpy(text, tag, sizeof text - 1);
	text[sizeof text - 1] = 0;
	if (ids_parse(text, &id) != 0 || id != d->id || tag[sizeof text - 1] != '-')
		return EINVAL;
	memcpy(d->tag, tag, sizeof d->tag);
	return 0;
}

static enum dialog_state state_of(uint8_t flags)
{
	bool first = flags & STATE_FIRST;
	if (!(flags & STATE_ANSWERED))
		return DIALOG_RINGING;
	if (!(flags & STATE_PENDING))
		return DIALOG_TALKING;
	if (flags & STATE_ACCEPTED)
		return first ? DIALOG_ANSWERED : DIALOG_REANSWERED;
	return DIALOG_TALKING; /* of a re-INVITE the offer is lost: see settle_invite() */
}

static int fill(struct dialog *d, const struct state *s, const char *sdp)
{
	sip_t *sip = sip_object(s->msg);
	bool has_via = s->flags & STATE_FIRST;
	const sip_route_t *route = has_via && s->flags & STATE_PENDING
		? sip->sip_record_route
		: sip->sip_route;
	d->from = s->from;
	d->first_cseq = s->first_cseq;
	d->remote_cseq = s->remote_cseq;
	d->acked = s->flags & STATE_ACKED;
	d->offered = s->flags & STATE_OFFERED;
	d->rung = s->flags & STATE_RUNG;
	d->session = s->session;
	d->can_update = s->can_update;
	d->head_has_via = has_via;
	d->first_branch = has_via ? invite_branch(d->st, sip->sip_via) : 0;
	d->key = dialogs_key(
		d->st, sip->sip_call_id->i_id, sip->sip_from->a_tag, d->first_cseq);
	d->sdp = sdp ? strdup(sdp) : NULL;
	d->leg = dialog_make_leg(d, s->msg, route, s->local_cseq + STATE_CSEQ_STEP);
	d->head = state_head(sip, has_via);
	return dialog_name(d, sip) == 0 && d->leg && d->head && (d->sdp || !sdp) ? 0
										 : ENOMEM;
}

/* A call that was answered while the record of it said not yet: with a description it was, or was about
 * to be, and one 200 more does no harm. */
static void believe_answer(struct state *s, const char *sdp)
{
	if (!(s->flags & STATE_ANSWERED) && sdp)
		s->flags |= STATE_ANSWERED | STATE_ACCEPTED;
}

/* The INVITE goes on where it was. One that re-offers is refused, as its offer is lost: 491 makes the
 * far side ask again (RFC 3261 section 14.1). */
static void settle_invite(struct dialog *d, struct state *s)
{
	if (!(s->flags & STATE_PENDING))
		return;
	invite_restore(d, s->msg, s->flags & STATE_ACCEPTED);
	s->msg = NULL;
	if (d->state == DIALOG_TALKING)
		invite_refuse(d, 491, NULL, 0);
}

static int rebuild(struct station *st, const struct trunk_saved *saved)
{
	struct state s = { .msg = NULL };
	struct dialog *d = NULL;
	int err = saved->dialog && !dialogs_find_id(st, saved->dialog) &&
			(!saved->sdp ||
				strnlen(saved->sdp, TRUNK_BODY_MAX + 1) <= TRUNK_BODY_MAX)
		? state_read(&s, st, saved->state, saved->state_len)
		: EINVAL;
	if (err)
		return err;
	d = calloc(1, sizeof *d);
	if (!d) {
		err = ENOMEM;
		goto out;
	}
	d->st = st;
	d->id = saved->dialog;
	believe_answer(&s, saved->sdp);
	d->state = state_of(s.flags);
	err = take_tag(d, sip_object(s.msg)->sip_to->a_tag);
	if (!err)
		err = fill(d, &s, saved->sdp);
	if (err)
		goto out;
	settle_invite(d, &s);
	refresh_restart(d);
	dialogs_add(st, d);
	dialog_go_on(d);
	dialog_tell_state(d);
	if (!(d->id & LINK_DIALLED)) /* else it is the loop's, see trunk_new() */
		ids_above(&st->ids, d->id);
	d = NULL; /* handed over */
out:
	state_close(&s);
	dialog_free(d);
	return err;
}

void dialogs_restore(struct station *st, const struct trunk_saved *saved, size_t n)
{
	size_t failed = 0;
	for (size_t i = 0; i < n; i++) {
		if (st->dialogs.n_live < TRUNK_DIALOGS_MAX && rebuild(st, &saved[i]) == 0)
			continue;
		failed++;
		link_event(st->link,
			&(struct link_event){ .kind = LINK_ENDED,
				.dialog = saved[i].dialog,
				.why = TRUNK_END_FAILED });
	}
	atomic_store(&st->link->dialogs, st->dialogs.n_live);
	if (n)
		log_info(
			"sip: %zu of %zu calls of a former process go on", n - failed, n);
}
