/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* acd's own parts, shared by its files only. */
#ifndef CORE_ACD_PRIV_H
#define CORE_ACD_PRIV_H

#include <stddef.h>

#include "core/acd/acd.h"

/* The most actions that one event, or one timer of a tick, can cause: part or withdraw, agent, wait or
 * end, and an offer with its agent for each of two matches. */
#define STEP_ACTIONS_MAX 8

/* Agents or calls: what acd/index.c can count. */
#define ACD_ENTRIES_MAX ((1u << 22) - 1)

#define CACHE_LINE 64

/* Before the heap of timers, so that the four children of each node are one cache line; acd/timer.c. */
#define TIMERS_BEFORE (CACHE_LINE / sizeof(struct acd_timer_slot) - 1)

/* A new acd restores or runs by what comes first; see acd.h, ACD_EV_AGENT_RESTORE. */
enum acd_phase { PHASE_NEW, PHASE_RESTORING, PHASE_RUNNING };

struct acd_timer_slot {
	int64_t at_ms;
	uint32_t tie; /* grows with each setting, modulo 2^32 */
	uint32_t timer;
};

enum agent_event {
	A_READY,
	A_PAUSE,
	A_OFFER,
	A_ACCEPT,
	A_DECLINE,
	A_TIMEOUT,
	A_WITHDRAW, /* the caller left while it rang */
	A_TALK_END,
	A_WRAPUP_END,
	A_LOST, /* its line in a talk; else its line or desk */
	A_BACK, /* within the time to regain it */
	A_REGAIN_END,
	A_PAUSE_DUE, /* A_REGAIN_END of an agent that wished for a pause */
	A_LEAVE,
	A_WORK,
	A_WORK_DUE, /* A_REGAIN_END or A_FAILED of one that wished for written work; A_PAUSE_DUE likewise */
	A_DIAL, /* yes to a callback */
	A_REACHED,
	A_FAILED, /* the callback was not reached */
	A_HOLD,
	A_RESUME,
	AGENT_EVENTS,
};

enum call_event {
	C_OFFER,
	C_ACCEPT,
	C_INTERRUPT,
	C_RESUME,
	C_RETURN, /* the offer came to nothing, or the agent was lost */
	C_HANGUP, /* by the caller */
	C_END, /* by the agent who talks */
	C_GIVE_UP, /* by the centre: waited too long, nobody there, not reached */
	C_DIAL,
	C_HOLD,
	CALL_EVENTS,
};

/* What makes agents alike to every call. */
struct acd_profile {
	struct acd_queues queues;
	struct acd_skills skills;
	uint64_t clearance, workplace; /* whole words: profiles are compared as bytes */
};

/* The agents of one profile. Without any it keeps its profile and its bits until its slot is needed. */
struct acd_group {
	struct list spare; /* in acd->spare_groups while nobody is of it */
	uint32_t idle_first, idle_last; /* longest idle first: index + 1; 0: none */
	uint32_t n_idle, n_agents;
	uint32_t n_at_work; /* ready, or with a call or its paperwork */
	struct acd_profile profile;
};

/* The calls of one queue with equal demands. */
struct acd_class {
	struct list waiting; /* struct acd_wait.class_node, by arrival */
	uint32_t queue;
	uint8_t step; /* of relax[], plus one */
	uint8_t sensitivity;
	bool wants_office;
};

struct acd_declined {
	int64_t until_ms;
	uint32_t call; /* index + 1; 0: free */
	uint32_t
		next; /* who declined the same call: agent * ACD_DECLINED_MAX + place + 1; 0: none */
};

/* What is missing of an agent. */
enum { LACKS_LINE = 1, LACKS_DESK = 2, LACKS_CLEARANCE = 4 };
#define LACKS_ALL 7u

/* One cache line: all that an offer, a talk, its wrap-up and the idle time need.  In a large house an agent is in
 * no cache when its talk ends, and each line of it would be fetched from memory; so references are indices
 * and what is rarely needed stands in struct acd_agent_rest. */
struct acd_agent {
	uint64_t id; /* first: acd/index.c reads it */
	int64_t since_ms;
	int64_t idle_order; /* the longer idle, the smaller; kept when a caller left during the offer */
	int64_t idle_since_ms; /* of the last becoming ready */
	uint64_t former_call; /* while wrapping up */
	uint32_t idle_next, idle_prev; /* in its group, while ready: index + 1; 0: none */
	uint32_t call; /* while offered, dialling or in a talk: index + 1; 0: none */
	uint32_t talk_ms; /* of the former call; TALK_UNKNOWN */
	uint16_t group; /* index */
	uint8_t state, why; /* enum acd_agent_state, enum acd_why */
	uint8_t served; /* the queue of the former call */
	uint8_t n_declined;
	uint8_t n_preferring;
	uint8_t lacks : 3; /* of LACKS_ALL */
	bool pause_after : 1;
	bool work_after : 1; /* never both */
	bool returns : 1; /* only while away */
} __attribute__((aligned(CACHE_LINE)));
#define TALK_UNKNOWN UINT32_MAX
#define TALK_MAX_MS  (UINT32_MAX - 1) /* 49 days; of a longer one so much counts */

/* What is needed after a loss, a no, or for a caller who waits for this agent alone. */
struct acd_agent_rest {
	int64_t regain_until_ms; /* for what is gone, from the first loss on */
	struct list
		preferring; /* struct acd_wait.class_node, by arrival: who waits for this agent alone */
	struct acd_declined declined[ACD_DECLINED_MAX];
};

/* One cache line, likewise: all that outlives the wait. */
struct acd_call {
	uint64_t id; /* first: acd/index.c reads it */
	uint64_t order; /* of arrival */
	int64_t arrived_ms, since_ms;
	int64_t place_ms; /* arrived_ms, but never before that of a call that came earlier */
	int64_t wait_left_ms; /* of the queue's longest wait; while waiting, as it was at since_ms */
	uint32_t agent; /* while offered, dialling or in a talk: index + 1; 0: none */
	uint32_t declined; /* the first of who declined it; see struct acd_declined */
	uint8_t queue;
	uint8_t state; /* enum acd_call_state */
	uint8_t sensitivity;
	uint8_t tries; /* to call it back */
	uint8_t diversions_done; /* bits of those that were looked at */
	bool wants_office : 1;
	bool is_callback : 1;
	bool is_held : 1; /* waits in no class until hold_until_ms: for an agent, or to be called again */
	bool is_directed : 1; /* handed to `prefers`, whatever the agent's queues and skills */
} __attribute__((aligned(CACHE_LINE)));

/* Where a call stands while it waits. */
struct acd_wait {
	struct list node; /* in its queue's waiting */
	struct list
		class_node; /* in its class's waiting or an agent's preferring, else in none */
	struct acd_class *class; /* while waiting there */
	int64_t hold_until_ms;
	uint32_t prefers; /* while held: index of the agent, plus one; 0: none */
} __attribute__((aligned(CACHE_LINE)));
_Static_assert(sizeof(struct acd_agent) == CACHE_LINE, "see above");
_Static_assert(sizeof(struct acd_call) == CACHE_LINE, "see above");
_Static_assert(sizeof(struct acd_wait) == CACHE_LINE, "see above");
_Static_assert(sizeof(struct acd_agent) + sizeof(struct acd_agent_rest) <= 192,
	"256 bytes an agent, with what finds it");
_Static_assert(ACD_QUEUES_MAX <= 256, "a queue's index in a byte");

/* acd.c */
struct acd_action *acd_act(struct acd_actions *out, enum acd_action_type type,
	uint64_t call, uint64_t agent, enum acd_why why);

/* timer.c */
enum acd_verdict timers_run(
	struct acd *acd, const struct acd_event *ev, struct acd_actions *out);
/* A timer by what it is of. Of an agent: its state's end, and the first end of what it declined; of a call,
 * while it waits: the longest wait's end, or an earlier change; of a queue: nobody serves it any more. */
static inline uint32_t timer_of_agent(const struct acd *acd, const struct acd_agent *ag)
{
	return (uint32_t)(ag - acd->agents);
}
static inline uint32_t timer_of_declined(
	const struct acd *acd, const struct acd_agent *ag)
{
	return (uint32_t)(acd->limits.agents + (size_t)(ag - acd->agents));
}
static inline uint32_t timer_of_call(const struct acd *acd, const struct acd_call *call)
{
	return (uint32_t)(2 * acd->limits.agents + (size_t)(call - acd->calls));
}
static inline uint32_t timer_of_queue(const struct acd *acd, const struct acd_queue *q)
{
	return (uint32_t)(2 * acd->limits.agents + acd->limits.calls +
		(size_t)(q - acd->queues));
}
/* Runs from now on until at_ms, even if it ran already. */
void timer_set(struct acd *acd, uint32_t timer, int64_t at_ms);
void timer_stop(struct acd *acd, uint32_t timer);
/* -1: does not run. */
static inline int64_t timer_at(const struct acd *acd, uint32_t timer)
{
	uint32_t place = acd->timer_places[timer];

	return place ? acd->timers[place - 1].at_ms : -1;
}

/* index.c */
int index_init(struct acd_index *ix, size_t max); /* ENOMEM */
void index_close(struct acd_index *ix);
/* `entries` is the array, `size` that of one, whose first field is its id. NULL: not there. */
void *index_find(
	const struct acd_index *ix, const void *entries, size_t size, uint64_t id);
/* Begins to bring into the cache what finds that id, or its entry, and does not wait for it. */
void index_fetch_slot(const struct acd_index *ix, uint64_t id);
void index_fetch(
	const struct acd_index *ix, const void *entries, size_t size, uint64_t id);
/* The id must not be there, and never are there more than max. */
void index_put(struct acd_index *ix, const void *entries, size_t size, uint32_t entry);
void index_drop(struct acd_index *ix, const void *entries, size_t size, uint32_t entry);

static inline struct acd_agent *agent_find(const struct acd *acd, uint64_t id)
{
	return index_find(&acd->agent_ids, acd->agents, sizeof *acd->agents, id);
}

static inline struct acd_call *call_find(const struct acd *acd, uint64_t id)
{
	return index_find(&acd->call_ids, acd->calls, sizeof *acd->calls, id);
}

static inline enum acd_agent_state state_of(const struct acd_agent *ag)
{
	return (enum acd_agent_state)ag->state;
}

static inline uint32_t agent_index(const struct acd *acd, const struct acd_agent *ag)
{
	return (uint32_t)(ag - acd->agents);
}

static inline uint32_t call_index(const struct acd *acd, const struct acd_call *call)
{
	return (uint32_t)(call - acd->calls);
}

/* What references are to; NULL for 0. */
static inline struct acd_agent *agent_at(const struct acd *acd, uint32_t ref)
{
	return ref ? &acd->agents[ref - 1] : NULL;
}

static inline struct acd_call *call_at(const struct acd *acd, uint32_t ref)
{
	return ref ? &acd->calls[ref - 1] : NULL;
}

/* Of one that has one. */
static inline struct acd_agent *agent_of(
	const struct acd *acd, const struct acd_call *call)
{
	return &acd->agents[call->agent - 1];
}

static inline struct acd_call *call_of(const struct acd *acd, const struct acd_agent *ag)
{
	return &acd->calls[ag->call - 1];
}

static inline struct acd_group *group_of(
	const struct acd *acd, const struct acd_agent *ag)
{
	return &acd->groups[ag->group];
}

static inline struct acd_agent_rest *rest_of(
	const struct acd *acd, const struct acd_agent *ag)
{
	return &acd->agent_rests[agent_index(acd, ag)];
}

static inline struct acd_wait *wait_of(const struct acd *acd, const struct acd_call *call)
{
	return &acd->waits[call_index(acd, call)];
}

/* Whose wait stands there, in its queue's list or in that of its class or an agent. */
static inline struct acd_call *call_in_queue(
	const struct acd *acd, const struct list *node)
{
	return &acd->calls[list_entry(node, struct acd_wait, node) - acd->waits];
}

static inline struct acd_call *call_in_class(
	const struct acd *acd, const struct list *node)
{
	return &acd->calls[list_entry(node, struct acd_wait, class_node) - acd->waits];
}

/* group.c */
/* The group of that profile, one agent more in it; NULL: too many groups. */
struct acd_group *group_join(struct acd *acd, const struct acd_profile *p);
void group_leave(struct acd *acd, struct acd_group *g);
/* Has any group that may have calls of this class an idle agent? */
bool group_is_ready(const struct acd *acd, const struct acd_class *c);
/* May agents of this profile have calls of this class? From the rules alone, not from the bits. */
bool group_suits(
	const struct acd *acd, const struct acd_profile *p, const struct acd_class *c);
void idle_add(struct acd *acd, struct acd_agent *ag);
void idle_remove(struct acd *acd, struct acd_agent *ag);
bool is_longer_idle(const struct acd_agent *a, const struct acd_agent *b);

/* class.c */
/* How many classes a queue's rules make; 0: they make no sense. */
uint32_t class_count(const struct acd_queue_config *cfg);
void class_number(struct acd *acd); /* fills acd->classes, one queue after the other */
/* The one for what the call demands at this moment. */
struct acd_class *class_of(const struct acd *acd, const struct acd_call *call);
/* Of a call that arrives now. */
struct acd_class *class_of_new(
	const struct acd *acd, uint32_t queue, uint8_t sensitivity, bool wants_office);
/* When its next step begins; -1: there is none. */
int64_t class_changes(const struct acd *acd, const struct acd_call *call);
void class_add(struct acd *acd, struct acd_call *call);
void class_remove(struct acd *acd, struct acd_call *call);
/* Accumulated priority: is a to be served before b? */
bool is_more_urgent(
	const struct acd *acd, const struct acd_call *a, const struct acd_call *b);

/* declined.c */
/* Not offered again before until_ms. */
void declined_add(
	struct acd *acd, struct acd_agent *ag, struct acd_call *call, int64_t until_ms);
/* That of a no: the queue's declined_ms from now on. */
int64_t declined_until(const struct acd *acd, const struct acd_call *call);
bool declined_has(
	const struct acd *acd, const struct acd_agent *ag, const struct acd_call *call);
void declined_forget_agent(struct acd *acd, struct acd_agent *ag);
void declined_forget_call(struct acd *acd, struct acd_call *call);
/* For acd_check(): the chains and the timer. */
bool declined_is_consistent(const struct acd *acd, const struct acd_agent *ag);
/* Their time is over for the first ones. */
void declined_timer(struct acd *acd, struct acd_agent *ag, struct acd_actions *out);
/* Takes off who is ready, in a group that could have the call, and declined it. */
void declined_discount(
	const struct acd *acd, const struct acd_call *call, uint32_t could[2]);

/* profile.c */
enum acd_verdict profile_change(struct acd *acd, struct acd_agent *ag,
	const struct acd_event *ev, struct acd_actions *out);
/* Is the clearance high enough, and the workplace the one that the caller wishes? */
bool profile_clears(const struct acd_profile *p, const struct acd_call *call);
/* May the call be that agent's at all, whatever its queues and skills: cleared, and not barred? */
bool profile_may_have(
	const struct acd *acd, const struct acd_agent *ag, const struct acd_call *call);

/* agent.c */
/* Of an event, with padding zeroed. */
struct acd_profile agent_profile(const struct acd_event *ev);
bool agent_knows_queues(const struct acd *acd, const struct acd_queues *queues);
/* In another group of the same or another profile: false where there are too many groups; nothing changed. */
bool agent_regroup(struct acd *acd, struct acd_agent *ag, const struct acd_profile *p);
/* The state after `ev`; ACD_AGENT_OUT: not possible here. ACD_AGENT_STATES: the shift ends. */
enum acd_agent_state agent_next(enum acd_agent_state from, enum agent_event ev);
/* Into the shift and away; ACD_DONE and *agp, or why not. */
enum acd_verdict agent_take(
	struct acd *acd, const struct acd_event *ev, struct acd_agent **agp);
void agent_drop(struct acd *acd, struct acd_agent *ag, struct acd_actions *out);
/* The state as such, with its timer, but for the idle list: never into or out of ready. */
void agent_put(struct acd *acd, struct acd_agent *ag, enum acd_agent_state state,
	enum acd_why why, int64_t until_ms);
/* Moves by the table (asserted), with the timer and the idle list; until_ms -1: none. */
void agent_move(struct acd *acd, struct acd_agent *ag, enum agent_event ev,
	enum acd_why why, int64_t until_ms, struct acd_actions *out);
void agent_talk_ended(
	struct acd *acd, struct acd_agent *ag, enum acd_why why, struct acd_actions *out);
void agent_wrapup_over(struct acd *acd, struct acd_agent *ag, struct acd_actions *out);
void agent_timer(struct acd *acd, struct acd_agent *ag, struct acd_actions *out);
/* Offered, talked to, or wrapped up; 0: none. */
uint64_t agent_call_id(const struct acd *acd, const struct acd_agent *ag);
int64_t agent_until(
	const struct acd *acd, const struct acd_agent *ag); /* -1: no end set */
/* In a talk or about to be: a pause or written work begins afterwards. */
bool agent_may_wish(const struct acd_agent *ag);
bool agent_is_in_talk(const struct acd_agent *ag); /* interrupted, on hold, or neither */
/* The agent goes out of an offer other than by yes: the caller is offered to the next one. */
void agent_leave_offer(struct acd *acd, struct acd_agent *ag, enum agent_event how,
	enum acd_why why, int64_t until_ms, struct acd_actions *out);

/* regain.c */
/* Is the line or the desk gone, or the agent barred? */
bool agent_lacks(const struct acd_agent *ag);
/* Why an agent that lacks something is away. */
enum acd_why agent_lacks_why(const struct acd_agent *ag);
/* Until when it may return from being away; -1: not any more. */
int64_t agent_returns_until(const struct acd *acd, const struct acd_agent *ag);
enum acd_verdict regain_lost(struct acd *acd, struct acd_agent *ag,
	const struct acd_event *ev, struct acd_actions *out);
enum acd_verdict regain_back(struct acd *acd, struct acd_agent *ag,
	const struct acd_event *ev, struct acd_actions *out);
/* One of LACKS_ is gone, with its cause, or there again. */
void regain_lack(struct acd *acd, struct acd_agent *ag, uint8_t bit, enum acd_why why,
	struct acd_actions *out);
void regain_have(
	struct acd *acd, struct acd_agent *ag, uint8_t bit, struct acd_actions *out);
void regain_is_over(struct acd *acd, struct acd_agent *ag, struct acd_actions *out);

/* restore.c */
enum acd_verdict restore_agent(
	struct acd *acd, const struct acd_event *ev, struct acd_actions *out);
enum acd_verdict restore_call(
	struct acd *acd, const struct acd_event *ev, struct acd_actions *out);
enum acd_verdict restore_done(
	struct acd *acd, const struct acd_event *ev, struct acd_actions *out);

/* call.c */
bool call_is_a_talk(const struct acd_call *call); /* interrupted, on hold, or neither */
enum acd_call_state call_next(enum acd_call_state from, enum call_event ev);
/* Before which member of a list by arrival a call of this order belongs; offset: of the list's node in struct
 * acd_wait. Looked for from both ends. */
struct list *call_place(
	const struct acd *acd, struct list *head, uint64_t order, size_t offset);
/* NULL: no room, or an id that cannot be. */
struct acd_call *call_take(
	struct acd *acd, const struct acd_event *ev, int64_t arrived_ms);
/* While waiting: to where it belongs now, class or agent, and its timer; matched by the caller. */
void call_stand(struct acd *acd, struct acd_call *call);
void call_enqueue(struct acd *acd, struct acd_call *call);
/* Back to the queue, in its old place, and matched anew. */
void call_return(struct acd *acd, struct acd_call *call, enum acd_why why,
	struct acd_actions *out);
void call_offer(struct acd *acd, struct acd_call *call, struct acd_agent *ag);
void call_talk(struct acd *acd, struct acd_call *call, enum call_event ev);
/* With the table left out, for what was so already in another process. */
void call_restore_talk(struct acd *acd, struct acd_call *call, struct acd_agent *ag,
	enum acd_call_state state);
/* has_left: by the caller's own will. */
void call_drop(struct acd *acd, struct acd_call *call, bool has_left);
/* To another queue, with the arrival it had: waiting there, whether it waited or has just come. */
void call_change_queue(struct acd *acd, struct acd_call *call, uint32_t queue);
/* The queue it belongs to; sensitive at least as that is. */
void call_set_queue(struct acd *acd, struct acd_call *call, uint32_t queue);
void call_timer(struct acd *acd, struct acd_call *call, struct acd_actions *out);
void queue_staffing(struct acd *acd, struct acd_queue *q);
void queue_timer(struct acd *acd, struct acd_queue *q, struct acd_actions *out);
/* Does it take another call? ACD_DONE, or why not. */
enum acd_verdict queue_admits(const struct acd *acd, uint32_t queue);
void call_give_up(struct acd *acd, struct acd_call *call, enum acd_why why,
	struct acd_actions *out);
bool call_has_agent(const struct acd_call *call);
/* ACD_ACT_PART with its talk's length. */
void call_part(const struct acd *acd, const struct acd_call *call, enum acd_why why,
	struct acd_actions *out);

/* configure.c: ACD_EV_CONFIGURE */
enum acd_verdict configure(
	struct acd *acd, const struct acd_event *ev, struct acd_actions *out);

/* hold.c */
/* The agent's profile changed: who may not be with it any more joins the others. */
void hold_recheck(struct acd *acd, struct acd_agent *ag, struct acd_actions *out);
/* Waits for that agent alone until then; without effect when the agent has too many already. */
void hold_for(
	struct acd *acd, struct acd_call *call, struct acd_agent *ag, int64_t until_ms);
void hold_over(struct acd *acd, struct acd_call *call); /* nothing when it is not held */
void hold_stand(struct acd *acd,
	struct acd_call *call); /* into the agent's list, if it waits for one */
void hold_leave(struct acd *acd, struct acd_call *call); /* out of it */
/* Who waits for that agent alone, and may: the most urgent; NULL. */
struct acd_call *hold_first(const struct acd *acd, const struct acd_agent *ag);
/* The agent's shift ends: all who wait for it join the others. */
void hold_release(struct acd *acd, struct acd_agent *ag, struct acd_actions *out);
/* May this agent have the call that waits for it alone? */
bool hold_suits(
	const struct acd *acd, const struct acd_agent *ag, const struct acd_call *call);

/* transfer.c */
enum acd_verdict transfer(struct acd *acd, struct acd_agent *ag,
	const struct acd_event *ev, struct acd_actions *out);
/* A call that is taken over waits on for that agent, if it is there. */
void transfer_restore(
	struct acd *acd, struct acd_call *call, uint64_t agent, int64_t until_ms);

/* on_hold.c */
enum acd_verdict on_hold_begin(struct acd *acd, struct acd_agent *ag,
	const struct acd_event *ev, struct acd_actions *out);
enum acd_verdict on_hold_resume(struct acd *acd, struct acd_agent *ag,
	const struct acd_event *ev, struct acd_actions *out);
enum acd_verdict on_hold_hand_over(struct acd *acd, struct acd_agent *ag,
	const struct acd_event *ev, struct acd_actions *out);
/* The longest hold is over. */
void on_hold_over(struct acd *acd, struct acd_agent *ag, struct acd_actions *out);
/* From now on, at the latest. */
int64_t on_hold_latest(const struct acd *acd);

/* divert.c */
bool divert_makes_sense(const struct acd_queue_config *cfg, size_t n_queues);
/* What is to become of a call of that class that arrives now and that nobody is ready for; NULL: it waits. */
const struct acd_diversion *divert_arrival(
	const struct acd *acd, const struct acd_class *c);
/* The call stands in no queue yet (at arrival), or waits. False: it is gone. */
bool divert_do(struct acd *acd, struct acd_call *call, const struct acd_diversion *d,
	struct acd_actions *out);
/* What is to become of a call that waits; NULL: nothing. */
const struct acd_diversion *divert_due(struct acd *acd, struct acd_call *call);
/* Was it asked for a callback because nobody serves its queue? */
bool divert_was_asked(const struct acd *acd, const struct acd_call *call);
/* What is to become of one that waits where nobody has been for unstaffed_ms; NULL: it is sent off. */
const struct acd_diversion *divert_unstaffed(
	const struct acd *acd, const struct acd_call *call);
int64_t divert_next(const struct acd *acd, const struct acd_call *call); /* -1: none */

/* Where it is it stays: no rule of its queue is looked at any more. */
void divert_settle(struct acd_call *call);
bool divert_is_settled(const struct acd_call *call);
/* A restored call's, whose moment is over: the former process saw to them. */
void divert_skip(const struct acd *acd, struct acd_call *call);

/* expect.c */
void expect_init(struct acd_queue *q);
void expect_served(struct acd_queue *q, int64_t service_ms);
void expect_waited(struct acd_queue *q, int64_t waited_ms, bool has_left);
/* Of a call of that class with so many before it; -1: nobody is at work who could have it. */
int64_t expect_ms(const struct acd *acd, const struct acd_class *c, uint32_t ahead);

/* callback.c */
/* As a former process had it, brought between what is possible. */
void callback_restore(
	const struct acd *acd, struct acd_call *call, const struct acd_saved_call *s);
int64_t callback_longest(const struct acd *acd, const struct acd_call *call);
enum acd_verdict callback_begin(
	struct acd *acd, const struct acd_event *ev, struct acd_actions *out);
enum acd_verdict callback_reached(
	struct acd *acd, const struct acd_event *ev, struct acd_actions *out);
enum acd_verdict callback_failed(
	struct acd *acd, const struct acd_event *ev, struct acd_actions *out);
void callback_dial(struct acd *acd, struct acd_agent *ag, struct acd_actions *out);
/* The attempt is over without an answer. counts: it was one. */
void callback_return(struct acd *acd, struct acd_call *call, enum acd_why why,
	bool counts, struct acd_actions *out);
/* It ends without an answer, and the agent goes on. */
void callback_unanswered(
	struct acd *acd, struct acd_agent *ag, enum acd_why why, struct acd_actions *out);
/* The agent who listened to the attempt goes on. */
void callback_release_agent(
	struct acd *acd, struct acd_agent *ag, enum acd_why why, struct acd_actions *out);

/* match.c */
/* Who may have the call at all, and did not just decline it. From the rules alone. */
bool match_is_possible(
	const struct acd *acd, const struct acd_agent *ag, const struct acd_call *call);
void match_call(struct acd *acd, struct acd_call *call, struct acd_actions *out);
void match_agent(struct acd *acd, struct acd_agent *ag, struct acd_actions *out);

#endif
