/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * refresh -- session timers (RFC 4028) of a dialog: what messages say of them, and what the clock does.
 *
 * The decisions are session.h's; the requests that refresh are sent by reinvite.h.  A second here is two T1, so
 * that a test with a short T1 need not wait.
 * Memory: inside the dialog.  Thread: SIP.
 */
#ifndef SIP_REFRESH_H
#define SIP_REFRESH_H

#include "sip/dialog.h"
#include "sip/reply.h"

#define REFRESH_TEXT 48 /* "4294967295;refresher=uac" */
/* After a restart each call of ours is refreshed within so much of its interval, but this long at most, at random:
 * how old it is, no state tells. */
#define REFRESH_SPREAD   12
#define REFRESH_SPREAD_S 30
/* A refresh that was refused for another reason than one that passes is tried again after so much of it. */
#define REFRESH_AGAIN 6

struct session_said refresh_said(const sip_t *sip);
/* The request began the dialog, or is accepted within it: what our 2xx says. */
void refresh_accept(struct dialog *d, const sip_t *request);
void refresh_accepted(struct dialog *d, const sip_t *answer); /* to a request of ours */
void refresh_start(struct dialog *d); /* it was refreshed this moment */
void refresh_restart(struct dialog *d); /* of a former process */
void refresh_later(struct dialog *d); /* ours was refused */
int64_t refresh_end_ms(const struct dialog *d); /* 0: it does not end by time */

/* What stands in each request of ours that refreshes. */
struct refresh_headers {
	char expires[REFRESH_TEXT], min[16]; /* "": not */
};
void refresh_headers(struct refresh_headers *h, const struct dialog *d);
/* For a list of tags. */
#define REFRESH_TAGS(st, h)                                                        \
	SIPTAG_SUPPORTED_STR(station_supported(st)),                               \
		TAG_IF((h)->expires[0], SIPTAG_SESSION_EXPIRES_STR((h)->expires)), \
		TAG_IF((h)->min[0], SIPTAG_MIN_SE_STR((h)->min))
/* Contact, Allow and the timer in a 2xx to INVITE or UPDATE. text: as long as r. */
void refresh_reply(struct reply *r, const struct dialog *d, char text[REFRESH_TEXT]);

#endif
