/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* fuzz: a backup's manifest.  The bytes are the file; whatever is taken leads to files below the backup's folder alone. */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "main/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct manifest_file *f)
{
	assert(memchr(f->path, 0, sizeof f->path));
	assert(strncmp(f->path, MANIFEST_STATE, sizeof MANIFEST_STATE - 1) == 0 ||
		strncmp(f->path, MANIFEST_CONFIG, sizeof MANIFEST_CONFIG - 1) == 0);
	assert(!strstr(f->path, "/.") && !strstr(f->path, "//"));
	assert(f->path[strlen(f->path) - 1] != '/');
	assert(text_is_clean_utf8(f->path));
	assert(strlen(f->sha256) == MANIFEST_HASH_SIZE - 1);
	assert(f->changed_s >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct manifest m = { .n = 0 };
	int err;

	if (size > MANIFEST_BYTES_MAX)
		return 0;
	err = manifest_parse(&m, (const char *)data, size);
	assert(err == 0 || err == EBADMSG || err == EPROTO || err == ENOMEM);
	assert(!err || !m.files);
	assert(m.n <= MANIFEST_FILES_MAX);
	for (size_t i = 0; i < m.n; i++)
		check(&m.files[i]);
	manifest_close(&m);
	return 0;
}
