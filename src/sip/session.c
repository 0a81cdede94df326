/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* session -- see session.h.  Pure; any thread. */
#include "sip/session.h"

#define BEFORE_END_S 32 /* section 10: the BYE must be there before their timer ends */

static uint32_t larger(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

bool session_is_too_small(const struct session_said *request)
{
	return request->knows && request->expires_s &&
		request->expires_s < SESSION_LEAST_S;
}

/* Section 9, table 2. Who knows nothing of timers refreshes nothing, whatever a proxy wrote on the way. */
static bool is_ours(const struct session *s, const struct session_said *request)
{
	if (!request->knows || request->refresher == SESSION_UAS)
		return true;
	if (request->refresher == SESSION_UAC)
		return false;
	return s->expires_s ? s->ours : true;
}

static uint32_t interval_of(
	const struct session *s, const struct session_said *request, uint32_t wish_s)
{
	if (request->expires_s) /* of one that is too small and could not be refused: none */
		return request->expires_s < SESSION_LEAST_S ? 0 : request->expires_s;
	return request->knows ? session_wish_s(s, wish_s) : 0;
}

void session_accept(
	struct session *s, const struct session_said *request, uint32_t wish_s)
{
	struct session next = { .min_s = larger(s->min_s, request->min_s),
		.knows = request->knows };
	if (wish_s) {
		next.expires_s = s->expires_s;
		next.expires_s = interval_of(&next, request, wish_s);
		next.ours = next.expires_s && is_ours(s, request);
	}
	*s = next;
}

void session_accepted(struct session *s, const struct session_said *answer)
{
	s->expires_s = answer->expires_s ? larger(answer->expires_s, SESSION_LEAST_S) : 0;
	s->ours = s->expires_s && answer->refresher != SESSION_UAS;
	s->knows = answer->knows || answer->refresher == SESSION_UAS;
}

bool session_raise(struct session *s, const struct session_said *answer)
{
	if (answer->min_s <= session_min_s(s))
		return false;
	s->min_s = answer->min_s;
	return true;
}

uint32_t session_min_s(const struct session *s)
{
	return larger(s->min_s, SESSION_LEAST_S);
}

uint32_t session_wish_s(const struct session *s, uint32_t wish_s)
{
	uint32_t now = s->expires_s ? s->expires_s : wish_s;
	return wish_s ? larger(now, session_min_s(s)) : 0;
}

enum session_refresher session_refresher(const struct session *s)
{
	if (!s->expires_s)
		return SESSION_ANY;
	return s->ours ? SESSION_UAC : SESSION_UAS;
}

uint32_t session_refresh_s(const struct session *s)
{
	return s->expires_s / 2;
}

uint32_t session_end_s(const struct session *s)
{
	uint32_t third = s->expires_s / 3;
	return s->expires_s - (third < BEFORE_END_S ? third : BEFORE_END_S);
}
