-- SPDX-License-Identifier: AGPL-3.0-or-later
-- What a talk's lines were worth, as numbers: one row for each leg (the caller's, the standing line) and direction (in: towards
-- the centre).  No agent and no workplace is in here, nothing counts over talks, and no page reads it but the person's own
-- (docs/quality.md) [RULES N1, N5].
--
-- from_ms: the talk's beginning, its name within the call; after a hold it is another one.
-- is_whole: the last figures are of the talk's end; else of some seconds before, because leg or relay was gone.
-- What nobody measured is NULL.

CREATE TABLE line_quality (
	call          INTEGER NOT NULL REFERENCES call (id) ON DELETE CASCADE,
	from_ms       INTEGER NOT NULL,
	leg           TEXT NOT NULL CHECK (leg IN ('caller', 'line')),
	direction     TEXT NOT NULL CHECK (direction IN ('in', 'out')),
	until_ms      INTEGER NOT NULL CHECK (until_ms >= from_ms),
	is_whole      INTEGER NOT NULL CHECK (is_whole IN (0, 1)),
	codec         TEXT NOT NULL, -- as in SDP; '': nothing came
	expected      INTEGER NOT NULL CHECK (expected >= 0), -- packets
	lost          INTEGER CHECK (lost BETWEEN 0 AND expected),
	jitter_us     INTEGER, -- RFC 3550, at the end
	round_trip_us INTEGER, -- of this leg
	delay_ms      INTEGER, -- of our jitter buffer
	frames        INTEGER, -- of 20 ms that left it
	concealed     INTEGER, -- of these: made up
	burst_100     INTEGER, -- BurstR, in hundredths
	r_narrow_10   INTEGER, -- E-model, in tenths
	mos_narrow_100 INTEGER, -- in hundredths
	r_wide_10     INTEGER,
	mos_wide_100  INTEGER,
	PRIMARY KEY (call, from_ms, leg, direction)
) STRICT, WITHOUT ROWID;
