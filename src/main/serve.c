/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * serve -- heimamt serve: starts everything in order, runs the loop, ends everything in order.
 *
 * Start: configuration, records, clips, app, relays, SIP, what a former process left, web.  The house is
 * told that it is open when every relay is up.  End (SIGINT, SIGTERM): callers are told (BYE), pages are closed,
 * relays that we started quit, what waits is written to the records.  Leaving (SIGUSR1, or a start that fails):
 * calls and relays stay as they are, for the process that comes next.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "main/centre.h"
#include "main/commands.h"
#include "main/zone.h"
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
	"the calls, and the next heimamt serve goes on with them. SIGHUP reads the "
	"configuration\n"
	"anew: what can count at once does, what needs a restart is said, and a bad file "
	"changes\n"
	"nothing. The certificate is read anew by itself, too, when its file has "
	"changed.\n\n"
	"Examples:\n"
	"  heimamt serve --config dist/demo/heimamt.conf --state var\n"
	"  heimamt serve --config dist/demo/heimamt.conf --state var --upgrade\n";

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
	if (c->n_traces)
		trace_settle(c);
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
		reload_begin(c);
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
	sign_on_start(c);
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
		.reads_forwarded = c->config.reads_forwarded,
		.connections_here = c->config.connections_here,
	};
	struct web_handler h = bind_web(c);
	int err = options_folder(c->config.desk, "desk", folder);

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
	err = trunks_start(c, saved, n);
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

/* What is shared with the TURN server. */
static int read_turn_secret(struct centre *c)
{
	struct config_turn *t = &c->config.turn;
	const char *why = c->config.has_turn ? config_turn_secret(t, t->app.secret)
					     : NULL;

	if (!why)
		return 0;
	fprintf(stderr, "%s: turn: secret-file: %s %s.\n", c->options.config,
		t->secret_file, why);
	return EINVAL;
}

/* Nothing that is named outside them is used, nor is anything begun [RULES L1]. */
static int look_at_countries(struct centre *c)
{
	const size_t before = c->read.n_complaints;
	int err = countries_open(&c->countries, &c->config, &c->read);

	if (!err)
		countries_look(&c->countries, &c->config, &c->read);
	for (size_t i = before; i < c->read.n_complaints; i++)
		if (c->read.complaints[i].is_hint)
			log_warn("%s:%u: %s", c->read.path, c->read.complaints[i].line,
				c->read.complaints[i].text);
	if (!c->read.is_bad)
		return err;
	config_report_print(&c->read);
	return EINVAL;
}

static int start(struct centre *c)
{
	char folder[OPTIONS_PATH_MAX], kept[OPTIONS_PATH_MAX];
	struct clips_lines lines = { APP_NO_CLIP, APP_NO_CLIP };
	int err = start_loop(c);

	if (!err)
		err = options_make_state(&c->options);
	if (!err)
		err = apply_lan(c);
	if (!err)
		err = look_at_countries(c);
	if (!err)
		err = sign_on_open(c);
	if (!err)
		err = read_turn_secret(c);
	if (!err)
		err = options_folder(c->config.clips, "clips", folder);
	if (!err)
		err = options_encoded(&c->options, kept);
	if (!err)
		err = clips_load(&c->clips, &c->config, folder, kept, &lines);
	/* from here on another process may have left for this one: what could be wrong was looked at before */
	if (!err)
		err = lock_state(c->options.state, c->options.upgrade);
	if (!err)
		err = start_store(c);
	if (!err)
		start_journal(c);
	if (!err)
		err = house_start(c, &lines);
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
	if (!err)
		err = redirect_begin(c);
	if (err)
		return err;
	trace_start(c);
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
	sign_on_stop(c);
	metrics_stop(c);
	trace_stop(c);
	redirect_end(c);
	reload_stop(c);
	if (c->is_leaving)
		leave(c);
	else
		end_all(c);
	if (c->has_loop) {
		uv_prepare_stop(&c->prepare);
		uv_close((uv_handle_t *)&c->prepare, NULL);
		uv_close((uv_handle_t *)&c->deadline, NULL);
		uv_close((uv_handle_t *)&c->give_way, NULL);
		uv_close((uv_handle_t *)&c->asking_timer, NULL);
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
	oidc_free(c->oidc);
	sealer_close(c->sealer);
	if (c->app)
		app_end_journal(c->app);
	journal_close(c->journal);
	app_free(c->app);
	clips_close(&c->clips);
	reload_close(c);
	config_close(&c->config);
	countries_close(&c->countries);
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
	if (config_load(&c->config, c->options.config, &c->read)) {
		config_report_print(&c->read);
		config_report_close(&c->read);
		free(c);
		return EXIT_USAGE;
	}
	c->read_ms = options_wall_ms();
	status = (zone_set(c->config.timezone) || start(c)) && !c->is_told_to_end ? 1 : 0;
	if (c->is_open && !c->is_told_to_end)
		uv_run(&c->loop, UV_RUN_DEFAULT);
	if (!c->is_open)
		c->is_leaving = true; /* what a former process left is not ours to end */
	stop(c);
	free(c);
	return status;
}
