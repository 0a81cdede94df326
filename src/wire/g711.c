/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* g711 -- see g711.h.  The tables are written by the preprocessor from ITU-T G.711's formulas, scaled
 * to 16 bits (A-law: 13 bits << 3, mu-law: 14 bits << 2). */
#include "wire/g711.h"

#define ALAW_EVEN_BITS 0x55 /* inverted on the line, G.711 section 3.2 */
#define POSITIVE       0x80 /* sign bit of a code: 1 is positive, G.711 tables 1 and 2 */
#define ULAW_BIAS      132 /* 33 in 14 bits: makes every segment a power of two */

/* G.711 table 1a: 16 equal steps in each of eight segments, the first two of the same step. */
#define A_SEGMENT(c)   (((c) >> 4) & 7)
#define A_STEP(c)      (((c)&15) << 4)
#define A_SHIFT(c)     (A_SEGMENT(c) ? A_SEGMENT(c) - 1 : 0)
#define A_MAGNITUDE(c) ((A_STEP(c) + (A_SEGMENT(c) ? 0x108 : 8)) << A_SHIFT(c))
#define A_VALUE(c)     ((c)&POSITIVE ? A_MAGNITUDE(c) : -A_MAGNITUDE(c))
#define A(c)           A_VALUE((c) ^ ALAW_EVEN_BITS)

/* G.711 table 2a: all bits inverted, each segment twice the step of the one before. */
#define U_MAGNITUDE(c) ((((((c)&15) << 3) + ULAW_BIAS) << (((c) >> 4) & 7)) - ULAW_BIAS)
#define U_VALUE(c)     ((c)&POSITIVE ? -U_MAGNITUDE(c) : U_MAGNITUDE(c))
#define U(c)           U_VALUE((c) ^ 0xFF)

#define ROW4(f, c)  f(c), f((c) + 1), f((c) + 2), f((c) + 3)
#define ROW16(f, c) ROW4(f, c), ROW4(f, (c) + 4), ROW4(f, (c) + 8), ROW4(f, (c) + 12)
#define ROW64(f, c) \
	ROW16(f, c), ROW16(f, (c) + 16), ROW16(f, (c) + 32), ROW16(f, (c) + 48)
#define TABLE256(f) ROW64(f, 0), ROW64(f, 64), ROW64(f, 128), ROW64(f, 192)

static const int16_t alaw[256] = { TABLE256(A) };
static const int16_t ulaw[256] = { TABLE256(U) };

/* One's complement, so that the decision values of both signs lie symmetrically. */
static unsigned magnitude(int16_t sample)
{
	return (unsigned)(sample < 0 ? ~sample : sample);
}

static unsigned top_bit(unsigned v)
{
	return 31 - (unsigned)__builtin_clz(v);
}

int16_t g711_alaw_decode(uint8_t code)
{
	return alaw[code];
}

uint8_t g711_alaw_encode(int16_t sample)
{
	unsigned m = magnitude(sample) >> 4; /* 0..2047, the 12 bits of magnitude */
	unsigned code = m; /* segments 0 and 1 are one straight line */

	if (m > 31) {
		unsigned segment = top_bit(m) - 3;

		code = segment << 4 | ((m >> (segment - 1)) & 15);
	}
	return (uint8_t)((code | (sample < 0 ? 0 : POSITIVE)) ^ ALAW_EVEN_BITS);
}

int16_t g711_ulaw_decode(uint8_t code)
{
	return ulaw[code];
}

uint8_t g711_ulaw_encode(int16_t sample)
{
	unsigned m = (magnitude(sample) >> 2) + (ULAW_BIAS >> 2); /* 33..8224 */

	if (m > 8191)
		m = 8191; /* clipped, G.711 table 2: virtual decision value 8159 */
	unsigned segment = top_bit(m) - 5;
	unsigned code = segment << 4 | ((m >> (segment + 1)) & 15);

	return (uint8_t) ~(code | (sample < 0 ? 0x80 : 0));
}

uint16_t g711_alaw_peak(const uint8_t *codes, size_t n)
{
	uint8_t top = 0;

	if (n == 0)
		return 0;
	/* without sign and inversion a larger code is a larger magnitude: one look-up at the end */
	for (size_t i = 0; i < n; i++) {
		uint8_t c = (codes[i] ^ ALAW_EVEN_BITS) & 0x7F;

		if (c > top)
			top = c;
	}
	return (uint16_t)A_MAGNITUDE(top);
}
