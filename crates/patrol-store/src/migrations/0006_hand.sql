-- The officer's hand: many drafts, timers, and what each part of the app keeps on the phone.

-- core
-- The cases that are being recorded. At most one is in hand; the others are parked, some of them with a timer running.
CREATE TABLE draft_case (
  position    INTEGER NOT NULL PRIMARY KEY,  -- the order in which they were begun
  draft_id    BLOB    NOT NULL UNIQUE CHECK (length(draft_id) = 16),
  in_hand     INTEGER UNIQUE CHECK (in_hand = 1),  -- 1 for the one in hand, NULL for all others
  matter      TEXT,
  plate       TEXT    NOT NULL DEFAULT '',
  street      TEXT,
  note        TEXT    NOT NULL DEFAULT '',
  form        TEXT    NOT NULL DEFAULT '',   -- JSON object of the answers; empty when there are none
  screen      TEXT    NOT NULL DEFAULT '',   -- where the officer was last
  pin         TEXT,                          -- JSON of the fix that was put there by hand
  timer_ms    INTEGER,                       -- wall clock when it was parked to be photographed again; NULL = no timer
  timer_plate TEXT    NOT NULL DEFAULT '',   -- the plate as it was typed then
  saved_ms    INTEGER                        -- wall clock of the last change
) STRICT;

INSERT INTO draft_case (draft_id, in_hand, matter, plate, street, note, saved_ms)
SELECT coalesce(draft_id, randomblob(16)), 1, matter, plate, street, note, saved_ms FROM draft
WHERE draft_id IS NOT NULL OR saved_ms IS NOT NULL;

CREATE TABLE draft_case_photo (
  position INTEGER NOT NULL PRIMARY KEY,
  draft_id BLOB    NOT NULL REFERENCES draft_case (draft_id),
  sha256   BLOB    NOT NULL REFERENCES photo (sha256),
  role     TEXT    NOT NULL,
  slot     TEXT,                             -- its name in the pack's shot list
  wall_ms  INTEGER,                          -- when it came in, by both clocks; NULL = not known
  boot_ms  INTEGER,
  boot_id  TEXT,
  fix      TEXT,                             -- JSON: where the phone was
  UNIQUE (draft_id, sha256)
) STRICT;

INSERT INTO draft_case_photo (draft_id, sha256, role)
SELECT d.draft_id, p.sha256, p.role FROM draft_photo AS p JOIN draft_case AS d ORDER BY p.position;

DROP TABLE draft_photo;
DROP TABLE draft;

ALTER TABLE shot ADD COLUMN slot TEXT;       -- the picture's name in the pack's shot list
ALTER TABLE shot ADD COLUMN boot_ms INTEGER; -- made_ms by the boot clock; NULL = not known
ALTER TABLE shot ADD COLUMN boot_id TEXT;

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
  lock_minutes INTEGER NOT NULL,
  welcomed     INTEGER NOT NULL                           -- 1 = the screen of the first start was left
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

-- way
-- How much there is, kept by triggers: the sync page is drawn anew several times a second, and counting 300,000 photos each
-- time would take longer than drawing it.
CREATE TABLE sync_count (
  one    INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  cases  INTEGER NOT NULL,                  -- rows of view_case
  signed INTEGER NOT NULL                   -- originals with a receipt
) STRICT;
INSERT INTO sync_count (one, cases, signed)
SELECT 1, (SELECT count(*) FROM view_case), (SELECT count(*) FROM sync_photo WHERE receipt IS NOT NULL);

CREATE TRIGGER sync_count_case_came AFTER INSERT ON view_case BEGIN
  UPDATE sync_count SET cases = cases + 1;
END;
CREATE TRIGGER sync_count_case_went AFTER DELETE ON view_case BEGIN
  UPDATE sync_count SET cases = cases - 1;
END;
CREATE TRIGGER sync_count_photo_came AFTER INSERT ON sync_photo WHEN NEW.receipt IS NOT NULL BEGIN
  UPDATE sync_count SET signed = signed + 1;
END;
CREATE TRIGGER sync_count_photo_changed AFTER UPDATE OF receipt ON sync_photo
WHEN (OLD.receipt IS NULL) <> (NEW.receipt IS NULL) BEGIN
  UPDATE sync_count SET signed = signed + CASE WHEN NEW.receipt IS NULL THEN -1 ELSE 1 END;
END;
CREATE TRIGGER sync_count_photo_went AFTER DELETE ON sync_photo WHEN OLD.receipt IS NOT NULL BEGIN
  UPDATE sync_count SET signed = signed - 1;
END;

-- Thumbnails that wait, and receipts by their time: neither is looked for among all photos.
CREATE INDEX sync_photo_thumbless ON sync_photo (sha256) WHERE thumb_sent = 0;
CREATE INDEX sync_photo_by_time ON sync_photo (station_ms, sha256) WHERE receipt IS NOT NULL;
