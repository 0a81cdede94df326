/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * socket -- the WebSocket of a page: text in, text out, pings, an orderly end (RFC 6455).
 *
 * One message is written per turn of the loop, and only when the page's socket takes it, so a slow page
 * delays nobody; what waits for it has a maximum.  No handler is called from web_send() or web_close().
 * The control loop's thread, only.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "web/private.h"

#define CLOSE_WRONG_TYPE 1003 /* RFC 6455 section 7.4.1 */
#define CLOSE_POLICY     1008
#define CLOSE_TOO_BIG    1009
#define CLOSE_INTERNAL   1011
#define CLOSE_SLOW       4003 /* docs/desk-protocol.md */

int socket_opened(struct conn *c)
{
	struct web *w = c->w;

	if (w->freeing)
		return -1;
	c->kind = CONN_WS;
	w->n_sockets++;
	c->silent = 0;
	c->ticks_left = 0;
	c->is_busy = false;
	c->told = true;
	w->h.opened(w->h.arg, c->id, c->page, c->agent,
		c->page == WEB_CALLER ? guesses_from(&w->guesses, &c->client)
				      : c->session_number);
	return 0;
}

static void drop_out(struct conn *c)
{
	list_each_safe(it, &c->out)
	{
		list_remove(it);
		free(list_entry(it, struct out_msg, node));
	}
	c->out_n = 0;
}

static void drop_rx(struct conn *c)
{
	free(c->rx);
	c->rx = NULL;
	c->rx_n = 0;
}

void socket_drop(struct conn *c)
{
	drop_out(c);
	drop_rx(c);
}

void socket_close(struct conn *c, uint16_t code, const char *reason)
{
	if (c->kind != CONN_WS || !c->wsi || c->close_code)
		return;
	c->close_code = code;
	if (text_copy(c->close_reason, sizeof c->close_reason, reason ? reason : ""))
		c->close_reason[0] = 0;
	drop_rx(c);
	c->ticks_left = c->w->lim.closing;
	lws_callback_on_writable(c->wsi);
}

static void deliver(struct conn *c)
{
	const struct web_handler *h = &c->w->h;
	struct desk_parsed *p = NULL;
	struct desk_msg m;
	int err = desk_parse(&p, &m, c->rx, c->rx_n);

	drop_rx(c);
	if (err)
		h->bad_message(h->arg, c->id, err);
	else
		h->message(h->arg, c->id, &m);
	desk_parsed_free(p);
}

int socket_receive(struct conn *c, const void *p, size_t n)
{
	c->silent = 0;
	if (c->close_code || c->w->freeing)
		return 0;
	if (lws_frame_is_binary(c->wsi)) {
		socket_close(c, CLOSE_WRONG_TYPE, "text only");
		return 0;
	}
	if (!bucket_take(
		    &c->messages, &c->w->lim.messages, (int64_t)uv_now(c->w->loop))) {
		socket_close(c, CLOSE_POLICY, "too many messages");
		return 0;
	}
	if (n > DESK_MESSAGE_MAX - c->rx_n) {
		socket_close(c, CLOSE_TOO_BIG, "message too big");
		return 0;
	}
	if (!c->rx)
		c->rx = malloc(DESK_MESSAGE_MAX);
	if (!c->rx) {
		socket_close(c, CLOSE_INTERNAL, "no memory");
		return 0;
	}
	if (n)
		memcpy(c->rx + c->rx_n, p, n);
	c->rx_n += n;
	if (lws_is_final_fragment(c->wsi) && !lws_remaining_packet_payload(c->wsi))
		deliver(c);
	return 0;
}

static int write_first(struct conn *c)
{
	struct out_msg *m = list_entry(c->out.next, struct out_msg, node);
	int n = lws_write(c->wsi, m->buf + LWS_PRE, m->n, LWS_WRITE_TEXT);

	list_remove(&m->node);
	free(m);
	c->out_n--;
	return n < 0 ? -1 : 0;
}

static int write_ping(struct conn *c)
{
	unsigned char buf[LWS_PRE + 1];

	buf[LWS_PRE] = 'p'; /* of an empty pong libwebsockets says nothing */
	c->ping_due = false;
	return lws_write(c->wsi, buf + LWS_PRE, 1, LWS_WRITE_PING) < 0 ? -1 : 0;
}

/* The usual way is to return -1 here.  But Debian 12's build closes a connection on libuv twice after
 * that, and the second time kills what the first one was about to say. */
static int start_closing(struct conn *c)
{
	c->close_sent = true;
	lws_close_reason(c->wsi, (enum lws_close_status)c->close_code,
		(unsigned char *)c->close_reason, strlen(c->close_reason));
	lws_set_timeout(c->wsi, PENDING_TIMEOUT_CLOSE_SEND, LWS_TO_KILL_SYNC);
	return 0;
}

/* One write per turn, as libwebsockets asks for. */
int socket_writeable(struct conn *c)
{
	int err = 0;

	if (c->close_sent)
		return 0;
	if (!list_is_empty(&c->out))
		err = write_first(c);
	else if (c->close_code)
		return start_closing(c);
	else if (c->ping_due)
		err = write_ping(c);
	if (!list_is_empty(&c->out) || c->close_code || c->ping_due)
		lws_callback_on_writable(c->wsi);
	return err;
}

void socket_tick(struct conn *c)
{
	if (++c->silent >= c->w->lim.silent) {
		conn_kill(c);
	} else if (c->silent % c->w->lim.ping == 0 && !c->close_code) {
		c->ping_due = true;
		lws_callback_on_writable(c->wsi);
	}
}

static int enqueue(struct conn *c, const char *json)
{
	size_t n = strlen(json);
	struct out_msg *m = malloc(sizeof *m + LWS_PRE + n);

	if (!m)
		return -1;
	*m = (struct out_msg){ .n = n };
	memcpy(m->buf + LWS_PRE, json, n);
	list_append(&c->out, &m->node);
	c->out_n++;
	lws_callback_on_writable(c->wsi);
	return 0;
}

void web_send(struct web *w, uint64_t conn, char *json)
{
	struct conn *c = conn_find(w, conn);

	if (!c || c->kind != CONN_WS || c->close_code || w->freeing)
		goto out;
	if (c->out_n >= WEB_SEND_MAX) {
		/* it would see the past only; it starts anew with the whole view */
		drop_out(c);
		socket_close(c, CLOSE_SLOW, "slow");
	} else if (!json || enqueue(c, json)) {
		drop_out(c);
		socket_close(c, CLOSE_INTERNAL, "no memory");
	}
out:
	free(json);
}

void web_close(struct web *w, uint64_t conn, uint16_t code, const char *reason)
{
	struct conn *c = conn_find(w, conn);

	if (c)
		socket_close(c, code, reason);
}
