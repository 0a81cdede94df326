/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* ear -- see ear.h.  Goertzel's algorithm over one packet (does the tone go on?) and over two (which one is it?). */
#include "tools/ear.h"

#include <math.h>
#include <string.h>

#include "wire/g711.h"

#define RATE     8000.0
#define LOUD     4000.0 /* RMS; a tone has 5657, the house's clips 2300 on the whole */
#define QUIET    64.0 /* RMS; below it is silence */
#define SHARE    0.8 /* of the power, at one frequency */
#define LOW_HZ   200.0
#define HIGH_HZ  3800.0
#define LATE_MAX 1000 /* packets; further back is another stream, not a late packet */

static double sum_squares(const int16_t *s, unsigned int n)
{
	double sum = 0;

	for (unsigned int i = 0; i < n; i++)
		sum += (double)s[i] * s[i];
	return sum;
}

/* The share of the power `all` of n samples that is at hz. */
static double share_at(const int16_t *s, unsigned int n, double hz, double all)
{
	double c = 2 * cos(2 * M_PI * hz / RATE), s1 = 0, s2 = 0;

	for (unsigned int i = 0; i < n; i++) {
		double s0 = s[i] + c * s1 - s2;

		s2 = s1;
		s1 = s0;
	}
	return 2 * (s1 * s1 + s2 * s2 - c * s1 * s2) / (n * all);
}

static bool is_loud(double all, unsigned int n)
{
	return all > LOUD * LOUD * n;
}

static bool set(struct ear *e, enum ear_what what, double hz)
{
	bool changed = e->what != what || (what == EAR_TONE && fabs(e->hz - hz) > 1);

	e->what = what;
	e->hz = hz;
	return changed;
}

/* The newest two packets: what are they?  A packet lost or a hiccup shifts the phase between them, and the
 * tone is the same all the same. */
static bool look(struct ear *e)
{
	double all = sum_squares(e->pcm, TONE_PERIOD);

	if (all < QUIET * QUIET * TONE_PERIOD)
		return set(e, EAR_SILENCE, 0);
	if (!is_loud(all, TONE_PERIOD))
		return set(e, EAR_SOUND, 0);
	if (e->goes_on)
		return set(e, EAR_TONE, e->tone_hz);
	for (double hz = LOW_HZ; hz <= HIGH_HZ; hz += TONE_STEP_HZ)
		if (share_at(e->pcm, TONE_PERIOD, hz, all) > SHARE) {
			e->tone_hz = hz;
			return set(e, EAR_TONE, hz);
		}
	return set(e, EAR_SOUND, 0);
}

static void note_tone(struct ear *e, int64_t at_us)
{
	if (e->tone_at_us && at_us - e->tone_at_us > e->f.tone_gap_us)
		e->f.tone_gap_us = at_us - e->tone_at_us;
	e->tone_at_us = at_us;
}

static bool is_same_tone(const struct ear *e, const int16_t *s)
{
	double all = sum_squares(s, TONE_FRAME);

	return e->tone_hz > 0 && is_loud(all, TONE_FRAME) &&
		share_at(s, TONE_FRAME, e->tone_hz, all) > SHARE;
}

static bool listen_to(struct ear *e, struct slice payload, int64_t at_us)
{
	int16_t *s = e->pcm + e->n;
	bool changed, same;

	for (unsigned int i = 0; i < TONE_FRAME; i++)
		s[i] = g711_alaw_decode(payload.p[i]);
	same = is_same_tone(e, s);
	if (same)
		note_tone(e, at_us);
	e->goes_on = same && (!e->n || e->goes_on);
	e->n += TONE_FRAME;
	if (e->n < TONE_PERIOD)
		return false;
	e->n = 0;
	changed = look(e);
	if (changed && e->what == EAR_TONE)
		note_tone(e, at_us);
	return changed;
}

/* RFC 3550 appendix A.1, as far as a test needs it; a late packet takes back its loss. */
static void count(struct ear *e, const struct rtp_packet *p)
{
	int step = (int16_t)(p->seq - e->seq);

	e->f.packets++;
	if (!e->has_stream || p->ssrc != e->ssrc || step < -LATE_MAX) {
		e->has_stream = true;
		e->ssrc = p->ssrc;
		e->seq = p->seq;
		return;
	}
	if (step > 0) {
		e->f.lost += (uint64_t)step - 1;
		e->seq = p->seq;
	} else if (step < 0 && e->f.lost) {
		e->f.lost--;
	}
}

bool ear_packet(struct ear *e, const struct rtp_packet *p, int64_t at_us)
{
	if (e->at_us && at_us - e->at_us > e->f.gap_us)
		e->f.gap_us = at_us - e->at_us;
	e->at_us = at_us;
	count(e, p);
	return p->payload.n == TONE_FRAME && listen_to(e, p->payload, at_us);
}

bool ear_is_late(const struct ear *e, int64_t now_us)
{
	return e->what != EAR_NOTHING && now_us - e->at_us >= EAR_NOTHING_US;
}

bool ear_tick(struct ear *e, int64_t now_us)
{
	if (!ear_is_late(e, now_us))
		return false;
	e->n = 0;
	return set(e, EAR_NOTHING, 0);
}

void ear_reset(struct ear *e)
{
	*e = (struct ear){ 0 };
}

void ear_mark(struct ear *e)
{
	e->f = (struct ear_figures){ 0 };
}

struct ear_figures ear_figures(const struct ear *e, int64_t now_us)
{
	struct ear_figures f = e->f;

	if (e->at_us && now_us - e->at_us > f.gap_us)
		f.gap_us = now_us - e->at_us;
	if (e->tone_at_us && now_us - e->tone_at_us > f.tone_gap_us)
		f.tone_gap_us = now_us - e->tone_at_us;
	return f;
}

const char *ear_word(enum ear_what what)
{
	static const char *const words[] = {
		[EAR_NOTHING] = "nothing",
		[EAR_SILENCE] = "silence",
		[EAR_SOUND] = "sound",
		[EAR_TONE] = "tone",
	};

	return words[what];
}
