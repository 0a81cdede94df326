/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* voice -- see voice.h */
#include "voice.h"

#include <math.h>

double voice_chance(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (double)(*seed >> 8) / 16777216.0;
}

void voice_init(struct voice *v, uint32_t rate, uint32_t seed)
{
	*v = (struct voice){ .rate = rate, .seed = seed };
}

static double resonance(double s[2], double in, double hz, double width, double rate)
{
	double r = exp(-M_PI * width / rate);
	double out = in + 2 * r * cos(2 * M_PI * hz / rate) * s[0] - r * r * s[1];

	s[1] = s[0];
	s[0] = out;
	return out;
}

double voice_next(struct voice *v, bool with_pauses)
{
	double t = (double)v->at++ / v->rate;
	double pitch = 140 + 30 * sin(2 * M_PI * 0.4 * t) + 4 * sin(2 * M_PI * 1.3 * t);
	double loud = 0.5 - 0.5 * cos(2 * M_PI * 3.1 * t);
	double in = 0.02 * (voice_chance(&v->seed) - 0.5), out;

	v->phase += pitch / v->rate;
	if (v->phase >= 1) {
		v->phase -= 1;
		in += 1;
	}
	out = resonance(v->filter, in, 550 + 200 * sin(2 * M_PI * 1.7 * t), 80, v->rate);
	out += 0.5 *
		resonance(v->filter + 2, in, 1400 + 500 * sin(2 * M_PI * 1.1 * t), 120,
			v->rate);
	return with_pauses && fmod(t, 6) > 4.5 ? 0 : 1300 * out * loud;
}
