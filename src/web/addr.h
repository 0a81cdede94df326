/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * addr -- addresses of those who come, and of the proxies that bring them.
 *
 * Pure.  Memory: in the caller.  Any thread; no state.
 */
#ifndef WEB_ADDR_H
#define WEB_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#define WEB_HERE_MAX \
	1024 /* connections of one address, unless configured: an office may share it */
#define WEB_HERE_HIGH    2048 /* at most: WEB_CONNS_MAX */
#define WEB_NAME_MAX     128 /* of a host with a port, with NUL */
#define WEB_NAMES_MAX    8
#define ADDR_PROXIES_MAX 8 /* in front of one house there is one, or two that share */

struct addr_proxies {
	struct sockaddr_storage v[ADDR_PROXIES_MAX];
	size_t n;
};

/* IPv4 or IPv6 in figures. EINVAL. */
int addr_read(struct sockaddr_storage *out, const char *text);
/* An IPv4 address that came through an IPv6 socket (RFC 4291 section 2.5.5.2) becomes one. */
void addr_unmap(struct sockaddr_storage *a);
/* Without their ports. */
bool addr_is_same(const struct sockaddr_storage *a, const struct sockaddr_storage *b);
bool addr_is_loopback(const struct sockaddr_storage *a);

/* EINVAL; ENOSPC. */
int addr_trust(struct addr_proxies *p, const char *text);
bool addr_is_trusted(const struct addr_proxies *p, const struct sockaddr_storage *a);
/* Whom a trusted proxy brings: the last address of X-Forwarded-For that is no trusted proxy's; what stands before it
 * anybody may have written.  False: it says nobody, or nothing that is an address. */
bool addr_forwarded(const struct addr_proxies *p, const char *forwarded_for,
	struct sockaddr_storage *out);
/* The same of Forwarded (RFC 7239), with whether that one came to its proxy by https. Read from the right: what anybody
 * wrote before, an open quote among it, hides nothing of what a proxy wrote behind it. */
bool addr_forwarded_by(const struct addr_proxies *p, const char *forwarded,
	struct sockaddr_storage *out, bool *is_secure);

#endif
