/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* relay: the real daemon and its control: epochs, restarts, snapshots, malformed messages, linger. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rig.h"

#define A    0x300001u
#define B    0x300002u
#define LINE 0x300003u

static const char *relay_exe;

static int setup(void **state)
{
	return rig_open(state, relay_exe, 5);
}

static void test_hello(void **state)
{
	struct rig *g = *state;
	const struct rp_hello_ok *ok = &g->reply.hello_ok;
	struct rlimit core;

	assert_int_equal(ok->head.type, RP_HELLO_OK);
	assert_true(ok->port > 0 && ok->tcp_port > 0);
	assert_int_equal(ok->pid, g->pid);
	assert_string_equal(ok->addr, "127.0.0.1");
	assert_int_not_equal(ok->port, 0);
	assert_int_equal(ok->n_legs, 0);
	assert_int_equal(prlimit(g->pid, RLIMIT_CORE, NULL, &core), 0);
	assert_int_equal(core.rlim_max, 0); /* it prepared itself */
	rig_rtp(g, A, false, 0);
	assert_int_equal(rig_do(g, RP_HELLO, 0), 0);
	assert_int_equal(g->reply.hello_ok.n_legs, 1);
}

/* Bytes as they are, on a connection of their own; the reply's err, or -1 for a reply that is none. */
static int raw(struct rig *g, const void *p, size_t n)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	union rp_any m = { 0 };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	snprintf(un.sun_path, sizeof un.sun_path, "%s", g->path);
	assert_int_equal(connect(fd, (struct sockaddr *)&un, sizeof un), 0);
	assert_int_equal(send(fd, p, n, MSG_NOSIGNAL), n);
	ssize_t got = recv(fd, &m, sizeof m, 0);

	close(fd);
	return got == (ssize_t)sizeof m.head && m.head.type == RP_DONE &&
			m.head.version == RP_VERSION
		? m.head.err
		: -1;
}

static void test_malformed_messages(void **state)
{
	struct rig *g = *state;
	static uint8_t big[sizeof(union rp_any) + 100];
	const struct rp_head ok = {
		.version = RP_VERSION, .type = RP_STATS, .epoch = 5, .seq = 9
	};
	struct rp_head h = ok;

	assert_int_equal(raw(g, "x", 1), EPROTO);
	assert_int_equal(raw(g, &h, sizeof h - 1), EPROTO);
	memcpy(big, &h, sizeof h);
	assert_int_equal(raw(g, big, sizeof h + 1), EPROTO);
	assert_int_equal(raw(g, big, sizeof big), EPROTO);
	h.version = RP_VERSION + 1;
	assert_int_equal(raw(g, &h, sizeof h), EPROTO);
	static const uint16_t types[] = { 0, RP_QUIT + 1, RP_DONE, RP_LEG_OK, RP_EV_UP,
		1000, 65535 };

	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		h = ok;
		h.type = types[i];
		assert_int_equal(raw(g, &h, sizeof h), EPROTO);
	}
	assert_int_equal(raw(g, &ok, sizeof ok), EPERM); /* no RP_HELLO on it */
	h = ok;
	h.epoch = 4;
	assert_int_equal(raw(g, &h, sizeof h), ESTALE);
	h.type = RP_HELLO;
	assert_int_equal(raw(g, &h, sizeof h), ESTALE);
	h.type = RP_QUIT;
	assert_int_equal(raw(g, &h, sizeof h), ESTALE);
	/* control itself has noticed nothing */
	assert_int_equal(rig_do(g, RP_HELLO, 0), 0);
}

static void test_refused_commands(void **state)
{
	struct rig *g = *state;
	static const uint16_t need_leg[] = { RP_PART, RP_STOP, RP_CLAIM };
	union rp_any m = { .leg_rtp = { .codecs = { { SOUND_PCMA, 8 } } } };

	for (size_t i = 0; i < sizeof need_leg / sizeof *need_leg; i++)
		assert_int_equal(rig_do(g, need_leg[i], 77), ENOENT);
	assert_int_equal(rig_do(g, RP_LEG_CLOSE, 77), 0);
	assert_int_equal(rig_call(g, &m, RP_LEG_RTP, 0, -1), EINVAL);
	memset(m.leg_rtp.addr, 'x', sizeof m.leg_rtp.addr);
	assert_int_equal(rig_call(g, &m, RP_LEG_RTP, A, -1), EINVAL); /* no NUL */
	m.leg_rtp.addr[9] = 0;
	assert_int_equal(rig_call(g, &m, RP_LEG_RTP, A, -1), EINVAL); /* no address */
	m = (union rp_any){ .leg_rtp = { .codecs = { { SOUND_PCMA, 128 } } } };
	assert_int_equal(rig_call(g, &m, RP_LEG_RTP, A, -1), EINVAL);
	m = (union rp_any){ .leg_web = { .codecs = { { SOUND_PCMA, 8 } } } };
	assert_int_equal(rig_call(g, &m, RP_LEG_WEB, A, -1), EINVAL); /* no ufrag */
	m = (union rp_any){ .leg_rtp = { .codecs = { { SOUND_PCMA, 8 } },
				    .addr = "0.0.0.0",
				    .port = 4000 } };
	assert_int_equal(rig_call(g, &m, RP_LEG_RTP, A, -1), 0);
	struct rp_leg_ok first = g->reply.leg_ok;

	assert_int_equal(rig_call(g, &m, RP_LEG_RTP, A, -1), 0); /* repeated */
	assert_int_equal(g->reply.leg_ok.port, first.port);
	assert_int_equal(g->reply.leg_ok.ssrc, first.ssrc);
	m = (union rp_any){ .leg_web = { .codecs = { { SOUND_PCMA, 8 } },
				    .ufrag = "abcd",
				    .pwd = "x" } };
	assert_int_equal(rig_call(g, &m, RP_LEG_WEB, A, -1), EEXIST);
	m = (union rp_any){ .join = { .other = A } };
	assert_int_equal(rig_call(g, &m, RP_JOIN, A, -1), EINVAL);
	m.join.other = 77;
	assert_int_equal(rig_call(g, &m, RP_JOIN, A, -1), ENOENT);
	m = (union rp_any){ .blob = { .len = RP_BLOB_MAX + 1 } };
	assert_int_equal(rig_call(g, &m, RP_BLOB, A, -1), EINVAL);
	m = (union rp_any){ .clip = { .clip = 0, .bytes = 100, .codec = SOUND_PCMA } };
	assert_int_equal(rig_call(g, &m, RP_CLIP, 0, -1), EINVAL); /* no descriptor */
	int fd = relayc_memfd("c", "abc", 3);

	assert_int_equal(
		rig_call(g, &m, RP_CLIP, 0, fd), EINVAL); /* shorter than it says */
	m.clip = (struct rp_clip){
		.clip = RP_CLIPS_MAX, .bytes = 3, .codec = SOUND_PCMA
	};
	assert_int_equal(rig_call(g, &m, RP_CLIP, 0, fd), EINVAL);
	close(fd);
}

static void test_three_cannot_join(void **state)
{
	struct rig *g = *state;
	union rp_any m = { .join = { .other = A } };

	rig_rtp(g, A, false, 0);
	rig_rtp(g, B, false, 0);
	rig_rtp(g, LINE, false, 0);
	rig_join(g, A, B);
	assert_int_equal(rig_call(g, &m, RP_JOIN, LINE, -1), EBUSY);
}

static void test_another_control_continues(void **state)
{
	struct rig *g = *state;
	struct rtp_end *e = rig_rtp(g, A, true, 0);
	struct line_client *c = rig_line(g, LINE);
	const double end[] = { 1000, -1, -1, -1 }, line[] = { 440, -1, -1, -1 };
	union rp_any m = { .blob = { .len = 6, .bytes = "dialog" } };

	assert_true(rig_event(g, 0, RP_EV_UP, LINE, NULL));
	while (line_client_state(c) < LINE_UP)
		rig_pump(g, 10);
	rig_join(g, A, LINE);
	assert_int_equal(rig_call(g, &m, RP_BLOB, A, -1), 0);
	rig_talk(g, 10, end, line);
	rig_drop_control(g);
	rig_talk(g, 10, end, line); /* nobody is there, the voice goes on */
	assert_true(rig_heard(g, &e->log, 20));
	assert_true(rig_heard(g, line_client_log(c), 20));
	rig_control(g, 6);
	assert_int_equal(g->reply.head.type, RP_HELLO_OK);
	assert_int_equal(g->reply.hello_ok.n_legs, 2);
	assert_int_equal(rig_do(g, RP_SNAPSHOT, 0), 0);
	assert_int_equal(g->reply.head.type, RP_SNAPSHOT_END);
	assert_int_equal(g->n_states, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct rp_leg_state *s = &g->states[i];
		bool web = s->head.leg == LINE;

		assert_true(s->head.leg == A || web);
		assert_int_equal(s->is_web, web);
		assert_int_equal(s->joined, web ? A : LINE);
		assert_true(s->is_up);
		assert_int_equal(s->len, web ? 0 : 6);
		assert_memory_equal(s->blob, web ? "" : "dialog", web ? 1 : 6);
		assert_int_not_equal(s->ok.port, 0);
		assert_int_equal(strlen(s->ok.ufrag), web ? 8 : 0);
	}
	assert_int_equal(rig_do(g, RP_CLAIM, A), 0);
	rig_talk(g, 10, end, line);
	assert_true(rig_heard(g, &e->log, 30));
	assert_true(tone_log_share(&e->log, 0, 30, 8, 440) > 0.99);
	assert_int_equal(rig_do(g, RP_PART, A), 0); /* it commands */
}

static void test_newer_control_takes_over(void **state)
{
	struct rig *g = *state;
	struct relayc *old = g->rc;

	g->rc = NULL; /* stays connected */
	rig_control(g, 6);
	assert_int_equal(g->reply.head.type, RP_HELLO_OK);
	for (int i = 0; i < RIG_WAIT_S * 100 && !g->gone; i++) {
		usleep(10000);
		relayc_poll(old);
	}
	assert_true(g->gone); /* the older one was closed */
	union rp_any m;

	assert_int_equal(relayc_send(old, &m, RP_QUIT, 0, -1, NULL), EPIPE);
	relayc_free(old);
	g->gone = false;
	/* and an older one that comes later is refused and disturbs nobody */
	struct relayc *now = g->rc;

	g->rc = NULL;
	rig_control(g, 5);
	assert_int_equal(g->reply.head.type, RP_DONE);
	assert_int_equal(g->reply.head.err, ESTALE);
	relayc_free(g->rc);
	g->rc = now;
	assert_int_equal(rig_do(g, RP_HELLO, 0), 0);
	assert_int_equal(g->reply.head.type, RP_HELLO_OK);
}

static void test_every_command_is_answered_when_the_relay_dies(void **state)
{
	struct rig *g = *state;
	union rp_any m;

	assert_int_equal(kill(g->pid, SIGSTOP), 0);
	for (int i = 0; i < 3000; i++)
		assert_int_equal(relayc_send(g->rc, &m, RP_STATS, 1, -1, &g->waiting), 0);
	assert_true(relayc_wants_write(g->rc)); /* more than a socket takes */
	assert_int_equal(kill(g->pid, SIGKILL), 0);
	waitpid(g->pid, NULL, 0);
	g->pid = 0;
	for (int i = 0; i < 100 && !g->gone; i++)
		rig_pump(g, 10);
	assert_true(g->gone);
	assert_int_equal(g->waiting, 0); /* the last one was answered as well */
	assert_int_equal(g->reply.head.err, EPIPE);
	assert_int_equal(g->answered, RP_STATS);
}

static void test_a_relay_that_hangs_is_given_up(void **state)
{
	struct rig *g = *state;
	union rp_any m;
	uint32_t first;

	assert_int_equal(relayc_oldest(g->rc), 0); /* all is answered */
	assert_int_equal(kill(g->pid, SIGSTOP), 0);
	assert_int_equal(relayc_send(g->rc, &m, RP_CLAIM, 1, -1, &first), 0);
	assert_int_equal(relayc_send(g->rc, &m, RP_STATS, 1, -1, &g->waiting), 0);
	assert_int_equal(relayc_oldest(g->rc), first);
	relayc_break(g->rc, ETIMEDOUT);
	assert_int_equal(kill(g->pid, SIGCONT), 0);
	assert_true(g->gone);
	assert_int_equal(g->waiting, 0);
	assert_int_equal(g->answered, RP_STATS);
	assert_int_equal(relayc_oldest(g->rc), 0);
	assert_int_equal(relayc_send(g->rc, &m, RP_STATS, 1, -1, NULL), EPIPE);
}

/* What /proc/PID/status says of the daemon. */
static void assert_status(const struct rig *g, const char *name, const char *want)
{
	char path[64], line[256];
	size_t n = strlen(name);
	bool found = false;

	snprintf(path, sizeof path, "/proc/%d/status", (int)g->pid);
	FILE *f = fopen(path, "re");

	assert_non_null(f);
	while (!found && fgets(line, sizeof line, f))
		found = !strncmp(line, name, n) && line[n] == ':';
	fclose(f);
	assert_true(found);
	line[strcspn(line, "\n")] = 0;
	assert_string_equal(line + n + 2, want);
}

static void assert_shut_in(const struct rig *g, const char *seccomp)
{
	assert_status(g, "Seccomp", seccomp);
	assert_status(g, "NoNewPrivs", "1");
	assert_status(g, "CapPrm", "0000000000000000");
	assert_status(g, "CapEff", "0000000000000000");
	assert_status(g, "CapAmb", "0000000000000000");
	if (geteuid() == 0) /* a plain user's bounding set cannot be narrowed */
		assert_status(g, "CapBnd", "0000000000000000");
}

static void test_the_sandbox_stands(void **state)
{
	struct rig *g = *state;

	assert_shut_in(g, "2"); /* SECCOMP_MODE_FILTER */
	assert_int_equal(rig_do(g, RP_QUIT, 0), 0);
	waitpid(g->pid, NULL, 0);
	rig_spawn(g, relay_exe, "--no-sandbox", NULL);
	rig_control(g, 6);
	assert_shut_in(g, "0");
}

/* Its name stays, because nobody in the sandbox removes a file; the next daemon takes it over. */
static void test_quit_and_stale_socket(void **state)
{
	struct rig *g = *state;
	const struct relayc_handler none = { 0 };
	struct relayc *rc = NULL;
	int status = 1;

	assert_int_equal(rig_do(g, RP_QUIT, 0), 0);
	waitpid(g->pid, &status, 0);
	g->pid = 0;
	assert_int_equal(status, 0);
	assert_int_equal(relayc_new(&rc, g->path, 6, &none), ECONNREFUSED);
	rig_spawn(g, relay_exe, NULL, NULL);
	rig_control(g, 6);
	assert_int_equal(g->reply.head.type, RP_HELLO_OK);
}

static void wait_drain(struct rig *g)
{
	for (int i = 0; i < RIG_WAIT_S * 100 && !g->drains; i++)
		rig_pump(g, 10);
	assert_int_equal(g->drains, 1);
}

static void test_draining(void **state)
{
	struct rig *g = *state;
	union rp_any m = { .leg_rtp = { .codecs = { { SOUND_PCMA, 8 } } } };
	int status = 1;

	assert_false(g->reply.hello_ok.is_draining);
	struct rtp_end *a = rig_rtp(g, A, true, 0), *b = rig_rtp(g, B, true, 0);

	assert_int_equal(kill(g->pid, SIGHUP), 0);
	wait_drain(g);
	assert_int_equal(g->n_events, 0); /* it is no event of a leg */
	assert_int_equal(rig_call(g, &m, RP_LEG_RTP, LINE, -1), ESHUTDOWN);
	m = (union rp_any){ .leg_web = { .codecs = { { SOUND_PCMA, 8 } },
				    .ufrag = "abcd",
				    .pwd = "x" } };
	assert_int_equal(rig_call(g, &m, RP_LEG_WEB, LINE, -1), ESHUTDOWN);
	/* the talks that are there go on, and may be joined anew */
	rig_join(g, A, B);
	rig_talk(g, 10, (double[]){ 1000, 440, -1, -1 }, NULL);
	assert_true(rig_heard(g, &a->log, 10) && rig_heard(g, &b->log, 10));
	rig_control(g, 6); /* a later control learns it from the greeting */
	assert_true(g->reply.hello_ok.is_draining);
	assert_int_equal(g->drains, 2);
	assert_int_equal(rig_do(g, RP_QUIT, 0), 0);
	waitpid(g->pid, &status, 0);
	g->pid = 0;
	assert_int_equal(status, 0);
}

static void nothing(void *arg, uint16_t command, const union rp_any *m)
{
	*(uint16_t *)arg = m->head.type;
}

/* An owner without the callback sees neither a crash nor an event that it does not know. */
static void test_drain_needs_no_handler(void **state)
{
	struct rig *g = *state;
	uint16_t last = 0;
	const struct relayc_handler h = { .reply = nothing, .arg = &last };
	struct relayc *rc = NULL;
	union rp_any m;

	assert_int_equal(relayc_new(&rc, g->path, 6, &h), 0);
	assert_int_equal(relayc_send(rc, &m, RP_HELLO, 0, -1, NULL), 0);
	for (int i = 0; i < RIG_WAIT_S * 100 && last != RP_HELLO_OK; i++) {
		usleep(10000);
		relayc_poll(rc);
	}
	assert_int_equal(kill(g->pid, SIGHUP), 0);
	usleep(100000);
	relayc_poll(rc);
	assert_int_equal(relayc_send(rc, &m, RP_STATS, 0, -1, NULL), 0);
	for (int i = 0; i < RIG_WAIT_S * 100 && last != RP_STATS_OK; i++) {
		usleep(10000);
		relayc_poll(rc);
	}
	assert_int_equal(last, RP_STATS_OK);
	relayc_free(rc);
}

static void test_linger(void **state)
{
	struct rig *g = calloc(1, sizeof *g);
	int status = 1;

	rig_start(g, relay_exe,
		"4"); /* it has to be greeted within that, also on a busy machine */
	rig_control(g, 1);
	for (int i = 0; i < 45;
		i++) /* longer than that, and it stays while control is there */
		rig_pump(g, 100);
	assert_int_equal(rig_do(g, RP_HELLO, 0), 0);
	rig_drop_control(g);
	assert_int_equal(waitpid(g->pid, &status, 0), g->pid);
	g->pid = 0;
	assert_int_equal(status, 0);
	rig_stop(g);
	free(g);
}

/* How the daemon ends with these arguments; its words go nowhere. */
static int ends_with(char *const argv[])
{
	int status = -1;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid) {
		if (!freopen("/dev/null", "w", stdout) ||
			!freopen("/dev/null", "w", stderr))
			_exit(126);
		execv(relay_exe, argv);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void test_options(void **state)
{
#define OK_ARGS "--socket", "/tmp/heimamt-none", "--media-address", "127.0.0.1"
	static const struct {
		int status;
		const char *args[8];
	} cases[] = {
		{ 0, { "--help" } },
		{ 2, { NULL } },
		{ 2, { "--socket", "/tmp/heimamt-none" } },
		{ 2, { OK_ARGS, "--port", "65536" } },
		{ 2, { OK_ARGS, "--rtp-ports", "5-4" } },
		{ 2, { OK_ARGS, "--rtp-ports", "4000" } },
		{ 2, { OK_ARGS, "--linger", "-1" } },
		{ 2, { OK_ARGS, "extra" } },
		{ 2, { "--nonsense" } },
		{ 1, { "--socket", "/tmp/heimamt-none", "--media-address", "0.0.0.0" } },
		{ 1, { "--socket", "/tmp/heimamt-none", "--media-address", "home" } },
		{ 1, { "--socket", "/nowhere/x", "--media-address", "127.0.0.1" } },
		{ 1, { "--socket", "/dev/null", "--media-address", "127.0.0.1" } },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *argv[10] = { (char *)(uintptr_t)relay_exe };

		for (size_t k = 0; k < 8 && cases[i].args[k]; k++)
			argv[k + 1] = (char *)(uintptr_t)cases[i].args[k];
		int status = ends_with(argv);

		if (status != cases[i].status)
			fail_msg("case %zu ended with %d", i, status);
	}
	assert_int_equal(access("/dev/null", F_OK), 0); /* not ours, not removed */
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_hello, setup, rig_close),
		cmocka_unit_test_setup_teardown(
			test_malformed_messages, setup, rig_close),
		cmocka_unit_test_setup_teardown(test_refused_commands, setup, rig_close),
		cmocka_unit_test_setup_teardown(test_three_cannot_join, setup, rig_close),
		cmocka_unit_test_setup_teardown(
			test_another_control_continues, setup, rig_close),
		cmocka_unit_test_setup_teardown(
			test_newer_control_takes_over, setup, rig_close),
		cmocka_unit_test_setup_teardown(
			test_every_command_is_answered_when_the_relay_dies, setup,
			rig_close),
		cmocka_unit_test_setup_teardown(
			test_a_relay_that_hangs_is_given_up, setup, rig_close),
		cmocka_unit_test_setup_teardown(
			test_quit_and_stale_socket, setup, rig_close),
		cmocka_unit_test_setup_teardown(
			test_the_sandbox_stands, setup, rig_close),
		cmocka_unit_test_setup_teardown(test_draining, setup, rig_close),
		cmocka_unit_test_setup_teardown(
			test_drain_needs_no_handler, setup, rig_close),
		cmocka_unit_test(test_linger),
		cmocka_unit_test(test_options),
	};

	if (argc < 2)
		return 2;
	relay_exe = argv[1];
	return cmocka_run_group_tests_name("relay_control", tests, NULL, NULL);
}
