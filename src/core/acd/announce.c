/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* announce -- see announce.h */
#include "core/acd/announce.h"

/* An expected wait up to so many ms. A promise of less than a minute is kept even when it takes twice as long. */
static const struct {
	int64_t most_ms;
	const char *word;
} classes[ANNOUNCE_WAITS] = {
	[ANNOUNCE_NOTHING] = { -1, "" },
	[ANNOUNCE_UNDER_A_MINUTE] = { 30000, "under" },
	[ANNOUNCE_1] = { 60000, "1" },
	[ANNOUNCE_2] = { 120000, "2" },
	[ANNOUNCE_3] = { 180000, "3" },
	[ANNOUNCE_5] = { 300000, "5" },
	[ANNOUNCE_10] = { 600000, "10" },
	[ANNOUNCE_15] = { 900000, "15" },
	[ANNOUNCE_20] = { 1200000, "20" },
	[ANNOUNCE_30] = { 1800000, "30" },
	[ANNOUNCE_LONGER] = { INT64_MAX, "longer" },
};

/* By so much of what was told the estimate trembles: with ten callers before one, each of whom takes an
 * exponential time, the sum has a relative deviation of a third, of which the queue shows the better part. */
#define TREMBLES(ms) ((ms) / 4)

static enum announce_wait class_of_wait(int64_t ms)
{
	int c = ANNOUNCE_UNDER_A_MINUTE;

	while (classes[c].most_ms < ms)
		c++;
	return (enum announce_wait)c;
}

static enum announce_wait wait_of(int64_t expected_ms, enum announce_wait told)
{
	enum announce_wait wait;
	int64_t most_ms = classes[told].most_ms;

	if (expected_ms < 0)
		return ANNOUNCE_NOTHING; /* nobody is at work: nothing honest can be said */
	wait = class_of_wait(expected_ms);
	if (told != ANNOUNCE_NOTHING && wait > told &&
		expected_ms <= most_ms + TREMBLES(most_ms))
		return ANNOUNCE_NOTHING;
	return wait;
}

struct announce announce_of(const struct acd_outlook *outlook, enum announce_wait told)
{
	struct announce a = { .wait = wait_of(outlook->expected_ms, told) };

	if (outlook->ahead < ANNOUNCE_POSITION_MAX)
		a.position = (uint8_t)(outlook->ahead + 1);
	return a;
}

const char *announce_wait_word(enum announce_wait wait)
{
	return classes[wait].word;
}
