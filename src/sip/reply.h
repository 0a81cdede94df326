/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * reply -- every response that leaves here.
 *
 * Thread: the SIP thread.  The headers that are NULL are left out; Via, From, To, Call-ID, CSeq and
 * Record-Route come from the request.
 */
#ifndef SIP_REPLY_H
#define SIP_REPLY_H

#include "sip/station.h"

struct reply {
	int status;
	const char *phrase; /* NULL: the standard one */
	const char *allow, *accept, *accept_encoding, *supported, *unsupported;
	const char *require, *session_expires, *min_se;
	const char *contact, *retry_after, *expires, *sdp;
	const char *challenge[2]; /* WWW-Authenticate */
	sip_contact_t const *bindings; /* echoed to a REGISTER */
};

/* Stateless; req stays the caller's. */
void reply_to(struct station *st, msg_t *req, const struct reply *r);
/* Stateless; takes the request's message. */
void reply_once(struct request *rq, const struct reply *r);
void reply_status(struct request *rq, int status);
/* By a server transaction of nta, which answers retransmissions for 64*T1; not for INVITE, because
 * nta asserts on an ACK to a final response that it failed to send. Takes the request's message. */
void reply_held(struct request *rq, const struct reply *r);
/* The same in two steps; repetitions in between are absorbed. NULL: no memory. */
nta_incoming_t *reply_hold(struct request *rq);
void reply_release(nta_incoming_t *held, const struct reply *r);

#endif
