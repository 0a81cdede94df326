/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* acd's own parts, shared by its files only. */
#ifndef CORE_ACD_PRIV_H
#define CORE_ACD_PRIV_H

#include "core/acd/acd.h"

/* The most actions that one event, or one timer of a tick, can cause: part or withdraw, agent, wait or
 * end, and an offer with its agent for each of two matches. */
#define STEP_ACTIONS_MAX 8

/* A new acd restores or runs by what comes first; see acd.h, ACD_EV_AGENT_RESTORE. */
enum acd_phase { PHASE_NEW, PHASE_RESTORING, PHASE_RUNNING };

enum timer_kind { TIMER_AGENT, TIMER_DECLINED, TIMER_CALL, TIMER_QUEUE };

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

struct acd_agent {
	struct list node; /* in free_agents, in idle while ready, else in none */
	uint64_t id;
	enum acd_agent_state state;
	enum acd_why why;
	enum acd_workplace workplace;
	bool pause_after;
	bool line_is_gone, desk_is_gone;
	bool returns; /* only while away */
	uint64_t queues;
	int64_t since_ms, until_ms;
	int64_t regain_until_ms; /* for what is gone, from the first loss on */
	int64_t idle_since_ms; /* of the last becoming ready; kept when a caller left during the offer */
	uint64_t idle_order;
	struct acd_call *call; /* while offered, talking or interrupted */
	uint64_t call_id; /* also while wrapping up */
	struct acd_timer timer; /* until_ms */
	struct acd_timer retry; /* the first end among declined[] */
	size_t n_declined;
	struct {
		uint64_t call;
		int64_t until_ms;
	} declined[ACD_DECLINED_MAX];
};

struct acd_call {
	struct list node; /* in free_calls, in its queue's waiting, else in none */
	uint64_t id, order;
	enum acd_call_state state;
	uint32_t queue;
	int64_t arrived_ms, since_ms;
	int64_t wait_left_ms; /* of the queue's longest wait; while waiting, as it was at since_ms */
	struct acd_agent *agent; /* while offered, talking or interrupted */
	struct acd_timer timer; /* the longest wait's end, while waiting */
};

/* acd.c */
struct acd_action *acd_act(struct acd_actions *out, enum acd_action_type type,
	uint64_t call, uint64_t agent, enum acd_why why);
void acd_timer_set(struct acd *acd, struct acd_timer *t, int64_t at_ms);
void acd_timer_stop(struct acd *acd, struct acd_timer *t);

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
void agent_declined(struct acd *acd, struct acd_agent *ag, uint64_t call);
void agent_wrapup_over(struct acd *acd, struct acd_agent *ag, struct acd_actions *out);
bool agent_has_declined(const struct acd_agent *ag, uint64_t call);
void agent_retry(struct acd *acd, struct acd_agent *ag, struct acd_actions *out);
void agent_timer(struct acd *acd, struct acd_agent *ag, struct acd_actions *out);
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
struct acd_call *call_take(struct acd *acd, uint64_t id, uint32_t queue);
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
bool match_is_possible(const struct acd_agent *ag, const struct acd_call *call);
void match_call(struct acd *acd, struct acd_call *call, struct acd_actions *out);
void match_agent(struct acd *acd, struct acd_agent *ag, struct acd_actions *out);

#endif
