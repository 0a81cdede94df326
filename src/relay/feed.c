/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* feed -- what feeds a leg: a join, a clip or its own echo, and never two of them. */
#include <errno.h>

#include "relay/leg.h"

static void set_feed(struct relay *r, struct leg *l, enum rp_feed feed)
{
	if (l->feed == RP_FEED_CLIP) {
		list_remove(&l->play_node);
		if (--r->n_playing == 0)
			relay_clip_timer(r, false);
	}
	if (feed == RP_FEED_CLIP) {
		list_append(&r->playing, &l->play_node);
		if (r->n_playing++ == 0)
			relay_clip_timer(r, true);
	}
	l->feed = feed;
	l->joined_us = feed == RP_FEED_JOIN ? r->now_us : 0;
	media_tx_change(&l->tx);
}

int leg_join(struct relay *r, struct leg *a, struct leg *b)
{
	if (a == b)
		return EINVAL;
	if (a->peer == b)
		return 0; /* stands already */
	if (a->peer || b->peer)
		return EBUSY;
	set_feed(r, a, RP_FEED_JOIN);
	set_feed(r, b, RP_FEED_JOIN);
	a->peer = b;
	b->peer = a;
	return 0;
}

void leg_part(struct relay *r, struct leg *l)
{
	struct leg *peer = l->peer;

	if (!peer)
		return;
	l->peer = peer->peer = NULL;
	set_feed(r, l, RP_FEED_NONE);
	set_feed(r, peer, RP_FEED_NONE);
}

int leg_play(struct relay *r, struct leg *l, uint32_t clip, bool loop, uint32_t then)
{
	if (l->peer)
		return EBUSY;
	if (clip >= RP_CLIPS_MAX || !r->clips[clip].p)
		return ENOENT;
	set_feed(r, l, RP_FEED_CLIP);
	clip_player_start(&l->player, clip, loop);
	l->then = then;
	return 0;
}

void leg_stop(struct relay *r, struct leg *l)
{
	if (l->feed == RP_FEED_CLIP)
		set_feed(r, l, RP_FEED_NONE);
}

int leg_echo(struct relay *r, struct leg *l, bool on)
{
	if (l->peer)
		return EBUSY;
	if (on && l->feed != RP_FEED_ECHO)
		set_feed(r, l, RP_FEED_ECHO);
	if (!on && l->feed == RP_FEED_ECHO)
		set_feed(r, l, RP_FEED_NONE);
	return 0;
}

void leg_clip_changed(struct relay *r, uint32_t clip)
{
	list_each(it, &r->playing)
	{
		struct leg *l = list_entry(it, struct leg, play_node);

		if (l->player.clip == clip)
			clip_player_start(&l->player, clip, l->player.loop);
	}
}

/* false: the clip came to its end. */
static bool play_frame(struct relay *r, struct leg *l)
{
	uint8_t frame[CLIP_FRAME];
	struct media_slot slot;

	if (!clip_player_frame(&l->player, &r->clips[l->player.clip], frame))
		return false;
	if (!leg_can_send(l))
		return true; /* time runs on; nobody is there yet */
	media_tx_next(&l->tx, CLIP_FRAME, r->now_us, &slot);
	leg_send_voice(r, l, &slot, l->pt, slice_of(frame, sizeof frame));
	return true;
}

static void clip_ended(struct relay *r, struct leg *l)
{
	union rp_any m = { .clip_done = { .clip = l->player.clip } };

	set_feed(r, l, RP_FEED_NONE);
	control_event_body(r, &m, RP_EV_CLIP_DONE, l->id);
	/* from the next tick on: a control that is there says before it what follows */
	if (l->then && !leg_play(r, l, l->then - 1, true, 0))
		l->player.next_us = r->now_us + CLIP_FRAME_US;
}

void leg_clip_tick(struct relay *r)
{
	list_each_safe(it, &r->playing)
	{
		struct leg *l = list_entry(it, struct leg, play_node);
		bool skipped;
		unsigned int due = clip_player_due(&l->player, r->now_us, &skipped);

		if (skipped)
			media_tx_change(&l->tx);
		while (due--)
			if (!play_frame(r, l)) {
				clip_ended(r, l);
				break;
			}
	}
}
