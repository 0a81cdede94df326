/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* note -- see note.h. */
#include "core/ledger/note.h"

#include <errno.h>
#include <string.h>

#include "base/base64.h"
#include "base/text.h"

#define DASH "\xE2\x80\x94 " /* an em dash and a blank: how a signature's line begins */

static bool is_name(const char *name)
{
	return *name && !strpbrk(name, " \t+") && text_is_clean_utf8(name);
}

int note_key_set(struct note_key *out, const struct ledger_sha256 *sha, const char *name,
	enum note_type type, const uint8_t key[NOTE_KEY])
{
	const uint8_t kind[] = { '\n', (uint8_t)type };
	const struct slice parts[] = { slice_str(name), { kind, 2 }, { key, NOTE_KEY } };
	struct note_key k = { .type = type };
	struct ledger_hash h;

	if (!is_name(name))
		return EINVAL;
	int err = text_copy(k.name, sizeof k.name, name);

	if (err)
		return err;
	memcpy(k.key, key, NOTE_KEY);
	sha->hash(sha->arg, parts, 3, &h);
	k.id = be32_get(h.b);
	*out = k;
	return 0;
}

void note_key_write(const struct note_key *key, char out[NOTE_VKEY_MAX])
{
	uint8_t bytes[1 + NOTE_KEY] = { (uint8_t)key->type };
	struct wbuf w = wbuf_of(out, NOTE_VKEY_MAX);

	memcpy(bytes + 1, key->key, NOTE_KEY);
	wbuf_printf(&w, "%s+%08x+", key->name, (unsigned)key->id);
	base64_write(&w, BASE64_PADDED, slice_of(bytes, sizeof bytes));
	wbuf_u8(&w, 0);
}

static bool read_id(struct slice text, uint32_t *id)
{
	char hex[9];
	uint8_t b[4];

	if (text.n != 8 || slice_copy(text, hex, sizeof hex) || text_unhex(b, 4, hex))
		return false;
	*id = be32_get(b);
	return true;
}

int note_key_read(
	struct note_key *out, const struct ledger_sha256 *sha, struct slice text)
{
	struct slice name = slice_cut(&text, '+'), id = slice_cut(&text, '+');
	uint8_t bytes[1 + NOTE_KEY];
	char word[NOTE_NAME_MAX];
	struct note_key k;
	uint32_t said;
	size_t n;

	if (slice_copy(name, word, sizeof word) || !read_id(id, &said) ||
		base64_read(bytes, sizeof bytes, &n, BASE64_PADDED, text) ||
		n != sizeof bytes || (bytes[0] != NOTE_LOG && bytes[0] != NOTE_WITNESS))
		return EINVAL;
	if (note_key_set(&k, sha, word, bytes[0], bytes + 1) || k.id != said)
		return EINVAL;
	*out = k;
	return 0;
}

/* "— name base64(id, signature)". */
static bool read_signature(struct note_signature *out, struct slice line)
{
	uint8_t bytes[4 + NOTE_COSIGNATURE];
	size_t n, dash = sizeof DASH - 1;

	if (line.n < dash || memcmp(line.p, DASH, dash) != 0)
		return false;
	struct slice rest = slice_from(line, dash);

	out->name = slice_cut(&rest, ' ');
	if (!out->name.n || out->name.n >= NOTE_NAME_MAX)
		return false;
	if (base64_read(bytes, sizeof bytes, &n, BASE64_PADDED, rest) || n <= 4)
		return false;
	out->id = be32_get(bytes);
	out->n = n - 4;
	memcpy(out->bytes, bytes + 4, out->n);
	return true;
}

/* Where the last empty line is: the text before it may have some of its own. */
static bool split(struct slice bytes, struct slice *text, struct slice *lines)
{
	for (size_t i = bytes.n; i-- > 1;) {
		if (bytes.p[i] != '\n' || bytes.p[i - 1] != '\n')
			continue;
		*text = slice_of(bytes.p, i);
		*lines = slice_from(bytes, i + 1);
		return true;
	}
	return false;
}

static bool has_foreign_bytes(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((s.p[i] < 0x20 && s.p[i] != '\n') || s.p[i] == 0x7F)
			return true;
	return false;
}

int note_read(struct note *out, struct slice bytes)
{
	struct slice lines;

	out->n = 0;
	if (!bytes.n || bytes.n > NOTE_MAX || bytes.p[bytes.n - 1] != '\n' ||
		has_foreign_bytes(bytes) || !split(bytes, &out->text, &lines) || !lines.n)
		return EBADMSG;
	while (lines.n) {
		if (out->n == NOTE_SIGNATURES_MAX ||
			!read_signature(
				&out->signatures[out->n], slice_cut(&lines, '\n')))
			return EBADMSG;
		out->n++;
	}
	return 0;
}

const struct note_signature *note_find(
	const struct note *note, const struct note_key *key)
{
	for (size_t i = 0; i < note->n; i++)
		if (note->signatures[i].id == key->id &&
			slice_is(note->signatures[i].name, key->name))
			return &note->signatures[i];
	return NULL;
}

void note_sign(struct wbuf *w, const struct note_key *key, const uint8_t *signature)
{
	size_t n = key->type == NOTE_WITNESS ? NOTE_COSIGNATURE : NOTE_SIGNATURE;
	uint8_t bytes[4 + NOTE_COSIGNATURE];

	be32_put(bytes, key->id);
	memcpy(bytes + 4, signature, n);
	wbuf_printf(w, DASH "%s ", key->name);
	base64_write(w, BASE64_PADDED, slice_of(bytes, 4 + n));
	wbuf_u8(w, '\n');
}

void note_cosigned(struct wbuf *w, struct slice text, uint64_t at_s)
{
	wbuf_printf(w, "cosignature/v1\ntime %llu\n", (unsigned long long)at_s);
	wbuf_slice(w, text);
}

void checkpoint_write(struct wbuf *w, const struct checkpoint *c)
{
	wbuf_printf(w, "%s\n%llu\n", c->origin, (unsigned long long)c->size);
	base64_write(w, BASE64_PADDED, slice_of(c->root.b, LEDGER_HASH));
	wbuf_u8(w, '\n');
}

/* One way to write each number: no zero before it. */
static bool read_size(struct slice s, uint64_t *out)
{
	return !(s.n > 1 && s.p[0] == '0') && slice_u64(s, LEDGER_MAX, out);
}

int checkpoint_read(struct checkpoint *out, struct slice text)
{
	struct checkpoint c = { .size = 0 };
	size_t n;

	if (!text.n || text.n > NOTE_MAX || text.p[text.n - 1] != '\n')
		return EBADMSG;
	struct slice origin = slice_cut(&text, '\n'), size = slice_cut(&text, '\n'),
		     root = slice_cut(&text, '\n');

	if (!origin.n || slice_copy(origin, c.origin, sizeof c.origin) ||
		!read_size(size, &c.size) ||
		base64_read(c.root.b, LEDGER_HASH, &n, BASE64_PADDED, root) ||
		n != LEDGER_HASH)
		return EBADMSG;
	*out = c;
	return 0;
}
