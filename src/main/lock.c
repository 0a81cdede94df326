/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * lock -- one control process to a state folder, and how a new one takes over from it.
 *
 * The lock is the kernel's and goes with its process, however that ends; the file holds the process's number.
 * The new process asks with SIGUSR1: the old one leaves its calls to the relays and ends.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/slice.h"
#include "main/centre.h"

#define TAKE_OVER_MS \
	120000 /* it writes its records first: STORE_CLOSE_TRIES of STORE_BUSY_MS and more */
#define LOOK_MS 20

/* 0: not known. */
static pid_t holder_of(int fd)
{
	char text[24] = "";
	ssize_t n = pread(fd, text, sizeof text - 1, 0);
	uint64_t pid;

	if (n <= 0 || !slice_u64(slice_str(text), INT32_MAX, &pid))
		return 0;
	return (pid_t)pid;
}

static int write_pid(int fd)
{
	char text[24];
	int n = snprintf(text, sizeof text, "%d", (int)getpid());

	if (ftruncate(fd, 0) || pwrite(fd, text, (size_t)n, 0) != n)
		return errno ? errno : EIO;
	return 0;
}

static int ask(pid_t pid, const char *state)
{
	if (pid > 0 && !kill(pid, SIGUSR1))
		return 0;
	fprintf(stderr,
		"%s: the process that serves here cannot be asked to leave: %s.\n", state,
		pid <= 0 ? "its number is not known" : strerror(errno));
	return EBUSY;
}

/* Once it was asked nobody else serves: it is waited for as long as it needs for its records. Another one that was
 * quicker is asked in its turn. */
static int take_over(int fd, const char *state)
{
	pid_t pid = holder_of(fd), now;
	int err = ask(pid, state);

	for (int ms = 0; !err && ms < TAKE_OVER_MS; ms += LOOK_MS) {
		if (!flock(fd, LOCK_EX | LOCK_NB))
			return 0;
		usleep(LOOK_MS * 1000);
		now = holder_of(fd);
		if (now != pid && now > 0)
			err = ask(pid = now, state);
	}
	if (!err)
		fprintf(stderr, "%s: process %d was asked to leave and has not.\n", state,
			(int)pid);
	return err ? err : ETIMEDOUT;
}

int lock_state(const char *state, bool upgrade)
{
	char path[OPTIONS_PATH_MAX];
	int fd, err = options_path(path, state, "lock");

	if (err) {
		fprintf(stderr,
			"%s: this path is too long. Give a shorter one with --state.\n",
			state);
		return err;
	}
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0) {
		err = errno;
		fprintf(stderr,
			"%s: cannot be used: %s. Give another folder with --state.\n",
			path, strerror(err));
		return err;
	}
	if (flock(fd, LOCK_EX | LOCK_NB))
		err = upgrade ? take_over(fd, state) : EBUSY;
	if (err == EBUSY && !upgrade)
		fprintf(stderr,
			"%s: another heimamt serve is using this folder. End it first, "
			"take over from it with --upgrade, or give another folder with "
			"--state.\n",
			state);
	if (!err)
		err = write_pid(fd);
	if (err)
		close(fd);
	return err;
}
