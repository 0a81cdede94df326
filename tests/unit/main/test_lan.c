/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* lan: the password for telephones is made once, kept, and made anew where the file is damaged. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <signal.h>
#include <unistd.h>

#include "base/log.h"
#include "main/centre.h"

#define OLD "0123456789abcdef0123" /* as long as they are made */

struct folder {
	char dir[64], path[96];
};

static int setup(void **state)
{
	static struct folder f;

	f = (struct folder){ .dir = "/tmp/heimamt-lan-XXXXXX" };
	if (!mkdtemp(f.dir))
		return -1;
	snprintf(f.path, sizeof f.path, "%s/lan-password", f.dir);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct folder *f = *state;

	unlink(f->path);
	return rmdir(f->dir);
}

static void put(const struct folder *f, const char *text, size_t n)
{
	int fd = open(f->path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, n), n);
	close(fd);
}

static void test_made_once(void **state)
{
	const struct folder *f = *state;
	char first[128] = "", again[128] = "";
	struct stat st;

	assert_int_equal(lan_password(f->dir, first, sizeof first), 0);
	assert_int_equal(strlen(first), 20);
	assert_int_equal(stat(f->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(lan_password(f->dir, again, sizeof again), 0);
	assert_string_equal(first, again);
}

static void test_what_is_there(void **state)
{
	static const struct {
		const char *what, *text;
		size_t n; /* 0: the text's own */
		const char *kept; /* NULL: another is made */
	} cases[] = {
		{ "as it was made", OLD, 0, OLD },
		{ "with a newline of an editor", OLD "\n", 0, OLD },
		{ "with that of another editor", OLD "\r\n", 0, OLD },
		{ "a second line", OLD "\nremember the milk\n", 0, OLD },
		{ "a longer one", OLD "\"\\!~", 0, OLD "\"\\!~" },
		{ "empty", "", 0, NULL },
		{ "cut short", "0123456789abcdef012", 0, NULL },
		{ "cut short, before a newline", "0123456789abcdef\n" OLD, 0, NULL },
		{ "with a space", "0123456789 abcdef0123", 0, NULL },
		{ "with a byte of zero", OLD "\0" OLD, 2 * sizeof OLD - 1, OLD },
		{ "zeros, as a crash leaves them",
			"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20, NULL },
		{ "longer than there is room for", OLD OLD OLD OLD, 0, NULL },
	};
	const struct folder *f = *state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t n = cases[i].n ? cases[i].n : strlen(cases[i].text);
		char got[64] = "", again[64] = "";

		put(f, cases[i].text, n);
		if (lan_password(f->dir, got, sizeof got))
			fail_msg("%s: refused", cases[i].what);
		if (cases[i].kept ? strcmp(got, cases[i].kept) != 0
				  : strlen(got) != 20 || strcmp(got, OLD) == 0)
			fail_msg("%s: got \"%s\"", cases[i].what, got);
		assert_int_equal(lan_password(f->dir, again, sizeof again), 0);
		assert_string_equal(got, again);
	}
}

/* A disk that takes a part only: nothing is left that would be taken for a password. */
static void test_short_write(void **state)
{
	const struct folder *f = *state;
	struct rlimit was, few;
	char got[64];
	int err;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	few = (struct rlimit){ 7, was.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &few), 0);
	err = lan_password(f->dir, got, sizeof got);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	assert_int_not_equal(err, 0);
	assert_int_equal(access(f->path, F_OK), -1);
	assert_int_equal(lan_password(f->dir, got, sizeof got), 0);
}

static void test_no_folder(void **state)
{
	char got[64];

	assert_int_equal(lan_password("/nowhere", got, sizeof got), ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_made_once, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_is_there, setup, teardown),
		cmocka_unit_test_setup_teardown(test_short_write, setup, teardown),
		cmocka_unit_test(test_no_folder),
	};

	log_init("test", LOG_LEVEL_NONE);
	return cmocka_run_group_tests_name("main_lan", tests, NULL, NULL);
}
