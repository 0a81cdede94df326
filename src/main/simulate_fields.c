/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* simulate_fields -- see simulate_fields.h */
#include "main/simulate_fields.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"

#define DURATION      0.001, 1e7
#define DURATION_WHAT "seconds from 0.001 to 10000000, such as 60"
#define DELAY         0, 1e6
#define DELAY_WHAT    "seconds from 0 to 1000000, such as 10"

static const char *const dists[] = { [SIM_NONE] = "none",
	[SIM_EXP] = "exp",
	[SIM_LOGNORMAL] = "lognormal",
	[SIM_DETERMINISTIC] = "deterministic",
	NULL };
static const char *const workplaces[] = {
	[ACD_OFFICE] = "office", [ACD_HOME] = "home", NULL
};

static const struct json_field dist_fields[] = {
	{ "dist", JSON_KIND_WORD, offsetof(struct sim_dist, kind), .is_needed = true,
		.what = "\"exp\", \"lognormal\", \"deterministic\" or \"none\"",
		.words = dists },
	{ "mean_s", JSON_KIND_NUMBER, offsetof(struct sim_dist, mean_s), false, DURATION,
		DURATION_WHAT },
	{ "cv", JSON_KIND_NUMBER, offsetof(struct sim_dist, cv), false, 0.001, 100,
		"a coefficient of variation from 0.001 to 100, such as 0.8" },
	{ 0 },
};

static int missing(struct json_reader *r, const char *key, const char *what)
{
	(void)json_path_key(r, key);
	return json_wrong(r, "is missing; it needs %s.", what);
}

static int useless(struct json_reader *r, const char *key, const char *kind)
{
	(void)json_path_key(r, key);
	return json_wrong(r, "has no meaning with \"dist\": \"%s\"; leave it out.", kind);
}

static int read_dist(struct json_reader *r, const json_t *value, void *to)
{
	struct sim_dist *d = to;
	int err;

	*d = (struct sim_dist){ 0 };
	err = json_read_object(r, value, dist_fields, d);
	if (err)
		return err;
	if (d->kind == SIM_NONE && d->mean_s > 0)
		return useless(r, "mean_s", dists[d->kind]);
	if (d->kind != SIM_LOGNORMAL && d->cv > 0)
		return useless(r, "cv", dists[d->kind]);
	if (d->kind != SIM_NONE && !(d->mean_s > 0))
		return missing(r, "mean_s", DURATION_WHAT);
	if (d->kind == SIM_LOGNORMAL && !(d->cv > 0))
		return missing(r, "cv", "a coefficient of variation, such as 0.8");
	return 0;
}

static int read_service(struct json_reader *r, const json_t *value, void *to)
{
	const struct sim_dist *d = to;
	int err = read_dist(r, value, to);

	if (!err && d->kind == SIM_NONE)
		return json_wrong(r,
			"is \"none\"; a talk takes its time: it needs {\"dist\": "
			"\"exp\", \"mean_s\": 60}.");
	return err;
}

/* The skill's index, a new one where it was not met before; ACD_SKILLS_MAX: there is no room. */
static size_t skill(struct json_reader *r, const char *name)
{
	size_t i = 0;

	while (i < r->n_skills && strcmp(r->skills[i], name) != 0)
		i++;
	if (i < r->n_skills)
		return i;
	if (i == ACD_SKILLS_MAX || text_copy(r->skills[i], SIM_NAME_MAX, name))
		return ACD_SKILLS_MAX;
	r->n_skills++;
	return i;
}

static int read_skills(struct json_reader *r, const json_t *value, void *to)
{
	struct acd_skills *levels = to;
	const char *name;
	json_t *level;

	if (!json_is_object(value))
		return json_wrong(r, "needs names with levels from 1 to %d: {\"de\": 1}.",
			ACD_LEVEL_MAX);
	json_object_foreach((json_t *)(uintptr_t)value, name, level)
	{
		json_int_t n = json_integer_value(level);
		size_t back = json_path_key(r, name), i = ACD_SKILLS_MAX;

		if (*name && text_is_clean_utf8(name))
			i = skill(r, name);
		if (i == ACD_SKILLS_MAX)
			return json_wrong(r,
				"is no skill's name of 1 to %d bytes, or the %dth "
				"skill; there may be %d.",
				SIM_NAME_MAX - 1, ACD_SKILLS_MAX + 1, ACD_SKILLS_MAX);
		if (!json_is_integer(level) || n < 1 || n > ACD_LEVEL_MAX)
			return json_wrong(
				r, "needs a level from 1 to %d.", ACD_LEVEL_MAX);
		acd_skills_set(levels, (unsigned)i, (unsigned)n);
		json_path_back(r, back);
	}
	return 0;
}

/* A step in which the demands relax. */
struct step {
	double after_s;
	struct acd_skills skills;
};

static const struct json_field step_fields[] = {
	{ "after_s", JSON_KIND_NUMBER, offsetof(struct step, after_s), true, DURATION,
		DURATION_WHAT },
	{ "skills", JSON_KIND_OTHER, offsetof(struct step, skills), true,
		.what = "names with levels: {\"de\": 1}, or {}", .read = read_skills },
	{ 0 },
};

/* Steps come later than the one before; that they demand no more is looked at when all is read. */
static int read_relax(struct json_reader *r, const json_t *value, void *to)
{
	struct sim_queue *q = to;
	size_t n = json_array_size(value);

	if (!json_is_array(value) || n > ACD_RELAX_MAX)
		return json_wrong(r,
			"needs a list of at most %d steps: [{\"after_s\": 30, "
			"\"skills\": {}}].",
			ACD_RELAX_MAX);
	for (size_t i = 0; i < n; i++) {
		size_t back = json_path_index(r, i);
		struct step step = { 0 };
		int err = json_read_object(
			r, json_array_get(value, i), step_fields, &step);

		if (err)
			return err;
		if (i > 0 && step.after_s <= q->relax[i - 1].after_s)
			return json_wrong(r, "must come later than the step before it.");
		q->relax[i].after_s = step.after_s;
		q->relax[i].skills = step.skills;
		q->n_relax = (uint8_t)(i + 1);
		json_path_back(r, back);
	}
	return 0;
}

static const struct json_field queue_fields[] = {
	{ "name", JSON_KIND_NAME, offsetof(struct sim_queue, name), true,
		.what = "a name, such as \"post\"" },
	{ "rate_per_s", JSON_KIND_NUMBER, offsetof(struct sim_queue, rate_per_s), true,
		1e-6, 1e4, "calls a second from 0.000001 to 10000, such as 0.8" },
	{ "service", JSON_KIND_OTHER, offsetof(struct sim_queue, service), true,
		.what = "{\"dist\": \"exp\", \"mean_s\": 60}", .read = read_service },
	{ "patience", JSON_KIND_OTHER, offsetof(struct sim_queue, patience),
		.read = read_dist },
	{ "priority", JSON_KIND_COUNT32, offsetof(struct sim_queue, priority), false, 1,
		ACD_PRIORITY_MAX, "a whole number from 1 to 1000" },
	{ "target_s", JSON_KIND_NUMBER, offsetof(struct sim_queue, target_s), false,
		0.001, 86400, "seconds from 0.001 to 86400, such as 20" },
	{ "wrapup_s", JSON_KIND_NUMBER, offsetof(struct sim_queue, wrapup_s), false,
		DELAY, DELAY_WHAT },
	{ "max_waiting", JSON_KIND_COUNT32, offsetof(struct sim_queue, max_waiting),
		false, 1, 1e6, "a whole number from 1 to 1000000" },
	{ "skills", JSON_KIND_OTHER, offsetof(struct sim_queue, skills),
		.read = read_skills },
	{ "relax", JSON_KIND_OTHER, 0, .read = read_relax },
	{ "sensitivity", JSON_KIND_WORD, offsetof(struct sim_queue, sensitivity),
		.what = "\"general\", \"confidential\" or \"strict\"",
		.words = acd_sensitivity_words },
	{ 0 },
};

static const struct json_field group_fields[] = {
	{ "name", JSON_KIND_NAME, offsetof(struct sim_group, name), true,
		.what = "a name, such as \"home\"" },
	{ "count", JSON_KIND_COUNT32, offsetof(struct sim_group, count), true, 1,
		SIM_AGENTS_MAX, "a whole number from 1 to 100000" },
	{ "speed", JSON_KIND_NUMBER, offsetof(struct sim_group, speed), false, 0.01, 100,
		"a factor from 0.01 to 100, such as 1.0" },
	{ "answer_s", JSON_KIND_NUMBER, offsetof(struct sim_group, answer_s), false, 0,
		600, "seconds from 0 to 600, such as 3" },
	{ "skills", JSON_KIND_OTHER, offsetof(struct sim_group, skills),
		.read = read_skills },
	{ "workplace", JSON_KIND_WORD, offsetof(struct sim_group, workplace),
		.what = "\"office\" or \"home\"", .words = workplaces },
	{ "clearance", JSON_KIND_WORD, offsetof(struct sim_group, clearance),
		.what = "\"general\", \"confidential\" or \"strict\"",
		.words = acd_sensitivity_words },
	{ 0 },
};

/* A demand may only become less, as the core has it. */
static int check_relax(struct json_reader *r, const struct sim_queue *q)
{
	const struct acd_skills *before = &q->skills;

	for (size_t i = 0; i < q->n_relax; i++) {
		for (unsigned k = 0; k < ACD_SKILLS_MAX; k++) {
			if (acd_skills_level(&q->relax[i].skills, k) <=
				acd_skills_level(before, k))
				continue;
			(void)json_path_key(r, "relax");
			(void)json_path_index(r, i);
			return json_wrong(r,
				"demands more of \"%s\" than before; a demand may "
				"only become less.",
				r->skills[k]);
		}
		before = &q->relax[i].skills;
	}
	return 0;
}

int simulate_read_queue(struct json_reader *r, const json_t *value, struct sim_queue *q)
{
	int err;

	*q = (struct sim_queue){
		.target_s = 20, .priority = 1, .max_waiting = UINT32_MAX
	};
	err = json_read_object(r, value, queue_fields, q);
	return err ? err : check_relax(r, q);
}

/* What a workplace is cleared for unless it is said. */
int simulate_read_group(struct json_reader *r, const json_t *value, struct sim_group *g)
{
	int err;

	*g = (struct sim_group){ .speed = 1, .clearance = SIM_SECRECIES };
	err = json_read_object(r, value, group_fields, g);
	if (!err && g->clearance == SIM_SECRECIES)
		g->clearance = g->workplace == ACD_HOME ? SIM_CONFIDENTIAL : SIM_STRICT;
	return err;
}
