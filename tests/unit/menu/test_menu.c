/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* menu: what follows what a caller does in it. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core/menu/menu.h"

static const struct menu languages = {
	.keys = { { 1, 3 }, { 2, 5 }, { KEYPAD_STAR, 7 } },
	.n_keys = 3,
	.tries = 2,
	.queue = 9,
	.timeout_ms = 4000,
};

/* A key; 'e' what is asked was said to its end; '+' a second passes, with a look.  For each the answer: '.' waits, 's' is
 * said again, a digit: goes to that queue, by a key in lower case; 'D': the default. */
static const struct {
	const char *what, *happens, *answers;
} cases[] = {
	{ "a key while it is being said", "1", "3" },
	{ "a key after it", "e+2", "..5" },
	{ "a star", "e*", ".7" },
	{ "no limit while it is being said", "+++++++", "......." },
	{ "no key: said again, then the default", "e++++e++++", "....s....D" },
	{ "chosen when it is said again", "e++++1", "....s3" },
	{ "a key that leads nowhere: said again at once", "8", "s" },
	{ "twice: the default", "8e8", "s.D" },
	{ "wrong, then none", "e0e++++", ".s....D" },
	{ "wrong, then right", "#2", "s5" },
	{ "A to D are not keys", "A+1", "..3" },
	{ "the time of the first saying is not the second's", "e+++8+++e++++",
		"....s.......D" },
};

static char answer(const struct menu_step *s)
{
	if (s->does == MENU_WAITS)
		return '.';
	if (s->does == MENU_SAYS)
		return 's';
	if (s->by == MENU_BY_DEFAULT)
		return s->queue == languages.queue ? 'D' : '?';
	return s->by == MENU_BY_KEY ? (char)('0' + s->queue) : '?';
}

static void test_cases(void **state)
{
	static const char signs[] = "0123456789*#ABCD";
	size_t n_failed = 0;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct menu_place at;
		struct menu_step s = menu_begin(&languages, &at);
		char said[32] = "";
		int64_t now_ms = 5000;

		assert_int_equal(s.does, MENU_SAYS);
		for (size_t k = 0; cases[i].happens[k]; k++) {
			char c = cases[i].happens[k];

			s = (struct menu_step){ .does = MENU_WAITS };
			if (c == 'e')
				menu_said(&at, now_ms);
			else if (c == '+')
				s = menu_look(&languages, &at, now_ms += 1000);
			else
				s = menu_key(&languages, &at,
					(unsigned)(strchr(signs, c) - signs), now_ms);
			said[k] = answer(&s);
		}
		if (strcmp(said, cases[i].answers) == 0)
			continue;
		print_error(
			"%s: %s instead of %s\n", cases[i].what, said, cases[i].answers);
		n_failed++;
	}
	assert_int_equal(n_failed, 0);
}

static void test_one_try(void **state)
{
	struct menu once = languages;
	struct menu_place at;

	once.tries = 1;
	(void)menu_begin(&once, &at);
	assert_int_equal(menu_key(&once, &at, 9, 0).by, MENU_BY_DEFAULT);
}

static void test_words(void **state)
{
	assert_string_equal(menu_by_word(MENU_BY_NOTHING), "nothing");
	assert_string_equal(menu_by_word(MENU_BY_KEY), "key");
	assert_string_equal(menu_by_word(MENU_BY_DEFAULT), "default");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_one_try),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests_name("menu", tests, NULL, NULL);
}
