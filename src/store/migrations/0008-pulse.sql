-- SPDX-License-Identifier: AGPL-3.0-or-later
-- The weekly question to the staff: how often each answer was given, and apart from it who need not be asked again.
-- Nothing here says who answered what: docs/pulse.md says how that is kept.  week_ms: midnight UTC of the week's Monday.

CREATE TABLE pulse (
	week_ms INTEGER NOT NULL CHECK (week_ms % 86400000 = 0),
	answer  INTEGER NOT NULL CHECK (answer BETWEEN 1 AND 5),
	n       INTEGER NOT NULL CHECK (n > 0),
	PRIMARY KEY (week_ms, answer)
) STRICT, WITHOUT ROWID;

-- Without a rowid: stored by agent, so that no order of answering is in here.  Gone when the week is over.
CREATE TABLE pulse_answered (
	week_ms INTEGER NOT NULL CHECK (week_ms % 86400000 = 0),
	agent   INTEGER NOT NULL REFERENCES agent (id) ON DELETE CASCADE,
	PRIMARY KEY (week_ms, agent)
) STRICT, WITHOUT ROWID;
