/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* sheet -- see sheet.h. */
#include "paper/sheet.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "core/ledger/quote.h"

/* Points, A4 (ISO 216: 210 by 297 mm). */
#define WIDTH   595.276F
#define HEIGHT  841.89F
#define SIDE    60.0F
#define TOP     64.0F
#define FOOT    72.0F
#define COLUMN  150.0F /* of a row's label */
#define HANGING 24.0F
#define PADDING 10.0F
#define PATH    1024
/* Characters of an exact line: 0.602 em each (DejaVu Sans Mono), of 475 points. */
#define EXACT_WIDTH 120

static const struct {
	const char *file;
	float size, leading, after; /* after: below a paragraph */
	float grey; /* 0: black */
} styles[SHEET_STYLES] = {
	[SHEET_TITLE] = { "DejaVuSans-Bold", 19, 25, 6, 0.08F },
	[SHEET_HEADING] = { "DejaVuSans-Bold", 12, 17, 5, 0.08F },
	[SHEET_BODY] = { "DejaVuSans", 9.5F, 14, 4, 0.08F },
	[SHEET_QUIET] = { "DejaVuSans", 8, 11.5F, 4, 0.35F },
	[SHEET_EXACT] = { "DejaVuSansMono", 6.5F, 8.6F, 0, 0.15F },
};

static void fail(struct sheet *s, int err)
{
	if (!s->err)
		s->err = err;
}

static void load(struct sheet *s, const char *fonts, enum sheet_style style)
{
	char path[PATH];
	int err = text_format(path, sizeof path, "%s/%s.ttf", fonts, styles[style].file);
	const char *name;

	if (!err && access(path, R_OK))
		err = ENOENT;
	if (err) {
		fail(s, err);
		return;
	}
	/* a font that is there already gives its name again, with an error */
	for (unsigned i = 0; i < style; i++)
		if (strcmp(styles[i].file, styles[style].file) == 0) {
			s->font[style] = s->font[i];
			return;
		}
	name = HPDF_LoadTTFontFromFile(s->doc, path, HPDF_TRUE);
	s->font[style] = name ? HPDF_GetFont(s->doc, name, "UTF-8") : NULL;
	if (!s->font[style])
		fail(s, EIO);
}

void sheet_begin(struct sheet *s, const char *fonts, const char *title)
{
	*s = (struct sheet){ .doc = HPDF_New(NULL, NULL) };
	if (!s->doc) {
		s->err = ENOMEM;
		return;
	}
	(void)HPDF_UseUTFEncodings(s->doc);
	(void)HPDF_SetCompressionMode(s->doc, HPDF_COMP_ALL);
	(void)HPDF_SetInfoAttr(s->doc, HPDF_INFO_TITLE, title);
	for (unsigned i = 0; !s->err && i < SHEET_STYLES; i++)
		load(s, fonts, (enum sheet_style)i);
	sheet_page(s);
}

void sheet_page(struct sheet *s)
{
	HPDF_Page page;

	if (s->err)
		return;
	if (s->n == SHEET_PAGES) {
		fail(s, EFBIG);
		return;
	}
	page = HPDF_AddPage(s->doc);
	if (!page) {
		fail(s, ENOMEM);
		return;
	}
	(void)HPDF_Page_SetWidth(page, WIDTH);
	(void)HPDF_Page_SetHeight(page, HEIGHT);
	s->pages[s->n++] = page;
	s->y = HEIGHT - TOP;
}

static void need(struct sheet *s, float points)
{
	if (!s->err && s->y - points < FOOT)
		sheet_page(s);
}

void sheet_gap(struct sheet *s, float points)
{
	s->y -= points;
}

static void put_at(struct sheet *s, size_t page, enum sheet_style style, float x, float y,
	const char *t)
{
	HPDF_Page p = s->pages[page];

	(void)HPDF_Page_SetGrayFill(p, styles[style].grey);
	(void)HPDF_Page_BeginText(p);
	(void)HPDF_Page_SetFontAndSize(p, s->font[style], styles[style].size);
	(void)HPDF_Page_TextOut(p, x, y, t);
	(void)HPDF_Page_EndText(p);
}

/* One line at the top of what is free. */
static void put_line(struct sheet *s, enum sheet_style style, float x, const char *t)
{
	need(s, styles[style].leading);
	if (s->err)
		return;
	/* 0.8: from a line's top to its foot, with these fonts */
	put_at(s, s->n - 1, style, x,
		s->y - styles[style].size * 0.8F -
			(styles[style].leading - styles[style].size) / 2,
		t);
	s->y -= styles[style].leading;
}

/* Bytes that fit into a line: to the last blank, or as many characters as do when a word is too long. */
static size_t fitting(const struct sheet *s, enum sheet_style style, const char *t,
	size_t n, float width)
{
	size_t fits = 0;

	for (int wraps = 1; !fits && wraps >= 0; wraps--)
		fits = HPDF_Font_MeasureText(s->font[style], (const HPDF_BYTE *)t,
			(HPDF_UINT)n, width, styles[style].size, 0, 0,
			wraps ? HPDF_TRUE : HPDF_FALSE, NULL);
	return fits ? fits : n;
}

/* The lines of a paragraph from x on; dry: none is put, they are only counted. */
static size_t put_lines(struct sheet *s, enum sheet_style style, float x, float width,
	struct slice t, bool dry)
{
	char line[512]; /* of at most 480 points: 150 characters */
	size_t lines = 0;

	while (!s->err && t.n) {
		size_t n = fitting(s, style, (const char *)t.p, t.n, width);

		if (n >= sizeof line)
			n = sizeof line - 1;
		(void)slice_copy(slice_of(t.p, n), line, sizeof line);
		t = slice_from(t, n);
		if (!dry)
			put_line(s, style, x, line);
		lines++;
	}
	return lines;
}

/* "12. " at a paragraph's beginning: its length, 0: none. */
static size_t number_of(struct slice t)
{
	size_t n = 0;

	while (n < t.n && n < 3 && t.p[n] >= '0' && t.p[n] <= '9')
		n++;
	return n && n + 1 < t.n && t.p[n] == '.' && t.p[n + 1] == ' ' ? n + 2 : 0;
}

static void put_paragraph(struct sheet *s, enum sheet_style style, struct slice t)
{
	size_t n = number_of(t);
	char number[8];

	need(s, 2 * styles[style].leading);
	if (n && !s->err && style == SHEET_BODY) {
		float y = s->y;
		size_t page = s->n;

		(void)slice_copy(slice_of(t.p, n), number, sizeof number);
		put_line(s, style, SIDE, number);
		if (s->n == page)
			s->y = y;
		put_lines(s, style, SIDE + HANGING, WIDTH - 2 * SIDE - HANGING,
			slice_from(t, n), false);
	} else {
		put_lines(s, style, SIDE, WIDTH - 2 * SIDE, t, false);
	}
	s->y -= styles[style].after;
}

void sheet_text(struct sheet *s, enum sheet_style style, const char *text)
{
	struct slice rest = slice_str(text);

	while (!s->err && rest.n) {
		struct slice t = slice_cut(&rest, '\n');

		if (t.n)
			put_paragraph(s, style, t);
		else
			sheet_gap(s, styles[style].after);
	}
}

void sheet_row(struct sheet *s, const char *label, const char *value)
{
	float y;

	need(s, styles[SHEET_BODY].leading);
	y = s->y;
	/* on the value's line, though it is smaller */
	s->y -= (styles[SHEET_BODY].leading - styles[SHEET_QUIET].leading) * 0.7F;
	put_line(s, SHEET_QUIET, SIDE, label);
	s->y = y;
	put_lines(s, SHEET_BODY, SIDE + COLUMN, WIDTH - 2 * SIDE - COLUMN,
		slice_str(value), false);
	s->y -= 1;
}

void sheet_frame(struct sheet *s, const char *text)
{
	const float width = WIDTH - 2 * SIDE - 2 * PADDING;
	float high = (float)put_lines(s, SHEET_BODY, 0, width, slice_str(text), true) *
			styles[SHEET_BODY].leading +
		2 * PADDING;

	need(s, high);
	if (s->err)
		return;
	HPDF_Page p = s->pages[s->n - 1];

	(void)HPDF_Page_SetGrayFill(p, 0.94F);
	(void)HPDF_Page_Rectangle(p, SIDE, s->y - high, WIDTH - 2 * SIDE, high);
	(void)HPDF_Page_Fill(p);
	(void)HPDF_Page_SetGrayFill(p, 0.25F);
	(void)HPDF_Page_Rectangle(p, SIDE, s->y - high, 3, high);
	(void)HPDF_Page_Fill(p);
	s->y -= PADDING;
	put_lines(s, SHEET_BODY, SIDE + PADDING, width, slice_str(text), false);
	s->y -= PADDING;
}

bool sheet_is_exact(const char *text)
{
	/* a mark and an end more for each line */
	size_t n = strlen(text), room = 5 * n + 8;
	char *page = malloc(room), *back = malloc(n + 2);
	struct wbuf p = wbuf_of(page, page ? room : 0),
		    b = wbuf_of(back, back ? n + 2 : 0);
	struct slice rest = slice_str(text);

	while (quote_next(&p, &rest, EXACT_WIDTH))
		wbuf_u8(&p, '\n');
	quote_read(&b, wbuf_slice_of(&p));
	bool same = !p.full && !b.full && slice_is(wbuf_slice_of(&b), text);

	free(page);
	free(back);
	return same;
}

void sheet_quote(struct sheet *s, struct slice text)
{
	char line[4 * EXACT_WIDTH + 1];

	while (!s->err && text.n) {
		struct wbuf w = wbuf_of(line, sizeof line - 1);

		(void)quote_next(&w, &text, EXACT_WIDTH);
		line[w.n] = 0;
		put_line(s, SHEET_EXACT, SIDE, line);
	}
}

static void put_feet(struct sheet *s, const char *foot)
{
	for (size_t i = 0; !s->err && i < s->n; i++) {
		char number[32];
		float wide;

		(void)text_format(number, sizeof number, "%zu / %zu", i + 1, s->n);
		wide = (float)HPDF_Font_TextWidth(s->font[SHEET_QUIET],
			       (const HPDF_BYTE *)number, (HPDF_UINT)strlen(number))
				.width *
			styles[SHEET_QUIET].size / 1000;
		put_at(s, i, SHEET_QUIET, SIDE, FOOT - 32, foot);
		put_at(s, i, SHEET_QUIET, WIDTH - SIDE - wide, FOOT - 32, number);
	}
}

static int save(struct sheet *s, uint8_t **pdf, size_t *n)
{
	HPDF_UINT32 size;
	uint8_t *p;

	if (HPDF_SaveToStream(s->doc) != HPDF_OK || HPDF_GetError(s->doc) != HPDF_NOERROR)
		return EIO;
	size = HPDF_GetStreamSize(s->doc);
	p = malloc(size + 1);
	if (!p)
		return ENOMEM;
	(void)HPDF_ResetStream(s->doc);
	HPDF_STATUS status = HPDF_ReadFromStream(s->doc, p, &size);

	if (status != HPDF_OK && status != HPDF_STREAM_EOF) {
		free(p);
		return EIO;
	}
	*pdf = p;
	*n = size;
	return 0;
}

int sheet_end(struct sheet *s, const char *foot, uint8_t **pdf, size_t *n)
{
	put_feet(s, foot);
	int err = s->err ? s->err : save(s, pdf, n);

	if (s->doc)
		HPDF_Free(s->doc);
	*s = (struct sheet){ .doc = NULL };
	return err;
}
