/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * snapshot -- the records as they were at one moment, copied into a file of their own while the centre goes on.
 *
 * At the moment nobody writes: the copy's own lock keeps the writer waiting while `frozen` runs.  So what it copies
 * is what belongs to these very records; above all the ledger, whose entries are written within the writer's
 * transactions.  Then the writer goes on, and the pages of that moment are copied from a read transaction.
 *
 * Costs: calls are recorded later by what `frozen` takes (the writer waits for STORE_BUSY_MS and tries again; records
 * wait in memory meanwhile), and the write-ahead log grows until the copy is done.
 * Thread: any; nothing is shared with a store that is open.
 */
#ifndef STORE_SNAPSHOT_H
#define STORE_SNAPSHOT_H

#include <stdint.h>

struct snapshot_config {
	const char *from; /* the database, in use or not */
	const char *to; /* must not be there; mode 0600 */
	/* at the moment: 0, or an errno that ends it all; NULL: nothing else belongs to it. Short. */
	int (*frozen)(void *arg);
	/* now and then; NULL: nobody wants to know */
	void (*progress)(void *arg, uint64_t done, uint64_t all);
	void *arg;
};

struct snapshot_info {
	int64_t at_ms; /* the moment; wall clock */
	int64_t schema; /* migrations that are in */
	int64_t calls, open_calls; /* open: without an end */
};

/* ENOENT: there are no records; EPROTO: not ours, or newer than this program; EBUSY: somebody held the lock; EEXIST;
 * EIO, ENOSPC, ENOMEM; what `frozen` said. On failure `to` is gone. */
int snapshot_take(struct snapshot_info *out, const struct snapshot_config *cfg);

/* Reads every page of a database that nobody has open, and changes nothing. EBADMSG: it is damaged; EPROTO; ENOENT. */
int snapshot_check(struct snapshot_info *out, const char *path);

/* The newest schema that this program knows. */
int64_t snapshot_schema(void);

/* Before restored records are used: the next control's epoch is above that of any process since they were copied, for
 * relays that still run refuse an older one. */
int snapshot_revive(const char *path);
#define SNAPSHOT_EPOCHS 65536 /* starts of a control since: one a minute for 45 days */

#endif
