/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * dial_send -- what is sent for a call that we make; see dial.h.  SIP thread.
 *
 * What an answer needs (ACK, BYE) is sent on a leg that is made from the answer itself, so the first 2xx, that of
 * another branch and one that nobody waits for any more take the same way.
 */
#include <string.h>
#include "base/log.h"
#include "base/text.h"
#include "sip/dial_inner.h"
#include "sip/dialog_inner.h"
#include "sip/refresh.h"
#include "sip/watch.h"

nta_leg_t *dial_calling_leg(
	const struct dialog *d, const struct carrier *c, const char *uri, uint32_t cseq)
{
	char from[URI_SIZE + 64], to[URI_SIZE + 8], nowhere[DIALOG_NOWHERE], number[32];
	if (c->is_withheld) /* RFC 3323 section 4.1.1.3 */
		(void)text_format(from, sizeof from,
			"\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=%s", d->tag);
	else
		(void)text_format(from, sizeof from, "<sip:%s@%s>;tag=%s", c->caller,
			c->host, d->tag);
	(void)text_format(to, sizeof to, "<%s>", uri);
	(void)text_format(number, sizeof number, "%u INVITE", cseq);
	if (dialog_nowhere(nowhere) != 0)
		return NULL;
	return nta_leg_tcreate(d->st->agent, NULL, NULL,
		URLTAG_URL((const void *)nowhere), SIPTAG_CALL_ID_STR(d->call_id),
		SIPTAG_FROM_STR(from), SIPTAG_TO_STR(to), SIPTAG_CSEQ_STR(number),
		TAG_END());
}

/* RFC 3325 section 9: a whole header; "": none. */
static void identity_of(char out[URI_SIZE + 32], const struct carrier *c)
{
	static const char *const names[] = {
		[TRUNK_IDENTITY_PREFERRED] = "P-Preferred-Identity",
		[TRUNK_IDENTITY_ASSERTED] = "P-Asserted-Identity",
	};
	out[0] = 0;
	if (c->identity != TRUNK_IDENTITY_NONE)
		(void)text_format(out, URI_SIZE + 32, "%s: <sip:%s@%s>",
			names[c->identity], c->caller, c->host);
}

/* On a leg of its own, because a leg counts its requests, and this may be a repetition. */
void dial_send_invite(struct dial *x)
{
	const char *const *auth = (const char *const *)x->auth;
	const struct carrier *c = x->attempt.carrier;
	char identity[URI_SIZE + 32];
	struct refresh_headers session;
	nta_leg_t *leg = dial_calling_leg(x->d, c, x->uri, x->cseq - 1);
	identity_of(identity, c);
	refresh_headers(&session, x->d);
	if (!leg)
		return; /* as if it had been lost */
	watch_sent(x->st, leg,
		&(struct watch_sent){ .method = "INVITE",
			.cseq = x->cseq,
			.to = &x->attempt.at,
			.from_user = c->is_withheld ? NULL : c->caller,
			.uri = x->uri,
			.sdp = x->d->sdp });
	(void)nta_outgoing_tcreate(leg, NULL, NULL, (const void *)x->hop,
		SIP_METHOD_INVITE, (const void *)x->uri, NTATAG_BRANCH_KEY(x->branch),
		NTATAG_STATELESS(1), TAG_IF(x->is_fresh, TPTAG_FRESH(1)),
		SIPTAG_CONTACT_STR(station_contact(x->st, x->attempt.at.transport)),
		TAG_IF(identity[0], SIPTAG_HEADER_STR(identity)),
		TAG_IF(c->is_withheld, SIPTAG_PRIVACY_STR("id")),
		SIPTAG_ALLOW_STR(STATION_ALLOW), REFRESH_TAGS(x->st, &session),
		SIPTAG_USER_AGENT_STR(STATION_NAME),
		TAG_IF(auth[WWW] != NULL, SIPTAG_AUTHORIZATION_STR(auth[WWW])),
		TAG_IF(auth[PROXY] != NULL, SIPTAG_PROXY_AUTHORIZATION_STR(auth[PROXY])),
		SIPTAG_CONTENT_TYPE_STR(STATION_ACCEPT), SIPTAG_PAYLOAD_STR(x->d->sdp),
		TAG_END());
	nta_leg_destroy(leg);
}

static void watch_on_dial(const struct dial *x, const char *method)
{
	watch_sent(x->st, x->leg,
		&(struct watch_sent){ .method = method,
			.cseq = x->cseq,
			.to = &x->attempt.at,
			.uri = x->uri });
}

/* RFC 3261 section 17.1.1.3: the ACK to a refusal belongs to the INVITE's transaction. */
void dial_acknowledge_refusal(struct dial *x, const sip_t *sip)
{
	char cseq[32];
	watch_on_dial(x, "ACK");
	(void)text_format(cseq, sizeof cseq, "%u ACK", x->cseq);
	(void)nta_outgoing_tcreate(x->leg, NULL, NULL, (const void *)x->hop,
		SIP_METHOD_ACK, (const void *)x->uri, SIPTAG_CSEQ_STR(cseq),
		SIPTAG_TO(sip->sip_to), NTATAG_ACK_BRANCH(x->branch),
		NTATAG_BRANCH_KEY(x->branch), NTATAG_STATELESS(1), TAG_END());
}

/* Section 9.1: by the branch and the number of the INVITE, and not before a provisional response. */
void dial_send_cancel(struct dial *x)
{
	char cseq[32];
	watch_on_dial(x, "CANCEL");
	(void)text_format(cseq, sizeof cseq, "%u CANCEL", x->cseq);
	if (nta_outgoing_tcreate(x->leg, dialog_bye_answered, x->st, (const void *)x->hop,
		    SIP_METHOD_CANCEL, (const void *)x->uri, SIPTAG_CSEQ_STR(cseq),
		    NTATAG_BRANCH_KEY(x->branch), SIPTAG_USER_AGENT_STR(STATION_NAME),
		    TAG_END()))
		x->st->byes++;
	else
		log_warn("sip: a CANCEL could not be sent");
}

static bool is_good_contact(const sip_contact_t *c)
{
	return c && c->m_url->url_host &&
		(c->m_url->url_type == url_sip || c->m_url->url_type == url_sips);
}

/* Without a Contact, which it must have, the called number's URI has to do. */
nta_leg_t *dial_answered_leg(struct dialog *d, struct station *st, const sip_t *sip)
{
	char number[32], nowhere[DIALOG_NOWHERE];
	su_home_t home[1] = { SU_HOME_INIT(home) };
	nta_leg_t *leg = NULL;
	const sip_contact_t *c = is_good_contact(sip->sip_contact) ? sip->sip_contact
								   : NULL;
	if (!c)
		c = sip_contact_create(home, (const void *)sip->sip_to->a_url, NULL);
	(void)text_format(number, sizeof number, "%u INVITE", sip->sip_cseq->cs_seq);
	if (c && dialog_nowhere(nowhere) == 0)
		leg = nta_leg_tcreate(st->agent, NULL, d,
			URLTAG_URL((const url_string_t *)nowhere),
			SIPTAG_CALL_ID(sip->sip_call_id), SIPTAG_FROM(sip->sip_from),
			SIPTAG_TO(sip->sip_to), SIPTAG_CSEQ_STR(number), TAG_END());
	if (leg)
		(void)nta_leg_client_route(leg, sip->sip_record_route, c);
	su_home_deinit(home);
	return leg;
}

void dial_settle_2xx(
	struct station *st, const sip_t *sip, const struct peers_addr *from, bool wanted)
{
	char hop[DIALOG_HOP_MAX];
	nta_leg_t *leg = dial_answered_leg(NULL, st, sip);
	if (!leg) {
		log_warn("sip: an answer could not be acknowledged");
		return;
	}
	dialog_hop(hop, st, leg, from);
	dialog_acknowledge(st, leg, hop, sip->sip_via->v_branch, sip->sip_cseq->cs_seq);
	if (!wanted)
		dialog_bye_on(st, leg, hop);
	nta_leg_destroy(leg);
}

void dial_stray(struct station *st, const sip_t *sip, const struct peers_addr *from)
{
	const char *tag = sip->sip_from->a_tag;
	bool known = carrier_of(st, from) != NULL;
	if (!tag || strlen(tag) != DIALOG_TAG_SIZE - 1 || !sip->sip_via ||
		sip->sip_via->v_next || !sip->sip_via->v_branch ||
		!(known || peers_match(&st->peers, from)))
		return;
	/* of a dialog that is over its BYE is on the way */
	dial_settle_2xx(st, sip, from, dialogs_find_answer(st, sip) != NULL);
}
