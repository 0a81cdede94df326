/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * uac_text -- SIP messages as a tester reads and writes them (RFC 3261): headers found by name, and copied.
 *
 * Slices point into the message.  It trusts the centre's form more than a telephone may: full header names, one
 * header a line.  Any thread; no state.
 */
#ifndef TOOLS_UAC_TEXT_H
#define TOOLS_UAC_TEXT_H

#include <stdbool.h>

#include "base/slice.h"

#define UAC_MAX 8192 /* a message over UDP; the centre's have 2,000 bytes at most */

struct uac_msg {
	unsigned int status; /* 0: a request */
	struct slice method; /* of a request, or of the CSeq of a response */
	uint32_t cseq;
	struct slice head, body;
};

/* false: no SIP message, or one without CSeq. */
bool uac_read(struct uac_msg *m, const char *p, size_t n);
/* The n-th header of this name, from 0; empty: there is none. */
struct slice uac_header(const struct uac_msg *m, const char *name, unsigned int n);
/* The tag of a From or To; the URI within <>, or the whole. */
struct slice uac_tag(struct slice header);
struct slice uac_uri(struct slice header);
/* Via, From, To, Call-ID and CSeq of a request into its response. to_tag "": none is added. */
void uac_copy(struct wbuf *w, const struct uac_msg *request, const char *to_tag);

#endif
