-- Everything that the way to the station needs beside the journals: pull, the fold of cases, device states, backups.

-- Pull. -------------------------------------------------------------------------------------------------------------

CREATE TABLE change_scope (
  device   BLOB    NOT NULL PRIMARY KEY REFERENCES device (device),
  seq      INTEGER NOT NULL,                              -- the last change's number
  hash     BLOB    NOT NULL,                              -- the rolling hash there
  rows     INTEGER NOT NULL,                              -- in the scope now, without tombstones
  checksum BLOB    NOT NULL,                              -- over them, whatever their order
  floor    INTEGER NOT NULL DEFAULT 0,                    -- cursors below are gone: their tombstones were cleared away
  floor_hash BLOB                                         -- the rolling hash there; NULL while nothing was cleared away
) STRICT, WITHOUT ROWID;

CREATE TABLE change (
  device  BLOB    NOT NULL REFERENCES change_scope (device),
  seq     INTEGER NOT NULL,                               -- dense from 1, in the order of commits
  kind    TEXT    NOT NULL,
  id      TEXT    NOT NULL,
  body    TEXT,                                           -- canonical JSON; NULL = the row is gone
  hash    BLOB    NOT NULL,                               -- the rolling hash here
  made_ms INTEGER NOT NULL,
  PRIMARY KEY (device, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX change_of_row ON change (device, kind, id, seq);

-- Cases as a fold over all ops. --------------------------------------------------------------------------------------

CREATE TABLE view_case_op (
  case_id BLOB    NOT NULL,
  op_id   BLOB    NOT NULL,
  log     BLOB    NOT NULL,                               -- where its bytes stood first
  seq     INTEGER NOT NULL,
  PRIMARY KEY (case_id, op_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX journal_op_of_id ON journal_op (op_id);      -- the same op in other journals: who adopted it, its words

CREATE TABLE view_case_bringer (
  case_id BLOB    NOT NULL,
  sha256  BLOB    NOT NULL,
  device  BLOB    NOT NULL,                               -- a journal of it names the photo in an op of this case
  PRIMARY KEY (case_id, sha256, device)
) STRICT, WITHOUT ROWID;

CREATE INDEX view_case_bringer_of_device ON view_case_bringer (device, sha256);

ALTER TABLE view_case ADD COLUMN state INTEGER NOT NULL DEFAULT 1;       -- 1 recorded, 2 handled, 3 void
ALTER TABLE view_case ADD COLUMN note TEXT NOT NULL DEFAULT '';          -- as it stands now
ALTER TABLE view_case ADD COLUMN steps INTEGER NOT NULL DEFAULT 0;
ALTER TABLE view_case ADD COLUMN amendments INTEGER NOT NULL DEFAULT 0;

ALTER TABLE view_case_photo ADD COLUMN role TEXT NOT NULL DEFAULT 'scene';
ALTER TABLE view_case_photo ADD COLUMN counts INTEGER NOT NULL DEFAULT 1; -- 0 = beside the case, as evidence

CREATE TABLE view_progress (
  one     INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  version INTEGER NOT NULL                                -- of the reading of ops; a newer program reads again
) STRICT;

-- Devices. -----------------------------------------------------------------------------------------------------------

ALTER TABLE device ADD COLUMN recovery TEXT;              -- the sealed root key, JSON as received

CREATE TABLE code_of_officer (
  code_hash BLOB NOT NULL PRIMARY KEY REFERENCES enrolment_code (code_hash),
  device    BLOB NOT NULL REFERENCES device (device)      -- the shared phone on which the officer signed in with it
) STRICT, WITHOUT ROWID;

CREATE TABLE revocation (
  device BLOB    NOT NULL PRIMARY KEY,                    -- perhaps of a phone that this database does not know yet
  state  INTEGER NOT NULL,                                -- 2 retired, 3 lost; never goes down
  set_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;                                  -- laid over with the list beside the epoch marker at each open

-- Backups. -----------------------------------------------------------------------------------------------------------

CREATE TABLE backup (
  backup      TEXT    NOT NULL PRIMARY KEY,               -- its id, as it stands in its manifest
  epoch       TEXT    NOT NULL,                           -- whose history it holds; only the present one's is safe
  made_ms     INTEGER NOT NULL,
  verified_ms INTEGER                                     -- NULL = not verified yet: nothing in it is safe
) STRICT;

CREATE TABLE backup_log (
  log    BLOB    NOT NULL,
  backup TEXT    NOT NULL REFERENCES backup (backup),
  seq    INTEGER NOT NULL,                                -- every op up to it, its parts and its photos are inside
  PRIMARY KEY (log, backup)
) STRICT, WITHOUT ROWID;
