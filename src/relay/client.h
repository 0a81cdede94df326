/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * client -- control's end of the socket to one relay.
 *
 * Non-blocking; the owner polls relayc_fd() for reading (and writing while relayc_wants_write()) and calls
 * relayc_poll().  Commands are queued up to RELAYC_QUEUE_MAX and sent in order; every command is answered by
 * exactly one call of its kind in `struct relayc_handler`, in order, with an error when the relay
 * refused or went away (RP_DONE with EPIPE).  The first command is the owner's RP_HELLO.  relayc_free() may
 * be called from a callback.  Thread: the control loop's.
 */
#ifndef RELAY_CLIENT_H
#define RELAY_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "relay/proto.h"

#define RELAYC_QUEUE_MAX \
	32768 /* messages waiting for a busy socket; more: the command fails with ENOBUFS */

struct relayc;

struct relayc_handler {
	/* a reply: any message with seq != 0, also RP_DONE with err; command: what it answers */
	void (*reply)(void *arg, uint16_t command, const union rp_any *m);
	void (*event)(void *arg, const union rp_any *m);
	/* the relay went away or spoke another protocol; called once, from relayc_poll() */
	void (*gone)(void *arg, int err);
	void *arg;
	/* May be NULL. The relay takes no new legs any more, and wants RP_QUIT when it has none left: told by
	 * RP_EV_DRAIN (which `event` does not get), or after the reply to an RP_HELLO that says so. */
	void (*drain)(void *arg);
};

/* Connects to path. ENOENT or ECONNREFUSED: nobody listens there. */
int relayc_new(struct relayc **out, const char *path, uint32_t epoch,
	const struct relayc_handler *handler);
void relayc_free(struct relayc *rc); /* NULL allowed; no callback from it */

int relayc_fd(const struct relayc *rc);
bool relayc_wants_write(const struct relayc *rc);
void relayc_poll(struct relayc *rc);

/* Fills head (version, epoch, seq) of a message of `type` and sends it; *seq (may be NULL) is what the
 * reply will carry. fd >= 0 is passed along (RP_CLIP) and stays the caller's. ENOBUFS, EPIPE. */
int relayc_send(struct relayc *rc, union rp_any *m, uint16_t type, uint64_t leg, int fd,
	uint32_t *seq);

/* The seq of the oldest command that has no reply yet, 0 for none: a relay at which it does not change hangs. */
uint32_t relayc_oldest(const struct relayc *rc);
/* Takes the relay as gone, from outside a callback: replies that are there are taken, the rest is answered
 * with EPIPE, and `gone` gets err. */
void relayc_break(struct relayc *rc, int err);

/* A sealed memfd with these bytes, for RP_CLIP; -1 and errno. */
int relayc_memfd(const char *name, const void *p, size_t n);

#endif
