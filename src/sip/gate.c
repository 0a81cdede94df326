/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * gate -- see gate.h.  Owns nothing; SIP thread.
 */
#include "sip/gate.h"
#include <string.h>
#include <strings.h>
#include "base/log.h"
#include "base/mask.h"
#include "sip/credential.h"
#include "sip/reply.h"
#include "sip/user.h"

/* What a response has besides its request's headers and the challenges: ours, a To tag, received and rport */
#define OUR_HEADERS 160
#define ANSWERS_MAX \
	4 /* Authorization headers looked at: one for each algorithm, and a stray one */

static void log_stranger(struct request *rq, const char *what)
{
	struct station *st = rq->st;
	char addr[PEERS_TEXT_MAX], called[TRUNK_USER_MAX + 1], masked[MASK_SIZE];
	int64_t now = station_now_ms();
	atomic_fetch_add(&st->link->strangers, 1);
	if (now < st->stranger_log_ms) {
		st->strangers_unlogged++;
		return;
	}
	(void)user_unescape(called, rq->sip->sip_request->rq_url->url_user);
	log_warn("sip: %s from %s refused: %s; to %s; %u more since the last such line",
		rq->sip->sip_request->rq_method == sip_method_unknown
			? "a request"
			: rq->sip->sip_request->rq_method_name,
		peers_addr_text(addr, &rq->from), what, mask_number(masked, called),
		st->strangers_unlogged);
	st->strangers_unlogged = 0;
	st->stranger_log_ms = now + GATE_LOG_MS;
}

static enum digest_verdict judge(struct request *rq, const sip_authorization_t *au)
{
	char buf[9][CREDENTIAL_FIELD];
	struct digest_answer a = {
		.username = credential_field(au, "username=", buf[0]),
		.realm = credential_field(au, "realm=", buf[1]),
		.nonce = credential_field(au, "nonce=", buf[2]),
		.uri = credential_field(au, "uri=", buf[3]),
		.response = credential_field(au, "response=", buf[4]),
		.algorithm = credential_field(au, "algorithm=", buf[5]),
		.cnonce = credential_field(au, "cnonce=", buf[6]),
		.nc = credential_field(au, "nc=", buf[7]),
		.qop = credential_field(au, "qop=", buf[8]),
	};
	return digest_check(&rq->st->digest, rq->sip->sip_request->rq_method_name, &a,
		station_now_ms());
}

static enum digest_verdict judge_all(struct request *rq)
{
	enum digest_verdict best = DIGEST_WRONG;
	const sip_authorization_t *au = rq->sip->sip_authorization;
	for (int i = 0; au && i < ANSWERS_MAX && best != DIGEST_OK;
		i++, au = au->au_next) {
		if (!au->au_params || strcasecmp(au->au_scheme, "Digest") != 0)
			continue;
		enum digest_verdict v = judge(rq, au);
		best = v > best ? v : best;
	}
	return best;
}

static uint64_t addr_hash(const struct station *st, const struct peers_addr *a)
{
	char text[PEERS_TEXT_MAX];
	return station_hash(st, 0, peers_addr_text(text, a));
}

/* Whether a stranger gets an answer: not where a forged Via would send it elsewhere (maddr, RFC 3261 section
 * 18.2.2), not when it would be many times its request, and only so many a second. */
static bool may_answer(struct request *rq, size_t size)
{
	struct station *st = rq->st;
	if (rq->listed)
		return true;
	if (!rq->sip->sip_via->v_maddr && size <= STATION_GAIN_MAX * msg_size(rq->msg) &&
		throttle_allow(&st->throttle, addr_hash(st, &rq->from), station_now_ms()))
		return true;
	atomic_fetch_add(&st->link->unanswered, 1);
	msg_destroy(rq->msg);
	rq->msg = NULL;
	return false;
}

static void challenge(struct request *rq, bool stale)
{
	char text[DIGEST_ALGS][DIGEST_CHALLENGE];
	size_t size = msg_size(rq->msg) + OUR_HEADERS;
	for (int alg = 0; alg < DIGEST_ALGS; alg++) {
		if (digest_challenge(&rq->st->digest, text[alg], alg, stale,
			    station_now_ms()) != 0) {
			reply_status(rq, 500);
			return;
		}
	}
	for (int alg = 0; alg < DIGEST_ALGS; alg++)
		size += sizeof "WWW-Authenticate: \r\n" + strlen(text[alg]);
	if (!may_answer(rq, size))
		return;
	/* RFC 8760 section 2.4: the stronger one first */
	reply_once(rq,
		&(struct reply){ .status = 401,
			.challenge = { text[DIGEST_SHA256], text[DIGEST_MD5] } });
}

static void forbid(struct request *rq)
{
	log_stranger(rq, "not a peer");
	if (may_answer(rq, 0)) /* what is parsed at all is long enough for a 403 */
		reply_status(rq, 403);
}

bool gate_prove(struct request *rq)
{
	if (!rq->st->has_digest) {
		forbid(rq);
		return false;
	}
	bool tried = rq->sip->sip_authorization != NULL;
	enum digest_verdict v = tried ? judge_all(rq) : DIGEST_WRONG;
	if (v == DIGEST_OK) {
		rq->proven = true;
		return true;
	}
	if (tried && v == DIGEST_WRONG)
		log_stranger(rq, "wrong credential");
	challenge(rq, v == DIGEST_STALE);
	return false;
}

/* Nobody else knows our tag, and an ACK or CANCEL cannot be challenged (RFC 3261 section 22.1). */
static bool is_of_a_dialog(const struct request *rq)
{
	struct dialog *d = rq->sip->sip_to->a_tag ? dialogs_find(rq->st, rq->sip)
		: rq->sip->sip_request->rq_method == sip_method_cancel
		? dialogs_find_first(rq->st, rq->sip)
		: NULL;
	return d && peers_same_host(&d->from, &rq->from);
}

/* By the certificate of the connection, which was verified when it was made (RFC 5922 section 7.4). */
static bool is_certified(struct request *rq)
{
	tport_t *all = nta_agent_tports(rq->st->agent);
	tport_t *by = rq->from.transport == TRUNK_TLS ? tport_delivered_by(all, rq->msg)
						      : NULL;
	const su_strlst_t *names = by && tport_is_verified(by)
		? tport_delivered_from_subjects(by, rq->msg)
		: NULL;
	for (usize_t i = 0; names && i < su_strlst_len(names); i++) {
		if (peers_find_named(&rq->st->peers, su_strlst_item(names, i), &rq->srtp))
			return true;
	}
	return false;
}

bool gate_admit(struct request *rq)
{
	rq->srtp = rq->st->digest_srtp;
	rq->listed = peers_find(&rq->st->peers, &rq->from, &rq->srtp) ||
		carrier_of(rq->st, &rq->from) != NULL || is_certified(rq);
	if (rq->listed || is_of_a_dialog(rq))
		return true;
	if (rq->sip->sip_request->rq_method == sip_method_cancel) {
		forbid(rq);
		return false;
	}
	return gate_prove(rq);
}
