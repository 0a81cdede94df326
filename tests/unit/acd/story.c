/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* story -- see story.h. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "story.h"

const struct acd_queue_config story_queues[STORY_QUEUES] = {
	{ .max_waiting = 3,
		.offer_ms = 20000,
		.wrapup_ms = 30000,
		.max_wait_ms = 600000,
		.unstaffed_ms = 60000,
		.declined_ms = 15000 },
	{ .max_waiting = 3,
		.offer_ms = 20000,
		.wrapup_ms = 0,
		.max_wait_ms = 600000,
		.unstaffed_ms = 60000,
		.declined_ms = 15000 },
};

static void write_action(char *line, size_t cap, const struct acd_action *a)
{
	static const char *const states[] = { "out", "away", "ready", "offered",
		"talking", "interrupted", "wrapup", "pause", "work", "dialling",
		"holding" };
	static const char *const diverts[] = { "queue", "message", "callback" };
	const char *why = acd_why_word(a->why);
	size_t n = strlen(line);
	char *p = line + n, ag = (char)a->agent;
	int call = (int)a->call;

	cap -= n;
	if (n)
		*p++ = ' ', cap--;
	switch (a->type) {
	case ACD_ACT_OFFER:
		snprintf(p, cap, "%s %d>%c(%u,%u)", a->is_callback ? "callback" : "offer",
			call, ag, a->could_home, a->could_office);
		break;
	case ACD_ACT_WITHDRAW:
		snprintf(p, cap, "withdraw %d>%c %s", call, ag, why);
		break;
	case ACD_ACT_JOIN: snprintf(p, cap, "join %d>%c", call, ag); break;
	case ACD_ACT_PART: snprintf(p, cap, "part %d>%c %s", call, ag, why); break;
	case ACD_ACT_INTERRUPT:
		snprintf(p, cap, "interrupt %d>%c %s until %d", call, ag, why,
			(int)(a->until_ms / 1000));
		break;
	case ACD_ACT_RESUME: snprintf(p, cap, "resume %d>%c", call, ag); break;
	case ACD_ACT_WAIT: snprintf(p, cap, "wait %d %s", call, why); break;
	case ACD_ACT_END: snprintf(p, cap, "end %d %s", call, why); break;
	case ACD_ACT_AGENT:
		snprintf(p, cap, "%c=%s%s%s", ag, states[a->state], *why ? "/" : "", why);
		break;
	case ACD_ACT_DIVERT:
		snprintf(p, cap, "divert %d>%s%u %s", call, diverts[a->divert], a->target,
			why);
		break;
	case ACD_ACT_DIAL:
		snprintf(p, cap, "dial %d>%c until %d", call, ag,
			(int)(a->until_ms / 1000));
		break;
	case ACD_ACT_HOLD:
		snprintf(p, cap, "hold %d>%c until %d", call, ag,
			(int)(a->until_ms / 1000));
		break;
	}
}

void story_write(char *line, size_t cap, const struct acd_actions *acts)
{
	static const char *const verdicts[] = { "", "[refused]", "[unknown]", "[full]",
		"[no agent]", "[limit]", "[closed]", "[barred]" };

	snprintf(line, cap, "%s", verdicts[acts->verdict]);
	for (size_t i = 0; i < acts->n; i++)
		write_action(line, cap, &acts->a[i]);
}

static enum acd_why why_of(const struct step *s)
{
	static const enum acd_why losses[] = { ACD_WHY_LINE_LOST, ACD_WHY_DESK_LOST,
		ACD_WHY_NONE, ACD_WHY_OFFER_TIMEOUT };

	switch (s->event) {
	case HANGUP: return s->queue ? ACD_WHY_CALLER_SILENT : ACD_WHY_NONE;
	case LOST:
	case BACK: return losses[s->queue];
	default: return ACD_WHY_NONE;
	}
}

struct acd_event story_event(const struct step *s)
{
	return (struct acd_event){
		.type = (enum acd_event_type)s->event,
		.at_ms = s->at_s * 1000,
		.call = (uint64_t)s->call,
		.agent = (uint64_t)s->agent,
		.queue = (uint32_t)s->queue,
		.queues = { { s->agent == 'C' ? 3 : 1 } },
		.workplace = s->agent == 'A' ? ACD_HOME : ACD_OFFICE,
		.why = why_of(s),
	};
}

static void differs(const struct story *s, size_t i, const char *got)
{
	fail_msg("%s, step %zu (at %d s): expected \"%s\", got \"%s\"", s->what, i,
		s->steps[i].at_s, s->steps[i].expected, got);
}

void story_tell(const struct story *s)
{
	struct acd_limits limits = {
		.calls = 8, .agents = 3, .regain_ms = s->never_regains ? 0 : 15000
	};
	struct acd acd;

	assert_int_equal(acd_init(&acd, story_queues, STORY_QUEUES, &limits), 0);
	for (size_t i = 0; s->steps[i].expected; i++) {
		struct acd_event ev = story_event(&s->steps[i]);
		struct acd_actions acts;
		char got[512];

		acd_step(&acd, &ev, &acts);
		story_write(got, sizeof got, &acts);
		if (strcmp(got, s->steps[i].expected) != 0)
			differs(s, i, got);
		if (acd_check(&acd))
			differs(s, i, acd_check(&acd));
	}
	acd_close(&acd);
}

struct acd_queue_config story_with_base(struct acd_queue_config q)
{
	q.max_waiting = q.max_waiting ? q.max_waiting : 8;
	q.offer_ms = 20000;
	q.wrapup_ms = 10000;
	q.max_wait_ms = 600000;
	q.unstaffed_ms = 60000;
	q.declined_ms = 15000;
	q.dial_ms = 30000;
	q.retry_ms = 30000;
	return q;
}

void story_open(struct acd *acd, const struct acd_queue_config q[2], size_t groups)
{
	struct acd_queue_config both[2] = { story_with_base(q[0]),
		story_with_base(q[1]) };
	struct acd_limits limits = {
		.calls = 16, .agents = 4, .regain_ms = 15000, .groups = groups
	};

	assert_int_equal(acd_init(acd, both, 2, &limits), 0);
}
