/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * conn -- the table of connections.
 *
 * An id is a serial number and, in its low 12 bits, the slot; so an id is found in O(1) and never comes
 * back.  A connection lives from accept() until libwebsockets destroys its side, and the table owns it.
 * The control loop's thread, only.
 */
#include <stdlib.h>

#include "web/private.h"

uint64_t conn_from(const struct conn *c)
{
	return guesses_from(&c->w->guesses, &c->client);
}

static enum crowd_rank rank_of(const struct conn *c)
{
	if (c->kind == CONN_WS)
		return c->page == WEB_CALLER ? CROWD_GUEST : CROWD_KNOWN;
	if (c->is_known)
		return CROWD_KNOWN;
	return c->is_busy ? CROWD_BUSY : CROWD_IDLE;
}

/* Everybody who is not going already. Returns how many. */
static size_t seat_all(struct web *w)
{
	size_t n = 0;

	for (uint32_t i = 0; i < SLOTS_MAX; i++) {
		const struct conn *c = w->conns[i];

		if (!c || c->is_dying)
			continue;
		w->seat_slots[n] = i;
		w->seats[n++] = (struct crowd_seat){
			.from = guesses_from(&w->guesses, &c->addr),
			.since = c->since,
			.rank = rank_of(c),
			.is_shared = addr_is_trusted(&w->proxies, &c->addr),
		};
	}
	return n;
}

/* Looks at each connection: some ten microseconds per accept, and nothing to keep in step.  How many an address
 * may open is looked at first, so a flood does not even cost that. */
static bool is_let_in(struct web *w, const struct sockaddr_storage *addr)
{
	uint64_t from = guesses_from(&w->guesses, addr);
	bool is_shared = addr_is_trusted(&w->proxies, addr);
	size_t leaves = 0;

	if (w->freeing || w->n_conns >= SLOTS_MAX)
		return false;
	if (!is_shared &&
		!bucket_take(buckets_of(&w->rates->accepts, from), &w->lim.accepts,
			(int64_t)uv_now(w->loop)))
		return false;
	switch (crowd_decide(
		w->seats, seat_all(w), from, is_shared, &w->lim.crowd, &leaves)) {
	case CROWD_COME: return true;
	case CROWD_INSTEAD: conn_kill(w->conns[w->seat_slots[leaves]]); return true;
	default: return false;
	}
}

static size_t free_slot(const struct web *w)
{
	size_t i = 0;

	while (w->conns[i])
		i++;
	return i;
}

struct conn *conn_new(struct web *w, const struct sockaddr_storage *addr)
{
	struct conn *c;
	size_t slot;

	if (!is_let_in(w, addr))
		return NULL;
	c = calloc(1, sizeof *c);
	if (!c)
		return NULL;
	slot = free_slot(w);
	c->w = w;
	c->addr = c->client = *addr;
	c->is_secure = w->tls.certificate;
	c->id = ++w->serial * SLOTS_MAX + slot;
	c->since = ++w->order;
	c->ticks_left = w->lim.fresh;
	list_init(&c->out);
	w->conns[slot] = c;
	w->n_conns++;
	return c;
}

void conn_rests(struct conn *c)
{
	c->is_busy = false;
	c->since = ++c->w->order;
	c->ticks_left = c->w->lim.fresh;
}

void conn_free(struct conn *c)
{
	socket_drop(c);
	free(c->body);
	free(c->answer.body);
	free(c->own.bytes);
	c->w->conns[c->id % SLOTS_MAX] = NULL;
	c->w->n_conns--;
	free(c);
}

static struct conn *at_slot(const struct web *w, uint64_t id)
{
	return w->conns[id % SLOTS_MAX];
}

struct conn *conn_find(const struct web *w, uint64_t id)
{
	struct conn *c = at_slot(w, id);

	return c && c->id == id ? c : NULL;
}

struct conn *conn_of_request(const struct web *w, uint64_t request)
{
	struct conn *c = at_slot(w, request);

	return c && request && c->request == request ? c : NULL;
}

uint64_t conn_next_id(struct web *w, const struct conn *c)
{
	return ++w->serial * SLOTS_MAX + c->id % SLOTS_MAX;
}

void conn_ended(struct conn *c)
{
	struct web *w = c->w;

	c->wsi = NULL;
	c->request = 0;
	socket_drop(c);
	if (c->kind == CONN_WS) {
		c->kind = CONN_HTTP;
		w->n_sockets--;
	}
	if (!c->told)
		return;
	c->told = false;
	if (!w->freeing)
		w->h.closed(w->h.arg, c->id);
}

void conn_kill(struct conn *c)
{
	c->ticks_left = 0;
	c->is_dying = true;
	if (!c->wsi)
		return;
	lws_set_timeout(c->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
	/* its timers are looked at only after something happened */
	lws_cancel_service(c->w->ctx);
}

/* Who sends a body too slowly is told (RFC 9110 section 15.5.9), and who waits in vain for the app; if it still
 * reads. */
static void end_late(struct conn *c)
{
	bool waits = c->request && !c->api_done && !c->login_done;

	if (!(c->is_reading || waits) || c->is_late || !c->wsi) {
		conn_kill(c);
		return;
	}
	c->is_late = true;
	c->request = 0; /* whatever the app says now is too late */
	c->ticks_left = c->w->lim.closing;
	lws_callback_on_writable(c->wsi);
}

void conn_tick(struct conn *c)
{
	if (c->ticks_left && --c->ticks_left == 0)
		end_late(c);
	else if (c->wsi && c->kind == CONN_WS)
		socket_tick(c);
	else if (c->wsi)
		web_http_tick(c);
}
