/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The world's own parts, shared by its files only. */
#ifndef SIM_INNER_H
#define SIM_INNER_H

#include <stdbool.h>

#include "app/app.h"
#include "base/heap.h"
#include "base/map.h"
#include "world.h"

#define EVENTS_MAX 65536
#define LEGS_MAX   1024
#define AGENTS_MAX 64
#define RELAYS_MAX 4
#define QUEUES     2

#define CALLER_SILENT_MS 12000
#define DESK_GONE_MS     20000
#define FAULTS_EVERY_MS  500
#define QUIET_MS         600000 /* after the last call: time for everybody to come back */

#define CLIP_GREETING 0
#define CLIP_MUSIC    1
#define CLIP_APOLOGY  2
#define CLIP_FAREWELL 3
#define CLIP_RING     4

enum what {
	W_ARRIVE, /* the next caller */
	W_CALLER_HANGS_UP,
	W_ACK,
	W_SIP_ENDED,
	W_HOLD,
	W_PAGE_CLOSED,
	W_LINK_USED,
	W_REPLY, /* of a relay, on its way */
	W_LEG_EVENT, /* something happens to a leg */
	W_RELAY_EVENT, /* ... and the news of it is on its way */
	W_RELAY_UP,
	W_RECORDS_WELL,
	W_AGENT_ACTS,
	W_FAULTS,
};

struct event {
	struct heap_node node;
	enum what what;
	uint64_t id;
	uint16_t command;
	unsigned relay;
	uint32_t generation;
	union rp_any m;
	struct event *next_free;
};

struct caller {
	uint64_t id; /* index + 1; of SIP also the dialog */
	uint64_t conn; /* of the page; 0: SIP */
	uint64_t leg;
	bool is_answered, is_over, is_told; /* the centre was told the end */
	bool is_late_offer, is_held, is_reoffering, is_bad_reoffer;
	int n_ended; /* must be one at last */
	int n_hangups;
};

struct person {
	uint64_t id, conn, leg;
	uint64_t closing_conn; /* that the centre may close: taken over or logged out */
	bool has_session, is_leaving;
	char token[65];
	enum desk_state state;
	enum desk_line line_state;
	uint64_t call;
	uint32_t
		generation; /* of its wish to act: a later view makes an older one void */
};

struct leg {
	uint64_t id, joined;
	unsigned relay;
	uint16_t port, remote_port; /* plain RTP: ours, and where it sends */
	bool is_web, is_up, is_silent;
	struct caller *caller; /* neither: one end of a hop */
	struct person *person;
	uint32_t n_plays; /* tells a clip from the one before */
	bool is_farewell; /* the last clip plays */
	int64_t quiet_us; /* since when it says nothing without having said so; 0: it does not */
};

struct relay {
	bool is_up, is_broken;
	int64_t last_us; /* when its last message arrives: order is kept */
	uint64_t n_lives;
};

struct record {
	uint64_t call, agent;
	struct caller *caller;
	bool is_arrived, is_talking, is_ended;
};

struct world {
	struct world_config cfg;
	struct world_report *report;
	struct app *app;
	uint64_t random;
	int64_t now_us;
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
	struct person people[AGENTS_MAX];
	struct record *record_store;
	size_t n_records;
	/* whom the input at hand is about: a leg that is made or a call that is recorded is theirs */
	struct caller *caller;
	struct person *person;
	bool is_ill, is_stopped;
	unsigned n_no_hello;
	const char *broken;
};

/* world.c */
void fail(struct world *w, const char *what);
uint64_t chance(struct world *w, uint64_t below);
bool trouble(struct world *w, enum trouble t);
int64_t exponential_ms(struct world *w, int64_t mean);
struct event *later(struct world *w, int64_t in_ms, enum what what, uint64_t id);
void drop_event(struct world *w, struct event *e);

/* ports.c */
struct app_ports world_ports(struct world *w);

/* records.c */
int record_event(struct world *w, const struct store_call_event *ev);
void check_records(struct world *w);
/* Whom the records say the agent talks with; NULL: nobody. */
const struct caller *caller_with(const struct world *w, uint64_t agent);
bool has_calls_of_every_state(const struct world *w);

/* relays.c */
int relay_command(
	struct world *w, unsigned relay, union rp_any *m, uint16_t type, uint64_t leg);
struct event *leg_event(struct world *w, int64_t in_ms, uint64_t leg, uint16_t type);
void leg_happens(struct world *w, struct event *e);
void relay_says(struct world *w, struct event *e);
void relay_faults(struct world *w);
void relay_up(struct world *w, unsigned relay);
/* A caller's leg is quiet from now on, or is not any more. */
void leg_quiet(struct world *w, struct leg *leg, bool is_quiet);
/* Whoever is said to talk hears somebody, over a hop where there are two relays. */
void check_voice(struct world *w, const struct person *p);
void check_quiet(struct world *w);

/* callers.c */
void arrive(struct world *w);
void caller_over(struct world *w, struct caller *c);
void caller_hangs_up(struct world *w, struct caller *c);
void caller_acks(struct world *w, struct caller *c);
void caller_told(struct world *w, struct caller *c);
void caller_holds(struct world *w, struct caller *c);
void caller_faults(struct world *w);

/* agents.c */
void agent_acts(struct world *w, struct person *p);
void agent_seen(struct world *w, struct person *p, const struct desk_view *v);
void agent_link_used(struct world *w, struct person *p);
void agent_logged_in(struct world *w, struct person *p, const char *token);
void agent_page_closed(struct world *w, uint64_t conn);
void agent_told_off(struct world *w, struct person *p, uint64_t conn, uint16_t code);
void agent_faults(struct world *w);
void check_agents(struct world *w);
extern const char world_line_offer[];

#endif
