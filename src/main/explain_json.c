/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* explain_json -- all of it, for programs.  See explain.h. */
#include <jansson.h>
#include <stdio.h>

#include "base/text.h"
#include "main/explain.h"

static void skill_key(
	const struct moment *m, unsigned skill, char out[ACD_JOURNAL_NAME_MAX])
{
	const struct acd_replay *r = &m->in->replay;

	if (skill < r->n_skills)
		(void)text_copy(out, ACD_JOURNAL_NAME_MAX, r->skills[skill]);
	else
		(void)text_format(out, ACD_JOURNAL_NAME_MAX, "%u", skill + 1);
}

static json_t *of_needs(const struct moment *m)
{
	json_t *skills = json_object();

	for (unsigned i = 0; i < ACD_SKILLS_MAX; i++) {
		char key[ACD_JOURNAL_NAME_MAX];
		unsigned level = acd_skills_level(&m->why.needs, i);

		if (!level)
			continue;
		skill_key(m, i, key);
		json_object_set_new(skills, key, json_integer(level));
	}
	return json_pack("{s:o, s:i, s:b, s:i, s:i}", "skills", skills, "sensitivity",
		m->why.sensitivity, "office", m->why.wants_office, "relaxed", m->why.step,
		"steps", m->why.n_steps);
}

static json_t *of_bars(const struct moment *m)
{
	json_t *out = json_object();

	for (enum acd_bar b = ACD_BAR_NONE + 1; b < ACD_BARS; b++) {
		const uint32_t *n = m->why.n[b];

		if (n[ACD_HOME] + n[ACD_OFFICE])
			json_object_set_new(out, acd_bar_word(b),
				json_pack("{s:i, s:i}", "home", n[ACD_HOME], "office",
					n[ACD_OFFICE]));
	}
	return out;
}

static json_t *of_lacks(const struct moment *m)
{
	json_t *out = json_object();

	for (unsigned i = 0; i < ACD_SKILLS_MAX; i++) {
		char key[ACD_JOURNAL_NAME_MAX];

		if (!m->why.lacks[i])
			continue;
		skill_key(m, i, key);
		json_object_set_new(out, key, json_integer(m->why.lacks[i]));
	}
	return out;
}

static json_t *of_rival(const struct moment *m, const struct acd_rival *r)
{
	return json_pack("{s:s, s:I, s:f}", "queue", m->in->replay.queues[r->queue],
		"waited_ms", (json_int_t)r->waited_ms, "urgency", r->urgency);
}

static json_t *of_why(const struct moment *m)
{
	const struct acd_explanation *w = &m->why;
	json_t *out = json_pack("{s:o, s:o, s:{s:i, s:i}, s:o, s:o, s:i}", "needs",
		of_needs(m), "call", of_rival(m, &w->call), "eligible", "home",
		w->n[ACD_BAR_NONE][ACD_HOME], "office", w->n[ACD_BAR_NONE][ACD_OFFICE],
		"not_eligible", of_bars(m), "missing_skills", of_lacks(m), "rivals",
		w->n_rivals);

	if (m->waits_for)
		json_object_set_new(out, "waits_for", json_integer(m->waits_for));
	if (w->n_rivals)
		json_object_set_new(out, "next_call", of_rival(m, &w->rival));
	if (w->idle_ms >= 0)
		json_object_set_new(out, "idle_ms", json_integer(w->idle_ms));
	if (w->next_idle_ms >= 0)
		json_object_set_new(out, "next_idle_ms", json_integer(w->next_idle_ms));
	return out;
}

static const char *word_of(const struct moment *m)
{
	static const char *const words[] = {
		[MOMENT_ARRIVED] = "arrived",
		[MOMENT_GOES_ON] = "goes_on",
		[MOMENT_TAKEN_OVER] = "taken_over",
		[MOMENT_CALLBACK] = "callback",
	};

	return m->kind == MOMENT_ACTION ? acd_action_word(m->action.type)
					: words[m->kind];
}

static json_t *of_moment(const struct moment *m)
{
	json_t *out = json_pack(
		"{s:s, s:I}", "what", word_of(m), "at_ms", (json_int_t)m->wall_ms);

	if (m->agent)
		json_object_set_new(out, "agent", json_integer(m->agent));
	if (m->kind != MOMENT_ACTION)
		json_object_set_new(
			out, "verdict", json_string(acd_verdict_word(m->verdict)));
	else if (m->action.why != ACD_WHY_NONE)
		json_object_set_new(out, "why", json_string(acd_why_word(m->action.why)));
	if (m->kind == MOMENT_ACTION && m->action.type == ACD_ACT_OFFER)
		json_object_set_new(out, "could",
			json_pack("{s:i, s:i}", "home", m->action.could_home, "office",
				m->action.could_office));
	if (m->kind == MOMENT_ACTION && m->action.type == ACD_ACT_DIVERT)
		json_object_set_new(out, "target", json_integer(m->action.target));
	if (m->is_explained)
		json_object_set_new(out, "decision", of_why(m));
	return out;
}

void explain_json(const struct explained *e)
{
	json_t *moments = json_array(), *out;

	for (size_t i = 0; i < e->n; i++)
		json_array_append_new(moments, of_moment(&e->moments[i]));
	out = json_pack(
		"{s:s, s:b, s:o}", "call", e->id, "cut", e->is_cut, "moments", moments);
	(void)json_dumpf(out, stdout, JSON_COMPACT);
	puts("");
	json_decref(out);
}
