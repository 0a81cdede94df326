/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* farm -- see farm.h. */
#include "tools/farm.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "tools/stamp.h"

#define EVENTS_MAX 256
#define CATCH_UP   50 /* turns, 100 ms; who was stopped for longer has nothing to make up */
#define NICE       (-10)

void farm_say(const char *name, json_t *more)
{
	json_t *o = json_pack(
		"{s:s, s:f}", "event", name, "at_ms", (double)stamp_now_us() / 1000);
	char *text;

	(void)json_object_update_missing(o, more);
	text = json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(12));
	if (text)
		puts(text);
	free(text);
	json_decref(o);
	json_decref(more);
}

const char *farm_text(const json_t *line, const char *name, const char *absent)
{
	const char *s = json_string_value(json_object_get(line, name));

	return s ? s : absent;
}

double farm_number(const json_t *line, const char *name, double absent)
{
	const json_t *v = json_object_get(line, name);

	return json_is_number(v) ? json_number_value(v) : absent;
}

static void obey(struct farm *f, const char *text, size_t n)
{
	json_t *line = json_loadb(text, n, JSON_REJECT_DUPLICATES, NULL);
	const char *what = farm_text(line, "do", NULL);
	const char *wrong = NULL;

	if (!what)
		wrong = "not a line of JSON with \"do\"";
	else if (strcmp(what, "quit") == 0)
		f->quit = true;
	else
		wrong = f->h.command(f->h.arg, what, line);
	if (wrong)
		farm_say(
			"wrong", json_pack("{s:s, s:s%}", "why", wrong, "line", text, n));
	json_decref(line);
}

static void obey_lines(struct farm *f)
{
	char *at = f->line, *end;

	while ((end = memchr(at, '\n', f->n - (size_t)(at - f->line)))) {
		if (end > at)
			obey(f, at, (size_t)(end - at));
		at = end + 1;
	}
	f->n -= (size_t)(at - f->line);
	memmove(f->line, at, f->n);
}

static void input_ready(void *arg, uint32_t events)
{
	struct farm *f = arg;
	ssize_t n = read(STDIN_FILENO, f->line + f->n, sizeof f->line - f->n);

	if (n > 0) {
		f->n += (size_t)n;
		obey_lines(f);
	}
	if (n <= 0 || f->n == sizeof f->line)
		f->quit = true;
}

static void timer_ready(void *arg, uint32_t events)
{
	struct farm *f = arg;
	int64_t now = stamp_now_us();
	uint64_t times;

	(void)!read(f->timer_fd, &times, sizeof times);
	if (now - f->due_us > f->late_us)
		f->late_us = now - f->due_us;
	if (now - f->due_us > CATCH_UP * FARM_STEP_US)
		f->due_us = now - CATCH_UP * FARM_STEP_US;
	for (; f->due_us <= now; f->due_us += FARM_STEP_US) {
		f->h.turn(f->h.arg, f->slot, now);
		f->slot = (f->slot + 1) % FARM_SLOTS;
	}
}

static void prepare_process(void)
{
	struct rlimit lim;
	unsigned int seed;

	if (!getrlimit(RLIMIT_NOFILE, &lim)) {
		lim.rlim_cur = lim.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &lim);
	}
	/* an instrument should not wait for what it measures; where that is not allowed, late_us tells */
	if (sched_setscheduler(0, SCHED_RR, &(struct sched_param){ 1 }))
		(void)setpriority(PRIO_PROCESS, 0, NICE);
	if (getrandom(&seed, sizeof seed, 0) == sizeof seed)
		srandom(seed);
}

int farm_open(struct farm *f, const struct farm_handler *h)
{
	struct itimerspec it = { { 0, FARM_STEP_US * 1000 }, { 0, FARM_STEP_US * 1000 } };

	*f = (struct farm){ .h = *h,
		.input = { input_ready, f },
		.timer = { timer_ready, f },
		.due_us = stamp_now_us() + FARM_STEP_US };
	prepare_process();
	f->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	f->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (f->epoll_fd < 0 || f->timer_fd < 0 ||
		timerfd_settime(f->timer_fd, 0, &it, NULL))
		return errno;
	int err = farm_watch(f, f->timer_fd, &f->timer, EPOLLIN);

	return err ? err : farm_watch(f, STDIN_FILENO, &f->input, EPOLLIN);
}

void farm_close(struct farm *f)
{
	close(f->epoll_fd);
	close(f->timer_fd);
}

int farm_watch(struct farm *f, int fd, struct farm_source *s, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = s };

	return epoll_ctl(f->epoll_fd, EPOLL_CTL_ADD, fd, &ev) ? errno : 0;
}

void farm_rewatch(struct farm *f, int fd, struct farm_source *s, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = s };

	(void)epoll_ctl(f->epoll_fd, EPOLL_CTL_MOD, fd, &ev);
}

double farm_late_ms(struct farm *f, bool forget)
{
	double ms = (double)f->late_us / 1000;

	if (forget)
		f->late_us = 0;
	return ms;
}

void farm_run(struct farm *f)
{
	struct epoll_event events[EVENTS_MAX];

	while (!f->quit) {
		int n = epoll_wait(f->epoll_fd, events, EVENTS_MAX, -1);

		for (int i = 0; i < n; i++) {
			const struct farm_source *s = events[i].data.ptr;

			s->ready(s->arg, events[i].events);
		}
		if (f->h.after)
			f->h.after(f->h.arg);
		(void)fflush(stdout);
	}
}
