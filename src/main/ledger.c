/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* ledger -- heimamt ledger: verify, prove and witness what the ledger says, away from the server. */
#include "main/ledger.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

static const char usage[] =
	"heimamt ledger verify FILE [--checkpoint FILE] [--key KEY] [--witness KEY]... "
	"[--json]\n"
	"  Checks a segment of the ledger as a whole, or a proof that was made with "
	"prove,\n"
	"  also as a paper quotes it: the text of its pages (pdftotext -layout).\n"
	"  Nothing is asked of the server. Without --checkpoint the one beside FILE "
	"counts.\n"
	"heimamt ledger prove FILE ENTRY [--checkpoint FILE]\n"
	"  Writes the proof that entry number ENTRY (from 0) stands in the ledger.\n"
	"heimamt ledger prove FILE --from SIZE [--checkpoint FILE]\n"
	"  Writes the proof that the ledger of SIZE entries was only added to: for a "
	"witness.\n"
	"heimamt ledger witness PROOF --log KEY --key FILE --name NAME --state FILE\n"
	"  Compares with what this witness saw last (kept in --state), refuses a fork, "
	"and\n"
	"  writes the checkpoint with its own signature. --key is made when it is "
	"missing.\n"
	"heimamt ledger acknowledge [--by LOGIN] [--config FILE] [--state DIR]\n"
	"  Says which damages nobody has acknowledged; with --by that this officer has "
	"seen "
	"them.\n"
	"  The centre may be running: the ledger has it a moment later; else at its next "
	"start.\n"
	"heimamt ledger key FILE [witness] --name NAME\n"
	"  Prints the public part of a key, to be handed to those who verify.\n\n"
	"  --checkpoint FILE  the signed head to compare with\n"
	"  --key KEY          the ledger's public key, \"name+id+key\"; witness: its own "
	"file\n"
	"  --witness KEY      a witness's public key, whose signature is demanded\n"
	"  --by LOGIN         the officer for data protection, or administrator, who has "
	"seen it\n"
	"  --json             what was found, for programs\n\n"
	"  Exit status 0: all is as it should be. 1: a file cannot be read or written.\n"
	"  2: it is damaged, forked or not signed; the first bad entry is named.\n\n"
	"Examples:\n"
	"  heimamt ledger verify /var/lib/heimamt/ledger/ledger-000001\n"
	"  heimamt ledger prove ledger-000001 17 >mine.proof; heimamt ledger verify "
	"mine.proof\n"
	"  heimamt ledger prove ledger-000001 --from 120 >since.proof\n"
	"  heimamt ledger witness since.proof --log \"$LOG\" --key my.key --name "
	"staff.example \\\n"
	"      --state last-seen >cosigned\n";

enum {
	OPT_CHECKPOINT = 256,
	OPT_KEY,
	OPT_WITNESS,
	OPT_NAME,
	OPT_STATE,
	OPT_LOG,
	OPT_FROM,
	OPT_BY,
	OPT_CONFIG,
	OPT_JSON
};

static const struct option known[] = {
	{ "checkpoint", required_argument, NULL, OPT_CHECKPOINT },
	{ "key", required_argument, NULL, OPT_KEY },
	{ "witness", required_argument, NULL, OPT_WITNESS },
	{ "name", required_argument, NULL, OPT_NAME },
	{ "state", required_argument, NULL, OPT_STATE },
	{ "log", required_argument, NULL, OPT_LOG },
	{ "from", required_argument, NULL, OPT_FROM },
	{ "by", required_argument, NULL, OPT_BY },
	{ "config", required_argument, NULL, OPT_CONFIG },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static int set(struct ledger_options *o, int opt)
{
	switch (opt) {
	case OPT_CHECKPOINT: o->checkpoint = optarg; return 0;
	case OPT_KEY: o->key = optarg; return 0;
	case OPT_NAME: o->name = optarg; return 0;
	case OPT_STATE: o->state = optarg; return 0;
	case OPT_LOG: o->log = optarg; return 0;
	case OPT_FROM: o->from = optarg; return 0;
	case OPT_BY: o->by = optarg; return 0;
	case OPT_CONFIG: o->config = optarg; return 0;
	case OPT_JSON: o->json = true; return 0;
	case OPT_WITNESS:
		if (o->n_witnesses == LEDGER_WITNESSES)
			return EXIT_USAGE + 1;
		o->witnesses[o->n_witnesses++] = optarg;
		return 0;
	case 'h': fputs(usage, stdout); return 1;
	default: fputs(usage, stderr); return EXIT_USAGE + 1;
	}
}

static int read_options(struct ledger_options *o, int argc, char **argv)
{
	int opt, status = 0;

	optind = 1;
	while (!status && (opt = getopt_long(argc, argv, "h", known, NULL)) != -1)
		status = set(o, opt);
	for (; !status && optind < argc; optind++) {
		if (o->n_words == sizeof o->words / sizeof *o->words) {
			fprintf(stderr, "heimamt: \"%s\" is one word too many.\n",
				argv[optind]);
			return EXIT_USAGE + 1;
		}
		o->words[o->n_words++] = argv[optind];
	}
	return status;
}

int command_ledger(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(const struct ledger_options *o);
	} commands[] = {
		{ "verify", ledger_verify },
		{ "prove", ledger_prove },
		{ "witness", ledger_witness },
		{ "acknowledge", ledger_acknowledge },
		{ "key", ledger_key },
	};
	const char *name = argc > 1 ? argv[1] : "";
	struct ledger_options o = { 0 };

	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		if (strcmp(name, commands[i].name) != 0)
			continue;
		int status = read_options(&o, argc - 1, argv + 1);

		bool needs_file = commands[i].run != ledger_acknowledge;

		if (!status && needs_file == (o.n_words > 0))
			return commands[i].run(&o);
		if (!status)
			fputs(usage, stderr);
		return status ? status - 1 : EXIT_USAGE;
	}
	bool help = strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0;

	fputs(usage, help ? stdout : stderr);
	return help ? 0 : EXIT_USAGE;
}

int ledger_say(const char *path, int err)
{
	if (err)
		fprintf(stderr, "%s: cannot be read: %s.\n", path, strerror(err));
	return err ? 1 : 0;
}

int ledger_parse_note(struct ledger_note *out, const char *path, struct slice bytes)
{
	if (bytes.n > sizeof out->bytes) {
		fprintf(stderr, "%s: is longer than a checkpoint can be.\n", path);
		return LEDGER_BAD;
	}
	memcpy(out->bytes, bytes.p, bytes.n);
	out->n = bytes.n;
	if (note_read(&out->note, slice_of(out->bytes, out->n)) ||
		checkpoint_read(&out->checkpoint, out->note.text)) {
		fprintf(stderr, "%s: holds no signed checkpoint.\n", path);
		return LEDGER_BAD;
	}
	return 0;
}

int ledger_read_note(struct ledger_note *out, const char *path)
{
	char bytes[NOTE_MAX];
	size_t n;
	int err = ledger_read_text(path, bytes, sizeof bytes, &n);

	return err ? ledger_say(path, err)
		   : ledger_parse_note(out, path, slice_of(bytes, n));
}

int ledger_read_key(
	struct note_key *out, const struct ledger_sha256 *sha, const char *text)
{
	if (!note_key_read(out, sha, slice_str(text)))
		return 0;
	fprintf(stderr,
		"heimamt: \"%s\" is no public key such as \"name+1a2b3c4d+A...\"; "
		"heimamt ledger key prints one.\n",
		text);
	return EXIT_USAGE;
}

bool ledger_is_signed(const struct note *note, const struct note_key *key)
{
	const struct note_signature *s = note_find(note, key);
	char bytes[NOTE_MAX + 64];
	struct wbuf w = wbuf_of(bytes, sizeof bytes);

	if (!s)
		return false;
	if (key->type == NOTE_LOG)
		return s->n == NOTE_SIGNATURE &&
			signer_verify(key->key, note->text, s->bytes);
	note_cosigned(&w, note->text, be64_get(s->bytes));
	return s->n == NOTE_COSIGNATURE && !w.full &&
		signer_verify(key->key, wbuf_slice_of(&w), s->bytes + 8);
}

void ledger_root_text(
	const struct ledger_hash *root, char out[BASE64_SIZE(LEDGER_HASH) + 1])
{
	struct wbuf w = wbuf_of(out, BASE64_SIZE(LEDGER_HASH) + 1);

	base64_write(&w, BASE64_PADDED, slice_of(root->b, LEDGER_HASH));
	wbuf_u8(&w, 0);
}

int ledger_key(const struct ledger_options *o)
{
	struct ledger_sha256 sha = { 0 };
	struct signer *s = NULL;
	uint8_t public[NOTE_KEY];
	char text[NOTE_VKEY_MAX];
	struct note_key key;
	int err = signer_sha256_open(&sha);

	if (!o->name) {
		fputs("heimamt: --name says whose key it is, such as post.example/1.\n",
			stderr);
		signer_sha256_close(&sha);
		return EXIT_USAGE;
	}
	if (!err)
		err = signer_open(&s, o->words[0], false);
	if (!err) {
		signer_public(s, public);
		err = note_key_set(&key, &sha, o->name,
			o->n_words > 1 && strcmp(o->words[1], "witness") == 0
				? NOTE_WITNESS
				: NOTE_LOG,
			public);
	}
	if (!err) {
		note_key_write(&key, text);
		puts(text);
	}
	signer_close(s);
	signer_sha256_close(&sha);
	return ledger_say(o->words[0], err);
}
