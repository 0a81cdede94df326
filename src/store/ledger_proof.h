/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * ledger_proof -- the proof that an entry stands in the ledger, as a text (c2sp.org/tlog-proof): the entry opened, its
 * number, the path to the root, the signed checkpoint.
 *
 * From the ledger's files, which may be written to meanwhile: the checkpoint is read first, and what is behind it does
 * not count.  Any thread.
 */
#ifndef STORE_LEDGER_PROOF_H
#define STORE_LEDGER_PROOF_H

#include "base/base64.h"
#include "store/ledger_read.h"

#define LEDGER_PROOF_NAME "c2sp.org/tlog-proof@v1" /* the first line of such a text */
/* Its entry in base64, a path and a checkpoint. */
#define LEDGER_PROOF_MAX (2 * LEDGER_ENTRY_MAX)

/* r: with nodes, and with the root of the checkpoint's size. note: the checkpoint as it is signed. ENOENT: the
 * checkpoint knows no such entry; EBADMSG: the segment does not agree with it; ENODATA: the entry was erased;
 * ENOBUFS. */
int ledger_proof_write(struct wbuf *w, struct ledger_read *r, const struct checkpoint *c,
	struct slice note, uint64_t index);
/* The same of a segment in this folder, on the heap with a NUL. And what reading says. */
int ledger_proof_read(char **out, const char *dir, uint32_t segment, uint64_t index);
/* The path's lines and the empty one that ends them. */
void ledger_path_write(struct wbuf *w, const struct ledger_proof *proof);

#endif
