/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* house -- the ports: each call is written down as a line.  See house.h. */
#include "house.h"

#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "store/sealer.h"
#include "wire/sdesc.h"

static const struct house_name *find(const struct house *h, uint64_t id)
{
	for (size_t i = 0; i < h->n_names; i++)
		if (h->names[i].id == id)
			return &h->names[i];
	return NULL;
}

const char *house_name_of(const struct house *h, uint64_t id)
{
	const struct house_name *n = find(h, id);

	return n ? n->text : "?";
}

struct house_name *house_name(struct house *h, uint64_t id, const char *text)
{
	struct house_name *n = &h->names[h->n_names];

	assert_true(h->n_names < HOUSE_NAMES_MAX);
	h->n_names++;
	n->id = id;
	(void)text_copy(n->text, sizeof n->text, text);
	return n;
}

static const char *page(uint64_t conn)
{
	static const char *const names[] = { "anna", "anna2", "beat", "beat2", "w1", "w2",
		"d1", "d2", "d3", "d4", "d5", "w3", "w4", "w5" };

	return names[conn - 100];
}

static int64_t now_us(void *arg)
{
	return ((struct house *)arg)->now_us;
}

static int64_t wall_ms(void *arg)
{
	const struct house *h = arg;

	return HOUSE_WALL_MS + h->wall_offset_ms + h->now_us / 1000;
}

static void civil(void *arg, struct hours_moment *out)
{
	time_t t = (time_t)(wall_ms(arg) / 1000 + ((struct house *)arg)->zone_min * 60);
	struct tm tm;

	assert_non_null(gmtime_r(&t, &tm));
	*out = (struct hours_moment){ .date = { (uint16_t)(tm.tm_year + 1900),
					      (uint8_t)(tm.tm_mon + 1),
					      (uint8_t)tm.tm_mday },
		.weekday = (uint8_t)((tm.tm_wday + 6) % 7),
		.minute = (uint16_t)(tm.tm_hour * 60 + tm.tm_min) };
}

static void random_bytes(void *arg, void *p, size_t n)
{
	struct house *h = arg;

	for (size_t i = 0; i < n; i++)
		((uint8_t *)p)[i] = (uint8_t)(17 * ++h->random);
}

/* --- sip --- */

/* "v1": how often the description changed since the first. */
static uint64_t version_of(struct house *h, uint64_t dialog, const struct sdesc *d)
{
	uint64_t id, version;
	char origin[128];

	assert_int_equal(slice_copy(d->origin, origin, sizeof origin), 0);
	assert_int_equal(sscanf(origin, "- %" SCNu64 " %" SCNu64, &id, &version), 2);
	if (!h->first_version[dialog])
		h->first_version[dialog] = version + 1;
	return version + 1 - h->first_version[dialog];
}

/* "sendrecv v1 192.0.2.1:30008", and how many sections where there are more than one */
/* Ours are k1, k2 ... in the order of their first sight; one of the far side is a letter (see story_sdp.c). */
static void key_text(struct house *h, const uint8_t key[16], char text[8])
{
	unsigned i = 0;

	if (key[0] >= 'A' && key[0] <= 'Z' && key[0] == key[15]) {
		(void)text_format(text, 8, "%c", key[0]);
		return;
	}
	while (i < h->n_keys && memcmp(h->keys[i], key, 16) != 0)
		i++;
	assert_true(i < sizeof h->keys / sizeof *h->keys);
	if (i == h->n_keys)
		memcpy(h->keys[h->n_keys++], key, 16);
	(void)text_format(text, 8, "k%u", i + 1);
}

static const char *const suites[] = { "none", "CM80", "CM32", "GCM" };

/* " GCM tag 2 k1" */
static void crypto_text(
	struct house *h, const struct sdesc_crypto *c, char *text, size_t cap)
{
	char key[8];

	*text = '\0';
	if (!c->suite)
		return;
	key_text(h, c->key, key);
	(void)text_format(
		text, cap, " %s tag %" PRIu32 " %s", suites[c->suite], c->tag, key);
}

/* " GCM A k1", theirs first; " locked" */
static void srtp_text(
	struct house *h, const struct rp_srtp *k, bool is_locked, char *text, size_t cap)
{
	char rx[8], tx[8], rocs[12] = "";

	*text = '\0';
	if (k->suite) {
		key_text(h, k->rx_key, rx);
		key_text(h, k->tx_key, tx);
		if (k->rx_rocs)
			(void)text_format(rocs, sizeof rocs, " rocs %u", k->rx_rocs);
		(void)text_format(
			text, cap, " %s %s %s%s", suites[k->suite], rx, tx, rocs);
	} else if (is_locked) {
		(void)text_copy(text, cap, " locked");
	}
}

static void describe(
	struct house *h, uint64_t dialog, const char *sdp, char *text, size_t cap)
{
	static const char *const dirs[] = { "sendrecv", "sendonly", "recvonly",
		"inactive" };
	const struct sdesc_media *m;
	struct sdesc d;
	char sections[16] = "", crypto[40];

	assert_int_equal(sdesc_parse(&d, sdp, strlen(sdp)), 0);
	assert_true(d.audio >= 0);
	m = &d.media[d.audio];
	if (d.n_media > 1)
		(void)text_format(sections, sizeof sections, " of %zu", d.n_media);
	crypto_text(h, &m->crypto, crypto, sizeof crypto);
	assert_int_equal(
		text_format(text, cap, "%s v%" PRIu64 " %s:%u%s%s", dirs[m->dir],
			version_of(h, dialog, &d), m->addr, m->port, sections, crypto),
		0);
}

static void sip_answer(void *arg, uint64_t dialog, const char *sdp)
{
	char text[HOUSE_LINE_MAX];

	describe(arg, dialog, sdp, text, sizeof text);
	house_note(arg, "sip_answer %" PRIu64 " %s", dialog, text);
}

static void sip_reinvite(void *arg, uint64_t dialog, const char *sdp)
{
	char text[HOUSE_LINE_MAX];

	describe(arg, dialog, sdp, text, sizeof text);
	house_note(arg, "sip_reinvite %" PRIu64 " %s", dialog, text);
}

static void sip_release(void *arg, uint64_t dialog)
{
	house_note(arg, "sip_release %" PRIu64, dialog);
}

static void sip_reject(void *arg, uint64_t dialog, uint16_t status, uint32_t retry)
{
	if (retry)
		house_note(arg, "sip_reject %" PRIu64 " %u retry", dialog, status);
	else
		house_note(arg, "sip_reject %" PRIu64 " %u", dialog, status);
}

/* Our own dialogs are 21, 22 ... */
static uint64_t sip_dial(void *arg, const char *number, const char *sdp)
{
	struct house *h = arg;
	uint64_t dialog = 20 + ++h->n_dialled;
	char text[HOUSE_LINE_MAX];

	describe(h, dialog, sdp, text, sizeof text);
	house_note(h, "sip_dial %" PRIu64 " %s %s", dialog, number, text);
	return h->is_phone_dead ? 0 : dialog;
}

static void sip_confirm(void *arg, uint64_t dialog)
{
	house_note(arg, "sip_confirm %" PRIu64, dialog);
}

static void sip_hangup(void *arg, uint64_t dialog)
{
	house_note(arg, "sip_hangup %" PRIu64, dialog);
}

/* --- relays --- */

/* Whose it is can be told by the far side's port (see story_sdp.c) also when it is made for a call of old. */
static void name_leg(struct house *h, unsigned relay, const union rp_any *m,
	uint16_t type, uint64_t id)
{
	char text[HOUSE_NAME_MAX];
	struct house_name *n;

	if (type == RP_LEG_RTP && m->leg_rtp.local)
		(void)text_format(text, sizeof text, "hop%u", ++h->n_hops);
	else if (type == RP_LEG_RTP && m->leg_rtp.port)
		(void)text_format(text, sizeof text, "c%u", m->leg_rtp.port % 1000);
	else if (type == RP_LEG_RTP && h->subject[0] != 'c')
		(void)text_format(text, sizeof text, "d%u", ++h->n_calls_made);
	else
		(void)text_copy(text, sizeof text, h->subject);
	n = house_name(h, id, text);
	n->is_leg = true;
	n->relay = relay;
	n->port = (uint16_t)(30000 + 2 * h->n_names);
}

/* What a command says beside its name and its leg. */
static void command_text(
	struct house *h, const union rp_any *m, uint16_t type, char *text, size_t cap)
{
	char keys[32];

	*text = '\0';
	switch (type) {
	case RP_LEG_RTP:
		srtp_text(h, &m->leg_rtp.srtp, m->leg_rtp.lock && !m->leg_rtp.local, keys,
			sizeof keys);
		(void)text_format(
			text, cap, "%s%s", keys, m->leg_rtp.deaf ? " deaf" : "");
		break;
	case RP_LEG_REMOTE:
		srtp_text(h, &m->leg_remote.srtp, false, keys, sizeof keys);
		(void)text_format(text, cap, " %s:%u%s%s", m->leg_remote.addr,
			m->leg_remote.port, keys, m->leg_remote.deaf ? " deaf" : "");
		break;
	case RP_JOIN:
		(void)text_format(text, cap, " %s", house_name_of(h, m->join.other));
		break;
	case RP_PLAY:
		(void)text_format(text, cap, " %s%s", house_clip_name(m->play.clip),
			m->play.loop ? " loop" : "");
		break;
	case RP_ECHO: (void)text_copy(text, cap, m->echo.on ? " on" : " off"); break;
	case RP_KEY: (void)text_format(text, cap, " %u", m->key.key); break;
	case RP_BLOB: house_blob_text(&m->blob, text, cap); break;
	case RP_REST:
		for (size_t i = 0, n = 0; i < RP_REST_MAX && m->rest.ports[i];
			i++, n = strlen(text))
			(void)text_format(text + n, cap - n, " %u", m->rest.ports[i]);
		break;
	}
}

/* What happens beside each story is told where it is of it. */
static bool is_told(const struct house *h, uint16_t type)
{
	return (type != RP_BLOB || h->tells_blobs) &&
		(type != RP_STATS || h->tells_figures) &&
		(type != RP_REST || h->tells_ports);
}

static int relay_send(
	void *arg, unsigned relay, union rp_any *m, uint16_t type, uint64_t leg)
{
	struct house *h = arg;
	bool is_full = type == h->full_type && h->full_times > 0;
	char text[HOUSE_LINE_MAX];

	if (type == RP_LEG_RTP || type == RP_LEG_WEB)
		name_leg(h, relay, m, type, leg);
	command_text(h, m, type, text, sizeof text);
	if (is_told(h, type))
		house_note(h, "relay%u %s%s%s%s%s", relay, house_relay_word(type),
			leg ? " " : "", leg ? house_name_of(h, leg) : "", text,
			is_full ? " ENOBUFS" : "");
	if (is_full)
		h->full_times--;
	else
		house_relay_obey(h, relay, m, type, leg);
	return is_full ? ENOBUFS : 0;
}

/* --- web --- */

static void tell_missing(struct house *h, const struct desk_view *v)
{
	char text[HOUSE_LINE_MAX];
	size_t n = 0;

	(void)text_format(text, sizeof text,
		"%s: to sign %u, missing:", v->at_home ? "home" : "office",
		v->home.to_sign);
	for (unsigned bit = 1; bit < 1u << HOME_MISSINGS; bit <<= 1) {
		n = strlen(text);
		if (v->home.missing & bit)
			(void)text_format(
				text + n, sizeof text - n, " %s", home_missing_word(bit));
	}
	house_note(h, "%s", text);
}

static void desk_view(void *arg, uint64_t conn, const struct desk_view *v)
{
	static const char *const states[] = { "out", "away", "ready", "offered",
		"talking", "interrupted", "wrapup", "pause", "work", "hold" };
	static const char *const lines[] = { " line=none", " line=connecting", "",
		" line=silent", " line=lost" };
	char call[32] = "", ends[32] = "", door[32] = "", codec[32] = "";
	struct house *h = arg;

	if (h->tells_missing) {
		tell_missing(h, v);
		return;
	}
	if (v->seat != h->seat)
		h->former_seat = h->seat;
	h->seat = v->seat;
	if (v->call)
		(void)text_format(call, sizeof call, " %s", house_name_of(arg, v->call));
	if (v->ends_ms >= 0)
		(void)text_format(ends, sizeof ends, " %" PRId64, v->ends_ms);
	if (v->has_door)
		(void)text_format(door, sizeof door, " door=%u%s", v->door_pages,
			v->back_at_ms ? " back" : "");
	if (strcmp(v->codec, "PCMA") != 0)
		(void)text_format(codec, sizeof codec, " %s", v->codec);
	if (v->call && strcmp(v->call_codec, v->codec) != 0)
		(void)text_format(codec, sizeof codec, " soon %s", v->call_codec);
	house_note(arg, "view %s %s%s%s%s%s%s%s%s%s%s%s%s%s%s%s%s", page(conn),
		states[v->state], v->callback ? " callback" : "", call,
		*v->why ? " (" : "", v->why, *v->why ? ")" : "", ends, lines[v->line],
		v->testing ? " testing" : "", v->pause_after ? " pause_after" : "",
		v->stop_after ? " stop_after" : "",
		v->at_home && v->home.missing && v->state != DESK_STATE_OUT ? " barred"
									    : "",
		v->from && *v->from ? " from " : "", v->from ? v->from : "", door, codec);
}

static void caller_view(void *arg, uint64_t conn, const struct desk_caller_view *v)
{
	static const char *const states[] = { "none", "connecting", "waiting", "offered",
		"talking", "ended", "menu" };

	((struct house *)arg)->place = v->place;
	house_note(arg, "caller %s %s%s%s%s", page(conn), states[v->state],
		*v->why ? " (" : "", v->why, *v->why ? ")" : "");
}

/* The time in minutes and seconds of the simulated day, which begins with 1800000000000 at 0:00. */
static void door_view(void *arg, uint64_t conn, const struct desk_door *d)
{
	static const char *const states[] = { "over", "free", "work", "call", "pause" };
	int64_t s = (d->back_at_ms - 1800000000000) / 1000;
	char back[32] = "";

	if (d->back_at_ms)
		(void)text_format(back, sizeof back, " until %" PRId64 ":%02" PRId64,
			s / 60, s % 60);
	house_note(arg, "door %s %s%s", page(conn), states[d->state], back);
}

static void door_token(void *arg, uint64_t conn, const char *token, const char *ref)
{
	struct house *h = arg;

	memcpy(h->former_door, h->door, sizeof h->former_door);
	assert_int_equal(text_copy(h->door, sizeof h->door, token), 0);
	house_note(h, "door_token %s of %zu (%s)", page(conn), strlen(token), ref);
}

static void line_answer(void *arg, uint64_t conn, const struct desk_line_answer *a)
{
	struct sdesc d;
	unsigned long id, version;
	char order[64] = "";

	assert_int_equal(sdesc_parse(&d, a->sdp, strlen(a->sdp)), 0);
	assert_true(d.audio >= 0 && d.media[d.audio].has_fingerprint);
	assert_int_equal(
		sscanf(strstr(a->sdp, "o=- "), "o=- %lu %lu ", &id, &version), 2);
	for (size_t i = 0; version > 1 && i < d.media[d.audio].n_codecs; i++)
		(void)text_format(order + strlen(order), sizeof order - strlen(order),
			" %u", d.media[d.audio].codecs[i].pt);
	if (version > 1)
		house_note(arg, "line_answer %s %lu:%s", page(conn), version, order);
	else
		house_note(arg, "line_answer %s", page(conn));
}

static void turn(void *arg, uint64_t conn, const struct desk_turn *t)
{
	house_note(arg, "turn %s %s %s %zu %s", page(conn), t->user, t->password,
		t->n_urls, t->urls[t->n_urls - 1]);
}

static void line_stats(void *arg, uint64_t conn, const struct desk_line_stats *s)
{
	house_note(arg, "line_stats %s rx=%" PRIu64 " ref=%s", page(conn), s->rx, s->ref);
}

static void desk_agreement(void *arg, uint64_t conn, const struct desk_agreement *a)
{
	struct house *h = arg;

	h->shown = *a;
	memcpy(h->shown_hash, a->hash, sizeof h->shown_hash);
	memcpy(h->shown_nonce, a->nonce, sizeof h->shown_nonce);
	house_note(h, "agreement %s %u %s", page(conn), a->version, a->language);
}

static void targets(void *arg, uint64_t conn, const struct desk_targets *t)
{
	static const char *const states[] = { "open", "closed", "unstaffed", "full" };
	char text[HOUSE_LINE_MAX] = "";

	for (size_t i = 0; i < t->n_queues; i++)
		(void)text_format(text + strlen(text), sizeof text - strlen(text),
			" %s=%s", t->queues[i].name, states[t->queues[i].state]);
	for (size_t i = 0; i < t->n_agents; i++)
		(void)text_format(text + strlen(text), sizeof text - strlen(text),
			" %s=%s", t->agents[i].name,
			t->agents[i].is_free ? "free" : "busy");
	house_note(arg, "targets %s%s", page(conn), text);
}

static void page_error(void *arg, uint64_t conn, const char *code, const char *ref)
{
	house_note(arg, "error %s %s", page(conn), code);
}

static void page_close(void *arg, uint64_t conn, uint16_t code, const char *reason)
{
	house_note(arg, "close %s %u", page(conn), code);
}

static void login_done(void *arg, uint64_t request, const char *token, uint32_t max_age_s)
{
	struct house *h = arg;

	if (!token) {
		house_note(h, "login %" PRIu64 " refused", request);
		return;
	}
	assert_int_equal(text_copy(h->token, sizeof h->token, token), 0);
	house_note(h, "login %" PRIu64 " token of %zu for %u s", request, strlen(token),
		max_age_s);
}

static void api_done(void *arg, uint64_t request, const struct web_answer *a)
{
	struct house *h = arg;

	house_note(h, "api %" PRIu64 " %u%s%.*s", request, a->status, a->n ? " " : "",
		(int)a->n, a->n ? a->body : "");
	h->proved = *a;
	h->proved.body = NULL;
	(void)text_format(h->proved_body, sizeof h->proved_body, "%.*s", (int)a->n,
		a->n ? a->body : "");
	free(a->body);
}

/* --- store --- */

/* Nobody answers. */
/* Is it on disk already, word for word? */
static bool is_known(const struct house *h, const struct store_call_event *ev)
{
	for (size_t i = 0; i < h->n_records; i++) {
		const struct store_call_event *r = &h->records[i].ev;

		if (r->call == ev->call && r->at_ms == ev->at_ms &&
			r->event == ev->event && r->agent == ev->agent &&
			r->number == ev->number && strcmp(r->detail, ev->detail) == 0)
			return true;
	}
	return false;
}

static void given(struct house *h)
{
	h->marks.given++;
	if (!h->is_disk_slow)
		h->marks.kept = h->marks.given;
}

/* "quality c1 line in whole PCMA 10/1000 j3000 t40000 r89.6 m4.33"; what is not known: "-" */
static int put_quality(void *arg, const struct store_quality *q)
{
	struct house *h = arg;
	char known[HOUSE_LINE_MAX];

	if (h->is_sick)
		return ENOBUFS;
	given(h);
	(void)text_format(known, sizeof known, "%d/%d j%d t%d f%d/%d r%d m%d R%d M%d",
		q->lost, q->expected, q->jitter_us, q->round_trip_us, q->concealed,
		q->frames, q->r_narrow_10, q->mos_narrow_100, q->r_wide_10,
		q->mos_wide_100);
	house_note(h, "quality %s %s %s %s %d+%d %s %s", house_name_of(h, q->call),
		q->leg == STORE_LEG_LINE ? "line" : "caller",
		q->direction == STORE_IN ? "in" : "out", q->is_whole ? "whole" : "part",
		(int)(q->from_ms - HOUSE_WALL_MS), (int)(q->until_ms - q->from_ms),
		*q->codec ? q->codec : "-", known);
	return 0;
}

static void show_leg(
	struct house *h, uint64_t conn, const char *name, const struct desk_leg *l)
{
	if (l->is_there)
		house_note(h, "worth %s %s in %d/%d m%d out %d/%d m%d", page(conn), name,
			(int)l->in.lost, (int)l->in.expected, l->in.mos_100,
			l->out.is_known ? (int)l->out.lost : -1, (int)l->out.expected,
			l->out.mos_100);
}

static void quality(void *arg, uint64_t conn, const struct desk_quality *q)
{
	house_note(arg, "worth %s after %d", page(conn), (int)q->for_ms);
	show_leg(arg, conn, "caller", &q->caller);
	show_leg(arg, conn, "line", &q->line);
}

static int put_callback(void *arg, const struct store_callback *row)
{
	struct house *h = arg;
	size_t i = 0;

	if (h->is_sick)
		return ENOBUFS;
	given(h);
	while (i < h->n_rows && h->rows[i].row.call != row->call)
		i++;
	assert_true(i < sizeof h->rows / sizeof *h->rows);
	h->n_rows += i == h->n_rows;
	h->rows[i] = (struct house_row){ *row, h->marks.given, 0 };
	house_note(h, "row %s %s in %" PRIu64 " tries=%u%s", house_name_of(h, row->call),
		row->number, row->queue, row->tries, row->due_ms ? " later" : "");
	return 0;
}

static int drop_callback(void *arg, uint64_t call)
{
	struct house *h = arg;

	given(h);
	for (size_t i = 0; i < h->n_rows; i++)
		if (h->rows[i].row.call == call)
			h->rows[i].dropped = h->marks.given;
	house_note(h, "row %s dropped", house_name_of(h, call));
	return 0;
}

static int port_call_event(void *arg, const struct store_call_event *ev)
{
	struct house *h = arg;
	bool was_known = is_known(h, ev);
	char queue[24] = "";

	given(h);
	assert_true(h->n_records < HOUSE_NAMES_MAX);
	if (!was_known)
		h->records[h->n_records++] = (struct house_record){ *ev, h->marks.given };
	if (ev->event == STORE_ARRIVED && !find(h, ev->call))
		(void)house_name(h, ev->call, h->subject);
	/* where it makes a difference */
	if (ev->event == STORE_ARRIVED && (ev->queue > 20 || ev->queue == 0))
		(void)text_format(queue, sizeof queue, " in %" PRIu64, ev->queue);
	house_note(h, "record %s %s%s%s%s%s%s%s", house_name_of(h, ev->call),
		store_event_word(ev->event), queue, ev->agent ? " " : "",
		ev->agent ? house_agent_name(ev->agent) : "", *ev->detail ? " " : "",
		ev->detail, was_known ? " (again)" : "");
	return 0;
}

/* On disk as soon as it is given; what is on disk is told by "records". */
static int port_sign(void *arg, const struct store_signature *s)
{
	struct house *h = arg;

	if (h->is_sick)
		return ENOBUFS;
	h->anna.standing = (struct home_standing){ .signed_version = s->version,
		.is_countersigned = s->is_countersigned,
		.confirmed_ms = s->signed_ms };
	house_note(h, "store_sign %s %u%s", house_agent_name(s->agent), s->version,
		s->is_countersigned ? "" : " not countersigned");
	return 0;
}

static int port_enrol(void *arg, const struct store_device_key *key,
	const uint8_t code[STORE_HASH_SIZE], int64_t at_ms)
{
	struct house *h = arg;

	h->key = *key;
	h->has_key = true;
	h->anna.code_expires_ms = 0;
	house_note(h, "store_enrol %s", house_agent_name(key->agent));
	return 0;
}

static int port_end_agreement(void *arg, uint64_t agent, int64_t at_ms, bool is_change)
{
	struct house *h = arg;

	if (is_change)
		h->anna.standing.has_changed = true;
	else
		h->anna.standing = (struct home_standing){ .is_ended = true };
	house_note(h, "store_end %s %s", house_agent_name(agent),
		is_change ? "changed" : "ended");
	return 0;
}

static int port_countersign(
	void *arg, const void *text, size_t n, uint8_t signature[STORE_SIGNATURE_SIZE])
{
	struct house *h = arg;

	assert_non_null(strstr(text, "heimamt countersignature 1\n"));
	memset(signature, 7, STORE_SIGNATURE_SIZE);
	return h->cannot_countersign ? EIO : 0;
}

static void port_marks(void *arg, struct store_marks *out)
{
	*out = ((struct house *)arg)->marks;
}

static int port_add_session(void *arg, const struct store_session *s)
{
	house_note(arg, "store_add_session %s", house_agent_name(s->agent));
	return 0;
}

static int port_drop_session(void *arg, const uint8_t hash[STORE_HASH_SIZE])
{
	house_note(arg, "store_drop_session");
	return 0;
}

static int port_use_link(
	void *arg, const uint8_t hash[STORE_HASH_SIZE], int64_t at_ms, uint64_t request)
{
	struct house *h = arg;

	house_note(h, "store_use_link %" PRIu64, request);
	return h->is_sick ? ENOBUFS : 0;
}

static int port_password(void *arg, struct app_password *w)
{
	struct house *h = arg;

	if (h->n_hashes >= sizeof h->hashes / sizeof *h->hashes)
		return EAGAIN;
	h->hashes[h->n_hashes++] = w;
	return 0;
}

static int port_sign_on(void *arg, struct oidc_work *w)
{
	struct house *h = arg;

	if (h->asked)
		return ENOMEM;
	h->asked = w;
	return 0;
}

/* Without a database what is written is told by `done` alone. */
static int port_store_ask(void *arg, const struct store_job *job)
{
	struct house *h = arg;

	if (h->lets_go) {
		house_note(h, "store_ask");
		job->drop(job->arg);
		return 0;
	}
	if (h->is_sick || h->n_jobs >= sizeof h->jobs / sizeof *h->jobs)
		return ENOBUFS;
	h->jobs[h->n_jobs++] = *job;
	return 0;
}

/* A hash is the password behind "hash:", or behind "old:", which is to be made anew. */
static void hash(struct app_password *w)
{
	const char *colon = strchr(w->hash, ':');

	if (!w->checks) {
		w->err = text_format(w->hash, sizeof w->hash, "hash:%s", w->password);
	} else {
		w->holds = colon && strcmp(colon + 1, w->password) == 0;
		w->is_old = strncmp(w->hash, "old:", 4) == 0;
	}
	w->done(w);
}

void house_work(struct house *h)
{
	while (h->n_hashes || h->n_jobs) {
		if (h->n_hashes && h->gives_way) {
			h->hashes[--h->n_hashes]->gave_way = true;
			h->hashes[h->n_hashes]->done(h->hashes[h->n_hashes]);
		} else if (h->n_hashes) {
			hash(h->hashes[--h->n_hashes]);
		} else {
			struct store_job job = h->jobs[--h->n_jobs];

			job.done(job.arg, h->db ? job.run(h->db, job.arg) : 0);
		}
	}
}

/* Turned around, and its length longer by what a seal takes. */
static int port_seal(
	void *arg, uint64_t agent, const uint8_t *secret, size_t n, uint8_t *out)
{
	memset(out, (int)agent, n + SEALER_MORE);
	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)~secret[i];
	return 0;
}

static int port_unseal(
	void *arg, uint64_t agent, const uint8_t *sealed, size_t n, uint8_t *out)
{
	if (sealed[n - 1] != agent)
		return EBADMSG;
	for (size_t i = 0; i < n - SEALER_MORE; i++)
		out[i] = (uint8_t)~sealed[i];
	return 0;
}

static bool port_is_well(void *arg)
{
	return !((struct house *)arg)->is_sick;
}

const struct app_ports house_ports = {
	.now_us = now_us,
	.wall_ms = wall_ms,
	.civil = civil,
	.random = random_bytes,
	.sip_answer = sip_answer,
	.sip_reject = sip_reject,
	.sip_dial = sip_dial,
	.sip_confirm = sip_confirm,
	.sip_hangup = sip_hangup,
	.sip_reinvite = sip_reinvite,
	.sip_release = sip_release,
	.relay_send = relay_send,
	.desk_view = desk_view,
	.caller_view = caller_view,
	.door_view = door_view,
	.door_token = door_token,
	.line_answer = line_answer,
	.turn = turn,
	.line_stats = line_stats,
	.desk_agreement = desk_agreement,
	.targets = targets,
	.page_error = page_error,
	.page_close = page_close,
	.login_done = login_done,
	.api_done = api_done,
	.store_call_event = port_call_event,
	.store_add_session = port_add_session,
	.store_quality = put_quality,
	.quality = quality,
	.store_put_callback = put_callback,
	.store_drop_callback = drop_callback,
	.store_drop_session = port_drop_session,
	.store_use_link = port_use_link,
	.store_sign = port_sign,
	.store_enrol = port_enrol,
	.store_end_agreement = port_end_agreement,
	.countersign = port_countersign,
	.store_ask = port_store_ask,
	.password = port_password,
	.sign_on = port_sign_on,
	.seal = port_seal,
	.unseal = port_unseal,
	.store_marks = port_marks,
	.store_is_well = port_is_well,
};
