/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * rig -- the real daemon, a control that speaks to it by relay_client, and endpoints to be served.
 *
 * rig_start() starts heimamt-relay in a folder of its own; rig_stop() ends it, whatever happened.
 * rig_call() sends a command and waits for its reply; events are kept in order.  Waits end after RIG_WAIT_S.
 */
#ifndef RELAY_RIG_H
#define RELAY_RIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "relay/client.h"
#include "tools/line_client.h"
#include "tools/rtp_end.h"

#define RIG_EVENTS_MAX 256
#define RIG_ENDS_MAX   4
#define RIG_WAIT_S     60 /* generous: a loaded machine under sanitizers */

struct rig {
	pid_t pid; /* 0: not running */
	char dir[64], path[96];
	struct relayc *rc;
	union rp_any reply; /* to the last rig_call() */
	struct rp_leg_state states[16]; /* of the last snapshot */
	size_t n_states;
	uint32_t waiting; /* seq; 0: none */
	uint16_t answered; /* the command that the last reply was to */
	bool gone;
	size_t drains; /* how often it was told */
	union rp_any events[RIG_EVENTS_MAX];
	size_t n_events;
	struct rtp_end *ends[RIG_ENDS_MAX]; /* owned, polled while waiting */
	struct line_client *lines[RIG_ENDS_MAX];
	const char *profiles; /* that the next rig_line() offers; NULL: its own */
};

/* linger: NULL or the option's value. Fails the test when it cannot. */
void rig_start(struct rig *g, const char *exe, const char *linger);
/* A daemon in the same folder, after one that has ended; option: NULL or one more word. */
void rig_spawn(struct rig *g, const char *exe, const char *option, const char *value);
void rig_stop(struct rig *g);
/* For cmocka: *state is a rig whose control has said hello. */
int rig_open(void **state, const char *exe, uint32_t epoch);
int rig_close(void **state);
void rig_control(struct rig *g, uint32_t epoch); /* connect and RP_HELLO; reply kept */
void rig_drop_control(struct rig *g);

/* The reply's err; the reply itself is in g->reply. */
int rig_call(struct rig *g, union rp_any *m, uint16_t type, uint64_t leg, int fd);
int rig_do(struct rig *g, uint16_t type, uint64_t leg); /* a command without a body */
void rig_pump(struct rig *g, int ms); /* one wait, then everything is polled */
/* Until such an event came at or after `from`; false at the end of patience. */
bool rig_event(
	struct rig *g, size_t from, uint16_t type, uint64_t leg, union rp_any *out);
bool rig_has_event(const struct rig *g, uint16_t type, uint64_t leg);

/* Makes a leg for the endpoint and points it there. `told`: the leg knows the address from the SDP. */
struct rtp_end *rig_rtp(struct rig *g, uint64_t leg, bool told, uint8_t dtmf_pt);
struct line_client *rig_line(struct rig *g, uint64_t leg);
void rig_join(struct rig *g, uint64_t a, uint64_t b);
struct rp_stats rig_stats(struct rig *g, uint64_t leg);
/* Until the relay has taken n packets of the leg: it may answer a command before it reads what waits. */
bool rig_took(struct rig *g, uint64_t leg, uint64_t n);
/* n packets of 20 ms from each endpoint that has a tone (hz > 0: sound, 0: silence, < 0: sends nothing). */
void rig_talk(struct rig *g, int n, const double *end_hz, const double *line_hz);
/* Until the log holds n packets. */
bool rig_heard(struct rig *g, const struct tone_log *log, size_t n);

#endif
