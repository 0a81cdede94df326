/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* sealer -- see sealer.h. */
#include "store/sealer.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/slice.h"

#define KEY   32
#define NONCE 12
#define TAG   16

struct sealer {
	uint8_t key[KEY];
};

static int read_key(int fd, uint8_t key[KEY])
{
	struct stat st;

	if (fstat(fd, &st))
		return errno;
	if (st.st_mode & (S_IRWXG | S_IRWXO))
		return EACCES;
	return st.st_size == KEY && read(fd, key, KEY) == KEY ? 0 : EINVAL;
}

/* Half a key is none: it is taken away again. */
static int make_key(const char *path, uint8_t key[KEY])
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int err = 0;

	if (fd < 0)
		return errno;
	if (RAND_bytes(key, KEY) != 1 || write(fd, key, KEY) != KEY || fsync(fd))
		err = EIO;
	if (close(fd) && !err)
		err = errno;
	if (err)
		(void)unlink(path);
	return err;
}

int sealer_open(struct sealer **out, const char *path)
{
	struct sealer *s = calloc(1, sizeof *s);
	int fd, err;

	if (!s)
		return ENOMEM;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		err = read_key(fd, s->key);
	else
		err = errno == ENOENT ? make_key(path, s->key) : errno;
	if (fd >= 0)
		close(fd);
	if (err) {
		sealer_close(s);
		return err;
	}
	*out = s;
	return 0;
}

void sealer_close(struct sealer *s)
{
	if (!s)
		return;
	OPENSSL_cleanse(s, sizeof *s);
	free(s);
}

/* The cipher with key, nonce and agent. NULL: no memory. */
static EVP_CIPHER_CTX *begin(
	const struct sealer *s, uint64_t agent, const uint8_t *nonce, int seals)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint8_t whose[8];
	int n;

	be64_put(whose, agent);
	if (ctx &&
		EVP_CipherInit_ex2(ctx, EVP_aes_256_gcm(), s->key, nonce, seals, NULL) ==
			1 &&
		EVP_CipherUpdate(ctx, NULL, &n, whose, sizeof whose) == 1)
		return ctx;
	EVP_CIPHER_CTX_free(ctx);
	return NULL;
}

/* nonce, the secret's bytes, tag */
int sealer_seal(const struct sealer *s, uint64_t agent, const uint8_t *secret, size_t n,
	uint8_t *out)
{
	EVP_CIPHER_CTX *ctx = RAND_bytes(out, NONCE) == 1 ? begin(s, agent, out, 1)
							  : NULL;
	int done = 0, more = 0;
	bool is_good = ctx &&
		EVP_CipherUpdate(ctx, out + NONCE, &done, secret, (int)n) == 1 &&
		EVP_CipherFinal_ex(ctx, out + NONCE + done, &more) == 1 &&
		EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG, out + NONCE + n) ==
			1;

	EVP_CIPHER_CTX_free(ctx);
	return is_good ? 0 : EIO;
}

int sealer_unseal(const struct sealer *s, uint64_t agent, const uint8_t *sealed, size_t n,
	uint8_t *out)
{
	uint8_t tag[TAG];
	EVP_CIPHER_CTX *ctx;
	int done = 0, more = 0;
	bool is_good;

	if (n <= SEALER_MORE)
		return EBADMSG;
	for (size_t i = 0; i < TAG; i++)
		tag[i] = sealed[n - TAG + i];
	ctx = begin(s, agent, sealed, 0);
	is_good = ctx &&
		EVP_CipherUpdate(
			ctx, out, &done, sealed + NONCE, (int)(n - SEALER_MORE)) == 1 &&
		EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG, tag) == 1 &&
		EVP_CipherFinal_ex(ctx, out + done, &more) == 1;
	EVP_CIPHER_CTX_free(ctx);
	return is_good ? 0 : EBADMSG;
}
