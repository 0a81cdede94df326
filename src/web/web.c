/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * web -- start, tick and end; see web.h.
 *
 * The end takes some turns of the loop, because libuv closes handles there: first every WebSocket is
 * told 1001 and gets a moment, then libwebsockets closes its handles, then its context is freed, then
 * ours are closed, and the last of them frees struct web.
 * The control loop's thread, only.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>

#include "base/log.h"
#include "base/text.h"
#include "web/private.h"

#define FILES_FREE  1024 /* of what else this process has open */
#define CLOSE_GOING 1001 /* RFC 6455 section 7.4.1: going away */
/* Libwebsockets closes handles in one turn of the loop, and in the next those that they depended on. */
#define END_TURNS 8

/* A second for the pages' answers to 1001. */
#define GOING_TICK_MS 20
#define GOING_TICKS   50

const struct web_limits web_default_limits = {
	/* with those that fetch files or log in; strangers have half of what one address may have */
	.crowd = { WEB_CONNS_MAX + 512, WEB_HERE_MAX, WEB_HERE_MAX / 2 },
	.sockets = WEB_CONNS_MAX,
	.guests = WEB_CONNS_MAX / 2,
	.guests_here = 64,
	.session_sockets = 16,
	/* a hundred desks behind one address begin their day with six connections and some forty files each */
	.accepts = { WEB_HERE_MAX, WEB_HERE_MAX / 20 },
	.requests = { 4 * WEB_HERE_MAX, WEB_HERE_MAX / 5 },
	.session_requests = { 300, 20 },
	.messages = { 200, 20 }, /* a desk sends some in a minute */
	.tick_ms = 1000,
	.ping = 10,
	.silent = 25,
	.request = 10,
	.proof = 30,
	.body = 8, /* sooner than libwebsockets' own 10, which says nothing */
	.fresh = 30,
	.closing = 5,
	.header_s = 10,
	.keepalive_s = 15,
};

#define HEADER(prev, name_, value_)                              \
	{                                                        \
		.next = prev, .name = name_ ":", .value = value_ \
	}

#define POLICY                                                               \
	"default-src 'none'; script-src 'self'; style-src 'self'; "          \
	"img-src 'self' data:; media-src 'self' blob:; connect-src 'self'; " \
	"worker-src 'self'; manifest-src 'self'; base-uri 'none'; "          \
	"form-action 'self'"

static const struct lws_protocol_vhost_options headers[] = {
	HEADER(NULL, "x-content-type-options", "nosniff"),
	HEADER(&headers[0], "referrer-policy", "no-referrer"),
	HEADER(&headers[1], "cross-origin-opener-policy", "same-origin"),
	HEADER(&headers[2], "cross-origin-resource-policy", "same-origin"),
	HEADER(&headers[3], "permissions-policy",
		"microphone=(self), camera=(), geolocation=(), display-capture=()"),
};
#define HEADERS_REST (&headers[sizeof headers / sizeof *headers - 1])

/* RFC 6797: a year; of this name alone, for what else the domain holds is not ours to say. */
static const struct lws_protocol_vhost_options secure = HEADER(
	HEADERS_REST, "strict-transport-security", WEB_HSTS);

/* By whether TLS is ours. */
static const struct lws_protocol_vhost_options unframed[2] = {
	HEADER(HEADERS_REST, "content-security-policy",
		POLICY "; frame-ancestors 'none'"),
	HEADER(&secure, "content-security-policy", POLICY "; frame-ancestors 'none'"),
};
/* Where a page may be framed, each answer says by whom (reply.c); of two policies both hold. */
static const struct lws_protocol_vhost_options framed[2] = {
	HEADER(HEADERS_REST, "content-security-policy", POLICY),
	HEADER(&secure, "content-security-policy", POLICY),
};

static int on_http(struct conn *c, enum lws_callback_reasons why, void *in, size_t n)
{
	switch (why) {
	case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
		return c->w->freeing ? -1 : web_http_upgrade(c, in);
	case LWS_CALLBACK_HTTP: return c->w->freeing ? -1 : web_http_request(c, in, n);
	case LWS_CALLBACK_HTTP_BODY: return web_http_body(c, in, n);
	case LWS_CALLBACK_HTTP_BODY_COMPLETION: return web_http_body_end(c);
	case LWS_CALLBACK_HTTP_WRITEABLE: return web_http_writeable(c);
	case LWS_CALLBACK_ESTABLISHED: return socket_opened(c);
	default: return 0;
	}
}

static int set_up_tls(struct lws *wsi, SSL_CTX *ctx)
{
	struct web *w = lws_context_user(lws_get_context(wsi));

	return tls_setup(&w->tls, ctx) ? -1 : 0;
}

static int on_event(
	struct lws *wsi, enum lws_callback_reasons why, void *user, void *in, size_t n)
{
	struct conn *c;

	/* at the start, with a wsi that is none */
	if (why == LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS)
		return set_up_tls(wsi, user);
	/* the context's own events come with no wsi or with one that is not ours */
	c = wsi ? lws_get_opaque_user_data(wsi) : NULL;
	if (!c)
		return 0;
	switch (why) {
	case LWS_CALLBACK_RECEIVE: return socket_receive(c, in, n);
	case LWS_CALLBACK_RECEIVE_PONG: c->silent = 0; return 0;
	case LWS_CALLBACK_SERVER_WRITEABLE: return socket_writeable(c);
	case LWS_CALLBACK_CLOSED: conn_ended(c); return 0;
	case LWS_CALLBACK_WSI_DESTROY:
		lws_set_opaque_user_data(wsi, NULL);
		conn_ended(c);
		conn_free(c);
		return 0;
	default: return on_http(c, why, in, n);
	}
}

/* Both bound to the same function; the second is the WebSocket's subprotocol. */
static const struct lws_protocols protocols[] = {
	{ .name = "http", .callback = on_event, .rx_buffer_size = 4096 },
	{ .name = "heimamt", .callback = on_event, .rx_buffer_size = 4096 },
	{ 0 },
};

/* Its errors are mostly those of clients, who must not fill our log. */
static void on_log(int level, const char *line)
{
	log_debug("web: libwebsockets: %.*s", (int)strcspn(line, "\n"), line);
}

static int start_lws(struct web *w)
{
	const bool has_tls = w->tls.certificate;
	struct lws_context_creation_info info = {
		.port = CONTEXT_PORT_NO_LISTEN_SERVER,
		.options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
			LWS_SERVER_OPTION_VALIDATE_UTF8 |
			(has_tls ? LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT |
						LWS_SERVER_OPTION_CREATE_VHOST_SSL_CTX
				 : 0),
		.user = w,
		.foreign_loops = w->loops,
		.pcontext = &w->ctx,
		.protocols = protocols,
		.headers = w->caller_frames ? &framed[has_tls] : &unframed[has_tls],
		.pt_serv_buf_size = LWS_PRE +
			CHUNK_SIZE, /* it writes no more at a time */
		.max_http_header_data2 = 2 * HEADERS_MAX,
		.max_http_header_pool2 = SLOTS_MAX,
		.timeout_secs = w->lim.header_s,
		.timeout_secs_ah_idle = w->lim.header_s,
		.keepalive_timeout = (int)w->lim.keepalive_s,
		.server_string = "heimamt",
		.alpn = "http/1.1", /* the answers are written for it, with TLS too */
		.vhost_name = "heimamt",
	};

	lws_set_log_level(LLL_ERR, on_log);
	w->ctx = lws_create_context(&info);
	if (!w->ctx) {
		log_error("web: libwebsockets did not start; is libwebsockets-evlib-uv "
			  "there?");
		return EIO;
	}
	w->vh = lws_create_vhost(w->ctx, &info);
	return w->vh ? 0 : EIO;
}

static void free_all(struct web *w)
{
	files_close(&w->files);
	tls_close(&w->tls);
	free(w->conns);
	free(w->seats);
	free(w->seat_slots);
	free(w->rates);
	free(w->caller_frames);
	free(w);
}

void web_handle_closed(uv_handle_t *h)
{
	struct web *w = h->data;

	if (--w->handles == 0)
		free_all(w);
}

/* One call per turn of the loop. */
static void on_spin(uv_idle_t *spin)
{
	struct web *w = spin->data;

	/* older versions want a second call, newer ones finish by themselves and clear ctx */
	if (w->ctx && ++w->turns == END_TURNS)
		lws_context_destroy(w->ctx);
	if (w->ctx)
		return;
	uv_close((uv_handle_t *)&w->spin, web_handle_closed);
	uv_close((uv_handle_t *)&w->tick, web_handle_closed);
}

static void end_context(struct web *w)
{
	uv_timer_stop(&w->tick);
	if (w->ctx)
		lws_context_destroy(w->ctx);
	uv_idle_start(&w->spin, on_spin);
}

static void on_tick(uv_timer_t *t)
{
	struct web *w = t->data;

	if (w->freeing && (w->going-- == 0 || w->n_conns == 0)) {
		end_context(w);
		return;
	}
	if (w->freeing)
		return;
	listen_start(w);
	guesses_tick(&w->guesses);
	tls_tick(&w->tls);
	for (size_t i = 0; i < SLOTS_MAX; i++)
		if (w->conns[i])
			conn_tick(w->conns[i]);
}

static void init_handles(struct web *w)
{
	uv_timer_init(w->loop, &w->tick);
	w->tick.data = w;
	uv_idle_init(w->loop, &w->spin);
	w->spin.data = w;
	w->handles += 2;
}

/* The sites that may hold the caller page, as a policy. */
static int copy_frames(struct web *w, const struct web_config *cfg)
{
	static const char begin[] = "frame-ancestors 'self' ";
	size_t n;

	if (!cfg->caller_page || !cfg->caller_frames || !*cfg->caller_frames)
		return 0;
	n = sizeof begin + strlen(cfg->caller_frames);
	w->caller_frames = malloc(n);
	if (!w->caller_frames)
		return ENOMEM;
	return text_format(w->caller_frames, n, "%s%s", begin, cfg->caller_frames);
}

/* Where the system gives fewer descriptors than there may be connections, the last would find none, and nothing
 * else would: telephones and records need some as well. */
static void look_at_files(struct web *w)
{
	struct rlimit r;
	size_t most;

	if (getrlimit(RLIMIT_NOFILE, &r) || r.rlim_cur >= w->lim.crowd.all + FILES_FREE)
		return;
	most = r.rlim_cur > 2 * FILES_FREE ? (size_t)r.rlim_cur - FILES_FREE
					   : (size_t)r.rlim_cur / 2;
	log_warn("web: %zu connections at once, because this process may open %llu files "
		 "only (ulimit -n, LimitNOFILE=)",
		most, (unsigned long long)r.rlim_cur);
	w->lim.crowd.all = most;
}

/* Who may be called, who may bring others, and by which certificate they know the house. */
static int copy_house(struct web *w, const struct web_config *cfg)
{
	for (size_t i = 0; i < cfg->n_names; i++) {
		if (i == WEB_NAMES_MAX || !request_is_name(cfg->names[i]))
			return EINVAL;
		memcpy(w->house.names[w->house.n++], cfg->names[i], WEB_NAME_MAX);
	}
	for (size_t i = 0; i < cfg->n_proxies; i++)
		if (addr_trust(&w->proxies, cfg->proxies[i]))
			return EINVAL;
	w->reads_forwarded = cfg->reads_forwarded;
	return cfg->certificate && *cfg->certificate
		? tls_init(&w->tls, cfg->certificate, cfg->key ? cfg->key : "")
		: 0;
}

int web_new_limited(struct web **out, uv_loop_t *loop, const struct web_config *cfg,
	const struct web_handler *h, const struct web_limits *lim)
{
	struct web *w = calloc(1, sizeof *w);
	uint64_t seed = 0;
	int err = ENOMEM;

	if (!w)
		return ENOMEM;
	w->loop = loop;
	w->loops[0] = loop;
	w->h = *h;
	w->lim = *lim;
	w->caller_page = cfg->caller_page;
	w->listen_fd = -1;
	/* without chance the counters still count */
	if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) < 0)
		seed = 0;
	guesses_init(&w->guesses, seed);
	w->conns = calloc(SLOTS_MAX, sizeof(struct conn *));
	w->seats = calloc(SLOTS_MAX, sizeof *w->seats);
	w->seat_slots = calloc(SLOTS_MAX, sizeof *w->seat_slots);
	w->rates = calloc(1, sizeof *w->rates);
	if (!w->conns || !w->seats || !w->seat_slots || !w->rates)
		goto out;
	look_at_files(w);
	err = copy_frames(w, cfg);
	if (err)
		goto out;
	err = copy_house(w, cfg);
	if (err)
		goto out;
	err = files_init(&w->files, cfg->files);
	if (err)
		goto out;
	err = listen_init(w, cfg);
	if (err)
		goto out;
	init_handles(w);
	err = start_lws(w);
	if (err)
		goto out;
	listen_start(w);
	uv_timer_start(&w->tick, on_tick, lim->tick_ms, lim->tick_ms);
	*out = w;
	w = NULL; /* handed over */
out:
	web_free(w);
	return err;
}

int web_new(struct web **out, uv_loop_t *loop, const struct web_config *cfg,
	const struct web_handler *h)
{
	struct web_limits lim = web_default_limits;
	uint32_t here = cfg->connections_here;

	if (here) {
		lim.crowd.here = here;
		lim.crowd.strangers = here / 2;
		lim.accepts = (struct bucket_rate){ here, here / 20 + 1 };
		lim.requests = (struct bucket_rate){ 4 * here, here / 5 + 1 };
	}
	return web_new_limited(out, loop, cfg, h, &lim);
}

void web_free(struct web *w)
{
	if (!w || w->freeing)
		return;
	if (!w->handles) { /* half made: nothing is in the loop */
		free_all(w);
		return;
	}
	w->freeing = true;
	listen_close(w);
	for (size_t i = 0; i < SLOTS_MAX; i++) {
		if (w->conns[i] && w->conns[i]->kind == CONN_WS)
			socket_close(w->conns[i], CLOSE_GOING, "going away");
		else if (w->conns[i])
			conn_kill(w->conns[i]);
	}
	w->going = GOING_TICKS;
	uv_timer_start(&w->tick, on_tick, 0, GOING_TICK_MS);
}

uint16_t web_port(const struct web *w)
{
	return w->house.port;
}

int web_reload(struct web *w)
{
	return w->tls.certificate ? tls_reload(&w->tls) : 0;
}

void web_login_done(
	struct web *w, uint64_t request, const char *session_token, uint32_t max_age_s)
{
	struct conn *c = conn_of_request(w, request);

	if (!c || c->login_done)
		return;
	c->login_done = true;
	c->max_age_s = max_age_s;
	if (session_token && request_is_token(session_token))
		memcpy(c->session, session_token, sizeof c->session);
	lws_callback_on_writable(c->wsi);
}

void web_api_done(struct web *w, uint64_t request, const struct web_answer *a)
{
	struct conn *c = conn_of_request(w, request);

	if (!c || c->api_done) {
		free(a->body);
		return;
	}
	c->api_done = true;
	c->answer = *a;
	lws_callback_on_writable(c->wsi);
}
