/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* link -- heimamt link LOGIN: a one-time login link for an agent. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "main/commands.h"
#include "main/link.h"
#include "main/options.h"

static const char usage[] =
	"heimamt link LOGIN [--config FILE] [--state DIR] [--port N] [--json]\n"
	"  Prints a link with which the agent logs in once, within a day.\n"
	"  The centre may be running.  --port: where its pages are, when not as "
	"configured.\n\n"
	"Example:\n"
	"  heimamt link anna --config dist/demo/heimamt.conf --state var\n";

void link_print(const struct options *o, const struct config *c, const char *token)
{
	char base[CONFIG_BASE_MAX], link[CONFIG_BASE_MAX + 96]; /* and a token of 64 */
	unsigned port = o->port >= 0 ? (unsigned)o->port : c->web_port;
	json_t *told;

	(void)config_base(c, port, base, sizeof base);
	(void)text_format(link, sizeof link, "%s/login/%s", base, token);
	if (!o->json) {
		puts(link);
		return;
	}
	told = json_pack("{s:s}", "link", link);
	(void)json_dumpf(told, stdout, JSON_COMPACT);
	puts("");
	json_decref(told);
}

int command_link(int argc, char **argv)
{
	struct options o;
	struct config c = { 0 };
	struct store_agent agent;
	struct store *st = NULL;
	char token[65];
	int status = options_read(&o, argc, argv, usage);

	if (status)
		return status - 1;
	status = options_open_agent(&o, usage, &c, &st, &agent);
	if (status)
		goto out;
	status = 1;
	if (options_new_link(st, agent.id, token)) {
		fputs("heimamt: the link could not be recorded.\n", stderr);
		goto out;
	}
	link_print(&o, &c, token);
	status = 0;
out:
	store_close(st); /* writes what waits */
	config_close(&c);
	return status;
}
