/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * ledger_witness -- heimamt ledger witness: an outside party, such as the staff body, signs that the ledger was only
 * added to since it looked last.  See ledger.h.
 *
 * What it saw last is one file, the checkpoint as it signed it; it is on disk before the signature is given away,
 * so that no crash makes it sign two heads of one size.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "main/ledger.h"

struct witness {
	struct ledger_sha256 sha;
	struct note_key log, own;
	struct signer *signer;
	struct ledger_note seen; /* last time; checkpoint.size 0: never */
	struct ledger_note now;
	uint64_t old;
	struct ledger_proof proof;
};

static bool read_hash(struct slice line, struct ledger_hash *out)
{
	size_t n;

	return !base64_read(out->b, LEDGER_HASH, &n, BASE64_PADDED, line) &&
		n == LEDGER_HASH;
}

/* "old N", the path, an empty line, the checkpoint. */
static bool read_body(struct witness *w, struct slice text, struct slice *note)
{
	struct slice line = slice_cut(&text, '\n');

	if (line.n < 5 || memcmp(line.p, "old ", 4) != 0 ||
		!slice_u64(slice_from(line, 4), LEDGER_MAX, &w->old))
		return false;
	for (w->proof.n = 0; text.n; w->proof.n++) {
		line = slice_cut(&text, '\n');
		if (!line.n)
			break;
		if (w->proof.n == sizeof w->proof.path / sizeof *w->proof.path ||
			!read_hash(line, &w->proof.path[w->proof.n]))
			return false;
	}
	*note = text;
	return text.n > 0;
}

static int read_proof(struct witness *w, const char *path)
{
	char bytes[2 * NOTE_MAX];
	struct slice note;
	size_t n;
	int err = ledger_read_text(path, bytes, sizeof bytes, &n);

	if (err)
		return ledger_say(path, err);
	if (!read_body(w, slice_of(bytes, n), &note)) {
		fprintf(stderr,
			"%s: is no proof for a witness; it is made with heimamt ledger "
			"prove "
			"FILE --from SIZE.\n",
			path);
		return LEDGER_BAD;
	}
	int status = ledger_parse_note(&w->now, path, note);

	if (!status &&
		(!ledger_is_signed(&w->now.note, &w->log) ||
			strcmp(w->now.checkpoint.origin, w->log.name) != 0)) {
		fprintf(stderr, "%s: is not signed by %s.\n", path, w->log.name);
		status = LEDGER_BAD;
	}
	return status;
}

/* What was seen last must carry this witness's own signature: else somebody else wrote it. */
static int read_seen(struct witness *w, const char *path)
{
	struct ledger_hash empty;

	if (access(path, F_OK)) {
		w->sha.hash(w->sha.arg, NULL, 0, &empty);
		w->seen.checkpoint = (struct checkpoint){ .root = empty };
		return 0;
	}
	int status = ledger_read_note(&w->seen, path);

	if (!status && !ledger_is_signed(&w->seen.note, &w->own)) {
		fprintf(stderr, "%s: is not what this witness signed last.\n", path);
		status = LEDGER_BAD;
	}
	return status;
}

static int compare(const struct witness *w, const char *path)
{
	const struct checkpoint *seen = &w->seen.checkpoint, *now = &w->now.checkpoint;

	if (now->size < seen->size ||
		(now->size == seen->size && !ledger_same(&now->root, &seen->root))) {
		fprintf(stderr,
			"%s: A FORK: %" PRIu64 " entries were signed for before, and now "
			"there are %s. It is not witnessed; keep both files.\n",
			path, seen->size,
			now->size < seen->size ? "fewer" : "others of the same number");
		return LEDGER_BAD;
	}
	if (w->old != seen->size) {
		fprintf(stderr,
			"%s: is a proof from %" PRIu64 " entries on; this witness knows "
			"%" PRIu64 ". Ask for heimamt ledger prove FILE --from %" PRIu64
			".\n",
			path, w->old, seen->size, seen->size);
		return LEDGER_BAD;
	}
	if (!ledger_continues(
		    &w->sha, seen->size, &seen->root, now->size, &now->root, &w->proof)) {
		fprintf(stderr,
			"%s: A FORK: the ledger does not go on from the %" PRIu64
			" entries that were signed for before. It is not witnessed; keep "
			"both files.\n",
			path, seen->size);
		return LEDGER_BAD;
	}
	return 0;
}

static int keep(const char *path, struct slice text)
{
	char fresh[OPTIONS_PATH_MAX];
	int err = text_format(fresh, sizeof fresh, "%s.new", path);
	FILE *f = err ? NULL : fopen(fresh, "we");

	if (!f)
		return err ? err : errno;
	if (fwrite(text.p, 1, text.n, f) != text.n || fflush(f) || fsync(fileno(f)))
		err = errno ? errno : EIO;
	if (fclose(f) && !err)
		err = errno;
	return !err && rename(fresh, path) ? errno : err;
}

static int sign(struct witness *w, const char *state)
{
	uint8_t signature[NOTE_COSIGNATURE];
	char message[NOTE_MAX + 64], bytes[NOTE_MAX];
	struct wbuf m = wbuf_of(message, sizeof message),
		    out = wbuf_of(bytes, sizeof bytes);
	uint64_t at_s = (uint64_t)time(NULL);

	note_cosigned(&m, w->now.note.text, at_s);
	be64_put(signature, at_s);
	int err = m.full ? EMSGSIZE
			 : signer_sign(w->signer, wbuf_slice_of(&m), signature + 8);

	wbuf_put(&out, w->now.bytes, w->now.n);
	note_sign(&out, &w->own, signature);
	if (!err)
		err = out.full ? EMSGSIZE : keep(state, wbuf_slice_of(&out));
	if (err) {
		fprintf(stderr, "%s: cannot be written: %s. Nothing was signed.\n", state,
			strerror(err));
		return 1;
	}
	(void)fwrite(bytes, 1, out.n, stdout);
	return 0;
}

static int open_keys(struct witness *w, const struct ledger_options *o)
{
	uint8_t public[NOTE_KEY];
	int status = ledger_read_key(&w->log, &w->sha, o->log);

	if (!status)
		status = ledger_say(o->key, signer_open(&w->signer, o->key, true));
	if (status)
		return status;
	signer_public(w->signer, public);
	if (note_key_set(&w->own, &w->sha, o->name, NOTE_WITNESS, public)) {
		fprintf(stderr,
			"heimamt: \"%s\" is no name: no blanks and no '+' in it.\n",
			o->name);
		return EXIT_USAGE;
	}
	return 0;
}

int ledger_witness(const struct ledger_options *o)
{
	struct witness *w;
	int status;

	if (!o->log || !o->key || !o->name || !o->state) {
		fputs("heimamt: a witness needs --log, --key, --name and --state; see "
		      "heimamt ledger --help.\n",
			stderr);
		return EXIT_USAGE;
	}
	w = calloc(1, sizeof *w);
	if (!w || signer_sha256_open(&w->sha)) {
		free(w);
		return 1;
	}
	(void)((status = open_keys(w, o)) || (status = read_proof(w, o->words[0])) ||
		(status = read_seen(w, o->state)) || (status = compare(w, o->words[0])) ||
		(status = sign(w, o->state)));
	signer_close(w->signer);
	signer_sha256_close(&w->sha);
	free(w);
	return status;
}
