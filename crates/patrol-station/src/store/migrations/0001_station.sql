-- The station's schema.
--
-- Truth: station, enrolment_code, device, journal*, receipt, photo*, thumb. What is named view_* follows from the
-- journals. Ids are 16 bytes, hashes 32 bytes, times milliseconds of the station's clock unless said otherwise.

CREATE TABLE station (
  one     INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),   -- there is one
  station BLOB    NOT NULL,
  epoch   TEXT    NOT NULL,                               -- which life of this database; a restore begins another
  made_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE enrolment_code (
  code_hash      BLOB    NOT NULL PRIMARY KEY,            -- SHA-256; the code itself is not kept
  officer_number TEXT    NOT NULL,
  officer_name   TEXT    NOT NULL,
  made_ms        INTEGER NOT NULL,
  expires_ms     INTEGER NOT NULL
) STRICT;

CREATE TABLE device (
  device         BLOB    NOT NULL PRIMARY KEY,
  code_hash      BLOB    NOT NULL UNIQUE REFERENCES enrolment_code (code_hash),  -- a code makes one device
  secret_hash    BLOB    NOT NULL,                        -- SHA-256 of the 32 bytes; the secret itself is not kept
  public_key     BLOB    NOT NULL,                        -- SEC 1, uncompressed, 65 bytes
  log            BLOB    NOT NULL,                        -- the journal that it enrolled with
  officer_number TEXT    NOT NULL,
  officer_name   TEXT    NOT NULL,
  state          INTEGER NOT NULL DEFAULT 1,              -- 1 active, 2 retired (push only), 3 lost (refused)
  certificate    TEXT    NOT NULL,                        -- signed, JSON; the same one for a repeated enrolment
  enrolled_ms    INTEGER NOT NULL
) STRICT;

CREATE TABLE journal (
  log            BLOB    NOT NULL PRIMARY KEY,
  device         BLOB    NOT NULL REFERENCES device (device),  -- who pushed it first; nobody else ever may
  acked_seq      INTEGER NOT NULL,
  head_hash      BLOB    NOT NULL,
  first_ms       INTEGER NOT NULL,
  contact_ms     INTEGER NOT NULL,                        -- the last push
  local_seq      INTEGER NOT NULL,                        -- how far the phone's own journal went then
  waiting_photos INTEGER NOT NULL,                        -- originals that waited on the phone then
  waiting_bytes  INTEGER NOT NULL
) STRICT;

CREATE TABLE journal_op (
  log         BLOB    NOT NULL REFERENCES journal (log),
  seq         INTEGER NOT NULL,                           -- dense from 1
  op_id       BLOB,                                       -- NULL when the bytes cannot be read
  bytes       BLOB    NOT NULL,                           -- as received, never encoded again
  hash        BLOB    NOT NULL,                           -- the chain's value here
  received_ms INTEGER NOT NULL,
  PRIMARY KEY (log, seq)
) STRICT;

CREATE TABLE journal_part (
  log         BLOB    NOT NULL,
  seq         INTEGER NOT NULL,
  field       TEXT    NOT NULL,
  salt        BLOB    NOT NULL,
  value       TEXT    NOT NULL,                           -- personal: the one place where it stands
  received_ms INTEGER NOT NULL,
  PRIMARY KEY (log, seq, field),
  FOREIGN KEY (log, seq) REFERENCES journal_op (log, seq)
) STRICT;

CREATE TABLE receipt (
  log     BLOB    NOT NULL REFERENCES journal (log),
  seq     INTEGER NOT NULL,
  receipt TEXT    NOT NULL,                               -- signed, JSON; the same one for the same head for ever
  PRIMARY KEY (log, seq)
) STRICT;

CREATE TABLE applied_op (
  op_id BLOB    NOT NULL PRIMARY KEY,                     -- an op is applied once, whatever journals say it
  log   BLOB    NOT NULL,
  seq   INTEGER NOT NULL,
  FOREIGN KEY (log, seq) REFERENCES journal_op (log, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE quarantine (
  log  BLOB    NOT NULL,
  seq  INTEGER NOT NULL,
  code TEXT    NOT NULL,                                  -- unreadable, unknown_kind, id_conflict, unlawful
  PRIMARY KEY (log, seq),
  FOREIGN KEY (log, seq) REFERENCES journal_op (log, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE named_photo (
  log    BLOB    NOT NULL,
  seq    INTEGER NOT NULL,
  sha256 BLOB    NOT NULL,
  device BLOB    NOT NULL REFERENCES device (device),     -- the journal's: it may bring the original
  bytes  INTEGER NOT NULL,                                -- as the op says
  PRIMARY KEY (log, seq, sha256),
  FOREIGN KEY (log, seq) REFERENCES journal_op (log, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX named_photo_of_device ON named_photo (device, sha256);

CREATE TABLE photo (
  sha256    BLOB    NOT NULL PRIMARY KEY,                 -- computed from the stored file
  bytes     INTEGER NOT NULL,
  extension TEXT    NOT NULL,                             -- of the file's name; taken from the bytes, may be empty
  stored_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE photo_of_device (
  device    BLOB    NOT NULL REFERENCES device (device),  -- each brings its own; the file is stored once
  sha256    BLOB    NOT NULL REFERENCES photo (sha256),
  receipt   TEXT    NOT NULL,                             -- signed, JSON
  stored_ms INTEGER NOT NULL,
  PRIMARY KEY (device, sha256)
) STRICT, WITHOUT ROWID;

CREATE TABLE photo_condition (
  device    BLOB    NOT NULL REFERENCES device (device),
  sha256    BLOB    NOT NULL,
  condition INTEGER NOT NULL,                             -- 1 damaged on the phone, 2 lost from the phone
  log       BLOB    NOT NULL,                             -- which op says so
  seq       INTEGER NOT NULL,
  PRIMARY KEY (device, sha256)
) STRICT, WITHOUT ROWID;

CREATE TABLE thumb (
  sha256    BLOB    NOT NULL PRIMARY KEY,                 -- of the original, not of the thumbnail
  device    BLOB    NOT NULL REFERENCES device (device),  -- who brought it; only it may bring another
  bytes     INTEGER NOT NULL,
  stored_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE view_case (
  case_id     BLOB    NOT NULL PRIMARY KEY,
  log         BLOB    NOT NULL,                           -- of the op that opened it; its note is a part there
  seq         INTEGER NOT NULL,
  device      BLOB    NOT NULL,
  author      BLOB    NOT NULL,                           -- person id made on the phone
  number      TEXT    NOT NULL,
  matter      TEXT    NOT NULL,
  plate_text  TEXT    NOT NULL,                           -- empty = no vehicle
  plate_kind  TEXT    NOT NULL,
  community   TEXT    NOT NULL,                           -- empty = not known
  wall_ms     INTEGER NOT NULL,                           -- the phone's wall clock, whatever it said
  tz          INTEGER NOT NULL,                           -- minutes east
  received_ms INTEGER NOT NULL,
  FOREIGN KEY (log, seq) REFERENCES journal_op (log, seq)
) STRICT;

CREATE INDEX view_case_newest ON view_case (received_ms, seq);

CREATE TABLE view_case_photo (
  case_id  BLOB    NOT NULL REFERENCES view_case (case_id),
  sha256   BLOB    NOT NULL,                              -- the same bytes twice in one case are one photo
  position INTEGER NOT NULL,                              -- as the op lists them, from 0
  PRIMARY KEY (case_id, sha256)
) STRICT, WITHOUT ROWID;

CREATE TABLE view_person (
  device  BLOB    NOT NULL,                               -- whose journal says so: a phone speaks for its own people
  person  BLOB    NOT NULL,
  officer TEXT    NOT NULL,                               -- number at the station
  log     BLOB    NOT NULL,                               -- the name is a part there
  seq     INTEGER NOT NULL,
  PRIMARY KEY (device, person)
) STRICT, WITHOUT ROWID;
