/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * acd -- decides which waiting caller meets which agent.
 *
 * Pure: no clock, no I/O; it allocates in acd_init() (of which acd_prepare() makes use) and nowhere else, up to the
 * limits given there.
 * Time arrives inside events.  The same events give the same actions, so a day can be replayed and
 * argued about.
 *
 * What it promises after every step (acd_check() verifies it, the simulation calls that each time):
 *  - a call is waiting, offered to exactly one agent, or talking with exactly one agent, or gone; a talk
 *    whose line is lost is interrupted, one whose agent puts it on hold is held, and either is still that
 *    agent's, for a while;
 *  - an agent has at most one call, and no offer while its line or its desk is gone, or it is barred;
 *  - no ready agent and waiting call that could meet are left apart;
 *  - within a queue callers are served in the order of their arrival; a caller whose offer came to nothing
 *    or whose agent was lost keeps its arrival time and so stands before all who came later;
 *  - every state has a deadline or an event that leads out of it.
 * Who works at home or in the office plays no part in the choice; it is only counted (DESIGN, "Routing").
 *
 * Who may meet whom is decided between groups of agents with equal profiles and classes of calls with
 * equal demands, once, when a group comes into being; a group has its idle agents in a list, a class its
 * waiting calls.
 *
 * A call that waits for the agent of last time, or for the agent it was handed to, waits in none of them for
 * that while, and so does a callback between two attempts.
 *
 * Cost: a call that starts to wait looks at the groups (bits of words, then the head of each that has idle
 * agents), an agent that becomes ready at the classes (likewise); neither looks at agents or calls, but for
 * those who declined that very call (at most 4 of one agent).  Who returns to an old place in the middle of a
 * list walks there from its nearer end.  An agent with a new profile looks at each class once; so does a
 * shift's end at the eight calls, at most, that waited for that agent alone.  Timers are a heap, ids a hash.
 * Memory: 212 bytes an agent and 168 a call, at most, with timers and hash; a bit in either direction for
 * each group and class, of which a queue has 8 for each step of its demands.  bench/acd measures it all.
 *
 * Memory: struct acd lives in the caller; acd_close() releases what it holds.
 * Thread: the control loop's, only.
 */
#ifndef CORE_ACD_H
#define CORE_ACD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"

#define ACD_QUEUES_MAX      128 /* two words of bits in each agent's profile */
#define ACD_SKILLS_MAX      64
#define ACD_LEVEL_MAX       15 /* four bits a skill */
#define ACD_RELAX_MAX       4 /* steps in which a queue's demands relax */
#define ACD_SENSITIVITY_MAX 3 /* 0: general */
#define ACD_PRIORITY_MAX    1000 /* so that urgency is compared in 128 bits: acd/class.c */
#define ACD_TARGET_MAX_MS   86400000
#define ACD_TARGET_MS       20000 /* of a queue without: the usual "80 % within 20 s" */
#define ACD_GROUPS_MAX      1024 /* when acd_limits says nothing: 128 bytes of bits a class */
#define ACD_ACTIONS_MAX     64
#define ACD_DIVERSIONS_MAX  4 /* rules of a queue */
#define ACD_PREFERRING_MAX \
	8 /* calls that wait for one agent; the next joins the others at once */
#define ACD_DIAL_MS 60000 /* of a queue without dial_ms: ringing longer is no answer */
#define ACD_CALLBACK_MS \
	28800000 /* of a queue without callback_ms: eight hours, a day's shift */
#define ACD_CALLBACK_TRIES 3 /* of a queue without callback_tries */
#define ACD_RETRY_MS \
	300000 /* of a queue without retry_ms: a line that was busy is often free by then */
#define ACD_TRANSFER_MS 30000 /* of a queue without transfer_ms */
#define ACD_HOLD_MS \
	120000 /* when acd_limits says nothing: longer, a caller is better served by another */
#define ACD_DECLINED_MAX 4 /* calls that one agent is not offered again for a while */

enum acd_workplace { ACD_OFFICE, ACD_HOME };

/* A set of queues. */
struct acd_queues {
	uint64_t w[ACD_QUEUES_MAX / 64];
};
static inline void acd_queues_add(struct acd_queues *s, uint32_t queue)
{
	s->w[queue / 64] |= 1ULL << (queue % 64);
}
static inline bool acd_queues_have(const struct acd_queues *s, uint32_t queue)
{
	return s->w[queue / 64] >> (queue % 64) & 1;
}
static inline bool acd_queues_are_none(const struct acd_queues *s)
{
	return !(s->w[0] | s->w[1]);
}

/* A level for each skill; 0: does not have it, or does not need it. */
struct acd_skills {
	uint64_t w[ACD_SKILLS_MAX / 16];
};
static inline unsigned acd_skills_level(const struct acd_skills *s, unsigned skill)
{
	return s->w[skill / 16] >> (skill % 16 * 4) & ACD_LEVEL_MAX;
}
static inline void acd_skills_set(struct acd_skills *s, unsigned skill, unsigned level)
{
	s->w[skill / 16] &= ~((uint64_t)ACD_LEVEL_MAX << (skill % 16 * 4));
	s->w[skill / 16] |= (uint64_t)level << (skill % 16 * 4);
}
/* Has at least each level that is needed? Sixteen levels of four bits at a time, taken apart into bytes. */
static inline bool acd_skills_reach(
	const struct acd_skills *has, const struct acd_skills *needs)
{
	const uint64_t low = 0x0F0F0F0F0F0F0F0FULL, top = 0x8080808080808080ULL;
	uint64_t reached = top;

	for (unsigned i = 0; i < ACD_SKILLS_MAX / 16; i++) {
		reached &= ((has->w[i] & low) | top) - (needs->w[i] & low);
		reached &= ((has->w[i] >> 4 & low) | top) - (needs->w[i] >> 4 & low);
	}
	return reached == top;
}

enum acd_agent_state {
	ACD_AGENT_OUT, /* not in a shift: unknown here */
	ACD_AGENT_AWAY, /* in a shift, not available; its `why` says what set it */
	ACD_AGENT_READY,
	ACD_AGENT_OFFERED,
	ACD_AGENT_TALKING,
	ACD_AGENT_INTERRUPTED, /* its line was lost in mid-talk: the call is kept for a while */
	ACD_AGENT_WRAPUP,
	ACD_AGENT_PAUSE,
	ACD_AGENT_WORK, /* written work: neither available nor a pause */
	ACD_AGENT_DIALLING, /* said yes to a callback, which is being called */
	ACD_AGENT_HOLDING, /* has its caller on hold */
	ACD_AGENT_STATES,
};

enum acd_call_state {
	ACD_CALL_ENDED, /* gone: unknown here */
	ACD_CALL_WAITING,
	ACD_CALL_OFFERED,
	ACD_CALL_TALKING,
	ACD_CALL_INTERRUPTED, /* its agent's line was lost: the caller hears music and a word */
	ACD_CALL_DIALLING, /* a callback that is being called, its agent listening */
	ACD_CALL_ON_HOLD, /* by its agent: the caller hears a word and music */
	ACD_CALL_STATES,
};

enum acd_event_type {
	ACD_EV_TICK, /* a deadline may have passed; see acd_next_deadline() */
	ACD_EV_CALL_ARRIVE, /* call, queue; sensitivity (the queue's at least), wants_office; agent and
			     * prefer_ms: waits so long for that agent alone, if it is in a shift */
	ACD_EV_CALL_HANGUP, /* call, at whatever moment; why: NONE is that the caller left */
	ACD_EV_AGENT_ENTER, /* agent, queues, skills, clearance, workplace, is_barred: a shift begins, away */
	ACD_EV_AGENT_LEAVE, /* agent: the shift ends; not during a talk */
	ACD_EV_AGENT_READY, /* agent; while talking it takes a wish for a pause or written work back */
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
	ACD_EV_AGENT_RESTORE, /* as ENTER; saved_agent, call (of the talk or wrap-up; 0: none); its desk counts
			       * as gone */
	ACD_EV_CALL_RESTORE, /* as ARRIVE; agent (0, or who talks with it), saved_call; to_agent: it waits, or
			      * rang, where it was handed to, if that agent is still there; else 0 */
	ACD_EV_RESTORED, /* who talked and found no call has wrap-up */
	ACD_EV_AGENT_WORK, /* agent: written work, now, or after the talk */
	ACD_EV_AGENT_TRANSFER, /* agent, call; to_agent, or 0: queue. The talk ends, the caller waits in its old
				* place: for that agent alone for transfer_ms, whatever its queues and skills,
				* or for the queue */
	ACD_EV_QUEUE_OPEN, /* queue; each is open at first */
	ACD_EV_QUEUE_CLOSE, /* queue: newcomers are diverted or refused; who waits, waits on */
	ACD_EV_CALL_CALLBACK, /* call, waiting: it will be called back, in its turn; its line may go */
	ACD_EV_CALL_REACHED, /* call: the callback answered */
	ACD_EV_CALL_FAILED, /* call: it did not */
	ACD_EV_AGENT_PROFILE, /* agent; queues, skills, clearance, workplace and is_barred as from now on, in
			       * whatever state. A talk goes on; an offer that its clearance no longer allows is
			       * withdrawn */
	ACD_EV_AGENT_HOLD, /* agent, call: the voices part for limits.hold_ms at most; needs no line, so a talk
			    * that is interrupted can be held, too. Then the call is handed over by itself, and the
			    * agent, who is taken for away from the desk, has a pause after the wrap-up */
	ACD_EV_AGENT_RESUME, /* agent, call: the talk goes on */
	ACD_EV_AGENT_HAND_OVER, /* agent, call: the talk ends for this agent, held or not; the caller waits in its
				 * old place, and is not offered back for limits.hold_ms */
	ACD_EV_CONFIGURE, /* the rules of acd->next come into force; who waits is looked at anew in the ticks
			   * that follow at once, and keeps the longest wait with which it came */
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
	ACD_CLOSED, /* the queue is, and nothing is said of where to go */
	ACD_BARRED, /* AGENT_TRANSFER: the other agent's clearance, or the caller's wish, is against it */
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
	ACD_WHY_NO_AGENT, /* nobody serves the queue, or the last one left */
	ACD_WHY_CALLER_SILENT, /* nothing was heard of the caller any more */
	ACD_WHY_CALLER_LINE_LOST,
	ACD_WHY_NO_MEDIA, /* caller and agent could not be joined */
	ACD_WHY_RELAY_LOST,
	ACD_WHY_CENTRE_STOPPED,
	ACD_WHY_WORK, /* written work */
	ACD_WHY_TRANSFERRED,
	ACD_WHY_CLOSED,
	ACD_WHY_QUEUE_LONG, /* diverted: so many wait */
	ACD_WHY_WAIT_LONG, /* diverted: the expected wait is so long */
	ACD_WHY_NOT_REACHED, /* the callback */
	ACD_WHY_NOT_CLEARED, /* the workplace has no clearance, or not enough for that call */
	ACD_WHY_HANDED_OVER, /* by its agent, to whoever is next */
	ACD_WHY_HOLD_OVER, /* the same, because the longest hold was over */
	ACD_WHYS,
};

/* Of an agent, for ACD_EV_AGENT_RESTORE. */
struct acd_saved_agent {
	enum acd_agent_state state;
	enum acd_why why;
	int64_t since_ms, until_ms, idle_since_ms;
	bool pause_after, line_is_gone;
	bool work_after;
};
/* Of a call, for ACD_EV_CALL_RESTORE. */
struct acd_saved_call {
	int64_t arrived_ms, since_ms;
	int64_t wait_left_ms; /* of the longest wait, at since_ms while it waits */
	bool is_callback;
	bool is_settled; /* no rule diverts it any more */
	int64_t handed_until_ms; /* how long it waits for the event's to_agent */
	uint8_t tries; /* of a callback: that came to nothing */
	int64_t retry_at_ms; /* and it is not tried again before; 0: at once */
	int64_t on_hold_until_ms; /* the event's agent has it on hold; 0: it does not */
};

struct acd_event {
	enum acd_event_type type;
	int64_t at_ms; /* monotonic; never smaller than in the event before */
	uint64_t call, agent;
	uint32_t queue; /* index */
	enum acd_workplace workplace;
	enum acd_why why;
	uint8_t sensitivity, clearance;
	bool wants_office;
	bool is_barred; /* ENTER, RESTORE, PROFILE: no calls there, whatever the clearance */
	uint64_t to_agent;
	int64_t prefer_ms;
	struct acd_queues queues;
	struct acd_skills skills;
	struct acd_saved_agent saved_agent;
	struct acd_saved_call saved_call;
};

enum acd_divert { ACD_DIVERT_QUEUE, ACD_DIVERT_MESSAGE, ACD_DIVERT_CALLBACK };

enum acd_action_type {
	ACD_ACT_OFFER, /* call, agent, until_ms, could_home, could_office, is_callback */
	ACD_ACT_WITHDRAW, /* call, agent, why: the offer is over without an answer or with a no */
	ACD_ACT_JOIN, /* call, agent */
	ACD_ACT_PART, /* call, agent, why, talk_ms: the talk is over */
	ACD_ACT_INTERRUPT, /* call, agent, why, until_ms: the voices part, the talk may go on */
	ACD_ACT_RESUME, /* call, agent: the voices join again */
	ACD_ACT_WAIT, /* call, why: it waits again, in its old place */
	ACD_ACT_END, /* call, why: end it towards the caller; it is unknown here from now on */
	ACD_ACT_AGENT, /* agent, state, why: the agent's state changed */
	ACD_ACT_DIVERT, /* call, divert, target, why: to a queue, where it waits from now on; to a message, and
			 * END follows; to be asked whether it wants to be called back, and it waits on */
	ACD_ACT_DIAL, /* call, agent, until_ms: call back; REACHED or FAILED is to follow */
	ACD_ACT_HOLD, /* call, agent, until_ms: the voices part; RESUME, or PART, WAIT follow */
};
#define ACD_ACTS (ACD_ACT_HOLD + 1)

struct acd_action {
	enum acd_action_type type;
	uint64_t call, agent;
	enum acd_why why;
	enum acd_agent_state state;
	int64_t until_ms; /* -1: no end set */
	/* ready agents that could have had the call at this moment, the chosen one among them */
	uint32_t could_home, could_office;
	int64_t talk_ms; /* of this agent with this call, interruptions included */
	enum acd_divert divert;
	uint32_t target; /* queue, or number of the message */
	bool is_callback;
};

struct acd_actions {
	enum acd_verdict verdict;
	size_t n;
	struct acd_action a[ACD_ACTIONS_MAX];
};

enum acd_diverts_if {
	ACD_IF_CLOSED,
	ACD_IF_LENGTH, /* at least `limit` wait, before it if it waits itself */
	ACD_IF_WAIT, /* the expected wait is longer than `limit` ms */
	ACD_IF_NOBODY, /* nobody in a shift serves the queue; who waits when the last one leaves is looked at
			* when unstaffed_ms is over, instead of being sent off */
};
#define ACD_IFS (ACD_IF_NOBODY + 1)

/* Looked at when a call arrives that nobody is ready for, or when it has waited for after_ms. The first that
 * applies, and whose queue takes it, counts; a call is diverted to another queue only once. */
struct acd_diversion {
	enum acd_diverts_if when;
	enum acd_divert to;
	int64_t limit;
	int64_t after_ms; /* 0: at arrival; not with IF_CLOSED or IF_NOBODY */
	uint32_t target;
};

struct acd_queue_config {
	uint32_t max_waiting;
	int64_t offer_ms; /* how long an offer rings */
	int64_t wrapup_ms; /* at most; 0: none */
	int64_t max_wait_ms; /* then the call is ended with ACD_WHY_MAX_WAIT */
	int64_t unstaffed_ms; /* how long callers wait on when the last agent has left, or they were asked */
	int64_t declined_ms; /* how long an agent is not offered again what it declined */
	/* urgency across queues: priority * waited / target_ms; where all are alike: the oldest first */
	uint32_t priority; /* 0: 1 */
	int64_t target_ms; /* 0: ACD_TARGET_MS */
	uint8_t sensitivity; /* only agents with this clearance or a higher one */
	struct acd_skills skills; /* least levels */
	/* who has waited so long, from its arrival on, needs only so much: never more than before */
	uint8_t n_relax;
	struct {
		int64_t after_ms;
		struct acd_skills skills;
	} relax[ACD_RELAX_MAX];
	uint8_t n_diversions;
	uint8_t callback_tries; /* calls that are not answered; then it ends. 0: ACD_CALLBACK_TRIES */
	struct acd_diversion diversions[ACD_DIVERSIONS_MAX];
	int64_t callback_ms; /* the longest wait of a callback; 0: ACD_CALLBACK_MS */
	int64_t retry_ms; /* between two tries; 0: ACD_RETRY_MS */
	int64_t dial_ms; /* how long it may ring at a callback's; 0: ACD_DIAL_MS */
	int64_t transfer_ms; /* how long a caller waits for the agent it is handed to; 0: ACD_TRANSFER_MS */
};

/* What the queue demands after so many steps of relaxing. */
static inline const struct acd_skills *acd_queue_needs(
	const struct acd_queue_config *q, unsigned steps)
{
	return steps ? &q->relax[steps - 1].skills : &q->skills;
}
/* Do clearance and skills suffice for a call of that sensitivity, after so many steps of relaxing? */
bool acd_suffices(const struct acd_queue_config *q, unsigned steps, uint8_t sensitivity,
	const struct acd_skills *skills, uint64_t clearance);

struct acd_limits {
	size_t calls, agents;
	int64_t regain_ms; /* how long a lost line or desk may come back as if nothing had been; 0: not at all */
	/* different profiles at once, at most 65,535; 0: as many as agents, at most ACD_GROUPS_MAX */
	size_t groups;
	int64_t hold_ms; /* the longest hold; 0: ACD_HOLD_MS */
};

/* Read by acd_agent() and acd_call(). */
struct acd_agent_info {
	enum acd_agent_state state;
	enum acd_why why;
	/* of the state; interruption and hold belong to their talk, so that since_ms stays the talk's beginning.
	 * until_ms: -1: no end set; away: of `returns` */
	int64_t since_ms, until_ms;
	int64_t idle_since_ms; /* of the last becoming ready */
	bool pause_after, work_after;
	bool line_is_gone, desk_is_gone, is_barred;
	bool returns; /* away, but ready again when what is gone comes back in time */
	uint64_t call; /* offered or talked to, or what is wrapped up; 0: none */
};
struct acd_call_info {
	enum acd_call_state state;
	uint32_t queue;
	int64_t arrived_ms, since_ms, wait_left_ms; /* see struct acd_saved_call */
	uint64_t agent;
	uint64_t waits_for; /* the agent that it waits for alone; 0: none */
	int64_t waits_until_ms; /* how long for that agent; stays while it rings there */
	uint8_t sensitivity; /* the highest of the queues it has been in, at least */
	bool is_callback;
	bool is_settled; /* diverted or handed to its queue: see struct acd_saved_call */
	uint8_t tries; /* likewise, of a callback */
	int64_t retry_at_ms;
	int64_t on_hold_until_ms; /* likewise */
};

/* How long still? */
struct acd_outlook {
	uint32_t ahead; /* calls of the queue that came before */
	int64_t expected_ms; /* of waiting; -1: nobody is at work who could take it */
};

struct acd_agent;
struct acd_agent_rest;
struct acd_call;
struct acd_wait;
struct acd_group;
struct acd_class;
struct acd_timer_slot;

struct acd_queue {
	struct acd_queue_config cfg;
	struct list waiting; /* struct acd_wait.node, by arrival */
	uint32_t n_waiting, n_callbacks;
	uint32_t staff; /* agents in a shift that serve it */
	uint32_t first_class; /* its classes stand together; acd/class.c */
	uint32_t slope, per_ms; /* priority / target in lowest terms */
	bool is_closed;
	/* the day as it went so far; acd/expect.c */
	double service_ms; /* of a talk with its wrap-up */
	uint32_t n_served;
	double left,
		waited_ms; /* callers who left, and the waiting of all, the older the less */
};

/* Finds agents or calls by their id; acd/index.c. */
struct acd_index {
	uint32_t *slots; /* owned */
	uint32_t mask;
};

struct acd {
	int64_t now_ms;
	uint64_t
		order; /* grows with each arrival and each becoming ready: breaks ties, seeds nothing */
	struct acd_queue *queues; /* owned arrays */
	struct acd_agent *agents;
	struct acd_agent_rest
		*agent_rests; /* what an agent seldom needs, at the same index */
	struct acd_call *calls;
	struct acd_wait *waits; /* what a call needs while it waits, at the same index */
	struct acd_group *groups;
	struct acd_class *classes;
	/* bits: which classes each group may have and the reverse, which groups have idle agents, which
	 * classes waiting calls */
	uint64_t *class_bits, *group_bits, *idle_groups, *waiting_classes;
	size_t n_queues, n_groups, n_classes; /* n_groups: that were ever in use */
	size_t group_words, class_words; /* of 64 bits, for all of them */
	struct acd_limits limits;
	void *memory[4]; /* owned: where what begins at bounds of cache lines lies */
	uint32_t *free_agents, *free_calls; /* owned: indices; the last is taken next */
	size_t n_free_agents, n_free_calls;
	struct list spare_groups; /* that nobody is of, first the one longest so */
	struct acd_index agent_ids, call_ids;
	int64_t last_place_ms; /* of the call that came last; acd/call.c */
	uint8_t phase; /* is it restoring? acd/priv.h */
	struct acd *
		next; /* made by acd_prepare(), borrowed until ACD_EV_CONFIGURE closes it; NULL */
	struct acd_timer_slot *timers; /* owned; a heap */
	uint32_t *
		timer_places; /* owned; by timer: its place in the heap plus one, 0: does not run */
	size_t n_timers;
};

/* EINVAL: no queue, too many, one whose rules make no sense, or a limit of zero; ENOMEM. */
int acd_init(struct acd *acd, const struct acd_queue_config *queues, size_t n_queues,
	const struct acd_limits *limits);
void acd_close(struct acd *acd);

/* A core with other rules, for acd->next and then ACD_EV_CONFIGURE: the queues that there are, at their places and
 * of the same sensitivity, and perhaps more of them behind; limits with as many calls and agents. EINVAL, ENOMEM. */
int acd_prepare(struct acd *next, const struct acd *acd,
	const struct acd_queue_config *queues, size_t n_queues,
	const struct acd_limits *limits);

/* The one way in. actions->n is 0 when nothing follows. Never fails: see actions->verdict. */
void acd_step(struct acd *acd, const struct acd_event *ev, struct acd_actions *actions);

/* When ACD_EV_TICK is due, possibly at once; -1: no timer runs. */
int64_t acd_next_deadline(const struct acd *acd);

/* Would CALL_ARRIVE be taken now? ACD_DONE, or why not. Changes nothing. */
enum acd_verdict acd_admits(const struct acd *acd, uint32_t queue);

/* Would AGENT_TRANSFER be taken now? ACD_DONE, or why not. Changes nothing. */
enum acd_verdict acd_transfers(
	const struct acd *acd, uint64_t agent, uint64_t to_agent, uint32_t queue);

/* Of a call that waits, and of one that arrives now, without demands of its own. False: no such. The first
 * costs as many steps as calls came before. */
bool acd_outlook(const struct acd *acd, uint64_t call, struct acd_outlook *out);
bool acd_outlook_of_queue(const struct acd *acd, uint32_t queue, struct acd_outlook *out);

bool acd_agent(const struct acd *acd, uint64_t id, struct acd_agent_info *out);
bool acd_call(const struct acd *acd, uint64_t id, struct acd_call_info *out);

/* NULL when every promise above holds, else the broken one in words (static). O(calls * agents). */
const char *acd_check(const struct acd *acd);

/* Of sensitivity and clearance: "general", "confidential", "strict", NULL. What is beyond has no word. */
extern const char *const acd_sensitivity_words[];
const char *acd_sensitivity_word(uint8_t level); /* of any level */

/* "offer_timeout" ...: the code in records and on the desk; "" for ACD_WHY_NONE. */
const char *acd_why_word(enum acd_why why);

#endif
