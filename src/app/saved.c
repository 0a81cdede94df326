/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* saved -- see saved.h. */
#include "app/saved.h"

#include <errno.h>
#include <string.h>

#include "app/priv.h"

static const uint32_t sizes[] = {
	[SAVED_CALL] = sizeof(struct saved_call),
	[SAVED_LINE] = sizeof(struct saved_line),
	[SAVED_HOP] = sizeof(struct saved_hop),
};

_Static_assert(sizeof(struct saved_call) == 400, "saved_call has no hidden padding");
_Static_assert(sizeof(struct saved_line) == 144, "saved_line has no hidden padding");
_Static_assert(sizeof(struct saved_call) + TRUNK_STATE_MAX < RP_BLOB_MAX,
	"a call and its dialog fit");

static void put_head(struct rp_blob *out, struct saved_head *head, enum saved_kind kind)
{
	*head = (struct saved_head){ SAVED_VERSION, (uint16_t)kind, sizes[kind] };
	memcpy(out->bytes, head, sizes[kind]);
	out->len = sizes[kind];
}

static void append(struct rp_blob *out, const void *p, size_t n)
{
	if (n)
		memcpy(out->bytes + out->len, p, n);
	out->len += (uint32_t)n;
}

void saved_write_call(struct rp_blob *out, struct saved_call *call, const void *state,
	size_t state_len, const char *sdp)
{
	size_t sdp_len = sdp ? strlen(sdp) : 0;

	if (state_len > TRUNK_STATE_MAX)
		state_len = 0;
	if (sizeof *call + state_len + sdp_len > RP_BLOB_MAX)
		sdp_len = 0;
	call->state_len = (uint16_t)state_len;
	call->sdp_len = (uint16_t)sdp_len;
	put_head(out, &call->head, SAVED_CALL);
	append(out, state, state_len);
	append(out, sdp, sdp_len);
}

void saved_write_line(struct rp_blob *out, struct saved_line *line)
{
	put_head(out, &line->head, SAVED_LINE);
}

void saved_write_hop(struct rp_blob *out, struct saved_hop *hop)
{
	put_head(out, &hop->head, SAVED_HOP);
}

static bool ends(const char *s, size_t cap)
{
	return memchr(s, 0, cap) != NULL;
}

static bool are_codecs(const struct saved_call *c)
{
	if (c->n_codecs > SAVED_CODECS_MAX)
		return false;
	for (size_t i = 0; i < c->n_codecs; i++)
		if (c->codecs[i].id < SDESC_CODEC_PCMU ||
			c->codecs[i].id > SDESC_CODEC_DTMF || c->codecs[i].pt > 127)
			return false;
	return true;
}

/* One that can be called has a number. */
static bool is_callback(const struct saved_call *c)
{
	return c->callback <= CALLBACK_DIALLING &&
		(c->callback == CALLBACK_NONE || app_callback_may_call(c->number));
}

static int check_call(struct saved *s, const uint8_t *rest, size_t n)
{
	const struct saved_call *c = &s->call;

	if ((size_t)c->state_len + c->sdp_len != n || c->state_len > TRUNK_STATE_MAX)
		return EPROTO;
	if (!ends(c->remote_addr, sizeof c->remote_addr) ||
		!ends(c->why, sizeof c->why) || !ends(c->number, sizeof c->number))
		return EPROTO;
	if (!c->id || c->kind > STORE_CALL_WEB || c->state > CALL_MENU ||
		c->menu_by >= MENU_BYS || c->left_why >= ACD_WHYS ||
		(c->state == CALL_MENU && c->kind == STORE_CALL_SIP && !c->dialog) ||
		c->dir > SDESC_INACTIVE || c->told_wait >= ANNOUNCE_WAITS ||
		c->sensitivity > ACD_SENSITIVITY_MAX || c->srtp > TRUNK_SRTP_NEVER ||
		c->suite > SDESC_SUITE_GCM || !is_callback(c) || !are_codecs(c))
		return EPROTO;
	s->state = rest;
	memcpy(s->sdp, rest + c->state_len, c->sdp_len);
	s->sdp[c->sdp_len] = 0;
	return 0;
}

static int check_line(const struct saved *s, size_t n)
{
	const struct saved_line *l = &s->line;

	return n == 0 && l->agent && l->state < ACD_AGENT_STATES && l->why < ACD_WHYS
		? 0
		: EPROTO;
}

int saved_read(struct saved *out, const uint8_t *blob, size_t n)
{
	struct saved_head *h = &out->head;

	*out = (struct saved){ .state = NULL };
	if (n == 0)
		return ENODATA;
	if (n < sizeof *h || n > RP_BLOB_MAX)
		return EPROTO;
	memcpy(h, blob, sizeof *h);
	if (h->version != SAVED_VERSION || h->kind < SAVED_CALL || h->kind > SAVED_HOP ||
		h->size != sizes[h->kind] || n < h->size)
		return EPROTO;
	n -= h->size;
	memcpy(h, blob, h->size);
	switch (h->kind) {
	case SAVED_CALL: return check_call(out, blob + h->size, n);
	case SAVED_LINE: return check_line(out, n);
	default: return n == 0 ? 0 : EPROTO;
	}
}
