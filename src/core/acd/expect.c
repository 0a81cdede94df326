/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * expect -- how long a caller will wait, from what the day was like so far.
 *
 * With k calls before it, n agents at work who could take it, each done mu times a ms, and each waiting
 * caller leaving theta times a ms, a call is reached after k + 1 departures: the first of them comes with rate
 * n mu + k theta, the last with n mu.  So it waits sum(i = 0..k) 1 / (n mu + i theta) on average: the
 * Markovian estimate by queue length of Ibrahim and Whitt, "Real-time delay estimation in overloaded
 * multiserver queues with abandonments", Management Science 55 (2009) 1729-1742; without patience that of
 * Whitt, "Predicting queueing delays", Management Science 45 (1999) 870-888.  Agents who serve several
 * queues count fully in each, so it errs on the short side where queues share agents.  Part of acd.
 */
#include "core/acd/priv.h"

#include <math.h>

/* A day begins as if five talks of three minutes had been held, and one caller had left in ten minutes of
 * waiting: some figure is needed for the first, and five real ones outweigh it. */
#define FIRST_SERVICE_MS 180000
#define FIRST_SERVED     5
#define FIRST_LEFT       1
#define FIRST_WAITED_MS  600000
/* About the last fifty talks count, and the last two hundred waits, of which fewer tell something (most do
 * not end with the caller leaving): half an hour of a queue with a hundred calls an hour. */
#define SERVED_MAX   50
#define WAIT_FORGETS (1.0 / 200)
/* Beyond so many terms the rest of the sum is an integral, wrong by less than 1e-4 of it. */
#define TERMS 64

void expect_init(struct acd_queue *q)
{
	q->service_ms = FIRST_SERVICE_MS;
	q->n_served = FIRST_SERVED;
	q->left = FIRST_LEFT;
	q->waited_ms = FIRST_WAITED_MS;
}

void expect_served(struct acd_queue *q, int64_t service_ms)
{
	if (q->n_served < SERVED_MAX)
		q->n_served++;
	q->service_ms += ((double)service_ms - q->service_ms) / q->n_served;
}

/* Callers who left over the waiting of all: the likeliest rate of an exponential patience of which only
 * those who left are seen in full (Brown et al., "Statistical analysis of a telephone call center", Journal of
 * the American Statistical Association 100 (2005) 36-50). */
void expect_waited(struct acd_queue *q, int64_t waited_ms, bool has_left)
{
	q->left += (has_left ? 1 : 0) - q->left * WAIT_FORGETS;
	q->waited_ms += (double)waited_ms - q->waited_ms * WAIT_FORGETS;
}

static uint32_t at_work(const struct acd *acd, const struct acd_class *c)
{
	const uint64_t *suits = acd->group_bits +
		(size_t)(c - acd->classes) * acd->group_words;
	uint32_t n = 0;

	for (size_t i = 0; i * 64 < acd->n_groups; i++)
		for (uint64_t w = suits[i]; w; w &= w - 1)
			n += acd->groups[i * 64 + (unsigned)__builtin_ctzll(w)].n_at_work;
	return n;
}

int64_t expect_ms(const struct acd *acd, const struct acd_class *c, uint32_t ahead)
{
	const struct acd_queue *q = &acd->queues[c->queue];
	double rate = at_work(acd, c) / (q->service_ms > 1 ? q->service_ms : 1);
	double leaves = q->left / (q->waited_ms > 1 ? q->waited_ms : 1), sum = 0;
	uint32_t i;

	if (rate <= 0)
		return -1;
	for (i = 0; i <= ahead && i < TERMS; i++)
		sum += 1 / (rate + i * leaves);
	if (i <= ahead && leaves > 0)
		sum += log1p((ahead + 1.0 - i) * leaves / (rate + (i - 0.5) * leaves)) /
			leaves;
	else if (i <= ahead)
		sum += (ahead + 1.0 - i) / rate;
	return (int64_t)sum;
}
