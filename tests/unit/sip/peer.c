/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * peer -- see peer.h.  One thread, blocking with an end.
 */
#include "peer.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int64_t peer_now_ms(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int status_of(const char *text)
{
	return strncmp(text, "SIP/2.0 ", 8) == 0 ? (int)strtol(text + 8, NULL, 10) : 0;
}

static struct peer_event *keep(struct peer *p, enum peer_kind kind, uint64_t dialog)
{
	if (p->is_deaf && p->n_events == PEER_EVENTS)
		p->n_events = p->n_taken = 0;
	assert_true(p->n_events < PEER_EVENTS);
	struct peer_event *e = &p->events[p->n_events++];
	*e = (struct peer_event){ .kind = kind, .dialog = dialog };
	return e;
}

static void keep_sdp(struct peer_event *e, const char *sdp, size_t n)
{
	e->has_sdp = sdp != NULL;
	if (!sdp)
		return;
	assert_true(n <= TRUNK_BODY_MAX && sdp[n] == 0);
	memcpy(e->sdp, sdp, n);
	e->sdp[n] = 0;
}

static struct peer_state *state_of(struct peer *p, uint64_t dialog)
{
	for (size_t i = 0; i < p->n_states; i++) {
		if (p->states[i].dialog == dialog)
			return &p->states[i];
	}
	if (p->n_states == PEER_STATES)
		return NULL; /* a test of many calls restarts nothing */
	p->states[p->n_states] = (struct peer_state){ .dialog = dialog };
	return &p->states[p->n_states++];
}

static void on_changed(void *arg, uint64_t dialog, const void *state, size_t n)
{
	struct peer *p = arg;
	struct peer_state *s = p->is_deaf ? NULL : state_of(p, dialog);
	p->n_changed++;
	assert_true(n <= TRUNK_STATE_MAX);
	if (!s)
		return;
	s->n = n;
	if (n)
		memcpy(s->bytes, state, n);
}

static void forget_state(struct peer *p, uint64_t dialog)
{
	for (size_t i = 0; i < p->n_states; i++) {
		if (p->states[i].dialog == dialog)
			p->states[i--] = p->states[--p->n_states];
	}
}

static void on_invite(void *arg, const struct trunk_invite *inv)
{
	on_changed(arg, inv->dialog, inv->state, inv->state_len);
	struct peer_event *e = keep(arg, PEER_INVITE, inv->dialog);
	snprintf(e->called, sizeof e->called, "%s", inv->called);
	snprintf(e->caller, sizeof e->caller, "%s", inv->caller);
	snprintf(e->call_id, sizeof e->call_id, "%s", inv->call_id);
	keep_sdp(e, inv->sdp, inv->sdp_len);
}

static void on_acked(void *arg, uint64_t dialog, const char *sdp, size_t n)
{
	keep_sdp(keep(arg, PEER_ACKED, dialog), sdp, n);
}

static void on_reoffer(void *arg, uint64_t dialog, const char *sdp, size_t n)
{
	keep_sdp(keep(arg, PEER_REOFFER, dialog), sdp, n);
}

static void on_reinvited(
	void *arg, uint64_t dialog, uint16_t status, const char *sdp, size_t n)
{
	struct peer_event *e = keep(arg, PEER_REINVITED, dialog);
	e->status = status;
	keep_sdp(e, sdp, n);
}

static void on_refreshed(void *arg, uint64_t dialog, const char *sdp, size_t n)
{
	keep_sdp(keep(arg, PEER_REFRESHED, dialog), sdp, n);
}

static void on_rang(void *arg, uint64_t dialog)
{
	(void)keep(arg, PEER_RANG, dialog);
}

static void on_reached(void *arg, uint64_t dialog, const char *sdp, size_t n,
	const void *state, size_t state_len)
{
	on_changed(arg, dialog, state, state_len);
	keep_sdp(keep(arg, PEER_REACHED, dialog), sdp, n);
}

static void on_unreached(void *arg, uint64_t dialog, uint16_t status)
{
	keep(arg, PEER_UNREACHED, dialog)->status = status;
}

static void on_ended(void *arg, uint64_t dialog, enum trunk_end why)
{
	forget_state(arg, dialog);
	keep(arg, PEER_ENDED, dialog)->why = why;
}

static void on_seen(void *arg, const struct trunk_seen *s)
{
	struct peer *p = arg;
	if (p->n_seen < PEER_SEEN)
		p->seen[p->n_seen++] = *s;
}

static void on_wake(void *arg)
{
	(void)eventfd_write(((struct peer *)arg)->wake_fd, 1);
}

static void open_socket(struct peer *p, const char *host)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t n = sizeof in;
	assert_int_equal(inet_pton(AF_INET, host, &in.sin_addr), 1);
	p->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_true(p->fd >= 0);
	assert_int_equal(bind(p->fd, (struct sockaddr *)&in, sizeof in), 0);
	assert_int_equal(getsockname(p->fd, (struct sockaddr *)&in, &n), 0);
	p->port = ntohs(in.sin_port);
	p->host = host;
}

int peer_speak_from(struct peer *p, const char *host)
{
	int before = p->fd;
	open_socket(p, host);
	return before;
}

void peer_speak_again(struct peer *p, int fd)
{
	close(p->fd);
	p->fd = fd;
}

static void start(struct peer *p)
{
	const struct trunk_handler h = {
		.invite = on_invite,
		.acked = on_acked,
		.reoffer = on_reoffer,
		.changed = on_changed,
		.reinvited = on_reinvited,
		.refreshed = on_refreshed,
		.rang = on_rang,
		.reached = on_reached,
		.unreached = on_unreached,
		.ended = on_ended,
		.seen = on_seen,
		.wake = on_wake,
		.arg = p,
	};
	assert_int_equal(trunk_new(&p->trunk, &p->cfg, &h), 0);
}

void peer_restart_with(struct peer *p, const struct trunk_saved *saved, size_t n)
{
	trunk_leave(p->trunk);
	p->cfg.port = p->trunk_port;
	p->cfg.saved = saved;
	p->cfg.n_saved = n;
	start(p);
	p->cfg.saved = NULL;
	p->cfg.n_saved = 0;
}

void peer_restart(struct peer *p, const char *sdp)
{
	struct trunk_saved saved[PEER_STATES];
	for (size_t i = 0; i < p->n_states; i++)
		saved[i] = (struct trunk_saved){ p->states[i].dialog, p->states[i].bytes,
			p->states[i].n, sdp };
	peer_restart_with(p, saved, p->n_states);
}

struct peer *peer_open(const struct trunk_config *cfg, const char *host)
{
	struct peer *p = calloc(1, sizeof *p);
	assert_non_null(p);
	p->cfg = *cfg;
	p->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	open_socket(p, host);
	if (cfg->outbound) {
		p->outbound = *cfg->outbound;
		p->outbound.port = p->port;
		p->cfg.outbound = &p->outbound;
	}
	start(p);
	p->trunk_port = trunk_port(p->trunk);
	assert_int_not_equal(p->trunk_port, 0);
	return p;
}

static void acknowledge(struct peer *p)
{
	static const char *const copied[] = { "Via", "From", "To", "Call-ID" };
	char text[8192];
	int n = snprintf(text, sizeof text, "ACK sip:1000@127.0.0.1 SIP/2.0\r\n");
	for (size_t i = 0; i < sizeof copied / sizeof copied[0]; i++)
		n += snprintf(text + n, sizeof text - (size_t)n, "%s: %s\r\n", copied[i],
			peer_header(p, copied[i], 0));
	n += snprintf(text + n, sizeof text - (size_t)n,
		"CSeq: %ld ACK\r\nContent-Length: 0\r\n\r\n",
		strtol(peer_header(p, "CSeq", 0), NULL, 10));
	peer_send(p, text, (size_t)n);
}

/* What a polite peer does while the trunk says good-bye, so that it need not wait. */
static void *say_goodbye(void *arg)
{
	struct peer *p = arg;
	while (!atomic_load(&p->closed)) {
		struct pollfd fd = { .fd = p->fd, .events = POLLIN };
		if (poll(&fd, 1, 10) <= 0)
			continue;
		ssize_t len = recv(p->fd, p->text, sizeof p->text - 1, 0);
		p->text[len > 0 ? len : 0] = 0;
		if (strncmp(p->text, "BYE ", 4) == 0 ||
			strncmp(p->text, "CANCEL ", 7) == 0)
			peer_answer(p, 200);
		else if (status_of(p->text) >= 300)
			acknowledge(p);
	}
	return NULL;
}

void peer_close(struct peer *p)
{
	pthread_t thread;
	if (!p)
		return;
	assert_int_equal(pthread_create(&thread, NULL, say_goodbye, p), 0);
	trunk_free(p->trunk);
	atomic_store(&p->closed, true);
	pthread_join(thread, NULL);
	close(p->fd);
	close(p->wake_fd);
	free(p);
}

void peer_send(struct peer *p, const char *text, size_t n)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(p->trunk_port) };
	inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
	assert_int_equal(
		sendto(p->fd, text, n, 0, (struct sockaddr *)&to, sizeof to), (ssize_t)n);
}

struct call peer_call(struct peer *p)
{
	return (struct call){ .id = ++p->serial };
}

static const char *or_else(const char *s, const char *other)
{
	return s ? s : other;
}

void peer_request(
	struct peer *p, struct call *c, const char *method, const struct spec *s)
{
	static const struct spec plain = { .uri = NULL };
	static char text[PEER_TEXT];
	char uri[64], from[96], to[128], contact[64];
	s = s ? s : &plain;
	bool ack = strcmp(method, "ACK") == 0, cancel = strcmp(method, "CANCEL") == 0;
	if (s->cseq)
		c->cseq = s->cseq;
	else if (!ack && !cancel)
		c->cseq++;
	if (s->branch == c->branch)
		; /* the one before */
	else if (s->branch)
		snprintf(c->branch, sizeof c->branch, "%s", s->branch);
	else if (!cancel && !(ack && !c->to_tag[0]))
		snprintf(
			c->branch, sizeof c->branch, "z9hG4bK-%u-%u", c->id, ++p->serial);
	snprintf(uri, sizeof uri, "sip:1000@127.0.0.1:%u", p->trunk_port);
	snprintf(from, sizeof from, "<sip:+41441234567@%s>;tag=f%u", p->host, c->id);
	bool tagged = c->to_tag[0] && !cancel;
	snprintf(to, sizeof to, "<sip:1000@127.0.0.1>%s%s", tagged ? ";tag=" : "",
		tagged ? c->to_tag : "");
	snprintf(contact, sizeof contact, "<sip:caller@%s:%u>", p->host, p->port);
	int n = snprintf(text, sizeof text,
		"%s %s SIP/2.0\r\nVia: SIP/2.0/UDP %s:%u;branch=%s;rport\r\n"
		"Max-Forwards: 70\r\nFrom: %s\r\nTo: %s\r\nCall-ID: call-%u@test\r\n"
		"CSeq: %u %s\r\n%s%s%s%s%s%s%sContent-Length: %zu\r\n\r\n%s",
		method, or_else(s->uri, uri), p->host, p->port, c->branch,
		or_else(s->from, from), or_else(s->to, to), c->id, c->cseq, method,
		s->no_contact ? "" : "Contact: ",
		s->no_contact ? "" : or_else(s->contact, contact),
		s->no_contact ? "" : "\r\n", or_else(s->headers, ""),
		s->body ? "Content-Type: " : "",
		s->body ? or_else(s->type, "application/sdp") : "", s->body ? "\r\n" : "",
		s->body ? strlen(s->body) : 0, or_else(s->body, ""));
	assert_in_range(n, 1, sizeof text - 1);
	peer_send(p, text, (size_t)n);
}

/* One turn of the loop. True: a message is in p->text. */
static bool turn(struct peer *p, int wait_ms)
{
	struct pollfd fds[2] = {
		{ .fd = p->fd, .events = POLLIN },
		{ .fd = p->wake_fd, .events = POLLIN },
	};
	eventfd_t n;
	(void)poll(fds, p->is_busy ? 1 : 2, wait_ms);
	if ((fds[1].revents & POLLIN) && eventfd_read(p->wake_fd, &n) == 0)
		trunk_poll(p->trunk);
	if (!(fds[0].revents & POLLIN))
		return false;
	ssize_t len = recv(p->fd, p->text, sizeof p->text - 1, 0);
	if (len < 0)
		return false;
	p->text[len] = 0;
	return true;
}

/* FNV-1a: what was sent again because we were late is the same to the byte. */
static uint64_t sum_of(const char *text)
{
	uint64_t sum = 0xCBF29CE484222325u;
	for (; *text; text++)
		sum = (sum ^ (uint8_t)*text) * 0x100000001B3u;
	return sum;
}

/* False: it is known already. */
static bool is_new(struct peer *p)
{
	uint64_t sum = sum_of(p->text);
	for (size_t i = 0; i < PEER_TAKEN && i < p->n_taken_sums; i++) {
		if (p->taken[i] == sum)
			return false;
	}
	p->taken[p->n_taken_sums++ % PEER_TAKEN] = sum;
	return true;
}

int peer_receive(struct peer *p, int wait_ms)
{
	int64_t end = peer_now_ms() + wait_ms;
	for (int64_t left = wait_ms; left > 0; left = end - peer_now_ms()) {
		if (turn(p, (int)left) && (is_new(p) || !p->once))
			return status_of(p->text);
	}
	return -1;
}

const char *peer_header(const struct peer *p, const char *name, int nth)
{
	static char value[4096];
	size_t n = strlen(name);
	for (const char *s = strstr(p->text, "\r\n"); s && s[2] != '\r';
		s = strstr(s, "\r\n")) {
		s += 2;
		if (strncasecmp(s, name, n) != 0 || s[n] != ':' || nth-- > 0)
			continue;
		s += n + 1 + strspn(s + n + 1, " ");
		snprintf(value, sizeof value, "%.*s", (int)strcspn(s, "\r\n"), s);
		return value;
	}
	return "";
}

static void take_tag(struct peer *p, struct call *c)
{
	const char *tag = strstr(peer_header(p, "To", 0), ";tag=");
	if (tag)
		snprintf(c->to_tag, sizeof c->to_tag, "%s", tag + 5);
}

static bool is_of(const struct peer *p, const struct call *c)
{
	char id[32];
	snprintf(id, sizeof id, "call-%u@test", c->id);
	return strcmp(peer_header(p, "Call-ID", 0), id) == 0;
}

void peer_expect(struct peer *p, struct call *c, int status, const char *method)
{
	for (;;) {
		int got = peer_receive(p, PEER_WAIT_MS);
		if (got < 0)
			fail_msg("no %d to %s came", status, method);
		const char *name = strchr(peer_header(p, "CSeq", 0), ' ');
		if (!name || strcmp(name + 1, method) != 0 || got < status)
			continue; /* a provisional one, or another transaction's */
		if (c && !is_of(p, c))
			continue;
		if (got != status)
			fail_msg("%d to %s instead of %d:\n%s", got, method, status,
				p->text);
		if (c)
			take_tag(p, c);
		return;
	}
}

void peer_expect_request(struct peer *p, const char *method)
{
	size_t n = strlen(method);
	for (;;) {
		int got = peer_receive(p, PEER_WAIT_MS);
		if (got < 0)
			fail_msg("no %s came", method);
		if (got == 0 && strncmp(p->text, method, n) == 0 && p->text[n] == ' ')
			return;
	}
}

void peer_answer(struct peer *p, int status)
{
	peer_answer_with(p, status, NULL, NULL);
}

void peer_answer_with(struct peer *p, int status, const char *headers, const char *sdp)
{
	static const char *const copied[] = { "Via", "From", "To", "Call-ID", "CSeq" };
	char text[8192];
	int n = snprintf(text, sizeof text, "SIP/2.0 %d Whatever\r\n", status);
	for (size_t i = 0; i < sizeof copied / sizeof copied[0]; i++)
		n += snprintf(text + n, sizeof text - (size_t)n, "%s: %s\r\n", copied[i],
			peer_header(p, copied[i], 0));
	n += snprintf(text + n, sizeof text - (size_t)n,
		"%s%sContent-Length: %zu\r\n\r\n%s", or_else(headers, ""),
		sdp ? "Content-Type: application/sdp\r\n" : "", sdp ? strlen(sdp) : 0,
		or_else(sdp, ""));
	peer_send(p, text, (size_t)n);
}

void peer_expect_silence(struct peer *p, int but)
{
	int64_t end = peer_now_ms() + PEER_SILENCE_MS;
	for (int64_t left = PEER_SILENCE_MS; left > 0; left = end - peer_now_ms()) {
		int got = peer_receive(p, (int)left);
		if (got >= 0 && (!but || got != but))
			fail_msg("this should not have come:\n%s", p->text);
	}
}

const struct peer_event *peer_await(struct peer *p, enum peer_kind kind)
{
	int64_t end = peer_now_ms() + PEER_WAIT_MS;
	while (p->n_taken == p->n_events && peer_now_ms() < end) {
		struct pollfd fd = { .fd = p->wake_fd, .events = POLLIN };
		eventfd_t n;
		(void)poll(&fd, 1, 100);
		if (eventfd_read(p->wake_fd, &n) == 0)
			trunk_poll(p->trunk);
	}
	if (p->n_taken == p->n_events)
		fail_msg("event %d did not come", kind);
	const struct peer_event *e = &p->events[p->n_taken++];
	if (e->kind != kind)
		fail_msg("event %d instead of %d", e->kind, kind);
	return e;
}

size_t peer_count(struct peer *p, enum peer_kind kind)
{
	size_t n = 0;
	trunk_poll(p->trunk);
	for (size_t i = 0; i < p->n_events; i++)
		n += p->events[i].kind == kind;
	return n;
}

void peer_invite(struct peer *p, struct call *c, const struct spec *s)
{
	static const struct spec plain = { .body = PEER_SDP };
	peer_request(p, c, "INVITE", s ? s : &plain);
	c->dialog = peer_await(p, PEER_INVITE)->dialog;
}

void peer_establish(struct peer *p, struct call *c)
{
	peer_invite(p, c, NULL);
	trunk_answer(p->trunk, c->dialog, PEER_OUR_SDP);
	peer_expect(p, c, 200, "INVITE");
	peer_request(p, c, "ACK", NULL);
	assert_int_equal(peer_await(p, PEER_ACKED)->dialog, c->dialog);
}

void peer_still_alive(struct peer *p)
{
	struct call c = peer_call(p);
	peer_request(p, &c, "OPTIONS", NULL);
	peer_expect(p, &c, 200, "OPTIONS");
}
