/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* config_look -- see config_look.h */
#include "main/config_look.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "main/config_inner.h"
#include "main/countries.h"
#include "web/pair.h"
#include "web/request.h"

#define DAY_S 86400

/* At which line the file says it, else 0. */
static unsigned line_of(const struct config_report *r, const char *section,
	const char *title, const char *option)
{
	for (size_t i = 0; i < r->n_entries; i++) {
		const struct config_entry *e = &r->entries[i];

		if (strcmp(e->section, section) == 0 && strcmp(e->title, title) == 0 &&
			strcmp(e->option, option) == 0)
			return e->line;
	}
	return 0;
}

void config_look_say(struct config_report *r, const char *section, const char *title,
	const char *option, bool is_hint, const char *text)
{
	char whole[CONFIG_COMPLAINT_MAX];

	(void)text_format(whole, sizeof whole, "%s%s%s%s: %s %s", section,
		*title ? " \"" : "", title, *title ? "\"" : "", option, text);
	config_report_add(r, line_of(r, section, title, option), is_hint, whole);
}

/* --- certificates --- */

struct look {
	struct config_report *report;
	const char *section, *certificate, *key; /* of which section, the two files */
	int64_t now_s;
};

static void bad_pair(const struct look *l, enum pair_fault f, int why)
{
	const bool is_key = pair_is_about_key(f);
	const bool has_errno = f == PAIR_NO_CERTIFICATE || f == PAIR_NO_KEY;
	char text[CONFIG_COMPLAINT_MAX];

	(void)text_format(text, sizeof text, "%s %s%s%s.",
		is_key ? l->key : l->certificate, pair_words(f), has_errno ? ": " : "",
		has_errno ? strerror(why) : "");
	config_look_say(
		l->report, l->section, "", is_key ? "key" : "certificate", false, text);
}

/* The certificate ends soon: it still counts. */
static void warn_of_end(const struct look *l, int64_t ends_s)
{
	char text[CONFIG_COMPLAINT_MAX];

	if (ends_s - l->now_s >= PAIR_SOON_S)
		return;
	(void)text_format(text, sizeof text, "%s ends in %d days. Renew it.",
		l->certificate, (int)((ends_s - l->now_s) / DAY_S));
	config_look_say(l->report, l->section, "", "certificate", true, text);
}

/* Browsers refuse what is not made out to the name by which they came. */
static void look_at_names(
	const struct look *l, const struct config *c, const struct pair *p)
{
	char text[CONFIG_COMPLAINT_MAX], name[WEB_NAME_MAX];

	for (size_t i = 0; i < c->n_names; i++) {
		request_host(c->names[i], name);
		if (pair_is_for(p, name))
			continue;
		(void)text_format(text, sizeof text,
			"%s is not made out to %s, which stands in names. Have one made "
			"for it.",
			l->certificate, name);
		config_look_say(l->report, l->section, "", "certificate", false, text);
	}
}

static void look_at_pair(const struct look *l, const struct config *c)
{
	struct pair pair = { 0 };
	enum pair_fault f;

	if (!*l->certificate || !*l->key)
		return;
	f = pair_read(&pair, l->certificate, l->key, l->now_s);
	if (f != PAIR_GOOD) {
		bad_pair(l, f, errno);
	} else {
		warn_of_end(l, pair.ends_s);
		if (c)
			look_at_names(l, c, &pair);
	}
	pair_close(&pair);
}

/* --- ports --- */

/* Ports of one address and protocol; high is among them. */
struct ports {
	const char *section, *option, *address;
	bool is_udp;
	unsigned low, high; /* 0: any free one, which meets none */
};

static bool meet(const struct ports *a, const struct ports *b)
{
	static const char *const any[] = { "0.0.0.0", "::" };
	bool is_same = strcmp(a->address, b->address) == 0;

	for (size_t i = 0; i < 2; i++)
		is_same = is_same || strcmp(a->address, any[i]) == 0 ||
			strcmp(b->address, any[i]) == 0;
	return is_same && a->is_udp == b->is_udp && a->low && b->low &&
		a->low <= b->high && b->low <= a->high;
}

static void look_at_ports(const struct config *c, struct config_report *r)
{
	const unsigned more = c->n_relays - 1,
		       metrics = c->metrics_port > 0 ? (unsigned)c->metrics_port : 0;
	const unsigned tcp = c->sip_tcp ? c->sip_port : 0;
	const unsigned lines = !c->relay_tcp ? 0
		: c->relay_tcp_port          ? c->relay_tcp_port
					     : c->relay_port;
	const struct config_turn *t = &c->turn; /* without one: ports 0 */
	const struct ports all[] = {
		{ "sip", "port", c->sip_addr, true, c->sip_port, c->sip_port },
		{ "relay", "port", c->relay_addr, true, c->relay_port,
			c->relay_port + more },
		{ "relay", "rtp-low", c->relay_addr, true, c->rtp_low, c->rtp_high },
		{ "web", "port", c->web_addr, false, c->web_port, c->web_port },
		{ "relay", c->relay_tcp_port ? "tcp-port" : "port", c->relay_addr, false,
			lines, lines + more },
		{ "web", "redirect-port", c->web_addr, false, c->redirect_port,
			c->redirect_port },
		{ "metrics", "port", c->metrics_addr, false, metrics, metrics },
		{ "sip", "port", c->sip_addr, false, tcp, tcp },
		{ "sip", "tls-port", c->sip_addr, false, c->sip_tls_port,
			c->sip_tls_port },
		{ "turn", "port", t->addr, true, t->app.port, t->app.port },
		{ "turn", "port", t->addr, false, t->app.port, t->app.port },
		{ "turn", "tls-port", t->addr, false, t->app.tls_port, t->app.tls_port },
		{ "turn", "min-port", t->addr, true, t->low, t->high },
	};
	char text[CONFIG_COMPLAINT_MAX];

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		for (size_t k = 0; k < i; k++) {
			if (!meet(&all[i], &all[k]))
				continue;
			(void)text_format(text, sizeof text,
				"must be other ports than %s's %s: %u to %u are both's.",
				all[k].section, all[k].option,
				all[i].low > all[k].low ? all[i].low : all[k].low,
				all[i].high < all[k].high ? all[i].high : all[k].high);
			config_look_say(
				r, all[i].section, "", all[i].option, false, text);
		}
}

/* --- addresses --- */

static bool is_in(const char *address, const char *network)
{
	struct country_net a, net;

	return country_net(&a, address) && country_net(&net, network) &&
		country_has(&net, 1, &a);
}

/* Nobody on the Internet finds it. */
static bool is_private(const char *address)
{
	struct country_net net;

	return country_net(&net, address) && country_is_within(&net);
}

/* A description has one address for the voice. */
static void look_at_families(const struct config *c, struct config_report *r)
{
	if (config_is_v6(c->sip_addr) != config_is_v6(c->relay_addr))
		config_look_say(r, "relay", "", "address", true,
			"is of another family than sip's address: callers who have one "
			"of IPv4 and IPv6 alone hear nothing.");
}

static void look_at_public(
	const char *section, const char *address, struct config_report *r)
{
	if (*address && is_private(address))
		config_look_say(r, section, "", "public", false,
			"must be the address by which the Internet finds this machine: a "
			"private one leads nobody here. Ask the router, or the carrier.");
}

/* Carriers on the Internet send to what is written in SIP and SDP. */
static void look_behind_nat(const struct config *c, struct config_report *r)
{
	if (!config_calls_out(c))
		return;
	if (!*c->sip_public && is_private(c->sip_addr) &&
		!is_in(c->sip_addr, "127.0.0.0/8") && !is_in(c->sip_addr, "::1"))
		config_look_say(r, "sip", "", "address", true,
			"is private: a carrier on the Internet finds it only with sip's "
			"public (and relay's).");
	if (*c->sip_public && !*c->relay_public && is_private(c->relay_addr))
		config_look_say(r, "relay", "", "address", true,
			"is private, and sip has a public one: the carrier's voice goes "
			"astray without relay's public.");
}

/* --- queues --- */

static void look_at_hours(const struct config_queue *q, const struct hours_moment *today,
	struct config_report *r)
{
	struct hours_moment next;

	if (hours_are_always(&q->app.hours) || hours_are_open(&q->app.hours, today) ||
		hours_next(&q->app.hours, today, &next))
		return;
	config_look_say(r, "queue", q->title, "open", false,
		"must be hours at which it is open once a year at least: none is left by "
		"closed-days, holidays and special-days.");
}

static void look_for_agents(const struct config *c, size_t queue, struct config_report *r)
{
	for (size_t i = 0; i < c->n_agents; i++)
		if (acd_queues_have(&c->agents[i].queues, (uint32_t)queue))
			return;
	if (c->n_agents)
		config_look_say(r, "queue", c->queues[queue].title, "number", true,
			"is nobody's in this file: its callers hear that nobody is "
			"there, "
			"unless people of the records serve it.");
}

/* The client's secret at the provider of identities. */
static void look_at_secret(const struct config *c, struct config_report *r)
{
	char secret[OIDC_SECRET_MAX], text[CONFIG_COMPLAINT_MAX];
	const char *file = c->sign_on.secret_file, *why;

	if (!c->has_sign_on || !*file)
		return;
	why = config_read_secret(file, secret, sizeof secret);
	explicit_bzero(secret, sizeof secret);
	if (!why)
		return;
	(void)text_format(text, sizeof text, "%s %s.", file, why);
	config_look_say(r, "sign-on", "", "client-secret-file", false, text);
}

/* What is shared with the TURN server. */
static void look_at_turn(const struct config *c, struct config_report *r)
{
	char secret[TURN_SECRET_MAX], text[CONFIG_COMPLAINT_MAX];
	const char *why = c->has_turn ? config_turn_secret(&c->turn, secret) : NULL;

	explicit_bzero(secret, sizeof secret);
	look_at_public("turn", c->turn.public_addr, r);
	if (!why)
		return;
	(void)text_format(text, sizeof text, "%s %s.", c->turn.secret_file, why);
	config_look_say(r, "turn", "", "secret-file", false, text);
}

static void look_at_countries(const struct config *c, struct config_report *r)
{
	struct countries k;
	int err = countries_open(&k, c, r);

	if (err == ENOMEM)
		config_report_add(
			r, 0, false, "countries: there is no memory to look at them.");
	if (err)
		return; /* else it said why */
	countries_look(&k, c, r);
	countries_close(&k);
}

void config_look(const struct config *c, int64_t now_s, const struct hours_moment *today,
	struct config_report *report)
{
	const struct look web = { report, "web", c->certificate, c->key, now_s };
	const struct look sip = { report, "sip", c->sip_certificate, c->sip_key, now_s };

	look_at_pair(&web, c);
	look_at_pair(&sip, NULL);
	look_at_ports(c, report);
	look_at_public("sip", c->sip_public, report);
	look_at_public("relay", c->relay_public, report);
	look_behind_nat(c, report);
	look_at_families(c, report);
	look_at_secret(c, report);
	look_at_turn(c, report);
	look_at_countries(c, report);
	for (size_t i = 0; i < c->n_queues; i++) {
		look_at_hours(&c->queues[i], today, report);
		look_for_agents(c, i, report);
	}
}
