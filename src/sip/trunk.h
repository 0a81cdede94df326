/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * trunk -- calls from SIP peers, and to one (RFC 3261), on sofia-sip's nta, behind one small interface.
 *
 * The stack runs on a thread of its own (su_root).  Everything below is called on the control loop's
 * thread, and every callback comes there too, out of trunk_poll(), which the owner calls when `wake` was
 * called (from the SIP thread; it must only signal, e.g. uv_async_send).  Between the threads: one bounded
 * ring each way.  A call is a dialog id, unique across nodes, that stays valid until `ended` was
 * delivered; commands for an unknown or ended dialog are ignored, so they may cross with a hang-up.
 *
 * Only configured peers are served, by source address or, when a credential is set, by digest
 * (RFC 8760: SHA-256 offered before MD5); everybody else gets 403 (401 where a credential would help).
 */
#ifndef SIP_TRUNK_H
#define SIP_TRUNK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mask.h"

#define TRUNK_PEERS_MAX 32
#define TRUNK_USER_MAX  128 /* called and caller, the user part of the URI; longer: 414 */
#define TRUNK_STATE_MAX \
	1280 /* bytes from which a dialog can be rebuilt; RP_BLOB_MAX holds it */
#define TRUNK_BODY_MAX     8192 /* a session description; longer: 413 */
#define TRUNK_RING         4096 /* events or commands under way between the threads */
#define TRUNK_DIALOGS_MAX  4096 /* at once; further INVITEs get 503 with Retry-After */
#define TRUNK_CARRIERS_MAX 8
#define TRUNK_NAME_MAX     32
#define TRUNK_NUMBER_MAX   32 /* digits of a number that we call; E.164 has 15 */

/* SRTP with a peer, its keys in the descriptions (SDES, RFC 4568). */
enum trunk_srtp {
	TRUNK_SRTP_OFFERED, /* taken where the peer offers it; what we offer ourselves is plain */
	TRUNK_SRTP_REQUIRED, /* and nothing else, either way */
	TRUNK_SRTP_NEVER,
};

#define TRUNK_CERTIFICATE_MAX 128

struct trunk_peer {
	char addr[48]; /* IPv4 or IPv6 text */
	uint8_t prefix_bits; /* 32 or 128 for one host */
	uint8_t srtp; /* enum trunk_srtp */
	/* Instead of an address: a name of the certificate that it shows by TLS; needs tls_clients. "": none */
	char certificate[TRUNK_CERTIFICATE_MAX];
};

enum trunk_transport { TRUNK_UDP, TRUNK_TCP, TRUNK_TLS, TRUNK_TRANSPORTS };

/* Who we are to a carrier besides From (RFC 3325); with `is_withheld` From is anonymous (RFC 3323) and this says who
 * calls to the carrier alone. */
enum trunk_identity {
	TRUNK_IDENTITY_NONE,
	TRUNK_IDENTITY_PREFERRED, /* P-Preferred-Identity: it checks it */
	TRUNK_IDENTITY_ASSERTED, /* P-Asserted-Identity: it trusts us */
};

/* A carrier: where our own calls go, and where we register. Calls that come from its addresses are taken. */
struct trunk_outbound {
	const char *name; /* of the log and of its state; NULL: "outbound" */
	/* "192.0.2.7"; NULL: `domain` is asked of name servers (RFC 3263, without NAPTR: the transport is given) */
	const char *addr;
	const char *
		domain; /* without a port; with TLS its certificate must be made out for it (RFC 5922) */
	uint16_t port; /* 0: by SRV where addr is NULL, else 5060, or 5061 with TLS */
	enum trunk_transport transport;
	const char *
		host; /* of our URIs, with its port where it has one; NULL: address and port */
	const char *caller; /* user part of From: digits, perhaps after a plus */
	const char *user, *password; /* to answer its challenges with; NULL: none */
	bool registers; /* with `user`, or `caller` where there is none */
	uint32_t expires_s; /* what we ask a registration to last; 0: 600 */
	uint32_t watch_s; /* OPTIONS so often, where it does not register; 0: none */
	enum trunk_identity identity;
	bool is_withheld;
};

enum trunk_carrier_state {
	TRUNK_CARRIER_UNKNOWN, /* nothing was asked, or no answer came yet */
	TRUNK_CARRIER_UP, /* registered, or it answers */
	TRUNK_CARRIER_DOWN, /* nobody answers */
	TRUNK_CARRIER_REFUSED, /* it does not let us register */
};

struct trunk_carrier {
	char name[TRUNK_NAME_MAX];
	enum trunk_carrier_state state;
	uint16_t status; /* of its last answer; 0: none */
	bool registers; /* else it is asked whether it is there, or not even that */
};

struct trunk_config {
	const char *addr; /* to bind, e.g. "127.0.0.1" */
	uint16_t port; /* 0: any free one, see trunk_port() */
	const char *
		public_addr; /* for Contact; NULL: addr, which must then be one machine's */
	const struct trunk_peer *peers;
	size_t n_peers;
	const char *user,
		*password; /* digest for peers not listed, also for their REGISTER; NULL: none */
	enum trunk_srtp srtp; /* of those who come with the credential */
	const char *realm; /* NULL: "heimamt" */
	/* Tried in this order when we call; NULL: no calls are made. */
	const struct trunk_outbound *outbound;
	size_t n_outbound; /* 0 with an outbound: 1 */
	bool tcp; /* listen there, too, on the same port; a carrier by TCP makes it so */
	/* A folder with agent.pem (certificate and key; may be missing) and cafile.pem (who is believed), read at the
	 * start only; NULL: no TLS. */
	const char *tls_folder;
	uint16_t tls_port; /* 0: any free one, see trunk_tls_port() */
	bool tls_clients; /* whoever connects must show a certificate that is believed */
	const char *name_server; /* "127.0.0.1:5353"; NULL: those of /etc/resolv.conf */
	/* May a server of a carrier that was found by its name be asked, or what a Contact or a route names be told? IPv4 as ::ffff:a.b.c.d. Called in the SIP thread;
	 * NULL: all may. */
	bool (*may_reach)(const void *arg, const uint8_t addr[16]);
	const void *reach_arg;
	uint16_t node; /* for ids */
	uint32_t
		session_s; /* session timers (RFC 4028): what we ask for, 90 at least; 0: none */
	uint32_t t1_ms; /* RFC 3261 timer T1; 0: 500. Shorter in tests */
	/* Dialogs to be rebuilt before the first packet is read. One that cannot be rebuilt is told by
	 * `ended` with TRUNK_END_FAILED, each other one by `changed`.
	 * At most TRUNK_RING. */
	const struct trunk_saved *saved;
	size_t n_saved;
};

enum trunk_end {
	TRUNK_END_CANCEL, /* before the answer */
	TRUNK_END_BYE, /* by the far side */
	TRUNK_END_HANGUP, /* by trunk_hangup() */
	TRUNK_END_REJECT, /* by trunk_reject() */
	TRUNK_END_TIMEOUT, /* no ACK for 64*T1 (the BYE was sent), or no answer from us */
	TRUNK_END_FAILED, /* transport or protocol error */
	TRUNK_END_EXPIRED, /* nobody refreshed its session (RFC 4028; the BYE was sent) */
	TRUNK_END_UNREACHED, /* our call was not taken: `unreached` said why */
};

struct trunk_invite {
	uint64_t dialog;
	const char *called; /* user part of the Request-URI */
	const char *
		caller; /* user part of From, "" when anonymous or withheld: personal, mask it */
	const char *call_id; /* for traces; at most 255 bytes are kept */
	const char *
		sdp; /* NULL: the INVITE has none, so our 200 carries the offer (RFC 3264 section 5) */
	size_t sdp_len;
	/* From which a later process rebuilds the dialog: see struct trunk_saved. state_len 0: it cannot
	 * (its headers are too long); the call itself is as good as any. */
	const void *state;
	size_t state_len;
	enum trunk_srtp
		srtp; /* of the peer: the first in the list that its address matches */
};

/* What a former process left of a dialog; the strings and bytes are borrowed until trunk_new() returns. */
struct trunk_saved {
	uint64_t dialog; /* keeps its id */
	const void *state; /* the last that `invite` or `changed` gave */
	size_t state_len;
	/* The last description that we sent, or were about to; NULL: none yet. With one, a call whose
	 * state says unanswered is answered with it: the kill came between the two. */
	const char *sdp;
};

/*
 * One message of a call as it may be shown to who looks for a fault: users masked where it is read, no display name,
 * no text of a description, no key.  Bounded copies, nothing borrowed.
 */
#define TRUNK_SEEN_ADDR   64
#define TRUNK_SEEN_CODECS 96
#define TRUNK_SEEN_RING   1024 /* a power of two; what finds no place is counted */
struct trunk_seen {
	uint64_t dialog;
	int64_t at_ms; /* since 1970 */
	bool is_ours; /* we sent it */
	bool begins; /* the first INVITE of its dialog; one of ours also when it is sent again */
	uint16_t status; /* 0: a request */
	uint32_t cseq;
	char method[16];
	char from[MASK_SIZE], to[MASK_SIZE], uri[MASK_SIZE]; /* "": not looked at */
	char peer[TRUNK_NAME_MAX]; /* a carrier's name, "peer", or "" */
	/* of the far side: of a carrier whole, of anybody else the network (/24, /48) */
	char addr[TRUNK_SEEN_ADDR];
	uint8_t transport; /* enum trunk_transport */
	bool has_sdp;
	/* of its first audio that is not refused */
	char codecs[TRUNK_SEEN_CODECS]; /* "PCMA PCMU" */
	char media_addr[TRUNK_SEEN_ADDR]; /* its network */
	uint16_t media_port; /* 0: none */
	const char *direction, *protection; /* static; "sendrecv" ..., "plain" ... */
};

struct trunk_handler {
	void (*invite)(void *arg, const struct trunk_invite *inv);
	/* the ACK to our first 200; sdp: the answer to our offer, NULL when we did not offer */
	void (*acked)(void *arg, uint64_t dialog, const char *sdp, size_t n);
	/* a re-INVITE, or an UPDATE, with an offer; to be settled by trunk_answer() or trunk_reject(). One without an
	 * offer is answered by the trunk itself with the last description sent. */
	void (*reoffer)(void *arg, uint64_t dialog, const char *sdp, size_t n);
	/* The dialog's state for a later process, replacing the one before. Told before anything that rests on
	 * it can have been seen outside, as far as the loop's answer is waited for; else at once. */
	void (*changed)(void *arg, uint64_t dialog, const void *state, size_t n);
	/* What came of each trunk_reinvite(): status 200 with the answer (sdp, n), or the final refusal; 491 also when
	 * a newer offer took its place before it was sent. 481 and
	 * 408 end the dialog, so `ended` follows (RFC 3261 section 12.2.1.2). */
	void (*reinvited)(
		void *arg, uint64_t dialog, uint16_t status, const char *sdp, size_t n);
	/* The description (sdp, n) by which a re-INVITE was answered that only refreshed the session (RFC 4028): mostly the
	 * one before, but it is an answer like any (RFC 3264 section 8). NULL: it is not looked at. */
	void (*refreshed)(void *arg, uint64_t dialog, const char *sdp, size_t n);
	/* Of trunk_dial(): it rings over there, told once at most; and then one of these two. A call is reached when
	 * it was answered with a description, which answers ours (sdp, n); the ACK goes out when the next command of any
	 * kind comes for this dialog, as trunk_confirm(), or when the answer is repeated, so `state` can be
	 * kept before. unreached: the final status, 408 when nothing came, 488 without a description;
	 * `ended` follows. NULL where nothing is dialled. */
	void (*rang)(void *arg, uint64_t dialog);
	void (*reached)(void *arg, uint64_t dialog, const char *sdp, size_t n,
		const void *state, size_t state_len);
	void (*unreached)(void *arg, uint64_t dialog, uint16_t status);
	/* always the last word about a dialog, exactly once for each `invite`, each trunk_dial() and each one saved. With
	 * TRUNK_END_BYE the far side's BYE is answered when trunk_release() is called. */
	void (*ended)(void *arg, uint64_t dialog, enum trunk_end why);
	/* One message of a call, while trunk_watch() says so; before the events that came of it, but for the first
	 * INVITE, which is told when its `invite` is in the same trunk_poll() at the latest. NULL: nobody wants them. */
	void (*seen)(void *arg, const struct trunk_seen *s);
	void (*wake)(void *arg); /* any thread */
	void *arg;
};

struct trunk;

/* Binds and starts the thread. EADDRINUSE, EINVAL, ENOMEM, EIO. */
int trunk_new(struct trunk **out, const struct trunk_config *cfg,
	const struct trunk_handler *h);
/* Ends all dialogs (BYE or 503), waits at most two seconds for their answers, joins the thread. NULL
 * allowed; no callback from it. */
void trunk_free(struct trunk *t);
/* The same without a word to anybody: a later process rebuilds the dialogs. */
void trunk_leave(struct trunk *t);
uint16_t trunk_port(const struct trunk *t);
uint16_t trunk_tls_port(const struct trunk *t); /* 0: none */
/* How it stands with each carrier; at most max, and how many. */
size_t trunk_carriers(const struct trunk *t, struct trunk_carrier *out, size_t max);
void trunk_poll(struct trunk *t);

/* Calls this number with this offer (copied). The dialog, of which `rang`, `reached`, `unreached` and `ended`
 * tell; 0: there is no memory, no outbound, or the number is none: digits, perhaps after a plus. trunk_hangup() gives
 * the call up; no early media is taken. */
uint64_t trunk_dial(struct trunk *t, const char *number, const char *sdp);
void trunk_confirm(struct trunk *t, uint64_t dialog);

/* 180 to the INVITE. */
void trunk_ring(struct trunk *t, uint64_t dialog);
/* 200 with this description (copied), to the INVITE or to the pending re-INVITE. */
void trunk_answer(struct trunk *t, uint64_t dialog, const char *sdp);
/* A final refusal of the INVITE (ends the dialog) or of the pending re-INVITE (the call goes on).
 * reason: NULL for the standard phrase. retry_after_s: 0 for none. */
void trunk_reject(struct trunk *t, uint64_t dialog, uint16_t status, const char *reason,
	uint32_t retry_after_s);
/* BYE (or a refusal while unanswered). */
void trunk_hangup(struct trunk *t, uint64_t dialog);
/* A re-INVITE with this offer (copied): our media has moved. Answered by `reinvited`, exactly once, unless
 * `ended` comes first. While another INVITE is under way it waits for its end; 491 is tried again (RFC 3261
 * section 14.1). */
void trunk_reinvite(struct trunk *t, uint64_t dialog, const char *sdp);
/* What `ended` told is kept: the far side's BYE may be answered. By itself after a second. */
void trunk_release(struct trunk *t, uint64_t dialog);

/* From now on each message of a call is told by `seen`, or no more. */
void trunk_watch(struct trunk *t, bool on);
/* How many could not be told since the last time. */
uint64_t trunk_unseen(struct trunk *t);

struct trunk_counters {
	uint64_t invites, refused_strangers, refused_busy, bad_requests, dialogs;
	uint64_t unanswered_strangers; /* of the refused ones, those that got no answer */
	uint64_t refused_behind; /* INVITEs, because events lay unread for too long */
};
void trunk_counters(const struct trunk *t, struct trunk_counters *out);

#endif
