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
	C_GIVE_UP, /* by the centre: waited too long, nobody there */
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
	struct list idle; /* struct acd_agent.node, longest idle first */
	uint32_t n_idle, n_agents;
	struct acd_profile profile;
};

/* The calls of one queue with equal demands. */
struct acd_class {
	struct list waiting; /* struct acd_call.class_node, by arrival */
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
enum { LACKS_LINE = 1, LACKS_DESK = 2 };

/* Its first CACHE_LINE bytes are all that a talk from offer to wrap-up needs, its second what follows; so a
 * large house is in the cache as long as it can be. */
struct acd_agent {
	uint64_t id; /* first: acd/index.c reads it */
	struct list
		node; /* in free_agents, in its group's idle while ready, else in none */
	struct acd_group *group;
	struct acd_call *call; /* while offered, talking or interrupted */
	int64_t since_ms;
	int64_t idle_order; /* the longer idle, the smaller; kept when a caller left during the offer */
	uint8_t state, why; /* enum acd_agent_state, enum acd_why */
	uint8_t lacks;
	uint8_t n_declined;
	bool pause_after : 1;
	bool returns : 1; /* only while away */

	int64_t idle_since_ms; /* of the last becoming ready */
	uint64_t former_call; /* while wrapping up */
	int64_t regain_until_ms; /* for what is gone, from the first loss on */
	struct acd_declined declined[ACD_DECLINED_MAX];
} __attribute__((aligned(CACHE_LINE)));
_Static_assert(offsetof(struct acd_agent, idle_since_ms) == CACHE_LINE, "see above");

/* Likewise: the first is what a talk needs. */
struct acd_call {
	uint64_t id; /* first: acd/index.c reads it */
	struct list class_node; /* in its class's waiting, else in none */
	struct acd_agent *agent; /* while offered, talking or interrupted */
	uint64_t order; /* of arrival */
	int64_t arrived_ms, since_ms;
	uint8_t queue;
	uint8_t state; /* enum acd_call_state */
	uint8_t sensitivity;
	bool wants_office : 1;

	struct list node; /* in free_calls, in its queue's waiting, else in none */
	int64_t place_ms; /* arrived_ms, but never before that of a call that came earlier */
	int64_t wait_left_ms; /* of the queue's longest wait; while waiting, as it was at since_ms */
	struct acd_class *class; /* while waiting there */
	uint32_t declined; /* the first of who declined it; see struct acd_declined */
} __attribute__((aligned(CACHE_LINE)));
_Static_assert(offsetof(struct acd_call, node) == CACHE_LINE, "see above");
_Static_assert(
	sizeof(struct acd_agent) <= 3 * CACHE_LINE, "256 bytes with what finds it");
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

/* group.c */
/* The group of that profile, one agent more in it; NULL: too many groups. */
struct acd_group *group_join(struct acd *acd, const struct acd_profile *p);
void group_leave(struct acd *acd, struct acd_group *g);
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
/* When its next step begins; -1: there is none. */
int64_t class_changes(const struct acd *acd, const struct acd_call *call);
void class_add(struct acd *acd, struct acd_call *call);
void class_remove(struct acd *acd, struct acd_call *call);
/* Accumulated priority: is a to be served before b? */
bool is_more_urgent(
	const struct acd *acd, const struct acd_call *a, const struct acd_call *b);

/* declined.c */
void declined_add(struct acd *acd, struct acd_agent *ag, struct acd_call *call);
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

/* agent.c */
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
uint64_t agent_call_id(const struct acd_agent *ag);
int64_t agent_until(
	const struct acd *acd, const struct acd_agent *ag); /* -1: no end set */
bool agent_is_in_talk(const struct acd_agent *ag); /* interrupted or not */
/* The agent goes out of an offer other than by yes: the caller is offered to the next one. */
void agent_leave_offer(struct acd *acd, struct acd_agent *ag, enum agent_event how,
	enum acd_why why, int64_t until_ms, struct acd_actions *out);

/* regain.c */
/* Is the line or the desk gone? */
bool agent_lacks(const struct acd_agent *ag);
/* Why an agent that lacks something is away. */
enum acd_why agent_lacks_why(const struct acd_agent *ag);
/* Until when it may return from being away; -1: not any more. */
int64_t agent_returns_until(const struct acd *acd, const struct acd_agent *ag);
enum acd_verdict regain_lost(struct acd *acd, struct acd_agent *ag,
	const struct acd_event *ev, struct acd_actions *out);
enum acd_verdict regain_back(struct acd *acd, struct acd_agent *ag,
	const struct acd_event *ev, struct acd_actions *out);
void regain_is_over(struct acd *acd, struct acd_agent *ag, struct acd_actions *out);

/* restore.c */
enum acd_verdict restore_agent(
	struct acd *acd, const struct acd_event *ev, struct acd_actions *out);
enum acd_verdict restore_call(
	struct acd *acd, const struct acd_event *ev, struct acd_actions *out);
enum acd_verdict restore_done(
	struct acd *acd, const struct acd_event *ev, struct acd_actions *out);

/* call.c */
bool call_is_a_talk(const struct acd_call *call); /* interrupted or not */
enum acd_call_state call_next(enum acd_call_state from, enum call_event ev);
/* Before which member of a list by arrival a call of this order belongs; offset: of the list's node. Looked
 * for from both ends. */
struct list *call_place(struct list *head, uint64_t order, size_t offset);
/* NULL: no room, or an id that cannot be. */
struct acd_call *call_take(
	struct acd *acd, const struct acd_event *ev, int64_t arrived_ms);
void call_enqueue(struct acd *acd, struct acd_call *call);
/* Back to the queue, in its old place, and matched anew. */
void call_return(struct acd *acd, struct acd_call *call, enum acd_why why,
	struct acd_actions *out);
void call_offer(struct acd *acd, struct acd_call *call, struct acd_agent *ag);
void call_talk(struct acd *acd, struct acd_call *call, enum call_event ev);
/* With the table left out, for what was so already in another process. */
void call_restore_talk(
	struct acd_call *call, struct acd_agent *ag, enum acd_call_state state);
void call_drop(struct acd *acd, struct acd_call *call);
void call_timer(struct acd *acd, struct acd_call *call, struct acd_actions *out);
void queue_staffing(struct acd *acd, struct acd_queue *q);
void queue_timer(struct acd *acd, struct acd_queue *q, struct acd_actions *out);

/* match.c */
/* Who may have the call at all, and did not just decline it. From the rules alone. */
bool match_is_possible(
	const struct acd *acd, const struct acd_agent *ag, const struct acd_call *call);
void match_call(struct acd *acd, struct acd_call *call, struct acd_actions *out);
void match_agent(struct acd *acd, struct acd_agent *ag, struct acd_actions *out);

#endif
