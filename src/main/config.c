/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* config -- see config.h */
#include "main/config_inner.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/slice.h"
#include "base/text.h"

static cfg_opt_t web_opts[] = {
	CFG_STR("address", "127.0.0.1", CFGF_NONE),
	CFG_INT("port", 8080, CFGF_NONE),
	CFG_STR("certificate", "", CFGF_NONE),
	CFG_STR("key", "", CFGF_NONE),
	CFG_STR_LIST("names", (char *)"{}", CFGF_NONE),
	CFG_STR_LIST("proxies", (char *)"{}", CFGF_NONE),
	CFG_STR("proxy-header", "x-forwarded-for", CFGF_NONE),
	CFG_INT("redirect-port", 0, CFGF_NONE),
	CFG_STR("acme-folder", "", CFGF_NONE),
	CFG_INT("per-address", WEB_HERE_MAX, CFGF_NONE),
	CFG_BOOL("caller-page", cfg_false, CFGF_NONE),
	CFG_STR("caller-page-queue", "", CFGF_NONE),
	CFG_STR("caller-page-menu", "", CFGF_NONE),
	CFG_STR_LIST("caller-page-queues", (char *)"{}", CFGF_NONE),
	CFG_STR("caller-page-token", "required", CFGF_NONE),
	CFG_STR_LIST("caller-page-origins", (char *)"{}", CFGF_NONE),
	CFG_INT("caller-page-at-once", 2, CFGF_NONE),
	CFG_INT("caller-page-per-minute", 6, CFGF_NONE),
	CFG_INT("caller-page-most", 50, CFGF_NONE),
	CFG_STR("second-factor", "home", CFGF_NONE),
	CFG_INT("session-hours", 14,
		CFGF_NONE), /* a shift, with what comes before and after */
	CFG_INT("desk-gone", 300, CFGF_NONE),
	CFG_INT("regain", 15, CFGF_NONE),
	CFG_INT("hold-max", ACD_HOLD_MS / 1000, CFGF_NONE),
	CFG_STR("files", "", CFGF_NONE),
	CFG_END(),
};

static cfg_opt_t sip_opts[] = {
	CFG_STR("address", "127.0.0.1", CFGF_NONE),
	CFG_STR("public", "", CFGF_NONE),
	CFG_INT("port", 5060, CFGF_NONE),
	CFG_STR_LIST("peers", (char *)"{}", CFGF_NONE),
	CFG_STR("srtp", "offered", CFGF_NONE),
	CFG_STR("user", "", CFGF_NONE),
	CFG_STR("password", "", CFGF_NONE),
	CFG_INT("caller-silent", 60, CFGF_NONE),
	CFG_STR("outbound", "", CFGF_NONE),
	CFG_STR("caller-id", "", CFGF_NONE),
	CFG_STR("outbound-srtp", "", CFGF_NONE),
	CFG_STR("outbound-user", "", CFGF_NONE),
	CFG_STR("outbound-password", "", CFGF_NONE),
	CFG_BOOL("tcp", cfg_false, CFGF_NONE),
	CFG_INT("tls-port", 0, CFGF_NONE),
	CFG_STR("certificate", "", CFGF_NONE),
	CFG_STR("key", "", CFGF_NONE),
	CFG_STR("authorities", "/etc/ssl/certs/ca-certificates.crt", CFGF_NONE),
	CFG_BOOL("tls-clients", cfg_false, CFGF_NONE),
	CFG_STR("name-server", "", CFGF_NONE),
	CFG_INT("session-expires", 1800, CFGF_NONE),
	CFG_END(),
};

static cfg_opt_t relay_opts[] = {
	CFG_STR("address", "127.0.0.1", CFGF_NONE),
	CFG_STR("public", "", CFGF_NONE),
	CFG_INT("count", 1, CFGF_NONE),
	CFG_INT("port", 0, CFGF_NONE),
	CFG_BOOL("tcp", cfg_true, CFGF_NONE),
	CFG_INT("tcp-port", 0, CFGF_NONE),
	CFG_INT("rtp-low", 40000, CFGF_NONE),
	CFG_INT("rtp-high", 44999, CFGF_NONE),
	CFG_BOOL("sandbox", cfg_true, CFGF_NONE),
	CFG_END(),
};

static cfg_opt_t clip_opts[] = {
	CFG_STR("folder", "", CFGF_NONE),
	CFG_STR("ring", "ring", CFGF_NONE),
	CFG_STR("ringback", "ringback", CFGF_NONE),
	CFG_END(),
};

static cfg_opt_t relax_opts[] = {
	CFG_INT("after", 0, CFGF_NONE),
	CFG_STR_LIST("skills", (char *)"{}", CFGF_NONE),
	CFG_END(),
};

static cfg_opt_t divert_opts[] = {
	CFG_STR("when", "", CFGF_NONE),
	CFG_INT("limit", -1, CFGF_NONE), /* not given */
	CFG_INT("after", 0, CFGF_NONE),
	CFG_STR("to", "", CFGF_NONE),
	CFG_STR("queue", "", CFGF_NONE),
	CFG_STR("clip", "", CFGF_NONE),
	CFG_END(),
};

static cfg_opt_t queue_opts[] = {
	CFG_STR("number", "", CFGF_NONE),
	CFG_STR("name", "", CFGF_NONE),
	CFG_STR("language", "", CFGF_NONE),
	CFG_STR("greeting", "", CFGF_NONE),
	CFG_STR("music", "", CFGF_NONE),
	CFG_STR("apology", "", CFGF_NONE),
	CFG_STR("transfer", "", CFGF_NONE),
	CFG_STR("hold", "", CFGF_NONE),
	CFG_STR("farewell", "", CFGF_NONE),
	CFG_STR("callback", "", CFGF_NONE), /* of the language, like called-back */
	CFG_STR("called-back", "", CFGF_NONE),
	CFG_INT("callback-tries", ACD_CALLBACK_TRIES, CFGF_NONE),
	CFG_INT("callback-retry", ACD_RETRY_MS / 1000, CFGF_NONE),
	CFG_INT("callback-wait", ACD_CALLBACK_MS / 1000, CFGF_NONE),
	CFG_INT("dial", ACD_DIAL_MS / 1000, CFGF_NONE),
	CFG_INT("offer", 20, CFGF_NONE),
	CFG_INT("wrap-up", 30, CFGF_NONE),
	CFG_INT("max-waiting", 50, CFGF_NONE),
	CFG_INT("max-wait", 900, CFGF_NONE),
	CFG_INT("unstaffed", 60, CFGF_NONE),
	CFG_INT("declined", 20, CFGF_NONE),
	CFG_INT("transfer-wait", ACD_TRANSFER_MS / 1000, CFGF_NONE),
	CFG_INT("priority", 1, CFGF_NONE),
	CFG_INT("target", ACD_TARGET_MS / 1000, CFGF_NONE),
	CFG_STR("sensitivity", "general", CFGF_NONE),
	CFG_STR_LIST("skills", (char *)"{}", CFGF_NONE),
	CFG_SEC("relax", relax_opts, CFGF_MULTI),
	CFG_STR_LIST("open", (char *)"{}", CFGF_NONE),
	CFG_STR_LIST("closed-days", (char *)"{}", CFGF_NONE),
	CFG_STR("holidays", "", CFGF_NONE),
	CFG_STR_LIST("holidays-open", (char *)"{}", CFGF_NONE),
	CFG_STR_LIST("special-days", (char *)"{}", CFGF_NONE),
	CFG_INT("announce", 60, CFGF_NONE),
	CFG_SEC("divert", divert_opts, CFGF_MULTI),
	CFG_END(),
};

static cfg_opt_t agent_opts[] = {
	CFG_STR("name", "", CFGF_NONE),
	CFG_STR("workplace", "office", CFGF_NONE),
	CFG_STR("clearance", "strict",
		CFGF_NONE), /* at most; the workplace has its own */
	CFG_STR_LIST("roles", (char *)"{agent}", CFGF_NONE),
	CFG_STR_LIST("skills", (char *)"{}", CFGF_NONE),
	CFG_STR_LIST("queues", (char *)"{}", CFGF_NONE),
	CFG_END(),
};

static cfg_opt_t ledger_opts[] = {
	CFG_STR("name", "heimamt", CFGF_NONE),
	CFG_END(),
};

cfg_opt_t config_opts[] = {
	CFG_INT("node", 0, CFGF_NONE),
	CFG_STR("timezone", "", CFGF_NONE),
	CFG_SEC("web", web_opts, CFGF_NONE),
	CFG_SEC("sip", sip_opts, CFGF_NONE),
	CFG_SEC("trunk", config_trunk_opts,
		CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
	CFG_SEC("relay", relay_opts, CFGF_NONE),
	CFG_SEC("clips", clip_opts, CFGF_NONE),
	CFG_SEC("agreement", config_agreement_opts, CFGF_NONE),
	CFG_SEC("office", config_office_opts, CFGF_NONE),
	CFG_SEC("staff", config_staff_opts, CFGF_NONE),
	CFG_SEC("ledger", ledger_opts, CFGF_NONE),
	CFG_SEC("home-days", config_week_opts, CFGF_NONE),
	CFG_SEC("metrics", config_metrics_opts, CFGF_NONE),
	CFG_SEC("sign-on", config_sign_on_opts, CFGF_NONE),
	CFG_SEC("turn", config_turn_opts, CFGF_NONE),
	CFG_SEC("countries", config_countries_opts, CFGF_NONE),
	CFG_SEC("menu", config_menu_opts, CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
	CFG_SEC("queue", queue_opts, CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
	CFG_SEC("agent", agent_opts, CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
	CFG_END(),
};

void config_complain(
	struct config_reader *r, cfg_t *sec, const char *option, const char *want)
{
	const char *title = cfg_title(sec), *name = cfg_name(sec);
	bool is_root = strcmp(name, "root") == 0; /* libconfuse's word for the file */
	unsigned line = config_line(r->path, is_root ? NULL : name, title, option);
	char text[CONFIG_COMPLAINT_MAX];

	(void)text_format(text, sizeof text, "%s%s%s%s: %s must be %s.", name,
		title ? " \"" : "", title ? title : "", title ? "\"" : "", option, want);
	config_report_add(r->report, line, false, text);
	r->is_bad = true;
}

long config_number(
	struct config_reader *r, cfg_t *sec, const char *option, long low, long high)
{
	long v = cfg_getint(sec, option);
	char want[64];

	if (v >= low && v <= high)
		return v;
	(void)text_format(
		want, sizeof want, "a number from %ld to %ld, not %ld", low, high, v);
	config_complain(r, sec, option, want);
	return low;
}

void config_string(struct config_reader *r, cfg_t *sec, const char *option,
	bool is_needed, char *dst, size_t cap)
{
	const char *v = cfg_getstr(sec, option);
	char want[64];

	if (text_is_clean_utf8(v) && text_copy(dst, cap, v) == 0 && (*v || !is_needed))
		return;
	(void)text_format(want, sizeof want, "%s of at most %zu bytes",
		is_needed ? "a text" : "empty or a text", cap - 1);
	config_complain(r, sec, option, want);
}

/* It stands in SIP and SDP, so it cannot be the one that means any. */
static void address(struct config_reader *r, cfg_t *sec, char *dst, size_t cap)
{
	config_string(r, sec, "address", true, dst, cap);
	if (!config_is_address(dst))
		config_complain(r, sec, "address",
			"an address of this machine such as 192.0.2.5 or 2001:db8::5");
}

/* Behind NAT: the address that the router has on its other side. */
static void public_address(
	struct config_reader *r, cfg_t *sec, const char *own, char *dst, size_t cap)
{
	config_string(r, sec, "public", false, dst, cap);
	if (*dst && (!config_is_address(dst) || config_is_v6(dst) != config_is_v6(own)))
		config_complain(r, sec, "public",
			"an address such as 198.51.100.7, of the same family as address, "
			"or empty");
}

void config_title(struct config_reader *r, cfg_t *sec, char *dst, size_t cap)
{
	const char *v = cfg_title(sec);
	char want[64];

	if (*v && text_is_clean_utf8(v) && text_copy(dst, cap, v) == 0)
		return;
	(void)text_format(want, sizeof want, "a text of at most %zu bytes", cap - 1);
	config_complain(r, sec, "the title", want);
}

static bool parse_srtp(enum trunk_srtp *srtp, struct slice word)
{
	static const char *const words[] = {
		[TRUNK_SRTP_OFFERED] = "offered",
		[TRUNK_SRTP_REQUIRED] = "required",
		[TRUNK_SRTP_NEVER] = "never",
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (slice_is(word, words[i])) {
			*srtp = (enum trunk_srtp)i;
			return true;
		}
	return false;
}

/* 192.0.2.7, 192.0.2.0/24 */
static bool parse_peer_addr(struct trunk_peer *peer, struct slice rest)
{
	bool has_prefix = rest.n && memchr(rest.p, '/', rest.n);
	struct slice addr = slice_cut(&rest, '/');
	uint8_t any[16];
	uint64_t bits;
	bool is_v6;

	if (slice_copy(addr, peer->addr, sizeof peer->addr))
		return false;
	is_v6 = strchr(peer->addr, ':');
	if (inet_pton(is_v6 ? AF_INET6 : AF_INET, peer->addr, any) != 1)
		return false;
	bits = is_v6 ? 128 : 32;
	if (has_prefix && !slice_u64(rest, bits, &bits))
		return false;
	peer->prefix_bits = (uint8_t)bits;
	return true;
}

/* certificate=sbc.example.org */
static bool parse_peer_name(struct trunk_peer *peer, struct slice rest)
{
	(void)slice_cut(&rest, '=');
	return slice_copy(rest, peer->certificate, sizeof peer->certificate) == 0 &&
		config_is_host(peer->certificate);
}

/* Who it is, and perhaps how it is to speak: "192.0.2.7 srtp=required". */
static bool parse_peer(struct trunk_peer *peer, const char *text, enum trunk_srtp srtp)
{
	struct slice option = slice_str(text), who = slice_cut(&option, ' ');
	bool is_named = strncmp(text, "certificate=", strlen("certificate=")) == 0;

	if (!(is_named ? parse_peer_name(peer, who) : parse_peer_addr(peer, who)))
		return false;
	option = slice_trim(option);
	if (option.n &&
		!(slice_is(slice_cut(&option, '='), "srtp") && parse_srtp(&srtp, option)))
		return false;
	peer->srtp = (uint8_t)srtp;
	return true;
}

/* What the house offers where it calls; without a word of its own: as everybody. */
static void read_srtp(struct config_reader *r, cfg_t *sip, struct config *out)
{
	const char *outbound = cfg_getstr(sip, "outbound-srtp");

	if (!parse_srtp(&out->srtp, slice_str(cfg_getstr(sip, "srtp"))))
		config_complain(r, sip, "srtp", "offered, required or never");
	out->outbound_srtp = out->srtp;
	if (*outbound && !parse_srtp(&out->outbound_srtp, slice_str(outbound)))
		config_complain(r, sip, "outbound-srtp", "offered, required or never");
}

static void read_peers(struct config_reader *r, cfg_t *sip, struct config *out)
{
	unsigned n = cfg_size(sip, "peers");

	if (n > TRUNK_PEERS_MAX)
		config_complain(r, sip, "peers", "a list of at most 32 addresses");
	for (unsigned i = 0; i < n && i < TRUNK_PEERS_MAX; i++) {
		if (!parse_peer(&out->peers[out->n_peers++], cfg_getnstr(sip, "peers", i),
			    out->srtp))
			config_complain(r, sip, "peers",
				"addresses such as 192.0.2.7, 192.0.2.0/24 or "
				"\"192.0.2.7 srtp=required\", or names such as "
				"certificate=sbc.example.org");
	}
}

/* Nobody shows a certificate that is not asked for one. */
static void check_named(struct config_reader *r, cfg_t *sip, const struct config *c)
{
	for (size_t i = 0; i < c->n_peers; i++)
		if (*c->peers[i].certificate && !(c->sip_tls_clients && c->sip_tls_port))
			config_complain(r, sip, "tls-clients",
				"true, and tls-port given, where a peer is known by its "
				"certificate");
}

static void read_web(struct config_reader *r, cfg_t *web, struct config *out)
{
	const char *second = cfg_getstr(web, "second-factor");

	config_read_access(r, web, out);
	out->web_port = (uint16_t)config_number(r, web, "port", 0, 65535);
	out->caller_page = cfg_getbool(web, "caller-page");
	out->two_factors_always = strcmp(second, "always") == 0;
	if (!out->two_factors_always && strcmp(second, "home") != 0)
		config_complain(r, web, "second-factor", "home or always");
	out->session_s = (uint32_t)config_number(r, web, "session-hours", 1, 720) * 3600;
	out->desk_gone_ms = config_number(r, web, "desk-gone", 10, 86400) * 1000;
	out->regain_ms = config_number(r, web, "regain", 0, 120) * 1000;
	out->hold_ms = config_number(r, web, "hold-max", 5, 3600) * 1000;
	config_string(r, web, "files", false, out->desk, sizeof out->desk);
}

static void read_sip(struct config_reader *r, cfg_t *sip, struct config *out)
{
	address(r, sip, out->sip_addr, sizeof out->sip_addr);
	public_address(r, sip, out->sip_addr, out->sip_public, sizeof out->sip_public);
	out->sip_port = (uint16_t)config_number(r, sip, "port", 0, 65535);
	out->caller_silent_ms = config_number(r, sip, "caller-silent", 5, 86400) * 1000;
	config_string(r, sip, "user", false, out->sip_user, sizeof out->sip_user);
	config_string(
		r, sip, "password", false, out->sip_password, sizeof out->sip_password);
	if (!*out->sip_user != !*out->sip_password)
		config_complain(r, sip, "user and password", "given both or neither");
	read_srtp(r, sip, out);
	read_peers(r, sip, out);
	config_read_outbound(r, sip, out);
	config_read_transports(r, sip, out);
	check_named(r, sip, out);
}

static void read_relay(struct config_reader *r, cfg_t *relay, struct config *out)
{
	address(r, relay, out->relay_addr, sizeof out->relay_addr);
	public_address(
		r, relay, out->relay_addr, out->relay_public, sizeof out->relay_public);
	out->n_relays = (unsigned)config_number(r, relay, "count", 1, APP_RELAYS_MAX);
	/* one for each relay, from this one on */
	out->relay_port = (uint16_t)config_number(
		r, relay, "port", 0, 65535 - (out->n_relays - 1));
	out->relay_tcp = cfg_getbool(relay, "tcp");
	out->relay_tcp_port = (uint16_t)config_number(
		r, relay, "tcp-port", 0, 65535 - (out->n_relays - 1));
	out->rtp_low = (uint16_t)config_number(r, relay, "rtp-low", 1024, 65534);
	out->rtp_high = (uint16_t)config_number(r, relay, "rtp-high", 1025, 65535);
	out->relay_sandbox = cfg_getbool(relay, "sandbox");
	/* two ports a leg; a relay that can hold fewer than ten talks is a mistake */
	if (out->rtp_high < out->rtp_low + 40u * out->n_relays)
		config_complain(
			r, relay, "rtp-high", "at least 40 ports a relay above rtp-low");
}

static void read_queue(
	struct config_reader *r, cfg_t *sec, struct config *c, struct config_queue *q)
{
	config_title(r, sec, q->title, sizeof q->title);
	config_string(r, sec, "number", true, q->app.number, sizeof q->app.number);
	config_string(r, sec, "name", true, q->app.name, sizeof q->app.name);
	config_string(r, sec, "language", true, q->app.language, sizeof q->app.language);
	config_string(r, sec, "greeting", false, q->greeting, sizeof q->greeting);
	config_string(r, sec, "music", false, q->music, sizeof q->music);
	config_string(r, sec, "apology", false, q->apology, sizeof q->apology);
	config_string(r, sec, "transfer", false, q->transfer, sizeof q->transfer);
	config_string(r, sec, "hold", false, q->hold, sizeof q->hold);
	config_string(r, sec, "farewell", false, q->farewell, sizeof q->farewell);
	q->app.acd = (struct acd_queue_config){
		.max_waiting = (uint32_t)config_number(
			r, sec, "max-waiting", 1, APP_CALLS_MAX),
		.offer_ms = config_number(r, sec, "offer", 3, 600) * 1000,
		.wrapup_ms = config_number(r, sec, "wrap-up", 0, 3600) * 1000,
		.max_wait_ms = config_number(r, sec, "max-wait", 10, 86400) * 1000,
		.unstaffed_ms = config_number(r, sec, "unstaffed", 1, 86400) * 1000,
		.declined_ms = config_number(r, sec, "declined", 1, 3600) * 1000,
		.transfer_ms = config_number(r, sec, "transfer-wait", 1, 3600) * 1000,
	};
	config_read_callback(r, sec, q);
	config_read_demands(r, sec, c, &q->app.acd);
	config_read_hours(r, sec, &q->app.hours);
	config_read_announce(r, sec, &q->app);
}

int config_find_queue(const struct config *c, const char *title, uint32_t *index)
{
	for (uint32_t i = 0; i < c->n_queues; i++)
		if (strcmp(c->queues[i].title, title) == 0) {
			*index = i;
			return 0;
		}
	return ENOENT;
}

static void read_queues(struct config_reader *r, cfg_t *cfg, struct config *out)
{
	unsigned n = cfg_size(cfg, "queue");

	if (n == 0 || n > ACD_QUEUES_MAX) {
		config_complain(
			r, cfg, "queue", "there at least once and at most 128 times");
		return;
	}
	for (unsigned i = 0; i < n; i++) {
		cfg_t *sec = cfg_getnsec(cfg, "queue", i);

		read_queue(r, sec, out, &out->queues[i]);
		for (unsigned k = 0; k < i; k++)
			if (strcmp(out->queues[k].app.number,
				    out->queues[i].app.number) == 0)
				config_complain(r, sec, "number",
					"another than the other queues'");
		out->n_queues++;
	}
}

/* A login stands in links, shells and records: nothing in it needs a quote. */
static bool is_login(const char *s)
{
	return *s && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789.-") == strlen(s);
}

static void read_roles(struct config_reader *r, cfg_t *sec, struct config_agent *ag)
{
	for (unsigned i = 0; i < cfg_size(sec, "roles"); i++) {
		unsigned role = store_role_of(cfg_getnstr(sec, "roles", i));

		if (!role)
			config_complain(r, sec, "roles",
				"a list of agent, lead, administrator, officer, "
				"staff-body");
		ag->store.roles |= role;
	}
	if (cfg_size(sec, "roles") == 0)
		config_complain(r, sec, "roles", "a list with at least one role");
}

static void read_agent(
	struct config_reader *r, cfg_t *sec, struct config *c, struct config_agent *ag)
{
	const char *workplace = cfg_getstr(sec, "workplace");
	uint32_t index = 0;

	if (!is_login(cfg_title(sec)) ||
		text_copy(ag->store.login, sizeof ag->store.login, cfg_title(sec)))
		config_complain(r, sec, "the login",
			"at most 63 letters a-z, digits, dots and dashes");
	config_string(r, sec, "name", true, ag->store.name, sizeof ag->store.name);
	if (strcmp(workplace, "home") == 0)
		ag->store.workplace = STORE_HOME;
	else if (strcmp(workplace, "office") != 0)
		config_complain(r, sec, "workplace", "home or office");
	read_roles(r, sec, ag);
	for (unsigned i = 0; i < cfg_size(sec, "queues"); i++) {
		if (config_find_queue(c, cfg_getnstr(sec, "queues", i), &index))
			config_complain(
				r, sec, "queues", "a list of queues of this file");
		else
			acd_queues_add(&ag->queues, index);
	}
	if ((ag->store.roles & STORE_ROLE_AGENT) && acd_queues_are_none(&ag->queues))
		config_complain(r, sec, "queues", "a list with at least one queue");
	config_read_profile(r, sec, c, ag);
}

static int read_agents(struct config_reader *r, cfg_t *cfg, struct config *out)
{
	unsigned n = cfg_size(cfg, "agent");

	if (n > CONFIG_AGENTS_MAX) {
		config_complain(r, cfg, "agent", "there at most 1024 times");
		return 0;
	}
	out->agents = calloc(n + 1, sizeof *out->agents); /* + 1: never of size 0 */
	if (!out->agents)
		return ENOMEM;
	for (unsigned i = 0; i < n; i++)
		read_agent(r, cfg_getnsec(cfg, "agent", i), out,
			&out->agents[out->n_agents++]);
	return 0;
}

/* A key's name in the C2SP formats, with a segment's number to follow. */
static void read_ledger(struct config_reader *r, cfg_t *sec, struct config *out)
{
	config_string(r, sec, "name", true, out->ledger, sizeof out->ledger);
	if (strpbrk(out->ledger, " \t+"))
		config_complain(r, sec, "name", "without blanks and '+'");
}

static int read_all(struct config_reader *r, cfg_t *cfg, struct config *out)
{
	cfg_t *web = cfg_getsec(cfg, "web"), *clips = cfg_getsec(cfg, "clips");
	int err;

	out->node = (uint16_t)config_number(r, cfg, "node", 0, 1023);
	read_web(r, web, out);
	read_sip(r, cfg_getsec(cfg, "sip"), out);
	config_read_trunks(r, cfg, out);
	read_relay(r, cfg_getsec(cfg, "relay"), out);
	config_string(r, clips, "folder", false, out->clips, sizeof out->clips);
	config_string(r, clips, "ring", false, out->ring, sizeof out->ring);
	config_string(r, clips, "ringback", false, out->ringback, sizeof out->ringback);
	config_read_timezone(r, cfg, out);
	config_read_home(r, cfg, out);
	read_ledger(r, cfg_getsec(cfg, "ledger"), out);
	read_queues(r, cfg, out);
	config_read_diversions(r, cfg, out);
	config_check_callback(r, cfg, out);
	config_read_menus(r, cfg, out);
	err = read_agents(r, cfg, out);
	if (err)
		return err;
	config_read_week(r, cfg, out);
	config_read_metrics(r, cfg, out);
	config_read_sign_on(r, cfg, out);
	config_read_turn(r, cfg, out);
	config_read_countries(r, cfg, out);
	config_read_caller_page(r, web, out);
	if (!r->is_bad)
		config_check_demands(r, cfg, out);
	return r->is_bad ? EINVAL : 0;
}

/* libconfuse tells what it does not understand through a function without an argument of ours. */
static _Thread_local struct config_report *parsing;

__attribute__((format(printf, 2, 0))) static void on_parse_error(
	cfg_t *cfg, const char *fmt, va_list ap)
{
	char text[CONFIG_COMPLAINT_MAX];

	(void)vsnprintf(text, sizeof text, fmt, ap);
	config_report_add(parsing, cfg ? (unsigned)cfg->line : 0, false, text);
}

/* libconfuse names the file of a complaint in the sections that the file made, but not in those that
 * stand there from the start; nor does it complain there as it is told to. */
static int name_file(cfg_t *cfg, const char *path)
{
	for (cfg_opt_t *opt = cfg->opts; opt->name; opt++) {
		cfg_t *sec = opt->type == CFGT_SEC && cfg_opt_size(opt)
			? cfg_opt_getnsec(opt, 0)
			: NULL;

		if (!sec)
			continue;
		if (!sec->filename)
			sec->filename = strdup(path); /* cfg_free() frees it */
		if (!sec->filename)
			return ENOMEM;
		cfg_set_error_function(sec, on_parse_error);
	}
	return 0;
}

static int parse(cfg_t *cfg, struct config_report *report)
{
	char text[CONFIG_COMPLAINT_MAX];
	int err = 0;

	cfg_set_error_function(cfg, on_parse_error);
	parsing = report;
	switch (cfg_parse(cfg, report->path)) {
	case CFG_SUCCESS: break;
	case CFG_FILE_ERROR:
		err = errno ? errno : ENOENT;
		(void)text_format(
			text, sizeof text, "cannot be read: %s.", strerror(err));
		config_report_add(report, 0, false, text);
		break;
	default:
		/* it has said what, but for an option without a name, such as a byte 0 */
		config_report_add(report, (unsigned)cfg->line, false,
			"cannot be understood from here on.");
		err = EINVAL;
		break;
	}
	parsing = NULL;
	return err;
}

int config_load(struct config *out, const char *path, struct config_report *report)
{
	struct config_reader r = { .path = path, .report = report };
	struct config c = { 0 };
	cfg_t *cfg = cfg_init(config_opts, CFGF_NONE);
	int err = 0;

	*report = (struct config_report){ .path = strdup(path) };
	if (!cfg || !report->path) {
		err = ENOMEM;
		goto out;
	}
	err = name_file(cfg, path);
	if (!err)
		err = parse(cfg, report);
	if (!err)
		err = config_entries(report, cfg);
	if (!err)
		err = read_all(&r, cfg, &c);
	if (err)
		goto out;
	*out = c;
	c = (struct config){ 0 }; /* handed over */
out:
	config_close(&c);
	if (cfg)
		cfg_free(cfg);
	return err;
}

int config_read(struct config *out, const char *path)
{
	struct config_report report;
	int err = config_load(out, path, &report);

	config_report_print(&report);
	config_report_close(&report);
	return err;
}

void config_close(struct config *c)
{
	if (!c)
		return;
	free(c->agents);
	free(c->week_places);
	*c = (struct config){ 0 };
}
