/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * paper -- the signed agreement as a PDF: the person's own copy, with all that is needed to check it again [RULES P2].
 *
 * It holds the text, its hash, both statements byte for byte, the keys and signatures, and the ledger's proofs, as
 * lines that can be read out of the file's text (core/ledger/quote.h); and the label of P2, in the language that was
 * signed.  The same input, in the same time zone, gives the same bytes.
 *
 * Costs: 30 to 100 ms, so not on the loop.  Memory: the caller's; the PDF on the heap.  Any thread.
 */
#ifndef PAPER_PAPER_H
#define PAPER_PAPER_H

#include <stddef.h>
#include <stdint.h>

#include "core/home/statement.h"

#define PAPER_PROOFS 2 /* of the signature, and of the countersignature */

/* All borrowed. */
struct paper {
	const char *name; /* of the person */
	struct home_statement statement; /* what was signed */
	bool is_material;
	int64_t effective_ms, signed_ms; /* since 1970 */
	const char *text; /* UTF-8: the bytes that the hash is of */
	const uint8_t *key; /* the device's: 65 bytes */
	const uint8_t *signature; /* 64 bytes */
	const uint8_t *house_key; /* Ed25519: 32 bytes */
	const uint8_t *countersignature; /* 64 bytes; NULL: the house has not */
	const char *ledger_key; /* as `heimamt ledger key` prints it */
	const char
		*proofs[PAPER_PROOFS]; /* c2sp.org/tlog-proof; NULL: not in the ledger */
};

/* fonts: see sheet.h, and the errors there. */
int paper_write(const struct paper *p, const char *fonts, uint8_t **pdf, size_t *n);

#endif
