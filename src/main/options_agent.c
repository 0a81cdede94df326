/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* options_agent -- what commands about one agent begin with. */
#include <stdio.h>

#include "main/commands.h"
#include "main/options.h"

int options_open_agent(const struct options *o, const char *usage, struct config *c,
	struct store **st, struct store_agent *agent)
{
	if (!o->word) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	if (config_read(c, o->config))
		return EXIT_USAGE;
	if (options_open_store(o, c, &(struct store_config){ 0 }, st))
		return 1;
	if (store_find_agent(*st, o->word, agent) == 0)
		return 0;
	fprintf(stderr, "heimamt: there is no agent \"%s\" in %s.\n", o->word, o->config);
	return 1;
}
