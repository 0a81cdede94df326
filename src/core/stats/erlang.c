/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * erlang -- see erlang.h
 *
 * In all of this file: mu = 1/aht, theta = 1/patience, x = agents * mu/theta, y = calls_per_s/theta.
 *
 * With j calls waiting the chain's probabilities are in proportion to t_j = y^j / ((x+1)(x+2)...(x+j)): each
 * waiting call hangs up at the rate theta, which the agents' rate joins.  They are those of a Poisson
 * distribution with mean y from x on, t_j = D(x+j, y) / D(x, y) with D(s, y) = y^s e^-y / Gamma(s+1), which is
 * where the incomplete gamma function of Palm's closed form comes from.
 */
#include "core/stats/erlang.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>

#define NEGLIGIBLE 1e-18 /* of a sum: below the last digit of a double */
#define SERIES_MIN 16 /* from here on Stirling's series is exact in a double */

/* Sums over the waiting calls, relative to the likeliest number of them. */
struct queue {
	double mode; /* that number */
	double empty; /* t_0 */
	double behind; /* sum of t_j, j >= 1 */
	double length; /* sum of t_j j */
	double delay; /* sum of t_j h_j, h_j = 1/(x+1) + ... + 1/(x+j) */
};

double erlang_load(const struct erlang_demand *d)
{
	return d->calls_per_s * d->aht_s;
}

double erlang_b(unsigned agents, double load)
{
	double b = 1;

	/* Jagerman, Bell System Technical Journal 53(3), 1974: positive terms only, so it loses nothing */
	for (unsigned k = 1; k <= agents; k++)
		b = load * b / (k + load * b);
	return b;
}

/* digamma(z) - ln z for z >= SERIES_MIN: Abramowitz & Stegun 6.3.18. */
static double digamma_rest(double z)
{
	double v = 1 / (z * z);

	return -0.5 / z - v * (1. / 12 - v * (1. / 120 - v * (1. / 252 - v / 240)));
}

/* 1/(x+1) + ... + 1/(x+m): one by one while x+k is small, then as a difference of digamma. */
static double harmonic(double x, double m)
{
	double sum = 0, k = 0;

	while (k < m && x + k + 1 < SERIES_MIN)
		sum += 1 / (x + ++k);
	if (k < m)
		sum += log1p((m - k) / (x + k + 1)) + digamma_rest(x + m + 1) -
			digamma_rest(x + k + 1);
	return sum;
}

/* The terms after the likeliest, until the rest, no more than a geometric series, is negligible. */
static void sum_upwards(struct queue *q, double x, double y, double h)
{
	double j = q->mode, w = 1;

	do {
		j++;
		w *= y / (x + j);
		h += 1 / (x + j);
		q->behind += w;
		q->length += w * j;
		q->delay += w * h;
	} while (w * (x + j) > NEGLIGIBLE * (q->behind + q->empty) * (x + j - y));
}

/* The terms before it likewise, t_0 at the most. */
static void sum_downwards(struct queue *q, double x, double y, double h)
{
	double j = q->mode, w = 1;

	while (j > 1) {
		w *= (x + j) / y;
		h -= 1 / (x + j);
		j--;
		q->behind += w;
		q->length += w * j;
		q->delay += w * h;
		if (w * y <= NEGLIGIBLE * q->behind * (y - x - j))
			return; /* and t_0 is nothing beside these */
	}
	q->empty = w * (x + 1) / y;
}

/* All terms are positive, and none is larger than the first: nothing is lost, and nothing overflows. */
static void queue_sum(struct queue *q, double x, double y)
{
	double m = fmax(0, floor(y - x)), h;

	if (m == 0) {
		*q = (struct queue){ .empty = 1 };
		sum_upwards(q, x, y, 0);
		return;
	}
	h = harmonic(x, m);
	*q = (struct queue){ .mode = m, .behind = 1, .length = m, .delay = h };
	sum_upwards(q, x, y, h);
	sum_downwards(q, x, y, h);
}

/* ln Gamma(s+1) - ((s + 1/2) ln s - s + ln(2 pi)/2) for s >= SERIES_MIN: Abramowitz & Stegun 6.1.41. */
static double stirling_rest(double s)
{
	double v = 1 / (s * s);

	return (1. / 12 - v * (1. / 360 - v * (1. / 1260 - v * (1. / 1680 - v / 1188)))) /
		s;
}

/*
 * ln D(s, y), without the cancellation of its three large terms where s is near y: Loader, Fast and accurate
 * computation of binomial probabilities, 2000.
 */
static double log_poisson(double s, double y)
{
	static const double half_log_two_pi = 0.918938533204672741780329736406;
	double v = (s - y) / (s + y), deviance, step, was;
	int sign;

	if (s < SERIES_MIN)
		return s * log(y) - y - lgamma_r(s + 1, &sign);
	if (fabs(v) > 0.1)
		return -(s * log(s / y) + y - s) - half_log_two_pi - 0.5 * log(s) -
			stirling_rest(s);
	deviance = (s - y) * v; /* s ln(s/y) + y - s as a series */
	step = 2 * s * v;
	for (int k = 3;; k += 2) {
		step *= v * v;
		was = deviance;
		deviance += step / k;
		if (deviance == was)
			break;
	}
	return -deviance - half_log_two_pi - 0.5 * log(s) - stirling_rest(s);
}

/*
 * Of the weights `behind`, what is answered later than within_s.
 *
 * Who finds j-1 calls waiting is answered if it outlasts j exponential stages, at the rates agents*mu + k*theta
 * for k = j ... 1.  Their sum S has e^(-theta S) ~ Beta(x+1, j), and the mixture over j is the integral of the
 * virtual wait's density (Baccelli & Hebuterne 1981; Zeltyn & Mandelbaum, Queueing Systems 51, 2005), an
 * incomplete gamma function: with u = e^(-theta T), what is answered after T is
 *	u^x e^(y(1-u)) * sum over j >= 1 of t_j u^j,
 * which is the queue's own sum for the load y*u instead of y.
 */
static double late(const struct queue *q, double x, double y, double tt)
{
	double yu = y * exp(-tt);
	double scale;
	struct queue l;

	if (yu <= 0)
		return 0;
	queue_sum(&l, x, yu);
	if (q->mode > 0)
		scale = log_poisson(x + l.mode, yu) - log_poisson(x + q->mode, y);
	else
		scale = -x * tt - y * expm1(-tt);
	return exp(scale) * l.behind;
}

static void with_patience(struct erlang_figures *f, const struct erlang_demand *d,
	unsigned agents, double b)
{
	double x = agents * (d->patience_s / d->aht_s),
	       y = d->calls_per_s * d->patience_s;
	double total, served;
	struct queue q;

	queue_sum(&q, x, y);
	/* below the queue stand 1/b - 1 of the state without one; all times b, which may be 0 */
	total = (1 - b) * q.empty + b * (q.empty + q.behind);
	f->p_wait = b * (q.empty + q.behind) / total;
	f->queue_length = b * q.length / total;
	f->p_abandon = fmin(f->queue_length / y, 1);
	f->wait_s = f->p_abandon *
		d->patience_s; /* Little's law, and who waits hangs up at the rate theta */
	/* at once, or as the first of j waiting with the probability x/(x+j) = x/y t_j/t_(j-1) */
	served = ((1 - b) * q.empty + x / y * b * q.behind) / total;
	f->service_level = served -
		x / y * b * late(&q, x, y, d->within_s / d->patience_s) / total;
	f->answered_wait_s = x / y * b * q.delay / total * d->patience_s / served;
	f->occupancy = y / x * served;
}

static void without_patience(struct erlang_figures *f, const struct erlang_demand *d,
	unsigned agents, double b)
{
	double load = erlang_load(d), spare = (agents - load) / d->aht_s;

	f->p_wait = agents * b / (agents - load * (1 - b));
	f->wait_s = f->answered_wait_s = f->p_wait / spare;
	f->queue_length = d->calls_per_s * f->wait_s;
	f->service_level = 1 - f->p_wait * exp(-spare * d->within_s);
	f->occupancy = load / agents;
}

static bool is_amount(double v)
{
	return isfinite(v) && v >= 0;
}

static int check(const struct erlang_demand *d, unsigned agents)
{
	double load = erlang_load(d), x, y;

	if (!is_amount(d->calls_per_s) || !is_amount(d->aht_s) || d->aht_s == 0 ||
		!is_amount(d->patience_s) || !is_amount(d->within_s) || !is_amount(load))
		return EINVAL;
	if (agents > ERLANG_AGENTS_MAX || (agents == 0 && load > 0))
		return EINVAL;
	if (d->patience_s == 0)
		return load > 0 && load >= agents ? EDOM : 0;
	if (load == 0)
		return 0;
	x = agents * (d->patience_s / d->aht_s);
	y = d->calls_per_s * d->patience_s;
	return fmax(x, y) > ERLANG_QUEUE_MAX || fmin(x, y) < ERLANG_QUEUE_MIN ? ERANGE
									      : 0;
}

int erlang_solve(
	struct erlang_figures *out, const struct erlang_demand *d, unsigned agents)
{
	struct erlang_figures f = { .service_level = 1 };
	double load = erlang_load(d);
	int err = check(d, agents);

	if (err)
		return err;
	if (load > 0) {
		double b = erlang_b(agents, load);

		if (d->patience_s > 0)
			with_patience(&f, d, agents, b);
		else
			without_patience(&f, d, agents, b);
		f.service_level = fmin(fmax(f.service_level, 0), 1);
		f.occupancy = fmin(f.occupancy, 1);
	}
	*out = f;
	return 0;
}
