/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * challenge -- a 401 or 407 to a request of ours within a dialog (RFC 3261 section 22): its answer is the carrier's
 * credential.
 *
 * Memory: whoever holds a struct challenge closes it.  Thread: SIP.
 */
#ifndef SIP_CHALLENGE_H
#define SIP_CHALLENGE_H

#include "sip/station.h"

/* Of either kind: once, and once more when the nonce was too old (section 22.2). */
#define CHALLENGE_MOST 2

struct challenge {
	char *auth[2]; /* values of Authorization and Proxy-Authorization; or NULL */
	unsigned n[2];
};

/* True: the request is to be sent again, with CHALLENGE_TAGS. to: where it went, which says whose credential. */
bool challenge_take(struct challenge *c, struct station *st, const struct peers_addr *to,
	nta_outgoing_t *request, const sip_t *answer);
void challenge_close(struct challenge *c);
#define CHALLENGE_TAGS(c)                                                     \
	TAG_IF((c)->auth[0] != NULL, SIPTAG_AUTHORIZATION_STR((c)->auth[0])), \
		TAG_IF((c)->auth[1] != NULL,                                  \
			SIPTAG_PROXY_AUTHORIZATION_STR((c)->auth[1]))

#endif
