-- The whole memory: what tells a copy, cases with a history, search, shots under way, photos without a draft.

-- The same value stands in the marker outside the database: a copied database meets another one, or none.
CREATE TABLE install (
  one   INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  nonce BLOB    NOT NULL CHECK (length(nonce) = 16)
) STRICT;

-- Journals that came out of a damaged file. Nothing is added to them: what stood behind their end is not known.
CREATE TABLE journal_salvage (
  log BLOB NOT NULL PRIMARY KEY REFERENCES journal_log (log)
) STRICT;

-- Ops that a damaged file took with it; everything around them is there.
CREATE TABLE journal_gap (
  log      BLOB    NOT NULL REFERENCES journal_log (log),
  from_seq INTEGER NOT NULL,
  to_seq   INTEGER NOT NULL,
  PRIMARY KEY (log, from_seq)
) STRICT;

-- The last number given out under each prefix; never given out again, whatever becomes of the case.
CREATE TABLE case_number (
  prefix TEXT    NOT NULL PRIMARY KEY,
  last   INTEGER NOT NULL
) STRICT;
INSERT INTO case_number (prefix, last)
SELECT substr(number, 1, 5), max(CAST(substr(number, 6) AS INTEGER)) FROM view_case GROUP BY 1;

-- Where the camera was told to write, before it opened. Gone once the photo is in the vault.
CREATE TABLE shot (
  name     TEXT    NOT NULL PRIMARY KEY,    -- the file's name in camera/
  draft_id BLOB    NOT NULL CHECK (length(draft_id) = 16),
  role     TEXT    NOT NULL,
  made_ms  INTEGER NOT NULL                 -- wall clock
) STRICT;

ALTER TABLE draft_photo ADD COLUMN role TEXT NOT NULL DEFAULT 'scene';

-- Photos that were in the vault without a row, and whose draft is no longer there: somebody has to say where they belong.
CREATE TABLE photo_found (
  sha256 BLOB    NOT NULL PRIMARY KEY REFERENCES photo (sha256),
  at_ms  INTEGER NOT NULL                   -- wall clock when it was taken
) STRICT;

-- How far the views have been made again; capture goes on meanwhile.
CREATE TABLE view_progress (
  one     INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  version INTEGER NOT NULL,                 -- of the views' meaning; another one than the program's = make them again
  ordinal INTEGER NOT NULL,                 -- of the journal that is being read; 0 = not begun
  seq     INTEGER NOT NULL,                 -- the last op that was taken
  is_done INTEGER NOT NULL
) STRICT;
INSERT INTO view_progress (one, version, ordinal, seq, is_done) VALUES (1, 0, 0, 0, 0);

DROP TABLE view_case_photo;
DROP TABLE view_case;

-- Which ops speak of a case, and where each stands: its first position orders it, its last is what has to travel.
CREATE TABLE view_case_op (
  case_id  BLOB    NOT NULL CHECK (length(case_id) = 16),
  op_id    BLOB    NOT NULL CHECK (length(op_id) = 16),
  first    INTEGER NOT NULL,                -- ordinal of the journal × 2^40 + position
  last     INTEGER NOT NULL,
  PRIMARY KEY (case_id, op_id)
) STRICT, WITHOUT ROWID;
-- Ops that no one has indexed yet would let an amendment miss what it amends, so these are not left to the rebuild.
INSERT OR IGNORE INTO view_case_op (case_id, op_id, first, last)
SELECT unhex(replace(json_extract(CAST(o.bytes AS TEXT), '$.case'), '-', '')), o.op_id,
       (l.ordinal << 40) + o.seq, (l.ordinal << 40) + o.seq
FROM journal_op AS o JOIN journal_log AS l ON l.log = o.log
WHERE json_extract(CAST(o.bytes AS TEXT), '$.case') IS NOT NULL
ORDER BY l.ordinal, o.seq;

CREATE TABLE view_case (
  place_order INTEGER NOT NULL PRIMARY KEY, -- first position of the op that opened it: the order on this phone
  case_id     BLOB    NOT NULL UNIQUE CHECK (length(case_id) = 16),
  log         BLOB    NOT NULL,
  seq         INTEGER NOT NULL,             -- the last op of the case: signed for = all of it is
  state       INTEGER NOT NULL,             -- 1 recorded, 2 handled, 3 void
  number      TEXT    NOT NULL,
  matter      TEXT    NOT NULL,
  plate_text  TEXT,
  plate_kind  TEXT,
  fix         TEXT,                         -- JSON
  lat_e7      INTEGER,
  lon_e7      INTEGER,
  community   TEXT,
  street      TEXT,
  note        TEXT    NOT NULL,
  opened_ms   INTEGER NOT NULL,             -- wall clock
  tz          INTEGER NOT NULL,             -- minutes east
  steps       INTEGER NOT NULL,
  amendments  INTEGER NOT NULL
) STRICT;
CREATE INDEX view_case_by_plate ON view_case (plate_text) WHERE plate_text IS NOT NULL;
-- Holds all that a point on the map shows: a box of 100,000 cases reads no row of the table.
CREATE INDEX view_case_by_point ON view_case (lat_e7, lon_e7, state, matter, case_id) WHERE lat_e7 IS NOT NULL;
-- What lies behind the last receipt is one range of it.
CREATE INDEX view_case_by_position ON view_case (log, seq);

CREATE TABLE view_case_photo (
  case_id  BLOB    NOT NULL,
  position INTEGER NOT NULL,
  sha256   BLOB    NOT NULL,
  bytes    INTEGER NOT NULL,
  role     TEXT    NOT NULL,
  counts   INTEGER NOT NULL,                -- 0 = beside the case, as evidence
  log      BLOB    NOT NULL,
  seq      INTEGER NOT NULL,                -- the op that names it
  PRIMARY KEY (case_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX view_case_photo_by_hash ON view_case_photo (sha256);

-- Every photo of a case has its row in sync_photo (expect_photo.sql), so what waits is this index, however much is signed.
CREATE INDEX sync_photo_unsigned ON sync_photo (sha256) WHERE receipt IS NULL;

CREATE TABLE view_shift (
  shift      BLOB    NOT NULL PRIMARY KEY CHECK (length(shift) = 16),
  started_ms INTEGER,
  ended_ms   INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE view_track (
  op_id   BLOB    NOT NULL PRIMARY KEY CHECK (length(op_id) = 16),
  shift   BLOB    NOT NULL,
  points  INTEGER NOT NULL,
  from_ms INTEGER NOT NULL,
  to_ms   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Pairs of neighbouring characters of number, plate and words: finds 占道, which a trigram index cannot.
CREATE VIRTUAL TABLE view_search USING fts5 (
  grams, content = '', contentless_delete = 1, tokenize = 'ascii'
);
