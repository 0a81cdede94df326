-- SPDX-License-Identifier: AGPL-3.0-or-later
-- The agreement on working from home: texts, signatures, ends, and the keys that sign [RULES P2].
-- A declaration of a shift is nowhere in here, nor anywhere else [RULES N10].

CREATE TABLE agreement_version (
	number       INTEGER PRIMARY KEY CHECK (number > 0),
	material     INTEGER NOT NULL CHECK (material IN (0, 1)),
	effective_ms INTEGER NOT NULL,
	published_ms INTEGER NOT NULL
) STRICT;

-- The bytes that are hashed and signed, as they are.
CREATE TABLE agreement_text (
	version  INTEGER NOT NULL REFERENCES agreement_version (number),
	language TEXT NOT NULL CHECK (language IN ('de', 'fr', 'it', 'en')),
	text     TEXT NOT NULL,
	hash     BLOB NOT NULL CHECK (length(hash) = 32),
	PRIMARY KEY (version, language)
) STRICT, WITHOUT ROWID;

-- seq is one count for signatures and ends, so that no clock decides which of them came last.  nonce is the
-- server's, and makes the signed statement whole again; once used, never again.
CREATE TABLE agreement_signature (
	seq              INTEGER PRIMARY KEY,
	agent            INTEGER NOT NULL REFERENCES agent (id) ON DELETE CASCADE,
	version          INTEGER NOT NULL REFERENCES agreement_version (number),
	language         TEXT NOT NULL CHECK (language IN ('de', 'fr', 'it', 'en')),
	hash             BLOB NOT NULL CHECK (length(hash) = 32),
	nonce            BLOB NOT NULL UNIQUE CHECK (length(nonce) = 32),
	public_key       BLOB NOT NULL CHECK (length(public_key) = 65),
	signature        BLOB NOT NULL CHECK (length(signature) = 64),
	signed_ms        INTEGER NOT NULL,
	countersignature BLOB CHECK (length(countersignature) = 64)
) STRICT;
CREATE INDEX agreement_signature_agent ON agreement_signature (agent, seq);

-- What closes routing to a home until the next signature: an end by either side, or a changed situation.
CREATE TABLE agreement_end (
	seq      INTEGER PRIMARY KEY,
	agent    INTEGER NOT NULL REFERENCES agent (id) ON DELETE CASCADE,
	at_ms    INTEGER NOT NULL,
	by_agent INTEGER NOT NULL CHECK (by_agent IN (0, 1)),
	why      TEXT NOT NULL CHECK (why IN ('ended', 'changed'))
) STRICT;
CREATE INDEX agreement_end_agent ON agreement_end (agent, seq);

-- P-256, uncompressed; the private half never leaves the device.
CREATE TABLE device_key (
	agent       INTEGER NOT NULL REFERENCES agent (id) ON DELETE CASCADE,
	public_key  BLOB NOT NULL UNIQUE CHECK (length(public_key) = 65),
	enrolled_ms INTEGER NOT NULL,
	PRIMARY KEY (agent, public_key)
) STRICT, WITHOUT ROWID;

-- The code that is shown in person, by its hash; one an agent, gone when it is used.
CREATE TABLE enrolment (
	agent      INTEGER PRIMARY KEY REFERENCES agent (id) ON DELETE CASCADE,
	hash       BLOB NOT NULL CHECK (length(hash) = 32),
	expires_ms INTEGER NOT NULL
) STRICT;
