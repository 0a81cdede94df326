/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * proto -- what control and a relay say to each other over a SOCK_SEQPACKET Unix socket.
 *
 * One packet is one flat message: struct rp_head and a body whose size depends only on its type, in
 * the machine's byte order (both ends are on one machine).  No pointers, no variable part except
 * rp_blob's length field within a fixed array.  A message of a wrong size, an unknown type or another
 * RP_VERSION is answered with EPROTO and otherwise ignored.
 *
 * Control commands; the relay answers each command with exactly one reply that carries the same seq,
 * and sends events of its own with seq 0.  A leg's id is chosen by control and is unique across nodes,
 * so every command may be repeated without harm: creating a leg that exists answers as the first time,
 * closing one that is gone answers 0, a join that stands answers 0.
 *
 * Epoch: each control process has one, greater than the one before.  RP_HELLO introduces it; a command
 * with an older epoch is refused with ESTALE.  When control goes away, legs, joins and clips go on.  A later
 * control takes a snapshot, which shows what no event could tell meanwhile; a line that ended is still in it
 * (is_up 0), and RP_EV_DOWN follows its RP_CLAIM.  A leg that is not in it is gone.  Legs that the control which
 * said RP_HELLO does not claim within RP_CLAIM_S are ended; while there is none, those in which no voice was heard
 * for as long.
 */
#ifndef RELAY_PROTO_H
#define RELAY_PROTO_H

#include <stdint.h>

#include "sound/clip_bytes.h"
#include "sound/codec.h"

#define RP_VERSION   6
#define RP_BLOB_MAX  2048 /* DESIGN: at most 2 KB of control's own state per leg */
#define RP_ADDR_SIZE 48 /* INET6_ADDRSTRLEN rounded up */
#define RP_UFRAG_SIZE \
	40 /* with NUL; RFC 8839: 4..256, ours has 8; Chromium's 4, Firefox's 8 */
#define RP_PWD_SIZE   72 /* with NUL; RFC 8839: 22..256; browsers use 24 to 32 */
#define RP_CNAME_SIZE 24
#define RP_CODECS_MAX 4 /* of a leg */
#define RP_CLIPS_MAX  256 /* 20 announcements in four languages, and the queues' own */
#define RP_CLAIM_S    60
#define RP_REST_MAX   64 /* ports in one message */
#define RP_LEGS_MAX   4096 /* per relay: one core carries up to 1,000 talks of two legs */

enum rp_type {
	/* commands */
	RP_HELLO = 1, /* head.epoch introduces the control; answer RP_HELLO_OK */
	RP_LEG_RTP, /* create a plain RTP leg; answer RP_LEG_OK */
	RP_LEG_WEB, /* create a browser line; answer RP_LEG_OK */
	RP_LEG_REMOTE, /* the far side's address changed (re-INVITE): latch anew; the same address and
			* port as the last one told, or as the one latched on, changes nothing */
	RP_LEG_CLOSE,
	RP_JOIN, /* two legs hear each other from now on; stops their clips and echoes */
	RP_PART, /* end the join that this leg is in */
	RP_MIX, /* three legs hear each the two others from now on; body rp_mix; replaces the join of two of them */
	RP_PLAY, /* clip to a leg, from its beginning; replaces what plays; while joined only with `over`: EBUSY */
	RP_STOP, /* stop the clip */
	RP_ECHO, /* line test: send a line its own voice back; body rp_echo; not while joined: EBUSY */
	RP_KEY, /* press a telephone key towards the far side (RFC 4733); body rp_key; ENOTSUP: it understands none */
	RP_CLIP, /* load or replace a clip in one codec; the sealed memfd comes by SCM_RIGHTS */
	RP_BLOB, /* store control's opaque state with the leg */
	RP_CLAIM, /* a new control takes the leg over; see above */
	RP_SNAPSHOT, /* answer: one RP_LEG_STATE per leg, then RP_SNAPSHOT_END */
	RP_STATS, /* answer: RP_STATS_OK; of leg 0: rx_bad counts what came to the lines' port and was
		   * nobody's */
	RP_REST, /* of leg 0: ports of a process that died here before, to which far sides still send; body rp_rest.
		  * They rest as if their legs had been closed now */
	RP_QUIT, /* end all legs and the process */
	/* replies */
	RP_DONE = 64, /* head.err says how it went */
	RP_HELLO_OK,
	RP_LEG_OK,
	RP_LEG_STATE,
	RP_SNAPSHOT_END,
	RP_STATS_OK,
	/* events */
	RP_EV_UP =
		128, /* a line: ICE and DTLS done; an RTP leg: its first valid packet */
	RP_EV_DOWN, /* a line: failed or its checks stopped for 30 s; head.err; the leg is then closed
			 * and its id unknown */
	RP_EV_SILENT, /* no packet for RP_SILENT_MS where there were some */
	RP_EV_HEARD, /* packets again */
	RP_EV_CLIP_DONE, /* a clip that does not loop came to its end; body rp_clip_done */
	RP_EV_FIRST, /* first packet forwarded to this leg after a join; body rp_first */
	RP_EV_DIGIT, /* a key was pressed on a leg that is joined with nobody; body rp_digit. In a talk keys are
		      * the other side's, and told to no one else */
	RP_EV_LOSSY, /* a line loses so much that its voice should carry error correction, or no longer; body rp_lossy.
		      * What is sent to it does so already */
	RP_EV_DRAIN, /* leg 0: the relay was told to drain (SIGHUP): give it no new legs (it refuses them
		      * with ESHUTDOWN, but for a hop's end: rp_leg_rtp.local), and RP_QUIT when it has none left */
};

#define RP_SILENT_MS \
	1000 /* DESIGN: no voice packet for one second means that a party is gone */

struct rp_head {
	uint16_t version; /* RP_VERSION */
	uint16_t type; /* enum rp_type */
	uint32_t epoch;
	uint64_t leg; /* 0 where no leg is meant */
	uint32_t seq; /* of the command; copied into its reply; 0 in events */
	int32_t err; /* replies and RP_EV_DOWN: 0 or a positive errno */
};

/*
 * The keys of an RTP leg's SRTP (SDES): rx is what the far side seals with.  A key that stays the same keeps its
 * roll-over counters and replay windows; a new one begins with none, and for some seconds the one before is
 * still heard, because the far side may not know yet.  Wiped by both ends when it was used.
 */
#define RP_MKI_MAX 128 /* RFC 4568 section 6.1 */
struct rp_srtp {
	uint8_t suite; /* enum srtp_suite; 0: plain RTP, and all else here is 0 */
	uint8_t mki_size; /* bytes of the MKI in every packet, both ways; 0: none */
	/* with a key that was another relay's before: so often the far side's sequence numbers may have run over since it
	 * began, at most. Its roll-over counter is looked for among so many; 0: its first one is here */
	uint8_t rx_rocs;
	uint8_t pad[5];
	uint64_t
		rx_life; /* packets that the far side's key may protect; 0: as many as the suite allows */
	uint8_t rx_key[16], tx_key[16];
	uint8_t rx_salt[14], tx_salt[14]; /* GCM: the first 12 */
	uint8_t pad1[4];
	uint8_t mki[RP_MKI_MAX];
};

/* A voice codec of a leg, under the payload type that was agreed. A list ends before the first SOUND_NONE. */
struct rp_codec {
	uint8_t codec; /* enum sound_codec */
	uint8_t pt; /* 0 to 127, another for each */
};

struct rp_leg_rtp {
	struct rp_head head;
	char addr
		[RP_ADDR_SIZE]; /* what the far side's SDP said: where to send until latched; "" unknown */
	uint16_t port;
	uint16_t rtcp_port; /* 0: port + 1 */
	uint8_t dtmf_pt; /* of telephone-event/8000; 0: none */
	uint8_t local; /* 0 or 1: bind to 127.0.0.1, for a hop within this machine */
	uint8_t lock; /* as in rp_leg_remote; with addr "" nobody is heard before that command */
	uint8_t deaf; /* as in rp_leg_remote */
	/* what may be sent and received; the first one is sent where nothing else decides. At least one */
	struct rp_codec codecs[RP_CODECS_MAX];
	struct rp_srtp srtp;
};

struct rp_leg_web {
	struct rp_head head;
	char ufrag[RP_UFRAG_SIZE]; /* of the browser */
	char pwd[RP_PWD_SIZE];
	uint8_t fingerprint[32]; /* SHA-256 of the browser's certificate */
	struct rp_codec codecs[RP_CODECS_MAX]; /* as in rp_leg_rtp */
	uint8_t dtmf_pt;
	uint8_t red_pt; /* of what is said twice, in Opus (RFC 2198); 0: nothing is */
	uint8_t pad[6];
};

struct rp_leg_remote {
	struct rp_head head;
	char addr[RP_ADDR_SIZE];
	uint16_t port, rtcp_port;
	uint8_t lock; /* 0 or 1: hear exactly this address and port, from now on, and never latch */
	uint8_t dtmf_pt;
	/* 0 or 1: the far side takes no voice (its SDP says sendonly or inactive: RFC 3264 section 5.1), so none is sent;
	 * reports are, and what it sends is heard */
	uint8_t deaf;
	uint8_t pad;
	struct rp_codec
		codecs[RP_CODECS_MAX]; /* empty: they stay, and dtmf_pt with them */
	struct rp_srtp srtp; /* from now on; with suite 0 the leg is plain */
};

struct rp_leg_ok {
	struct rp_head head;
	char addr[RP_ADDR_SIZE]; /* to be written into the SDP */
	uint16_t port;
	uint16_t pad;
	uint32_t ssrc; /* of what the relay sends on this leg, for its whole life */
	char ufrag[RP_UFRAG_SIZE]; /* RP_LEG_WEB only: ours */
	char pwd[RP_PWD_SIZE];
	char cname[RP_CNAME_SIZE];
};

struct rp_hello_ok {
	struct rp_head head;
	uint32_t pid;
	uint32_t n_legs;
	uint16_t port; /* of all lines */
	uint8_t is_draining; /* see RP_EV_DRAIN */
	uint8_t pad;
	uint16_t tcp_port; /* of all lines, too (RFC 6544); 0: none */
	uint8_t pad1[2];
	char addr[RP_ADDR_SIZE];
	uint8_t fingerprint[32]; /* SHA-256 of the relay's own certificate */
};

struct rp_rest {
	struct rp_head head;
	uint16_t ports[RP_REST_MAX]; /* the even ones of their pairs; 0: none */
};

struct rp_join {
	struct rp_head head; /* head.leg: one side */
	uint64_t other;
};

struct rp_mix {
	struct rp_head head; /* head.leg: one of the three */
	uint64_t others[2];
};

struct rp_key {
	struct rp_head head;
	uint32_t key; /* as in rp_digit */
	uint32_t ms; /* 40 to 2,000; 0: RP_KEY_MS */
};
#define RP_KEY_MS \
	120 /* longer than the 40 ms that every receiver must hear (ITU-T Q.24) */

struct rp_play {
	struct rp_head head;
	uint32_t clip; /* 0 .. RP_CLIPS_MAX - 1; ENOENT when not loaded */
	uint32_t loop; /* 0 or 1 */
	/* with loop 0: number of the clip, plus one, that loops when this one is over, unless told otherwise by
	 * then; so nobody hears silence while there is no control. 0, or not loaded: none */
	uint32_t then;
	uint32_t
		over; /* 0 or 1: while joined, over what the leg hears; needs the PCM path */
};

struct rp_echo {
	struct rp_head head;
	uint32_t on;
	uint32_t pad;
};

struct rp_clip {
	struct rp_head
		head; /* with one descriptor: the codec's frames (sound/clip_bytes.h), sealed against change */
	uint32_t clip;
	uint32_t bytes; /* at most RP_CLIP_BYTES_MAX */
	uint32_t codec; /* enum sound_codec; a clip may be loaded in each */
	uint32_t pad;
};
#define RP_CLIP_BYTES_MAX CLIP_BYTES_MAX /* ten minutes */

struct rp_blob {
	struct rp_head head;
	uint32_t len;
	uint32_t pad;
	uint8_t bytes[RP_BLOB_MAX];
};

/* What a leg's far side is sent. */
enum rp_feed { RP_FEED_NONE, RP_FEED_JOIN, RP_FEED_CLIP, RP_FEED_ECHO, RP_FEED_MIX };

struct rp_leg_state {
	struct rp_head head;
	uint64_t joined; /* the other leg or 0 */
	uint64_t third; /* with RP_FEED_MIX */
	uint8_t is_web, is_up, is_silent;
	uint8_t feed; /* enum rp_feed */
	uint8_t loops; /* the clip */
	uint8_t is_lossy; /* see RP_EV_LOSSY */
	uint8_t pad[2];
	uint32_t clip; /* with RP_FEED_CLIP */
	uint32_t pad1;
	struct rp_leg_ok ok; /* as it was answered at creation */
	uint32_t len;
	uint32_t pad2;
	uint8_t blob[RP_BLOB_MAX];
};

struct rp_clip_done {
	struct rp_head head;
	uint32_t clip;
	uint32_t pad;
};

struct rp_first {
	struct rp_head head;
	uint64_t after_us; /* from the join command's arrival to the send */
	uint64_t at_us; /* CLOCK_MONOTONIC */
};

struct rp_digit {
	struct rp_head head;
	uint32_t
		digit; /* 0 to 9, 10 for *, 11 for #, 12 to 15 for A to D: RFC 4733 section 3.2 */
	uint32_t pad;
};

struct rp_lossy {
	struct rp_head head;
	uint32_t on; /* 0 or 1 */
	uint32_t percent; /* lost of late, the worse direction */
};

/* How what is sent to a leg is made. */
enum rp_path {
	RP_PATH_NONE, /* nothing is sent to it */
	RP_PATH_PACKET, /* packets go through as they are; also of clips */
	RP_PATH_PCM, /* decoded, buffered, mixed, encoded */
};

/* And why so. */
enum rp_why {
	RP_WHY_NONE,
	RP_WHY_CODEC, /* the two have no codec in common that is in use */
	RP_WHY_LOSSY, /* a line loses packets: Opus with error correction */
	RP_WHY_MIX, /* three hear each other */
	RP_WHY_OVER, /* a clip is played over the voice */
};

/* Of one leg, from its creation on. Held in memory for its life, written nowhere. */
struct rp_stats {
	struct rp_head head;
	uint64_t rx, rx_bytes; /* authenticated voice packets and payload bytes */
	uint64_t tx, tx_bytes;
	uint64_t rx_forwarded; /* to the joined leg, or echoed */
	uint64_t rx_discarded; /* arrived while nobody was to hear it */
	uint64_t
		rx_discarded_sound; /* of these: louder than digital silence (A-law magnitude above 64) */
	uint64_t
		rx_bad; /* failed authentication, replayed, malformed, foreign source or payload type */
	uint32_t lost; /* RFC 3550 A.3, towards us */
	uint32_t jitter_us;
	uint32_t remote_lost; /* what the far side reported on our stream */
	uint32_t remote_jitter_us;
	uint32_t round_trip_us; /* 0: unknown */
	uint32_t
		delay_ms; /* of the jitter buffer, if what came from it is decoded; 0: it is not */
	uint64_t expected; /* packets from it, with what was lost (RFC 3550 A.3) */
	uint64_t
		remote_expected; /* the same of what was sent to it, as the far side reported */
	uint64_t frames, corrected,
		concealed; /* of 20 ms, decoded of what came from it: sound/jitter.h */
	uint64_t restored; /* of `lost`: known from the packets after them (RFC 2198) */
	uint32_t
		bursts; /* times that packets from it are missing, whatever many in a row; what was restored aside */
	uint32_t pad1;
	uint8_t path, why; /* of what is sent to it: enum rp_path, enum rp_why */
	uint8_t rx_codec, tx_codec; /* enum sound_codec, of the newest packets */
	uint8_t is_lossy;
	uint8_t pad[3];
};

/* Any message; what a receiver reads into. */
union rp_any {
	struct rp_head head;
	struct rp_leg_rtp leg_rtp;
	struct rp_leg_web leg_web;
	struct rp_leg_remote leg_remote;
	struct rp_leg_ok leg_ok;
	struct rp_hello_ok hello_ok;
	struct rp_rest rest;
	struct rp_join join;
	struct rp_mix mix;
	struct rp_key key;
	struct rp_play play;
	struct rp_echo echo;
	struct rp_clip clip;
	struct rp_blob blob;
	struct rp_leg_state leg_state;
	struct rp_clip_done clip_done;
	struct rp_first first;
	struct rp_digit digit;
	struct rp_lossy lossy;
	struct rp_stats stats;
};

/* The one size that a message of this type may have; 0 for an unknown type. */
uint32_t rp_size(uint16_t type);

#endif
