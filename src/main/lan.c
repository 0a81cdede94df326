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

#include "base/text.h"
#include "main/centre.h"

#define PASSWORD_BYTES 10 /* 80 bits: digest over UDP can be guessed at off line */

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
	int fd, err = 0;

	if (cap < 2 * sizeof secret + 1 || RAND_bytes(secret, sizeof secret) != 1)
		return EIO;
	text_hex(out, cap, secret, sizeof secret);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno;
	if (write(fd, out, strlen(out)) != (ssize_t)strlen(out))
		err = EIO;
	close(fd);
	return err;
}

int lan_password(const char *dir, char *out, size_t cap)
{
	char path[OPTIONS_PATH_MAX];
	ssize_t n;
	int fd, err = options_path(path, dir, "lan-password");

	if (err)
		return err;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? make_password(path, out, cap) : errno;
	n = read(fd, out, cap - 1);
	close(fd);
	if (n < 2 * PASSWORD_BYTES)
		return EINVAL;
	out[n] = 0;
	return 0;
}
