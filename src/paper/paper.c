/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* paper -- see paper.h. */
#include "paper/paper.h"

#include <string.h>
#include <time.h>

#include "base/text.h"
#include "paper/sheet.h"
#include "paper/words.h"

#define HEX_OF(n) (2 * (n) + 1)

/* "01.03.2027, 14:05:09 (UTC+0100)", of the house's own clock. */
static void date_of(char out[48], int64_t ms)
{
	time_t s = (time_t)(ms / 1000);
	struct tm tm;

	*out = 0;
	if (localtime_r(&s, &tm))
		(void)strftime(out, 48, "%d.%m.%Y, %H:%M:%S (UTC%z)", &tm);
}

static void put_head(struct sheet *s, const struct paper *p, const struct paper_words *w)
{
	char line[96], date[48];

	sheet_text(s, SHEET_TITLE, w->title);
	(void)text_format(line, sizeof line, "%s %u", w->version, p->statement.version);
	sheet_text(s, SHEET_HEADING, line);
	sheet_gap(s, 6);
	sheet_row(s, w->person, p->name);
	date_of(date, p->effective_ms);
	sheet_row(s, w->effective, date);
	date_of(date, p->signed_ms);
	sheet_row(s, w->signed_on, date);
	sheet_row(s, w->house,
		p->countersignature ? w->countersigned : w->not_countersigned);
	sheet_gap(s, 8);
	sheet_frame(s, home_label(p->statement.language)); /* P2, P3 */
	sheet_gap(s, 14);
}

/* Its first line is its heading. */
static void put_text(struct sheet *s, const char *text)
{
	char first[256];
	size_t n = strcspn(text, "\n");

	if (n && !slice_copy(slice_of(text, n), first, sizeof first)) {
		sheet_text(s, SHEET_HEADING, first);
		text += n;
	}
	sheet_text(s, SHEET_BODY, text);
}

static void put_part(struct sheet *s, const char *heading, const char *about)
{
	sheet_gap(s, 12);
	sheet_text(s, SHEET_HEADING, heading);
	sheet_text(s, SHEET_QUIET, about);
}

/* The bytes that are hashed; said to be elsewhere where paper cannot give them back, as blanks at a line's end. */
static void put_exact(struct sheet *s, const char *text, const struct paper_words *w)
{
	bool is_exact = sheet_is_exact(text);

	put_part(s, w->text, is_exact ? w->text_about : w->text_elsewhere);
	if (is_exact)
		sheet_quote(s, slice_str(text));
}

static void quote_line(struct sheet *s, const char *name, const uint8_t *bytes, size_t n)
{
	char line[32 + HEX_OF(65)], hex[HEX_OF(65)];

	text_hex(hex, sizeof hex, bytes, n);
	(void)text_format(line, sizeof line, "%s: %s\n", name, hex);
	sheet_quote(s, slice_str(line));
}

static void put_statements(
	struct sheet *s, const struct paper *p, const struct paper_words *w)
{
	char text[HOME_COUNTER_MAX];

	put_part(s, w->statement, w->statement_about);
	(void)home_statement_write(text, &p->statement);
	sheet_quote(s, slice_str(text));
	quote_line(s, "public-key", p->key, 65);
	quote_line(s, "signature", p->signature, 64);
	if (!p->countersignature)
		return;
	put_part(s, w->counter, w->counter_about);
	(void)home_counter_write(text, &p->statement, p->key, p->signature, p->signed_ms);
	sheet_quote(s, slice_str(text));
	quote_line(s, "house-key", p->house_key, 32);
	quote_line(s, "countersignature", p->countersignature, 64);
}

static void put_proofs(
	struct sheet *s, const struct paper *p, const struct paper_words *w)
{
	char key[256];

	put_part(s, w->ledger, p->proofs[0] ? w->ledger_about : w->no_ledger);
	if (p->proofs[0]) {
		sheet_text(s, SHEET_EXACT,
			"pdftotext -layout FILE.pdf TEXT && heimamt ledger verify TEXT "
			"--key KEY");
		sheet_gap(s, 6);
		(void)text_format(key, sizeof key, "ledger-key: %s\n", p->ledger_key);
		sheet_quote(s, slice_str(key));
		sheet_gap(s, 8);
	}
	for (size_t i = 0; i < PAPER_PROOFS; i++)
		if (p->proofs[i]) {
			sheet_quote(s, slice_str(p->proofs[i]));
			sheet_gap(s, 8);
		}
}

int paper_write(const struct paper *p, const char *fonts, uint8_t **pdf, size_t *n)
{
	const struct paper_words *w = paper_words(p->statement.language);
	char title[96], hash[HEX_OF(HOME_HASH)], foot[160];
	struct sheet s;

	(void)text_format(title, sizeof title, "%s %u", w->file, p->statement.version);
	text_hex(hash, sizeof hash, p->statement.hash, HOME_HASH);
	(void)text_format(foot, sizeof foot, "SHA-256 %s", hash);
	sheet_begin(&s, fonts, title);
	put_head(&s, p, w);
	put_text(&s, p->text);
	sheet_page(&s);
	sheet_text(&s, SHEET_TITLE, w->evidence);
	sheet_text(&s, SHEET_BODY, w->about);
	sheet_text(&s, SHEET_BODY, w->since);
	put_exact(&s, p->text, w);
	put_statements(&s, p, w);
	put_proofs(&s, p, w);
	return sheet_end(&s, foot, pdf, n);
}
