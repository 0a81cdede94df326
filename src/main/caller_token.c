/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* caller_token -- heimamt caller-token: the secret for the house's own site; see caller_token.h. */
#include "main/caller_token.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "main/commands.h"

#define SECRET_BYTES 32
#define SECRET_CHARS (2 * SECRET_BYTES)
#define SAMPLE_S     300

static const char usage[] =
	"heimamt caller-token [--state DIR] [--reset] [--json]\n"
	"  Prints the secret with which the house's own site makes tokens for the "
	"caller\n"
	"  page, and a token that is good for five minutes; the first time it makes the\n"
	"  secret. A token is EXPIRY.NONCE.MAC; docs/caller.md has it in five lines.\n\n"
	"  --reset   another secret; heimamt serve takes it when it is started again\n\n"
	"Example:\n"
	"  heimamt caller-token --state /var/lib/heimamt\n";

static int write_secret(const char *path, const char *secret)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	ssize_t n;
	int err = 0;

	if (fd < 0)
		return errno;
	n = write(fd, secret, SECRET_CHARS);
	if (n != SECRET_CHARS)
		err = n < 0 ? errno : ENOSPC;
	if (close(fd) && !err)
		err = errno;
	if (err)
		(void)unlink(path); /* half a secret would be taken for damage later */
	return err;
}

static int make_secret(const char *path, char out[CALLER_SECRET_MAX])
{
	uint8_t bytes[SECRET_BYTES];

	if (RAND_bytes(bytes, sizeof bytes) != 1)
		return EIO;
	text_hex(out, CALLER_SECRET_MAX, bytes, sizeof bytes);
	OPENSSL_cleanse(bytes, sizeof bytes);
	return write_secret(path, out);
}

static int read_secret(const char *path, char out[CALLER_SECRET_MAX])
{
	uint8_t bytes[SECRET_BYTES];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;
	int err = 0;

	if (fd < 0)
		return errno;
	n = read(fd, out, CALLER_SECRET_MAX - 1);
	if (n < 0)
		err = errno;
	close(fd);
	if (err)
		return err;
	out[n] = 0;
	out[strcspn(out, "\r\n")] = 0;
	err = text_unhex(bytes, sizeof bytes, out) ? EBADMSG : 0;
	OPENSSL_cleanse(bytes, sizeof bytes);
	return err;
}

static int path_of(char path[OPTIONS_PATH_MAX], const char *dir)
{
	return options_path(path, dir, "caller-token.key");
}

int caller_secret(const char *dir, char out[CALLER_SECRET_MAX])
{
	char path[OPTIONS_PATH_MAX];
	int err = path_of(path, dir);

	if (!err)
		err = read_secret(path, out);
	return err == ENOENT ? make_secret(path, out) : err;
}

static int print(const struct options *o, const char *secret)
{
	uint8_t bytes[16];
	char nonce[33], token[CALLER_TOKEN_MAX];
	json_t *told;

	if (RAND_bytes(bytes, sizeof bytes) != 1)
		return EIO;
	text_hex(nonce, sizeof nonce, bytes, sizeof bytes);
	if (caller_token_make(secret, options_wall_ms() / 1000 + SAMPLE_S, nonce, token,
		    sizeof token))
		return EIO;
	if (!o->json) {
		printf("Secret: %s\nToken:  %s\n", secret, token);
		return 0;
	}
	told = json_pack("{s:s, s:s}", "secret", secret, "token", token);
	(void)json_dumpf(told, stdout, JSON_COMPACT);
	puts("");
	json_decref(told);
	return 0;
}

int command_caller_token(int argc, char **argv)
{
	struct options o;
	char path[OPTIONS_PATH_MAX], secret[CALLER_SECRET_MAX];
	int status = options_read(&o, argc, argv, usage), err;

	if (status)
		return status - 1;
	err = options_make_state(&o);
	if (err)
		return 1; /* told */
	err = path_of(path, o.state);
	if (!err && o.reset && unlink(path) && errno != ENOENT)
		err = errno;
	if (!err)
		err = caller_secret(o.state, secret);
	if (!err)
		err = print(&o, secret);
	OPENSSL_cleanse(secret, sizeof secret);
	if (!err)
		return 0;
	fprintf(stderr, "%s/caller-token.key: %s.\n", o.state,
		err == EBADMSG
			? "it holds no secret; heimamt caller-token --reset makes one"
			: strerror(err));
	return 1;
}
