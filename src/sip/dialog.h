/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * dialog -- a dialog (RFC 3261 section 12), from its INVITE to 64*T1 after its end.  Who called makes a difference
 * only until it is answered: dial.h has that side of it.
 *
 * The states and what may happen in them stand in one table (dialog.c).  A dialog that is over lingers
 * without message, description or leg, so that late ACKs, retransmitted INVITEs and merged requests
 * still find it.
 *
 * Memory: struct dialogs owns all of them; each owns its leg, timer, strings and INVITE.
 * Cost: a lookup by our tag or by Call-ID, From tag and CSeq is one hash.  Thread: SIP.
 */
#ifndef SIP_DIALOG_H
#define SIP_DIALOG_H

#include <stdbool.h>
#include <stdint.h>
#include "base/list.h"
#include "sip/link.h"
#include "sip/peers.h"
#include "sip/session.h"
#include "sip/stack.h"

#define DIALOG_TAG_SIZE 31 /* 13 characters of id, '-', 16 of randomness, NUL */
#define DIALOG_BUCKETS  8192
/* Live and lingering ones together; at 500 calls a second 64*T1 holds 16,000. The oldest goes first. */
#define DIALOG_HELD_MAX (4 * TRUNK_DIALOGS_MAX)
/* The first request of ours bears the next number; 0 would make nta take the time of day. */
#define DIALOG_CSEQ_FIRST 1
/* trunk_release() is waited for so long before a BYE is answered. */
#define DIALOG_RELEASE_MS 1000

enum dialog_state {
	DIALOG_NONE, /* missing in the table: nothing happens */
	DIALOG_RINGING, /* INVITE unanswered */
	DIALOG_ANSWERED, /* 200 sent, no ACK yet */
	DIALOG_TALKING,
	DIALOG_REOFFERED, /* a re-INVITE waits for the application */
	DIALOG_REANSWERED, /* its 200 waits for the ACK */
	DIALOG_UPDATED, /* the offer of an UPDATE waits for the application */
	DIALOG_CALLING, /* our INVITE is out: dial.h */
	DIALOG_HANGING, /* we hung up before the ACK: the BYE waits for it (section 15) */
	DIALOG_OVER, /* lingers */
	DIALOG_STATES
};

enum dialog_event {
	DIALOG_EV_RING,
	DIALOG_EV_ANSWER,
	DIALOG_EV_REJECT,
	DIALOG_EV_HANGUP,
	DIALOG_EV_ACK,
	DIALOG_EV_BYE,
	DIALOG_EV_CANCEL,
	DIALOG_EV_EXPIRE, /* no ACK, or no answer from us */
	DIALOG_EV_REOFFER,
	DIALOG_EV_UPDATE, /* an UPDATE with an offer */
	DIALOG_EV_LAPSE, /* its session was not refreshed */
	DIALOG_EV_RESEND, /* a re-INVITE without offer */
	DIALOG_EV_SHUT, /* the trunk ends */
	DIALOG_EV_REACHED, /* our INVITE was answered */
	DIALOG_EV_UNREACHED, /* it was not */
	DIALOG_EVENTS
};

enum invite_state { INVITE_NONE, INVITE_PROCEEDING, INVITE_COMPLETED, INVITE_ACCEPTED };

struct invite {
	enum invite_state state;
	msg_t *request; /* NULL in INVITE_NONE */
	uint32_t cseq;
	uint64_t branch; /* hash of the top Via's branch and sent-by */
	int status; /* last sent; 0: nothing yet */
	char *phrase; /* or NULL */
	uint32_t retry_after_s;
	uint32_t interval_ms;
	int64_t next_ms, deadline_ms; /* 0: none */
};

struct dialog {
	struct station *st;
	struct list by_tag, by_key,
		order; /* order: live ones, or lingering ones by age */
	uint64_t id;
	uint64_t key; /* hash of Call-ID, From tag and CSeq of the first INVITE */
	enum dialog_state state;
	struct peers_addr from;
	char tag[DIALOG_TAG_SIZE];
	char *call_id, *remote_tag; /* remote_tag: "" for a caller of RFC 2543 */
	char *head; /* Via, From, To, Call-ID of the first INVITE as text, see state.h; or NULL */
	bool head_has_via; /* not after a rebuilding in the midst of a re-INVITE */
	uint32_t remote_cseq;
	nta_leg_t *leg;
	su_timer_t *timer;
	struct invite invite;
	uint32_t first_cseq;
	uint64_t first_branch;
	char *sdp; /* last sent, or NULL */
	bool offered; /* the first INVITE had no description: our 200 is the offer */
	bool rung; /* a provisional response has shown our tag */
	bool acked; /* the first 200 was acknowledged */
	bool told; /* `ended` was delivered */
	bool byed; /* the far side said BYE */
	nta_incoming_t *bye; /* its BYE, until trunk_release(); or NULL */
	int64_t bye_ms; /* when it is answered in any case */
	nta_incoming_t *update; /* theirs, while it waits for the application; or NULL */
	msg_t *update_request;
	int64_t update_by_ms; /* when it is refused */
	struct session session;
	int64_t refresh_ms, session_end_ms; /* 0: never */
	bool can_update; /* the far side takes UPDATE */
	char *offer; /* of a re-INVITE of ours that waits; or NULL */
	int64_t offer_ms; /* not before */
	unsigned offer_tries;
	struct reinvite *reinvite; /* under way, or NULL */
	struct dial *
		dial; /* the INVITE that began it, while an answer to that may come; or NULL */
	int64_t gone_ms; /* when a lingering one is freed */
};

struct dialogs {
	struct list *by_tag, *by_key; /* DIALOG_BUCKETS each */
	struct list live, lingering;
	size_t n_live, n_lingering;
};

struct request;

int dialogs_init(struct dialogs *ds);
void dialogs_close(struct dialogs *ds); /* silently */
/* By our tag, Call-ID and remote tag; NULL when it is not ours. */
struct dialog *dialogs_find(struct station *st, const sip_t *sip);
/* The dialog that this INVITE, or this CANCEL of one, began; without a tag in To. */
struct dialog *dialogs_find_first(struct station *st, const sip_t *sip);
/* The call of ours, not yet answered, within which this request of the far side comes. */
struct dialog *dialogs_find_early(struct station *st, const sip_t *sip);
struct dialog *dialogs_find_id(struct station *st, uint64_t id);
/* The dialog within which we sent the request that this is the answer to. */
struct dialog *dialogs_find_answer(struct station *st, const sip_t *sip);

/* A checked INVITE of a new call. Takes the message on success. ENOMEM. */
int dialog_new(struct request *rq, const struct link_call *call);
void dialog_reinvite(struct dialog *d, struct request *rq);
void dialog_update(struct dialog *d, struct request *rq);
void dialog_ack(struct dialog *d, const sip_t *sip);
void dialog_bye(struct dialog *d, struct request *rq);
/* Answers the CANCEL too. */
void dialog_cancel(struct dialog *d, struct request *rq);
/* What a former process left: before the loop runs. Each is told by `changed` or `ended`. */
void dialogs_restore(struct station *st, const struct trunk_saved *saved, size_t n);
void dialog_command(struct station *st, struct link_command *c); /* may take its text */
void dialogs_shut(struct station *st);
bool dialogs_are_quiet(const struct station *st); /* nothing waits for an answer */

#endif
