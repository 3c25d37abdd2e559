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

-- people
-- Each officer's PIN as an Argon2id hash, and how often a wrong one was typed since the last right one.
CREATE TABLE person_pin (
  person        BLOB    NOT NULL PRIMARY KEY CHECK (length(person) = 16),
  salt          BLOB    NOT NULL CHECK (length(salt) = 16),
  hash          BLOB    NOT NULL CHECK (length(hash) = 32),
  memory_kib    INTEGER NOT NULL,                         -- the three costs with which the hash was made
  passes        INTEGER NOT NULL,
  lanes         INTEGER NOT NULL,
  wrong         INTEGER NOT NULL DEFAULT 0,
  wrong_boot    TEXT    NOT NULL DEFAULT '',              -- in which boot the last wrong one was typed
  wrong_boot_ms INTEGER NOT NULL DEFAULT 0
) STRICT;

-- How the screens look and when they lock.
CREATE TABLE preference (
  one          INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  language     TEXT    NOT NULL,                          -- zh | en
  text_size    TEXT    NOT NULL,                          -- m | l | xl
  theme        TEXT    NOT NULL,                          -- auto | light | dark | outdoor
  hand         TEXT    NOT NULL,                          -- right | left
  lock_minutes INTEGER NOT NULL
) STRICT;

-- Points of a track that stand in no op yet. Durable at once: a killed app has lost seconds, not the walk.
CREATE TABLE track_pending (
  position    INTEGER NOT NULL PRIMARY KEY,
  shift       BLOB    NOT NULL CHECK (length(shift) = 16),
  lat_e7      INTEGER NOT NULL,
  lon_e7      INTEGER NOT NULL,
  accuracy_mm INTEGER NOT NULL,                           -- 0 = none was stated
  boot        TEXT    NOT NULL,
  boot_ms     INTEGER NOT NULL,
  wall_ms     INTEGER NOT NULL
) STRICT;

-- Places are ordinal of the journal × 2^40 + position, as in view_case.
ALTER TABLE view_shift ADD COLUMN author  BLOB;
ALTER TABLE view_shift ADD COLUMN grids   TEXT NOT NULL DEFAULT '';  -- codes, separated by commas
ALTER TABLE view_shift ADD COLUMN started INTEGER;        -- place of the op
ALTER TABLE view_shift ADD COLUMN ended   INTEGER;
ALTER TABLE view_shift ADD COLUMN tz      INTEGER NOT NULL DEFAULT 0;
ALTER TABLE view_track ADD COLUMN place   INTEGER NOT NULL DEFAULT 0;
CREATE INDEX view_track_by_shift ON view_track (shift, place);
