/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The app's own parts, shared by its files only. */
#ifndef APP_PRIV_H
#define APP_PRIV_H

#include "app/app.h"
#include "app/caller_token.h"
#include "app/count.h"
#include "app/saved.h"
#include "app/totp.h"
#include "base/heap.h"
#include "base/ids.h"
#include "base/list.h"
#include "base/map.h"
#include "core/acd/journal.h"
#include "core/access/knock.h"
#include "core/access/tries.h"
#include "core/home/pulse.h"
#include "core/home/shift.h"
#include "core/home/statement.h"
#include "store/agreement.h"
#include "store/people.h"
#include "store/credential.h"
#include "wire/sdesc.h"

#define SESSIONS_MAX \
	4096 /* agents times devices, with those that were never logged out */
#define LINE_CONNECT_MS \
	20000 /* ICE and DTLS take a second on a bad line; then a new line is tried */
#define CALLER_CONNECT_MS 20000
#define RELAY_AVOID_MS    10000
#define LEG_CREATE_MS     5000 /* a relay answers in microseconds; then it hangs */
#define RELAY_WAIT_MS \
	3000 /* whoever calls when no relay is up waits so long for the next one, which comes within one */
#define RELAY_AGAIN_MS 250 /* a relay that is behind with its answers may take it then */
/* The longest clip there may be (RP_CLIP_BYTES_MAX), and a little, should its end not be reported. */
#define FAREWELL_MS    (605 * 1000)
#define MOVE_MS        10000 /* for a new relay and the far side's yes to a re-INVITE */
#define ENDED_MAX      1000 /* calls whose end is not on disk yet; then the oldest is let go */
#define LEAVE_AGAIN_MS 60000 /* a shift that should end is in a talk */
#define TARGETS_MS \
	250 /* a page may ask so often to whom it could hand a caller; ours does every 2 s */
#define RETRY_AFTER_S 10 /* 503: overload passes within seconds */

/* Close codes of docs/desk-protocol.md. */
#define CLOSE_SESSION_ENDED 4001
#define CLOSE_TAKEN_OVER    4002
#define CLOSE_PROTOCOL      4004
#define CLOSE_DOOR_FULL     4005
#define CLOSE_LEFT          4006 /* no access any more: people.c */

/* Wrong passwords of a login, at once and then one in each pause: from one place, and from everywhere; prove_password.c. */
#define PASSWORD_TRIES      5
#define PASSWORD_PAUSE_MS   15000
#define CODE_TRIES_PAUSE_MS 300000 /* prove_code.c; five at once, too */
/* Challenges for passkeys that are used and not over: all agents twice within five minutes. */
#define APP_CHALLENGES 2048

#define APP_SIGN_ONS 2048 /* the same of logins at the provider, within ten */
#define APP_LOGOUTS  1024 /* of its logout tokens, within three */

#define DOOR_PAGES_MAX 4 /* with one token: a flat has few doors */

struct app_session {
	uint64_t number;
	struct store_session s;
	int64_t until_ms; /* it may be prolonged so far: wall; of one that came by the provider of identities, as the rest */
	char *more; /* owned; a refresh token; NULL: there is none */
	int64_t check_ms; /* it is to be confirmed then */
	bool is_checking;
	bool has_draft;
	uint8_t draft[TOTP_SECRET]; /* for an authenticator app that is being set up */
};

struct app_timer {
	struct heap_node node;
	void (*fire)(struct app *app, void *owner);
	void *owner;
};

enum leg_owner { LEG_OF_CALL, LEG_OF_LINE, LEG_OF_HOP /* owner: the call */ };

/* One party's media in a relay, as control knows it. Embedded in its owner; id 0: there is none. */
struct app_leg {
	uint64_t id;
	unsigned relay;
	enum leg_owner kind;
	void *owner;
	bool is_made; /* the relay answered */
	bool is_up;
	struct rp_leg_ok ok;
};

/* An agent's standing voice connection. */
struct app_line {
	struct app_leg leg;
	enum desk_line state;
	bool is_testing;
	bool is_asked; /* the page asked for its counters */
	bool is_lossy; /* RP_EV_LOSSY: its browser sends Opus with error correction */
	char *offer; /* the page's SDP of which the line was made; owned. NULL: none, or a former control's */
	uint32_t version; /* of the newest answer; 0: none of this control's */
	char ref[DESK_CODE_MAX];
	char stats_ref[DESK_CODE_MAX];
	struct app_timer timer; /* connecting */
	uint64_t kept_step; /* see app_step() */
};

/* What hangs at the door of the agent's room, for this shift (door.c). */
struct app_door {
	bool is_on;
	uint8_t hash[STORE_HASH_SIZE]; /* of the token, which is kept nowhere */
	uint64_t conns[DOOR_PAGES_MAX]; /* 0: free */
	struct desk_door shown; /* by all of them */
	int64_t back_at_ms; /* since 1970 UTC; 0: not said */
	struct app_timer back;
};

/* home.c and agreement.c: this shift's workplace and declaration, and what follows from them. */
struct app_home {
	struct home_shift shift;
	struct home_answer answer;
	struct home_clearance clearance;
	bool told_at_home, has_key;
	bool has_two_factors; /* the session of the desk */
	/* the text that was last given to be signed; version 0: none, or used up */
	uint32_t nonce_version;
	enum home_language language;
	uint8_t nonce[HOME_NONCE];
	/* at the code that is open now */
	uint8_t tried[STORE_HASH_SIZE];
	unsigned tries;
};

struct app_agent {
	struct app_agent_config cfg;
	struct app_home home;
	uint64_t conn; /* the desk; 0: none is open */
	uint64_t session; /* its, by number; 0: it has none yet */
	uint64_t
		seat; /* of the page that works, also while its connection is lost; 0: any may come */
	struct app_line line;
	struct app_timer gone; /* the shift's end without a desk */
	bool stops; /* the shift ends with the talk; see stop.c */
	bool has_ended; /* a shift, and no other has begun since */
	struct app_timer stop;
	/* pulse.c: has answered this week, of which the disk does not know yet */
	bool has_answered;
	/* of the call that the agent has or had, for the view */
	uint32_t call_queue;
	int64_t call_waited_ms, call_arrived_ms;
	struct app_door door;
	int64_t targets_ms; /* when the page was last told to whom it could hand the caller */
	bool is_leaving; /* it has no access any more; a talk may finish: people.c */
	bool is_signed_out; /* its session has ended; likewise: sign_on_end.c */
	struct app_timer signed_out;
};

/* How far a callback has come; see callback.c. From CALLBACK_WISHED on there is a row of it. */
enum app_callback {
	CALLBACK_NONE,
	CALLBACK_ASKED, /* the caller may press 1 */
	CALLBACK_WISHED, /* it did; its line is still there */
	CALLBACK_WAITING, /* its line is gone; it waits for its turn */
	CALLBACK_DIALLING, /* its agent listens while it is called */
};

#define APP_CODECS_MAX      SAVED_CODECS_MAX /* all voices, and telephone-event */
#define APP_LINE_CODECS_MAX (APP_CODECS_MAX + 1) /* and redundancy */

enum app_call_state {
	CALL_SETUP, /* its leg is being made, or its line connects */
	CALL_QUEUED, /* known to the acd */
	CALL_FAREWELL, /* no longer known there; a last clip plays */
	CALL_ENDED, /* its leg stays until the records have its end */
	CALL_MENU, /* answered; it chooses its queue and is in none */
};

/* How the last talk ended, until the next one begins: who dies between deciding and recording it says it again. */
struct app_leaving {
	uint64_t by; /* the agent; 0: nobody */
	int64_t at_ms, talk_ms;
	enum acd_why why;
};

/* How an agent handed a caller on, until the talk that came of it is over. */
struct app_handing {
	uint64_t by; /* 0: nobody did */
	uint64_t to; /* the agent; 0: a queue */
	int64_t at_ms; /* the caller waits from here on */
};

struct app_call {
	struct list node; /* app.calls, or app.ended */
	uint64_t id;
	enum store_call_kind kind;
	enum app_call_state state;
	uint32_t queue;
	struct app_leg leg;
	struct app_leg hop_near, hop_far; /* while it talks to a line in another relay */
	uint64_t dialog; /* SIP */
	uint64_t conn; /* caller page */
	uint64_t
		from; /* likewise: a number for its address, in memory alone and in no log; 0: another process took it */
	char *offer; /* its SDP while the relay makes the leg; owned; NULL: we offer */
	char *sdp_sent; /* our last description; owned */
	uint8_t *state_bytes; /* of the dialog, for a later process; owned */
	size_t state_len;
	bool awaits_answer; /* our 200 carried an offer */
	char ref[DESK_CODE_MAX];
	/* of its telephone network: the one of the talk and, perhaps, telephone-event; of our own offer until it is answered:
	 * all that we speak */
	struct sdesc_codec codecs[APP_CODECS_MAX];
	size_t n_codecs;
	enum sdesc_dir dir; /* ours */
	uint64_t sdp_id, sdp_version;
	struct rp_leg_remote
		remote; /* of its last description; the body only; keys as well */
	struct sdesc_crypto
		crypto; /* our key, and the line it was last told in; suite 0: plain RTP */
	enum trunk_srtp srtp; /* what its peer may speak */
	enum store_voice voice; /* as it was last recorded */
	int section; /* of the last description read: the one that we took */
	bool is_held; /* not sendrecv: its silence is to be expected */
	bool is_silent; /* nothing comes from it at the moment */
	bool is_recorded; /* STORE_ARRIVED was written */
	uint64_t agent; /* offered to or talking with */
	bool is_talking;
	bool is_interrupted; /* the agent's line was lost in mid-talk and may come back */
	int64_t on_hold_ms; /* its agent put it on hold then; 0: it is not on hold */
	bool awaits_relay; /* no relay has it yet, and it is told nothing: see app_call_await_relay() */
	int64_t await_until_ms;
	bool is_moving; /* its relay died; it gets a new leg */
	bool has_moved; /* likewise, while this process has it: see app_srtp_rocs() */
	unsigned n_reinvites; /* ours that are not answered yet */
	int64_t arrived_ms, since_ms, accepted_us;
	int64_t arrived_wall_ms; /* all of its records are told from here on, so the clock may jump */
	int64_t accepted_ms; /* of the last accepting; 0: none */
	uint64_t accepted_by;
	bool was_answered; /* and counted so */
	int64_t accepted_waited_ms;
	struct app_leaving left;
	struct app_handing handed;
	char end_why[STORE_DETAIL_MAX]; /* from the farewell on */
	int64_t ended_ms;
	uint64_t mark; /* CALL_ENDED: see struct store_marks */
	uint64_t kept_step; /* see app_step() */
	unsigned n_join_failures; /* since its voice last reached an agent */
	uint32_t
		first_queue; /* in which it arrived; it may have been sent elsewhere since */
	/* what it hears while nobody talks with it */
	uint8_t menu; /* the one that it came through, from 1 on; 0: none */
	enum menu_by menu_by;
	struct menu_place menu_place; /* CALL_MENU */
	bool is_greeted;
	uint32_t plays; /* the clip that has an end; APP_NO_CLIP: music, or nothing */
	uint32_t next_clip; /* the rest of an announcement; APP_NO_CLIP: none */
	uint32_t
		message; /* that it is sent off with, instead of the farewell; APP_NO_CLIP: none */
	bool is_announce_due;
	enum announce_wait told_wait; /* so long is left, it was told last */
	bool was_parted; /* from a talk that did not end */
	enum app_callback callback;
	struct keypad asked; /* its answer, while CALLBACK_ASKED */
	char number[STORE_PHONE_MAX]; /* its own; "" unknown. Personal: mask it */
	bool is_offer_due; /* of a callback, after what plays */
	uint32_t asked_queue; /* whose rule it was; it may be sent elsewhere since */
	bool is_called; /* its leg and dialog are of our own call to it */
	bool is_line_gone; /* the far side hung up, which is not answered yet */
	int64_t asked_wall_ms;
	uint64_t
		callback_mark; /* its row is on disk from here on: see struct store_marks */
	struct app_timer timer; /* by state: setup's end, the menu's, or the farewell's */
	struct app_timer silence; /* see silence_rule() */
	struct app_timer join; /* a join that could not even be sent */
	struct app_timer announce; /* see announce.c */
};

/* What a relay has of a former process, until it is taken over. */
struct app_found {
	unsigned relay;
	bool is_taken;
	struct rp_leg_state leg;
	struct saved saved; /* points into leg.blob */
};

struct app_relay {
	bool is_up;
	bool is_draining; /* gets no new legs, and is ended when it has none */
	bool is_told; /* to end */
	bool lost_found; /* it went after it told what it had, and before that was adopted */
	int64_t avoid_until_ms; /* it refused or did not answer lately */
	uint32_t n_legs, n_lines; /* the latter among the former */
	/* far sides still send to these ports of the process that died, until a re-INVITE or a BYE has come; a bit for
	 * each pair. The next process is told */
	bool has_lost_ports;
	uint64_t lost_ports[UINT16_MAX / 2 / 64 + 1];
	struct rp_hello_ok hello;
};

struct app_page {
	uint64_t conn, session;
	struct app_agent *agent; /* NULL: a caller page */
	struct app_call *call; /* of a caller page */
	uint64_t from; /* likewise: see struct app_call */
	int64_t place_ms; /* likewise: it was told its place when it asked */
	bool is_door; /* the agent's door display */
};

/* journal.c: the segment that is being written. */
struct app_journal {
	struct acd_journal acd;
	bool is_open;
	bool has_failed; /* the world took no more of it */
	int64_t began_ms, retry_ms;
	uint64_t lost; /* events since the last segment */
};

/* pulse.c: answers that may not be written yet, of this week. Never with a name beside them. */
struct app_pulse {
	int32_t monday; /* days since 1970 */
	struct pulse_counts waiting;
	struct app_timer timer;
};

struct app {
	struct app_ports ports;
	struct app_config cfg;
	struct app_queue_config *queues; /* owned copies; room for ACD_QUEUES_MAX */
	struct app_menu_config *menus; /* likewise; APP_MENUS_MAX */
	struct app_agent *agents; /* cfg.n_agents of them; with the id 0: free */
	size_t max_agents;
	struct store_people *people; /* as last told; owned; NULL: none yet */
	struct acd acd;
	struct app_journal journal;
	struct ids ids;
	struct app_relay relays[APP_RELAYS_MAX];
	struct map agent_by_id, call_by_id, call_by_dialog, leg_by_id, page_by_conn;
	struct list calls;
	size_t n_calls;
	struct list ended; /* by mark */
	size_t n_ended;
	struct app_found *found; /* while a former process's legs are taken over; owned */
	size_t n_found, found_room;
	bool is_adopted;
	uint64_t step;
	struct store_agreements *agreements; /* as last told; owned; NULL: none yet */
	struct app_timer home_timer; /* when time alone may change whose home is open */
	struct app_session *sessions;
	size_t n_sessions;
	uint64_t session_serial;
	struct store_credentials *credentials; /* as on disk; owned */
	uint64_t seed; /* for numbers that say nothing */
	struct knocks knocks; /* passwords */
	struct tries tries_code;
	struct tries tries_caller; /* calls from the caller page */
	struct caller_tokens *caller_tokens; /* owned; NULL: none is asked for */
	uint8_t challenge_key[32];
	uint8_t challenges_used[APP_CHALLENGES][16];
	size_t n_challenges;
	/* logins at the provider that came back, and its logout tokens: sign_on.c, sign_on_end.c */
	uint8_t sign_ons_used[APP_SIGN_ONS][16], logouts_used[APP_LOGOUTS][16];
	size_t n_sign_ons, n_logouts;
	struct app_timer sign_on_timer;
	struct heap timers;
	struct heap_node **timer_slots;
	int64_t now_us; /* of the input being dealt with */
	bool is_stopping;
	struct app_timer hours; /* see hours.c */
	struct app_pulse pulse;
	struct acd_queues closed;
	struct list measures; /* see measure.c */
	size_t n_measures;
	struct app_timer measure;
	struct counts counts;
};

/* app.c */
void app_clock(struct app *app);
int64_t app_now_ms(const struct app *app);
uint64_t app_new_id(struct app *app);
void app_timer_set(struct app *app, struct app_timer *t, int64_t in_ms,
	void (*fire)(struct app *app, void *owner), void *owner);
void app_timer_stop(struct app *app, struct app_timer *t);

/* count.c: what happened to a call, as it is recorded; its first answer; what its lines were worth. */
void app_count(struct app *app, const struct app_call *call, enum store_event what,
	const char *detail);
void app_count_answer(struct app *app, struct app_call *call);
void app_count_quality(struct app *app, const struct store_quality *q);

/* actions.c: one event into the core and all that follows out of it. */
enum acd_verdict app_step(struct app *app, struct acd_event ev);

/* journal.c */
/* Before a step: there is a segment for it, if there can be one. */
void app_journal_ready(struct app *app);
/* After it, before anything is done. */
void app_journal_step(
	struct app *app, const struct acd_event *ev, const struct acd_actions *actions);

/* relays.c */
/* EAGAIN: no relay is up, or none of them takes it; ENOMEM. */
int app_leg_make(struct app *app, struct app_leg *leg, enum leg_owner kind, void *owner,
	union rp_any *m, uint16_t type);
/* The same in a given relay; ENOTCONN: it is not up; EPIPE: it has just died; ENOBUFS: it takes no commands. */
int app_leg_make_in(struct app *app, unsigned relay, struct app_leg *leg,
	enum leg_owner kind, void *owner, union rp_any *m, uint16_t type);
/* A leg could not be made in time, or at all: others are asked first for a while. */
void app_relay_avoid(struct app *app, unsigned relay);
/* Its lines are lost, its calls move. */
void app_relay_legs_lost(struct app *app, unsigned relay);
/* It drains, and there is another to go to, or it has nothing but lines. */
bool app_relay_is_leaving(const struct app *app, unsigned relay);
void app_leg_close(struct app *app, struct app_leg *leg);
int app_leg_send(
	struct app *app, const struct app_leg *leg, union rp_any *m, uint16_t type);
void app_leg_play(struct app *app, const struct app_leg *leg, uint32_t clip, bool loop);
void app_leg_stop(struct app *app, const struct app_leg *leg);
/* A leg that a former process made. EEXIST, ENOMEM. */
int app_leg_take(struct app *app, struct app_leg *leg, enum leg_owner kind, void *owner,
	unsigned relay, const struct rp_leg_state *s);

/* call.c */
struct app_call *app_call_new(struct app *app, enum store_call_kind kind, uint32_t queue);
/* No relay takes it. They are asked again each RELAY_AGAIN_MS and when one comes up; after RELAY_WAIT_MS it is refused. */
void app_call_await_relay(struct app *app, struct app_call *call);
/* It awaits one, and there may be one that takes it. */
void app_call_try_relay(struct app *app, struct app_call *call);
/* With a given id, into the tables. NULL: no room. */
struct app_call *app_call_add(
	struct app *app, uint64_t id, enum store_call_kind kind, uint32_t queue);
/* Voice or music, as the core has it: after a new leg, or in a new process. */
void app_call_feed(struct app *app, struct app_call *call);
void app_call_leg_made(struct app *app, struct app_call *call);
void app_call_enter(struct app *app, struct app_call *call);
/* The far side is already gone or was told; nothing more is said to it. */
void app_call_gone(struct app *app, struct app_call *call, const char *why);
/* End it towards the caller, from whatever state. why: a word for the records, static. */
void app_call_end(struct app *app, struct app_call *call, const char *why);
/* Caller and agent cannot be joined: back to the queue; the second time it is the call that is at fault. */
void app_call_join_failed(struct app *app, struct app_call *call);
/* The same, but not from inside an action. */
void app_call_join_failed_soon(struct app *app, struct app_call *call);
/* After a new description: whether the far side's silence is to be expected may have changed. */
void app_call_silence_rule(struct app *app, struct app_call *call);
void app_call_farewell(struct app *app, struct app_call *call, const char *why);
/* Nothing is heard of it, so nothing comes to an end: a farewell is over. */
void app_call_clip_failed(struct app *app, struct app_call *call);
/* The last clip plays already; its end will end the call, at the latest after so long. */
void app_call_await_farewell(struct app *app, struct app_call *call, int64_t ms);
/* Everybody was told, now or by a former process: recorded with this time (monotonic ms), and gone. */
void app_call_over(
	struct app *app, struct app_call *call, int64_t at_ms, const char *why);
void app_call_show(struct app *app, struct app_call *call);
void app_call_leg_event(struct app *app, struct app_call *call, const union rp_any *m);
void app_call_music(struct app *app, struct app_call *call, uint32_t first);
/* A clip to its end; clip_done() says what follows. */
void app_call_play(struct app *app, struct app_call *call, uint32_t clip);

/* measure.c: what the lines of talks are worth */
/* A talk begins, or goes on over other legs. */
void app_measure_begin(
	struct app *app, const struct app_call *call, const struct app_agent *ag);
/* Its voices are about to part; nothing when none is measured. The record follows when the relays have answered. */
void app_measure_end(struct app *app, const struct app_call *call);
/* A line test began or ended. */
void app_measure_test(struct app *app, const struct app_agent *ag);
/* An answer to RP_STATS, also one that says no. */
void app_measure_stats(struct app *app, unsigned relay, const union rp_any *m);
void app_measure_relay_gone(struct app *app, unsigned relay);
void app_measure_free(struct app *app);

/* announce.c: its place and its wait, told between the music */
/* From now on in the rhythm of its queue, for the first time when what plays has ended. */
void app_announce_start(struct app *app, struct app_call *call);
/* The same, with the first in one rhythm's time: something was said by a former process. */
void app_announce_go_on(struct app *app, struct app_call *call);
/* A clip has ended: is there more to say? False: nothing, and music may follow. */
bool app_announce_next(struct app *app, struct app_call *call);
/* Is it one of that queue's announcements? */
bool app_announce_has(const struct app_queue_config *q, uint32_t clip);

/* divert.c: ACD_ACT_DIVERT */
void app_divert(struct app *app, const struct acd_action *a);
bool app_divert_has_message(const struct app_queue_config *q, uint32_t clip);

/* callback.c */
/* The caller is asked whether it wants to be called back; until it says so it waits on. */
void app_call_offer_callback(struct app *app, struct app_call *call);
/* Fit to be called, and to be promised that. */
bool app_callback_may_call(const char *number);
void app_callback_key(struct app *app, struct app_call *call, uint32_t key);
/* A clip has ended. True: what follows is seen to. */
bool app_callback_clip_done(struct app *app, struct app_call *call);
void app_callbacks_kept(struct app *app); /* rows may have reached the disk */
/* The far side hung up. False: that is the call's end, as any's. */
bool app_callback_line_gone(struct app *app, struct app_call *call);
/* The centre stops: its line ends, the row stays. */
void app_callback_stop(struct app *app, struct app_call *call);
void app_callback_saved(const struct app_call *call, struct saved_call *s);
void app_callback_read(struct app_call *call, const struct saved_call *s);
/* Taken over with its line, after it wished it. */
void app_callback_adopted(struct app *app, struct app_call *call);
/* For ACD_EV_CALL_RESTORE. */
struct acd_saved_call app_callback_place(
	const struct app *app, uint32_t queue, const struct saved_call *s);
void app_callback_drop_line(struct app *app, struct app_call *call);
int app_callback_put_row(struct app *app, const struct app_call *call);
void app_callback_drop_row(struct app *app, struct app_call *call);

/* dial.c */
void app_dial(struct app *app, const struct acd_action *a); /* ACD_ACT_DIAL */
/* False: it is not being called. */
bool app_dial_leg_made(struct app *app, struct app_call *call);
bool app_dial_leg_lost(struct app *app, struct app_call *call);
/* The call came to nothing, or its agent is gone: ACD_ACT_WITHDRAW. */
void app_dial_withdrawn(struct app *app, struct app_call *call);

/* menu.c: a caller chooses its queue by a key, CALL_MENU */
/* By the number that was dialled; 0: it is no menu's. */
uint8_t app_menu_find(const struct app *app, const char *number);
/* Of who chooses nothing. */
uint32_t app_menu_default(const struct app *app, uint8_t menu);
/* ACD_DONE: there is a queue for somebody. */
enum acd_verdict app_menu_admits(const struct app *app, uint8_t menu);
/* It hears what there is to choose from. */
void app_menu_begin(struct app *app, struct app_call *call);
void app_menu_key(struct app *app, struct app_call *call, uint32_t key);
/* False: it is in no menu. */
bool app_menu_clip_done(struct app *app, struct app_call *call);
/* It is over before it chose: there is a record of it, if it is in a menu. */
void app_menu_left(struct app *app, struct app_call *call);
/* It goes where it goes that chose nothing; it may be over after this. */
void app_menu_give_up(struct app *app, struct app_call *call);
/* Which menu it came through; nothing when it came through none. Repeating it does no harm. */
void app_menu_record(struct app *app, const struct app_call *call);
void app_menu_read(
	const struct app *app, struct app_call *call, const struct saved_call *s);
void app_menu_adopted(struct app *app, struct app_call *call);

/* hours.c */
/* Tells the core which queues are closed, and looks again each minute. */
void app_hours_look(struct app *app);

/* hop.c */
/* The caller and the line hear each other soon; a failure after this comes as a reply. */
int app_hop_join(struct app *app, struct app_call *call, const struct app_leg *line);
void app_hop_close(
	struct app *app, struct app_call *call); /* nothing when there is none */
int app_hop_leg_made(struct app *app, struct app_call *call);

/* keep.c: what a later process needs is with the leg before it is acted upon. */
void app_keep_call(struct app *app, struct app_call *call);
void app_keep_line(struct app *app, struct app_agent *ag);
void app_keep_hop(
	struct app *app, const struct app_leg *leg, const struct app_call *call);

/* ended.c */
/* The call is over and told to everybody; its memory and its leg go when its records are on disk. */
void app_ended_put(struct app *app, struct app_call *call);
void app_call_free(struct app *app, struct app_call *call);

/* move.c */
/* Its relay is gone. */
void app_move_start(struct app *app, struct app_call *call);
void app_move_leg_made(struct app *app, struct app_call *call);
/* A former process was about to: its new leg is there, the far side has not agreed yet. False: it is over. */
bool app_move_go_on(struct app *app, struct app_call *call);
/* A relay is there for those that wait for one. */
void app_move_try_all(struct app *app);

/* sip.c */
void app_sip_leg_made(struct app *app, struct app_call *call);
int app_sip_make_leg(struct app *app, struct app_call *call);
void app_sip_no_relay(struct app *app, struct app_call *call);

/* --- sip_srtp.c --- */
/* What a section of a description is to us; of several the highest counts. */
enum app_srtp_rank { APP_SRTP_REFUSED, APP_SRTP_PLAIN, APP_SRTP_SECURE };
enum app_srtp_rank app_srtp_rank(
	const struct app_call *call, const struct sdesc_media *m, bool is_answer);
/* The section was taken: our key for the answer, and *out, zeroed before, for the relay. */
void app_srtp_take(struct app *app, struct app_call *call, const struct sdesc_media *m,
	struct rp_srtp *out);
void app_srtp_offer(struct app *app, struct app_call *call);
void app_srtp_move(struct app *app, struct app_call *call); /* to another relay */
/* rp_srtp.rx_rocs of a call that comes from another relay; 0: it began in this one. */
uint8_t app_srtp_rocs(const struct app *app, const struct app_call *call);
void app_srtp_adopt(struct app *app, struct app_call *call, uint8_t suite);
void app_srtp_wipe_text(char *sdp); /* and frees; NULL allowed */

/* A leg for a call that we make: of the far side nothing is known yet. */
int app_sip_make_call_leg(struct app *app, struct app_call *call);
/* The far side's answer to our offer. Nonzero: no use to us. */
int app_sip_take_answer(struct app *app, struct app_call *call, const char *sdp, size_t n,
	const void *state, size_t state_len);
/* Our description as an offer, remembered as the last one sent. */
int app_sip_describe(struct app *app, struct app_call *call, char *buf, size_t cap);

/* caller.c */
/* EINVAL: its offer cannot be read; as app_leg_make(). */
int app_caller_make_leg(struct app *app, struct app_call *call);
void app_caller_no_relay(struct app *app, struct app_call *call);
void app_caller_leg_made(struct app *app, struct app_call *call);
/* Where it waits, in words that a page has. */
void app_caller_fill_place(
	const struct app *app, const struct app_call *c, struct desk_caller_view *v);
void app_caller_message(struct app *app, struct app_page *page, const struct desk_msg *m);

/* agent.c */
struct app_agent *app_agent_find(struct app *app, uint64_t id);
enum desk_state app_agent_state(const struct app *app, const struct app_agent *ag);
void app_agent_show(struct app *app, struct app_agent *ag);
void app_agent_message(struct app *app, struct app_page *page, const struct desk_msg *m);
void app_agent_desk_closed(struct app *app, struct app_agent *ag);
/* Shift, sessions and desk. False: not in a talk. */
bool app_agent_logout(struct app *app, struct app_agent *ag);
/* Taken over from a former process; its desk has not come back yet. */
void app_agent_adopted(struct app *app, struct app_agent *ag);

/* home.c */
/* Looks at every agent again, tells core and desks what changed, and sets the timer. */
void app_home_review(struct app *app);
/* The same of one whose profile is another now. */
void app_home_again(struct app *app, struct app_agent *ag);
/* Into an event that begins, changes or restores a shift. */
void app_home_profile(const struct app_agent *ag, struct acd_event *ev);
/* Before a shift, and after it: the usual workplace, no declaration [RULES N10]. */
void app_home_begin(struct app *app, struct app_agent *ag);
/* The desk's session is another, or has another number of factors. */
void app_home_session(struct app *app, struct app_agent *ag);
void app_home_restore(struct app *app, struct app_agent *ag, const struct saved_line *s);
/* False: the message is of something else. */
bool app_home_message(struct app *app, struct app_agent *ag, const struct desk_msg *m);

/* agreement.c */
bool app_agreement_has_key(const struct app *app, uint64_t agent);
void app_agreement_read(struct app *app, struct app_agent *ag, const struct desk_msg *m);
void app_agreement_enrol(struct app *app, struct app_agent *ag, const struct desk_msg *m);
void app_agreement_sign(struct app *app, struct app_agent *ag, const struct desk_msg *m);
void app_agreement_end(struct app *app, struct app_agent *ag, const struct desk_msg *m);

/* pulse.c */
/* At start: weeks that are over are closed, now and whenever one ends. */
void app_pulse_begin(struct app *app);

/* stop.c */
/* ACD_REFUSED: in a talk. Else no shift is on any more, and nothing of it: line, declaration, door's token. */
enum acd_verdict app_stop_now(struct app *app, struct app_agent *ag);
/* DESK_SHIFT_END, in whatever state. */
void app_stop_wish(struct app *app, struct app_agent *ag, const struct desk_msg *m);
/* The shift ends with the talk, if there is one. */
void app_stop_after(struct app *app, struct app_agent *ag);
/* The agent's state changed: the end that was wished may be due. Nothing is done at once. */
void app_stop_look(struct app *app, struct app_agent *ag);

/* transfer.c */
/* The caller of this talk waits for its queue again, before all who came later; NULL, or why it cannot. */
const char *app_transfer_back(struct app *app, struct app_agent *ag, uint64_t call);
void app_transfer(struct app *app, struct app_agent *ag, const struct desk_msg *m);
void app_transfer_targets(
	struct app *app, struct app_agent *ag, const struct desk_msg *m);
/* Who handed the call on to who has it now, by name; "": nobody. */
const char *app_transfer_from(struct app *app, const struct app_call *call);
/* The records of it, once more or for the first time. */
void app_transfer_record(struct app *app, const struct app_call *call);
/* Since when the caller waits, or waited, for this talk. */
int64_t app_call_waits_since(const struct app_call *call);

/* line.c */
void app_line_offer(struct app *app, struct app_agent *ag, const struct desk_msg *m);
/* The line that stands, offered once more with another codec first. */
void app_line_codec(struct app *app, struct app_agent *ag, const struct desk_msg *m);
void app_line_test(struct app *app, struct app_agent *ag, bool on, const char *ref);
void app_line_ask_stats(struct app *app, struct app_agent *ag, const char *ref);
void app_line_leg_made(struct app *app, struct app_agent *ag);
void app_line_stats(struct app *app, struct app_agent *ag, const struct rp_stats *s);
void app_line_leg_event(struct app *app, struct app_agent *ag, const union rp_any *m);
/* The line is no use any more; the agent and perhaps a caller feel it. */
void app_line_lost(struct app *app, struct app_agent *ag);
void app_line_close(struct app *app, struct app_agent *ag);
void app_line_await(
	struct app *app, struct app_agent *ag); /* it connects, but not for ever */
/* Away from a relay that is leaving, unless it is needed this moment. */
void app_line_move(struct app *app, struct app_agent *ag);
void app_line_move_soon(
	struct app *app, struct app_agent *ag); /* from inside an action */
/* What both the agent's line and the caller page ask of a relay. EINVAL: not fit for a line. */
/* codecs.c */
enum sound_codec app_codec_sound(enum sdesc_codec_id id); /* SOUND_NONE: it is no voice */
struct sdesc_codec app_codec_offered(enum sdesc_codec_id id); /* as we offer it */
void app_codecs_tell(const struct sdesc_codec *c, size_t n,
	struct rp_codec out[RP_CODECS_MAX], uint8_t *dtmf_pt);
/* What is answered: how many at out; 0: nothing in it for us. */
size_t app_codecs_of_trunk(
	const struct sdesc_media *m, struct sdesc_codec out[APP_CODECS_MAX]);
size_t app_codecs_of_line(const struct sdesc_media *m, bool is_caller,
	struct sdesc_codec out[APP_LINE_CODECS_MAX]);
/* The first voice of theirs that is among ours goes to the head of ours. */
void app_codecs_follow(const struct sdesc_media *m, struct sdesc_codec *codecs, size_t n);
/* What the agent's browser is to send: the caller's codec, on a lossy line Opus. */
const char *app_codec_of_talk(const struct app *app, const struct app_agent *ag);
/* The same of a call that is this agent's, if only by an offer. */
const char *app_codec_of_call(
	const struct app *app, const struct app_agent *ag, uint64_t id);

int app_line_command(struct rp_leg_web *cmd, const char *sdp, bool is_caller);
/* The answer to a browser, into buf. version: 1, and one more for each that follows; from the second on the codec comes first
 * that does in the offer. */
int app_line_answer(struct app *app, const struct app_leg *leg, const char *offer,
	uint32_t version, char *buf, size_t cap);

/* turn_tell.c */
void app_turn_tell(struct app *app, const struct app_agent *ag);

/* door.c */
/* The agent's state may have changed, and with the shift the token ends. */
void app_door_show(struct app *app, struct app_agent *ag);
/* What the agent's own desk is shown of it. */
void app_door_fill(const struct app_agent *ag, struct desk_view *v);
/* DESK_DOOR_*, from the desk. */
void app_door_command(struct app *app, struct app_agent *ag, const struct desk_msg *m);
/* Its shift is over, or its access. */
void app_door_end(struct app *app, struct app_agent *ag);
/* Of a door display. */
void app_door_message(struct app *app, struct app_page *page, const struct desk_msg *m);
void app_door_closed(struct app *app, struct app_page *page);
/* For a later process, and in it, after the agent went back into the core. */
void app_door_save(const struct app_agent *ag, struct saved_line *s);
void app_door_restore(struct app *app, struct app_agent *ag, const struct saved_line *s);

/* people.c */
/* Who is in the house is looked at by the configuration as it is now. */
void app_people_again(struct app *app);
bool app_people_may_enter(const struct app *app, uint64_t agent);
/* Who is leaving is let out, unless it talks; from inside an action, too. */
void app_people_go_on(struct app *app, struct app_agent *ag);

/* login.c */
void app_session_drop(struct app *app, uint64_t agent);
/* Live; NULL. Borrowed until the next one begins. */
struct app_session *app_session_find(struct app *app, uint64_t number);
/* Of agent, factors and provider; the rest is made here. Its life in seconds. */
uint32_t app_session_begin(
	struct app *app, const struct store_session *as, char token[65]);
void app_sessions_free(struct app *app);
/* This one alone; its place is free. */
void app_session_end(struct app *app, struct app_session *s);

/* sign_on_end.c */
/* There are sessions that came by the provider, or may be. */
void app_sign_on_watch(struct app *app);
/* The agent's state changed: who is signed out is let out, unless it talks. Nothing is done at once. */
void app_sign_on_look(struct app *app, struct app_agent *ag);
/* A page says hello: with a session that lives it is back. */
void app_sign_on_back(struct app *app, struct app_agent *ag, uint64_t session);

/* records.c */
enum store_voice app_call_voice(const struct app_call *call);
/* After a description: what changed in it is recorded, and told to its agent. */
void app_voice_look(struct app *app, struct app_call *call);
void app_record(struct app *app, const struct app_call *call, enum store_event what,
	uint64_t agent, int64_t number, const char *detail);
/* The same of another moment; monotonic. Repeating a record does no harm. */
void app_record_at(struct app *app, const struct app_call *call, int64_t at_ms,
	enum store_event what, uint64_t agent, int64_t number, const char *detail);

#endif
