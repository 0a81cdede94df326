/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * process -- what the voice process may have and what nobody may have of it.
 *
 * The keys of every talk are in its memory.  No core is ever written, and another process of the
 * same user can neither trace it nor read its memory; root can.
 */
#include <errno.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "relay/relay.h"

/* A plain RTP leg has two sockets. */
static void allow_descriptors(void)
{
	struct rlimit lim;

	if (getrlimit(RLIMIT_NOFILE, &lim))
		return;
	lim.rlim_cur = lim.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &lim);
}

int process_prepare(void)
{
	const struct rlimit no_core = { 0, 0 };

	allow_descriptors();
	if (setrlimit(RLIMIT_CORE, &no_core))
		return errno;
	/* also when core_pattern is a pipe, which RLIMIT_CORE 0 does not stop */
	return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) ? errno : 0;
}
