/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * user -- the user part of a SIP URI as plain text, and the number in a P-Asserted-Identity.
 *
 * Pure; no allocation; any thread.  What comes out is printable ASCII without blanks, so it can be
 * compared with a configured number and masked for a log line.
 */
#ifndef SIP_USER_H
#define SIP_USER_H

#include "sip/trunk.h"

/* Undoes %XX (RFC 3261 section 19.1.2) and leaves out the parameters that carriers put behind a number
 * (";npdi", RFC 3966 section 5). EINVAL: a broken escape. ENOENT: empty, or not printable
 * ASCII. ENAMETOOLONG: over TRUNK_USER_MAX. out is "" on failure. */
int user_unescape(char out[TRUNK_USER_MAX + 1], const char *user);

/* The first sip:, sips: or tel: URI of a P-Asserted-Identity value (RFC 3325 section 9.1).
 * The same errors; ENOENT also when there is no such URI. */
int user_asserted(char out[TRUNK_USER_MAX + 1], const char *value);

#endif
