/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * dialog_inner -- what dialog.c, dialogs.c, begin.c and bye.c say to each other only.
 */
#ifndef SIP_DIALOG_INNER_H
#define SIP_DIALOG_INNER_H

#include "sip/invite.h"

uint64_t dialogs_key(const struct station *st, const sip_t *sip);
void dialogs_add(struct station *st, struct dialog *d); /* to the live ones */
void dialogs_linger(
	struct station *st, struct dialog *d); /* may free the oldest that lingers */
void dialog_free(struct dialog *d); /* NULL and half-made allowed */

void dialog_arm(struct dialog *d); /* its timer, for what is due next */
bool dialog_has_body(const sip_t *sip);
char *dialog_copy_body(
	const sip_t *sip, size_t *n); /* with a NUL; the caller frees. NULL: no memory */

/* BYE along the route set; the leg goes with it. */
void dialog_send_bye(struct dialog *d);

#endif
