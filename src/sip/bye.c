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
#include "sip/challenge.h"
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
 * of its own (RFC 5923). Where a Contact or a route names what may not be reached, what is said goes to where the call is
 * from. */
void dialog_hop(char out[DIALOG_HOP_MAX], struct station *st, nta_leg_t *leg,
	const struct peers_addr *other)
{
	const sip_route_t *route = NULL;
	const sip_contact_t *target = NULL;
	struct peers_addr a;
	(void)nta_leg_get_route(leg, &route, &target);
	const url_t *url = route ? route->r_url : target ? target->m_url : NULL;
	bool direct = !station_connection(st, other) && hop_of_url(&a, st, url) &&
		carrier_may_reach(st, &a);
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

/* One of a dialog of ours, which may be challenged when the dialog has no leg any more. */
struct bye {
	struct list held;
	struct station *st;
	struct peers_addr to;
	nta_outgoing_t *transaction;
	struct challenge challenge;
	char hop[DIALOG_HOP_MAX];
};

static void bye_free(struct bye *b)
{
	list_remove(&b->held);
	if (b->transaction)
		nta_outgoing_destroy(b->transaction);
	challenge_close(&b->challenge);
	free(b);
}

void byes_close(struct station *st)
{
	if (st->byes_held.next)
		list_each_safe(it, &st->byes_held)
			bye_free(list_entry(it, struct bye, held));
}

static int on_bye_answered(void *arg, nta_outgoing_t *orq, const sip_t *sip);

/* The same with the next number, a Via of its own and the answer to the challenge (RFC 3261 section 22.2). */
static nta_outgoing_t *send_again(struct bye *b, nta_outgoing_t *orq)
{
	char cseq[32];
	msg_t *first = nta_outgoing_getrequest(orq);
	msg_t *msg = first ? msg_copy(first) : NULL;
	sip_t *sip = msg ? sip_object(msg) : NULL;
	msg_destroy(first);
	if (!sip || !sip->sip_cseq) {
		msg_destroy(msg);
		return NULL;
	}
	while (sip->sip_via)
		(void)sip_header_remove(msg, sip, (sip_header_t *)sip->sip_via);
	if (sip->sip_authorization)
		(void)sip_header_remove(msg, sip, (sip_header_t *)sip->sip_authorization);
	if (sip->sip_proxy_authorization)
		(void)sip_header_remove(
			msg, sip, (sip_header_t *)sip->sip_proxy_authorization);
	(void)text_format(cseq, sizeof cseq, "%u BYE", sip->sip_cseq->cs_seq + 1);
	return nta_outgoing_mcreate(b->st->agent, on_bye_answered, b,
		(const url_string_t *)(const void *)b->hop, msg, SIPTAG_CSEQ_STR(cseq),
		CHALLENGE_TAGS(&b->challenge), TAG_END());
}

static int on_bye_answered(void *arg, nta_outgoing_t *orq, const sip_t *sip)
{
	struct bye *b = arg;
	watch_answer(b->st, orq, sip);
	if (nta_outgoing_status(orq) < 200)
		return 0;
	b->transaction = challenge_take(&b->challenge, b->st, &b->to, orq, sip)
		? send_again(b, orq)
		: NULL;
	nta_outgoing_destroy(orq);
	if (b->transaction)
		return 0;
	/* whatever the answer, the dialog is over (section 15.1.1) */
	b->st->byes--;
	bye_free(b);
	return 0;
}

/* RFC 3326 */
static const char *reason_of(enum trunk_end why)
{
	return why == TRUNK_END_EXPIRED ? "SIP;cause=408;text=\"Session expired\"" : NULL;
}

void dialog_send_bye(struct dialog *d, enum trunk_end why)
{
	const char *reason = reason_of(why);
	struct bye *b = d->leg ? calloc(1, sizeof *b) : NULL;
	if (!b)
		return;
	b->st = d->st;
	b->to = d->from;
	list_append(&d->st->byes_held, &b->held);
	dialog_next_hop(b->hop, d);
	b->transaction = nta_outgoing_tcreate(d->leg, on_bye_answered, b,
		(const url_string_t *)(const void *)b->hop, SIP_METHOD_BYE, NULL,
		TAG_IF(reason != NULL, SIPTAG_REASON_STR(reason)),
		SIPTAG_USER_AGENT_STR(STATION_NAME), TAG_END());
	watch_sent(d->st, d->leg,
		&(struct watch_sent){ .method = "BYE", .cseq = nta_leg_get_seq(d->leg) });
	if (b->transaction) {
		d->st->byes++;
		return;
	}
	log_warn("sip: a BYE could not be sent");
	bye_free(b);
}

void dialog_answer_bye(struct dialog *d)
{
	watch_held(d->st, d->bye, 200);
	reply_release(d->bye, &(struct reply){ .status = 200 });
	d->bye = NULL;
	d->bye_ms = 0;
}
