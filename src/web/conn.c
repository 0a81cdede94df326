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

/* Looks at each connection: some microseconds per accept, and nothing to keep in step. */
static bool is_within_limits(const struct web *w, const struct sockaddr_storage *addr)
{
	size_t n = 0;

	if (w->freeing || w->n_conns >= w->lim.conns)
		return false;
	for (size_t i = 0; i < w->lim.conns; i++)
		if (w->conns[i] && addr_is_same(&w->conns[i]->addr, addr))
			n++;
	return n < w->lim.per_addr;
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

	if (!is_within_limits(w, addr))
		return NULL;
	c = calloc(1, sizeof *c);
	if (!c)
		return NULL;
	slot = free_slot(w);
	c->w = w;
	c->addr = c->client = *addr;
	c->is_secure = w->tls.certificate;
	c->id = ++w->serial * SLOTS_MAX + slot;
	list_init(&c->out);
	w->conns[slot] = c;
	w->n_conns++;
	return c;
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
	size_t slot = id % SLOTS_MAX;

	return slot < w->lim.conns ? w->conns[slot] : NULL;
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
	if (!c->wsi)
		return;
	lws_set_timeout(c->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
	/* its timers are looked at only after something happened */
	lws_cancel_service(c->w->ctx);
}

void conn_tick(struct conn *c)
{
	if (c->ticks_left && --c->ticks_left == 0)
		conn_kill(c);
	else if (c->wsi && c->kind == CONN_WS)
		socket_tick(c);
	else if (c->wsi)
		web_http_tick(c);
}
