/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * link -- the two bounded rings between the control loop and the SIP thread.
 *
 * Events go up (SIP thread writes, loop reads), commands go down.  What a slot points to is owned by
 * the slot: whoever takes it out frees it.  No event is ever lost: link_has_room() admits a new call
 * only while every live dialog still finds LINK_PER_DIALOG places, so link_event() cannot fail.
 */
#ifndef SIP_LINK_H
#define SIP_LINK_H

#include <stdatomic.h>
#include "base/ring.h"
#include "sip/trunk.h"

/* What a dialog may still say after it was admitted, a re-INVITE of either side being admitted anew:
 * invite or reoffer or reinvited or refreshed, acked, ended, and three times that its state changed; or rang, reached or
 * unreached, ended. */
#define LINK_PER_DIALOG 6
/* TRUNK_RING unread events besides what the live dialogs may still say, rounded to a power of two: the rest, some
 * four thousand, is for calls of ours that cannot even begin, of which the loop asks for one an agent at most */
#define LINK_EVENTS   32768
#define LINK_COMMANDS (4 * TRUNK_RING)
#define LINK_CALL_ID  255
/* Marks the ids of dialogs that the loop gives, trunk_dial()'s: time reaches this bit in 2060. */
#define LINK_DIALLED (1ULL << 62)
/* The loop is behind, so new calls are refused: so many events unread, or the oldest so long ago. */
#define LINK_BEHIND    (TRUNK_RING / 4)
#define LINK_BEHIND_MS 2000

_Static_assert(LINK_EVENTS >= TRUNK_RING + LINK_PER_DIALOG * TRUNK_DIALOGS_MAX,
	"an event always finds its place");

struct link_call {
	char called[TRUNK_USER_MAX + 1], caller[TRUNK_USER_MAX + 1];
	char call_id[LINK_CALL_ID + 1];
	enum trunk_srtp srtp;
};

struct link_event {
	enum link_event_kind {
		LINK_INVITE,
		LINK_ACKED,
		LINK_REOFFER,
		LINK_CHANGED,
		LINK_REINVITED,
		LINK_REFRESHED,
		LINK_RANG,
		LINK_REACHED,
		LINK_UNREACHED,
		LINK_ENDED
	} kind;
	enum trunk_end why;
	uint16_t status; /* LINK_REINVITED and LINK_UNREACHED only */
	uint64_t dialog;
	struct link_call *call; /* owned; LINK_INVITE only */
	char *sdp; /* owned, with a NUL behind it; or NULL */
	size_t sdp_len;
	void *state; /* owned; or NULL */
	size_t state_len;
	int64_t at_ms; /* set by link_event() */
};

struct link_command {
	enum link_command_kind {
		LINK_RING,
		LINK_ANSWER,
		LINK_REJECT,
		LINK_HANGUP,
		LINK_REINVITE,
		LINK_RELEASE,
		LINK_DIAL,
		LINK_CONFIRM
	} kind;
	uint16_t status;
	uint32_t retry_after_s;
	uint64_t dialog;
	char *text; /* owned: the description or the phrase; or NULL */
	char *number; /* owned; LINK_DIAL only */
};

/* How it stands with one: written by the SIP thread, its name before the loop reads any. */
struct link_carrier {
	char name[TRUNK_NAME_MAX];
	_Atomic unsigned state, status;
	bool registers; /* as the name, set before the thread begins */
};

struct link {
	struct link_carrier carrier[TRUNK_CARRIERS_MAX];
	_Atomic size_t n_carriers;
	struct ring events, commands;
	struct ring seen; /* of struct trunk_seen, upwards; what finds no place is lost */
	_Atomic bool watched;
	_Atomic uint64_t unseen;
	int wake_fd; /* eventfd: something for the SIP thread */
	struct trunk_handler handler; /* the SIP thread calls `wake` only */
	_Atomic bool stop, leave; /* leave: without a word; set before stop */
	_Atomic uint64_t invites, strangers, unanswered, busy, behind, bad, dialogs;
	_Atomic uint64_t malformed; /* refused by nta itself */
};

/* Loop thread, before and after the SIP thread's life. ENOMEM, EMFILE. */
int link_init(struct link *l, const struct trunk_handler *h);
void link_close(struct link *l);

/* Loop thread. Takes c->text and c->number over. When the ring is full it waits for the SIP thread, which never
 * waits for the loop. */
void link_command(struct link *l, const struct link_command *c);
void link_wake(struct link *l);
bool link_next_event(struct link *l, struct link_event *e);

/* SIP thread. */
bool link_has_room(const struct link *l, size_t live_dialogs);
bool link_is_behind(const struct link *l, int64_t now_ms);
int64_t link_now_ms(void); /* monotonic */
void link_event(
	struct link *l, const struct link_event *e); /* takes call, sdp and state over */
void link_event_free(struct link_event *e); /* what it owns */
void link_seen(struct link *l, const struct trunk_seen *s); /* or it is counted */
void link_sleepless(struct link *l); /* reads the eventfd empty */
bool link_next_command(struct link *l, struct link_command *c);
void link_command_free(struct link_command *c); /* what it owns */

#endif
