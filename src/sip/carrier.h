/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * carrier -- whom we call through and register at: where it is (carrier.c), and whether it is there (register.c).
 *
 * Where: a numeric address, or a name, whose servers are found by SRV and address records (RFC 3263 section 4.2) and
 * looked for again when the answer has had its time.  What was found stays until something else is: a name server that
 * is away ends nothing.  Whether: by REGISTER, or by OPTIONS where we do not register; the next server when one is
 * silent, and a pause that doubles when all are.
 *
 * Memory: in the station, for its life.  Thread: SIP.
 */
#ifndef SIP_CARRIER_H
#define SIP_CARRIER_H

#include "sip/credential.h"
#include "sip/resolver.h"
#include "sip/targets.h"

#define CARRIER_HOST      96
#define CARRIER_HOP       208 /* a URL with a name and an address */
#define CARRIER_EXPIRES_S 600
/* Nothing came for so long, in T1: then the next server's turn, and not only after the 64 of timer F */
#define CARRIER_SILENT_T1 8
#define CARRIER_RETRY_T1  60 /* the first pause: 30 s, RFC 5626 section 4.5 */

struct carrier {
	struct station *st;
	unsigned index;
	char name[TRUNK_NAME_MAX], domain[CARRIER_HOST];
	char host[CARRIER_HOST]; /* of URIs */
	char caller[TRUNK_NUMBER_MAX + 2];
	enum trunk_transport transport;
	uint16_t port; /* 0: by SRV */
	bool has_credential, registers, is_withheld;
	enum trunk_identity identity;
	struct credential credential;
	uint32_t expires_s, watch_s;

	bool is_fixed; /* a numeric address */
	struct targets targets;
	/* the search for them */
	struct question *question;
	struct targets found;
	struct dnsmsg
		services; /* SRV, of which the addresses are asked one after the other */
	size_t service;
	uint32_t ttl_s; /* the shortest */
	unsigned search_fails;

	/* the registration, or the question whether it is there */
	enum trunk_carrier_state state;
	nta_leg_t *leg;
	nta_outgoing_t *beat; /* under way, or NULL */
	struct peers_addr beat_at; /* where it went */
	uint32_t tried; /* targets, since the last success */
	unsigned fails, challenges;
	bool is_bound; /* registered, so to be undone */
	bool is_ending; /* and is being so */

	su_timer_t *timer;
	int64_t search_ms, beat_ms, silent_ms; /* when; 0: not */
};

/* Reads the configuration. EINVAL, ENOMEM. */
int carriers_init(struct station *st, const struct trunk_config *cfg);
void carriers_start(struct station *st); /* once the agent is there */
void carriers_end(struct station *st); /* undoes the registrations */
void carriers_close(struct station *st); /* silently */

/* trunk_config.may_reach. */
bool carrier_may_reach(const struct station *st, const struct peers_addr *addr);
/* The one of which a server has this host and transport; NULL. */
struct carrier *carrier_of(struct station *st, const struct peers_addr *addr);
/* The next server for a call; false: none, or none that was not tried. */
bool carrier_choose(struct carrier *c, uint32_t *tried, struct peers_addr *out);
bool carrier_has_more(const struct carrier *c, uint32_t tried);
/* A URL for nta: numeric, and with TLS under the name that its certificate must have. */
void carrier_hop(
	char out[CARRIER_HOP], struct station *st, const struct peers_addr *addr);
/* The same of a server of this carrier. True: the connection that is open to there was made, and its certificate
 * verified, for another name, so this needs one of its own. */
bool carrier_hop_of(
	char out[CARRIER_HOP], const struct carrier *c, const struct peers_addr *addr);
/* What a call showed of a server. */
void carrier_is_bad(struct carrier *c, const struct peers_addr *addr);

/* register.c */
void carrier_beat(struct carrier *c); /* sends the next one */
void carrier_beat_over(struct carrier *c); /* nothing came */
void carrier_unbind(struct carrier *c);
int carrier_make_leg(struct carrier *c); /* ENOMEM */
/* carrier.c */
void carrier_arm(struct carrier *c);
void carrier_stands(struct carrier *c, enum trunk_carrier_state state, int status);

#endif
