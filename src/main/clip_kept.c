/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* clip_kept -- see clip_kept.h.  A file: the length in each codec (32 bits), the bytes, the SHA-256 of all before it. */
#include "main/clip_kept.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "main/options.h"
#include "sound/clip_bytes.h"

#define FORMAT \
	"heimamt clip 1 " HEIMAMT_VERSION /* and by whom: another release may encode otherwise */

#define DIGEST   32
#define HEAD     ((SOUND_CODECS - 1) * sizeof(uint32_t))
#define FILE_MAX (HEAD + (SOUND_CODECS - 1) * (size_t)CLIP_BYTES_MAX + DIGEST)

void clip_coded_free(struct clip_coded *c)
{
	for (size_t i = 0; i < SOUND_CODECS; i++)
		free(c->bytes[i]);
	*c = (struct clip_coded){ 0 };
}

int clip_kept_name(char name[CLIP_KEPT_NAME], const uint8_t *recording, size_t n)
{
	EVP_MD_CTX *sha = EVP_MD_CTX_new();
	uint8_t hash[DIGEST] = { 0 };
	bool is_well = sha && EVP_DigestInit_ex(sha, EVP_sha256(), NULL) == 1 &&
		EVP_DigestUpdate(sha, FORMAT, sizeof FORMAT) == 1 &&
		EVP_DigestUpdate(sha, recording, n) == 1 &&
		EVP_DigestFinal_ex(sha, hash, NULL) == 1;

	EVP_MD_CTX_free(sha);
	text_hex(name, CLIP_KEPT_NAME, hash, is_well ? DIGEST : 0);
	return is_well ? 0 : EIO;
}

static int digest(uint8_t out[DIGEST], const uint8_t *p, size_t n)
{
	return EVP_Digest(p, n, out, NULL, EVP_sha256(), NULL) == 1 ? 0 : EIO;
}

/* Into memory of our own, by the lengths at the head. */
static int take(struct clip_coded *out, const uint8_t *p, size_t n)
{
	uint32_t lengths[SOUND_CODECS - 1];
	uint8_t hash[DIGEST];
	size_t at = HEAD;

	if (n < HEAD + DIGEST || digest(hash, p, n - DIGEST) ||
		memcmp(hash, p + n - DIGEST, DIGEST) != 0)
		return ENOENT;
	memcpy(lengths, p, HEAD);
	for (size_t i = 0; i < SOUND_CODECS - 1; i++) {
		if (lengths[i] == 0 || lengths[i] > n - DIGEST - at)
			return ENOENT;
		out->bytes[i + 1] = malloc(lengths[i]);
		if (!out->bytes[i + 1])
			return ENOMEM;
		memcpy(out->bytes[i + 1], p + at, lengths[i]);
		out->n[i + 1] = lengths[i];
		at += lengths[i];
	}
	return at == n - DIGEST ? 0 : ENOENT;
}

int clip_kept_read(struct clip_coded *out, const char *folder, const char *name)
{
	char path[OPTIONS_PATH_MAX];
	uint8_t *p = NULL;
	struct stat st;
	FILE *f;
	int err = ENOENT;

	*out = (struct clip_coded){ 0 };
	if (text_format(path, sizeof path, "%s/%s", folder, name))
		return ENOENT;
	f = fopen(path, "rbe");
	if (!f)
		return ENOENT;
	if (!fstat(fileno(f), &st) && st.st_size > 0 &&
		(uint64_t)st.st_size <= FILE_MAX) {
		p = malloc((size_t)st.st_size);
		err = p ? ENOENT : ENOMEM;
	}
	if (p && fread(p, 1, (size_t)st.st_size, f) == (size_t)st.st_size)
		err = take(out, p, (size_t)st.st_size);
	fclose(f);
	free(p);
	if (err)
		clip_coded_free(out);
	return err;
}

static uint8_t *whole(const struct clip_coded *c, size_t *n)
{
	uint32_t lengths[SOUND_CODECS - 1];
	size_t at = HEAD;
	uint8_t *p;

	*n = HEAD + DIGEST;
	for (size_t i = 0; i < SOUND_CODECS - 1; i++) {
		lengths[i] = (uint32_t)c->n[i + 1];
		*n += c->n[i + 1];
	}
	p = malloc(*n);
	if (!p)
		return NULL;
	memcpy(p, lengths, HEAD);
	for (size_t i = 0; i < SOUND_CODECS - 1; i++) {
		memcpy(p + at, c->bytes[i + 1], c->n[i + 1]);
		at += c->n[i + 1];
	}
	if (digest(p + at, p, at)) {
		free(p);
		return NULL;
	}
	return p;
}

int clip_kept_write(const struct clip_coded *c, const char *folder, const char *name)
{
	char part[OPTIONS_PATH_MAX], path[OPTIONS_PATH_MAX];
	size_t n;
	uint8_t *p;
	FILE *f = NULL;
	int fd = -1, err = 0;

	if (text_format(path, sizeof path, "%s/%s", folder, name) ||
		text_format(part, sizeof part, "%s/part-XXXXXX", folder))
		return ENAMETOOLONG;
	p = whole(c, &n);
	if (!p)
		return ENOMEM;
	fd = mkostemp(part, O_CLOEXEC); /* another process may write the same now */
	if (fd >= 0)
		f = fdopen(fd, "wb");
	if (!f)
		err = errno;
	if (!f && fd >= 0)
		close(fd);
	if (f && fwrite(p, 1, n, f) != n)
		err = errno ? errno : EIO;
	if (f && fclose(f) && !err)
		err = errno;
	if (!err && rename(part, path))
		err = errno;
	if (err && fd >= 0)
		(void)unlink(part);
	free(p);
	return err;
}

void clip_kept_sweep(const char *folder,
	bool (*is_used)(const void *arg, const char *name), const void *arg)
{
	DIR *dir = opendir(folder);
	const struct dirent *e;

	if (!dir)
		return;
	while ((e = readdir(dir)))
		if (*e->d_name != '.' && !is_used(arg, e->d_name))
			(void)unlinkat(dirfd(dir), e->d_name, 0);
	closedir(dir);
}
