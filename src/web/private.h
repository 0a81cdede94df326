/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * private -- what the files of web share; not for anybody else, except web_new_limited() for its tests.
 *
 *   web.c      start, tick, teardown, the callback that libwebsockets calls
 *   listen.c   the listening socket; connections are accepted here and handed to libwebsockets
 *   tls.c      the certificate, and what is spoken
 *   conn.c     the table of connections: ids, limits, time that is left
 *   http.c     which answer a request gets
 *   reply.c    writing an answer
 *   socket.c   messages in and out of a WebSocket, pings, closing
 *   files.c, request.c, addr.c, pair.c, guesses.c, desk_*.c   no libwebsockets
 */
#ifndef WEB_PRIVATE_H
#define WEB_PRIVATE_H

#include <libwebsockets.h>
#include <uv.h>

#include "base/list.h"
#include "core/access/bucket.h"
#include "core/access/crowd.h"
#include "web/addr.h"
#include "web/files.h"
#include "web/guesses.h"
#include "web/pair.h"
#include "web/request.h"
#include "web/web.h"

#define SLOTS_MAX      4096 /* 12 bits of a connection's id */
#define WEB_HSTS       "max-age=31536000"
#define CHUNK_SIZE     16384 /* of a file, per turn of the loop */
#define REASON_SIZE    124 /* RFC 6455 section 5.5: 125 bytes, of which two are the code */
#define HEADERS_MAX    8192 /* of one request; above it 431 */
#define TLS_LOOK_TICKS 5 /* between two looks at the certificate's files */
#define DRAIN_MAX \
	65536 /* a refused body up to this is read before the answer, or the answer may be lost */

/* Times of connections are counted in ticks, not read from a clock: when the whole process stood still
 * (a suspended machine), nobody is thrown out for what we did not read. */
struct web_limits {
	struct crowd_limits crowd; /* connections; in all less than SLOTS_MAX */
	size_t sockets; /* of them WebSockets */
	size_t guests; /* of these of caller pages; so agents have the rest for themselves */
	size_t guests_here; /* of one address */
	size_t session_sockets; /* of one session: an agent's tabs */
	struct bucket_rate accepts; /* connections of one address */
	struct bucket_rate requests; /* of one address; who has a session has more: */
	struct bucket_rate session_requests;
	struct bucket_rate messages; /* of one WebSocket, in parts or whole */
	unsigned tick_ms;
	unsigned
		ping; /* ticks of silence after which a page is pinged, and pinged again */
	unsigned silent; /* ticks of silence after which it is gone */
	unsigned
		request; /* ticks for a body, an answer of the app, or a step forward in a file */
	unsigned
		proof; /* ticks for an answer to a password, whose hash may have to wait for others */
	unsigned body; /* ticks for a request's body */
	unsigned
		fresh; /* ticks until a request's header is there: handshake, pause, header together */
	unsigned closing; /* ticks for the closing handshake */
	unsigned header_s; /* for a request's header, in all */
	unsigned keepalive_s; /* between two requests */
};

struct out_msg {
	struct list node;
	size_t n;
	unsigned char buf[]; /* LWS_PRE bytes for libwebsockets, then the text */
};

enum conn_kind { CONN_HTTP, CONN_WS };
enum conn_ask { ASK_NONE, ASK_LOGIN, ASK_LOGOUT, ASK_API, ASK_PROVE };

struct conn {
	struct web *w;
	struct lws *wsi; /* NULL once it is closed */
	uint64_t id;
	enum conn_kind kind;
	struct sockaddr_storage addr; /* of whoever connected */
	struct sockaddr_storage client; /* whom a trusted proxy brings; else addr */
	bool is_secure; /* TLS, ours or the proxy's */
	unsigned ticks_left; /* 0: no end set */
	uint64_t
		since; /* a number that grows: when it was opened, or finished a request */
	bool is_busy; /* a request is on its way */
	bool is_known; /* a session came over it */
	bool is_dying; /* conn_kill() was called */
	bool is_reading; /* a body */
	bool is_late; /* and it did not come in time */

	/* one HTTP request */
	enum conn_ask ask;
	unsigned refusal; /* status that follows when the body was read; 0: none */
	uint64_t request; /* waits for web_login_done() or web_api_done(); 0: none */
	bool login_done, api_done;
	bool is_post;
	bool is_notice; /* of the provider's own, without a page */
	bool is_calendar; /* what is asked of the app came without a session */
	char device[WEB_DEVICE_MAX], sign_on[WEB_SIGN_ON_MAX]; /* what its cookies say */
	char path[FILES_PATH_MAX]; /* of what is asked at /api/ */
	struct web_answer answer; /* its body is owned until it is in own */
	char origin[WEB_NAME_MAX + 16]; /* scheme and host, of what is asked */
	struct file own; /* an answer as a file; bytes owned */
	uint32_t max_age_s;
	char session[WEB_TOKEN_SIZE]; /* to be set as cookie; "" none */
	const struct file *file; /* being sent; borrowed */
	size_t sent, sent_at_tick;
	size_t body_n;
	char *body; /* owned; as long as announced, and a NUL */
	size_t body_cap;

	/* a WebSocket */
	enum web_page page;
	uint64_t agent, session_number;
	bool told; /* opened() was called, closed() not yet */
	char *rx; /* owned; a message in parts, NULL between messages */
	size_t rx_n;
	struct list out; /* struct out_msg */
	size_t out_n;
	unsigned silent; /* ticks since it was heard */
	bool ping_due;
	struct bucket messages;
	uint16_t close_code; /* 0: not closing */
	char close_reason[REASON_SIZE];
	bool close_sent;
};

/* A file as it was; all zero: it is not there. */
struct tls_stamp {
	uint64_t device, inode;
	int64_t size, changed_s, changed_ns;
};

struct tls {
	char *certificate, *key; /* paths; owned; NULL: plain HTTP */
	struct pair pair;
	struct tls_stamp seen[2];
	unsigned ticks; /* since the last look */
	int64_t warned_s; /* when its end was told last */
};

/* Of addresses by guesses_from(), of sessions by their number. */
struct web_rates {
	struct buckets accepts, requests, sessions;
};

struct web {
	uv_loop_t *loop; /* borrowed */
	struct web_handler h;
	struct web_limits lim;
	struct files files;
	struct guesses guesses;
	bool caller_page;
	char *caller_frames; /* a policy of its own; owned; NULL: no page of ours is ever framed */
	struct tls tls;
	struct addr_proxies proxies;
	bool reads_forwarded;
	struct request_house house; /* by which names browsers call it */

	struct lws_context *ctx; /* libwebsockets sets it to NULL when it is gone */
	struct lws_vhost *vh;
	void *loops[1];

	int listen_fd;
	bool listening;
	uv_poll_t listener;
	uv_timer_t tick;
	uv_idle_t spin;
	unsigned handles; /* of the three above, not closed yet */
	bool freeing;
	unsigned going; /* ticks that are left for closing handshakes */
	unsigned turns; /* of the loop since the context's end began */

	struct conn **conns; /* by slot; owned */
	struct crowd_seat *seats; /* room to decide in; owned */
	uint32_t *seat_slots; /* likewise: which slot a seat is */
	struct web_rates *rates; /* owned */
	uint64_t order; /* the last `since` */
	size_t n_conns, n_sockets;
	uint64_t serial;
	unsigned char chunk[LWS_PRE + CHUNK_SIZE];
};

extern const struct web_limits web_default_limits;
int web_new_limited(struct web **out, uv_loop_t *loop, const struct web_config *cfg,
	const struct web_handler *h, const struct web_limits *lim);

void web_handle_closed(uv_handle_t *h); /* for uv_close() of web's own handles */

/* listen.c */
int listen_init(struct web *w, const struct web_config *cfg);
void listen_start(struct web *w);
void listen_close(struct web *w);

/* tls.c */
int tls_init(struct tls *t, const char *certificate, const char *key); /* EINVAL: said */
void tls_close(struct tls *t);
/* Versions, ciphers, and where each handshake finds the pair. EIO. */
int tls_setup(struct tls *t, SSL_CTX *ctx);
/* What the files hold now; a broken one is said and changes nothing. EINVAL, ENOENT. */
int tls_reload(struct tls *t);
void tls_tick(struct tls *t);

/* conn.c */
struct conn *conn_new(
	struct web *w, const struct sockaddr_storage *addr); /* NULL: a limit */
void conn_rests(struct conn *c); /* a request has its answer */
/* The same for the same address (IPv6: /64), and says nothing of it. */
uint64_t conn_from(const struct conn *c);
void conn_free(struct conn *c);
struct conn *conn_find(const struct web *w, uint64_t id);
struct conn *conn_of_request(const struct web *w, uint64_t request);
uint64_t conn_next_id(struct web *w, const struct conn *c);
void conn_ended(struct conn *c); /* its socket is gone */
void conn_kill(struct conn *c); /* ends it without ceremony, soon */
void conn_tick(struct conn *c);

/* reply.c; each returns what libwebsockets' callback shall return */
struct reply {
	unsigned status;
	const char *type;
	const char *body; /* short; NULL: a line that names the status */
	const char *location, *allow, *etag, *cache, *cookie, *device, *sign_on,
		*disposition;
	const char *frames; /* who may frame it: a policy; NULL: nobody */
	unsigned retry_s; /* with 429; 0: GUESSES_RETRY_S */
	size_t length; /* of a file that follows; only with type */
	bool head; /* the body is not sent */
	bool close; /* the connection does not outlive the answer */
};
int web_reply_send(struct conn *c, const struct reply *r);
int web_reply_status(struct conn *c, unsigned status, bool close);
/* Before an upgrade: libwebsockets completes the transaction itself. */
int web_reply_no_upgrade(struct conn *c, unsigned status);

/* http.c */
int web_http_request(struct conn *c, const char *path, size_t n);
int web_http_body(struct conn *c, const void *p, size_t n);
int web_http_body_end(struct conn *c);
int web_http_writeable(struct conn *c);
int web_http_upgrade(struct conn *c, const char *to);
void web_http_tick(struct conn *c);

/* socket.c */
int socket_opened(struct conn *c);
int socket_receive(struct conn *c, const void *p, size_t n);
int socket_writeable(struct conn *c);
void socket_tick(struct conn *c);
void socket_close(struct conn *c, uint16_t code, const char *reason);
void socket_drop(struct conn *c); /* what waits to be sent, and a message in parts */

#endif
