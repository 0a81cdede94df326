/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * relay -- the voice process's state, shared by its own files only.
 *
 * struct relay owns everything: legs (a pool of RP_LEGS_MAX, allocated once, never moved), clips,
 * packet buffers, the line socket, control's connections.  Nothing is allocated per packet; a leg of a
 * browser allocates its DTLS and SRTP state when it is made.  Time is relay->now_us (CLOCK_MONOTONIC),
 * read once per turn of the loop and after each wait.  One thread.
 *
 * Costs: look-ups by id, address, ufrag and SSRC are O(1); the coarse tick walks all legs ten times a
 * second, the clip tick all playing legs fifty times a second.
 */
#ifndef RELAY_RELAY_H
#define RELAY_RELAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/heap.h"
#include "base/list.h"
#include "base/map.h"
#include "relay/clip.h"
#include "relay/control.h"
#include "relay/ports.h"
#include "relay/proto.h"
#include "relay/stream.h"
#include "relay/udp.h"

#define RELAY_TICK_US (100 * 1000) /* silence, consent, reports: none needs to be finer */
/* Without a control a talk goes on as long as a voice is heard in it, but not for ever. */
#define RELAY_ALONE_US     (RP_CLAIM_S * INT64_C(1000000))
#define RELAY_ALONE_MAX_US (4 * 3600 * INT64_C(1000000))
#define RELAY_LINE_BUFFER \
	(4 * 1024 *       \
		1024) /* all lines share it: 20 ms of 1,000 talks, and a stalled turn */

struct relay_options {
	const char *socket; /* NULL: no listening (in-process tests) */
	const char *media_address;
	uint16_t port; /* of the lines; 0: any */
	bool no_tcp;
	uint16_t tcp_port; /* of the lines; 0: the same number */
	uint16_t rtp_low, rtp_high;
	int32_t linger_s; /* -1: never ends by itself */
	bool no_sandbox; /* see sandbox.h */
};

/* What nobody's leg can be charged with. */
struct relay_counters {
	uint64_t stun_bad; /* malformed, unknown ufrag, not a binding request */
	uint64_t stun_refused; /* known ufrag, answered with an error */
	uint64_t stun_ok;
	uint64_t stray; /* DTLS or media from an address that no line has */
	uint64_t garbage; /* first byte belongs to nothing */
	uint64_t moved; /* lines followed to another address */
	uint64_t left_out; /* packets that a connection did not take at once */
};

/* A frame of silence in one codec. */
struct silence {
	uint8_t p[SOUND_BYTES_MAX];
	size_t n;
};

struct leg;
struct dtls_ctx;

struct relay {
	struct relay_options opt;
	char media_address[RP_ADDR_SIZE];
	struct udp udp;
	struct udp_sock line;
	struct udp_addr line_at;
	struct gate gate;
	struct dtls_ctx *dtls;
	struct ports ports;
	struct clip clips[RP_CLIPS_MAX];
	struct silence silence[SOUND_CODECS];
	struct control control;

	struct leg *legs; /* owned, RP_LEGS_MAX */
	struct list free_legs, used_legs, playing, pcm, keying, quiet;
	size_t n_legs;
	size_t n_ticking; /* in playing, pcm, keying and quiet: the 20 ms timer runs */
	struct clip_beat beat; /* of the PCM path */
	uint64_t frame; /* number of its newest */
	struct map by_id, by_ufrag, by_addr, by_ssrc;
	uint64_t addr_seed;
	struct heap timers; /* DTLS */
	struct heap_node **timer_slots; /* owned */

	int64_t now_us;
	int64_t tick_at_us;
	int64_t ntp_offset_us; /* wall clock minus monotonic at start: reports never jump */
	int64_t claim_at_us; /* when legs of an older epoch end; 0: not set, or nobody commands */
	int64_t linger_at_us; /* 0: not set */
	int epoll_fd, clip_fd, signal_fd;
	bool quit;
	bool is_draining; /* no new legs; those that are go on */
	struct relay_counters counters;
};

/* What an epoll entry belongs to; the low 32 bits are an index. */
enum relay_source {
	SOURCE_LISTEN = 1,
	SOURCE_CONN,
	SOURCE_LINE,
	SOURCE_GATE,
	SOURCE_STREAM,
	SOURCE_RTP,
	SOURCE_RTCP,
	SOURCE_CLIP,
	SOURCE_SIGNAL,
};

/* loop.c. relay_new: EINVAL for options, EADDRINUSE, ENOMEM, EIO ... */
int relay_new(struct relay **out, const struct relay_options *opt);
void relay_free(struct relay *r);
void relay_run(struct relay *r); /* until relay->quit */
void relay_turn(struct relay *r, int timeout_ms); /* one turn of it */
void relay_clock(struct relay *r); /* now_us := now */
int relay_watch(struct relay *r, int fd, enum relay_source s, uint32_t index);
/* From now on for these events of epoll. */
void relay_watch_for(
	struct relay *r, int fd, enum relay_source s, uint32_t index, uint32_t events);
void relay_frames(
	struct relay *r); /* the 20 ms tick: clips, the PCM path, keys, silence */
void relay_tick(struct relay *r); /* the coarse tick: silence, consent, reports, claims */
void relay_drain(
	struct relay *r); /* SIGHUP: no new legs from now on; RP_EV_DRAIN, once */
/* One more, or one less, who needs the 20 ms timer. */
void relay_tick_more(struct relay *r);
void relay_tick_less(struct relay *r);
uint64_t relay_ntp(const struct relay *r);
void relay_random(void *p, size_t n);

/* process.c: for the process as a whole, before the first key is made. An errno: do not start. */
int process_prepare(void);

/* line.c: a packet on the lines' port; p is writable and has room for UDP_PACKET_MAX bytes. */
void line_packet(void *relay, uint8_t *p, size_t n, const struct udp_addr *from);
/* To where it came from: by a datagram, or by the same connection. `out` is of udp_slot(). */
void line_send(
	struct relay *r, struct udp_slot *out, size_t n, const struct udp_addr *to);

#endif
