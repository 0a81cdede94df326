/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* check -- heimamt check: reads a configuration as serve would. */
#include <stdio.h>

#include "main/commands.h"
#include "main/options.h"

static const char usage[] =
	"heimamt check [--config FILE]\n"
	"  Reads a configuration file and says what is wrong with it; exit status 2 "
	"then.\n\n"
	"Example:\n"
	"  heimamt check --config dist/demo/heimamt.conf\n";

int command_check(int argc, char **argv)
{
	struct options o;
	struct config c = { 0 };
	int status = options_read(&o, argc, argv, usage);

	if (status)
		return status - 1;
	if (config_read(&c, o.config))
		return EXIT_USAGE;
	printf("%s: in order: %zu queues, %zu agents, %zu SIP peers, %u relays.\n",
		o.config, c.n_queues, c.n_agents, c.n_peers, c.n_relays);
	config_close(&c);
	return 0;
}
