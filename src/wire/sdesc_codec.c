/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* sdesc_codec -- the codecs that we know by name; see sdesc.h, sdesc_inner.h.  Any thread. */
#include "wire/sdesc_inner.h"

#include <assert.h>

/* The clock a codec must have to be the one that we speak; 0: the caller asks for it. */
static const struct {
	const char *name, *fmtp;
	uint32_t rate;
	uint8_t channels;
} known[] = {
	[SDESC_CODEC_PCMU] = { "PCMU", NULL, 8000, 1 },
	[SDESC_CODEC_PCMA] = { "PCMA", NULL, 8000, 1 },
	/* 8000 although it samples at 16,000: an error that became the rule, RFC 3551 4.5.2 */
	[SDESC_CODEC_G722] = { "G722", NULL, 8000, 1 },
	/* always 48000/2 in SDP, whatever is sent: RFC 7587 section 7 */
	[SDESC_CODEC_OPUS] = { "opus", "minptime=10;useinbandfec=1", 48000, 2 },
	[SDESC_CODEC_DTMF] = { "telephone-event", "0-15", 0, 1 },
	[SDESC_CODEC_CN] = { "CN", NULL, 0, 1 },
	/* as browsers offer it, with the clock and the channels of Opus */
	[SDESC_CODEC_RED] = { "red", NULL, 48000, 2 },
};
#define KNOWN (sizeof known / sizeof *known)

struct sdesc_codec sdesc_static_codec(uint8_t pt)
{
	struct sdesc_codec c = { SDESC_CODEC_OTHER, pt, 0, 1 };

	/* RFC 3551 table 4; the rest of it is older than the telephones that call */
	switch (pt) {
	case 0: c.id = SDESC_CODEC_PCMU; break;
	case 8: c.id = SDESC_CODEC_PCMA; break;
	case 9: c.id = SDESC_CODEC_G722; break;
	case 13: c.id = SDESC_CODEC_CN; break;
	default: return c;
	}
	c.rate = 8000;
	return c;
}

enum sdesc_codec_id sdesc_codec_named(struct slice name)
{
	for (size_t i = 1; i < KNOWN; i++)
		if (slice_is_nocase(name, known[i].name))
			return (enum sdesc_codec_id)i;
	return SDESC_CODEC_OTHER;
}

const char *sdesc_codec_name(enum sdesc_codec_id id)
{
	assert(id < KNOWN);
	return known[id].name;
}

const char *sdesc_codec_fmtp(enum sdesc_codec_id id)
{
	assert(id < KNOWN);
	return known[id].fmtp;
}

const struct sdesc_codec *sdesc_find_codec(
	const struct sdesc_media *m, enum sdesc_codec_id id, uint32_t rate)
{
	assert(id < KNOWN);
	if (known[id].rate)
		rate = known[id].rate;
	for (size_t i = 0; i < m->n_codecs; i++) {
		const struct sdesc_codec *c = &m->codecs[i];

		if (c->id == id && c->rate == rate &&
			(!known[id].channels || c->channels == known[id].channels))
			return c;
	}
	return NULL;
}
