/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * station -- starts and ends sofia-sip's agent and its event loop; see station.h.
 *
 * SIP thread.  Owns the agent, the root and all dialogs.
 */
#include "sip/station.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "base/log.h"
#include "base/slice.h"
#include "base/text.h"
#include "sip/dial.h"
#include "sip/dialog_inner.h"
#include "sip/reinvite.h"
#include "sip/watch.h"

#define UDP_RMEM      (4 * 1024 * 1024) /* a burst of some thousand INVITEs */
#define SEND_QUEUE    1000 /* packets; the most that tport takes */
#define CLOSE_MS      2000 /* trunk_free() waits so long for answers */
#define CLOSE_TICK_MS 20
/* A connection: a message is no larger than a datagram; one that says nothing is closed, for most of them keep it
 * alive or come back; a message that has begun must end. */
#define MESSAGE_MAX       65535
#define STREAM_IDLE_MS    600000
#define STREAM_TIMEOUT_MS 10000
#define TLS_DEPTH         6 /* certificates between theirs and one that is believed */
#define COMMANDS_A_TURN   256 /* then the socket has its turn again */

int64_t station_now_ms(void)
{
	return link_now_ms();
}

uint64_t station_hash(const struct station *st, uint64_t h, const char *s)
{
	h ^= st->seed;
	for (; s && *s; s++) {
		h = (h ^ (uint8_t)*s) * 0x100000001b3u; /* FNV-1a, keyed */
		h ^= h >> 29;
	}
	return h * 0x9e3779b97f4a7c15u;
}

/* None of these is of a transaction that nta knows. */
static void on_invite_response(struct station *st, msg_t *msg, const sip_t *sip)
{
	struct sockaddr_storage ss;
	struct peers_addr from;
	socklen_t n = sizeof ss;
	if (msg_get_address(msg, (su_sockaddr_t *)&ss, &n) != 0 ||
		peers_addr_of(&from, (struct sockaddr *)&ss) != 0)
		return;
	from.transport = (uint8_t)station_transport_of(sip);
	watch_response(st, sip, &from);
	if (!dial_response(st, sip, &from) && sip->sip_status->st_status / 100 == 2 &&
		!reinvite_stray(st, sip))
		dial_stray(st, sip, &from);
}

static int on_message(struct station *st, nta_agent_t *agent, msg_t *msg, sip_t *sip)
{
	if (sip->sip_request) {
		station_request(st, msg, sip);
		return 0;
	}
	if (sip->sip_cseq->cs_method == sip_method_invite)
		on_invite_response(st, msg, sip);
	msg_destroy(msg);
	return 0;
}

static void end_if_quiet(struct station *st, su_timer_t *t, void *arg)
{
	if (dialogs_are_quiet(st) || station_now_ms() >= st->close_by_ms)
		su_root_break(st->root);
	else
		(void)su_timer_set_interval(t, end_if_quiet, NULL, CLOSE_TICK_MS);
}

static void begin_end(struct station *st)
{
	st->close_by_ms = station_now_ms() + CLOSE_MS;
	dialogs_shut(st);
	carriers_end(st);
	(void)su_timer_set_interval(st->closing, end_if_quiet, NULL, 1);
}

/* A later process goes on with the dialogs. */
static void leave(struct station *st)
{
	struct link_command c;
	st->leaving = true;
	while (link_next_command(st->link, &c)) {
		dialog_command(st, &c);
		link_command_free(&c);
	}
	su_root_break(st->root);
}

static int on_wake(struct station *st, su_wait_t *w, struct station *arg)
{
	struct link_command c;
	link_sleepless(st->link);
	for (int i = 0; link_next_command(st->link, &c); i++) {
		dialog_command(st, &c);
		link_command_free(&c);
		if (i == COMMANDS_A_TURN) {
			link_wake(st->link);
			break;
		}
	}
	if (!atomic_load(&st->link->stop) || st->close_by_ms || st->leaving)
		return 0;
	if (atomic_load(&st->link->leave))
		leave(st);
	else
		begin_end(st);
	return 0;
}

/* nta answers or drops what is malformed by itself; its count is added to ours before each sleep. */
static void count_malformed(void *arg, su_root_t *root)
{
	struct station *st = arg;
	usize_t bad = 0;
	(void)nta_agent_get_stats(st->agent, NTATAG_S_BAD_MESSAGE_REF(bad), TAG_END());
	atomic_store(&st->link->malformed, bad);
}

/* sofia's own lines would hold numbers and names. */
static void say_nothing(void *arg, const char *fmt, va_list ap)
{
}

/* nta does not say why it could not bind. */
static int try_bind(const struct peers_addr *a)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(a->port) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
		.sin6_port = htons(a->port) };
	bool v4 = peers_is_v4(a);
	int err = 0;
	memcpy(&in.sin_addr, a->b + 12, 4);
	memcpy(&in6.sin6_addr, a->b, 16);
	int fd = socket(v4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return errno;
	if (bind(fd, v4 ? (struct sockaddr *)&in : (struct sockaddr *)&in6,
		    v4 ? sizeof in : sizeof in6) != 0)
		err = errno;
	close(fd);
	return err == EADDRNOTAVAIL ? EINVAL : err;
}

static void bind_url(char out[96], const struct station *st, const struct peers_addr *a,
	uint16_t number, enum trunk_transport transport)
{
	char text[PEERS_TEXT_MAX], port[8] = "*";
	if (number)
		(void)text_format(port, sizeof port, "%u", number);
	/* sofia-sip takes TLS by this scheme only */
	(void)text_format(out, 96, "%s:%s%s%s:%s;transport=%s",
		transport == TRUNK_TLS ? "sips" : "sip", st->v4 ? "" : "[",
		peers_addr_text(text, a), st->v4 ? "" : "]", port,
		station_transport_name(transport));
}

/* Which port it became. */
static int learn_port(struct station *st, enum trunk_transport transport)
{
	static const char *const protocols[TRUNK_TRANSPORTS] = {
		[TRUNK_UDP] = "udp", [TRUNK_TCP] = "tcp", [TRUNK_TLS] = "tls"
	};
	tport_t *tp = tport_by_protocol(
		nta_agent_tports(st->agent), protocols[transport]);
	const tp_name_t *name = tp ? tport_name(tp) : NULL;
	uint64_t got = 0;
	if (!name || !name->tpn_port ||
		!slice_u64(slice_str(name->tpn_port), UINT16_MAX, &got) || !got)
		return EIO;
	st->port[transport] = (uint16_t)got;
	return 0;
}

static int bind_agent(struct station *st, const struct peers_addr *a)
{
	char url[96];
	bind_url(url, st, a, a->port, TRUNK_UDP);
	st->agent = nta_agent_create(st->root, (const url_string_t *)url, on_message, st,
		NTATAG_UA(1), NTATAG_SIP_T1(st->t1_ms), NTATAG_SIP_T1X64(64 * st->t1_ms),
		NTATAG_SIP_T2(st->t1_ms * (STATION_T2_MS / STATION_T1_MS)),
		NTATAG_MAX_PROCEEDING(TRUNK_DIALOGS_MAX), NTATAG_UDP_MTU(UINT16_MAX),
		NTATAG_MAXSIZE(MESSAGE_MAX), NTATAG_USE_NAPTR(0), NTATAG_USE_SRV(0),
		TPTAG_UDP_RMEM(UDP_RMEM), TPTAG_QUEUESIZE(SEND_QUEUE),
		TPTAG_STUN_SERVER(0), TAG_END());
	return st->agent ? learn_port(st, TRUNK_UDP) : EIO;
}

/* Whose certificate we need to believe, we verify by its name, too (RFC 5922); see carrier_hop(). */
static int bind_stream(struct station *st, const struct peers_addr *a,
	enum trunk_transport transport, uint16_t port, const struct trunk_config *cfg)
{
	char url[96];
	unsigned policy = TPTLS_VERIFY_SUBJECTS_OUT |
		(cfg->tls_clients ? TPTLS_VERIFY_IN : 0u);
	bool tls = transport == TRUNK_TLS;
	bind_url(url, st, a, port, transport);
	if (nta_agent_add_tport(st->agent, (const url_string_t *)url,
		    TPTAG_IDLE(STREAM_IDLE_MS), TPTAG_TIMEOUT(STREAM_TIMEOUT_MS),
		    TPTAG_QUEUESIZE(SEND_QUEUE),
		    TAG_IF(tls, TPTAG_CERTIFICATE(cfg->tls_folder)),
		    TAG_IF(tls, TPTAG_TLS_VERIFY_POLICY(policy)),
		    TAG_IF(tls, TPTAG_TLS_VERIFY_DEPTH(TLS_DEPTH)), TAG_END()) != 0)
		return errno == EADDRINUSE ? EADDRINUSE : EIO;
	return learn_port(st, transport);
}

static bool is_spoken(const struct station *st, enum trunk_transport transport)
{
	for (size_t i = 0; i < st->n_carriers; i++) {
		if (st->carriers[i].transport == transport)
			return true;
	}
	return false;
}

static int bind_streams(
	struct station *st, const struct peers_addr *a, const struct trunk_config *cfg)
{
	int err = 0;
	if (cfg->tcp || is_spoken(st, TRUNK_TCP))
		err = bind_stream(
			st, a, TRUNK_TCP, cfg->tcp ? st->port[TRUNK_UDP] : 0, cfg);
	if (!err && is_spoken(st, TRUNK_TLS) && !cfg->tls_folder)
		err = EINVAL;
	if (!err && cfg->tls_folder)
		err = bind_stream(st, a, TRUNK_TLS, cfg->tls_port, cfg);
	return err;
}

static int make_contacts(struct station *st, const char *host)
{
	bool colon = strchr(host, ':') && host[0] != '[';
	if (strpbrk(host, " \t\r\n<>\"@") ||
		text_format(st->told_host, sizeof st->told_host, "%s%s%s",
			colon ? "[" : "", host, colon ? "]" : ""))
		return EINVAL;
	for (unsigned i = 0; i < TRUNK_TRANSPORTS; i++)
		(void)text_format(st->contact[i], sizeof st->contact[i],
			"<sip:" STATION_NAME "@%s:%u%s%s>", st->told_host, st->port[i],
			i == TRUNK_UDP ? "" : ";transport=",
			i == TRUNK_UDP ? "" : station_transport_name(i));
	return 0;
}

const char *station_transport_name(enum trunk_transport transport)
{
	static const char *const names[TRUNK_TRANSPORTS] = {
		[TRUNK_UDP] = "udp", [TRUNK_TCP] = "tcp", [TRUNK_TLS] = "tls"
	};
	return names[transport];
}

const char *station_contact(const struct station *st, enum trunk_transport transport)
{
	return st->contact[st->port[transport] ? transport : TRUNK_UDP];
}

const char *station_supported(const struct station *st)
{
	return st->session_s ? "timer" : "";
}

enum trunk_transport station_transport_of(const sip_t *sip)
{
	const char *protocol = sip->sip_via ? sip->sip_via->v_protocol : NULL;
	if (protocol && strcasecmp(protocol, sip_transport_tcp) == 0)
		return TRUNK_TCP;
	if (protocol && strcasecmp(protocol, sip_transport_tls) == 0)
		return TRUNK_TLS;
	return TRUNK_UDP;
}

tport_t *station_connection(const struct station *st, const struct peers_addr *addr)
{
	char host[PEERS_TEXT_MAX + 2], text[PEERS_TEXT_MAX], port[8];
	bool v4 = peers_is_v4(addr);
	if (addr->transport == TRUNK_UDP || !st->port[addr->transport] || !addr->port)
		return NULL;
	(void)text_format(host, sizeof host, "%s%s%s", v4 ? "" : "[",
		peers_addr_text(text, addr), v4 ? "" : "]");
	(void)text_format(port, sizeof port, "%u", addr->port);
	tp_name_t name = { .tpn_proto = station_transport_name(addr->transport),
		.tpn_canon = host,
		.tpn_host = host,
		.tpn_port = port };
	tport_t *tp = tport_by_name(nta_agent_tports(st->agent), &name);
	return tp && tport_is_secondary(tp) && tport_is_clear_to_send(tp) ? tp : NULL;
}

static int start_loop(struct station *st)
{
	st->root = su_root_create(st);
	if (!st->root)
		return ENOMEM;
	su_root_threading(st->root, 0);
	st->closing = su_timer_create(su_root_task(st->root), 0);
	if (!st->closing)
		return ENOMEM;
	if (su_wait_create(&st->wait, st->link->wake_fd, SU_WAIT_IN) != 0 ||
		su_root_register(st->root, &st->wait, on_wake, st, 0) < 0)
		return EIO;
	st->awake = true;
	return 0;
}

/* A Contact of 0.0.0.0 would leave every call without its ACK. */
static bool is_unspecified(const struct peers_addr *a)
{
	static const uint8_t zero[16];
	return memcmp(a->b, zero, 16) == 0 ||
		(peers_is_v4(a) && memcmp(a->b + 12, zero, 4) == 0);
}

static int configure(struct station *st, const struct trunk_config *cfg)
{
	uint8_t secret[DIGEST_SECRET];
	int err = peers_init(&st->peers, cfg->peers, cfg->n_peers);
	/* else nobody's certificate is asked for */
	if (!err && st->peers.n_named && !(cfg->tls_folder && cfg->tls_clients))
		err = EINVAL;
	if (!err)
		err = carriers_init(st, cfg);
	if (err)
		return err;
	if (getentropy(&st->seed, sizeof st->seed) != 0 ||
		getentropy(secret, sizeof secret) != 0)
		return EIO;
	ids_init(&st->ids, cfg->node);
	st->t1_ms = cfg->t1_ms ? cfg->t1_ms : STATION_T1_MS;
	st->session_s = cfg->session_s;
	st->digest_srtp = cfg->srtp;
	st->has_digest = cfg->user && cfg->password;
	if (!st->has_digest)
		return 0;
	return digest_init(&st->digest, cfg->realm ? cfg->realm : STATION_NAME, cfg->user,
		cfg->password, secret);
}

int station_new(struct station **out, const struct trunk_config *cfg, struct link *l)
{
	struct peers_addr a;
	int err = peers_addr_parse(&a, cfg->addr, cfg->port);
	if (err)
		return err;
	if ((is_unspecified(&a) && !cfg->public_addr) || cfg->n_saved > TRUNK_RING ||
		(cfg->session_s && cfg->session_s < SESSION_LEAST_S))
		return EINVAL;
	struct station *st = calloc(1, sizeof *st);
	if (!st)
		return ENOMEM;
	st->link = l;
	st->v4 = peers_is_v4(&a);
	list_init(&st->reinvites);
	list_init(&st->dials);
	list_init(&st->byes_held);
	if (su_init() != 0) {
		free(st);
		return EIO;
	}
	su_log_redirect(NULL, say_nothing, NULL);
	err = configure(st, cfg);
	if (!err)
		err = dialogs_init(&st->dialogs);
	if (!err)
		err = try_bind(&a);
	if (!err)
		err = start_loop(st);
	if (!err)
		err = bind_agent(st, &a);
	if (!err)
		err = bind_streams(st, &a, cfg);
	if (!err)
		err = make_contacts(st, cfg->public_addr ? cfg->public_addr : cfg->addr);
	if (!err)
		err = resolver_init(&st->resolver, st->root, cfg->name_server);
	if (err)
		goto out;
	(void)su_root_add_prepoll(st->root, count_malformed, st);
	dialogs_restore(st, cfg->saved, cfg->n_saved);
	carriers_start(st);
	*out = st;
	st = NULL;
out:
	station_free(st);
	return err;
}

void station_run(struct station *st)
{
	su_root_run(st->root);
}

void station_free(struct station *st)
{
	if (!st)
		return;
	dialogs_close(&st->dialogs);
	reinvites_close(st);
	byes_close(st);
	dials_close(st);
	carriers_close(st);
	if (st->root)
		su_root_remove_prepoll(st->root);
	if (st->agent)
		nta_agent_destroy(st->agent);
	if (st->awake)
		(void)su_root_unregister(st->root, &st->wait, on_wake, st);
	if (st->closing)
		su_timer_destroy(st->closing);
	if (st->root)
		su_root_destroy(st->root);
	su_deinit();
	free(st);
}

uint16_t station_port(const struct station *st, enum trunk_transport transport)
{
	return st->port[transport];
}
