/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* check -- heimamt check: reads a configuration as serve would, and says all that is wrong with it. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/holidays/holidays.h"
#include "main/centre.h"
#include "main/clips.h"
#include "main/commands.h"
#include "main/config_look.h"
#include "main/options.h"
#include "main/zone.h"

static const char usage[] =
	"heimamt check [FILE] [--config FILE] [--json]\n"
	"heimamt check --options\n"
	"  Reads a configuration file, and the clips and certificates that it names, and "
	"says\n"
	"  everything that is wrong with it, each with its line and its mend; exit "
	"status "
	"2 then.\n"
	"  What libconfuse cannot read at all ends the reading there. A hint leaves the "
	"status 0.\n\n"
	"  --options      prints every option that a file may have, with what counts "
	"without it\n\n"
	"Examples:\n"
	"  heimamt check /etc/heimamt/heimamt.conf\n"
	"  heimamt check dist/demo/heimamt.conf --json\n";

/* What serve would find now, beside the file. */
static void look(struct config *c, struct config_report *report)
{
	char folder[OPTIONS_PATH_MAX];
	struct hours_moment today;

	(void)zone_set(c->timezone);
	zone_civil(options_wall_ms(), &today);
	config_look(c, options_wall_ms() / 1000, &today, report);
	if (options_folder(c->clips, "clips", folder) == 0)
		clips_check(c, folder, report);
}

static void print_json(const struct config *c, const struct config_report *r)
{
	json_t *j = json_pack("{s:s, s:b, s:o}", "file", r->path, "good", !r->is_bad,
		"complaints", shown_complaints(r));

	if (j && !r->is_bad)
		json_object_update_new(j,
			json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "queues",
				(json_int_t)c->n_queues, "menus", (json_int_t)c->n_menus,
				"agents", (json_int_t)c->n_agents, "peers",
				(json_int_t)c->n_peers, "trunks",
				(json_int_t)c->n_trunks + (*c->outbound_host ? 1 : 0),
				"relays", (json_int_t)c->n_relays));
	if (j)
		(void)json_dumpf(j, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(j);
}

static void print_queue(const struct config_queue *q)
{
	const struct hours *h = &q->app.hours;

	printf("  queue \"%s\": %s, %s%s%s%s\n", q->title, q->app.number,
		hours_are_always(h)  ? "always open"
			: h->n_spans ? "open at its hours"
				     : "open but for its days",
		h->canton ? ", closed on the holidays of " : "",
		holidays_canton_code(h->canton),
		q->app.acd.n_diversions ? ", with diversions" : "");
}

static void print_good(const struct config *c, const char *path)
{
	const size_t trunks = c->n_trunks + (*c->outbound_host ? 1 : 0);

	printf("%s: in order: %zu queues, %zu agents, %zu SIP peers, %zu trunks, %u "
	       "relays.\n",
		path, c->n_queues, c->n_agents, c->n_peers, trunks, c->n_relays);
	for (size_t i = 0; i < c->n_queues; i++)
		print_queue(&c->queues[i]);
	for (size_t i = 0; i < c->n_menus; i++)
		printf("  menu \"%s\": %s\n", c->menus[i].app.title,
			c->menus[i].app.number);
}

int command_check(int argc, char **argv)
{
	struct options o;
	struct config *c = calloc(1, sizeof *c);
	struct config_report report = { 0 };
	int status = c ? options_read(&o, argc, argv, usage) : 2;

	if (status) {
		free(c);
		return status - 1;
	}
	if (o.lists_options) {
		free(c);
		return config_list(stdout) ? 1 : 0;
	}
	if (config_load(c, o.word ? o.word : o.config, &report) == 0)
		look(c, &report);
	else
		report.is_bad = true;
	config_report_print(&report);
	if (o.json)
		print_json(c, &report);
	else if (!report.is_bad)
		print_good(c, report.path);
	status = report.is_bad ? EXIT_USAGE : 0;
	config_report_close(&report);
	config_close(c);
	free(c);
	return status;
}
