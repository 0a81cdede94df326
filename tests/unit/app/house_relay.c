/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * house -- its relays: they obey at once, and keep what they have when control is killed.  See house.h.
 *
 * What a relay must never be asked fails the story: to join a leg that is joined with another, or to play to one
 * that is joined.
 */
#include "house.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <string.h>

#include "app/priv.h"
#include "base/text.h"

void house_leg_ok(struct rp_leg_ok *ok, const struct house_name *leg)
{
	assert_non_null(leg);
	if (!leg)
		return; /* the assertion does not return, which a compiler cannot know */
	*ok = (struct rp_leg_ok){ .port = leg->port,
		.addr = "192.0.2.1",
		.ufrag = "ufrag",
		.pwd = "password-of-22-letters",
		.cname = "cname" };
}

struct house_leg *house_relay_leg(struct house *h, uint64_t id)
{
	for (size_t i = 0; id && i < HOUSE_NAMES_MAX; i++)
		if (h->legs[i].id == id)
			return &h->legs[i];
	return NULL;
}

static void add(struct house *h, unsigned relay, uint64_t id, bool is_web)
{
	for (size_t i = 0; i < HOUSE_NAMES_MAX; i++)
		if (!h->legs[i].id) {
			h->legs[i] = (struct house_leg){
				.id = id, .relay = relay, .is_web = is_web
			};
			return;
		}
	fail_msg("more than %d legs at once", HOUSE_NAMES_MAX);
}

void house_relay_part(struct house *h, struct house_leg *leg)
{
	struct house_leg *other = house_relay_leg(h, leg->joined);

	if (leg->feed == RP_FEED_JOIN)
		leg->feed = RP_FEED_NONE;
	leg->joined = 0;
	if (other && other->joined == leg->id)
		house_relay_part(h, other);
}

void house_relay_drop(struct house *h, struct house_leg *leg)
{
	house_relay_part(h, leg);
	leg->id = 0;
}

static void join(struct house *h, struct house_leg *a, struct house_leg *b)
{
	if (a->joined == b->id && b->joined == a->id)
		return;
	if (a->relay != b->relay || a->joined || b->joined)
		fail_msg("a leg was joined twice, or two legs of two relays");
	a->joined = b->id;
	b->joined = a->id;
	a->feed = b->feed = RP_FEED_JOIN;
}

static void feed(struct house_leg *leg, enum rp_feed feed, const union rp_any *m)
{
	if (leg->joined) {
		if (feed != RP_FEED_NONE)
			fail_msg("a leg that is joined was to hear something else");
		return; /* there is no clip to be stopped */
	}
	leg->feed = feed;
	leg->clip = feed == RP_FEED_CLIP ? m->play.clip : 0;
	leg->loops = feed == RP_FEED_CLIP && m->play.loop;
}

/* A call is named as its leg is. */
static void keep(struct house *h, struct house_leg *leg, const struct rp_blob *blob)
{
	struct saved s;

	assert_int_equal(saved_read(&s, blob->bytes, blob->len), 0);
	if (s.head.kind == SAVED_CALL && strcmp(house_name_of(h, s.call.id), "?") == 0)
		house_name(h, s.call.id, house_name_of(h, leg->id));
	leg->len = blob->len;
	memcpy(leg->blob, blob->bytes, blob->len);
}

void house_relay_obey(struct house *h, unsigned relay, const union rp_any *m,
	uint16_t type, uint64_t id)
{
	struct house_leg *leg = house_relay_leg(h, id), *other;

	if (type == RP_LEG_RTP || type == RP_LEG_WEB) {
		add(h, relay, id, type == RP_LEG_WEB);
		return;
	}
	if (!leg || leg->relay != relay)
		return;
	switch (type) {
	case RP_LEG_CLOSE: house_relay_drop(h, leg); break;
	case RP_JOIN:
		other = house_relay_leg(h, m->join.other);
		if (!other)
			fail_msg("a leg was joined with one that is gone");
		else
			join(h, leg, other);
		break;
	case RP_PART: house_relay_part(h, leg); break;
	case RP_PLAY: feed(leg, RP_FEED_CLIP, m); break;
	case RP_STOP: feed(leg, RP_FEED_NONE, m); break;
	case RP_ECHO: feed(leg, m->echo.on ? RP_FEED_ECHO : RP_FEED_NONE, m); break;
	case RP_BLOB: keep(h, leg, &m->blob); break;
	}
}

void house_relay_up(struct house *h, unsigned relay, bool is_draining)
{
	const struct rp_hello_ok hello = {
		.port = 5000, .addr = "192.0.2.1", .is_draining = is_draining
	};

	h->is_up[relay] = true;
	app_relay_up(h->app, relay, &hello);
}

void house_relay_gone(struct house *h, unsigned relay)
{
	h->is_up[relay] = false;
	for (size_t i = 0; i < HOUSE_NAMES_MAX; i++)
		if (h->legs[i].id && h->legs[i].relay == relay)
			h->legs[i].id = 0;
	if (h->app)
		app_relay_gone(h->app, relay);
}

static const struct house_name *name_of(const struct house *h, uint64_t id)
{
	for (size_t i = 0; i < h->n_names; i++)
		if (h->names[i].id == id)
			return &h->names[i];
	fail_msg("a leg without a name");
	return NULL;
}

void house_relay_found(struct house *h, unsigned relay)
{
	for (size_t i = 0; i < HOUSE_NAMES_MAX; i++) {
		const struct house_leg *leg = &h->legs[i];
		struct rp_leg_state s = { .head = { .leg = leg->id },
			.joined = leg->joined,
			.is_web = leg->is_web,
			.is_up = leg->is_up,
			.is_silent = leg->is_silent,
			.feed = (uint8_t)leg->feed,
			.loops = leg->loops,
			.clip = leg->clip,
			.len = leg->len };

		if (!leg->id || leg->relay != relay)
			continue;
		house_leg_ok(&s.ok, name_of(h, leg->id));
		memcpy(s.blob, leg->blob, leg->len);
		app_found_leg(h->app, relay, &s);
	}
}

/* --- what a blob says --- */

static void call_text(const struct saved_call *c, char *text, size_t cap)
{
	static const char *const states[] = { "setup", "queued", "farewell", "ended",
		"menu" };

	(void)text_format(text, cap, " %s%s%s%s%s%s%s%s", states[c->state],
		c->agent ? " " : "", c->agent ? house_agent_name(c->agent) : "",
		c->is_interrupted ? " interrupted" : "", c->hop_near ? " hop" : "",
		c->is_held ? " held" : "", *c->why ? " " : "", c->why);
}

static void line_text(const struct saved_line *l, char *text, size_t cap)
{
	static const char *const states[ACD_AGENT_STATES] = { "out", "away", "ready",
		"offered", "talking", "interrupted", "wrapup", "pause", "work",
		"dialling", "holding" };

	(void)text_format(text, cap, " %s%s%s%s%s%s%s", states[l->state],
		l->call ? " with a call" : "",
		l->pause_after          ? " pause_after"
			: l->work_after ? " work_after"
					: "",
		l->stops ? " stops" : "", l->until_ms >= 0 ? " until" : "",
		l->has_door ? " door" : "", l->back_at_ms ? " back" : "");
}

void house_blob_text(const struct rp_blob *blob, char *text, size_t cap)
{
	struct saved s;

	assert_int_equal(saved_read(&s, blob->bytes, blob->len), 0);
	if (s.head.kind == SAVED_CALL)
		call_text(&s.call, text, cap);
	else if (s.head.kind == SAVED_LINE)
		line_text(&s.line, text, cap);
	else
		(void)text_copy(text, cap, " of a hop");
}
