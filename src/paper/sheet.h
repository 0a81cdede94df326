/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * sheet -- text on A4 pages, as a PDF: paragraphs, rows of a label and a value, exact lines; libharu beneath.
 *
 * It writes from the top down and begins a page where one is full.  The same calls give the same bytes: no clock and
 * no name of a machine goes in.  Fonts are embedded, as much of them as is used.  What fails is kept, every later call does
 * nothing, and sheet_end() says it.
 *
 * Costs: the three fonts are read (1.8 MB); a page some milliseconds.  At most SHEET_PAGES pages.
 * Memory: struct sheet is the caller's; sheet_end() releases what it holds.  Thread: any, one at a time.
 */
#ifndef PAPER_SHEET_H
#define PAPER_SHEET_H

#include <hpdf.h>
#include <stdbool.h>

#include "base/slice.h"

#define SHEET_PAGES 64 /* the longest text twice, and its proofs, need 40 */

enum sheet_style {
	SHEET_TITLE,
	SHEET_HEADING,
	SHEET_BODY,
	SHEET_QUIET,
	SHEET_EXACT,
	SHEET_STYLES,
};

struct sheet {
	HPDF_Doc doc;
	HPDF_Font font[SHEET_STYLES];
	HPDF_Page pages[SHEET_PAGES];
	size_t n;
	float y; /* of the next line's top, from the page's foot, in points */
	int err; /* the first that happened */
};

/* fonts: the folder with DejaVuSans.ttf, DejaVuSans-Bold.ttf and DejaVuSansMono.ttf. */
void sheet_begin(struct sheet *s, const char *fonts, const char *title);
/* A paragraph for each line of a text in UTF-8; "12. " at its beginning stands out to the left. */
void sheet_text(struct sheet *s, enum sheet_style style, const char *text);
/* A label, and what it says beside it. */
void sheet_row(struct sheet *s, const char *label, const char *value);
/* A text that stands in a frame: what must not be overlooked. */
void sheet_frame(struct sheet *s, const char *text);
/* Exact lines: core/ledger/quote.h. */
void sheet_quote(struct sheet *s, struct slice text);
/* Are these lines the same when they are read again? False also without memory. */
bool sheet_is_exact(const char *text);
void sheet_gap(struct sheet *s, float points);
void sheet_page(struct sheet *s);

/* At the foot of each page: `foot` on the left, "3 / 7" on the right. *pdf: on the heap, *n bytes. ENOENT: a font is
 * missing; EFBIG: more than SHEET_PAGES pages; ENOMEM; EIO. */
int sheet_end(struct sheet *s, const char *foot, uint8_t **pdf, size_t *n);

#endif
