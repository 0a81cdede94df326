/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * update -- their UPDATE (RFC 3311), by a server transaction of nta: with a description as a re-INVITE, without one
 * it refreshes target and session alone.
 *
 * One with a description waits for the application in DIALOG_UPDATED.
 * Memory: inside its dialog; owns the transaction and the request.  Thread: SIP.
 */
#ifndef SIP_UPDATE_H
#define SIP_UPDATE_H

#include "sip/reply.h"

#define UPDATE_UNANSWERED_T1 20 /* ten seconds; theirs ends after 64 T1 */

/* One without a description, within a dialog that goes on. */
void update_refresh(struct dialog *d, struct request *rq);
bool update_hold(struct dialog *d, struct request *rq); /* false: no memory, answered */
char *update_offer(const struct dialog *d, size_t *n); /* the caller frees */
void update_answer(struct dialog *d); /* 200 with d->sdp */
/* Nothing where none waits. */
void update_refuse(struct dialog *d, int status, const char *phrase, uint32_t retry_s);
void update_forget(struct dialog *d); /* silently */

#endif
