-- SPDX-License-Identifier: AGPL-3.0-or-later
-- How agents prove who they are: passwords by their Argon2id text, secrets of authenticator apps sealed with a key that
-- is not in here (state folder, second.key), passkeys by their public half [RULES T4].
--
-- counter: of a passkey its signatures, of an authenticator app the last step whose code was used.
-- month_ms: the month in which it last proved something, begun; what was not used for long goes (docs/store.md).

CREATE TABLE credential (
	agent     INTEGER NOT NULL REFERENCES agent (id) ON DELETE CASCADE,
	kind      TEXT NOT NULL CHECK (kind IN ('password', 'totp', 'passkey')),
	id        BLOB NOT NULL CHECK (length(id) <= 1023), -- of a passkey; else empty
	algorithm INTEGER NOT NULL, -- of a passkey: COSE's number; else 0
	value     BLOB NOT NULL CHECK (length(value) BETWEEN 1 AND 128),
	counter   INTEGER NOT NULL,
	name      TEXT NOT NULL,
	made_ms   INTEGER NOT NULL,
	month_ms  INTEGER NOT NULL,
	PRIMARY KEY (agent, kind, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX credential_passkey ON credential (id) WHERE kind = 'passkey';

ALTER TABLE session ADD COLUMN factors INTEGER NOT NULL DEFAULT 1 CHECK (factors IN (1, 2));
