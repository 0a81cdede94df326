/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* far -- the far side of a call that the trunk makes, of raw text; on peer.h. */
#ifndef TEST_FAR_H
#define TEST_FAR_H

#include "peer.h"

#define NUMBER "+41790001122"
#define MOVED  PEER_OUR_SDP "a=x-moved\r\n"

struct far {
	uint64_t dialog;
	char invite[PEER_TEXT];
	const char *tag; /* its own; NULL: none */
	char ours[64]; /* our tag */
	uint32_t cseq; /* of its own requests */
};

/* A group's setup: the trunk and its carrier. user: of the credential, whose password is zanzibar; NULL: none. */
int far_open(void **state, uint32_t t1_ms, const char *user);
int far_teardown(void **state);
/* The call is made, its INVITE is here. */
void far_dial(struct peer *p, struct far *f);
void far_remember(struct peer *p, struct far *f); /* the INVITE in p->text */
/* A response to the INVITE. headers: whole lines, or NULL. */
void far_respond(struct peer *p, const struct far *f, int status, const char *headers,
	const char *sdp);
void far_accept(
	struct peer *p, const struct far *f); /* 200; its Contact's user is the tag */
const char *far_contact(
	const struct peer *p, const char *user); /* a line; static memory */
void far_expect_ack(struct peer *p, const struct far *f, const char *user);
void far_expect_bye(struct peer *p, const struct far *f); /* and answers it */
void far_ended(struct peer *p, const struct far *f, enum trunk_end why);
void far_unreached(struct peer *p, const struct far *f, int status);
void far_reached(struct peer *p, const struct far *f);
void far_establish(struct peer *p, struct far *f);
void far_hang_up(struct peer *p, const struct far *f);
/* A request of the far side within the dialog. */
void far_request(struct peer *p, struct far *f, const char *method, const char *sdp);

#endif
