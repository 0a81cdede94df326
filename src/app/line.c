/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * line -- an agent's standing voice connection: made once a shift, tested, then left alone.  Part of app.
 *
 * none -> connecting -> up <-> silent, and from each to lost.  A new offer of the page replaces the line at any
 * time.  What is silent may be heard again; what is lost is closed.  A browser that cannot change its codec by itself
 * offers the line that stands once more, with another codec first: only the order of our answer changes.
 */
#include "app/priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

int app_line_command(struct rp_leg_web *cmd, const char *sdp, bool is_caller)
{
	struct sdesc offer;
	const struct sdesc_media *m;
	struct sdesc_codec codecs[APP_LINE_CODECS_MAX];
	size_t n;

	if (sdesc_parse(&offer, sdp, strlen(sdp)) || offer.audio < 0)
		return EINVAL;
	m = &offer.media[offer.audio];
	n = app_codecs_of_line(m, is_caller, codecs);
	/* RULES T1: DTLS-SRTP always, no plain fallback */
	if (!slice_is(m->proto, "UDP/TLS/RTP/SAVPF") || !m->has_fingerprint ||
		!m->rtcp_mux || m->setup == SDESC_SETUP_PASSIVE || !n)
		return EINVAL;
	if (slice_copy(m->ice_ufrag, cmd->ufrag, sizeof cmd->ufrag) ||
		slice_copy(m->ice_pwd, cmd->pwd, sizeof cmd->pwd) || !m->ice_ufrag.n ||
		!m->ice_pwd.n)
		return EINVAL;
	memcpy(cmd->fingerprint, m->fingerprint, sizeof cmd->fingerprint);
	app_codecs_tell(codecs, n, cmd->codecs, &cmd->dtmf_pt);
	for (size_t i = 0; i < n; i++)
		if (codecs[i].id == SDESC_CODEC_RED)
			cmd->red_pt = codecs[i].pt;
	return 0;
}

int app_line_answer(struct app *app, const struct app_leg *leg, const char *offer_text,
	uint32_t version, char *buf, size_t cap)
{
	struct sdesc offer;
	struct sdesc_codec codecs[APP_LINE_CODECS_MAX];
	struct sdesc_webrtc d = {
		/* RFC 8866 section 5.2: a number, the same in each answer of a leg; so random as its SSRC */
		.session_id = leg->ok.ssrc,
		.version = version,
		.addr = app->relays[leg->relay].hello.addr,
		.port = app->relays[leg->relay].hello.port,
		.tcp_port = app->relays[leg->relay].hello.tcp_port,
		.public_addr = app->cfg.public_addr,
		.ice_ufrag = leg->ok.ufrag,
		.ice_pwd = leg->ok.pwd,
		.fingerprint = app->relays[leg->relay].hello.fingerprint,
		.ssrc = leg->ok.ssrc,
		.cname = leg->ok.cname,
		.codecs = codecs,
		.offer = &offer,
	};
	size_t n;
	int err = sdesc_parse(&offer, offer_text, strlen(offer_text));

	if (err || offer.audio < 0)
		return EINVAL;
	d.n_codecs = app_codecs_of_line(
		&offer.media[offer.audio], leg->kind == LEG_OF_CALL, codecs);
	if (!d.n_codecs)
		return EINVAL;
	if (version > 1)
		app_codecs_follow(&offer.media[offer.audio], codecs, d.n_codecs);
	return sdesc_write_webrtc(&d, buf, cap, &n);
}

static void connect_too_late(struct app *app, void *owner)
{
	struct app_agent *ag = owner;

	app_line_lost(app, ag);
	app_line_close(app, ag);
	app_agent_show(app, ag);
}

void app_line_close(struct app *app, struct app_agent *ag)
{
	app_timer_stop(app, &ag->line.timer);
	app_leg_close(app, &ag->line.leg);
	free(ag->line.offer);
	ag->line.offer = NULL;
	ag->line.is_testing = ag->line.is_lossy = false;
	ag->line.state = ag->line.state == DESK_LINE_NONE ? DESK_LINE_NONE
							  : DESK_LINE_LOST;
}

/* To the core too: lost, or back. */
static void change(struct app *app, struct app_agent *ag, enum desk_line state)
{
	bool is_back = state == DESK_LINE_UP;

	ag->line.state = state;
	if (!is_back)
		ag->line.is_testing = false;
	(void)app_step(app,
		(struct acd_event){
			.type = is_back ? ACD_EV_AGENT_BACK : ACD_EV_AGENT_LOST,
			.agent = ag->cfg.id,
			.why = ACD_WHY_LINE_LOST });
	app_agent_show(app, ag);
}

void app_line_lost(struct app *app, struct app_agent *ag)
{
	change(app, ag, DESK_LINE_LOST);
}

void app_line_move(struct app *app, struct app_agent *ag)
{
	struct acd_agent_info info;
	bool is_known = acd_agent(&app->acd, ag->cfg.id, &info);

	if (!ag->line.leg.id || !app_relay_is_leaving(app, ag->line.leg.relay))
		return;
	if (is_known &&
		(info.state == ACD_AGENT_OFFERED || info.state == ACD_AGENT_TALKING ||
			info.state == ACD_AGENT_INTERRUPTED ||
			info.state == ACD_AGENT_HOLDING))
		return; /* at the talk's end */
	app_line_lost(app, ag);
	app_line_close(app, ag);
	app_agent_show(app, ag);
}

void app_line_await(struct app *app, struct app_agent *ag)
{
	app_timer_set(app, &ag->line.timer, LINE_CONNECT_MS, connect_too_late, ag);
}

static void move(struct app *app, void *owner)
{
	app_line_move(app, owner);
}

void app_line_move_soon(struct app *app, struct app_agent *ag)
{
	app_timer_set(app, &ag->line.timer, 0, move, ag);
}

void app_line_offer(struct app *app, struct app_agent *ag, const struct desk_msg *m)
{
	union rp_any cmd = { 0 };

	if (app_line_command(&cmd.leg_web, m->sdp, false)) {
		app->ports.page_error(app->ports.arg, ag->conn, "bad_sdp", m->ref);
		return;
	}
	if (ag->line.leg.id) {
		app_line_lost(app, ag);
		app_line_close(app, ag);
	}
	ag->line.offer = strdup(m->sdp);
	(void)text_copy(ag->line.ref, sizeof ag->line.ref, m->ref);
	if (!ag->line.offer ||
		app_leg_make(app, &ag->line.leg, LEG_OF_LINE, ag, &cmd, RP_LEG_WEB)) {
		app_line_close(app, ag);
		app->ports.page_error(app->ports.arg, ag->conn, "no_relay", m->ref);
		return;
	}
	ag->line.state = DESK_LINE_CONNECTING;
	app_line_await(app, ag);
	app_keep_line(app, ag);
	app_agent_show(app, ag);
}

void app_line_leg_made(struct app *app, struct app_agent *ag)
{
	char sdp[DESK_SDP_MAX];
	struct desk_line_answer a = { .sdp = sdp, .ref = ag->line.ref };

	ag->line.version = 1;
	if (app_line_answer(app, &ag->line.leg, ag->line.offer, 1, sdp, sizeof sdp)) {
		app->ports.page_error(app->ports.arg, ag->conn, "bad_sdp", ag->line.ref);
		app_line_close(app, ag);
		return;
	}
	app->ports.line_answer(app->ports.arg, ag->conn, &a);
}

/* The same browser's, with the same codecs under the same numbers: neither ICE nor DTLS begins anew, and the relay need
 * not know. A line of a former control has no offer any more to compare with; who breaks its own line makes another. */
static bool is_same_line(const struct app_agent *ag, const char *sdp)
{
	struct rp_leg_web before = { 0 }, now = { 0 };

	if (app_line_command(&now, sdp, false))
		return false;
	return !ag->line.offer ||
		(!app_line_command(&before, ag->line.offer, false) &&
			memcmp(&before, &now, sizeof now) == 0);
}

void app_line_codec(struct app *app, struct app_agent *ag, const struct desk_msg *m)
{
	char sdp[DESK_SDP_MAX];
	struct desk_line_answer a = { .sdp = sdp, .ref = m->ref };
	/* a former control gave the first one */
	uint32_t version = (ag->line.version ? ag->line.version : 1) + 1;
	const char *code = NULL;

	if (ag->line.state != DESK_LINE_UP && ag->line.state != DESK_LINE_SILENT)
		code = "no_line";
	else if (!is_same_line(ag, m->sdp) ||
		app_line_answer(app, &ag->line.leg, m->sdp, version, sdp, sizeof sdp))
		code = "bad_sdp";
	if (code) {
		app->ports.page_error(app->ports.arg, ag->conn, code, m->ref);
		return;
	}
	ag->line.version = version;
	app->ports.line_answer(app->ports.arg, ag->conn, &a);
}

void app_line_test(struct app *app, struct app_agent *ag, bool on, const char *ref)
{
	union rp_any m = { .echo = { .on = on } };
	struct acd_agent_info info;
	bool is_quiet = !acd_agent(&app->acd, ag->cfg.id, &info) ||
		info.state == ACD_AGENT_AWAY || info.state == ACD_AGENT_PAUSE ||
		info.state == ACD_AGENT_WORK;

	if (on && (!is_quiet || ag->line.state != DESK_LINE_UP)) {
		app->ports.page_error(
			app->ports.arg, ag->conn, is_quiet ? "no_line" : "not_now", ref);
		return;
	}
	ag->line.is_testing = on && app_leg_send(app, &ag->line.leg, &m, RP_ECHO) == 0;
	if (!on)
		(void)app_leg_send(app, &ag->line.leg, &m, RP_ECHO);
	app_measure_test(app, ag);
	app_agent_show(app, ag);
}

void app_line_ask_stats(struct app *app, struct app_agent *ag, const char *ref)
{
	union rp_any m = { 0 };

	(void)text_copy(ag->line.stats_ref, sizeof ag->line.stats_ref, ref);
	ag->line.is_asked = app_leg_send(app, &ag->line.leg, &m, RP_STATS) == 0;
	if (!ag->line.is_asked)
		app->ports.page_error(app->ports.arg, ag->conn, "no_line", ref);
}

void app_line_stats(struct app *app, struct app_agent *ag, const struct rp_stats *s)
{
	struct desk_line_stats v = {
		.rx = s->rx,
		.tx = s->tx,
		.rx_forwarded = s->rx_forwarded,
		.rx_discarded = s->rx_discarded,
		.rx_discarded_sound = s->rx_discarded_sound,
		.lost = s->lost,
		.jitter_us = s->jitter_us,
		.round_trip_us = s->round_trip_us,
		.ref = ag->line.stats_ref,
	};

	if (ag->line.is_asked)
		app->ports.line_stats(app->ports.arg, ag->conn, &v);
	ag->line.is_asked = false;
}

void app_line_leg_event(struct app *app, struct app_agent *ag, const union rp_any *m)
{
	switch (m->head.type) {
	case RP_EV_UP:
	case RP_EV_HEARD:
		app_timer_stop(app, &ag->line.timer);
		change(app, ag, DESK_LINE_UP);
		if (app_relay_is_leaving(app, ag->line.leg.relay))
			app_line_move_soon(app, ag);
		break;
	case RP_EV_SILENT: change(app, ag, DESK_LINE_SILENT); break;
	case RP_EV_LOSSY:
		ag->line.is_lossy = m->lossy.on != 0;
		app_agent_show(app, ag);
		break;
	case RP_EV_DOWN:
		app_line_lost(app, ag);
		app_line_close(app, ag);
		break;
	}
}
