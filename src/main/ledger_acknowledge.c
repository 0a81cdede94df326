/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * ledger_acknowledge -- heimamt ledger acknowledge: an officer has seen that the ledger is damaged.
 *
 * The damages are read from the ledger's files; the word goes into the records, from where the centre that runs, or the
 * next one, brings it into the ledger: it alone writes there.  See ledger.h.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "main/ledger.h"
#include "store/agreement.h"
#include "store/ledger_damage.h"

#define DAMAGES_MAX 1024 /* as many as there can be segments */

static int open_damages(
	const struct options *o, struct ledger_damage d[DAMAGES_MAX], size_t *n)
{
	char dir[OPTIONS_PATH_MAX];
	size_t all = 0;
	int err = options_path(dir, o->state, "ledger");

	if (!err)
		err = ledger_damages(dir, d, DAMAGES_MAX, &all);
	if (err)
		return ledger_say(o->state, err);
	*n = 0;
	for (size_t i = 0; i < all; i++)
		if (!d[i].is_acknowledged)
			d[(*n)++] = d[i];
	return 0;
}

/* Who may say so; the exit status. */
static int find_officer(
	const struct ledger_options *o, struct store *st, struct store_agent *officer)
{
	if (store_find_agent(st, o->by, officer) == 0 &&
		officer->roles & (STORE_ROLE_OFFICER | STORE_ROLE_ADMIN))
		return 0;
	fprintf(stderr,
		"heimamt: \"%s\" is no officer for data protection and no administrator "
		"of this house.\n",
		o->by);
	return LEDGER_BAD;
}

static int tell(const struct ledger_damage *d, size_t n, const char *what)
{
	for (size_t i = 0; i < n; i++)
		printf("segment %" PRIu32 ", from entry %" PRIu64 " on%s: %s\n",
			d[i].segment, d[i].first_bad,
			d[i].is_rewritten ? " (all of it was written anew)" : "", what);
	return 0;
}

static int acknowledge(const struct ledger_options *o, struct options *os,
	const struct ledger_damage *d, size_t n)
{
	struct config c = { 0 };
	struct store *st = NULL;
	struct store_agent officer;
	int status = config_read(&c, os->config) ? EXIT_USAGE : 0;

	if (!status && options_open_store(os, &c, &(struct store_config){ 0 }, &st))
		status = 1;
	if (!status)
		status = find_officer(o, st, &officer);
	for (size_t i = 0; !status && i < n; i++)
		status = ledger_say(os->state,
			store_acknowledge(
				st, d[i].segment, officer.id, options_wall_ms()));
	store_close(st);
	config_close(&c);
	return status ? status : tell(d, n, "acknowledged");
}

int ledger_acknowledge(const struct ledger_options *o)
{
	static struct ledger_damage d[DAMAGES_MAX];
	struct options os;
	char *none[] = { (char *)"heimamt", NULL };
	size_t n = 0;
	int status = options_read(&os, 1, none, "");

	if (status)
		return status - 1;
	os.config = o->config ? o->config : os.config;
	os.state = o->state ? o->state : os.state;
	status = open_damages(&os, d, &n);
	if (status)
		return status;
	if (n == 0) {
		puts("Nothing is damaged that nobody has acknowledged.");
		return 0;
	}
	if (!o->by) {
		tell(d, n, "not acknowledged; --by LOGIN says who has seen it");
		return LEDGER_BAD;
	}
	return acknowledge(o, &os, d, n);
}
