/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * loop -- the relay's life and its one loop: wait, serve what is ready, run what is due, send.
 *
 * An idle relay without legs sleeps without a time-out.  See relay.h for ownership and costs.
 */
#include "relay/relay.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "relay/leg.h"

#define EVENTS_MAX 256 /* per turn; the rest waits for the next one */

static int64_t clock_us(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

void relay_clock(struct relay *r)
{
	r->now_us = clock_us(CLOCK_MONOTONIC);
}

uint64_t relay_ntp(const struct relay *r)
{
	/* RFC 3550 section 4: seconds since 1900 in 32.32 fixed point */
	uint64_t us = (uint64_t)(r->now_us + r->ntp_offset_us);

	return (us / 1000000 + 2208988800u) << 32 | ((us % 1000000) << 32) / 1000000;
}

void relay_random(void *p, size_t n)
{
	uint8_t *at = p;

	while (n) {
		ssize_t got = getrandom(at, n > 256 ? 256 : n, 0);

		if (got <= 0) {
			if (errno == EINTR)
				continue;
			abort(); /* without randomness there is no key and no voice */
		}
		at += got;
		n -= (size_t)got;
	}
}

static struct epoll_event event_of(uint32_t events, enum relay_source s, uint32_t index)
{
	return (struct epoll_event){ .events = events,
		.data.u64 = (uint64_t)s << 32 | index };
}

int relay_watch(struct relay *r, int fd, enum relay_source s, uint32_t index)
{
	struct epoll_event ev = event_of(EPOLLIN, s, index);

	return epoll_ctl(r->epoll_fd, EPOLL_CTL_ADD, fd, &ev) ? errno : 0;
}

void relay_watch_for(
	struct relay *r, int fd, enum relay_source s, uint32_t index, uint32_t events)
{
	struct epoll_event ev = event_of(events, s, index);

	(void)epoll_ctl(r->epoll_fd, EPOLL_CTL_MOD, fd, &ev);
}

static void set_timer(struct relay *r, bool on)
{
	struct timespec ts = { .tv_nsec = on ? CLIP_FRAME_US * 1000L : 0 };
	struct itimerspec it = { .it_interval = ts, .it_value = ts };

	(void)timerfd_settime(r->clip_fd, 0, &it, NULL);
	r->beat = (struct clip_beat){ 0 };
}

void relay_tick_more(struct relay *r)
{
	if (r->n_ticking++ == 0)
		set_timer(r, true);
}

void relay_tick_less(struct relay *r)
{
	if (--r->n_ticking == 0)
		set_timer(r, false);
}

static int open_descriptors(struct relay *r)
{
	sigset_t set;
	int err;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	r->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	r->clip_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (r->epoll_fd < 0 || r->clip_fd < 0)
		return errno;
	err = relay_watch(r, r->clip_fd, SOURCE_CLIP, 0);
	if (err || !r->opt.socket)
		return err; /* inside a test the signals are the test's */
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return errno;
	r->signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (r->signal_fd < 0)
		return errno;
	return relay_watch(r, r->signal_fd, SOURCE_SIGNAL, 0);
}

static int open_line(struct relay *r)
{
	int err = udp_addr_parse(&r->line_at, r->opt.media_address, r->opt.port);

	if (err || udp_addr_is_any(&r->line_at))
		return EINVAL; /* it is written into SDP, so it has to be an address */
	err = text_copy(r->media_address, sizeof r->media_address, r->opt.media_address);
	if (err)
		return err;
	err = udp_sock_open(&r->line, &r->line_at, RELAY_LINE_BUFFER);
	if (err)
		return err;
	err = relay_watch(r, r->line.fd, SOURCE_LINE, 0);
	return err || r->opt.no_tcp ? err : gate_open(r, r->opt.tcp_port);
}

static int open_pool(struct relay *r)
{
	int err;

	list_init(&r->free_legs);
	list_init(&r->used_legs);
	list_init(&r->playing);
	list_init(&r->pcm);
	list_init(&r->keying);
	list_init(&r->quiet);
	r->legs = calloc(RP_LEGS_MAX, sizeof *r->legs);
	r->timer_slots = calloc(RP_LEGS_MAX, sizeof *r->timer_slots);
	if (!r->legs || !r->timer_slots)
		return ENOMEM;
	heap_init(&r->timers, r->timer_slots, RP_LEGS_MAX);
	for (uint32_t i = 0; i < RP_LEGS_MAX; i++) {
		r->legs[i].index = i;
		list_append(&r->free_legs, &r->legs[i].node);
	}
	(void)((err = map_init(&r->by_id, RP_LEGS_MAX)) ||
		(err = map_init(&r->by_ufrag, RP_LEGS_MAX)) ||
		(err = map_init(&r->by_ssrc, RP_LEGS_MAX)) ||
		(err = map_init(&r->by_addr, (size_t)RP_LEGS_MAX * LEG_PATHS_MAX)));
	return err;
}

int relay_new(struct relay **out, const struct relay_options *opt)
{
	struct relay *r = calloc(1, sizeof *r);
	uint32_t first_port;
	int err = 0;

	if (!r)
		return ENOMEM;
	r->opt = *opt;
	r->epoll_fd = r->clip_fd = r->signal_fd = r->line.fd = r->control.listen_fd =
		r->gate.fd = -1;
	for (size_t i = 0; i < CONTROL_CONNS; i++)
		r->control.conns[i].fd = -1;
	relay_clock(r);
	r->tick_at_us = r->now_us + RELAY_TICK_US;
	r->ntp_offset_us = clock_us(CLOCK_REALTIME) - r->now_us;
	relay_random(&r->addr_seed, sizeof r->addr_seed);
	relay_random(&first_port, sizeof first_port);
	(void)((err = open_pool(r)) || (err = leg_quiet_init(r)) ||
		(err = udp_init(&r->udp)) ||
		(err = ports_init(&r->ports, opt->rtp_low, opt->rtp_high, first_port)) ||
		(err = open_descriptors(r)) || (err = dtls_ctx_new(&r->dtls)) ||
		(err = open_line(r)) ||
		(err = opt->socket ? control_open(r, opt->socket) : 0));
	if (err) {
		relay_free(r);
		return err;
	}
	if (opt->linger_s >= 0)
		r->linger_at_us = r->now_us + opt->linger_s * INT64_C(1000000);
	*out = r;
	return 0;
}

static void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

void relay_free(struct relay *r)
{
	if (!r)
		return;
	if (r->legs && r->used_legs.next)
		list_each_safe(it, &r->used_legs)
			leg_close(r, list_entry(it, struct leg, node));
	udp_flush(&r->udp);
	control_close(r);
	udp_sock_close(&r->udp, &r->line);
	gate_close(r);
	for (size_t i = 0; i < RP_CLIPS_MAX; i++)
		clip_close(&r->clips[i]);
	close_fd(r->clip_fd);
	close_fd(r->signal_fd);
	close_fd(r->epoll_fd);
	dtls_ctx_free(r->dtls);
	ports_close(&r->ports);
	udp_close(&r->udp);
	map_close(&r->by_id);
	map_close(&r->by_ufrag);
	map_close(&r->by_ssrc);
	map_close(&r->by_addr);
	free(r->timer_slots);
	free(r->legs);
	free(r);
}

static void clip_ticked(struct relay *r)
{
	uint64_t times;

	if (read(r->clip_fd, &times, sizeof times) == (ssize_t)sizeof times)
		relay_frames(r);
}

void relay_frames(struct relay *r)
{
	leg_clip_tick(r);
	pcm_tick(r);
	leg_key_tick(r);
	leg_quiet_tick(r);
}

void relay_drain(struct relay *r)
{
	union rp_any m = { .head = { 0 } };

	if (r->is_draining)
		return;
	r->is_draining = true;
	log_info("draining: no new legs; %zu go on", r->n_legs);
	control_event_body(r, &m, RP_EV_DRAIN, 0);
}

static void signalled(struct relay *r)
{
	struct signalfd_siginfo s;

	if (read(r->signal_fd, &s, sizeof s) != (ssize_t)sizeof s)
		return;
	if (s.ssi_signo == SIGHUP)
		relay_drain(r);
	else
		r->quit = true;
}

static void serve(struct relay *r, const struct epoll_event *ev)
{
	uint32_t index = (uint32_t)ev->data.u64;

	switch ((enum relay_source)(ev->data.u64 >> 32)) {
	case SOURCE_LISTEN: control_accept(r); break;
	case SOURCE_CONN:
		if (ev->events & EPOLLIN)
			control_readable(r, index);
		else
			control_writable(r, index);
		break;
	case SOURCE_LINE: udp_recv(&r->udp, &r->line, line_packet, r); break;
	case SOURCE_GATE: gate_accept(r); break;
	case SOURCE_STREAM: stream_ready(r, index, ev->events); break;
	case SOURCE_RTP: leg_rtp_receive(r, &r->legs[index], false); break;
	case SOURCE_RTCP: leg_rtp_receive(r, &r->legs[index], true); break;
	case SOURCE_CLIP: clip_ticked(r); break;
	case SOURCE_SIGNAL: signalled(r); break;
	}
}

static int wait_ms(const struct relay *r, int most)
{
	const struct heap_node *dtls = heap_min(&r->timers);
	int64_t at = INT64_MAX;

	if (r->n_legs || r->claim_at_us || r->linger_at_us || gate_waits(r))
		at = r->tick_at_us;
	if (dtls && dtls->key < at)
		at = dtls->key;
	if (at == INT64_MAX)
		return most;
	int64_t ms = at <= r->now_us ? 0 : (at - r->now_us + 999) / 1000;

	return most >= 0 && ms > most ? most : (int)ms;
}

static void run_timers(struct relay *r)
{
	struct heap_node *node;

	while ((node = heap_min(&r->timers)) && node->key <= r->now_us) {
		heap_remove(&r->timers, node);
		leg_web_timer(r, heap_entry(node, struct leg, web.timer));
	}
	if (r->now_us >= r->tick_at_us) {
		r->tick_at_us = r->now_us + RELAY_TICK_US;
		relay_tick(r);
	}
}

void relay_turn(struct relay *r, int timeout_ms)
{
	struct epoll_event events[EVENTS_MAX];
	int n;

	relay_clock(r);
	n = epoll_wait(r->epoll_fd, events, EVENTS_MAX, wait_ms(r, timeout_ms));
	relay_clock(r);
	for (int i = 0; i < n; i++)
		serve(r, &events[i]);
	run_timers(r);
	udp_flush(&r->udp);
}

void relay_run(struct relay *r)
{
	while (!r->quit)
		relay_turn(r, -1);
}

/* Nobody commands, and nobody was heard for so long in the leg or in the one it is joined with. */
static bool is_forsaken(const struct relay *r, const struct leg *l)
{
	int64_t last = l->kept_us > l->heard_us ? l->kept_us : l->heard_us;

	if (l->peer && l->peer->heard_us > last)
		last = l->peer->heard_us;
	return r->now_us - last >= RELAY_ALONE_US ||
		r->now_us - l->kept_us >= RELAY_ALONE_MAX_US;
}

/* Legs that no control took over in time, or that nobody needs while none is there. */
static void end_orphans(struct relay *r)
{
	bool led = control_is_led(r);
	bool due = r->claim_at_us && r->now_us >= r->claim_at_us;

	if (led && !due)
		return;
	r->claim_at_us = 0;
	list_each_safe(it, &r->used_legs)
	{
		struct leg *l = list_entry(it, struct leg, node);

		if (led ? l->epoch != r->control.epoch : is_forsaken(r, l))
			leg_down(r, l, ETIMEDOUT);
	}
}

static void check_linger(struct relay *r)
{
	if (!r->linger_at_us || r->now_us < r->linger_at_us || r->n_legs)
		return;
	log_info("no control came back; ending");
	r->quit = true;
}

void relay_tick(struct relay *r)
{
	end_orphans(r);
	check_linger(r);
	gate_tick(r);
	list_each_safe(it, &r->used_legs) leg_tick(r, list_entry(it, struct leg, node));
}
