/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * key -- telephone keys towards a leg's far side, as events in its stream (RFC 4733 section 2.5.1).
 *
 * While a key is told, no voice goes to that leg: who listens for keys would hear both. One packet every 20 ms with the
 * key's timestamp and a growing duration, the end three times, then a pause, so that two equal keys are two.
 * Thread: the relay's.
 */
#include <errno.h>

#include "relay/leg.h"

#define STEP_MS  20
#define ENDS     3 /* section 2.5.1.4 */
#define PAUSE_MS 80 /* ITU-T Q.24 asks for 40 at least */
#define MS_MIN   40
#define MS_MAX   2000
#define VOLUME   10 /* -dBm0, as a telephone's key sounds: section 2.3.3 */
#define KEY_MAX  15

int leg_key(struct relay *r, struct leg *l, uint32_t key, uint32_t ms)
{
	struct leg_keys *k = &l->keys_out;

	if (!ms)
		ms = RP_KEY_MS;
	if (key > KEY_MAX || ms < MS_MIN || ms > MS_MAX)
		return EINVAL;
	if (!l->dtmf_pt || l->rtp.deaf)
		return ENOTSUP;
	if (k->n == LEG_KEYS_MAX)
		return ENOBUFS;
	if (k->n == 0) {
		list_append(&r->keying, &k->node);
		relay_tick_more(r);
	}
	k->queue[k->n].key = (uint8_t)key;
	k->queue[k->n++].ms = (uint16_t)ms;
	return 0;
}

void leg_key_stop(struct relay *r, struct leg *l)
{
	if (l->keys_out.n == 0)
		return;
	list_remove(&l->keys_out.node);
	relay_tick_less(r);
	l->keys_out = (struct leg_keys){ 0 };
}

bool leg_is_keying(const struct leg *l)
{
	return l->keys_out.n && l->keys_out.rest_ms <= 0;
}

static void tell(struct relay *r, struct leg *l, bool is_first, bool is_end)
{
	struct leg_keys *k = &l->keys_out;
	uint16_t ticks = (uint16_t)(k->sent_ms * MEDIA_TICKS_PER_MS);
	const uint8_t event[4] = { k->queue[0].key,
		(uint8_t)(is_end ? 0x80 | VOLUME : VOLUME), (uint8_t)(ticks >> 8),
		(uint8_t)ticks };
	struct media_slot slot;

	media_tx_insert(&l->tx, r->now_us, &slot);
	if (is_first)
		k->ts = slot.ts;
	slot.ts = k->ts;
	slot.marker = is_first;
	leg_send_voice(r, l, &slot, l->dtmf_pt, slice_of(event, sizeof event));
}

static void next(struct relay *r, struct leg *l)
{
	struct leg_keys *k = &l->keys_out;

	for (size_t i = 1; i < k->n; i++)
		k->queue[i - 1] = k->queue[i];
	k->n--;
	k->sent_ms = 0;
	k->ends = 0;
	k->rest_ms = PAUSE_MS;
	if (k->n == 0) {
		k->n = 1;
		leg_key_stop(r, l);
	}
}

static void step(struct relay *r, struct leg *l)
{
	struct leg_keys *k = &l->keys_out;
	bool is_first = k->sent_ms == 0;

	if (k->rest_ms > 0) {
		k->rest_ms -= STEP_MS;
		return;
	}
	if (!leg_can_send(l))
		return;
	if (k->sent_ms < k->queue[0].ms)
		k->sent_ms += STEP_MS;
	bool is_end = k->sent_ms >= k->queue[0].ms;

	tell(r, l, is_first, is_end);
	if (is_end && ++k->ends == ENDS)
		next(r, l);
}

void leg_key_tick(struct relay *r)
{
	list_each_safe(it, &r->keying) step(r, list_entry(it, struct leg, keys_out.node));
}
