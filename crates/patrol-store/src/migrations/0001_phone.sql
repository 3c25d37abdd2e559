-- The phone's memory, first version: journal, views, photos, draft, what the station has signed for.

CREATE TABLE journal_log (
  log        BLOB    NOT NULL PRIMARY KEY CHECK (length(log) = 16),
  ordinal    INTEGER NOT NULL UNIQUE,      -- the install's first journal is 1; the highest is in use
  author     BLOB    NOT NULL CHECK (length(author) = 16)  -- the person who records on this phone
) STRICT;

CREATE TABLE journal_op (
  log   BLOB    NOT NULL REFERENCES journal_log (log),
  seq   INTEGER NOT NULL CHECK (seq >= 1),
  op_id BLOB    NOT NULL CHECK (length(op_id) = 16),
  bytes BLOB    NOT NULL,                   -- as written; never encoded again
  hash  BLOB    NOT NULL CHECK (length(hash) = 32),  -- the chain's value at seq
  PRIMARY KEY (log, seq)
) STRICT;

CREATE TABLE journal_part (
  log   BLOB    NOT NULL,
  seq   INTEGER NOT NULL,
  field TEXT    NOT NULL,
  salt  BLOB    NOT NULL CHECK (length(salt) = 32),
  value TEXT    NOT NULL,                   -- the words as typed
  PRIMARY KEY (log, seq, field),
  FOREIGN KEY (log, seq) REFERENCES journal_op (log, seq)
) STRICT;

-- Facts read from an original's bytes when it was taken in. The file was durable before the row.
CREATE TABLE photo (
  sha256        BLOB    NOT NULL PRIMARY KEY CHECK (length(sha256) = 32),
  bytes         INTEGER NOT NULL,
  mime          TEXT    NOT NULL,
  source        TEXT    NOT NULL,           -- camera | import
  width         INTEGER NOT NULL,
  height        INTEGER NOT NULL,
  taken         TEXT,                       -- local time by EXIF
  fix           TEXT,                       -- JSON of a fix by EXIF
  place_problem TEXT,                       -- why EXIF's place was not taken
  thumbnail     BLOB    NOT NULL            -- JPEG, at most 20 KB; can be made again
) STRICT;

-- The one case that is being recorded. Written at every change, emptied with the save.
CREATE TABLE draft (
  one      INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  draft_id BLOB    CHECK (length(draft_id) = 16),  -- given with the first photo, taken with the save
  matter   TEXT,
  plate    TEXT    NOT NULL DEFAULT '',
  street   TEXT,
  note     TEXT    NOT NULL DEFAULT '',
  saved_ms INTEGER                          -- wall clock of the last change
) STRICT;
INSERT INTO draft (one) VALUES (1);

CREATE TABLE draft_photo (
  position INTEGER NOT NULL PRIMARY KEY,
  sha256   BLOB    NOT NULL UNIQUE REFERENCES photo (sha256)
) STRICT;

-- Views: made again from the journal at any time.
CREATE TABLE view_case (
  case_id     BLOB    NOT NULL PRIMARY KEY CHECK (length(case_id) = 16),
  log         BLOB    NOT NULL,
  seq         INTEGER NOT NULL,             -- where it was opened
  place_order INTEGER NOT NULL UNIQUE,      -- the order in which this phone recorded its cases
  number      TEXT    NOT NULL,
  matter      TEXT    NOT NULL,
  plate_text  TEXT,
  plate_kind  TEXT,
  fix         TEXT,                         -- JSON
  community   TEXT,
  street      TEXT,
  note        TEXT    NOT NULL,
  opened_ms   INTEGER NOT NULL,             -- wall clock
  tz          INTEGER NOT NULL              -- minutes east
) STRICT;

CREATE INDEX view_case_by_number ON view_case (number);

CREATE TABLE view_case_photo (
  case_id  BLOB    NOT NULL,
  position INTEGER NOT NULL,
  sha256   BLOB    NOT NULL,
  bytes    INTEGER NOT NULL,
  log      BLOB    NOT NULL,
  seq      INTEGER NOT NULL,                -- the op that names it
  PRIMARY KEY (case_id, position)
) STRICT;
CREATE INDEX view_case_photo_by_hash ON view_case_photo (sha256);

-- The station this phone belongs to.
CREATE TABLE sync_station (
  one            INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  url            TEXT    NOT NULL,
  station        BLOB    NOT NULL,
  name           TEXT    NOT NULL,
  key            BLOB    NOT NULL,          -- SEC 1 point that receipts are checked against
  device         BLOB    NOT NULL,
  secret         TEXT    NOT NULL,
  officer_number TEXT    NOT NULL,
  officer_name   TEXT    NOT NULL,
  certificate    TEXT    NOT NULL,          -- JSON as received
  enrolled_ms    INTEGER NOT NULL
) STRICT;

-- The secrets of enrolments under way: durable before they are sent, so that a lost reply can be asked for again.
CREATE TABLE sync_enrolment (
  code   TEXT NOT NULL PRIMARY KEY,
  secret TEXT NOT NULL
) STRICT;

-- Up to where the station has signed for a journal.
CREATE TABLE sync_log (
  log        BLOB    NOT NULL PRIMARY KEY REFERENCES journal_log (log),
  acked_seq  INTEGER NOT NULL,
  acked_hash BLOB    NOT NULL,
  epoch      TEXT    NOT NULL,
  safe_seq   INTEGER NOT NULL,
  station_ms INTEGER NOT NULL,
  beacon     TEXT    NOT NULL,
  receipt    TEXT    NOT NULL               -- JSON as received, verified before it was stored
) STRICT;

-- What has become of each original on its way.
CREATE TABLE sync_photo (
  sha256     BLOB    NOT NULL PRIMARY KEY CHECK (length(sha256) = 32),
  thumb_sent INTEGER NOT NULL DEFAULT 0,
  begun      INTEGER NOT NULL DEFAULT 0,    -- bytes may already be at the station: ask before sending
  station_ms INTEGER,
  receipt    TEXT,                          -- JSON as received, verified before it was stored
  problem    TEXT                           -- damaged | lost: an op says so, nothing can be sent
) STRICT;

-- The last measured difference to the station's clock.
CREATE TABLE sync_clock (
  one       INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  offset_ms INTEGER NOT NULL,
  err_ms    INTEGER NOT NULL,
  boot_id   TEXT    NOT NULL,
  boot_ms   INTEGER NOT NULL
) STRICT;
