/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * bye -- our BYE and its client transaction (nta's), theirs and its answer, and where our requests go.
 *
 * No name server is asked here.  Where the next hop of the route set is a numeric address it is
 * taken (RFC 3261 section 12.2.1.1); where it is a name, the address that the INVITE came from.
 * Thread: SIP.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "base/log.h"
#include "base/slice.h"
#include "base/text.h"
#include "sip/dialog_inner.h"
#include "sip/watch.h"

/* RFC 3261 section 19.1.2; what is not spoken here is tried by UDP */
static enum trunk_transport transport_of(const struct station *st, const url_t *url)
{
	char word[8] = "";
	enum trunk_transport t = url->url_type == url_sips ? TRUNK_TLS : TRUNK_UDP;
	if (url->url_params)
		(void)url_param(url->url_params, "transport=", word, sizeof word);
	if (strcasecmp(word, "tls") == 0)
		t = TRUNK_TLS;
	else if (strcasecmp(word, "tcp") == 0 && t != TRUNK_TLS)
		t = TRUNK_TCP;
	return st->port[t] ? t : TRUNK_UDP;
}

static bool hop_of_url(struct peers_addr *out, const struct station *st, const url_t *url)
{
	if (!url || !url->url_host)
		return false;
	enum trunk_transport transport = transport_of(st, url);
	uint64_t port = station_default_port(transport);
	if (url->url_port && url->url_port[0] &&
		!slice_u64(slice_str(url->url_port), UINT16_MAX, &port))
		return false;
	if (!port || peers_addr_parse(out, url->url_host, (uint16_t)port) != 0 ||
		peers_is_v4(out) != st->v4)
		return false;
	out->transport = (uint8_t)transport;
	return true;
}

/* A connection that is open is used while it is, for nothing else leads back to who is behind NAT, or calls from a port
 * of its own (RFC 5923). */
void dialog_hop(char out[DIALOG_HOP_MAX], struct station *st, nta_leg_t *leg,
	const struct peers_addr *other)
{
	const sip_route_t *route = NULL;
	const sip_contact_t *target = NULL;
	struct peers_addr a;
	(void)nta_leg_get_route(leg, &route, &target);
	const url_t *url = route ? route->r_url : target ? target->m_url : NULL;
	bool direct = !station_connection(st, other) && hop_of_url(&a, st, url);
	carrier_hop(out, st, direct ? &a : other);
}

void dialog_next_hop(char out[DIALOG_HOP_MAX], const struct dialog *d)
{
	dialog_hop(out, d->st, d->leg, &d->from);
}

int dialog_bye_answered(void *arg, nta_outgoing_t *orq, const sip_t *sip)
{
	struct station *st = arg;
	watch_answer(st, orq, sip);
	if (nta_outgoing_status(orq) < 200)
		return 0;
	/* whatever the answer, the dialog is over (section 15.1.1) */
	nta_outgoing_destroy(orq);
	st->byes--;
	return 0;
}

void dialog_bye_on(struct station *st, nta_leg_t *leg, const char *hop)
{
	nta_outgoing_t *orq = nta_outgoing_tcreate(leg, dialog_bye_answered, st,
		(const url_string_t *)(const void *)hop, SIP_METHOD_BYE, NULL,
		SIPTAG_USER_AGENT_STR(STATION_NAME), TAG_END());
	watch_sent(st, leg,
		&(struct watch_sent){ .method = "BYE", .cseq = nta_leg_get_seq(leg) });
	if (orq)
		st->byes++;
	else
		log_warn("sip: a BYE could not be sent");
}

void dialog_send_bye(struct dialog *d)
{
	char hop[DIALOG_HOP_MAX];
	if (!d->leg)
		return;
	dialog_next_hop(hop, d);
	dialog_bye_on(d->st, d->leg, hop);
}

void dialog_answer_bye(struct dialog *d)
{
	watch_held(d->st, d->bye, 200);
	reply_release(d->bye, &(struct reply){ .status = 200 });
	d->bye = NULL;
	d->bye_ms = 0;
}
