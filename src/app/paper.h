/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * paper -- an agent's own copy of what it signed, out of the records and the ledger's files; for pages and commands.
 *
 * Costs: a segment of the ledger is read twice, and a PDF is made: not on the loop.  Any thread.
 */
#ifndef APP_PAPER_H
#define APP_PAPER_H

#include "store/signed.h"
#include "store/signer.h"

#define APP_PATH_MAX 1024

/* The house, as it stands on a paper. */
struct app_paper {
	char ledger[APP_PATH_MAX]; /* the folder of its segments */
	char fonts[APP_PATH_MAX]; /* the folder: paper/sheet.h */
	char name[NOTE_NAME_MAX]; /* of the ledger, without a segment's number */
	uint8_t key[NOTE_KEY]; /* the house's, Ed25519 */
};

/* *pdf on the heap. What the ledger has not, or has erased, is missing on the paper, which says so. The errors of
 * paper_write(), and what reading the ledger says. */
int app_paper_make(const struct app_paper *house, const struct signed_copy *c,
	uint8_t **pdf, size_t *n);

#endif
