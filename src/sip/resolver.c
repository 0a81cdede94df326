/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* resolver -- see resolver.h.  SIP thread. */
#include "sip/resolver.h"
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/slice.h"
#include "base/text.h"
#include "sip/peers.h"

#define ROUNDS      2
#define DNS_PORT    53
#define RESOLV_CONF "/etc/resolv.conf"

struct question {
	struct resolver *r;
	su_timer_t *timer;
	su_wait_t wait;
	int fd; /* -1: none */
	unsigned turn;
	uint16_t id;
	enum dnsmsg_type type;
	char name[DNSMSG_NAME];
	resolver_answer *answer;
	void *arg;
};

static void ask_next(struct question *q);

static bool add_server(struct resolver *r, const struct peers_addr *a)
{
	struct sockaddr_storage *ss = &r->server[r->n];
	if (r->n == RESOLVER_SERVERS)
		return false;
	if (peers_is_v4(a)) {
		struct sockaddr_in in = { .sin_family = AF_INET,
			.sin_port = htons(a->port) };
		memcpy(&in.sin_addr, a->b + 12, 4);
		memcpy(ss, &in, sizeof in);
	} else {
		struct sockaddr_in6 in = { .sin6_family = AF_INET6,
			.sin6_port = htons(a->port) };
		memcpy(&in.sin6_addr, a->b, 16);
		memcpy(ss, &in, sizeof in);
	}
	r->n++;
	return true;
}

static int add_text(struct resolver *r, const char *text, uint16_t port)
{
	struct peers_addr a;
	int err = peers_addr_parse(&a, text, port);
	if (!err)
		(void)add_server(r, &a);
	return err;
}

static int add_given(struct resolver *r, const char *server)
{
	char addr[PEERS_TEXT_MAX];
	struct slice rest = slice_str(server);
	uint64_t port = DNS_PORT;
	if (slice_copy(slice_cut(&rest, ':'), addr, sizeof addr) != 0 ||
		(strchr(server, ':') && (!slice_u64(rest, UINT16_MAX, &port) || !port)))
		return EINVAL;
	return add_text(r, addr, (uint16_t)port);
}

/* resolv.conf(5): "nameserver ADDRESS" */
static void add_usual(struct resolver *r)
{
	char line[256];
	FILE *f = fopen(RESOLV_CONF, "re");
	while (f && fgets(line, sizeof line, f)) {
		struct slice rest = slice_str(line);
		char addr[PEERS_TEXT_MAX];
		rest.n = strcspn(line, "\r\n");
		struct slice word = slice_cut(&rest, ' ');
		if (slice_is(word, "nameserver") &&
			slice_copy(slice_trim(rest), addr, sizeof addr) == 0)
			(void)add_text(r, addr, DNS_PORT);
	}
	if (f)
		(void)fclose(f);
}

int resolver_init(struct resolver *r, su_root_t *root, const char *server)
{
	*r = (struct resolver){ .root = root };
	if (server)
		return add_given(r, server);
	add_usual(r);
	return 0;
}

static int on_readable(struct station *st, su_wait_t *w, struct station *arg);

static void hang_up(struct question *q)
{
	if (q->fd < 0)
		return;
	(void)su_root_unregister(q->r->root, &q->wait, on_readable, (void *)q);
	close(q->fd);
	q->fd = -1;
}

void resolver_forget(struct question *q)
{
	if (!q)
		return;
	hang_up(q);
	if (q->timer)
		su_timer_destroy(q->timer);
	free(q);
}

static void finish(struct question *q, const struct dnsmsg *m)
{
	resolver_answer *answer = q->answer;
	void *arg = q->arg;
	resolver_forget(q);
	answer(arg, m);
}

static int on_readable(struct station *st, su_wait_t *w, struct station *arg)
{
	struct question *q = (void *)arg;
	uint8_t buf[DNSMSG_MAX];
	struct dnsmsg *m = NULL;
	ssize_t n = recv(q->fd, buf, sizeof buf, MSG_DONTWAIT);
	if (n < 0) {
		if (errno != EAGAIN && errno != EINTR)
			ask_next(q); /* nobody listens there */
		return 0;
	}
	m = malloc(sizeof *m);
	if (!m || dnsmsg_read(m, buf, (size_t)n, q->id, q->name, q->type) != 0) {
		free(m);
		return 0; /* not the answer: that may still come */
	}
	if (m->code == DNSMSG_FAILED)
		ask_next(q);
	else
		finish(q, m);
	free(m);
	return 0;
}

static bool send_to(struct question *q, const struct sockaddr_storage *to)
{
	uint8_t buf[DNSMSG_MAX];
	size_t n = 0;
	socklen_t len = to->ss_family == AF_INET ? sizeof(struct sockaddr_in)
						 : sizeof(struct sockaddr_in6);
	if (getentropy(&q->id, sizeof q->id) != 0 ||
		dnsmsg_ask(buf, sizeof buf, &n, q->id, q->name, q->type) != 0)
		return false;
	q->fd = socket(to->ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (q->fd < 0)
		return false;
	if (connect(q->fd, (const struct sockaddr *)to, len) == 0 &&
		send(q->fd, buf, n, 0) == (ssize_t)n &&
		su_wait_create(&q->wait, q->fd, SU_WAIT_IN) == 0 &&
		su_root_register(q->r->root, &q->wait, on_readable, (void *)q, 0) >= 0)
		return true;
	close(q->fd);
	q->fd = -1;
	return false;
}

static void on_timer(struct station *st, su_timer_t *t, void *arg)
{
	ask_next(arg);
}

static void send_next(struct question *q)
{
	bool sent = send_to(q, &q->r->server[q->turn++ % q->r->n]);
	(void)su_timer_set_interval(q->timer, on_timer, q, sent ? RESOLVER_WAIT_MS : 1);
}

/* All servers are through: the question is gone. */
static void ask_next(struct question *q)
{
	hang_up(q);
	if (q->turn == ROUNDS * q->r->n)
		finish(q, NULL);
	else
		send_next(q);
}

struct question *resolver_ask(struct resolver *r, const char *name, enum dnsmsg_type type,
	resolver_answer *answer, void *arg)
{
	struct question *q = r->n ? calloc(1, sizeof *q) : NULL;
	if (!q)
		return NULL;
	*q = (struct question){
		.r = r, .fd = -1, .type = type, .answer = answer, .arg = arg
	};
	q->timer = su_timer_create(su_root_task(r->root), 0);
	if (!q->timer || text_copy(q->name, sizeof q->name, name) != 0) {
		resolver_forget(q);
		return NULL;
	}
	send_next(q);
	return q;
}
