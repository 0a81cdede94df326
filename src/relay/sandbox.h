/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * sandbox -- what the voice process gives up for ever once its sockets are open.
 *
 * sandbox_drop() lets every capability go, also those that a program started by it could get back.
 * sandbox_filter() lets the kernel kill the process at any system call that is not in its list: it may
 * make and bind UDP sockets, take connections and descriptors on the sockets it has, and use what it holds
 * (DESIGN, Processes); it cannot open, remove or run a file, connect, or touch another process.  Both are
 * for a process with one thread, and neither can be undone.
 */
#ifndef RELAY_SANDBOX_H
#define RELAY_SANDBOX_H

#include <stdbool.h>

int sandbox_drop(void); /* an errno: not all could be dropped */
/* An errno: there is no filter, and the process should not go on. EINVAL, ENOSYS: not this kernel. */
int sandbox_filter(bool relaxed);
/* Built with a sanitizer, which itself reads files and traces the process: it needs the relaxed filter. */
bool sandbox_is_sanitized(void);

#endif
