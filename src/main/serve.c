/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * serve -- heimamt serve: starts everything in order, runs the loop, ends everything in order.
 *
 * Start: configuration, records, clips, app, relays, SIP, what a former process left, web.  The house is
 * told that it is open when every relay is up.  End (SIGINT, SIGTERM): callers are told (BYE), pages are closed,
 * relays that we started quit, what waits is written to the records.  Leaving (SIGUSR1, or a start that fails):
 * calls and relays stay as they are, for the process that comes next.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "main/caller_token.h"
#include "main/centre.h"
#include "main/commands.h"
#include "main/paper.h"
#include "main/sip_tls.h"
#include "store/people.h"

static const char usage[] =
	"heimamt serve [--config FILE] [--state DIR] [--port N] [--lan[=ADDRESS]] "
	"[--json]\n"
	"              [--links] [--relay PROGRAM] [--upgrade] [--verbose]\n"
	"  Runs the contact centre until Ctrl-C.\n\n"
	"  --config FILE    default /etc/heimamt/heimamt.conf\n"
	"  --state DIR      records and sockets; default /var/lib/heimamt\n"
	"  --port N         of the pages, instead of the configured one; 0: any free "
	"one\n"
	"  --lan[=ADDRESS]  take calls from the local network too, with a password that "
	"is printed\n"
	"  --json           print the addresses and login links as one line of JSON\n"
	"  --links          print login links also where the output is no terminal\n"
	"  --relay PROGRAM  default: heimamt-relay beside this program; none: something "
	"else starts them\n"
	"  --upgrade        take over from the process that serves this folder now: "
	"talks go on\n"
	"  --verbose        log more\n\n"
	"Ctrl-C and SIGTERM end every call. SIGUSR1 ends this process alone: the relays "
	"keep\n"
	"the calls, and the next heimamt serve goes on with them. SIGHUP reads the\n"
	"certificate anew, which it also does by itself when the file has changed.\n\n"
	"Examples:\n"
	"  heimamt serve --config dist/demo/heimamt.conf --state var\n"
	"  heimamt serve --config dist/demo/heimamt.conf --state var --upgrade\n";

/* Folders that the build made beside the program, unless the configuration says otherwise. */
static int find_folder(
	const char *configured, const char *name, char out[OPTIONS_PATH_MAX])
{
	return *configured ? text_copy(out, OPTIONS_PATH_MAX, configured)
			   : options_data(out, name);
}

static int apply_lan(struct centre *c)
{
	struct config *cfg = &c->config;
	int err = 0;

	if (!c->options.lan)
		return 0;
	if (c->options.lan_addr)
		err = text_copy(cfg->sip_addr, sizeof cfg->sip_addr, c->options.lan_addr);
	else
		err = lan_address(cfg->sip_addr, sizeof cfg->sip_addr);
	if (err) {
		fprintf(stderr,
			"--lan: this machine has no address on a network: %s. Give one: "
			"--lan=ADDRESS.\n",
			strerror(err));
		return err;
	}
	memcpy(cfg->relay_addr, cfg->sip_addr, sizeof cfg->relay_addr);
	cfg->n_peers = 0; /* on a network an address proves nothing */
	(void)text_copy(cfg->sip_user, sizeof cfg->sip_user, "phone");
	err = lan_password(c->options.state, cfg->sip_password, sizeof cfg->sip_password);
	if (err)
		fprintf(stderr, "--lan: %s/lan-password cannot be used: %s.\n",
			c->options.state, strerror(err));
	return err;
}

static void load_session(void *arg, const struct store_session *s)
{
	app_load_session(arg, s);
}

static int64_t wall_now_ms(const struct app_ports *p)
{
	return p->wall_ms(p->arg);
}

/* Before what a former process left is taken over: it needs to know whose home is open. */
static int load_agreements(struct centre *c)
{
	struct store_agreements *a = NULL;
	int err = store_load_agreements(c->store, &a);

	if (!err)
		app_agreements(c->app, a);
	return err;
}

/* Who may come in at all; first, for whatever else is loaded is somebody's. */
static int load_people(struct centre *c)
{
	struct store_people *p = NULL;
	int err = store_load_people(c->store, &p);

	if (!err)
		app_people(c->app, p);
	return err;
}

static int load_credentials(struct centre *c)
{
	struct store_credentials *all = NULL;
	int err = store_load_credentials(c->store, &all);

	if (!err)
		app_credentials(c->app, all);
	return err;
}

/* "": nobody needs a token. Says what is wrong. */
static int caller_page_secret(const struct centre *c, char secret[CALLER_SECRET_MAX])
{
	int err = c->config.caller_page && c->config.caller_token
		? caller_secret(c->options.state, secret)
		: 0;

	if (err)
		fprintf(stderr,
			"%s/caller-token.key cannot be used: %s. heimamt caller-token "
			"--reset makes another.\n",
			c->options.state, strerror(err));
	return err;
}

static int start_app(struct centre *c, const struct clips_lines *lines)
{
	static struct app_queue_config queues[ACD_QUEUES_MAX];
	static struct app_menu_config menus[APP_MENUS_MAX];
	struct app_ports ports = bind_ports(c);
	struct app_config cfg = {
		.node = c->config.node,
		.queues = queues,
		.n_queues = c->config.n_queues,
		.menus = menus,
		.n_menus = c->config.n_menus,
		.max_agents = APP_AGENTS_MAX, /* who they are stands in the records */
		.ring_clip = lines->ring,
		.ringback_clip = lines->ringback,
		.caller_page_queue = c->config.caller_page_queue,
		.caller = c->config.caller,
		.n_relays = c->config.n_relays,
		.session_s = c->config.session_s,
		.caller_silent_ms = c->config.caller_silent_ms,
		.desk_gone_ms = c->config.desk_gone_ms,
		.regain_ms = c->config.regain_ms,
		.hold_ms = c->config.hold_ms,
		.office_clearance = c->config.office_clearance,
		.reconfirm_ms = c->config.reconfirm_ms,
		.two_factors_always = c->config.two_factors_always,
		.week = c->config.week,
		.pulse = c->config.pulse,
		.dial_srtp = c->config.outbound_srtp,
	};
	char secret[CALLER_SECRET_MAX] = "";
	int err = store_last_call(c->store, &cfg.last_id);

	(void)text_copy(cfg.house, sizeof cfg.house, c->config.ledger);
	if (err)
		return err;
	for (size_t i = 0; i < cfg.n_queues; i++)
		queues[i] = c->config.queues[i].app;
	for (size_t i = 0; i < cfg.n_menus; i++)
		menus[i] = c->config.menus[i].app;
	cfg.n_skills = c->config.n_skills;
	for (size_t i = 0; i < cfg.n_skills; i++)
		cfg.skills[i] = c->config.skills[i];
	err = caller_page_secret(c, secret);
	if (!err && *secret)
		cfg.caller.secret = secret;
	if (!err)
		err = paper_house(&cfg.paper, &c->options, &c->config, c->signer);
	if (!err)
		err = app_new(&c->app, &cfg, &ports);
	if (!err)
		err = load_people(c);
	if (!err)
		err = load_agreements(c);
	if (!err)
		err = load_credentials(c);
	if (!err)
		err = store_load_sessions(
			c->store, wall_now_ms(&ports), load_session, c->app);
	OPENSSL_cleanse(secret, sizeof secret);
	return err;
}

static void on_store_wake(void *arg)
{
	uv_async_send(&((struct centre *)arg)->store_wake);
}

static void on_agreements(void *arg, struct store_agreements *a)
{
	struct centre *c = arg;

	if (c->app)
		app_agreements(c->app, a);
	else
		store_agreements_free(a);
}

static void on_people(void *arg, struct store_people *p)
{
	struct centre *c = arg;

	if (c->app)
		app_people(c->app, p);
	else
		store_people_free(p);
}

static void on_credentials(void *arg, struct store_credentials *all)
{
	struct centre *c = arg;

	if (c->app)
		app_credentials(c->app, all);
	else
		store_credentials_free(all);
}

static int start_store(struct centre *c)
{
	int err = provable_open(c);
	struct store_config sc = { .wake = on_store_wake,
		.agreements = on_agreements,
		.people = on_people,
		.credentials = on_credentials,
		.arg = c,
		.ledger = c->ledger };

	if (!err)
		err = hasher_open(c);
	if (err)
		return err;
	err = options_open_store(&c->options, &c->config, &sc, &c->store);

	if (!err)
		err = options_name_house(&c->config, c->store);
	if (!err)
		err = store_next_epoch(c->store, &c->epoch);
	if (!err)
		provable_configuration(c);
	return err;
}

/* The house can do without: calls go on. */
static void start_journal(struct centre *c)
{
	char dir[OPTIONS_PATH_MAX];
	int err = options_path(dir, c->options.state, "journal");

	if (!err)
		err = journal_open(&c->journal, dir);
	if (err)
		log_error("%s/journal cannot be written: %s", c->options.state,
			strerror(err));
}

static void on_trunk_async(uv_async_t *a)
{
	struct centre *c = a->data;

	if (c->trunk)
		trunk_poll(c->trunk);
}

static void on_store_async(uv_async_t *a)
{
	struct centre *c = a->data;

	if (!c->store)
		return;
	store_poll(c->store);
	if (c->app)
		app_records_kept(c->app);
}

static void on_deadline(uv_timer_t *t)
{
	app_tick(((struct centre *)t->data)->app);
}

/* Before each wait: whatever happened may have moved the app's next deadline. */
static void on_prepare(uv_prepare_t *p)
{
	struct centre *c = p->data;
	struct app_ports ports = bind_ports(c);
	int64_t due = app_next_deadline_ms(c->app), now = ports.now_us(c) / 1000;

	if (due < 0)
		uv_timer_stop(&c->deadline);
	else
		uv_timer_start(&c->deadline, on_deadline,
			due > now ? (uint64_t)(due - now) : 0, 0);
}

static void on_signal(uv_signal_t *s, int signum)
{
	struct centre *c = s->data;

	if (signum == SIGCHLD) {
		relays_reap(c);
		return;
	}
	if (signum == SIGHUP) {
		if (c->web)
			(void)web_reload(c->web); /* says what came of it */
		return;
	}
	c->is_told_to_end = true;
	c->is_leaving = signum == SIGUSR1;
	uv_stop(&c->loop);
}

static int start_loop(struct centre *c)
{
	int err = uv_loop_init(&c->loop);

	if (err)
		return -err;
	c->has_loop = true;
	c->trunk_wake.data = c->store_wake.data = c->prepare.data = c->deadline.data = c;
	c->sigint.data = c->sigterm.data = c->sigusr1.data = c->sigchld.data = c;
	c->sighup.data = c;
	uv_async_init(&c->loop, &c->trunk_wake, on_trunk_async);
	uv_async_init(&c->loop, &c->store_wake, on_store_async);
	uv_prepare_init(&c->loop, &c->prepare);
	hasher_start(c);
	uv_timer_init(&c->loop, &c->deadline);
	uv_signal_init(&c->loop, &c->sigint);
	uv_signal_init(&c->loop, &c->sigterm);
	uv_signal_init(&c->loop, &c->sigusr1);
	uv_signal_init(&c->loop, &c->sigchld);
	uv_signal_init(&c->loop, &c->sighup);
	uv_signal_start(&c->sigint, on_signal, SIGINT);
	uv_signal_start(&c->sigterm, on_signal, SIGTERM);
	uv_signal_start(&c->sigusr1, on_signal, SIGUSR1);
	uv_signal_start(&c->sigchld, on_signal, SIGCHLD);
	uv_signal_start(&c->sighup, on_signal, SIGHUP);
	return 0;
}

/* What to do about it, by what bind() said. */
static const char *mend_of(int err)
{
	switch (err) {
	case EADDRINUSE:
		return "That port is taken, perhaps by another heimamt serve or by a "
		       "telephone program. End it, or set another sip.port";
	case EADDRNOTAVAIL:
	case EINVAL: /* trunk's word for it, for the address itself was checked */
		return "That is no address of this machine (`ip address` shows which "
		       "are). Give one with --lan=ADDRESS, or set sip.address";
	case EACCES: return "That port needs privileges. Set a sip.port above 1023";
	default: return "Look at sip.address and sip.port";
	}
}

static bool is_address(const char *s)
{
	struct in_addr any;

	return inet_pton(AF_INET, s, &any) == 1;
}

/* sip.outbound, the short form of a trunk. */
static struct trunk_outbound outbound_of(const struct config *cfg)
{
	const bool proves = *cfg->outbound_user != '\0';

	return (struct trunk_outbound){
		.addr = is_address(cfg->outbound_name) ? cfg->outbound_name : NULL,
		.domain = is_address(cfg->outbound_name) ? NULL : cfg->outbound_name,
		.port = cfg->outbound_port,
		.host = cfg->outbound_host,
		.caller = cfg->caller_id,
		.user = proves ? cfg->outbound_user : NULL,
		.password = proves ? cfg->outbound_password : NULL,
	};
}

static struct trunk_outbound carrier_of_trunk(const struct config_trunk *t)
{
	const char *host = *t->domain ? t->domain : t->is_address ? NULL : t->server;
	const bool proves = *t->user != '\0';

	return (struct trunk_outbound){
		.name = t->name,
		.addr = t->is_address ? t->server : NULL,
		/* what is asked for, and what the certificate must name */
		.domain = t->is_address ? (*t->domain ? t->domain : NULL) : t->server,
		.port = t->port,
		.transport = t->transport,
		.host = host,
		.caller = t->caller,
		.user = proves ? t->user : NULL,
		.password = proves ? t->password : NULL,
		.registers = t->registers,
		.expires_s = t->expires_s,
		.watch_s = t->keep_alive_s,
		.identity = t->identity,
		.is_withheld = t->withhold,
	};
}

static size_t list_carriers(
	const struct config *cfg, struct trunk_outbound out[TRUNK_CARRIERS_MAX])
{
	size_t n = 0;

	if (*cfg->outbound_host)
		out[n++] = outbound_of(cfg);
	for (size_t i = 0; i < cfg->n_trunks; i++)
		out[n++] = carrier_of_trunk(&cfg->trunks[i]);
	return n;
}

static int start_trunk(struct centre *c, const struct trunk_saved *saved, size_t n_saved)
{
	const struct config *cfg = &c->config;
	char tls[OPTIONS_PATH_MAX] = "";
	struct trunk_outbound carriers[TRUNK_CARRIERS_MAX];
	const size_t n = list_carriers(cfg, carriers);
	struct trunk_config tc = {
		.addr = cfg->sip_addr,
		.port = cfg->sip_port,
		.peers = cfg->peers,
		.n_peers = cfg->n_peers,
		.user = *cfg->sip_user ? cfg->sip_user : NULL,
		.password = *cfg->sip_password ? cfg->sip_password : NULL,
		.srtp = cfg->srtp,
		.outbound = n ? carriers : NULL,
		.n_outbound = n,
		.tcp = cfg->sip_tcp,
		.tls_port = cfg->sip_tls_port,
		.tls_clients = cfg->sip_tls_clients,
		.name_server = *cfg->name_server ? cfg->name_server : NULL,
		.node = cfg->node,
		.saved = saved,
		.n_saved = n_saved,
	};
	struct trunk_handler h = bind_trunk(c);
	int err = config_has_tls(cfg)
		? sip_tls_make(cfg, c->options.state, tls, sizeof tls)
		: 0;

	if (err)
		return err;
	tc.tls_folder = *tls ? tls : NULL;
	err = trunk_new(&c->trunk, &tc, &h);
	sip_tls_remove(tls);
	if (err)
		fprintf(stderr, "SIP cannot listen on %s port %u: %s. %s in %s.\n",
			cfg->sip_addr, cfg->sip_port,
			strerror(err == EINVAL ? EADDRNOTAVAIL : err), mend_of(err),
			c->options.config);
	return err;
}

static void found_callback(void *arg, const struct store_callback *row)
{
	app_found_callback(arg, row);
}

static int start_web(struct centre *c)
{
	char folder[OPTIONS_PATH_MAX];
	struct web_config wc = {
		.addr = c->config.web_addr,
		.port = c->options.port >= 0 ? (uint16_t)c->options.port
					     : c->config.web_port,
		.files = folder,
		.caller_page = c->config.caller_page,
		.caller_frames = c->config.caller_frames,
		.certificate = c->config.certificate,
		.key = c->config.key,
		.names = c->config.names,
		.n_names = c->config.n_names,
		.proxies = c->config.proxies,
		.n_proxies = c->config.n_proxies,
		.connections_here = c->config.connections_here,
	};
	struct web_handler h = bind_web(c);
	int err = find_folder(c->config.desk, "desk", folder);

	if (!err)
		err = web_new(&c->web, &c->loop, &wc, &h);
	if (err == EINVAL)
		fprintf(stderr,
			"The pages cannot be served with this certificate; heimamt check "
			"--config %s says more.\n",
			c->options.config);
	else if (err)
		fprintf(stderr,
			"The pages of %s cannot be served on %s port %u: %s. Set another "
			"port: "
			"--port N.\n",
			folder, wc.addr, wc.port, strerror(err));
	return err;
}

static void on_waited(uv_timer_t *t)
{
	((struct centre *)t->data)->has_waited = true;
}

/* For the relays to say what they carry; one that does not answer in time has nothing for us. */
static int await_relays(struct centre *c)
{
	uv_timer_start(&c->deadline, on_waited, RELAYS_KNOWN_MS, 0);
	while (!relays_are_known(c) && !c->has_waited && !c->is_told_to_end)
		uv_run(&c->loop, UV_RUN_ONCE);
	uv_timer_stop(&c->deadline);
	return c->is_told_to_end ? EINTR : 0;
}

static int close_records(struct centre *c)
{
	size_t cap = APP_DIALOGS_MAX, n, n_open = 0;
	uint64_t *spare = calloc(cap, sizeof *spare);
	int err;

	if (!spare)
		return ENOMEM;
	n = app_call_ids(c->app, spare, cap);
	err = store_end_open_calls(c->store, spare, n, &n_open);
	if (n_open)
		log_warn(
			"%zu calls of the former run had no end and were closed", n_open);
	free(spare);
	return err;
}

/* What a former process left: its dialogs first, so that the app can speak to them. */
static int adopt(struct centre *c)
{
	struct trunk_saved *saved = calloc(APP_DIALOGS_MAX, sizeof *saved);
	size_t n;
	int err;

	if (!saved)
		return ENOMEM;
	n = app_saved_dialogs(c->app, saved, APP_DIALOGS_MAX);
	err = start_trunk(c, saved, n);
	if (!err)
		err = store_load_callbacks(
			c->store, APP_CALLS_MAX, found_callback, c->app);
	if (!err) {
		app_adopt(c->app);
		err = close_records(c);
		relays_go_on(c);
	}
	free(saved);
	return err;
}

static int start(struct centre *c)
{
	char folder[OPTIONS_PATH_MAX];
	struct clips_lines lines = { APP_NO_CLIP, APP_NO_CLIP };
	int err = start_loop(c);

	if (!err)
		err = options_make_state(&c->options);
	if (!err)
		err = apply_lan(c);
	if (!err)
		err = find_folder(c->config.clips, "clips", folder);
	if (!err)
		err = clips_load(&c->clips, &c->config, folder, &lines);
	/* from here on another process may have left for this one: what could be wrong was looked at before */
	if (!err)
		err = lock_state(c->options.state, c->options.upgrade);
	if (!err)
		err = start_store(c);
	if (!err)
		start_journal(c);
	if (!err)
		err = start_app(c, &lines);
	if (!err)
		err = relays_start(c);
	if (!err)
		err = await_relays(c);
	if (!err)
		err = adopt(c);
	if (!err)
		err = start_web(c); /* desks may come when their agents are there */
	if (!err)
		err = metrics_start(c);
	if (err)
		return err;
	c->is_open = true;
	uv_prepare_start(&c->prepare, on_prepare);
	centre_tell(c);
	return 0;
}

static void close_handle(uv_handle_t *h, void *arg)
{
	if (!uv_is_closing(h))
		uv_close(h, NULL);
}

/* Calls, and relays that carry some, stay. */
static void leave(struct centre *c)
{
	trunk_leave(c->trunk);
	c->trunk = NULL;
	web_free(c->web);
	relays_leave(c);
}

/* As long as the relays have the ends, nothing is lost; a disk that takes none is not waited for for ever. */
static void await_records(const struct centre *c)
{
	struct store_marks m;

	for (int ms = 0; ms < RECORDS_MS; ms += 10) {
		store_marks(c->store, &m);
		if (m.kept >= m.given)
			return;
		usleep(10000);
	}
}

static void end_all(struct centre *c)
{
	if (c->app)
		app_stop(c->app);
	trunk_free(c->trunk);
	c->trunk = NULL;
	web_free(c->web);
	if (c->store)
		await_records(c);
	relays_stop(c);
}

static void stop(struct centre *c)
{
	c->is_ending = true;
	hasher_stop(c);
	metrics_stop(c);
	if (c->is_leaving)
		leave(c);
	else
		end_all(c);
	if (c->has_loop) {
		uv_prepare_stop(&c->prepare);
		uv_close((uv_handle_t *)&c->prepare, NULL);
		uv_close((uv_handle_t *)&c->deadline, NULL);
		uv_close((uv_handle_t *)&c->give_way, NULL);
		uv_close((uv_handle_t *)&c->sigint, NULL);
		uv_close((uv_handle_t *)&c->sigterm, NULL);
		uv_close((uv_handle_t *)&c->sigusr1, NULL);
		uv_close((uv_handle_t *)&c->sigchld, NULL);
		uv_close((uv_handle_t *)&c->sighup, NULL);
		/* once is enough: what is written now is written */
		signal(SIGINT, SIG_IGN);
		signal(SIGTERM, SIG_IGN);
		signal(SIGUSR1, SIG_IGN);
		signal(SIGHUP, SIG_IGN);
		uv_close((uv_handle_t *)&c->trunk_wake, NULL);
		store_close(c->store); /* its last wake-up needs the handle below */
		c->store = NULL;
		uv_close((uv_handle_t *)&c->store_wake, NULL);
		uv_run(&c->loop, UV_RUN_DEFAULT);
		if (uv_loop_close(&c->loop)) {
			uv_walk(&c->loop, close_handle, NULL);
			uv_run(&c->loop, UV_RUN_DEFAULT);
			uv_loop_close(&c->loop);
		}
	}
	store_close(c->store);
	provable_close(c);
	sealer_close(c->sealer);
	if (c->app)
		app_end_journal(c->app);
	journal_close(c->journal);
	app_free(c->app);
	clips_close(&c->clips);
	config_close(&c->config);
}

/* Before any thread: localtime_r() reads it. */
static int set_zone(const char *name)
{
	if (*name && setenv("TZ", name, 1))
		return ENOMEM;
	tzset();
	return 0;
}

/* A socket for each page, and no fewer than there may be. */
static void raise_files(void)
{
	struct rlimit lim;

	if (getrlimit(RLIMIT_NOFILE, &lim))
		return;
	lim.rlim_cur = lim.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &lim);
}

int command_serve(int argc, char **argv)
{
	struct centre *c = calloc(1, sizeof *c);
	int status;

	if (!c)
		return 1;
	status = options_read(&c->options, argc, argv, usage);
	if (status) {
		free(c);
		return status - 1;
	}
	log_init("heimamt", c->options.verbose ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO);
	(void)log_to_journal(NULL); /* else as before */
	signal(SIGPIPE, SIG_IGN);
	raise_files();
	if (config_read(&c->config, c->options.config)) {
		free(c);
		return EXIT_USAGE;
	}
	status = (set_zone(c->config.timezone) || start(c)) && !c->is_told_to_end ? 1 : 0;
	if (c->is_open && !c->is_told_to_end)
		uv_run(&c->loop, UV_RUN_DEFAULT);
	if (!c->is_open)
		c->is_leaving = true; /* what a former process left is not ours to end */
	stop(c);
	free(c);
	return status;
}
