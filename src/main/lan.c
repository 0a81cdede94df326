/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* lan -- what --lan needs: this machine's address and a password for telephones. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <openssl/rand.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "main/centre.h"

#define PASSWORD_BYTES 10 /* 80 bits: digest over UDP can be guessed at off line */
#define PASSWORD_CHARS \
	(2 * PASSWORD_BYTES) /* hexadecimal; a file with fewer is damaged */

int lan_address(char *out, size_t cap)
{
	struct ifaddrs *all, *it;
	int err = ENETUNREACH;

	if (getifaddrs(&all))
		return errno;
	for (it = all; it && err; it = it->ifa_next) {
		const struct sockaddr_in *sin = (const void *)it->ifa_addr;

		if (!sin || sin->sin_family != AF_INET || !(it->ifa_flags & IFF_UP) ||
			(it->ifa_flags & IFF_LOOPBACK))
			continue;
		err = inet_ntop(AF_INET, &sin->sin_addr, out, (socklen_t)cap) ? 0 : errno;
	}
	freeifaddrs(all);
	return err;
}

static int make_password(const char *path, char *out, size_t cap)
{
	uint8_t secret[PASSWORD_BYTES];
	ssize_t n;
	int fd, err = 0;

	if (cap < PASSWORD_CHARS + 1 || RAND_bytes(secret, sizeof secret) != 1)
		return EIO;
	text_hex(out, cap, secret, sizeof secret);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno;
	n = write(fd, out, PASSWORD_CHARS);
	if (n != PASSWORD_CHARS)
		err = n < 0 ? errno : ENOSPC;
	if (close(fd) && !err)
		err = errno;
	if (err)
		(void)unlink(path); /* half a password would be taken for damage later */
	return err;
}

/* One line, long enough, of characters that a telephone can be given. */
static bool is_password(const char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++)
		if (s[i] <= ' ' || s[i] > '~')
			return false;
	return n >= PASSWORD_CHARS;
}

/* EBADMSG: what is there is no password. */
static int read_password(const char *path, char *out, size_t cap)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;
	int err = 0;

	if (fd < 0)
		return errno;
	n = read(fd, out, cap);
	if (n < 0)
		err = errno;
	close(fd);
	if (err)
		return err;
	if ((size_t)n == cap)
		return EBADMSG;
	out[n] = 0;
	out[strcspn(out, "\r\n")] = 0;
	return is_password(out) ? 0 : EBADMSG;
}

int lan_password(const char *dir, char *out, size_t cap)
{
	char path[OPTIONS_PATH_MAX];
	int err = options_path(path, dir, "lan-password");

	if (err)
		return err;
	err = read_password(path, out, cap);
	if (err == EBADMSG) {
		log_warn("%s holds no password: a new one is made, and telephones need "
			 "it",
			path);
		err = unlink(path) ? errno : ENOENT;
	}
	return err == ENOENT ? make_password(path, out, cap) : err;
}
