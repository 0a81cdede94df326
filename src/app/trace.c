/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* trace -- see trace.h.  Part of app. */
#include "app/trace.h"

#include <string.h>

#include "app/priv.h"
#include "app/quality.h"
#include "base/text.h"

static void fill(const struct app *app, const struct app_call *call, enum store_leg leg,
	struct app_traced *out)
{
	*out = (struct app_traced){ .call = call->id,
		.dialog = call->dialog,
		.number = app->queues[call->queue].number,
		.name = app->queues[call->queue].name,
		.leg = leg };
}

bool app_traced_call(const struct app *app, uint64_t call, struct app_traced *out)
{
	const struct app_call *c = map_find(&app->call_by_id, call);

	if (c)
		fill(app, c, STORE_LEG_CALLER, out);
	return c != NULL;
}

bool app_traced_dialog(const struct app *app, uint64_t dialog, struct app_traced *out)
{
	const struct app_call *c = map_find(&app->call_by_dialog, dialog);

	if (c)
		fill(app, c, STORE_LEG_CALLER, out);
	return c != NULL;
}

static uint64_t call_of_line(const struct app *app, const struct app_agent *ag)
{
	struct acd_agent_info info = { 0 };

	(void)acd_agent(&app->acd, ag->cfg.id, &info);
	return info.state == ACD_AGENT_WRAPUP ? 0 : info.call;
}

bool app_traced_leg(
	const struct app *app, unsigned relay, uint64_t leg, struct app_traced *out)
{
	const struct app_leg *l = map_find(&app->leg_by_id, leg);
	const struct app_call *c = NULL;

	if (!l || l->relay != relay)
		return false;
	if (l->kind == LEG_OF_CALL)
		c = l->owner;
	else if (l->kind == LEG_OF_LINE)
		c = map_find(&app->call_by_id, call_of_line(app, l->owner));
	if (c)
		fill(app, c, l->kind == LEG_OF_LINE ? STORE_LEG_LINE : STORE_LEG_CALLER,
			out);
	return c != NULL;
}

static void tell_sdp(struct trace_event *e, const struct trunk_seen *s)
{
	if (!s->has_sdp)
		return;
	trace_word(e, "codecs", *s->codecs ? s->codecs : "none");
	trace_word(e, "media", s->media_addr);
	trace_number(e, "port", s->media_port);
	trace_word(e, "dir", s->direction);
	trace_word(e, "protection", s->protection);
}

void app_trace_sip(
	struct trace_event *e, const struct trunk_seen *s, const struct trace_call *c)
{
	static const char *const transports[TRUNK_TRANSPORTS] = {
		[TRUNK_UDP] = "udp", [TRUNK_TCP] = "tcp", [TRUNK_TLS] = "tls"
	};
	char status[8];

	(void)text_format(status, sizeof status, "%u", s->status);
	trace_event_init(e, s->is_ours ? TRACE_SENT : TRACE_HEARD, s->at_ms, c->call,
		s->status ? status : s->method);
	if (s->status)
		trace_word(e, "to", s->method);
	trace_number(e, "cseq", s->cseq);
	trace_phone(e, "caller", s->from);
	trace_phone(e, "called", s->to);
	trace_phone(e, "uri", s->uri);
	trace_word(e, "by", transports[s->transport]);
	trace_word(e, "peer", s->peer);
	trace_word(e, "at", s->addr);
	tell_sdp(e, s);
}

/* What an event's own figure means; STORE_JOINED's is in microseconds. */
static const char *number_word(enum store_event what)
{
	switch (what) {
	case STORE_LEFT: return "had_ms";
	case STORE_DIVERTED:
	case STORE_TRANSFERRED: return "to_queue";
	default: return NULL;
	}
}

void app_trace_record(
	struct trace_event *e, const struct store_call_event *ev, const char *queue)
{
	const char *word = number_word(ev->event);

	trace_event_init(e, TRACE_CORE, ev->at_ms, ev->call, store_event_word(ev->event));
	trace_id(e, "agent", ev->agent);
	if (ev->event == STORE_ARRIVED) {
		trace_word(e, "queue", queue);
		trace_word(e, "kind", ev->kind == STORE_CALL_SIP ? "sip" : "web");
		trace_word(e, "protection", store_voice_word(ev->voice));
	}
	/* an offer's says how many at home and at the office could have had it: nothing of a fault, and in a small house of
	 * one agent [RULES N5] */
	if (ev->event != STORE_OFFERED)
		trace_word(e, "why", ev->detail);
	if (ev->number < 0)
		return;
	if (ev->event == STORE_JOINED)
		trace_ms(e, "first_voice_ms", ev->number);
	else if (word && ev->event == STORE_LEFT)
		trace_number(e, word, ev->number);
	else if (word)
		trace_id(e, word, (uint64_t)ev->number);
}

/* What became of the voice since it was last told. */
static bool tell_path(
	struct trace_event *e, struct trace_leg *last, const struct rp_stats *s)
{
	struct trace_leg now = {
		.path = s->path, .why = s->why, .rx = s->rx_codec, .tx = s->tx_codec
	};

	if (memcmp(&now, last, sizeof now) == 0)
		return false;
	*last = now;
	trace_word(e, "path", quality_path_word(s->path));
	trace_word(e, "why", quality_why_word(s->why));
	trace_word(e, "from_codec", sound_name((enum sound_codec)s->rx_codec));
	trace_word(e, "to_codec", sound_name((enum sound_codec)s->tx_codec));
	trace_number(e, "packets_in", (int64_t)s->rx);
	trace_number(e, "packets_out", (int64_t)s->tx);
	trace_number(e, "lost", s->lost);
	trace_number(e, "bad", (int64_t)s->rx_bad);
	return true;
}

static const char *relay_word(uint16_t type)
{
	switch (type) {
	case RP_LEG_OK: return "made";
	case RP_STATS_OK: return "path";
	case RP_EV_UP: return "up"; /* of an RTP leg its first packet: latched */
	case RP_EV_DOWN: return "down";
	case RP_EV_SILENT: return "silent";
	case RP_EV_HEARD: return "heard";
	case RP_EV_CLIP_DONE: return "clip";
	case RP_EV_FIRST: return "first";
	case RP_EV_DIGIT: return "key"; /* not which [RULES C6] */
	case RP_EV_LOSSY: return "lossy";
	default: return NULL;
	}
}

bool app_trace_relay(struct trace_event *e, int64_t at_ms, struct trace_call *c,
	enum store_leg leg, const union rp_any *m)
{
	const char *word = m->head.err && m->head.type < RP_EV_UP
		? "refused"
		: relay_word(m->head.type);

	if (!word)
		return false;
	trace_event_init(e, TRACE_RELAY, at_ms, c->call, word);
	trace_word(e, "leg", leg == STORE_LEG_LINE ? "agent" : "caller");
	if (m->head.err)
		trace_number(e, "error", m->head.err);
	switch (m->head.type) {
	case RP_LEG_OK: trace_number(e, "port", m->leg_ok.port); break;
	case RP_STATS_OK: return tell_path(e, &c->legs[leg], &m->stats);
	case RP_EV_FIRST: trace_number(e, "after_us", (int64_t)m->first.after_us); break;
	case RP_EV_LOSSY:
		trace_word(e, "is", m->lossy.on ? "on" : "off");
		trace_number(e, "percent", m->lossy.percent);
		break;
	}
	return true;
}

/* STORE_UNKNOWN has no field. */
static void tell_known(struct trace_event *e, const char *name, int32_t number)
{
	if (number != STORE_UNKNOWN)
		trace_number(e, name, number);
}

static void tell_parts(struct trace_event *e, const char *name, int32_t parts, int one)
{
	char text[16];

	if (parts == STORE_UNKNOWN)
		return;
	(void)text_format(text, sizeof text, one == 10 ? "%d.%d" : "%d.%02d", parts / one,
		parts % one);
	trace_word(e, name, text);
}

void app_trace_quality(
	struct trace_event *e, int64_t at_ms, const struct store_quality *q)
{
	trace_event_init(e, TRACE_SUM, at_ms, q->call, "quality");
	trace_word(e, "leg", q->leg == STORE_LEG_LINE ? "agent" : "caller");
	trace_word(e, "way", q->direction == STORE_IN ? "in" : "out");
	trace_word(e, "whole", q->is_whole ? "yes" : "no");
	trace_word(e, "codec", q->codec);
	tell_known(e, "expected", q->expected);
	tell_known(e, "lost", q->lost);
	tell_known(e, "jitter_us", q->jitter_us);
	tell_known(e, "round_trip_us", q->round_trip_us);
	tell_known(e, "buffer_ms", q->delay_ms);
	tell_known(e, "frames", q->frames);
	tell_known(e, "concealed", q->concealed);
	tell_parts(e, "r", q->r_narrow_10, 10);
	tell_parts(e, "mos", q->mos_narrow_100, 100);
}

void app_trace_summary(struct trace_event *e, int64_t at_ms, const struct trace_call *c)
{
	trace_event_init(e, TRACE_SUM, at_ms, c->call, "call");
	trace_number(e, "traced_ms", (c->ended_ms ? c->ended_ms : at_ms) - c->began_ms);
	trace_number(e, "messages", c->n_messages);
	trace_word(e, "ended", c->ended_ms ? c->why : "not_yet");
}
