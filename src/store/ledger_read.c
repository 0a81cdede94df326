/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* ledger_read -- see ledger_read.h. */
#include "store/ledger_read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/signer.h"

static int read_all(int fd, uint8_t *p, size_t n)
{
	for (size_t at = 0; at < n;) {
		ssize_t got = read(fd, p + at, n - at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got ? errno : EIO; /* it was longer a moment ago */
		at += (size_t)got;
	}
	return 0;
}

static int load(const char *path, size_t max, uint8_t **out, size_t *n)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint8_t *p = NULL;
	struct stat st;
	int err = 0;

	if (fd < 0)
		return errno;
	if (fstat(fd, &st))
		err = errno;
	else if (!S_ISREG(st.st_mode))
		err = EINVAL;
	else if ((uint64_t)st.st_size > max)
		err = EFBIG;
	if (!err)
		p = malloc((size_t)st.st_size + 1);
	if (!err)
		err = p ? read_all(fd, p, (size_t)st.st_size) : ENOMEM;
	close(fd);
	if (err) {
		free(p);
		return err;
	}
	*out = p;
	*n = (size_t)st.st_size;
	return 0;
}

int ledger_read_text(const char *path, char *buf, size_t cap, size_t *n)
{
	uint8_t *p = NULL;
	size_t size = 0;
	int err = load(path, cap, &p, &size);

	if (err)
		return err == EFBIG ? EMSGSIZE : err;
	if (size)
		memcpy(buf, p, size);
	free(p);
	*n = size;
	return 0;
}

static int grow(void **p, size_t *cap, size_t want, size_t size)
{
	if (want <= *cap)
		return 0;
	size_t more = *cap ? *cap * 2 : 64;
	void *bigger = reallocarray(*p, more, size);

	if (!bigger)
		return ENOMEM;
	*p = bigger;
	*cap = more;
	return 0;
}

static int keep_node(
	void *arg, unsigned level, uint64_t index, const struct ledger_hash *node)
{
	struct ledger_read *r = arg;
	void *p = r->levels[level];
	int err = grow(&p, &r->cap[level], index + 1, sizeof *node);

	r->levels[level] = p;
	if (!err)
		r->levels[level][index] = *node;
	return err;
}

static int look(void *arg, unsigned level, uint64_t index, struct ledger_hash *out)
{
	const struct ledger_read *r = arg;

	if (level >= LEDGER_LEVELS || index >= r->tree.n >> level)
		return ENOENT;
	*out = r->levels[level][index];
	return 0;
}

struct ledger_nodes ledger_read_nodes(struct ledger_read *r)
{
	return (struct ledger_nodes){ look, r };
}

static int keep_place(struct ledger_read *r)
{
	void *p = r->at;
	int err = grow(&p, &r->at_cap, r->tree.n + 1, sizeof *r->at);

	r->at = p;
	if (!err)
		r->at[r->tree.n] = r->good;
	return err;
}

static void note_root(struct ledger_read *r)
{
	if (r->tree.n != r->root_at)
		return;
	ledger_root(&r->sha, &r->tree, &r->root);
	r->has_root = true;
}

static enum ledger_end end_of(int err)
{
	return err == EAGAIN ? LEDGER_ENDS_TORN : LEDGER_ENDS_BAD;
}

/* 0, also where the file is damaged. */
static int read_entries(struct ledger_read *r, bool with_nodes)
{
	note_root(r);
	while (r->good < r->n) {
		struct ledger_entry e;
		struct ledger_hash leaf;
		size_t n;
		int err = ledger_entry_read(&e, &r->sha,
			slice_of(r->bytes + r->good, r->n - r->good), &r->chain, &leaf,
			&n);

		if (err) {
			r->end = end_of(err);
			return 0;
		}
		if (with_nodes)
			err = keep_place(r);
		if (!err)
			err = ledger_append(&r->sha, &r->tree, &leaf,
				with_nodes ? keep_node : NULL, r);
		if (err)
			return err;
		r->good += n;
		note_root(r);
	}
	return 0;
}

int ledger_read_file(
	struct ledger_read **out, const char *path, uint64_t root_at, bool with_nodes)
{
	struct ledger_read *r = calloc(1, sizeof *r);
	int err = r ? signer_sha256_open(&r->sha) : ENOMEM;

	if (!err)
		err = load(path, LEDGER_FILE_MAX, &r->bytes, &r->n);
	if (err)
		goto out;
	r->root_at = root_at;
	int bad = ledger_head_read(
		&r->head, &r->sha, slice_of(r->bytes, r->n), &r->chain, &r->good);

	if (bad) {
		r->good = 0;
		r->end = end_of(bad);
	} else {
		r->has_head = true;
		err = read_entries(r, with_nodes);
	}
	if (err)
		goto out;
	*out = r;
	r = NULL; /* handed over */
out:
	ledger_read_free(r);
	return err;
}

void ledger_read_free(struct ledger_read *r)
{
	if (!r)
		return;
	signer_sha256_close(&r->sha);
	for (size_t i = 0; i < LEDGER_LEVELS; i++)
		free(r->levels[i]);
	free(r->at);
	free(r->bytes);
	free(r);
}

int ledger_read_entry(const struct ledger_read *r, uint64_t index,
	struct ledger_entry *out, struct ledger_hash *leaf)
{
	struct ledger_hash chain;
	size_t n;

	if (index >= r->tree.n || !r->at)
		return ENOENT;
	/* the chain before it stands at the end of what is before it */
	size_t at = r->at[index];

	memcpy(chain.b, r->bytes + at - LEDGER_HASH, LEDGER_HASH);
	return ledger_entry_read(
		out, &r->sha, slice_of(r->bytes + at, r->n - at), &chain, leaf, &n);
}
