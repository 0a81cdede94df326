/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * reply -- see reply.h.  Owns nothing; SIP thread.
 */
#include "sip/reply.h"
#include "sip/watch.h"

/* TAG_IF for a header given as text */
#define HEADER(tag, text) TAG_IF((text) != NULL, tag(text))

/* The same list of headers for nta's stateless and stateful calls. */
#define REPLY_TAGS(r)                                                              \
	SIPTAG_SERVER_STR(STATION_NAME), HEADER(SIPTAG_ALLOW_STR, (r)->allow),     \
		HEADER(SIPTAG_ACCEPT_STR, (r)->accept),                            \
		HEADER(SIPTAG_ACCEPT_ENCODING_STR, (r)->accept_encoding),          \
		HEADER(SIPTAG_SUPPORTED_STR, (r)->supported),                      \
		HEADER(SIPTAG_REQUIRE_STR, (r)->require),                          \
		HEADER(SIPTAG_SESSION_EXPIRES_STR, (r)->session_expires),          \
		HEADER(SIPTAG_MIN_SE_STR, (r)->min_se),                            \
		HEADER(SIPTAG_UNSUPPORTED_STR, (r)->unsupported),                  \
		HEADER(SIPTAG_CONTACT_STR, (r)->contact),                          \
		TAG_IF((r)->bindings != NULL, SIPTAG_CONTACT((r)->bindings)),      \
		HEADER(SIPTAG_RETRY_AFTER_STR, (r)->retry_after),                  \
		HEADER(SIPTAG_EXPIRES_STR, (r)->expires),                          \
		HEADER(SIPTAG_WWW_AUTHENTICATE_STR, (r)->challenge[0]),            \
		HEADER(SIPTAG_WWW_AUTHENTICATE_STR, (r)->challenge[1]),            \
		TAG_IF((r)->sdp != NULL, SIPTAG_CONTENT_TYPE_STR(STATION_ACCEPT)), \
		HEADER(SIPTAG_PAYLOAD_STR, (r)->sdp), TAG_END()

static const char *phrase_of(const struct reply *r)
{
	return r->phrase ? r->phrase : sip_status_phrase(r->status);
}

/* On which the request came, while it is open (section 18.2.2): nta knows it only while it delivers. */
static tport_t *connection_of(const struct station *st, msg_t *req)
{
	struct sockaddr_storage ss;
	struct peers_addr from;
	socklen_t n = sizeof ss;
	if (station_transport_of(sip_object(req)) == TRUNK_UDP ||
		msg_get_address(req, (su_sockaddr_t *)&ss, &n) != 0 ||
		peers_addr_of(&from, (struct sockaddr *)&ss) != 0)
		return NULL;
	from.transport = (uint8_t)station_transport_of(sip_object(req));
	return station_connection(st, &from);
}

void reply_to(struct station *st, msg_t *req, const struct reply *r)
{
	tport_t *on = connection_of(st, req);
	watch_reply(st, req, r->status, r->sdp);
	(void)nta_msg_treply(st->agent, msg_ref(req), r->status, phrase_of(r),
		TAG_IF(on != NULL, NTATAG_TPORT(on)), REPLY_TAGS(r));
}

void reply_once(struct request *rq, const struct reply *r)
{
	reply_to(rq->st, rq->msg, r);
	msg_destroy(rq->msg);
	rq->msg = NULL;
}

void reply_status(struct request *rq, int status)
{
	reply_once(rq, &(struct reply){ .status = status });
}

nta_incoming_t *reply_hold(struct request *rq)
{
	nta_incoming_t *held = nta_incoming_create(
		rq->st->agent, NULL, rq->msg, rq->sip, TAG_END());
	rq->msg = NULL;
	return held;
}

void reply_release(nta_incoming_t *held, const struct reply *r)
{
	if (!held)
		return;
	(void)nta_incoming_treply(held, r->status, phrase_of(r), REPLY_TAGS(r));
	nta_incoming_destroy(held);
}

void reply_held(struct request *rq, const struct reply *r)
{
	watch_reply(rq->st, rq->msg, r->status, NULL);
	reply_release(reply_hold(rq), r);
}
