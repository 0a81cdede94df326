/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * check -- see check.h.  Owns nothing; SIP thread.
 */
#include "sip/check.h"
#include <errno.h>
#include <string.h>
#include <strings.h>
#include "base/slice.h"
#include "base/text.h"
#include "sip/refresh.h"
#include "sip/user.h"

#define MAX_FORWARDS_MAX 255 /* section 20.22 */

static bool refuse(struct request *rq, const struct reply *r)
{
	atomic_fetch_add(&rq->st->link->bad, 1);
	reply_once(rq, r);
	return false;
}

/* sofia-sip leaves out a header that it could not read, and goes on. */
static bool is_unreadable(const sip_t *sip, const char *name)
{
	for (const sip_error_t *e = sip->sip_error; e; e = e->er_next) {
		if (e->er_name && strcasecmp(e->er_name, name) == 0)
			return true;
	}
	return false;
}

bool check_form(struct request *rq)
{
	const sip_t *sip = rq->sip;
	int type = sip->sip_request->rq_url->url_type;
	if (type != url_sip && type != url_sips)
		return refuse(rq, &(struct reply){ .status = 416 });
	if (is_unreadable(sip, "Max-Forwards") ||
		(sip->sip_max_forwards &&
			sip->sip_max_forwards->mf_count > MAX_FORWARDS_MAX))
		return refuse(rq,
			&(struct reply){ .status = 400, .phrase = "Bad Max-Forwards" });
	if (sip->sip_max_forwards && sip->sip_max_forwards->mf_count == 0)
		return refuse(rq, &(struct reply){ .status = 483 });
	if (sip->sip_cseq->cs_seq > INT32_MAX) /* section 8.1.1.5 */
		return refuse(
			rq, &(struct reply){ .status = 400, .phrase = "CSeq Too Large" });
	return true;
}

static bool is_known(const struct station *st, const char *tag)
{
	return st->session_s && strcasecmp(tag, "timer") == 0;
}

bool check_require(struct request *rq)
{
	char tags[CHECK_UNSUPPORTED_MAX];
	struct wbuf w = wbuf_of(tags, sizeof tags - 1);
	const sip_require_t *req = rq->sip->sip_require;
	if (!req || !req->k_items || !req->k_items[0])
		return true;
	for (size_t i = 0; req->k_items[i]; i++) {
		size_t before = w.n;
		if (is_known(rq->st, req->k_items[i]))
			continue;
		wbuf_printf(&w, "%s%s", w.n ? ", " : "", req->k_items[i]);
		if (w.full) { /* the rest would not fit; the first ones say enough */
			w.n = before;
			break;
		}
	}
	if (!w.n)
		return true;
	tags[w.n] = 0;
	return refuse(rq, &(struct reply){ .status = 420, .unsupported = tags });
}

bool check_session(struct request *rq)
{
	char min[16];
	struct session_said said = refresh_said(rq->sip);
	if (!rq->st->session_s || !session_is_too_small(&said))
		return true;
	(void)text_format(min, sizeof min, "%u", SESSION_LEAST_S);
	return refuse(rq, &(struct reply){ .status = 422, .min_se = min });
}

static bool is_sdp(const sip_t *sip)
{
	return sip->sip_content_type && sip->sip_content_type->c_type &&
		strcasecmp(sip->sip_content_type->c_type, STATION_ACCEPT) == 0;
}

static bool is_encoded(const sip_t *sip)
{
	const sip_content_encoding_t *ce = sip->sip_content_encoding;
	return ce && ce->k_items && ce->k_items[0] &&
		strcasecmp(ce->k_items[0], "identity") != 0;
}

bool check_body(struct request *rq)
{
	const sip_t *sip = rq->sip;
	if (!sip->sip_payload || !sip->sip_payload->pl_len)
		return true;
	if (sip->sip_payload->pl_len > TRUNK_BODY_MAX)
		return refuse(rq, &(struct reply){ .status = 413 });
	if (!is_sdp(sip))
		return refuse(
			rq, &(struct reply){ .status = 415, .accept = STATION_ACCEPT });
	if (is_encoded(sip))
		return refuse(rq,
			&(struct reply){ .status = 415,
				.accept = STATION_ACCEPT,
				.accept_encoding = "identity" });
	return true;
}

bool check_is_sdp(const sip_t *sip)
{
	return sip->sip_payload && sip->sip_payload->pl_len && is_sdp(sip) &&
		!is_encoded(sip);
}

bool check_contact(struct request *rq, bool required)
{
	const sip_contact_t *c = rq->sip->sip_contact;
	if (!c && !required)
		return true;
	int type = c ? c->m_url->url_type : url_invalid;
	if ((type == url_sip || type == url_sips) && c->m_url->url_host)
		return true;
	return refuse(rq,
		&(struct reply){ .status = 400,
			.phrase = c ? "Bad Contact Header" : "Missing Contact Header" });
}

static const char *unknown_header(const sip_t *sip, const char *name)
{
	for (const sip_unknown_t *u = sip->sip_unknown; u; u = u->un_next) {
		if (u->un_name && strcasecmp(u->un_name, name) == 0)
			return u->un_value;
	}
	return NULL;
}

/* RFC 3323 section 4.2, RFC 3325 section 9.3: the caller does not want to be known. */
static bool is_withheld(const sip_t *sip)
{
	static const char *const values[] = { "id", "user", "header" };
	const sip_privacy_t *p = sip->sip_privacy;
	for (size_t i = 0; p && p->priv_values && p->priv_values[i]; i++) {
		for (size_t k = 0; k < sizeof values / sizeof values[0]; k++) {
			if (strcasecmp(p->priv_values[i], values[k]) == 0)
				return true;
		}
	}
	return false;
}

/* RFC 3323 section 4.1.1.3 and what carriers send */
static bool is_anonymous(const url_t *from)
{
	return (from->url_user && strcasecmp(from->url_user, "anonymous") == 0) ||
		(from->url_host && strcasecmp(from->url_host, "anonymous.invalid") == 0);
}

static void read_caller(const struct request *rq, char out[TRUNK_USER_MAX + 1])
{
	const sip_t *sip = rq->sip;
	out[0] = 0;
	if (is_withheld(sip))
		return;
	/* a network asserts an identity only to whom it trusts, and we believe only a listed
	 * peer (RFC 3325 section 5) */
	const char *asserted = rq->listed ? unknown_header(sip, "P-Asserted-Identity")
					  : NULL;
	if (asserted && user_asserted(out, asserted) == 0)
		return;
	if (!is_anonymous(sip->sip_from->a_url))
		(void)user_unescape(out, sip->sip_from->a_url->url_user);
}

bool check_parties(struct request *rq, struct link_call *call)
{
	const char *user = rq->sip->sip_request->rq_url->url_user;
	/* Our Contact, as registered: whom it was for stands in To (RFC 3261 section 16.5 rewrites the URI alone) */
	if (user && strcmp(user, STATION_NAME) == 0)
		user = rq->sip->sip_to->a_url->url_user;
	int err = user_unescape(call->called, user);
	if (err == EINVAL)
		return refuse(rq,
			&(struct reply){ .status = 400, .phrase = "Bad Request-URI" });
	if (err == ENAMETOOLONG)
		return refuse(rq, &(struct reply){ .status = 414 });
	if (err)
		return refuse(rq, &(struct reply){ .status = 404 });
	read_caller(rq, call->caller);
	struct slice id = slice_str(rq->sip->sip_call_id->i_id);
	if (id.n > LINK_CALL_ID)
		id.n = LINK_CALL_ID;
	return slice_copy(id, call->call_id, sizeof call->call_id) == 0;
}
