/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* story_relay -- what a relay answers and tells, comes and goes; and who hears whom in it. */
#include "story_inputs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

static void made(struct house *h, const struct story_args *a)
{
	const struct house_name *leg = house_leg(h, a->v[0]);
	union rp_any m;
	bool is_web = strchr("abw", leg->text[0]);

	house_leg_ok(&m.leg_ok, leg);
	m.head.type = RP_LEG_OK;
	m.head.leg = leg->id;
	app_relay_reply(h->app, leg->relay, is_web ? RP_LEG_WEB : RP_LEG_RTP, &m);
}

static void reply(struct house *h, const struct story_args *a, uint16_t command,
	uint16_t type, int err)
{
	const struct house_name *leg = house_leg(h, a->v[0]);
	union rp_any m = { .head = { .type = type, .leg = leg->id, .err = err } };

	if (type == RP_STATS_OK)
		m.stats.rx = 50;
	app_relay_reply(h->app, leg->relay, command, &m);
}

static void refuse(struct house *h, const struct story_args *a)
{
	uint16_t command = house_relay_type(a->v[1]);
	struct house_leg *leg = house_relay_leg(h, house_leg(h, a->v[0])->id);

	if (leg && command == RP_JOIN)
		house_relay_part(h, leg);
	else if (leg && (command == RP_LEG_RTP || command == RP_LEG_WEB))
		house_relay_drop(h, leg);
	reply(h, a, command, RP_DONE, ENOMEM);
}

/* "figures anna rx=1000 lost=10 tx=990 gone=5 trip=40000": what it answers when it is asked; gone: as the far side tells; quiet: it tells nothing */
static void figures(struct house *h, const struct story_args *a)
{
	const struct house_name *leg = house_leg(h, a->v[0]);
	union rp_any m = { .head = { .type = RP_STATS_OK, .leg = leg->id } };
	unsigned n[5] = { 0 };
	static const char *const words[] = { "rx=", "lost=", "tx=", "gone=", "trip=" };

	bool is_quiet = false;

	for (size_t i = 1; i < STORY_ARGS_MAX; i++) {
		is_quiet |= strcmp(a->v[i], "quiet") == 0;
		for (size_t j = 0; j < 5; j++)
			if (strncmp(a->v[i], words[j], strlen(words[j])) == 0)
				n[j] = (unsigned)story_number(a->v[i] + strlen(words[j]));
	}
	m.stats.rx = n[0];
	m.stats.lost = n[1];
	m.stats.tx = n[2];
	m.stats.expected = n[0] + n[1];
	m.stats.rx_codec = m.stats.tx_codec = SOUND_PCMA;
	m.stats.path = RP_PATH_PACKET;
	m.stats.remote_expected = is_quiet ? 0 : n[2];
	m.stats.remote_lost = n[3];
	m.stats.round_trip_us = n[4];
	app_relay_reply(h->app, leg->relay, RP_STATS, &m);
}

static void measures(struct house *h, const struct story_args *a)
{
	h->tells_figures = true;
}

static void stats(struct house *h, const struct story_args *a)
{
	reply(h, a, RP_STATS, RP_STATS_OK, 0);
}

static void obey_nature(struct house_leg *leg, uint16_t type)
{
	if (type == RP_EV_UP)
		leg->is_up = true;
	if (type == RP_EV_SILENT || type == RP_EV_HEARD)
		leg->is_silent = type == RP_EV_SILENT;
	if (type == RP_EV_CLIP_DONE && leg->feed == RP_FEED_CLIP && !leg->loops)
		leg->feed = RP_FEED_NONE;
}

/* "UP c7", "DONE c7 greeting": events of the relay; where control is dead nobody hears of them */
static void event(struct house *h, const struct story_args *a, uint16_t type)
{
	const struct house_name *leg = house_leg(h, a->v[0]);
	union rp_any m = { .head = { .type = type, .leg = leg->id } };
	struct house_leg *is = house_relay_leg(h, leg->id);

	if (is && type == RP_EV_DOWN)
		house_relay_drop(h, is);
	else if (is)
		obey_nature(is, type);
	if (!h->app)
		return;
	if (type == RP_EV_FIRST)
		m.first.at_us = (uint64_t)h->now_us;
	if (type == RP_EV_CLIP_DONE)
		m.clip_done.clip = house_clip(a->v[1]);
	if (type == RP_EV_DIGIT)
		m.digit.digit = (uint32_t)story_number(a->v[1]);
	app_relay_event(h->app, leg->relay, &m);
}

static void up(struct house *h, const struct story_args *a)
{
	event(h, a, RP_EV_UP);
}

static void down(struct house *h, const struct story_args *a)
{
	event(h, a, RP_EV_DOWN);
}

static void silent(struct house *h, const struct story_args *a)
{
	event(h, a, RP_EV_SILENT);
}

static void heard(struct house *h, const struct story_args *a)
{
	event(h, a, RP_EV_HEARD);
}

static void first(struct house *h, const struct story_args *a)
{
	event(h, a, RP_EV_FIRST);
}

static void done(struct house *h, const struct story_args *a)
{
	event(h, a, RP_EV_CLIP_DONE);
}

static void digit(struct house *h, const struct story_args *a)
{
	event(h, a, RP_EV_DIGIT);
}

/* "relay 0 gone", "relay 0 up [draining]" */
static void relay(struct house *h, const struct story_args *a)
{
	if (strcmp(a->v[1], "gone") == 0)
		house_relay_gone(h, (unsigned)story_number(a->v[0]));
	else
		house_relay_up(h, (unsigned)story_number(a->v[0]),
			strcmp(a->v[2], "draining") == 0);
}

static void drain(struct house *h, const struct story_args *a)
{
	app_relay_drain(h->app, (unsigned)story_number(a->v[0]));
}

/* Who or what a leg hears, as its relay has it. */
static void hears(struct house *h, const struct story_args *a)
{
	const struct house_leg *leg = house_relay_leg(h, house_leg(h, a->v[0])->id);
	const char *what = "nothing";

	if (!leg) {
		house_note(h, "%s is in no relay", a->v[0]);
		return;
	}
	if (leg->feed == RP_FEED_CLIP)
		what = house_clip_name(leg->clip);
	else if (leg->feed == RP_FEED_ECHO)
		what = "itself";
	for (size_t i = 0; leg->joined && i < h->n_names; i++)
		if (h->names[i].id == leg->joined)
			what = h->names[i].text;
	house_note(h, "%s hears %s%s", a->v[0], what,
		leg->feed == RP_FEED_CLIP && leg->loops ? " loop" : "");
}

static void blobs(struct house *h, const struct story_args *a)
{
	h->tells_blobs = true;
}

static void ports(struct house *h, const struct story_args *a)
{
	h->tells_ports = true;
}

static void full(struct house *h, const struct story_args *a)
{
	h->full_type = house_relay_type(a->v[0]);
	h->full_times = (unsigned)story_number(a->v[1]);
}

const struct story_input story_relay[] = {
	{ "made", made, false },
	{ "refuse", refuse, false },
	{ "stats", stats, false },
	{ "UP", up, false },
	{ "DOWN", down, false },
	{ "SILENT", silent, false },
	{ "HEARD", heard, false },
	{ "FIRST", first, false },
	{ "DONE", done, false },
	{ "DIGIT", digit, false },
	{ "relay", relay, false },
	{ "drain", drain, false },
	{ "hears", hears, false },
	{ "blobs", blobs, false },
	{ "measures", measures, false },
	{ "figures", figures, false },
	{ "ports", ports, false },
	{ "full", full, false },
	{ 0 },
};
