/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* story_sip -- what happens on SIP: calls, their changes and ends; and what may be asked for of SRTP. */
#include "story_inputs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

static size_t length(const char *text)
{
	return text ? strlen(text) : 0;
}

static void invite(struct house *h, const struct story_args *a)
{
	const char *sdp = story_sdp_of(story_number(a->v[0]), a->v[2]);
	char state[HOUSE_LINE_MAX];

	(void)text_format(state, sizeof state, "invite-%s", a->v[0]);
	app_sip_invite(h->app,
		&(struct trunk_invite){ .dialog = story_number(a->v[0]),
			.called = a->v[1],
			.caller = strcmp(a->v[3], "anonymous") == 0 ? "" : "0790000000",
			.sdp = sdp,
			.sdp_len = length(sdp),
			.state = state,
			.state_len = strlen(state),
			.srtp = h->srtp });
}

static void ack(struct house *h, const struct story_args *a)
{
	uint64_t dialog = story_number(a->v[0]);
	const char *sdp = story_sdp_of(dialog, *a->v[1] ? a->v[1] : "none");

	app_sip_acked(h->app, dialog, sdp, length(sdp));
}

static void reinvite(struct house *h, const struct story_args *a)
{
	const char *sdp = story_sdp_of(story_number(a->v[0]), a->v[1]);

	app_sip_reoffer(h->app, story_number(a->v[0]), sdp, length(sdp));
}

/* "reinvited 1 200 good": what came of ours */
static void reinvited(struct house *h, const struct story_args *a)
{
	const char *sdp = story_sdp_of(
		story_number(a->v[0]), *a->v[2] ? a->v[2] : "none");

	app_sip_reinvited(h->app, story_number(a->v[0]), (uint16_t)story_number(a->v[1]),
		sdp, length(sdp));
}

static void refreshed(struct house *h, const struct story_args *a)
{
	const char *sdp = story_sdp_of(story_number(a->v[0]), a->v[1]);

	app_sip_refreshed(h->app, story_number(a->v[0]), sdp, length(sdp));
}

static void changed(struct house *h, const struct story_args *a)
{
	app_sip_changed(h->app, story_number(a->v[0]), a->v[1], strlen(a->v[1]));
}

static void bye(struct house *h, const struct story_args *a)
{
	app_sip_ended(h->app, story_number(a->v[0]), "caller_hung_up");
}

/* "rang 21", "reached 21 good", "unreached 21 486": of a call that we make */
static void rang(struct house *h, const struct story_args *a)
{
	app_sip_rang(h->app, story_number(a->v[0]));
}

static void reached(struct house *h, const struct story_args *a)
{
	const char *sdp = story_sdp(a->v[1]);
	char state[HOUSE_LINE_MAX];

	(void)text_format(state, sizeof state, "reached-%s", a->v[0]);
	app_sip_reached(
		h->app, story_number(a->v[0]), sdp, length(sdp), state, strlen(state));
}

static void unreached(struct house *h, const struct story_args *a)
{
	app_sip_unreached(h->app, story_number(a->v[0]), (uint16_t)story_number(a->v[1]));
	app_sip_ended(h->app, story_number(a->v[0]), "unreached");
}

static void phone(struct house *h, const struct story_args *a)
{
	h->is_phone_dead = strcmp(a->v[0], "dead") == 0;
}

/* "srtp required": of every peer from now on; of what we offer from the next "> adopt" on */
static void srtp(struct house *h, const struct story_args *a)
{
	h->srtp = strcmp(a->v[0], "required") == 0 ? TRUNK_SRTP_REQUIRED
		: strcmp(a->v[0], "never") == 0    ? TRUNK_SRTP_NEVER
						   : TRUNK_SRTP_OFFERED;
}

const struct story_input story_sip[] = {
	{ "invite", invite, true },
	{ "ack", ack, true },
	{ "reinvite", reinvite, true },
	{ "reinvited", reinvited, true },
	{ "refreshed", refreshed, true },
	{ "changed", changed, true },
	{ "bye", bye, true },
	{ "srtp", srtp, false },
	{ "rang", rang, false },
	{ "reached", reached, false },
	{ "unreached", unreached, false },
	{ "phone", phone, false },
	{ 0 },
};
