/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* farm_caller -- see farm_caller.h: a caller's life. */
#include "tools/farm_caller.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tools/farm_caller_inner.h"
#include "tools/stamp.h"

static const char *const words[] = {
	[CALLER_NEW] = "new",
	[CALLER_TRYING] = "trying",
	[CALLER_RINGING] = "ringing",
	[CALLER_ANSWERED] = "answered",
	[CALLER_ENDED] = "ended",
};

static void tell(const struct farm_caller *c, const char *by, unsigned int status)
{
	farm_say("state",
		json_pack("{s:s, s:s, s:s, s:i}", "caller", c->name, "is",
			words[c->state], "by", by, "status", (int)status));
}

void caller_enter(struct farm_caller *c, enum caller_state state, unsigned int status)
{
	c->state = state;
	if (state == CALLER_ANSWERED)
		c->speaks = true;
	tell(c, "centre", status);
	if (state == CALLER_ANSWERED && c->hang_up_later)
		(void)farm_caller_hangup(c);
}

void caller_end(struct farm_caller *c, const char *by, unsigned int status)
{
	if (c->state == CALLER_ENDED)
		return;
	rtp_end_poll(c->end); /* what came before the end was heard */
	c->state = CALLER_ENDED;
	c->request.n = 0;
	c->speaks = false;
	tell(c, by, status);
	caller_voice_end(c, stamp_now_us());
}

static int fill(struct farm_caller *c, const struct caller_call *call, const char *local)
{
	const struct sockaddr_in *a = &c->centre;
	const uint8_t *ip = (const uint8_t *)&a->sin_addr;
	int err;

	c->talk_ms = call->talk_ms;
	(void)((err = text_copy(c->name, sizeof c->name, call->name)) ||
		(err = text_copy(c->from, sizeof c->from, call->from)) ||
		(err = text_copy(c->local, sizeof c->local, local)) ||
		(err = text_format(c->to_uri, sizeof c->to_uri, "sip:%s@%u.%u.%u.%u:%u",
			 call->number, ip[0], ip[1], ip[2], ip[3], ntohs(a->sin_port))) ||
		(err = text_format(
			 c->tag, sizeof c->tag, "%08lx", (unsigned long)random())) ||
		(err = text_format(c->call_id, sizeof c->call_id, "%08lx%08lx",
			 (unsigned long)random(), (unsigned long)random())));
	return err;
}

int farm_caller_new(struct farm_caller **out, struct farm *farm, int sip_fd,
	const char *local, const struct sockaddr_in *centre,
	const struct caller_call *call)
{
	struct farm_caller *c = calloc(1, sizeof *c);
	char sdp[1024];
	int err;

	if (!c)
		return ENOMEM;
	c->farm = farm;
	c->sip_fd = sip_fd;
	c->centre = *centre;
	(void)((err = fill(c, call, local)) || (err = caller_voice_open(c, call)) ||
		(err = caller_voice_sdp(c, NULL, SDESC_SENDRECV, sdp, sizeof sdp)));
	if (err) {
		farm_caller_free(c);
		return err;
	}
	caller_enter(c, CALLER_TRYING, 0);
	caller_ask(c, "INVITE", sdp);
	*out = c;
	return 0;
}

void farm_caller_free(struct farm_caller *c)
{
	if (!c)
		return;
	rtp_end_free(c->end);
	caller_codec_free(c->codec);
	free(c);
}

int farm_caller_hangup(struct farm_caller *c)
{
	if (c->state == CALLER_ENDED)
		return ENOTCONN;
	if (c->state == CALLER_ANSWERED) {
		caller_ask(c, "BYE", NULL);
	} else if (!c->hang_up_later) {
		c->hang_up_later = true; /* where the answer crosses the CANCEL */
		caller_cancel(c);
	}
	return 0;
}

static int ask_in_dialog(struct farm_caller *c, const char *method, const char *sdp)
{
	if (c->state != CALLER_ANSWERED)
		return ENOTCONN;
	if (c->request.n)
		return EBUSY;
	caller_ask(c, method, sdp);
	return 0;
}

int farm_caller_options(struct farm_caller *c)
{
	return ask_in_dialog(c, "OPTIONS", NULL);
}

int farm_caller_reinvite(struct farm_caller *c, enum sdesc_dir dir)
{
	char sdp[1024];

	if (c->state != CALLER_ANSWERED)
		return ENOTCONN;
	int err = caller_voice_sdp(c, NULL, dir, sdp, sizeof sdp);

	return err ? err : ask_in_dialog(c, "INVITE", sdp);
}

void farm_caller_turn(struct farm_caller *c, int64_t now_us)
{
	caller_repeat(c, now_us);
	caller_voice_turn(c, now_us);
	if (c->state == CALLER_ANSWERED && c->talk_ms >= 0 && c->tone_us &&
		!c->request.n && now_us > c->tone_us + c->talk_ms * 1000)
		(void)farm_caller_hangup(c);
}

json_t *farm_caller_report(struct farm_caller *c, int64_t now_us, bool forget)
{
	json_t *o = json_pack("{s:s, s:s}", "caller", c->name, "is", words[c->state]);

	(void)json_object_update_new(o, caller_voice_report(c, now_us));
	if (forget)
		ear_mark(&c->ear);
	return o;
}
