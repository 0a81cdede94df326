/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * quote -- exact lines on paper: written so that they can be read again out of the text of a page.
 *
 * Each line begins with "> "; one that is too long goes on in the next and has a backslash at its end.  Whatever else
 * stands between them (headings, page numbers) is passed over, and so are blanks at either end and a form feed.  So
 * what is quoted has no blanks at the ends of its lines, and no backslash at an end: true of statements, proofs and
 * checkpoints.  Hostile input: bounded by the buffer.  Pure; any thread.
 */
#ifndef CORE_LEDGER_QUOTE_H
#define CORE_LEDGER_QUOTE_H

#include "base/slice.h"

#define QUOTE_MIN 8 /* characters of a line, at least */

/* Writes the next line on paper, of at most `width` characters (QUOTE_MIN at least), without its end; *text is what
 * follows then. False: nothing did. */
bool quote_next(struct wbuf *w, struct slice *text, size_t width);
/* All quoted lines of a page's text, whole again, each with LF. w full: they are longer. */
void quote_read(struct wbuf *w, struct slice page);

#endif
