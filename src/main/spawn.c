/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* spawn -- see spawn.h */
#include "main/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/text.h"

#define ARGS_MAX 16 /* the NULL at their end included */

#define FDS_MAX 65536u /* closed one by one where the kernel cannot do it at once */

static unsigned count_fds(void)
{
	struct rlimit lim;

	if (getrlimit(RLIMIT_NOFILE, &lim) || lim.rlim_cur > FDS_MAX)
		return FDS_MAX;
	return (unsigned)lim.rlim_cur;
}

/* In the child of a process with threads: only what may be called in a signal handler. No return. */
static void become(const char *program, const char *const *argv, unsigned n_fds)
{
	static const char failed[] = "heimamt: the relay's program cannot be started\n";
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	/* Linux 5.11; sofia-sip's sockets and others' are not close-on-exec */
	if (close_range(3, ~0u, CLOSE_RANGE_CLOEXEC))
		for (unsigned fd = 3; fd < n_fds; fd++)
			(void)fcntl((int)fd, F_SETFD, FD_CLOEXEC);
	execv(program, (char *const *)(uintptr_t)argv);
	if (write(STDERR_FILENO, failed, sizeof failed - 1) < 0)
		_exit(126);
	_exit(127);
}

int spawn_relay(pid_t *out, const struct spawn_relay *what)
{
	char range[32], port[16], tcp_port[16], linger[16];
	const char *argv[ARGS_MAX] = { "heimamt-relay", "--socket", what->socket,
		"--media-address", what->media_addr, "--port", port, "--tcp-port",
		tcp_port, "--rtp-ports", range, "--linger", linger };
	size_t n = 13;
	unsigned n_fds = count_fds();
	pid_t pid;
	int err = access(what->program, X_OK) ? errno : 0;

	if (!err)
		err = text_format(port, sizeof port, "%u", what->port);
	if (!err)
		err = text_format(tcp_port, sizeof tcp_port, "%u", what->tcp_port);
	if (!err)
		err = text_format(
			range, sizeof range, "%u-%u", what->rtp_low, what->rtp_high);
	if (!err)
		err = text_format(linger, sizeof linger, "%u", what->linger_s);
	if (err)
		return err;
	if (what->no_tcp)
		argv[n++] = "--no-tcp";
	if (what->no_sandbox)
		argv[n++] = "--no-sandbox";
	pid = fork();
	if (pid < 0)
		return errno;
	if (pid == 0)
		become(what->program, argv, n_fds);
	*out = pid;
	return 0;
}
