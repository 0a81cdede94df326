/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* explain -- heimamt explain CALL: looks for the call in the journal and runs it again.  See explain.h. */
#include "main/explain.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ids.h"
#include "main/commands.h"

static const char usage[] =
	"heimamt explain CALL [--state DIR] [--json]\n"
	"  Says why a call went to this agent and at this moment: who was eligible, who "
	"was not and for which\n"
	"  rule, and why it was this call's turn.  CALL is as in the log and the "
	"records.  "
	"A call can be\n"
	"  explained for a day; after that nobody can say any more which one it was.\n\n"
	"  --state DIR  default /var/lib/heimamt\n"
	"  --json       all of it, for programs\n\n"
	"  Exit status 1: the journal does not know the call. 2: that is no call's id, "
	"or a "
	"journal is torn\n"
	"  or altered before the call's end.\n\n"
	"Example:\n"
	"  heimamt explain 0a4q8v2e0g400 --state var\n";

/* The number by which an agent is called; 0: no agent, or no memory. */
static unsigned number_of(struct explained *e, const struct segment *in, uint64_t alias)
{
	void *more;

	if (!alias)
		return 0;
	for (unsigned i = 0; i < e->n_agents; i++)
		if (e->agents[i].in == in && e->agents[i].alias == alias)
			return i + 1;
	more = realloc(e->agents, (e->n_agents + 1) * sizeof *e->agents);
	if (!more)
		return 0;
	e->agents = more;
	e->agents[e->n_agents].in = in;
	e->agents[e->n_agents].alias = alias;
	return ++e->n_agents;
}

/* NULL: there are enough. */
static struct moment *new_moment(
	struct explained *e, const struct segment *in, enum moment_kind kind)
{
	struct moment *m;

	if (e->n == EXPLAIN_MOMENTS_MAX) {
		e->is_cut = true;
		return NULL;
	}
	m = &e->moments[e->n++];
	*m = (struct moment){ .kind = kind, .in = in, .wall_ms = segment_wall_ms(in) };
	return m;
}

/* One segment, and the call's name in it. */
struct search {
	struct explained *e;
	struct segment *seg;
	uint64_t call;
	uint64_t waits_for; /* before the step */
	bool is_found;
};

static void explain_moment(struct search *s, struct moment *m, uint64_t agent)
{
	struct acd_call_info info = { .waits_for = 0 };
	uint64_t waited_for;

	(void)acd_call(&s->seg->replay.acd, s->call, &info);
	waited_for = agent ? acd_waited_for(&s->seg->replay.ev, agent, s->waits_for)
			   : info.waits_for;
	m->is_explained = acd_explain(
		&s->seg->replay.acd, s->call, agent, waited_for, &m->why);
	m->waits_for = number_of(s->e, s->seg, waited_for);
}

static void look_at_event(struct search *s)
{
	const struct acd_replay *r = &s->seg->replay;
	struct moment *m = NULL;

	if (r->ev.call != s->call)
		return;
	if (r->ev.type == ACD_EV_CALL_ARRIVE)
		m = new_moment(s->e, s->seg, MOMENT_ARRIVED);
	else if (r->ev.type == ACD_EV_CALL_RESTORE)
		m = new_moment(s->e, s->seg, MOMENT_TAKEN_OVER);
	else if (r->ev.type == ACD_EV_CALL_CALLBACK && r->actions.verdict == ACD_DONE)
		m = new_moment(s->e, s->seg, MOMENT_CALLBACK);
	if (!m)
		return;
	s->is_found = true;
	m->verdict = r->actions.verdict;
}

static void look_at_actions(struct search *s)
{
	const struct acd_actions *a = &s->seg->replay.actions;

	for (size_t i = 0; i < a->n; i++) {
		struct moment *m;

		if (a->a[i].call != s->call || a->a[i].type == ACD_ACT_AGENT)
			continue;
		m = new_moment(s->e, s->seg, MOMENT_ACTION);
		if (!m)
			return;
		s->is_found = true;
		m->action = a->a[i];
		m->agent = number_of(s->e, s->seg, m->action.agent);
		if (m->action.type == ACD_ACT_OFFER)
			explain_moment(s, m, m->action.agent);
	}
}

/* Who is there for a call that arrived, or came back, and now waits? */
static void look_at_waiting(struct search *s, size_t before)
{
	struct acd_call_info info;
	struct moment *m = s->e->n > before ? &s->e->moments[s->e->n - 1] : NULL;

	if (m && acd_call(&s->seg->replay.acd, s->call, &info) &&
		info.state == ACD_CALL_WAITING)
		explain_moment(s, m, 0);
}

static void look_at_begin(struct search *s)
{
	struct acd_call_info info;
	struct moment *m;

	if (!acd_call(&s->seg->replay.acd, s->call, &info))
		return;
	s->is_found = true;
	s->waits_for = info.waits_for;
	m = new_moment(s->e, s->seg, MOMENT_GOES_ON);
	if (m && info.state == ACD_CALL_WAITING)
		explain_moment(s, m, 0);
}

static void search(struct search *s)
{
	struct acd_call_info info;

	look_at_begin(s);
	while (segment_step(s->seg)) {
		size_t before = s->e->n;

		look_at_event(s);
		look_at_actions(s);
		look_at_waiting(s, before);
		s->waits_for = s->is_found &&
				acd_call(&s->seg->replay.acd, s->call, &info)
			? info.waits_for
			: 0;
	}
}

/* 0, or the exit status of what is wrong with the segment. */
static int search_one(
	struct explained *e, const struct segments *all, size_t i, uint64_t call)
{
	struct search s = { .e = e };
	uint8_t bytes[JOURNAL_KEY_SIZE];
	struct hash64_key key;
	int status = 0;

	e->n_segments++;
	if (segment_open(all, i, &s.seg))
		return 0; /* its time was over this moment, or it was told */
	if (journal_read_key(s.seg->path, bytes)) {
		e->n_keyless++;
		segment_close(s.seg);
		return 0;
	}
	key = hash64_key_of(bytes);
	s.call = acd_journal_alias(&key, call);
	if (s.seg->result == ACD_REPLAY_SAME)
		search(&s);
	/* a torn end is how a writer that was killed leaves it, and what it writes at the moment */
	if (segment_wrong(s.seg) && s.seg->result != ACD_REPLAY_TORN) {
		segment_complain(s.seg);
		status = EXIT_USAGE;
	}
	if (s.is_found)
		e->segments[e->n_in++] = s.seg;
	else
		segment_close(s.seg);
	return status;
}

static int find(struct explained *e, const struct segments *all, uint64_t call)
{
	int status = 0;

	e->moments = calloc(EXPLAIN_MOMENTS_MAX, sizeof *e->moments);
	e->segments = calloc(all->n + 1, sizeof *e->segments);
	if (!e->moments || !e->segments)
		return 1;
	for (size_t i = 0; i < all->n; i++) {
		int of_one = search_one(e, all, i, call);

		status = of_one > status ? of_one : status;
	}
	if (e->n == 0 && !status) {
		fprintf(stderr,
			"heimamt: the journal in %s does not know the call %s. It has "
			"%zu "
			"segments; of %zu the key is gone, since they are older than a "
			"day.\n",
			all->dir, e->id, e->n_segments, e->n_keyless);
		status = 1;
	}
	return status;
}

static void close_all(struct explained *e)
{
	for (size_t i = 0; i < e->n_in; i++)
		segment_close(e->segments[i]);
	free(e->segments);
	free(e->moments);
	free(e->agents);
}

int command_explain(int argc, char **argv)
{
	struct explained e = { 0 };
	struct segments all;
	struct options o;
	uint64_t call;
	int status = options_read(&o, argc, argv, usage);

	if (status)
		return status - 1;
	if (!o.word || ids_parse(o.word, &call) || call == 0) {
		if (o.word)
			fprintf(stderr, "heimamt: \"%s\" is no call's id.\n", o.word);
		else
			fputs(usage, stderr);
		return EXIT_USAGE;
	}
	e.id = o.word;
	if (segments_open(&all, o.state))
		return 1;
	status = find(&e, &all, call);
	if (e.n > 0 && o.json)
		explain_json(&e);
	else if (e.n > 0)
		explain_text(&e);
	close_all(&e);
	segments_close(&all);
	return status;
}
