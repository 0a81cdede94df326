/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * codecs -- which codecs of an offer are taken, and how they are told to the relay.  Part of app.
 *
 * A telephone network's call has one codec, the first of its offer that we speak; a line has all that it can, so that any
 * call reaches it as it is.
 */
#include "app/priv.h"

#include <assert.h>
#include <string.h>

#define DTMF_RATE 8000

static const struct {
	enum sound_codec sound;
	uint32_t rate;
	uint8_t channels,
		pt; /* pt: in an offer of ours; static, or dynamic (RFC 3551 table 4) */
} known[] = {
	[SDESC_CODEC_PCMU] = { SOUND_PCMU, 8000, 1, 0 },
	[SDESC_CODEC_PCMA] = { SOUND_PCMA, 8000, 1, 8 },
	[SDESC_CODEC_G722] = { SOUND_G722, 8000, 1, 9 },
	[SDESC_CODEC_OPUS] = { SOUND_OPUS, 48000, 2, 96 },
	[SDESC_CODEC_DTMF] = { SOUND_NONE, DTMF_RATE, 1, 101 },
};
#define KNOWN (sizeof known / sizeof *known)

enum sound_codec app_codec_sound(enum sdesc_codec_id id)
{
	return id < KNOWN ? known[id].sound : SOUND_NONE;
}

struct sdesc_codec app_codec_offered(enum sdesc_codec_id id)
{
	assert(id < KNOWN);
	return (struct sdesc_codec){ id, known[id].pt, known[id].rate,
		known[id].channels };
}

void app_codecs_tell(const struct sdesc_codec *c, size_t n,
	struct rp_codec out[RP_CODECS_MAX], uint8_t *dtmf_pt)
{
	size_t k = 0;

	for (size_t i = 0; i < RP_CODECS_MAX; i++)
		out[i] = (struct rp_codec){ 0 };
	*dtmf_pt = 0;
	for (size_t i = 0; i < n; i++)
		if (c[i].id == SDESC_CODEC_DTMF)
			*dtmf_pt = c[i].pt;
		else if (app_codec_sound(c[i].id) != SOUND_NONE && k < RP_CODECS_MAX)
			out[k++] = (struct rp_codec){ (uint8_t)app_codec_sound(c[i].id),
				c[i].pt };
}

static size_t add_dtmf(const struct sdesc_media *m, struct sdesc_codec *out, size_t n)
{
	const struct sdesc_codec *dtmf = sdesc_find_codec(m, SDESC_CODEC_DTMF, DTMF_RATE);

	if (n && dtmf)
		out[n++] = *dtmf;
	return n;
}

size_t app_codecs_of_trunk(
	const struct sdesc_media *m, struct sdesc_codec out[APP_CODECS_MAX])
{
	for (size_t i = 0; i < m->n_codecs; i++) {
		enum sdesc_codec_id id = m->codecs[i].id;

		if (id != SDESC_CODEC_PCMA && id != SDESC_CODEC_PCMU &&
			id != SDESC_CODEC_G722)
			continue;
		if (sdesc_find_codec(m, id, DTMF_RATE) != &m->codecs[i])
			continue; /* of another clock, or the second one */
		out[0] = m->codecs[i];
		return add_dtmf(m, out, 1);
	}
	return 0;
}

size_t app_codecs_of_line(const struct sdesc_media *m, bool is_caller,
	struct sdesc_codec out[APP_LINE_CODECS_MAX])
{
	/* An agent's PCMA first: what most calls have, and what a line idles in, where silence is told from sound without
	 * decoding. A caller's browser has its one talk, which is to sound as good as it can. */
	static const enum sdesc_codec_id orders[2][4] = {
		{ SDESC_CODEC_PCMA, SDESC_CODEC_PCMU, SDESC_CODEC_G722,
			SDESC_CODEC_OPUS },
		{ SDESC_CODEC_OPUS, SDESC_CODEC_G722, SDESC_CODEC_PCMA,
			SDESC_CODEC_PCMU },
	};
	size_t n = 0;

	/* RFC 7874 section 3: every browser has it */
	if (!sdesc_find_codec(m, SDESC_CODEC_PCMA, DTMF_RATE))
		return 0;
	for (size_t i = 0; i < 4; i++) {
		const struct sdesc_codec *c = sdesc_find_codec(
			m, orders[is_caller][i], DTMF_RATE);
		/* a browser says its Opus twice, once it speaks it, if that stands before it in the list */
		const struct sdesc_codec *red = c && c->id == SDESC_CODEC_OPUS &&
				!is_caller
			? sdesc_find_codec(m, SDESC_CODEC_RED, 0)
			: NULL;

		if (red)
			out[n++] = *red;
		if (c)
			out[n++] = *c;
	}
	return add_dtmf(m, out, n);
}

/* codecs[k] to the head, and what repeats it, which stands before it, before it. */
static void move_first(struct sdesc_codec *codecs, size_t k)
{
	bool has_red = k > 0 && codecs[k - 1].id == SDESC_CODEC_RED;
	size_t n = has_red ? 2 : 1;
	size_t from = k + 1 - n;
	struct sdesc_codec first[2];

	memcpy(first, codecs + from, n * sizeof *codecs);
	memmove(codecs + n, codecs, from * sizeof *codecs);
	memcpy(codecs, first, n * sizeof *codecs);
}

void app_codecs_follow(const struct sdesc_media *m, struct sdesc_codec *codecs, size_t n)
{
	for (size_t i = 0; i < m->n_codecs; i++)
		for (size_t k = 0; k < n; k++) {
			enum sdesc_codec_id id = codecs[k].id;

			if (codecs[k].pt != m->codecs[i].pt || id == SDESC_CODEC_DTMF ||
				id == SDESC_CODEC_RED)
				continue;
			move_first(codecs, k);
			return;
		}
}

const char *app_codec_of_call(
	const struct app *app, const struct app_agent *ag, uint64_t id)
{
	const struct app_call *call = map_find(&app->call_by_id, id);

	if (ag->line.is_lossy)
		return sound_name(SOUND_OPUS);
	if (!call || call->agent != ag->cfg.id)
		return sound_name(SOUND_PCMA);
	if (call->kind == STORE_CALL_WEB)
		return sound_name(SOUND_OPUS);
	return sound_name(
		call->n_codecs ? app_codec_sound(call->codecs[0].id) : SOUND_PCMA);
}

const char *app_codec_of_talk(const struct app *app, const struct app_agent *ag)
{
	struct acd_agent_info info = { 0 };

	(void)acd_agent(&app->acd, ag->cfg.id, &info);
	return app_codec_of_call(
		app, ag, info.state == ACD_AGENT_OFFERED ? 0 : info.call);
}
