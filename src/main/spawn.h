/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * spawn -- starts the process of a relay.
 *
 * It runs in a session of its own, so that a Ctrl-C meant for control does not end the voice, and it gets
 * standard input, output and error and no other descriptor: whatever it kept open would stay taken after
 * control's death.  Thread: the control loop's.
 */
#ifndef MAIN_SPAWN_H
#define MAIN_SPAWN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct spawn_relay {
	const char *program, *socket, *media_addr;
	unsigned port; /* of all lines; 0: any */
	bool no_tcp;
	unsigned tcp_port; /* of all lines; 0: the same number */
	unsigned rtp_low, rtp_high;
	unsigned linger_s;
	bool no_sandbox;
};

/* ENOENT, EACCES: the program cannot be run. Later failures show in the child's exit. */
int spawn_relay(pid_t *out, const struct spawn_relay *what);

#endif
