/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* access: how often, and who makes room for whom, one row each. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "core/access/bucket.h"
#include "core/access/crowd.h"
#include "core/access/knock.h"
#include "core/access/turns.h"

/* --- bucket --- */

static void test_bucket(void **state)
{
	static const struct bucket_rate rate = { 3, 2 }; /* one each 500 ms */
	static const struct {
		int64_t at_ms;
		bool is_given;
		uint32_t wait_s; /* afterwards */
	} cases[] = {
		{ 0, true, 1 },
		{ 0, true, 1 },
		{ 0, true, 1 },
		{ 0, false, 1 },
		{ 499, false, 1 },
		{ 500, true, 1 },
		{ 500, false, 1 },
		{ 999, false, 1 },
		{ 1000, true, 1 },
		{ 100, false, 1 }, /* a clock that goes back gives nothing */
		{ 1600, true, 1 },
		{ 100000, true, 1 }, /* it is full again, and no fuller */
		{ 100000, true, 1 },
		{ 100000, true, 1 },
		{ 100000, false, 1 },
		{ INT64_MAX, true, 1 },
	};
	struct bucket b = { 0 };

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		if (bucket_take(&b, &rate, cases[i].at_ms) != cases[i].is_given)
			fail_msg("row %zu", i);
		assert_int_equal(
			bucket_wait_s(&b, &rate, cases[i].at_ms), cases[i].wait_s);
	}
}

static void test_bucket_edges(void **state)
{
	static const struct bucket_rate slow = { 1, 1 }, none = { 0, 0 };
	struct bucket b = { 0 };

	for (int i = 0; i < 1000; i++)
		assert_true(bucket_take(&b, &none, 0)); /* not bounded */
	/* what is refused is not paid for */
	assert_true(bucket_take(&b, &slow, 5));
	for (int i = 0; i < 1000; i++)
		assert_false(bucket_take(&b, &slow, 5));
	assert_false(bucket_take(&b, &slow, 1004));
	assert_true(bucket_take(&b, &slow, 1005));
}

static void test_buckets(void **state)
{
	static struct buckets all;

	assert_ptr_equal(buckets_of(&all, 7), buckets_of(&all, 7 + BUCKET_PLACES));
	assert_ptr_not_equal(buckets_of(&all, 7), buckets_of(&all, 8));
}

/* --- crowd --- */

#define SEATS 8
#define I     CROWD_IDLE
#define B     CROWD_BUSY
#define G     CROWD_GUEST
#define K     CROWD_KNOWN

static const struct {
	const char *what;
	struct crowd_seat seats[SEATS];
	uint64_t from;
	bool is_shared;
	enum crowd_answer answer;
	size_t leaves;
} crowds[] = {
	/* limits: 6 in all, 4 of one address, 3 of them strangers */
	{ "the first", { { 0 } }, 1, false, CROWD_COME, 0 },
	{ "one more of an address", { { 1, 1, I }, { 1, 2, I } }, 1, false, CROWD_COME,
		0 },
	{ "too many strangers of one: its oldest goes",
		{ { 1, 2, I }, { 1, 1, I }, { 1, 3, I } }, 1, false, CROWD_INSTEAD, 1 },
	{ "first those that ask nothing", { { 1, 1, B }, { 1, 3, I }, { 1, 2, B } }, 1,
		false, CROWD_INSTEAD, 1 },
	{ "another address has its own share", { { 1, 1, I }, { 1, 2, I }, { 1, 3, I } },
		2, false, CROWD_COME, 0 },
	{ "who is known is no stranger", { { 1, 1, K }, { 1, 2, I }, { 1, 3, I } }, 1,
		false, CROWD_COME, 0 },
	{ "an office that is full gives its strangers up, not its desks",
		{ { 1, 1, K }, { 1, 2, K }, { 1, 3, K }, { 1, 4, I } }, 1, false,
		CROWD_INSTEAD, 3 },
	{ "or nobody more comes in from there",
		{ { 1, 1, K }, { 1, 2, K }, { 1, 3, G }, { 1, 4, K } }, 1, false,
		CROWD_NOT, 0 },
	{ "the house is full: the greediest address pays",
		{ { 1, 1, K }, { 2, 9, I }, { 3, 5, I }, { 3, 6, I }, { 3, 7, B },
			{ 4, 1, I } },
		5, false, CROWD_INSTEAD, 2 },
	{ "also where it is known too",
		{ { 3, 1, K }, { 2, 1, I }, { 3, 5, B }, { 3, 6, I }, { 3, 7, B },
			{ 4, 1, I } },
		5, false, CROWD_INSTEAD, 3 },
	{ "of two as greedy the older one pays",
		{ { 1, 5, I }, { 2, 3, I }, { 1, 4, I }, { 2, 6, I }, { 9, 1, K },
			{ 9, 2, K } },
		5, false, CROWD_INSTEAD, 1 },
	{ "a house that is full of desks and callers",
		{ { 1, 1, K }, { 2, 1, K }, { 3, 1, G }, { 4, 1, K }, { 5, 1, K },
			{ 6, 1, G } },
		7, false, CROWD_NOT, 0 },
	{ "a proxy's are many people's: its address has no share",
		{ { 1, 1, I, true }, { 1, 2, I, true }, { 1, 3, I, true },
			{ 1, 4, I, true } },
		1, true, CROWD_COME, 0 },
	{ "but of a full house it gives some up",
		{ { 1, 3, I, true }, { 1, 2, I, true }, { 1, 1, B, true }, { 2, 1, I },
			{ 3, 1, K }, { 3, 1, K } },
		9, false, CROWD_INSTEAD, 1 },
};

static void test_crowd(void **state)
{
	static const struct crowd_limits lim = { 6, 4, 3 };

	for (size_t i = 0; i < sizeof crowds / sizeof *crowds; i++) {
		size_t n = 0, leaves = CROWD_NOBODY;
		enum crowd_answer a;

		while (n < SEATS && crowds[i].seats[n].from)
			n++;
		a = crowd_decide(crowds[i].seats, n, crowds[i].from, crowds[i].is_shared,
			&lim, &leaves);
		if (a != crowds[i].answer)
			fail_msg("%s: %d", crowds[i].what, a);
		if (a == CROWD_INSTEAD && leaves != crowds[i].leaves)
			fail_msg("%s: %zu leaves", crowds[i].what, leaves);
		if (a != CROWD_INSTEAD)
			assert_int_equal(leaves, CROWD_NOBODY); /* untouched */
	}
}

/* Ten thousand of one address among others: these keep what they have, and get what they come for. */
static void test_flood(void **state)
{
	static const struct crowd_limits lim = { 100, 60, 30 };
	struct crowd_seat seats[100];
	size_t n = 0, leaves, most = 0;

	for (uint64_t i = 0; i < 20; i++)
		seats[n++] = (struct crowd_seat){ 1000 + i, i,
			i % 2 ? CROWD_KNOWN : CROWD_IDLE, false };
	for (uint64_t i = 0; i < 10000; i++) {
		struct crowd_seat one = { 7, 100 + i, CROWD_IDLE, false };
		size_t here = 0;

		switch (crowd_decide(seats, n, one.from, false, &lim, &leaves)) {
		case CROWD_COME: seats[n++] = one; break;
		case CROWD_INSTEAD: seats[leaves] = one; break;
		default: break;
		}
		for (size_t k = 0; k < n; k++)
			here += seats[k].from == 7;
		most = here > most ? here : most;
	}
	assert_int_equal(most, lim.strangers);
	for (uint64_t i = 0; i < 20; i++)
		assert_int_equal(seats[i].from, 1000 + i);
	assert_int_equal(crowd_decide(seats, n, 9, false, &lim, &leaves), CROWD_COME);
}

/* --- knock --- */

/* So many tries, one after the other, at one moment; how many are taken. */
static const struct {
	const char *what;
	struct knock who;
	int64_t at_ms;
	unsigned tries, taken;
} knocks[] = {
	{ "five from one address", { 1, 10, 0, false }, 0, 1000, 5 },
	{ "the same login from another address", { 1, 11, 0, false }, 0, 1, 1 },
	{ "another login from the first address", { 2, 10, 0, false }, 0, 6, 5 },
	{ "one more after a pause", { 1, 10, 0, false }, 15000, 2, 1 },
	{ "from three others", { 1, 12, 0, false }, 15000, 5, 5 },
	{ "", { 1, 13, 0, false }, 15000, 5, 5 },
	{ "until twenty from everywhere", { 1, 14, 0, false }, 15000, 9, 4 },
	{ "then nobody who is not known", { 1, 15, 0, false }, 15000, 9, 0 },
	{ "but a known device", { 1, 15, 77, false }, 15000, 9, 5 },
	{ "at the noisiest address too", { 1, 10, 78, true }, 15000, 9, 5 },
	{ "another login has its own", { 3, 15, 0, false }, 15000, 1, 1 },
	{ "at an address that guesses nobody new", { 4, 16, 0, true }, 15000, 1, 0 },
	{ "what was not tried counts nothing", { 1, 15, 0, false }, 30000, 9, 1 },
};

static void test_knocks(void **state)
{
	static struct knocks k;

	knocks_init(&k, 4711, 5, 15000);
	for (size_t i = 0; i < sizeof knocks / sizeof *knocks; i++) {
		unsigned taken = 0;

		for (unsigned n = 0; n < knocks[i].tries; n++)
			taken += knocks_may(&k, &knocks[i].who, knocks[i].at_ms);
		if (taken != knocks[i].taken)
			fail_msg("row %zu, %s: %u", i, knocks[i].what, taken);
	}
}

static void test_right_ones(void **state)
{
	static const struct knock who[] = { { 1, 10, 0, false }, { 1, 10, 7, false } };
	static struct knocks k;

	knocks_init(&k, 4711, 5, 15000);
	for (size_t i = 0; i < 2; i++)
		for (int n = 0; n < 100; n++) {
			assert_true(knocks_may(&k, &who[i], 0));
			knocks_give_back(&k, &who[i]);
		}
}

/* A thousand guesses in an hour from one address never use up what the owner has elsewhere. */
static void test_thousand(void **state)
{
	static const struct knock attacker = { 1, 10, 0, false },
				  owner = { 1, 11, 0, false };
	static struct knocks k;

	knocks_init(&k, 4711, 5, 15000);
	for (int64_t ms = 0; ms < 3600000; ms += 3600) {
		(void)knocks_may(&k, &attacker, ms);
		if (ms % 60000)
			continue;
		assert_true(knocks_may(&k, &owner, ms));
		knocks_give_back(&k, &owner);
	}
}

/* --- turns --- */

/* "a" to "z": from this address; "A" to "Z": the same, known; "!": the next one is served. What is served, in order. */
static const struct {
	const char *what, *comes, *served;
} lines[] = {
	{ "nobody", "!", "" },
	{ "one after the other", "abc!!!", "abc" },
	{ "a flood waits behind who comes alone", "aaaaab!!!!!!", "abaaaa" },
	{ "also one that goes on", "aaa!!aab!a!!!", "aaabaa" },
	{ "two floods in turn", "aaabbb!!!!!!", "ababab" },
	{ "a known one first", "aaaB!!!!", "Baaa" },
	{ "known ones in their order", "ABBA!!!!", "ABBA" },
	{ "who comes later is not ahead of who waited", "ab!c!!", "abc" },
};

static void test_turns(void **state)
{
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct turns t = { 0 };
		char at[TURNS_MAX], served[32] = "";
		size_t n = 0, place = 0;

		for (const char *p = lines[i].comes; *p; p++) {
			if (*p == '!') {
				place = turns_next(&t);
				if (place != TURNS_NONE)
					served[n++] = at[place];
				continue;
			}
			assert_int_equal(
				turns_add(&t, (uint64_t)(*p | 32), *p < 'a', &place),
				TURNS_WAITS);
			at[place] = *p;
		}
		served[n] = 0;
		if (strcmp(served, lines[i].served))
			fail_msg("%s: %s", lines[i].what, served);
	}
}

static void test_full_line(void **state)
{
	struct turns t = { 0 };
	size_t place = 0, first = 0;

	for (size_t i = 0; i < TURNS_MAX; i++)
		assert_int_equal(
			turns_add(&t, 1, false, i ? &place : &first), TURNS_WAITS);
	assert_int_equal(turns_add(&t, 1, false, &place), TURNS_NOT);
	assert_int_equal(turns_add(&t, 2, false, &place), TURNS_INSTEAD);
	assert_int_not_equal(place, first); /* its last one gives way */
	assert_int_equal(turns_next(&t), first);
	assert_int_equal(turns_next(&t), place);
	/* known ones take all places, and then nobody's place is free */
	while (turns_next(&t) != TURNS_NONE)
		continue;
	for (size_t i = 0; i < TURNS_MAX; i++)
		assert_int_equal(turns_add(&t, 1, false, &place), TURNS_WAITS);
	for (size_t i = 0; i < TURNS_MAX; i++)
		assert_int_equal(turns_add(&t, 1, true, &place), TURNS_INSTEAD);
	assert_int_equal(turns_add(&t, 2, true, &place), TURNS_NOT);
	assert_int_equal(turns_add(&t, 2, false, &place), TURNS_NOT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bucket),
		cmocka_unit_test(test_bucket_edges),
		cmocka_unit_test(test_buckets),
		cmocka_unit_test(test_crowd),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_knocks),
		cmocka_unit_test(test_right_ones),
		cmocka_unit_test(test_thousand),
		cmocka_unit_test(test_turns),
		cmocka_unit_test(test_full_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
