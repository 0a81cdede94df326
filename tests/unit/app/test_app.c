/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The contact centre's stories: each is one test.  test_app WORD plays those whose name contains WORD.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "story.h"

#define STORIES_MAX 1024

static void test_story(void **state)
{
	story_play(*state);
}

static size_t add(
	struct CMUnitTest *tests, size_t n, const struct story *stories, const char *word)
{
	for (; stories->what && n < STORIES_MAX; stories++)
		if (strstr(stories->what, word))
			tests[n++] = (struct CMUnitTest){ stories->what, test_story, NULL,
				NULL, (void *)(uintptr_t)stories };
	return n;
}

int main(int argc, char **argv)
{
	static const struct story *const all[] = { door_stories, call_stories,
		media_stories, regain_stories, move_stories, keep_stories, adopt_stories,
		divert_stories, callback_stories, hours_stories, announce_stories,
		menu_stories, agent_stories, home_stories, transfer_stories, page_stories,
		login_stories, display_stories, hold_stories, stop_stories,
		people_stories, sdes_stories, quality_stories };
	static struct CMUnitTest tests[STORIES_MAX];
	size_t n = 0;

	log_init("test", LOG_LEVEL_NONE);
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		n = add(tests, n, all[i], argc > 1 ? argv[1] : "");
	return _cmocka_run_group_tests("app", tests, n, NULL, NULL);
}
