/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * farm_caller -- one caller of a caller farm: a SIP dialog over UDP and the voice that belongs to it.
 *
 * As a carrier's gateway would: INVITE, ACK, BYE, CANCEL and OPTIONS of its own, repeated as RFC 3261 wants it; the
 * centre's re-INVITE (the media have moved), BYE and OPTIONS answered.  The farm owns the SIP socket and gives each
 * message to its caller.  Heap, one owner; after its end it keeps what a late message needs.
 */
#ifndef TOOLS_FARM_CALLER_H
#define TOOLS_FARM_CALLER_H

#include <netinet/in.h>

#include "tools/caller_codec.h"
#include "tools/ear.h"
#include "tools/farm.h"
#include "tools/rtp_end.h"
#include "tools/uac_text.h"
#include "wire/sdesc.h"

#define CALLER_NEVER (-1)
#define CALLER_ROUTES \
	512 /* bytes of Route lines; a proxy in front is the most that is tested */

enum caller_state {
	CALLER_NEW,
	CALLER_TRYING,
	CALLER_RINGING,
	CALLER_ANSWERED,
	CALLER_ENDED
};

/* What is sent again until it is answered. */
struct caller_request {
	char text[UAC_MAX];
	size_t n; /* 0: none under way */
	char method[8];
	uint32_t cseq;
	int64_t again_us, wait_us,
		end_us; /* again_us INT64_MAX: it was heard, and only the end is waited for */
};

struct farm_caller {
	struct farm *farm;
	int sip_fd; /* the farm's */
	struct sockaddr_in centre;
	char local[32]; /* of sip_fd: "127.0.0.1:5070" */
	char name[32], from[64], to_uri[128];
	char call_id[40], tag[20], branch[32]; /* branch: of the last INVITE */
	char to[256], target[256],
		routes[CALLER_ROUTES]; /* of the dialog; empty until it is answered */
	uint32_t cseq, invite_cseq;
	enum caller_state state;
	struct caller_request request; /* ours */
	struct caller_request answer; /* our 200 to a re-INVITE, until its ACK */
	bool hang_up_later; /* when the answer to our INVITE comes */
	int64_t talk_ms; /* hangs up after so long of hearing a tone; CALLER_NEVER */
	/* voice */
	struct farm_source source;
	struct rtp_end *end; /* NULL after the end */
	struct tone_wave wave; /* in PCMA */
	struct caller_codec *codec; /* in another codec; NULL: PCMA. Owned */
	struct sdesc_codec told;
	bool speaks, is_quiet; /* is_quiet: told to send nothing */
	uint32_t sdp_version;
	struct ear ear;
	struct ear_figures wait; /* before the first tone */
	int64_t tone_us; /* of the first tone; 0: none yet */
};

struct caller_call {
	const char *name, *from, *number;
	struct sdesc_codec codec; /* caller_codec_named() */
	double hz;
	int64_t talk_ms;
};

/* Calls. centre: where to; sip_fd and its name in text are the farm's. */
int farm_caller_new(struct farm_caller **out, struct farm *farm, int sip_fd,
	const char *local, const struct sockaddr_in *centre,
	const struct caller_call *call);
void farm_caller_free(struct farm_caller *c);
void farm_caller_message(struct farm_caller *c, const struct uac_msg *m);
/* Once in 20 ms. */
void farm_caller_turn(struct farm_caller *c, int64_t now_us);
/* BYE, or CANCEL before the answer. ENOTCONN after the end. */
int farm_caller_hangup(struct farm_caller *c);
/* In the dialog: OPTIONS; a re-INVITE that says `dir`. ENOTCONN, EBUSY: a request is under way. */
int farm_caller_options(struct farm_caller *c);
int farm_caller_reinvite(struct farm_caller *c, enum sdesc_dir dir);
json_t *farm_caller_report(struct farm_caller *c, int64_t now_us, bool forget);

#endif
