-- What the phone keeps of its station: how to be sure of it, what it lets the phone know, what is held back.

ALTER TABLE sync_station ADD COLUMN authority BLOB;       -- DER of the certificate authority; NULL = plain HTTP on this machine
ALTER TABLE sync_station ADD COLUMN recovery_key BLOB;    -- SEC 1 point that the root key is sealed to
ALTER TABLE sync_station ADD COLUMN recovery_sent INTEGER NOT NULL DEFAULT 0;  -- the station holds the sealed root
ALTER TABLE sync_station ADD COLUMN station_ms INTEGER;   -- the latest time that the station has signed
ALTER TABLE sync_station ADD COLUMN device_state TEXT NOT NULL DEFAULT 'active';  -- active | retired | refused: as last heard

ALTER TABLE sync_photo ADD COLUMN pruned INTEGER NOT NULL DEFAULT 0;  -- the original was cleared away: a verified backup holds it

CREATE TABLE sync_setting (
  one           INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  is_paused     INTEGER NOT NULL DEFAULT 0,
  only_unmetered INTEGER NOT NULL DEFAULT 0               -- originals wait for a network that costs nothing
) STRICT;

-- The officers who sign in on this phone.
CREATE TABLE person (
  person    BLOB    NOT NULL PRIMARY KEY CHECK (length(person) = 16),  -- made on this phone; ops name it as their author
  number    TEXT    NOT NULL UNIQUE,                      -- the officer's, at the station
  name      TEXT    NOT NULL,
  is_active INTEGER NOT NULL DEFAULT 0                    -- records at the moment; one does
) STRICT;

INSERT INTO person (person, number, name, is_active)
SELECT (SELECT author FROM journal_log ORDER BY ordinal DESC LIMIT 1), officer_number, officer_name, 1 FROM sync_station;

CREATE TABLE sync_audit (
  log        BLOB    NOT NULL PRIMARY KEY REFERENCES journal_log (log),
  seq        INTEGER NOT NULL,
  is_equal   INTEGER NOT NULL,
  days       TEXT    NOT NULL DEFAULT '',                 -- those that differ, separated by commas
  station_ms INTEGER NOT NULL
) STRICT;

-- Rows that the station has handed out, kinds that this program does not know included.
CREATE TABLE mirror_row (
  kind TEXT NOT NULL,
  id   TEXT NOT NULL,
  body TEXT NOT NULL,                                     -- canonical JSON
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

-- The same, while everything is read anew; swapped when its checksum fits.
CREATE TABLE mirror_shadow (
  kind TEXT NOT NULL,
  id   TEXT NOT NULL,
  body TEXT NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE mirror_cursor (
  one           INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  cursor        TEXT,                                     -- of mirror_row; NULL = nothing was read yet
  shadow_cursor TEXT                                      -- of mirror_shadow; NULL = nothing is read anew
) STRICT;
