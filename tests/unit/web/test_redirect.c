/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* redirect: what is asked by plain HTTP, where it leads, and the proofs for a certificate. */
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
#include <sys/stat.h>
#include <unistd.h>

#include "web/redirect.h"

#define END   "\r\nHost: desk.example.org\r\n\r\n"
#define PATH  "/.well-known/acme-challenge/"
#define TOKEN "LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0"

static const struct request_house house = {
	.names = { "desk.example.org", "desk.example.com:8443", "[2001:db8::7]" },
	.n = 3,
	.port = 443,
};

static const struct {
	const char *request;
	unsigned status;
	const char *to; /* with status 200 */
} rows[] = {
	{ "GET /desk/?x=1 HTTP/1.1" END, 200, "https://desk.example.org/desk/?x=1" },
	{ "HEAD / HTTP/1.1" END, 200, "https://desk.example.org/" },
	{ "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 200,
		"https://desk.example.org/" },
	{ "GET / HTTP/1.1\r\nhost:DESK.EXAMPLE.COM:80\r\n\r\n", 200,
		"https://desk.example.com:8443/" },
	{ "GET / HTTP/1.1\r\nX: y\r\nHost: [2001:db8::7]\r\n\r\n", 200,
		"https://[2001:db8::7]/" },
	{ "GET //evil.example/ HTTP/1.1" END, 200,
		"https://desk.example.org//evil.example/" },
	{ "GET http://desk.example.com/a HTTP/1.1\r\nHost: x\r\n\r\n", 200,
		"https://desk.example.com:8443/a" },
	{ "GET http://evil.example HTTP/1.1\r\nHost: x\r\n\r\n", 200,
		"https://desk.example.org/" },
	{ "GET / HTTP/1.0\r\n\r\n", 200, "https://desk.example.org/" },
	{ "GET / HTTP/1.1" END "a body", 200, "https://desk.example.org/" },
	{ "", 0, NULL },
	{ "GET / HTTP/1.1\r\nHost: desk.example.org\r\n", 0, NULL },
	{ "GET / HTTP/1.1\r\n\r\n", 400, NULL },
	{ "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400, NULL },
	{ "GET / HTTP/2.0" END, 400, NULL },
	{ "GET /" END, 400, NULL },
	{ "GET  / HTTP/1.1" END, 400, NULL },
	{ "GET * HTTP/1.1" END, 400, NULL },
	{ "GET desk.example.org/ HTTP/1.1" END, 400, NULL },
	{ "GET https://desk.example.org/ HTTP/1.1" END, 400, NULL },
	{ "GET /\n HTTP/1.1" END, 400, NULL },
	{ "GET /\xc3\xa9 HTTP/1.1" END, 400, NULL },
	{ "\r\n\r\n", 400, NULL },
	{ "POST / HTTP/1.1" END, 405, NULL },
	{ "CONNECT / HTTP/1.1" END, 405, NULL },
	{ "get / HTTP/1.1" END, 405, NULL },
};

static void test_parse(void **state)
{
	char big[PROBE_REQUEST_MAX], to[PROBE_FIELD_MAX];
	struct redirect_request rq;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		unsigned is = redirect_parse(
			rows[i].request, strlen(rows[i].request), &rq);

		if (is != rows[i].status)
			fail_msg("row %zu: %u", i, is);
		if (is != 200)
			continue;
		assert_int_equal(redirect_location(&house, &rq, to, sizeof to), 0);
		assert_string_equal(to, rows[i].to);
		assert_int_equal(rq.is_head, *rows[i].request == 'H');
	}
	memset(big, 'x', sizeof big);
	assert_int_equal(redirect_parse(big, sizeof big - 1, &rq), 0);
	assert_int_equal(redirect_parse(big, sizeof big, &rq), 431);
	memcpy(big, "GET /", 5);
	memcpy(big + 5 + REDIRECT_TARGET_MAX - 2, " HTTP/1.0\r\n\r\n", 13);
	assert_int_equal(redirect_parse(big, sizeof big, &rq), 200);
	assert_int_equal(redirect_location(&house, &rq, to, 64), ENAMETOOLONG);
	memcpy(big + 5 + REDIRECT_TARGET_MAX - 2, "x HTTP/1.0\r\n\r\n", 14);
	assert_int_equal(redirect_parse(big, sizeof big, &rq), 414);
}

static void test_our_port(void **state)
{
	struct request_house other = house;
	struct redirect_request rq = { "/x", "desk.example.org", false };
	char to[PROBE_FIELD_MAX];

	other.port = 8470;
	assert_int_equal(redirect_location(&other, &rq, to, sizeof to), 0);
	assert_string_equal(to, "https://desk.example.org:8470/x");
	memcpy(rq.host, "2001:db8::7", sizeof "2001:db8::7");
	assert_int_equal(redirect_location(&other, &rq, to, sizeof to), 0);
	assert_string_equal(to, "https://[2001:db8::7]:8470/x");
	memcpy(rq.host, "desk.example.com", sizeof "desk.example.com");
	assert_int_equal(redirect_location(&other, &rq, to, sizeof to), 0);
	assert_string_equal(to, "https://desk.example.com:8443/x"); /* its own */
}

static void test_token(void **state)
{
	static const char *const none[] = { PATH, "/" TOKEN, PATH "../" TOKEN, PATH ".",
		PATH "..", PATH "a/b", PATH "a?b", PATH "a%2fb", PATH "a.txt", PATH "/a",
		"/.well-known/acme-challenge", "/x" PATH TOKEN };
	char most[sizeof PATH + REDIRECT_TOKEN_MAX + 1] = PATH;

	assert_string_equal(redirect_token(PATH TOKEN), TOKEN);
	assert_string_equal(redirect_token(PATH "-_09azAZ"), "-_09azAZ");
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		if (redirect_token(none[i]))
			fail_msg("%s", none[i]);
	memset(most + sizeof PATH - 1, 'a', REDIRECT_TOKEN_MAX);
	assert_non_null(redirect_token(most));
	most[sizeof PATH - 1 + REDIRECT_TOKEN_MAX] = 'a';
	assert_null(redirect_token(most));
}

/* --- the listener --- */

struct fixture {
	uv_loop_t loop;
	struct redirect *redirect;
	char folder[64];
};

static void put(const struct fixture *f, const char *name, size_t n)
{
	char path[128], bytes[REDIRECT_CHALLENGE_MAX] = { 0 };
	int fd;

	snprintf(path, sizeof path, "%s/%s", f->folder, name);
	memset(bytes, 'k', sizeof bytes);
	fd = open(path, O_CREAT | O_WRONLY | O_EXCL, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, n), (ssize_t)n);
	close(fd);
}

static int begin(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	char path[128];

	if (!f)
		return -1;
	memcpy(f->folder, "/tmp/redirect-XXXXXX", sizeof "/tmp/redirect-XXXXXX");
	if (!mkdtemp(f->folder) || uv_loop_init(&f->loop) ||
		redirect_new(&f->redirect, &f->loop, "127.0.0.1", 0, &house, f->folder))
		return -1;
	put(f, TOKEN, 88);
	put(f, "most", REDIRECT_CHALLENGE_MAX - 1);
	put(f, "more", REDIRECT_CHALLENGE_MAX);
	put(f, ".hidden", 3);
	snprintf(path, sizeof path, "%s/link", f->folder);
	if (symlink("/etc/passwd", path))
		return -1;
	snprintf(path, sizeof path, "%s/pipe", f->folder);
	if (mkfifo(path, 0600))
		return -1;
	snprintf(path, sizeof path, "%s/folder", f->folder);
	if (mkdir(path, 0700))
		return -1;
	*state = f;
	return 0;
}

static int end(void **state)
{
	static const char *const all[] = { TOKEN, "most", "more", ".hidden", "link",
		"pipe" };
	struct fixture *f = *state;
	char path[128];
	int err;

	redirect_free(f->redirect);
	uv_run(&f->loop, UV_RUN_DEFAULT);
	err = uv_loop_close(&f->loop);
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		snprintf(path, sizeof path, "%s/%s", f->folder, all[i]);
		unlink(path);
	}
	snprintf(path, sizeof path, "%s/folder", f->folder);
	rmdir(path);
	rmdir(f->folder);
	free(f);
	return err;
}

static int dial(struct fixture *f)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(redirect_port(f->redirect)),
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
	static char text[8192];
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

static const char *ask(struct fixture *f, const char *text)
{
	int fd = dial(f);

	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	return hear(f, fd);
}

static void test_answers(void **state)
{
	static const struct {
		const char *says, *begins, *has;
	} cases[] = {
		{ "GET /desk/ HTTP/1.1" END, "HTTP/1.1 308 Permanent Redirect\r\n",
			"\r\nLocation: https://desk.example.org/desk/\r\n" },
		{ "HEAD /desk/ HTTP/1.1" END, "HTTP/1.1 308 ",
			"\r\nContent-Length: 0\r\n" },
		{ "POST /desk/ HTTP/1.1" END, "HTTP/1.1 405 ",
			"\r\nAllow: GET, HEAD\r\n" },
		{ "nonsense" END, "HTTP/1.1 400 ", "" },
		{ "GET " PATH TOKEN " HTTP/1.1" END, "HTTP/1.1 200 OK\r\n",
			"\r\nContent-Length: 88\r\n" },
		{ "GET " PATH TOKEN " HTTP/1.1" END, "HTTP/1.1 200 OK\r\n",
			"\r\n\r\nkkkkkkkk" },
		{ "GET " PATH "most HTTP/1.1" END, "HTTP/1.1 200 ",
			"\r\nContent-Length: 4095\r\n" },
		{ "GET " PATH "more HTTP/1.1" END, "HTTP/1.1 404 ", "" },
		{ "GET " PATH "none HTTP/1.1" END, "HTTP/1.1 404 ", "" },
		{ "GET " PATH "link HTTP/1.1" END, "HTTP/1.1 404 ", "" },
		{ "GET " PATH "pipe HTTP/1.1" END, "HTTP/1.1 404 ", "" },
		{ "GET " PATH "folder HTTP/1.1" END, "HTTP/1.1 404 ", "" },
		{ "GET " PATH ".hidden HTTP/1.1" END, "HTTP/1.1 308 ", "" },
		{ "GET " PATH "../" TOKEN " HTTP/1.1" END, "HTTP/1.1 308 ", "" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *text = ask(f, cases[i].says);

		if (strncmp(text, cases[i].begins, strlen(cases[i].begins)) != 0 ||
			!strstr(text, cases[i].has))
			fail_msg("%s: %s", cases[i].says, text);
		assert_non_null(strstr(text, "\r\nConnection: close\r\n"));
	}
}

static void test_head_has_no_body(void **state)
{
	const char *text = ask(*state, "HEAD " PATH TOKEN " HTTP/1.1" END);
	const char *end = strstr(text, "\r\n\r\n");

	assert_non_null(strstr(text, "\r\nContent-Length: 88\r\n"));
	assert_non_null(end);
	assert_string_equal(end, "\r\n\r\n");
}

/* One address has its share, and no more; what says nothing goes by itself. */
static void test_too_many(void **state)
{
	struct fixture *f = *state;
	int idle[REDIRECT_HERE_MAX], one;

	for (size_t i = 0; i < REDIRECT_HERE_MAX; i++) {
		idle[i] = dial(f);
		uv_run(&f->loop, UV_RUN_NOWAIT);
	}
	one = dial(f);
	assert_string_equal(hear(f, one), "");
	for (size_t i = 0; i < REDIRECT_HERE_MAX; i++)
		assert_string_equal(hear(f, idle[i]), "");
	assert_non_null(strstr(ask(f, "GET / HTTP/1.1" END), " 308 "));
}

static void test_what_cannot_be(void **state)
{
	const struct request_house nobody = { 0 };
	char long_folder[600];
	struct redirect *r = NULL;
	struct fixture *f = *state;

	memset(long_folder, 'x', sizeof long_folder);
	long_folder[sizeof long_folder - 1] = 0;
	assert_int_equal(redirect_new(&r, &f->loop, "127.0.0.1", 0, &nobody, ""), EINVAL);
	assert_int_equal(
		redirect_new(&r, &f->loop, "127.0.0.1", 0, &house, long_folder), EINVAL);
	assert_int_equal(redirect_new(&r, &f->loop, "127.0.0.1",
				 redirect_port(f->redirect), &house, ""),
		EADDRINUSE);
	assert_null(r);
	redirect_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_our_port),
		cmocka_unit_test(test_token),
		cmocka_unit_test_setup_teardown(test_answers, begin, end),
		cmocka_unit_test_setup_teardown(test_head_has_no_body, begin, end),
		cmocka_unit_test_setup_teardown(test_too_many, begin, end),
		cmocka_unit_test_setup_teardown(test_what_cannot_be, begin, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
