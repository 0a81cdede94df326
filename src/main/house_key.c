/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* house_key -- see house_key.h. */
#include "main/house_key.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "main/options.h"

static int write_key(const char *path, EVP_PKEY *key)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
	int err = f ? 0 : errno;

	if (fd >= 0 && !f)
		close(fd);
	if (f && PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL) != 1)
		err = EIO;
	if (f && !err && (fflush(f) || fsync(fileno(f))))
		err = errno;
	if (f && fclose(f) && !err)
		err = errno;
	if (err && fd >= 0)
		(void)unlink(path); /* half a key would be taken for damage later */
	return err;
}

static int make_key(const char *path, EVP_PKEY **out)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	int err = key ? write_key(path, key) : EIO;

	if (err) {
		EVP_PKEY_free(key);
		return err;
	}
	*out = key;
	return 0;
}

static int read_key(const char *path, EVP_PKEY **out)
{
	FILE *f = fopen(path, "re");
	struct stat st;
	EVP_PKEY *key;

	if (!f)
		return errno;
	if (fstat(fileno(f), &st) || st.st_mode & 077) {
		fclose(f);
		return EACCES;
	}
	key = PEM_read_PrivateKey(f, NULL, NULL, NULL);
	fclose(f);
	if (!key || EVP_PKEY_get_id(key) != EVP_PKEY_ED25519) {
		EVP_PKEY_free(key);
		return EBADMSG;
	}
	*out = key;
	return 0;
}

int house_key_open(EVP_PKEY **out, const char *state)
{
	char path[OPTIONS_PATH_MAX];
	int err = options_path(path, state, "house.key");

	if (!err)
		err = read_key(path, out);
	if (err == ENOENT)
		err = make_key(path, out);
	if (err)
		fprintf(stderr,
			"%s/house.key: the house's key cannot be used: %s. Its mode must "
			"be "
			"0600; bring it back from a backup, for what it countersigned is "
			"checked with it.\n",
			state, err == EBADMSG ? "it is no Ed25519 key" : strerror(err));
	return err;
}

void house_key_close(EVP_PKEY *key)
{
	EVP_PKEY_free(key);
}

int house_key_sign(
	EVP_PKEY *key, const void *text, size_t n, uint8_t signature[HOUSE_KEY_SIGNATURE])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t len = HOUSE_KEY_SIGNATURE;
	int err = EIO;

	if (ctx && EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) == 1 &&
		EVP_DigestSign(ctx, signature, &len, text, n) == 1 &&
		len == HOUSE_KEY_SIGNATURE)
		err = 0;
	EVP_MD_CTX_free(ctx);
	return err;
}
