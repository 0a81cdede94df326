/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* signer -- see signer.h. */
#include "store/signer.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct signer {
	EVP_PKEY *key;
	uint8_t public[NOTE_KEY];
};

static int read_key(int fd, EVP_PKEY **out)
{
	struct stat st;

	if (fstat(fd, &st))
		return errno;
	if (st.st_mode & (S_IRWXG | S_IRWXO))
		return EACCES;
	FILE *f = fdopen(dup(fd), "r");

	if (!f)
		return errno;
	EVP_PKEY *key = PEM_read_PrivateKey(f, NULL, NULL, NULL);

	(void)fclose(f);
	if (!key || EVP_PKEY_id(key) != EVP_PKEY_ED25519) {
		EVP_PKEY_free(key);
		return EINVAL;
	}
	*out = key;
	return 0;
}

/* Half a key is none: it is taken away again. */
static int make_key(const char *path, EVP_PKEY **out)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	EVP_PKEY *key = NULL;
	FILE *f;
	int err;

	if (fd < 0)
		return errno;
	f = fdopen(fd, "w");
	if (!f) {
		err = errno;
		close(fd);
		goto out;
	}
	key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	err = key && PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL) ? 0 : EIO;
	if (!err && (fflush(f) || fsync(fd)))
		err = errno;
	if (fclose(f) && !err)
		err = errno;
out:
	if (err) {
		(void)unlink(path);
		EVP_PKEY_free(key);
		return err;
	}
	*out = key;
	return 0;
}

int signer_open(struct signer **out, const char *path, bool make)
{
	struct signer *s = calloc(1, sizeof *s);
	size_t n = NOTE_KEY;
	int fd, err = 0;

	if (!s)
		return ENOMEM;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		err = read_key(fd, &s->key);
	else
		err = errno == ENOENT && make ? make_key(path, &s->key) : errno;
	if (!err && EVP_PKEY_get_raw_public_key(s->key, s->public, &n) != 1)
		err = EINVAL;
	if (fd >= 0)
		close(fd);
	if (err) {
		signer_close(s);
		return err;
	}
	*out = s;
	return 0;
}

void signer_close(struct signer *s)
{
	if (!s)
		return;
	EVP_PKEY_free(s->key);
	free(s);
}

void signer_public(const struct signer *s, uint8_t out[NOTE_KEY])
{
	for (size_t i = 0; i < NOTE_KEY; i++)
		out[i] = s->public[i];
}

int signer_sign(const struct signer *s, struct slice text, uint8_t out[NOTE_SIGNATURE])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t n = NOTE_SIGNATURE;
	int ok = ctx && EVP_DigestSignInit(ctx, NULL, NULL, NULL, s->key) == 1 &&
		EVP_DigestSign(ctx, out, &n, text.p, text.n) == 1 && n == NOTE_SIGNATURE;

	EVP_MD_CTX_free(ctx);
	return ok ? 0 : EIO;
}

bool signer_verify(const uint8_t key[NOTE_KEY], struct slice text,
	const uint8_t signature[NOTE_SIGNATURE])
{
	EVP_PKEY *pk = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key, NOTE_KEY);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int ok = pk && ctx && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pk) == 1 &&
		EVP_DigestVerify(ctx, signature, NOTE_SIGNATURE, text.p, text.n) == 1;

	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(pk);
	return ok;
}

static void hash(void *arg, const struct slice *parts, size_t n, struct ledger_hash *out)
{
	EVP_MD_CTX *ctx = arg;
	int ok = EVP_DigestInit_ex2(ctx, NULL, NULL);

	for (size_t i = 0; ok && i < n; i++)
		ok = EVP_DigestUpdate(ctx, parts[i].p, parts[i].n);
	if (!ok || !EVP_DigestFinal_ex(ctx, out->b, NULL))
		abort(); /* SHA-256 that does not work: nothing could be proved */
}

int signer_sha256_open(struct ledger_sha256 *out)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	if (!ctx || EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) != 1) {
		EVP_MD_CTX_free(ctx);
		return ENOMEM;
	}
	*out = (struct ledger_sha256){ hash, ctx };
	return 0;
}

void signer_sha256_close(struct ledger_sha256 *sha)
{
	EVP_MD_CTX_free(sha->arg);
	*sha = (struct ledger_sha256){ 0 };
}

int signer_random(void *out, size_t n)
{
	return RAND_bytes(out, (int)n) == 1 ? 0 : EIO;
}
