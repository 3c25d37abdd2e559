-- Reading all journals again in steps: how far it is. No row = none is under way.

CREATE TABLE view_replay (
  one         INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  version     INTEGER NOT NULL,                           -- of the reading that is being made
  after       INTEGER NOT NULL,                           -- the rowid of the last op that was read again
  ops         INTEGER NOT NULL,                           -- how many were
  quarantined INTEGER NOT NULL                            -- how many ops were set aside when it began
) STRICT;
