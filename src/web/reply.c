/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * reply -- writes the head of an answer and a short body.
 *
 * The headers that every answer carries are the virtual host's (web.c); libwebsockets adds them to its
 * own answers too.  The control loop's thread, only.
 */
#include <string.h>

#include "base/text.h"
#include "web/private.h"

#define HEAD_SIZE \
	4096 /* the common headers have about 900 bytes, a reply's own about 500 */
#define LINE_SIZE 64

static const struct {
	unsigned status;
	const char *words;
} lines[] = {
	{ 400, "400 Bad Request\n" },
	{ 401, "401 Unauthorized\n" },
	{ 403, "403 Forbidden\n" },
	{ 404, "404 Not Found\n" },
	{ 405, "405 Method Not Allowed\n" },
	{ 408, "408 Request Timeout\n" },
	{ 409, "409 Conflict\n" },
	{ 411, "411 Length Required\n" },
	{ 413, "413 Content Too Large\n" },
	{ 414, "414 URI Too Long\n" },
	{ 415, "415 Unsupported Media Type\n" },
	{ 421, "421 Misdirected Request\n" },
	{ 426, "426 Upgrade Required\n" },
	{ 429, "429 Too Many Requests\n" },
	{ 422, "422 Unprocessable Content\n" },
	{ 431, "431 Request Header Fields Too Large\n" },
	{ 503, "503 Service Unavailable\n" },
};

struct head {
	struct lws *wsi;
	unsigned char buf[LWS_PRE + HEAD_SIZE];
	unsigned char *p, *end;
	bool failed;
};

static void add(struct head *h, const char *name, const char *value)
{
	if (!value)
		return;
	if (lws_add_http_header_by_name(h->wsi, (const unsigned char *)name,
		    (const unsigned char *)value, (int)strlen(value), &h->p, h->end))
		h->failed = true;
}

static const char *line_of(unsigned status)
{
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		if (lines[i].status == status)
			return lines[i].words;
	return NULL; /* 204, 303, 304: no body */
}

static void add_all(struct head *h, const struct conn *c, const struct reply *r,
	const char *body, size_t length)
{
	char retry[12] = GUESSES_RETRY_S;

	if (lws_add_http_header_status(h->wsi, r->status, &h->p, h->end))
		h->failed = true;
	add(h, "content-type:",
		r->type        ? r->type
			: body ? "text/plain; charset=utf-8"
			       : NULL);
	add(h, "location:", r->location);
	/* RFC 9110 section 15.5.6: a 405 always has it */
	add(h, "allow:", r->allow || r->status != 405 ? r->allow : "GET, HEAD");
	add(h, "etag:", r->etag);
	add(h, "cache-control:", r->cache ? r->cache : "no-store");
	add(h, "set-cookie:", r->cookie);
	add(h, "set-cookie:", r->device);
	add(h, "set-cookie:", r->sign_on);
	add(h, "content-disposition:", r->disposition);
	/* beside the one of all answers, which then says nothing of frames (web.c) */
	if (c->w->caller_frames)
		add(h, "content-security-policy:",
			r->frames ? r->frames : "frame-ancestors 'none'");
	/* of a proxy's TLS; of ours it stands in all answers */
	if (c->is_secure && !c->w->tls.certificate)
		add(h, "strict-transport-security:", WEB_HSTS);
	/* RFC 9110 section 7.8 wants it with 426 */
	add(h, "upgrade:", r->status == 426 ? "websocket" : NULL);
	/* RFC 6585 section 4 */
	if (r->status == 429 && r->retry_s)
		(void)text_format(retry, sizeof retry, "%u", r->retry_s);
	add(h, "retry-after:", r->status == 429 ? retry : NULL);
	add(h, "connection:", r->status == 426 ? "upgrade" : r->close ? "close" : NULL);
	/* RFC 9110 section 8.6: never with 204, and with 304 it would mean the file's */
	if (r->status != 204 && r->status != 304 &&
		lws_add_http_header_content_length(h->wsi, length, &h->p, h->end))
		h->failed = true;
	if (lws_finalize_http_header(h->wsi, &h->p, h->end))
		h->failed = true;
}

/* 0: written */
static int write_head(struct conn *c, const struct reply *r)
{
	const char *body = r->body ? r->body : r->type ? NULL : line_of(r->status);
	size_t n = body ? strlen(body) : 0;
	struct head h = { .wsi = c->wsi };
	unsigned char *start = h.buf + LWS_PRE;
	size_t size;

	h.p = start;
	h.end = start + HEAD_SIZE;
	add_all(&h, c, r, body, r->length ? r->length : n);
	if (h.failed || n > (size_t)(h.end - h.p))
		return -1;
	if (n && !r->head) {
		memcpy(h.p, body, n);
		h.p += n;
	}
	size = (size_t)(h.p - start);
	return lws_write(c->wsi, start, size, LWS_WRITE_HTTP_HEADERS) == (int)size ? 0
										   : -1;
}

int web_reply_send(struct conn *c, const struct reply *r)
{
	if (write_head(c, r))
		return -1;
	if (r->length && !r->head)
		return 0; /* the file follows */
	conn_rests(c);
	if (r->close)
		return -1; /* libwebsockets sends what it still holds, then closes */
	return lws_http_transaction_completed(c->wsi) ? -1 : 0;
}

int web_reply_status(struct conn *c, unsigned status, bool close)
{
	return web_reply_send(c, &(struct reply){ .status = status, .close = close });
}

int web_reply_no_upgrade(struct conn *c, unsigned status)
{
	return write_head(c, &(struct reply){ .status = status, .close = true }) ? -1 : 1;
}
