/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * encode -- events, actions and configuration by tables of their fields.  Part of the journal (see journal.h).
 *
 * A field that is not in its table is not in the journal: tests/unit/acd/test_acd_journal.c fails then.
 */
#include "core/acd/journal_inner.h"

#include <string.h>

#define ANY 256 /* what the core takes care of itself: see acd/restore.c */

#define EV struct acd_event
static const struct field event_table[] = {
	WORD(EV, type, ACD_EVENTS),
	TIME(EV, at_ms),
	ID(EV, call),
	ID(EV, agent),
	NUMBER(EV, queue),
	WORD(EV, workplace, ANY),
	WORD(EV, why, ANY),
	NUMBER(EV, sensitivity),
	NUMBER(EV, clearance),
	FLAG(EV, wants_office),
	FLAG(EV, is_barred),
	ID(EV, to_agent),
	TIME(EV, prefer_ms),
	NUMBER(EV, queues.w[0]),
	NUMBER(EV, queues.w[1]),
	NUMBER(EV, skills.w[0]),
	NUMBER(EV, skills.w[1]),
	NUMBER(EV, skills.w[2]),
	NUMBER(EV, skills.w[3]),
	WORD(EV, saved_agent.state, ANY),
	WORD(EV, saved_agent.why, ANY),
	NUMBER(EV, saved_agent.since_ms),
	NUMBER(EV, saved_agent.until_ms),
	NUMBER(EV, saved_agent.idle_since_ms),
	FLAG(EV, saved_agent.pause_after),
	FLAG(EV, saved_agent.line_is_gone),
	FLAG(EV, saved_agent.work_after),
	NUMBER(EV, saved_call.arrived_ms),
	NUMBER(EV, saved_call.since_ms),
	NUMBER(EV, saved_call.wait_left_ms),
	FLAG(EV, saved_call.is_callback),
	FLAG(EV, saved_call.is_settled),
	NUMBER(EV, saved_call.handed_until_ms),
	NUMBER(EV, saved_call.tries),
	NUMBER(EV, saved_call.retry_at_ms),
	NUMBER(EV, saved_call.on_hold_until_ms),
};
const struct fields fields_event = FIELDS_OF(event_table);

#define ACT struct acd_action
static const struct field action_table[] = {
	WORD(ACT, type, ACD_ACTS),
	ID(ACT, call),
	ID(ACT, agent),
	WORD(ACT, why, ACD_WHYS),
	WORD(ACT, state, ACD_AGENT_STATES),
	TIME(ACT, until_ms),
	NUMBER(ACT, could_home),
	NUMBER(ACT, could_office),
	TIME(ACT, talk_ms),
	WORD(ACT, divert, ACD_DIVERT_CALLBACK + 1),
	NUMBER(ACT, target),
	FLAG(ACT, is_callback),
};
const struct fields fields_action = FIELDS_OF(action_table);

#define Q struct acd_queue_config
#define RELAX(i)                                                                  \
	TIME(Q, relax[i].after_ms), NUMBER(Q, relax[i].skills.w[0]),              \
		NUMBER(Q, relax[i].skills.w[1]), NUMBER(Q, relax[i].skills.w[2]), \
		NUMBER(Q, relax[i].skills.w[3])
#define DIVERSION(i)                                                           \
	WORD(Q, diversions[i].when, ANY), WORD(Q, diversions[i].to, ANY),      \
		TIME(Q, diversions[i].limit), TIME(Q, diversions[i].after_ms), \
		NUMBER(Q, diversions[i].target)
static const struct field queue_table[] = {
	NUMBER(Q, max_waiting),
	TIME(Q, offer_ms),
	TIME(Q, wrapup_ms),
	TIME(Q, max_wait_ms),
	TIME(Q, unstaffed_ms),
	TIME(Q, declined_ms),
	NUMBER(Q, priority),
	TIME(Q, target_ms),
	NUMBER(Q, sensitivity),
	NUMBER(Q, skills.w[0]),
	NUMBER(Q, skills.w[1]),
	NUMBER(Q, skills.w[2]),
	NUMBER(Q, skills.w[3]),
	NUMBER(Q, n_relax),
	RELAX(0),
	RELAX(1),
	RELAX(2),
	RELAX(3),
	NUMBER(Q, n_diversions),
	NUMBER(Q, callback_tries),
	DIVERSION(0),
	DIVERSION(1),
	DIVERSION(2),
	DIVERSION(3),
	TIME(Q, callback_ms),
	TIME(Q, retry_ms),
	TIME(Q, dial_ms),
	TIME(Q, transfer_ms),
};
_Static_assert(ACD_RELAX_MAX == 4 && ACD_DIVERSIONS_MAX == 4, "see the table");
_Static_assert(ACD_QUEUES_MAX == 128 && ACD_SKILLS_MAX == 64, "two words, four words");
const struct fields fields_queue = FIELDS_OF(queue_table);

#define LIM struct acd_limits
static const struct field limits_table[] = {
	NUMBER(LIM, calls),
	NUMBER(LIM, agents),
	TIME(LIM, regain_ms),
	NUMBER(LIM, groups),
	TIME(LIM, hold_ms),
};
const struct fields fields_limits = FIELDS_OF(limits_table);

#define HEAD struct acd_journal_head
static const struct field head_table[] = {
	NUMBER(HEAD, version),
	WORD(HEAD, begun, ACD_BEGUNS),
	NUMBER(HEAD, lost),
	NUMBER(HEAD, wall_ms),
	NUMBER(HEAD, at_ms),
};
const struct fields fields_head = FIELDS_OF(head_table);

void encode_actions(
	struct wbuf *w, const struct acd_actions *a, const struct hash64_key *key)
{
	wbuf_u8(w, (uint8_t)a->verdict);
	wbuf_u8(w, (uint8_t)a->n);
	for (size_t i = 0; i < a->n; i++)
		fields_put(w, fields_action, &a->a[i], key);
}

bool decode_actions(struct slice *s, struct acd_actions *a)
{
	if (s->n < 2 || s->p[0] > ACD_BARRED || s->p[1] > ACD_ACTIONS_MAX)
		return false;
	a->verdict = (enum acd_verdict)s->p[0];
	a->n = s->p[1];
	*s = slice_from(*s, 2);
	for (size_t i = 0; i < a->n; i++)
		if (!fields_get(s, fields_action, &a->a[i], sizeof a->a[i]))
			return false;
	return true;
}
