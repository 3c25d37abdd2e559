-- The station's own journal, and the keys that it signs and has signed with.

CREATE TABLE station_journal (
  log    BLOB    NOT NULL PRIMARY KEY,
  number INTEGER NOT NULL UNIQUE,                         -- dense from 1; the highest is the one that is written
  epoch  TEXT    NOT NULL UNIQUE,                         -- each life of this database has one
  seq    INTEGER NOT NULL,                                -- how far it goes
  hash   BLOB    NOT NULL                                 -- the chain's value there
) STRICT;

CREATE TABLE station_op (
  log     BLOB    NOT NULL REFERENCES station_journal (log),
  seq     INTEGER NOT NULL,                               -- dense from 1
  bytes   BLOB    NOT NULL,                               -- canonical JSON, never encoded again
  hash    BLOB    NOT NULL,                               -- the chain's value here
  made_ms INTEGER NOT NULL,
  PRIMARY KEY (log, seq)
) STRICT;

CREATE TABLE station_conflict (
  log  BLOB    NOT NULL,                                  -- an op that was set aside for another with its id
  seq  INTEGER NOT NULL,
  said_log BLOB    NOT NULL,                              -- where the station's journal says so: it does so once
  said_seq INTEGER NOT NULL,
  PRIMARY KEY (log, seq),
  FOREIGN KEY (log, seq) REFERENCES journal_op (log, seq),
  FOREIGN KEY (said_log, said_seq) REFERENCES station_op (log, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE station_key (
  number     INTEGER NOT NULL PRIMARY KEY,                -- dense from 1; the highest signs
  public_key BLOB    NOT NULL UNIQUE,                     -- SEC 1, uncompressed, 65 bytes
  statement  TEXT,                                        -- JSON, signed by the key before and by this one; NULL for the first
  since_ms   INTEGER NOT NULL
) STRICT;
