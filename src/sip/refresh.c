/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* refresh -- see refresh.h.  SIP thread. */
#include "sip/refresh.h"
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include "base/text.h"

static enum session_refresher refresher_of(const char *word)
{
	if (word && strcasecmp(word, "uac") == 0)
		return SESSION_UAC;
	return word && strcasecmp(word, "uas") == 0 ? SESSION_UAS : SESSION_ANY;
}

static uint32_t seconds_of(unsigned long delta)
{
	return delta < UINT32_MAX ? (uint32_t)delta : UINT32_MAX;
}

struct session_said refresh_said(const sip_t *sip)
{
	const sip_session_expires_t *x = sip->sip_session_expires;
	struct session_said said = {
		.knows = (sip->sip_supported &&
				 sip_has_feature(sip->sip_supported, "timer")) ||
			(sip->sip_require && sip_has_feature(sip->sip_require, "timer")),
		.min_s = sip->sip_min_se ? seconds_of(sip->sip_min_se->min_delta) : 0,
	};
	if (x) {
		/* "0" is said, and too small */
		said.expires_s = x->x_delta ? seconds_of(x->x_delta) : 1;
		said.refresher = refresher_of(x->x_refresher);
	}
	return said;
}

/* Who says nothing of what it allows may have said it before. */
static void hear_allow(struct dialog *d, const sip_t *sip)
{
	if (sip->sip_allow)
		d->can_update = sip_is_allowed(sip->sip_allow, SIP_METHOD_UPDATE);
}

void refresh_accept(struct dialog *d, const sip_t *request)
{
	struct session_said said = refresh_said(request);
	session_accept(&d->session, &said, d->st->session_s);
	hear_allow(d, request);
}

void refresh_accepted(struct dialog *d, const sip_t *answer)
{
	struct session_said said = refresh_said(answer);
	if (!d->st->session_s) /* nobody was asked for one */
		said = (struct session_said){ .knows = false };
	session_accepted(&d->session, &said);
	hear_allow(d, answer);
	refresh_start(d);
}

static int64_t in_ms(const struct dialog *d, uint32_t seconds)
{
	return station_now_ms() + (int64_t)seconds * 2 * d->st->t1_ms;
}

void refresh_start(struct dialog *d)
{
	const struct session *s = &d->session;
	d->session_end_ms = s->expires_s ? in_ms(d, session_end_s(s)) : 0;
	d->refresh_ms = s->ours ? in_ms(d, session_refresh_s(s)) : 0;
}

void refresh_restart(struct dialog *d)
{
	uint16_t rnd = 0;
	uint32_t spread = d->session.expires_s / REFRESH_SPREAD;
	if (spread > REFRESH_SPREAD_S)
		spread = REFRESH_SPREAD_S;
	refresh_start(d);
	if (!d->session.ours)
		return;
	if (getentropy(&rnd, sizeof rnd) != 0)
		rnd = 0;
	d->refresh_ms = station_now_ms() + rnd % (spread * 2 * d->st->t1_ms + 1);
}

void refresh_later(struct dialog *d)
{
	if (d->session.ours)
		d->refresh_ms = in_ms(d, d->session.expires_s / REFRESH_AGAIN);
}

int64_t refresh_end_ms(const struct dialog *d)
{
	switch (d->state) {
	case DIALOG_TALKING:
	case DIALOG_REOFFERED:
	case DIALOG_REANSWERED:
	case DIALOG_UPDATED: return d->session_end_ms;
	default: return 0; /* before its ACK another clock runs */
	}
}

static void write_expires(
	char out[REFRESH_TEXT], uint32_t seconds, enum session_refresher who)
{
	static const char *const words[] = {
		[SESSION_ANY] = "",
		[SESSION_UAC] = ";refresher=uac",
		[SESSION_UAS] = ";refresher=uas",
	};
	(void)text_format(out, REFRESH_TEXT, "%u%s", seconds, words[who]);
}

void refresh_headers(struct refresh_headers *h, const struct dialog *d)
{
	uint32_t wish_s = session_wish_s(&d->session, d->st->session_s);
	bool begins = d->state == DIALOG_CALLING;
	h->expires[0] = h->min[0] = 0;
	if (!wish_s || !(begins || d->session.expires_s))
		return;
	write_expires(h->expires, wish_s, session_refresher(&d->session));
	(void)text_format(h->min, sizeof h->min, "%u", session_min_s(&d->session));
}

void refresh_reply(struct reply *r, const struct dialog *d, char text[REFRESH_TEXT])
{
	r->contact = station_contact(d->st, d->from.transport);
	r->allow = STATION_ALLOW;
	r->supported = station_supported(d->st);
	if (!d->session.expires_s)
		return;
	write_expires(
		text, d->session.expires_s, d->session.ours ? SESSION_UAS : SESSION_UAC);
	r->session_expires = text;
	r->require = d->session.knows ? "timer" : NULL; /* section 9 */
}
