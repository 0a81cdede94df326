/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * saved -- what control keeps with each leg in a relay, so that a later control goes on with it.  Part of app.
 *
 * A blob is one flat struct in the machine's byte order (relay and both controls are on one machine and in
 * one boot, so monotonic times hold), behind it, for a call, the SIP dialog's state and our last session
 * description.  What another version wrote is not understood and its leg is closed: SAVED_VERSION grows
 * whenever a struct or an enum in one changes its meaning.  Pure.
 */
#ifndef APP_SAVED_H
#define APP_SAVED_H

#include <stddef.h>
#include <stdint.h>

#include "relay/proto.h"
#include "store/store.h"

#define SAVED_VERSION    6
#define SAVED_CODECS_MAX 5

enum saved_kind { SAVED_CALL = 1, SAVED_LINE, SAVED_HOP };

struct saved_head {
	uint16_t version, kind;
	uint32_t size; /* of the struct */
};

struct saved_codec {
	uint8_t id, pt; /* enum sdesc_codec_id */
};

struct saved_call {
	struct saved_head head;
	uint64_t id;
	uint64_t queue; /* its id in the records: indices change with the configuration */
	uint64_t first_queue; /* likewise: in which it arrived */
	uint64_t agent; /* who talks; 0: nobody */
	uint64_t dialog; /* 0: a caller page */
	uint64_t hop_near, hop_far; /* legs, 0: none */
	uint64_t sdp_id, sdp_version;
	int64_t arrived_ms, since_ms, wait_left_ms; /* struct acd_saved_call; monotonic */
	int64_t arrived_wall_ms;
	int64_t accepted_ms; /* of the last accepting, monotonic; 0: never */
	uint64_t accepted_by;
	int64_t accepted_waited_ms;
	uint64_t left_by; /* struct app_leaving */
	int64_t left_at_ms, left_talk_ms;
	uint64_t handed_by, handed_to; /* struct app_handing */
	int64_t handed_at_ms;
	int64_t handed_until_ms; /* it waits, or rings, at handed_to; 0: it does not */
	int64_t ended_ms; /* with CALL_ENDED */
	char remote_addr[RP_ADDR_SIZE];
	uint16_t remote_port, remote_rtcp_port;
	uint16_t state_len, sdp_len; /* behind the struct, the latter without NUL */
	uint8_t kind; /* enum store_call_kind */
	uint8_t state; /* enum app_call_state */
	uint8_t dir; /* enum sdesc_dir */
	uint8_t is_held, awaits_answer, is_interrupted, is_moving;
	uint8_t n_codecs;
	struct saved_codec codecs[SAVED_CODECS_MAX];
	char why[STORE_DETAIL_MAX]; /* of its end; "" */
	uint8_t is_settled; /* struct acd_saved_call */
	uint8_t told_wait; /* enum announce_wait */
	uint8_t sensitivity;
	uint8_t callback; /* enum app_callback */
	uint8_t is_called;
	uint8_t tries; /* struct acd_saved_call */
	char number
		[STORE_PHONE_MAX]; /* to call back: personal, and only here while there is a line */
	uint8_t srtp; /* enum trunk_srtp */
	uint8_t suite; /* enum sdesc_suite; the key is in our description */
	/* struct app_call; its keys are nowhere */
	uint8_t menu, menu_by;
	uint8_t left_why; /* enum acd_why */
	uint8_t pad1;
	int64_t asked_wall_ms, retry_at_ms; /* of a callback */
	/* `agent` put it on hold then, until then at most; monotonic; 0: it is not on hold */
	int64_t on_hold_ms, on_hold_until_ms;
};

struct saved_line {
	struct saved_head head;
	uint64_t agent;
	uint64_t seat; /* of the page that works */
	uint64_t call, queue; /* that it has or had; 0: none */
	int64_t waited_ms, arrived_ms; /* of that call */
	int64_t since_ms, until_ms, idle_since_ms; /* struct acd_saved_agent */
	uint8_t state, why; /* enum acd_agent_state, enum acd_why */
	uint8_t pause_after, work_after;
	uint8_t has_door;
	/* this shift's, in memory here as there, and gone with the line [RULES N10; decision 0007] */
	uint8_t at_home, is_declared;
	uint8_t stops; /* the shift ends with the talk */
	uint8_t has_two_factors; /* the desk's session, which may be over by now */
	uint8_t reserved[7]; /* zero */
	int64_t declared_ms; /* monotonic */
	int64_t back_at_ms; /* struct app_door; since 1970 UTC */
	uint8_t door_hash[STORE_HASH_SIZE];
};

struct saved_hop {
	struct saved_head head;
	uint64_t call;
};

/* What a blob holds: one of the three by head.kind, and what stands behind a call. */
struct saved {
	union {
		struct saved_head head;
		struct saved_call call;
		struct saved_line line;
		struct saved_hop hop;
	};
	const uint8_t *state; /* into the blob; call.state_len bytes */
	char sdp[RP_BLOB_MAX]; /* with NUL; "" */
};

/* The head is filled here. state and sdp may be NULL; a state longer than TRUNK_STATE_MAX and an
 * sdp that does not fit are left out. */
void saved_write_call(struct rp_blob *out, struct saved_call *call, const void *state,
	size_t state_len, const char *sdp);
void saved_write_line(struct rp_blob *out, struct saved_line *line);
void saved_write_hop(struct rp_blob *out, struct saved_hop *hop);

/* ENODATA: there is none. EPROTO: written by another version, or by nobody that we know. The blob must outlive
 * *out. Strings end and enums are within their ranges; whether ids mean anything is the caller's to find out. */
int saved_read(struct saved *out, const uint8_t *blob, size_t n);

#endif
