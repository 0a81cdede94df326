/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * invite -- the INVITE server transaction (RFC 3261 section 17.2.1 with the Accepted state of RFC 6026).
 *
 * Ours instead of nta's, for two reasons: nta answers 481 to a CANCEL that crosses a 2xx where RFC 6026
 * says 200, and it asserts when an ACK meets a final response that could not be sent, which a peer can
 * bring about with a Via that cannot be answered.
 *
 * It holds the request and makes each response anew from it, so a retransmission is a second making.
 * Memory: inside its dialog; owns the request's reference, phrase and description.  Thread: SIP.
 */
#ifndef SIP_INVITE_H
#define SIP_INVITE_H

#include "sip/reply.h"

/* Both in T1, so that a test need not wait. */
#define INVITE_PROVISIONAL_T1 120 /* a minute, RFC 3261 section 13.3.1.1 */
/* 200 s for a call that the centre neither answers nor refuses: more than a proxy's timer C (section 16.6) */
#define INVITE_UNANSWERED_T1 400
/* 200 ms: an answer that comes sooner needs no 100 before it (RFC 3261 section 17.2.1). And a caller who has
 * heard nothing yet asks again, and so finds the next process should this one die before it has kept the call. */
#define INVITE_TRYING_T1_PERCENT 40

/* Takes the message; sends nothing: the answer, or a 100 when that takes long, comes later. */
void invite_begin(struct dialog *d, struct request *rq);
void invite_ring(struct dialog *d);
void invite_accept(struct dialog *d); /* 200 with d->sdp */
void invite_refuse(struct dialog *d, int status, const char *phrase, uint32_t retry_s);
/* Of a former process: takes the message; sends nothing yet. accepted: its 200 waits for the ACK. */
void invite_restore(struct dialog *d, msg_t *request, bool accepted);
void invite_repeat(struct dialog *d); /* the request came again */
void invite_done(struct dialog *d); /* ACK, or nobody to wait for any more */
/* RFC 3261 section 17.2.3: branch and sent-by */
uint64_t invite_branch(const struct station *st, const sip_via_t *v);
bool invite_is_it(const struct station *st, const struct dialog *d, const sip_t *sip);
/* Retransmits what is due. True: the time for the ACK, or for our answer, is over. */
bool invite_tick(struct dialog *d, int64_t now_ms);

#endif
