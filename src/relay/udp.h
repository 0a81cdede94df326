/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * udp -- datagrams in batches: recvmmsg() in, one sendmmsg() per socket and loop turn out.
 *
 * struct udp owns all packet buffers, allocated once in udp_init(); a socket lives in its owner.
 * A packet to be sent is written straight into a slot; udp_flush() sends what was committed.  Voice does
 * not wait: what the kernel does not take at once is dropped and counted.  When the slots are used up,
 * udp_slot() flushes by itself.  Thread: the relay's only one.
 */
#ifndef RELAY_UDP_H
#define RELAY_UDP_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define UDP_PACKET_MAX 1600 /* an Ethernet frame's worth and room for the SRTP trailer */
#define UDP_BATCH      64 /* packets per recvmmsg(); more gain nothing measurable */
#define UDP_SLOTS      1024 /* packets per turn: what 10,000 talks send in a millisecond */
#define UDP_TURNS      8 /* batches from one socket before others are served */

struct udp_addr {
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} u; /* sa_family 0: none */
	uint32_t stream; /* the connection that it is of (relay/stream.h); 0: datagrams */
};

struct udp_slot {
	struct udp_slot *next;
	struct udp_addr to;
	size_t n;
	uint8_t p[UDP_PACKET_MAX];
};

struct udp_sock {
	int fd; /* -1: closed; packets to it vanish */
	struct udp_slot *first, *last;
	struct udp_sock *next_dirty;
	bool dirty;
};

struct udp {
	struct udp_slot *slots; /* owned */
	size_t n_slots;
	struct udp_sock *dirty;
	struct mmsghdr *out; /* owned, UDP_SLOTS */
	struct iovec *out_iov; /* owned */
	struct mmsghdr in[UDP_BATCH];
	struct iovec in_iov[UDP_BATCH];
	struct udp_addr from[UDP_BATCH];
	uint8_t (*bytes)[UDP_PACKET_MAX]; /* owned, UDP_BATCH */
	uint64_t dropped; /* not taken by the kernel */
};

int udp_init(struct udp *u); /* ENOMEM */
void udp_close(struct udp *u);

/* Bind a non-blocking socket with a voice packet's DSCP; port 0: any. The port is read back into *at. */
int udp_sock_open(struct udp_sock *s, struct udp_addr *at, int buffer_bytes);
void udp_sock_close(struct udp *u, struct udp_sock *s); /* sends what waits */
void udp_mark(int fd, int family); /* with a voice packet's DSCP, where that can be */

/* Never NULL. The slot is used up only by udp_commit(). */
struct udp_slot *udp_slot(struct udp *u);
void udp_commit(struct udp *u, struct udp_sock *s, struct udp_slot *slot, size_t n,
	const struct udp_addr *to);
void udp_flush(struct udp *u);

/* p is writable and has room for UDP_PACKET_MAX bytes. */
typedef void udp_recv_h(void *arg, uint8_t *p, size_t n, const struct udp_addr *from);
void udp_recv(struct udp *u, struct udp_sock *s, udp_recv_h *h, void *arg);

bool udp_addr_eq(const struct udp_addr *a, const struct udp_addr *b);
bool udp_addr_same_host(const struct udp_addr *a, const struct udp_addr *b);
uint16_t udp_addr_port(const struct udp_addr *a);
void udp_addr_set_port(struct udp_addr *a, uint16_t port);
socklen_t udp_addr_len(const struct udp_addr *a);
/* EINVAL for anything but a numeric address. */
int udp_addr_parse(struct udp_addr *a, const char *ip, uint16_t port);
bool udp_addr_is_any(const struct udp_addr *a); /* 0.0.0.0, :: or none */
/* A key for base/map: the address itself for IPv4, a keyed hash for IPv6; never 0. */
uint64_t udp_addr_key(const struct udp_addr *a, uint64_t seed);

#endif
