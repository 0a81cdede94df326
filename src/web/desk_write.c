/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * desk_write -- what a page is shown, as JSON text; see desk.h and docs/desk-protocol.md.
 *
 * The words of the enumerators stand in tables.  Each writer returns one text on the heap or, when
 * any allocation failed, NULL with nothing left behind.  Any thread; no state.
 */
#include "web/desk.h"

#include <jansson.h>

#include "base/ids.h"
#include "base/text.h"
#include "core/home/agreement.h"

static const char *const state_words[] = {
	[DESK_STATE_OUT] = "out",
	[DESK_STATE_AWAY] = "away",
	[DESK_STATE_READY] = "ready",
	[DESK_STATE_OFFERED] = "offered",
	[DESK_STATE_TALKING] = "talking",
	[DESK_STATE_INTERRUPTED] = "interrupted",
	[DESK_STATE_WRAPUP] = "wrapup",
	[DESK_STATE_PAUSE] = "pause",
	[DESK_STATE_WORK] = "work",
	[DESK_STATE_HOLD] = "hold",
};

static const char *const line_words[] = {
	[DESK_LINE_NONE] = "none",
	[DESK_LINE_CONNECTING] = "connecting",
	[DESK_LINE_UP] = "up",
	[DESK_LINE_SILENT] = "silent",
	[DESK_LINE_LOST] = "lost",
};

static const char *const call_words[] = {
	[DESK_CALL_NONE] = "none",
	[DESK_CALL_CONNECTING] = "connecting",
	[DESK_CALL_WAITING] = "waiting",
	[DESK_CALL_OFFERED] = "offered",
	[DESK_CALL_TALKING] = "talking",
	[DESK_CALL_ENDED] = "ended",
	[DESK_CALL_MENU] = "menu",
};

static const char *const queue_words[] = {
	[DESK_QUEUE_OPEN] = "open",
	[DESK_QUEUE_CLOSED] = "closed",
	[DESK_QUEUE_UNSTAFFED] = "unstaffed",
	[DESK_QUEUE_FULL] = "full",
};

static const char *const door_words[] = {
	[DESK_DOOR_OVER] = "over",
	[DESK_DOOR_FREE] = "free",
	[DESK_DOOR_WORK] = "work",
	[DESK_DOOR_CALL] = "call",
	[DESK_DOOR_PAUSE] = "pause",
};

/* A JSON object in the making; `failed` stays once anything did not fit into memory. */
struct maker {
	json_t *root;
	bool failed;
};

static void put(struct maker *k, const char *name, json_t *value)
{
	/* sets nothing and drops the value when either is NULL */
	if (json_object_set_new_nocheck(k->root, name, value))
		k->failed = true;
}

/* A name that is not clean UTF-8 must not cost the page its whole view. */
static json_t *text(const char *s)
{
	return json_string(!s ? "" : text_is_clean_utf8(s) ? s : "?");
}

static void put_text(struct maker *k, const char *name, const char *s)
{
	put(k, name, text(s));
}

static void put_int(struct maker *k, const char *name, int64_t v)
{
	put(k, name, json_integer(v));
}

/* Counters above 2^63 do not happen; a page could not read above 2^53. */
static void put_count(struct maker *k, const char *name, uint64_t v)
{
	put_int(k, name, (int64_t)(v & INT64_MAX));
}

static void put_bool(struct maker *k, const char *name, bool v)
{
	put(k, name, json_boolean(v));
}

static void put_id(struct maker *k, const char *name, uint64_t id)
{
	char digits[IDS_TEXT_SIZE];

	ids_text(digits, id);
	put_text(k, name, digits);
}

static struct maker maker_of(const char *t)
{
	struct maker k = { .root = json_object() };

	if (t)
		put_text(&k, "t", t);
	return k;
}

static json_t *made(struct maker *k)
{
	if (k->failed) {
		json_decref(k->root);
		k->root = NULL;
	}
	return k->root;
}

static char *written(struct maker *k)
{
	json_t *root = made(k);
	char *s = root ? json_dumps(root, JSON_COMPACT) : NULL;

	json_decref(root);
	return s;
}

static json_t *queues_of(const struct desk_view *v)
{
	size_t n = v->n_queues < DESK_QUEUES_MAX ? v->n_queues : DESK_QUEUES_MAX;
	json_t *a = json_array();

	for (size_t i = 0; i < n; i++) {
		if (json_array_append_new(a, text(v->queues[i]))) {
			json_decref(a);
			return NULL;
		}
	}
	return a;
}

static json_t *agent_of(const struct desk_view *v)
{
	struct maker k = maker_of(NULL);

	put_text(&k, "name", v->name);
	put_text(&k, "workplace", v->at_home ? "home" : "office");
	put(&k, "queues", queues_of(v));
	return made(&k);
}

static json_t *call_of(const struct desk_view *v)
{
	struct maker k;

	if (v->call == 0)
		return json_null();
	k = maker_of(NULL);
	put_id(&k, "id", v->call);
	put_text(&k, "queue", v->queue);
	put_text(&k, "language", v->language);
	put_text(&k, "codec", v->call_codec);
	put_int(&k, "waited_ms", v->waited_ms);
	put_text(&k, "from", v->from);
	put_bool(&k, "callback", v->callback);
	put_text(&k, "voice", v->voice);
	return made(&k);
}

/* A number has 53 bits in a page: enough until the year 287396. */
static void put_back_at(struct maker *k, int64_t at_ms)
{
	put(k, "back_at", at_ms ? json_integer(at_ms) : json_null());
}

static json_t *door_of(const struct desk_view *v)
{
	struct maker k;

	if (!v->has_door)
		return json_null();
	k = maker_of(NULL);
	put_int(&k, "pages", v->door_pages);
	put_back_at(&k, v->back_at_ms);
	return made(&k);
}

static json_t *missing_of(unsigned bits)
{
	json_t *a = json_array();

	for (unsigned i = 0; i < HOME_MISSINGS; i++)
		if (bits >> i & 1 &&
			json_array_append_new(
				a, json_string(home_missing_word(1u << i)))) {
			json_decref(a);
			return NULL;
		}
	return a;
}

static json_t *home_of(const struct desk_view *v)
{
	struct maker k = maker_of(NULL);

	put(&k, "missing", missing_of(v->home.missing));
	put_int(&k, "in_force", v->home.in_force);
	put_int(&k, "to_sign", v->home.to_sign);
	put_bool(&k, "has_key", v->home.has_key);
	put_bool(&k, "factor_always", v->home.factor_always);
	return made(&k);
}

char *desk_write_view(const struct desk_view *v)
{
	struct maker k = maker_of("view");

	put_int(&k, "protocol", DESK_PROTOCOL);
	put_id(&k, "seat", v->seat);
	put(&k, "agent", agent_of(v));
	put(&k, "home", home_of(v));
	put_text(&k, "state", state_words[v->state]);
	put_text(&k, "why", v->why);
	put_int(&k, "since_ms", v->since_ms);
	put(&k, "ends_ms", v->ends_ms < 0 ? json_null() : json_integer(v->ends_ms));
	put_text(&k, "line", line_words[v->line]);
	put_bool(&k, "testing", v->testing);
	put_text(&k, "codec", v->codec);
	put_bool(&k, "pause_after", v->pause_after);
	put_bool(&k, "stop_after", v->stop_after);
	put(&k, "call", call_of(v));
	put(&k, "door", door_of(v));
	return written(&k);
}

char *desk_write_door(const struct desk_door *d)
{
	struct maker k = maker_of("door");

	put_int(&k, "protocol", DESK_PROTOCOL);
	put_text(&k, "state", door_words[d->state]);
	put_back_at(&k, d->back_at_ms);
	return written(&k);
}

char *desk_write_door_token(const char *token, const char *ref)
{
	struct maker k = maker_of("door.token");

	put_text(&k, "token", token);
	put_text(&k, "ref", ref);
	return written(&k);
}

char *desk_write_caller_view(const struct desk_caller_view *v)
{
	struct maker k = maker_of("caller");

	put_text(&k, "state", call_words[v->state]);
	put_text(&k, "why", v->why);
	put_text(&k, "queue", v->queue);
	put_int(&k, "since_ms", v->since_ms);
	put_int(&k, "place", v->place);
	put_text(&k, "wait", v->wait ? v->wait : "");
	return written(&k);
}

static void put_bytes(struct maker *k, const char *name, const uint8_t *p)
{
	char hex[65];

	text_hex(hex, sizeof hex, p, 32);
	put_text(k, name, hex);
}

char *desk_write_agreement(const struct desk_agreement *a)
{
	struct maker k = maker_of("agreement");
	char agent[IDS_TEXT_SIZE];

	ids_text(agent, a->agent);
	put_int(&k, "version", a->version);
	put_bool(&k, "material", a->is_material);
	put_int(&k, "effective_ms", a->effective_ms);
	put_text(&k, "language", a->language);
	put(&k, "text", json_string(a->text)); /* has line ends */
	put_bytes(&k, "hash", a->hash);
	put_bytes(&k, "nonce", a->nonce);
	put_text(&k, "agent", agent);
	put_text(&k, "label", a->label);
	put_text(&k, "ref", a->ref);
	return written(&k);
}

char *desk_write_line_answer(const struct desk_line_answer *a)
{
	struct maker k = maker_of("line.answer");

	put(&k, "sdp", json_string(a->sdp)); /* has line ends */
	put_text(&k, "ref", a->ref);
	return written(&k);
}

/* As RTCConfiguration.iceServers has it, so that the page hands it on as it comes. */
char *desk_write_turn(const struct desk_turn *t)
{
	struct maker k = maker_of("turn"), server = maker_of(NULL);
	json_t *urls = json_array(), *servers = json_array();

	for (size_t i = 0; i < t->n_urls && i < DESK_TURN_MAX; i++)
		if (json_array_append_new(urls, text(t->urls[i])))
			k.failed = true;
	put(&server, "urls", urls);
	put_text(&server, "username", t->user);
	put_text(&server, "credential", t->password);
	if (json_array_append_new(servers, made(&server)))
		k.failed = true;
	put(&k, "servers", servers);
	return written(&k);
}

char *desk_write_line_stats(const struct desk_line_stats *s)
{
	struct maker k = maker_of("line.stats");

	put_count(&k, "rx", s->rx);
	put_count(&k, "tx", s->tx);
	put_count(&k, "rx_forwarded", s->rx_forwarded);
	put_count(&k, "rx_discarded", s->rx_discarded);
	put_count(&k, "rx_discarded_sound", s->rx_discarded_sound);
	put_count(&k, "lost", s->lost);
	put_count(&k, "jitter_us", s->jitter_us);
	put_count(&k, "round_trip_us", s->round_trip_us);
	put_text(&k, "ref", s->ref);
	return written(&k);
}

static json_t *quality_way(const struct desk_way *w)
{
	struct maker k = maker_of(NULL);

	put_text(&k, "codec", w->codec);
	put_count(&k, "expected", w->expected);
	if (w->is_known) {
		put_count(&k, "lost", w->lost);
		put_count(&k, "jitter_us", w->jitter_us);
	}
	if (w->frames) {
		put_count(&k, "frames", w->frames);
		put_count(&k, "concealed", w->concealed);
	}
	if (w->has_worth) {
		put_bool(&k, "wide", w->is_wide);
		put_int(&k, "r_10", w->r_10);
		put_int(&k, "mos_100", w->mos_100);
	}
	return made(&k);
}

static void put_leg(struct maker *k, const char *name, const struct desk_leg *l)
{
	struct maker leg = maker_of(NULL);

	put(&leg, "in", quality_way(&l->in));
	put(&leg, "out", quality_way(&l->out));
	put_count(&leg, "round_trip_us", l->round_trip_us);
	put_count(&leg, "delay_ms", l->delay_ms);
	put_text(&leg, "path", l->path);
	put_text(&leg, "why", l->why);
	put(k, name, made(&leg));
}

char *desk_write_quality(const struct desk_quality *q)
{
	struct maker k = maker_of("quality");

	put_int(&k, "for_ms", q->for_ms);
	if (q->caller.is_there)
		put_leg(&k, "caller", &q->caller);
	if (q->line.is_there)
		put_leg(&k, "line", &q->line);
	return written(&k);
}

static json_t *target_queue(const struct desk_targets *t, size_t i)
{
	struct maker k = maker_of(NULL);

	put_id(&k, "id", t->queues[i].id);
	put_text(&k, "name", t->queues[i].name);
	put_text(&k, "language", t->queues[i].language);
	put_text(&k, "state", queue_words[t->queues[i].state]);
	return made(&k);
}

static json_t *target_agent(const struct desk_targets *t, size_t i)
{
	struct maker k = maker_of(NULL);

	put_id(&k, "id", t->agents[i].id);
	put_text(&k, "name", t->agents[i].name);
	put_bool(&k, "free", t->agents[i].is_free);
	return made(&k);
}

static json_t *targets_of(const struct desk_targets *t, size_t n,
	json_t *(*one)(const struct desk_targets *t, size_t i))
{
	json_t *a = json_array();

	for (size_t i = 0; i < n; i++) {
		if (json_array_append_new(a, one(t, i))) {
			json_decref(a);
			return NULL;
		}
	}
	return a;
}

char *desk_write_targets(const struct desk_targets *t)
{
	struct maker k = maker_of("targets");

	put(&k, "queues", targets_of(t, t->n_queues, target_queue));
	put(&k, "agents", targets_of(t, t->n_agents, target_agent));
	put_text(&k, "ref", t->ref);
	return written(&k);
}

char *desk_write_error(const char *code, const char *ref)
{
	struct maker k = maker_of("error");

	put_text(&k, "code", code);
	put_text(&k, "ref", ref);
	return written(&k);
}
