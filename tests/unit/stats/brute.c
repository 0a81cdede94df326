/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* brute -- see brute.h */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "brute.h"

#define STATES_MAX 400000
#define STEPS      20000

static long double up(const struct brute *b, size_t k, long double w)
{
	long double busy = fminl(k, b->n),
		    waiting = k > b->n ? (long double)(k - b->n) : 0;

	return w * b->lambda / (busy * b->mu + waiting * b->theta);
}

void brute_init(struct brute *b, unsigned n, double load, double aht_s, double patience_s)
{
	long double sum = 1, w = 1;

	*b = (struct brute){ .n = n,
		.lambda = (long double)load / aht_s,
		.mu = 1 / (long double)aht_s,
		.theta = patience_s > 0 ? 1 / (long double)patience_s : 0 };
	b->p = calloc(STATES_MAX, sizeof *b->p);
	assert_non_null(b->p);
	b->p[0] = 1;
	for (size_t k = 1; k < STATES_MAX; k++) {
		long double was = w;

		b->p[k] = w = up(b, k, w);
		sum += w;
		b->last = k;
		if (k > n && w < was && w < 1e-26L * sum)
			break;
	}
	assert_true(isfinite(sum));
	assert_true(b->last < STATES_MAX - 1);
	for (size_t k = 0; k <= b->last; k++)
		b->p[k] /= sum;
}

void brute_close(struct brute *b)
{
	free(b->p);
	b->p = NULL;
}

long double brute_p_wait(const struct brute *b)
{
	long double sum = 0;

	for (size_t k = b->n; k <= b->last; k++)
		sum += b->p[k];
	return sum;
}

long double brute_queue(const struct brute *b)
{
	long double sum = 0;

	for (size_t k = b->n; k <= b->last; k++)
		sum += (long double)(k - b->n) * b->p[k];
	return sum;
}

/* Hang-ups a second over arrivals a second. */
long double brute_p_abandon(const struct brute *b)
{
	return b->theta * brute_queue(b) / b->lambda;
}

long double brute_occupancy(const struct brute *b)
{
	long double sum = 0;

	for (size_t k = 0; k <= b->last; k++)
		sum += fminl(k, b->n) * b->p[k];
	return sum / b->n;
}

/* The rate at which somebody in place k leaves that place: an agent, those before it, itself. */
static long double leaving(const struct brute *b, size_t k)
{
	return b->n * b->mu + (long double)k * b->theta;
}

/* Place k is left for k-1, rather than by hanging up. */
static long double moving(const struct brute *b, size_t k)
{
	return (leaving(b, k) - b->theta) / leaving(b, k);
}

long double brute_wait(const struct brute *b)
{
	long double sum = 0, mean = 0;

	for (size_t k = 1; b->n + k - 1 <= b->last; k++) {
		mean = 1 / leaving(b, k) + moving(b, k) * mean;
		sum += b->p[b->n + k - 1] * mean;
	}
	return sum;
}

long double brute_answered_wait(const struct brute *b)
{
	long double sum = 0, mean = 0, answered = 1, all = 1 - brute_p_wait(b);

	for (size_t k = 1; b->n + k - 1 <= b->last; k++) {
		mean = moving(b, k) * (answered / leaving(b, k) + mean);
		answered *= moving(b, k);
		sum += b->p[b->n + k - 1] * mean;
		all += b->p[b->n + k - 1] * answered;
	}
	return sum / all;
}

/* d/dt of "answered by t from place k": on to place k-1, or away. */
static void slope(
	const struct brute *b, size_t places, const long double *at, long double *out)
{
	out[0] = 0;
	for (size_t k = 1; k <= places; k++)
		out[k] = (leaving(b, k) - b->theta) * at[k - 1] - leaving(b, k) * at[k];
}

static void move_on(long double *out, const long double *at, const long double *by,
	long double h, size_t places)
{
	for (size_t k = 0; k <= places; k++)
		out[k] = at[k] + h * by[k];
}

long double brute_level(const struct brute *b, double t)
{
	size_t places = b->last - b->n + 1;
	long double h = (long double)t / STEPS, sum = 1 - brute_p_wait(b);
	long double *v = calloc(6 * (places + 1), sizeof *v);

	assert_non_null(v);
	long double *at = v, *mid = v + places + 1, *k[4];

	for (size_t i = 0; i < 4; i++)
		k[i] = v + (i + 2) * (places + 1);
	at[0] = 1;
	for (size_t step = 0; step < STEPS; step++) {
		slope(b, places, at, k[0]);
		move_on(mid, at, k[0], h / 2, places);
		slope(b, places, mid, k[1]);
		move_on(mid, at, k[1], h / 2, places);
		slope(b, places, mid, k[2]);
		move_on(mid, at, k[2], h, places);
		slope(b, places, mid, k[3]);
		move_on(at, at, k[0], h / 6, places);
		move_on(at, at, k[1], h / 3, places);
		move_on(at, at, k[2], h / 3, places);
		move_on(at, at, k[3], h / 6, places);
	}
	for (size_t i = 1; i <= places; i++)
		sum += b->p[b->n + i - 1] * at[i];
	free(v);
	return sum;
}

static long double density(const struct brute *b, long double s)
{
	long double arrived = b->theta > 0 ? -expm1l(-b->theta * s) / b->theta : s;

	return b->lambda * b->p[b->n - 1] *
		expl(b->lambda * arrived - b->n * b->mu * s - b->theta * s);
}

long double brute_level_by_density(const struct brute *b, double t)
{
	long double h = (long double)t / (2 * STEPS), sum = 0;

	for (size_t i = 0; i <= 2 * STEPS; i++)
		sum += density(b, (long double)i * h) *
			(i == 0 || i == 2 * STEPS ? 1
					: i % 2   ? 4
						  : 2);
	return 1 - brute_p_wait(b) + sum * h / 3;
}
