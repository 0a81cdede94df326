/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * control -- the relay's end of the Unix socket: who commands it, and what it answers.
 *
 * One connection commands: the one whose RP_HELLO had the highest epoch, the latest among equals.  Others
 * may be connected but have only RP_HELLO.  What a busy socket does not take waits in a ring of
 * CONTROL_QUEUE_MAX messages; when that is full the connection is closed, and the control that
 * returns takes a snapshot.  Thread: the relay's.
 */
#ifndef RELAY_CONTROL_H
#define RELAY_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "relay/proto.h"

#define CONTROL_CONNS     4 /* the one that commands, its successor, and two that are lost */
#define CONTROL_QUEUE_MAX 4096 /* messages; a burst of events for every leg fits */
#define CONTROL_BATCH     64 /* commands per turn: voice goes first */

struct relay;
struct leg;

struct control_conn {
	int fd; /* -1: free */
	bool leads;
	union rp_any *queue; /* owned, CONTROL_QUEUE_MAX; made when first needed */
	size_t q_at, q_n;
	bool snapshotting;
	struct rp_head snapshot; /* the command being answered */
	size_t snapshot_at; /* next index in the pool of legs */
	bool writing; /* epoll watches for room */
};

struct control {
	int listen_fd;
	struct control_conn conns[CONTROL_CONNS];
	uint32_t epoch; /* highest so far */
};

/* EADDRINUSE: somebody answers there. The socket's name stays when the relay ends, because nobody in the
 * sandbox can remove a file; the next one takes it over. */
int control_open(struct relay *r, const char *path);
void control_close(struct relay *r);
void control_accept(struct relay *r);
/* A connection that is already there (tests). ENFILE. Takes the descriptor over. */
int control_adopt(struct relay *r, int fd);
void control_readable(struct relay *r, uint32_t conn);
void control_writable(struct relay *r, uint32_t conn);

/* One message as it came; fd < 0: none came with it; the caller closes it. */
void control_message(
	struct relay *r, struct control_conn *c, const void *p, size_t n, int fd);
void control_send(
	struct relay *r, struct control_conn *c, union rp_any *m, uint16_t type);
void control_done(
	struct relay *r, struct control_conn *c, const struct rp_head *cmd, int err);

void control_snapshot(struct relay *r, struct control_conn *c, const struct rp_head *cmd);
void control_lead(struct relay *r, struct control_conn *c, uint32_t epoch);

/* To whoever commands; nobody: dropped, a snapshot will tell. */
void control_event(struct relay *r, const struct leg *l, uint16_t type, int err);
void control_event_body(struct relay *r, union rp_any *m, uint16_t type, uint64_t leg);
bool control_is_led(const struct relay *r);

#endif
