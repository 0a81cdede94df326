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
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "base/log.h"
#include "base/slice.h"
#include "base/text.h"
#include "sip/dial.h"
#include "sip/reinvite.h"

#define UDP_RMEM        (4 * 1024 * 1024) /* a burst of some thousand INVITEs */
#define SEND_QUEUE      1000 /* packets; the most that tport takes */
#define CLOSE_MS        2000 /* trunk_free() waits so long for answers */
#define CLOSE_TICK_MS   20
#define DEFAULT_PORT    5060 /* RFC 3261 section 19.1.2 */
#define COMMANDS_A_TURN 256 /* then the socket has its turn again */

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

static int bind_agent(struct station *st, const struct peers_addr *a)
{
	char url[96], text[PEERS_TEXT_MAX], port[8] = "*";
	uint64_t got = 0;
	if (a->port)
		(void)text_format(port, sizeof port, "%u", a->port);
	(void)text_format(url, sizeof url, "sip:%s%s%s:%s;transport=udp",
		st->v4 ? "" : "[", peers_addr_text(text, a), st->v4 ? "" : "]", port);
	st->agent = nta_agent_create(st->root, (const url_string_t *)url, on_message, st,
		NTATAG_UA(1), NTATAG_SIP_T1(st->t1_ms), NTATAG_SIP_T1X64(64 * st->t1_ms),
		NTATAG_SIP_T2(st->t1_ms * (STATION_T2_MS / STATION_T1_MS)),
		NTATAG_MAX_PROCEEDING(TRUNK_DIALOGS_MAX), NTATAG_UDP_MTU(UINT16_MAX),
		NTATAG_USE_NAPTR(0), NTATAG_USE_SRV(0), TPTAG_UDP_RMEM(UDP_RMEM),
		TPTAG_QUEUESIZE(SEND_QUEUE), TPTAG_STUN_SERVER(0), TAG_END());
	if (!st->agent)
		return EIO;
	const sip_via_t *via = nta_agent_via(st->agent);
	const char *p = via && via->v_port ? via->v_port : "5060";
	if (!slice_u64(slice_str(p), UINT16_MAX, &got))
		return EIO;
	st->port = (uint16_t)got;
	return 0;
}

static int make_contact(struct station *st, const char *host)
{
	bool colon = strchr(host, ':') && host[0] != '[';
	if (strpbrk(host, " \t\r\n<>\"@"))
		return EINVAL;
	return text_format(st->contact, sizeof st->contact,
		       "<sip:" STATION_NAME "@%s%s%s:%u>", colon ? "[" : "", host,
		       colon ? "]" : "", st->port)
		? EINVAL
		: 0;
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

static int copy_credential(struct outbound *o, const struct trunk_outbound *cfg)
{
	o->has_credential = cfg->user && cfg->password;
	if (!o->has_credential)
		return 0;
	return strpbrk(cfg->user, "\"\\") ||
			text_copy(o->credential.user, sizeof o->credential.user,
				cfg->user) ||
			text_copy(o->credential.password, sizeof o->credential.password,
				cfg->password)
		? EINVAL
		: 0;
}

static int copy_outbound(struct station *st, const struct trunk_outbound *cfg)
{
	struct outbound *o = &st->outbound;
	char text[PEERS_TEXT_MAX];
	if (!cfg)
		return 0;
	if (peers_addr_parse(&o->addr, cfg->addr, cfg->port ? cfg->port : DEFAULT_PORT) ||
		peers_is_v4(&o->addr) != st->v4 || !dial_is_number(cfg->caller) ||
		copy_credential(o, cfg))
		return EINVAL;
	(void)text_copy(o->caller, sizeof o->caller, cfg->caller);
	bool v4 = peers_is_v4(&o->addr);
	o->is_set = true;
	if (cfg->host)
		return strpbrk(cfg->host, " \t\r\n<>\"@;?") ||
				text_copy(o->host, sizeof o->host, cfg->host)
			? EINVAL
			: 0;
	return text_format(o->host, sizeof o->host, "%s%s%s:%u", v4 ? "" : "[",
		peers_addr_text(text, &o->addr), v4 ? "" : "]", o->addr.port);
}

static int configure(struct station *st, const struct trunk_config *cfg)
{
	uint8_t secret[DIGEST_SECRET];
	int err = peers_init(&st->peers, cfg->peers, cfg->n_peers);
	if (!err)
		err = copy_outbound(st, cfg->outbound);
	if (err)
		return err;
	if (getentropy(&st->seed, sizeof st->seed) != 0 ||
		getentropy(secret, sizeof secret) != 0)
		return EIO;
	ids_init(&st->ids, cfg->node);
	st->t1_ms = cfg->t1_ms ? cfg->t1_ms : STATION_T1_MS;
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
	if ((is_unspecified(&a) && !cfg->public_addr) || cfg->n_saved > TRUNK_RING)
		return EINVAL;
	struct station *st = calloc(1, sizeof *st);
	if (!st)
		return ENOMEM;
	st->link = l;
	st->v4 = peers_is_v4(&a);
	list_init(&st->reinvites);
	list_init(&st->dials);
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
		err = make_contact(st, cfg->public_addr ? cfg->public_addr : cfg->addr);
	if (err)
		goto out;
	(void)su_root_add_prepoll(st->root, count_malformed, st);
	dialogs_restore(st, cfg->saved, cfg->n_saved);
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
	dials_close(st);
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

uint16_t station_port(const struct station *st)
{
	return st->port;
}
