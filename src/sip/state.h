/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * state -- a dialog as bytes, from which a later process rebuilds it (struct trunk_saved).
 *
 * A short head of our own (version, flags, numbers, the caller's address), then an INVITE as text with
 * what a dialog is made of: Via, From, To with our tag, Call-ID, CSeq, Record-Route, Route, Contact, in
 * compact form.  While an INVITE of the far side is unsettled, it is that one, so its response can still
 * be made; else it names the first one, so a late repetition is known.  nta parses it, so a state is read
 * by what reads the network, and then checked as an INVITE is.
 *
 * Nothing in it is trusted: a foreign version, a cut or a changed state is refused as a whole.
 * Memory: none kept.  Thread: SIP.
 */
#ifndef SIP_STATE_H
#define SIP_STATE_H

#include "sip/dialog.h"

#define STATE_VERSION 3
/* Of our own numbers: more requests than a former process can have sent unrecorded. */
#define STATE_CSEQ_STEP 100

enum state_flag {
	STATE_ANSWERED = 1, /* the first INVITE */
	STATE_ACKED = 2, /* the first 200 */
	STATE_OFFERED = 4, /* our 200 is the offer */
	STATE_RUNG = 8,
	STATE_PENDING = 16, /* the INVITE in the text is unsettled */
	STATE_ACCEPTED = 32, /* it got its 200, which waits for the ACK */
	STATE_FIRST = 64, /* it is the first one */
};

/* Of what the far side is able to, and who refreshes (session.h). */
enum state_session { STATE_OURS = 1, STATE_KNOWS = 2, STATE_UPDATE = 4 };

struct state {
	uint8_t flags;
	uint32_t first_cseq, remote_cseq, local_cseq;
	struct session session;
	bool can_update;
	struct peers_addr from;
	msg_t *msg; /* owned: the INVITE */
};

/* The text of the headers that never change, from the first INVITE with our tag in To; without Via
 * where with_via is false. NULL: no memory, or too long to be ever of use. The caller frees. */
char *state_head(const sip_t *sip, bool with_via);
/* The same from the answer to an INVITE of ours, as if the far side had called: so a later process need not know
 * who did. */
char *state_head_of_answer(const sip_t *sip);
/* Returns the length, at most TRUNK_STATE_MAX; 0: it does not fit, or it rings by a Via
 * that state_read() would refuse. */
size_t state_write(const struct dialog *d, uint8_t out[TRUNK_STATE_MAX]);
/* EINVAL: nothing that this version wrote. */
int state_read(struct state *out, const struct station *st, const void *p, size_t n);
void state_close(struct state *s);

#endif
