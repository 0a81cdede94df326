/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * fuzz: control messages.  The bytes are a script: each record is a type, a flag byte and a length, then
 * that many bytes; either a message of the right size with these bytes as its body, or these bytes as
 * they are.  Every message gets exactly one reply, and no script may leave a leg behind.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "relay/client.h"
#include "relay/leg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FLAG_RAW 1u
#define FLAG_FD  2u
#define FLAG_OLD 4u
#define FLAG_NEW 8u
#define EPOCH    1000u
#define MESSAGES 64 /* per script */
#define LEG_IDS  5 /* so that commands meet the legs of others */

struct fixture {
	struct relay *r;
	struct control_conn *conn;
	int fd, clip;
};

/* Once: a relay's pool and certificate cost more than a script. */
static struct fixture *fixture(void)
{
	static struct fixture f;
	const struct relay_options opt = { .media_address = "127.0.0.1",
		.rtp_low = 24000,
		.rtp_high = 24999,
		.linger_s = -1 };
	static const uint8_t frame[160];
	uint8_t clip[CLIP_BYTES_HEAD + sizeof frame];
	size_t n = 0;
	int sv[2];

	if (f.r)
		return &f;
	log_init("fuzz", LOG_LEVEL_NONE);
	if (relay_new(&f.r, &opt) ||
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, sv) ||
		control_adopt(f.r, sv[1]))
		abort();
	f.conn = &f.r->control.conns[0];
	f.fd = sv[0];
	(void)clip_bytes_put(clip, sizeof clip, &n, frame, sizeof frame);
	f.clip = relayc_memfd("clip", clip, n);
	return &f;
}

/* Replies that wait; events are dropped. */
static int drain(struct fixture *f, uint32_t seq)
{
	union rp_any m;
	ssize_t n;
	int replies = 0;

	while ((n = recv(f->fd, &m, sizeof m, 0)) > 0) {
		assert((size_t)n == rp_size(m.head.type));
		if (m.head.type >= RP_EV_UP || m.head.type == RP_LEG_STATE)
			continue;
		assert(m.head.seq == seq);
		replies++;
	}
	return replies;
}

static void send_message(struct fixture *f, uint8_t type, uint8_t flags, uint32_t seq,
	const uint8_t *body, size_t n)
{
	union rp_any m;
	size_t size = rp_size(type);

	memset(&m, 0, sizeof m);
	if (flags & FLAG_RAW || !size) {
		memcpy(&m, body, n);
		memset(&m.head.seq, 0, sizeof m.head.seq);
		control_message(f->r, f->conn, &m, n, -1);
		assert(drain(f, 0) == 1);
		return;
	}
	memcpy((uint8_t *)&m + sizeof m.head, body,
		n < size - sizeof m.head ? n : size - sizeof m.head);
	m.head = (struct rp_head){ .version = RP_VERSION,
		.type = type,
		.epoch = f->r->control.epoch,
		.leg = (flags >> 4) % LEG_IDS,
		.seq = seq };
	if (flags & FLAG_OLD)
		m.head.epoch--;
	if (flags & FLAG_NEW)
		m.head.epoch++;
	if (type == RP_JOIN)
		m.join.other %= LEG_IDS;
	control_message(f->r, f->conn, &m, size, flags & FLAG_FD ? f->clip : -1);
	assert(drain(f, seq) == 1);
}

static void hello(struct fixture *f)
{
	const struct rp_head h = {
		.version = RP_VERSION, .type = RP_HELLO, .epoch = EPOCH, .seq = 1
	};

	f->r->control.epoch = 0;
	control_message(f->r, f->conn, &h, sizeof h, -1);
	(void)drain(f, 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fixture *f = fixture();

	hello(f);
	for (uint32_t i = 0; i < MESSAGES && size >= 3; i++) {
		size_t n = data[2] < size - 3 ? data[2] : size - 3;

		send_message(f, data[0] % (RP_QUIT + 2), data[1], i + 2, data + 3, n);
		data += 3 + n;
		size -= 3 + n;
		f->r->now_us += 30000;
		relay_frames(f->r);
		udp_flush(&f->r->udp);
	}
	relay_tick(f->r);
	list_each_safe(it, &f->r->used_legs)
		leg_close(f->r, list_entry(it, struct leg, node));
	assert(f->r->n_legs == 0 && f->r->n_ticking == 0 && f->r->by_id.n == 0 &&
		f->r->by_ufrag.n == 0 && f->r->by_addr.n == 0);
	f->r->now_us += PORTS_REST_US; /* the ports are rested for the next script */
	f->r->quit = false;
	(void)drain(f, 0);
	return 0;
}
