/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * ledger_file -- the house's ledger: segments in a folder, written to the end of the last one.
 *
 * DIR/ledger-000001 is a segment (core/ledger/entry.h), DIR/ledger-000001.checkpoint its signed head.  Folder and
 * files are the operator's alone (0700, 0600).  Entries count when ledger_file_sync() has returned: the file is on
 * disk then, and a checkpoint signed over it.
 *
 * At the start every segment is read and checked.  What a crash left half written behind the last checkpoint is cut
 * off.  A segment that is damaged stays as it is, and another begins whose first entry names the damage, so that
 * work goes on; until an officer acknowledges it (an entry too) the damage is told.
 *
 * Costs: an entry three hashes and one write; a sync two fsyncs, a signature and a rename, so many entries share
 * one.  Thread: one, the records' writer.
 */
#ifndef STORE_LEDGER_FILE_H
#define STORE_LEDGER_FILE_H

#include "core/ledger/entry.h"
#include "store/signer.h"

struct ledger_file;

struct ledger_file_config {
	const char *dir; /* made where it is missing */
	const char *
		origin; /* the ledger's name, such as "post.example/heimamt"; a segment's number follows it */
	const struct signer *signer; /* borrowed */
};

/* Opens, checks, begins what is missing; now_ms since 1970. EINVAL: the origin is no name for a key; EACCES, ENOMEM,
 * EIO and what the file system says. */
int ledger_file_open(
	struct ledger_file **out, const struct ledger_file_config *cfg, int64_t now_ms);
void ledger_file_close(
	struct ledger_file *lf); /* NULL allowed; what was not synced may be lost */

/* Appends; *index is its number in this segment. EMSGSIZE: longer than LEDGER_TEXT_MAX; else what writing says, and
 * nothing was appended. */
int ledger_file_put(struct ledger_file *lf, enum ledger_kind kind, int64_t now_ms,
	struct slice text, uint64_t *index);
/* What was put counts from now on. When it fails: undo, and put it again later. */
int ledger_file_sync(struct ledger_file *lf);
/* What was put since the last sync was not. */
void ledger_file_undo(struct ledger_file *lf);
/* The text of the last entry of that kind, at most LEDGER_LAST_MAX with NUL; "": none, or longer. Borrowed. */
#define LEDGER_LAST_MAX 256
const char *ledger_file_configuration(const struct ledger_file *lf);
/* Destroys salt and text of these entries of a segment, in ascending order, and of what a crash left of them twice, and
 * appends that it did; those that are gone already stay so. *done: how many from the first on are; the rest are not
 * in the file, or behind a damage of it. ENOENT: no such segment; what reading and writing says, and then it may be
 * done again. */
int ledger_file_erase(struct ledger_file *lf, uint32_t segment, const uint64_t *entries,
	size_t n, int64_t now_ms, size_t *done);

struct ledger_file_info {
	uint32_t segment;
	uint64_t size;
	struct ledger_hash root;
	/* The oldest damage that nobody acknowledged; segment 0: none. */
	struct {
		uint32_t segment;
		uint64_t first_bad; /* entry */
		bool is_rewritten; /* each entry is good, but they are not those of its checkpoint */
	} damage;
};
void ledger_file_info(const struct ledger_file *lf, struct ledger_file_info *out);
/* Somebody who may has seen the damage. ENOENT: that segment has none. */
int ledger_file_acknowledge(
	struct ledger_file *lf, uint32_t segment, int64_t now_ms, const char *who);

#endif
