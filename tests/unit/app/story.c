/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* story -- see story.h */
#include "story.h"

#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/saved.h"
#include "base/text.h"
#include "house.h"
#include "store/people.h"
#include "wire/sdesc.h"

#define ARGS_MAX 6

struct args {
	char text[HOUSE_LINE_MAX];
	const char *v[ARGS_MAX + 1]; /* "" beyond the last */
};

/* --- descriptions of the far side --- */

#define HEAD "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n"
#define DTMF "a=rtpmap:101 telephone-event/8000\r\n"
#define AUDIO                     \
	"m=audio 4000 RTP/AVP 8 " \
	"101\r\n" DTMF
#define SAVP "m=audio 4000 RTP/SAVP 8 101\r\n" DTMF
/* keys and salts of one letter: 30 or 28 times */
#define KEY30(t) t t t t t t t t t t
#define KEY28(t) t t t t t t t t t "QQ=="
#define KEY28B   "QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQg=="
#define WEB_HEAD                                              \
	"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n" \
	"m=audio 9 UDP/TLS/RTP/SAVPF 8\r\nc=IN IP4 0.0.0.0\r\n"
#define WEB_REST                                                                   \
	"a=mid:0\r\na=rtcp-mux\r\na=setup:actpass\r\na=ice-ufrag:abcd\r\n"         \
	"a=ice-pwd:0123456789012345678901\r\na=fingerprint:sha-256 "               \
	"00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:" \
	"88:99:AA:BB:CC:DD:EE:FF\r\n"

static const struct {
	const char *name, *text;
} descriptions[] = {
	{ "good", HEAD AUDIO },
	{ "moved", HEAD "m=audio 6000 RTP/AVP 8 101\r\n" DTMF },
	{ "hold", HEAD AUDIO "a=sendonly\r\n" },
	{ "inactive", HEAD AUDIO "a=inactive\r\n" },
	{ "recvonly", HEAD AUDIO "a=recvonly\r\n" },
	{ "both", HEAD AUDIO "m=video 4100 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n" },
	{ "noevents", HEAD "m=audio 4000 RTP/AVP 8\r\n" },
	{ "wide", HEAD "m=audio 4000 RTP/AVP 9\r\n" },
	{ "nocodec", HEAD "m=audio 4000 RTP/AVP 18\r\n" },
	{ "video", HEAD "m=video 4000 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n" },
	{ "secure", HEAD "m=audio 4000 RTP/SAVP 8\r\n" },
	{ "sdes",
		HEAD SAVP "a=crypto:1 F8_128_HMAC_SHA1_80 inline:" KEY30(
			"QUFB") "\r\n"
				"a=crypto:2 AEAD_AES_128_GCM inline:" KEY28(
					"QUFB") "\r\n" },
	{ "sdes-hold",
		HEAD SAVP "a=crypto:2 AEAD_AES_128_GCM inline:" KEY28(
			"QUFB") "\r\na=sendonly\r\n" },
	{ "sdes-told",
		HEAD SAVP "a=crypto:1 AEAD_AES_128_GCM inline:" KEY28("QUFB") "\r\n" },
	{ "sdes-new", HEAD SAVP "a=crypto:3 AEAD_AES_128_GCM inline:" KEY28B "\r\n" },
	{ "sdes-cm",
		HEAD SAVP "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" KEY30(
			"QUFB") "|2^31|1:4\r\n" },
	{ "sdes-clear",
		HEAD SAVP "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" KEY30(
			"QUFB") " UNENCRYPTED_SRTP\r\n" },
	{ "sdes-nocodec",
		HEAD "m=audio 4000 RTP/SAVP 18\r\na=crypto:1 "
		     "AEAD_AES_128_GCM inline:" KEY28B "\r\n" },
	{ "sdes-second",
		HEAD AUDIO "m=audio 4400 RTP/SAVP 8\r\na=crypto:7 "
			   "AEAD_AES_128_GCM inline:" KEY28("QUFB") "\r\n" },
	{ "broken", "this is no description" },
	{ "none", NULL },
	{ "line", WEB_HEAD WEB_REST },
	{ "line-opus",
		"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
		"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\n"
		"a=rtpmap:111 opus/48000/2\r\n" WEB_REST },
	{ "line-plain", HEAD AUDIO },
};

static const char *description(const char *name)
{
	for (size_t i = 0; i < sizeof descriptions / sizeof *descriptions; i++)
		if (strcmp(descriptions[i].name, *name ? name : "good") == 0)
			return descriptions[i].text;
	fail_msg("there is no description \"%s\"", name);
	return NULL;
}

/* The same with the far side's port grown by the dialog's number: 4001 is c1's, 6001 where it moves to. */
static const char *description_of(uint64_t dialog, const char *name)
{
	static char text[SDESC_TEXT_MAX];
	const char *from = description(name);
	char *port;

	if (!from)
		return NULL;
	assert_int_equal(text_copy(text, sizeof text, from), 0);
	port = strstr(text, "m=audio ");
	if (port && dialog < 10)
		port[strlen("m=audio 400")] = (char)('0' + dialog);
	return text;
}

static size_t length(const char *text)
{
	return text ? strlen(text) : 0;
}

static uint64_t number(const char *text)
{
	return strtoull(text, NULL, 10);
}

/* --- sip --- */

static void invite(struct house *h, const struct args *a)
{
	const char *sdp = description_of(number(a->v[0]), a->v[2]);
	char state[HOUSE_LINE_MAX];

	(void)text_format(state, sizeof state, "invite-%s", a->v[0]);
	app_sip_invite(h->app,
		&(struct trunk_invite){ .dialog = number(a->v[0]),
			.called = a->v[1],
			.caller = strcmp(a->v[3], "anonymous") == 0 ? "" : "0790000000",
			.sdp = sdp,
			.sdp_len = length(sdp),
			.state = state,
			.state_len = strlen(state),
			.srtp = h->srtp });
}

static void ack(struct house *h, const struct args *a)
{
	uint64_t dialog = number(a->v[0]);
	const char *sdp = description_of(dialog, *a->v[1] ? a->v[1] : "none");

	app_sip_acked(h->app, dialog, sdp, length(sdp));
}

static void reinvite(struct house *h, const struct args *a)
{
	const char *sdp = description_of(number(a->v[0]), a->v[1]);

	app_sip_reoffer(h->app, number(a->v[0]), sdp, length(sdp));
}

/* "reinvited 1 200 good": what came of ours */
static void reinvited(struct house *h, const struct args *a)
{
	const char *sdp = description_of(number(a->v[0]), *a->v[2] ? a->v[2] : "none");

	app_sip_reinvited(
		h->app, number(a->v[0]), (uint16_t)number(a->v[1]), sdp, length(sdp));
}

static void changed(struct house *h, const struct args *a)
{
	app_sip_changed(h->app, number(a->v[0]), a->v[1], strlen(a->v[1]));
}

static void bye(struct house *h, const struct args *a)
{
	app_sip_ended(h->app, number(a->v[0]), "caller_hung_up");
}

/* "rang 21", "reached 21 good", "unreached 21 486": of a call that we make */
static void rang(struct house *h, const struct args *a)
{
	app_sip_rang(h->app, number(a->v[0]));
}

static void reached(struct house *h, const struct args *a)
{
	const char *sdp = description(a->v[1]);
	char state[HOUSE_LINE_MAX];

	(void)text_format(state, sizeof state, "reached-%s", a->v[0]);
	app_sip_reached(h->app, number(a->v[0]), sdp, length(sdp), state, strlen(state));
}

static void unreached(struct house *h, const struct args *a)
{
	app_sip_unreached(h->app, number(a->v[0]), (uint16_t)number(a->v[1]));
	app_sip_ended(h->app, number(a->v[0]), "unreached");
}

static void phone(struct house *h, const struct args *a)
{
	h->is_phone_dead = strcmp(a->v[0], "dead") == 0;
}

/* "srtp required": of every peer from now on; of what we offer from the next "> adopt" on */
static void srtp(struct house *h, const struct args *a)
{
	h->srtp = strcmp(a->v[0], "required") == 0 ? TRUNK_SRTP_REQUIRED
		: strcmp(a->v[0], "never") == 0    ? TRUNK_SRTP_NEVER
						   : TRUNK_SRTP_OFFERED;
}

/* --- relays --- */

static void made(struct house *h, const struct args *a)
{
	const struct house_name *leg = house_leg(h, a->v[0]);
	union rp_any m;
	bool is_web = strchr("abw", leg->text[0]);

	house_leg_ok(&m.leg_ok, leg);
	m.head.type = RP_LEG_OK;
	m.head.leg = leg->id;
	app_relay_reply(h->app, leg->relay, is_web ? RP_LEG_WEB : RP_LEG_RTP, &m);
}

static void reply(
	struct house *h, const struct args *a, uint16_t command, uint16_t type, int err)
{
	const struct house_name *leg = house_leg(h, a->v[0]);
	union rp_any m = { .head = { .type = type, .leg = leg->id, .err = err } };

	if (type == RP_STATS_OK)
		m.stats.rx = 50;
	app_relay_reply(h->app, leg->relay, command, &m);
}

static void refuse(struct house *h, const struct args *a)
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
static void figures(struct house *h, const struct args *a)
{
	const struct house_name *leg = house_leg(h, a->v[0]);
	union rp_any m = { .head = { .type = RP_STATS_OK, .leg = leg->id } };
	unsigned n[5] = { 0 };
	static const char *const words[] = { "rx=", "lost=", "tx=", "gone=", "trip=" };

	bool is_quiet = false;

	for (size_t i = 1; i < ARGS_MAX; i++) {
		is_quiet |= strcmp(a->v[i], "quiet") == 0;
		for (size_t j = 0; j < 5; j++)
			if (strncmp(a->v[i], words[j], strlen(words[j])) == 0)
				n[j] = (unsigned)number(a->v[i] + strlen(words[j]));
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

static void measures(struct house *h, const struct args *a)
{
	h->tells_figures = true;
}

static void stats(struct house *h, const struct args *a)
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
static void event(struct house *h, const struct args *a, uint16_t type)
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
		m.digit.digit = (uint32_t)number(a->v[1]);
	app_relay_event(h->app, leg->relay, &m);
}

static void up(struct house *h, const struct args *a)
{
	event(h, a, RP_EV_UP);
}

static void down(struct house *h, const struct args *a)
{
	event(h, a, RP_EV_DOWN);
}

static void silent(struct house *h, const struct args *a)
{
	event(h, a, RP_EV_SILENT);
}

static void heard(struct house *h, const struct args *a)
{
	event(h, a, RP_EV_HEARD);
}

static void first(struct house *h, const struct args *a)
{
	event(h, a, RP_EV_FIRST);
}

static void done(struct house *h, const struct args *a)
{
	event(h, a, RP_EV_CLIP_DONE);
}

static void digit(struct house *h, const struct args *a)
{
	event(h, a, RP_EV_DIGIT);
}

/* "relay 0 gone", "relay 0 up [draining]" */
static void relay(struct house *h, const struct args *a)
{
	if (strcmp(a->v[1], "gone") == 0)
		house_relay_gone(h, (unsigned)number(a->v[0]));
	else
		house_relay_up(
			h, (unsigned)number(a->v[0]), strcmp(a->v[2], "draining") == 0);
}

static void drain(struct house *h, const struct args *a)
{
	app_relay_drain(h->app, (unsigned)number(a->v[0]));
}

/* Who or what a leg hears, as its relay has it. */
static void hears(struct house *h, const struct args *a)
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

static void blobs(struct house *h, const struct args *a)
{
	h->tells_blobs = true;
}

static void full(struct house *h, const struct args *a)
{
	h->full_type = house_relay_type(a->v[0]);
	h->full_times = (unsigned)number(a->v[1]);
}

/* --- pages --- */

static void open_page(struct house *h, const struct args *a)
{
	const char *token = *a->v[1] ? a->v[1] : HOUSE_DESK;
	uint64_t agent = house_agent(a->v[0]);

	if (agent == 1 && !*a->v[1] && !app_session_number(h->app, token))
		house_desk_session(h); /* she logged out */
	app_page_opened(h->app, house_conn(a->v[0]), agent,
		agent ? app_session_number(h->app, token) : 0);
}

static void close_page(struct house *h, const struct args *a)
{
	app_page_closed(h->app, house_conn(a->v[0]));
}

static void say(struct house *h, const struct args *a)
{
	static const struct {
		const char *word;
		enum desk_msg_type type;
	} words[] = { { "hello", DESK_HELLO }, { "old-hello", DESK_HELLO },
		{ "line", DESK_LINE_OFFER }, { "test", DESK_LINE_TEST },
		{ "stats", DESK_LINE_STATS }, { "start", DESK_SHIFT_START },
		{ "end", DESK_SHIFT_END }, { "ready", DESK_READY },
		{ "pause", DESK_PAUSE }, { "work", DESK_WORK }, { "accept", DESK_ACCEPT },
		{ "decline", DESK_DECLINE }, { "hangup", DESK_HANGUP },
		{ "hold", DESK_HOLD }, { "resume", DESK_RESUME },
		{ "hand_over", DESK_HAND_OVER }, { "transfer", DESK_TRANSFER },
		{ "targets", DESK_TARGETS }, { "key", DESK_KEY },
		{ "wrapup.done", DESK_WRAPUP_DONE }, { "logout", DESK_LOGOUT },
		{ "door.open", DESK_DOOR_OPEN }, { "door.end", DESK_DOOR_END },
		{ "door.back", DESK_DOOR_BACK },

		{ "declare", DESK_DECLARE }, { "workplace", DESK_WORKPLACE },
		{ "agreement.end", DESK_AGREEMENT_END }, { "call", DESK_CALL } };
	struct desk_msg m = { .protocol = DESK_PROTOCOL, .ref = "r" };
	const char *word = a->v[1];

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i].word, word) == 0) {
			m.type = words[i].type;
			if (strcmp(word, "old-hello") == 0)
				m.protocol++;
			if (m.type == DESK_LINE_OFFER || m.type == DESK_CALL)
				m.sdp = description(*a->v[2] ? a->v[2] : "line");
			m.on = strcmp(a->v[2], "on") == 0 ||
				strcmp(a->v[2], "home") == 0 ||
				strcmp(a->v[2], "hand_over") == 0 ||
				strcmp(a->v[2], "changed") == 0;
			m.has_line = strcmp(a->v[2], "line") == 0;
			if (strcmp(a->v[3], "own") == 0)
				m.seat = h->seat;
			else if (strcmp(a->v[3], "former") == 0)
				m.seat = h->former_seat;
			m.minutes = (uint32_t)number(a->v[2]);
			m.digit = m.type == DESK_KEY ? (uint8_t)number(a->v[3]) : 0;
			m.call = house_call(h, a->v[2]);
			if (strcmp(a->v[3], "queue") == 0)
				m.to_queue = number(a->v[4]);
			else if (m.type == DESK_TRANSFER)
				m.to_agent = house_agent(a->v[3]);
			app_page_message(h->app, house_conn(a->v[0]), &m);
			return;
		}
	fail_msg("no page can say \"%s\"", word);
}

static const char *door_token(const struct house *h, const char *word)
{
	return strcmp(word, "former") == 0   ? h->former_door
		: strcmp(word, "login") == 0 ? h->token
		: *word                      ? word
					     : h->door;
}

/* "knock d1": a page at a door comes with the last token, as the web lets it in; "knock d1 former": with another */
static void knock(struct house *h, const struct args *a)
{
	uint64_t agent = app_door(h->app, door_token(h, a->v[1]));

	if (!agent) {
		house_note(h, "%s stays outside", a->v[0]);
		return;
	}
	app_door_opened(h->app, house_conn(a->v[0]), agent);
	app_page_message(h->app, house_conn(a->v[0]),
		&(struct desk_msg){ .type = DESK_HELLO, .protocol = DESK_PROTOCOL });
}

/* "door-session": a door's token as a session's */
static void door_session(struct house *h, const struct args *a)
{
	house_note(h, "session %s", house_agent_name(app_session(h->app, h->door)));
}

static void bad_message(struct house *h, const struct args *a)
{
	app_page_bad_message(h->app, house_conn(a->v[0]), EBADMSG);
}

/* --- login, clock, all together --- */

/* REQUEST get|post WHO PATH */
static void api(struct house *h, const struct args *a)
{
	app_api(h->app,
		&(struct web_ask){ .request = number(a->v[0]),
			.is_post = strcmp(a->v[1], "post") == 0,
			.agent = strcmp(a->v[2], "anna") == 0 ? 1 : 2,
			.path = a->v[3],
			.body = "" });
}

static void login(struct house *h, const struct args *a)
{
	app_login(h->app, number(a->v[0]), "a-link");
}

static void link_used(struct house *h, const struct args *a)
{
	if (strcmp(a->v[1], "unknown") == 0)
		app_link_used(h->app, number(a->v[0]), ENOENT, 0);
	else if (strcmp(a->v[1], "stranger") == 0)
		app_link_used(h->app, number(a->v[0]), 0, 77);
	else
		app_link_used(h->app, number(a->v[0]), 0, house_agent(a->v[1]));
}

static void session(struct house *h, const struct args *a)
{
	const char *token = strcmp(a->v[0], "last") == 0 ? h->token : a->v[0];

	house_note(h, "session %s", house_agent_name(app_session(h->app, token)));
}

static void load(struct house *h, const struct args *a)
{
	struct store_session s = {
		.agent = strcmp(a->v[1], "stranger") == 0 ? 77 : house_agent(a->v[1]),
		.expires_ms = 1800000000000 + (int64_t)number(a->v[2]) * 1000
	};

	app_token_hash(s.hash, a->v[0]);
	app_load_session(h->app, &s);
}

/* "raise one": two factors from now on */
static void raise_session(struct house *h, const struct args *a)
{
	assert_true(
		app_session_raise(h->app, app_session_number(h->app, a->v[0]), h->token));
}

static void wait(struct house *h, const struct args *a)
{
	house_wait(h, (int64_t)number(a->v[0]));
}

/* "wall 2027-01-18 07:59": what it shows in UTC from now on */
static void wall(struct house *h, const struct args *a)
{
	struct tm tm = { .tm_sec = 0 };

	assert_int_equal(
		sscanf(a->v[0], "%d-%d-%d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday), 3);
	assert_int_equal(sscanf(a->v[1], "%d:%d", &tm.tm_hour, &tm.tm_min), 2);
	tm.tm_year -= 1900;
	tm.tm_mon--;
	h->wall_offset_ms = (int64_t)timegm(&tm) * 1000 - HOUSE_WALL_MS -
		h->now_us / 1000;
}

/* "zone 120": the house's clock is so many minutes before UTC */
static void zone(struct house *h, const struct args *a)
{
	h->zone_min = (int64_t)number(a->v[0]);
}

static void sick(struct house *h, const struct args *a)
{
	h->is_sick = strcmp(a->v[0], "yes") == 0;
}

/* "disk slow": nothing is on disk until "disk keeps", or "disk wrote", which nobody hears of */
static void disk(struct house *h, const struct args *a)
{
	h->is_disk_slow = strcmp(a->v[0], "keeps") != 0;
	if (strcmp(a->v[0], "wrote") == 0)
		h->marks.kept = h->marks.given;
	else if (!h->is_disk_slow)
		house_disk_keeps(h);
}

/* --- killed, and what a later control makes of it --- */

static void kill(struct house *h, const struct args *a)
{
	house_kill(h);
}

/* "spoil c1 queue": its blob is damaged, or names what is not there any more */
static void spoil(struct house *h, const struct args *a)
{
	struct house_leg *leg = house_relay_leg(h, house_leg(h, a->v[0])->id);
	struct saved_call c;
	struct saved_line l;

	assert_non_null(leg);
	memcpy(&c, leg->blob, sizeof c);
	memcpy(&l, leg->blob, sizeof l);
	if (strcmp(a->v[1], "none") == 0)
		leg->len = 0;
	else if (strcmp(a->v[1], "short") == 0)
		leg->len--;
	else if (strcmp(a->v[1], "version") == 0)
		leg->blob[0]++;
	else if (strcmp(a->v[1], "queue") == 0)
		c.queue = 999;
	else if (strcmp(a->v[1], "agent") == 0 && c.head.kind == SAVED_LINE)
		l.agent = 77;
	else if (strcmp(a->v[1], "agent") == 0)
		c.agent = 77;
	else
		fail_msg("nothing is spoilt by \"%s\"", a->v[1]);
	if (strcmp(a->v[1], "queue") == 0 ||
		(strcmp(a->v[1], "agent") == 0 && c.head.kind == SAVED_CALL))
		memcpy(leg->blob, &c, sizeof c);
	else if (strcmp(a->v[1], "agent") == 0)
		memcpy(leg->blob, &l, sizeof l);
}

/* The new process comes, and hears of what a relay has: "begin", then "found 0" for each. */
static void begin(struct house *h, const struct args *a)
{
	house_start(h);
}

static void found(struct house *h, const struct args *a)
{
	unsigned relay = (unsigned)number(a->v[0]);

	house_relay_up(h, relay, strcmp(a->v[1], "draining") == 0);
	house_relay_found(h, relay);
}

static void go_on(struct house *h, const struct args *a)
{
	struct trunk_saved saved[HOUSE_DIALOGS_MAX];
	size_t n = app_saved_dialogs(h->app, saved, HOUSE_DIALOGS_MAX);

	for (size_t i = 0; i < n; i++)
		house_note(h, "dialog %" PRIu64 " %.*s%s", saved[i].dialog,
			(int)saved[i].state_len, (const char *)saved[i].state,
			saved[i].sdp ? "" : " no sdp");
	house_rows_found(h);
	app_adopt(h->app);
}

/* All of it. */
static void adopt(struct house *h, const struct args *a)
{
	house_start(h);
	for (unsigned i = 0; i < h->n_relays; i++) {
		if (!h->is_up[i])
			continue;
		house_relay_up(h, i, false);
		house_relay_found(h, i);
	}
	go_on(h, a);
}

static void spared(struct house *h, const struct args *a)
{
	uint64_t ids[HOUSE_DIALOGS_MAX];
	size_t n = app_call_ids(h->app, ids, HOUSE_DIALOGS_MAX);

	for (size_t i = 0; i < n; i++)
		house_note(h, "spared %s", house_name_of(h, ids[i]));
}

static void ended(struct house *h, const struct args *a)
{
	house_note(h, "%zu ended", app_n_ended(h->app));
}

static void stop(struct house *h, const struct args *a)
{
	app_stop(h->app);
}

static void calls(struct house *h, const struct args *a)
{
	house_note(h, "%zu calls", app_n_calls(h->app));
}

/* What the core thinks of an agent whose desk may be closed. */
static void agent(struct house *h, const struct args *a)
{
	static const char *const states[ACD_AGENT_STATES] = { "out", "away", "ready",
		"offered", "talking", "interrupted", "wrapup", "pause", "work",
		"dialling", "holding" };
	struct acd_agent_info info = { .state = ACD_AGENT_OUT };

	(void)acd_agent(app_acd(h->app), house_agent(a->v[0]), &info);
	house_note(h, "agent %s %s%s%s%s", a->v[0], states[info.state],
		info.why ? " (" : "", acd_why_word(info.why), info.why ? ")" : "");
}

static void input(struct house *h, const char *text);

/* "$1" and "$2" stand for the words of the input. */
static void each(struct house *h, const struct args *a, const char *const *steps)
{
	for (; *steps; steps++) {
		char text[HOUSE_LINE_MAX] = "";
		size_t n = 0;

		for (const char *c = *steps; *c; c++) {
			const char one[2] = { *c, '\0' };
			const char *piece = *c == '$' ? a->v[*++c - '1'] : one;

			assert_int_equal(text_copy(text + n, sizeof text - n, piece), 0);
			n += strlen(piece);
		}
		input(h, text);
	}
}

/* The agent comes to work: desk, line, shift, ready. */
static void comes(struct house *h, const struct args *a)
{
	static const char *const steps[] = { "open $1", "say $1 hello", "say $1 line",
		"made $1", "UP $1", NULL };
	static const char *const work[] = { "say $1 start", "say $1 ready", NULL };

	each(h, a, steps);
	if (house_agent(a->v[0]) == 1)
		app_page_message(h->app, house_conn(a->v[0]),
			&(struct desk_msg){ .type = DESK_DECLARE });
	each(h, a, work);
}

/* --- people --- */

/* "people anna=15 beat=left": what the records have now; queues as bits, and who is not named is in no row. */
static void people(struct house *h, const struct args *a)
{
	static const uint64_t queue_ids[] = { 10, 20, 30, 40 };
	struct store_people *p = calloc(1, sizeof *p);

	p->people = calloc(ARGS_MAX, sizeof *p->people);
	p->queues = calloc(4, sizeof *p->queues);
	p->queue_ids = calloc(4, sizeof *p->queue_ids);
	p->n_queues = 4;
	memcpy(p->queue_ids, queue_ids, sizeof queue_ids);
	for (size_t i = 0; i < ARGS_MAX && *a->v[i]; i++) {
		const char *what = strchr(a->v[i], '=') + 1;
		struct store_person *one = &p->people[p->n_people++];
		bool is_anna = a->v[i][0] == 'a';

		one->id = is_anna ? 1 : 2;
		one->origin = STORE_IMPORTED;
		(void)text_copy(
			one->is.login, sizeof one->is.login, is_anna ? "anna" : "beat");
		(void)text_copy(
			one->is.name, sizeof one->is.name, is_anna ? "Anna" : "Beat");
		one->is.at_home = is_anna;
		one->is.clearance = is_anna ? 2 : 0;
		one->is.roles = is_anna ? 3 : 1;
		one->is.queues.w[0] = number(what);
		if (strcmp(what, "left") == 0)
			one->left_ms = HOUSE_WALL_MS + h->now_us / 1000;
	}
	app_people(h->app, p);
}

/* --- the agreement; signatures are in test_agreement.c, for they are made of what is random --- */

/* "publish material 10000": a version comes into force in so many ms */
static void publish(struct house *h, const struct args *a)
{
	struct home_version *v = &h->versions[h->n_versions];

	assert_true(h->n_versions < HOUSE_VERSIONS_MAX);
	v->number = (uint32_t)++h->n_versions;
	v->is_material = strcmp(a->v[0], "material") == 0;
	v->effective_ms = HOUSE_WALL_MS + h->now_us / 1000 + (int64_t)number(a->v[1]);
	v->hash[0][0] = (uint8_t)v->number;
	house_agreements(h);
}

/* "signed 2 60000": anna signed, a minute ago */
static void is_signed(struct house *h, const struct args *a)
{
	h->anna.standing = (struct home_standing){ .signed_version = (uint32_t)number(
							   a->v[0]),
		.is_countersigned = true,
		.confirmed_ms = HOUSE_WALL_MS + h->now_us / 1000 -
			(int64_t)number(a->v[1]) };
	house_agreements(h);
}

/* What was written is told back. */
static void records(struct house *h, const struct args *a)
{
	house_agreements(h);
}

/* "missing anna": the words of what is, before and in a shift */
static void missing(struct house *h, const struct args *a)
{
	h->tells_missing = true;
	app_page_message(h->app, house_conn(a->v[0]),
		&(struct desk_msg){ .type = DESK_HELLO,
			.protocol = DESK_PROTOCOL,
			.has_line = true,
			.seat = h->seat });
	h->tells_missing = false;
}

/* A SIP caller that speaks. */
static void call(struct house *h, const struct args *a)
{
	static const char *const steps[] = { "invite $1 $2", "made c$1", "ack $1",
		"UP c$1", NULL };

	each(h, a, steps);
}

/* A caller's page, as far as the queue. */
static void web_call(struct house *h, const struct args *a)
{
	static const char *const steps[] = { "open $1", "say $1 hello", "say $1 call",
		"made $1", "UP $1", NULL };

	each(h, a, steps);
}

static const struct {
	const char *word;
	void (*do_it)(struct house *h, const struct args *a);
	bool is_dialog; /* its first word is one: the subject is c7 */
} inputs[] = {
	{ "invite", invite, true },
	{ "ack", ack, true },
	{ "reinvite", reinvite, true },
	{ "reinvited", reinvited, true },
	{ "changed", changed, true },
	{ "bye", bye, true },
	{ "srtp", srtp, false },
	{ "call", call, true },
	{ "web-call", web_call, false },
	{ "comes", comes, false },
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
	{ "rang", rang, false },
	{ "reached", reached, false },
	{ "unreached", unreached, false },
	{ "phone", phone, false },
	{ "relay", relay, false },
	{ "drain", drain, false },
	{ "hears", hears, false },
	{ "blobs", blobs, false },
	{ "measures", measures, false },
	{ "figures", figures, false },
	{ "full", full, false },
	{ "open", open_page, false },
	{ "close", close_page, false },
	{ "say", say, false },
	{ "bad-message", bad_message, false },
	{ "knock", knock, false },
	{ "door-session", door_session, false },
	{ "login", login, false },
	{ "api", api, false },
	{ "link", link_used, false },
	{ "session", session, false },
	{ "load", load, false },
	{ "raise", raise_session, false },
	{ "wait", wait, false },
	{ "wall", wall, false },
	{ "zone", zone, false },
	{ "sick", sick, false },
	{ "disk", disk, false },
	{ "kill", kill, false },
	{ "spoil", spoil, false },
	{ "begin", begin, false },
	{ "found", found, false },
	{ "go-on", go_on, false },
	{ "adopt", adopt, false },
	{ "spared", spared, false },
	{ "ended", ended, false },
	{ "stop", stop, false },
	{ "calls", calls, false },
	{ "publish", publish, false },
	{ "signed", is_signed, false },
	{ "records", records, false },
	{ "missing", missing, false },
	{ "agent", agent, false },
	{ "people", people, false },
};

static void input(struct house *h, const char *text)
{
	struct args a = { .v = { "", "", "", "", "", "", "" } };
	char *rest, *word;

	assert_int_equal(text_copy(a.text, sizeof a.text, text), 0);
	word = strtok_r(a.text, " ", &rest);
	for (size_t i = 0; i < ARGS_MAX; i++) {
		const char *arg = strtok_r(NULL, " ", &rest);

		if (!arg)
			break;
		a.v[i] = arg;
	}
	for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++)
		if (strcmp(inputs[i].word, word) == 0) {
			(void)text_format(h->subject, sizeof h->subject, "%s%s",
				inputs[i].is_dialog ? "c" : "", a.v[0]);
			inputs[i].do_it(h, &a);
			return;
		}
	fail_msg("there is no input \"%s\"", word);
}

/* --- comparing --- */

static bool matches(const char *expected, const char *line)
{
	size_t n = strlen(expected);

	if (n > 0 && expected[n - 1] == '*')
		return strncmp(expected, line, n - 1) == 0;
	return strcmp(expected, line) == 0;
}

static void complain(const struct story *s, const struct house *h, size_t at_input,
	const char *what, const char *expected)
{
	print_error(
		"\"%s\", after \"%s\" the centre did:\n", s->what, s->lines[at_input]);
	for (size_t i = 0; i < h->n_lines; i++)
		print_error("    %s\n", h->lines[i]);
	fail_msg("%s: %s%s", s->what, what, expected);
}

/* Compares what followed one input; returns the index of the next. */
static size_t compare(const struct story *s, const struct house *h, size_t at_input)
{
	size_t i = at_input + 1, at = 0;
	bool may_skip = false;

	for (; s->lines[i] && s->lines[i][0] != '>'; i++) {
		const char *want = s->lines[i];

		if (strcmp(want, "...") == 0) {
			may_skip = true;
			continue;
		}
		if (want[0] == '!') {
			for (size_t k = 0; k < h->n_lines; k++)
				if (strstr(h->lines[k], want + 2))
					complain(s, h, at_input,
						"this must not be: ", want + 2);
			may_skip = true;
			continue;
		}
		while (may_skip && at < h->n_lines && !matches(want, h->lines[at]))
			at++;
		if (at == h->n_lines || !matches(want, h->lines[at]))
			complain(s, h, at_input, "this was expected: ", want);
		at++;
		may_skip = false;
	}
	if (!may_skip && at < h->n_lines)
		complain(s, h, at_input, "nobody expected: ", h->lines[at]);
	return i;
}

void story_play(const struct story *s)
{
	static struct house h; /* too large for the stack; one at a time */
	const char *broken;

	house_open(&h, s->relays ? s->relays : 1);
	for (size_t i = 0; s->lines[i];) {
		h.n_lines = 0;
		input(&h, s->lines[i] + 2);
		i = compare(s, &h, i);
		broken = h.app ? acd_check(app_acd(h.app)) : NULL;
		if (broken)
			complain(s, &h, 0, "a promise of the core is broken: ", broken);
	}
	house_close(&h);
}
