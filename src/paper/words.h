/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* words -- what a paper says around the text, in four languages.  No state. */
#ifndef PAPER_WORDS_H
#define PAPER_WORDS_H

#include "core/home/agreement.h"

struct paper_words {
	const char *file; /* the PDF's title, in ASCII; the version's number follows */
	const char *title, *version;
	const char *person, *effective, *signed_on, *house, *countersigned,
		*not_countersigned;
	const char *evidence, *about, *since;
	const char *text, *text_about, *text_elsewhere;
	const char *statement, *statement_about;
	const char *counter, *counter_about;
	const char *ledger, *ledger_about, *no_ledger;
};

const struct paper_words *paper_words(enum home_language language);

#endif
