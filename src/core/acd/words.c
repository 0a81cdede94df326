/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* words -- events, actions and sensitivity for people.  Part of the journal (see journal.h). */
#include <stdio.h>

#include "core/acd/journal.h"

static const char *const events[ACD_EVENTS] = {
	[ACD_EV_TICK] = "tick",
	[ACD_EV_CALL_ARRIVE] = "arrive",
	[ACD_EV_CALL_HANGUP] = "hangup",
	[ACD_EV_AGENT_ENTER] = "enter",
	[ACD_EV_AGENT_LEAVE] = "leave",
	[ACD_EV_AGENT_READY] = "ready",
	[ACD_EV_AGENT_PAUSE] = "pause",
	[ACD_EV_AGENT_ACCEPT] = "accept",
	[ACD_EV_AGENT_DECLINE] = "decline",
	[ACD_EV_AGENT_HANGUP] = "agent_hangup",
	[ACD_EV_AGENT_LOST] = "lost",
	[ACD_EV_AGENT_BACK] = "back",
	[ACD_EV_AGENT_WRAPUP_DONE] = "wrapup_done",
	[ACD_EV_AGENT_RESTORE] = "agent_restore",
	[ACD_EV_CALL_RESTORE] = "call_restore",
	[ACD_EV_RESTORED] = "restored",
	[ACD_EV_AGENT_WORK] = "work",
	[ACD_EV_AGENT_TRANSFER] = "transfer",
	[ACD_EV_QUEUE_OPEN] = "queue_open",
	[ACD_EV_QUEUE_CLOSE] = "queue_close",
	[ACD_EV_CALL_CALLBACK] = "callback",
	[ACD_EV_CALL_REACHED] = "reached",
	[ACD_EV_CALL_FAILED] = "failed",
	[ACD_EV_AGENT_PROFILE] = "profile",
	[ACD_EV_AGENT_HOLD] = "hold",
	[ACD_EV_AGENT_RESUME] = "resume",
	[ACD_EV_AGENT_HAND_OVER] = "hand_over",
	[ACD_EV_CONFIGURE] = "configure",
};

static const char *const actions[] = {
	[ACD_ACT_OFFER] = "offer",
	[ACD_ACT_WITHDRAW] = "withdraw",
	[ACD_ACT_JOIN] = "join",
	[ACD_ACT_PART] = "part",
	[ACD_ACT_INTERRUPT] = "interrupt",
	[ACD_ACT_RESUME] = "resume",
	[ACD_ACT_WAIT] = "wait",
	[ACD_ACT_END] = "end",
	[ACD_ACT_AGENT] = "agent",
	[ACD_ACT_DIVERT] = "divert",
	[ACD_ACT_DIAL] = "dial",
	[ACD_ACT_HOLD] = "hold",
};

static const char *const diverts[] = { [ACD_DIVERT_QUEUE] = "queue",
	[ACD_DIVERT_MESSAGE] = "message",
	[ACD_DIVERT_CALLBACK] = "callback" };

static const char *const states[ACD_AGENT_STATES] = {
	[ACD_AGENT_OUT] = "out",
	[ACD_AGENT_AWAY] = "away",
	[ACD_AGENT_READY] = "ready",
	[ACD_AGENT_OFFERED] = "offered",
	[ACD_AGENT_TALKING] = "talking",
	[ACD_AGENT_INTERRUPTED] = "interrupted",
	[ACD_AGENT_WRAPUP] = "wrapup",
	[ACD_AGENT_PAUSE] = "pause",
	[ACD_AGENT_WORK] = "written_work",
	[ACD_AGENT_DIALLING] = "dialling",
	[ACD_AGENT_HOLDING] = "holding",
};

const char *const acd_sensitivity_words[] = { "general", "confidential", "strict", NULL };

const char *acd_sensitivity_word(uint8_t level)
{
	size_t n = sizeof acd_sensitivity_words / sizeof *acd_sensitivity_words - 1;

	return level < n ? acd_sensitivity_words[level] : "beyond strict";
}

const char *acd_action_word(enum acd_action_type type)
{
	return actions[type];
}

const char *acd_verdict_word(enum acd_verdict v)
{
	static const char *const words[] = {
		[ACD_DONE] = "done",
		[ACD_REFUSED] = "refused",
		[ACD_UNKNOWN] = "unknown",
		[ACD_QUEUE_FULL] = "queue_full",
		[ACD_NO_AGENT] = "no_agent",
		[ACD_LIMIT] = "limit",
		[ACD_CLOSED] = "closed",
		[ACD_BARRED] = "barred",
	};

	return words[v];
}

/* A sentence that grows in ACD_WORDS_MAX bytes. */
struct words {
	char *out;
	size_t n;
};

static void say(struct words *w, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void say(struct words *w, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(w->out + w->n, ACD_WORDS_MAX - w->n, fmt, ap);
	va_end(ap);
	w->n += n < 0 ? 0 : (size_t)n;
	if (w->n >= ACD_WORDS_MAX)
		w->n = ACD_WORDS_MAX - 1;
}

static void say_who(struct words *w, uint64_t call, uint64_t agent)
{
	if (call)
		say(w, " call %016llx", (unsigned long long)call);
	if (agent)
		say(w, " agent %016llx", (unsigned long long)agent);
}

static void say_why(struct words *w, enum acd_why why)
{
	if (why != ACD_WHY_NONE && (unsigned)why < ACD_WHYS)
		say(w, " (%s)", acd_why_word(why));
}

void acd_event_words(char out[ACD_WORDS_MAX], const struct acd_event *ev)
{
	struct words w = { out, 0 };

	say(&w, "%lld ms: %s", (long long)ev->at_ms, events[ev->type]);
	say_who(&w, ev->call, ev->agent);
	if (ev->type == ACD_EV_CALL_ARRIVE || ev->type == ACD_EV_QUEUE_OPEN ||
		ev->type == ACD_EV_QUEUE_CLOSE)
		say(&w, " queue %u", ev->queue);
	if (ev->to_agent)
		say(&w, " to agent %016llx", (unsigned long long)ev->to_agent);
	say_why(&w, ev->why);
}

void acd_action_words(char out[ACD_WORDS_MAX], const struct acd_action *a)
{
	struct words w = { out, 0 };

	say(&w, "%s", actions[a->type]);
	say_who(&w, a->call, a->agent);
	say_why(&w, a->why);
	if (a->type == ACD_ACT_AGENT)
		say(&w, " %s", states[a->state]);
	if (a->type == ACD_ACT_OFFER)
		say(&w, " could home %u office %u", a->could_home, a->could_office);
	if (a->type == ACD_ACT_DIVERT)
		say(&w, " to %s %u", diverts[a->divert], a->target);
	if (a->type == ACD_ACT_PART)
		say(&w, " after %lld ms", (long long)a->talk_ms);
	if (a->until_ms >= 0)
		say(&w, " until %lld ms", (long long)a->until_ms);
}
