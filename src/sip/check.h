/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * check -- what a request must be before it may become, or change, a call (RFC 3261 section 8.2).
 *
 * Each check sends its own refusal (taking the message) and returns false.  Thread: SIP.
 */
#ifndef SIP_CHECK_H
#define SIP_CHECK_H

#include "sip/station.h"

#define CHECK_UNSUPPORTED_MAX 256 /* option tags told back in a 420 */

bool check_form(struct request *rq); /* URI scheme, Max-Forwards, CSeq: any method */
bool check_require(struct request *rq);
bool check_session(struct request *rq); /* its interval, RFC 4028 section 9 */
bool check_body(struct request *rq); /* of an INVITE */
bool check_is_sdp(const sip_t *sip); /* it has a body, and that is a description */
bool check_contact(struct request *rq, bool required);
/* Whom an INVITE calls, and who calls. */
bool check_parties(struct request *rq, struct link_call *call);

#endif
