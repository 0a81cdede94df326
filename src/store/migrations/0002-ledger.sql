-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Where the ledger has the entry about something; the entry itself is in the ledger's files.
CREATE TABLE ledger_entry (
	ref     INTEGER NOT NULL,
	segment INTEGER NOT NULL,
	entry   INTEGER NOT NULL,
	PRIMARY KEY (ref, segment, entry)
) STRICT, WITHOUT ROWID;
