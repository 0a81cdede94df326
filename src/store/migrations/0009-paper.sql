-- SPDX-License-Identifier: AGPL-3.0-or-later
-- What of the agreement the ledger has, what of it must be erased there, and device keys that sign no more.

-- A key has a number now, by which the ledger finds it, and may be revoked: it stays, so that nobody enrols it again.
CREATE TABLE device_key_new (
	seq         INTEGER PRIMARY KEY,
	agent       INTEGER NOT NULL REFERENCES agent (id) ON DELETE CASCADE,
	public_key  BLOB NOT NULL UNIQUE CHECK (length(public_key) = 65),
	enrolled_ms INTEGER NOT NULL,
	revoked_ms  INTEGER,
	revoked_by  TEXT CHECK (revoked_by IN ('agent', 'house')),
	CHECK ((revoked_ms IS NULL) = (revoked_by IS NULL))
) STRICT;
INSERT INTO device_key_new (agent, public_key, enrolled_ms)
	SELECT agent, public_key, enrolled_ms FROM device_key;
DROP TABLE device_key;
ALTER TABLE device_key_new RENAME TO device_key;
CREATE INDEX device_key_agent ON device_key (agent);

-- 1: what it is about is gone from the records, and its salt and text are to go from the ledger; 2: they cannot, for
-- a damage stands before it.  A row goes with its entry's text.
ALTER TABLE ledger_entry ADD COLUMN erase INTEGER NOT NULL DEFAULT 0 CHECK (erase IN (0, 1, 2));
CREATE INDEX ledger_entry_erase ON ledger_entry (segment, entry) WHERE erase = 1;

-- In the transaction that removes it, whoever does: so nothing is forgotten over a crash.
CREATE TRIGGER agreement_signature_gone AFTER DELETE ON agreement_signature BEGIN
	UPDATE ledger_entry SET erase = 1 WHERE ref IN (OLD.seq * 16 + 2, OLD.seq * 16 + 3) AND erase = 0;
END;
CREATE TRIGGER agreement_end_gone AFTER DELETE ON agreement_end BEGIN
	UPDATE ledger_entry SET erase = 1 WHERE ref = OLD.seq * 16 + 4 AND erase = 0;
END;
CREATE TRIGGER device_key_gone AFTER DELETE ON device_key BEGIN
	UPDATE ledger_entry SET erase = 1 WHERE ref = OLD.seq * 16 + 10 AND erase = 0;
END;

-- An officer has seen that a segment is damaged; the row goes when the ledger has it.
CREATE TABLE ledger_acknowledgement (
	segment INTEGER PRIMARY KEY,
	agent   INTEGER NOT NULL REFERENCES agent (id) ON DELETE CASCADE,
	at_ms   INTEGER NOT NULL
) STRICT;

-- What must be provable [RULES P1], as the ledger has it: texts, so that who reads an entry needs nothing else.  ref
-- has in its lowest four bits what it is about: 5 to 9 are taken (store/people_ledger.c); ids of anything else are far above.
CREATE VIEW agreement_fact (ref, at_ms, text) AS
SELECT v.number * 16 + 1, v.published_ms,
	printf('{"version":%d,"material":%s,"effective_ms":%d,"sha256":{"de":"%s","fr":"%s","it":"%s","en":"%s"}}',
		v.number, iif(v.material, 'true', 'false'), v.effective_ms,
		(SELECT lower(hex(hash)) FROM agreement_text WHERE version = v.number AND language = 'de'),
		(SELECT lower(hex(hash)) FROM agreement_text WHERE version = v.number AND language = 'fr'),
		(SELECT lower(hex(hash)) FROM agreement_text WHERE version = v.number AND language = 'it'),
		(SELECT lower(hex(hash)) FROM agreement_text WHERE version = v.number AND language = 'en'))
	FROM agreement_version v
UNION ALL
SELECT seq * 16 + 2, signed_ms,
	printf('{"agent":%d,"version":%d,"language":"%s","sha256":"%s","nonce":"%s","key":"%s","signature":"%s",'
		|| '"signed_ms":%d}',
		agent, version, language, lower(hex(hash)), lower(hex(nonce)), lower(hex(public_key)),
		lower(hex(signature)), signed_ms)
	FROM agreement_signature
UNION ALL
SELECT seq * 16 + 3, signed_ms,
	printf('{"agent":%d,"version":%d,"nonce":"%s","countersignature":"%s"}',
		agent, version, lower(hex(nonce)), lower(hex(countersignature)))
	FROM agreement_signature WHERE countersignature IS NOT NULL
UNION ALL
SELECT seq * 16 + 4, at_ms,
	printf('{"agent":%d,"by":"%s","why":"%s"}', agent, iif(by_agent, 'agent', 'house'), why)
	FROM agreement_end
UNION ALL
SELECT seq * 16 + 10, revoked_ms,
	printf('{"agent":%d,"key":"%s","by":"%s","revoked_ms":%d}',
		agent, lower(hex(public_key)), revoked_by, revoked_ms)
	FROM device_key WHERE revoked_ms IS NOT NULL;
