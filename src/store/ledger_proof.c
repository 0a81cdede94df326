/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* ledger_proof -- see ledger_proof.h. */
#include "store/ledger_proof.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/ledger_inner.h"

void ledger_path_write(struct wbuf *w, const struct ledger_proof *proof)
{
	for (size_t i = 0; i < proof->n; i++) {
		base64_write(w, BASE64_PADDED, slice_of(proof->path[i].b, LEDGER_HASH));
		wbuf_u8(w, '\n');
	}
	wbuf_u8(w, '\n');
}

static int write_entry(struct wbuf *w, const struct ledger_read *r, uint64_t index)
{
	struct ledger_hash leaf;
	struct ledger_entry e;
	int err = ledger_read_entry(r, index, &e, &leaf);

	if (!err && e.state != LEDGER_WHOLE)
		err = ENODATA;
	if (err)
		return err;
	wbuf_str(w, LEDGER_PROOF_NAME "\nextra ");
	base64_write(w, BASE64_PADDED,
		slice_of(r->bytes + r->at[index], LEDGER_FIXED + e.text.n));
	wbuf_printf(w, "\nindex %" PRIu64 "\n", index);
	return 0;
}

int ledger_proof_write(struct wbuf *w, struct ledger_read *r, const struct checkpoint *c,
	struct slice note, uint64_t index)
{
	struct ledger_nodes nodes = ledger_read_nodes(r);
	struct ledger_proof proof;
	int err;

	if (index >= c->size)
		return ENOENT;
	if (!r->has_root || !ledger_same(&r->root, &c->root))
		return EBADMSG;
	err = ledger_prove_inclusion(&r->sha, &nodes, index, c->size, &proof);
	if (!err)
		err = write_entry(w, r, index);
	if (err)
		return err;
	ledger_path_write(w, &proof);
	wbuf_slice(w, note);
	return w->full ? ENOBUFS : 0;
}

static int read_head(
	const char *path, char bytes[NOTE_MAX], size_t *n, struct checkpoint *c)
{
	char beside[LEDGER_PATH_MAX];
	struct note note;
	int err = text_format(beside, sizeof beside, "%s.checkpoint", path);

	if (!err)
		err = ledger_read_text(beside, bytes, NOTE_MAX, n);
	if (!err)
		err = note_read(&note, slice_of(bytes, *n));
	return err ? err : checkpoint_read(c, note.text);
}

int ledger_proof_read(char **out, const char *dir, uint32_t segment, uint64_t index)
{
	char path[LEDGER_PATH_MAX], head[NOTE_MAX];
	char *text = malloc(LEDGER_PROOF_MAX + 1);
	struct wbuf w = wbuf_of(text, text ? LEDGER_PROOF_MAX : 0);
	struct ledger_read *r = NULL;
	struct checkpoint c;
	size_t n;
	int err = text
		? text_format(path, sizeof path, "%s/ledger-%06" PRIu32, dir, segment)
		: ENOMEM;

	if (!err)
		err = read_head(path, head, &n, &c);
	if (!err)
		err = ledger_read_file(&r, path, c.size, true);
	if (!err)
		err = ledger_proof_write(&w, r, &c, slice_of(head, n), index);
	ledger_read_free(r);
	if (err) {
		free(text);
		return err;
	}
	text[w.n] = 0;
	*out = text;
	return 0;
}
