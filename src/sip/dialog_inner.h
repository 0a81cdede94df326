/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * dialog_inner -- what the files that make up a dialog say to each other only.
 */
#ifndef SIP_DIALOG_INNER_H
#define SIP_DIALOG_INNER_H

#include "sip/invite.h"

uint64_t dialogs_key(const struct station *st, const char *call_id, const char *from_tag,
	uint32_t cseq);
void dialogs_add(struct station *st, struct dialog *d); /* to the live ones */
void dialogs_linger(
	struct station *st, struct dialog *d); /* may free the oldest that lingers */
void dialog_free(struct dialog *d); /* NULL and half-made allowed */

/* From an INVITE, into whose To our tag is put. cseq: our last one. NULL: no memory, or another tag. */
nta_leg_t *dialog_make_leg(
	struct dialog *d, msg_t *msg, const sip_route_t *route, uint32_t cseq);
int dialog_name(struct dialog *d, const sip_t *sip); /* strings and timer. ENOMEM */

/* What can be done now is done, and the timer set for what is due next. */
void dialog_go_on(struct dialog *d);
void dialog_fail(struct dialog *d, enum trunk_end why); /* BYE; while it talks */
void dialog_tell_state(struct dialog *d);
/* NULL and 0: none; the caller frees. */
void *dialog_copy_state(const struct dialog *d, size_t *n);
bool dialog_has_body(const sip_t *sip);
char *dialog_copy_body(
	const sip_t *sip, size_t *n); /* with a NUL; the caller frees. NULL: no memory */

#define DIALOG_HOP_MAX 96
/* Where our next request of this dialog goes, as a URL. */
void dialog_next_hop(char out[DIALOG_HOP_MAX], const struct dialog *d);
void dialog_send_bye(struct dialog *d); /* along the route set */
void dialog_answer_bye(struct dialog *d); /* theirs, if it waits */

#endif
