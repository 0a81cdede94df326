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

/* invite, acked, one reoffer (the next one only after the first was settled), ended */
#define LINK_PER_DIALOG 4
/* TRUNK_RING unread events besides what the live dialogs may still say, rounded to a power of two */
#define LINK_EVENTS   32768
#define LINK_COMMANDS (4 * TRUNK_RING)
#define LINK_CALL_ID  255

_Static_assert(LINK_EVENTS >= TRUNK_RING + LINK_PER_DIALOG * TRUNK_DIALOGS_MAX,
	"an event always finds its place");

struct link_call {
	char called[TRUNK_USER_MAX + 1], caller[TRUNK_USER_MAX + 1];
	char call_id[LINK_CALL_ID + 1];
};

struct link_event {
	enum link_event_kind { LINK_INVITE, LINK_ACKED, LINK_REOFFER, LINK_ENDED } kind;
	enum trunk_end why;
	uint64_t dialog;
	struct link_call *call; /* owned; LINK_INVITE only */
	char *sdp; /* owned, with a NUL behind it; or NULL */
	size_t sdp_len;
};

struct link_command {
	enum link_command_kind { LINK_RING, LINK_ANSWER, LINK_REJECT, LINK_HANGUP } kind;
	uint16_t status;
	uint32_t retry_after_s;
	uint64_t dialog;
	char *text; /* owned: the description or the phrase; or NULL */
};

struct link {
	struct ring events, commands;
	int wake_fd; /* eventfd: something for the SIP thread */
	struct trunk_handler handler; /* the SIP thread calls `wake` only */
	_Atomic bool stop;
	_Atomic uint64_t invites, strangers, busy, bad, dialogs;
	_Atomic uint64_t malformed; /* refused by nta itself */
};

/* Loop thread, before and after the SIP thread's life. ENOMEM, EMFILE. */
int link_init(struct link *l, const struct trunk_handler *h);
void link_close(struct link *l);

/* Loop thread. Takes c->text over. When the ring is full it waits for the SIP thread, which never
 * waits for the loop. */
void link_command(struct link *l, const struct link_command *c);
void link_wake(struct link *l);
bool link_next_event(struct link *l, struct link_event *e);

/* SIP thread. */
bool link_has_room(const struct link *l, size_t live_dialogs);
void link_event(struct link *l, const struct link_event *e); /* takes call and sdp over */
void link_sleepless(struct link *l); /* reads the eventfd empty */
bool link_next_command(struct link *l, struct link_command *c);

#endif
