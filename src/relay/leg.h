/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * leg -- one party's media: a plain RTP leg or a browser's line.
 *
 * Legs live in relay->legs and are reused; a leg that is not in use has id 0.  What feeds a leg's
 * sending side is exactly one of nothing, the joined leg, the two others of three, a clip, its own echo; so a voice can
 * only ever go to whom control joined it with, or back to its sender.  Thread: the relay's.
 */
#ifndef RELAY_LEG_H
#define RELAY_LEG_H

#include "relay/dtls.h"
#include "relay/media.h"
#include "relay/pcm.h"
#include "relay/relay.h"
#include "relay/srtp.h"
#include "sound/codec.h"
#include "sound/lossy.h"
#include "wire/dtmf.h"
#include "wire/red.h"
#include "wire/rtcp.h"
#include "wire/rtp.h"

#define LEG_PATHS_MAX \
	4 /* addresses of one browser: Wi-Fi, cable, mobile, and the one before */
/* Between two moves to addresses that no check came from. A NAT that rebinds does it once; who repeats
 * captured packets from elsewhere could make every packet one. */
#define LEG_MOVE_US      (500 * INT64_C(1000))
#define LEG_CONSENT_US   (30 * INT64_C(1000000)) /* RFC 7675 section 5.1 */
#define LEG_HANDSHAKE_US (30 * INT64_C(1000000))
#define LEG_TRIM_US      (30 * INT64_C(1000000)) /* then OpenSSL's buffers go */
#define LEG_DIGITS_MAX \
	20 /* told at once; one more each RELAY_TICK_US: no finger is as fast, and control is not flooded */
#define LEG_UFRAG 8 /* characters: a key of base/map; RFC 8839 wants 4 at least */
#define LEG_PWD   24 /* characters of 6 bits: 144 bits; RFC 8445 section 5.3 wants 128 */

struct web_path {
	struct udp_addr addr;
	struct leg *leg; /* NULL: free */
	bool checked; /* a STUN check came from there; DTLS is taken from nowhere else */
	int64_t seen_us;
};

struct leg_web {
	struct relay *relay; /* for the DTLS callback */
	struct web_path paths[LEG_PATHS_MAX];
	struct web_path *active; /* where to send; NULL before the first check */
	struct dtls *dtls;
	struct heap_node timer;
	struct srtp_session *rx, *tx;
	int64_t checked_us; /* last valid check */
	int64_t up_us;
	int64_t moved_us; /* last followed to where no check came from; 0: never */
	bool trimmed;
};

struct leg_target {
	struct udp_addr rtp, rtcp; /* family 0: unknown */
};

/* The keys of an RTP leg; see leg_srtp.c. */
struct leg_srtp {
	struct rp_srtp told; /* suite 0: plain RTP */
	struct srtp_session *rx, *tx; /* NULL: plain RTP */
	struct srtp_session
		*rx_before; /* until the far side was heard with its new key */
	int64_t before_until_us;
	int64_t search_at_us; /* the roll-over counter is looked for again from then on */
};

struct leg_rtp {
	struct udp_sock rtp, rtcp;
	uint16_t port;
	struct udp_addr at; /* of the sockets, port aside */
	struct leg_target told; /* by control, the last time */
	struct leg_target to; /* in use: what was told until the leg latched */
	bool locked, rtcp_locked;
	bool latches; /* while not locked: on who comes first; false: on nobody */
	bool deaf; /* it takes no voice */
	struct leg_srtp srtp;
};

/* The source's timestamps in ticks of 1/8 ms, whatever its codec's clock is: jitter goes on over a change. */
struct leg_clock {
	uint32_t ticks_per_ms; /* 0: nothing was heard */
	uint32_t ts, even; /* the newest, as they came and as they count */
};

/* What is lost on the way of a line, per direction. */
struct leg_loss {
	struct lossy from, to;
	uint32_t expected, lost; /* from it, as counted so far */
	uint32_t to_seq, to_lost; /* to it, as its newest report has it */
	uint32_t gaps; /* that we left in what we sent, by then */
	bool has_report;
	int64_t at_us; /* when it is counted next */
};

/* The frame that was sent last, in Opus: said again with the next one. */
struct leg_said {
	uint16_t seq;
	uint32_t ts;
	size_t n; /* 0: there was none */
	uint8_t bytes[SOUND_BYTES_MAX];
};

#define LEG_KEYS_MAX 16 /* that wait to be sent */

struct leg_keys {
	struct list node; /* relay->keying, while there are some */
	struct {
		uint8_t key;
		uint16_t ms;
	} queue[LEG_KEYS_MAX];
	size_t n;
	uint32_t ts; /* of the event that is being sent */
	uint16_t sent_ms; /* of it */
	uint8_t ends; /* packets that told its end */
	int16_t rest_ms; /* silence before the next one */
};

/* What is sent where no source sends: quiet.c. */
enum quiet_state {
	QUIET_NONE, /* nothing was sent yet, or a source sends */
	QUIET_SILENCE, /* 20 ms of it each 20 ms */
	QUIET_REST, /* a line: a sign of life now and then */
};

struct leg_quiet {
	struct list node; /* relay->quiet, in QUIET_SILENCE */
	enum quiet_state state;
	bool leads; /* the next source's first packet has silence ahead of it, where that is needed */
	unsigned int sent; /* frames of silence, to a line */
	struct clip_beat beat;
	int64_t rest_at_us; /* the next sign of life */
};

struct leg {
	struct list node; /* free_legs or used_legs */
	uint64_t id; /* 0: not in use */
	uint32_t index, epoch; /* epoch of the control that made or claimed it */
	bool is_web, is_up, is_silent;
	struct rp_codec codecs[RP_CODECS_MAX]; /* the first n_codecs; at least one */
	size_t n_codecs;
	uint8_t dtmf_pt; /* 0: none */
	uint8_t red_pt; /* 0: nothing is said twice */
	struct leg_said said;
	enum sound_codec rx_codec, tx_codec; /* of the newest packets */
	struct rp_leg_ok ok; /* as answered */
	int64_t made_us;
	int64_t kept_us; /* last moment at which the control that owns it commanded */
	int lost; /* a line that ended while its owner was away: errno, told after the claim */

	enum rp_feed feed;
	struct leg *peer; /* joined */
	struct leg *third; /* with RP_FEED_MIX: who hears, and is heard, besides */
	int64_t joined_us; /* 0: the first packet after the join was reported */
	struct clip_player player;
	uint32_t then; /* see struct rp_play */
	struct list play_node;
	struct pcm pcm;
	struct leg_keys keys_out;
	struct leg_quiet quiet;

	struct media_tx tx;
	uint32_t first_seq; /* that was given out */
	struct rtcp_source source;
	struct leg_clock clock;
	struct leg_loss loss;
	bool is_lossy; /* what is sent to it is Opus with error correction, where it has that */
	struct dtmf_heard keys;
	uint8_t digits_left; /* that may be told: LEG_DIGITS_MAX */
	struct keys *tones; /* owned; NULL: nothing was heard for keys (tones.c) */
	int64_t heard_us; /* last good voice packet; 0: none yet */
	uint64_t ssrc_key; /* in relay->by_ssrc; 0: none */
	int64_t report_at_us;
	uint64_t reported_tx; /* stats.tx at the last report */
	struct rp_stats stats;

	struct leg_web web;
	struct leg_rtp rtp;

	uint32_t blob_len;
	uint8_t blob[RP_BLOB_MAX];
};

/* leg.c. EEXIST: the id stands for a leg of the other kind. ESHUTDOWN: the relay drains (a hop's end is still made). ENFILE: all are in use. */
int leg_rtp_new(struct relay *r, const struct rp_leg_rtp *m, struct leg **out);
int leg_web_new(struct relay *r, const struct rp_leg_web *m, struct leg **out);
struct leg *leg_find(struct relay *r, uint64_t id); /* NULL */
void leg_close(struct relay *r, struct leg *l);
void leg_down(struct relay *r, struct leg *l, int err); /* RP_EV_DOWN, then closed */
/* A line came to its end. RP_EV_DOWN when its owner commands; else only its id and control's state stay,
 * so that the next control learns of it in its snapshot, and by RP_EV_DOWN once it claimed the leg. */
void leg_lost(struct relay *r, struct leg *l, int err);
bool leg_is_kept(const struct relay *r, const struct leg *l); /* its owner commands now */
void leg_tick(struct relay *r, struct leg *l);
void leg_state(const struct leg *l, struct rp_leg_state *out);
void leg_stats(const struct leg *l, struct rp_stats *out);
void leg_up(struct relay *r, struct leg *l); /* RP_EV_UP, once */

/* feed.c: what feeds a leg. */
int leg_join(struct relay *r, struct leg *a, struct leg *b);
void leg_part(struct relay *r, struct leg *l);
int leg_mix(struct relay *r, struct leg *a, struct leg *b, struct leg *c);
int leg_play(struct relay *r, struct leg *l, const struct rp_play *m);
void leg_stop(struct relay *r, struct leg *l);
int leg_echo(struct relay *r, struct leg *l, bool on);
/* Those who hear it in this codec begin anew. */
void leg_clip_changed(struct relay *r, uint32_t clip, enum sound_codec codec);
void leg_clip_tick(struct relay *r);

/* RP_CODECS_MAX of them. EINVAL: none, one twice, unknown, or a payload type twice or above 127. */
int leg_set_codecs(struct leg *l, const struct rp_codec *codecs, uint8_t dtmf_pt);
/* -1: it was not agreed. */
int leg_pt(const struct leg *l, enum sound_codec codec);

/* loss.c: is the line lossy? */
/* Numbers that were never sent: what was lost on the way to us, on the packet path. */
uint32_t leg_gaps(const struct leg *l);
void leg_loss_report(struct relay *r, struct leg *l, const struct rtcp_report *b);
void leg_loss_tick(struct relay *r, struct leg *l);

/* key.c: keys towards the far side (RFC 4733 section 2.5.1). ENOTSUP: it understands none; EINVAL; ENOBUFS: too many
 * wait. */
int leg_key(struct relay *r, struct leg *l, uint32_t key, uint32_t ms);
void leg_key_stop(struct relay *r, struct leg *l);
bool leg_is_keying(const struct leg *l); /* no voice goes to it just now */
void leg_key_tick(struct relay *r);

/* quiet.c */
int leg_quiet_init(struct relay *r); /* silence in each codec. ENOMEM */
void leg_quiet(struct relay *r, struct leg *l); /* its source is another one, or none */
void leg_quiet_end(struct relay *r, struct leg *l);
/* A source's packet in this codec is about to be numbered. */
void leg_quiet_over(struct relay *r, struct leg *l, enum sound_codec codec);
void leg_quiet_tick(struct relay *r); /* each 20 ms */
void leg_quiet_rest(struct relay *r, struct leg *l); /* in the coarse tick */

/* voice.c: an authenticated RTP packet came in; forward, echo or discard it. red: what it repeats; NULL: nothing. */
void leg_voice(struct relay *r, struct leg *l, const struct rtp_packet *p,
	const struct red *red);
void leg_send_voice(struct relay *r, struct leg *l, const struct media_slot *slot,
	uint8_t pt, struct slice payload);
/* twice.c: *p becomes the packet's own frame, *red (n is 0 where nothing is repeated) has those that it repeats. false: it is
 * not understood. */
bool leg_twice_open(const struct leg *l, struct rtp_packet *p, struct red *red);
/* A frame of Opus, and with it once more the one that went out just before it. */
void leg_send_twice(struct relay *r, struct leg *l, const struct media_slot *slot,
	uint8_t pt, struct slice payload);
/* A frame of a source without numbers: a clip, a mix. The codec was agreed. */
void leg_send_frame(
	struct relay *r, struct leg *l, enum sound_codec codec, struct slice payload);
bool leg_can_send(const struct leg *l);
bool leg_knows_pt(const struct leg *l, uint8_t pt);
/* Newer than all that was accounted. */
bool leg_is_newest(const struct leg *l, uint32_t ssrc, uint16_t seq);

/* leg_rtp.c */
int leg_rtp_open(struct relay *r, struct leg *l, const struct rp_leg_rtp *m);
void leg_rtp_close(struct relay *r, struct leg *l);
int leg_rtp_remote(struct relay *r, struct leg *l, const struct rp_leg_remote *m);
void leg_rtp_packet(struct relay *r, struct leg *l, uint8_t *p, size_t n,
	const struct udp_addr *from, bool on_rtcp_port);
void leg_rtp_receive(struct relay *r, struct leg *l, bool is_rtcp);

/* leg_srtp.c. EINVAL: what no control of ours sends; ENOMEM, EIO: the keys are as they were. */
int leg_srtp_set(struct relay *r, struct leg *l, const struct rp_srtp *told);
void leg_srtp_close(struct leg *l);
/* In place; true at once on a plain leg. False: not of this leg's far side, or not to be sent; p is then
 * unspecified. */
bool leg_srtp_open(struct relay *r, struct leg *l, bool is_rtcp, uint8_t *p, size_t *n);
bool leg_srtp_seal(struct leg *l, bool is_rtcp, uint8_t *p, size_t *n, size_t cap);

/* leg_web.c */
#define SSRC_KEY(ssrc) ((uint64_t)1 << 32 | (ssrc)) /* base/map has no key 0 */
int leg_web_open(struct relay *r, struct leg *l, const struct rp_leg_web *m);
void leg_web_close(struct relay *r, struct leg *l);
struct leg *leg_web_find(struct relay *r, struct slice ufrag); /* ours; NULL */
void leg_web_tick(struct relay *r, struct leg *l);
void leg_web_timer(struct relay *r, struct leg *l); /* the DTLS timer ran out */
void leg_web_checked(
	struct relay *r, struct leg *l, const struct udp_addr *from, bool nominated);
void leg_web_dtls(struct relay *r, struct web_path *path, const uint8_t *p, size_t n);
/* path NULL: from an address that no line has. */
void leg_web_media(struct relay *r, struct leg *l, struct web_path *path, uint8_t *p,
	size_t n, const struct udp_addr *from);

/* web_path.c */
struct web_path *web_path_find(struct relay *r, const struct udp_addr *a);
struct web_path *web_path_add(struct relay *r, struct leg *l, const struct udp_addr *a);
void web_path_drop(struct relay *r, struct web_path *path);

/* tones.c */
/* A packet of a leg that nobody hears: keys in it are told, where it sends no events. */
void leg_tones_hear(
	struct relay *r, struct leg *l, enum sound_codec codec, struct slice payload);
void leg_tones_free(struct leg *l);
/* voice.c: RP_EV_DIGIT, as often as it may be told. */
void leg_tell_key(struct relay *r, struct leg *l, uint8_t key);

/* report.c */
void report_in(struct relay *r, struct leg *l, const struct rtcp_compound *c);
void report_tick(struct relay *r, struct leg *l);
void report_bye(struct relay *r, struct leg *l);

#endif
