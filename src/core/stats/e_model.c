/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * e_model -- see e_model.h
 *
 * Symbols and numbers of equations are those of ITU-T G.107 (06/2015) and G.107.1 (06/2019), so that both can be laid
 * side by side.  Echo: T = Ta and Tr = 2 Ta (the path is taken to be symmetric), with the default loss TELR = 65 dB.
 */
#include "core/stats/e_model.h"

#include <errno.h>
#include <math.h>

/* G.107 Table 3: defaults of what is not measured; dB unless said otherwise */
#define SLR  8. /* send loudness rating */
#define RLR  2.
#define OLR  (SLR + RLR)
#define STMR 15. /* sidetone */
#define LSTR 18.
#define DS   3. /* D-value of the telephone, send side */
#define TELR 65. /* talker echo */
#define WEPL 110. /* weighted echo path loss */
#define QDU  1. /* quantizing distortion units */
#define NC   (-70.) /* circuit noise, dBm0p */
#define NFOR (-64.) /* noise floor at the receive side, dBmp */
#define PS   35. /* room noise at the send side, dB(A) */
#define PR   35. /* at the receive side */
#define MT   100. /* ms: no delay below this is felt; sT = 1 throughout */
#define A    0. /* advantage */

/* G.107.1: its scale, clause 6.2 and eq. (7-2); its noise floor, Table 1 */
#define RO_WIDE   129.
#define STRETCH   1.29
#define NFOR_WIDE (-96.)

/* What a codec costs: Ie and Bpl of G.113. */
struct impairment {
	double ie, bpl;
};

static const struct {
	struct impairment narrow, wide;
	bool is_wide;
} codecs[E_MODEL_CODECS] = {
	/* Narrow: G.113 Appendix I, Ie 0, Bpl 25.1 with packet loss concealment and 4.3 without.  Wide: the distance
	 * of the two scales, 129 - 93.2, so that a perfect G.711 talk is the same on both. */
	[E_MODEL_PCMA] = { { 0, 25.1 }, { RO_WIDE - 93.2, 25.1 }, false },
	[E_MODEL_PCM_BARE] = { { 0, 4.3 }, { RO_WIDE - 93.2, 4.3 }, false },
	/* Wide: Ie,wb 13 for 64 kbit/s, G.113 Appendix IV.  A Bpl,wb is published for AMR-WB alone; the least of
	 * those (12.65 kbit/s: 4.3) is taken.  Narrow: nothing is published; a wide-band codec that loses nothing is
	 * taken to be no worse than G.711 there, with its robustness. */
	[E_MODEL_G722] = { { 0, 25.1 }, { 13, 4.3 }, true },
	/* Nothing is published by the ITU.  Taken: AMR-WB at 23.85 kbit/s (Ie,wb 10, Bpl,wb 4.9, both G.113 Appendix IV
	 * for listening with both ears), the nearest in rate of the published wide-band codecs; what its error
	 * correction restores does not count as lost in the first place. */
	[E_MODEL_OPUS] = { { 0, 25.1 }, { 10, 4.9 }, true },
};

static double log_10(double x)
{
	return log(x) / log(10);
}

static double square(double x)
{
	return x * x;
}

/* (1 + x^p)^(1/p) for x >= 0 */
static double norm(double x, double p)
{
	return pow(1 + pow(x, p), 1 / p);
}

/* No, eq. (7-3) to (7-7), dBm0p */
static double noise(double nfor)
{
	double nos = PS - SLR - DS - 100 + .004 * square(PS - OLR - DS - 14);
	double pre = PR + 10 * log_10(1 + pow(10, (10 - LSTR) / 10));
	double nor = RLR - 121 + pre + .008 * square(pre - 35);
	double nfo = nfor + RLR;

	return 10 *
		log_10(pow(10, NC / 10) + pow(10, nos / 10) + pow(10, nor / 10) +
			pow(10, nfo / 10));
}

/* Ist, eq. (7-11) and (7-12) */
static double sidetone(double t)
{
	double stmro = -10 *
		log_10(pow(10, -STMR / 10) + exp(-t / 4) * pow(10, -TELR / 10));

	return 12 * norm(fabs(stmro - 13) / 6, 8) - 28 * norm((stmro + 1) / 19.4, 35) -
		13 * norm(fabs(stmro - 3) / 33, 13) + 29;
}

/* Is = Iolr + Ist + Iq, eq. (7-8) to (7-17) */
static double simultaneous(double ro, double no, double t)
{
	double x = OLR + .2 * (64 + no - RLR);
	double iolr = 20 * (norm(x / 8, 8) - x / 8);
	double q = 37 - 15 * log_10(QDU);
	double g = 1.07 + .258 * q + .0602 * q * q;
	double y = (ro - 100) / 15 + 46 / 8.4 - g / 9;
	double z = 46. / 30 - g / 40;
	double iq = 15 * log_10(1 + pow(10, y) + pow(10, z));

	return iolr + sidetone(t) + iq;
}

/* Idte for the echo of a path of t ms; eq. (7-19) to (7-22), of the wide band (7-5) to (7-10), which corrects TERV by k
 * and weighs it by 3. STMR is between 9 and 20, so sidetone masks nothing. */
static double talker_echo(double no, double t, bool is_wide)
{
	double k = !is_wide ? 0 : t < 100 ? .08 * t + 10 : 18;
	double terv = TELR + k - 40 * log_10((1 + t / 10) / (1 + t / 150)) +
		6 * exp(-.3 * square(t));
	double d = -1.5 * (no - RLR) - (80 + (is_wide ? 3 : 2.5) * (terv - 14));

	if (t < 1)
		return 0; /* it is sidetone */
	return (d / 2 + sqrt(square(d) / 4 + 100) - 1) * (1 - exp(-t));
}

/* Idle, eq. (7-25) and (7-26) */
static double listener_echo(double ro, double tr)
{
	double d = ro - 10.5 * (WEPL + 7) * pow(tr + 1, -.25);

	return d / 2 + sqrt(square(d) / 4 + 169);
}

/* Idd, eq. (7-27) and (7-28) with sT = 1; of the wide band (7-13), 1.29 times as much */
static double pure_delay(double ta)
{
	double x = log(ta / MT) / log(2);

	return ta <= MT ? 0 : 25 * (norm(x, 6) - 3 * norm(x / 3, 6) + 2);
}

/* Ie,eff, eq. (7-29).  G.107.1 has it for random loss only, eq. (7-15); bursts are taken to act there alike, for else
 * they would cost nothing. */
static double equipment(const struct impairment *i, const struct e_model_line *l)
{
	double burst = fmin(fmax(l->burst, 1), E_MODEL_BURST_MAX);

	return i->ie + (95 - i->ie) * l->loss / (l->loss / burst + i->bpl);
}

static bool is_within(double x, double max)
{
	return x >= 0 && x <= max; /* false of what is no number */
}

static bool is_fit(const struct e_model_line *l)
{
	return (unsigned)l->codec < E_MODEL_CODECS && is_within(l->loss, 100) &&
		is_within(l->delay_ms, E_MODEL_DELAY_MAX) && !isnan(l->burst);
}

int e_model_narrow(struct e_model_worth *out, const struct e_model_line *l)
{
	double no = noise(NFOR), ro = 15 - 1.5 * (SLR + no); /* eq. (7-2) */
	double id;

	if (!is_fit(l))
		return EINVAL;
	/* eq. (7-18), (7-1) */
	id = talker_echo(no, l->delay_ms, false) + listener_echo(ro, 2 * l->delay_ms) +
		pure_delay(l->delay_ms);
	out->r = ro - simultaneous(ro, no, l->delay_ms) - id -
		equipment(&codecs[l->codec].narrow, l) + A;
	out->mos = e_model_mos(out->r);
	return 0;
}

int e_model_wide(struct e_model_worth *out, const struct e_model_line *l)
{
	double id;

	if (!is_fit(l))
		return EINVAL;
	/* No,WB is left open by G.107.1 and needed for echo alone: made like the narrow band's, with its own noise floor.
	 * Listener echo, eq. (7-11), is that of G.107; Is,WB is 0, eq. (7-3). */
	id = talker_echo(noise(NFOR_WIDE), l->delay_ms, true) +
		listener_echo(RO_WIDE, 2 * l->delay_ms) +
		STRETCH * pure_delay(l->delay_ms);
	out->r = RO_WIDE - id - equipment(&codecs[l->codec].wide, l) + A;
	out->mos = e_model_mos_wide(out->r);
	return 0;
}

bool e_model_is_wide(enum e_model_codec c)
{
	return (unsigned)c < E_MODEL_CODECS && codecs[c].is_wide;
}

double e_model_mos(double r)
{
	/* eq. (B-4). Below R = 6.5 the cubic dips under 1, which no listener can say. */
	if (!(r > 0))
		return 1;
	if (r >= 100)
		return 4.5;
	return fmax(1, 1 + .035 * r + r * (r - 60) * (100 - r) * 7e-6);
}

double e_model_mos_wide(double r)
{
	return e_model_mos(r / STRETCH); /* G.107.1 eq., (A-2) */
}

double e_model_burst(uint64_t expected, uint64_t lost, uint64_t bursts)
{
	double loss, ratio;

	if (!bursts || bursts > lost || lost >= expected)
		return 1;
	loss = (double)lost / (double)expected;
	ratio = (double)lost / (double)bursts * (1 - loss);
	return fmax(1, ratio);
}
