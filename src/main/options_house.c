/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* options_house -- what the configuration says of the house, into the records, by the centre that starts. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "main/options.h"
#include "store/people.h"

static void describe(
	const struct config *c, const struct config_agent *ag, struct store_named *out)
{
	struct person *p = &out->is;

	out->id = ag->store.id;
	/* the same lengths on both sides: nothing is cut */
	(void)text_copy(p->login, sizeof p->login, ag->store.login);
	(void)text_copy(p->name, sizeof p->name, ag->store.name);
	p->at_home = ag->store.workplace == STORE_HOME;
	p->clearance = ag->clearance;
	p->roles = (uint8_t)ag->store.roles;
	p->queues = ag->queues;
	for (unsigned i = 0; i < c->n_skills; i++)
		if (acd_skills_level(&ag->skills, i))
			(void)person_add_skill(p, c->skills[i],
				(uint8_t)acd_skills_level(&ag->skills, i));
}

int options_name_house(const struct config *c, struct store *st)
{
	uint64_t *queues = calloc(c->n_queues + 1, sizeof *queues); /* + 1: never 0 */
	struct store_named *people = calloc(c->n_agents + 1, sizeof *people);
	int err = queues && people ? 0 : ENOMEM;

	for (size_t i = 0; !err && i < c->n_queues; i++)
		queues[i] = c->queues[i].app.is_gone ? 0 : c->queues[i].app.id;
	for (size_t i = 0; !err && i < c->n_agents; i++)
		describe(c, &c->agents[i], &people[i]);
	if (!err)
		err = store_name_house(st, queues, c->n_queues, people, c->n_agents);
	if (err)
		fprintf(stderr,
			"The people of the configuration cannot be recorded: %s.\n",
			strerror(err));
	free(queues);
	free(people);
	return err;
}
