-- What the phone can prove to its station, and how far the station trusts its own clock.

-- The station holds less than it once signed for: its own receipt is shown with the next push, and forgotten once one
-- was answered for.
CREATE TABLE sync_setback (
  log     BLOB    NOT NULL PRIMARY KEY REFERENCES journal_log (log),
  seq     INTEGER NOT NULL,                               -- up to where it had signed
  epoch   TEXT    NOT NULL,                               -- the station's epoch when that was last compared
  receipt TEXT    NOT NULL                                -- signed, JSON, as received
) STRICT;

ALTER TABLE sync_clock ADD COLUMN is_synchronised INTEGER;  -- what the station says of its clock; NULL = it does not say
