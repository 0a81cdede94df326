/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* config_secret -- the first line of a file that not everybody may read; see config.h. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "main/config.h"

const char *config_read_secret(const char *path, char *out, size_t cap)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = -1;

	if (fd < 0)
		return strerror(errno);
	if (fstat(fd, &st) == 0 && !(st.st_mode & S_IROTH))
		n = read(fd, out, cap - 1);
	close(fd);
	if (n < 0)
		return "may be read by everybody: chmod o= it";
	if ((size_t)n == cap - 1)
		return "is too long for a secret";
	out[n] = 0;
	out[strcspn(out, "\r\n")] = 0;
	return *out ? NULL : "has no secret in its first line";
}
