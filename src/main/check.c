/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* check -- heimamt check: reads a configuration as serve would. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "main/commands.h"
#include "main/config_inner.h"
#include "main/options.h"
#include "web/pair.h"
#include "web/request.h"

static const char usage[] =
	"heimamt check [--config FILE]\n"
	"heimamt check --options\n"
	"  Reads a configuration file, and the certificate that it names, and says what "
	"is\n"
	"  wrong with it; exit status 2 then.\n\n"
	"  --config FILE  default /etc/heimamt/heimamt.conf\n"
	"  --options      prints every option that a file may have, with what counts "
	"without it\n\n"
	"Example:\n"
	"  heimamt check --config dist/demo/heimamt.conf\n";

static void say_where(
	const char *path, const char *option, const char *file, const char *words)
{
	fprintf(stderr, "%s:%u: web: %s: %s %s", path,
		config_line(path, "web", NULL, option), option, file, words);
}

/* The certificate ends soon: it still counts. */
static void warn_of_end(const char *path, const struct config *c, int64_t left_s)
{
	if (left_s >= PAIR_SOON_S)
		return;
	say_where(path, "certificate", c->certificate, "");
	fprintf(stderr, "ends in %d days. Renew it.\n", (int)(left_s / 86400));
}

/* Browsers refuse what is not made out to the name by which they came. */
static bool has_names(const char *path, const struct config *c, const struct pair *p)
{
	bool is_good = true;

	for (size_t i = 0; i < c->n_names; i++) {
		char name[WEB_NAME_MAX];

		request_host(c->names[i], name);
		if (pair_is_for(p, name))
			continue;
		say_where(path, "certificate", c->certificate, "");
		fprintf(stderr,
			"is not made out to %s, which stands in names. Have one made for "
			"it.\n",
			name);
		is_good = false;
	}
	return is_good;
}

/* The files that the configuration names, as serve would find them now. */
static bool is_pair_good(const char *path, const struct config *c)
{
	struct pair pair = { 0 };
	enum pair_fault f;
	bool is_key, is_good;
	int why;

	if (!*c->certificate)
		return true;
	f = pair_read(&pair, c->certificate, c->key, options_wall_ms() / 1000);
	why = errno;
	is_key = pair_is_about_key(f);
	is_good = f == PAIR_GOOD && has_names(path, c, &pair);
	if (f != PAIR_GOOD) {
		say_where(path, is_key ? "key" : "certificate",
			is_key ? c->key : c->certificate, pair_words(f));
		fprintf(stderr, "%s%s.\n",
			f == PAIR_NO_CERTIFICATE || f == PAIR_NO_KEY ? ": " : "",
			f == PAIR_NO_CERTIFICATE || f == PAIR_NO_KEY ? strerror(why)
								     : "");
	} else {
		warn_of_end(path, c, pair.ends_s - options_wall_ms() / 1000);
	}
	pair_close(&pair);
	return is_good;
}

int command_check(int argc, char **argv)
{
	struct options o;
	struct config c = { 0 };
	int status = options_read(&o, argc, argv, usage);

	if (status)
		return status - 1;
	if (o.lists_options)
		return config_list(stdout) ? 1 : 0;
	if (config_read(&c, o.config))
		return EXIT_USAGE;
	if (!is_pair_good(o.config, &c)) {
		config_close(&c);
		return EXIT_USAGE;
	}
	printf("%s: in order: %zu queues, %zu agents, %zu SIP peers, %u relays.\n",
		o.config, c.n_queues, c.n_agents, c.n_peers, c.n_relays);
	config_close(&c);
	return 0;
}
