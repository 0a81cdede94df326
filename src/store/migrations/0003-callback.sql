-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Callers who hung up and wait to be called back.  The only place for a caller's number, and it goes with the row:
-- when the call is reached, given up, or past its longest wait (docs/store.md).

CREATE TABLE callback (
	call       INTEGER PRIMARY KEY,
	queue      INTEGER NOT NULL REFERENCES queue (id) ON DELETE CASCADE,
	number     TEXT NOT NULL CHECK (number <> ''),
	arrived_ms INTEGER NOT NULL, -- its place
	asked_ms   INTEGER NOT NULL, -- for the callback: its longest wait counts from here
	due_ms     INTEGER NOT NULL, -- not tried again before; 0: at once
	tries      INTEGER NOT NULL CHECK (tries BETWEEN 0 AND 255) -- that came to nothing
) STRICT;
