/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* ledger_verify -- heimamt ledger verify: a segment, or a proof of one entry.  See ledger.h. */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "core/ledger/quote.h"
#include "main/ledger.h"

/* What a checkpoint is worth. */
enum stands { STANDS, STANDS_NOT, IS_LONGER, IS_OTHERS };

struct found {
	const char *path, *checkpoint_path;
	struct ledger_read *r;
	struct ledger_note *c; /* NULL: none */
	enum stands stands;
	bool is_signed; /* by --key */
	size_t n_erased, n_unsaid; /* erased, and erased without an entry that says so */
	uint64_t first_unsaid;
};

static const char *wrong(const struct found *f)
{
	if (!f->r->has_head)
		return "no_segment";
	if (f->r->end != LEDGER_ENDS_WELL)
		return f->r->end == LEDGER_ENDS_TORN ? "torn" : "altered";
	if (f->n_unsaid)
		return "erased_unsaid";
	if (!f->c || f->stands == STANDS)
		return NULL;
	return f->stands == STANDS_NOT   ? "rewritten"
		: f->stands == IS_LONGER ? "cut_away"
					 : "foreign_checkpoint";
}

static bool says_erasure(const struct ledger_read *r, uint64_t from, uint64_t index)
{
	char want[128];

	if (text_format(want, sizeof want,
		    "{\"segment\":%" PRIu32 ",\"entry\":%" PRIu64 "}", r->head.segment,
		    index))
		return false;
	for (uint64_t i = from; i < r->tree.n; i++) {
		struct ledger_entry e;
		struct ledger_hash leaf;

		if (!ledger_read_entry(r, i, &e, &leaf) && e.kind == LEDGER_ERASURE &&
			slice_is(e.text, want))
			return true;
	}
	return false;
}

/* Whoever erases says so; in a segment that another one follows that may stand there. */
static void count_erased(struct found *f)
{
	for (uint64_t i = 0; i < f->r->tree.n; i++) {
		struct ledger_entry e;
		struct ledger_hash leaf;

		if (ledger_read_entry(f->r, i, &e, &leaf) || e.state == LEDGER_WHOLE)
			continue;
		f->n_erased++;
		if (says_erasure(f->r, i + 1, i))
			continue;
		if (!f->n_unsaid++)
			f->first_unsaid = i;
	}
}

static enum stands compare(const struct ledger_read *r, const struct checkpoint *c)
{
	if (strcmp(c->origin, r->head.origin) != 0)
		return IS_OTHERS;
	if (c->size > r->tree.n)
		return IS_LONGER;
	return r->has_root && ledger_same(&r->root, &c->root) ? STANDS : STANDS_NOT;
}

static void tell_checkpoint(const struct found *f, const struct ledger_options *o)
{
	static const char *const words[] = {
		[STANDS] = "the ledger begins with exactly these",
		[STANDS_NOT] = "the ledger holds OTHERS in their place: it was rewritten",
		[IS_LONGER] = "the ledger has fewer: entries were CUT AWAY",
		[IS_OTHERS] = "it is of ANOTHER ledger",
	};

	if (!f->c) {
		puts("  no checkpoint: whether entries are missing at the end, or all "
		     "were "
		     "written anew, cannot be said");
		return;
	}
	printf("  checkpoint of %" PRIu64 " entries: %s\n", f->c->checkpoint.size,
		words[f->stands]);
	printf("  signature: %s\n",
		f->is_signed     ? "good, by the key that was given"
			: o->key ? "NOT by the key that was given"
				 : "not looked at; --key says whose it must be");
}

static void tell(const struct found *f, const struct ledger_options *o)
{
	char root[BASE64_SIZE(LEDGER_HASH) + 1];
	struct ledger_hash h;

	if (!f->r->has_head) {
		printf("%s: is no segment of a ledger, or its head is damaged.\n",
			f->path);
		return;
	}
	ledger_root(&f->r->sha, &f->r->tree, &h);
	ledger_root_text(&h, root);
	printf("%s: %s, %" PRIu64 " entries%s\n  root %s\n", f->path, f->r->head.origin,
		f->r->tree.n,
		f->r->end == LEDGER_ENDS_WELL ? ", each of them good" : " are good",
		root);
	if (f->n_erased)
		printf("  erased: %zu, of which %zu without an entry that says so%s\n",
			f->n_erased, f->n_unsaid, f->n_unsaid ? "" : ": as it should be");
	tell_checkpoint(f, o);
}

static void tell_json(const struct found *f, const struct ledger_options *o)
{
	const char *bad = wrong(f);
	char root[BASE64_SIZE(LEDGER_HASH) + 1];
	struct ledger_hash h;
	json_t *out;

	ledger_root(&f->r->sha, &f->r->tree, &h);
	ledger_root_text(&h, root);
	out = json_pack("{s:s, s:s, s:I, s:s, s:I, s:s}", "file", f->path, "origin",
		f->r->has_head ? f->r->head.origin : "", "entries",
		(json_int_t)f->r->tree.n, "root", root, "erased", (json_int_t)f->n_erased,
		"result", bad ? bad : "good");
	if (f->r->end != LEDGER_ENDS_WELL)
		json_object_set_new(
			out, "first_bad", json_integer((json_int_t)f->r->tree.n));
	if (f->c)
		json_object_set_new(out, "checkpoint",
			json_pack("{s:I, s:b, s:o}", "size",
				(json_int_t)f->c->checkpoint.size, "stands",
				f->stands == STANDS, "signed",
				o->key ? json_boolean(f->is_signed) : json_null()));
	(void)json_dumpf(out, stdout, JSON_COMPACT);
	puts("");
	json_decref(out);
}

static void complain(const struct found *f)
{
	(void)fflush(stdout);
	if (f->r->has_head && f->r->end != LEDGER_ENDS_WELL)
		fprintf(stderr, "%s: entry %" PRIu64 " is the first bad one: %s.\n",
			f->path, f->r->tree.n,
			f->r->end == LEDGER_ENDS_TORN ? "it is not whole"
						      : "it was altered");
	else if (f->n_unsaid)
		fprintf(stderr,
			"%s: entry %" PRIu64 " was erased, and nothing says so.\n",
			f->path, f->first_unsaid);
}

/* The signatures that were asked for; the exit status. */
static int check_signatures(
	struct found *f, const struct ledger_sha256 *sha, const struct ledger_options *o)
{
	struct note_key key;
	int status = 0;

	if (!f->c && (o->key || o->n_witnesses)) {
		fprintf(stderr,
			"%s: there is no checkpoint whose signature could be "
			"looked at; give --checkpoint.\n",
			f->path);
		return LEDGER_BAD;
	}
	if (o->key) {
		status = ledger_read_key(&key, sha, o->key);
		f->is_signed = !status && ledger_is_signed(&f->c->note, &key);
		if (!status && !f->is_signed)
			fprintf(stderr, "%s: is not signed by %s.\n", f->checkpoint_path,
				key.name);
		status = f->is_signed ? 0 : LEDGER_BAD;
	}
	for (size_t i = 0; i < o->n_witnesses; i++) {
		if (ledger_read_key(&key, sha, o->witnesses[i]))
			return EXIT_USAGE;
		if (ledger_is_signed(&f->c->note, &key))
			continue;
		fprintf(stderr, "%s: %s did not witness it.\n", f->checkpoint_path,
			key.name);
		status = LEDGER_BAD;
	}
	return status;
}

/* The checkpoint that was given, or the one beside the file. *out stays NULL where there is none. */
static int find_checkpoint(struct found *f, const struct ledger_options *o,
	struct ledger_note *note, char path[OPTIONS_PATH_MAX])
{
	int err = o->checkpoint
		? text_copy(path, OPTIONS_PATH_MAX, o->checkpoint)
		: text_format(path, OPTIONS_PATH_MAX, "%s.checkpoint", f->path);

	if (err)
		return ledger_say(f->path, err);
	if (!o->checkpoint && access(path, F_OK))
		return 0;
	f->checkpoint_path = path;
	int status = ledger_read_note(note, path);

	f->c = status ? NULL : note;
	return status;
}

static int verify_segment(const struct ledger_options *o)
{
	struct found f = { .path = o->words[0] };
	struct ledger_note note;
	char path[OPTIONS_PATH_MAX];
	int status = find_checkpoint(&f, o, &note, path);

	if (!status)
		status = ledger_say(f.path,
			ledger_read_file(
				&f.r, f.path, f.c ? note.checkpoint.size : 0, true));
	if (status)
		return status;
	if (f.c)
		f.stands = compare(f.r, &f.c->checkpoint);
	count_erased(&f);
	status = check_signatures(&f, &f.r->sha, o);
	if (o->json)
		tell_json(&f, o);
	else
		tell(&f, o);
	complain(&f);
	if (wrong(&f))
		status = LEDGER_BAD;
	ledger_read_free(f.r);
	return status;
}

/* --- a proof: its first line, the entry, the index, the path, an empty line, the checkpoint --- */

struct proof_file {
	uint8_t *bytes; /* owned: the entry */
	size_t n;
	struct ledger_entry entry;
	struct ledger_hash leaf;
	uint64_t index;
	struct ledger_proof path;
	struct slice checkpoint;
};

static bool take_line(struct slice *text, const char *before, struct slice *out)
{
	struct slice line = slice_cut(text, '\n');
	size_t n = strlen(before);

	if (line.n < n || memcmp(line.p, before, n) != 0)
		return false;
	*out = slice_from(line, n);
	return true;
}

static bool take_path(struct slice *text, struct ledger_proof *out)
{
	size_t n;

	for (out->n = 0; text->n; out->n++) {
		struct slice line = slice_cut(text, '\n');

		if (!line.n)
			return true;
		if (out->n == sizeof out->path / sizeof *out->path ||
			base64_read(out->path[out->n].b, LEDGER_HASH, &n, BASE64_PADDED,
				line) ||
			n != LEDGER_HASH)
			return false;
	}
	return false;
}

/* The entry as it stands in the file, without the chain, which is the file's. */
static bool open_entry(struct proof_file *p, const struct ledger_sha256 *sha)
{
	uint8_t data[LEDGER_LEAF_DATA];
	struct ledger_hash h;

	if (p->n < LEDGER_FIXED || be32_get(p->bytes) != p->n - LEDGER_FIXED ||
		p->bytes[LEDGER_STATE_AT] != LEDGER_WHOLE ||
		!ledger_kind_word(p->bytes[5]))
		return false;
	p->entry = (struct ledger_entry){ .kind = p->bytes[5],
		.at_ms = be64_get(p->bytes + 8),
		.text = { p->bytes + LEDGER_FIXED, p->n - LEDGER_FIXED } };
	memcpy(p->entry.commitment.b, p->bytes + 16, LEDGER_HASH);
	ledger_commit(sha, p->bytes + LEDGER_SALT_AT, p->entry.text, &h);
	ledger_leaf_data(&p->entry, data);
	ledger_leaf(sha, slice_of(data, sizeof data), &p->leaf);
	return ledger_same(&h, &p->entry.commitment);
}

static bool read_proof(
	struct proof_file *p, const struct ledger_sha256 *sha, struct slice text)
{
	struct slice line;

	p->bytes = malloc(LEDGER_ENTRY_MAX);
	if (!p->bytes || !take_line(&text, LEDGER_PROOF_NAME, &line) || line.n ||
		!take_line(&text, "extra ", &line) ||
		base64_read(p->bytes, LEDGER_ENTRY_MAX, &p->n, BASE64_PADDED, line) ||
		!take_line(&text, "index ", &line) ||
		!slice_u64(line, LEDGER_MAX, &p->index) || !take_path(&text, &p->path))
		return false;
	p->checkpoint = text;
	return open_entry(p, sha);
}

static int judge_proof(const struct proof_file *p, const struct ledger_sha256 *sha,
	const struct ledger_options *o, struct ledger_note *note)
{
	struct found f = {
		.path = o->words[0], .checkpoint_path = o->words[0], .c = note
	};
	int status = ledger_parse_note(note, f.path, p->checkpoint);

	if (status)
		return status;
	if (!ledger_includes(sha, &p->leaf, p->index, note->checkpoint.size, &p->path,
		    &note->checkpoint.root)) {
		fprintf(stderr,
			"%s: the entry does NOT stand in the ledger of this "
			"checkpoint.\n",
			f.path);
		return LEDGER_BAD;
	}
	status = check_signatures(&f, sha, o);
	printf("%s: entry %" PRIu64 " of %s (%s) stands in the ledger of %" PRIu64
	       " entries\n  signature: %s\n  text: %.*s\n",
		f.path, p->index, note->checkpoint.origin,
		ledger_kind_word(p->entry.kind), note->checkpoint.size,
		f.is_signed      ? "good, by the key that was given"
			: o->key ? "NOT by the key that was given"
				 : "not looked at; --key says whose it must be",
		(int)p->entry.text.n, (const char *)p->entry.text.p);
	return status;
}

static int verify_proof(const struct ledger_options *o, const struct ledger_sha256 *sha,
	struct slice text)
{
	struct proof_file p = { 0 };
	struct ledger_note note;
	int status = LEDGER_BAD;

	if (read_proof(&p, sha, text))
		status = judge_proof(&p, sha, o, &note);
	else
		fprintf(stderr, "%s: is no proof, or its entry was altered.\n",
			o->words[0]);
	free(p.bytes);
	return status;
}

static int verify_text(const struct ledger_options *o, struct slice text)
{
	struct ledger_sha256 sha;
	int status = 1;

	if (!signer_sha256_open(&sha)) {
		status = verify_proof(o, &sha, text);
		signer_sha256_close(&sha);
	}
	return status;
}

static const char *next_proof(const char *from)
{
	return from ? strstr(from, LEDGER_PROOF_NAME "\n") : NULL;
}

/* The proofs that a paper quotes (core/ledger/quote.h). -1: it quotes none. */
static int verify_paper(const struct ledger_options *o, struct slice page)
{
	char *said = malloc(page.n + 2);
	struct wbuf w = wbuf_of(said, said ? page.n + 1 : 0);
	int status = -1;

	if (!said)
		return 1;
	quote_read(&w, page);
	said[w.n] = 0;
	for (const char *at = next_proof(said); at;) {
		const char *next = next_proof(at + 1);
		size_t n = next ? (size_t)(next - at) : strlen(at);
		int one = verify_text(o, slice_of(at, n));

		status = one > status ? one : status;
		at = next;
	}
	free(said);
	return status;
}

int ledger_verify(const struct ledger_options *o)
{
	char *text = malloc(LEDGER_PROOF_MAX);
	size_t n = 0;
	int err = text ? ledger_read_text(o->words[0], text, LEDGER_PROOF_MAX, &n)
		       : ENOMEM;
	int status = -1;

	if (err && err != EMSGSIZE) { /* a segment may be as long as it likes */
		free(text);
		return ledger_say(o->words[0], err);
	}
	if (!err && n >= sizeof LEDGER_PROOF_NAME - 1 &&
		memcmp(text, LEDGER_PROOF_NAME, sizeof LEDGER_PROOF_NAME - 1) == 0)
		status = verify_text(o, slice_of(text, n));
	else if (!err)
		status = verify_paper(o, slice_of(text, n));
	free(text);
	return status < 0 ? verify_segment(o) : status;
}
