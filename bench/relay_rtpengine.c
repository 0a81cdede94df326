/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * relay_rtpengine -- Debian's rtpengine in userspace, commanded by its ng protocol (bencode over UDP).
 *
 * The same talks as our relay's: the line's WebRTC offer is answered with ICE and DTLS-SRTP, the other side is
 * RTP/AVP.  One thread and no kernel module, so that a core is compared with a core.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/slice.h"
#include "relay_server.h"
#include "wire/sdesc.h"

#define MESSAGE_MAX 8192
#define WAIT_MS     200
#define TRIES       50

struct own {
	int fd; /* connected to the ng port */
	unsigned int cookie;
};

static uint16_t free_port(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof a;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	must(fd >= 0 && !bind(fd, (struct sockaddr *)&a, sizeof a) &&
			!getsockname(fd, (struct sockaddr *)&a, &len),
		"rtpengine", "no free port");
	close(fd);
	return ntohs(a.sin_port);
}

static int connected(uint16_t port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	must(fd >= 0 && !connect(fd, (struct sockaddr *)&a, sizeof a), "rtpengine",
		"no socket");
	return fd;
}

static void put(struct wbuf *w, const char *text)
{
	wbuf_printf(w, "%zu:%s", strlen(text), text);
}

/* One request, repeated while nothing answers (a repeated cookie gets the same answer); the answer's bytes. */
static struct slice ask(struct server *s, struct wbuf *body, char answer[MESSAGE_MAX])
{
	struct own *o = s->own;
	char request[MESSAGE_MAX];
	struct wbuf w = wbuf_of(request, sizeof request);

	wbuf_printf(&w, "%d_%u d", (int)getpid(), o->cookie++);
	wbuf_slice(&w, wbuf_slice_of(body));
	wbuf_str(&w, "e");
	must(!w.full && !body->full, s->name, "too long a request");
	for (int i = 0; i < TRIES; i++) {
		struct pollfd p = { o->fd, POLLIN, 0 };
		ssize_t n = send(o->fd, request, w.n, 0);

		if (n > 0 && poll(&p, 1, WAIT_MS) == 1)
			n = recv(o->fd, answer, MESSAGE_MAX - 1, 0);
		else
			n = 0;
		if (n > 0)
			return slice_of(answer, (size_t)n);
		usleep(20000); /* not there yet: refused at once */
	}
	must(false, s->name, "does not answer");
	return slice_of(NULL, 0);
}

static struct slice sdp_of(struct server *s, struct slice answer)
{
	const uint8_t *at = memmem(answer.p, answer.n, "3:sdp", 5);
	char *end = NULL;
	unsigned long n = at ? strtoul((const char *)at + 5, &end, 10) : 0;

	if (!n || *end != ':')
		(void)fprintf(stderr, "%.*s\n", (int)answer.n, (const char *)answer.p);
	must(n && *end == ':', s->name, "refuses a description");
	return slice_of(end + 1, n);
}

static void start(struct server *s)
{
	static char listen[32];
	struct own *o = calloc(1, sizeof *o);
	const char *const argv[] = { s->path, "--config-file=none", "--foreground",
		"--log-stderr", "--log-level=3", "--table=-1", "--num-threads=1",
		"--interface=127.0.0.1", "--port-min=30000", "--port-max=39999", listen,
		NULL };
	uint16_t port = free_port();
	char bytes[MESSAGE_MAX], answer[MESSAGE_MAX];
	struct wbuf w = wbuf_of(bytes, sizeof bytes);

	must(o, s->name, "no memory");
	s->own = o;
	(void)snprintf(listen, sizeof listen, "--listen-ng=127.0.0.1:%u", port);
	s->pid = server_spawn(s->path, argv);
	o->fd = connected(port);
	put(&w, "command");
	put(&w, "ping");
	(void)ask(s, &w, answer);
}

/* What offer and answer have in common. */
static void put_call(struct wbuf *w, const char *command, unsigned int i, const char *sdp)
{
	char id[32];

	(void)snprintf(id, sizeof id, "talk%u", i);
	put(w, "command");
	put(w, command);
	put(w, "call-id");
	put(w, id);
	put(w, "from-tag");
	put(w, "line");
	put(w, "DTLS");
	put(w, "passive");
	put(w, "sdp");
	put(w, sdp);
}

/* The line's offer, as plain RTP: where the caller's end is to send. */
static void offer(struct server *s, struct talk *t, unsigned int i)
{
	char bytes[MESSAGE_MAX], answer[MESSAGE_MAX], sdp[LINE_CLIENT_SDP];
	struct wbuf w = wbuf_of(bytes, sizeof bytes);
	struct slice plain;
	struct sdesc d;

	must(!line_client_offer(t->line, sdp), s->name, "no offer");
	put_call(&w, "offer", i, sdp);
	put(&w, "transport-protocol");
	put(&w, "RTP/AVP");
	put(&w, "ICE");
	put(&w, "remove");
	put(&w, "rtcp-mux");
	wbuf_str(&w, "l5:demuxe");
	plain = sdp_of(s, ask(s, &w, answer));
	must(!sdesc_parse(&d, (const char *)plain.p, plain.n) && d.audio >= 0, s->name,
		"a description that is none");
	rtp_end_to(t->end, d.media[d.audio].port);
}

static void answer_line(struct server *s, struct talk *t, unsigned int i)
{
	char bytes[MESSAGE_MAX], answer[MESSAGE_MAX], sdp[512];
	struct wbuf w = wbuf_of(bytes, sizeof bytes);
	struct slice web;

	(void)snprintf(sdp, sizeof sdp,
		"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 "
		"0\r\n"
		"m=audio %u RTP/AVP 8\r\na=rtpmap:8 "
		"PCMA/8000\r\na=ptime:20\r\na=sendrecv\r\n",
		t->end->port);
	put_call(&w, "answer", i, sdp);
	put(&w, "to-tag");
	put(&w, "caller");
	web = sdp_of(s, ask(s, &w, answer));
	must(!line_client_answer(t->line, (const char *)web.p, web.n), s->name,
		"an answer without ICE or DTLS");
}

static void talk(struct server *s, struct talk *t, unsigned int i)
{
	offer(s, t, i);
	answer_line(s, t, i);
	server_wait_line(s, t->line);
}

static void stop(struct server *s)
{
	struct own *o = s->own;

	close(o->fd);
	server_kill(s);
	free(o);
}

const struct server server_rtpengine = {
	.name = "rtpengine",
	.start = start,
	.talk = talk,
	.stop = stop,
};
