/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * session -- session timers (RFC 4028), the part that decides: who refreshes, how often, and what is answered.
 *
 * Pure: messages arrive as what they say, time as seconds.  refresh.h reads and sends.
 * Memory: the caller's.  Thread: any.
 */
#ifndef SIP_SESSION_H
#define SIP_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#define SESSION_LEAST_S 90 /* sections 4 and 5: neither header may say less */

/* "uac" and "uas" are of the request that says it, or that the answer belongs to (section 4). */
enum session_refresher { SESSION_ANY, SESSION_UAC, SESSION_UAS };

/* What a request or its 2xx says. */
struct session_said {
	bool knows; /* Supported or Require: timer */
	uint32_t expires_s, min_s; /* 0: not said */
	enum session_refresher refresher;
};

/* Of a dialog. */
struct session {
	uint32_t expires_s; /* 0: it has no timer */
	uint32_t
		min_s; /* the largest Min-SE that the far side told (section 7.4); 0: none */
	bool ours; /* we refresh */
	bool knows; /* the far side knows of timers, so it is told that it must (Require) */
};

/* 422: its interval is below our minimum. Not where who sent it could not read that (section 9). */
bool session_is_too_small(const struct session_said *request);
/* Their request is accepted: what our 2xx says. wish_s: our own interval; 0: there are no timers here. */
void session_accept(
	struct session *s, const struct session_said *request, uint32_t wish_s);
/* Our request was accepted (section 7.2). */
void session_accepted(struct session *s, const struct session_said *answer);
/* Our request got 422. False: it says nothing that we do not say already. */
bool session_raise(struct session *s, const struct session_said *answer);
/* What a request of ours asks for; 0: nothing. */
uint32_t session_wish_s(const struct session *s, uint32_t wish_s);
uint32_t session_min_s(const struct session *s);
/* As a request of ours says it (section 7.4): who does it goes on. Before there is a timer it is theirs to say. */
enum session_refresher session_refresher(const struct session *s);
/* After the last refresh: when the next one is due, and when it is over (section 10). */
uint32_t session_refresh_s(const struct session *s);
uint32_t session_end_s(const struct session *s);

#endif
