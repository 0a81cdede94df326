-- SPDX-License-Identifier: AGPL-3.0-or-later
-- People in the records: what they serve and know, how they came and went; and what the staff body approved.

-- origin: 'configuration', the file of the centre that runs names this person, and says what it is; 'people', the
-- records do; 'unnamed', the file did once, and nobody comes in.  clearance: at most.  left_ms: nothing is open to it
-- any more.
ALTER TABLE agent ADD COLUMN clearance INTEGER NOT NULL DEFAULT 2 CHECK (clearance BETWEEN 0 AND 3);
ALTER TABLE agent ADD COLUMN origin TEXT NOT NULL DEFAULT 'unnamed'
	CHECK (origin IN ('unnamed', 'configuration', 'people'));
ALTER TABLE agent ADD COLUMN left_ms INTEGER;

-- live: the centre that runs has it; one that is new is meant to be.
ALTER TABLE queue ADD COLUMN live INTEGER NOT NULL DEFAULT 1 CHECK (live IN (0, 1));

CREATE TABLE agent_queue (
	agent INTEGER NOT NULL REFERENCES agent (id) ON DELETE CASCADE,
	queue INTEGER NOT NULL REFERENCES queue (id) ON DELETE CASCADE,
	PRIMARY KEY (agent, queue)
) STRICT, WITHOUT ROWID;

CREATE TABLE agent_skill (
	agent INTEGER NOT NULL REFERENCES agent (id) ON DELETE CASCADE,
	skill TEXT NOT NULL CHECK (skill <> ''),
	level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 15),
	PRIMARY KEY (agent, skill)
) STRICT, WITHOUT ROWID;

-- Until the ledger has it, and 90 days for who asks.  Triggers write it, so that no way leads past it; 0: none.
-- AUTOINCREMENT: the ledger knows the numbers, and none comes twice.
CREATE TABLE role_change (
	seq   INTEGER PRIMARY KEY AUTOINCREMENT,
	agent INTEGER NOT NULL REFERENCES agent (id) ON DELETE CASCADE,
	at_ms INTEGER NOT NULL,
	was   INTEGER NOT NULL CHECK (was BETWEEN 0 AND 31),
	roles INTEGER NOT NULL CHECK (roles BETWEEN 0 AND 31),
	by_agent INTEGER REFERENCES agent (id) ON DELETE SET NULL -- NULL: the house, by its file or a command
) STRICT;

CREATE TRIGGER role_given AFTER INSERT ON agent WHEN NEW.roles <> 1 BEGIN
	INSERT INTO role_change (agent, at_ms, was, roles)
	VALUES (NEW.id, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER), 0, NEW.roles);
END;
CREATE TRIGGER role_changed AFTER UPDATE OF roles ON agent WHEN NEW.roles <> OLD.roles BEGIN
	INSERT INTO role_change (agent, at_ms, was, roles)
	VALUES (NEW.id, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER), OLD.roles, NEW.roles);
END;
CREATE TRIGGER role_taken AFTER UPDATE OF left_ms ON agent WHEN NEW.left_ms IS NOT NULL AND OLD.left_ms IS NULL BEGIN
	INSERT INTO role_change (agent, at_ms, was, roles) VALUES (NEW.id, NEW.left_ms, OLD.roles, 0);
END;

-- The staff body's keys, P-256, uncompressed; the private half never leaves the device.
CREATE TABLE staff_key (
	seq         INTEGER PRIMARY KEY AUTOINCREMENT,
	agent       INTEGER NOT NULL REFERENCES agent (id) ON DELETE CASCADE,
	public_key  BLOB NOT NULL UNIQUE CHECK (length(public_key) = 65),
	enrolled_ms INTEGER NOT NULL
) STRICT;

-- The code that is shown in person, by its hash; one a person, gone when it is used.
CREATE TABLE staff_code (
	agent      INTEGER PRIMARY KEY REFERENCES agent (id) ON DELETE CASCADE,
	hash       BLOB NOT NULL CHECK (length(hash) = 32),
	expires_ms INTEGER NOT NULL,
	tries      INTEGER NOT NULL DEFAULT 0
) STRICT;

-- What switches an evaluation on [RULES N7].  scope: a queue, NULL: all of the house.
CREATE TABLE approval (
	seq        INTEGER PRIMARY KEY AUTOINCREMENT,
	evaluation TEXT NOT NULL CHECK (evaluation <> ''),
	scope      INTEGER REFERENCES queue (id),
	from_ms    INTEGER NOT NULL,
	until_ms   INTEGER NOT NULL CHECK (until_ms > from_ms),
	signed_ms  INTEGER NOT NULL,
	agent      INTEGER REFERENCES agent (id) ON DELETE SET NULL,
	public_key BLOB NOT NULL CHECK (length(public_key) = 65),
	nonce      BLOB NOT NULL UNIQUE CHECK (length(nonce) = 32),
	signature  BLOB NOT NULL CHECK (length(signature) = 64)
) STRICT;

CREATE TABLE approval_end (
	approval   INTEGER PRIMARY KEY REFERENCES approval (seq) ON DELETE CASCADE,
	at_ms      INTEGER NOT NULL,
	signed_ms  INTEGER NOT NULL,
	agent      INTEGER REFERENCES agent (id) ON DELETE SET NULL,
	public_key BLOB NOT NULL CHECK (length(public_key) = 65),
	nonce      BLOB NOT NULL UNIQUE CHECK (length(nonce) = 32),
	signature  BLOB NOT NULL CHECK (length(signature) = 64)
) STRICT;

-- Of all agents, where there is no staff body: when, of which text, what they said.
CREATE TABLE consultation (
	seq         INTEGER PRIMARY KEY AUTOINCREMENT,
	evaluation  TEXT NOT NULL CHECK (evaluation <> ''),
	scope       INTEGER REFERENCES queue (id),
	held_ms     INTEGER NOT NULL,
	text_hash   BLOB NOT NULL CHECK (length(text_hash) = 32),
	agreed      INTEGER NOT NULL CHECK (agreed IN (0, 1)),
	from_ms     INTEGER NOT NULL,
	until_ms    INTEGER NOT NULL CHECK (until_ms > from_ms),
	recorded_ms INTEGER NOT NULL,
	agent       INTEGER REFERENCES agent (id) ON DELETE SET NULL -- the administrator
) STRICT;
