/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* keypad: which keys are collected, and when that is all. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core/menu/keypad.h"

/* What happens, in order: a key, 'w' what asks was said, '+' a second passes; and after all of it a look. */
static const struct {
	const char *what;
	struct keypad_rules rules;
	const char *happens;
	enum keypad_says says;
	const char *keys;
} cases[] = {
	{ "nothing yet", { 5000, 2000, 4, true }, "", KEYPAD_OPEN, "" },
	{ "no time runs while it is being asked", { 5000, 2000, 4, true }, "+++++++++",
		KEYPAD_OPEN, "" },
	{ "the first key has its time", { 5000, 2000, 4, true }, "w++++", KEYPAD_OPEN,
		"" },
	{ "and no more", { 5000, 2000, 4, true }, "w+++++", KEYPAD_LATE, "" },
	{ "the next one has its own", { 5000, 2000, 4, true }, "w++++1+", KEYPAD_OPEN,
		"1" },
	{ "which is shorter", { 5000, 2000, 4, true }, "w1++", KEYPAD_LATE, "1" },
	{ "it begins anew with each", { 5000, 2000, 4, true }, "w1+2+3+", KEYPAD_OPEN,
		"123" },
	{ "as many as are taken", { 5000, 2000, 4, true }, "w1234", KEYPAD_COMPLETE,
		"1234" },
	{ "and none after", { 5000, 2000, 4, true }, "w12345", KEYPAD_COMPLETE, "1234" },
	{ "ended by #", { 5000, 2000, 4, true }, "w12#", KEYPAD_COMPLETE, "12" },
	{ "ended by # at once", { 5000, 2000, 4, true }, "w#", KEYPAD_COMPLETE, "" },
	{ "where # ends nothing it is a key", { 5000, 2000, 4, false }, "w12#",
		KEYPAD_OPEN, "12#" },
	{ "a star is a key", { 5000, 2000, 4, true }, "w*1", KEYPAD_OPEN, "*1" },
	{ "A to D are none", { 5000, 2000, 4, true }, "wABCD", KEYPAD_OPEN, "" },
	{ "nor do they give time", { 5000, 2000, 4, true }, "w+++A++", KEYPAD_LATE, "" },
	{ "a key while it is being asked", { 5000, 2000, 1, false }, "+7",
		KEYPAD_COMPLETE, "7" },
	{ "after one, what was said begins no other time", { 5000, 2000, 4, true },
		"1w++", KEYPAD_LATE, "1" },
	{ "a key that is too late is not taken", { 5000, 2000, 4, true }, "w+++++1",
		KEYPAD_LATE, "" },
	{ "what ended stays so", { 5000, 2000, 2, true }, "w12w++++++3", KEYPAD_COMPLETE,
		"12" },
	{ "at least one is taken", { 5000, 2000, 0, true }, "12", KEYPAD_COMPLETE, "1" },
	{ "and no more than there is room for", { 5000, 2000, 255, true },
		"123456789012345678", KEYPAD_COMPLETE, "1234567890123456" },
};

static const char signs[] = "0123456789*#ABCD";

static void play(struct keypad *k, const char *happens)
{
	int64_t now_ms = 100000;

	for (; *happens; happens++) {
		if (*happens == '+')
			now_ms += 1000;
		else if (*happens == 'w')
			keypad_wait(k, now_ms);
		else
			(void)keypad_key(
				k, (unsigned)(strchr(signs, *happens) - signs), now_ms);
	}
	(void)keypad_look(k, now_ms);
}

static void test_cases(void **state)
{
	size_t n_failed = 0;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct keypad k;
		char keys[KEYPAD_MOST + 1] = "";

		keypad_open(&k, &cases[i].rules);
		play(&k, cases[i].happens);
		for (unsigned j = 0; j < k.n; j++)
			keys[j] = signs[k.keys[j]];
		if (k.says == cases[i].says && strcmp(keys, cases[i].keys) == 0 &&
			(k.says == KEYPAD_OPEN || k.until_ms == -1))
			continue;
		print_error("%s: says %d, keys \"%s\"\n", cases[i].what, k.says, keys);
		n_failed++;
	}
	assert_int_equal(n_failed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_cases) };

	return cmocka_run_group_tests_name("keypad", tests, NULL, NULL);
}
