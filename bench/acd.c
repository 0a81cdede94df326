/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * bench/acd -- events a second of the routing core, and what an agent and a call take of memory.
 *
 * A house of QUEUES queues that demand two of ACD_SKILLS_MAX skills each and relax once, served by PROFILES profiles.  Half of
 * it is overloaded: WAITING calls wait, nobody is idle, and each agent who becomes ready chooses among the
 * queues.  The other half is quiet: three in ten are idle, and each call chooses among the groups.  Per
 * talk: arrival, offer, yes (2 % no, 1 % no answer), hang-up by either, wrap-up done or over; 5 % of the
 * callers leave before.
 *
 * A first run makes the events and notes them; then they are replayed into a fresh core, so that only the
 * core is measured.  Of each SLICE of events the best of ROUNDS of process CPU time counts: what disturbs a
 * busy machine's caches comes between some slices of each round, and seldom the same.  Sizes differ in agents
 * only: as many calls arrive and wait in each.
 *
 * Two tables.  In the first everybody is at work: who hangs up is one of all, who has been idle longest was
 * not seen for long, so with its size a house leaves the caches, and that is part of the figure.  In the
 * second only FEW are, and all others talk on: what is touched stays the same, so what grows would be the
 * decision.
 *
 * Beside each figure stand two parts of it.  "reading": the notes are read, and nothing is done.  "fetching":
 * besides, for each agent and call that an event names, a slot of a hash and one cache line, and for a caller
 * who hangs up the agent's: the least that anything must fetch that keeps a line for each.  And what comes on top
 * when each event is written to the journal, which is thrown away: that is encoding and checks, no disk.
 */
#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/acd/journal.h"

#define QUEUES       100
#define PROFILES     100
#define SERVED       10 /* queues of a profile */
#define WAITING      1000
#define CALLS_MARGIN 4096 /* beyond one per agent: who waits or rings */
#define EVENTS       1000000
#define ROUNDS       5
#define SLICE        1000
#define CALL_MS      10 /* one call arrives in either half */
#define FEW          100
#define AGENTS_MAX   100000
#define RING         (1u << 18) /* at least twice as many */

/* What an event needs, in a twelfth of its size: a million of them are read while it is measured, through the
 * same caches. */
struct note {
	uint32_t at_ms;
	uint32_t call;
	uint32_t agent;
	uint16_t queue;
	uint16_t type;
};

struct ring {
	uint64_t call[RING];
	uint32_t agent[RING];
	unsigned first, end;
};

/* Agents of one half who do the same, to pick one from. */
struct bag {
	uint32_t agent[AGENTS_MAX];
	size_t n;
};

static struct {
	struct acd acd;
	size_t agents, busy; /* busy: at work, the first of all */
	uint64_t random; /* xorshift64 (Marsaglia 2003) */
	int64_t now_ms;
	uint64_t next_call;
	struct ring ringing, away;
	struct bag talking[2], wrapping[2];
	uint32_t bag_place[AGENTS_MAX + 1]; /* in the one it is in */
	uint64_t call_of[AGENTS_MAX + 1];
	uint64_t waiting[WAITING * 4]; /* of the overloaded half, some of them gone */
	struct note *notes;
	size_t n_notes, n_warm;
} b;

static void must(bool is_true, const char *what)
{
	if (is_true)
		return;
	fprintf(stderr, "bench/acd: %s\n", what);
	exit(1);
}

static uint64_t rnd(uint64_t below)
{
	b.random ^= b.random << 13;
	b.random ^= b.random >> 7;
	b.random ^= b.random << 17;
	return b.random % below;
}

static unsigned half_of(uint64_t agent)
{
	return (unsigned)(agent % PROFILES / (PROFILES / 2));
}

static void make_house(struct acd *acd, size_t agents, size_t busy)
{
	static struct acd_queue_config queues[QUEUES];
	struct acd_limits limits = {
		.calls = agents + CALLS_MARGIN, .agents = agents, .groups = PROFILES
	};

	for (unsigned i = 0; i < QUEUES; i++) {
		queues[i] = (struct acd_queue_config){ .max_waiting = CALLS_MARGIN,
			.offer_ms = 15000,
			.wrapup_ms = (int64_t)busy / 2,
			.max_wait_ms = 3600000,
			.unstaffed_ms = 60000,
			.declined_ms = 15000,
			.priority = 1 + i % 3,
			.target_ms = 10000 + 5000 * (i % 4),
			.n_relax = 1 };
		acd_skills_set(&queues[i].skills, i % ACD_SKILLS_MAX, 4);
		acd_skills_set(&queues[i].skills, (i + 7) % ACD_SKILLS_MAX, 2);
		queues[i].relax[0].after_ms = 8000;
		acd_skills_set(&queues[i].relax[0].skills, i % ACD_SKILLS_MAX, 2);
	}
	must(acd_init(acd, queues, QUEUES, &limits) == 0, "no memory");
}

static void fill_profile(struct acd_event *ev)
{
	unsigned p = (unsigned)(ev->agent % PROFILES), half = half_of(ev->agent);

	for (unsigned k = 0; k < SERVED; k++) {
		unsigned q = half * (QUEUES / 2) + (p + 5 * k) % (QUEUES / 2);

		acd_queues_add(&ev->queues, q);
		acd_skills_set(&ev->skills, q % ACD_SKILLS_MAX, p % 5 ? 4 : 3);
		acd_skills_set(&ev->skills, (q + 7) % ACD_SKILLS_MAX, 4);
	}
	ev->workplace = p % 2 ? ACD_HOME : ACD_OFFICE;
}

static struct acd_event event_of(const struct note *n)
{
	struct acd_event ev = { .type = (enum acd_event_type)n->type,
		.at_ms = n->at_ms,
		.call = n->call,
		.agent = n->agent,
		.queue = n->queue };

	if (ev.type == ACD_EV_AGENT_ENTER)
		fill_profile(&ev);
	return ev;
}

static void replay_one(struct acd *acd, const struct note *n, struct acd_actions *out)
{
	struct acd_event ev = event_of(n);

	acd_step(acd, &ev, out);
}

static void bag_add(struct bag *bag, uint32_t agent)
{
	b.bag_place[agent] = (uint32_t)bag->n;
	bag->agent[bag->n++] = agent;
}

static void bag_take(struct bag *bag, uint32_t agent)
{
	uint32_t place = b.bag_place[agent], last = bag->agent[--bag->n];

	bag->agent[place] = last;
	b.bag_place[last] = place;
}

static void ring_add(struct ring *r, uint64_t call, uint32_t agent)
{
	r->call[r->end % RING] = call;
	r->agent[r->end++ % RING] = agent;
}

/* What the house makes of the core's actions. */
static void watch(const struct acd_actions *acts)
{
	for (size_t i = 0; i < acts->n; i++) {
		const struct acd_action *a = &acts->a[i];
		uint32_t agent = (uint32_t)a->agent;

		if (agent > b.busy)
			continue; /* talks on */
		if (a->type == ACD_ACT_OFFER)
			ring_add(&b.ringing, a->call, agent);
		if (a->type != ACD_ACT_AGENT)
			continue;
		if (a->state == ACD_AGENT_TALKING)
			bag_add(&b.talking[half_of(agent)], agent);
		else if (a->state == ACD_AGENT_WRAPUP)
			bag_add(&b.wrapping[half_of(agent)], agent);
		else if (a->state == ACD_AGENT_AWAY)
			ring_add(&b.away, 0, agent);
		else if (a->state == ACD_AGENT_READY && a->why == ACD_WHY_NONE &&
			b.call_of[agent]) {
			bag_take(&b.wrapping[half_of(agent)], agent);
			b.call_of[agent] = 0;
		}
	}
}

static void step(enum acd_event_type type, uint64_t call, uint32_t agent, unsigned queue)
{
	struct note *n = &b.notes[b.n_notes++];
	struct acd_actions acts;

	*n = (struct note){ (uint32_t)b.now_ms, (uint32_t)call, agent, (uint16_t)queue,
		(uint16_t)type };
	replay_one(&b.acd, n, &acts);
	must(acts.verdict == ACD_DONE, "an event was refused");
	watch(&acts);
}

static void answer(void)
{
	uint64_t call = b.ringing.call[b.ringing.first % RING];
	uint32_t agent = b.ringing.agent[b.ringing.first++ % RING];
	struct acd_call_info info;
	uint64_t how = rnd(100);

	if (!acd_call(&b.acd, call, &info) || info.agent != agent || how == 0)
		return; /* the caller left meanwhile; or it rings until its time is over */
	if (how <= 2) {
		step(ACD_EV_AGENT_DECLINE, call, agent, 0);
		return;
	}
	b.call_of[agent] = call;
	step(ACD_EV_AGENT_ACCEPT, call, agent, 0);
}

static void end_a_talk(unsigned half)
{
	struct bag *bag = &b.talking[half];
	uint32_t agent = bag->agent[rnd(bag->n)];

	bag_take(bag, agent);
	if (rnd(2))
		step(ACD_EV_CALL_HANGUP, b.call_of[agent], 0, 0);
	else
		step(ACD_EV_AGENT_HANGUP, b.call_of[agent], agent, 0);
}

static void end_a_wrapup(unsigned half)
{
	struct bag *bag = &b.wrapping[half];

	if (bag->n && rnd(2))
		step(ACD_EV_AGENT_WRAPUP_DONE, 0, bag->agent[rnd(bag->n)], 0);
}

static size_t n_waiting(void)
{
	size_t n = 0;

	for (size_t i = 0; i < QUEUES; i++)
		n += b.acd.queues[i].n_waiting;
	return n;
}

static void arrive(unsigned half)
{
	unsigned queue = half * (QUEUES / 2) + (unsigned)rnd(QUEUES / 2);

	step(ACD_EV_CALL_ARRIVE, ++b.next_call, 0, queue);
	if (half == 0)
		b.waiting[b.next_call % (sizeof b.waiting / 8)] = b.next_call;
}

static void leave_early(void)
{
	uint64_t call = b.waiting[rnd(sizeof b.waiting / 8)];
	struct acd_call_info info;

	if (acd_call(&b.acd, call, &info) && info.state == ACD_CALL_WAITING)
		step(ACD_EV_CALL_HANGUP, call, 0, 0);
}

/* One call's time in each half. */
static void turn(void)
{
	b.now_ms += CALL_MS;
	while (acd_next_deadline(&b.acd) >= 0 && acd_next_deadline(&b.acd) <= b.now_ms)
		step(ACD_EV_TICK, 0, 0, 0);
	for (int i = 0; i < 2 && n_waiting() < WAITING; i++)
		arrive(0);
	if (b.talking[1].n < b.busy * 6 / 20)
		arrive(1);
	if (rnd(20) == 0)
		leave_early();
	while (b.ringing.first != b.ringing.end)
		answer();
	if (b.talking[0].n > b.busy * 8 / 20)
		end_a_talk(0);
	if (b.talking[1].n > b.busy * 5 / 20)
		end_a_talk(1);
	end_a_wrapup(0);
	end_a_wrapup(1);
	if (b.away.first != b.away.end && b.away.end - b.away.first > b.busy / 100)
		step(ACD_EV_AGENT_READY, 0, b.away.agent[b.away.first++ % RING], 0);
}

/* An agent who talks from the first moment to the last. */
static void talk_on(uint32_t agent)
{
	unsigned queue = half_of(agent) * (QUEUES / 2) + agent % PROFILES % (QUEUES / 2);

	step(ACD_EV_AGENT_ENTER, 0, agent, 0);
	if (agent % 5 == 0)
		return; /* less skilled: the call would have to wait first; away */
	step(ACD_EV_AGENT_READY, 0, agent, 0);
	step(ACD_EV_CALL_ARRIVE, ++b.next_call, 0, queue);
	step(ACD_EV_AGENT_ACCEPT, b.next_call, agent, 0);
}

/* The house opens: everybody is there, then the calls come until it is as full as it will be. */
static void make_events(void)
{
	for (uint32_t i = (uint32_t)b.agents; i > b.busy; i--)
		talk_on(i);
	for (uint32_t i = 1; i <= b.busy; i++)
		step(ACD_EV_AGENT_ENTER, 0, i, 0);
	b.away.first = b.away.end;
	for (uint32_t i = 1; i <= b.busy; i++)
		step(ACD_EV_AGENT_READY, 0, i, 0);
	while (b.n_notes < EVENTS + 10 * b.agents)
		turn();
	b.n_warm = b.n_notes - EVENTS;
}

static double cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* Replays the notes from one to another into what is measured. */
typedef void replayer(void *into, const struct note *from, const struct note *to);

static void replay_core(void *into, const struct note *from, const struct note *to)
{
	struct acd_actions acts;

	for (; from < to; from++)
		replay_one(into, from, &acts);
}

static volatile uint64_t sink; /* for what is read only to be read */

static void replay_reading(void *into, const struct note *from, const struct note *to)
{
	for (; from < to; from++) {
		struct acd_event ev = event_of(from);

		__asm__ volatile("" : : "r"(&ev) : "memory"); /* it is made */
	}
}

/* A line of 64 bytes for each agent and call, and a hash half full that says where they are. */
struct bare {
	struct {
		uint64_t id, other, rest[6];
	} agents[AGENTS_MAX + 1], calls[AGENTS_MAX + 1];
	uint32_t agent_slots[RING], call_slots[RING];
};

static uint32_t bare_slot(uint64_t id)
{
	return (uint32_t)(id * 0x9E3779B97F4A7C15ULL >> 32) % RING;
}

static void replay_fetching(void *into, const struct note *from, const struct note *to)
{
	struct bare *m = into;
	uint64_t sum = 0;

	for (; from < to; from++) {
		struct acd_event ev = event_of(from);
		uint64_t agent = ev.agent, call = ev.call % b.agents;

		if (call) {
			uint32_t *slot = &m->call_slots[bare_slot(ev.call)];

			*slot += ev.type == ACD_EV_CALL_ARRIVE;
			call += *slot == 0; /* never, but so it waits for the slot */
			if (ev.type == ACD_EV_AGENT_ACCEPT)
				m->calls[call].other = agent;
			if (ev.type == ACD_EV_CALL_HANGUP)
				agent = m->calls[call].other;
			sum += m->calls[call].id++;
		}
		if (ev.agent)
			agent += m->agent_slots[bare_slot(agent)]; /* 0 */
		if (agent)
			sum += m->agents[agent].id++;
	}
	sink = sum;
}

/* ns an event, of the events after the warming up. */
static double best_of_slices(double *best, replayer *replay, void *into, int round)
{
	const struct note *first = b.notes + b.n_warm;
	double sum = 0;

	for (size_t i = 0; i < EVENTS / SLICE; i++) {
		double begin = cpu_ns(), ns;

		replay(into, first + i * SLICE, first + (i + 1) * SLICE);
		ns = cpu_ns() - begin;
		if (round == 0 || ns < best[i])
			best[i] = ns;
		sum += best[i];
	}
	return sum / EVENTS;
}

static double measure_core(void)
{
	static double best[EVENTS / SLICE];
	double ns = 0;

	for (int i = 0; i < ROUNDS; i++) {
		struct acd acd;

		make_house(&acd, b.agents, b.busy);
		replay_core(&acd, b.notes, b.notes + b.n_warm);
		ns = best_of_slices(best, replay_core, &acd, i);
		must(acd.order == b.acd.order, "the replay went another way");
		acd_close(&acd);
	}
	return ns;
}

/* A core whose events are written to a journal that nobody keeps. */
struct written {
	struct acd acd;
	struct acd_journal journal;
};

static void throw_away(void *arg, const void *bytes, size_t n)
{
	sink = n;
}

static void replay_written(void *into, const struct note *from, const struct note *to)
{
	struct written *w = into;
	struct acd_actions acts;

	for (; from < to; from++) {
		struct acd_event ev = event_of(from);

		acd_step(&w->acd, &ev, &acts);
		acd_journal_event(&w->journal, &ev, &acts);
	}
}

/* ns an event with its journal; *bytes: of the journal, an event. */
static double measure_written(double *bytes)
{
	static double best[EVENTS / SLICE];
	double ns = 0;

	for (int i = 0; i < ROUNDS; i++) {
		struct written w = { .journal = {
					     .write = throw_away, .key = { 1, 2 } } };

		make_house(&w.acd, b.agents, b.busy);
		replay_core(&w.acd, b.notes, b.notes + b.n_warm);
		ns = best_of_slices(best, replay_written, &w, i);
		*bytes = (double)w.journal.n_bytes / EVENTS;
		acd_close(&w.acd);
	}
	return ns;
}

static double measure_part(replayer *replay)
{
	static double best[EVENTS / SLICE];
	struct bare *m = calloc(1, sizeof *m);
	double ns = 0;

	must(m != NULL, "no memory");
	replay(m, b.notes, b.notes + b.n_warm);
	for (int i = 0; i < ROUNDS; i++)
		ns = best_of_slices(best, replay, m, i);
	free(m);
	return ns;
}

struct figures {
	double core, reading, fetching;
	double written, bytes; /* with its journal */
};

static struct figures measure(size_t agents, size_t busy)
{
	struct figures f;

	b.agents = agents;
	b.busy = busy;
	b.random = 0x9E3779B97F4A7C15ULL;
	b.now_ms = 0;
	b.next_call = 0;
	b.n_notes = 0;
	b.talking[0].n = b.talking[1].n = b.wrapping[0].n = b.wrapping[1].n = 0;
	b.ringing.first = b.ringing.end = b.away.first = b.away.end = 0;
	memset(b.call_of, 0, sizeof b.call_of);
	make_house(&b.acd, agents, busy);
	make_events();
	f.core = measure_core();
	f.written = measure_written(&f.bytes);
	f.reading = measure_part(replay_reading);
	f.fetching = measure_part(replay_fetching);
	acd_close(&b.acd);
	return f;
}

static size_t bytes_of(size_t agents, size_t calls)
{
	struct acd_queue_config q = { .max_waiting = 1 };
	struct acd_limits limits = {
		.calls = calls, .agents = agents, .groups = PROFILES
	};
	struct mallinfo2 before = mallinfo2(), after;
	struct acd acd;

	must(acd_init(&acd, &q, 1, &limits) == 0, "no memory");
	after = mallinfo2();
	acd_close(&acd);
	return after.uordblks + after.hblkhd - before.uordblks - before.hblkhd;
}

static void table(const char *what, size_t busy_at_most)
{
	static const size_t sizes[] = { 100, 1000, 10000, AGENTS_MAX };
	double first = 0;

	printf("\n%s\n%8s  %11s  %9s  %17s  %7s  %8s  %s\n", what, "agents",
		"ns an event", "million/s", "against the first", "reading", "fetching",
		"the journal, more");
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		size_t busy = sizes[i] < busy_at_most ? sizes[i] : busy_at_most;
		struct figures f = measure(sizes[i], busy);

		if (i == 0)
			first = f.core;
		printf("%8zu  %11.0f  %9.2f  %17.2f  %7.0f  %8.0f  %.0f ns, %.0f bytes\n",
			sizes[i], f.core, 1e3 / f.core, f.core / first, f.reading,
			f.fetching, f.written - f.core, f.bytes);
	}
}

int main(void)
{
	b.notes = calloc(EVENTS + 15 * AGENTS_MAX, sizeof *b.notes);
	must(b.notes != NULL, "no memory");
	printf("%u queues, %u skills, %u profiles, %u waiting, %u events\n", QUEUES,
		ACD_SKILLS_MAX, PROFILES, WAITING, EVENTS);
	table("everybody at work", AGENTS_MAX);
	table("a hundred at work, the others talk on", FEW);
	/* just beyond a power of two the hash tables are largest */
	printf("\nbytes an agent: %zu, a call: %zu\n",
		(bytes_of(2 * 65537, 65537) - bytes_of(65537, 65537)) / 65537,
		(bytes_of(65537, 2 * 65537) - bytes_of(65537, 65537)) / 65537);
	free(b.notes);
	return 0;
}
