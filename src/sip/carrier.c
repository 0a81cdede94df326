/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* carrier -- where one is; see carrier.h.  SIP thread. */
#include "sip/carrier.h"
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include "base/log.h"
#include "base/text.h"
#include "sip/dial.h"
#include "sip/pace.h"
#include "sip/station.h"

static void on_timer(struct station *st, su_timer_t *t, void *arg);

static uint32_t random_32(void)
{
	uint32_t rnd = 0;
	return getentropy(&rnd, sizeof rnd) == 0 ? rnd : 0;
}

uint16_t station_default_port(enum trunk_transport transport)
{
	return transport == TRUNK_TLS ? 5061 : 5060; /* RFC 3261 section 19.1.2 */
}

/* --- its configuration --- */

static int copy_credential(struct carrier *c, const struct trunk_outbound *cfg)
{
	c->has_credential = cfg->user && cfg->password;
	if (!c->has_credential)
		return 0;
	return strpbrk(cfg->user, "\"\\") ||
			text_copy(c->credential.user, sizeof c->credential.user,
				cfg->user) ||
			text_copy(c->credential.password, sizeof c->credential.password,
				cfg->password)
		? EINVAL
		: 0;
}

static int copy_host(struct carrier *c, const struct trunk_outbound *cfg)
{
	char text[PEERS_TEXT_MAX];
	const struct peers_addr *a = &c->targets.t[0].addr;
	const char *host = cfg->host ? cfg->host : cfg->domain;
	if (host)
		return strpbrk(host, " \t\r\n<>\"@;?") ||
				text_copy(c->host, sizeof c->host, host)
			? EINVAL
			: 0;
	bool v4 = peers_is_v4(a);
	return text_format(c->host, sizeof c->host, "%s%s%s:%u", v4 ? "" : "[",
		peers_addr_text(text, a), v4 ? "" : "]", a->port);
}

static int fix(struct carrier *c, const struct trunk_outbound *cfg)
{
	struct target t = { .weight = 0 };
	uint16_t port = cfg->port ? cfg->port : station_default_port(cfg->transport);
	if (peers_addr_parse(&t.addr, cfg->addr, port) != 0 ||
		peers_is_v4(&t.addr) != c->st->v4)
		return EINVAL;
	t.addr.transport = (uint8_t)cfg->transport;
	c->is_fixed = true;
	(void)targets_add(&c->targets, &t);
	return 0;
}

static int configure(struct carrier *c, const struct trunk_outbound *cfg)
{
	if (!cfg->caller || !dial_is_number(cfg->caller) ||
		cfg->transport >= TRUNK_TRANSPORTS || (!cfg->addr && !cfg->domain) ||
		text_copy(c->name, sizeof c->name, cfg->name ? cfg->name : "outbound") ||
		(cfg->domain &&
			(strpbrk(cfg->domain, " \t\r\n<>\"@;?:/") ||
				text_copy(c->domain, sizeof c->domain, cfg->domain))))
		return EINVAL;
	(void)text_copy(c->caller, sizeof c->caller, cfg->caller);
	c->transport = cfg->transport;
	c->port = cfg->port;
	c->registers = cfg->registers;
	c->expires_s = cfg->expires_s ? cfg->expires_s : CARRIER_EXPIRES_S;
	c->watch_s = cfg->watch_s;
	c->identity = cfg->identity;
	c->is_withheld = cfg->is_withheld;
	int err = cfg->addr ? fix(c, cfg) : 0;
	if (!err)
		err = copy_host(c, cfg);
	return err ? err : copy_credential(c, cfg);
}

int carriers_init(struct station *st, const struct trunk_config *cfg)
{
	size_t n = !cfg->outbound ? 0 : cfg->n_outbound ? cfg->n_outbound : 1;
	if (n > TRUNK_CARRIERS_MAX)
		return EINVAL;
	st->may_reach = cfg->may_reach;
	st->reach_arg = cfg->reach_arg;
	for (size_t i = 0; i < n; i++) {
		struct carrier *c = &st->carriers[i];
		c->st = st;
		c->index = (unsigned)i;
		int err = configure(c, &cfg->outbound[i]);
		if (err)
			return err;
		st->n_carriers++;
		(void)text_copy(st->link->carrier[i].name,
			sizeof st->link->carrier[i].name, c->name);
		st->link->carrier[i].registers = c->registers;
	}
	atomic_store(&st->link->n_carriers, n);
	return 0;
}

/* --- where it is --- */

static void search_over(struct carrier *c, bool is_told)
{
	int64_t now = station_now_ms();
	bool first = !c->targets.n;
	if (is_told && c->found.n) {
		targets_renew(&c->targets, &c->found);
		c->tried = 0;
		c->search_fails = 0;
		c->search_ms = now + pace_belief_ms(c->ttl_s);
	} else {
		if (!c->search_fails++)
			log_warn("sip: %s: no server of %s can be found", c->name,
				c->domain);
		c->search_ms = now +
			pace_retry_ms(c->search_fails, CARRIER_RETRY_T1 * c->st->t1_ms,
				random_32());
		if (!c->targets.n)
			carrier_stands(c, TRUNK_CARRIER_DOWN, 0);
	}
	if (first && c->targets.n && (c->registers || c->watch_s))
		c->beat_ms = now;
	carrier_arm(c);
}

static void believe_for(struct carrier *c, const struct dnsmsg *m)
{
	for (size_t i = 0; i < m->n; i++) {
		if (m->record[i].ttl_s < c->ttl_s)
			c->ttl_s = m->record[i].ttl_s;
	}
}

static void ask_service(struct carrier *c);

bool carrier_may_reach(const struct station *st, const struct peers_addr *addr)
{
	return !st->may_reach || st->may_reach(st->reach_arg, addr->b);
}

/* Where its names lead is another's to say, so it is looked at each time. */
static bool may_ask(const struct carrier *c, const struct peers_addr *addr)
{
	char text[PEERS_TEXT_MAX];

	if (carrier_may_reach(c->st, addr))
		return true;
	log_warn("sip: %s: its server %s lies outside the countries that are allowed, "
		 "and is not asked",
		c->name, peers_addr_text(text, addr));
	return false;
}

static void add_addresses(
	struct carrier *c, const struct dnsmsg *m, const struct dnsmsg_record *srv)
{
	for (size_t i = 0; i < m->n; i++) {
		struct target t = { .weight = 0 };
		memcpy(t.addr.b, m->record[i].addr, sizeof t.addr.b);
		t.addr.transport = (uint8_t)c->transport;
		t.addr.port = srv ? srv->port
			: c->port ? c->port
				  : station_default_port(c->transport);
		if (srv) {
			t.priority = srv->priority;
			t.weight = srv->weight;
		}
		if (t.addr.port && may_ask(c, &t.addr))
			(void)targets_add(&c->found, &t);
	}
}

static void on_service_address(void *arg, const struct dnsmsg *m)
{
	struct carrier *c = arg;
	c->question = NULL;
	if (m) {
		believe_for(c, m);
		add_addresses(c, m, &c->services.record[c->service]);
	}
	c->service++;
	ask_service(c);
}

static void on_address(void *arg, const struct dnsmsg *m)
{
	struct carrier *c = arg;
	c->question = NULL;
	if (m) {
		believe_for(c, m);
		add_addresses(c, m, NULL);
	}
	search_over(c, m != NULL);
}

static void ask(struct carrier *c, const char *name, enum dnsmsg_type type,
	resolver_answer *answer)
{
	c->question = resolver_ask(&c->st->resolver, name, type, answer, c);
	if (!c->question)
		search_over(c, false);
}

static enum dnsmsg_type address_type(const struct carrier *c)
{
	return c->st->v4 ? DNSMSG_A : DNSMSG_AAAA;
}

/* The addresses of the next server of the list. */
static void ask_service(struct carrier *c)
{
	while (c->service < c->services.n && !c->services.record[c->service].target[0])
		c->service++; /* "." says that the service is not there */
	if (c->service < c->services.n)
		ask(c, c->services.record[c->service].target, address_type(c),
			on_service_address);
	else
		search_over(c, true);
}

static void on_services(void *arg, const struct dnsmsg *m)
{
	struct carrier *c = arg;
	c->question = NULL;
	if (!m) {
		search_over(c, false);
		return;
	}
	if (!m->n) { /* section 4.2: no SRV, so the name itself */
		ask(c, c->domain, address_type(c), on_address);
		return;
	}
	believe_for(c, m);
	c->services = *m;
	c->service = 0;
	ask_service(c);
}

static void search(struct carrier *c)
{
	static const char *const service[TRUNK_TRANSPORTS] = {
		[TRUNK_UDP] = "_sip._udp",
		[TRUNK_TCP] = "_sip._tcp",
		[TRUNK_TLS] = "_sips._tcp",
	};
	char name[DNSMSG_NAME];
	c->search_ms = 0;
	if (c->question)
		return;
	c->found.n = 0;
	c->ttl_s = UINT32_MAX;
	if (c->port) { /* section 4.2: a port means an address */
		ask(c, c->domain, address_type(c), on_address);
		return;
	}
	(void)text_format(name, sizeof name, "%s.%s", service[c->transport], c->domain);
	ask(c, name, DNSMSG_SRV, on_services);
}

struct carrier *carrier_of(struct station *st, const struct peers_addr *addr)
{
	for (size_t i = 0; i < st->n_carriers; i++) {
		struct carrier *c = &st->carriers[i];
		if (c->transport == addr->transport && targets_find(&c->targets, addr))
			return c;
	}
	return NULL;
}

bool carrier_has_more(const struct carrier *c, uint32_t tried)
{
	return targets_choose(&c->targets, tried, station_now_ms(), 0) >= 0;
}

bool carrier_choose(struct carrier *c, uint32_t *tried, struct peers_addr *out)
{
	int i = targets_choose(&c->targets, *tried, station_now_ms(), random_32());
	if (i < 0)
		return false;
	*tried |= 1u << i;
	*out = c->targets.t[i].addr;
	return true;
}

void carrier_is_bad(struct carrier *c, const struct peers_addr *addr)
{
	targets_is_bad(&c->targets, addr, station_now_ms());
}

static void write_hop(
	char out[CARRIER_HOP], const char *name, const struct peers_addr *addr)
{
	char text[PEERS_TEXT_MAX];
	bool v4 = peers_is_v4(addr);
	unsigned port = addr->port ? addr->port : station_default_port(addr->transport);
	peers_addr_text(text, addr);
	/* nta takes the address of maddr, and the name for the certificate's (RFC 5922 section 7.1) */
	if (addr->transport == TRUNK_TLS && name)
		(void)text_format(out, CARRIER_HOP,
			"sip:%s:%u;transport=tls;maddr=%s%s%s", name, port, v4 ? "" : "[",
			text, v4 ? "" : "]");
	else
		(void)text_format(out, CARRIER_HOP, "sip:%s%s%s:%u;transport=%s",
			v4 ? "" : "[", text, v4 ? "" : "]", port,
			station_transport_name(addr->transport));
}

static const char *certified_name(const struct carrier *c)
{
	return c && c->domain[0] ? c->domain : NULL;
}

void carrier_hop(char out[CARRIER_HOP], struct station *st, const struct peers_addr *addr)
{
	write_hop(out, certified_name(carrier_of(st, addr)), addr);
}

bool carrier_hop_of(
	char out[CARRIER_HOP], const struct carrier *c, const struct peers_addr *addr)
{
	const char *name = certified_name(c);
	write_hop(out, name, addr);
	tport_t *open = addr->transport == TRUNK_TLS ? station_connection(c->st, addr)
						     : NULL;
	return open && name && strcasecmp(tport_name(open)->tpn_canon, name) != 0;
}

/* --- its life --- */

void carrier_stands(struct carrier *c, enum trunk_carrier_state state, int status)
{
	static const char *const words[] = {
		[TRUNK_CARRIER_UNKNOWN] = "unknown",
		[TRUNK_CARRIER_UP] = "up",
		[TRUNK_CARRIER_DOWN] = "down: nobody answers",
		[TRUNK_CARRIER_REFUSED] = "down: the registration is refused",
	};
	struct link_carrier *told = &c->st->link->carrier[c->index];
	atomic_store(&told->status, (unsigned)status);
	if (state == c->state)
		return;
	c->state = state;
	atomic_store(&told->state, (unsigned)state);
	if (state == TRUNK_CARRIER_UP)
		log_info("sip: carrier %s: %s", c->name, words[state]);
	else
		log_warn("sip: carrier %s: %s (%d)", c->name, words[state], status);
}

static int64_t earlier(int64_t a, int64_t b)
{
	return !a ? b : !b || a < b ? a : b;
}

void carrier_arm(struct carrier *c)
{
	int64_t at = earlier(earlier(c->search_ms, c->beat_ms), c->silent_ms);
	if (!c->timer)
		return;
	if (!at) {
		su_timer_reset(c->timer);
		return;
	}
	int64_t in = at - station_now_ms();
	(void)su_timer_set_interval(
		c->timer, on_timer, c, in > 1 ? (su_duration_t)in : 1);
}

static void on_timer(struct station *st, su_timer_t *t, void *arg)
{
	struct carrier *c = arg;
	int64_t now = station_now_ms();
	if (c->search_ms && now >= c->search_ms)
		search(c);
	if (c->silent_ms && now >= c->silent_ms)
		carrier_beat_over(c);
	if (c->beat_ms && now >= c->beat_ms)
		carrier_beat(c);
	carrier_arm(c);
}

void carriers_start(struct station *st)
{
	for (size_t i = 0; i < st->n_carriers; i++) {
		struct carrier *c = &st->carriers[i];
		int64_t now = station_now_ms();
		c->timer = su_timer_create(su_root_task(st->root), 0);
		if (!c->timer || carrier_make_leg(c) != 0) {
			log_error("sip: carrier %s: no memory", c->name);
			continue;
		}
		c->search_ms = c->is_fixed ? 0 : now;
		c->beat_ms = c->is_fixed && (c->registers || c->watch_s) ? now : 0;
		carrier_arm(c);
	}
}

void carriers_end(struct station *st)
{
	for (size_t i = 0; i < st->n_carriers; i++)
		carrier_unbind(&st->carriers[i]);
}

void carriers_close(struct station *st)
{
	for (size_t i = 0; i < st->n_carriers; i++) {
		struct carrier *c = &st->carriers[i];
		resolver_forget(c->question);
		if (c->beat)
			nta_outgoing_destroy(c->beat);
		if (c->leg)
			nta_leg_destroy(c->leg);
		if (c->timer)
			su_timer_destroy(c->timer);
	}
	st->n_carriers = 0;
}
