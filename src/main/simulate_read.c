/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* simulate -- see simulate.h; a scenario from its file, and what is wrong with it. */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "main/simulate.h"
#include "main/simulate_fields.h"

#define FILE_MAX (1 << 20) /* a scenario of all queues and groups has some 100 KB */

/* How long a replication may be in virtual time, so that ticks fit: 30,000 years. */
#define LENGTH_MAX_S 1e12

static int begin_list(
	const struct json_reader *r, const json_t *value, size_t max, size_t *n)
{
	*n = json_array_size(value);
	if (json_is_array(value) && *n >= 1 && *n <= max)
		return 0;
	return json_wrong(r, "needs a list of 1 to %zu objects: [{\"name\": ...}].", max);
}

static int read_queues(struct json_reader *r, const json_t *value, void *to)
{
	struct sim_scenario *sc = to;
	int err = begin_list(r, value, SIM_QUEUES_MAX, &sc->n_queues);

	for (size_t i = 0; !err && i < sc->n_queues; i++) {
		size_t back = json_path_index(r, i);

		err = simulate_read_queue(r, json_array_get(value, i), &sc->queues[i]);
		for (size_t k = 0; !err && k < i; k++)
			if (strcmp(sc->queues[k].name, sc->queues[i].name) == 0)
				err = json_wrong(r,
					"has the name \"%s\" of queues[%zu]; give "
					"each a name of its own.",
					sc->queues[i].name, k);
		json_path_back(r, back);
	}
	return err;
}

static int read_groups(struct json_reader *r, const json_t *value, void *to)
{
	struct sim_scenario *sc = to;
	int err = begin_list(r, value, SIM_GROUPS_MAX, &sc->n_groups);

	for (size_t i = 0; !err && i < sc->n_groups; i++) {
		size_t back = json_path_index(r, i);

		err = simulate_read_group(r, json_array_get(value, i), &sc->groups[i]);
		for (size_t k = 0; !err && k < i; k++)
			if (strcmp(sc->groups[k].name, sc->groups[i].name) == 0)
				err = json_wrong(r,
					"has the name \"%s\" of agents[%zu]; give "
					"each a name of its own.",
					sc->groups[i].name, k);
		json_path_back(r, back);
	}
	return err;
}

static const struct json_field scenario_fields[] = {
	{ "calls", JSON_KIND_COUNT, offsetof(struct sim_scenario, calls), false, 1, 1e9,
		"a whole number from 1 to 1000000000, such as 100000" },
	{ "warmup", JSON_KIND_COUNT, offsetof(struct sim_scenario, warmup), false, 0, 1e9,
		"a whole number of calls from 0 to 1000000000, such as 2000" },
	{ "replications", JSON_KIND_COUNT32, offsetof(struct sim_scenario, replications),
		false, 1, 10000, "a whole number from 1 to 10000, such as 10" },
	{ "queues", JSON_KIND_OTHER, 0, true, .what = "a list of queues",
		.read = read_queues },
	{ "agents", JSON_KIND_OTHER, 0, true, .what = "a list of groups of agents",
		.read = read_groups },
	{ 0 },
};

/* "queues[0] (post), queues[3] (gold)" */
static void name_queues(
	const struct sim_scenario *sc, const bool which[], char *out, size_t cap)
{
	size_t n = 0;

	for (size_t i = 0; i < sc->n_queues && n < cap - 1; i++) {
		if (!which[i])
			continue;
		(void)text_format(out + n, cap - n, "%squeues[%zu] (%s)", n ? ", " : "",
			i, sc->queues[i].name);
		n += strlen(out + n);
	}
}

static int check_flaws(const struct json_reader *r, const struct sim_scenario *sc)
{
	struct sim_verdict v = sim_judge(sc);
	char names[512] = "";

	name_queues(sc, v.queues, names, sizeof names);
	if (v.flaw == SIM_NO_AGENT)
		return json_wrong(r,
			"%s: no agent may serve it. Give a group in \"agents\" the "
			"\"skills\" and the \"clearance\" that it asks for.",
			names);
	if (v.flaw == SIM_OVERLOAD)
		return json_wrong(r,
			"%s: the wait would grow for ever: there is work for %.6g "
			"agents, "
			"%.6g may do it, and nobody leaves. Have more in \"agents\", or "
			"give "
			"\"patience\" or \"max_waiting\".",
			names, v.load, v.agents);
	return 0;
}

static int check_whole(struct json_reader *r, const struct sim_scenario *sc)
{
	size_t agents = 0;
	double rate = 0;

	for (size_t i = 0; i < sc->n_groups; i++)
		agents += sc->groups[i].count;
	for (size_t i = 0; i < sc->n_queues; i++)
		rate += sc->queues[i].rate_per_s;
	if (agents > SIM_AGENTS_MAX)
		return json_wrong(r, "agents: there are %zu; it needs at most %d.",
			agents, SIM_AGENTS_MAX);
	if ((double)(sc->calls + sc->warmup) / rate > LENGTH_MAX_S)
		return json_wrong(r,
			"calls: at these rates they would take 30,000 years; "
			"have fewer, or higher \"rate_per_s\".");
	return check_flaws(r, sc);
}

int simulate_parse(struct sim_scenario *out, const char *file, const char *text, size_t n)
{
	struct json_reader r = { .file = file };
	json_error_t e;
	json_t *root = json_loadb(text, n, JSON_REJECT_DUPLICATES, &e);
	int err;

	if (!root) {
		fprintf(stderr,
			"%s:%d:%d: this is no JSON: %s. Mend it there, or just before.\n",
			file, e.line, e.column, e.text);
		return EINVAL;
	}
	*out = (struct sim_scenario){
		.calls = 100000, .warmup = UINT64_MAX, .replications = 10
	};
	err = json_read_object(&r, root, scenario_fields, out);
	json_decref(root);
	if (out->warmup == UINT64_MAX)
		out->warmup = out->calls / 50;
	return err ? err : check_whole(&r, out);
}

int simulate_read(struct sim_scenario *out, const char *file)
{
	char *text = malloc(FILE_MAX + 1);
	FILE *f = text ? fopen(file, "re") : NULL;
	size_t n = f ? fread(text, 1, FILE_MAX + 1, f) : 0;
	int err = !f || ferror(f) ? errno : 0;

	if (f)
		(void)fclose(f);
	if (err)
		fprintf(stderr,
			"%s: cannot be read: %s. Give the file of a scenario, such as "
			"dist/scenarios/post.json.\n",
			file, strerror(err));
	else if (n > FILE_MAX)
		fprintf(stderr, "%s: is larger than %d bytes; no scenario is.\n", file,
			FILE_MAX);
	else
		err = simulate_parse(out, file, text, n);
	free(text);
	return err || n > FILE_MAX ? EINVAL : 0;
}
