/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The world's own parts, shared by its files only. */
#ifndef SIM_INNER_H
#define SIM_INNER_H

#include <stdbool.h>

#include "app/app.h"
#include "base/heap.h"
#include "base/list.h"
#include "base/map.h"
#include "world.h"

#define EVENTS_MAX   16384
#define LEGS_MAX     2048
#define AGENTS_MAX   64
#define RELAYS_MAX   4
#define QUEUES       2
#define PENDING_MAX  8192 /* records that are not on disk */
#define ACCEPTED_MAX 16 /* of one call */
#define TAPE_FULL    20000 /* bytes: a segment has some hundred events */
#define TAPE_MAX     200000 /* a segment with its snapshot */

#define CALLER_SILENT_MS 12000
#define DESK_GONE_MS     20000
#define REGAIN_MS        15000
#define DECLINED_MS      10000
#define HOLD_MS          20000 /* longer than that */
#define FAULTS_EVERY_MS  500
#define RELAY_SLOW_MS    1500 /* the most that a word of a relay takes */
#define DEAF_MS \
	8000 /* a talk without voice for so long is none: some slow replies in a row */
#define NO_LEG_MS    25000 /* MOVE_MS and a suspension */
#define SUSPENDED_US 10000000 /* the longest that control stands still */
#define UNUSED_MS    45000 /* an offer, a talk's regaining and a suspension */
#define QUIET_MS     600000 /* after the last call: time for everybody to come back */

#define CLIP_GREETING 0
#define CLIP_MUSIC    1
#define CLIP_APOLOGY  2
#define CLIP_FAREWELL 3
#define CLIP_RING     4
#define CLIP_MESSAGE  5
#define CLIP_HOLD     6
#define CLIP_SAID     7 /* the first of the announcements */
#define SAYS_MS       7000
#define MUTE_MS       4000 /* silence for so long is none of a relay's slow words */

enum what {
	W_ARRIVE, /* the next caller */
	W_CALL_AGAIN,
	W_CALLER_HANGS_UP,
	W_BYE, /* again, until it is answered */
	W_BYE_ANSWERED, /* by the trunk itself */
	W_ACK,
	W_SIP_ENDED,
	W_REINVITED,
	W_NO_ANSWER, /* to our re-INVITE */
	W_HOLD,
	W_PAGE_CLOSED,
	W_LINK_USED,
	W_WORD, /* of a page, late */
	W_VIEW, /* for a page, late */
	W_REPLY, /* of a relay, on its way */
	W_LEG_EVENT, /* something happens to a leg */
	W_RELAY_EVENT, /* ... and the news of it is on its way */
	W_RELAY_UP,
	W_RELAY_QUITS,
	W_RELAY_DIES,
	W_ORPHANS, /* a relay looks for legs that nobody needs */
	W_COMMIT, /* records reach the disk */
	W_RECORDS_WELL,
	W_CONTROL_STARTS,
	W_AGENT_ACTS,
	W_FAULTS,
};

/* What relays say, without the large ones. */
union word {
	struct rp_head head;
	struct rp_leg_ok leg_ok;
	struct rp_clip_done clip_done;
	struct rp_first first;
};

/* What goes between a page and the centre. */
struct page_word {
	uint64_t conn, call;
	enum desk_msg_type type;
	enum desk_state state;
	enum desk_line line;
	bool must_declare;
};

struct event {
	struct heap_node node;
	enum what what;
	uint64_t id;
	uint16_t command;
	unsigned relay;
	unsigned life; /* of control, when it came to be */
	struct caller *caller; /* whom the word of a relay is about */
	uint32_t generation;
	union {
		union word m;
		struct page_word page;
		uint64_t given; /* W_COMMIT */
	};
	struct event *next_free;
};

struct caller {
	uint64_t id; /* index + 1 */
	uint64_t dialog; /* SIP: the id below, the number of its INVITE above 32 bits */
	uint64_t conn; /* of the page; 0: none is open */
	uint64_t leg, moved_leg; /* the latter: of our last re-INVITE */
	struct record *record; /* of its last call */
	bool is_web, is_answered, is_over;
	bool in_trunk; /* the trunk of this life knows the dialog */
	bool is_late_offer, is_held, is_reoffering, is_bad_reoffer;
	bool is_bye, is_bye_answered;
	unsigned n_invites, n_byes;
	uint64_t asked; /* counts, over all callers: when it last asked for a talk */
	unsigned n_reinvited; /* of ours, that were not answered yet */
	uint32_t version, kept_version; /* of the dialog's state */
	/* lives of control: in which its INVITE was taken, was it told the end, did it hang up */
	unsigned invite_life, told_life, hangup_life;
};

struct person {
	uint64_t id, conn, leg;
	uint64_t closing_conn; /* that the centre may close: taken over or logged out */
	uint64_t cut_conn; /* dead, and the centre may not know */
	uint64_t answered_leg; /* whose line the page holds */
	bool has_session;
	bool is_token_lost; /* control died while it gave the session another */
	char token[65];
	struct store_session session;
	enum desk_state state;
	enum desk_line line_state;
	bool must_declare; /* at home, and has not in this shift */
	uint64_t call;
	int64_t last_word_us, last_view_us;
	int64_t deaf_us; /* talks with nobody since; 0: does not */
	struct {
		uint64_t call;
		int64_t until_us;
	} declined[ACD_DECLINED_MAX];
	unsigned n_declined;
	uint32_t
		generation; /* of its wish to act: a later view makes an older one void */
};

struct leg {
	uint64_t id, joined;
	unsigned relay;
	uint16_t port, remote_port; /* plain RTP: ours, and where it sends */
	bool is_web, is_up, is_silent, is_lost;
	struct caller *caller; /* neither: one end of a hop */
	struct person *person;
	uint32_t n_plays; /* tells a clip from the one before */
	uint32_t n_parts;
	enum rp_feed feed;
	uint32_t clip;
	bool is_choked; /* the last clip for it found the relay full */
	int64_t mute_us; /* waits and hears nothing since; 0: does not */
	int64_t quiet_us; /* since when it says nothing without having said so; 0: it does not */
	int64_t alone_us; /* since when nothing was heard of it nor of control; see W_ORPHANS */
	unsigned life; /* of the control that made or claimed it */
	struct rp_leg_ok ok;
	uint32_t blob_len;
	uint8_t blob[RP_BLOB_MAX];
	/* just before a new control takes over: an established talk */
	uint64_t talk_with;
	uint32_t talk_parts;
};

struct relay {
	bool is_up, is_broken, is_draining;
	int64_t last_us; /* when its last message arrives: order is kept */
	int64_t unused_us; /* drains without calls since; 0: does not */
};

/* One call, as the records tell it. */
struct record {
	struct list node; /* in world.open */
	uint64_t call, agent, queue;
	struct caller *caller;
	bool is_arrived, is_talking, is_on_hold, is_ended, was_diverted;
	bool is_spoilt; /* one of its records was refused: its story has a hole */
	bool is_void; /* lost with its process, before anything of it was on disk */
	int64_t arrived_ms; /* monotonic */
	int64_t arrived_at_ms, ended_at_ms; /* as recorded */
	int64_t talk_since_ms; /* monotonic, of the last one */
	int64_t held_at_ms; /* as recorded, of the last hold */
	/* who had it last, when it was left, and whom it was handed to, as recorded; handed_at_ms is monotonic */
	uint64_t left_by, handed_to;
	int64_t left_at_ms, handed_at_ms; /* the latter 0: it was not */
	int64_t accepted_at_ms[ACCEPTED_MAX];
	size_t n_accepted;
	/* on disk */
	bool has_arrival, has_end;
	int64_t kept_arrival_ms, kept_end_ms;
	uint64_t kept_accepts,
		given_accepts; /* bits of agents; the latter in this life of control */
	/* before a new control takes over */
	int64_t no_leg_us; /* since when its caller has no leg; 0: it has */
	bool was_known;
	struct acd_call_info was;
};

struct world {
	struct world_config cfg;
	struct world_report *report;
	struct app *app; /* NULL: control is dead */
	uint64_t random;
	int64_t now_us, wall_offset_ms;
	struct event *events, *free_events;
	struct heap queue;
	struct heap_node **slots;
	uint64_t tie, next_conn;
	struct map legs, callers_by_conn, people_by_conn, records;
	struct leg leg_store[LEGS_MAX];
	size_t next_leg;
	struct relay relays[RELAYS_MAX];
	struct caller *callers;
	size_t n_arrived, n_over;
	uint64_t n_asked;
	struct person people[AGENTS_MAX];
	struct record *record_store;
	size_t n_records;
	struct list open; /* records without an end */
	uint64_t last_call; /* the greatest on disk */
	struct store_call_event *pending; /* a ring */
	size_t first_pending, n_pending;
	struct store_marks marks;
	bool commits;
	/* whom the input at hand is about: a leg that is made or a call that is recorded is theirs */
	struct caller *caller;
	struct person *person;
	/* control's process */
	unsigned life; /* 1: the first */
	bool is_dying; /* it died within the input at hand, and does and says no more */
	bool is_adopting, was_clean;
	unsigned dies_in; /* so many words more; 0: lives */
	int64_t suspended_until_us;
	bool is_ill, is_stopped;
	struct {
		uint8_t *p; /* owned; the segment that is written */
		size_t n;
		bool is_full; /* the disk takes no more of it */
	} tape;
	unsigned n_no_hello;
	const char *broken;
};

/* world.c */
void fail(struct world *w, const char *what);
uint64_t chance(struct world *w, uint64_t below);
bool trouble(struct world *w, enum trouble t);
int64_t exponential_ms(struct world *w, int64_t mean);
struct event *later(struct world *w, int64_t in_ms, enum what what, uint64_t id);
/* To another time, behind all that happens then. */
void move_event(struct world *w, struct event *e, int64_t at_us);
void drop_event(struct world *w, struct event *e);

/* control.c */
/* Asked by each port before it does anything: the process may have died before it came to say this. */
bool control_is_dead(struct world *w);
void control_dies(struct world *w);
void control_starts(struct world *w);
/* Within the next words, or at once. */
void control_faults(struct world *w);

/* ports.c */
struct app_ports world_ports(struct world *w);
struct caller *caller_of(
	struct world *w, uint64_t dialog); /* of this or a former INVITE */

/* records.c */
struct record *record_of(struct world *w, uint64_t call, struct caller *c);
int record_event(struct world *w, const struct store_call_event *ev);
void records_commit(struct world *w, const struct event *e);
/* What waited dies with its process. */
void records_lost(struct world *w);
/* As store_end_open_calls(): what nobody goes on with has its end. */
void records_close(struct world *w);
void check_records(struct world *w);
bool has_calls_of_every_state(const struct world *w);

/* tape.c */
void tape_ports(struct app_ports *ports);
/* Its process died. */
void tape_torn(struct world *w);

/* relays.c */
int relay_command(
	struct world *w, unsigned relay, union rp_any *m, uint16_t type, uint64_t leg);
struct event *leg_event(struct world *w, int64_t in_ms, uint64_t leg, uint16_t type);
void leg_happens(struct world *w, struct event *e);
void relay_says(struct world *w, struct event *e);
void relay_faults(struct world *w);
void relay_up(struct world *w, unsigned relay);
void relay_quits(struct world *w, unsigned relay);
void relay_dies(struct world *w, unsigned relay);
/* All that the relays carry, for a new control. */
void relays_tell(struct world *w);
void relays_orphaned(struct world *w, struct event *e);
/* A caller's leg is quiet from now on, or is not any more. */
void leg_quiet(struct world *w, struct leg *leg, bool is_quiet);
/* The line that the caller's leg is joined with, over a hop where there are two relays; NULL: none. */
struct leg *line_of(struct world *w, const struct leg *leg);
/* Whoever is said to talk hears somebody. */
void check_voice(struct world *w);
void check_mute(struct world *w);
void check_quiet(struct world *w);
void check_drains(struct world *w);

/* callers.c */
void arrive(struct world *w);
void caller_invites(struct world *w, struct caller *c);
void caller_over(struct world *w, struct caller *c);
void caller_hangs_up(struct world *w, struct caller *c);
void caller_says_bye(struct world *w, struct caller *c);
void caller_acks(struct world *w, struct caller *c);
void caller_told(struct world *w, struct caller *c);
void caller_reinvited(struct world *w, struct caller *c);
void caller_no_answer(struct world *w, struct caller *c);
void caller_holds(struct world *w, struct caller *c);
void caller_faults(struct world *w);
/* Control died: what was under way is lost. */
void callers_alone(struct world *w);
/* The caller whose telephone is at this address; NULL: none. */
struct caller *caller_at(struct world *w, const char *addr);

/* agents.c */
void agent_acts(struct world *w, struct person *p);
void agent_view(struct world *w, struct person *p, const struct desk_view *v);
void agent_seen(struct world *w, const struct event *e);
void agent_word(struct world *w, const struct event *e);
void agent_link_used(struct world *w, struct person *p);
void agent_logged_in(struct world *w, struct person *p, const char *token);
void agent_page_closed(struct world *w, uint64_t conn);
void agent_told_off(struct world *w, struct person *p, uint64_t conn, uint16_t code);
void agent_faults(struct world *w);
void agents_alone(struct world *w);
void check_agents(struct world *w);
extern const char world_line_offer[];

#endif
