/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * station -- the SIP thread's half of a trunk: the nta agent, who may speak to it, and its dialogs.
 *
 * Every request that nta does not settle by itself comes through one function, station_request(), in
 * the order of RFC 3261 section 8.2, before any transaction exists.  That order is why a stranger costs no
 * memory: a refusal is sent statelessly (section 8.2.7), and its retransmission is refused again.
 * nta's own INVITE server transaction is not used (see invite.h), only its parser, transport, legs, client
 * transactions and non-INVITE server transactions.
 *
 * Memory: made, run and freed by the SIP thread.
 */
#ifndef SIP_STATION_H
#define SIP_STATION_H

#include "base/ids.h"
#include "sip/carrier.h"
#include "sip/dialog.h"
#include "sip/digest.h"
#include "sip/link.h"
#include "sip/peers.h"
#include "sip/stack.h"
#include "sip/throttle.h"

/* RFC 3261 section 17.1.1.1 and 17.1.2.2 */
#define STATION_T1_MS 500
#define STATION_T2_MS 4000

/* A response to a stranger is at most so many times its request: a forged address gains nothing. */
#define STATION_GAIN_MAX 3

#define STATION_ALLOW      "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE"
#define STATION_ACCEPT     "application/sdp"
#define STATION_NAME       "heimamt"
#define STATION_HOST       64
#define STATION_CONTACT    128
#define STATION_REGISTER_S 3600 /* the longest registration we say yes to */

struct station {
	struct link *link;
	su_root_t *root;
	nta_agent_t *agent;
	su_wait_t wait;
	bool awake; /* `wait` is registered */
	uint16_t port[TRUNK_TRANSPORTS]; /* 0: it is not spoken here */
	uint32_t t1_ms;
	uint32_t session_s; /* see trunk_config; 0: no session timers */
	char told_host
		[STATION_HOST]; /* our host in Contact, in brackets where it is IPv6 */
	char contact[TRUNK_TRANSPORTS][STATION_CONTACT]; /* "<sip:heimamt@ADDR:PORT>" */
	struct peers peers;
	bool v4; /* the family bound */
	struct digest digest;
	bool has_digest;
	enum trunk_srtp digest_srtp;
	uint64_t seed; /* of hashes and of what nobody may guess */
	struct ids ids;
	struct dialogs dialogs;
	struct list byes_held; /* BYEs that may be challenged, see bye.c */
	size_t byes; /* client transactions under way */
	su_timer_t *closing; /* runs while ending */
	int64_t close_by_ms; /* 0: not ending */
	struct list reinvites; /* our own INVITEs under way */
	struct resolver resolver;
	struct carrier carriers[TRUNK_CARRIERS_MAX];
	bool (*may_reach)(const void *arg, const uint8_t addr[16]); /* trunk_config's */
	const void *reach_arg;
	size_t n_carriers;
	struct list dials; /* INVITEs of calls that we make, see dial.h */
	size_t n_dials;
	bool leaving; /* nothing is sent any more */
	struct throttle throttle;
	int64_t stranger_log_ms; /* when the next line about one is due */
	uint32_t strangers_unlogged;
};

/* One request on its way through the checks. */
struct request {
	struct station *st;
	msg_t *msg; /* owned until a reply or a dialog takes it: then NULL */
	sip_t *sip;
	struct peers_addr from;
	bool listed; /* by its address */
	enum trunk_srtp srtp; /* what it may speak */
	bool proven; /* by digest, or by an address that already has this dialog */
};

int station_new(struct station **out, const struct trunk_config *cfg, struct link *l);
void station_run(struct station *st); /* until link.stop */
void station_free(struct station *st);
uint16_t station_port(const struct station *st, enum trunk_transport transport);
uint16_t station_default_port(enum trunk_transport transport);
const char *station_transport_name(enum trunk_transport transport); /* in URIs */
/* Our Contact to who speaks this. */
const char *station_contact(const struct station *st, enum trunk_transport transport);
/* The option tags that we know, for Supported. */
const char *station_supported(const struct station *st);
/* By which a message came: nta has compared its Via with it. */
enum trunk_transport station_transport_of(const sip_t *sip);
/* The open connection to there; NULL: none, or it is UDP. */
tport_t *station_connection(const struct station *st, const struct peers_addr *addr);
void station_request(struct station *st, msg_t *msg, sip_t *sip);
int64_t station_now_ms(void); /* monotonic */
/* Keyed, so that nobody can aim at one bucket. NULL counts as "". */
uint64_t station_hash(const struct station *st, uint64_t h, const char *s);

#endif
