/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * config_routing -- skills, sensitivity and clearance, priority and target; see config.h.
 *
 * A skill is a word of the house's own.  It exists because a queue demands it or an agent has it, and gets the
 * next number.
 */
#include "main/config_inner.h"

#include <string.h>

#include "base/slice.h"
#include "base/text.h"
#include "core/home/shift.h"

#define A_LEVEL "skills such as \"de\" or \"de=3\", with a level from 1 to 15"

void config_read_clearance(
	struct config_reader *r, cfg_t *sec, const char *option, uint8_t *out)
{
	const char *word = cfg_getstr(sec, option);

	for (size_t i = 0; acd_sensitivity_words[i]; i++)
		if (strcmp(word, acd_sensitivity_words[i]) == 0) {
			*out = (uint8_t)i;
			return;
		}
	config_complain(r, sec, option, "general, confidential or strict");
}

/* False: there are too many. */
static bool find_skill(struct config *c, const char *name, unsigned *skill)
{
	for (*skill = 0; *skill < c->n_skills; ++*skill)
		if (strcmp(c->skills[*skill], name) == 0)
			return true;
	if (c->n_skills == ACD_SKILLS_MAX)
		return false;
	(void)text_copy(c->skills[c->n_skills], sizeof c->skills[0], name);
	c->n_skills++;
	return true;
}

/* NULL, or what it must be. */
static const char *read_skill(struct config *c, const char *text, struct acd_skills *out)
{
	struct slice rest = slice_str(text), word = slice_cut(&rest, '=');
	uint64_t level = 1;
	char name[CONFIG_SKILL_MAX];
	unsigned skill;

	if (slice_copy(word, name, sizeof name) || !*name ||
		name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789.-")])
		return "skills of at most 31 letters a-z, digits, dots and dashes";
	if (strchr(text, '=') && (!slice_u64(rest, ACD_LEVEL_MAX, &level) || level == 0))
		return A_LEVEL;
	if (!find_skill(c, name, &skill))
		return "no more than 64 different skills in the whole file";
	if (acd_skills_level(out, skill))
		return "each skill once";
	acd_skills_set(out, skill, (unsigned)level);
	return NULL;
}

static void read_skills(
	struct config_reader *r, cfg_t *sec, struct config *c, struct acd_skills *out)
{
	for (unsigned i = 0; i < cfg_size(sec, "skills"); i++) {
		const char *want = read_skill(c, cfg_getnstr(sec, "skills", i), out);

		if (want)
			config_complain(r, sec, "skills", want);
	}
}

static void read_relax(
	struct config_reader *r, cfg_t *sec, struct config *c, struct acd_queue_config *q)
{
	unsigned n = cfg_size(sec, "relax");

	if (n > ACD_RELAX_MAX) {
		config_complain(r, sec, "relax", "there at most 4 times");
		return;
	}
	for (unsigned i = 0; i < n; i++) {
		cfg_t *step = cfg_getnsec(sec, "relax", i);
		const struct acd_skills *before = i ? &q->relax[i - 1].skills
						    : &q->skills;

		q->relax[i].after_ms = config_number(r, step, "after", 1, 86400) * 1000;
		read_skills(r, step, c, &q->relax[i].skills);
		if (i && q->relax[i].after_ms <= q->relax[i - 1].after_ms)
			config_complain(
				r, sec, "relax", "in the order of the waiting time");
		if (!acd_skills_reach(before, &q->relax[i].skills))
			config_complain(
				r, sec, "relax", "no more than was demanded before");
	}
	q->n_relax = (uint8_t)n;
}

void config_read_demands(
	struct config_reader *r, cfg_t *sec, struct config *c, struct acd_queue_config *q)
{
	q->priority = (uint32_t)config_number(r, sec, "priority", 1, ACD_PRIORITY_MAX);
	q->target_ms = config_number(r, sec, "target", 1, ACD_TARGET_MAX_MS / 1000) *
		1000;
	config_read_clearance(r, sec, "sensitivity", &q->sensitivity);
	read_skills(r, sec, c, &q->skills);
	read_relax(r, sec, c, q);
}

void config_read_profile(
	struct config_reader *r, cfg_t *sec, struct config *c, struct config_agent *ag)
{
	config_read_clearance(r, sec, "clearance", &ag->clearance);
	read_skills(r, sec, c, &ag->skills);
}

/* At the office, where whoever works at home today may sit tomorrow; an office that is cleared for less than a
 * home counts like a home. */
static bool can_ever(
	uint8_t office, const struct config_agent *ag, const struct acd_queue_config *q)
{
	uint8_t site = office > HOME_CONFIDENTIAL ? office : HOME_CONFIDENTIAL;
	uint8_t clearance = ag->clearance < site ? ag->clearance : site;

	return acd_suffices(q, q->n_relax, q->sensitivity, &ag->skills, clearance);
}

void config_check_demands(struct config_reader *r, cfg_t *cfg, const struct config *c)
{
	for (uint32_t i = 0; i < c->n_queues; i++) {
		size_t named = 0, able = 0;

		for (size_t k = 0; k < c->n_agents; k++) {
			if (!acd_queues_have(&c->agents[k].queues, i))
				continue;
			named++;
			able += can_ever(c->office_clearance, &c->agents[k],
				&c->queues[i].app.acd);
		}
		if (named && !able)
			config_complain(r, cfg_getnsec(cfg, "queue", i),
				"skills and sensitivity",
				"what at least one of its agents has");
	}
}
