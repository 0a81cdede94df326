/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* explain_text -- one screen for a person: what happened, then the last decision in full.  See explain.h. */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "main/explain.h"

#define LINES_FIRST 4 /* of the course of events, when it is long */
#define LINES_LAST  8

static void print_time(int64_t wall_ms)
{
	time_t s = (time_t)(wall_ms / 1000);
	struct tm tm;
	char text[16];

	if (localtime_r(&s, &tm) && strftime(text, sizeof text, "%H:%M:%S", &tm))
		printf("%s.%03d", text, (int)(wall_ms % 1000));
}

static void print_span(int64_t ms)
{
	if (ms >= 60000)
		printf("%" PRId64 " min %" PRId64 " s", ms / 60000, ms / 1000 % 60);
	else
		printf("%.1f s", (double)ms / 1000);
}

static void print_skill(const struct moment *m, unsigned skill)
{
	const struct acd_replay *r = &m->in->replay;

	if (skill < r->n_skills)
		printf("%s", r->skills[skill]);
	else
		printf("skill %u", skill + 1);
}

static const char *queue_name(const struct moment *m, uint32_t queue)
{
	return m->in->replay.queues[queue];
}

/* "Post (priority 3, to be answered within 5 s)" */
static void print_queue(const struct moment *m)
{
	const struct acd_queue *q = &m->in->replay.acd.queues[m->why.call.queue];

	printf("queue %s (priority %u, to be answered within ",
		queue_name(m, m->why.call.queue), q->cfg.priority ? q->cfg.priority : 1);
	print_span(q->cfg.target_ms ? q->cfg.target_ms : ACD_TARGET_MS);
	printf(")\n");
}

static void print_needs(const struct moment *m)
{
	const struct acd_explanation *w = &m->why;
	bool any = false;

	printf("  needs          ");
	for (unsigned i = 0; i < ACD_SKILLS_MAX; i++) {
		if (!acd_skills_level(&w->needs, i))
			continue;
		printf("%s", any ? ", " : "");
		print_skill(m, i);
		printf(" %u", acd_skills_level(&w->needs, i));
		any = true;
	}
	printf("%ssensitivity %s%s", any ? ", " : "",
		acd_sensitivity_word(w->sensitivity),
		w->wants_office ? ", somebody at the office" : "");
	if (w->n_steps)
		printf("; demands relaxed in %u of %u steps", w->step, w->n_steps);
	puts("");
}

static uint32_t both(const uint32_t n[2])
{
	return n[ACD_HOME] + n[ACD_OFFICE];
}

static void print_bar(const struct moment *m, enum acd_bar bar, bool is_first)
{
	static const char *const words[ACD_BARS] = {
		[ACD_BAR_QUEUE] = "not in the queue",
		[ACD_BAR_SKILL] = "skill",
		[ACD_BAR_CLEARANCE] = "clearance",
		[ACD_BAR_OFFICE] = "not at the office",
		[ACD_BAR_OTHER] = "the call waits for another",
		[ACD_BAR_DECLINED] = "declined it",
		[ACD_BAR_AWAY] = "away",
		[ACD_BAR_PAUSE] = "pause",
		[ACD_BAR_WORK] = "written work",
		[ACD_BAR_OFFERED] = "offered another",
		[ACD_BAR_TALKING] = "talking",
		[ACD_BAR_WRAPUP] = "wrap-up",
	};
	const char *between = " (";

	printf("%s%s %u", is_first ? ": " : ", ", words[bar], both(m->why.n[bar]));
	for (unsigned i = 0; bar == ACD_BAR_SKILL && i < ACD_SKILLS_MAX; i++) {
		if (!m->why.lacks[i])
			continue;
		printf("%s", between);
		print_skill(m, i);
		printf(" %u", m->why.lacks[i]);
		between = ", ";
	}
	if (bar == ACD_BAR_SKILL)
		printf(")");
}

static void print_bars(const struct moment *m)
{
	uint32_t sum = 0;
	bool is_first = true;

	for (enum acd_bar b = ACD_BAR_NONE + 1; b < ACD_BARS; b++)
		sum += both(m->why.n[b]);
	printf("  not eligible   %u", sum);
	for (enum acd_bar b = ACD_BAR_NONE + 1; b < ACD_BARS; b++) {
		if (!both(m->why.n[b]))
			continue;
		print_bar(m, b, is_first);
		is_first = false;
	}
	puts("");
}

static void print_agent(const struct moment *m)
{
	printf("  this agent     ");
	if (m->waits_for) {
		printf("the call waited for agent %u alone\n", m->waits_for);
		return;
	}
	if (m->why.next_idle_ms < 0) {
		printf("the only one who was eligible\n");
		return;
	}
	printf("idle longest: ");
	print_span(m->why.idle_ms);
	printf("; the next one ");
	print_span(m->why.next_idle_ms);
	puts("");
}

static void print_call(const struct moment *m)
{
	const struct acd_explanation *w = &m->why;

	printf("  this call      ");
	if (w->n_rivals == 0) {
		printf("no other waited that this agent could have had\n");
		return;
	}
	printf("urgency %.2f", w->call.urgency);
	printf(" against %.2f of the next (queue %s, waits ", w->rival.urgency,
		queue_name(m, w->rival.queue));
	print_span(w->rival.waited_ms);
	printf("); %u waited\n", w->n_rivals);
}

static void print_eligible(const struct moment *m)
{
	const uint32_t *n = m->why.n[ACD_BAR_NONE];

	printf("  eligible       %u: %u at home, %u at the office", both(n), n[ACD_HOME],
		n[ACD_OFFICE]);
	if (m->kind == MOMENT_ACTION && m->action.type == ACD_ACT_OFFER &&
		(m->action.could_home != n[ACD_HOME] ||
			m->action.could_office != n[ACD_OFFICE]))
		printf(" (recorded: %u and %u)", m->action.could_home,
			m->action.could_office);
	puts("");
}

static void print_why(const struct moment *m)
{
	print_needs(m);
	print_eligible(m);
	print_bars(m);
	if (m->kind != MOMENT_ACTION || m->action.type != ACD_ACT_OFFER)
		return;
	print_agent(m);
	print_call(m);
}

static void print_action(const struct moment *m)
{
	const struct acd_action *a = &m->action;
	const char *why = acd_why_word(a->why);

	switch (a->type) {
	case ACD_ACT_OFFER:
		printf("offered to agent %u; could have had it: %u at home, %u at the "
		       "office",
			m->agent, a->could_home, a->could_office);
		break;
	case ACD_ACT_WITHDRAW: printf("not taken by agent %u", m->agent); break;
	case ACD_ACT_JOIN: printf("taken by agent %u", m->agent); break;
	case ACD_ACT_PART: printf("the talk is over"); break;
	case ACD_ACT_INTERRUPT: printf("the talk is interrupted"); break;
	case ACD_ACT_RESUME: printf("the talk goes on"); break;
	case ACD_ACT_WAIT: printf("waits again, in its old place"); break;
	case ACD_ACT_END: printf("ended"); break;
	case ACD_ACT_DIVERT:
		if (a->divert == ACD_DIVERT_QUEUE)
			printf("sent to queue %s", queue_name(m, a->target));
		else
			printf("%s",
				a->divert == ACD_DIVERT_MESSAGE
					? "sent to a message"
					: "asked whether it is to be called back");
		break;
	case ACD_ACT_DIAL: printf("called back by agent %u", m->agent); break;
	case ACD_ACT_HOLD: printf("put on hold by agent %u", m->agent); break;
	case ACD_ACT_AGENT: break;
	}
	printf("%s%s\n", *why ? ": " : "", why);
}

static void print_moment(const struct moment *m)
{
	print_time(m->wall_ms);
	printf("  ");
	switch (m->kind) {
	case MOMENT_ARRIVED:
		if (m->verdict == ACD_DONE)
			printf("arrived\n");
		else
			printf("arrived, and was not taken: %s\n",
				acd_verdict_word(m->verdict));
		break;
	case MOMENT_GOES_ON: printf("goes on in another segment of the journal\n"); break;
	case MOMENT_TAKEN_OVER: printf("taken over by another process\n"); break;
	case MOMENT_CALLBACK: printf("is to be called back, in its turn\n"); break;
	case MOMENT_ACTION: print_action(m); break;
	}
}

static void print_course(const struct explained *e)
{
	for (size_t i = 0; i < e->n; i++) {
		if (e->n > LINES_FIRST + LINES_LAST + 1 && i == LINES_FIRST) {
			printf("      ...     %zu more\n",
				e->n - LINES_FIRST - LINES_LAST);
			i = e->n - LINES_LAST;
		}
		print_moment(&e->moments[i]);
	}
	if (e->is_cut)
		printf("      ...     and more than can be told\n");
}

/* The last offer; where there was none, the last look at who could have had it. */
static const struct moment *decision(const struct explained *e)
{
	const struct moment *found = NULL;

	for (size_t i = 0; i < e->n; i++) {
		const struct moment *m = &e->moments[i];
		bool is_offer = m->kind == MOMENT_ACTION &&
			m->action.type == ACD_ACT_OFFER;

		if (m->is_explained &&
			(is_offer || !found || found->kind != MOMENT_ACTION ||
				found->action.type != ACD_ACT_OFFER))
			found = m;
	}
	return found;
}

void explain_text(const struct explained *e)
{
	const struct moment *m = decision(e);

	printf("Call %s", e->id);
	if (m) {
		printf(", ");
		print_queue(m);
	} else {
		puts("");
	}
	print_course(e);
	if (!m)
		return;
	puts("");
	if (m->agent)
		printf("Why agent %u, at ", m->agent);
	else
		printf("Who could have had it, at ");
	print_time(m->wall_ms);
	printf(", after ");
	print_span(m->why.call.waited_ms);
	puts("");
	print_why(m);
}
