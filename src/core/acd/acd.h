/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * acd -- decides which waiting caller meets which agent.
 *
 * Pure: no clock, no I/O; it allocates in acd_init() and nowhere else, up to the limits given there.
 * Time arrives inside events.  The same events give the same actions, so a day can be replayed and
 * argued about.
 *
 * What it promises after every step (acd_check() verifies it, the simulation calls that each time):
 *  - a call is waiting, offered to exactly one agent, or talking with exactly one agent, or gone; a talk
 *    whose line is lost is interrupted and still that agent's, for a while;
 *  - an agent has at most one call, and no offer while its line or its desk is gone;
 *  - no ready agent and waiting call that could meet are left apart;
 *  - within a queue callers are served in the order of their arrival; a caller whose offer came to nothing
 *    or whose agent was lost keeps its arrival time and so stands before all who came later;
 *  - every state has a deadline or an event that leads out of it.
 * Who works at home or in the office plays no part in the choice; it is only counted (DESIGN, "Routing").
 *
 * Cost: a call that starts to wait looks at the ready agents (to count who could have had it); an agent that
 * becomes ready looks at the heads of its queues; timers are a heap.  Memory: about 200 bytes a call, 300 an
 * agent.
 *
 * Memory: struct acd lives in the caller; acd_close() releases what it holds.
 * Thread: the control loop's, only.
 */
#ifndef CORE_ACD_H
#define CORE_ACD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/heap.h"
#include "base/list.h"
#include "base/map.h"

#define ACD_QUEUES_MAX   64 /* an agent's queues are the bits of one word */
#define ACD_ACTIONS_MAX  64
#define ACD_DECLINED_MAX 4 /* calls that one agent is not offered again for a while */

enum acd_workplace { ACD_OFFICE, ACD_HOME };

enum acd_agent_state {
	ACD_AGENT_OUT, /* not in a shift: unknown here */
	ACD_AGENT_AWAY, /* in a shift, not available; its `why` says what set it */
	ACD_AGENT_READY,
	ACD_AGENT_OFFERED,
	ACD_AGENT_TALKING,
	ACD_AGENT_INTERRUPTED, /* its line was lost in mid-talk: the call is kept for a while */
	ACD_AGENT_WRAPUP,
	ACD_AGENT_PAUSE,
	ACD_AGENT_STATES,
};

enum acd_call_state {
	ACD_CALL_ENDED, /* gone: unknown here */
	ACD_CALL_WAITING,
	ACD_CALL_OFFERED,
	ACD_CALL_TALKING,
	ACD_CALL_INTERRUPTED, /* its agent's line was lost: the caller hears music and a word */
	ACD_CALL_STATES,
};

enum acd_event_type {
	ACD_EV_TICK, /* a deadline may have passed; see acd_next_deadline() */
	ACD_EV_CALL_ARRIVE, /* call, queue */
	ACD_EV_CALL_HANGUP, /* call, at whatever moment; why: NONE is that the caller left */
	ACD_EV_AGENT_ENTER, /* agent, queues, workplace: a shift begins, away */
	ACD_EV_AGENT_LEAVE, /* agent: the shift ends; not during a talk */
	ACD_EV_AGENT_READY, /* agent; while talking it takes a wish for a pause back */
	ACD_EV_AGENT_PAUSE, /* agent: now, or after the talk */
	ACD_EV_AGENT_ACCEPT, /* agent, call */
	ACD_EV_AGENT_DECLINE, /* agent, call */
	ACD_EV_AGENT_HANGUP, /* agent, call: the agent ends the talk */
	ACD_EV_AGENT_LOST, /* agent, why: LINE_LOST or DESK_LOST, what is gone. A talk outlives its desk; without
			    * its line it is interrupted for limits.regain_ms */
	ACD_EV_AGENT_BACK, /* agent, why: the same words, what is there again. When nothing is missing any more,
			    * within regain_ms, the talk goes on, and an agent that was ready is ready again */
	ACD_EV_AGENT_WRAPUP_DONE, /* agent: as if the wrap-up's time were over */
	/* What a former process left, before anything else: first all agents, then all calls in the order of
	 * their arrival, then RESTORED. Times are as acd_agent() and acd_call() gave them. No actions follow:
	 * what became of each is read there again. Until RESTORED nothing else is taken but CALL_HANGUP, and
	 * nothing is offered; after it these three are refused. */
	ACD_EV_AGENT_RESTORE, /* agent, queues, workplace, saved_agent, call (of the talk or wrap-up; 0: none);
			       * its desk counts as gone */
	ACD_EV_CALL_RESTORE, /* call, queue, agent (0, or who talks with it), saved_call */
	ACD_EV_RESTORED, /* who talked and found no call has wrap-up */
	ACD_EVENTS,
};

/* What came of the event itself. */
enum acd_verdict {
	ACD_DONE,
	ACD_REFUSED, /* not in this state: too late, a repetition, or nonsense; nothing changed */
	ACD_UNKNOWN, /* no such call, agent or queue */
	ACD_QUEUE_FULL, /* CALL_ARRIVE */
	ACD_NO_AGENT, /* CALL_ARRIVE: nobody in a shift serves the queue */
	ACD_LIMIT, /* the limits of acd_init() are reached, or the id is taken */
};

enum acd_why {
	ACD_WHY_NONE,
	ACD_WHY_NEW_SHIFT,
	ACD_WHY_OFFER_TIMEOUT,
	ACD_WHY_DECLINED,
	ACD_WHY_LINE_LOST,
	ACD_WHY_DESK_LOST,
	ACD_WHY_CALLER_LEFT,
	ACD_WHY_AGENT_HUNG_UP,
	ACD_WHY_PAUSED,
	ACD_WHY_SHIFT_ENDED,
	ACD_WHY_MAX_WAIT, /* the queue's longest wait is over */
	ACD_WHY_NO_AGENT, /* the last agent of the queue left */
	ACD_WHY_CALLER_SILENT, /* nothing was heard of the caller any more */
	ACD_WHY_CALLER_LINE_LOST,
	ACD_WHY_NO_MEDIA, /* caller and agent could not be joined */
	ACD_WHY_RELAY_LOST,
	ACD_WHY_CENTRE_STOPPED,
	ACD_WHYS,
};

/* Of an agent, for ACD_EV_AGENT_RESTORE. */
struct acd_saved_agent {
	enum acd_agent_state state;
	enum acd_why why;
	int64_t since_ms, until_ms, idle_since_ms;
	bool pause_after, line_is_gone;
};
/* Of a call, for ACD_EV_CALL_RESTORE. */
struct acd_saved_call {
	int64_t arrived_ms, since_ms;
	int64_t wait_left_ms; /* of the longest wait, at since_ms while it waits */
};

struct acd_event {
	enum acd_event_type type;
	int64_t at_ms; /* monotonic; never smaller than in the event before */
	uint64_t call, agent;
	uint32_t queue; /* index */
	uint64_t queues; /* bits of indices */
	enum acd_workplace workplace;
	enum acd_why why;
	struct acd_saved_agent saved_agent;
	struct acd_saved_call saved_call;
};

enum acd_action_type {
	ACD_ACT_OFFER, /* call, agent, until_ms, could_home, could_office */
	ACD_ACT_WITHDRAW, /* call, agent, why: the offer is over without an answer or with a no */
	ACD_ACT_JOIN, /* call, agent */
	ACD_ACT_PART, /* call, agent, why: the talk is over */
	ACD_ACT_INTERRUPT, /* call, agent, why, until_ms: the voices part, the talk may go on */
	ACD_ACT_RESUME, /* call, agent: the voices join again */
	ACD_ACT_WAIT, /* call, why: it waits again, in its old place */
	ACD_ACT_END, /* call, why: end it towards the caller; it is unknown here from now on */
	ACD_ACT_AGENT, /* agent, state, why: the agent's state changed */
};

struct acd_action {
	enum acd_action_type type;
	uint64_t call, agent;
	enum acd_why why;
	enum acd_agent_state state;
	int64_t until_ms; /* -1: no end set */
	/* ready agents that could have had the call at this moment, the chosen one among them */
	uint32_t could_home, could_office;
};

struct acd_actions {
	enum acd_verdict verdict;
	size_t n;
	struct acd_action a[ACD_ACTIONS_MAX];
};

struct acd_queue_config {
	uint32_t max_waiting;
	int64_t offer_ms; /* how long an offer rings */
	int64_t wrapup_ms; /* at most; 0: none */
	int64_t max_wait_ms; /* then the call is ended with ACD_WHY_MAX_WAIT */
	int64_t unstaffed_ms; /* how long callers wait on when the last agent has left */
	int64_t declined_ms; /* how long an agent is not offered again what it declined */
};

struct acd_limits {
	size_t calls, agents;
	int64_t regain_ms; /* how long a lost line or desk may come back as if nothing had been; 0: not at all */
};

/* Read by acd_agent() and acd_call(). */
struct acd_agent_info {
	enum acd_agent_state state;
	enum acd_why why;
	/* of the state; an interruption belongs to its talk, so that since_ms stays the talk's beginning.
	 * until_ms: -1: no end set; away: of `returns` */
	int64_t since_ms, until_ms;
	int64_t idle_since_ms; /* of the last becoming ready */
	bool pause_after;
	bool line_is_gone, desk_is_gone;
	bool returns; /* away, but ready again when what is gone comes back in time */
	uint64_t call; /* offered or talked to, or what is wrapped up; 0: none */
};
struct acd_call_info {
	enum acd_call_state state;
	uint32_t queue;
	int64_t arrived_ms, since_ms, wait_left_ms; /* see struct acd_saved_call */
	uint64_t agent;
};

struct acd_agent;
struct acd_call;

struct acd_timer {
	struct heap_node node;
	uint8_t kind; /* what it is embedded in; acd/priv.h */
};

struct acd_queue {
	struct acd_queue_config cfg;
	struct list waiting; /* struct acd_call.node, by arrival */
	uint32_t n_waiting;
	uint32_t staff; /* agents in a shift that serve it */
	struct acd_timer timer; /* unstaffed */
};

struct acd {
	int64_t now_ms;
	uint64_t
		order; /* grows with each arrival and each becoming ready: breaks ties, seeds nothing */
	struct acd_queue queues[ACD_QUEUES_MAX];
	size_t n_queues;
	struct acd_agent *agents; /* owned arrays */
	struct acd_call *calls;
	struct acd_limits limits;
	struct list free_agents, free_calls;
	struct list idle; /* ready agents, longest idle first */
	struct map agent_by_id, call_by_id;
	uint8_t phase; /* is it restoring? acd/priv.h */
	struct heap timers;
	struct heap_node **timer_slots;
};

/* EINVAL: no queue, too many, or a limit of zero; ENOMEM. */
int acd_init(struct acd *acd, const struct acd_queue_config *queues, size_t n_queues,
	const struct acd_limits *limits);
void acd_close(struct acd *acd);

/* The one way in. actions->n is 0 when nothing follows. Never fails: see actions->verdict. */
void acd_step(struct acd *acd, const struct acd_event *ev, struct acd_actions *actions);

/* When ACD_EV_TICK is due, possibly at once; -1: no timer runs. */
int64_t acd_next_deadline(const struct acd *acd);

/* Would CALL_ARRIVE be taken now? ACD_DONE, or why not. Changes nothing. */
enum acd_verdict acd_admits(const struct acd *acd, uint32_t queue);

bool acd_agent(const struct acd *acd, uint64_t id, struct acd_agent_info *out);
bool acd_call(const struct acd *acd, uint64_t id, struct acd_call_info *out);

/* NULL when every promise above holds, else the broken one in words (static). O(calls * agents). */
const char *acd_check(const struct acd *acd);

/* "offer_timeout" ...: the code in records and on the desk; "" for ACD_WHY_NONE. */
const char *acd_why_word(enum acd_why why);

#endif
