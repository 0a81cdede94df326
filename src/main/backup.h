/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * backup -- what heimamt backup and heimamt restore share: reading a backup as a whole.
 *
 * A backup is a folder: state/ as the state folder has it, config/ as the configuration's folder has it, and
 * manifest.json.  What is in it and in which order it is taken: docs/running.md.
 */
#ifndef MAIN_BACKUP_H
#define MAIN_BACKUP_H

#include "main/copy.h"
#include "main/manifest.h"
#include "main/progress.h"

#define BACKUP_RECORDS       MANIFEST_STATE "heimamt.db"
#define BACKUP_CONFIGURATION MANIFEST_CONFIG "heimamt.conf"

/* Reads each file of the backup and the records in it; says what is wrong. ENOENT, EBADMSG, EPROTO, EIO. */
int backup_verify(struct manifest *out, const char *folder, bool shows_progress);

/* A copy_job's progress; arg is a struct progress. */
void backup_tell_copy(void *arg, uint64_t bytes);

/* {"folder":...} of the backup that it is, for programs; or a sentence. what: "taken", "good", "restored". */
int backup_tell(const struct manifest *m, const char *what, const char *folder,
	const struct options *o);

#endif
