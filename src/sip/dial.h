/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * dial -- calls that we make: the INVITE client transaction (RFC 3261 section 17.1.1 with the Accepted state of
 * RFC 6026) and what becomes of its answers (13.2.2).
 *
 * Ours instead of nta's: of a call that forked nta answers the second 2xx by itself, by asking a name server
 * for its Contact, and once only, so a lost BYE would leave a far side talking to nobody.  The message is made
 * anew for each retransmission, as in invite.h, and its parser, transport and legs are nta's.
 *
 * One struct is one transaction.  A challenge (401, 407) begins another one, which takes the dialog over; when the
 * dialog is given up the transaction lives on alone: it sends the CANCEL, and to a 2xx that crossed it ACK and
 * BYE.  A description in a provisional response is not looked at: there is no early media.
 *
 * Memory: in the station's list, at most DIAL_MAX.  Thread: SIP.
 */
#ifndef SIP_DIAL_H
#define SIP_DIAL_H

#include "sip/dialog.h"

#define DIAL_MAX 512 /* each response to an INVITE looks at each of them */
/* 200 s: longer than any telephone rings, should nobody give the call up (compare INVITE_UNANSWERED_T1) */
#define DIAL_UNANSWERED_T1 400
/* Of either challenge: once, and once more when the nonce was too old (section 22.2). */
#define DIAL_CHALLENGES 2
/* Nothing came for so long, where another server is left (RFC 3263 section 4.3 waits for all 64) */
#define DIAL_SILENT_T1 8

struct dial;

/* trunk_dial(). Takes the command's text; what cannot be begun is told by `ended`. */
void dial_begin(struct station *st, struct link_command *c);
/* The answer is kept: the ACK may go out. */
void dial_confirm(struct dialog *d);
/* The dialog is over, or nobody wants the call any more. */
void dial_part(struct dialog *d);
/* A response to an INVITE. False: to none of these. */
bool dial_response(struct station *st, const sip_t *sip, const struct peers_addr *from);
/* A 2xx that nobody waits for: of a call that a former process began, or another branch of a fork. */
void dial_stray(struct station *st, const sip_t *sip, const struct peers_addr *from);
bool dials_are_quiet(const struct station *st); /* none waits for an answer */
void dials_close(struct station *st);
void dial_forget(struct dialog *d); /* silently */
bool dial_is_number(const char *s);

#endif
