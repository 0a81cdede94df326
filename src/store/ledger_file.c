/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* ledger_file -- see ledger_file.h. */
#include "store/ledger_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "store/ledger_inner.h"

/* --- names --- */

int ledger_segment_path(const struct ledger_file *lf, uint32_t segment,
	const char *ending, char out[LEDGER_PATH_MAX])
{
	return text_format(out, LEDGER_PATH_MAX, "%s/ledger-%06" PRIu32 "%s", lf->dir,
		segment, ending);
}

/* "post.example/heimamt/1": each segment is a log of its own to those who verify. */
int ledger_segment_head(
	const struct ledger_file *lf, uint32_t segment, struct ledger_head *out)
{
	out->segment = segment;
	return text_format(
		out->origin, sizeof out->origin, "%s/%" PRIu32, lf->house, segment);
}

int ledger_key_of(const struct ledger_file *lf, const struct ledger_head *head,
	struct note_key *out)
{
	uint8_t public[NOTE_KEY];

	signer_public(lf->signer, public);
	return note_key_set(out, &lf->sha, head->origin, NOTE_LOG, public);
}

/* --- writing --- */

int ledger_write_at(int fd, const uint8_t *p, size_t n, uint64_t at)
{
	while (n) {
		ssize_t put = pwrite(fd, p, n, (off_t)at);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return errno;
		p += put;
		n -= (size_t)put;
		at += (uint64_t)put;
	}
	return 0;
}

static int replace_file(const struct ledger_file *lf, const char *path, struct slice text)
{
	char fresh[LEDGER_PATH_MAX];
	int err = text_format(fresh, sizeof fresh, "%s.new", path);

	if (err)
		return err;
	int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0)
		return errno;
	err = ledger_write_at(fd, text.p, text.n, 0);
	if (!err && fsync(fd))
		err = errno;
	if (close(fd) && !err)
		err = errno;
	if (!err && rename(fresh, path))
		err = errno;
	return err;
}

static int write_checkpoint(const struct ledger_file *lf)
{
	struct checkpoint c = { .size = lf->now.tree.n };
	uint8_t signature[NOTE_SIGNATURE];
	char bytes[NOTE_MAX], path[LEDGER_PATH_MAX];
	struct wbuf w = wbuf_of(bytes, sizeof bytes);

	(void)text_copy(c.origin, sizeof c.origin, lf->head.origin);
	ledger_root(&lf->sha, &lf->now.tree, &c.root);
	checkpoint_write(&w, &c);
	int err = signer_sign(lf->signer, wbuf_slice_of(&w), signature);

	wbuf_u8(&w, '\n');
	note_sign(&w, &lf->key, signature);
	if (!err)
		err = ledger_segment_path(lf, lf->head.segment, ".checkpoint", path);
	if (!err)
		err = replace_file(lf, path, wbuf_slice_of(&w));
	return err;
}

int ledger_file_sync(struct ledger_file *lf)
{
	int err = fsync(lf->fd) ? errno : write_checkpoint(lf);

	if (err)
		return err;
	/* should the rename not last, the checkpoint before it stands, and what is behind that is good all the same */
	(void)fsync(lf->dir_fd);
	lf->counted = lf->now;
	return 0;
}

void ledger_file_undo(struct ledger_file *lf)
{
	lf->now = lf->counted;
	(void)!ftruncate(lf->fd, (off_t)lf->now.end);
}

int ledger_file_put(struct ledger_file *lf, enum ledger_kind kind, int64_t now_ms,
	struct slice text, uint64_t *index)
{
	struct ledger_entry e = { .kind = kind, .at_ms = (uint64_t)now_ms, .text = text };
	struct wbuf w = wbuf_of(lf->buffer, LEDGER_ENTRY_MAX);
	struct ledger_hash chain = lf->now.chain, leaf;
	int err = signer_random(e.salt, sizeof e.salt);

	if (!err)
		err = ledger_entry_write(&w, &lf->sha, &e, &chain, &leaf);
	if (!err)
		err = ledger_write_at(lf->fd, w.p, w.n, lf->now.end);
	if (!err)
		err = ledger_append(&lf->sha, &lf->now.tree, &leaf, NULL, NULL);
	explicit_bzero(e.salt, sizeof e.salt);
	if (err) { /* what half of it may stand there goes; else the next start cuts it off */
		(void)!ftruncate(lf->fd, (off_t)lf->now.end);
		return err;
	}
	lf->now.chain = chain;
	lf->now.end += w.n;
	if (kind == LEDGER_CONFIGURATION)
		(void)slice_copy(text, lf->configuration, sizeof lf->configuration);
	*index = lf->now.tree.n - 1;
	return 0;
}

/* --- beginning a segment --- */

/* What the segment before came to; NULL: there is none. */
static int put_first(struct ledger_file *lf, const struct damage *before, int64_t now_ms)
{
	char text[FIRST_MAX] = "{}";
	uint64_t index;
	int err = 0;

	if (before)
		err = text_format(text, sizeof text,
			AFTER "%" PRIu32 "," FIRST_BAD "%" PRIu64 "," REWRITTEN "%s}",
			before->segment, before->first_bad,
			before->is_rewritten ? "true" : "false");
	if (!err)
		err = ledger_file_put(
			lf, LEDGER_SEGMENT, now_ms, slice_str(text), &index);
	return err ? err : ledger_file_sync(lf);
}

int ledger_begin(struct ledger_file *lf, uint32_t segment, const struct damage *before,
	int64_t now_ms)
{
	char path[LEDGER_PATH_MAX];
	struct wbuf w = wbuf_of(lf->buffer, LEDGER_ENTRY_MAX);
	int err = ledger_segment_path(lf, segment, "", path);

	if (!err)
		err = ledger_segment_head(lf, segment, &lf->head);
	if (!err)
		err = ledger_key_of(lf, &lf->head, &lf->key);
	if (!err)
		err = ledger_head_write(&w, &lf->sha, &lf->head, &lf->now.chain);
	if (err)
		return err;
	/* what a crash left of a head that never counted is written over */
	lf->fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (lf->fd < 0)
		return errno;
	err = ledger_write_at(lf->fd, w.p, w.n, 0);
	lf->now.end = w.n;
	lf->now.tree = (struct ledger_tree){ 0 };
	return err ? err : put_first(lf, before, now_ms);
}

struct damage *ledger_damage_of(struct ledger_file *lf, uint32_t segment)
{
	for (size_t i = 0; i < lf->n_damages; i++)
		if (lf->damages[i].segment == segment)
			return &lf->damages[i];
	return NULL;
}

int ledger_file_open(
	struct ledger_file **out, const struct ledger_file_config *cfg, int64_t now_ms)
{
	struct ledger_file *lf = calloc(1, sizeof *lf);
	int err;

	if (!lf)
		return ENOMEM;
	lf->dir_fd = lf->fd = -1;
	lf->signer = cfg->signer;
	lf->buffer = malloc(LEDGER_ENTRY_MAX);
	err = lf->buffer ? signer_sha256_open(&lf->sha) : ENOMEM;
	if (!err)
		err = text_copy(lf->dir, sizeof lf->dir, cfg->dir);
	if (!err)
		err = text_copy(lf->house, sizeof lf->house, cfg->origin);
	if (!err && mkdir(cfg->dir, 0700) && errno != EEXIST)
		err = errno;
	if (!err) {
		lf->dir_fd = open(cfg->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		err = lf->dir_fd < 0 ? errno : ledger_start(lf, now_ms);
	}
	if (err) {
		ledger_file_close(lf);
		return err;
	}
	*out = lf;
	return 0;
}

void ledger_file_close(struct ledger_file *lf)
{
	if (!lf)
		return;
	if (lf->fd >= 0)
		close(lf->fd);
	if (lf->dir_fd >= 0)
		close(lf->dir_fd);
	signer_sha256_close(&lf->sha);
	free(lf->buffer);
	free(lf);
}

const char *ledger_file_configuration(const struct ledger_file *lf)
{
	return lf->configuration;
}

void ledger_file_info(const struct ledger_file *lf, struct ledger_file_info *out)
{
	*out = (struct ledger_file_info){ .segment = lf->head.segment,
		.size = lf->now.tree.n };
	ledger_root(&lf->sha, &lf->now.tree, &out->root);
	for (size_t i = lf->n_damages; i-- > 0;) {
		const struct damage *d = &lf->damages[i];

		if (d->is_acknowledged)
			continue;
		out->damage.segment = d->segment;
		out->damage.first_bad = d->first_bad;
		out->damage.is_rewritten = d->is_rewritten;
	}
}

int ledger_file_acknowledge(
	struct ledger_file *lf, uint32_t segment, int64_t now_ms, const char *who)
{
	struct damage *d = ledger_damage_of(lf, segment);
	char text[256];
	uint64_t index;
	int err = d && !d->is_acknowledged ? 0 : ENOENT;

	if (!err)
		err = strpbrk(who, "\"\\")
			? EINVAL
			: text_format(text, sizeof text, ACKNOWLEDGEMENT, segment, who);
	if (!err)
		err = ledger_file_put(
			lf, LEDGER_ACKNOWLEDGED, now_ms, slice_str(text), &index);
	if (!err) {
		err = ledger_file_sync(lf);
		if (err)
			ledger_file_undo(lf);
	}
	if (!err)
		d->is_acknowledged = true;
	return err;
}
