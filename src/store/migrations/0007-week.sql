-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Who means to work where, a day at a time: a plan, and nobody writes down whether it was kept [RULES N1, N11].
-- Days are counted from 1970-01-01 on, of the house's own calendar.  docs/week.md

CREATE TABLE plan_span (
	agent  INTEGER NOT NULL REFERENCES agent (id) ON DELETE CASCADE,
	day    INTEGER NOT NULL,
	begins INTEGER NOT NULL CHECK (begins BETWEEN 0 AND 1439), -- minutes of the day
	ends   INTEGER NOT NULL CHECK (ends > begins AND ends <= 1440),
	place  TEXT NOT NULL CHECK (place IN ('office', 'home')),
	PRIMARY KEY (agent, day, begins)
) STRICT, WITHOUT ROWID;
CREATE INDEX plan_span_day ON plan_span (day);

-- There is no column for a reason, and there will be none [N4, N10].
CREATE TABLE plan_absence (
	agent INTEGER NOT NULL REFERENCES agent (id) ON DELETE CASCADE,
	day   INTEGER NOT NULL,
	PRIMARY KEY (agent, day)
) STRICT, WITHOUT ROWID;

-- Who wants days at home.
CREATE TABLE plan_wish (
	agent INTEGER PRIMARY KEY REFERENCES agent (id) ON DELETE CASCADE
) STRICT;

-- How many agents a half-hour of a weekday (0: Monday) needs: of the house, not of anybody.
CREATE TABLE plan_need (
	weekday INTEGER NOT NULL CHECK (weekday BETWEEN 0 AND 6),
	half    INTEGER NOT NULL CHECK (half BETWEEN 0 AND 47),
	agents  INTEGER NOT NULL CHECK (agents BETWEEN 0 AND 65535),
	strict  INTEGER NOT NULL CHECK (strict BETWEEN 0 AND 65535),
	PRIMARY KEY (weekday, half)
) STRICT, WITHOUT ROWID;

-- An office day that somebody would give for a day at home, and perhaps a home day for an office day in return; gone
-- when it is taken.
CREATE TABLE plan_swap (
	id    INTEGER PRIMARY KEY,
	agent INTEGER NOT NULL REFERENCES agent (id) ON DELETE CASCADE,
	day   INTEGER NOT NULL,
	back  INTEGER, -- in the same week
	UNIQUE (agent, day)
) STRICT;

-- By whose hash a calendar program reads an agent's plan; one an agent, and a new one ends the old.
CREATE TABLE plan_feed (
	agent    INTEGER PRIMARY KEY REFERENCES agent (id) ON DELETE CASCADE,
	hash     BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
	language TEXT NOT NULL CHECK (language IN ('de', 'fr', 'it', 'en'))
) STRICT;

-- The way to the office, by the agent's own word; what working at home saved of it is counted from the plan when a day
-- is over, as a number of days without their dates.
CREATE TABLE commute (
	agent      INTEGER PRIMARY KEY REFERENCES agent (id) ON DELETE CASCADE,
	minutes    INTEGER NOT NULL CHECK (minutes BETWEEN 0 AND 600), -- one way
	metres     INTEGER NOT NULL CHECK (metres BETWEEN 0 AND 1000000), -- one way
	month      INTEGER NOT NULL, -- that is being counted: twelve times the year, and 0 to 11
	month_days INTEGER NOT NULL CHECK (month_days >= 0),
	year_days  INTEGER NOT NULL CHECK (year_days >= 0), -- with this month
	counted_to INTEGER NOT NULL -- the first day that is not counted yet
) STRICT;

-- Of all together, a month that is over, and only where five or more had a part in it [N5].
CREATE TABLE commute_sum (
	month      INTEGER PRIMARY KEY,
	hours      INTEGER NOT NULL,
	kilometres INTEGER NOT NULL
) STRICT;
