/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * acd: ids that all want the same places of the hash are found as long as they are there, and no others, in
 * whatever order they come and go.  Runs grow longer than a slot can say.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "core/acd/priv.h"

enum { ENTRIES = 100, HOMES = 3, TURNS = 3000 };

static struct entry {
	uint64_t id;
	bool is_there;
} entries[ENTRIES];

/* The id whose hash is h: acd/index.c multiplies by an odd number, whose inverse Newton's method finds. */
static uint64_t id_of_hash(uint64_t h)
{
	const uint64_t factor = 0x9E3779B97F4A7C15ULL;
	uint64_t inverse =
		factor; /* right in three bits, then in twice as many each time */

	for (int bits = 3; bits < 64; bits *= 2)
		inverse *= 2 - factor * inverse;
	return h * inverse;
}

static void test_crowded(void **state)
{
	struct acd_index ix;
	uint64_t random = 1;

	assert_int_equal(index_init(&ix, ENTRIES), 0);
	for (uint32_t i = 0; i < ENTRIES; i++) /* the last slots, so that runs go round */
		entries[i].id = id_of_hash(
			(uint64_t)(ix.mask - i % HOMES) << 32 | (i + 1));
	for (int turn = 0; turn < TURNS; turn++) {
		uint32_t i;

		random = random * 6364136223846793005ULL + 1442695040888963407ULL;
		/* more and more of them, then fewer */
		i = (uint32_t)(random >> 33) % ENTRIES;
		if (entries[i].is_there != (turn / ENTRIES % 4 >= 2))
			continue;
		if (entries[i].is_there)
			index_drop(&ix, entries, sizeof *entries, i);
		else
			index_put(&ix, entries, sizeof *entries, i);
		entries[i].is_there = !entries[i].is_there;
		for (uint32_t k = 0; k < ENTRIES; k++)
			assert_ptr_equal(
				index_find(&ix, entries, sizeof *entries, entries[k].id),
				entries[k].is_there ? &entries[k] : NULL);
	}
	index_close(&ix);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_crowded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
