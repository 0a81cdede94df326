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

#define PCMA_RATE 8000

static int find_queue(const struct app *app, const char *number, uint32_t *queue)
{
	for (uint32_t i = 0; i < app->cfg.n_queues; i++)
		if (strcmp(app->queues[i].number, number) == 0) {
			*queue = i;
			return 0;
		}
	return ENOENT;
}

/* The status that keeps a caller out, or 0. */
static uint16_t door(const struct app *app, const char *called, uint32_t *queue)
{
	static const uint16_t by_verdict[] = {
		[ACD_DONE] = 0,
		[ACD_REFUSED] = 503,
		[ACD_UNKNOWN] = 404,
		[ACD_QUEUE_FULL] = 486, /* busy here */
		[ACD_NO_AGENT] = 480, /* temporarily unavailable */
		[ACD_LIMIT] = 503,
	};

	if (find_queue(app, called, queue))
		return 404;
	if (app->is_stopping || !app->ports.store_is_well(app->ports.arg))
		return 503;
	return by_verdict[acd_admits(&app->acd, *queue)];
}

/* What we accept of an offer: PCMA, and telephone-event where it is offered. */
static int take_codecs(struct app_call *call, const struct sdesc_media *m)
{
	const struct sdesc_codec *pcma = sdesc_find_codec(m, SDESC_CODEC_PCMA, PCMA_RATE);
	const struct sdesc_codec *dtmf = sdesc_find_codec(m, SDESC_CODEC_DTMF, PCMA_RATE);

	if (!pcma)
		return ENOTSUP;
	call->codecs[0] = *pcma;
	call->n_codecs = 1;
	if (dtmf)
		call->codecs[call->n_codecs++] = *dtmf;
	return 0;
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

/* Reads a description of the far side. 0, 400: not one, 488: nothing in it for us. */
static uint16_t read_remote(
	struct app_call *call, const char *sdp, size_t n, struct rp_leg_remote *remote)
{
	struct sdesc desc;
	const struct sdesc_media *m;

	if (sdesc_parse(&desc, sdp, n))
		return 400;
	if (desc.audio < 0)
		return 488;
	m = &desc.media[desc.audio];
	if (!slice_is(m->proto, "RTP/AVP") || take_codecs(call, m))
		return 488;
	call->dir = mirror(m->dir);
	call->is_held = m->dir == SDESC_RECVONLY || m->dir == SDESC_INACTIVE ||
		m->dir == SDESC_SENDONLY;
	snprintf(remote->addr, sizeof remote->addr, "%s", m->addr);
	remote->port = m->port;
	remote->rtcp_port = m->rtcp_port;
	return 0;
}

static void offer_codecs(struct app_call *call)
{
	call->codecs[0] = (struct sdesc_codec){ SDESC_CODEC_PCMA, 8, PCMA_RATE, 1 };
	call->codecs[1] = (struct sdesc_codec){ SDESC_CODEC_DTMF, 101, PCMA_RATE, 1 };
	call->n_codecs = 2;
	call->dir = SDESC_SENDRECV;
}

static int make_leg(
	struct app *app, struct app_call *call, const struct rp_leg_remote *remote)
{
	union rp_any m = { .leg_rtp = {
				   .port = remote->port,
				   .rtcp_port = remote->rtcp_port,
				   .pt = call->codecs[0].pt,
				   .dtmf_pt = call->n_codecs > 1 ? call->codecs[1].pt : 0,
			   } };

	memcpy(m.leg_rtp.addr, remote->addr, sizeof m.leg_rtp.addr);
	return app_leg_make(app, &call->leg, LEG_OF_CALL, call, &m, RP_LEG_RTP);
}

/* The call's own parts of an INVITE that came through the door. Returns a status or 0. */
static uint16_t start(struct app *app, struct app_call *call, uint64_t dialog,
	const char *sdp, size_t n)
{
	struct rp_leg_remote remote = { 0 };
	uint16_t status = 0;

	if (sdp)
		status = read_remote(call, sdp, n, &remote);
	else
		offer_codecs(call);
	if (status)
		return status;
	call->offer = sdp ? strndup(sdp, n) : NULL;
	if (sdp && !call->offer)
		return 503;
	if (map_put(&app->call_by_dialog, dialog, call))
		return 503;
	call->dialog = dialog;
	app->ports.random(app->ports.arg, &call->sdp_id, sizeof call->sdp_id);
	call->sdp_id >>= 2; /* RFC 8866 section 5.2: a number; 62 bits fit every reader */
	call->remote = remote;
	return make_leg(app, call, &remote) ? 503 : 0;
}

static void refuse(struct app *app, uint64_t dialog, uint16_t status)
{
	app->ports.sip_reject(
		app->ports.arg, dialog, status, status == 503 ? RETRY_AFTER_S : 0);
}

void app_sip_invite(struct app *app, uint64_t dialog, const char *called,
	const char *caller, const char *sdp, size_t n)
{
	char masked[MASK_SIZE];
	struct app_call *call = NULL;
	uint32_t queue = 0;
	uint16_t status;

	app_clock(app);
	status = door(app, called, &queue);
	if (!status) {
		call = app_call_new(app, STORE_CALL_SIP, queue);
		status = call ? start(app, call, dialog, sdp, n) : 503;
	}
	if (!status)
		return;
	log_info("a call from %s was refused with %u", mask_number(masked, caller),
		status);
	if (call)
		app_call_gone(app, call, "refused");
	refuse(app, dialog, status);
}

static int describe(struct app *app, struct app_call *call, char *buf, size_t cap)
{
	struct sdesc offer;
	struct sdesc_plain d = {
		.session_id = call->sdp_id,
		.version = call->sdp_version,
		.addr = call->leg.ok.addr,
		.port = call->leg.ok.port,
		.codecs = call->codecs,
		.n_codecs = call->n_codecs,
		.dir = call->dir,
	};
	size_t n;

	if (call->offer) {
		int err = sdesc_parse(&offer, call->offer, strlen(call->offer));

		if (err)
			return err;
		d.offer = &offer;
	}
	return sdesc_write_plain(&d, buf, cap, &n);
}

void app_sip_leg_made(struct app *app, struct app_call *call)
{
	char sdp[SDESC_TEXT_MAX];

	if (describe(app, call, sdp, sizeof sdp)) {
		app_call_end(app, call, "no_media");
		return;
	}
	app->ports.sip_answer(app->ports.arg, call->dialog, sdp);
	app_call_enter(app, call);
}

/* Only where it moved: the relay then latches anew, and a mere refresh shall not open that door. */
static int send_remote(
	struct app *app, struct app_call *call, const struct rp_leg_remote *remote)
{
	union rp_any m = { .leg_remote = *remote };

	if (strcmp(call->remote.addr, remote->addr) == 0 &&
		call->remote.port == remote->port &&
		call->remote.rtcp_port == remote->rtcp_port)
		return 0;
	call->remote = *remote;
	return app_leg_send(app, &call->leg, &m, RP_LEG_REMOTE);
}

void app_sip_acked(struct app *app, uint64_t dialog, const char *sdp, size_t n)
{
	struct app_call *call = map_find(&app->call_by_dialog, dialog);
	struct rp_leg_remote remote = { 0 };

	app_clock(app);
	if (!call || call->offer)
		return; /* the offer came with the INVITE and is answered */
	if (!sdp || read_remote(call, sdp, n, &remote) || send_remote(app, call, &remote))
		app_call_end(app, call, "no_media");
}

void app_sip_reoffer(struct app *app, uint64_t dialog, const char *sdp, size_t n)
{
	struct app_call *call = map_find(&app->call_by_dialog, dialog);
	struct rp_leg_remote remote = { 0 };
	struct app_call before;
	char answer[SDESC_TEXT_MAX];
	char *offer;
	uint16_t status;

	app_clock(app);
	if (!call)
		return;
	before = *call;
	offer = strndup(sdp, n);
	status = offer ? read_remote(call, sdp, n, &remote) : 503;
	if (status)
		goto refused;
	call->offer = offer;
	call->sdp_version++;
	if (describe(app, call, answer, sizeof answer) ||
		send_remote(app, call, &remote)) {
		status = 488;
		goto refused;
	}
	free(before.offer);
	app_call_silence_rule(app, call);
	app->ports.sip_answer(app->ports.arg, dialog, answer);
	return;
refused:
	/* RFC 3261 section 14.1: the session stays as it was */
	call->offer = before.offer;
	call->sdp_version = before.sdp_version;
	call->dir = before.dir;
	call->is_held = before.is_held;
	call->remote = before.remote;
	memcpy(call->codecs, before.codecs, sizeof call->codecs);
	call->n_codecs = before.n_codecs;
	free(offer);
	refuse(app, dialog, status);
}

void app_sip_ended(struct app *app, uint64_t dialog, const char *why)
{
	struct app_call *call = map_find(&app->call_by_dialog, dialog);

	app_clock(app);
	if (call)
		app_call_gone(app, call, why);
}
