-- What the officer's hand adds: each screen's own tables.

-- records
-- All that a filter of the list looks at: 100,000 cases are counted and leafed through without reading a row of the table.
CREATE INDEX view_case_in_order ON view_case (place_order, state, opened_ms, log, seq, matter);
-- Few, or none at all: originals that this phone can no longer give.
CREATE INDEX sync_photo_lost ON sync_photo (sha256) WHERE problem IS NOT NULL;

-- What was typed about a recorded case and is not an op yet: a killed program comes back to it.
CREATE TABLE act_draft (
  case_id  BLOB    NOT NULL CHECK (length(case_id) = 16),
  act      TEXT    NOT NULL,                 -- amend | void | step
  fields   TEXT    NOT NULL,                 -- JSON
  saved_ms INTEGER NOT NULL,                 -- wall clock of the last change
  PRIMARY KEY (case_id, act)
) STRICT;

-- An officer has looked at the photo and left it where it is: it is not asked for again, and never thrown away.
ALTER TABLE photo_found ADD COLUMN is_aside INTEGER NOT NULL DEFAULT 0;

-- What a damaged database cost, told at each start until somebody has understood it.
CREATE TABLE salvage_told (
  at_ms         INTEGER NOT NULL PRIMARY KEY,
  lost_cases    TEXT    NOT NULL,            -- numbers, separated by spaces
  lost_entries  INTEGER NOT NULL,
  may_be_more   INTEGER NOT NULL,
  understood_ms INTEGER                      -- wall clock; NULL = not yet
) STRICT;
