/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * sip -- calls from the trunk: the door, the offer and the answer (RFC 3261, RFC 3264).  Part of app.
 */
#include "app/priv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mask.h"
#include "base/text.h"

static int find_queue(const struct app *app, const char *number, uint32_t *queue)
{
	for (uint32_t i = 0; i < app->cfg.n_queues; i++)
		if (!app->queues[i].is_gone &&
			strcmp(app->queues[i].number, number) == 0) {
			*queue = i;
			return 0;
		}
	return ENOENT;
}

/* The status that keeps a caller out, or 0. */
static uint16_t door(
	const struct app *app, const char *called, uint32_t *queue, uint8_t *menu)
{
	static const uint16_t by_verdict[] = {
		[ACD_DONE] = 0,
		[ACD_REFUSED] = 503,
		[ACD_UNKNOWN] = 404,
		[ACD_QUEUE_FULL] = 486, /* busy here */
		[ACD_NO_AGENT] = 480, /* temporarily unavailable */
		[ACD_LIMIT] = 503,
		[ACD_CLOSED] = 480,
	};

	*menu = app_menu_find(app, called);
	if (*menu)
		*queue = app_menu_default(app, *menu);
	else if (find_queue(app, called, queue))
		return 404;
	if (app->is_stopping || !app->ports.store_is_well(app->ports.arg))
		return 503;
	return by_verdict[*menu ? app_menu_admits(app, *menu)
				: acd_admits(&app->acd, *queue)];
}

/* RFC 3264 section 6.1: the answer's direction mirrors the offer's. */
static enum sdesc_dir mirror(enum sdesc_dir offered)
{
	static const enum sdesc_dir answers[] = {
		[SDESC_SENDRECV] = SDESC_SENDRECV,
		[SDESC_SENDONLY] = SDESC_RECVONLY,
		[SDESC_RECVONLY] = SDESC_SENDONLY,
		[SDESC_INACTIVE] = SDESC_INACTIVE,
	};

	return answers[offered];
}

static bool sends(enum sdesc_dir dir)
{
	return dir == SDESC_SENDRECV || dir == SDESC_SENDONLY;
}

static bool hears(enum sdesc_dir dir)
{
	return dir == SDESC_SENDRECV || dir == SDESC_RECVONLY;
}

/* Our direction, by what the far side says. Its answer gives nothing that we did not offer, though some who were offered
 * recvonly leave the word out, which means sendrecv. */
static enum sdesc_dir ours_of(
	const struct app_call *call, enum sdesc_dir theirs, bool is_answer)
{
	const enum sdesc_dir dir = mirror(theirs),
			     offered = is_answer ? call->dir : SDESC_SENDRECV;

	if (sends(dir) && sends(offered))
		return hears(dir) && hears(offered) ? SDESC_SENDRECV : SDESC_SENDONLY;
	return hears(dir) && hears(offered) ? SDESC_RECVONLY : SDESC_INACTIVE;
}

static bool take_codecs(struct app_call *call, const struct sdesc_media *m)
{
	struct sdesc_codec codecs[APP_CODECS_MAX] = { 0 };
	size_t n = app_codecs_of_trunk(m, codecs);

	if (!n)
		return false;
	memcpy(call->codecs, codecs, sizeof codecs);
	call->n_codecs = n;
	return true;
}

/* Of several sections that we could serve the first one with SRTP, or else the first one. NULL: there is none. */
static const struct sdesc_media *take_section(
	struct app_call *call, const struct sdesc *desc, bool is_answer)
{
	for (int rank = APP_SRTP_SECURE; rank > APP_SRTP_REFUSED; rank--)
		for (size_t i = 0; i < desc->n_media; i++) {
			const struct sdesc_media *m = &desc->media[i];

			if ((int)app_srtp_rank(call, m, is_answer) == rank &&
				take_codecs(call, m)) {
				call->section = (int)i;
				return m;
			}
		}
	return NULL;
}

/* Reads a description of the far side. 0, 400: not one, 488: nothing in it for us. */
static uint16_t read_remote(struct app *app, struct app_call *call, const char *sdp,
	size_t n, bool is_answer, struct rp_leg_remote *remote)
{
	struct sdesc desc;
	const struct sdesc_media *m;

	if (sdesc_parse(&desc, sdp, n))
		return 400;
	m = take_section(call, &desc, is_answer);
	if (!m) {
		explicit_bzero(&desc, sizeof desc);
		return 488;
	}
	app_srtp_take(app, call, m, &remote->srtp);
	call->dir = ours_of(call, m->dir, is_answer);
	call->is_held = call->dir != SDESC_SENDRECV;
	remote->deaf = !sends(call->dir);
	snprintf(remote->addr, sizeof remote->addr, "%s", m->addr);
	remote->port = m->port;
	remote->rtcp_port = m->rtcp_port;
	app_codecs_tell(call->codecs, call->n_codecs, remote->codecs, &remote->dtmf_pt);
	explicit_bzero(&desc, sizeof desc);
	return 0;
}

static void offer_codecs(struct app_call *call)
{
	static const enum sdesc_codec_id ours[] = { SDESC_CODEC_PCMA, SDESC_CODEC_PCMU,
		SDESC_CODEC_G722, SDESC_CODEC_DTMF };

	call->n_codecs = sizeof ours / sizeof *ours;
	for (size_t i = 0; i < call->n_codecs; i++)
		call->codecs[i] = app_codec_offered(ours[i]);
	call->dir = SDESC_SENDRECV;
}

static void offer_all(struct app *app, struct app_call *call)
{
	offer_codecs(call);
	app_srtp_offer(app, call);
}

int app_sip_make_leg(struct app *app, struct app_call *call)
{
	const struct rp_leg_remote *remote = &call->remote;
	union rp_any m = { .leg_rtp = {
				   .port = remote->port,
				   .rtcp_port = remote->rtcp_port,
				   .deaf = remote->deaf,
				   .srtp = remote->srtp,
			   } };
	int err;

	if (remote->srtp.suite)
		m.leg_rtp.srtp.rx_rocs = app_srtp_rocs(app, call);
	app_codecs_tell(
		call->codecs, call->n_codecs, m.leg_rtp.codecs, &m.leg_rtp.dtmf_pt);
	if (call->crypto.suite && !remote->srtp.suite)
		m.leg_rtp.lock = 1; /* nobody is heard before their key is known */
	else
		memcpy(m.leg_rtp.addr, remote->addr, sizeof m.leg_rtp.addr);
	err = app_leg_make(app, &call->leg, LEG_OF_CALL, call, &m, RP_LEG_RTP);
	explicit_bzero(&m, sizeof m);
	return err;
}

/* Without memory the dialog cannot be rebuilt by a later process; the call is as good as any. */
static void keep_state(struct app_call *call, const void *state, size_t n)
{
	uint8_t *copy = n && n <= TRUNK_STATE_MAX ? malloc(n) : NULL;

	if (copy)
		memcpy(copy, state, n);
	free(call->state_bytes);
	call->state_bytes = copy;
	call->state_len = copy ? n : 0;
}

/* RFC 8866 section 5.2: a number; 62 bits fit every reader */
static void name_description(struct app *app, struct app_call *call)
{
	app->ports.random(app->ports.arg, &call->sdp_id, sizeof call->sdp_id);
	call->sdp_id >>= 2;
	call->sdp_version = 0;
}

/* The call's own parts of an INVITE that came through the door. Returns a status or 0. */
static uint16_t start(
	struct app *app, struct app_call *call, const struct trunk_invite *inv)
{
	uint16_t status = 0;

	call->srtp = inv->srtp;
	if (inv->sdp)
		status = read_remote(
			app, call, inv->sdp, inv->sdp_len, false, &call->remote);
	else
		offer_all(app, call);
	if (status)
		return status;
	if (app_callback_may_call(inv->caller))
		(void)text_copy(call->number, sizeof call->number, inv->caller);
	call->offer = inv->sdp ? strndup(inv->sdp, inv->sdp_len) : NULL;
	if (inv->sdp && !call->offer)
		return 503;
	if (map_put(&app->call_by_dialog, inv->dialog, call))
		return 503;
	call->dialog = inv->dialog;
	keep_state(call, inv->state, inv->state_len);
	name_description(app, call);
	switch (app_sip_make_leg(app, call)) {
	case 0: app_keep_call(app, call); return 0;
	case EAGAIN: app_call_await_relay(app, call); return 0;
	default: return 503;
	}
}

static void refuse(struct app *app, uint64_t dialog, uint16_t status)
{
	app->ports.sip_reject(
		app->ports.arg, dialog, status, status == 503 ? RETRY_AFTER_S : 0);
}

void app_sip_no_relay(struct app *app, struct app_call *call)
{
	uint64_t dialog = call->dialog;

	log_info("a call was refused with 503: no relay came in time");
	app_call_gone(app, call, "refused");
	refuse(app, dialog, 503);
}

void app_sip_invite(struct app *app, const struct trunk_invite *inv)
{
	char masked[MASK_SIZE];
	struct app_call *call = NULL;
	uint32_t queue = 0;
	uint8_t menu = 0;
	uint16_t status;

	app_clock(app);
	status = door(app, inv->called, &queue, &menu);
	if (!status) {
		call = app_call_new(app, STORE_CALL_SIP, queue);
		if (call)
			call->menu = menu;
		status = call ? start(app, call, inv) : 503;
	}
	if (!status)
		return;
	log_info("a call from %s was refused with %u", mask_number(masked, inv->caller),
		status);
	if (call)
		app_call_gone(app, call, "refused");
	refuse(app, inv->dialog, status);
}

/* like: the description whose sections this one has too, an offer that is answered or our own last one; NULL: of
 * the audio alone. What is written counts as sent. */
static int describe(
	struct app *app, struct app_call *call, const char *like, char *buf, size_t cap)
{
	struct sdesc other;
	struct sdesc_plain d = {
		.session_id = call->sdp_id,
		.version = call->sdp_version,
		.addr = *app->cfg.public_addr ? app->cfg.public_addr : call->leg.ok.addr,
		.port = call->leg.ok.port,
		.codecs = call->codecs,
		.n_codecs = call->n_codecs,
		.dir = call->dir,
		.crypto = call->crypto.suite ? &call->crypto : NULL,
	};
	size_t n;

	char *sent;
	int err = like ? sdesc_parse(&other, like, strlen(like)) : 0;

	if (like)
		d.offer = &other;
	if (like && !err && like != call->sdp_sent)
		other.audio = call->section;
	if (!err)
		err = sdesc_write_plain(&d, buf, cap, &n);
	if (err)
		return err;
	sent = strdup(buf);
	if (!sent)
		return ENOMEM;
	app_srtp_wipe_text(call->sdp_sent);
	call->sdp_sent = sent;
	return 0;
}

/* RFC 3264 section 8: a later offer has no fewer sections than the last one. */
int app_sip_describe(struct app *app, struct app_call *call, char *buf, size_t cap)
{
	call->sdp_version++;
	return describe(app, call, call->sdp_sent, buf, cap);
}

/* Into the queue, or the menu, first: what is answered is with the leg before the far side can know of it. */
static void answer_when_kept(struct app *app, struct app_call *call, const char *sdp)
{
	uint64_t dialog = call->dialog, id = call->id;

	if (call->menu)
		app_menu_begin(app, call);
	else
		app_call_enter(app, call);
	if (map_find(&app->call_by_id, id))
		app->ports.sip_answer(app->ports.arg, dialog, sdp);
}

void app_sip_leg_made(struct app *app, struct app_call *call)
{
	char sdp[SDESC_TEXT_MAX];

	if (app_dial_leg_made(app, call))
		return;
	if (describe(app, call, call->offer, sdp, sizeof sdp)) {
		app_call_end(app, call, "no_media");
		return;
	}
	call->awaits_answer = !call->offer;
	app_srtp_wipe_text(call->offer);
	call->offer = NULL;
	answer_when_kept(app, call, sdp);
}

/* Only where it moved, or has another key: the relay then latches anew, and a mere refresh shall not open that door. */
static int send_remote(
	struct app *app, struct app_call *call, const struct rp_leg_remote *remote)
{
	union rp_any m = { .leg_remote = *remote };
	int err;

	if (strcmp(call->remote.addr, remote->addr) == 0 &&
		call->remote.port == remote->port &&
		call->remote.rtcp_port == remote->rtcp_port &&
		call->remote.dtmf_pt == remote->dtmf_pt &&
		call->remote.deaf == remote->deaf &&
		memcmp(call->remote.codecs, remote->codecs, sizeof remote->codecs) == 0 &&
		!memcmp(&call->remote.srtp, &remote->srtp, sizeof remote->srtp))
		return 0;
	call->remote = *remote;
	if (remote->srtp.suite)
		m.leg_remote.srtp.rx_rocs = app_srtp_rocs(app, call);
	err = app_leg_send(app, &call->leg, &m, RP_LEG_REMOTE);
	explicit_bzero(&m, sizeof m);
	return err;
}

int app_sip_make_call_leg(struct app *app, struct app_call *call)
{
	call->srtp = app->cfg.dial_srtp;
	offer_all(app, call);
	name_description(app, call);
	return app_sip_make_leg(app, call);
}

/* EPROTO: it is no answer to our offer; or as app_leg_send(). */
static int take_answer(struct app *app, struct app_call *call, const char *sdp, size_t n)
{
	struct rp_leg_remote remote = { 0 };
	int err = read_remote(app, call, sdp, n, true, &remote)
		? EPROTO
		: send_remote(app, call, &remote);

	explicit_bzero(&remote, sizeof remote);
	return err;
}

int app_sip_take_answer(struct app *app, struct app_call *call, const char *sdp, size_t n,
	const void *state, size_t state_len)
{
	keep_state(call, state, state_len);
	return take_answer(app, call, sdp, n);
}

void app_sip_acked(struct app *app, uint64_t dialog, const char *sdp, size_t n)
{
	struct app_call *call = map_find(&app->call_by_dialog, dialog);

	app_clock(app);
	if (!call || !call->awaits_answer)
		return; /* the offer came with the INVITE and is answered */
	call->awaits_answer = false;
	if (!sdp || take_answer(app, call, sdp, n))
		app_call_end(app, call, "no_media");
	else
		app_voice_look(app, call);
}

/* What a new description may change, for taking it back. */
struct agreed {
	struct sdesc_codec codecs[APP_CODECS_MAX];
	size_t n_codecs;
	enum sdesc_dir dir;
	bool is_held;
	struct rp_leg_remote remote;
	struct sdesc_crypto crypto;
};

static struct agreed agreed_of(const struct app_call *call)
{
	struct agreed a = {
		.n_codecs = call->n_codecs,
		.dir = call->dir,
		.is_held = call->is_held,
		.remote = call->remote,
		.crypto = call->crypto,
	};

	memcpy(a.codecs, call->codecs, sizeof a.codecs);
	return a;
}

static void take_back(struct app_call *call, const struct agreed *a)
{
	memcpy(call->codecs, a->codecs, sizeof call->codecs);
	call->n_codecs = a->n_codecs;
	call->dir = a->dir;
	call->is_held = a->is_held;
	call->remote = a->remote;
	call->crypto = a->crypto;
}

/* 0, or the status of the refusal. */
static uint16_t answer_reoffer(
	struct app *app, struct app_call *call, const char *offer, char *buf, size_t cap)
{
	struct rp_leg_remote remote = { 0 };
	uint16_t status = read_remote(app, call, offer, strlen(offer), false, &remote);

	if (!status) {
		call->sdp_version++;
		if (describe(app, call, offer, buf, cap) ||
			send_remote(app, call, &remote)) {
			call->sdp_version--;
			status = 488;
		}
	}
	explicit_bzero(&remote, sizeof remote);
	return status;
}

/* Its browser is to speak another codec from now on. */
static void show_agent(struct app *app, const struct app_call *call)
{
	struct app_agent *ag = app_agent_find(app, call->agent);

	if (ag)
		app_agent_show(app, ag);
}

/* A new description holds, and is with the leg. */
static void keep_agreed(struct app *app, struct app_call *call)
{
	app_call_silence_rule(app, call);
	app_keep_call(app, call);
}

/* spoken: the codec before it */
static void show_agreed(
	struct app *app, struct app_call *call, enum sdesc_codec_id spoken)
{
	app_voice_look(app, call);
	if (call->codecs[0].id != spoken)
		show_agent(app, call);
}

void app_sip_reoffer(struct app *app, uint64_t dialog, const char *sdp, size_t n)
{
	struct app_call *call = map_find(&app->call_by_dialog, dialog);
	struct agreed before;
	char answer[SDESC_TEXT_MAX];
	enum sdesc_codec_id spoken;
	char *offer;
	uint16_t status;

	app_clock(app);
	if (!call)
		return;
	if (!call->leg.is_made) {
		refuse(app, dialog,
			491); /* it moves: ours is about to come (RFC 3261 section 14.2) */
		return;
	}
	before = agreed_of(call);
	spoken = call->codecs[0].id;
	offer = strndup(sdp, n);
	status = offer ? answer_reoffer(app, call, offer, answer, sizeof answer) : 503;
	app_srtp_wipe_text(offer);
	if (status)
		take_back(call, &before); /* RFC 3261 section 14.1 */
	explicit_bzero(&before, sizeof before);
	if (status) {
		refuse(app, dialog, status);
		return;
	}
	keep_agreed(app, call);
	app->ports.sip_answer(app->ports.arg, dialog, answer);
	show_agreed(app, call, spoken);
}

void app_sip_refreshed(struct app *app, uint64_t dialog, const char *sdp, size_t n)
{
	struct app_call *call = map_find(&app->call_by_dialog, dialog);
	struct agreed before;
	char id[IDS_TEXT_SIZE];
	int err;

	app_clock(app);
	if (!call || !call->leg.is_made || call->is_moving)
		return; /* the answer to its move says more */
	before = agreed_of(call);
	err = take_answer(app, call, sdp, n);
	if (!err) {
		keep_agreed(app, call);
		show_agreed(app, call, before.codecs[0].id);
	} else { /* no answer to us, or a relay that is dying: what was agreed stands */
		take_back(call, &before);
	}
	ids_text(id, call->id);
	if (err == EPROTO)
		log_warn("call %s: what answered its refresh cannot be used", id);
	explicit_bzero(&before, sizeof before);
}

void app_sip_changed(struct app *app, uint64_t dialog, const void *state, size_t n)
{
	struct app_call *call = map_find(&app->call_by_dialog, dialog);

	app_clock(app);
	if (!call)
		return;
	keep_state(call, state, n);
	app_keep_call(app, call);
}

void app_sip_reinvited(
	struct app *app, uint64_t dialog, uint16_t status, const char *sdp, size_t n)
{
	struct app_call *call = map_find(&app->call_by_dialog, dialog);
	enum sdesc_codec_id spoken;

	app_clock(app);
	if (!call || !call->is_moving || call->n_reinvites == 0)
		return;
	if (--call->n_reinvites > 0 || !call->leg.is_made)
		return; /* this one told of a leg that is gone, too; another follows */
	call->is_moving = false;
	app_timer_stop(app, &call->timer);
	spoken = call->codecs[0].id;
	if (status != 200 || !sdp || take_answer(app, call, sdp, n)) {
		app_call_end(app, call, "relay_lost");
		return;
	}
	keep_agreed(app, call);
	show_agreed(app, call, spoken);
}

void app_sip_ended(struct app *app, uint64_t dialog, const char *why)
{
	struct app_call *call = map_find(&app->call_by_dialog, dialog);

	app_clock(app);
	if (call && !app_callback_line_gone(app, call))
		app_call_gone(app, call, why);
}
