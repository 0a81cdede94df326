/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* log: lines on standard error, in journald's own form there, and as fields on its socket. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"

/* Standard error while a test looks at it; and a journal's socket. */
struct fixture {
	int was, pipe[2], journal;
	char dir[32], path[64];
};

static int begin(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	if (!f || pipe(f->pipe) || fcntl(f->pipe[0], F_SETFL, O_NONBLOCK))
		return -1;
	text_copy(f->dir, sizeof f->dir, "/tmp/heimamt-log-XXXXXX");
	if (!mkdtemp(f->dir))
		return -1;
	(void)text_format(f->path, sizeof f->path, "%s/socket", f->dir);
	text_copy(at.sun_path, sizeof at.sun_path, f->path);
	f->journal = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	if (bind(f->journal, (struct sockaddr *)&at, sizeof at))
		return -1;
	f->was = dup(STDERR_FILENO);
	dup2(f->pipe[1], STDERR_FILENO);
	*state = f;
	return 0;
}

static int end(void **state)
{
	struct fixture *f = *state;

	dup2(f->was, STDERR_FILENO);
	close(f->was);
	close(f->pipe[0]);
	close(f->pipe[1]);
	close(f->journal);
	unlink(f->path);
	rmdir(f->dir);
	unsetenv("JOURNAL_STREAM");
	free(f);
	return 0;
}

static const char *heard(int fd)
{
	static char text[2048];
	ssize_t n = read(fd, text, sizeof text - 1);

	text[n > 0 ? n : 0] = 0;
	return text;
}

static void test_terminal(void **state)
{
	struct fixture *f = *state;
	const char *text;

	log_init("test", LOG_LEVEL_INFO);
	assert_false(log_to_journal(NULL));
	log_debug("not this");
	log_warn("two\nlines of %d", 7);
	text = heard(f->pipe[0]);
	assert_int_equal(strspn(text, "0123456789-:.TZ"), 24);
	assert_string_equal(text + 24, " test warn: two?lines of 7\n");
}

static void test_stream(void **state)
{
	struct fixture *f = *state;
	char stream[64];
	struct stat st;

	assert_int_equal(fstat(STDERR_FILENO, &st), 0);
	(void)text_format(stream, sizeof stream, "%llu:%llu",
		(unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
	setenv("JOURNAL_STREAM", stream, 1);
	log_init("test", LOG_LEVEL_DEBUG);
	log_debug("a");
	log_info("b");
	log_warn("c");
	log_error("<0>d");
	assert_string_equal(heard(f->pipe[0]), "<7>a\n<6>b\n<4>c\n<3><0>d\n");
	/* somebody redirected it since */
	setenv("JOURNAL_STREAM", "1:2", 1);
	log_init("test", LOG_LEVEL_INFO);
	assert_false(log_to_journal(NULL));
	log_info("b");
	assert_non_null(strstr(heard(f->pipe[0]), " test info: b\n"));
}

static void test_fields(void **state)
{
	static const struct {
		const char *says, *want;
	} rows[] = {
		{ "call 03a7bvtn80000: arrived",
			"HEIMAMT_CALL=03a7bvtn80000\nMESSAGE=call 03a7bvtn80000: "
			"arrived\n" },
		{ "leg 03a7bw0m80003 up",
			"HEIMAMT_LEG=03a7bw0m80003\nMESSAGE=leg 03a7bw0m80003 up\n" },
		{ "ready", "MESSAGE=ready\n" },
		{ "call it a day", "MESSAGE=call it a day\n" },
		{ "call =x: y", "MESSAGE=call =x: y\n" },
		{ "call X\nPRIORITY=0", "MESSAGE=call X?PRIORITY=0\n" },
	};
	struct fixture *f = *state;
	char want[256];

	log_init("test", LOG_LEVEL_INFO);
	assert_true(log_to_journal(f->path));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		log_info("%s", rows[i].says);
		(void)text_format(want, sizeof want,
			"PRIORITY=6\nSYSLOG_IDENTIFIER=test\n%s", rows[i].want);
		assert_string_equal(heard(f->journal), want);
	}
	assert_string_equal(heard(f->pipe[0]), "");
	/* the journal is restarted, or full: standard error has it */
	close(f->journal);
	log_error("still told");
	assert_non_null(strstr(heard(f->pipe[0]), " test error: still told\n"));
	f->journal = -1;
}

static void test_long(void **state)
{
	struct fixture *f = *state;
	char big[2 * LOG_LINE_MAX];

	memset(big, 'x', sizeof big - 1);
	big[sizeof big - 1] = 0;
	log_init("test", LOG_LEVEL_INFO);
	assert_true(log_to_journal(f->path));
	log_info("call 03a7bvtn80000: %s", big);
	assert_int_equal(strlen(heard(f->journal)),
		strlen("PRIORITY=6\nSYSLOG_IDENTIFIER=test\nHEIMAMT_CALL="
		       "03a7bvtn80000\nMESSAGE=") +
			LOG_LINE_MAX);
	assert_false(log_to_journal("/nowhere/at/all"));
}

#define AT(t) cmocka_unit_test_setup_teardown(t, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		AT(test_terminal),
		AT(test_stream),
		AT(test_fields),
		AT(test_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
