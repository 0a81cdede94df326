-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Every time is in milliseconds since 1970 UTC.  A caller's number is nowhere in here.
-- Why each datum about an agent is kept, who reads it and when it goes: docs/store.md.

CREATE TABLE agent (
	id        INTEGER PRIMARY KEY,
	login     TEXT NOT NULL UNIQUE CHECK (login <> ''),
	name      TEXT NOT NULL,
	workplace TEXT NOT NULL CHECK (workplace IN ('office', 'home'))
) STRICT;

CREATE TABLE queue (
	id     INTEGER PRIMARY KEY,
	number TEXT NOT NULL UNIQUE CHECK (number <> ''),
	name   TEXT NOT NULL
) STRICT;

-- One row; the epoch of the control process that ran last.
CREATE TABLE control (
	one   INTEGER PRIMARY KEY CHECK (one = 1),
	epoch INTEGER NOT NULL CHECK (epoch BETWEEN 0 AND 4294967295)
) STRICT;
INSERT INTO control (one, epoch) VALUES (1, 0);

-- Only hashes of tokens are stored.  A used link stays until it expires, so that adding it again does
-- not revive it; when it was used is not kept.
CREATE TABLE link (
	hash       BLOB PRIMARY KEY CHECK (length(hash) = 32),
	agent      INTEGER NOT NULL REFERENCES agent (id) ON DELETE CASCADE,
	expires_ms INTEGER NOT NULL,
	used       INTEGER NOT NULL DEFAULT 0 CHECK (used IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
	hash       BLOB PRIMARY KEY CHECK (length(hash) = 32),
	agent      INTEGER NOT NULL REFERENCES agent (id) ON DELETE CASCADE,
	expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE call (
	id          INTEGER PRIMARY KEY,
	queue       INTEGER REFERENCES queue (id),
	kind        TEXT NOT NULL CHECK (kind IN ('sip', 'web')),
	arrived_ms  INTEGER NOT NULL,
	answered_ms INTEGER, -- first accepted or joined
	ended_ms    INTEGER,
	why         TEXT,
	agent       INTEGER REFERENCES agent (id) ON DELETE SET NULL -- who talked last
) STRICT;
CREATE INDEX call_arrived ON call (arrived_ms);
CREATE INDEX call_open ON call (id) WHERE ended_ms IS NULL;
CREATE INDEX call_named ON call (arrived_ms) WHERE agent IS NOT NULL;

-- A call's timeline, in the order of seq.
CREATE TABLE call_event (
	seq    INTEGER PRIMARY KEY,
	call   INTEGER NOT NULL REFERENCES call (id) ON DELETE CASCADE,
	at_ms  INTEGER NOT NULL,
	event  TEXT NOT NULL,
	agent  INTEGER REFERENCES agent (id) ON DELETE SET NULL,
	number INTEGER, -- the event's own figure
	detail TEXT -- one of our fixed words
) STRICT;
CREATE INDEX call_event_call ON call_event (call, at_ms);
-- For the removal of names by age.  Deliberately none that leads from an agent to calls.
CREATE INDEX call_event_named ON call_event (at_ms) WHERE agent IS NOT NULL;
