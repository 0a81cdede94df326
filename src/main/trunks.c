/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* trunks -- the SIP side of the configuration: carriers, and the trunk that speaks to them.  Part of serve. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "main/centre.h"
#include "main/sip_tls.h"

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

/* sip.outbound, the short form of a trunk. */
static struct trunk_outbound outbound_of(const struct config *cfg)
{
	const bool proves = *cfg->outbound_user != '\0',
		   is_address = config_is_address(cfg->outbound_name);

	return (struct trunk_outbound){
		.addr = is_address ? cfg->outbound_name : NULL,
		.domain = is_address ? NULL : cfg->outbound_name,
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

/* Runs in the SIP thread. */
static bool may_reach(const void *arg, const uint8_t addr[16])
{
	return countries_allow(arg, addr);
}

int trunks_start(struct centre *c, const struct trunk_saved *saved, size_t n_saved)
{
	const struct config *cfg = &c->config;
	char tls[OPTIONS_PATH_MAX] = "";
	struct trunk_outbound carriers[TRUNK_CARRIERS_MAX];
	const size_t n = list_carriers(cfg, carriers);
	struct trunk_config tc = {
		.addr = cfg->sip_addr,
		.port = cfg->sip_port,
		.public_addr = *cfg->sip_public ? cfg->sip_public : NULL,
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
		.session_s = cfg->sip_session_s,
		.node = cfg->node,
		.may_reach = may_reach,
		.reach_arg = &c->countries,
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
