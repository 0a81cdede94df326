/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * resolver -- asks name servers from the SIP thread, without ever waiting.
 *
 * Each question has a socket of its own, connected to the server that is asked: another's datagram is not read, and
 * port and id must be guessed together.  A server that is silent for RESOLVER_WAIT_MS makes the next one's turn, and all
 * of them are asked twice.  /etc/hosts is not looked at.
 * Memory: a question owns itself until it was answered or forgotten.  Thread: SIP.
 */
#ifndef SIP_RESOLVER_H
#define SIP_RESOLVER_H

#include "sip/stack.h"
#include "wire/dns.h"

#define RESOLVER_SERVERS 3 /* as resolv.conf(5) has it */
#define RESOLVER_WAIT_MS 1500

struct resolver {
	su_root_t *root;
	struct sockaddr_storage server[RESOLVER_SERVERS];
	size_t n;
};

struct question;

/* server: "ADDRESS" or "ADDRESS:PORT" (IPv4); NULL: those of /etc/resolv.conf. EINVAL: it is none. */
int resolver_init(struct resolver *r, su_root_t *root, const char *server);
/* m is NULL when nobody answered. The question is gone then. */
typedef void resolver_answer(void *arg, const struct dnsmsg *m);
/* NULL: no memory, no socket, no server, or no name. */
struct question *resolver_ask(struct resolver *r, const char *name, enum dnsmsg_type type,
	resolver_answer *answer, void *arg);
void resolver_forget(struct question *q); /* NULL allowed */

#endif
