/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* config_trunk -- the carriers, and what is spoken to them; see config.h. */
#include "main/config_inner.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/slice.h"
#include "base/text.h"
#include "sip/session.h"

#define A_SERVER                                                                 \
	"a name, perhaps with its port, or an address such as sip.example.org, " \
	"sip.example.org:5070, 192.0.2.7 or [2001:db8::7]:5070"
#define THE_FAMILY "of the same family as sip's address (IPv4 or IPv6)"

cfg_opt_t config_trunk_opts[] = {
	CFG_STR("server", "", CFGF_NONE),
	CFG_STR("domain", "", CFGF_NONE),
	CFG_STR("transport", "udp", CFGF_NONE),
	CFG_STR("caller-id", "", CFGF_NONE),
	CFG_STR("user", "", CFGF_NONE),
	CFG_STR("password", "", CFGF_NONE),
	CFG_BOOL("register", cfg_false, CFGF_NONE),
	CFG_INT("register-expires", 600, CFGF_NONE),
	CFG_INT("keep-alive", 30, CFGF_NONE),
	CFG_STR("identity", "none", CFGF_NONE),
	CFG_BOOL("withhold", cfg_false, CFGF_NONE),
	CFG_END(),
};

bool config_is_host(const char *s)
{
	return *s && *s != '.' && *s != '-' &&
		strspn(s,
			"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
			".-") == strlen(s);
}

bool config_is_number(const char *s)
{
	size_t n = strspn(s + (*s == '+'), "0123456789");

	return n > 0 && n <= TRUNK_NUMBER_MAX && s[(*s == '+') + n] == '\0';
}

/* A word of a list, by its number. False: none of them. */
static bool word(const char *text, const char *const *words, unsigned n, unsigned *out)
{
	for (unsigned i = 0; i < n; i++)
		if (strcmp(text, words[i]) == 0) {
			*out = i;
			return true;
		}
	return false;
}

/* Not the one that means any, no multicast, none that needs an interface besides (RFC 4007), no IPv4 in disguise. */
static bool is_usable_v6(const char *s)
{
	struct in6_addr a;

	return inet_pton(AF_INET6, s, &a) == 1 && !IN6_IS_ADDR_UNSPECIFIED(&a) &&
		!IN6_IS_ADDR_MULTICAST(&a) && !IN6_IS_ADDR_LINKLOCAL(&a) &&
		!IN6_IS_ADDR_V4MAPPED(&a);
}

bool config_is_address(const char *s)
{
	struct in_addr a;

	return (inet_pton(AF_INET, s, &a) == 1 && a.s_addr) || is_usable_v6(s);
}

bool config_is_v6(const char *address)
{
	return strchr(address, ':');
}

bool config_is_foreign(const struct config *c, const char *host)
{
	return config_is_address(host) && config_is_v6(host) != config_is_v6(c->sip_addr);
}

/* "[ADDRESS]" and what stands behind it. */
static bool cut_brackets(struct slice *rest, struct slice *host)
{
	*host = slice_cut(rest, ']');
	host->p++;
	host->n--;
	return !rest->n || *rest->p == ':';
}

bool config_place(const char *text, char *host, size_t cap, uint16_t *port)
{
	struct slice rest = slice_str(text), name = rest;
	uint64_t number = 0; /* by SRV, or the usual one */
	const bool has_brackets = *text == '[', is_bare_v6 = is_usable_v6(text);
	bool has_port = false;

	if (has_brackets) {
		if (!strchr(text, ']') || !cut_brackets(&rest, &name))
			return false;
		has_port = rest.n;
		(void)slice_cut(&rest, ':');
	} else if (!is_bare_v6) {
		has_port = strchr(text, ':');
		name = slice_cut(&rest, ':');
	}
	if (slice_copy(name, host, cap) ||
		!(has_brackets || is_bare_v6 ? is_usable_v6(host)
					     : config_is_host(host)) ||
		(has_port && (!slice_u64(rest, UINT16_MAX, &number) || number == 0)))
		return false;
	*port = (uint16_t)number;
	return true;
}

static bool parse_server(struct config_trunk *t, const char *text)
{
	if (!config_place(text, t->server, sizeof t->server, &t->port))
		return false;
	t->is_address = config_is_address(t->server);
	return true;
}

static void read_words(struct config_reader *r, cfg_t *sec, struct config_trunk *t)
{
	static const char *const transports[] = {
		[TRUNK_UDP] = "udp", [TRUNK_TCP] = "tcp", [TRUNK_TLS] = "tls"
	};
	static const char *const identities[] = { [TRUNK_IDENTITY_NONE] = "none",
		[TRUNK_IDENTITY_PREFERRED] = "preferred",
		[TRUNK_IDENTITY_ASSERTED] = "asserted" };
	unsigned transport = 0, identity = 0;

	if (!word(cfg_getstr(sec, "transport"), transports, 3, &transport))
		config_complain(r, sec, "transport", "udp, tcp or tls");
	if (!word(cfg_getstr(sec, "identity"), identities, 3, &identity))
		config_complain(r, sec, "identity", "none, preferred or asserted");
	t->transport = (enum trunk_transport)transport;
	t->identity = (enum trunk_identity)identity;
}

static void read_account(struct config_reader *r, cfg_t *sec, struct config_trunk *t)
{
	config_string(r, sec, "user", false, t->user, sizeof t->user);
	config_string(r, sec, "password", false, t->password, sizeof t->password);
	if (!*t->user != !*t->password)
		config_complain(r, sec, "user and password", "given both or neither");
	if (strpbrk(t->user, "\"\\"))
		config_complain(r, sec, "user", "a text without quotes and backslashes");
	config_string(r, sec, "caller-id", false, t->caller, sizeof t->caller);
	if (!config_is_number(t->caller))
		config_complain(r, sec, "caller-id",
			"the number that is shown to who is called, such as "
			"+41440000000");
	t->registers = cfg_getbool(sec, "register");
	t->expires_s = (uint32_t)config_number(r, sec, "register-expires", 60, 86400);
	t->keep_alive_s = (uint32_t)config_number(r, sec, "keep-alive", 0, 3600);
	t->withhold = cfg_getbool(sec, "withhold");
	if (t->withhold && t->identity == TRUNK_IDENTITY_NONE)
		config_complain(r, sec, "identity",
			"preferred or asserted where withhold = true: the carrier must "
			"know who calls");
}

static void read_trunk(struct config_reader *r, cfg_t *sec, struct config_trunk *t,
	const struct config *c)
{
	config_title(r, sec, t->name, sizeof t->name);
	if (!parse_server(t, cfg_getstr(sec, "server")))
		config_complain(r, sec, "server", A_SERVER);
	if (config_is_foreign(c, t->server))
		config_complain(r, sec, "server", THE_FAMILY);
	config_string(r, sec, "domain", false, t->domain, sizeof t->domain);
	if (*t->domain && !config_is_host(t->domain))
		config_complain(r, sec, "domain", "a name such as sip.example.org");
	read_words(r, sec, t);
	if (t->is_address && t->transport == TRUNK_TLS && !*t->domain)
		config_complain(r, sec, "domain",
			"the name that the carrier's certificate is made out for");
	read_account(r, sec, t);
}

void config_read_trunks(struct config_reader *r, cfg_t *cfg, struct config *c)
{
	unsigned n = cfg_size(cfg, "trunk");
	const unsigned most = TRUNK_CARRIERS_MAX - (*c->outbound_host ? 1 : 0);

	if (n > most) {
		config_complain(r, cfg, "trunk",
			"there at most 8 times, sip.outbound among them");
		return;
	}
	for (unsigned i = 0; i < n; i++)
		read_trunk(r, cfg_getnsec(cfg, "trunk", i), &c->trunks[c->n_trunks++], c);
}

bool config_calls_out(const struct config *c)
{
	return *c->outbound_host || c->n_trunks;
}

bool config_has_tls(const struct config *c)
{
	for (size_t i = 0; i < c->n_trunks; i++)
		if (c->trunks[i].transport == TRUNK_TLS)
			return true;
	return c->sip_tls_port;
}

void config_read_transports(struct config_reader *r, cfg_t *sip, struct config *c)
{
	c->sip_tcp = cfg_getbool(sip, "tcp");
	c->sip_tls_port = (uint16_t)config_number(r, sip, "tls-port", 0, 65535);
	c->sip_tls_clients = cfg_getbool(sip, "tls-clients");
	config_string(r, sip, "certificate", false, c->sip_certificate,
		sizeof c->sip_certificate);
	config_string(r, sip, "key", false, c->sip_key, sizeof c->sip_key);
	config_string(r, sip, "authorities", false, c->sip_authorities,
		sizeof c->sip_authorities);
	config_string(
		r, sip, "name-server", false, c->name_server, sizeof c->name_server);
	c->sip_session_s = (uint32_t)config_number(r, sip, "session-expires", 0, 86400);
	if (c->sip_session_s && c->sip_session_s < SESSION_LEAST_S)
		config_complain(r, sip, "session-expires",
			"0, or at least 90 seconds (RFC 4028)");
	if (!*c->sip_certificate != !*c->sip_key)
		config_complain(r, sip, "certificate and key", "given both or neither");
	if (c->sip_tls_port && !*c->sip_certificate)
		config_complain(
			r, sip, "certificate", "a PEM file where tls-port is given");
	if (c->sip_tls_port && c->sip_tls_port == c->sip_port)
		config_complain(r, sip, "tls-port", "another one than port");
}
