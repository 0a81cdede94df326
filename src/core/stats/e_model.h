/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * e_model -- what a talk over such a line is worth: the E-model, narrow band (ITU-T G.107, 06/2015) and wide band
 * (ITU-T G.107.1, 06/2019).
 *
 * Pure.  From loss, delay and codec to a rating R (narrow band up to 93.2, wide band up to 129) and from it to a mean
 * opinion score.  It is a planning model: what it says of one talk is an estimate, and it knows nothing of microphones,
 * rooms or voices; all that is not measured here has the Recommendation's default (Table 3 of G.107).
 *
 * The two scales are not comparable: a score of one is never averaged with, or measured against, one of the other.
 * docs/quality.md says which values were published and which were taken for want of one.
 *
 * Memory: the caller's, nothing is allocated.  Any thread; no state.
 */
#ifndef CORE_E_MODEL_H
#define CORE_E_MODEL_H

#include <stdbool.h>
#include <stdint.h>

enum e_model_codec {
	E_MODEL_PCMA, /* G.711, either law; receivers here conceal (Appendix I of G.711, NetEQ, our own) */
	E_MODEL_PCM_BARE, /* G.711 at a receiver without concealment */
	E_MODEL_G722, /* at 64 kbit/s */
	E_MODEL_OPUS,
};
#define E_MODEL_CODECS 4

/* Table 3 of G.107 permits 500 ms, 20 % and 8; a line may be worse, and then the formulas are carried on. */
#define E_MODEL_DELAY_MAX 10000.0 /* ms */
#define E_MODEL_BURST_MAX 8.0

struct e_model_line {
	enum e_model_codec codec;
	double loss; /* percent of the frames that should have been heard and were not, 0 to 100 */
	double delay_ms; /* Ta: from mouth to ear, one way, with packets and jitter buffer; 0 to E_MODEL_DELAY_MAX */
	double burst; /* BurstR: mean length of a burst of lost ones, in units of that of random loss; 1: random. What is
		       * below 1 counts as 1, what is above E_MODEL_BURST_MAX as that */
};

struct e_model_worth {
	double r, mos;
};

/* EINVAL: a number out of its range or not one, an unknown codec; *out is untouched then. R may be below 0. */
int e_model_narrow(struct e_model_worth *out, const struct e_model_line *l);
int e_model_wide(struct e_model_worth *out, const struct e_model_line *l);

/* Is the wide band's scale this codec's own? */
bool e_model_is_wide(enum e_model_codec c);

/* R to MOS_CQE (G.107 Annex B), and R to MOS_CQEW (G.107.1 Annex A). */
double e_model_mos(double r);
double e_model_mos_wide(double r);

/*
 * BurstR from what a receiver counts: `bursts` times one or more in a row were missing, `lost` in all, out of
 * `expected` (G.107 clause 3.5: the mean length of bursts, over that under random loss, 1 / (1 - loss)).
 * Not below 1; 1 where nothing can be said.
 */
double e_model_burst(uint64_t expected, uint64_t lost, uint64_t bursts);

#endif
