/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* relay: the sandbox, each call tried in a process of its own. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "relay/client.h"
#include "relay/relay.h"
#include "relay/sandbox.h"

#define REFUSED 3 /* the call came back with an error */

/* Calls by number, so that no libc and no sanitizer stands before the kernel. */
static long open_to_read(void)
{
	return syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY);
}

static long open_to_write(void)
{
	return syscall(SYS_openat, AT_FDCWD, "/dev/null", O_WRONLY);
}

static long run(void)
{
	char *const none[] = { NULL };

	return syscall(SYS_execve, "/bin/true", none, none);
}

static long connect_udp(void)
{
	const struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	return syscall(SYS_connect, fd, &to, sizeof to);
}

static long socket_unix(void)
{
	return syscall(SYS_socket, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
}

static long socket_tcp(void)
{
	return syscall(SYS_socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static long socket_raw(void)
{
	return syscall(SYS_socket, AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
}

static long remove_file(void)
{
	return syscall(SYS_unlinkat, AT_FDCWD, "/nowhere/x", 0);
}

static long map_to_run(void)
{
	return syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_EXEC,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static long make_runnable(void)
{
	return syscall(SYS_mprotect, (uintptr_t)&run & ~(uintptr_t)4095, 4096,
		PROT_READ | PROT_EXEC);
}

static long trace(void)
{
	return syscall(SYS_ptrace, PTRACE_TRACEME, 0, 0, 0);
}

static long make_process(void)
{
	return syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
}

static long signal_parent(void)
{
	return syscall(SYS_kill, getppid(), 0);
}

static long signal_task_of_parent(void)
{
	return syscall(SYS_tgkill, 1, 1, 0);
}

static long duplicate(void)
{
	return syscall(SYS_fcntl, 0, F_DUPFD, 100);
}

static long raise_limit(void)
{
	return syscall(SYS_setrlimit, RLIMIT_CORE, NULL);
}

static const struct {
	const char *what;
	long (*call)(void);
} forbidden[] = {
	{ "open a file to read", open_to_read },
	{ "open a file to write", open_to_write },
	{ "remove a file", remove_file },
	{ "run a program", run },
	{ "connect", connect_udp },
	{ "a Unix socket", socket_unix },
	{ "a TCP socket", socket_tcp },
	{ "a packet socket", socket_raw },
	{ "memory that runs", map_to_run },
	{ "make memory run", make_runnable },
	{ "trace", trace },
	{ "another process", make_process },
	{ "signal another process", signal_parent },
	{ "signal another's task", signal_task_of_parent },
	{ "double a descriptor", duplicate },
	{ "a limit", raise_limit },
};

/* What a leg, a clip and a control need. */
static long make_ports(void)
{
	struct udp_addr at;
	struct udp_sock s;

	for (int i = 0; i < 2; i++)
		if (udp_addr_parse(&at, i ? "::1" : "127.0.0.1", 0) ||
			(udp_sock_open(&s, &at, 0) && !i))
			return -1;
	return 0;
}

/* Made before the filter, as control makes it in another process. */
static int clip_fd = -1;
#define CLIP_SIZE (CLIP_BYTES_HEAD + 160)

static long load_clip(void)
{
	struct clip c = { 0 };
	int err = clip_load(&c, SOUND_PCMA, clip_fd, CLIP_SIZE);

	clip_close(&c);
	return err ? -1 : 0;
}

static const struct {
	const char *what;
	long (*call)(void);
} allowed[] = {
	{ "ports of a leg", make_ports },
	{ "a clip", load_clip },
};

/* How a child ends that makes this call behind the filter: a wait status. */
static int try(long (*call)(void), bool relaxed)
{
	int status = 0;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid) {
		if (process_prepare() || sandbox_drop() || sandbox_filter(relaxed))
			_exit(100);
		/* _exit() would call the sanitizer first */
		(void)syscall(SYS_exit_group, call() < 0 ? REFUSED : 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void test_what_kills(void **state)
{
	for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++) {
		int status = try(forbidden[i].call, false);

		if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS)
			fail_msg("%s: ended with %x", forbidden[i].what,
				(unsigned int)status);
	}
}

static void test_what_is_needed(void **state)
{
	for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++) {
		int status = try(allowed[i].call, false);

		if (status)
			fail_msg("%s: ended with %x", allowed[i].what,
				(unsigned int)status);
	}
}

static long die_by_ourselves(void)
{
	(void)signal(SIGABRT, SIG_DFL); /* the test's own handler prints */
	abort();
}

static void test_an_assert_ends_by_abort(void **state)
{
	int status = try(die_by_ourselves, sandbox_is_sanitized());

	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
}

/* What a sanitizer needs goes no further than to read. */
static void test_how_far_it_is_relaxed(void **state)
{
	long (*const still[])(
		void) = { open_to_write, remove_file, run, connect_udp, socket_tcp };

	assert_int_equal(try(open_to_read, true), 0);
	for (size_t i = 0; i < sizeof still / sizeof *still; i++)
		assert_true(WIFSIGNALED(try(still[i], true)));
}

int main(void)
{
	static const uint8_t frame[160];
	uint8_t clip[CLIP_SIZE];
	size_t n = 0;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_kills),
		cmocka_unit_test(test_what_is_needed),
		cmocka_unit_test(test_an_assert_ends_by_abort),
		cmocka_unit_test(test_how_far_it_is_relaxed),
	};

	(void)clip_bytes_put(clip, sizeof clip, &n, frame, sizeof frame);
	clip_fd = relayc_memfd("clip", clip, n);
	return clip_fd < 0
		? 1
		: cmocka_run_group_tests_name("relay_sandbox", tests, NULL, NULL);
}
