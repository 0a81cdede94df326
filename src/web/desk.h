/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * desk -- what a desk and a caller page say and are shown, as flat C structs.
 *
 * The JSON on the WebSocket is documented in docs/desk-protocol.md; desk_parse() reads a message of a
 * page into struct desk_msg, desk_write_*() write what a page is shown.  The page is always sent the whole
 * view: it holds no state of its own that could drift.
 * Hostile input: size, depth, types and lengths are checked; unknown members are ignored.
 */
#ifndef WEB_DESK_H
#define WEB_DESK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DESK_PROTOCOL    1
#define DESK_MESSAGE_MAX 16384 /* an offer has about 2,500 bytes */
#define DESK_SDP_MAX     8192
#define DESK_NAME_MAX    64
#define DESK_CODE_MAX    32
#define DESK_QUEUES_MAX  128
#define DESK_WORD_MAX    160 /* a key in hexadecimal has 130 */
#define DESK_AGENTS_MAX  1024
#define DESK_TURN_MAX    3 /* UDP, TCP, TLS */
#define DESK_BACK_MAX    240 /* minutes; longer than that is the end of a shift */

/* What a page may say. */
enum desk_msg_type {
	DESK_HELLO, /* first message; protocol, has_line, seat */
	DESK_LINE_OFFER, /* sdp: make or remake the line */
	DESK_LINE_CODEC, /* sdp: the line that stands, with another codec first */
	DESK_LINE_TEST, /* on: hear yourself */
	DESK_LINE_STATS, /* asks for the line's counters */
	DESK_SHIFT_START, /* after the test */
	DESK_SHIFT_END, /* now, or after this call while talking; on: the caller goes back to its queue first */
	DESK_READY,
	DESK_WORK, /* written work, now; like a pause, but it is none */
	DESK_PAUSE, /* now, or after this call while talking; never with a reason [N4] */
	DESK_ACCEPT, /* call */
	DESK_DECLINE, /* call */
	DESK_HANGUP, /* call */
	DESK_TRANSFER, /* call, to_agent or to_queue: hand the caller on */
	DESK_HOLD, /* call: the caller hears a word and music; never with a reason [N10] */
	DESK_RESUME, /* call: the talk goes on */
	DESK_HAND_OVER, /* call: to whoever is next; the caller waits at the head of the queue */
	DESK_KEY, /* call, digit: pressed for the caller's side, which may be a machine; kept nowhere [N1] */
	DESK_TARGETS, /* asks to whom the caller could be handed; within a talk only */
	DESK_WRAPUP_DONE,
	DESK_LOGOUT,
	DESK_DOOR_OPEN, /* a new token for the door display; the one before ends */
	DESK_DOOR_END, /* the door display's */
	DESK_DOOR_BACK, /* minutes: what the door says of the pause that is on; 0: nothing */
	DESK_WORKPLACE, /* on: at home; of the shift that is to begin */
	DESK_DECLARE, /* the whole checklist, in one statement [N10, P3] */
	DESK_AGREEMENT_READ, /* language */
	DESK_AGREEMENT_ENROL, /* code, key */
	DESK_AGREEMENT_SIGN, /* version, language, hash, nonce, key, signature */
	DESK_AGREEMENT_END, /* on: only the situation at home changed */
	/* caller page only */
	DESK_CALL, /* sdp; token and language where they were given */
	DESK_PLACE, /* asks for its place in the queue once more */
};

struct desk_msg {
	enum desk_msg_type type;
	uint32_t protocol;
	bool on;
	bool has_line; /* the page still holds the line that it made: only its socket was gone */
	uint64_t
		seat; /* of its last view; 0: it has seen none, or wants to work here now */
	uint32_t minutes; /* 0..DESK_BACK_MAX */
	uint64_t call; /* 0: not given */
	uint64_t to_agent, to_queue; /* of a transfer exactly one; 0: not given */
	const char *sdp; /* owned by the parse result; NULL: none */
	/* of the agreement; as `sdp`, each of 1 to DESK_WORD_MAX bytes, in hexadecimal where it is bytes */
	const char *language, *code, *key, *hash, *nonce, *signature;
	const char *token; /* of the house's own site, likewise; NULL: none */
	uint8_t digit; /* 0 to 11: RFC 4733 section 3.2 */
	uint32_t version;
	char ref[DESK_CODE_MAX]; /* the page's own mark, copied into the answer; "" none */
};

/* The states of DESK.md that exist so far. */
enum desk_state {
	DESK_STATE_OUT, /* logged in, no shift */
	DESK_STATE_AWAY, /* in a shift, not available; `why` says what set it */
	DESK_STATE_READY,
	DESK_STATE_OFFERED,
	DESK_STATE_TALKING,
	DESK_STATE_INTERRUPTED, /* the agent's line was lost in mid-talk: the call is kept until `ends_ms` */
	DESK_STATE_WRAPUP,
	DESK_STATE_PAUSE,
	DESK_STATE_WORK, /* written work: not available, and no pause */
	DESK_STATE_HOLD, /* the caller is on hold; until `ends_ms`, then the call is handed over */
};
enum desk_line {
	DESK_LINE_NONE,
	DESK_LINE_CONNECTING,
	DESK_LINE_UP,
	DESK_LINE_SILENT, /* nothing comes from it; it may come back by itself */
	DESK_LINE_LOST, /* gone: only a new one helps */
};

/* Of an agent's home: core/home/agreement.h. */
struct desk_home {
	unsigned missing; /* bits of enum home_missing; 0: open */
	uint32_t in_force, to_sign; /* versions; 0: none */
	bool has_key; /* some device of the agent is enrolled */
	bool factor_always; /* two factors at the office, too */
};

struct desk_view {
	const char *name; /* the agent's */
	uint64_t
		seat; /* of the page that works: another one that says hello with its own is told off */
	bool at_home; /* this shift */
	struct desk_home home;
	const char *queues[DESK_QUEUES_MAX]; /* names that this agent serves */
	size_t n_queues;
	enum desk_state state;
	const char *
		why; /* a code: "", "offer_timeout", "declined", "line_lost", "caller_left" ...; the page words it */
	int64_t since_ms; /* how long the state lasts already */
	int64_t ends_ms; /* until the offer or the wrap-up ends; -1: no end set */
	enum desk_line line;
	bool testing; /* the echo is on */
	const char *codec; /* in which the line is to be spoken: "PCMA" ... */
	bool pause_after; /* a pause follows this call */
	bool stop_after; /* the shift ends with this call */
	uint64_t call; /* offered, talked to or wrapped up; 0: none */
	const char *queue; /* the call's queue name */
	const char *language; /* of the call: "de" ...; "" unknown */
	const char *call_codec; /* in which it is, or will be, spoken */
	int64_t waited_ms; /* the caller's wait so far, or until it was accepted */
	bool callback; /* it hung up and waits to be called; while talking: it is being called */
	const char *
		voice; /* how the caller's comes: "plain", "srtp", "dtls"; "" or NULL: it has no line */
	const char *from; /* who handed the call on, by name; "" or NULL: nobody */
	bool has_door; /* the door display's token lives */
	unsigned door_pages; /* that are connected with it now */
	int64_t back_at_ms; /* what the door says; since 1970 UTC, 0: nothing */
};

/* Whom a caller could be handed to. */
enum desk_queue_state {
	DESK_QUEUE_OPEN,
	DESK_QUEUE_CLOSED,
	DESK_QUEUE_UNSTAFFED, /* nobody else is in a shift there who may have the call */
	DESK_QUEUE_FULL,
};

/* Colleagues in a shift who may have the call: nothing of where, how long or what else they do [N1, N5, N11]. */
struct desk_targets {
	size_t n_queues, n_agents;
	struct {
		uint64_t id;
		const char *name, *language;
		enum desk_queue_state state;
	} queues[DESK_QUEUES_MAX];
	struct {
		uint64_t id;
		const char *name;
		bool is_free; /* would be offered the call at once */
	} agents[DESK_AGENTS_MAX];
	const char *ref;
};

/* What a door display shows: may somebody come in? (docs/desk.md says why these.) */
enum desk_door_state {
	DESK_DOOR_OVER, /* the shift is; the token has ended with it */
	DESK_DOOR_FREE,
	DESK_DOOR_WORK, /* no voice can be heard, but there is work on the screen */
	DESK_DOOR_CALL, /* somebody listens, or will in a moment */
	DESK_DOOR_PAUSE,
};

/* All that it learns: no name, queue, caller, or since when [N1, N11]. */
struct desk_door {
	enum desk_door_state state;
	int64_t back_at_ms; /* with PAUSE; since 1970 UTC, 0: not said */
};

enum desk_call_state {
	DESK_CALL_NONE,
	DESK_CALL_CONNECTING,
	DESK_CALL_WAITING, /* greeting or music */
	DESK_CALL_OFFERED, /* somebody's desk rings */
	DESK_CALL_TALKING,
	DESK_CALL_ENDED,
	DESK_CALL_MENU, /* it chooses its queue by a key */
};

struct desk_caller_view {
	enum desk_call_state state;
	const char *
		why; /* with ENDED: "hung_up", "agent_hung_up", "no_agent", "queue_full", "failed" ... */
	const char *queue;
	int64_t since_ms;
	unsigned place; /* in the queue, from 1 on; 0: not told */
	const char *
		wait; /* about how many minutes still: announce_wait_word(); "" or NULL: not told */
};

/* A text to be read, and what is needed to sign it. */
struct desk_agreement {
	uint32_t version;
	bool is_material;
	int64_t effective_ms; /* wall */
	const char *language, *text;
	const uint8_t *hash, *nonce; /* 32 bytes each */
	uint64_t agent;
	const char *label; /* what the signature is worth [P2] */
	const char *ref;
};

struct desk_line_answer {
	const char *sdp;
	const char *ref;
};

/* Where a line may go when nothing direct leads to the relay, and as whom: one account, for the next line. */
struct desk_turn {
	const char *urls[DESK_TURN_MAX];
	size_t n_urls;
	const char *user, *password;
};

/* Of the agent's own line, shown to that agent only [N6]; struct rp_stats in words. */
struct desk_line_stats {
	uint64_t rx, tx, rx_forwarded, rx_discarded, rx_discarded_sound;
	uint32_t lost, jitter_us, round_trip_us;
	const char *ref;
};

/* What a talk's lines are worth so far, to the desk that talks and to nobody else [N6]; in a line test the own line. */
struct desk_way {
	const char *codec; /* "PCMA" ...; "": nothing came */
	bool is_known; /* else nothing but `expected` is */
	uint64_t expected, lost; /* packets */
	uint64_t frames,
		concealed; /* of 20 ms, by our jitter buffer; frames 0: there is none */
	uint32_t jitter_us;
	bool has_worth, is_wide; /* of which scale r and mos are */
	int r_10, mos_100; /* the E-model's, in tenths and hundredths */
};
struct desk_leg {
	bool is_there;
	struct desk_way in, out; /* towards the centre, from it */
	uint32_t round_trip_us; /* 0: unknown */
	uint32_t delay_ms;
	const char *path,
		*why; /* codes: what the relay does with the voice, and why; "" unknown */
};
struct desk_quality {
	int64_t for_ms; /* since the talk or the test began */
	struct desk_leg caller, line;
};

struct desk_parsed; /* owns what desk_msg points into */

/* ENOMEM; EBADMSG: not JSON, not an object, no known "t"; EINVAL: a member is missing, of a wrong type or
 * out of range; EMSGSIZE. *m is valid until desk_parsed_free(). */
int desk_parse(struct desk_parsed **out, struct desk_msg *m, const char *text, size_t n);
void desk_parsed_free(struct desk_parsed *p);

/* Each returns a NUL-terminated JSON text on the heap (free()), or NULL without memory. */
char *desk_write_view(const struct desk_view *v);
char *desk_write_caller_view(const struct desk_caller_view *v);
char *desk_write_door(const struct desk_door *d);
/* To the desk that asked for it, once. */
char *desk_write_door_token(const char *token, const char *ref);
char *desk_write_agreement(const struct desk_agreement *a);
char *desk_write_line_answer(const struct desk_line_answer *a);
char *desk_write_turn(const struct desk_turn *t);
char *desk_write_targets(const struct desk_targets *t);
char *desk_write_line_stats(const struct desk_line_stats *s);
char *desk_write_quality(const struct desk_quality *q);
/* code: one of docs/desk-protocol.md's list; ref: of the message that it answers, or "". */
char *desk_write_error(const char *code, const char *ref);

#endif
