/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* leg -- see leg.h: life of a leg, from the pool and back. */
#include "relay/leg.h"

#include <errno.h>
#include <string.h>

#include "base/ids.h"
#include "base/log.h"
#include "base/text.h"

static void random_text(char *out, size_t n)
{
	/* ice-char of RFC 8839 section 5.4: 64 of them, 6 bits each */
	static const char chars[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	relay_random(out, n);
	for (size_t i = 0; i < n; i++)
		out[i] = chars[(uint8_t)out[i] & 63];
	out[n] = 0;
}

static void make_identity(struct relay *r, struct leg *l)
{
	struct {
		uint32_t ssrc, ts;
		uint16_t seq;
		uint8_t cname[9]; /* 72 bits; RFC 7022 section 4.2 wants 64 at least */
	} v;

	relay_random(&v, sizeof v);
	media_tx_init(&l->tx, v.ssrc, v.seq, v.ts);
	l->first_seq = l->tx.seq + 1;
	l->ok.ssrc = v.ssrc;
	text_hex(l->ok.cname, sizeof l->ok.cname, v.cname, sizeof v.cname);
	memcpy(l->ok.addr, r->media_address, sizeof l->ok.addr);
	if (!l->is_web)
		return;
	random_text(l->ok.ufrag, LEG_UFRAG);
	random_text(l->ok.pwd, LEG_PWD);
}

/* A leg is wiped when it ends, because it held keys and control's state. */
static void wipe(struct leg *l)
{
	uint32_t index = l->index;

	explicit_bzero(l, sizeof *l);
	l->index = index;
	l->rtp.rtp.fd = l->rtp.rtcp.fd = -1;
}

/* is_hop: it carries to another relay what is here already, so it is no new call. */
static int take(struct relay *r, uint64_t id, bool is_web, bool is_hop, struct leg **out)
{
	if (r->is_draining && !is_hop)
		return ESHUTDOWN;
	if (list_is_empty(&r->free_legs))
		return ENFILE;
	struct leg *l = list_entry(r->free_legs.next, struct leg, node);
	int err = map_put(&r->by_id, id, l);

	if (err)
		return err;
	list_remove(&l->node);
	wipe(l);
	l->id = id;
	l->is_web = is_web;
	l->epoch = r->control.epoch;
	l->digits_left = LEG_DIGITS_MAX;
	l->made_us = l->kept_us = r->now_us;
	/* RFC 3550 section 6.2: half the interval before the first report */
	l->report_at_us = r->now_us + 2500000;
	list_append(&r->used_legs, &l->node);
	r->n_legs++;
	make_identity(r, l);
	*out = l;
	return 0;
}

struct leg *leg_find(struct relay *r, uint64_t id)
{
	return id ? map_find(&r->by_id, id) : NULL;
}

/* Made already: the command was repeated. */
static int found(struct leg *l, bool is_web, struct leg **out)
{
	if (l->is_web != is_web)
		return EEXIST;
	*out = l;
	return 0;
}

static void log_leg(const struct leg *l, const char *what)
{
	char id[IDS_TEXT_SIZE];

	ids_text(id, l->id);
	log_info("%s %s %s", l->is_web ? "line" : "leg", id, what);
}

int leg_rtp_new(struct relay *r, const struct rp_leg_rtp *m, struct leg **out)
{
	struct leg *l = leg_find(r, m->head.leg);
	int err;

	if (l)
		return found(l, false, out);
	err = take(r, m->head.leg, false, m->local, &l);
	if (err)
		return err;
	err = leg_rtp_open(r, l, m);
	if (err) {
		leg_close(r, l);
		return err;
	}
	*out = l;
	return 0;
}

int leg_web_new(struct relay *r, const struct rp_leg_web *m, struct leg **out)
{
	struct leg *l = leg_find(r, m->head.leg);
	int err;

	if (l)
		return found(l, true, out);
	err = take(r, m->head.leg, true, false, &l);
	if (err)
		return err;
	err = leg_web_open(r, l, m);
	if (err) {
		leg_close(r, l);
		return err;
	}
	*out = l;
	return 0;
}

/* Whatever connects the leg with others. */
static void detach(struct relay *r, struct leg *l)
{
	if (l->stats.tx)
		report_bye(r, l);
	leg_part(r, l);
	leg_stop(r, l);
	leg_quiet_end(r, l);
	if (l->ssrc_key && map_find(&r->by_ssrc, l->ssrc_key) == l)
		map_drop(&r->by_ssrc, l->ssrc_key);
	if (l->is_web)
		leg_web_close(r, l);
	else
		leg_rtp_close(r, l);
}

void leg_close(struct relay *r, struct leg *l)
{
	if (!l->id)
		return;
	if (l->lost)
		leg_part(r, l); /* joined since; the rest is gone */
	else
		detach(r, l);
	leg_stop(r, l);
	leg_key_stop(r, l);
	leg_quiet_end(r, l);
	leg_tones_free(l);
	map_drop(&r->by_id, l->id);
	list_remove(&l->node);
	r->n_legs--;
	wipe(l);
	list_append(&r->free_legs, &l->node);
}

void leg_down(struct relay *r, struct leg *l, int err)
{
	log_leg(l, strerror(err));
	control_event(r, l, RP_EV_DOWN, err);
	leg_close(r, l);
}

bool leg_is_kept(const struct relay *r, const struct leg *l)
{
	return l->epoch == r->control.epoch && control_is_led(r);
}

void leg_lost(struct relay *r, struct leg *l, int err)
{
	if (leg_is_kept(r, l)) {
		leg_down(r, l, err);
		return;
	}
	log_leg(l, strerror(err));
	detach(r, l);
	l->is_up = false;
	l->ssrc_key = 0;
	l->lost = err;
}

void leg_up(struct relay *r, struct leg *l)
{
	if (l->is_up)
		return;
	l->is_up = true;
	log_leg(l, "up");
	control_event(r, l, RP_EV_UP, 0);
}

void leg_tick(struct relay *r, struct leg *l)
{
	bool kept = leg_is_kept(r, l);

	if (kept)
		l->kept_us = r->now_us;
	if (l->lost && kept)
		leg_down(r, l, l->lost);
	if (!l->id || l->lost)
		return;
	if (l->digits_left < LEG_DIGITS_MAX)
		l->digits_left++;
	if (l->heard_us && !l->is_silent &&
		r->now_us - l->heard_us >= RP_SILENT_MS * INT64_C(1000)) {
		l->is_silent = true;
		control_event(r, l, RP_EV_SILENT, 0);
	}
	report_tick(r, l);
	if (!l->is_web)
		return;
	leg_loss_tick(r, l);
	leg_quiet_rest(r, l);
	leg_web_tick(r, l); /* may end it */
}

void leg_state(const struct leg *l, struct rp_leg_state *out)
{
	bool plays = l->feed == RP_FEED_CLIP;

	*out = (struct rp_leg_state){ .head = { .leg = l->id },
		.joined = l->peer ? l->peer->id : 0,
		.third = l->third ? l->third->id : 0,
		.is_lossy = l->is_lossy,
		.is_web = l->is_web,
		.is_up = l->is_up,
		.is_silent = l->is_silent,
		.feed = (uint8_t)l->feed,
		.loops = plays && l->player.loop,
		.clip = plays ? l->player.clip : 0,
		.ok = l->ok,
		.len = l->blob_len };
	out->ok.head.leg = l->id;
	memcpy(out->blob, l->blob, l->blob_len);
}

void leg_stats(const struct leg *l, struct rp_stats *out)
{
	struct jitter_stats pcm = pcm_stats(l);
	bool is_fed = l->feed != RP_FEED_NONE;

	*out = l->stats;
	out->lost = rtcp_source_lost(&l->source);
	out->expected = rtcp_source_expected(&l->source);
	out->restored = l->source.restored;
	out->bursts = l->source.bursts;
	out->frames = pcm.frames;
	out->corrected = pcm.corrected;
	out->concealed = pcm.concealed;
	out->delay_ms = pcm.delay_ms;
	out->path = !is_fed                 ? RP_PATH_NONE
		: l->pcm.why != RP_WHY_NONE ? RP_PATH_PCM
					    : RP_PATH_PACKET;
	out->why = (uint8_t)l->pcm.why;
	out->rx_codec = (uint8_t)l->rx_codec;
	out->tx_codec = (uint8_t)l->tx_codec;
	out->is_lossy = l->is_lossy;
	out->jitter_us = (l->source.jitter_q4 >> 4) * (1000 / MEDIA_TICKS_PER_MS);
}
