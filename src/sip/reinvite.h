/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * reinvite -- our own INVITE within a dialog (RFC 3261 section 14.1): its client transaction is nta's.
 *
 * It is sent when the dialog talks and no INVITE of the far side is unsettled; 491, and 500 with
 * Retry-After, is tried again.  It
 * outlives its dialog when a BYE crosses it, since a final response may still ask for its ACK, but never
 * REINVITE_END_T1.
 * Memory: one struct for each that is under way, in the station's list.  Thread: SIP.
 */
#ifndef SIP_REINVITE_H
#define SIP_REINVITE_H

#include "sip/dialog.h"

#define REINVITE_END_T1 128 /* provisional responses or not: twice timer B */
/* Of one offer. Each waits for up to 2 s, so the far side had a quarter of a minute to settle its own. */
#define REINVITE_TRIES 12

struct reinvite;

/* trunk_reinvite(). Takes sdp; NULL: it could not be copied, which is told as 500, as is
 * one before the first INVITE is answered. */
void reinvite_want(struct dialog *d, char *sdp);
void reinvite_try(struct dialog *d); /* sends what waits, if now is the time */
int64_t reinvite_due_ms(const struct dialog *d); /* when to try again; 0: not by time */
void reinvite_part(struct dialog *d); /* the dialog is over; takes its leg */
void reinvite_free(struct reinvite *r); /* NULL allowed; says nothing to anybody */
void reinvites_close(struct station *st);
/* A 2xx to an INVITE that no transaction waits for: it came again, or a former process had asked. False: of no
 * dialog that goes on. */
bool reinvite_stray(struct station *st, const sip_t *sip);

#endif
