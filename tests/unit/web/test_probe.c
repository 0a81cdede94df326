/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* probe: what a request is, and a listener with slow, broken and too many clients. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "web/probe.h"

#define END "\r\nHost: x\r\n\r\n"

static const struct {
	const char *request;
	unsigned status;
	const char *path;
} rows[] = {
	{ "GET /metrics HTTP/1.1" END, 200, "/metrics" },
	{ "GET /metrics HTTP/1.0\r\n\r\n", 200, "/metrics" },
	{ "GET /health?verbose=1 HTTP/1.1" END, 200, "/health" },
	{ "GET / HTTP/1.1" END "more", 200, "/" },
	{ "", 0, NULL },
	{ "GET /metrics HTTP/1.1\r\nHost: x\r\n", 0, NULL },
	{ "POST /metrics HTTP/1.1" END, 405, NULL },
	{ "get /metrics HTTP/1.1" END, 405, NULL },
	{ "GET /metrics HTTP/2.0" END, 400, NULL },
	{ "GET /metrics" END, 400, NULL },
	{ "GET  /metrics HTTP/1.1" END, 400, NULL },
	{ "GET metrics HTTP/1.1" END, 400, NULL },
	{ "GET http://x/metrics HTTP/1.1" END, 400, NULL },
	{ "GET /me\ttrics HTTP/1.1" END, 400, NULL },
	{ "GET /m\xc3\xa9 HTTP/1.1" END, 400, NULL },
	{ "\r\n\r\n", 400, NULL },
	{ "GET /3456789012345678901234567890123456789012345678901234567890123 "
	  "HTTP/1.1" END,
		200, "/3456789012345678901234567890123456789012345678901234567890123" },
	{ "GET /34567890123456789012345678901234567890123456789012345678901234 "
	  "HTTP/1.1" END,
		200, "/34567890123456789012345678901234567890123456789012345678901234" },
	{ "GET /34567890123456789012345678901234567890123456789012345678901234x "
	  "HTTP/1.1" END,
		414, NULL },
};

static void test_parse(void **state)
{
	char path[PROBE_PATH_MAX], big[PROBE_REQUEST_MAX];

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		unsigned is = probe_parse(rows[i].request, strlen(rows[i].request), path);

		if (is != rows[i].status)
			fail_msg("row %zu: %u", i, is);
		if (is == 200)
			assert_string_equal(path, rows[i].path);
	}
	memset(big, 'x', sizeof big);
	assert_int_equal(probe_parse(big, sizeof big - 1, path), 0);
	assert_int_equal(probe_parse(big, sizeof big, path), 400);
}

/* --- the listener --- */

struct fixture {
	uv_loop_t loop;
	struct probe *probe;
	unsigned asked;
};

static void get(void *arg, const char *path, struct probe_answer *out)
{
	struct fixture *f = arg;

	f->asked++;
	if (strcmp(path, "/ok") == 0)
		*out = (struct probe_answer){ 200, "text/plain", strdup("fine\n"), 5 };
	if (strcmp(path, "/none") == 0)
		out->status = 200; /* no memory */
}

static int begin(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	const struct probe_handler h = { get, f };

	if (!f || uv_loop_init(&f->loop) ||
		probe_new(&f->probe, &f->loop, "127.0.0.1", 0, &h))
		return -1;
	*state = f;
	return 0;
}

static int end(void **state)
{
	struct fixture *f = *state;

	probe_free(f->probe);
	uv_run(&f->loop, UV_RUN_DEFAULT);
	int err = uv_loop_close(&f->loop);

	free(f);
	return err;
}

static int dial(struct fixture *f)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(probe_port(f->probe)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	return fd;
}

/* What came until the other side closed. */
static const char *hear(struct fixture *f, int fd)
{
	static char text[1024];
	size_t n = 0;
	ssize_t got = -1;

	while (got != 0) {
		uv_run(&f->loop, UV_RUN_NOWAIT);
		got = read(fd, text + n, sizeof text - 1 - n);
		if (got > 0)
			n += (size_t)got;
		if (got < 0 && errno != EAGAIN)
			break; /* reset */
		usleep(500);
	}
	text[n] = 0;
	close(fd);
	return text;
}

static void say(int fd, const char *text)
{
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

static void test_answers(void **state)
{
	static const struct {
		const char *says, *begins;
	} cases[] = {
		{ "GET /ok HTTP/1.1" END, "HTTP/1.1 200 OK\r\n" },
		{ "GET /no HTTP/1.1" END, "HTTP/1.1 404 Not Found\r\n" },
		{ "GET /none HTTP/1.1" END, "HTTP/1.1 503 " },
		{ "PUT /ok HTTP/1.1" END, "HTTP/1.1 405 " },
		{ "nonsense" END, "HTTP/1.1 400 " },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int fd = dial(f);

		say(fd, cases[i].says);
		const char *text = hear(f, fd);

		if (strncmp(text, cases[i].begins, strlen(cases[i].begins)) != 0)
			fail_msg("%s: %s", cases[i].says, text);
		assert_non_null(strstr(text, "\r\nConnection: close\r\n"));
		if (i == 0)
			assert_non_null(strstr(text, "Content-Length: 5\r\n"));
		assert_int_equal(strstr(text, "\r\n\r\nfine\n") != NULL, i == 0);
	}
	assert_int_equal(f->asked, 3);
}

static void test_in_pieces(void **state)
{
	struct fixture *f = *state;
	int fd = dial(f);

	for (const char *p = "GET /ok HTTP/1.1" END; *p; p++) {
		assert_int_equal(write(fd, p, 1), 1);
		uv_run(&f->loop, UV_RUN_NOWAIT);
	}
	assert_non_null(strstr(hear(f, fd), "fine"));
}

/* As many as there is room for say nothing; one more is closed; and they go by themselves. */
static void test_too_many(void **state)
{
	struct fixture *f = *state;
	int idle[PROBE_CONNS_MAX], one;

	for (size_t i = 0; i < PROBE_CONNS_MAX; i++) {
		idle[i] = dial(f);
		uv_run(&f->loop, UV_RUN_NOWAIT);
	}
	assert_string_equal(hear(f, dial(f)), "");
	assert_int_equal(f->asked, 0);
	for (size_t i = 0; i < PROBE_CONNS_MAX; i++)
		assert_string_equal(hear(f, idle[i]), ""); /* after PROBE_LIFE_MS */
	one = dial(f);
	say(one, "GET /ok HTTP/1.1" END);
	assert_non_null(strstr(hear(f, one), "fine"));
}

static void test_ends_in_between(void **state)
{
	struct fixture *f = *state;
	int fd = dial(f);

	say(fd, "GET /o");
	for (int i = 0; i < 20; i++)
		uv_run(&f->loop, UV_RUN_NOWAIT);
	/* end() frees it with an open connection; the sanitizers look at the rest */
	close(fd);
}

static void test_refused(void **state)
{
	struct fixture *f = *state;
	const struct probe_handler h = { get, f };
	struct probe *other = NULL;

	assert_int_equal(
		probe_new(&other, &f->loop, "127.0.0.1", probe_port(f->probe), &h),
		EADDRINUSE);
	assert_int_equal(probe_new(&other, &f->loop, "example", 1, &h), EINVAL);
	assert_null(other);
}

#define LISTENING(t) cmocka_unit_test_setup_teardown(t, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		LISTENING(test_answers),
		LISTENING(test_in_pieces),
		LISTENING(test_too_many),
		LISTENING(test_ends_in_between),
		LISTENING(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
