/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * register -- whether a carrier is there: REGISTER (RFC 3261 section 10.2), or OPTIONS; see carrier.h.
 *
 * One request at a time, by nta's client transaction.  A challenge is answered once, and once more when its nonce was
 * too old.  SIP thread.
 */
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include "base/log.h"
#include "base/slice.h"
#include "base/text.h"
#include "sip/carrier.h"
#include "sip/dialog_inner.h"
#include "sip/pace.h"
#include "sip/station.h"

#define CHALLENGES  2
#define EXPIRES_MIN 60 /* what a carrier may ask of us: a minute to a day */
#define EXPIRES_MAX 86400
#define LEG_TEXT    (DIGEST_TEXT_MAX + CARRIER_HOST + 64)

static int on_answer(void *arg, nta_outgoing_t *orq, const sip_t *sip);
static void send_beat(struct carrier *c, const char *www, const char *proxy);

static uint32_t random_32(void)
{
	uint32_t rnd = 0;
	return getentropy(&rnd, sizeof rnd) == 0 ? rnd : 0;
}

/* The account, where it registers; else who calls. */
static const char *account(const struct carrier *c)
{
	return c->registers && c->has_credential ? c->credential.user : c->caller;
}

int carrier_make_leg(struct carrier *c)
{
	char from[LEG_TEXT], to[LEG_TEXT], nowhere[DIALOG_NOWHERE], id[33];
	uint8_t rnd[24];
	char tag[17];
	if (getentropy(rnd, sizeof rnd) != 0 || dialog_nowhere(nowhere) != 0)
		return EIO;
	text_hex(id, sizeof id, rnd, 16);
	text_hex(tag, sizeof tag, rnd + 16, 8);
	/* section 10.2: both are the address of record; an OPTIONS is to the carrier itself */
	if (text_format(
		    from, sizeof from, "<sip:%s@%s>;tag=%s", account(c), c->host, tag) ||
		text_format(to, sizeof to,
			c->registers ? "<sip:%s%s%s>" : "<sip:%.0s%.0s%s>", account(c),
			"@", c->host))
		return EINVAL;
	c->leg = nta_leg_tcreate(c->st->agent, NULL, NULL,
		URLTAG_URL((const void *)nowhere), SIPTAG_CALL_ID_STR(id),
		SIPTAG_FROM_STR(from), SIPTAG_TO_STR(to), TAG_END());
	return c->leg ? 0 : ENOMEM;
}

static void forget_beat(struct carrier *c)
{
	if (c->beat)
		nta_outgoing_destroy(c->beat);
	c->beat = NULL;
	c->silent_ms = 0;
}

/* This server does not serve: the next one, or a pause. */
static void beat_failed(struct carrier *c, int status)
{
	carrier_is_bad(c, &c->beat_at);
	if (carrier_has_more(c, c->tried)) {
		c->beat_ms = station_now_ms();
	} else {
		c->fails++;
		c->tried = 0;
		c->beat_ms = station_now_ms() +
			pace_retry_ms(
				c->fails, CARRIER_RETRY_T1 * c->st->t1_ms, random_32());
		c->is_bound = false;
		carrier_stands(c, TRUNK_CARRIER_DOWN, status);
	}
	carrier_arm(c);
}

/* All its servers would say the same. */
static void beat_refused(struct carrier *c, int status)
{
	c->fails++;
	c->tried = 0;
	c->is_bound = false;
	c->beat_ms = station_now_ms() +
		pace_retry_ms(c->fails, CARRIER_RETRY_T1 * c->st->t1_ms, random_32());
	carrier_stands(c, TRUNK_CARRIER_REFUSED, status);
	carrier_arm(c);
}

static bool is_ours(const struct carrier *c, const sip_contact_t *m)
{
	const struct station *st = c->st;
	const char *port = m->m_url->url_port;
	uint64_t number = station_default_port(c->transport);
	if (port && *port)
		(void)slice_u64(slice_str(port), UINT16_MAX, &number);
	return m->m_url->url_user && strcmp(m->m_url->url_user, STATION_NAME) == 0 &&
		number == st->port[c->transport] && m->m_url->url_host &&
		strcasecmp(m->m_url->url_host, st->told_host) == 0;
}

/* How long it lasts: our Contact's, or the whole answer's, or what we asked for (section 10.2.4). */
static uint32_t granted_s(const struct carrier *c, const sip_t *sip)
{
	uint64_t s = sip->sip_expires ? sip->sip_expires->ex_delta : c->expires_s;
	for (const sip_contact_t *m = sip->sip_contact; m; m = m->m_next) {
		if (m->m_expires && is_ours(c, m))
			(void)slice_u64(slice_str(m->m_expires), UINT32_MAX, &s);
	}
	return s < EXPIRES_MIN / 2 ? EXPIRES_MIN / 2
		: s > EXPIRES_MAX  ? EXPIRES_MAX
				   : (uint32_t)s;
}

static void beat_accepted(struct carrier *c, int status, const sip_t *sip)
{
	targets_is_good(&c->targets, &c->beat_at);
	c->fails = 0;
	c->tried = 0;
	c->is_bound = c->registers;
	c->beat_ms = station_now_ms() +
		(c->registers ? pace_renewal_ms(granted_s(c, sip), random_32())
			      : (int64_t)c->watch_s * 1000);
	carrier_stands(c, TRUNK_CARRIER_UP, status);
	carrier_arm(c);
}

/* False: it cannot be answered. */
static bool answer_challenge(struct carrier *c, int status, const sip_t *sip)
{
	char auth[CREDENTIAL_MAX], uri[CARRIER_HOST + 8];
	bool is_proxy = status == 407, stale = false;
	(void)text_format(uri, sizeof uri, "sip:%s", c->host);
	if (!c->has_credential || ++c->challenges > CHALLENGES ||
		credential_answer(auth, &c->credential,
			is_proxy ? sip->sip_proxy_authenticate
				 : sip->sip_www_authenticate,
			c->registers ? "REGISTER" : "OPTIONS", uri, &stale) != 0 ||
		(c->challenges > 1 && !stale))
		return false;
	send_beat(c, is_proxy ? NULL : auth, is_proxy ? auth : NULL);
	return true;
}

/* 423 (section 10.2.8): at least so long. */
static bool take_longer(struct carrier *c, const sip_t *sip)
{
	uint32_t least = sip->sip_min_expires ? (uint32_t)sip->sip_min_expires->me_delta
					      : 0;
	if (least <= c->expires_s || least > EXPIRES_MAX)
		return false;
	c->expires_s = least;
	c->challenges = 0;
	send_beat(c, NULL, NULL);
	return true;
}

/* Another one is on its way, of the kind that it asks for. */
static bool is_sent_again(struct carrier *c, int status, const sip_t *sip)
{
	if (!sip)
		return false;
	if (status == 401 || status == 407)
		return answer_challenge(c, status, sip);
	return c->registers && status == 423 && take_longer(c, sip);
}

static void beat_answered(struct carrier *c, int status, const sip_t *sip)
{
	if (status == 408 || status >= 500)
		beat_failed(c, status);
	else if (status >= 300 && is_sent_again(c, status, sip))
		return;
	else if (status >= 300 && c->registers)
		beat_refused(c, status);
	else /* whatever it says to an OPTIONS: it is there */
		beat_accepted(c, status, sip);
}

/* The registration is undone, or it ends by itself. */
static void end_answered(struct carrier *c, int status, const sip_t *sip)
{
	if (!((status == 401 || status == 407) && sip &&
		    answer_challenge(c, status, sip)))
		c->st->byes--;
}

static int on_answer(void *arg, nta_outgoing_t *orq, const sip_t *sip)
{
	struct carrier *c = arg;
	int status = nta_outgoing_status(orq);
	if (status < 200 || orq != c->beat)
		return 0;
	if (status < 300 && !sip)
		status = 408;
	c->beat = NULL;
	c->silent_ms = 0;
	if (c->is_ending)
		end_answered(c, status, sip);
	else
		beat_answered(c, status, sip);
	nta_outgoing_destroy(orq); /* last: the answer is its */
	return 0;
}

void carrier_beat_over(struct carrier *c)
{
	forget_beat(c);
	if (c->is_ending) {
		c->st->byes--;
		return;
	}
	beat_failed(c, 408);
}

static nta_outgoing_t *send_it(struct carrier *c, const char *www, const char *proxy)
{
	char hop[CARRIER_HOP], uri[CARRIER_HOST + 8], expires[16];
	bool fresh = carrier_hop_of(hop, c, &c->beat_at);
	(void)text_format(uri, sizeof uri, "sip:%s", c->host);
	(void)text_format(expires, sizeof expires, "%u", c->is_ending ? 0 : c->expires_s);
	const char *contact = station_contact(c->st, c->transport);
	if (!c->registers)
		return nta_outgoing_tcreate(c->leg, on_answer, c, (const void *)hop,
			SIP_METHOD_OPTIONS, (const void *)uri,
			SIPTAG_CONTACT_STR(contact), SIPTAG_ACCEPT_STR(STATION_ACCEPT),
			SIPTAG_USER_AGENT_STR(STATION_NAME),
			TAG_IF(www != NULL, SIPTAG_AUTHORIZATION_STR(www)),
			TAG_IF(proxy != NULL, SIPTAG_PROXY_AUTHORIZATION_STR(proxy)),
			TAG_IF(fresh, TPTAG_FRESH(1)), TAG_END());
	return nta_outgoing_tcreate(c->leg, on_answer, c, (const void *)hop,
		SIP_METHOD_REGISTER, (const void *)uri, SIPTAG_CONTACT_STR(contact),
		SIPTAG_EXPIRES_STR(expires), SIPTAG_ALLOW_STR(STATION_ALLOW),
		SIPTAG_USER_AGENT_STR(STATION_NAME),
		TAG_IF(www != NULL, SIPTAG_AUTHORIZATION_STR(www)),
		TAG_IF(proxy != NULL, SIPTAG_PROXY_AUTHORIZATION_STR(proxy)),
		TAG_IF(fresh, TPTAG_FRESH(1)), TAG_END());
}

static void send_beat(struct carrier *c, const char *www, const char *proxy)
{
	c->silent_ms = station_now_ms() + CARRIER_SILENT_T1 * (int64_t)c->st->t1_ms;
	c->beat = send_it(c, www, proxy);
	if (!c->beat)
		c->silent_ms = station_now_ms(); /* as if nobody had answered */
	carrier_arm(c);
}

void carrier_beat(struct carrier *c)
{
	c->beat_ms = 0;
	if (c->beat || !c->leg)
		return;
	if (!carrier_choose(c, &c->tried, &c->beat_at)) {
		c->tried = 0;
		if (!carrier_choose(c, &c->tried, &c->beat_at))
			return; /* the search begins it again */
	}
	c->challenges = 0;
	send_beat(c, NULL, NULL);
}

void carrier_unbind(struct carrier *c)
{
	forget_beat(c);
	c->beat_ms = c->search_ms = 0;
	carrier_arm(c);
	if (!c->is_bound || !c->leg)
		return;
	c->is_bound = false;
	c->is_ending = true;
	c->challenges = 0;
	c->st->byes++; /* which the station waits for a moment */
	send_beat(c, NULL, NULL);
}
