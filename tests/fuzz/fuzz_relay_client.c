/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * fuzz: what a relay says to control.  The bytes are a script: each record is an act of either end, and a
 * relay may say anything, in any size and order, or close.  Every command that was taken is answered
 * exactly once, in order, with something of its own number; the end is told once, and nothing after it.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"
#include "relay/client.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ACTS  256 /* per script */
#define EPOCH 7u

enum act { COMMAND, REPLY, SAY, FREE_IN_CALLBACK, CLOSE, BREAK, POLL, N_ACTS };

static struct {
	int listening;
	char path[32]; /* of the socket, which has no name in any folder */
} at;

struct world {
	struct relayc *rc;
	int far; /* the relay's end; -1: closed */
	uint32_t due[ACTS]; /* numbers of commands that have no answer yet, in order */
	uint16_t due_type[ACTS];
	size_t n_due, at_due;
	int free_after; /* callbacks until relayc_free() is called from one; -1: never */
	bool is_freed, is_gone;
};

static void perhaps_free(struct world *w)
{
	if (w->free_after < 0 || w->free_after-- > 0)
		return;
	w->is_freed = true;
	relayc_free(w->rc);
}

static void on_reply(void *arg, uint16_t command, const union rp_any *m)
{
	struct world *w = arg;

	assert(!w->is_freed && !w->is_gone && w->at_due < w->n_due);
	assert(m->head.seq == w->due[w->at_due] && command == w->due_type[w->at_due]);
	assert(m->head.version == RP_VERSION && rp_size(m->head.type));
	if (m->head.type != RP_LEG_STATE)
		w->at_due++;
	perhaps_free(w);
}

static void on_event(void *arg, const union rp_any *m)
{
	struct world *w = arg;

	assert(!w->is_freed && !w->is_gone);
	assert(m->head.seq == 0 && m->head.type >= RP_EV_UP && rp_size(m->head.type));
	perhaps_free(w);
}

static void on_gone(void *arg, int err)
{
	struct world *w = arg;

	assert(!w->is_freed && !w->is_gone && err);
	assert(w->at_due == w->n_due && !relayc_oldest(w->rc));
	w->is_gone = true;
	perhaps_free(w);
}

/* Once.  The socket's name is taken away again; its descriptor still leads to it. */
static void listen_once(void)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	char folder[] = "/tmp/heimamt-fuzz-XXXXXX";
	int fd;

	if (at.listening)
		return;
	at.listening = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (at.listening < 0 || !mkdtemp(folder) ||
		text_format(un.sun_path, sizeof un.sun_path, "%s/relay", folder) ||
		bind(at.listening, (struct sockaddr *)&un, sizeof un) ||
		listen(at.listening, 1))
		abort();
	fd = open(un.sun_path, O_PATH | O_CLOEXEC);
	if (fd < 0 || unlink(un.sun_path) || rmdir(folder) ||
		text_format(at.path, sizeof at.path, "/proc/self/fd/%d", fd))
		abort();
}

static void connect_both(struct world *w)
{
	const struct relayc_handler h = { on_reply, on_event, on_gone, w };

	listen_once();
	if (relayc_new(&w->rc, at.path, EPOCH, &h))
		abort();
	w->far = accept4(at.listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (w->far < 0)
		abort();
}

static void far_close(struct world *w)
{
	if (w->far >= 0)
		close(w->far);
	w->far = -1;
}

static void say(const struct world *w, const void *p, size_t n)
{
	if (w->far >= 0)
		(void)send(w->far, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void command(struct world *w, uint16_t type)
{
	union rp_any m = { 0 };
	uint32_t seq = 0;
	int err = relayc_send(w->rc, &m, type, type, -1, &seq);

	assert(err == 0 || err == EINVAL || err == EPIPE);
	assert((err == EINVAL) == (!rp_size(type) || type >= RP_DONE));
	if (err)
		return;
	assert(seq && w->n_due < ACTS);
	w->due[w->n_due] = seq;
	w->due_type[w->n_due++] = type;
}

/* A message of the right size for its type, to the oldest command, with these bytes as its body. */
static void reply(const struct world *w, uint16_t type, const uint8_t *body, size_t n)
{
	union rp_any m = { 0 };
	size_t size = rp_size(type);

	if (!size)
		return;
	memcpy((uint8_t *)&m + sizeof m.head, body,
		n < size - sizeof m.head ? n : size - sizeof m.head);
	m.head = (struct rp_head){ .version = RP_VERSION,
		.type = type,
		.epoch = EPOCH,
		.seq = type >= RP_EV_UP ? 0 : relayc_oldest(w->rc) };
	say(w, &m, size);
}

static void act(struct world *w, uint8_t what, uint8_t arg, const uint8_t *body, size_t n)
{
	switch ((enum act)(what % N_ACTS)) {
	case COMMAND: command(w, arg); break;
	case REPLY: reply(w, arg, body, n); break;
	case SAY: say(w, body, n); break;
	case FREE_IN_CALLBACK: w->free_after = arg; break;
	case CLOSE: far_close(w); break;
	case BREAK: relayc_break(w->rc, ETIMEDOUT); break;
	case POLL:
	case N_ACTS: relayc_poll(w->rc); break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct world w = { .far = -1, .free_after = -1 };

	connect_both(&w);
	for (int i = 0; i < ACTS && size >= 3 && !w.is_freed; i++) {
		size_t n = data[2] < size - 3 ? data[2] : size - 3;

		act(&w, data[0], data[1], data + 3, n);
		data += 3 + n;
		size -= 3 + n;
	}
	far_close(&w);
	for (int i = 0; i < ACTS && !w.is_freed && !w.is_gone; i++)
		relayc_poll(w.rc);
	assert(w.is_freed || (w.is_gone && w.at_due == w.n_due));
	if (!w.is_freed)
		relayc_free(w.rc);
	return 0;
}
