/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * config_list -- every option that a file may have, with its default, from the tables by which the file is read.
 *
 * docs/configuration.md and the man page that is made of it are compared with this, so that neither forgets an option.
 */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "main/config_inner.h"

#define SECTIONS_MAX  64 /* three times what there is */
#define LIST_PATH_MAX 64 /* "home-days.site." is the longest, with room */

struct section {
	char path[LIST_PATH_MAX]; /* "queue.relax."; "": of the file itself */
	const cfg_opt_t *opts;
};

static void print_default(FILE *f, const cfg_opt_t *o)
{
	if (o->flags & CFGF_LIST)
		fprintf(f, "%s", o->def.parsed);
	else if (o->type == CFGT_INT)
		fprintf(f, "%ld", o->def.number);
	else if (o->type == CFGT_BOOL)
		fprintf(f, "%s", o->def.boolean ? "true" : "false");
	else
		fprintf(f, "\"%s\"", o->def.string);
}

int config_list(FILE *f)
{
	struct section todo[SECTIONS_MAX] = { { "", config_opts } };
	size_t n = 1;
	int err = 0;

	for (size_t i = 0; !err && i < n; i++)
		for (const cfg_opt_t *o = todo[i].opts; !err && o->name; o++) {
			if (o->type != CFGT_SEC) {
				fprintf(f, "%s%s = ", todo[i].path, o->name);
				print_default(f, o);
				fputc('\n', f);
				continue;
			}
			if (n == SECTIONS_MAX)
				return ENOSPC;
			err = text_format(todo[n].path, sizeof todo[n].path, "%s%s.",
				todo[i].path, o->name);
			todo[n++].opts = o->subopts;
		}
	return err;
}
