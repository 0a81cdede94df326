/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * peers -- who may call: address and prefix match, or the name in a certificate.
 *
 * Pure; no allocation.  Every address is held in its IPv6 form (IPv4 as ::ffff:a.b.c.d, RFC 4291
 * section 2.5.5.2), so that one comparison serves both families and a dual-stack socket changes nothing.
 * An IPv4 rule therefore never matches an IPv6 address, not even with a prefix of 0.
 */
#ifndef SIP_PEERS_H
#define SIP_PEERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include "sip/trunk.h"

struct peers_addr {
	uint8_t b[16];
	uint16_t port; /* host order; not part of a match */
	uint8_t transport; /* enum trunk_transport; likewise */
};

struct peers {
	struct {
		uint8_t b[16];
		uint8_t bits; /* 0 to 128, counted in the IPv6 form */
		enum trunk_srtp srtp;
	} rule[TRUNK_PEERS_MAX];
	size_t n;
	struct {
		char name[TRUNK_CERTIFICATE_MAX];
		enum trunk_srtp srtp;
	} named[TRUNK_PEERS_MAX]; /* by certificate */
	size_t n_named;
};

#define PEERS_TEXT_MAX 48

/* EINVAL: no address and no name, too many of them, or a prefix longer than the address. */
int peers_init(struct peers *p, const struct trunk_peer *list, size_t n);
/* The first that matches; *srtp is written only then. */
bool peers_find(const struct peers *p, const struct peers_addr *a, enum trunk_srtp *srtp);
/* The same by a name in its certificate, which must have been verified. */
bool peers_find_named(const struct peers *p, const char *name, enum trunk_srtp *srtp);
bool peers_match(const struct peers *p, const struct peers_addr *a);

/* EAFNOSUPPORT for anything but IPv4 and IPv6. */
int peers_addr_of(struct peers_addr *out, const struct sockaddr *sa);
/* EINVAL when it is no numeric address; brackets around IPv6 are allowed. */
int peers_addr_parse(struct peers_addr *out, const char *text, uint16_t port);
bool peers_same_host(const struct peers_addr *a, const struct peers_addr *b);
bool peers_is_v4(const struct peers_addr *a);
/* The address alone, without brackets. Returns out. */
const char *peers_addr_text(char out[PEERS_TEXT_MAX], const struct peers_addr *a);

#endif
