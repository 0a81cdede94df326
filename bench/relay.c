/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * bench: what a talk costs the relay.  Browser lines (SRTP) and plain RTP legs, joined in pairs, each
 * sending 50 packets a second, spread over the 20 ms; the relay's CPU time is read from the kernel.
 *
 *   bench_relay RELAY [TALKS [SECONDS]]
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "relay/client.h"
#include "tools/line_client.h"
#include "tools/rtp_end.h"

#define TALKS_MAX 500
#define STEPS     20 /* the talks are spread over this many parts of a frame */

struct talk {
	struct line_client *line;
	struct rtp_end *end;
};

struct bench {
	pid_t pid;
	char path[64];
	struct relayc *rc;
	union rp_any reply;
	bool answered;
	struct talk talks[TALKS_MAX];
	int n;
};

static int64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static void on_reply(void *arg, uint16_t command, const union rp_any *m)
{
	struct bench *b = arg;

	memcpy(&b->reply, m, rp_size(m->head.type));
	b->answered = true;
}

static void on_event(void *arg, const union rp_any *m)
{
}

static void die(const char *what)
{
	fprintf(stderr, "bench_relay: %s\n", what);
	exit(1);
}

static void on_gone(void *arg, int err)
{
	die("the relay is gone");
}

static const union rp_any *call(
	struct bench *b, union rp_any *m, uint16_t type, uint64_t leg)
{
	b->answered = false;
	if (relayc_send(b->rc, m, type, leg, -1, NULL))
		die("cannot send");
	while (!b->answered) {
		struct pollfd p = { relayc_fd(b->rc), POLLIN, 0 };

		(void)poll(&p, 1, 100);
		relayc_poll(b->rc);
	}
	if (b->reply.head.err)
		die(strerror(b->reply.head.err));
	return &b->reply;
}

static void start(struct bench *b, const char *exe)
{
	const struct relayc_handler h = { on_reply, on_event, on_gone, b };

	snprintf(b->path, sizeof b->path, "/tmp/heimamt-bench-%d", (int)getpid());
	b->pid = fork();
	if (!b->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* also when this program dies */
		if (!freopen("/dev/null", "w", stderr))
			_exit(126);
		execl(exe, exe, "--socket", b->path, "--media-address", "127.0.0.1",
			(char *)NULL);
		_exit(127);
	}
	for (int i = 0; i < 500 && relayc_new(&b->rc, b->path, 1, &h); i++)
		usleep(10000);
	if (!b->rc)
		die("the relay does not start");
}

static void make_line(struct bench *b, struct talk *t, uint64_t leg)
{
	union rp_any m = { .leg_web = { .pt = 8 } };
	struct rp_leg_ok ok;

	if (line_client_new(&t->line))
		die("no line client");
	const struct line_client_identity *me = line_client_identity(t->line);

	memcpy(m.leg_web.ufrag, me->ufrag, sizeof me->ufrag);
	memcpy(m.leg_web.pwd, me->pwd, sizeof me->pwd);
	memcpy(m.leg_web.fingerprint, me->fingerprint, sizeof me->fingerprint);
	ok = call(b, &m, RP_LEG_WEB, leg)->leg_ok;
	line_client_connect(t->line, ok.addr, ok.port, ok.ufrag, ok.pwd,
		call(b, &m, RP_HELLO, 0)->hello_ok.fingerprint);
	for (int i = 0; i < 5000 && line_client_state(t->line) < LINE_UP; i++) {
		line_client_poll(t->line);
		usleep(1000);
	}
	if (line_client_state(t->line) != LINE_UP)
		die("a line does not come up");
}

static void make_talk(struct bench *b, struct talk *t, uint64_t leg)
{
	union rp_any m = { .leg_rtp = { .pt = 8 } };

	make_line(b, t, leg);
	t->end = rtp_end_new();
	if (!t->end)
		die("no endpoint");
	rtp_end_to(t->end, call(b, &m, RP_LEG_RTP, leg + 1)->leg_ok.port);
	m = (union rp_any){ .join = { .other = leg + 1 } };
	(void)call(b, &m, RP_JOIN, leg);
}

static void step(struct bench *b, int part)
{
	for (int i = 0; i < b->n; i++) {
		line_client_poll(b->talks[i].line);
		rtp_end_poll(b->talks[i].end);
		if (i % STEPS != part)
			continue;
		line_client_send(b->talks[i].line, 0);
		rtp_end_send(b->talks[i].end, 0);
	}
}

static size_t received(struct bench *b)
{
	size_t n = 0;

	for (int i = 0; i < b->n; i++)
		n += line_client_log(b->talks[i].line)->n + b->talks[i].end->log.n;
	return n;
}

/* user and system time of the relay in microseconds */
static int64_t cpu_us(pid_t pid)
{
	unsigned long user = 0, sys = 0;
	char path[64];
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	f = fopen(path, "r");
	if (!f ||
		fscanf(f, "%*d %*s %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
			&user, &sys) != 2)
		die("cannot read the relay's CPU time");
	fclose(f);
	return (int64_t)(user + sys) * 1000000 / sysconf(_SC_CLK_TCK);
}

static void measure(struct bench *b, int seconds, bool tell)
{
	int64_t cpu = cpu_us(b->pid), begin = now_us(), next = begin;
	size_t sent = (size_t)seconds * 50 * 2 * (size_t)b->n, got = received(b);

	for (int k = 0; k < seconds * 50 * STEPS; k++) {
		step(b, k % STEPS);
		next += 20000 / STEPS;
		int64_t left = next - now_us();

		if (left > 0)
			usleep((useconds_t)left);
	}
	for (int i = 0; i < 50; i++) {
		step(b, -1);
		usleep(1000);
	}
	cpu = cpu_us(b->pid) - cpu;
	got = received(b) - got;
	double wall = (double)(now_us() - begin);

	if (!tell)
		return;
	printf("%d talks, %.1f s: %zu packets sent, %zu relayed, "
	       "%.1f us CPU per relayed packet, %.1f %% of a core\n",
		b->n, wall / 1e6, sent, got, (double)cpu / (double)got,
		100 * (double)cpu / wall);
}

int main(int argc, char **argv)
{
	static struct bench b;
	int seconds = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 5;
	struct rlimit lim;
	union rp_any m;

	if (argc < 2)
		return 2;
	int talks = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 100;

	if (talks < 1 || talks > TALKS_MAX || seconds < 1)
		return 2;
	getrlimit(RLIMIT_NOFILE, &lim);
	lim.rlim_cur = lim.rlim_max;
	setrlimit(RLIMIT_NOFILE, &lim);
	start(&b, argv[1]);
	(void)call(&b, &m, RP_HELLO, 0);
	while (b.n < talks) {
		make_talk(&b, &b.talks[b.n], (uint64_t)b.n * 2 + 1);
		b.n++;
		step(&b, -1); /* consent of those that stand */
	}
	measure(&b, 1, false); /* latching and first packets */
	measure(&b, seconds, true);
	for (int i = 0; i < b.n; i++) {
		line_client_free(b.talks[i].line);
		rtp_end_free(b.talks[i].end);
	}
	relayc_free(b.rc);
	kill(b.pid, SIGTERM);
	waitpid(b.pid, NULL, 0);
	(void)unlink(b.path); /* the relay leaves its name */
	return 0;
}
