/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tone -- see tone.h. */
#include "tools/tone.h"

#include <math.h>
#include <string.h>

#include "wire/g711.h"
#include "wire/rtp.h"

#define RATE      8000.0
#define AMPLITUDE 8000.0
#define SHARE_MAX (TONE_FRAME * TONE_LOG_MAX)

void tone_make(uint8_t *out, size_t n, double hz, double *phase)
{
	for (size_t i = 0; i < n; i++) {
		double v = hz > 0 ? AMPLITUDE * sin(*phase) : 0;

		out[i] = hz > 0 ? g711_alaw_encode((int16_t)v) : G711_ALAW_SILENCE;
		*phase = fmod(*phase + 2 * M_PI * hz / RATE, 2 * M_PI);
	}
}

void tone_wave_init(struct tone_wave *w, double hz)
{
	double phase = 0;

	tone_make(w->alaw, sizeof w->alaw, hz, &phase);
	w->at = 0;
}

const uint8_t *tone_wave_next(struct tone_wave *w)
{
	const uint8_t *frame = w->alaw + w->at;

	w->at = (w->at + TONE_FRAME) % TONE_PERIOD;
	return frame;
}

/* Power at hz of one block, and in all, added up. */
static void measure(const uint8_t *p, size_t n, double hz, double *at_hz, double *all)
{
	double re = 0, im = 0, sum = 0;

	for (size_t i = 0; i < n; i++) {
		double v = g711_alaw_decode(p[i]), w = 2 * M_PI * hz * (double)i / RATE;

		re += v * cos(w);
		im += v * sin(w);
		sum += v * v;
	}
	*at_hz += 2 * (re * re + im * im) / (double)n;
	*all += sum;
}

double tone_share(const uint8_t *p, size_t n, double hz)
{
	double at_hz = 0, all = 0;

	if (!n)
		return 0;
	measure(p, n, hz, &at_hz, &all);
	return all < (double)n * 100 ? 0 : at_hz / all; /* below: digital silence */
}

bool tone_log_add(struct tone_log *log, const uint8_t *p, size_t n)
{
	struct rtp_packet r;

	if (rtp_parse(&r, p, n) || r.payload.n > TONE_PAYLOAD)
		return false;
	if (log->n < TONE_LOG_MAX) {
		struct tone_packet *t = &log->packets[log->n];

		*t = (struct tone_packet){ .seq = r.seq,
			.ts = r.ts,
			.ssrc = r.ssrc,
			.pt = r.pt,
			.marker = r.marker,
			.n = r.payload.n };
		memcpy(t->payload, r.payload.p, r.payload.n);
	}
	log->n++;
	return true;
}

static bool does_sound(const struct tone_packet *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->payload[i] != G711_ALAW_SILENCE)
			return true;
	return false;
}

size_t tone_log_next(const struct tone_log *log, size_t from, bool sounds)
{
	while (from < log->n && from < TONE_LOG_MAX &&
		does_sound(&log->packets[from]) != sounds)
		from++;
	return from;
}

double tone_log_share(
	const struct tone_log *log, size_t from, size_t to, uint8_t pt, double hz)
{
	double at_hz = 0, all = 0;
	size_t samples = 0;

	for (size_t i = from; i < to && i < TONE_LOG_MAX; i++) {
		const struct tone_packet *t = &log->packets[i];

		if (t->pt != pt || !t->n)
			continue;
		measure(t->payload, t->n, hz, &at_hz, &all);
		samples += t->n;
	}
	return !samples || all < (double)samples * 100 ? 0 : at_hz / all;
}
