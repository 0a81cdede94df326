-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Who comes by the provider of identities (OpenID Connect): which account a subject is, and which sessions began there, so that
-- they end when the provider says so.  Nothing of the provider's own tokens is kept.

CREATE TABLE sign_on (
	agent     INTEGER PRIMARY KEY REFERENCES agent (id) ON DELETE CASCADE,
	issuer    TEXT NOT NULL CHECK (length(issuer) BETWEEN 1 AND 255),
	subject   TEXT NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
	linked_ms INTEGER NOT NULL,
	UNIQUE (issuer, subject)
) STRICT;

ALTER TABLE session ADD COLUMN provider BLOB CHECK (length(provider) = 32);
ALTER TABLE session ADD COLUMN provider_session BLOB CHECK (length(provider_session) = 32);
