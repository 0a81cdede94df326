/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * watch -- tells the loop each message of a call, masked, while somebody asked for it (trunk_watch()).
 *
 * While nobody did, each function is one load and one branch.  Only messages of dialogs that are there, so that
 * what strangers send fills no ring.  SIP thread; no allocation; what finds no place is counted, never waited for.
 */
#ifndef SIP_WATCH_H
#define SIP_WATCH_H

#include "sip/station.h"

/* A request that came; `begins`: the dialog was made of it. */
void watch_heard(
	struct station *st, const sip_t *sip, const struct peers_addr *from, bool begins);
/* A response that came to a request of ours, from there, or to this transaction. */
void watch_response(struct station *st, const sip_t *sip, const struct peers_addr *from);
void watch_answer(struct station *st, nta_outgoing_t *orq, const sip_t *sip);
/* Our response to this request. sdp: or NULL. */
void watch_reply(struct station *st, msg_t *req, int status, const char *sdp);
void watch_held(struct station *st, nta_incoming_t *irq, int status);

/* A request of ours on this leg. */
struct watch_sent {
	const char *method;
	uint32_t cseq;
	const struct peers_addr *to; /* NULL: where its dialog's far side is */
	const char *from_user,
		*uri; /* of our own call: of From, and the whole URI; or NULL */
	const char *sdp; /* or NULL */
};
void watch_sent(struct station *st, const nta_leg_t *leg, const struct watch_sent *w);

#endif
