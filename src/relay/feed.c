/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* feed -- what feeds a leg: a join, a mix of two others, a clip or its own echo, and never two of them. */
#include <assert.h>
#include <errno.h>

#include "relay/leg.h"

static void set_feed(struct relay *r, struct leg *l, enum rp_feed feed)
{
	if (l->feed == RP_FEED_CLIP) {
		list_remove(&l->play_node);
		relay_tick_less(r);
	}
	if (feed == RP_FEED_CLIP) {
		list_append(&r->playing, &l->play_node);
		relay_tick_more(r);
	}
	pcm_leave(r, l);
	pcm_forget(l);
	l->feed = feed;
	l->joined_us = feed == RP_FEED_JOIN || feed == RP_FEED_MIX ? r->now_us : 0;
	media_tx_change(&l->tx);
	leg_quiet(r, l);
}

int leg_join(struct relay *r, struct leg *a, struct leg *b)
{
	assert(a && b);
	if (a == b)
		return EINVAL;
	if (a->peer == b && !a->third)
		return 0; /* stands already */
	if (a->peer || b->peer)
		return EBUSY;
	set_feed(r, a, RP_FEED_JOIN);
	set_feed(r, b, RP_FEED_JOIN);
	a->peer = b;
	b->peer = a;
	return 0;
}

static void hear(struct relay *r, struct leg *l, struct leg *peer, struct leg *third)
{
	l->peer = peer;
	l->third = third;
	set_feed(r, l, third ? RP_FEED_MIX : peer ? RP_FEED_JOIN : RP_FEED_NONE);
}

/* Joined with nobody but these two. */
static bool is_free_for(const struct leg *l, const struct leg *a, const struct leg *b)
{
	return (!l->peer || l->peer == a || l->peer == b) &&
		(!l->third || l->third == a || l->third == b);
}

int leg_mix(struct relay *r, struct leg *a, struct leg *b, struct leg *c)
{
	if (a == b || b == c || a == c)
		return EINVAL;
	if (!is_free_for(a, b, c) || !is_free_for(b, a, c) || !is_free_for(c, a, b))
		return EBUSY;
	if (a->third && b->third && c->third)
		return 0; /* stands already */
	hear(r, a, b, c);
	hear(r, b, a, c);
	hear(r, c, a, b);
	return 0;
}

void leg_part(struct relay *r, struct leg *l)
{
	struct leg *peer = l->peer, *third = l->third;

	if (!peer)
		return;
	hear(r, l, NULL, NULL);
	hear(r, peer, third, NULL);
	if (third)
		hear(r, third, peer, NULL);
}

/* The codec in which it is told: error correction on a lossy line, else the first agreed one. SOUND_NONE: it is loaded
 * in none of them. */
static enum sound_codec clip_codec(
	const struct relay *r, const struct leg *l, uint32_t clip)
{
	const struct clip *c = &r->clips[clip];

	if (l->is_lossy && leg_pt(l, SOUND_OPUS) >= 0 && clip_has(c, SOUND_OPUS))
		return SOUND_OPUS;
	for (size_t i = 0; i < l->n_codecs; i++)
		if (clip_has(c, l->codecs[i].codec))
			return l->codecs[i].codec;
	return SOUND_NONE;
}

static int play(struct relay *r, struct leg *l, uint32_t clip, bool loop, uint32_t then)
{
	enum sound_codec codec = clip < RP_CLIPS_MAX ? clip_codec(r, l, clip)
						     : SOUND_NONE;

	if (codec == SOUND_NONE)
		return ENOENT;
	set_feed(r, l, RP_FEED_CLIP);
	clip_player_start(&l->player, clip, codec, loop);
	l->then = then;
	return 0;
}

int leg_play(struct relay *r, struct leg *l, const struct rp_play *m)
{
	if (l->peer)
		return m->over ? pcm_over(r, l, m) : EBUSY;
	return play(r, l, m->clip, m->loop != 0, m->then);
}

void leg_stop(struct relay *r, struct leg *l)
{
	if (l->feed == RP_FEED_CLIP)
		set_feed(r, l, RP_FEED_NONE);
	pcm_over_stop(r, l);
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

void leg_clip_changed(struct relay *r, uint32_t clip, enum sound_codec codec)
{
	list_each(it, &r->playing)
	{
		struct leg *l = list_entry(it, struct leg, play_node);

		if (l->player.clip == clip && l->player.codec == codec)
			clip_player_start(&l->player, clip, codec, l->player.loop);
	}
}

/* false: the clip came to its end. */
static bool play_frame(struct relay *r, struct leg *l)
{
	struct slice frame;

	if (!clip_player_frame(&l->player, &r->clips[l->player.clip], &frame))
		return false;
	if (leg_can_send(l)) /* else time runs on; nobody is there yet */
		leg_send_frame(r, l, l->player.codec, frame);
	return true;
}

static void clip_ended(struct relay *r, struct leg *l)
{
	union rp_any m = { .clip_done = { .clip = l->player.clip } };

	set_feed(r, l, RP_FEED_NONE);
	control_event_body(r, &m, RP_EV_CLIP_DONE, l->id);
	/* from the next tick on: a control that is there says before it what follows */
	if (l->then && !play(r, l, l->then - 1, true, 0))
		l->player.beat.next_us = r->now_us + CLIP_FRAME_US;
}

void leg_clip_tick(struct relay *r)
{
	list_each_safe(it, &r->playing)
	{
		struct leg *l = list_entry(it, struct leg, play_node);
		bool skipped;
		unsigned int due = clip_beat_due(&l->player.beat, r->now_us, &skipped);

		if (skipped)
			media_tx_change(&l->tx);
		while (due--)
			if (!play_frame(r, l)) {
				clip_ended(r, l);
				break;
			}
	}
}
