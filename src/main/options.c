/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* options -- see options.h */
#include "main/options.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/ids.h"
#include "base/slice.h"
#include "base/text.h"
#include "main/commands.h"

enum {
	OPT_CONFIG = 256,
	OPT_STATE,
	OPT_PORT,
	OPT_LAN,
	OPT_JSON,
	OPT_LINKS,
	OPT_RELAY,
	OPT_UPGRADE,
	OPT_VERBOSE,
	OPT_EFFECTIVE,
	OPT_EDITORIAL,
	OPT_MATERIAL,
	OPT_PREVIEW,
	OPT_DAYS,
	OPT_OUT,
	OPT_REVOKE,
	OPT_REGISTER,
	OPT_RESET,
	OPT_VERIFY,
	OPT_OPTIONS
};

static const struct option known[] = {
	{ "config", required_argument, NULL, OPT_CONFIG },
	{ "state", required_argument, NULL, OPT_STATE },
	{ "port", required_argument, NULL, OPT_PORT },
	{ "lan", optional_argument, NULL, OPT_LAN },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "links", no_argument, NULL, OPT_LINKS },
	{ "relay", required_argument, NULL, OPT_RELAY },
	{ "upgrade", no_argument, NULL, OPT_UPGRADE },
	{ "verbose", no_argument, NULL, OPT_VERBOSE },
	{ "effective", required_argument, NULL, OPT_EFFECTIVE },
	{ "editorial", no_argument, NULL, OPT_EDITORIAL },
	{ "material", no_argument, NULL, OPT_MATERIAL },
	{ "preview", no_argument, NULL, OPT_PREVIEW },
	{ "days", required_argument, NULL, OPT_DAYS },
	{ "out", required_argument, NULL, OPT_OUT },
	{ "revoke", no_argument, NULL, OPT_REVOKE },
	{ "register", no_argument, NULL, OPT_REGISTER },
	{ "reset", no_argument, NULL, OPT_RESET },
	{ "verify", no_argument, NULL, OPT_VERIFY },
	{ "options", no_argument, NULL, OPT_OPTIONS },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static int set_port(struct options *o, const char *text)
{
	uint64_t port;

	if (!slice_u64(slice_str(text), 65535, &port)) {
		fprintf(stderr,
			"heimamt: --port needs a number from 0 to 65535, not \"%s\".\n",
			text);
		return EXIT_USAGE + 1;
	}
	o->port = (int)port;
	return 0;
}

static int set_lan(struct options *o, const char *text)
{
	struct in_addr addr;

	if (text && (inet_pton(AF_INET, text, &addr) != 1 || !addr.s_addr)) {
		fprintf(stderr,
			"heimamt: --lan needs this machine's IPv4 address on the "
			"network, "
			"such as --lan=192.168.1.20, not \"%s\"; without one it is found "
			"out.\n",
			text);
		return EXIT_USAGE + 1;
	}
	o->lan = true;
	o->lan_addr = text;
	return 0;
}

static int set(struct options *o, int opt, const char *usage)
{
	switch (opt) {
	case OPT_CONFIG: o->config = optarg; return 0;
	case OPT_STATE: o->state = optarg; return 0;
	case OPT_PORT: return set_port(o, optarg);
	case OPT_RELAY: o->relay = optarg; return 0;
	case OPT_LAN: return set_lan(o, optarg);
	case OPT_JSON: o->json = true; return 0;
	case OPT_LINKS: o->links = true; return 0;
	case OPT_UPGRADE: o->upgrade = true; return 0;
	case OPT_VERBOSE: o->verbose = true; return 0;
	case OPT_EFFECTIVE: o->effective = optarg; return 0;
	case OPT_EDITORIAL: o->editorial = true; return 0;
	case OPT_MATERIAL: o->material = true; return 0;
	case OPT_PREVIEW: o->preview = true; return 0;
	case OPT_DAYS: o->days = optarg; return 0;
	case OPT_OUT: o->out = optarg; return 0;
	case OPT_REVOKE: o->revoke = true; return 0;
	case OPT_REGISTER: o->kept = true; return 0;
	case OPT_RESET: o->reset = true; return 0;
	case OPT_VERIFY: o->verify = true; return 0;
	case OPT_OPTIONS: o->lists_options = true; return 0;
	case 'h': fputs(usage, stdout); return 1;
	default: fputs(usage, stderr); return EXIT_USAGE + 1;
	}
}

int options_read(struct options *o, int argc, char **argv, const char *usage)
{
	int opt, status;

	*o = (struct options){ .config = "/etc/heimamt/heimamt.conf",
		.state = "/var/lib/heimamt",
		.port = -1 };
	optind = 1;
	while ((opt = getopt_long(argc, argv, "h", known, NULL)) != -1) {
		status = set(o, opt, usage);
		if (status)
			return status;
	}
	if (optind < argc)
		o->word = argv[optind++];
	if (optind < argc) {
		fprintf(stderr, "heimamt: \"%s\" is one word too many.\n", argv[optind]);
		return EXIT_USAGE + 1;
	}
	return 0;
}

int options_path(char out[OPTIONS_PATH_MAX], const char *dir, const char *name)
{
	return text_format(out, OPTIONS_PATH_MAX, "%s/%s", dir, name);
}

/* The folder of this program. ENAMETOOLONG is not told apart: a path that was cut is none. */
static int own_folder(char out[OPTIONS_PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", out, OPTIONS_PATH_MAX - 1);
	char *slash;

	if (n < 0)
		return errno;
	out[n] = 0;
	slash = strrchr(out, '/');
	if (!slash)
		return EINVAL;
	*slash = 0;
	return 0;
}

int options_beside(char out[OPTIONS_PATH_MAX], const char *name)
{
	char dir[OPTIONS_PATH_MAX];
	int err = own_folder(dir);

	return err ? err : options_path(out, dir, name);
}

int options_data(char out[OPTIONS_PATH_MAX], const char *name)
{
	char dir[OPTIONS_PATH_MAX];
	int err = own_folder(dir);

	if (err)
		return err;
	return options_path(
		out, strcmp(dir, HEIMAMT_BINDIR) == 0 ? HEIMAMT_DATADIR : dir, name);
}

int options_folder(const char *configured, const char *name, char out[OPTIONS_PATH_MAX])
{
	return *configured ? text_copy(out, OPTIONS_PATH_MAX, configured)
			   : options_data(out, name);
}

int64_t options_wall_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int put_house(struct config *c, struct store *st)
{
	struct ids ids;
	int err = 0;

	ids_init(&ids, c->node);
	for (size_t i = 0; !err && i < c->n_queues; i++) {
		struct app_queue_config *q = &c->queues[i].app;
		struct store_queue rec = { 0 };

		if (q->is_gone)
			continue;

		/* the same lengths on both sides: nothing is cut */
		(void)text_copy(rec.number, sizeof rec.number, q->number);
		(void)text_copy(rec.name, sizeof rec.name, q->name);
		err = store_put_queue(st, &rec, ids_next(&ids, options_wall_ms()));
		q->id = rec.id;
	}
	for (size_t i = 0; !err && i < c->n_agents; i++)
		err = store_put_agent(
			st, &c->agents[i].store, ids_next(&ids, options_wall_ms()));
	return err;
}

int options_make_state(const struct options *o)
{
	int err = mkdir(o->state, 0700) && errno != EEXIST ? errno : 0;

	if (err)
		fprintf(stderr,
			"%s: cannot be made: %s. Give another folder with --state.\n",
			o->state, strerror(err));
	return err;
}

int options_encoded(const struct options *o, char path[OPTIONS_PATH_MAX])
{
	int err = text_format(path, OPTIONS_PATH_MAX, "%s/encoded", o->state);

	if (err)
		fprintf(stderr, "%s: this folder's name is too long.\n", o->state);
	return err;
}

int options_open_store(const struct options *o, struct config *c,
	const struct store_config *sc, struct store **out)
{
	char path[OPTIONS_PATH_MAX];
	struct store_config cfg = *sc;
	struct store *st = NULL;
	int err = options_make_state(o);

	if (err)
		return err;
	err = options_path(path, o->state, "heimamt.db");
	cfg.path = path;
	if (!err)
		err = store_open(&st, &cfg);
	if (!err)
		err = put_house(c, st);
	if (err) {
		fprintf(stderr, "%s: the records cannot be opened: %s.\n", path,
			strerror(err));
		store_close(st);
		return err;
	}
	*out = st;
	return 0;
}

int options_new_link(struct store *st, uint64_t agent, char token[65])
{
	uint8_t secret[32], hash[STORE_HASH_SIZE];

	if (RAND_bytes(secret, sizeof secret) != 1)
		return EIO;
	text_hex(token, 65, secret, sizeof secret);
	OPENSSL_cleanse(secret, sizeof secret);
	app_token_hash(hash, token);
	return store_add_link(
		st, hash, agent, options_wall_ms() + OPTIONS_LINK_S * 1000LL);
}
