/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * http -- which answer a request gets.
 *
 * The order of the checks is the order of a suspicious porter: is the request whole and small, is it
 * meant for us, may this page ask, what does it want.  Only GET and HEAD keep the connection; whatever has
 * or could have a body ends it after the answer, so nothing that is left over is taken for a request.
 * The control loop's thread, only.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "web/private.h"

#define HOST_SIZE   WEB_NAME_MAX
#define FORWARDED   512 /* of X-Forwarded-For or Forwarded: some hops */
#define COOKIE_SIZE 4096
#define COOKIE_SET  320 /* of one that is set */
#define DOOR        "/ws/door/"
#define API         "/api/"
#define ICAL        "/ical/"
#define DEVICE_S \
	34560000 /* 400 days: the most that browsers keep one (RFC 6265bis section 5.5) */
#define FOR_EVER "public, max-age=31536000, immutable" /* a year, RFC 8246 */

struct request {
	struct conn *c;
	int method; /* LWSHUMETH_ */
	char path[FILES_PATH_MAX];
	char host[HOST_SIZE];
	uint64_t length; /* of the body */
};

static bool has_header(const struct conn *c, enum lws_token_indexes token)
{
	return lws_hdr_total_length(c->wsi, token) > 0;
}

/* false: not there, or longer than cap */
static bool header(
	const struct conn *c, enum lws_token_indexes token, char *dst, size_t cap)
{
	return has_header(c, token) && lws_hdr_copy(c->wsi, dst, (int)cap, token) > 0;
}

/* Libwebsockets would take up to 16 KB (web.c); of what it knows by name more than half is too much. */
static bool is_header_too_large(const struct conn *c)
{
	size_t n = 0;

	for (int t = 0; t < WSI_TOKEN_COUNT; t++)
		n += (size_t)lws_hdr_total_length(c->wsi, (enum lws_token_indexes)t);
	return n > HEADERS_MAX;
}

/* 0, or the status that the request deserves. */
static unsigned check_host(const struct conn *c, char host[HOST_SIZE])
{
	if (!has_header(c, WSI_TOKEN_HOST))
		return 400;
	if (!header(c, WSI_TOKEN_HOST, host, HOST_SIZE))
		return 421;
	return request_is_our_host(host, &c->w->house, c->is_secure) ? 0 : 421;
}

static bool custom(const struct conn *c, const char *name, char *dst, size_t cap)
{
	return lws_hdr_custom_copy(c->wsi, dst, (int)cap, name, (int)strlen(name)) > 0;
}

/* Behind a proxy that is trusted each request says anew who asks, and how: a proxy keeps its connections. Where the
 * header was sent twice, libwebsockets has the two joined by a comma, so the proxy's own is last. */
static void read_forwarded(struct conn *c)
{
	bool is_secure = false;
	char text[FORWARDED];

	if (!addr_is_trusted(&c->w->proxies, &c->addr))
		return;
	c->client = c->addr;
	if (c->w->reads_forwarded) {
		if (custom(c, "forwarded:", text, sizeof text))
			(void)addr_forwarded_by(
				&c->w->proxies, text, &c->client, &is_secure);
	} else {
		if (header(c, WSI_TOKEN_X_FORWARDED_FOR, text, sizeof text))
			(void)addr_forwarded(&c->w->proxies, text, &c->client);
		is_secure = custom(c, "x-forwarded-proto:", text, sizeof text) &&
			strcasecmp(text, "https") == 0;
	}
	c->is_secure = c->w->tls.certificate || is_secure;
}

static unsigned check_origin(const struct conn *c, const char *host)
{
	char origin[HOST_SIZE + 16];

	return header(c, WSI_TOKEN_ORIGIN, origin, sizeof origin) &&
			request_is_same_origin(origin, host, c->is_secure)
		? 0
		: 403;
}

static unsigned check_length(const struct conn *c, uint64_t *length)
{
	char text[24];

	*length = 0;
	/* libwebsockets does not undo chunks */
	if (has_header(c, WSI_TOKEN_HTTP_TRANSFER_ENCODING))
		return 411;
	if (!has_header(c, WSI_TOKEN_HTTP_CONTENT_LENGTH))
		return 0;
	if (!header(c, WSI_TOKEN_HTTP_CONTENT_LENGTH, text, sizeof text) ||
		!request_length(text, INT64_MAX, length))
		return 400;
	return 0;
}

/* The agent whose session the cookie names, and the session's number; or 0. */
static uint64_t agent_of(struct conn *c, uint64_t *session)
{
	const struct web_handler *h = &c->w->h;
	char cookies[COOKIE_SIZE], token[WEB_TOKEN_SIZE];
	uint64_t agent;

	*session = 0;
	if (!header(c, WSI_TOKEN_HTTP_COOKIE, cookies, sizeof cookies) ||
		!request_session(cookies, c->is_secure, token))
		return 0;
	agent = h->session(h->arg, token, session);
	c->is_known = c->is_known || agent;
	return agent;
}

/* Of an address, and where it has used that up, of a session: whoever works behind a noisy address works on. */
static bool is_in_time(struct conn *c)
{
	struct web *w = c->w;
	int64_t now_ms = (int64_t)uv_now(w->loop);
	uint64_t session = 0;

	return bucket_take(buckets_of(&w->rates->requests, conn_from(c)),
		       &w->lim.requests, now_ms) ||
		(agent_of(c, &session) &&
			bucket_take(buckets_of(&w->rates->sessions, session),
				&w->lim.session_requests, now_ms));
}

static unsigned read_request(struct request *q, const char *path, size_t n)
{
	unsigned status = 0;
	char *uri;
	int uri_n;

	q->method = lws_http_get_uri_and_method(q->c->wsi, &uri, &uri_n);
	read_forwarded(q->c);
	if (n >= sizeof q->path)
		status = 414;
	else if (is_header_too_large(q->c))
		status = 431;
	if (!status)
		status = check_length(q->c, &q->length);
	if (!status)
		status = check_host(q->c, q->host);
	if (!status && !is_in_time(q->c))
		status = 429;
	if (status)
		return status;
	memcpy(q->path, path, n);
	q->path[n] = 0;
	return strlen(q->path) == n ? 0 : 400;
}

static void read_body(struct conn *c)
{
	c->is_reading = true;
	c->ticks_left = c->w->lim.body;
}

/* Reads a small body first: closing with unread bytes resets the connection, and the answer with it. */
static int refuse(const struct request *q, unsigned status)
{
	if (q->length > 0 && q->length <= DRAIN_MAX) {
		q->c->refusal = status;
		read_body(q->c);
		return 0;
	}
	return web_reply_status(q->c, status, true);
}

static bool is_for_callers(const char *path)
{
	return strcmp(path, "/caller") == 0 || strncmp(path, "/caller/", 8) == 0;
}

static const struct file *find_file(const struct web *w, const char *path)
{
	if (!w->caller_page && is_for_callers(path))
		return NULL;
	if (request_is_login_link(path))
		path = "/login/index.html";
	return files_find(&w->files, path);
}

/* Which page's WebSocket is it?  false: no such path. */
static bool socket_path(const struct web *w, const char *path, enum web_page *page)
{
	*page = WEB_DESK;
	if (strcmp(path, "/ws/desk") == 0)
		return true;
	*page = WEB_DOOR;
	if (strncmp(path, DOOR, sizeof DOOR - 1) == 0)
		return true;
	*page = WEB_CALLER;
	return w->caller_page && strcmp(path, "/ws/caller") == 0;
}

/* 0: the path's token lives, and c->agent is whose it is. Anything that is none of ours is the same 401. */
static unsigned check_door(struct conn *c, const char *path)
{
	const struct web_handler *h = &c->w->h;
	const char *token = path + sizeof DOOR - 1;

	if (!guesses_may(&c->w->guesses, &c->client))
		return 429;
	c->agent = request_is_token(token) ? h->door(h->arg, token) : 0;
	if (c->agent)
		return 0;
	guesses_wrong(&c->w->guesses, &c->client);
	return 401;
}

/* Who comes to a WebSocket; 0, and c->agent is set, or the status that refuses. */
static unsigned check_who(struct conn *c, enum web_page page, const char *path)
{
	if (page == WEB_DOOR)
		return check_door(c, path);
	c->agent = page == WEB_DESK ? agent_of(c, &c->session_number) : 0;
	return page == WEB_DESK && !c->agent ? 401 : 0;
}

static int send_file(struct request *q, const struct file *f)
{
	struct conn *c = q->c;
	struct reply r = {
		.status = 200,
		.type = f->type,
		.etag = f->etag,
		.cache = f->hashed ? FOR_EVER : "no-cache",
		.length = f->n,
		.head = q->method == LWSHUMETH_HEAD,
		.frames = is_for_callers(q->path) ? c->w->caller_frames : NULL,
	};
	char known[256];

	if (header(c, WSI_TOKEN_HTTP_IF_NONE_MATCH, known, sizeof known) &&
		request_has_etag(known, f->etag)) {
		r.status = 304;
		r.type = NULL;
		r.length = 0;
	}
	if (web_reply_send(c, &r))
		return -1;
	if (!r.length || r.head)
		return 0;
	c->file = f;
	c->sent = c->sent_at_tick = 0;
	lws_callback_on_writable(c->wsi);
	return 0;
}

static int redirect(struct request *q, unsigned status, const char *to)
{
	return web_reply_send(q->c, &(struct reply){ .status = status, .location = to });
}

/* A path of a WebSocket asked for plainly: tells a page whether its session is still good. */
static int answer_socket_path(struct request *q, enum web_page page)
{
	unsigned status = check_who(q->c, page, q->path);

	return web_reply_send(q->c,
		&(struct reply){
			.status = status ? status : 426,
			.head = q->method == LWSHUMETH_HEAD,
		});
}

static bool is_api(const char *path)
{
	return strncmp(path, API, sizeof API - 1) == 0;
}

/* Who somebody is; not the one-time link's own path. */
static bool is_proof(const char *path)
{
	return (strncmp(path, "/login/", 7) == 0 && path[7]) ||
		(strncmp(path, "/account/", 9) == 0 && path[9]);
}

static int ask_app(struct conn *c)
{
	const struct web_handler *h = &c->w->h;
	bool proves = c->ask == ASK_PROVE;
	struct web_ask ask = { .agent = c->agent,
		.session = c->session_number,
		.from = conn_from(c),
		.device = c->device,
		.sign_on = c->sign_on,
		.is_throttled = proves && !guesses_may(&c->w->guesses, &c->client),
		.origin = c->origin,
		.is_post = c->is_post,
		.path = c->path + (proves ? 1 : sizeof API - 1),
		.body = c->body ? c->body : "",
		.n = c->body_n };

	c->api_done = false;
	c->ticks_left = proves ? c->w->lim.proof : c->w->lim.request;
	if (proves)
		lws_set_timeout(c->wsi, PENDING_TIMEOUT_HTTP_CONTENT,
			(int)c->w->lim.proof + 5); /* ours comes first */
	ask.request = c->request = conn_next_id(c->w, c);
	(proves ? h->prove : h->api)(h->arg, &ask);
	return 0;
}

/* What reaches the app: no session asks without a pause. */
static bool is_session_in_time(const struct conn *c)
{
	return bucket_take(buckets_of(&c->w->rates->sessions, c->session_number),
		&c->w->lim.session_requests, (int64_t)uv_now(c->w->loop));
}

/* 0, and c->agent is who asks; or the status that refuses. */
static unsigned check_api(struct request *q)
{
	struct conn *c = q->c;
	char cookies[COOKIE_SIZE];

	c->is_post = q->method == LWSHUMETH_POST;
	c->agent = agent_of(c, &c->session_number);
	if (!c->agent && c->ask != ASK_PROVE)
		return 401;
	if (c->agent && !is_session_in_time(c))
		return 429;
	c->device[0] = c->sign_on[0] = 0;
	if (c->ask == ASK_PROVE &&
		header(c, WSI_TOKEN_HTTP_COOKIE, cookies, sizeof cookies)) {
		request_device(cookies, c->is_secure, c->device);
		request_sign_on(cookies, c->is_secure, c->sign_on);
	}
	(void)text_format(c->origin, sizeof c->origin, "%s%s",
		request_scheme(c->is_secure), q->host);
	return text_copy(c->path, sizeof c->path, q->path) ? 414 : 0;
}

static int get_api(struct request *q)
{
	unsigned status = q->method == LWSHUMETH_HEAD ? 405 : check_api(q);

	return status ? refuse(q, status) : ask_app(q->c);
}

/* A calendar program has no session; the path's token says whose it is. The app is asked as at /api/. */
static int get_calendar(struct request *q)
{
	struct conn *c = q->c;

	if (q->method == LWSHUMETH_HEAD)
		return refuse(q, 405);
	if (!guesses_may(&c->w->guesses, &c->client))
		return refuse(q, 429);
	if (!request_is_calendar(q->path)) {
		guesses_wrong(&c->w->guesses, &c->client);
		return refuse(q, 404);
	}
	c->is_post = false;
	c->is_calendar = true;
	c->agent = 0;
	/* without the leading slash and the ending; both are as long as a token, so it fits */
	(void)text_format(c->path, sizeof c->path, "%.*s%.*s", (int)sizeof API - 1, API,
		(int)(sizeof ICAL - 2 + WEB_TOKEN_SIZE - 1), q->path + 1);
	return ask_app(c);
}

static int get(struct request *q)
{
	const struct web *w = q->c->w;
	struct reply r = { .status = 404, .head = q->method == LWSHUMETH_HEAD };
	char folder[FILES_PATH_MAX + 1];
	const struct file *f;
	enum web_page page;

	if (q->length)
		return refuse(q, 400);
	if (is_api(q->path))
		return get_api(q);
	if (strncmp(q->path, ICAL, sizeof ICAL - 1) == 0)
		return get_calendar(q);
	if (strcmp(q->path, "/") == 0)
		return redirect(q, 303, "/desk/");
	if (socket_path(w, q->path, &page))
		return answer_socket_path(q, page);
	f = find_file(w, q->path);
	if (f)
		return send_file(q, f);
	if (strcmp(q->path, "/health") == 0) {
		r.status = 200;
		r.body = "ok\n";
	} else if (strcmp(q->path, "/logout") == 0) {
		r.status = 405;
		r.allow = "POST";
	} else if (files_is_folder(&w->files, q->path) &&
		(w->caller_page || !is_for_callers(q->path)) &&
		!text_format(folder, sizeof folder, "%s/", q->path)) {
		return redirect(q, 308, folder);
	}
	return web_reply_send(q->c, &r);
}

/* Both make a browser ask before a foreign page may send them. */
static bool is_type_good(const struct request *q)
{
	char type[64];

	if (q->c->ask == ASK_LOGOUT)
		return true;
	if (!header(q->c, WSI_TOKEN_HTTP_CONTENT_TYPE, type, sizeof type))
		return false;
	if (q->c->is_notice)
		return request_is_form(type); /* its token proves who sends it */
	return (request_is_json(type) || (q->c->ask == ASK_API && request_is_csv(type)));
}

static size_t most_of(enum conn_ask ask)
{
	return ask == ASK_API      ? WEB_ASK_MAX
		: ask == ASK_PROVE ? WEB_PROOF_MAX
				   : WEB_BODY_MAX;
}

static unsigned check_post(const struct request *q)
{
	unsigned status = q->c->is_notice ? 0 : check_origin(q->c, q->host);

	if (status)
		return status;
	if (!has_header(q->c, WSI_TOKEN_HTTP_CONTENT_LENGTH))
		return 411;
	if (q->length > most_of(q->c->ask))
		return 413;
	return is_type_good(q) ? 0 : 415;
}

static unsigned make_room(struct conn *c, size_t n)
{
	char *room = realloc(c->body, n + 1);

	if (!room)
		return 503;
	c->body = room;
	c->body_cap = n;
	memset(room, 0, n + 1);
	return 0;
}

static int post(struct request *q)
{
	struct conn *c = q->c;
	unsigned status;

	c->is_notice = strcmp(q->path, REQUEST_NOTICE) == 0;
	if (strcmp(q->path, "/login") == 0)
		c->ask = ASK_LOGIN;
	else if (strcmp(q->path, "/logout") == 0)
		c->ask = ASK_LOGOUT;
	else if (is_api(q->path))
		c->ask = ASK_API;
	else if (is_proof(q->path) && !find_file(c->w, q->path))
		c->ask = ASK_PROVE;
	else
		return refuse(q, find_file(c->w, q->path) ? 405 : 404);
	status = check_post(q);
	if (!status && (c->ask == ASK_API || c->ask == ASK_PROVE))
		status = check_api(q);
	if (!status)
		status = make_room(c, (size_t)q->length);
	if (status)
		return refuse(q, status);
	read_body(c);
	return 0; /* web_http_body_end() goes on */
}

int web_http_request(struct conn *c, const char *path, size_t n)
{
	struct request q = { .c = c };
	unsigned status;

	c->ask = ASK_NONE;
	c->is_calendar = false;
	c->refusal = 0;
	c->body_n = 0;
	c->is_busy = true;
	c->is_reading = c->is_late = false;
	c->ticks_left = c->w->lim.request;
	status = read_request(&q, path, n);
	if (status)
		return refuse(&q, status);
	if (q.method == LWSHUMETH_GET || q.method == LWSHUMETH_HEAD)
		return get(&q);
	if (q.method == LWSHUMETH_POST)
		return post(&q);
	return refuse(&q, 405);
}

int web_http_body(struct conn *c, const void *p, size_t n)
{
	if (c->refusal || !n)
		return 0;
	if (c->ask == ASK_NONE || n > c->body_cap - c->body_n)
		return -1; /* more than it announced; libwebsockets does not let that happen */
	memcpy(c->body + c->body_n, p, n);
	c->body_n += n;
	return 0;
}

static int login(struct conn *c)
{
	const struct web_handler *h = &c->w->h;
	char token[WEB_TOKEN_SIZE];
	int err = request_login_token(c->body, c->body_n, token);

	if (!guesses_may(&c->w->guesses, &c->client))
		return web_reply_status(c, 429, true);
	if (err) {
		guesses_wrong(&c->w->guesses, &c->client);
		return web_reply_status(c, err == EACCES ? 403 : 400, true);
	}
	c->request = conn_next_id(c->w, c);
	h->login(h->arg, c->request, token);
	return 0;
}

/* On plain http browsers drop what is Secure. */
static int write_cookie(char cookie[COOKIE_SET], bool is_secure, const char *name,
	const char *value, uint32_t max_age_s)
{
	return text_format(cookie, COOKIE_SET,
		"%s%s=%s; HttpOnly; SameSite=Strict; Path=/; Max-Age=%u%s",
		is_secure ? REQUEST_HOST_PREFIX : "", name, value, max_age_s,
		is_secure ? "; Secure" : "");
}

static int logout(struct conn *c)
{
	char cookie[COOKIE_SET];

	if (write_cookie(cookie, c->is_secure, REQUEST_COOKIE, "", 0))
		return -1;
	return web_reply_send(
		c, &(struct reply){ .status = 204, .cookie = cookie, .close = true });
}

int web_http_body_end(struct conn *c)
{
	/* A second time: bytes after the body, before the answer.  Libwebsockets would hoard them. */
	if (c->request || c->w->freeing)
		return -1;
	c->is_reading = false;
	c->ticks_left = c->w->lim.request;
	if (c->refusal)
		return web_reply_status(c, c->refusal, true);
	if (c->ask == ASK_LOGIN)
		return login(c);
	if (c->ask == ASK_API || c->ask == ASK_PROVE)
		return ask_app(c);
	return c->ask == ASK_LOGOUT ? logout(c) : -1;
}

static int answer_login(struct conn *c)
{
	struct reply r = { .status = 204, .close = true };
	char cookie[COOKIE_SET];

	c->request = 0;
	c->login_done = false;
	if (!*c->session) {
		guesses_wrong(&c->w->guesses, &c->client);
		return web_reply_status(c, 403, true);
	}
	if (write_cookie(cookie, c->is_secure, REQUEST_COOKIE, c->session, c->max_age_s))
		return -1;
	memset(c->session, 0, sizeof c->session);
	r.cookie = cookie;
	return web_reply_send(c, &r);
}

static void drop_answer(struct conn *c)
{
	free(c->own.bytes);
	c->own = (struct file){ 0 };
}

/* The head; the body follows as a file's does. */
static int answer_api(struct conn *c)
{
	const struct web_answer *a = &c->answer;
	struct reply r = { .status = a->status, .close = c->is_post };
	char disposition[96], cookie[COOKIE_SET], device[COOKIE_SET], sign_on[COOKIE_SET];

	c->request = 0;
	c->api_done = false;
	if (c->is_calendar && a->status == 404)
		guesses_wrong(&c->w->guesses, &c->client);
	if (a->is_wrong)
		guesses_wrong(&c->w->guesses, &c->client);
	if (*a->session &&
		write_cookie(
			cookie, c->is_secure, REQUEST_COOKIE, a->session, a->max_age_s))
		return -1;
	if (*a->session)
		r.cookie = cookie;
	if (*a->device &&
		!write_cookie(device, c->is_secure, REQUEST_DEVICE, a->device, DEVICE_S))
		r.device = device;
	if ((*a->sign_on || a->drops_sign_on) &&
		!write_cookie(sign_on, c->is_secure, REQUEST_SIGN_ON, a->sign_on,
			*a->sign_on ? WEB_SIGN_ON_S : 0))
		r.sign_on = sign_on;
	if (!a->n) {
		free(a->body);
		c->answer.body = NULL;
		return web_reply_send(c, &r);
	}
	r.type = a->type;
	r.length = a->n;
	if (*a->file &&
		!text_format(disposition, sizeof disposition,
			"attachment; filename=\"%s\"", a->file))
		r.disposition = disposition;
	drop_answer(c);
	c->own.bytes = (uint8_t *)a->body;
	c->own.n = a->n;
	c->answer.body = NULL;
	if (web_reply_send(c, &r))
		return -1;
	c->file = &c->own;
	c->sent = c->sent_at_tick = 0;
	c->ticks_left = c->w->lim.request;
	lws_callback_on_writable(c->wsi);
	return 0;
}

static int send_more(struct conn *c)
{
	const struct file *f = c->file;
	size_t n = f->n - c->sent < CHUNK_SIZE ? f->n - c->sent : CHUNK_SIZE;
	unsigned char *p = c->w->chunk + LWS_PRE;

	memcpy(p, f->bytes + c->sent, n);
	c->sent += n;
	if (lws_write(c->wsi, p, n,
		    c->sent < f->n ? LWS_WRITE_HTTP : LWS_WRITE_HTTP_FINAL) != (int)n)
		return -1;
	if (c->sent < f->n) {
		c->ticks_left = c->w->lim.request;
		lws_set_timeout(
			c->wsi, PENDING_TIMEOUT_HTTP_CONTENT, (int)c->w->lim.header_s);
		lws_callback_on_writable(c->wsi);
		return 0;
	}
	c->file = NULL;
	conn_rests(c);
	if (f == &c->own) {
		drop_answer(c);
		if (c->is_post)
			return -1; /* as after each answer to what has a body */
	}
	return lws_http_transaction_completed(c->wsi) ? -1 : 0;
}

int web_http_writeable(struct conn *c)
{
	if (c->is_late)
		return web_reply_status(c, c->is_reading ? 408 : 503, true);
	if (c->login_done)
		return answer_login(c);
	if (c->api_done)
		return answer_api(c);
	return c->file ? send_more(c) : 0;
}

/* Who sends on while he does not read his file keeps the loop busy: libwebsockets leaves his bytes in the
 * socket, and its flow control would stop our writing too. */
void web_http_tick(struct conn *c)
{
	char b;

	if (!c->file || c->sent != c->sent_at_tick)
		c->sent_at_tick = c->sent;
	else if (recv(lws_get_socket_fd(c->wsi), &b, 1, MSG_PEEK | MSG_DONTWAIT) >= 0)
		conn_kill(c);
}

/* No caller pages of one address, and no tabs of one agent, take all there is. */
static unsigned check_share(const struct conn *c)
{
	const struct web *w = c->w;
	size_t guests = 0, guests_here = 0, own = 0;

	for (size_t i = 0; i < SLOTS_MAX; i++) {
		const struct conn *o = w->conns[i];

		if (!o || o->kind != CONN_WS || o->is_dying)
			continue;
		own += o->page == WEB_DESK && o->session_number == c->session_number;
		guests += o->page == WEB_CALLER;
		guests_here += o->page == WEB_CALLER &&
			addr_is_same(&o->client, &c->client);
	}
	if (c->page == WEB_DESK)
		return own < w->lim.session_sockets ? 0 : 429;
	if (c->page != WEB_CALLER)
		return 0;
	if (guests_here >= w->lim.guests_here)
		return 429;
	return guests < w->lim.guests ? 0 : 503;
}

/* RFC 6455 section 4.2.1, and who may open one. */
static unsigned check_upgrade(struct conn *c, const char *to, const char *path)
{
	char host[HOST_SIZE], value[32];
	unsigned status;

	read_forwarded(c);
	status = check_host(c, host);
	if (!status && !is_in_time(c))
		status = 429;
	if (status)
		return status;
	if (!has_header(c, WSI_TOKEN_GET_URI) || strcasecmp(to, "websocket") != 0)
		return 400;
	if (!socket_path(c->w, path, &c->page))
		return 404;
	status = check_origin(c, host);
	if (status)
		return status;
	if (!header(c, WSI_TOKEN_VERSION, value, sizeof value) ||
		strcmp(value, "13") != 0)
		return 426;
	if (!header(c, WSI_TOKEN_PROTOCOL, value, sizeof value) ||
		strcmp(value, "heimamt") != 0)
		return 400;
	if (c->w->n_sockets >= c->w->lim.sockets)
		return 503;
	status = check_who(c, c->page, path);
	return status ? status : check_share(c);
}

int web_http_upgrade(struct conn *c, const char *to)
{
	unsigned status = 404;
	char *path;
	int n;

	if (lws_http_get_uri_and_method(c->wsi, &path, &n) >= 0)
		status = check_upgrade(c, to, path);
	return status ? web_reply_no_upgrade(c, status) : 0;
}
