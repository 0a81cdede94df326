/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* dial_inner -- what the two files of dial share: the transaction, and what is sent for it. */
#ifndef SIP_DIAL_INNER_H
#define SIP_DIAL_INNER_H

#include "sip/dial.h"
#include "sip/dialog_inner.h"
#include "sip/station.h"

#define BRANCH_SIZE \
	40 /* the cookie of RFC 3261 section 8.1.1.7, 16 random bytes as text, NUL */
#define URI_SIZE (TRUNK_USER_MAX + CARRIER_HOST + 8)

/* Its leg is made with the number before it, which cannot be 0: see DIALOG_CSEQ_FIRST. */
#define CSEQ_FIRST (DIALOG_CSEQ_FIRST + 1)

enum dial_state {
	DIAL_CALLING, /* nothing came yet: sent again and again (timer A) */
	DIAL_PROCEEDING, /* a provisional response came */
	DIAL_COMPLETED, /* refused: repetitions get their ACK (timer D) */
	DIAL_ACCEPTED, /* likewise, and there may be more of them (timer M of RFC 6026) */
};

enum { WWW, PROXY, CHALLENGERS };

/* Where it goes this time, and where it went before: by bits. */
struct attempt {
	struct carrier *carrier;
	struct peers_addr at;
	uint32_t servers, carriers;
	char number[TRUNK_NUMBER_MAX + 2];
};

struct dial {
	struct station *st;
	struct attempt attempt;
	struct list all;
	struct dialog *d; /* NULL: given up, or over */
	nta_leg_t *leg; /* for ACK and CANCEL */
	su_timer_t *timer;
	enum dial_state state;
	uint32_t cseq, interval_ms;
	int64_t next_ms, end_ms; /* next_ms 0: nothing is sent again */
	char branch[BRANCH_SIZE];
	char hop[DIALOG_HOP_MAX], uri[URI_SIZE];
	char *auth[CHALLENGERS]; /* our answers; or NULL */
	unsigned n_challenges[CHALLENGERS];
	char *taken; /* To tag of the 2xx that became the dialog; or NULL */
	bool rang, cancelled;
	bool is_longer; /* its session's interval was raised once */
	bool is_fresh; /* its INVITE needs a connection of its own */
	bool confirmed; /* the ACK went out */
};

/* Who calls whom, before there is an answer. cseq: the next request bears the number after it. NULL: no memory. */
nta_leg_t *dial_calling_leg(
	const struct dialog *d, const struct carrier *c, const char *uri, uint32_t cseq);
/* The dialog that a 2xx to our INVITE makes (RFC 3261 section 12.1.2). NULL: no memory. */
nta_leg_t *dial_answered_leg(struct dialog *d, struct station *st, const sip_t *sip);
void dial_send_invite(struct dial *x);
void dial_send_cancel(struct dial *x);
void dial_acknowledge_refusal(struct dial *x, const sip_t *sip);
/* The ACK to a 2xx, and BYE after it where its call is not wanted. */
void dial_settle_2xx(
	struct station *st, const sip_t *sip, const struct peers_addr *from, bool wanted);

#endif
