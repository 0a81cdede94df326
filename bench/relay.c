/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * bench/relay -- what a relayed packet costs: our relay, rtpengine and the bare kernel, one after the other with
 * the same talks (a browser's line with DTLS-SRTP, a plain RTP end), 50 packets a second each way.
 *
 * The server's CPU time is the scheduler's own count (/proc/PID/task/N/schedstat, nanoseconds, all threads), so a
 * busy machine disturbs it little.  A packet carries the time of its sending; its delay ends when the
 * kernel has it for the other end.  Of several rounds the one with the least CPU per packet is told.
 */
#include <dirent.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/slice.h"
#include "relay_server.h"
#include "tools/stamp.h"

#define TALKS_MAX 500
#define COUNTS    8 /* different numbers of talks in a run */
#define STEPS     20 /* the talks are spread over this many parts of a frame */
#define STEP_US   (20000 / STEPS)
#define WARM_S    1 /* latching, first packets */
#define DRAIN_US  100000

struct options {
	bool json;
	int seconds, rounds;
	const char *relay, *rtpengine;
	unsigned int counts[COUNTS];
	size_t n_counts;
};

struct result {
	const char *name;
	unsigned int talks;
	uint64_t sent, got;
	double us_per_packet, core; /* core: share of one */
	uint32_t delay_median_us, delay_p99_us;
};

struct run {
	struct server s;
	struct talk *talks;
	unsigned int n;
	int epoll_fd;
	bool counts;
	uint64_t sent, got;
	uint32_t *delays;
	size_t delays_max;
};

void must(bool ok, const char *who, const char *what)
{
	if (ok)
		return;
	(void)fprintf(stderr, "bench_relay: %s: %s\n", who, what);
	exit(1);
}

pid_t server_spawn(const char *path, const char *const argv[])
{
	pid_t pid = fork();

	must(pid >= 0, path, "does not fork");
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* also when this program dies */
	if (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr))
		_exit(126);
	execv(path, (char *const *)argv); /* the old prototype: it changes nothing */
	_exit(127);
}

void server_kill(struct server *s)
{
	if (s->pid <= 0)
		return;
	kill(s->pid, SIGKILL);
	waitpid(s->pid, NULL, 0);
	s->pid = 0;
}

void server_wait_line(struct server *s, struct line_client *line)
{
	for (int i = 0; i < 5000 && line_client_state(line) < LINE_UP; i++) {
		line_client_poll(line);
		usleep(1000);
	}
	must(line_client_state(line) == LINE_UP, s->name, "a line does not come up");
}

static void on_heard(void *arg, const struct rtp_packet *p, int64_t at_us)
{
	struct run *r = arg;
	int64_t delay;

	if (!r->counts || p->payload.n != TONE_FRAME)
		return;
	delay = at_us - (int64_t)be64_get(p->payload.p);
	if (r->got < r->delays_max)
		r->delays[r->got] = delay > 0 ? (uint32_t)delay : 0;
	r->got++;
}

static void send_both(struct run *r, struct talk *t)
{
	uint8_t frame[TONE_FRAME];

	memset(frame, 0xD5, sizeof frame); /* A-law silence, for what it matters */
	be64_put(frame, (uint64_t)stamp_now_us());
	if (t->line)
		line_client_voice(t->line, frame);
	else
		rtp_end_voice(t->plain, frame);
	be64_put(frame, (uint64_t)stamp_now_us());
	rtp_end_voice(t->end, frame);
	if (r->counts)
		r->sent += 2;
}

static void poll_talk(struct talk *t, bool is_end)
{
	if (is_end)
		rtp_end_poll(t->end);
	else if (t->line)
		line_client_poll(t->line);
	else
		rtp_end_poll(t->plain);
}

static void take_until(struct run *r, int64_t until_us)
{
	struct epoll_event events[256];
	int64_t left;

	do {
		left = until_us - stamp_now_us();
		int n = epoll_wait(r->epoll_fd, events, 256,
			left > 0 ? (int)(left + 999) / 1000 : 0);

		for (int i = 0; i < n; i++)
			poll_talk(&r->talks[events[i].data.u32 / 2],
				events[i].data.u32 & 1);
	} while (left > 0);
}

static void send_for(struct run *r, int seconds)
{
	int64_t next = stamp_now_us();

	for (unsigned int k = 0; k < (unsigned int)seconds * 50 * STEPS; k++) {
		for (unsigned int i = k % STEPS; i < r->n; i += STEPS) {
			if (r->talks[i].line)
				line_client_timers(r->talks[i].line);
			send_both(r, &r->talks[i]);
		}
		next += STEP_US;
		take_until(r, next);
	}
}

/* Nanoseconds of CPU of all threads of a process. */
static uint64_t cpu_ns(pid_t pid)
{
	char path[300];
	uint64_t sum = 0;
	struct dirent *e;
	DIR *d;

	(void)snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
	d = opendir(path);
	must(d, "the server", "it is gone");
	while ((e = readdir(d))) {
		unsigned long long ns = 0;
		FILE *f;

		(void)snprintf(path, sizeof path, "/proc/%d/task/%s/schedstat", (int)pid,
			e->d_name);
		f = *e->d_name == '.' ? NULL : fopen(path, "r");
		if (!f)
			continue;
		must(fscanf(f, "%llu", &ns) == 1, path, "cannot be read");
		sum += ns;
		fclose(f);
	}
	closedir(d);
	return sum;
}

static void watch(struct run *r, int fd, uint32_t data)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u32 = data };

	must(!epoll_ctl(r->epoll_fd, EPOLL_CTL_ADD, fd, &ev), "epoll", "is full");
}

static void make_talk(struct run *r, unsigned int i)
{
	struct talk *t = &r->talks[i];
	bool is_floor = r->s.begin != NULL;

	t->end = rtp_end_new();
	if (is_floor)
		t->plain = rtp_end_new();
	must(t->end && (is_floor ? t->plain != NULL : !line_client_new(&t->line)),
		r->s.name, "no endpoint");
	r->s.talk(&r->s, t, i);
	if (t->line)
		line_client_listen(t->line, on_heard, r);
	else
		rtp_end_listen(t->plain, on_heard, r);
	rtp_end_listen(t->end, on_heard, r);
	watch(r, t->line ? line_client_fd(t->line) : t->plain->rtp, i * 2);
	watch(r, t->end->rtp, i * 2 + 1);
	for (unsigned int k = 0; k < i; k++) /* consent of those that stand */
		if (r->talks[k].line)
			line_client_timers(r->talks[k].line);
	take_until(r, 0);
}

static void open_run(struct run *r, const struct server *s, const char *path,
	unsigned int talks, int seconds)
{
	*r = (struct run){ .s = *s, .n = talks };
	r->s.path = path;
	r->talks = calloc(talks, sizeof *r->talks);
	r->delays_max = (size_t)seconds * 100 * talks;
	r->delays = calloc(r->delays_max, sizeof *r->delays);
	r->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	must(r->talks && r->delays && r->epoll_fd >= 0, s->name, "no memory");
	r->s.start(&r->s);
	for (unsigned int i = 0; i < talks; i++)
		make_talk(r, i);
	if (r->s.begin)
		r->s.begin(&r->s, r->talks, talks);
}

static void close_run(struct run *r)
{
	r->s.stop(&r->s);
	for (unsigned int i = 0; i < r->n; i++) {
		line_client_free(r->talks[i].line);
		rtp_end_free(r->talks[i].plain);
		rtp_end_free(r->talks[i].end);
	}
	close(r->epoll_fd);
	free(r->delays);
	free(r->talks);
}

static int by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static struct result measure(
	const struct server *s, const char *path, unsigned int talks, int seconds)
{
	struct run r;

	open_run(&r, s, path, talks, seconds);
	send_for(&r, WARM_S);
	take_until(&r, stamp_now_us() + DRAIN_US);
	r.counts = true;
	uint64_t cpu = cpu_ns(r.s.pid);
	int64_t begin = stamp_now_us();

	send_for(&r, seconds);
	int64_t wall = stamp_now_us() - begin;

	take_until(&r, stamp_now_us() + DRAIN_US);
	cpu = cpu_ns(r.s.pid) - cpu;
	must(r.got > 0, s->name, "relays nothing");
	size_t n = r.got < r.delays_max ? r.got : r.delays_max;

	qsort(r.delays, n, sizeof *r.delays, by_size);
	struct result out = { .name = s->name,
		.talks = talks,
		.sent = r.sent,
		.got = r.got,
		.us_per_packet = (double)cpu / 1000 / (double)r.got,
		.core = (double)cpu / 1000 / (double)wall,
		.delay_median_us = r.delays[n / 2],
		.delay_p99_us = r.delays[n * 99 / 100] };

	close_run(&r);
	return out;
}

static void print_row(const struct result *r)
{
	double lost = r->sent > r->got ? (double)(r->sent - r->got) : 0;

	printf("%-10s %5u %12.1f us %9.1f %% %8.3f %% %9u us %9u us\n", r->name, r->talks,
		r->us_per_packet, 100 * r->core, 100 * lost / (double)r->sent,
		r->delay_median_us, r->delay_p99_us);
}

static void print_json(const struct result *r, bool is_first)
{
	printf("%s{\"server\":\"%s\",\"talks\":%u,\"sent\":%llu,\"relayed\":%llu,"
	       "\"cpu_us_per_packet\":%.2f,\"core\":%.4f,\"delay_median_us\":%u,"
	       "\"delay_p99_us\":%u}",
		is_first ? "[" : ",\n ", r->name, r->talks, (unsigned long long)r->sent,
		(unsigned long long)r->got, r->us_per_packet, r->core, r->delay_median_us,
		r->delay_p99_us);
}

static struct result best_of(struct result best, struct result now)
{
	return !best.name || now.us_per_packet < best.us_per_packet ? now : best;
}

static void run_count(const struct options *o, unsigned int talks, bool is_first)
{
	const struct server *servers[] = { &server_heimamt, &server_floor,
		&server_rtpengine };
	size_t n = o->rtpengine ? 3 : 2;
	struct result best[3] = { 0 };

	for (int round = 0; round < o->rounds; round++)
		for (size_t i = 0; i < n; i++)
			best[i] = best_of(best[i],
				measure(servers[i], i == 2 ? o->rtpengine : o->relay,
					talks, o->seconds));
	for (size_t i = 0; i < n; i++)
		if (o->json)
			print_json(&best[i], is_first && i == 0);
		else
			print_row(&best[i]);
	if (!o->json && n == 3)
		printf("%-10s %5u %12.2f\n", "ratio", talks,
			best[2].us_per_packet / best[0].us_per_packet);
	(void)fflush(stdout);
}

static void usage(FILE *to)
{
	(void)fprintf(to,
		"bench_relay [--json] [--seconds S] [--rounds R] [--rtpengine PROGRAM] "
		"RELAY [TALKS...]\n"
		"  CPU of the server per relayed packet, loss, and the delay that it "
		"adds, with TALKS talks (up to %d;\n"
		"  default 100), best of R rounds (1) of S seconds (5).  ratio: "
		"rtpengine's CPU by ours.\n",
		TALKS_MAX);
}

static bool read_number(const char *text, long max, long *out)
{
	char *end;

	*out = text ? strtol(text, &end, 10) : 0;
	return text && *text && !*end && *out > 0 && *out <= max;
}

static bool read_options(struct options *o, int argc, char **argv)
{
	long v = 0;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0) {
			o->json = true;
		} else if (strcmp(argv[i], "--rtpengine") == 0 && i + 1 < argc) {
			o->rtpengine = argv[++i];
		} else if (strcmp(argv[i], "--seconds") == 0) {
			if (!read_number(argv[++i], 600, &v))
				return false;
			o->seconds = (int)v;
		} else if (strcmp(argv[i], "--rounds") == 0) {
			if (!read_number(argv[++i], 100, &v))
				return false;
			o->rounds = (int)v;
		} else if (!o->relay && *argv[i] != '-') {
			o->relay = argv[i];
		} else if (o->n_counts < COUNTS && read_number(argv[i], TALKS_MAX, &v)) {
			o->counts[o->n_counts++] = (unsigned int)v;
		} else {
			return false;
		}
	}
	if (!o->n_counts)
		o->counts[o->n_counts++] = 100;
	return o->relay != NULL;
}

int main(int argc, char **argv)
{
	struct options o = { .seconds = 5, .rounds = 1 };
	struct rlimit lim;

	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		usage(stdout);
		return 0;
	}
	if (!read_options(&o, argc, argv)) {
		usage(stderr);
		return 2;
	}
	/* Servers and tester before all else where that is allowed: who waits gets many packets at a time, which
	 * is cheaper, and late. */
	(void)sched_setscheduler(0, SCHED_RR, &(struct sched_param){ 1 });
	getrlimit(RLIMIT_NOFILE, &lim);
	lim.rlim_cur = lim.rlim_max;
	setrlimit(RLIMIT_NOFILE, &lim);
	if (!o.json)
		printf("%-10s %5s %15s %11s %10s %12s %12s\n", "", "talks", "CPU/packet",
			"of a core", "lost", "delay", "99 %");
	(void)fflush(stdout); /* a process that is started would say it again */
	for (size_t i = 0; i < o.n_counts; i++)
		run_count(&o, o.counts[i], i == 0);
	if (o.json)
		puts("]");
	return 0;
}
