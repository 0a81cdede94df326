/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * dialog_inner -- what the files that make up a dialog say to each other only.
 */
#ifndef SIP_DIALOG_INNER_H
#define SIP_DIALOG_INNER_H

#include "sip/invite.h"

uint64_t dialogs_key(const struct station *st, const char *call_id, const char *from_tag,
	uint32_t cseq);
/* The dialog's id, as a tag of ours has it. */
bool dialogs_tag_id(const char *tag, uint64_t *id);
void dialogs_add(struct station *st, struct dialog *d); /* to the live ones */
void dialogs_linger(
	struct station *st, struct dialog *d); /* may free the oldest that lingers */
void dialog_free(struct dialog *d); /* NULL and half-made allowed */

/* From an INVITE, into whose To our tag is put. cseq: our last one. NULL: no memory, or another tag. */
nta_leg_t *dialog_make_leg(
	struct dialog *d, msg_t *msg, const sip_route_t *route, uint32_t cseq);
int dialog_name(struct dialog *d, const sip_t *sip); /* strings and timer. ENOMEM */
int dialog_make_tag(struct dialog *d); /* from its id. EIO */
#define DIALOG_NOWHERE 64
/* A URL that no request can name, for a leg: so nta never dispatches by it and every request comes through
 * station_request(). EIO. */
int dialog_nowhere(char out[DIALOG_NOWHERE]);

/* What can be done now is done, and the timer set for what is due next. */
void dialog_go_on(struct dialog *d);
void dialog_fail(struct dialog *d, enum trunk_end why); /* BYE; while it talks */
void dialog_tell_state(struct dialog *d);
void dialog_reached(struct dialog *d, char *sdp, size_t n); /* takes sdp */
void dialog_unreached(struct dialog *d, int status);
/* NULL and 0: none; the caller frees. */
void *dialog_copy_state(const struct dialog *d, size_t *n);
bool dialog_has_body(const sip_t *sip);
char *dialog_copy_body(
	const sip_t *sip, size_t *n); /* with a NUL; the caller frees. NULL: no memory */

#define DIALOG_HOP_MAX CARRIER_HOP
/* Where our next request of this dialog goes, as a URL. */
void dialog_next_hop(char out[DIALOG_HOP_MAX], const struct dialog *d);
/* The same of a leg alone; other: where its route set and target are names. */
void dialog_hop(char out[DIALOG_HOP_MAX], struct station *st, nta_leg_t *leg,
	const struct peers_addr *other);
void dialog_send_bye(struct dialog *d, enum trunk_end why); /* along the route set */
void byes_close(struct station *st); /* silently */
void dialog_bye_on(struct station *st, nta_leg_t *leg, const char *hop);
/* nta's callback for a request of ours of which only the end is of interest; counted in station.byes. */
int dialog_bye_answered(void *arg, nta_outgoing_t *orq, const sip_t *sip);
/* The ACK to a 2xx, stateless. branch, number: of its INVITE. */
void dialog_acknowledge(struct station *st, nta_leg_t *leg, const char *hop,
	const char *branch, uint32_t number);
void dialog_answer_bye(struct dialog *d); /* theirs, if it waits */

#endif
