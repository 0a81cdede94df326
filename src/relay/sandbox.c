/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * sandbox -- see sandbox.h
 *
 * One table of calls, each with the conditions on its arguments.  The kernel sees numbers only, never what
 * a pointer points to, so calls that take a path are not in it.  A call that an architecture does not
 * have (epoll_wait on arm64) is skipped there; libc uses its successor, which stands beside it.
 */
#include "relay/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CONDITIONS_MAX 3

struct rule {
	int call;
	struct scmp_arg_cmp when[CONDITIONS_MAX]; /* all of them */
	unsigned int n;
};

#define ANY(name)                            \
	{                                    \
		SCMP_SYS(name), { { 0 } }, 0 \
	}
/* The argument's bits under the mask are exactly these. */
#define BITS(arg, mask, bits)                             \
	{                                                 \
		(arg), SCMP_CMP_MASKED_EQ, (mask), (bits) \
	}
#define IS(arg, value)                         \
	{                                      \
		(arg), SCMP_CMP_EQ, (value), 0 \
	}
#define UDP (SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC)
#define UDP_OF(family)                                                       \
	{                                                                    \
		SCMP_SYS(socket), { IS(0, family), IS(1, UDP), IS(2, 0) }, 3 \
	}

static const struct rule rules[] = {
	/* voice and control, on the sockets that are there */
	ANY(recvmmsg),
	ANY(sendmmsg),
	ANY(recvmsg),
	ANY(sendto),
	ANY(accept4),
	ANY(epoll_wait),
	ANY(epoll_pwait),
	ANY(epoll_ctl),
	ANY(timerfd_settime),
	ANY(read),
	ANY(write),
	ANY(close),
	/* a plain leg's ports */
	UDP_OF(AF_INET),
	UDP_OF(AF_INET6),
	ANY(bind),
	ANY(getsockname),
	ANY(setsockopt),
	/* a clip: its seals, its size, its bytes; never anything that runs */
	{ SCMP_SYS(fcntl), { IS(1, F_GET_SEALS) }, 1 },
	ANY(fstat),
	/* glibc's fstat() from 2.33 on */
	{ SCMP_SYS(newfstatat), { IS(3, AT_EMPTY_PATH) }, 1 },
	{ SCMP_SYS(mmap), { BITS(2, PROT_EXEC, 0) }, 1 },
	{ SCMP_SYS(mprotect), { BITS(2, PROT_EXEC, 0) }, 1 },
	ANY(munmap),
	ANY(mremap),
	ANY(madvise),
	ANY(brk),
	/* OpenSSL and libc */
	ANY(getrandom),
	ANY(futex),
	ANY(clock_gettime),
	ANY(gettimeofday),
	ANY(getpid),
	ANY(gettid),
	ANY(restart_syscall),
	/* abort(), and the end */
	ANY(rt_sigaction),
	ANY(rt_sigprocmask),
	ANY(rt_sigreturn),
	ANY(exit),
	ANY(exit_group),
};

/* Reports of the sanitizers: they read their own maps and symbols, and look for leaks from a second
 * task, which stops and traces the first.  Still no writing, no running, no connecting. */
static const struct rule relaxed_rules[] = {
	{ SCMP_SYS(open), { BITS(1, O_ACCMODE | O_CREAT, O_RDONLY) }, 1 },
	{ SCMP_SYS(openat), { BITS(2, O_ACCMODE | O_CREAT, O_RDONLY) }, 1 },
	ANY(readlink),
	ANY(readlinkat),
	ANY(getdents),
	ANY(getdents64),
	ANY(lseek),
	ANY(stat),
	ANY(lstat),
	ANY(newfstatat),
	ANY(ioctl),
	ANY(clone),
	ANY(ptrace),
	ANY(wait4),
	ANY(prctl),
	ANY(getppid),
	ANY(kill),
	ANY(tgkill),
	ANY(sigaltstack),
	ANY(set_robust_list),
	ANY(rseq),
	ANY(sched_yield),
	ANY(sched_getaffinity),
	ANY(prlimit64),
	ANY(getrlimit),
	ANY(getrusage),
	ANY(nanosleep),
	ANY(clock_nanosleep),
	ANY(pipe2),
	ANY(pipe),
	ANY(process_vm_readv),
	ANY(msync),
	ANY(mincore),
	ANY(dup),
	ANY(dup2),
	ANY(uname),
};

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
	__has_feature(memory_sanitizer)
#define IS_SANITIZED true
#endif
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED false
#endif

bool sandbox_is_sanitized(void)
{
	return IS_SANITIZED;
}

/* What libseccomp returns is a negative errno. EDOM: this architecture has no such call. */
static int allow(scmp_filter_ctx f, const struct rule *r, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int err = seccomp_rule_add_array(
			f, SCMP_ACT_ALLOW, r[i].call, r[i].n, r[i].when);

		if (err && err != -EDOM)
			return -err;
	}
	return 0;
}

/* abort() ends this process by a signal to itself; no signal goes to another. */
static int allow_abort(scmp_filter_ctx f)
{
	const struct rule own = { SCMP_SYS(tgkill), { IS(0, (scmp_datum_t)getpid()) },
		1 };

	return allow(f, &own, 1);
}

int sandbox_filter(bool relaxed)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int err = ENOMEM;

	if (!f)
		return ENOMEM;
	err = -seccomp_attr_set(f, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	(void)(err || (err = allow(f, rules, sizeof rules / sizeof *rules)) ||
		(err = allow_abort(f)));
	if (!err && relaxed)
		err = allow(
			f, relaxed_rules, sizeof relaxed_rules / sizeof *relaxed_rules);
	if (!err)
		err = -seccomp_load(f); /* with it no_new_privs */
	seccomp_release(f);
	return err;
}

/* What a program started by this one could get; without CAP_SETPCAP it could get nothing new anyway. */
static void narrow_bounds(void)
{
	for (unsigned long cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		(void)prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
}

int sandbox_drop(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { { 0 } };

	narrow_bounds();
	if (syscall(SYS_capset, &head, none))
		return errno;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ? errno : 0;
}
