-- SPDX-License-Identifier: AGPL-3.0-or-later
-- What an agent may open and do: enum store_role of store.h, added up.

ALTER TABLE agent ADD COLUMN roles INTEGER NOT NULL DEFAULT 1 CHECK (roles BETWEEN 1 AND 31);
