/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* countries -- see countries.h */
#include "main/countries.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "main/config_inner.h"
#include "main/config_look.h"

#define LINE_SIZE    256 /* the longest of a registry's has some 100 bytes */
#define RESOLVE_S    2
#define ADDR_TEXT    INET6_ADDRSTRLEN
#define HOST_MAX     256 /* with NUL: RFC 1035 section 2.3.4 */
#define NETS_AT_ONCE 1024

/* --- the registries' files --- */

static int add(struct countries *k, const struct country_net *net)
{
	if (k->n == k->cap) {
		struct country_net *room = realloc(
			k->nets, (k->cap + NETS_AT_ONCE) * sizeof *room);

		if (!room)
			return ENOMEM;
		k->nets = room;
		k->cap += NETS_AT_ONCE;
	}
	k->nets[k->n++] = *net;
	return 0;
}

static bool is_allowed(const struct config_countries *c, struct slice code)
{
	for (size_t i = 0; i < c->n_allowed; i++)
		if (slice_is(code, c->allowed[i]))
			return true;
	return false;
}

/* Hundreds of thousands of lines are of other countries: these are not looked at any further. */
static int take_line(
	struct countries *k, const struct config_countries *c, const char *line)
{
	struct slice whole = slice_str(line), rest;
	char code[COUNTRY_CODE];
	struct country_net net;

	while (whole.n && (whole.p[whole.n - 1] == '\n' || whole.p[whole.n - 1] == '\r'))
		whole.n--;
	rest = whole;
	(void)slice_cut(&rest, '|');
	if (!is_allowed(c, slice_cut(&rest, '|')))
		return 0;
	switch (country_line(whole, code, &net)) {
	case COUNTRY_LINE_NET: return add(k, &net);
	case COUNTRY_LINE_OTHER: return 0;
	default: return EINVAL;
	}
}

struct lines {
	unsigned read, bad, first_bad;
};

/* 0, ENOMEM, or why it could not be read. A line that is none is left out: what is then missing lies outside. */
static int read_lines(struct countries *k, const struct config_countries *c, FILE *f,
	struct lines *lines)
{
	char line[LINE_SIZE];
	int err = 0;

	while (!err && fgets(line, sizeof line, f)) {
		lines->read++;
		err = take_line(k, c, line);
		if (err != EINVAL)
			continue;
		if (!lines->bad++)
			lines->first_bad = lines->read;
		err = 0;
	}
	return !err && ferror(f) ? EIO : err;
}

static int read_file(struct countries *k, const struct config_countries *c,
	const char *path, struct config_report *report)
{
	char text[CONFIG_COMPLAINT_MAX];
	const size_t before = k->n;
	struct lines lines = { 0 };
	FILE *f = fopen(path, "re");
	int err = f ? read_lines(k, c, f, &lines) : errno;
	const bool is_good = !err && k->n > before;

	if (f)
		fclose(f);
	if (err == ENOMEM)
		return err;
	if (err)
		(void)text_format(text, sizeof text,
			"%s cannot be read: %s. Fetch it from the registry, as "
			"docs/countries.md says.",
			path, strerror(err));
	else if (!is_good)
		(void)text_format(text, sizeof text,
			"%s has no network of the countries that are allowed. Is it a "
			"registry's file, such as delegated-ripencc-extended-latest?",
			path);
	else if (lines.bad)
		(void)text_format(text, sizeof text,
			"%s has %u lines that are none of a registry's, the first at %u; "
			"they are left out. Fetch the file anew.",
			path, lines.bad, lines.first_bad);
	if (!is_good || lines.bad)
		config_look_say(report, "countries", "", "delegated", is_good, text);
	return is_good ? 0 : EINVAL;
}

void countries_close(struct countries *k)
{
	free(k->nets);
	*k = (struct countries){ 0 };
}

static void name_codes(const struct config_countries *c, char out[COUNTRIES_CODES])
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_allowed; i++) {
		(void)text_format(out + n, COUNTRIES_CODES - n, "%s%s", i ? ", " : "",
			c->allowed[i]);
		n = strlen(out);
	}
}

int countries_open(
	struct countries *out, const struct config *c, struct config_report *report)
{
	const struct config_countries *from = &c->countries;
	struct countries k = { .is_set = from->n_allowed > 0 };
	int err = 0;

	*out = (struct countries){ 0 };
	name_codes(from, k.codes);
	for (size_t i = 0; !err && i < from->n_nets; i++)
		err = add(&k, &from->nets[i]);
	for (size_t i = 0; !err && i < from->n_delegated; i++)
		err = read_file(&k, from, from->delegated[i], report);
	if (err)
		countries_close(&k);
	else
		*out = k;
	return err;
}

/* --- addresses --- */

static bool allows(const struct countries *k, const struct country_net *net)
{
	return !k->is_set || country_is_within(net) || country_has(k->nets, k->n, net);
}

bool countries_allow(const struct countries *k, const uint8_t addr[16])
{
	struct country_net net;

	country_net_of(&net, addr, 128);
	return allows(k, &net);
}

/* False: neither IPv4 nor IPv6. */
static bool address_of(uint8_t out[16], const struct sockaddr *sa)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (sa->sa_family == AF_INET) {
		memcpy(&v4, sa, sizeof v4);
		memcpy(out, mapped, sizeof mapped);
		memcpy(out + sizeof mapped, &v4.sin_addr, sizeof v4.sin_addr);
	} else if (sa->sa_family == AF_INET6) {
		memcpy(&v6, sa, sizeof v6);
		memcpy(out, &v6.sin6_addr, 16);
	}
	return sa->sa_family == AF_INET || sa->sa_family == AF_INET6;
}

bool countries_allow_socket(const struct countries *k, const struct sockaddr *sa)
{
	uint8_t addr[16];

	return !k->is_set || (address_of(addr, sa) && countries_allow(k, addr));
}

/* --- what the configuration names --- */

struct endpoint {
	const char *section, *title, *option;
	const char *host; /* a name or an address; "": there is none */
	bool is_own_search; /* where a name leads its user finds by itself, and asks then */
	unsigned
		bits; /* of an address that stands for its network, counted in the IPv6 form; 0: for itself */
};

struct look {
	const struct countries *countries;
	const struct config *config;
	struct config_report *report;
	bool is_blind; /* no name server answers */
};

static void outside(const struct look *l, const struct endpoint *e, const char *address)
{
	char text[CONFIG_COMPLAINT_MAX];
	const bool is_name = strcmp(e->host, address) != 0;

	(void)text_format(text, sizeof text,
		"%s%s%s%s lies outside %s, where all must lie that this house names. "
		"Choose another one; or, where the registry's file is wrong, name its "
		"network in countries' networks.",
		e->host, is_name ? " (" : "", is_name ? address : "", is_name ? ")" : "",
		l->countries->codes);
	config_look_say(l->report, e->section, e->title, e->option, false, text);
}

static void not_found(const struct look *l, const struct endpoint *e, int why)
{
	char text[CONFIG_COMPLAINT_MAX];

	(void)text_format(text, sizeof text,
		"%s cannot be found now (%s), so where it lies is not known.", e->host,
		gai_strerror(why));
	config_look_say(l->report, e->section, e->title, e->option, true, text);
}

static int64_t clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000;
}

/* By the thread's own resolver: two seconds a server, once around, and the name as it stands. Where none of them answers,
 * no other name is asked for; EAI_AGAIN is said of a broken zone, too, which comes at once. */
static int resolve(struct look *l, const char *host, struct addrinfo **out)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	const int64_t since_ms = clock_ms();
	int why;

	if (res_init() == 0) {
		_res.retrans = RESOLVE_S;
		_res.retry = 1;
		_res.options &= ~(unsigned long)(RES_DNSRCH | RES_DEFNAMES);
	}
	why = getaddrinfo(host, NULL, &hints, out);
	l->is_blind = why == EAI_AGAIN && clock_ms() - since_ms >= RESOLVE_S * 900;
	return why;
}

static void look_at_name(struct look *l, const struct endpoint *e)
{
	struct addrinfo *found = NULL;
	char text[ADDR_TEXT];
	int why = l->is_blind ? EAI_AGAIN : resolve(l, e->host, &found);

	if (why && !e->is_own_search)
		not_found(l, e, why);
	for (const struct addrinfo *a = found; a; a = a->ai_next) {
		if (countries_allow_socket(l->countries, a->ai_addr))
			continue;
		(void)getnameinfo(a->ai_addr, a->ai_addrlen, text, sizeof text, NULL, 0,
			NI_NUMERICHOST);
		outside(l, e, text);
		break; /* one is enough */
	}
	if (found)
		freeaddrinfo(found);
}

static void look_at(struct look *l, const struct endpoint *e)
{
	struct country_net one, net;

	if (!*e->host)
		return;
	if (!country_net(&one, e->host)) {
		look_at_name(l, e);
		return;
	}
	country_net_of(&net, one.first, e->bits ? e->bits : 128);
	if (!allows(l->countries, &net))
		outside(l, e, e->host);
}

/* Of "https://id.example.org:8443/realms/house" what stands between the slashes, without its port. */
static void issuer_host(const char *url, char out[HOST_MAX])
{
	const char *at = strstr(url, "://");
	struct slice rest = slice_str(at ? at + 3 : ""), host = slice_cut(&rest, '/');
	char place[HOST_MAX + 8]; /* with brackets and a port */
	uint16_t port;

	*out = '\0';
	if (slice_copy(host, place, sizeof place) ||
		!config_place(place, out, HOST_MAX, &port))
		*out = '\0';
}

static unsigned peer_bits(const struct trunk_peer *p)
{
	return p->prefix_bits + (config_is_v6(p->addr) ? 0 : 96);
}

static void look_at_carriers(struct look *l)
{
	const struct config *c = l->config;

	look_at(l, &(struct endpoint){ "sip", "", "outbound", c->outbound_name, true });
	for (size_t i = 0; i < c->n_trunks; i++)
		look_at(l,
			&(struct endpoint){ "trunk", c->trunks[i].name, "server",
				c->trunks[i].server, true });
	for (size_t i = 0; i < c->n_peers; i++)
		look_at(l,
			&(struct endpoint){ "sip", "", "peers", c->peers[i].addr, true,
				peer_bits(&c->peers[i]) });
}

void countries_look(
	const struct countries *k, const struct config *c, struct config_report *report)
{
	struct look l = { k, c, report, *c->name_server != '\0' };
	char issuer[HOST_MAX] = "", server[CONFIG_TEXT_MAX] = "";
	uint16_t port;

	if (!k->is_set)
		return;
	if (c->has_sign_on)
		issuer_host(c->sign_on.oidc.rules.issuer, issuer);
	if (*c->name_server &&
		!config_place(c->name_server, server, sizeof server, &port))
		*server = '\0';
	/* a name server of their own knows carriers that the machine's does not */
	look_at_carriers(&l);
	l.is_blind = l.is_blind && !*c->name_server;
	look_at(&l, &(struct endpoint){ "sip", "", "name-server", server, false });
	look_at(&l, &(struct endpoint){ "sip", "", "public", c->sip_public, false });
	look_at(&l, &(struct endpoint){ "relay", "", "public", c->relay_public, false });
	look_at(&l, &(struct endpoint){ "sign-on", "", "issuer", issuer, false });
	look_at(&l, &(struct endpoint){ "turn", "", "host", c->turn.app.host, false });
	look_at(&l,
		&(struct endpoint){ "turn", "", "public", c->turn.public_addr, false });
}
